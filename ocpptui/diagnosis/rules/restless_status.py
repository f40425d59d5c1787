"""A status that changes again and again although nobody does anything: a loose plug, or a bad pilot contact."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from ocpptui.diagnosis.bookkeeping import ReportedStatus, statuses_in
from ocpptui.diagnosis.checker import Checker, on_call, on_connection
from ocpptui.diagnosis.known import MOST_CONNECTORS
from ocpptui.diagnosis.place_words import place_at
from ocpptui.diagnosis.rule import Rule, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.diagnosis.status_traces import START_16, event_2, status_2, status_16
from ocpptui.ocpp.date_times import SECOND
from ocpptui.runtime.bounded import put
from ocpptui.timeline.record import ConnectionEvent
from ocpptui.timeline.severity import Severity

MANY = 8
"""So many changes within `restless_status` are too many: a driver who plugs in three times in vain makes six."""


def _at(second: int) -> str:
    return f"10:{second // 60:02}:{second % 60:02}"


def _changes(*statuses: str, star: int | None = None, every: int = 10, more: str = "", connector: int = 1) -> str:
    """Statuses of 1.6 one after the other; the one with the number `star` breaks the rule."""
    return "".join(
        ("* " if number == star else "") + status_16(status, _at(every * number), connector, more=more)
        for number, status in enumerate(statuses)
    )


_LOOSE = ("Available", "Preparing") * 5
_BAD_PILOT = ("Available", *("Preparing", "SuspendedEV") * 5)
_AUTHORIZED = '10:00:45 > Authorize {"idTag":"A"}\n10:00:45 < ok {"idTagInfo":{"status":"Accepted"}}\n'
_PATIENT = """
09:00:00 < GetConfiguration {"key":["MinimumStatusDuration"]}
09:00:00 > ok {"configurationKey":[{"key":"MinimumStatusDuration","readonly":false,"value":"60"}]}
"""


def _sessions_2(token: str = "", star: int | None = None) -> str:
    """A cable that is plugged in and out of a charging station of 2.0.1 whose transactions begin with the cable."""
    lines = f"2.0.1\n{status_2('Available', '10:00:00')}"
    for number in range(5):
        plugged, unplugged = _at(20 * number + 10), _at(20 * number + 20)
        lines += status_2("Occupied", plugged) + event_2("Started", plugged).replace("t1", f"t{number}")
        if token:
            lines += (
                event_2("Updated", plugged, 1, trigger="Authorized")
                .replace("t1", f"t{number}")
                .replace('"evse"', f'"idToken":{{"idToken":"{token}","type":"ISO14443"}},"evse"')
            )
        lines += ("* " if number == star else "") + status_2("Available", unplugged)
        lines += event_2("Ended", unplugged, 2, trigger="EVDeparted").replace("t1", f"t{number}")
    return lines


RESTLESS = Rule(
    "status.restless",
    Severity.WARNING,
    "The status of a connector changes again and again, although no transaction runs and nobody does anything.",
    "OCPP 1.6 sections 4.9 and 9.1 (MinimumStatusDuration); OCPP 2.0.1 and 2.1 Part 2 use case G01; seen in the field",
    says="{place} has changed its status {count} times in {waited}, from {before} to {status} at last, although no "
    "transaction runs.",
    remedy="Look for a loose plug, a bad contact of the pilot or proximity line, or water in the socket.",
    positive=(
        _changes(*_LOOSE, star=8),
        _changes(*_BAD_PILOT, star=8),
        _changes(*_LOOSE, *_LOOSE, star=8, connector=2),  # once
        _changes(*_LOOSE, star=8, every=65).join((_PATIENT, "")),
        _sessions_2(star=3),
    ),
    negative=(
        _changes(*_LOOSE[:8]),
        _changes(*_LOOSE, every=120),
        _changes(*_LOOSE[:5]) + _AUTHORIZED + _changes(*_LOOSE[:5]).replace("10:00:", "10:01:"),
        # The log begins in the middle: a transaction may run.
        _changes(*("Charging", "SuspendedEV") * 6),
        START_16 + _changes("Available", *("Charging", "SuspendedEV") * 6).replace("10:0", "10:1"),
        _changes(*("Available", "Unavailable") * 6),
        _changes(*_LOOSE[:5]) + "10:01:00 closed\n10:01:05 opened\n" + _changes(*_LOOSE[:5]).replace("10:0", "10:1"),
        "".join(status_16(status, _at(9 * number), number % 3 + 1) for number, status in enumerate(_LOOSE * 2)),
        _sessions_2("A"),
        # They waited in a queue, and say when they were.
        "".join(
            status_16(status, _at(2 * number), more=f',"timestamp":"2026-01-01T0{number}:00:00Z"')
            for number, status in enumerate(_LOOSE)
        ),
    ),
)

RULES = (RESTLESS,)

_OF_A_PLUG = frozenset({"Available", "Occupied", "Preparing", "SuspendedEV", "SuspendedEVSE"})
"""What a plug that comes and goes may bring about; another status has another cause, a transaction for example."""


class _Change(NamedTuple):
    """A change of a status."""

    time: int
    """By the timestamp in it, or the clock of the recording, in µs."""
    says_when: bool
    record: int
    status: str


class RestlessStatusChecker(Checker):
    """Counts the changes of each connector since it was Available, as long as nothing else has led to them."""

    def begin(self) -> None:
        self.changes: dict[tuple[int, int], deque[_Change]] = {}  # by EVSE and connector, the first one: Available
        self.reported: dict[tuple[int, int], bool] = {}  # those that have not been quiet since

    @on_call("StatusNotification", "NotifyEvent")
    def status(self, call: Seen) -> None:
        for one in statuses_in(call):
            self.changed(call, one)

    def changed(self, call: Seen, one: ReportedStatus) -> None:
        place, changes = one.place, self.changes.get(one.place)
        is_of_plug = place[1] and not one.error and one.status in _OF_A_PLUG
        if not is_of_plug or not call.is_timed or self.is_used(place):
            self.changes.pop(place, None)
            return
        if changes is None:
            if one.status != "Available":
                return  # a transaction may run
            changes = deque(maxlen=MANY + 1)
            put(self.changes, place, changes, MOST_CONNECTORS)
        elif changes[-1].status == one.status:
            return
        said = call.date_time("timestamp")
        change = _Change(call.clock if said is None else said, said is not None, call.index, one.status)
        period = self.period()
        if changes and (changes[-1].says_when != change.says_when or not 0 <= change.time - changes[-1].time <= period):
            self.reported.pop(place, None)
            changes.clear()
        changes.append(change)
        if len(changes) == changes.maxlen and change.time - changes[1].time <= period and place not in self.reported:
            put(self.reported, place, True, MOST_CONNECTORS)
            values = {"place": place_at(*place), "count": MANY, "waited": TimeSpan(change.time - changes[1].time)}
            related = tuple(earlier.record for earlier in list(changes)[1:-1])
            self.found(RESTLESS, call, related, before=changes[-2].status, status=one.status, **values)

    def is_used(self, place: tuple[int, int]) -> bool:
        """Whether a transaction runs there; one without an id token may be no more than a cable in the socket."""
        running = self.known.open_transaction_at(place[0] or None, place[1])
        return running is not None and (running.id_token is not None or running.charging_state == "Charging")

    def period(self) -> int:
        """Within how many µs so many changes are too many; none may be reported that does not last for a while."""
        shortest = self.known.whole_setting("MinimumStatusDuration") or 0
        return round(max(self.limits.restless_status, shortest * (MANY + 1)) * SECOND)

    @on_call("TransactionEvent")
    def event(self, call: Seen) -> None:
        """An event of a transaction that is more than the cable in the socket."""
        if self.changes and (call.object("idToken") or call.text("transactionInfo", "chargingState") == "Charging"):
            self.acted(call)

    @on_call(
        "Authorize",
        "CancelReservation",
        "ChangeAvailability",
        "BootNotification",
        "RemoteStartTransaction",
        "RequestStartTransaction",
        "ReserveNow",
        "Reset",
        "StartTransaction",
        "StopTransaction",
        "UnlockConnector",
        "UpdateFirmware",
        "SignedUpdateFirmware",
    )
    @on_connection(ConnectionEvent.OPENED, ConnectionEvent.CLOSED)
    def acted(self, record: Seen) -> None:
        """Somebody does something, or what happens meanwhile is not in the recording."""
        self.changes.clear()
        self.reported.clear()
