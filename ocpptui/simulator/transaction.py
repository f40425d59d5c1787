"""One transaction, and the messages that tell it: StartTransaction to StopTransaction, or the TransactionEvents.

Source: OCPP 1.6 sections 4.7, 4.8, 4.10, 6.45 to 6.50; OCPP 2.x use cases E01 to E08, J02.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ocpptui.ocpp.date_times import SECOND, date_time
from ocpptui.ocpp.payload import Payload
from ocpptui.ocpp.version import Version
from ocpptui.simulator import outgoing_calls as messages
from ocpptui.simulator.effects import SendCall
from ocpptui.simulator.outgoing_calls import DriverToken, StopReason

UNKNOWN_ID = -1
"""The id of a transaction that the central system never numbered (1.6)."""
MOST_DATA = 200
"""How many MeterValues StopTransaction carries in `transactionData` at most; of more, every other one is left out."""


@dataclass(frozen=True, slots=True)
class EventCircumstances:
    """What every TransactionEvent says of the moment (2.x)."""

    now: int
    state: str | None
    """The chargingState; None leaves it out."""
    is_offline: bool
    tariff: str = ""
    """The id of the tariff in use (2.1); empty for none."""
    cost: Payload = field(default_factory=dict)
    """What the transaction costs until now, CostDetailsType (2.1); empty without a tariff."""


class Transaction:
    """A transaction at a connector (1.6) or EVSE (2.x). In 1.6 its id is known once StartTransaction is answered."""

    def __init__(self, version: Version, connector: int, now: int, *, known_as: str = "", sequence: int = 0) -> None:
        self.version = version
        self.connector = connector
        self.id = known_as
        """In 1.6 decimal digits; empty until it is known."""
        self.started = now
        """In microseconds since 1970-01-01 UTC."""
        self.data: list[Payload] = []
        """The MeterValues for `transactionData` (1.6)."""
        self._sequence = sequence  # seqNo of the next TransactionEvent
        self._told_evse = False
        if version.generation > 1 and not known_as:
            # Unique forever, as E01.FR.08 requires: no two charges of a connector start in the same millisecond.
            stamp = f"{datetime.fromtimestamp(now // SECOND, UTC):%Y%m%d%H%M%S}{now // 1000 % 1000:03d}"
            self.id = f"{stamp}-{connector}"

    def clock_set(self, by: int) -> None:
        """The clock was set by so many microseconds."""
        self.started += by

    def numbered(self, sequence: int) -> None:
        """Someone else sent a TransactionEvent with this seqNo: the next one has a higher number (E01.FR.07)."""
        self._sequence = max(self._sequence, sequence + 1)

    # -- 1.6 ----------------------------------------------------------------------------------------------------

    def start_call(self, token: DriverToken, register: int, reservation: int | None, now: int) -> SendCall:
        """StartTransaction (1.6 section 6.45)."""
        payload: Payload = {
            "connectorId": self.connector,
            **messages.id_token(self.version, token),
            "meterStart": register,
            "timestamp": date_time(now),
        }
        if reservation is not None:
            payload["reservationId"] = reservation
        return SendCall("StartTransaction", payload)

    def meter_call(self, value: Payload) -> SendCall:
        """MeterValues of the transaction (1.6 section 6.31)."""
        payload = {"connectorId": self.connector, "transactionId": None, "meterValue": [value]}
        return self.filled(SendCall("MeterValues", payload))

    def stop_call(self, token: DriverToken | None, register: int, reason: StopReason, now: int) -> SendCall:
        """StopTransaction with what was collected (1.6 section 6.49); `token` is that of the driver who stops it."""
        payload: dict[str, Any] = {
            "transactionId": None,
            **(messages.id_token(self.version, token) if token is not None else {}),
            "meterStop": register,
            "timestamp": date_time(now),
            "reason": reason.v16,
        }
        if self.data:
            payload["transactionData"] = self.data
        return self.filled(SendCall("StopTransaction", payload))

    def collect(self, value: Payload) -> None:
        """Keep a MeterValue for `transactionData`."""
        if len(self.data) >= MOST_DATA:
            self.data = self.data[::2]
        self.data.append(value)

    def filled(self, call: SendCall) -> SendCall:
        """The call with the id of the transaction, as far as that is known by now."""
        if call.payload.get("transactionId", self.id) is not None or not self.id:
            return call
        return SendCall(call.action, {**call.payload, "transactionId": int(self.id)})

    # -- 2.x ----------------------------------------------------------------------------------------------------

    def event(
        self,
        kind: str,
        trigger: str,
        at: EventCircumstances,
        *,
        values: list[Payload] | None = None,
        token: DriverToken | None = None,
        connector: int | None = None,
        info: Payload | None = None,
        reservation: int | None = None,
    ) -> SendCall:
        """TransactionEvent (2.x): `kind` is Started, Updated or Ended, `connector` that of the EVSE, once plugged in.

        The EVSE is named once, as soon as the connector is known (E02.FR.01, E07).
        """
        event: Payload = {
            "eventType": kind,
            "timestamp": date_time(at.now),
            "triggerReason": trigger,
            "seqNo": self._sequence,
        }
        self._sequence += 1
        if at.is_offline:
            event["offline"] = True
        state = {} if at.state is None else {"chargingState": at.state}
        tariff = {"tariffId": at.tariff} if at.tariff else {}
        event["transactionInfo"] = {"transactionId": self.id, **state, **tariff, **(info or {})}
        if values:
            event["meterValue"] = values
            if at.cost:
                event["costDetails"] = at.cost
        if connector is not None and not self._told_evse:
            self._told_evse = True
            event["evse"] = {"id": self.connector, "connectorId": connector}
        if token is not None:
            event |= messages.id_token(self.version, token)
        if reservation is not None:
            event["reservationId"] = reservation
        return SendCall("TransactionEvent", event)
