"""A charge from token to unplugging. If these fail, a backend cannot follow a simulated charge."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from ocpptui.ocpp.version import Role, Version
from ocpptui.simulator.behaviour_settings import CentralSystemSettings, ChargePointSettings
from ocpptui.simulator.central_system_behaviour import CentralSystemBehaviour
from ocpptui.simulator.charge_plan import ChargePlan
from ocpptui.simulator.charge_point_behaviour import ChargePointBehaviour
from ocpptui.simulator.outgoing_calls import DriverToken, StopReason
from ocpptui.simulator.token_table import TokenTable

if TYPE_CHECKING:
    from tests.simulator.conftest import SentMessage, SimulatedWire

CP, CS = Role.CHARGE_POINT, Role.CENTRAL_SYSTEM
SECOND = 1_000_000
TOKEN = DriverToken("04A2B3C4")
KNOWS_IT_AS_INVALID = CentralSystemSettings(tokens=TokenTable().with_status("Invalid", TOKEN.text))


class Charging:
    """A bench with an accepted charge point where a driver has just arrived."""

    def __init__(
        self,
        bench: type[SimulatedWire],
        version: Version,
        central: CentralSystemSettings | None = None,
        drop: Callable[[SentMessage], bool] | None = None,
        own: ChargePointSettings | None = None,
        **plan: Any,
    ) -> None:
        self.version = version
        self.charge_point = ChargePointBehaviour(version, own or ChargePointSettings(meter_interval=10))
        self.bench = bench(version, self.charge_point, CentralSystemBehaviour(version, central)).run(5)
        self.bench.said.clear()
        if drop is not None:
            self.bench.drop = drop
        self.perform(self.charge_point.device.begin(ChargePlan(1, TOKEN, **plan), self.bench.now))

    def perform(self, effects: list[Any]) -> None:
        self.bench.perform(CP, effects)

    def stop(self, reason: StopReason = StopReason.LOCAL) -> None:
        (charge,) = self.charge_point.device.charges()
        self.perform(charge.stop(self.bench.now, reason))

    def story(self) -> list[str]:
        """The calls of the charge point, each with its relevant fields."""
        told = []
        for said in self.bench.calls(CP):
            payload = said.payload
            detail = payload.get("status") or payload.get("connectorStatus") or payload.get("reason") or ""
            if said.action == "TransactionEvent":
                detail = f"{payload['eventType']} {payload['triggerReason']}"
            told.append(f"{said.action} {detail}".strip())
        return told


def test_a_whole_charge_of_1_6(bench: type[SimulatedWire]) -> None:
    run = Charging(bench, Version.V16, samples=3)
    run.bench.run(60)
    assert run.story() == [
        "StatusNotification Preparing",
        "Authorize",
        "StartTransaction",
        "StatusNotification Charging",
        "MeterValues",
        "MeterValues",
        "MeterValues",
        "StatusNotification Finishing",  # while the last MeterValues is on its way, and StopTransaction behind it
        "StopTransaction Local",
        "StatusNotification Available",
    ]
    start, stop = run.bench.calls(CP, "StartTransaction", "StopTransaction")
    transaction = run.bench.answer_of(start).payload["transactionId"]
    assert stop.payload["transactionId"] == transaction
    assert start.payload["idTag"] == stop.payload["idTag"] == TOKEN.text
    metered = run.bench.calls(CP, "MeterValues")
    assert {value.payload["transactionId"] for value in metered} == {transaction}
    registers = [start.payload["meterStart"], *(register(said) for said in metered), stop.payload["meterStop"]]
    assert registers == sorted(registers)
    assert registers[-1] > registers[0]


def register(said: SentMessage) -> int:
    samples = said.payload["meterValue"][0]["sampledValue"]
    return next(int(s["value"]) for s in samples if s["measurand"] == "Energy.Active.Import.Register")


@pytest.mark.parametrize("version", [Version.V201, Version.V21])
def test_a_whole_charge_of_2_x(bench: type[SimulatedWire], version: Version) -> None:
    run = Charging(bench, version, samples=2)
    run.bench.run(60)
    assert run.story() == [
        "StatusNotification Occupied",
        "Authorize",
        "TransactionEvent Started Authorized",
        "TransactionEvent Updated ChargingStateChanged",
        "TransactionEvent Updated MeterValuePeriodic",
        "TransactionEvent Updated MeterValuePeriodic",
        "TransactionEvent Ended StopAuthorized",
        "StatusNotification Available",
    ]
    events = [said.payload for said in run.bench.calls(CP, "TransactionEvent")]
    assert [event["seqNo"] for event in events] == [0, 1, 2, 3, 4]
    assert len({event["transactionInfo"]["transactionId"] for event in events}) == 1
    # E02: the EVSE is sent once, the token only at authorization and at the stop.
    assert ["evse" in event for event in events] == [True, False, False, False, False]
    assert ["idToken" in event for event in events] == [True, False, False, False, True]
    states = [event["transactionInfo"]["chargingState"] for event in events]
    assert states == ["EVConnected", "Charging", "Charging", "Charging", "EVConnected"]
    assert events[-1]["transactionInfo"]["stoppedReason"] == "Local"
    assert events[-1]["transactionInfo"]["timeSpentCharging"] == 20


def test_a_token_that_is_not_accepted_starts_nothing(bench: type[SimulatedWire], version: Version) -> None:
    run = Charging(bench, version, CentralSystemSettings(tokens=TokenTable().with_status("Blocked", "04a2b3c4")))
    run.bench.run(30)
    free = "StatusNotification Available"
    busy = "StatusNotification Preparing" if version is Version.V16 else "StatusNotification Occupied"
    assert run.story() == [busy, "Authorize", free]


def test_a_token_refused_at_the_start_ends_the_transaction(bench: type[SimulatedWire], version: Version) -> None:
    """StopTransactionOnInvalidId (1.6), StopTxOnInvalidId (2.x)."""
    run = Charging(
        bench, version, CentralSystemSettings(tokens=TokenTable().with_status("Invalid", "04A2B3C4")), authorize=False
    )
    run.bench.run(30)
    ended = "StopTransaction DeAuthorized" if version is Version.V16 else "TransactionEvent Ended Deauthorized"
    assert ended in run.story()
    assert not run.bench.calls(CP, "MeterValues")


def test_with_that_setting_off_the_transaction_continues_without_energy(bench: type[SimulatedWire]) -> None:
    run = Charging(
        bench,
        Version.V16,
        CentralSystemSettings(tokens=TokenTable().with_status("Invalid", "04A2B3C4")),
        authorize=False,
    )
    device = run.charge_point.device
    flag = device.configuration.by_key("StopTransactionOnInvalidId")
    assert flag is not None
    device.configuration.set(flag, "false")
    run.bench.run(60)
    assert "StatusNotification SuspendedEVSE" in run.story()
    registers = {register(said) for said in run.bench.calls(CP, "MeterValues")}
    assert len(registers) == 1


def test_a_stop_during_the_start_waits_for_the_transaction(bench: type[SimulatedWire], version: Version) -> None:
    run = Charging(bench, version, authorize=False)
    run.stop(StopReason.REMOTE)
    run.bench.run(20)
    ended = "StopTransaction Remote" if version is Version.V16 else "TransactionEvent Ended RemoteStop"
    assert run.story().count(ended) == 1
    assert run.story()[-1] == "StatusNotification Available"


def test_a_stop_before_the_token_is_accepted_starts_nothing(bench: type[SimulatedWire], version: Version) -> None:
    run = Charging(bench, version)
    run.stop()
    run.bench.run(20)
    assert "StartTransaction" not in run.story()
    assert not run.bench.calls(CP, "TransactionEvent")
    assert not list(run.charge_point.device.charges())


def test_a_lost_start_is_repeated_with_the_same_content_and_then_abandoned(bench: type[SimulatedWire]) -> None:
    """1.6 section 3.7.1: TransactionMessageAttempts 3, TransactionMessageRetryInterval 60 times the attempts made."""
    run = Charging(bench, Version.V16, drop=lambda said: said.action == "StartTransaction", authorize=False)
    run.bench.run(600)
    starts = run.bench.calls(CP, "StartTransaction")
    assert len(starts) == 3
    assert starts[0].payload == starts[1].payload == starts[2].payload
    gaps = [later.time - earlier.time for earlier, later in zip(starts, starts[1:], strict=False)]
    assert gaps == [90 * SECOND, 150 * SECOND]  # 30 until the time-out, then 60 and 120
    assert run.story()[-2:] == ["StatusNotification Available", "Heartbeat"]


def test_one_lost_answer_does_not_lose_the_transaction(bench: type[SimulatedWire], version: Version) -> None:
    lost: list[SentMessage] = []

    def drop(said: SentMessage) -> bool:
        first = said.action in ("StartTransaction", "TransactionEvent") and not lost
        if first:
            lost.append(said)
        return first

    run = Charging(bench, version, drop=drop, authorize=False, samples=1)
    run.bench.run(200)
    assert run.story()[-1] == "StatusNotification Available"
    started = run.bench.calls(CP, "StartTransaction", "TransactionEvent")
    assert started[0].payload == started[1].payload


def test_a_lost_connection_loses_no_transaction(bench: type[SimulatedWire], version: Version) -> None:
    run = Charging(bench, version, authorize=False)
    run.bench.run(0.05)  # the start is on its way
    run.bench.lose_connection()
    run.bench.run(60)
    run.stop()
    run.bench.run(20)
    kinds = ("StartTransaction", "StopTransaction") if version is Version.V16 else ("TransactionEvent",)
    told = [said.payload for said in run.bench.calls(CP, *kinds)]
    if version is Version.V16:
        assert told[0] == told[1]
        assert "transactionId" in told[-1]
    else:
        assert [event["eventType"] for event in told][:2] == ["Started", "Started"]
        assert told[-1]["eventType"] == "Ended"
    assert "BootNotification" not in {said.action for said in run.bench.calls(CP)}


def test_a_transaction_ended_by_hand_is_over(bench: type[SimulatedWire]) -> None:
    run = Charging(bench, Version.V16)
    run.bench.run(15)
    stop = {"transactionId": 1, "meterStop": 5, "timestamp": "2026-11-22T10:02:03Z"}
    run.bench.call(CP, "StopTransaction", stop)
    run.bench.run(60)
    assert run.story().count("StopTransaction") == 1
    assert run.story()[-1] == "StatusNotification Available"


def test_a_transaction_started_by_hand_can_be_stopped_remotely(bench: type[SimulatedWire], version: Version) -> None:
    charge_point = ChargePointBehaviour(version)
    run = bench(version, charge_point, CentralSystemBehaviour(version)).run(5)
    if version is Version.V16:
        time = "2026-11-22T10:02:03Z"
        run.call(CP, "StartTransaction", {"connectorId": 2, "idTag": "A", "meterStart": 0, "timestamp": time})
        run.run(5)
        run.call(CS, "RemoteStopTransaction", {"transactionId": 1})
    else:
        event = {
            "eventType": "Started",
            "timestamp": "2026-11-22T10:02:03Z",
            "triggerReason": "CablePluggedIn",
            "seqNo": 4,
            "transactionInfo": {"transactionId": "by-hand"},
            "evse": {"id": 2},
        }
        run.call(CP, "TransactionEvent", event)
        run.run(5)
        run.call(CS, "RequestStopTransaction", {"transactionId": "BY-HAND"})
    run.run(400)
    if version is Version.V16:
        (stop,) = run.calls(CP, "StopTransaction")
        assert stop.payload["transactionId"] == 1
    else:
        events = [said.payload for said in run.calls(CP, "TransactionEvent")]
        assert [event["seqNo"] for event in events] == [4, 5, 6]
        assert events[-1]["eventType"] == "Ended"


@pytest.mark.parametrize("version", [Version.V201, Version.V21])
def test_events_sent_by_hand_are_counted(bench: type[SimulatedWire], version: Version) -> None:
    """Else the next event of the charge point has a seqNo that was used, and a central system may drop it."""
    charge_point = ChargePointBehaviour(version, ChargePointSettings(meter_interval=10))
    run = bench(version, charge_point, CentralSystemBehaviour(version)).run(5)
    info = {"transactionInfo": {"transactionId": "by-hand"}}
    event = {"timestamp": "2026-11-22T10:02:03Z", "triggerReason": "CablePluggedIn", **info}
    run.call(CP, "TransactionEvent", {**event, "eventType": "Started", "seqNo": 0, "evse": {"id": 2}})
    run.run(1)
    for number in (20, 30, 25):
        run.call(CP, "TransactionEvent", {**event, "eventType": "Updated", "seqNo": number})
        run.run(1)
    run.run(30)
    numbers = [said.payload["seqNo"] for said in run.calls(CP, "TransactionEvent")]
    own = numbers[numbers.index(25) + 1 :]
    assert own
    assert own == list(range(31, 31 + len(own)))


def test_a_transaction_started_by_hand_is_metered(bench: type[SimulatedWire]) -> None:
    """A developer who sends StartTransaction from the form gets the charge that goes with it."""
    charge_point = ChargePointBehaviour(Version.V16, ChargePointSettings(meter_interval=10))
    run = bench(Version.V16, charge_point, CentralSystemBehaviour(Version.V16)).run(5)
    start = {"connectorId": 2, "idTag": "A", "meterStart": 70_000, "timestamp": "2026-11-22T10:02:03Z"}
    run.call(CP, "StartTransaction", start)
    run.run(35)
    values = run.calls(CP, "MeterValues")
    assert len(values) == 3
    assert all(value.payload["transactionId"] == 1 for value in values)
    assert register(values[-1]) > 70_000
    assert run.calls(CP, "StatusNotification")[-1].payload["status"] == "Charging"


def test_a_full_car_takes_no_energy_and_stays_until_stopped(bench: type[SimulatedWire], version: Version) -> None:
    own = ChargePointSettings(meter_interval=60, speed=60.0)
    run = Charging(bench, version, own=own, authorize=False)
    run.bench.run(900)
    if version is Version.V16:
        assert run.story().count("StatusNotification SuspendedEV") == 1
        values = run.bench.calls(CP, "MeterValues")
        assert register(values[-1]) == register(values[-2])
    else:
        events = [said.payload for said in run.bench.calls(CP, "TransactionEvent")]
        states = [event["transactionInfo"]["chargingState"] for event in events]
        assert states[-1] == "SuspendedEV"
        assert events[-1]["eventType"] == "Updated"


def test_an_interval_of_zero_means_no_meter_values(bench: type[SimulatedWire]) -> None:
    run = Charging(bench, Version.V16, own=ChargePointSettings(meter_interval=0), authorize=False)
    run.bench.run(500)
    assert not run.bench.calls(CP, "MeterValues")
    assert "Heartbeat" in run.story()
