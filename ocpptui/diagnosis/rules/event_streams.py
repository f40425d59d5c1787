"""Periodic event streams of OCPP 2.1: whether a stream was opened, and whether it can keep up."""

from __future__ import annotations

from ocpptui.diagnosis.checker import Checker, on_call, on_exchange
from ocpptui.diagnosis.rule import Phrase, Rule
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.version import Version
from ocpptui.runtime.bounded import put
from ocpptui.timeline.severity import Severity

MOST_STREAMS = 500
"""Streams of one charging station that are remembered."""
_21 = frozenset({Version.V21})

_BOOT = """
2.1
10:00:00 opened
10:00:00 > BootNotification {"reason":"PowerUp","chargingStation":{"vendorName":"A","model":"B"}}
10:00:01 < ok {"currentTime":"2026-01-01T10:00:01Z","interval":300,"status":"Accepted"}
"""
_CLOSES = '10:05:00 > ClosePeriodicEventStream {"id":5}\n10:05:00 < ok\n'


def _opens(status: str = "Accepted") -> str:
    data = '{"id":5,"variableMonitoringId":1,"params":{"interval":10}}'
    return (
        f'10:01:00 > OpenPeriodicEventStream {{"constantStreamData":{data}}}\n10:01:00 < ok {{"status":"{status}"}}\n'
    )


def _sends(at: str, pending: int = 0) -> str:
    payload = f'{{"id":5,"pending":{pending},"basetime":"2026-01-01T{at}Z","data":[{{"t":1,"v":"1"}}]}}'
    return f'{at} > [6,"{at}","NotifyPeriodicEventStream",{payload}]\n'


UNKNOWN = Rule(
    "stream.unknown",
    Severity.ERROR,
    "The charging station sends a stream that is not open.",
    "OCPP 2.1 Part 2 N11.FR.02, N11.FR.07, N13.FR.01 and N13.FR.02",
    versions=_21,
    says="The charging station sends stream {stream}, {why}.",
    remedy="The CSMS does not know which variable the values are of. A stream is opened by OpenPeriodicEventStream.",
    positive=(
        f"{_BOOT}* {_sends('10:02:00')}{_sends('10:03:00')}",
        f"2.1\n{_opens('Rejected')}* {_sends('10:02:00')}",
        f"2.1\n{_opens()}{_CLOSES}* {_sends('10:06:00')}",
    ),
    negative=(
        f"{_BOOT}{_opens()}{_sends('10:02:00')}",
        f"2.1\n{_sends('10:02:00')}",
        f"2.1\n{_opens('Rejected')}{_opens().replace('10:01', '10:02')}{_sends('10:03:00')}",
        f"{_BOOT}{_opens()}10:02:00 closed\n10:03:00 opened\n{_sends('10:03:01')}",
        f"2.1\n{_opens()}{_CLOSES.replace('5}', '6}')}{_sends('10:06:00')}",
        f"{_BOOT}{_opens().splitlines()[0]}\n{_sends('10:02:00')}",
    ),
)

PENDING = Rule(
    "stream.pending",
    Severity.INFO,
    "More and more values of a stream are waiting to be sent.",
    "OCPP 2.1 Part 2 N15.FR.04 and N15.FR.05",
    versions=_21,
    says="{pending} values of stream {stream} are waiting, after {before}: the charging station sends too slowly.",
    remedy="AdjustPeriodicEventStream sets a longer interval, or more values for each message.",
    positive=(f"2.1\n{_sends('10:02:00', 10)}{_sends('10:03:00', 200)}* {_sends('10:04:00', 900)}",),
    negative=(
        f"2.1\n{_sends('10:02:00')}{_sends('10:03:00')}{_sends('10:04:00')}",
        f"2.1\n{_sends('10:02:00', 900)}{_sends('10:03:00', 400)}{_sends('10:04:00', 500)}",
        f"2.1\n{_sends('10:02:00', 1)}{_sends('10:03:00', 2)}{_sends('10:04:00', 3)}",
    ),
)

RULES = (UNKNOWN, PENDING)

_GROWTH = 10
"""Values by which a stream must fall behind each time."""


class EventStreamChecker(Checker):
    """Follows the streams of a charging station."""

    def begin(self) -> None:
        self.streams: dict[int, Phrase | None] = {}  # why each is not open; None if it is, or may be
        self.pending: dict[int, tuple[int, int]] = {}  # how many values wait, and how often they grew
        self.knows_all = False  # it has restarted in this recording, which ends all streams

    @on_exchange("BootNotification")
    def booted(self, call: Seen, answer: Seen) -> None:
        if call.text("reason") != "Triggered" and answer.text("status") == "Accepted":
            self.streams.clear()
            self.knows_all = True

    @on_call("OpenPeriodicEventStream")
    def opens(self, call: Seen) -> None:
        if (stream := call.integer("constantStreamData", "id")) is not None:
            put(self.streams, stream, None, MOST_STREAMS)

    @on_exchange("OpenPeriodicEventStream")
    def opened(self, call: Seen, answer: Seen) -> None:
        stream = call.integer("constantStreamData", "id")
        if stream is not None and answer.text("status") == "Rejected":
            put(self.streams, stream, Phrase("which the CSMS has rejected"), MOST_STREAMS)

    @on_exchange("ClosePeriodicEventStream")
    def closed(self, call: Seen, answer: Seen) -> None:
        if (stream := call.integer("id")) is not None:
            put(self.streams, stream, Phrase("which it has closed"), MOST_STREAMS)

    @on_call("NotifyPeriodicEventStream")
    def sends(self, call: Seen) -> None:
        stream, pending = call.integer("id"), call.integer("pending")
        if stream is None:
            return
        why = self.streams.get(stream, Phrase("which was not opened since the restart") if self.knows_all else None)
        if why is not None:
            self.found(UNKNOWN, call, stream=stream, why=why)
            put(self.streams, stream, None, MOST_STREAMS)  # once
        if pending is None:
            return
        before, times = self.pending.get(stream, (pending, 0))
        times = times + 1 if pending >= before + _GROWTH else 0
        if times == 2:
            self.found(PENDING, call, stream=stream, pending=pending, before=before)
        put(self.pending, stream, (pending, times), MOST_STREAMS)
