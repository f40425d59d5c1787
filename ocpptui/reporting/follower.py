"""Follows one charge point for its figures: connections, ports, faults, sessions, attempts, boots.

Sources: OCPP 1.6 edition 2 sections 4 to 7, OCPP 2.0.1 and 2.1 Part 2; 23 CFR 680.116(b) for what is up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple, Protocol

from ocpptui.describe.record_line import ENDED_BY
from ocpptui.diagnosis.bookkeeping import ReportedStatus, statuses_in
from ocpptui.diagnosis.checker import Checker, on_call, on_connection, on_exchange, on_record
from ocpptui.diagnosis.known import MOST_CONNECTORS, MOST_TRANSACTIONS, KnownChargePoint, KnownTransaction
from ocpptui.diagnosis.seen import Seen
from ocpptui.reporting.attempts import ChargeAttempts
from ocpptui.reporting.distribution import Distribution
from ocpptui.reporting.exchanges import StationRecords
from ocpptui.reporting.uptime import TimeAccount
from ocpptui.runtime.bounded import put
from ocpptui.stations.meter_values import LARGEST, readings
from ocpptui.timeline.record import ConnectionEvent, RecordKind

MOST_NAMES = 100
"""Reasons and the like that are counted by name; the others are counted as OTHER."""
LONGEST_NAME = 80
OTHER = "other"
NOT_GIVEN = "not given"
UP = frozenset(
    {
        "Available",
        "Preparing",
        "Charging",
        "SuspendedEV",
        "SuspendedEVSE",
        "Finishing",
        "Reserved",
        "Occupied",
    }
)
"""Statuses of a connector that is available for use or in use."""
DOWN = frozenset({"Faulted", "Unavailable"})
"""Statuses of one that is not. What any other status means is unknown."""
_MESSAGES = tuple(kind for kind in RecordKind if kind.is_message and kind is not RecordKind.MALFORMED)


@dataclass(slots=True)
class Port:
    """A connector, for its uptime."""

    status: str
    account: TimeAccount = field(default_factory=TimeAccount)
    fault: str = ""
    """The error that it reports now; empty if there is none."""
    fault_since: int = 0


@dataclass(slots=True)
class FaultFigures:
    """One error of one connector."""

    count: int = 0
    lasted: int = 0
    """µs in all, of those that were over."""


class StationFigures:
    """The figures of one charge point."""

    def __init__(self, records: StationRecords) -> None:
        self.records = records
        self.known: KnownChargePoint | None = None
        self.has_connection_events = False
        self.connection = TimeAccount()
        self.opened = 0
        self.failed: Counter[str] = Counter()
        """Attempts to connect that failed or were refused, by the problem."""
        self.closes: Counter[str] = Counter()
        self.reconnects: Counter[str] = Counter()
        """By the reason of the close before."""
        self.ports: dict[tuple[int, int], Port] = {}
        """By EVSE (0 in 1.x) and connector."""
        self.faults: dict[tuple[int, int, str], FaultFigures] = {}
        self.boots = 0
        self.boot_answers: Counter[str] = Counter()
        self.started = 0
        self.ended = 0
        self.begun_before = 0
        """Sessions that ended, of which the recording does not have the start."""
        self.reasons: Counter[str] = Counter()
        self.energy = Distribution()
        """Wh of each ended session whose energy is known."""
        self.duration = Distribution()
        """µs of each ended session whose duration is known."""
        self.attempts = ChargeAttempts()
        self.registers: dict[str, tuple[float, float]] = {}
        """The first and the last reading of the energy register in Wh, by transaction that is open.

        MeterValues are not read: OCPP 1.x has meterStart and meterStop, OCPP 2.x has readings in TransactionEvent."""


class ChargingSession(NamedTuple):
    """One transaction that ended, or is still open. None is unknown; times are by the clock of the recording."""

    charge_point: str
    transaction: str
    evse: int | None
    connector: int | None
    id_token: str | None
    start: int | None
    """The index of the call that started it."""
    started: int | None
    """µs since 1970."""
    end: int | None
    """The index of the call that ended it; None while it is open."""
    ended: int | None
    energy: float | None
    """Wh."""
    lasted: int | None
    """µs."""
    reason: str | None


class FigureSource(Protocol):
    """Has the figures of each charge point; None of one that is not counted."""

    def figures_of(self, charge_point: str) -> StationFigures | None: ...
    def session_ended(self, session: ChargingSession) -> None: ...


class Follower(Checker):
    """Writes `StationFigures`. A report makes a subclass of it that knows the report."""

    listens = False  # only while the last connection is closed
    source: ClassVar[FigureSource]

    def begin(self) -> None:
        found = self.source.figures_of(self.known.identity)
        self.of = StationFigures(StationRecords(0, 0, 0)) if found is None else found
        self.of.known = self.known
        self.open: set[int] = set()
        self.last_closed = 0
        self.last_close: str | None = None

    # -- connections --------------------------------------------------------------------------------------------

    @on_connection(ConnectionEvent.OPENED)
    def opened(self, event: Seen) -> None:
        of = self.of
        self.begin_account()
        if of.connection.state and event.connection not in self.open:  # nothing says when the one before was lost
            known = [self.known.connections.get(number) for number in self.open]
            heard = [max(one.heard or 0, one.told or 0) for one in known if one is not None]
            self.turn(None, max([*heard, of.connection.since or 0]))
            self.last_close = "unknown: the recording has no close"
        self.connected(event)

    def connected(self, record: Seen) -> None:
        """Go on with a connection that has opened."""
        of = self.of
        if self.last_close is not None and of.opened:
            of.reconnects[counted_name(of.reconnects, self.last_close)] += 1
        of.opened += 1
        self.open = {record.connection}
        self.turn(True, record.clock)
        self.listen(False)

    @on_record(*_MESSAGES)
    def heard(self, message: Seen) -> None:
        """A message after the close of the last connection: nothing says when the next one opened."""
        if message.connection != self.last_closed:
            self.turn(None, self.of.connection.since or 0)
            self.connected(message)

    @on_connection(ConnectionEvent.CLOSED)
    def closed(self, event: Seen) -> None:
        of = self.of
        self.begin_account()
        reason = close_words(event.detail)
        of.closes[counted_name(of.closes, reason)] += 1
        self.open.discard(event.connection)
        if self.open:
            return  # an older one, which this one has replaced
        self.last_close, self.last_closed = reason, event.connection
        self.listen(True)
        of.opened = of.opened or 1  # the recording begins in the middle of it
        self.turn(False, event.clock)

    @on_connection(ConnectionEvent.OPENING)
    def opening(self, event: Seen) -> None:
        self.begin_account()

    @on_connection(ConnectionEvent.FAILED, ConnectionEvent.REFUSED)
    def not_connected(self, event: Seen) -> None:
        self.begin_account()
        if self.of.connection.state is False:
            self.turn(False, event.clock)  # it is certain until then
        failed = self.of.failed
        failed[counted_name(failed, str(event.detail.get("problem") or event.detail.get("event")))] += 1

    def begin_account(self) -> None:
        """At the first event: since the first record it was connected if that is a message, and else it was not."""
        of = self.of
        if not of.has_connection_events:
            of.has_connection_events = True
            is_message = of.records.first_kind <= RecordKind.SEND
            self.turn(is_message, of.records.first)

    def turn(self, connected: bool | None, clock: int) -> None:
        self.of.connection.turn(connected, clock)
        for port in self.of.ports.values():
            port.account.turn(self.is_up(port), clock)

    def is_up(self, port: Port) -> bool | None:
        """Online, if anything says so, and available for use or in use."""
        online = self.of.connection.state if self.of.has_connection_events else True
        if port.status in DOWN:
            return False
        return False if online is False else online if port.status in UP else None

    # -- boots and connectors -----------------------------------------------------------------------------------

    @on_call("BootNotification")
    def booting(self, call: Seen) -> None:
        self.of.boots += 1

    @on_exchange("BootNotification")
    def booted(self, call: Seen, answer: Seen) -> None:
        answers = self.of.boot_answers
        answers[counted_name(answers, answer.text("status") or NOT_GIVEN)] += 1

    @on_call("StatusNotification", "NotifyEvent")
    def status(self, call: Seen) -> None:
        for reported in statuses_in(call):
            port = self.of.ports.get(reported.place)
            if port is None:
                port = Port("")
                put(self.of.ports, reported.place, port, MOST_CONNECTORS)
            port.status = reported.status[:LONGEST_NAME]
            port.account.turn(self.is_up(port), call.clock)
            self.note_fault(port, reported, call.clock)

    def note_fault(self, port: Port, reported: ReportedStatus, clock: int) -> None:
        """Begin or end the fault of a port; one that is reported again goes on."""
        error = (reported.error or ("Faulted" if reported.status == "Faulted" else ""))[:LONGEST_NAME]
        if error == port.fault:
            return
        faults = self.of.faults
        if port.fault and (before := faults.get((*reported.place, port.fault))) is not None:
            before.lasted += max(clock - port.fault_since, 0)
        if error:
            key = (*reported.place, error)
            if key not in faults:
                put(faults, key, FaultFigures(), MOST_CONNECTORS)
            faults[key].count += 1
        port.fault, port.fault_since = error, clock

    # -- attempts and sessions ----------------------------------------------------------------------------------

    @on_exchange("Authorize")
    def authorized(self, call: Seen, answer: Seen) -> None:
        token = call.text("idTag") or call.text("idToken", "idToken")
        status = answer.text("idTagInfo", "status") or answer.text("idTokenInfo", "status")
        if token is None or status is None or any(one.id_token == token for one in self.known.open_transactions):
            return  # the last: it is presented to stop
        if status in ("Accepted", "ConcurrentTx"):
            self.of.attempts.presented(token, answer.clock)
        else:
            self.of.attempts.refused(token, answer.clock)

    @on_exchange("RemoteStartTransaction", "RequestStartTransaction")
    def started_from_afar(self, call: Seen, answer: Seen) -> None:
        token = call.text("idTag") or call.text("idToken", "idToken")
        if token is None or (status := answer.text("status")) is None:
            return
        if status == "Accepted":
            self.of.attempts.presented(token, answer.clock)
        else:
            self.of.attempts.refused(token, answer.clock)

    @on_exchange("StartTransaction")
    def started(self, call: Seen, answer: Seen) -> None:
        number, token = answer.integer("transactionId"), call.text("idTag")
        if number is None:
            return
        before = self.known.transactions.get(str(number))
        if before is not None and before.start is not None and before.started_at == call.date_time("timestamp"):
            return  # sent again
        self.of.started += 1
        visitor = token or f"connector {call.integer('connectorId')}"
        if answer.text("idTagInfo", "status") in ("Accepted", None):
            self.of.attempts.started(str(number), visitor, call.clock)
        else:
            self.of.attempts.refused(visitor, call.clock)

    @on_call("StopTransaction")
    def stopped(self, call: Seen) -> None:
        if (number := call.integer("transactionId")) is not None:
            one = self.known.transactions.get(str(number))
            if one is None or one.is_open:
                self.measured(str(number), call.value("transactionData"))
                self.ended(str(number), one, call, _stop_reason(call, "reason"), call.measured("meterStop"))

    @on_call("TransactionEvent")
    def event(self, call: Seen) -> None:
        name = call.text("transactionInfo", "transactionId")
        if not name:
            return
        of, kind, one = self.of, call.text("eventType"), self.known.transactions.get(name)
        token = call.text("idToken", "idToken")
        if kind == "Started" and (one is None or (one.start is None and one.is_open)):
            of.started += 1
            of.attempts.started(name, token or f"EVSE {call.integer('evse', 'id')}", call.clock)
        elif token is not None and kind != "Ended":
            of.attempts.named(name, token)
        if one is None or one.is_open:
            self.measured(name, call.value("meterValue"))
            if kind == "Ended":
                self.ended(name, one, call, _stop_reason(call, "transactionInfo", "stoppedReason"), None)

    @on_exchange("TransactionEvent")
    def event_answered(self, call: Seen, answer: Seen) -> None:
        name, status = call.text("transactionInfo", "transactionId"), answer.text("idTokenInfo", "status")
        if name and status not in (None, "Accepted") and call.text("eventType") == "Started":
            self.of.attempts.ended(name, None, answer.clock, refused=True)

    def measured(self, transaction: str, meter_values: Any) -> None:
        """Note the first and the last reading of the energy register."""
        registers = self.of.registers
        for reading in readings(meter_values):
            if (energy := reading.energy) is not None:
                first, _ = registers.get(transaction, (energy, energy))
                put(registers, transaction, (first, energy), MOST_TRANSACTIONS)

    def ended(
        self, name: str, one: KnownTransaction | None, call: Seen, reason: str | None, meter_stop: float | None
    ) -> None:
        of = self.of
        of.ended += 1
        of.reasons[counted_name(of.reasons, reason or NOT_GIVEN)] += 1
        registers = of.registers.pop(name, None)
        energy = None
        if one is not None and one.meter_start is not None and meter_stop is not None:
            energy = meter_stop - one.meter_start
        has_start = (one is not None and one.start is not None) or call.text("eventType") == "Started"
        if not has_start:
            of.begun_before += 1
        elif energy is None and registers is not None:
            energy = registers[1] - registers[0]
        if energy is not None and 0 <= energy <= LARGEST:
            of.energy.add(energy)
        else:
            energy = None
        lasted = None if one is None else self.lasted(one, call)
        if lasted is not None:
            of.duration.add(lasted)
        of.attempts.ended(name, energy, call.clock)
        known = one or KnownTransaction(name)
        is_whole = one is None and has_start  # one message is its start and its end
        self.source.session_ended(
            ChargingSession(
                self.known.identity,
                name,
                known.evse or call.integer("evse", "id"),
                known.connector or call.integer("evse", "connectorId"),
                known.id_token or call.text("idTag") or call.text("idToken", "idToken"),
                call.index if is_whole else known.start,
                call.clock if is_whole else known.started,
                call.index,
                call.clock if call.is_timed else None,
                energy,
                lasted,
                reason,
            )
        )
        if token := call.text("idTag") or call.text("idToken", "idToken"):
            of.attempts.withdrawn(token)

    def lasted(self, one: KnownTransaction, call: Seen) -> int | None:
        """µs from start to end, by the charge point's own times, or else by those of the records."""
        end = call.date_time("timestamp")
        if one.started_at is not None and end is not None:
            return end - one.started_at if end >= one.started_at else None
        return call.clock - one.started if one.started is not None and call.is_timed else None


def counted_name(counts: Mapping[str, int], name: str) -> str:
    """The name under which something is counted: a short one, or OTHER beyond MOST_NAMES."""
    name = name[:LONGEST_NAME]
    return name if name in counts or len(counts) < MOST_NAMES else OTHER


def _stop_reason(call: Seen, *path: str) -> str | None:
    """Why a transaction ended; without a reason, for the one that its version has for that."""
    if call.value(*path) is None and call.version is not None:
        return call.version.default_stop_reason or None
    return call.text(*path)


def close_words(detail: Mapping[str, Any]) -> str:
    """Why a connection was closed: its code and reason, and by whom."""
    code, reason = detail.get("closeCode"), detail.get("closeReason")
    words = " ".join(str(part) for part in (code, reason) if part)
    side = _SIDES.get(str(detail.get("closedBy")), "")
    return ", ".join(part for part in (words, side) if part) or NOT_GIVEN


_SIDES = {**ENDED_BY, "nobody": "without a Close frame"}
