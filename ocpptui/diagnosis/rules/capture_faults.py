"""Captures that show something otherwise than it happened, because of how they were made."""

from __future__ import annotations

from typing import NamedTuple

from ocpptui.diagnosis.checker import Checker, on_earlier, on_record, on_stray
from ocpptui.diagnosis.known import MOST_CONNECTIONS
from ocpptui.diagnosis.rule import Phrase, Rule, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.version import Direction
from ocpptui.runtime.bounded import put
from ocpptui.timeline.record import Cut, RecordKind
from ocpptui.timeline.severity import Severity

SOON = 5 * SECOND
"""A call that comes so soon after its answer was only written later."""
LEAST = SECOND // 10
"""So much earlier than the one before it, a message was written late; less is the jitter of two clocks or tasks."""
MOST = 20
"""Answers without a call that are remembered."""
MOST_LENGTHS = 100
ALIKE = 3
"""So many messages that end after as many characters, and nothing longer, were not cut by chance."""
MOST_REPORTED = 2 * MOST_LENGTHS * ALIKE
"""As many messages as `MOST_LENGTHS` lengths of messages and of lines have."""

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
    "The log has only a part of this message, so its content was not checked.",
    "Seen in the field: loggers that write the first bytes of each message, or leave out the middle; lines that were "
    "copied from a screen; excerpts",
    says="The log has only a part of this message, so its content was not checked: {how}.",
    remedy="Check the settings of the logger, or copy the whole line. The rest of the message is lost.",
    replaces=frozenset({"rpc.not-json"}),
    positive=(
        (
            f"* 10:00:01 > cut:line {_cut(256, 1)}\n* 10:00:02 > cut:line {_cut(256, 2)}\n"
            f"* 10:00:03 > cut:line {_cut(256, 3)}\n* 10:00:04 > cut:line {_cut(256, 4)}"
        ),
        # The log shows where it was cut.
        f"* 10:00:01 > cut:mark {_cut(118, 1)}>",
        f"* 10:00:01 > cut:mark {_SHORTENED % 1}\n* 10:00:02 > cut:mark {_SHORTENED % 2}",
        f"* 10:00:01 > cut:edge {_cut(118, 1)}",
        f"10:00:01 > Heartbeat {{}}\n* 10:00:03 > cut:log-ends {_cut(99, 1)}",
        '* 10:00:01 < cut:log-begins "A","value":"1"}]}]\n10:00:03 > Heartbeat {}',
        # The other side has read it.
        f'* 10:00:01 > cut:answered {_cut(256, 1)}\n10:00:02 < [3,"1",{{"status":"Accepted"}}]',
    ),
    negative=(
        # What the recording has is what was sent.
        f"10:00:01 > {_cut(256, 1)}\n10:00:02 > {_cut(256, 2)}\n10:00:03 > {_cut(256, 3)}",
        f"10:00:01 > {_cut(118, 1)}>",
        f"10:00:01 > cut:line {_cut(256, 1)}",
        f'10:00:01 > cut:line {_cut(256, 1)}\n10:00:02 < [4,"1","FormationViolation","",{{}}]',
        f"10:00:01 > cut:line {_cut(256, 1)}\n10:00:02 > cut:line {_cut(250, 2)}\n10:00:03 > cut:line {_cut(100, 3)}",
        # A longer message came through.
        (
            f"10:00:01 > cut:line {_cut(256, 1)}\n10:00:02 > cut:line {_cut(300, 2)}\n"
            f"10:00:03 > cut:line {_cut(256, 3)}\n10:00:04 > cut:line {_cut(256, 4)}"
        ),
    ),
)

_SHOWN_BY = {
    Cut.MARK: "a sign is in the place of the rest",
    Cut.EDGE: "it goes up to the edge of a box around it, as on a screen",
    Cut.ANSWERED: "its answer shows that the other side has read all of it",
    Cut.LOG_BEGINS: "the log begins within it",
    Cut.LOG_ENDS: "the log ends within it",
}

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
    """Remembers the lengths of messages that may have been cut."""

    def begin(self) -> None:
        self.alike: dict[tuple[str, int], list[int]] = {}  # messages by what was measured and its length
        self.longest: dict[str, int] = {}  # by what was measured
        self.reported: dict[int, bool] = {}  # the last messages of which it was said

    @on_record(RecordKind.MALFORMED)
    def malformed(self, record: Seen) -> None:
        cut = record.detail.get("cut")
        if cut in _SHOWN_BY:
            self.found(CUT, record, how=Phrase(_SHOWN_BY[cut]))
        elif cut == Cut.LINE:
            self.compare(record)

    def compare(self, record: Seen) -> None:
        """Compare the length of a message and of its line with those of others."""
        lengths = record.detail.get("lengths")
        for measured, length in lengths.items() if isinstance(lengths, dict) else ():
            if length < self.longest.get(measured, 0):
                continue
            self.longest[measured] = length
            alike = [*self.alike.get((measured, length), []), record.index]
            if len(alike) < ALIKE:
                put(self.alike, (measured, length), alike, MOST_LENGTHS)
                continue
            what = "its line" if measured == "line" else "it"
            how = Phrase(f"{what} ends after {length} characters, as others do that are not whole")
            for index in alike:
                if self.reported.get(index) is None:
                    put(self.reported, index, True, MOST_REPORTED)
                    self.found(CUT, index, tuple(other for other in alike if other != index), how=how)
            put(self.alike, (measured, length), alike[1:], MOST_LENGTHS)
