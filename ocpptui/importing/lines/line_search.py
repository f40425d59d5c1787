"""The frames in a single line of a log, in every notation, and what begins in it and goes on in the next."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from ocpptui.importing.connections.connection_statements import SAYS
from ocpptui.importing.fields.frame_from_parts import Assembler
from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.lines import cef_fields
from ocpptui.importing.lines.begun_texts import BegunText, BegunTexts, UnclosedText, announces
from ocpptui.importing.lines.frame_surroundings import Surroundings
from ocpptui.importing.lines.frameless_lines import FramelessLines
from ocpptui.importing.objects.broken_objects import object_around_frames
from ocpptui.importing.packets.framed_bytes import AS_BYTES, CarriedFrame
from ocpptui.importing.packets.packet_fields import is_segment
from ocpptui.importing.packets.printed_bytes import bytes_in
from ocpptui.importing.prefixes.log_prefix import LONGEST, read_prefix
from ocpptui.importing.texts.envelope_scanner import Spotted, SpreadEnvelope, declaration_in, envelopes_in
from ocpptui.importing.texts.frame_enclosure import trimmed_frame
from ocpptui.importing.texts.frame_scanner import (
    OPEN,
    PRINTED_CALL,
    START,
    is_in_frame,
    is_quoted,
    message_at_end,
    printed_call,
    text_behind,
)
from ocpptui.importing.texts.line_breaks import LineBreaks
from ocpptui.importing.texts.line_escapes import with_plain_frame, without_literal_escapes, without_markdown
from ocpptui.importing.texts.multiline_frame import SpreadFrame
from ocpptui.importing.texts.odd_frames import odd_frame
from ocpptui.importing.texts.printed_notation import PRINTED, json_of_message
from ocpptui.importing.texts.soap_block import exchange_in
from ocpptui.importing.texts.torn_line import TornLine, torn_before_frame, torn_line
from ocpptui.importing.times.timestamps import best_moment
from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.jsontext.tokens import Brackets, value_end
from ocpptui.ocpp.json_defects import has_too_many_values
from ocpptui.timeline.record import Cut

_TAIL = lazily(r"[}\]]\s*\]$")
"""The end of a line that ends a frame."""
_LOOKS_LIKE_TAIL = lazily(r"\"[^\"]*\"\s*:")
LATEST = 16
"""How many frames before a line may be those whose parts the line has."""
_OF_REQUEST = lazily(r"\bfor request\s{0,9}[\[:(]?\s{0,9}$")
"""Before the request that Spring-WS repeats behind its response."""
REPEATED = 50
"""How many requests over SOAP are remembered to know such a repetition."""


class LineSearch:
    """Finds the frames in lines, each on its own."""

    def __init__(
        self, tally: ImportTally, search_text: Callable[[str], list[FoundFrame]], *, finds_events: bool = False
    ) -> None:
        """`search_text` finds the frames in a string of a JSON object. `finds_events`: also connection events."""
        self.tally = tally
        self.around = Surroundings(tally)
        self.begun: SpreadFrame | SpreadEnvelope | TornLine | None = None
        """What begins in the last line and may go on in the next; set to None by the one who takes it."""
        self.at_edge = False
        """Whether the line goes up to the edge of a box around it."""
        self._search_text = search_text
        self._finds_events = finds_events
        self._may_be_torn = True
        self._requests: deque[str] = deque(maxlen=REPEATED)  # the last ones over SOAP
        self._latest: deque[str | bytes] = deque(maxlen=LATEST)  # the last frames that are there as such
        self._frameless = FramelessLines()
        self._breaks = LineBreaks()
        self._assembler = Assembler()
        self._behind_words = Assembler(makes_ids=False)  # the log may have the frame itself in another line

    def search(self, number: int, line: str, *, may_be_torn: bool = True) -> Sequence[FoundFrame]:
        """The frames in a line, which is counted. `may_be_torn`: whether a string may go on in the next line."""
        self._may_be_torn = may_be_torn
        match = START.search(line)
        if match is not None:
            prefix = line[: match.start()]
            # Nothing before it shows that something else is around it.
            if (
                "{" not in prefix
                and "Envelope" not in prefix
                and (whole := self._up_to_end(number, line, prefix)) is not None
            ):
                self.tally.with_frame += 1
                return (whole,)
        if "Envelope" in line:
            spotted = envelopes_in(line)
            if spotted and not is_in_frame(line, spotted[0].start):
                return self._in_envelopes(number, line, spotted)
        if match is None and self._frameless.have(line):
            self.around.pass_by(number, line)
            return ()
        if (match is None and ("&" in line or "%5" in line or "\\x22" in line)) or '""' in line:
            plain = with_plain_frame(line)
            if plain != line:
                line, match = plain, START.search(plain)
        if match is not None and line[match.start() - 1 : match.start()] == "\\":
            line = without_markdown(line)
            match = START.search(line)
        found: Sequence[FoundFrame]
        if match is None:
            found = self._without_start(number, line)
        else:
            start = match.start()
            found = self._structured(number, line, start) if line.find("{", 0, start) >= 0 else ()
            found = found or self._with_start(number, line, match)
        if found:
            self.tally.with_frame += 1
            self.tally.learn_secrets(line)  # behind its frames and around them too
        elif self.begun is None:
            event = self.around.event_in(number, line) if self._finds_events else None
            self.around.skip(number, line, "" if event is None or event.event is None else SAYS[event.event])
            self._frameless.learn(line)
            return () if event is None else (event,)
        return found

    def found(self, number: int, prefix: str, raw: str | bytes, notation: str = "", rest: str = "") -> FoundFrame:
        """A frame with what is said before it in its line, and in the rest of the line behind it."""
        if rest:
            self.around.learn_ending(rest)
        self._latest.append(raw)
        found = FoundFrame(raw, number)
        if notation:
            found.notation = notation
        return self.around.describe(found, prefix, rest)

    def truncated(self, number: int, prefix: str, text: str, *, at_edge: bool = False) -> FoundFrame:
        """A truncated or damaged frame, without what is behind the other frames too."""
        frame = self.around.without_ending(trimmed_frame(prefix, text))
        found, rest = FoundFrame(frame, number), text[len(frame) :]
        if not rest.strip():
            found.cut = Cut.EDGE if at_edge else Cut.LINE
        return self.around.describe(found, prefix, rest)

    def carried(self, number: int, prefix: str, frame: CarriedFrame) -> FoundFrame:
        """A frame that the log shows as bytes."""
        found = FoundFrame(frame.raw, number, direction=frame.direction, notation=AS_BYTES)
        return self.around.describe(found, prefix + frame.route)

    def envelope(self, number: int, prefix: str, raw: str) -> FoundFrame:
        """A SOAP envelope; what it says itself counts more than the text around it."""
        from ocpptui.importing.found_envelope import found_envelope

        found = found_envelope(raw, number, None)
        if not found.is_answer:
            self._requests.append(raw)
        lines = self.around.lines_above()
        found.exchange, flow = exchange_in(prefix, lines), None
        if found.direction is None:
            flow = next((said.flow for said in map(read_prefix, lines) if said.says_direction), None)
        self.around.describe(found, prefix)
        found.flow = found.flow or flow
        return found

    def _up_to_end(self, number: int, line: str, prefix: str) -> FoundFrame | None:
        """The frame that the rest of a line is, as almost always; None if there is anything else in it."""
        message = message_at_end(line, len(prefix))
        if message is None:
            return None
        self._latest.append(message.raw)
        found = FoundFrame(message.raw, number)
        found.frame = message
        return self.around.describe(found, prefix)

    def _with_start(self, number: int, whole: str, match: re.Match[str] | None) -> list[FoundFrame]:
        """The frames in a line that has the beginning of one."""
        if match is not None and (one := self._up_to_end(number, whole, whole[: match.start()])) is not None:
            return [one]
        if "\\=" in whole and cef_fields.MARK in whole:
            whole = cef_fields.cef_unescaped(whole)
            match = START.search(whole)
        found, place, texts = list[FoundFrame](), 0, BegunTexts(whole)
        while match is not None:
            start = match.start()
            text: BegunText | UnclosedText | None = texts.literal(match)
            if text is None and (match["escape"] or match["escape2"]):
                if (
                    self._may_be_torn
                    and not found
                    and (torn := torn_line(whole, number, start, self._breaks)) is not None
                ):
                    self.begun = torn
                    return found
                text = texts.escaped(match)
            text = text or texts.bracketed(match, whole[place:start])
            if isinstance(text, UnclosedText):
                prefix, following = whole[place:start], START.search(whole, match.end())
                if following is None:
                    found += self._unclosed_at_end(number, prefix, whole, start, text.is_broken)
                    break
                raw = trimmed_frame(prefix, whole[start : following.start()])
                found.append(self.found(number, prefix, raw))
                place, match = start + len(raw), following
                continue
            match = START.search(whole, text.end)
            if text.raw is not None:
                rest = text_behind(whole, text.end, match)
                found.append(self.found(number, whole[place : text.start], text.raw, text.notation, rest))
            place = text.end
        if len(found) > 1:
            self._take_time_behind(found, whole, place)
        if len(found) > 1 and whole.lstrip()[:1] == "<":  # as PDML has it in two attributes
            return [one for place, one in enumerate(found) if one.raw not in [other.raw for other in found[:place]]]
        return found

    @staticmethod
    def _take_time_behind(found: list[FoundFrame], line: str, end: int) -> None:
        """Give the frames of a line, as of a call and its answer in one row, the time behind the last of them, if the
        line has none before it."""
        moment = best_moment(line[end : end + LONGEST]) if end < len(line) else None
        if moment is not None and moment.dated and not any(best_moment(one.prefix) for one in found):
            for one in found:
                one.at(moment)

    def _unclosed_at_end(self, number: int, prefix: str, line: str, start: int, is_broken: bool) -> list[FoundFrame]:
        """The last frame of a line, which does not end in it: truncated or damaged, else it may go on in the next."""
        if is_broken or is_quoted(line, start):
            return [self.truncated(number, prefix, line[start:], at_edge=self.at_edge)]
        self.begun = SpreadFrame(line, start, number, prefix, certain=True, breaks=self._breaks)
        return []

    def _structured(self, number: int, line: str, start: int) -> list[FoundFrame]:
        """The frames of a line that is a JSON object with a frame inside."""
        brace = line.find("{", 0, start)
        if brace < 0 or has_too_many_values(line):
            return []
        if line[brace - 1 : brace + 2] == '"{\\':
            return self._in_quoted_object(number, line, brace - 1)
        if not line.rstrip().endswith("}"):
            return []
        value = _object(line[brace:])
        if value is None:
            return []
        prefix = line[:brace].strip()
        assembler = self._behind_words if prefix else self._assembler
        found = _frames_in(value, self._search_text, line[brace:], assembler)
        return self._behind(number, prefix, found)

    def _in_quoted_object(self, number: int, line: str, quote: int) -> list[FoundFrame]:
        """The frames of a JSON object that is a string in a line, as in logfmt: `msg="{\\"cp\\": …}"`."""
        end = value_end(line, quote)
        if end is None:
            return []
        text = json.loads(line[quote:end])
        value = _object(text)
        if value is None:
            return []
        found = _frames_in(value, self._search_text, text, self._behind_words)
        return self._behind(number, f"{line[:quote]} {line[end:]}".strip(), found)

    def _in_parts(self, number: int, line: str) -> list[FoundFrame]:
        """The frame of a line that has its parts with their labels."""
        from ocpptui.importing.lines.labelled_parts import labelled_parts

        parts = labelled_parts(line) if "{" in line else None
        if parts is None or any(parts.are_those_of(raw) for raw in self._latest):
            return []
        found = _frames_in(parts.fields, None, "", self._behind_words)
        return self._behind(number, line[: parts.start].strip(), found)

    def _behind(self, number: int, prefix: str, found: list[FoundFrame]) -> list[FoundFrame]:
        """Frames with what the text before their object says."""
        outer = read_prefix(prefix) if prefix else None
        for one in found:
            one.line = number
            if outer is not None:
                if one.time is None and outer.moment is not None:
                    one.at(outer.moment)
                one.flow = one.flow or (outer.flow if one.direction is None else None)
                one.leaning = one.leaning or outer.leaning
                if not one.charge_point:
                    one.prefix = f"{prefix} {one.prefix}"
            self.around.complete(one)
        return found

    def _without_start(self, number: int, line: str) -> Sequence[FoundFrame]:
        """The frames in a line in which none begins as JSON."""
        if "?>" in line[-12:] and (declaration := declaration_in(line)) is not None:
            self.begun = SpreadEnvelope(line, declaration, number)
            return ()
        if "<Call" in line and (printed := PRINTED_CALL.search(line)) is not None:
            call = printed_call(line, printed.start())
            converted = json_of_message(call)
            raw, notation = (call, "") if converted is None else (converted, PRINTED)
            return [self.found(number, line[: printed.start()], raw, notation)]
        if self._may_be_torn and (torn := torn_before_frame(line, number, self._breaks)) is not None:
            self.begun = torn
            return ()
        if "{" in line:
            assembled = self._structured(number, line, len(line)) if '"' in line else []
            if assembled:
                return assembled
            if is_segment(line):
                return ()
        if (plain := without_literal_escapes(line)) != line:
            return self._with_start(number, plain, START.search(plain))
        if "{" in line and (assembled := self._in_parts(number, line)):
            return assembled
        carried = self._in_bytes(number, line)
        if carried:
            return carried
        odd = odd_frame(line, self._is_announced)
        if odd is not None:
            return [self.found(number, line[: odd[0]], line[odd[0] : odd[1]])]
        if "[" not in line and "]" not in line and "}" not in line:
            return ()
        stripped = line.rstrip()
        start = self.around.after_announcement(stripped) if stripped[-1:] in ("]", "}") else None
        if start is not None:
            return [self.found(number, line[:start], stripped[start:])]
        opening = OPEN.search(line)
        if opening is not None:
            self.begun = SpreadFrame(
                line, opening.start(), number, line[: opening.start()], certain=False, breaks=self._breaks
            )
        elif _TAIL.search(stripped) and _LOOKS_LIKE_TAIL.search(stripped) and value_end(stripped, 0) is None:
            brackets = Brackets()
            closed = brackets.feed(stripped)
            if closed != len(stripped) and (brackets.broken or not brackets.open):
                return [self.found(number, "", stripped)]
        return ()

    def _is_announced(self, prefix: str) -> bool:
        """Whether the text before a list says that a frame follows, or is before other frames, too."""
        return self.around.is_before_frames(prefix) or announces(prefix)

    def _in_bytes(self, number: int, line: str) -> list[FoundFrame]:
        """The frames in bytes that the line shows."""
        found, place = list[FoundFrame](), 0
        for run in bytes_in(line):
            found += [self.carried(number, line[place : run.start], frame) for frame in run.frames]
            place = run.end
        return found

    def _in_envelopes(self, number: int, line: str, spotted: list[Spotted]) -> list[FoundFrame]:
        """The envelopes in a line, and the beginning of one that goes on in the next."""
        found, place = self._structured(number, line, spotted[0].start), 0
        if found:
            self.tally.with_frame += 1
            return found
        for one in spotted:
            prefix = line[place : one.start]
            if one.may_go_on:
                self.begun = SpreadEnvelope(line, one.start, number)
            elif not (one.raw in self._requests and _OF_REQUEST.search(prefix)):
                found.append(self.envelope(number, prefix, one.raw))
            place = one.end
        if len(spotted) > 1 or self.begun is None:
            self.tally.with_frame += 1
        return found


def _object(text: str) -> Any:
    """The JSON object that a text is, maybe with malformed frames in it; None if it is not one."""
    try:
        return json.loads(text)  # read by Python so that numbers keep their notation
    except (ValueError, RecursionError):
        broken = object_around_frames(text)
        return None if broken is None or text[broken[1] :].strip() else broken[0]


def _frames_in(
    value: Any, search_text: Callable[[str], list[FoundFrame]] | None, text: str, assembler: Assembler
) -> list[FoundFrame]:
    """The frames in a value that is decoded from a text."""
    from ocpptui.importing.objects.json_frames import frames_in  # which few logs need

    return list(frames_in(value, search_text, text, None, assembler))
