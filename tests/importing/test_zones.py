"""The zone of a log, by the times in payloads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.importing.payload_times import Witness, witness_in
from ocpptui.importing.zones import NEAR, Zone, offset_between, zone_name
from ocpptui.ocpp.date_times import HOUR, SECOND, time_of
from ocpptui.ocpp.json_encoding import parse

NOON = time_of("2026-03-01T12:00:00Z") or 0
OFFSETS = [hours * HOUR for hours in range(-12, 15)] + [11 * HOUR // 2, -7 * HOUR // 2, 23 * HOUR // 4]


@given(offset=st.sampled_from(OFFSETS), late=st.integers(-NEAR, NEAR), is_now=st.booleans())
def test_one_witness_shows_the_zone(offset: int, late: int, is_now: bool) -> None:
    """Every time would be off by the offset of the machine that reads the log."""
    zone = Zone()
    zone.learn(NOON + offset + late, Witness(NOON, is_now))
    zone.decide()
    assert zone.offset == offset and zone.to_utc(NOON + offset) == NOON


@pytest.mark.parametrize("apart", [100 * SECOND, 20 * 60 * SECOND, 15 * HOUR, -13 * HOUR, 45 * 60 * SECOND])
def test_a_time_of_another_moment_is_no_witness(apart: int) -> None:
    """A transaction that was reported hours later would move the log."""
    assert offset_between(NOON + apart, NOON) is None


def test_witnesses_that_contradict_each_other_show_nothing() -> None:
    zone = Zone()
    zone.learn(NOON + HOUR, Witness(NOON, False))
    zone.learn(NOON + 2 * HOUR, Witness(NOON, False))
    assert "contradict" in zone.decide() and zone.offset is None


def test_the_present_counts_more_than_when_something_happened() -> None:
    zone = Zone()
    zone.learn(NOON + 3 * HOUR, Witness(NOON, False))
    zone.learn(NOON + HOUR, Witness(NOON, True))
    assert zone_name(HOUR) in zone.decide()


def test_the_clocks_are_changed_in_the_middle_of_a_log() -> None:
    """All after the last Sunday of March would be an hour off."""
    zone = Zone()
    zone.learn(NOON + HOUR, Witness(NOON, True))
    zone.decide()
    told = [zone.follow(NOON + 2 * HOUR + n, Witness(NOON + n, True)) for n in range(3)]
    assert told[:2] == ["", ""] and "UTC+02:00" in told[2] and zone.offset == 2 * HOUR


def test_the_zone_of_the_user_counts() -> None:
    zone = Zone(-330)
    zone.learn(NOON + HOUR, Witness(NOON, True))
    assert "UTC-05:30" in zone.decide() and zone.to_utc(NOON) == NOON + 11 * HOUR // 2


@pytest.mark.parametrize(
    ("payload", "time"),
    [
        ('{"currentTime":"2026-03-01T12:00:00Z","interval":1}', "2026-03-01T12:00:00Z"),
        ('{"values":[{"timestamp":"2026-03-01T11:00Z"},{"timestamp":"2026-03-01T12:00:00Z"}]}', "2026-03-01T12:00:00Z"),
        ('{"transactionData":[{"timestamp":"2026-03-01T13:00:00+01:00"}]}', "2026-03-01T12:00:00Z"),
        ('{"eventData":[{"a":{"b":{"timestamp":"2026-03-01T12:00:00.5Z"}}}]}', "2026-03-01T12:00:00.5Z"),
        ('{"data":"2026-03-01T12:00:00Z"}', None),
        ('{"timestamp":"noon"}', None),
        ("{}", None),
        ("[]", None),
    ],
)  # fmt: skip
def test_a_time_is_found_wherever_it_is_nested(payload: str, time: str | None) -> None:
    witness = witness_in(parse(f'[3,"1",{payload}]'))
    assert (None if witness is None else witness.time) == (None if time is None else time_of(time))
