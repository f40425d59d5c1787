"""Reservations: whether a charge point may accept them, who uses them, and how they end."""

from __future__ import annotations

from ocpptui.diagnosis.checker import on_call, on_connection, on_exchange
from ocpptui.diagnosis.expectations import ExpectingChecker
from ocpptui.diagnosis.known import MOST_RESERVATIONS, KnownReservation
from ocpptui.diagnosis.rule import Rule, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.version import Version
from ocpptui.runtime.bounded import put
from ocpptui.timeline.record import ConnectionEvent
from ocpptui.timeline.severity import Severity

_1X = frozenset({Version.V15, Version.V16})
_2 = frozenset(version for version in Version if version.generation == 2)


def _reserve(
    number: int = 5,
    connector: int = 1,
    token: str = "A",
    expires: str = "10:30:00",
    more: str = "",
    at: str = "10:00:00",
) -> str:
    return (
        f'{at} < ReserveNow {{"connectorId":{connector},"expiryDate":"2026-01-01T{expires}Z","idTag":"{token}",'
        f'"reservationId":{number}{more}}}\n'
    )


def _reserve_2(evse: str = ',"evseId":1', expires: str = "10:30:00") -> str:
    return (
        f'2.0.1\n10:00:00 < ReserveNow {{"id":5,"expiryDateTime":"2026-01-01T{expires}Z",'
        f'"idToken":{{"idToken":"A","type":"Central"}}{evse}}}\n'
    )


_OK = '10:00:01 > ok {"status":"Accepted"}\n'
_MARKED_OK = f"* {_OK}"
_NAMED = ',"reservationId":5'
_OF_GROUP = ',"parentIdTag":"P"'
_LATER = "10:40:00 > Heartbeat {}"


def _status(status: str, at: str = "09:59:00", connector: int = 1) -> str:
    payload = f'{{"connectorId":{connector},"errorCode":"NoError","status":"{status}"}}'
    return f"{at} > StatusNotification {payload}\n{at} < ok\n"


def _start(token: str = "A", connector: int = 1, more: str = "", at: str = "10:10:00") -> str:
    return (
        f'{at} > StartTransaction {{"connectorId":{connector},"idTag":"{token}","meterStart":0,'
        f'"timestamp":"2026-01-01T{at}Z"{more}}}\n'
    )


def _reads(key: str, value: str) -> str:
    return (
        f'09:58:00 < GetConfiguration {{"key":["{key}"]}}\n09:58:00 > ok '
        f'{{"configurationKey":[{{"key":"{key}","readonly":true,"value":"{value}"}}]}}\n'
    )


def _cancel(status: str, at: str = "10:20:00") -> str:
    return f'{at} < CancelReservation {{"reservationId":5}}\n{at} > ok {{"status":"{status}"}}\n'


_CANCELLED = _cancel("Accepted")

NOT_FREE = Rule(
    "cmd.reserve-busy",
    Severity.ERROR,
    "The charge point accepts a reservation although the connector is not free.",
    "OCPP 1.6 section 5.13; OCPP 2.0.1 and 2.1 Part 2 H01.FR.11 to H01.FR.14",
    says="The charge point accepts the reservation, but connector {connector} is {status}.",
    remedy="It must answer Occupied, Faulted or Unavailable. The driver finds no free connector.",
    positive=(f"{_status('Charging')}{_reserve()}{_MARKED_OK}", f"{_status('Faulted')}{_reserve()}{_MARKED_OK}"),
    negative=(
        f"{_status('Available')}{_reserve()}{_OK}",
        f"{_status('Charging', connector=2)}{_reserve()}{_OK}",
        f'{_status("Charging")}{_reserve()}10:00:01 > ok {{"status":"Occupied"}}',
        f"{_reserve()}{_OK}",
        f"{_status('Charging')}{_status('Available', '09:59:30')}{_reserve()}{_OK}",
        f"{_status('Charging').replace('>', 'CP2 >').replace('<', 'CP2 <')}{_reserve()}{_OK}",
        f"{_status('Charging')}09:59:30 closed\n09:59:40 opened\n{_reserve()}{_OK}",
    ),
)

