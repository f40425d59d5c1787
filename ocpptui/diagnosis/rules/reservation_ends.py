"""Reservations that are used, cancelled or over: by whom, and whether the charge point says so."""

from __future__ import annotations

from ocpptui.diagnosis.checker import on_call, on_connection, on_exchange
from ocpptui.diagnosis.expectations import ExpectingChecker
from ocpptui.diagnosis.known import MOST_RESERVATIONS, KnownReservation
from ocpptui.diagnosis.reservation_traces import (
    AFTER_EXPIRY,
    CANCELLED,
    NAMED,
    OF_GROUP,
    RESERVED,
    cancel_16,
    reserve_2,
    reserve_16,
    reserved_event,
    reserved_start,
    shows,
)
from ocpptui.diagnosis.rule import Phrase, Rule, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.diagnosis.status_traces import status_2, wrong_answer
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.version import SECOND_GENERATION, Version
from ocpptui.runtime.bounded import put
from ocpptui.timeline.record import ConnectionEvent
from ocpptui.timeline.severity import Severity

_GROUP_2 = ',"evseId":1,"groupIdToken":{"idToken":"P","type":"Central"}'
_RESERVING = frozenset({Version.V15, Version.V16})

_HELD = f"{reserve_16()}{RESERVED}{shows('Reserved', '10:00:02')}"
_HELD_2 = f"{reserve_2()}{RESERVED}{status_2('Reserved', '10:00:02')}"


USED_BY_OTHER = Rule(
    "cmd.reserve-other-token",
    Severity.ERROR,
    "A transaction with another id token starts on a reserved connector, or charges at a reserved EVSE.",
    "OCPP 1.6 section 5.13; OCPP 2.0.1 and 2.1 Part 2 use case H03",
    says="A transaction with another id token charges at {place}, despite reservation {number}.",
    remedy="The charge point must refuse all id tokens but that of the reservation and those of its parent.",
    positive=(
        f"{reserve_16()}{RESERVED}* {reserved_start('B')}",
        f"{reserve_2()}{RESERVED}{reserved_event('Started', token='B')}* {reserved_event('Updated', 'Charging')}",
    ),
    negative=(
        f"{reserve_2()}{RESERVED}{reserved_event('Started', token='a')}{reserved_event('Updated', 'Charging')}",
        f"{reserve_2()}{RESERVED}{reserved_event('Started', token='B')}{reserved_event('Updated', 'EVConnected')}",
        f"{reserve_2()}{RESERVED}{reserved_event('Started', token='B', evse=2)}{reserved_event('Updated', 'Charging')}",
        f"{reserve_2('')}{RESERVED}{reserved_event('Started', token='B')}{reserved_event('Updated', 'Charging')}",
        (
            f"{reserve_2(_GROUP_2)}{RESERVED}{reserved_event('Started', token='B')}"
            f"{reserved_event('Updated', 'Charging')}"
        ),
        (
            f"{reserve_2()}{RESERVED}{reserved_event('Started', token='B', at='10:40:00')}"
            f"{reserved_event('Updated', 'Charging', at='10:41:00')}"
        ),
        # It ran when the reservation was made, which is another fault.
        f"2.0.1\n{reserved_event('Started', token='B', at='09:50:00')}{reserve_2()[6:]}{RESERVED}"
        + reserved_event("Updated", "Charging"),
        f"{reserve_16()}{RESERVED}{reserved_start('a', more=NAMED)}",
        f"{reserve_16()}{RESERVED}{reserved_start('B', connector=2)}",
        f"{reserve_16(more=OF_GROUP)}{RESERVED}{reserved_start('B')}",
        f"{reserve_16()}{RESERVED}{reserved_start('B', at='10:40:00')}",
        f"{reserve_16()}{RESERVED}{CANCELLED}{reserved_start('B', at='10:25:00')}",
        f"{reserve_16()}{RESERVED}{shows('Unavailable', '10:05:00')}{reserved_start('B')}",
        f"{reserve_16()}{RESERVED}" + reserved_start("B").replace("T10:10:00Z", "T09:50:00Z"),
    ),
)

