"""Heartbeats: whether the charge point shows in time that it is there."""

from __future__ import annotations

from ocpptui.diagnosis.checker import Checker, on_connection, on_record
from ocpptui.diagnosis.rule import Rule, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.version import Direction, Version
from ocpptui.timeline.record import ConnectionEvent, RecordKind
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

RULES = (MISSING,)


class HeartbeatChecker(Checker):
    """Looks once in each interval whether the charge point has sent something meanwhile."""

    def begin(self) -> None:
        self.looking = 0  # the connection that is watched
        self.until = 0

    @on_record(RecordKind.CALL, RecordKind.CALLRESULT)
    def sent(self, record: Seen) -> None:
        if record.direction is not Direction.TO_CSMS or not record.is_timed or self.looking == record.connection:
            return
        if (allowed := self.allowed()) is not None:
            self.watch(record.connection, record.clock + allowed)

    @on_connection(ConnectionEvent.OPENED, ConnectionEvent.CLOSED)
    def changed(self, event: Seen) -> None:
        self.looking = 0
        self.stop_waiting("heartbeat")

    def look(self) -> None:
        """Decide whether the charge point was silent, and when to look again."""
        connection, allowed = self.known.connections.get(self.looking), self.allowed()
        last = None if connection is None else connection.last_sent.get(Direction.TO_CSMS)
        self.looking = 0
        if connection is None or allowed is None or last is None:
            return
        clock, index = last
        if clock + allowed > self.until:
            self.watch(connection.number, clock + allowed)
        else:
            interval = self.known.heartbeat_interval or self.limits.heartbeat_interval
            self.found(MISSING, index, interval=TimeSpan(interval * SECOND))

    def watch(self, connection: int, until: int) -> None:
        self.looking, self.until = connection, until
        self.wait("heartbeat", until, self.look)

    def allowed(self) -> int | None:
        """How long it may be silent, in µs; None if the interval is unknown."""
        interval = self.known.heartbeat_interval or self.limits.heartbeat_interval
        return round(interval * 1.5 * SECOND + self.limits.heartbeat_tolerance * SECOND) if interval else None