ANY_NOT_SUPPORTED = Rule(
    "cmd.reserve-any-connector",
    Severity.ERROR,
    "The charge point accepts a reservation of any connector, which its configuration does not support.",
    "OCPP 1.6 sections 5.13 and 9.3.1; OCPP 2.0.1 and 2.1 Part 2 H01.FR.19",
    says="The charge point accepts a reservation of any connector, but {setting} is false.",
    remedy="It must answer Rejected.",
    positive=(f"{_reads('ReserveConnectorZeroSupported', 'false')}{_reserve(connector=0)}{_MARKED_OK}",),
    negative=(
        f"{_reads('ReserveConnectorZeroSupported', 'true')}{_reserve(connector=0)}{_OK}",
        f"{_reads('ReserveConnectorZeroSupported', 'false')}{_reserve()}{_OK}",
        f"{_reserve(connector=0)}{_OK}",
    ),
)

EXPIRED = Rule(
    "cmd.reserve-expired",
    Severity.WARNING,
    "The central system makes a reservation that has expired.",
    "OCPP 1.6 section 5.13; OCPP 2.0.1 and 2.1 Part 2 H04.FR.01",
    says="The reservation expired {ago} before it was made.",
    remedy="It has no effect. A frequent cause is local time that was written as UTC.",
    positive=(f"* {_reserve(expires='09:00:00')}",),
    negative=(_reserve(), f"{_reserve(expires='09:00:00')}".replace("10:00:00 <", "- <")),
)

REPLACED = Rule(
    "cmd.reserve-replaces",
    Severity.INFO,
    "A reservation replaces one of another id token.",
    "OCPP 1.6 section 5.13; OCPP 2.0.1 and 2.1 Part 2 H01.FR.02",
    says="Reservation {number} is made again for another id token: the reservation before is lost.",
    positive=(f"{_reserve()}{_OK}* {_reserve(token='B', at='10:05:00')}",),
    negative=(
        f"{_reserve()}{_OK}{_reserve(at='10:05:00')}",
        f"{_reserve()}{_OK}{_CANCELLED}{_reserve(token='B', at='10:25:00')}",
    ),
)

USED_BY_OTHER = Rule(
    "cmd.reserve-other-token",
    Severity.ERROR,
    "A transaction starts on a reserved connector with another id token.",
    "OCPP 1.6 section 5.13; OCPP 2.0.1 and 2.1 Part 2 use case H03",
    says="A transaction with another id token starts on connector {connector}, for which reservation {number} holds.",
    remedy="The charge point must refuse all id tokens but that of the reservation and those of its parent.",
    positive=(f"{_reserve()}{_OK}* {_start('B')}",),
    negative=(
        f"{_reserve()}{_OK}{_start('a', more=_NAMED)}",
        f"{_reserve()}{_OK}{_start('B', connector=2)}",
        f"{_reserve(more=_OF_GROUP)}{_OK}{_start('B')}",
        f"{_reserve()}{_OK}{_start('B', at='10:40:00')}",
        f"{_reserve()}{_OK}{_CANCELLED}{_start('B', at='10:25:00')}",
        f"{_reserve()}{_OK}{_status('Unavailable', '10:05:00')}{_start('B')}",
        f"{_reserve()}{_OK}" + _start("B").replace("T10:10:00Z", "T09:50:00Z"),
    ),
)

ID_MISSING = Rule(
    "tx.reservation-missing",
    Severity.ERROR,
    "The start of a transaction that uses a reservation does not name it.",
    "OCPP 1.6 sections 4.8 and 5.13",
    versions=_1X,
    says="The transaction uses reservation {number}, but StartTransaction has no reservationId.",
    remedy="The central system does not learn that the reservation has ended.",
    positive=(f"{_reserve()}{_OK}* {_start('A')}",),
    negative=(
        f"{_reserve()}{_OK}{_start('A', more=_NAMED)}",
        f"{_reserve()}{_OK}{_start('A', connector=2)}",
        _start("A"),
    ),
)

CANCELLED_TWICE = Rule(
    "cmd.cancel-of-ended",
    Severity.ERROR,
    "The charge point accepts to cancel a reservation that has ended.",
    "OCPP 1.6 section 5.1; OCPP 2.0.1 and 2.1 Part 2 H02.FR.01",
    says="The charge point accepts to cancel reservation {number}, which had ended.",
    remedy="It must answer Rejected, since it has no such reservation.",
    positive=(
        f"{_reserve()}{_OK}{_CANCELLED}" + _cancel("Accepted", "10:21:00").replace("10:21:00 >", "* 10:21:00 >"),
    ),
    negative=(
        f"{_reserve()}{_OK}{_CANCELLED}{_cancel('Rejected', '10:21:00')}",
        f"{_CANCELLED}",
        f'{_reserve()}{_OK}{_CANCELLED}{_reserve(at="10:20:30")}10:20:31 > ok {{"status":"Accepted"}}\n'
        + _cancel("Accepted", "10:21:00"),
    ),
)

