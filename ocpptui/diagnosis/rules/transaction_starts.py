"""Starts of transactions: whether anything leads to them, where they are, and whether they are confirmed."""

from __future__ import annotations

import re

from ocpptui.diagnosis.checker import Checker, on_call, on_exchange, on_record, on_refusal
from ocpptui.diagnosis.known import MOST_CONNECTORS, MOST_RESERVATIONS, MOST_TRANSACTIONS
from ocpptui.diagnosis.meter_traces import meter_call, reads_settings, start_call, stop_call
from ocpptui.diagnosis.rule import Phrase, Rule, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.diagnosis.status_traces import event_2, status_16
from ocpptui.ocpp.connector_states import OUT_OF_USE
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import FIRST_GENERATION, SECOND_GENERATION, Version
from ocpptui.runtime.bounded import put
from ocpptui.timeline.record import RecordKind
from ocpptui.timeline.severity import Severity

_RESERVING = frozenset({Version.V15, Version.V16})

_BOOT = """
09:00:00 opened
09:00:00 > BootNotification {"chargePointVendor":"A","chargePointModel":"B"}
09:00:01 < ok {"currentTime":"2026-01-01T09:00:01Z","interval":300,"status":"Accepted"}
"""
_PENDING = _BOOT.replace("Accepted", "Pending")
_FREE = status_16("Available", "09:01:00")
_FIRST = (
    '10:00:00 > [2,"{}","StartTransaction",{{"connectorId":1,"idTag":"A","meterStart":0,'
    '"timestamp":"2026-01-01T10:00:00Z"}}]'
)
_START = start_call()
_REMOTE = '09:59:00 < RemoteStartTransaction {"idTag":"A","connectorId":1}\n09:59:00 > ok {"status":"Accepted"}\n'
_AUTHORIZE = '09:59:00 > Authorize {"idTag":"A"}\n09:59:00 < ok {"idTagInfo":{"status":"Accepted"}}\n'
_RESERVED = (
    '09:30:00 < ReserveNow {"connectorId":1,"expiryDate":"2026-01-01T12:00:00Z","idTag":"A","reservationId":5}\n'
    '09:30:01 > ok {"status":"Accepted"}\n'
)
_CANCELLED = '09:40:00 < CancelReservation {"reservationId":5}\n09:40:00 > ok {"status":"Accepted"}\n'
_STOP = stop_call(2000)
_UNCONFIRMED = meter_call(1100, "10:01:00", number=-1)


_METERED = meter_call(1100, "10:01:00").replace("10:01:00 < ok", "* 10:01:00 < error InternalError")


def _naming(reservation: int, start: str = _START) -> str:
    return start.replace('"idTag":"A"', f'"idTag":"A","reservationId":{reservation}')


UNEXPECTED = Rule(
    "tx.unexpected-start",
    Severity.WARNING,
    "The first message of the charge point is a StartTransaction: nothing leads to it.",
    "OCPP 1.6 sections 4.2, 4.8 and 5.11; Open OCPP Trace, fixture unexpected start",
    versions=FIRST_GENERATION,
    says="The charge point starts a transaction for {token} without a BootNotification, an Authorize or a remote start "
    "before it.",
    remedy="The central system cannot know whether the id token is allowed to charge. The charge point may use its "
    "cache or local list, or may not have sent its BootNotification.",
    positive=(
        f"09:59:59 opened\n* {_START}",
        "* " + _FIRST.format("msg-001"),
    ),
    negative=(
        f"09:58:00 opened\n{_REMOTE}{_START}",
        f"09:58:00 opened\n{_AUTHORIZE}{_START}",
        f"{_BOOT}{_START}",
        _START,  # the recording begins in mid-session
        _FIRST.format("7e3a5c1e-2f61-4c0a-9d0e-5a3f0c9b1d01"),
        _FIRST.format("msg-412"),
        f"09:58:00 opened\n{_FREE.replace('09:01', '09:59')}{_START}",  # it reconnects, and has a local list
        f"10:30:00 opened\n{_START.replace('10:00:00 ', '10:30:01 ')}",  # from the queue
        f"10:30:00 opened\n{_START.replace('10:00:00 ', '- ')}",
    ),
)

