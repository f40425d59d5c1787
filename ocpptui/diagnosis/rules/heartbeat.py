"""Heartbeats: whether the charge point shows in time that it is there."""

from __future__ import annotations

from ocpptui.diagnosis.checker import Checker, on_call, on_connection, on_exchange, on_record
from ocpptui.diagnosis.rule import Phrase, Rule, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.date_times import DAY, HOUR, SECOND
from ocpptui.ocpp.version import FIRST_GENERATION
from ocpptui.timeline.record import ConnectionEvent, RecordKind
from ocpptui.timeline.severity import Severity

_BOOT = """
10:00:00 opened
10:00:00 > BootNotification {"chargePointVendor":"A","chargePointModel":"B"}
10:00:01 < ok {"currentTime":"2026-01-01T10:00:01Z","interval":60,"status":"Accepted"}
"""
_STATUS = 'StatusNotification {"connectorId":1,"errorCode":"NoError","status":"Available"}'
_TIME = 'ok {"currentTime":"2026-01-01T10:00:01Z"}'


def _values(at: str) -> str:
    return (
        f'{at} > MeterValues {{"connectorId":1,"meterValue":[{{"timestamp":"2026-01-01T10:00:00Z",'
        f'"sampledValue":[{{"value":"1"}}]}}]}}\n{at} < ok\n'
    )


_PONGS = "".join(f"10:{minute:02}:00 < ping\n10:{minute:02}:00 > pong\n" for minute in range(1, 10))
_BOOT_2 = """
2.0.1
10:00:00 opened
* 10:00:00 > BootNotification {"reason":"PowerUp","chargingStation":{"vendorName":"A","model":"B"}}
10:00:01 < ok {"currentTime":"2026-01-01T10:00:01Z","interval":60,"status":"Accepted"}
"""

MISSING = Rule(
    "heartbeat.missing",
    Severity.WARNING,
    "The charge point sends nothing for longer than twice its heartbeat interval.",
    "OCPP 1.6 section 4.6; OCPP 2.0.1 and 2.1 Part 2 G02.FR.02 and G02.FR.05",
    says="After this the charge point sends nothing for longer than twice its heartbeat interval of {interval}.",
    remedy="The central system cannot know whether the charge point is still there. With OCPP 1.6 over WebSocket, a "
    "charge point that sends pings may leave heartbeats out.",
    positive=(
        f"{_BOOT}* 10:01:00 > Heartbeat {{}}\n10:01:00 < {_TIME}\n10:05:00 > Heartbeat {{}}",
        f"{_BOOT}* 10:01:00 > Heartbeat {{}}\n10:01:00 < {_TIME}\n10:05:00 now",
        _BOOT.replace("10:00:00 >", "* 10:00:00 >") + "10:03:20 now",
        _BOOT_2 + _PONGS,
        # Again only after a silence that is far longer.
        (
            f"{_BOOT}* 10:01:00 > Heartbeat {{}}\n10:01:00 < {_TIME}\n10:05:00 > Heartbeat {{}}\n10:05:00 < {_TIME}\n"
            f"10:10:00 > Heartbeat {{}}\n10:10:00 < {_TIME}\n* 10:15:00 > Heartbeat {{}}\n10:15:00 < {_TIME}\n"
            "11:30:00 > Heartbeat {}"
        ),
        f"""
        10:00:00 > {_STATUS}
        10:00:00 < ok
        10:00:01 < GetConfiguration {{"key":["HeartbeatInterval"]}}
        10:00:01 > ok {{"configurationKey":[{{"key":"HeartbeatInterval","readonly":false,"value":"30"}}]}}
        * 10:00:31 > Heartbeat {{}}
        10:05:01 > Heartbeat {{}}
        """,
    ),
    negative=(
        f"{_BOOT}10:01:00 > Heartbeat {{}}\n10:01:00 < {_TIME}\n10:03:05 > Heartbeat {{}}",
        f"{_BOOT}10:01:00 > {_STATUS}\n10:01:00 < ok\n10:02:05 > Heartbeat {{}}",
        _BOOT + "".join(_values(f"10:{at // 60:02}:{at % 60:02}") for at in range(30, 600, 30)) + "10:10:00 now",
        f"{_BOOT}10:01:00 > Heartbeat {{}}\n10:01:00 < {_TIME}\n10:01:01 closed\n10:05:00 opened",
        f"10:00:00 > Heartbeat {{}}\n10:00:00 < {_TIME}\n10:05:00 > Heartbeat {{}}",
        f"{_BOOT}10:01:00 > Heartbeat {{}}\n10:01:00 < {_TIME}\n- > Heartbeat {{}}",
        _BOOT + _PONGS,
    ),
)