NOT_CANCELLED = Rule(
    "cmd.cancel-unknown",
    Severity.WARNING,
    "The charge point does not know a reservation that it accepted.",
    "OCPP 1.6 section 5.1; OCPP 2.0.1 and 2.1 Part 2 H02.FR.02",
    says="The charge point refuses to cancel reservation {number}, which it accepted and which has not expired.",
    remedy="It lost the reservation: the connector may be taken by anybody.",
    positive=(f"{_reserve()}{_OK}" + _cancel("Rejected").replace("10:20:00 >", "* 10:20:00 >"),),
    negative=(
        f"{_reserve()}{_OK}{_cancel('Rejected', '10:40:00')}",
        f"{_cancel('Rejected')}",
        f"{_reserve()}{_OK}{_status('Faulted', '10:05:00')}{_cancel('Rejected')}",
        (
            f"{_reserve()}{_OK}10:05:00 > BootNotification "
            f'{{"chargePointVendor":"A","chargePointModel":"B"}}\n{_cancel("Rejected")}'
        ),
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
        f"{_status('Available')}* {_reserve()}{_OK}10:05:00 > Heartbeat {{}}",
        f"* {_reserve()}{_OK}{_status('Available', '10:00:05')}10:05:00 > Heartbeat {{}}",
    ),
    negative=(
        f"{_status('Available')}{_reserve()}{_OK}{_status('Reserved', '10:00:02')}10:05:00 > Heartbeat {{}}",
        f"{_reserve()}{_OK}10:05:00 > Heartbeat {{}}",
        f"{_status('Available')}{_reserve()}{_OK}10:00:20 closed\n10:05:00 opened\n10:06:00 > Heartbeat {{}}",
        f"{_status('Available')}{_reserve()}{_OK}{_cancel('Accepted', '10:00:20')}10:05:00 > Heartbeat {{}}",
    ),
)

NOT_ENDED = Rule(
    "cmd.reservation-expired",
    Severity.WARNING,
    "A reservation expires, and the charge point does not report it.",
    "OCPP 1.6 section 5.13; OCPP 2.0.1 and 2.1 Part 2 H04.FR.01 and H04.FR.03",
    says="Reservation {number} expired, but in {waited} the charge point reported no end of it.",
    remedy="The central system and other drivers still see the connector as reserved.",
    positive=(
        f"{_status('Available')}* {_reserve()}{_OK}{_status('Reserved', '10:00:02')}{_LATER}",
        f"* {_reserve()}{_OK}{_status('Reserved', '10:00:02')}11:30:00 > Heartbeat {{}}",
        _reserve_2().replace("10:00:00 <", "* 10:00:00 <") + _OK + "10:40:00 > Heartbeat {}",
    ),
    negative=(
        f"{_reserve()}{_OK}{_status('Reserved', '10:00:02')}{_status('Available', '10:30:01')}{_LATER}",
        f"{_reserve()}{_OK}{_status('Reserved', '10:00:02')}10:20:00 closed\n10:25:00 opened\n{_LATER}",
        f"{_reserve()}{_OK}{_LATER}",
        f"{_reserve()}{_OK}{_status('Reserved', '10:00:02')}{_start(more=_NAMED)}{_LATER}",
        f"{_reserve()}{_OK}{_status('Reserved', '10:00:02')}{_CANCELLED}{_LATER}",
        f"{_status('Reserved', '10:00:02')}{_LATER}",
        f"{_reserve()}{_OK}{_status('Reserved', '10:00:02')}{_LATER}".replace("10:00:01 >", "- >"),
        f"{_reserve()}{_OK}{_status('Reserved', '10:00:02')}10:40:00 CP2 > Heartbeat {{}}",
        _reserve_2()
        + _OK
        + '10:30:01 > ReservationStatusUpdate {"reservationId":5,"reservationUpdateStatus":"Expired"}\n'
        "10:40:00 > Heartbeat {}",
    ),
)

