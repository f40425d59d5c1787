"""The limit over the time of a log: at each moment what the account of the limit says."""

from __future__ import annotations

from bisect import bisect_right
from itertools import groupby
from math import isnan

import pytest

from ocpptui.diagnosis.limit_account import account_of
from ocpptui.ocpp.version import Direction
from ocpptui.reporting.limit_steps import LimitSteps
from ocpptui.reporting.measured_series import GatheredSeries
from ocpptui.stations.limit_reader import LimitReader
from tests.kit.meter_talk import CURRENT, MeterTalk, at, sample


def steps_of(talk: MeterTalk) -> dict[tuple[str, int], LimitSteps]:
    found = GatheredSeries(talk.timeline)
    while not found.advance(1):
        pass
    return found.limits


def test_the_steps_are_those_of_the_limits_screen() -> None:
    """Chart and limits screen would contradict each other."""
    talk = MeterTalk()
    talk.starts(1, 7)
    phases = [sample(9, CURRENT, phase=f"L{number}", unit="A") for number in (1, 2)]
    talk.measures(5, *phases, transaction=7)
    for second, amperes in ((10, 16), (30, 10), (50, 10), (70, 32)):
        talk.limits(second, amperes)
        talk.measures(second + 5, *phases, transaction=7)
    clear = talk.asks(
        90, "ClearChargingProfile", {"id": 1}, {"status": "Accepted"}, direction=Direction.TO_CHARGE_POINT
    )
    talk.measures(95, *phases, transaction=7)
    (steps,) = steps_of(talk).values()
    assert (steps.charge_point, steps.place, steps.until) == ("CP001", 1, talk.timeline.times[-1])
    assert [value for value, _ in groupby(steps.amperes) if not isnan(value)] == [16.0, 10.0, 32.0]
    assert isnan(steps.amperes[-1]) and steps.times[-1] == talk.timeline.times[clear + 1]
    for index in range(len(talk.timeline)):
        if talk.timeline.action(index) != "MeterValues" or not talk.timeline.kind(index).is_call:
            continue
        reader = LimitReader(talk.timeline, index)
        while not reader.advance(1):
            pass
        limit = account_of(reader, 1).limit
        place = bisect_right(steps.times, talk.timeline.times[index]) - 1
        held = None if place < 0 or isnan(steps.amperes[place]) else (steps.amperes[place], steps.watts[place])
        assert held == (None if limit.amperes is None else (limit.amperes, limit.watts))


def test_a_schedule_changes_the_limit_between_two_messages() -> None:
    """The staircase would have one step where the profile has three."""
    talk = MeterTalk()
    talk.starts(1, 7)
    talk.limits(10, 16)
    profile = {
        "connectorId": 1,
        "csChargingProfiles": {
            "chargingProfileId": 2, "stackLevel": 5, "chargingProfilePurpose": "TxProfile", "transactionId": 7,
            "chargingProfileKind": "Relative",
            "chargingSchedule": {
                "chargingRateUnit": "A",
                "chargingSchedulePeriod": [
                    {"startPeriod": 0, "limit": 20}, {"startPeriod": 60, "limit": 12}, {"startPeriod": 120, "limit": 6},
                ],
            },
        },
    }  # fmt: skip
    talk.asks(20, "SetChargingProfile", profile, {"status": "Accepted"}, direction=Direction.TO_CHARGE_POINT)
    talk.measures(300, sample(6, CURRENT), transaction=7)
    (steps,) = steps_of(talk).values()
    assert list(steps.amperes) == [16.0, 20.0, 12.0, 6.0]
    assert list(steps.times[2:]) == [at(61), at(121)]


def test_an_answer_without_a_call_ends_what_is_known() -> None:
    """The chart would show a limit that an unseen message may have changed."""
    talk = MeterTalk()
    talk.starts(1, 7)
    talk.limits(10, 16)
    talk.raw('[3,"nobody",{"status":"Accepted"}]', connection=1 + sum(b"CP001"))
    (steps,) = steps_of(talk).values()
    assert steps.amperes[0] == 16.0 and isnan(steps.amperes[-1])


def test_without_a_profile_there_is_no_limit() -> None:
    """A limit that nobody set would be beside the readings."""
    talk = MeterTalk()
    talk.starts(1, 7)
    talk.measures(5, sample(9, CURRENT), transaction=7)
    assert steps_of(talk) == {}


def test_steps_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A profile that changes each second for a year would take all memory."""
    monkeypatch.setattr("ocpptui.reporting.limit_steps.MOST_STEPS", 5)
    steps = LimitSteps("CP001", 1)
    for number in range(20):
        steps.add(number, float(number), None)
    assert len(steps.times) == len(steps.watts) == 5 and steps.until == 19
