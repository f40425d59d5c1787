"""Captures that show something otherwise than it happened, because of how they were made."""

from __future__ import annotations

from typing import NamedTuple

from ocpptui.diagnosis.checker import Checker, on_earlier, on_record, on_stray
from ocpptui.diagnosis.known import MOST_CONNECTIONS
from ocpptui.diagnosis.rule import Rule, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.json_defects import left_out
from ocpptui.ocpp.message import Malformed
from ocpptui.ocpp.version import Direction
from ocpptui.runtime.bounded import put
from ocpptui.timeline.record import RecordKind
from ocpptui.timeline.severity import Severity

SOON = 5 * SECOND
"""A call that comes so soon after its answer was only written later."""
LEAST = SECOND // 10
"""So much earlier than the one before it, a message was written late; less is the jitter of two clocks or tasks."""
MOST = 20
"""Answers without a call that are remembered."""
MOST_LENGTHS = 100
ALIKE = 3
"""So many frames that are cut at one length were not cut by chance."""
ALIKE_WITH_SIGN = 2
"""So many where the text shows that it was cut."""
_SIGNS = (">", "…", "...")
"""What journals and terminals write at the end of a line that they cut."""

_OK = '[3,"a",{"currentTime":"2026-01-01T10:00:00Z"}]'


_SHORTENED = '[2,"%s","DataTransfer",{"ven...,"data":"5"}]'


def _cut(length: int, number: int) -> str:
    return f'[2,"{number}","DataTransfer",{{"vendorId":"A","data":"'.ljust(length, "x")


ORDER = Rule(
    "capture.order",
    Severity.INFO,
    "The recording is not in the order in which the messages were sent.",
    "Seen in the field: logs that are written when a message is queued, or by several threads",
    says="{what}: the log was not written in the order in which the messages were sent.",
    remedy="Findings about the order and about missing answers may be due to it.",
    positive=(
        f'10:00:00 opened\n10:00:01 < {_OK}\n* 10:00:01.002 > [2,"a","Heartbeat",{{}}]',
        f'10:00:00 > [2,"b","Heartbeat",{{}}]\n- < {_OK}\n* - > [2,"a","Heartbeat",{{}}]',
        f'10:00:01 > [2,"a","Heartbeat",{{}}]\n* 10:00:00 < {_OK}',
    ),
    negative=(
        f'10:00:00 > [2,"a","Heartbeat",{{}}]\n10:00:01 < {_OK}',
        f'10:00:00 opened\n10:00:01 < {_OK}\n10:00:20 > [2,"a","Heartbeat",{{}}]',
        f'10:00:00 opened\n10:00:01 < {_OK}\n10:00:01 < [2,"a","ClearCache",{{}}]',
        f'10:00:01 > [2,"a","Heartbeat",{{}}]\n10:00:00 CP2 > Heartbeat {{}}\n10:00:02 < {_OK}',
        # The time of a message is that at which it was read; those that were read together are handled one by one.
        f'10:00:01.010 > [2,"a","Heartbeat",{{}}]\n10:00:01.002 < {_OK}',
    ),
)

CUT = Rule(
    "capture.cut",
    Severity.INFO,
    "Several messages are cut to the same length: by the logger, not by the peer.",
    "Seen in the field: loggers that write the first bytes of each message, or leave out the middle",
    says="{count} messages are cut to {length} characters: by the logger, not by the peer.",
    remedy="Check the settings of the logger. The rest of these messages is lost.",
    positive=(
        f"10:00:01 > {_cut(256, 1)}\n10:00:02 > {_cut(256, 2)}\n* 10:00:03 > {_cut(256, 3)}\n10:00:04 > {_cut(256, 4)}",
        # The logger shows where it cut.
        f"10:00:01 > {_cut(118, 1)}>\n* 10:00:02 > {_cut(118, 2)}>\n10:00:03 > {_cut(118, 3)}>",
        f"10:00:01 > {_SHORTENED % 1}\n* 10:00:02 > {_SHORTENED % 2}\n10:00:03 > {_SHORTENED % 3}",
    ),
    negative=(
        f"10:00:01 > {_cut(256, 1)}",
        f"10:00:01 > {_cut(256, 1)}\n10:00:02 > {_cut(250, 2)}\n10:00:03 > {_cut(100, 3)}",
        f"10:00:01 > {_cut(118, 1)}>\n10:00:02 > {_cut(119, 2)}>",
        # A longer message came through.
        f"10:00:01 > {_cut(256, 1)}\n10:00:02 > {_cut(300, 2)}\n10:00:03 > {_cut(256, 3)}\n10:00:04 > {_cut(256, 4)}",
    ),
)