ID_MISSING = Rule(
    "tx.reservation-missing",
    Severity.ERROR,
    "The start of a transaction that uses a reservation does not name it.",
    "OCPP 1.6 sections 4.8 and 5.13",
    versions=_RESERVING,
    says="The transaction uses reservation {number}, but StartTransaction has no reservationId.",
    remedy="The central system does not learn that the reservation has ended.",
    positive=(f"{reserve_16()}{RESERVED}* {reserved_start('A')}",),
    negative=(
        f"{reserve_16()}{RESERVED}{reserved_start('A', more=NAMED)}",
        f"{reserve_16()}{RESERVED}{reserved_start('A', connector=2)}",
        reserved_start("A"),
    ),
)

CANCELLED_TWICE = Rule(
    "cmd.cancel-of-ended",
    Severity.ERROR,
    "The charge point agrees to cancel a reservation that has ended.",
    "OCPP 1.6 section 5.1; OCPP 2.0.1 and 2.1 Part 2 H02.FR.01",
    says="The charge point agrees to cancel reservation {number}, which had ended.",
    remedy="It must answer Rejected, since it has no such reservation.",
    positive=(
        f"{reserve_16()}{RESERVED}{CANCELLED}"
        + cancel_16("Accepted", "10:21:00").replace("10:21:00 >", "* 10:21:00 >"),
    ),
    negative=(
        f"{reserve_16()}{RESERVED}{CANCELLED}{cancel_16('Rejected', '10:21:00')}",
        f"{CANCELLED}",
        f'{reserve_16()}{RESERVED}{CANCELLED}{reserve_16(at="10:20:30")}10:20:31 > ok {{"status":"Accepted"}}\n'
        + cancel_16("Accepted", "10:21:00"),
    ),
)

NOT_CANCELLED = Rule(
    "cmd.cancel-unknown",
    Severity.WARNING,
    "The charge point does not know a reservation that it accepted.",
    "OCPP 1.6 section 5.1; OCPP 2.0.1 and 2.1 Part 2 H02.FR.02",
    says="The charge point refuses to cancel reservation {number}, which it accepted and which has not expired.",
    remedy="It lost the reservation: the connector may be taken by anybody.",
    positive=(f"{reserve_16()}{RESERVED}" + cancel_16("Rejected").replace("10:20:00 >", "* 10:20:00 >"),),
    negative=(
        f"{reserve_16()}{RESERVED}{cancel_16('Rejected', '10:40:00')}",
        f"{cancel_16('Rejected')}",
        f"{reserve_16()}{RESERVED}{shows('Faulted', '10:05:00')}{cancel_16('Rejected')}",
        (
            f"{reserve_16()}{RESERVED}10:05:00 > BootNotification "
            f'{{"chargePointVendor":"A","chargePointModel":"B"}}\n{cancel_16("Rejected")}'
        ),
    ),
)

NOT_ENDED = Rule(
    "cmd.reservation-expired",
    Severity.WARNING,
    "A reservation expires, and the charge point does not report it.",
    "OCPP 1.6 section 5.13; OCPP 2.0.1 and 2.1 Part 2 H04.FR.01 and H04.FR.03",
    says="Reservation {number} expired, but in {waited} the charge point did not report its end.",
    remedy="The central system and other drivers still see the connector as reserved.",
    positive=(
        f"{shows('Available')}* {reserve_16()}{RESERVED}{shows('Reserved', '10:00:02')}{AFTER_EXPIRY}",
        f"* {reserve_16()}{RESERVED}{shows('Reserved', '10:00:02')}11:30:00 > Heartbeat {{}}",
        reserve_2().replace("10:00:00 <", "* 10:00:00 <") + RESERVED + "10:40:00 > Heartbeat {}",
    ),
    negative=(
        f"{reserve_16()}{RESERVED}{shows('Reserved', '10:00:02')}{shows('Available', '10:30:01')}{AFTER_EXPIRY}",
        f"{reserve_16()}{RESERVED}{shows('Reserved', '10:00:02')}10:20:00 closed\n10:25:00 opened\n{AFTER_EXPIRY}",
        f"{reserve_16()}{RESERVED}{AFTER_EXPIRY}",
        f"{reserve_16()}{RESERVED}{shows('Reserved', '10:00:02')}{reserved_start(more=NAMED)}{AFTER_EXPIRY}",
        f"{reserve_16()}{RESERVED}{shows('Reserved', '10:00:02')}{CANCELLED}{AFTER_EXPIRY}",
        f"{shows('Reserved', '10:00:02')}{AFTER_EXPIRY}",
        f"{reserve_16()}{RESERVED}{shows('Reserved', '10:00:02')}{AFTER_EXPIRY}".replace("10:00:01 >", "- >"),
        f"{reserve_16()}{RESERVED}{shows('Reserved', '10:00:02')}10:40:00 CP2 > Heartbeat {{}}",
        reserve_2()
        + RESERVED
        + '10:30:01 > ReservationStatusUpdate {"reservationId":5,"reservationUpdateStatus":"Expired"}\n'
        "10:40:00 > Heartbeat {}",
    ),
)

