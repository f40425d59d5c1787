"""What a charge point keeps over the end of its process. If these fail, a restart loses a driver's transaction."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocpptui.ocpp.version import Role, Version
from ocpptui.simulator.behaviour_settings import ChargePointSettings
from ocpptui.simulator.charge_point_behaviour import ChargePointBehaviour
from ocpptui.simulator.equipment import Equipment, Outlet
from ocpptui.simulator.kept_state import WrongState
from tests.simulator.conftest import START, Operated

if TYPE_CHECKING:
    from tests.simulator.conftest import Operate

ONE = ChargePointSettings(connectors=1, meter_interval=10)


def reborn(operated: Operated, own: ChargePointSettings = ONE) -> Operated:
    """The charge point in another process, after a kill."""
    state = json.loads(json.dumps(operated.charge_point.kept_state(operated.bench.now)))
    again = Operated(operated.version, own, state=state, now=operated.bench.now)
    return again


def ends(operated: Operated) -> list[dict[str, Any]]:
    calls = [said.payload for said in operated.told("StopTransaction", "TransactionEvent")]
    return [call for call in calls if call.get("eventType", "Ended") == "Ended"]


def test_a_running_transaction_ends_like_at_a_power_loss(operate: Operate, version: Version) -> None:
    operated = operate(version, ONE)
    operated.start()
    operated.bench.run(30)
    transaction = operated.transaction
    again = reborn(operated)
    (end,) = ends(again)
    if version is Version.V16:
        assert (str(end["transactionId"]), end["reason"]) == (transaction, "PowerLoss")
    else:
        assert end["transactionInfo"]["transactionId"] == transaction
        assert end["transactionInfo"]["stoppedReason"] == "PowerLoss"
        told = [said.payload["seqNo"] for said in operated.told("TransactionEvent")]
        assert end["seqNo"] == max(told) + 1
        assert end["offline"] is True


def test_messages_that_were_not_delivered_are_told_afterwards(operate: Operate, version: Version) -> None:
    """Also those of a transaction that the central system never numbered (1.6)."""
    operated = operate(version, ONE)
    operated.configure("AllowOfflineTxForUnknownId", "true")
    for name in ("offline", "plug-in", "card"):
        operated.operate(name)
    operated.bench.run(15)
    operated.operate("stop")
    again = reborn(operated)
    if version is Version.V16:
        start, *_, stop = again.told("StartTransaction", "MeterValues", "StopTransaction")
        assert stop.payload["transactionId"] == again.bench.answer_of(start).payload["transactionId"]
    else:
        kinds = [said.payload["eventType"] for said in again.told("TransactionEvent")]
        assert (kinds[0], kinds[-1]) == ("Started", "Ended")
    assert not again.charge_point.device.queue.holds()


def test_a_second_restart_loses_nothing_either(operate: Operate) -> None:
    """The messages are restored, and kept again before the central system has listened."""
    operated = operate(Version.V16, ONE)
    operated.configure("AllowOfflineTxForUnknownId", "true")
    for name in ("offline", "plug-in", "card", "stop"):
        operated.operate(name)
    once = ChargePointBehaviour(Version.V16, ONE)
    once.restore(json.loads(json.dumps(operated.charge_point.kept_state(START))), START)
    twice = Operated(Version.V16, ONE, state=json.loads(json.dumps(once.kept_state(START))))
    start, stop = twice.told("StartTransaction", "StopTransaction")
    assert stop.payload["transactionId"] == twice.bench.answer_of(start).payload["transactionId"]


def test_settings_lists_profiles_reservations_and_energy_survive(operate: Operate, version: Version) -> None:
    operated = operate(version, ONE)
    operated.start()
    operated.bench.run(600)
    operated.stop(operated.transaction)
    operated.bench.run(10)
    operated.configure("ConnectionTimeOut", "77")
    operated.charge_point.device.authorizer.local_list["a"] = {"status": "Accepted"}
    operated.charge_point.device.authorizer.list_version = 9
    before = operated.charge_point.device.connectors[1].meter.read(operated.bench.now).energy
    again = reborn(operated).charge_point.device
    assert again.configuration.integer("ConnectionTimeOut") == 77
    assert (again.authorizer.local_list, again.authorizer.list_version) == ({"a": {"status": "Accepted"}}, 9)
    assert again.connectors[1].meter.read(operated.bench.now).energy == before > 2000


SWAP = {"idToken": {"idToken": "ABC", "type": "ISO14443"}, "requestId": 7}
BAYS = ChargePointSettings(connectors=1, equipment=Equipment((Outlet(),), bays=3))


@pytest.mark.parametrize("seconds", [0.5, 1, 2, 3, 4, 6, 30])
def test_a_battery_swap_is_brought_to_its_end_and_the_batteries_survive(operate: Operate, seconds: float) -> None:
    """At a kill between the two batteries, the central system would wait for the second one forever."""
    operated = operate(Version.V21, BAYS)
    assert operated.order("RequestBatterySwap", SWAP, seconds)["status"] == "Accepted"
    again = reborn(operated, BAYS)
    again.bench.run(30)
    told = [said.payload for each in (operated, again) for said in each.told("BatterySwap")]
    assert [(one["eventType"], one["requestId"]) for one in told] == [("BatteryIn", 7), ("BatteryOut", 7)]
    assert {one["idToken"]["idToken"] for one in told} == {"ABC"}
    bays = again.charge_point.device.bays.bays
    assert [battery and battery.serial for battery in bays.values()] == [None, "BAT-00002", "BAT-00003"]
    assert again.order("RequestBatterySwap", SWAP, 30)["status"] == "Accepted", "and the next one comes"
    assert again.charge_point.device.bays.bays[1].serial == "BAT-00004"  # type: ignore[union-attr]


def test_a_state_of_another_version_is_refused(operate: Operate) -> None:
    state = operate(Version.V16).charge_point.kept_state(START)
    with pytest.raises(WrongState, match=r"OCPP 1\.6"):
        operate(Version.V201).charge_point.restore(state, START)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=20,
)
STOP = {"transactionId": None, "meterStop": 1, "timestamp": "2026-11-22T10:00:00Z"}
MESSAGE = st.fixed_dictionaries(
    {
        "action": st.sampled_from(["StopTransaction", "MeterValues", "Reset", ""]),
        "payload": st.one_of(
            JSON, st.just({"transactionId": None, "meterStop": 1, "timestamp": "2026-11-22T10:00:00Z"})
        ),
        "transaction": st.sampled_from(["7", "unknown 3", ""]),
    }
)
KEYS = ("configuration", "localList", "connectors", "bays", "profiles", "messages", "firmware", "localListVersion")


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), JSON), st.lists(MESSAGE, max_size=3))
def test_no_state_stops_the_charge_point(content: dict[str, Any], messages: list[dict[str, Any]]) -> None:
    """A file that was edited or cut must not keep it from booting."""
    state = {"format": 1, "ocppVersion": "1.6", "messages": messages, **content}
    again = Operated(Version.V16, ONE, state=state)
    assert again.charge_point.device.is_accepted
    assert again.bench.sides[Role.CHARGE_POINT].behaviour is again.charge_point


LOW = [{"serial": "B1", "charge": 20}, {"serial": "B2", "charge": 20}, None]
CONTROL = {"isDefault": True, "controlId": "C", "controlType": "FreqWatt"}
CURVE = {"priority": 0, "yUnit": "PctMaxW", "curveData": []}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param({"bays": {"batteries": LOW, "swap": SWAP}}, id="no-charged-battery"),
        pytest.param({"derControls": [{**CONTROL, "curve": CURVE}]}, id="curve-without-points"),
        pytest.param({"networkProfiles": {"9" * 5000: {}}}, id="slot-of-many-digits"),
    ],
)
def test_what_cannot_be_gone_on_with_is_left_out(content: dict[str, Any]) -> None:
    own = ChargePointSettings(connectors=1, equipment=Equipment((Outlet(),), bays=3, der_types=("FreqWatt",)))
    again = Operated(Version.V21, own, state={"format": 1, "ocppVersion": "2.1", **content})
    again.bench.run(60)
    assert again.charge_point.device.is_accepted
    assert not again.told("BatterySwap")


def test_an_id_of_many_digits_counts_as_unknown() -> None:
    kept = {"action": "StopTransaction", "payload": STOP, "transaction": "9" * 5000, "isEdge": True}
    again = Operated(Version.V16, ONE, state={"format": 1, "ocppVersion": "1.6", "messages": [kept]})
    assert again.charge_point.device.is_accepted


BATTERY = st.none() | st.fixed_dictionaries({"serial": st.text(max_size=60) | JSON, "charge": st.floats() | JSON})


@settings(max_examples=30, deadline=None)
@given(st.lists(BATTERY, max_size=4) | JSON, st.just(SWAP) | JSON)
def test_no_state_of_the_bays_keeps_a_driver_from_a_swap(batteries: object, swap: object) -> None:
    state = {"format": 1, "ocppVersion": "2.1", "bays": {"batteries": batteries, "swap": swap}}
    again = Operated(Version.V21, BAYS, state=state)
    again.bench.run(7200)
    assert again.order("RequestBatterySwap", SWAP, 30)["status"] == "Accepted"
    assert [said.payload["eventType"] for said in again.told("BatterySwap")][-2:] == ["BatteryIn", "BatteryOut"]
