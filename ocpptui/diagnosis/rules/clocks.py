"""Clocks: whether the times that each side writes are those of the recording, and of the other side."""

from __future__ import annotations

import re
from collections import deque
from typing import Any

from ocpptui.diagnosis.checker import Checker, on_call, on_connection, on_exchange
from ocpptui.diagnosis.meter_run import timestamp_of
from ocpptui.diagnosis.rule import Phrase, Rule, TimeSpan
from ocpptui.diagnosis.seen import Seen, known_time_of
from ocpptui.ocpp.date_times import SECOND, time_of
from ocpptui.ocpp.payload import objects_at, text_at
from ocpptui.timeline.record import ConnectionEvent
from ocpptui.timeline.severity import Severity

_CLOCK_TIME = re.compile(r"^(?:\* )?10:\d\d:00 ", re.MULTILINE)

NEVER_SET = time_of("2010-01-01T00:00:00Z") or 0
"""No OCPP over the internet is older: such a time comes from a clock that was never set."""

_SET_CLOCK = "OCPP 1.6 sections 4.2 and 4.6; OCPP 2.0.1 and 2.1 Part 2 B01.FR.06 and use case G02"


def _boot(now: str = "2026-01-01T10:00:01Z") -> str:
    return (
        '10:00:00 opened\n10:00:00 > BootNotification {"chargePointVendor":"A","chargePointModel":"B"}\n'
        f'10:00:01 < ok {{"currentTime":"{now}","interval":300,"status":"Accepted"}}\n'
    )


def _boot_2(now: str = "2026-01-01T10:00:01Z") -> str:
    return (
        "2.0.1\n10:00:00 opened\n"
        '10:00:00 > BootNotification {"reason":"PowerUp","chargingStation":{"vendorName":"A","model":"B"}}\n'
        f'10:00:01 < ok {{"currentTime":"{now}","interval":300,"status":"Accepted"}}\n'
    )


def _status(at: str, timestamp: str) -> str:
    return (
        f'{at} > StatusNotification {{"connectorId":1,"errorCode":"NoError","status":"Available",'
        f'"timestamp":"{timestamp}"}}\n{at} < ok\n'
    )


def _event(at: str, number: int, timestamp: str, more: str = "") -> str:
    kind, reason = ("Updated", "MeterValuePeriodic") if number else ("Started", "CablePluggedIn")
    return (
        f'{at} > TransactionEvent {{"eventType":"{kind}","timestamp":"{timestamp}","triggerReason":"{reason}",'
        f'"seqNo":{number},"transactionInfo":{{"transactionId":"t1"}}{more}}}\n{at} < ok\n'
    )


def _statuses(hour: str, *, minutes: tuple[str, ...] = ("02", "12", "22"), second: str = "00", zone: str = "Z") -> str:
    """A status in each of these minutes, the last one marked, with the hour of another clock."""
    lines = [_status(f"10:{minute}:00", f"2026-01-01T{hour}:{minute}:{second}{zone}") for minute in minutes]
    return "".join(lines[:-1]) + "* " + lines[-1]


def _start(at: str, timestamp: str) -> str:
    return (
        f'{at} > StartTransaction {{"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"{timestamp}"}}\n'
        f'{at} < ok {{"idTagInfo":{{"status":"Accepted"}},"transactionId":7}}\n'
    )


def _values(at: str, timestamp: str) -> str:
    return (
        f'{at} > MeterValues {{"connectorId":1,"transactionId":7,"meterValue":[{{"timestamp":"{timestamp}",'
        f'"sampledValue":[{{"value":"1"}}]}}]}}\n{at} < ok\n'
    )


def _metered(hour: str) -> str:
    """Meter values in three minutes, the last ones marked, with the hour of another clock."""
    lines = [_values(f"10:{minute}:00", f"2026-01-01T{hour}:{minute}:00Z") for minute in ("02", "12", "22")]
    return "".join(lines[:-1]) + "* " + lines[-1]


OUTDATED_TIME = Rule(
    "boot.outdated-time",
    Severity.WARNING,
    "The currentTime of the central system differs from the time of the recording, or is not in UTC.",
    "OCPP 1.6 sections 3.14, 4.2 and 4.6; OCPP 2.0.1 and 2.1 Part 2 use cases B01 and G02",
    says="The currentTime of the central system is {difference} {direction} the clock of this recording.",
    remedy="The charge point sets its clock by it: transactions and meter values get wrong times.",
    positive=(
        _boot("2026-01-01T11:00:01Z").replace("10:00:01 <", "* 10:00:01 <"),
        _boot("2026-01-01T11:00:01+01:00").replace("10:00:01 <", "* 10:00:01 <"),
        _boot_2() + '10:05:00 > Heartbeat {}\n* 10:05:00 < ok {"currentTime":"2026-01-01T09:05:00Z"}',
        _boot("2026-01-01T11:00:01Z").replace("10:00:01 <", "* 10:00:01 <")
        + '10:05:00 > Heartbeat {}\n10:05:00 < ok {"currentTime":"2026-01-01T11:05:00Z"}\n',
    ),
    negative=(
        _boot("2026-01-01T10:00:04.123Z"),
        _boot("2026-01-01T10:00:01+00:00"),
        _boot("2026-01-01T10:00:01"),  # without an offset, which is read as UTC and is another rule
        '- > Heartbeat {}\n- < ok {"currentTime":"2027-01-01T11:00:00Z"}',
        _boot() + '10:05:00 > Heartbeat {}\n10:05:00 < ok {"currentTime":"2026-01-01T10:05:00Z"}',
    ),
)