EXPIRED_EARLY = Rule(
    "cmd.reservation-early",
    Severity.WARNING,
    "The charging station reports that a reservation expired before its time.",
    "OCPP 2.0.1 and 2.1 Part 2 H04.FR.01",
    versions=SECOND_GENERATION,
    says="Reservation {number} is reported as Expired {early} before its time.",
    remedy="Its clock is wrong, or it does not keep the reservation.",
    positive=(
        reserve_2()
        + RESERVED
        + '* 10:10:00 > ReservationStatusUpdate {"reservationId":5,"reservationUpdateStatus":"Expired"}',
    ),
    negative=(
        reserve_2()
        + RESERVED
        + '10:30:00 > ReservationStatusUpdate {"reservationId":5,"reservationUpdateStatus":"Expired"}',
        reserve_2()
        + RESERVED
        + '10:10:00 > ReservationStatusUpdate {"reservationId":5,"reservationUpdateStatus":"Removed"}',
    ),
)

STILL_RESERVED = Rule(
    "cmd.cancel-unkept",
    Severity.WARNING,
    "The charge point has cancelled a reservation, but its connector stays Reserved.",
    "OCPP 1.6 sections 4.9 (F1) and 5.1; OCPP 2.0.1 and 2.1 Part 2 use case H02",
    says="Reservation {number} was cancelled, but {waited} later {place} is still Reserved.",
    remedy="Nobody else can charge there. Look whether the connector is free, and only its status was not reported.",
    positive=(
        f"{_HELD}{wrong_answer(CANCELLED)}{AFTER_EXPIRY}",
        f"{_HELD_2}{wrong_answer(CANCELLED)}{AFTER_EXPIRY}",
    ),
    negative=(
        f"{_HELD}{CANCELLED}{shows('Available', '10:20:05')}{AFTER_EXPIRY}",
        f"{reserve_16()}{RESERVED}{CANCELLED}{AFTER_EXPIRY}",
        f"{_HELD}{CANCELLED.replace('Accepted', 'Rejected')}{AFTER_EXPIRY}",
        f"{_HELD}{CANCELLED}10:20:10 closed\n10:20:40 opened\n{AFTER_EXPIRY}",
        f"{_HELD}{reserve_16(6, at='10:00:03')}{RESERVED.replace(':01', ':03')}{CANCELLED}{AFTER_EXPIRY}",
    ),
)

RULES = (
    USED_BY_OTHER,
    ID_MISSING,
    CANCELLED_TWICE,
    NOT_CANCELLED,
    STILL_RESERVED,
    NOT_ENDED,
    EXPIRED_EARLY,
)