RULES = (ORDER, CUT)


class _Stray(NamedTuple):
    """An answer without a call."""

    place: int
    clock: int
    message_id: str
    direction: Direction
    connection: int


class CaptureOrderChecker(Checker):
    """Remembers answers without a call for a moment."""

    listens = False  # calls are only compared while there is such an answer

    def begin(self) -> None:
        self.strays: dict[int, _Stray] = {}
        self.disordered: dict[int, bool] = {}  # connections of which it was said

    @on_stray
    def stray(self, answer: Seen) -> None:
        message_id, direction = answer.message_id, answer.direction
        if message_id is None or direction is None or answer.connection in self.disordered:
            return
        put(
            self.strays,
            answer.index,
            _Stray(answer.index, answer.clock, message_id, direction, answer.connection),
            MOST,
        )
        self.listen(True)

    @on_record(RecordKind.CALL)
    def called(self, call: Seen) -> None:
        connection, direction = call.connection, call.direction
        for one in list(self.strays.values()):
            if call.clock - one.clock > SOON:
                del self.strays[one.place]
            elif (
                connection == one.connection
                and direction is one.direction.opposite
                and call.message_id == one.message_id  # it is read last: few calls come so far
            ):
                del self.strays[one.place]
                waited = call.since(one.clock)
                after = f"{TimeSpan(waited)} after" if waited else "after"
                self.disorder(call, one.place, f"The call is {after} its answer")
        if not self.strays:
            self.listen(False)

    @on_earlier
    def earlier(self, record: Seen, by: int) -> None:
        if by >= LEAST:
            self.disorder(record, None, f"The record is {TimeSpan(by)} earlier than one before it")

    def disorder(self, record: Seen, other: int | None, what: str) -> None:
        """Report it once for each connection."""
        if record.connection not in self.disordered:
            put(self.disordered, record.connection, True, MOST_CONNECTIONS)
            self.found(ORDER, record, () if other is None else (other,), what=what)


class CutChecker(Checker):
    """Remembers the lengths of messages that were cut."""

    def begin(self) -> None:
        self.cut: dict[int, list[int]] = {}  # messages by their length
        self.reported: dict[int, bool] = {}  # lengths
        self.longest = 0

    @on_record(RecordKind.MALFORMED)
    def malformed(self, record: Seen) -> None:
        frame = record.frame
        if not isinstance(frame, Malformed) or frame.defect.name != "truncated":
            return
        length = len(frame.raw)
        if length < self.longest or length in self.reported:
            return
        self.longest = length
        alike = [*self.cut.get(length, []), record.index]
        put(self.cut, length, alike, MOST_LENGTHS)
        if len(alike) >= (ALIKE_WITH_SIGN if _shows_cut(frame) else ALIKE):
            put(self.reported, length, True, MOST_LENGTHS)
            self.found(CUT, record, tuple(alike[:-1]), count=len(alike), length=length)


def _shows_cut(frame: Malformed) -> bool:
    """Whether the text itself shows that a logger cut it."""
    text = frame.raw if isinstance(frame.raw, str) else frame.raw.decode("utf-8", "replace")
    return text.rstrip().endswith(_SIGNS) or bool(left_out(text, frame.defect.position or 0))
