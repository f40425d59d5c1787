"""The schedule of a station profile. If these fail, a bench that runs by itself does the wrong thing, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.version import Version
from ocpptui.simulator.driver_schedule import CONDITIONS
from ocpptui.simulator.driver_side import KINDS
from ocpptui.simulator.profile_table import WrongProfile
from ocpptui.simulator.station_profile import station_profile
from tests.kit.documentation_page import documentation_page

if TYPE_CHECKING:
    from tests.simulator.conftest import Operate, Operated

V16, V201, V21 = Version.V16, Version.V201, Version.V21


def acts(*lines: str) -> str:
    """The tables of a schedule, one for each line."""
    return "".join(f"[[schedule]]\n{line.replace('; ', chr(10))}\n" for line in lines)


def played(
    operate: Operate, version: Version, schedule: str, seconds: float, *, connectors: int = 1, before: str = ""
) -> Operated:
    """A charge point with this schedule, after so many seconds."""
    settings = station_profile(before + "[[connectors]]\n" * connectors + schedule, "mine").settings
    operated = operate(version, settings)
    operated.bench.run(seconds)
    return operated


def test_a_whole_charge_follows_its_conditions(operate: Operate, version: Version) -> None:
    schedule = acts(
        "at = 10; do = 'plug-in'; argument = 50",
        "when = 'plugged-in'; after = 3; do = 'card'",
        "soc = 50.5; do = 'stop'",
        "when = 'no-transaction'; after = 5; do = 'unplug'",
    )
    operated = played(operate, version, schedule, 1200)
    story = [line for line in operated.story() if line.startswith(("Status", "Start", "Stop", "TransactionEvent E"))]
    if version is V16:
        assert story == [
            "StatusNotification Preparing",
            "StartTransaction",
            "StatusNotification Charging",
            "StopTransaction Local",
            "StatusNotification Finishing",
            "StatusNotification Available",
        ]
    else:
        ended = "TransactionEvent Ended StopAuthorized"
        assert story == ["StatusNotification Occupied", ended, "StatusNotification Available"]
    assert operated.bench.notes == []


def test_a_charge_goes_offline_and_the_station_restarts(operate: Operate, version: Version) -> None:
    """Offline for a time, a fault and its end, a restart: what a bench is for."""
    schedule = acts(
        "at = 10; do = 'plug-in'",
        "do = 'card'",
        "when = 'charging'; after = 30; do = 'offline'; argument = 60",
        "when = 'online'; after = 5; do = 'fault'; argument = 'GroundFailure'",
        "when = 'faulted'; after = 5; do = 'repair'",
        "do = 'unplug'",
        "when = 'free'; do = 'restart'",
    )
    operated = played(operate, version, schedule, 300)
    closed = [time for time, is_open in operated.bench.changes if not is_open]
    opened = [time for time, is_open in operated.bench.changes if is_open]
    assert 59 <= (opened[1] - closed[0]) / SECOND <= 61
    assert any("Faulted" in line for line in operated.story())
    assert [line.split()[0] for line in operated.story()].count("BootNotification") == 1
    assert operated.bench.notes == []


def test_connectors_take_their_turns_side_by_side(operate: Operate) -> None:
    """The second car does not wait until the first one has left."""
    schedule = acts(
        "at = 10; connector = 1; do = 'plug-in'",
        "at = 500; connector = 1; do = 'unplug'",
        "at = 20; connector = 2; do = 'plug-in'",
        "when = 'plugged-in'; connector = 2; do = 'card'",
    )
    operated = played(operate, V16, schedule, 60, connectors=2)
    assert operated.statuses() == [(1, "Preparing"), (2, "Preparing"), (2, "Charging")]
    operated.bench.run(500)
    assert operated.statuses()[-1] == (1, "Available")


def test_what_is_not_possible_is_said_and_the_schedule_goes_on(operate: Operate) -> None:
    schedule = acts("at = 10; do = 'unplug'", "do = 'plug-in'")
    operated = played(operate, V201, schedule, 20)
    assert operated.bench.notes == ["not possible by the schedule: unplug. No car is plugged in."]
    assert operated.statuses() == [(1, "Occupied")]


def test_it_begins_anew_if_it_repeats(operate: Operate) -> None:
    schedule = acts("at = 10; do = 'plug-in'", "after = 10; do = 'unplug'")
    for repeats, number in ((False, 1), (True, 6)):
        before = f"repeat-schedule = {str(repeats).lower()}\n"
        operated = played(operate, V16, schedule, 110, before=before)
        assert operated.statuses().count((1, "Preparing")) == number


def test_it_does_not_begin_anew_with_a_boot(operate: Operate) -> None:
    """A restart that is itself in the schedule would come back for ever."""
    operated = played(operate, V16, acts("at = 10; do = 'restart'", "after = 20; do = 'plug-in'"), 100)
    assert [line.split()[0] for line in operated.story()].count("BootNotification") == 1
    assert (1, "Preparing") in operated.statuses()


def test_its_times_move_with_the_clock(operate: Operate) -> None:
    operated = played(operate, V16, acts("at = 100; do = 'plug-in'"), 10)
    operated.bench.set_clock(-3600 * SECOND)
    operated.bench.run(80)
    assert operated.statuses() == []
    operated.bench.run(10)
    assert operated.statuses() == [(1, "Preparing")]


@pytest.mark.parametrize("condition", CONDITIONS)
def test_every_condition_holds_at_some_time(operate: Operate, condition: str) -> None:
    """A word that never comes true would stop a bench for ever."""
    before = {
        "charging": ["do = 'plug-in'", "do = 'card'"],
        "transaction": ["do = 'plug-in'", "do = 'card'"],
        "suspended": ["do = 'plug-in'", "do = 'card'", "when = 'charging'; do = 'pause-car'"],
        "plugged-in": ["do = 'plug-in'"],
        "faulted": ["do = 'fault'; argument = 'OtherError'"],
        "offline": ["do = 'offline'; argument = 30"],
    }.get(condition, [])
    operated = played(operate, V16, acts(*before, f"when = '{condition}'; do = 'tilt'"), 60)
    assert operated.charge_point.device.station_faults == ["Tilt"]


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ("", "do in [[schedule]] 1 must be one of plug-in, "),
        ("do = 'plug_in'", "did you mean plug-in?"),
        ("do = 'card'; connector = 2", "connector in [[schedule]] 1 must be a whole number from 0 to 1"),
        ("do = 'card'; when = 'chargin'", "did you mean charging?"),
        ("do = 'card'; at = -1", "at in [[schedule]] 1 must be a number from 0"),
        ("do = 'fault'", "argument in [[schedule]] 1 must be the error code"),
        ("do = 'fault'; argument = 'GroundFailur'", "there is no error code 'GroundFailur'; did you mean"),
        ("do = 'plug-in'; argument = 101", "must be a number from 0 to 100"),
        ("do = 'offline'; argument = 'long'", "must be a number from 0 to 604800"),
        ("do = 'stop'; argument = 'now'", "must be left out, since stop takes none"),
        ("do = 'card'; until = 3", "there is no setting 'until'"),
    ],
)
def test_what_is_wrong_is_said(table: str, sentence: str) -> None:
    with pytest.raises(WrongProfile) as raised:
        station_profile(acts(table), "mine")
    assert sentence in str(raised.value)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_operation_can_be_scheduled(kind: object) -> None:
    name = getattr(kind, "name", "")
    argument = {"fault": "; argument = 'GroundFailure'", "grid-frequency": "; argument = 50.2"}.get(name, "")
    assert len(station_profile(acts(f"do = '{name}'{argument}"), "mine").settings.schedule) == 1


def test_the_page_has_every_operation_and_condition() -> None:
    words = (
        documentation_page("PROFILES.md").text.partition("## The schedule of the driver")[2].partition("## Quirks")[0]
    )
    assert all(f"`{word}`" in words for word in [*(kind.name for kind in KINDS), *CONDITIONS])
