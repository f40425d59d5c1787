"""The two sides of the demo: a charge point with a series of drivers, and a central system that makes calls.

A pace in seconds sets all times: one meter value per pace, and everything else in proportion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count, cycle
from typing import TYPE_CHECKING, Any

from ocpptui.ocpp.actions import find_action
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.message import Malformed, Message
from ocpptui.ocpp.payload import integer_at, object_at, text_at
from ocpptui.ocpp.version import Version
from ocpptui.simulator.behaviour_settings import CentralSystemSettings, ChargePointSettings
from ocpptui.simulator.central_system_behaviour import CentralSystemBehaviour
from ocpptui.simulator.central_system_memory import CentralSystemMemory
from ocpptui.simulator.charge_plan import ChargePlan
from ocpptui.simulator.charge_point_behaviour import ChargePointBehaviour
from ocpptui.simulator.effects import Effect, SendAnswer, SendCall
from ocpptui.simulator.outgoing_calls import DriverToken
from ocpptui.simulator.schedule import Agenda
from ocpptui.simulator.station_readings import measured

if TYPE_CHECKING:
    from ocpptui.simulator.certificate_authority import CertificateAuthority

DRIVERS = (DriverToken("04A2B3C4D5"), DriverToken("04E5F6A7B8"), DriverToken("0499AABBCC"))
REMOTE_TOKEN = DriverToken("APP-DRIVER-1", "Central")

DRIVER_CONNECTOR = 1
"""The connector for drivers; the other one is for the central system."""
REMOTE_CONNECTOR = 2

SAMPLES = 8
"""Meter values of a driver's charge."""
PAUSE = 4
"""Paces between two drivers."""
SPEED = 40.0
"""How much faster than real time the cars charge, so that changes are visible."""
MIN_PACE = 0.05


DEMO_STATION = ChargePointSettings(model="Demo", serial="DEMO-0001", firmware="1.0.0")
"""The charge point of the demo, unless a profile says otherwise."""


class DemoChargePoint(ChargePointBehaviour):
    """Boots, reports its status, and lets one driver after another charge at connector 1; it answers as usual.

    One with a schedule has its drivers from there.
    """

    def __init__(self, version: Version, pace: float = 1.0, built: ChargePointSettings = DEMO_STATION) -> None:
        """`built` is what the charge point is, with at least two connectors."""
        own = replace(
            built,
            meter_interval=max(1, round(pace)),
            retry_interval=max(1, round(pace)),
            step=max(MIN_PACE, pace),
            speed=SPEED,
        )
        super().__init__(version, own)
        self._pace = int(max(MIN_PACE, pace) * SECOND)
        self._drivers = cycle(DRIVERS)
        self._is_first = True

    def answered(self, action: str, sent: dict[str, Any], answer: Message | None, now: int) -> list[Effect]:
        effects = super().answered(action, sent, answer, now)
        self._expect_driver(self.own_time(now))
        return effects

    def tick(self, now: int) -> list[Effect]:
        effects = super().tick(now)
        self._expect_driver(self.own_time(now))
        return effects

    def _expect_driver(self, now: int) -> None:
        is_taken = self.device.connectors[DRIVER_CONNECTOR].charge is not None
        if self.settings.schedule:
            return
        if self.device.is_accepted and not is_taken and not self.device.agenda.has("driver"):
            wait = self._pace if self._is_first else PAUSE * self._pace
            self._is_first = False
            self.device.agenda.at(now + wait, "driver", self._driver_comes)

    def _driver_comes(self, now: int) -> list[Effect]:
        token = next(self._drivers)
        effects: list[Effect] = []
        if self.version.generation > 1:
            # The energy of a transaction is in TransactionEvent; MeterValues is for the meter of the whole station.
            effects.append(measured(self.device, 0, now, "Sample.Clock"))
        if self.device.free_connector(DRIVER_CONNECTOR, token.text) is None:
            return effects
        plan = ChargePlan(
            DRIVER_CONNECTOR, token, samples=SAMPLES, interval=self._pace, unplug_after=max(1, self._pace)
        )
        return effects + self.device.begin(plan, now)


Step = Callable[[int], list[Effect]]


