"""Battery swaps of 2.1. If these fail, an accepted swap leads to no battery, and a backend waits for its report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ocpptui.ocpp.version import Version
from ocpptui.simulator.behaviour_settings import ChargePointSettings
from ocpptui.simulator.equipment import Equipment, Outlet
from ocpptui.simulator.profile_table import WrongProfile
from ocpptui.simulator.station_profile import station_profile

if TYPE_CHECKING:
    from tests.simulator.conftest import Operate, Operated

TOKEN = {"idToken": "ABC", "type": "ISO14443"}


def station(bays: int) -> ChargePointSettings:
    return ChargePointSettings(connectors=1, equipment=Equipment((Outlet(),), bays=bays))


def swap(at: Operated, number: int, seconds: float = 10) -> str:
    return str(at.order("RequestBatterySwap", {"idToken": TOKEN, "requestId": number}, seconds)["status"])


def told(at: Operated) -> list[tuple[str, int, int, float]]:
    """Event, request id, bay and charge of each battery."""
    reports = [said.payload for said in at.told("BatterySwap")]
    assert all(one["idToken"] == TOKEN for one in reports)
    return [
        (one["eventType"], one["requestId"], battery["evseId"], battery["soC"])
        for one in reports
        for battery in one["batteryData"]
    ]


def test_a_swap_is_reported_in_and_out(operate: Operate) -> None:
    """S02.FR.01, S02.FR.02: with the requestId; the free bay is then another one."""
    at = operate(Version.V21, station(3))
    assert swap(at, 7) == "Accepted"
    assert [one[:3] for one in told(at)] == [("BatteryIn", 7, 3), ("BatteryOut", 7, 1)]
    assert [one[3] for one in told(at)] == [15.0, pytest.approx(95.0, abs=0.5)]
    assert swap(at, 8) == "Accepted"
    assert [one[:3] for one in told(at)[2:]] == [("BatteryIn", 8, 1), ("BatteryOut", 8, 2)]


def test_without_a_charged_battery_a_free_bay_or_any_bay_it_is_refused(operate: Operate) -> None:
    at = operate(Version.V21, station(2))
    assert swap(at, 1, 0.5) == "Accepted"
    assert swap(at, 2) == "Rejected", "one after the other"
    assert swap(at, 3) == "Rejected", "the battery that is left is empty"
    at.bench.run(70 * 60)
    assert swap(at, 4) == "Accepted", "it has charged meanwhile"
    for bays in (0, 1):
        assert swap(operate(Version.V21, station(bays)), 1) == "Rejected"


@pytest.mark.parametrize("interruption", ["offline 60", "restart"])
def test_an_accepted_swap_is_kept_whatever_happens(operate: Operate, interruption: str) -> None:
    at = operate(Version.V21, station(3))
    name, _, argument = interruption.partition(" ")
    assert swap(at, 7, 0.5) == "Accepted"
    at.operate(name, 0, argument, 120)
    assert [one[0] for one in told(at)] == ["BatteryIn", "BatteryOut"]


def test_a_profile_says_how_many_bays_there_are() -> None:
    def built(text: str) -> Any:
        return station_profile(text, "x").settings.built

    assert built("[battery-swap]\nbays = 8").bays == 8
    assert built("").bays == 0
    with pytest.raises(WrongProfile):
        built("[battery-swap]\nbays = -1")