SKEW = Rule(
    "clock.skew",
    Severity.WARNING,
    "The clock of the charge point differs from that of the central system, or of the recording.",
    _SET_CLOCK,
    says="The timestamps of the charge point are steadily {difference} {direction} the clock of {other}.",
    remedy="It should take over the currentTime of the central system; transactions and meter values have wrong times "
    "otherwise.",
    positive=(
        _boot() + _statuses("09"),
        _boot() + _statuses("10", second="59", minutes=("03", "13", "23")).replace(":59Z", ":59+00:02"),
        _statuses("09"),
        _boot() + _metered("09"),
        _boot_2()
        + _event("10:01:00", 0, "2026-01-01T09:01:00Z")
        + _event("10:05:00", 1, "2026-01-01T09:05:01Z")
        + "* "
        + _event("10:09:00", 2, "2026-01-01T09:09:00Z"),
    ),
    negative=(
        _boot() + _statuses("12", zone="+02:00").replace("* ", ""),
        _boot() + _statuses("10", second="05").replace("* ", ""),
        # the clock of the central system differs from that of the recording, and the charge point follows it
        _boot("2026-01-01T11:00:01Z") + _statuses("11").replace("* ", ""),
        # one message that was queued, and three that were queued together
        _boot() + _status("10:00:05", "2026-01-01T09:00:05Z"),
        _boot()
        + "".join(_status(f"10:00:0{n}", f"2026-01-01T09:0{n}:00Z") for n in range(2, 6))
        + _status("10:05:00", "2026-01-01T10:05:00Z"),
        _boot() + "".join(_status("10:00:05", "2026-01-01T09:00:05Z") for _ in range(3)),
        # meter values that were queued, and those of a clock-aligned interval, whose time is that of its beginning
        _boot() + "".join(_values(f"10:05:{n:02}", f"2026-01-01T09:{n:02}:00Z") for n in range(20)),
        _boot() + _metered("09").replace("* ", "").replace('"value":"1"', '"value":"1","context":"Sample.Clock"'),
        # what happened offline
        _boot_2() + "".join(_event(f"10:0{n}:00", n, f"2026-01-01T09:0{n}:00Z", ',"offline":true') for n in range(4)),
        # nothing says when it was recorded
        _CLOCK_TIME.sub("- ", _statuses("09")),
        # another charge point
        "".join(
            _status(f"10:{n}0:00", f"2026-01-01T09:{n}0:00Z").replace(" > ", f" CP{n} > ").replace(" < ", f" CP{n} < ")
            for n in range(4)
        ),
    ),
)

UNSET = Rule(
    "clock.unset",
    Severity.ERROR,
    "The timestamp comes from a clock that was never set.",
    "OCPP 1.6 section 4.2.1; OCPP 2.0.1 and 2.1 Part 2 B01.FR.06",
    says="The timestamp is of the year {year}: the clock of the charge point was not set.",
    remedy="It must take over the currentTime in the answer to its BootNotification before it reports anything.",
    positive=(
        f"* {_start('10:05:00', '1970-01-01T00:01:02Z')}",
        "2.0.1\n* " + _event("10:01:00", 0, "2000-01-01T00:00:00Z"),
        f"* {_values('10:05:00', '1970-01-01T00:01:02Z')}{_values('10:06:00', '1970-01-01T00:02:02Z')}",
        f"* {_status('10:05:00', '1999-12-31T23:59:59Z')}",
    ),
    negative=(
        _boot() + _start("10:05:00", "2026-01-01T10:05:00Z"),
        _values("10:05:00", "2026-01-01T10:05:00Z"),
    ),
)

LOCAL_AS_UTC = Rule(
    "clock.local-as-utc",
    Severity.WARNING,
    "The timestamps of the charge point differ by whole or half hours: they seem to be local times, written as UTC.",
    "OCPP 1.6 section 3.14; OCPP 2.0.1 and 2.1 Part 2, section on date and time; seen in the field",
    says="The timestamps are steadily {difference} {direction} the clock of {other}, which is the offset of a time "
    "zone: the charge point seems to write its local time as UTC.",
    remedy="A time must be in UTC, or name its zone.",
    positive=(
        _boot() + _statuses("12"),
        _boot() + _statuses("05"),
        _boot() + _statuses("12", zone=""),
    ),
    negative=(
        _boot() + _statuses("10", second="03").replace("* ", ""),
        _boot() + _statuses("10", minutes=("03", "13", "23")).replace("* ", "").replace(":00Z", ":00-00:07"),
    ),
)

RULES = (OUTDATED_TIME, SKEW, UNSET, LOCAL_AS_UTC)