CONNECTOR_STATE = Rule(
    "tx.connector-state",
    Severity.WARNING,
    "A transaction starts on a connector that is out of use.",
    "OCPP 1.6 sections 4.9, 5.2 and 7.7",
    versions=FIRST_GENERATION,
    says="A transaction starts on connector {connector}, which reported {status} {since} before.",
    remedy="The charge point has not reported that the connector is free again, or starts on the wrong connector.",
    positive=(
        f"{status_16('Faulted', '09:50:00', error='GroundFailure')}* {_START}",
        f"{status_16('Unavailable', '09:50:00')}* {_START}",
    ),
    negative=(
        f"{status_16('Preparing', '09:59:00')}{_START}",
        f"{status_16('Faulted', '09:50:00', 2, 'GroundFailure')}{_START}",
        f"{status_16('Faulted', '09:50:00', 0, 'GroundFailure')}{_START}",
        f"{status_16('Faulted', '09:50:00', error='GroundFailure')}{status_16('Preparing', '09:59:00')}{_START}",
        f"{status_16('Faulted', '09:50:00', error='GroundFailure')}09:55:00 closed\n09:56:00 opened\n{_START}",
        f"{status_16('Faulted', '10:50:00', error='GroundFailure')}{_START.replace('10:00:00 ', '11:00:00 ')}",
        reads_settings(("MinimumStatusDuration", "30"))
        + status_16("Faulted", "09:59:00", error="GroundFailure")
        + _START,
    ),
)

MINUS_ONE = Rule(
    "tx.minus-one",
    Severity.WARNING,
    "A message has the transactionId -1: the start of the transaction was never confirmed.",
    "OCPP 1.6 sections 4.7 and 4.10; errata sheet 3.18",
    versions=FIRST_GENERATION,
    says="{action} has the transactionId -1: the charge point does not know the id of the transaction.",
    remedy="It could not deliver the StartTransaction, or got no answer to it. The central system must answer as if "
    "the id were valid.",
    positive=(f"* {_UNCONFIRMED}{_UNCONFIRMED}", f"* {stop_call(2000, number=-1)}"),
    negative=(
        meter_call(1100, "10:01:00"),
        meter_call(1100, "10:01:00", number=None),
        _STOP,
        # The central system gave it this number.
        start_call(number=-1) + stop_call(2000, number=-1),
    ),
)

REFUSED = Rule(
    "tx.stop-refused",
    Severity.ERROR,
    "The central system refuses a message of a transaction, which the charge point must then repeat.",
    "OCPP 1.6 sections 3.7.1, 4.7, 4.8 and 4.10",
    versions=FIRST_GENERATION,
    says="The central system answers {action} with {code}, but it must not refuse it.",
    remedy="The charge point sends it again and again, and what is queued behind it has to wait. Answer with a "
    "CALLRESULT, whatever the message says.",
    positive=(
        f"{_STOP}* 11:00:01 < error NotSupported",
        f'{_START.splitlines()[0]}\n* 10:00:01 < error InternalError "no"',
        _METERED + _METERED.replace("* ", ""),
    ),
    negative=(
        f"{_STOP}11:00:01 < ok",
        f"{_PENDING}{_STOP}11:00:01 < error InternalError",
        f"{_STOP}11:00:01 < error SecurityError",  # its boot may not be accepted yet
        '10:00:00 > Heartbeat {}\n10:00:01 < error InternalError "no"',
    ),
)

REFUSED_2 = Rule(
    "tx2.unanswered",
    Severity.ERROR,
    "The CSMS refuses a TransactionEvent, which the charging station must then repeat.",
    "OCPP 2.0.1 and 2.1 Part 2 use case E13 and J02.FR.19",
    versions=SECOND_GENERATION,
    says="The CSMS answers {action} with {code}, but it must not refuse it.",
    remedy="The charging station sends it again and again, and what is queued behind it has to wait. Answer with a "
    "CALLRESULT, whatever the event says.",
    positive=(f"2.0.1\n{event_2('Started', '10:00:00').replace('10:00:00 < ok', '* 10:00:00 < error InternalError')}",),
    negative=(
        f"2.0.1\n{event_2('Started', '10:00:00')}",
        "2.0.1\n10:00:00 > Heartbeat {}\n10:00:01 < error InternalError",
    ),
)