_BEATS = "".join(f"10:{at} > Heartbeat {{}}\n10:{at} < {_TIME}\n" for at in ("00:10", "00:20", "00:30"))

_LATE = f"10:01:40 > Heartbeat {{}}\n10:01:40 < {_TIME}\n"

IRREGULAR = Rule(
    "heartbeat.interval",
    Severity.INFO,
    "The charge point sends heartbeats much more often, or more seldom, than its interval says.",
    "OCPP 1.6 section 4.6, and its key HeartbeatInterval; OCPP 2.0.1 and 2.1 Part 2 use case G02",
    says="The gaps before the last {count} heartbeats were {gaps}, but the interval is {interval}.",
    remedy="The charge point may not use the interval of the central system. Too many heartbeats are a load; with too "
    "few, a lost connection is noticed late.",
    positive=(
        f"{_BOOT}{_BEATS}* 10:00:40 > Heartbeat {{}}\n10:00:40 < {_TIME}\n10:00:50 > Heartbeat {{}}",
        f"{_BOOT}{_LATE}* 10:03:20 > Heartbeat {{}}\n10:03:20 < {_TIME}\n10:05:00 > Heartbeat {{}}",
        # now too soon, now too late
        f"{_BOOT}{_LATE}10:01:50 > Heartbeat {{}}\n10:01:50 < {_TIME}\n* 10:03:30 > Heartbeat {{}}",
    ),
    negative=(
        f"{_BEATS}10:00:40 > Heartbeat {{}}",
        f"{_BOOT}{_BEATS.replace('10:00:', '10:01:')}10:02:30 > Heartbeat {{}}",
        _BOOT + "".join(f"10:{n:02}:01 > Heartbeat {{}}\n10:{n:02}:01 < {_TIME}\n" for n in range(1, 8)),
        # other messages are as good as a heartbeat
        f"{_BOOT}{_values('10:01:00')}{_LATE}{_values('10:02:30')}10:03:20 > Heartbeat {{}}",
        f"{_BOOT}{_LATE}10:02:40 > Heartbeat {{}}",
        # one that comes too soon, and another much later
        (
            f"{_BOOT}{_LATE}10:01:50 > Heartbeat {{}}\n10:01:50 < {_TIME}\n"
            f"10:02:50 > Heartbeat {{}}\n10:02:50 < {_TIME}\n"
            f"10:03:00 > Heartbeat {{}}"
        ),
        f"""
        {_BOOT}{_BEATS}
        10:00:39 < TriggerMessage {{"requestedMessage":"Heartbeat"}}
        10:00:39 > ok {{"status":"Accepted"}}
        10:00:40 > Heartbeat {{}}
        """,
        f"{_BOOT}{_BEATS}10:00:40 CP2 > Heartbeat {{}}\n10:00:41 CP2 > Heartbeat {{}}",
    ),
)

_HOURS = "".join(_values(f"{hour}:30:00") for hour in range(10, 36))