_STEADY = 3
"""So many timestamps in a row that differ by the same amount are steady."""
_SPREAD = 10 * SECOND
"""They may differ by so much more or less, and are recorded over at least as long: queued messages come at once."""
_BETWEEN_VALUES = 60 * SECOND
"""So often the time of meter values is compared: those that were queued come together."""
_ZONE = 1800 * SECOND
"""The difference between two time zones is a multiple of this, but for a few islands."""
_ROUND = 15 * SECOND
"""So close to such a multiple."""
_OFFSET = re.compile(r"[+-]\d\d(?::?\d\d)?$")
"""What a date-time names that is not in UTC; one without an offset may be."""
_TIME_GUESSED = ("zone", "year", "day and month", "date", "time")
"""What an import may have had to guess of a time, which then proves nothing."""


class ClockChecker(Checker):
    """Compares the times that each side writes with those of the other, and of the recording."""

    def begin(self) -> None:
        self.outdated: int | None = None  # how far its currentTime was off when that was last reported
        self.apart: deque[tuple[int, int, int]] = deque(maxlen=_STEADY)  # how far timestamps were off, clock, record
        self.reported: set[Rule] = set()  # once for each connection
        self.next_values = 0  # the clock from which meter values are looked at again

    @on_connection(ConnectionEvent.OPENED)
    def connected(self, event: Seen) -> None:
        self.apart.clear()
        self.reported.clear()

    # -- the central system -------------------------------------------------------------------------------------

    @on_exchange("BootNotification", "Heartbeat")
    def time_told(self, call: Seen, answer: Seen) -> None:
        text = answer.text("currentTime") or ""
        now = known_time_of(text)
        if now is None:
            return
        offset = None if text.endswith("Z") else _OFFSET.search(text)  # most end so
        if OUTDATED_TIME not in self.reported and offset is not None and offset[0].strip("+-0:"):
            self.reported.add(OUTDATED_TIME)
            self.found(OUTDATED_TIME, answer, (call,))
        if not answer.is_timed:
            return
        apart, tolerance = now - answer.time, self.limits.clock_tolerance * SECOND
        if abs(apart) <= tolerance:
            self.outdated = None
        elif (self.outdated is None or abs(apart - self.outdated) > tolerance) and _is_certain(answer):
            self.outdated = apart
            side = Phrase("ahead of" if apart > 0 else "behind")
            self.found(OUTDATED_TIME, answer, (call,), difference=TimeSpan(abs(apart)), direction=side)

    # -- the charge point ---------------------------------------------------------------------------------------

    @on_call("StatusNotification", "StartTransaction", "StopTransaction", "TransactionEvent")
    def stamped(self, call: Seen) -> None:
        time = call.date_time("timestamp")
        if time is None:
            return
        if time < NEVER_SET:
            self.never_set(call, call.text("timestamp") or "")
        elif call.is_timed and call.value("offline") is not True:
            self.compare(call, time)

    @on_call("MeterValues")
    def measured(self, call: Seen) -> None:
        first: Any = call.payload.get("meterValue")  # most records are these
        text = timestamp_of(first[0]) if type(first) is list and first else ""
        if not text or not call.is_timed or (text >= "2010" and call.clock < self.next_values):
            return
        self.next_values = call.clock + _BETWEEN_VALUES
        time = time_of(text)
        if time is None:
            return
        if time < NEVER_SET:
            self.never_set(call, text)
        elif not any(text_at(sample, "context") == "Sample.Clock" for sample in objects_at(first[0], "sampledValue")):
            self.compare(call, time)

    def never_set(self, call: Seen, text: str) -> None:
        if UNSET not in self.reported:
            self.reported.add(UNSET)
            self.found(UNSET, call, year=text[:4])

    def compare(self, call: Seen, time: int) -> None:
        """Look whether the last timestamps differ from the clock of the other side by the same amount."""
        offset = self.known.clock_offset
        apart = time - (call.time if offset is None else call.clock + offset)
        self.apart.append((apart, call.clock, call.index))
        if len(self.apart) < _STEADY or SKEW in self.reported or abs(apart) <= self.limits.clock_tolerance * SECOND:
            return
        all_apart, clocks, records = zip(*self.apart, strict=True)
        if max(all_apart) - min(all_apart) > _SPREAD or call.clock - clocks[0] < _SPREAD:
            return
        if offset is None and not _is_certain(call):
            return
        self.reported.add(SKEW)
        values = {
            "difference": TimeSpan(abs(apart)),
            "direction": Phrase("ahead of" if apart > 0 else "behind"),
            "other": Phrase("this recording" if offset is None else "the central system"),
        }
        related = records[:-1]
        self.found(SKEW, call, related, **values)
        zones = round(apart / _ZONE)
        if zones and abs(apart - zones * _ZONE) <= _ROUND:
            self.found(LOCAL_AS_UTC, call, related, **values)


def _is_certain(record: Seen) -> bool:
    """Whether the time of a record is known, and was not inferred from what was around it."""
    guessed = record.detail.get("guessed")
    return not (isinstance(guessed, list | tuple) and any(one in _TIME_GUESSED for one in guessed))