RESERVATION_UNKNOWN = Rule(
    "tx.reservation-unknown",
    Severity.WARNING,
    "A transaction uses a reservation that does not exist.",
    "OCPP 1.6 sections 4.8 and 5.13",
    versions=_RESERVING,
    says="The transaction uses reservation {number}, {which}.",
    remedy="The charge point has kept a reservation that is over, or gives the wrong id.",
    positive=(
        f"{_RESERVED}{_CANCELLED}* {_naming(5)}",
        f"{_RESERVED}* {_naming(5, start_call('12:30:00'))}",
        f"{_RESERVED}{_naming(5)}{_STOP}11:00:00 < ok\n* {_naming(5, start_call('11:30:00', number=8))}",
        f"{_RESERVED.replace('Accepted', 'Occupied')}* {_naming(5)}",
        f"{_BOOT}{_FREE}{_RESERVED}* {_naming(99)}",
    ),
    negative=(
        f"{_RESERVED}{_naming(5)}",
        f"{_RESERVED}{_naming(5)}{_naming(5).replace('10:00:00 ', '10:01:00 ')}",  # once more
        _naming(99),
        f"{_BOOT}{_naming(99)}",
        f"{_BOOT}{_FREE.replace('Available', 'Reserved')}{_naming(99)}",
        f"{_BOOT}{_FREE}{status_16('Reserved', '09:20:00')}{_naming(99)}",
        f"{_RESERVED}{_naming(5).replace('10:00:00 ', '12:30:00 ')}",  # from the queue
    ),
)

RULES = (UNEXPECTED, CONNECTOR_STATE, MINUS_ONE, REFUSED, REFUSED_2, RESERVATION_UNKNOWN)

_FIRST_ID = re.compile(r"[A-Za-z]*[-_.:#]?0*[01]")
"""The message id of a charge point that counts its messages, and has just begun."""