class ReservationEndChecker(ExpectingChecker):
    """Follows each reservation to its end."""

    def begin(self) -> None:
        self.ended: dict[int, int] = {}  # the record that ended a reservation
        self.used: dict[int, int] = {}  # reservations of 2.x that another id token was reported to use, by their call

    @on_exchange("ReserveNow")
    def reserved(self, call: Seen, answer: Seen) -> None:
        number, place = call.integer("reservationId"), call.integer("connectorId")
        number = call.integer("id") if number is None else number
        place = call.integer("evseId") if place is None else place
        if number is None or answer.text("status") != "Accepted":
            return
        self.ended.pop(number, None)
        expires = call.date_time("expiryDate") or call.date_time("expiryDateTime")
        if place and expires is not None and answer.is_timed and expires > answer.time:
            self.expect_end(call, answer, number, place, expires)

    def expect_end(self, call: Seen, answer: Seen, number: int, place: int, expires: int) -> None:
        index, wait = call.index, round(self.limits.status_settles * SECOND)
        is_1x = call.integer("connectorId") is not None

        def look() -> None:
            one, connector = self.known.certain_reservation(number), self.known.connectors.get((0, place))
            still = not is_1x or (connector is not None and connector.status == "Reserved")
            if one is not None and one.index == index and still:
                self.found(NOT_ENDED, index, number=number, waited=TimeSpan(wait))

        self.wait(f"end {number}", answer.clock + (expires - answer.time) + wait, look)

    @on_call("StartTransaction")
    def start(self, call: Seen) -> None:
        connector, token, time = call.integer("connectorId"), call.text("idTag"), call.date_time("timestamp")
        named = call.integer("reservationId")
        if named is not None:
            self.stop_waiting(f"end {named}")
        if connector is None or token is None or time is None:
            return
        for one in self.known.reservations.values():
            if one.connector not in (connector, 0) or one.is_lost or one.is_past(time) or not one.id_token:
                continue
            if one.made is None or time < one.made:
                continue
            if not one.is_for_other(token):
                if named is None:
                    self.found(ID_MISSING, call, (one.index,), number=one.id)
                return
            if one.connector == connector and not one.is_of_group:
                self.found(USED_BY_OTHER, call, (one.index,), place=Phrase(f"connector {connector}"), number=one.id)
                return

    @on_call("TransactionEvent")
    def event(self, call: Seen) -> None:
        if not self.known.reservations or call.text("transactionInfo", "chargingState") != "Charging":
            return
        transaction = self.known.open.get(call.text("transactionInfo", "transactionId") or "")
        time = call.date_time("timestamp")
        if transaction is None or not transaction.id_token or transaction.start is None or time is None:
            return
        for one in self.known.reservations.values():
            is_there = one.connector is not None and one.connector == transaction.evse
            is_made = one.made is not None and time >= one.made and one.index < transaction.start
            if not (is_there and is_made and one.is_for_other(transaction.id_token)) or one.is_of_group or one.is_lost:
                continue
            if not one.is_past(time) and self.used.get(one.id) != one.index:
                put(self.used, one.id, one.index, MOST_RESERVATIONS)
                place = Phrase(f"EVSE {transaction.evse}")
                self.found(USED_BY_OTHER, call, (one.index, transaction.start), place=place, number=one.id)

    @on_exchange("CancelReservation")
    def cancelled(self, call: Seen, answer: Seen) -> None:
        number, status = call.integer("reservationId"), answer.text("status")
        if number is None:
            return
        one = self.known.certain_reservation(number)
        if status == "Accepted":
            if number in self.ended:
                self.found(CANCELLED_TWICE, answer, (call, self.ended[number]), number=number)
            elif one is not None:
                put(self.ended, number, answer.index, MOST_RESERVATIONS)
                self.expect_release(call, answer, one)
            self.stop_waiting(f"end {number}")
        elif status == "Rejected" and one is not None and not one.is_past(answer.time):
            self.found(NOT_CANCELLED, answer, (call, one.index), number=number)

    def expect_release(self, call: Seen, answer: Seen, one: KnownReservation) -> None:
        """Wait for another status of the connector, or EVSE, whose reservation was cancelled."""
        place = one.connector
        others = [other for other in self.known.reservations.values() if other.id != one.id]
        if not place or others or "Reserved" not in self.statuses_at(place, answer):
            return
        index, is_1x = answer.index, call.version not in SECOND_GENERATION
        where = Phrase(f"connector {place}" if is_1x else f"EVSE {place}")

        def look(waited: TimeSpan) -> None:
            held = [
                connector
                for (evse, number), connector in self.known.connectors.items()
                if (evse or number) == place and connector.status == "Reserved" and connector.index < index
            ]
            if held and not self.known.reservations:
                self.found(STILL_RESERVED, index, (held[0].index,), number=one.id, place=where, waited=waited)

        self.expect(f"release {place}", call, answer, self.limits.command_patience, look)

    @on_call("ReservationStatusUpdate")
    def updated(self, call: Seen) -> None:
        number = call.integer("reservationId")
        one = None if number is None else self.known.certain_reservation(number)
        if one is None or one.expires_at is None or not call.is_timed:
            return
        early = one.expires_at - call.time
        if call.text("reservationUpdateStatus") == "Expired" and early > self.limits.clock_tolerance * SECOND:
            self.found(EXPIRED_EARLY, call, (one.index,), number=one.id, early=TimeSpan(early))

    @on_connection(ConnectionEvent.CLOSED, ConnectionEvent.OPENED)
    def reconnected(self, event: Seen) -> None:
        self.stop_all_waiting()
