"""Making reservations: whether a charge point may accept them, and shows them."""

from __future__ import annotations

from ocpptui.diagnosis.checker import on_call, on_connection, on_exchange
from ocpptui.diagnosis.expectations import ExpectingChecker
from ocpptui.diagnosis.reservation_traces import (
    CANCELLED,
    MARKED_RESERVED,
    RESERVED,
    cancel_16,
    reads_switch,
    reserve_16,
    shows,
)
from ocpptui.diagnosis.rule import Rule, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.date_times import SECOND
from ocpptui.timeline.record import ConnectionEvent
from ocpptui.timeline.severity import Severity

NOT_FREE = Rule(
    "cmd.reserve-busy",
    Severity.ERROR,
    "The charge point accepts a reservation although the connector is not free.",
    "OCPP 1.6 section 5.13; OCPP 2.0.1 and 2.1 Part 2 H01.FR.11 to H01.FR.14",
    says="The charge point accepts the reservation, but connector {connector} is {status}.",
    remedy="It must answer Occupied, Faulted or Unavailable. The driver finds no free connector.",
    positive=(
        f"{shows('Charging')}{reserve_16()}{MARKED_RESERVED}",
        f"{shows('Faulted')}{reserve_16()}{MARKED_RESERVED}",
    ),
    negative=(
        f"{shows('Available')}{reserve_16()}{RESERVED}",
        f"{shows('Charging', connector=2)}{reserve_16()}{RESERVED}",
        f'{shows("Charging")}{reserve_16()}10:00:01 > ok {{"status":"Occupied"}}',
        f"{reserve_16()}{RESERVED}",
        f"{shows('Charging')}{shows('Available', '09:59:30')}{reserve_16()}{RESERVED}",
        f"{shows('Charging').replace('>', 'CP2 >').replace('<', 'CP2 <')}{reserve_16()}{RESERVED}",
        f"{shows('Charging')}09:59:30 closed\n09:59:40 opened\n{reserve_16()}{RESERVED}",
    ),
)

ANY_NOT_SUPPORTED = Rule(
    "cmd.reserve-any-connector",
    Severity.ERROR,
    "The charge point accepts a reservation of any connector, which its configuration does not support.",
    "OCPP 1.6 sections 5.13 and 9.3.1; OCPP 2.0.1 and 2.1 Part 2 H01.FR.19",
    says="The charge point accepts a reservation of any connector, but {setting} is false.",
    remedy="It must answer Rejected.",
    positive=(f"{reads_switch('ReserveConnectorZeroSupported', 'false')}{reserve_16(connector=0)}{MARKED_RESERVED}",),
    negative=(
        f"{reads_switch('ReserveConnectorZeroSupported', 'true')}{reserve_16(connector=0)}{RESERVED}",
        f"{reads_switch('ReserveConnectorZeroSupported', 'false')}{reserve_16()}{RESERVED}",
        f"{reserve_16(connector=0)}{RESERVED}",
    ),
)

EXPIRED = Rule(
    "cmd.reserve-expired",
    Severity.WARNING,
    "The central system makes a reservation that has expired.",
    "OCPP 1.6 section 5.13; OCPP 2.0.1 and 2.1 Part 2 H04.FR.01",
    says="The reservation expired {ago} before it was made.",
    remedy="It has no effect. A frequent cause is local time that was written as UTC.",
    positive=(f"* {reserve_16(expires='09:00:00')}",),
    negative=(reserve_16(), f"{reserve_16(expires='09:00:00')}".replace("10:00:00 <", "- <")),
)

REPLACED = Rule(
    "cmd.reserve-replaces",
    Severity.INFO,
    "A reservation replaces one of another id token.",
    "OCPP 1.6 section 5.13; OCPP 2.0.1 and 2.1 Part 2 H01.FR.02",
    says="Reservation {number} is made again for another id token: the reservation before is lost.",
    positive=(f"{reserve_16()}{RESERVED}* {reserve_16(token='B', at='10:05:00')}",),
    negative=(
        f"{reserve_16()}{RESERVED}{reserve_16(at='10:05:00')}",
        f"{reserve_16()}{RESERVED}{CANCELLED}{reserve_16(token='B', at='10:25:00')}",
    ),
)