class TransactionStartChecker(Checker):
    """Looks at what came before each start, and how the central system answers."""

    def begin(self) -> None:
        self.first: int | None = None  # the first message of the charge point, or to it
        self.has_unconfirmed = False  # the id -1 was reported since the last start
        self.refused: dict[tuple[str, str], bool] = {}  # by action and transaction: what was reported
        self.over: dict[int, Phrase] = {}  # by reservation: why it does not exist any more
        self.uses: dict[int, str | None] = {}  # by reservation: the timestamp of the start that has used it
        self.never_reserved: dict[int, bool] = {}  # the connectors that have been free since the boot

    @on_record(RecordKind.CALL, RecordKind.SEND, RecordKind.CALLRESULT, RecordKind.CALLERROR)
    def begins(self, record: Seen) -> None:
        self.first = record.index
        self.listen(False)

    # -- starts -------------------------------------------------------------------------------------------------

    @on_call("StartTransaction")
    def start(self, call: Seen) -> None:
        self.has_unconfirmed = False
        connector, said = call.integer("connectorId"), call.date_time("timestamp")
        late = None if said is None or not call.is_timed else abs(call.time - said)
        is_present = late is not None and late <= self.limits.clock_tolerance * SECOND
        if call.index == self.first and (is_present or not call.is_timed) and self.has_just_begun(call):
            self.found(UNEXPECTED, call, token=call.text("idTag") or "an unknown id token")
        if connector and is_present:
            self.compare_status(call, connector)
        if (number := call.integer("reservationId")) is not None and call.version in _RESERVING:
            self.compare_reservation(call, number, connector, said)

    def has_just_begun(self, call: Seen) -> bool:
        """Whether the recording has the beginning of the connection, or of the charge point's own count."""
        connection = self.known.connections.get(call.connection)
        if connection is not None and connection.opened is not None and call.is_timed:
            return True
        return isinstance(frame := call.frame, Message) and _FIRST_ID.fullmatch(frame.id) is not None

    def compare_status(self, call: Seen, connector: int) -> None:
        one, connection = self.known.connectors.get((0, connector)), self.known.connections.get(call.connection)
        if one is None or one.status not in OUT_OF_USE or self.known.whole_setting("MinimumStatusDuration"):
            return
        if connection is not None and one.since >= (connection.opened or 0):
            since = TimeSpan(call.clock - one.since)
            self.found(CONNECTOR_STATE, call, (one.index,), connector=connector, status=one.status, since=since)

    def compare_reservation(self, call: Seen, number: int, connector: int | None, said: int | None) -> None:
        one, timestamp = self.known.reservations.get(number), call.text("timestamp")
        which = self.over.get(number)
        if one is not None:
            expired = one.expires_at is not None and said is not None and said >= one.expires_at
            which = Phrase("which has expired") if expired else None
        elif number in self.uses:
            which = None if self.uses[number] == timestamp else Phrase("which another transaction has used")
        elif which is None and connector in self.never_reserved:
            which = Phrase("which nobody has made")
        if which is not None:
            related = () if one is None else (one.index,)
            self.found(RESERVATION_UNKNOWN, call, related, number=number, which=which)
        put(self.uses, number, timestamp, MOST_RESERVATIONS)

    # -- reservations -------------------------------------------------------------------------------------------

    @on_exchange("ReserveNow")
    def reserved(self, call: Seen, answer: Seen) -> None:
        number, status = call.integer("reservationId"), answer.text("status")
        if number is None or status is None:
            return
        self.uses.pop(number, None)
        self.over.pop(number, None)
        if status != "Accepted":
            put(self.over, number, Phrase("which the charge point has refused"), MOST_RESERVATIONS)

    @on_exchange("CancelReservation")
    def cancelled(self, call: Seen, answer: Seen) -> None:
        number = call.integer("reservationId")
        if number is not None and answer.text("status") == "Accepted":
            put(self.over, number, Phrase("which was cancelled"), MOST_RESERVATIONS)

    @on_exchange("BootNotification")
    def booted(self, call: Seen, answer: Seen) -> None:
        self.never_reserved.clear()

    @on_call("StatusNotification")
    def status(self, call: Seen) -> None:
        connector, status = call.integer("connectorId"), call.text("status")
        if not connector or self.known.boot is None:
            return
        if status == "Reserved":
            self.never_reserved.pop(connector, None)
        elif status == "Available" and (0, connector) not in self.known.connectors:
            put(self.never_reserved, connector, True, MOST_CONNECTORS)

    # -- without confirmation -----------------------------------------------------------------------------------

    @on_call("MeterValues", "StopTransaction")
    def named(self, call: Seen) -> None:
        if self.has_unconfirmed or call.payload.get("transactionId") != -1:
            return
        one = self.known.transactions.get("-1")
        if one is None or one.start is None:  # else the central system gave it this id
            self.has_unconfirmed = True
            self.found(MINUS_ONE, call, action=call.action)

    @on_refusal("StartTransaction", "StopTransaction", "MeterValues", "TransactionEvent")
    def refuses(self, call: Seen, error: Seen) -> None:
        is_1x = self.known.version in FIRST_GENERATION
        if self.known.booted is False or not call.is_valid or (not is_1x and call.action == "MeterValues"):
            return
        number = call.value("transactionId") if is_1x else call.text("transactionInfo", "transactionId")
        key = (call.action, str(number))
        frame = error.frame
        is_early = isinstance(frame, Message) and frame.error_code == "SecurityError" and not self.known.booted
        if key not in self.refused and isinstance(frame, Message) and not is_early:
            put(self.refused, key, True, MOST_TRANSACTIONS)
            rule = REFUSED if is_1x else REFUSED_2
            self.found(rule, error, (call,), action=call.action, code=frame.error_code or "CALLERROR")