EXPIRED_EARLY = Rule(
    "cmd.reservation-early",
    Severity.WARNING,
    "The charging station reports that a reservation expired before its time.",
    "OCPP 2.0.1 and 2.1 Part 2 H04.FR.01",
    versions=_2,
    says="Reservation {number} is reported as Expired {early} before its time.",
    remedy="Its clock is wrong, or it does not keep the reservation.",
    positive=(
        _reserve_2()
        + _OK
        + '* 10:10:00 > ReservationStatusUpdate {"reservationId":5,"reservationUpdateStatus":"Expired"}',
    ),
    negative=(
        _reserve_2()
        + _OK
        + '10:30:00 > ReservationStatusUpdate {"reservationId":5,"reservationUpdateStatus":"Expired"}',
        _reserve_2()
        + _OK
        + '10:10:00 > ReservationStatusUpdate {"reservationId":5,"reservationUpdateStatus":"Removed"}',
    ),
)

RULES = (
    NOT_FREE,
    ANY_NOT_SUPPORTED,
    EXPIRED,
    REPLACED,
    USED_BY_OTHER,
    ID_MISSING,
    CANCELLED_TWICE,
    NOT_CANCELLED,
    NOT_REPORTED,
    NOT_ENDED,
    EXPIRED_EARLY,
)

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
_OUT_OF_USE = ("Unavailable", "Faulted")
_ANY_CONNECTOR = ("ReserveConnectorZeroSupported", "ReservationCtrlr.NonEvseSpecific")


