"""What a recording does not show, because it begins or ends in the middle of something."""

from __future__ import annotations

import pytest

from ocpptui.diagnosis.status_traces import BOOT_16, START_16, STOP_16, event_2
from ocpptui.diagnosis.trace import read_trace
from ocpptui.exporting.mid_session import begun_late, left_open
from ocpptui.timeline.timeline import Timeline

UPDATED_2, ENDED_2 = event_2("Updated", "10:02:00", 1), event_2("Ended", "10:03:00", 2)


def timeline_of(text: str) -> Timeline:
    timeline = Timeline()
    for record in read_trace(text).records:
        timeline.append(record)
    return timeline


@pytest.mark.parametrize(
    ("text", "late"),
    [
        (BOOT_16, []),
        ("10:00:00 refused", []),
        (BOOT_16.replace("10:00:00 opened", ""), []),
        (START_16, ["CP1"]),
        (f"{START_16}{BOOT_16.replace('opened', 'CP2 opened')}", ["CP1"]),
    ],
)
def test_a_recording_without_a_beginning_begins_in_mid_session(text: str, late: list[str]) -> None:
    """Its clean report would claim that everything was checked."""
    assert begun_late(timeline_of(text), {"CP1", "CP2"}) == late


@pytest.mark.parametrize(
    ("text", "transactions"),
    [
        (BOOT_16, {}),
        (BOOT_16 + START_16, {"CP1": "7"}),
        (BOOT_16 + START_16 + STOP_16, {}),
        (f"2.0.1\n{UPDATED_2}", {"CP1": "t1"}),
        (f"2.0.1\n{UPDATED_2}{ENDED_2}", {}),
        (START_16.partition("10:01:01")[0], {}),  # without its answer, nobody knows
        (START_16.replace("Accepted", "Blocked"), {}),
        (START_16 + START_16.replace(">", "CP2 >").replace("<", "CP2 <").replace("7", "8"), {"CP1": "7", "CP2": "8"}),
        ('10:01:00 > StartTransaction {}\n10:01:01 < ok {"idTagInfo":7,"transactionId":7}', {}),
    ],
)
def test_a_transaction_without_an_end_is_open(text: str, transactions: dict[str, str]) -> None:
    """The user would take a report without problems for a session that ended well."""
    assert left_open(timeline_of(text), {"CP1", "CP2"}) == transactions


def test_only_the_charge_points_that_are_asked_for_are_looked_at() -> None:
    assert left_open(timeline_of(START_16), {"CP2"}) == {}
    assert begun_late(timeline_of(START_16), {"CP2"}) == []