class DemoCentralSystem(CentralSystemBehaviour):
    """Answers and, from the first BootNotification on, makes its own calls in a loop."""

    def __init__(
        self,
        version: Version,
        pace: float = 1.0,
        *,
        memory: CentralSystemMemory | None = None,
        charge_point: str = "",
        authority: CertificateAuthority | None = None,
    ) -> None:
        settings = CentralSystemSettings(interval=max(1, round(10 * pace)), authority=authority)
        super().__init__(version, settings, memory=memory, charge_point=charge_point)
        self._pace = int(max(MIN_PACE, pace) * SECOND)
        self._agenda = Agenda()
        self._remote_transaction = ""
        self._request_ids = count(1)
        self._steps: Iterator[Step] = cycle(self._script())

    def received(self, frame: Message | Malformed, action: str, now: int) -> list[Effect]:
        effects = super().received(frame, action, now)
        if isinstance(frame, Message) and effects and isinstance(effects[0], SendAnswer):
            self._observe(frame, effects[0].payload)
            if self.registration == "Accepted" and not self._agenda.has("step"):
                self._agenda.at(now + 2 * self._pace, "step", self._next_step)
        return effects

    def tick(self, now: int) -> list[Effect]:
        return self._agenda.run(now)

    def wakeup(self) -> int | None:
        return self._agenda.next()

    def clock_set(self, by: int) -> None:
        self._agenda.clock_set(by)

    def closed(self, now: int) -> None:
        self._agenda.clear()
        self._remote_transaction = ""

    def _next_step(self, now: int) -> list[Effect]:
        self._agenda.at(now + 3 * self._pace, "step", self._next_step)
        return next(self._steps)(now)

    def _observe(self, call: Message, answer: dict[str, Any]) -> None:
        """Note the transaction that this side started, to stop it later."""
        request = call.payload if isinstance(call.payload, dict) else {}
        if call.action == "StartTransaction" and integer_at(request, "connectorId") == REMOTE_CONNECTOR:
            self._remote_transaction = str(answer["transactionId"])
        elif call.action == "TransactionEvent" and integer_at(object_at(request, "evse"), "id") == REMOTE_CONNECTOR:
            self._remote_transaction = text_at(object_at(request, "transactionInfo"), "transactionId") or ""

    # -- the calls ----------------------------------------------------------------------------------------------

    def _script(self) -> list[Step]:
        return self._script_1x() if self.version.generation == 1 else self._script_2x()

    def _script_1x(self) -> list[Step]:
        keys = ["HeartbeatInterval", "MeterValueSampleInterval", "NumberOfConnectors", "NoSuchKey"]
        period = {"startPeriod": 0, "limit": 10.0}
        profile = {
            "chargingProfileId": 1,
            "stackLevel": 0,
            "chargingProfilePurpose": "TxDefaultProfile",
            "chargingProfileKind": "Relative",
            "chargingSchedule": {"chargingRateUnit": "A", "chargingSchedulePeriod": [period]},
        }
        remote = {"connectorId": REMOTE_CONNECTOR, "idTag": REMOTE_TOKEN.text}
        return [
            _step("GetConfiguration", {"key": keys}),
            _step("SetChargingProfile", {"connectorId": DRIVER_CONNECTOR, "csChargingProfiles": profile}),
            _step("TriggerMessage", {"requestedMessage": "Heartbeat"}),
            _step("ChangeConfiguration", {"key": "ConnectionTimeOut", "value": "90"}),
            _step("RemoteStartTransaction", remote),
            _step("GetCompositeSchedule", {"connectorId": DRIVER_CONNECTOR, "duration": 3600}),
            self._stop_remote,
            _step("ClearChargingProfile", {"id": 1}),
            _step("ChangeAvailability", {"connectorId": REMOTE_CONNECTOR, "type": "Inoperative"}),
            _step("UnlockConnector", {"connectorId": REMOTE_CONNECTOR}),
            _step("ChangeAvailability", {"connectorId": REMOTE_CONNECTOR, "type": "Operative"}),
        ]

    def _script_2x(self) -> list[Step]:
        heartbeat = _variable("OCPPCommCtrlr", "HeartbeatInterval")
        missing = _variable("OCPPCommCtrlr", "NoSuchVariable")
        timeout = {**_variable("TxCtrlr", "EVConnectionTimeOut"), "attributeValue": "90"}
        period = {"startPeriod": 0, "limit": 10.0}
        schedule = {"id": 1, "chargingRateUnit": "A", "chargingSchedulePeriod": [period]}
        profile = {
            "id": 1,
            "stackLevel": 0,
            "chargingProfilePurpose": "TxDefaultProfile",
            "chargingProfileKind": "Relative",
            "chargingSchedule": [schedule],
        }
        evse = {"id": REMOTE_CONNECTOR}
        steps = [
            _step("GetVariables", {"getVariableData": [heartbeat, missing]}),
            _step("SetChargingProfile", {"evseId": DRIVER_CONNECTOR, "chargingProfile": profile}),
            _step("TriggerMessage", {"requestedMessage": "Heartbeat"}),
            _step("SetVariables", {"setVariableData": [timeout]}),
            self._start_remote,
            _step("GetCompositeSchedule", {"evseId": DRIVER_CONNECTOR, "duration": 3600}),
            self._stop_remote,
            _step("ClearChargingProfile", {"chargingProfileId": 1}),
            _step("ChangeAvailability", {"evse": evse, "operationalStatus": "Inoperative"}),
            self._ask_report,
            _step("ChangeAvailability", {"evse": evse, "operationalStatus": "Operative"}),
        ]
        if find_action(self.version, "SetDefaultTariff") is not None:
            energy = {"prices": [{"priceKwh": 0.42}]}
            tariff = {"tariffId": "DEMO-DAY", "currency": "EUR", "energy": energy}
            steps.insert(4, _step("SetDefaultTariff", {"evseId": 0, "tariff": tariff}))
        return steps

    def _start_remote(self, now: int) -> list[Effect]:
        token = {"idToken": REMOTE_TOKEN.text, "type": REMOTE_TOKEN.type}
        payload = {"idToken": token, "remoteStartId": next(self._request_ids), "evseId": REMOTE_CONNECTOR}
        return [SendCall("RequestStartTransaction", payload)]

    def _stop_remote(self, now: int) -> list[Effect]:
        transaction, self._remote_transaction = self._remote_transaction, ""
        if not transaction:
            return []
        if self.version.generation == 1:
            return [SendCall("RemoteStopTransaction", {"transactionId": int(transaction)})]
        return [SendCall("RequestStopTransaction", {"transactionId": transaction})]

    def _ask_report(self, now: int) -> list[Effect]:
        payload = {"requestId": next(self._request_ids), "reportBase": "SummaryInventory"}
        return [SendCall("GetBaseReport", payload)]


def _step(action: str, payload: dict[str, Any]) -> Step:
    return lambda now: [SendCall(action, payload)]


def _variable(component: str, variable: str) -> dict[str, Any]:
    return {"component": {"name": component}, "variable": {"name": variable}}
