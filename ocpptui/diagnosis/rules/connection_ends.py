"""Ends of connections: who lost them, after which message, and after how long a silence."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from ocpptui.diagnosis.checker import Checker, on_connection, on_record
from ocpptui.diagnosis.known import MOST_CONNECTIONS
from ocpptui.diagnosis.rule import Case, Phrase, Rule, StatedTime, TimeSpan, Told
from ocpptui.diagnosis.rules.connections import recorded_error
from ocpptui.diagnosis.seen import Seen
from ocpptui.network.problems import ProblemCode
from ocpptui.ocpp.actions import versions_of
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.version import Direction
from ocpptui.runtime.bounded import put
from ocpptui.timeline.record import ConnectionEvent, RecordKind
from ocpptui.timeline.severity import Severity

_BEAT = 'Heartbeat {}\n10:00:00 < ok {"currentTime":"2026-01-01T10:00:00Z"}\n'
_PROFILE = (
    'SetChargingProfile {"connectorId":1,"csChargingProfiles":{"chargingProfileId":1,"stackLevel":0,'
    '"chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative","chargingSchedule":'
    '{"chargingRateUnit":"A","chargingSchedulePeriod":[{"startPeriod":0,"limit":16}]}}}'
)


def _connected(minute: int, message: str, close: str, *, seconds: int = 1) -> str:
    """A connection that ends some seconds after a message."""
    return (
        f"10:{minute:02}:00 opened\n10:{minute:02}:01 {message}\n"
        f"10:{minute + seconds // 60:02}:{1 + seconds % 60:02} closed {close}\n"
    )


def _tell_loss(case: Case) -> Iterator[Told]:
    """How the connection ended, and after which message."""
    words = [text for text, _ in recorded_error(case)]
    if not words:
        words = ["The TCP connection ended without a Close frame."]
    last = next((one.related[0] for one in case.noticed("conn.abnormal-close") if one.related), None)
    if last is not None:
        timeline = case.timeline
        before = TimeSpan(timeline.between(last, case.index))
        words.append(
            f"The last message was {_name(timeline.kind(last), timeline.action(last))} from the "
            f"{_sender(timeline.direction(last))}, {before} before."
        )
    yield Told(" ".join(words))


ABNORMAL = Rule(
    "conn.abnormal-close",
    Severity.WARNING,
    "The connection did not end properly.",
    "RFC 6455 section 7.1.5",
    tell=_tell_loss,
    positive=(
        '10:00:00 opened\n* 10:00:01 closed {"closeCode":1006,"error":"The connection was lost."}',
        f'10:00:00 opened\n10:00:00 > {_BEAT}* 10:00:01 closed {{"closeCode":1006}}',
        '10:00:00 opened\n* 10:00:01 closed {"closeCode":1011,"error":"The peer closed it with 1011."}',
    ),
    negative=(
        '10:00:00 opened\n10:00:01 closed {"closeCode":1000}',
        "10:00:00 opened\n10:00:01 closed",
    ),
)

AFTER_MESSAGE = Rule(
    "conn.closed-after-frame",
    Severity.ERROR,
    "The connection ends with an error after the same message, again and again.",
    "RFC 6455 section 7.4.1; seen in the field",
    says="For the second time the connection ends with code {code}, less than a second after {message}.",
    remedy="The receiver cannot handle this message: it may be too long or unreadable for it, or processing it fails.",
    positive=(
        _connected(0, f"< {_PROFILE}", '{"closeCode":1011}', seconds=0)
        + "10:05:00 opened\n10:05:01 < "
        + _PROFILE
        + '\n* 10:05:01.5 closed {"closeCode":1011}\n'
        + _connected(10, f"< {_PROFILE}", '{"closeCode":1011}', seconds=0),
    ),
    negative=(
        _connected(0, '< Reset {"type":"Hard"}', '{"closeCode":1000}', seconds=0) * 1
        + _connected(5, '< Reset {"type":"Hard"}', '{"closeCode":1000}', seconds=0),
        _connected(0, f"< {_PROFILE}", '{"closeCode":1011}', seconds=0),
        _connected(0, f"< {_PROFILE}", '{"closeCode":1011}', seconds=0)
        + _connected(5, "> Heartbeat {}", '{"closeCode":1011}', seconds=0),
        _connected(0, f"< {_PROFILE}", '{"closeCode":1011}', seconds=30)
        + _connected(5, f"< {_PROFILE}", '{"closeCode":1011}', seconds=30),
        _connected(0, f"< {_PROFILE}", '{"closeCode":1006}', seconds=0)
        + _connected(5, f"< {_PROFILE}", '{"closeCode":1006}', seconds=0),
        _connected(0, f"< {_PROFILE}", '{"closeCode":1011}', seconds=0)
        + _connected(5, f"< {_PROFILE}", '{"closeCode":1011}', seconds=0)
        .replace("opened", "CP2 opened")
        .replace("<", "CP2 <")
        .replace("closed", "CP2 closed"),
    ),
)

IDLE = Rule(
    "conn.idle-close",
    Severity.WARNING,
    "The connections always end after the same time without a message.",
    "OCPP-J 1.6 section 5.3; OCPP 2.0.1 and 2.1 Part 4 section 5.2; seen in the field",
    says="The last {count} connections each ended {idle} after their last message: an idle time-out closes them{also}.",
    remedy="Find the time-out, in a proxy or load balancer for example, and make heartbeats or pings more frequent.",
    positive=(
        _connected(0, "> Heartbeat {}", '{"closeCode":1006}', seconds=60)
        + _connected(5, "> Heartbeat {}", '{"closeCode":1006}', seconds=60)
        + "10:10:00 opened\n10:10:01 > Heartbeat {}\n* 10:11:01 closed\n"
        + _connected(20, "> Heartbeat {}", '{"closeCode":1006}', seconds=60),
        _connected(0, "> Heartbeat {}", '{"secondsSinceLastFrame":30.1}', seconds=60)
        + _connected(5, "> Heartbeat {}", '{"secondsSinceLastFrame":30.0}', seconds=45)
        + '10:10:00 opened\n10:10:01 > Heartbeat {}\n* 10:11:05 closed {"secondsSinceLastFrame":30.2}\n',
    ),
    negative=(
        _connected(0, "> Heartbeat {}", "", seconds=60)
        + _connected(5, "> Heartbeat {}", "", seconds=17)
        + _connected(10, "> Heartbeat {}", "", seconds=140)
        + _connected(20, "> Heartbeat {}", "", seconds=44),
        "".join(_connected(5 * n, "> Heartbeat {}", "", seconds=2) for n in range(4)),
        "".join(
            _connected(5 * n, "> Heartbeat {}", '{"closedBy":"us","closeCode":1000}', seconds=60) for n in range(4)
        ),
        "".join(f"10:{5 * n:02}:00 opened\n10:{5 * n + 1:02}:00 closed\n" for n in range(4)),
        "".join(
            _connected(5 * n, "> Heartbeat {}", "", seconds=60)
            .replace("opened", f"CP{n} opened")
            .replace(">", f"CP{n} >")
            .replace("closed", f"CP{n} closed")
            for n in range(4)
        ),
    ),
)

_CONTROLLED = """
10:00:00 < GetConfiguration {"key":["WebSocketPingInterval"]}
10:00:00 > ok {"configurationKey":[{"key":"WebSocketPingInterval","readonly":false,"value":"30"}]}
"""


PING = Rule(
    "conn.ping",
    Severity.WARNING,
    "Pings get no pong, or the charge point sends none although its configuration says so.",
    "OCPP-J 1.6 section 5.3; OCPP 1.6 section 9.1.34; OCPP 2.0.1 and 2.1 Part 4 section 5.2; RFC 6455 section 5.5.3",
    says="{what}",
    remedy="A lost connection is noticed late, and a proxy may close an idle one.",
    positive=(
        "10:00:00 opened\n10:00:20 < ping\n10:00:40 < ping\n* 10:01:00 < ping\n10:01:20 < ping",
        "10:00:00 opened\n10:00:20 > ping\n10:00:40 > ping\n* 10:01:00 > ping\n10:01:20 > ping",
        f"{_CONTROLLED}10:00:10 > pong\n10:00:40 > pong\n10:01:10 > pong\n* 10:01:50 > pong\n10:02:10 > pong",
    ),
    negative=(
        "10:00:00 opened\n" + "".join(f"10:0{n}:00 < ping\n10:0{n}:00 > pong\n" for n in range(1, 6)),
        "10:00:00 opened\n10:00:20 < ping\n10:00:40 < ping\n",
        "10:00:00 < ping\n10:00:01 < ping\n10:00:02 < ping\n",
        "10:00:20 < ping\n10:00:40 CP2 < ping\n10:01:00 CP3 < ping\n",
        "10:00:20 < ping\n10:00:30 closed\n10:00:40 opened\n10:00:50 < ping\n10:01:10 < ping\n",
        f"{_CONTROLLED}10:00:10 > pong\n10:00:30 > ping\n10:00:30 < pong\n10:01:10 > pong\n10:01:50 > pong",
        f"{_CONTROLLED}10:02:00 > Heartbeat {{}}\n10:05:00 > Heartbeat {{}}",  # without control frames
        "10:00:10 > pong\n10:01:10 > pong\n10:05:10 > pong",  # the configuration was never read
        f"{_CONTROLLED.replace('30', '0')}10:00:10 > pong\n10:01:10 > pong\n10:05:10 > pong",
    ),
)

RULES = (ABNORMAL, AFTER_MESSAGE, IDLE, PING)

_LOST = 1006
"""There was no Close frame (RFC 6455 section 7.1.5)."""
_CANNOT_TAKE = (1002, 1003, 1007, 1009, 1011)
"""Close codes of a side that cannot take what it got (RFC 6455 section 7.4.1)."""
_AT_ONCE = SECOND
_OFTEN = 2  # the sentence says "second"
_ALIKE = 3
"""So many silences of the same length show a time-out."""
_SHORTEST_IDLE = 10 * SECOND
_SPREAD = SECOND
_PINGS = 3
_PONG_PATIENCE = 10 * SECOND
_PING_INTERVAL = ("WebSocketPingInterval", "OCPPCommCtrlr.WebSocketPingInterval")


class _Pings(NamedTuple):
    """The pings of a connection without a pong."""

    sent: int
    first: int
    """The clock of the first."""
    record: int


class ConnectionEndChecker(Checker):
    """Looks what preceded the end of each connection, and whether pings keep it alive."""

    def begin(self) -> None:
        self.ends: dict[tuple[str, int], list[int]] = {}  # by message and code: the ends right after it
        self.silences: deque[tuple[int, int]] = deque(maxlen=_ALIKE)  # before the last ends, and these
        self.unanswered: dict[tuple[int, Direction | None], _Pings] = {}  # by connection and direction
        self.pinging: set[int] = set()  # connections on which the charge point pings
        self.expected: dict[int, tuple[int, int]] = {}  # by connection: ping interval, and the clock since it is known
        self.reported: set[int] = set()  # connections with a finding on pings

    # -- ends ---------------------------------------------------------------------------------------------------

    @on_connection(ConnectionEvent.CLOSED)
    def closed(self, event: Seen) -> None:
        detail, connection = event.detail, self.known.connections.get(event.connection)
        code, problem, by = detail.get("closeCode"), detail.get("problem"), detail.get("closedBy")
        for direction in (*Direction, None):
            self.unanswered.pop((event.connection, direction), None)
        self.expected.pop(event.connection, None)
        self.pinging.discard(event.connection)
        self.reported.discard(event.connection)
        last, clock = -1, None
        if connection is not None:
            times = ((connection.heard, connection.heard_index), (connection.told, connection.told_index))
            clock, last = max(((clock, index) for clock, index in times if clock is not None), default=(None, -1))
        if detail.get("error") or code == _LOST:
            self.found(ABNORMAL, event, (last,) if last >= 0 else ())
        if clock is None:
            return
        silence = event.clock - clock
        if code in _CANNOT_TAKE and problem != ProblemCode.PING_UNANSWERED and silence <= _AT_ONCE:
            self.ended_after(event, event.another(last), int(code))
        seconds = detail.get("secondsSinceLastFrame")
        if isinstance(seconds, int | float) and 0 <= seconds < _YEAR:
            silence = round(seconds * SECOND)
        if by != "us" or problem:
            self.ended_idle(event, silence)

    def ended_after(self, event: Seen, last: Seen, code: int) -> None:
        message = f"{_name(last.kind, last.action)} from the {_sender(last.direction)}"
        before = self.ends.get((message, code), [])
        if len(before) == _OFTEN:
            return  # it was reported
        before.append(event.index)
        put(self.ends, (message, code), before, MOST_CONNECTIONS)
        if len(before) == _OFTEN:
            self.found(AFTER_MESSAGE, event, (last, before[0]), code=code, message=Phrase(message))

    def ended_idle(self, event: Seen, silence: int) -> None:
        if silence < _SHORTEST_IDLE:
            self.silences.clear()
            return
        self.silences.append((silence, event.index))
        lengths, ends = zip(*self.silences, strict=True)
        if len(lengths) == _ALIKE and max(lengths) - min(lengths) <= _SPREAD:
            beat = self.known.heartbeat_interval
            also = (
                f"; heartbeats come every {StatedTime(beat)}, which is too late"
                if beat and beat * SECOND > silence - _SPREAD
                else ""
            )
            connection = self.known.connections.get(event.connection)
            if connection is not None and connection.begins_with_boot:
                also = f", or the charge point restarts by then: this one began with a BootNotification{also}"
            idle = TimeSpan(round(silence / SECOND) * SECOND)
            self.found(IDLE, event, ends[:-1], count=_ALIKE, idle=idle, also=Phrase(also))
            self.silences.clear()

    # -- pings --------------------------------------------------------------------------------------------------

    @on_record(RecordKind.PING, RecordKind.PONG)
    def controlled(self, record: Seen) -> None:
        connection, direction = record.connection, record.direction
        if record.kind is RecordKind.PONG:
            self.unanswered.pop((connection, None if direction is None else direction.opposite), None)
            self.look_for_pings(record)
            return
        if direction is Direction.TO_CSMS and len(self.pinging) < MOST_CONNECTIONS:
            self.pinging.add(connection)
        before = self.unanswered.get((connection, direction)) or _Pings(0, record.clock, record.index)
        new = before._replace(sent=before.sent + 1)
        put(self.unanswered, (connection, direction), new, MOST_CONNECTIONS)
        if new.sent >= _PINGS and record.clock - new.first >= _PONG_PATIENCE:
            self.report(record, f"{new.sent} pings of the {_sender(direction)} have no pong.", new.record)

    def look_for_pings(self, record: Seen) -> None:
        """Whether the charge point pings, on a connection whose pongs show that control frames are recorded."""
        connection, interval = record.connection, self.known.whole_setting(*_PING_INTERVAL)
        if not interval or connection in self.pinging:
            self.expected.pop(connection, None)
            return
        before = self.expected.get(connection)
        if before is None or before[0] != interval:
            put(self.expected, connection, (interval, record.clock), MOST_CONNECTIONS)
        elif record.clock - before[1] > _PINGS * interval * SECOND:
            waited = TimeSpan(record.clock - before[1])
            self.report(
                record,
                f"The charge point has sent no ping in {waited}, but its ping interval is {StatedTime(interval)}.",
            )

    def report(self, record: Seen, what: str, *related: int) -> None:
        if record.connection not in self.reported and len(self.reported) < MOST_CONNECTIONS:
            self.reported.add(record.connection)
            self.found(PING, record, related, what=Phrase(what))


_YEAR = 365 * 86_400


def _sender(direction: Direction | None) -> str:
    return "peer" if direction is None else direction.sender.words


def _name(kind: RecordKind, action: str) -> str:
    """A message by its action, as part of a sentence; without an unknown one, which may say anything."""
    if not versions_of(action):
        action = ""
    if kind.is_answer:
        return f"the answer to {action}" if action else "an answer"
    return action or "a message of an unknown action"
