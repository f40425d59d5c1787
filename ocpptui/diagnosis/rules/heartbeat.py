"""Heartbeats: whether the charge point shows in time that it is there."""

from __future__ import annotations

from ocpptui.diagnosis.checker import Checker, on_call, on_connection, on_exchange
from ocpptui.diagnosis.rule import Rule, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.version import Version
from ocpptui.timeline.record import ConnectionEvent
from ocpptui.timeline.severity import Severity

_BOOT = """
10:00:00 opened
10:00:00 > BootNotification {"chargePointVendor":"A","chargePointModel":"B"}
10:00:01 < ok {"currentTime":"2026-01-01T10:00:01Z","interval":60,"status":"Accepted"}
"""
_STATUS = 'StatusNotification {"connectorId":1,"errorCode":"NoError","status":"Available"}'
_TIME = 'ok {"currentTime":"2026-01-01T10:00:01Z"}'

MISSING = Rule(
    "heartbeat.missing",
    Severity.WARNING,
    "The charge point sends nothing for longer than its heartbeat interval.",
    "OCPP 1.6 section 4.6; OCPP 2.0.1 and 2.1 Part 2 use case G02",
    severities={Version.V16: Severity.INFO},  # over WebSocket, heartbeats are not mandatory
    says="After this the charge point sends nothing for longer than its heartbeat interval of {interval}.",
    remedy="The central system cannot know whether the charge point is still there.",
    positive=(
        f"{_BOOT}* 10:01:00 > Heartbeat {{}}\n10:01:00 < {_TIME}\n10:05:00 > Heartbeat {{}}",
        f"{_BOOT}* 10:01:00 > Heartbeat {{}}\n10:01:00 < {_TIME}\n10:05:00 now",
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
        f"{_BOOT}10:01:00 > Heartbeat {{}}\n10:01:00 < {_TIME}\n10:02:05 > Heartbeat {{}}",
        f"{_BOOT}10:01:00 > {_STATUS}\n10:01:00 < ok\n10:02:05 > Heartbeat {{}}",
        f"{_BOOT}10:01:00 > Heartbeat {{}}\n10:01:00 < {_TIME}\n10:01:01 closed\n10:05:00 opened",
        f"10:00:00 > Heartbeat {{}}\n10:00:00 < {_TIME}\n10:05:00 > Heartbeat {{}}",
    ),
)

_BEATS = "".join(f"10:{at} > Heartbeat {{}}\n10:{at} < {_TIME}\n" for at in ("00:10", "00:20", "00:30"))

TOO_OFTEN = Rule(
    "heartbeat.too-often",
    Severity.WARNING,
    "The charge point sends heartbeats more often than it should.",
    "OCPP 1.6 section 4.6, and its key HeartbeatInterval; OCPP 2.0.1 and 2.1 Part 2 use case G02",
    says="The last {count} heartbeats came within {waited}, but the interval is {interval}.",
    remedy="It did not take over the interval of the central system. Many such charge points are a load for it.",
    positive=(f"{_BOOT}{_BEATS}* 10:00:40 > Heartbeat {{}}\n10:00:40 < {_TIME}\n10:00:50 > Heartbeat {{}}",),
    negative=(
        f"{_BEATS}10:00:40 > Heartbeat {{}}",
        f"{_BOOT}{_BEATS.replace('10:00:', '10:01:')}10:02:30 > Heartbeat {{}}",
        f"""
        {_BOOT}{_BEATS}
        10:00:39 < TriggerMessage {{"requestedMessage":"Heartbeat"}}
        10:00:39 > ok {{"status":"Accepted"}}
        10:00:40 > Heartbeat {{}}
        """,
    ),
)

RULES = (MISSING, TOO_OFTEN)

_MANY_BEATS = 4


class HeartbeatChecker(Checker):
    """Looks once in each interval whether the charge point has sent something meanwhile."""

    def begin(self) -> None:
        self.looking = 0  # the connection that is watched
        self.until = 0
        self.reported = -1  # the message after which it was silent
        self.beats: list[Seen] = []  # the last heartbeats, if they come too soon
        self.beats_are_reported = False

    @on_call("Heartbeat", "StatusNotification")
    def sent(self, call: Seen) -> None:
        if call.is_timed and self.looking != call.connection and (allowed := self.allowed()) is not None:
            self.watch(call.connection, call.clock + allowed)

    @on_call("Heartbeat")
    def beat(self, call: Seen) -> None:
        interval, waited = self.interval * SECOND, call.since(self.beats[-1] if self.beats else None)
        if not interval or (waited is not None and waited > interval / 2):
            self.beats.clear()
        self.beats.append(call)
        if len(self.beats) == _MANY_BEATS:
            waited = call.since(self.beats[0])
            if waited is not None and not self.beats_are_reported and interval:
                self.beats_are_reported = True
                values = {"waited": TimeSpan(waited), "interval": TimeSpan(round(interval))}
                self.found(TOO_OFTEN, call, tuple(self.beats[:-1]), count=_MANY_BEATS, **values)
            self.beats.clear()

    @on_exchange("TriggerMessage")
    def triggered(self, call: Seen, answer: Seen) -> None:
        self.beats.clear()

    @on_connection(ConnectionEvent.OPENED, ConnectionEvent.CLOSED)
    def changed(self, event: Seen) -> None:
        self.beats.clear()
        self.beats_are_reported = False
        self.looking = 0
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
        until = connection.heard + allowed
        if until <= self.until:
            if self.reported != connection.heard_index:
                self.reported = connection.heard_index
                self.found(MISSING, self.reported, interval=TimeSpan(round(self.interval * SECOND)))
            until = self.known.now + allowed
        self.watch(connection.number, until)

    @property
    def interval(self) -> float:
        """In seconds; 0 if it is unknown."""
        return self.known.heartbeat_interval or self.limits.heartbeat_interval

    def allowed(self) -> int | None:
        """How long it may be silent, in µs; None if the interval is unknown."""
        interval = self.interval
        return round((interval * 1.5 + self.limits.heartbeat_tolerance) * SECOND) if interval else None