DAILY = Rule(
    "heartbeat.daily",
    Severity.INFO,
    "The charge point has sent no Heartbeat for a day, so that its clock is not set.",
    "OCPP 1.6 section 4.6; OCPP-J 1.6 section 5.3; OCPP 2.0.1 and 2.1 Part 2 G02.FR.07",
    says="The charge point sends other messages, but in {waited} no Heartbeat whose answer tells the time.",
    remedy="Its clock may drift. One Heartbeat a day is recommended, also where pings keep the connection.",
    positive=(
        f"10:00:00 opened\n{_HOURS}".replace("34:30:00 >", "* 34:30:00 >"),
        _HOURS.replace("34:30:00 >", "* 34:30:00 >"),
    ),
    negative=(
        (
            f"{_HOURS[: _HOURS.index('20:30:00')]}20:10:00 > Heartbeat {{}}\n20:10:00 < {_TIME}\n"
            f"{_HOURS[_HOURS.index('20:30:00') :]}"
        ),
        _values("10:00:00") + _values("35:00:00"),  # nobody knows what was between them
        "".join(_values(f"{hour}:00:00") for hour in (10, 20, 33, 34, 35)),
        "".join(_values(f"{hour}:30:00") for hour in range(10, 34)),
        # one charge point after another
        _HOURS[: _HOURS.index("20:30:00")]
        + _HOURS[_HOURS.index("20:30:00") :].replace(" > ", " CP2 > ").replace(" < ", " CP2 < "),
    ),
)

RULES = (MISSING, IRREGULAR, DAILY)

_MANY_ODD = 3
"""So many heartbeats in a row that come too soon or too late are irregular."""
_MANY_LATE = 2
"""So many in a row that all come too late."""
_MUCH_LONGER = 2
"""A silence is reported after another one if it is so many times as long: a charge point that is often silent is one
problem, and that it is gone for hours is another."""
_BUSY = 24
"""So many records in a day show that the recording has all of it."""


