"""The frames in the lines of a log, in every notation: within a line, and over several lines."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ocpptui.importing.cut_frames import ends_excerpt
from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.lines.element_lines import ElementLines
from ocpptui.importing.lines.field_lines import FieldLines
from ocpptui.importing.lines.line_search import LineSearch
from ocpptui.importing.packets.hex_dump import HexDump, HexDumps, may_begin_dump
from ocpptui.importing.packets.split_messages import SplitMessages
from ocpptui.importing.texts.envelope_scanner import SpreadEnvelope
from ocpptui.importing.texts.frame_scanner import START
from ocpptui.importing.texts.multiline_frame import NotContinued, SpreadFrame, reaches_edge, without_box
from ocpptui.importing.texts.printed_notation import PRINTED, json_of_printed
from ocpptui.importing.texts.terminal_colours import without_colours
from ocpptui.importing.texts.torn_line import TornLine
from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.jsontext.text import STRING
from ocpptui.jsontext.tokens import Brackets, is_closed, value_end
from ocpptui.ocpp.json_defects import has_too_many_values
from ocpptui.timeline.record import Cut

_STRING = lazily(STRING)
SOON = 4
"""Within how many lines behind a dump the next one follows that continues its message."""


class FrameFinder:
    """Finds the frames in a sequence of lines."""

    def __init__(self, tally: ImportTally, *, finds_events: bool = False) -> None:
        """With `finds_events`, lines without a frame are looked at for what they say of a connection."""
        self.tally = tally
        self._search = LineSearch(tally, frames_in_text, finds_events=finds_events)
        self._around = self._search.around
        self._dumps = HexDumps()
        self._split = SplitMessages()
        self._spread: SpreadFrame | None = None
        self._envelope: SpreadEnvelope | None = None
        self._torn: TornLine | None = None
        self.may_be_coloured = True
        """Whether the next lines may have colours; set to False by one who knows that they have none."""
        self._object: FieldLines | ElementLines | None = None
        self._joined: list[tuple[int, str]] = []  # the lines of the spread frame or envelope after its first

    def take(self, number: int, line: str) -> Sequence[FoundFrame]:
        """The frames that end in this line."""
        if self.may_be_coloured:
            line = without_colours(line)
        if self._object is not None:
            return self._go_on_with_object(self._object, number, line)
        dumps = self._dumps
        if dumps.open is not None or dumps.expected or (may_begin_dump(line) and self._envelope is None):
            ended, belongs = dumps.take(number, line)
            in_dumps = [one for dump in ended for one in self._in_dump(dump)]
            found: Sequence[FoundFrame] = in_dumps if belongs else [*in_dumps, *self._take_line(number, line)]
        else:
            found = self._take_line(number, line)
        return found if self._around.object is None else self._without_last(found)

    def finish(self) -> list[FoundFrame]:
        """The frame that is still unfinished."""
        dump = self._dumps.finish()
        found = [] if dump is None else self._in_dump(dump)
        if self._envelope is not None:
            found += self._end_of_envelope(self._envelope)
        found += self._end_of_torn() + self._end_of_spread() + self._split.finish()
        return found if self._object is None else [self._object.finish(), *found]

    def _without_last(self, found: Sequence[FoundFrame]) -> Sequence[FoundFrame]:
        """The frames without the last one, if it is in an object that may go on in the next line."""
        begun, self._around.object = self._around.object, None
        if begun is None or not found or found[-1] is not begun.found:
            return found
        self._object = begun
        return found[:-1]

    def _go_on_with_object(self, begun: FieldLines | ElementLines, number: int, line: str) -> Sequence[FoundFrame]:
        """The frames that end in a line that may be part of an object."""
        if START.search(line) is None and begun.take(line):
            self.tally.learn_secrets(line)
            self.tally.skip(number, line)
            if not begun.has_ended:
                return ()
            self._object = None
            return [begun.finish()]
        self._object = None
        return [begun.finish(), *self.take(number, line)]

    def _take_line(self, number: int, line: str) -> Sequence[FoundFrame]:
        """The frames that end in a line that is not part of a dump."""
        boxed, line = line, without_box(line)
        self._search.at_edge = line is not boxed and reaches_edge(boxed)
        if self._envelope is None and self._spread is None and self._torn is None:
            return self._search_line(number, line)
        if self._torn is not None:
            whole = self._go_on_with_torn(self._torn, line)
            return whole if whole is not None else [*self._end_of_torn(), *self._take_line(number, line)]
        ended = list[FoundFrame]()
        if self._envelope is not None:
            ended, envelope_rest = self._go_on_with_envelope(self._envelope, number, line)
            if envelope_rest is None:
                return ended
            line = envelope_rest
        if self._spread is not None:
            joined, rest = self._go_on(self._spread, number, line)
            if joined and rest is None:
                return ended
            ended += self._end_of_spread(line)
            if rest is not None:
                if START.search(rest) is None:
                    return ended
                line = rest
        return [*ended, *self._search_line(number, line)]

    def _search_line(self, number: int, line: str, *, may_be_torn: bool = True) -> Sequence[FoundFrame]:
        """The frames in a line that is part of nothing that began before."""
        found = self._search.search(number, line, may_be_torn=may_be_torn)
        begun = self._search.begun
        if begun is not None:
            self._search.begun = None
            if isinstance(begun, SpreadFrame):
                begun.at_edge = self._search.at_edge
                self._spread = begun
            elif isinstance(begun, TornLine):
                self._torn = begun
            else:
                self._envelope = begun
        return found

    def _in_dump(self, dump: HexDump) -> list[FoundFrame]:
        """The frames in a dump, or else in its lines; the text beside its bytes is not searched."""
        first, prefix = dump.lines[0][0], dump.prefix
        ended = self._split.take(bytes(dump.data), lambda frame: self._search.carried(first, prefix, frame))
        if ended is not None:
            self._dumps.expected = SOON if self._split.is_open else 0
            self.tally.with_frame += len(dump.lines)
            return self._end_of_spread() + ended
        frames = dump.frames
        if not frames and not dump.certain:
            return [one for number, line in dump.lines for one in self._take_line(number, line)]
        found = self._end_of_spread()
        if frames:
            self.tally.with_frame += len(dump.lines)
            return found + [self._search.carried(first, prefix, frame) for frame in frames]
        self._skip(dump.lines)
        return found

    def _go_on(self, spread: SpreadFrame, number: int, line: str) -> tuple[bool, str | None]:
        """Whether the line belongs to the spread frame, and the rest of the line after the end of that frame."""
        begins = None
        if "[" in line:  # as in every line that has the beginning of a frame
            outside = line if spread.torn else _STRING.sub(_emptied, line)  # it may look like a frame in a string
            begins = START.search(outside)
        if begins is not None and not (spread.torn and (begins["escape"] or begins["escape2"])):
            return False, None
        try:
            rest = spread.take(line)
        except NotContinued:
            return False, None
        self._joined.append((number, line))
        return True, rest

    def _end_of_spread(self, behind: str = "") -> list[FoundFrame]:
        """The spread frame, complete or not; lines that turn out not to belong to it are counted as skipped. `behind`
        is the line that it does not go on in."""
        spread = self._spread
        if spread is None:
            return []
        text, joined, self._joined, self._spread = spread.text, self._joined, [], None
        others = joined if spread.on_trial else []
        joined = [] if spread.on_trial else joined
        if (Brackets.end_of if has_too_many_values(text) else value_end)(text, 0) is not None:
            frame = self._search.found(spread.number, spread.prefix, text)
        elif (converted := json_of_printed(text)) is not None:
            frame = self._search.found(spread.number, spread.prefix, converted, PRINTED)
        elif spread.certain:
            frame = self._search.truncated(spread.number, spread.prefix, text, at_edge=spread.at_edge)
            behind = (others or joined or [(0, behind)])[0][1]
            if frame.cut is Cut.LINE and ends_excerpt(behind):
                frame.cut = Cut.LOG_ENDS
        else:
            self._skip([(spread.number, spread.line), *joined])
            return []
        self.tally.with_frame += 1
        if spread.torn:
            self._skip(joined)
        else:
            self.tally.with_frame += len(joined)
        found = [frame]
        for number, line in others:
            found += self._search_line(number, line, may_be_torn=False)
            found += self._end_of_spread()
        return found

    def _go_on_with_torn(self, torn: TornLine, line: str) -> Sequence[FoundFrame] | None:
        """The frames that end in a line with which a torn one goes on; None if it does not."""
        begins = START.search(line)
        if begins is not None and not (begins["escape"] or begins["escape2"]):
            return None
        try:
            whole = torn.take(line, has_frame=begins is not None)
        except NotContinued:
            return None
        if whole is None:
            return []
        if not torn.is_whole(whole):
            return self._end_of_torn()
        self._torn = None
        self.tally.with_frame += len(torn.pieces) - 1
        return self._search_line(torn.number, whole, may_be_torn=False)

    def _end_of_torn(self) -> list[FoundFrame]:
        """The frames in the lines of a torn one that do not make a whole, each on its own."""
        torn, self._torn = self._torn, None
        if torn is None:
            return []
        found = list(self._search_line(torn.number, torn.pieces[0], may_be_torn=False))
        for number, line in enumerate(torn.pieces[1:], torn.number + 1):
            found += self._take_line(number, line)
        return found

    def _go_on_with_envelope(
        self, envelope: SpreadEnvelope, number: int, line: str
    ) -> tuple[list[FoundFrame], str | None]:
        """Continue with the envelope that has begun: what ends, and what is left of the line, None if nothing is."""
        try:
            rest = envelope.take(line)
        except NotContinued:
            return self._end_of_envelope(envelope), line
        self._joined.append((number, line))
        if rest is None:
            return [], None
        return self._end_of_envelope(envelope), rest if "Envelope" in rest or START.search(rest) else None

    def _end_of_envelope(self, envelope: SpreadEnvelope) -> list[FoundFrame]:
        """The envelope that was spread over lines, complete or not."""
        joined, self._envelope, self._joined = self._joined, None, []
        belongs, found = envelope.lines if envelope.is_envelope else 0, list[FoundFrame]()
        if belongs:
            self.tally.with_frame += belongs
            found.append(self._search.envelope(envelope.number, envelope.prefix, envelope.raw))
        else:
            self._around.skip(envelope.number, envelope.line)
        self._skip(joined[max(0, belongs - 1) :])
        return found

    def _skip(self, lines: Sequence[tuple[int, str]]) -> None:
        for number, line in lines:
            self._around.skip(number, line)


def frames_in_text(text: str) -> list[FoundFrame]:
    """The frames in a text on its own, for example in a field of a JSON object."""
    finder = FrameFinder(ImportTally())
    found = [one for number, line in enumerate(text.split("\n"), 1) for one in finder.take(number, line)]
    return [*found, *finder.finish()]


def _emptied(string: re.Match[str]) -> str:
    """A string without its content; one that the end of the line truncates stays."""
    return '""' if is_closed(string[0]) else string[0]