NOT_REPORTED = Rule(
    "cmd.reserve",
    Severity.WARNING,
    "The charging station accepts a reservation, but does not report the connector as Reserved.",
    "OCPP 1.6 sections 4.9 and 5.13; OCPP 2.0.1 and 2.1 Part 2 H01.FR.23",
    says="The reservation was accepted, but in {waited} connector {connector} was not reported as Reserved.",
    remedy="Other drivers see the connector as free.",
    positive=(
        f"{shows('Available')}* {reserve_16()}{RESERVED}10:05:00 > Heartbeat {{}}",
        f"* {reserve_16()}{RESERVED}{shows('Available', '10:00:05')}10:05:00 > Heartbeat {{}}",
    ),
    negative=(
        f"{shows('Available')}{reserve_16()}{RESERVED}{shows('Reserved', '10:00:02')}10:05:00 > Heartbeat {{}}",
        f"{reserve_16()}{RESERVED}10:05:00 > Heartbeat {{}}",
        f"{shows('Available')}{reserve_16()}{RESERVED}10:00:20 closed\n10:05:00 opened\n10:06:00 > Heartbeat {{}}",
        f"{shows('Available')}{reserve_16()}{RESERVED}{cancel_16('Accepted', '10:00:20')}10:05:00 > Heartbeat {{}}",
    ),
)

RULES = (NOT_FREE, ANY_NOT_SUPPORTED, EXPIRED, REPLACED, NOT_REPORTED)

_NOT_FREE = (
    "Occupied",
    "Preparing",
    "Charging",
    "SuspendedEV",
    "SuspendedEVSE",
    "Finishing",
    "Unavailable",
    "Faulted",
)
_ANY_CONNECTOR = ("ReserveConnectorZeroSupported", "ReservationCtrlr.NonEvseSpecific")


class ReservationChecker(ExpectingChecker):
    """Looks at each reservation when it is made."""

    @on_call("ReserveNow")
    def reserve(self, call: Seen) -> None:
        number, expires = _number(call), call.date_time("expiryDate") or call.date_time("expiryDateTime")
        if expires is not None and call.is_timed:
            ago = call.time - expires
            if ago > self.limits.clock_tolerance * SECOND:
                self.found(EXPIRED, call, ago=TimeSpan(ago))
        before = None if number is None else self.known.certain_reservation(number)
        token = call.text("idTag") or call.text("idToken", "idToken")
        if before is not None and before.is_for_other(token) and not before.is_past(call.time):
            self.found(REPLACED, call, (before.index,), number=before.id)

    @on_exchange("ReserveNow")
    def reserved(self, call: Seen, answer: Seen) -> None:
        number = _number(call)
        if number is None or answer.text("status") != "Accepted":
            return
        place = call.integer("connectorId")
        place = call.integer("evseId") if place is None else place
        if not place:
            names = _ANY_CONNECTOR
            if self.known.switch(*names) is False:
                setting = names[0] if call.integer("connectorId") is not None else names[1]
                self.found(ANY_NOT_SUPPORTED, answer, (call,), setting=setting)
            return
        states = self.states(place)
        connection = self.known.connections.get(call.connection)
        if (
            connection is not None
            and states
            and all(
                status in _NOT_FREE and (connection.opened is None or since >= connection.opened) and index < call.index
                for status, since, index in states
            )
        ):
            self.found(NOT_FREE, answer, (call, states[0][2]), connector=place, status=states[0][0])
        elif answer.is_timed and all(status == "Available" for status, _, _ in states):
            self.expect_status(call, answer, number, place)

    def expect_status(self, call: Seen, answer: Seen, number: int, place: int) -> None:
        index, wait = call.index, round(self.limits.status_settles * SECOND)

        def look() -> None:
            states = self.states(place)
            is_free = bool(states) and all(status == "Available" for status, _, _ in states)
            if is_free and number in self.known.reservations and not self.known.whole_setting("MinimumStatusDuration"):
                self.found(NOT_REPORTED, index, waited=TimeSpan(wait), connector=place)

        self.wait(f"status {number}", answer.clock + wait, look)

    @on_call("StartTransaction")
    def start(self, call: Seen) -> None:
        if (number := call.integer("reservationId")) is not None:
            self.stop_waiting(f"status {number}")

    @on_exchange("CancelReservation")
    def cancelled(self, call: Seen, answer: Seen) -> None:
        if answer.text("status") == "Accepted":
            self.stop_waiting(f"status {call.integer('reservationId')}")

    @on_connection(ConnectionEvent.CLOSED, ConnectionEvent.OPENED)
    def reconnected(self, event: Seen) -> None:
        self.stop_all_waiting()

    def states(self, place: int) -> list[tuple[str, int, int]]:
        """Status, clock and record of each connector there."""
        return [
            (one.status, one.since, one.index)
            for (evse, connector), one in self.known.connectors.items()
            if place == (evse or connector)
        ]


def _number(call: Seen) -> int | None:
    number = call.integer("reservationId")
    return call.integer("id") if number is None else number