class HeartbeatChecker(Checker):
    """Looks once in each interval whether the charge point has sent something meanwhile."""

    def begin(self) -> None:
        self.looking = 0  # the connection that is watched
        self.until = 0
        self.reported = -1  # the message after which it was silent
        self.silent_since = 0  # its clock, until the charge point sends something
        self.longest_silence = 0  # on this connection, in µs
        self.last_beat: tuple[int, int] | None = None  # its clock and record
        self.odd: list[tuple[int, int, bool]] = []  # those in a row that came too soon or too late, see `beat`
        self.beats_are_reported = False
        self.time_asked = 0  # the clock of the last message whose answer tells the time, or of the first message
        self.record_asked = 0  # that message

    @on_record(RecordKind.CALL)
    def first(self, call: Seen) -> None:
        """The first call, with which the first day begins."""
        self.listen(False)
        if call.is_timed:
            self.time_asked, self.record_asked = call.clock, call.index
            self.wait("day", call.clock + DAY, self.look_at_day)

    @on_call("Heartbeat", "StatusNotification")
    def sent(self, call: Seen) -> None:
        if call.is_timed and self.looking != call.connection and (allowed := self.allowed()) is not None:
            self.watch(call.connection, call.clock + allowed)

    @on_exchange("BootNotification")
    def booted(self, call: Seen, answer: Seen) -> None:
        self.time_asked, self.record_asked = answer.clock, answer.index
        interval = answer.integer("interval")
        if interval and interval > 0 and answer.text("status") == "Accepted" and call.is_timed and answer.is_timed:
            self.watch(call.connection, call.clock + self.allowed_by(interval))

    @on_call("Heartbeat")
    def beat(self, call: Seen) -> None:
        """Find several in a row that come too soon or too late: after how long, after which record, whether too late.

        Other messages are as good as a heartbeat, so that one is only late after silence, and only too soon after a
        heartbeat.
        """
        if not call.is_timed:
            return
        self.time_asked, self.record_asked = call.clock, call.index
        interval, connection = self.interval * SECOND, self.known.connections.get(call.connection)
        before, self.last_beat = self.last_beat, (call.clock, call.index)
        if not interval or self.beats_are_reported:
            return
        heard = None if connection is None else connection.heard
        if before is not None and call.clock - before[0] <= interval / 2:
            self.odd.append((call.clock - before[0], before[1], False))
        elif (
            connection is not None
            and heard is not None
            and interval * 1.5 < call.clock - heard <= self.allowed_by(self.interval)
        ):
            self.odd.append((call.clock - heard, connection.heard_index, True))
        else:
            self.odd.clear()
        last = self.odd[-_MANY_LATE:]
        if len(self.odd) == _MANY_ODD:
            last = self.odd
        elif len(last) < _MANY_LATE or not all(is_late for _, _, is_late in last):
            return
        self.beats_are_reported = True
        gaps = Phrase(", ".join(f"{TimeSpan(gap)}" for gap, _, _ in last))
        related = tuple(record for _, record, _ in last)
        self.found(IRREGULAR, call, related, count=len(last), gaps=gaps, interval=TimeSpan(round(interval)))

    @on_exchange("TriggerMessage")
    def triggered(self, call: Seen, answer: Seen) -> None:
        self.odd.clear()
        self.last_beat = None

    @on_connection(ConnectionEvent.OPENED, ConnectionEvent.CLOSED)
    def changed(self, event: Seen) -> None:
        self.odd.clear()
        self.last_beat = None
        self.beats_are_reported = False
        self.looking = self.silent_since = self.longest_silence = 0
        self.stop_waiting("heartbeat")

    def watch(self, connection: int, until: int) -> None:
        """Look again after `until`."""
        self.looking, self.until = connection, until
        self.wait("heartbeat", until, self.look)

    def look(self) -> None:
        """Decide whether the charge point was silent, and look again."""
        connection, allowed = self.known.connections.get(self.looking), self.allowed()
        self.looking = 0
        if connection is None or allowed is None or connection.heard is None:
            return
        last = connection.heard
        if connection.controlled is not None and self.known.version in FIRST_GENERATION:
            last = max(last, connection.controlled)  # a pong is as good as a heartbeat (OCPP-J 1.6 section 5.3)
        if self.silent_since and last > self.silent_since:
            self.longest_silence, self.silent_since = max(self.longest_silence, last - self.silent_since), 0
        until = last + max(allowed, _MUCH_LONGER * self.longest_silence)
        if until <= self.until:
            if self.reported != connection.heard_index:
                self.reported, self.silent_since = connection.heard_index, last
                self.found(MISSING, self.reported, interval=TimeSpan(round(self.interval * SECOND)))
            until = self.known.now + allowed
        self.watch(connection.number, until)

    def look_at_day(self) -> None:
        """Decide whether the charge point talked for a day without asking for the time."""
        until, last = self.time_asked + DAY, None
        if until <= self.known.now:
            heard = [one for one in self.known.connections.values() if one.heard is not None]
            last = max(heard, key=lambda one: one.heard or 0, default=None)
            is_busy = last is not None and last.heard_index - self.record_asked >= _BUSY
            if last is not None and is_busy and (last.heard or 0) >= until - HOUR:
                self.found(DAILY, last.heard_index, waited=TimeSpan(DAY))
            self.time_asked = self.known.now
            self.record_asked = self.record_asked if last is None else last.heard_index
            until = self.known.now + DAY
        self.wait("day", until, self.look_at_day)

    @property
    def interval(self) -> float:
        """In seconds; 0 if it is unknown."""
        return self.known.heartbeat_interval or self.limits.heartbeat_interval

    def allowed(self) -> int | None:
        """How long it may be silent, in µs; None if the interval is unknown."""
        interval = self.interval
        return self.allowed_by(interval) if interval else None

    def allowed_by(self, interval: float) -> int:
        """How long it may be silent by an interval in seconds, in µs."""
        return round((interval * 2 + self.limits.heartbeat_tolerance) * SECOND)