class ReservationChecker(ExpectingChecker):
    """Follows each reservation from its request to its end."""

    def begin(self) -> None:
        self.of_group: dict[int, bool] = {}  # reservations with a parent id token
        self.ended: dict[int, int] = {}  # the record that ended a reservation
        self.lost: dict[int, bool] = {}  # what a boot or a fault may have ended

    # -- making one ---------------------------------------------------------------------------------------------

    @on_call("ReserveNow")
    def reserve(self, call: Seen) -> None:
        number, expires = self.number(call), call.date_time("expiryDate") or call.date_time("expiryDateTime")
        if expires is not None and call.is_timed:
            ago = call.time - expires
            if ago > self.limits.clock_tolerance * SECOND:
                self.found(EXPIRED, call, ago=TimeSpan(ago))
        before = None if number is None else self.active(number)
        token = call.text("idTag") or call.text("idToken", "idToken")
        if before is not None and _differ(before.id_token, token) and not _is_past(before, call.time):
            self.found(REPLACED, call, (before.index,), number=before.id)

    @on_exchange("ReserveNow")
    def reserved(self, call: Seen, answer: Seen) -> None:
        number = self.number(call)
        if number is None or answer.text("status") != "Accepted":
            return
        self.ended.pop(number, None)
        self.lost.pop(number, None)
        is_of_group = call.text("parentIdTag") is not None or bool(call.object("groupIdToken"))
        put(self.of_group, number, is_of_group, MOST_RESERVATIONS)
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
                status in _NOT_FREE and self.is_of(connection.opened, since) and index < call.index
                for status, since, index in states
            )
        ):
            self.found(NOT_FREE, answer, (call, states[0][2]), connector=place, status=states[0][0])
        elif answer.is_timed and all(status == "Available" for status, _, _ in states):
            self.expect_status(call, answer, number, place)
        expires = call.date_time("expiryDate") or call.date_time("expiryDateTime")
        if expires is not None and answer.is_timed and expires > answer.time:
            self.expect_end(call, answer, number, place, expires)

    def expect_status(self, call: Seen, answer: Seen, number: int, place: int) -> None:
        index, wait = call.index, round(self.limits.status_settles * SECOND)

        def look() -> None:
            states = self.states(place)
            is_free = bool(states) and all(status == "Available" for status, _, _ in states)
            if is_free and number in self.known.reservations and not self.known.whole_setting("MinimumStatusDuration"):
                self.found(NOT_REPORTED, index, waited=TimeSpan(wait), connector=place)

        self.wait(f"status {number}", answer.clock + wait, look)

    def expect_end(self, call: Seen, answer: Seen, number: int, place: int, expires: int) -> None:
        index, wait = call.index, round(self.limits.status_settles * SECOND)
        is_1x = call.integer("connectorId") is not None

        def look() -> None:
            one = self.known.reservations.get(number)
            still = not is_1x or any(status == "Reserved" for status, _, _ in self.states(place))
            if one is not None and one.index == index and still and number not in self.lost:
                self.found(NOT_ENDED, index, number=number, waited=TimeSpan(wait))

        self.wait(f"end {number}", answer.clock + (expires - answer.time) + wait, look)

    # -- using one ----------------------------------------------------------------------------------------------

    @on_call("StartTransaction")
    def start(self, call: Seen) -> None:
        connector, token, time = call.integer("connectorId"), call.text("idTag"), call.date_time("timestamp")
        named = call.integer("reservationId")
        if named is not None:
            self.stop_waiting(f"status {named}")
            self.stop_waiting(f"end {named}")
        if connector is None or token is None or time is None:
            return
        for one in self.known.reservations.values():
            if one.connector not in (connector, 0) or one.id in self.lost or _is_past(one, time) or not one.id_token:
                continue
            if one.made is None or time < one.made:
                continue
            if not _differ(one.id_token, token):
                if named is None:
                    self.found(ID_MISSING, call, (one.index,), number=one.id)
                return
            if one.connector == connector and not self.of_group.get(one.id, True):
                self.found(USED_BY_OTHER, call, (one.index,), connector=connector, number=one.id)
                return

    # -- its end ------------------------------------------------------------------------------------------------

    @on_exchange("CancelReservation")
    def cancelled(self, call: Seen, answer: Seen) -> None:
        number, status = call.integer("reservationId"), answer.text("status")
        if number is None:
            return
        one = self.active(number)
        if status == "Accepted":
            if number in self.ended:
                self.found(CANCELLED_TWICE, answer, (call, self.ended[number]), number=number)
            elif one is not None:
                put(self.ended, number, answer.index, MOST_RESERVATIONS)
            self.stop_waiting(f"status {number}")
            self.stop_waiting(f"end {number}")
        elif status == "Rejected" and one is not None and not _is_past(one, answer.time):
            self.found(NOT_CANCELLED, answer, (call, one.index), number=number)

    @on_call("ReservationStatusUpdate")
    def updated(self, call: Seen) -> None:
        number = call.integer("reservationId")
        one = None if number is None else self.active(number)
        if one is None or one.expires_at is None or not call.is_timed:
            return
        early = one.expires_at - call.time
        if call.text("reservationUpdateStatus") == "Expired" and early > self.limits.clock_tolerance * SECOND:
            self.found(EXPIRED_EARLY, call, (one.index,), number=one.id, early=TimeSpan(early))

    @on_call("StatusNotification")
    def status(self, call: Seen) -> None:
        if not self.known.reservations:
            return
        if (call.text("connectorStatus") or call.text("status")) in _OUT_OF_USE:
            place = call.integer("evseId") or call.integer("connectorId")
            for one in self.known.reservations.values():
                if not place or not one.connector or one.connector == place:
                    put(self.lost, one.id, True, MOST_RESERVATIONS)

    @on_call("BootNotification")
    def boots(self, call: Seen) -> None:
        for number in self.known.reservations:
            put(self.lost, number, True, MOST_RESERVATIONS)

    @on_connection(ConnectionEvent.CLOSED, ConnectionEvent.OPENED)
    def reconnected(self, event: Seen) -> None:
        for number in self.known.reservations:
            self.stop_waiting(f"status {number}")
            self.stop_waiting(f"end {number}")

    # -- what is known ------------------------------------------------------------------------------------------

    @staticmethod
    def number(call: Seen) -> int | None:
        number = call.integer("reservationId")
        return call.integer("id") if number is None else number

    def active(self, number: int) -> KnownReservation | None:
        """A reservation that nothing in the recording may have ended."""
        return None if number in self.lost else self.known.reservations.get(number)

    def states(self, place: int) -> list[tuple[str, int, int]]:
        """Status, clock and record of each connector there."""
        return [
            (one.status, one.since, one.index)
            for (evse, connector), one in self.known.connectors.items()
            if place == (evse or connector)
        ]

    @staticmethod
    def is_of(opened: int | None, since: int) -> bool:
        """Whether a status was reported in the connection that opened then."""
        return opened is None or since >= opened


def _differ(one: str | None, other: str | None) -> bool:
    """Whether two id tokens differ; case makes no difference."""
    return one is not None and other is not None and one.lower() != other.lower()


def _is_past(one: KnownReservation, time: int) -> bool:
    return one.expires_at is not None and time >= one.expires_at
