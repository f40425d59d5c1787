"""Line-based logs: frames anywhere in a line, after any prefix."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from html import unescape
from itertools import chain, islice
from typing import Any
from urllib.parse import unquote

import orjson

from ocpptui.importing.envelope_scanner import Spotted, SpreadEnvelope, declaration_in, envelopes_in
from ocpptui.importing.found_envelope import found_envelope
from ocpptui.importing.found_frame import FoundFrame, ImportStats
from ocpptui.importing.frame_from_parts import Assembler
from ocpptui.importing.frame_scanner import OPEN, START, escaped_frame, odd_frame
from ocpptui.importing.framed_bytes import AS_BYTES, CarriedFrame
from ocpptui.importing.hex_dump import HexDump, HexDumps, may_begin_dump
from ocpptui.importing.json_frames import frames_in
from ocpptui.importing.labelled_parts import labelled_parts
from ocpptui.importing.log_prefix import LONGEST, identity_in, read_prefix, version_in
from ocpptui.importing.multiline_frame import NotContinued, SpreadFrame, without_box
from ocpptui.importing.packet_addresses import Addresses, addresses_in
from ocpptui.importing.prefix_names import without_digits
from ocpptui.importing.printed_bytes import bytes_in, literal_at
from ocpptui.importing.printed_notation import json_of_printed
from ocpptui.importing.reader import ImportOptions, Material, Pause, ReaderStep, blocks
from ocpptui.importing.soap_block import exchange_in, is_header_date
from ocpptui.importing.text_stream import LineSplitter
from ocpptui.importing.timestamps import Moment, best_moment
from ocpptui.jsontext.text import STRING
from ocpptui.jsontext.tokens import Brackets, is_closed, value_end
from ocpptui.ocpp.actions import versions_of
from ocpptui.ocpp.json_encoding import MAX_VALUES, has_too_many_values
from ocpptui.ocpp.version import Transport, Version

_ESCAPED_FOR_HTML = re.compile(r"\[\s*[2-6]\s*,\s*&(?:quot|#34|#x22);")
_ESCAPED_FOR_URL = re.compile(r"%5B(?:%20)*[2-6]%2C\S+", re.IGNORECASE)
_DOUBLED = re.compile(r'"(\[\s*[2-6]\s*,\s*""(?:[^"]|"")+)"(?!")')
"""A frame in a cell of a table, with each of its quotation marks twice."""
_SPRING = re.compile(r"\.\.\], byteCount=\d+")
"""What Spring writes behind the beginning of a text message."""
_TICKS = ("`", "|")
_STOPS = frozenset(",.;")
MOST_ENDINGS = 64
"""How many texts behind frames are remembered."""
_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_PRINTED_CALL = re.compile(r"<Call(?:Result|Error)? - unique_id=")
"""The notation of messages printed by the Python library `ocpp`."""
_TAIL = re.compile(r"[}\]]\s*\]$")
"""The end of a line that ends a frame."""
_LOOKS_LIKE_TAIL = re.compile(r"\"[^\"]*\"\s*:")
_STRING = re.compile(STRING)
LEARNED = 2000
"""How many frames show how the lines of a log announce one."""
_OPENING = re.compile(r"[\[{]")
HEADER = 3
"""How many lines above a frame may say whose it is and which way it goes."""
LATEST = 16
"""How many frames before a line may be those whose parts the line has."""
LEAD = 40
"""Characters at the beginning of a line above that may be its time; one behind may be that of a payload."""
FAR_ABOVE = 200
"""How many lines above a frame may have its time; `tshark -V` writes about a hundred for each."""
_TOLD = re.compile(r"\b(?:rec(?:ei)?v|sen[dt]|rx\b|tx\b|messag|fram|ocpp)", re.IGNORECASE)
"""Words that announce a frame, before text that looks like a frame but is too short for one."""
_OF_REQUEST = re.compile(r"\bfor request\s{0,9}[\[:(]?\s{0,9}$")
"""Before the request that Spring-WS repeats behind its response."""
REPEATED = 50
"""How many requests over SOAP are remembered to know such a repetition."""
LONG = 2**18
"""Characters of a line; a longer one takes so long that a thread reads it."""
PORTION = 100
"""How many lines are read before the caller can look at the clock."""
FRUITLESS = 8
"""How many times a line may be searched in vain for the end of a frame; after that, a frame ends where the next one
begins. Without it, thousands of truncated frames in one line would each be searched up to its end."""


class LogLines:
    """The reader for logs of lines, and for every file that is of no other format."""

    name = "log"
    grows = True
    of_folders = False

    def detects(self, head: bytes, name: str) -> bool:
        return True

    def read(self, material: Material, tally: ImportStats, options: ImportOptions) -> Iterator[ReaderStep]:
        finder, splitter = FrameFinder(tally), LineSplitter()
        for block in blocks(material.stream, options.follow):
            if isinstance(block, Pause):
                yield block
            else:
                yield from _frames(finder, splitter.take(block))
        yield from _frames(finder, splitter.finish())
        yield list(finder.finish())


def _frames(finder: FrameFinder, lines: Iterator[tuple[int, str]]) -> Iterator[ReaderStep]:
    """The frames in some lines, in portions that take some milliseconds."""
    found: list[FoundFrame] = []
    for searched, (number, line) in enumerate(lines, 1):
        if len(line) > LONG:
            yield found
            found = []
            yield from _aside(finder, number, line)
        else:
            found += finder.take(number, line)
        if searched % PORTION == 0:
            yield found
            found = []
    yield found


def _aside(finder: FrameFinder, number: int, line: str) -> Iterator[ReaderStep]:
    """The frames in a long line, which a thread reads while the caller goes on."""
    with ThreadPoolExecutor(1, f"line {number}") as thread:
        reading = thread.submit(_read_frames, finder, number, line)
        while not reading.done():
            with suppress(TimeoutError):
                reading.exception(0.01)
            yield Pause.BUSY
    yield reading.result()


def _read_frames(finder: FrameFinder, number: int, line: str) -> list[FoundFrame]:
    """The frames that end in a long line, read already."""
    found = list(finder.take(number, line))
    for one in found:
        if one.transport is Transport.JSON:  # the id of an envelope may be found later
            one.frame = one.read()
    return found


class FrameFinder:
    """Finds the frames in a sequence of lines."""

    def __init__(self, tally: ImportStats) -> None:
        self.tally = tally
        self._dumps = HexDumps()
        self._spread: SpreadFrame | None = None
        self._joined: list[tuple[int, str]] = []  # the lines of the spread frame after its first
        self._above: deque[tuple[int, str]] = deque(maxlen=FAR_ABOVE)  # the lines since the last frame
        self._first: tuple[int, str] = (0, "")  # the line of the last frame, and the text before its first frame
        self._announcements: set[str] = set()  # the text before frames, without its digits
        self._endings: set[str] = set()  # the text behind frames, to the end of their lines, without its digits
        self._announced = ""  # the charge point that a line without a frame names
        self._version: Version | None = None
        self._letter: SpreadEnvelope | None = None
        self._requests: deque[str] = deque(maxlen=REPEATED)  # the last ones over SOAP
        self._latest: deque[str | bytes] = deque(maxlen=LATEST)  # the last frames that are there as such
        self._assembler = Assembler()
        self._behind_words = Assembler(makes_ids=False)  # the log may have the frame itself in another line

    def take(self, number: int, line: str) -> Iterator[FoundFrame]:
        """The frames that end in this line."""
        if "\x1b" in line:
            line = _ANSI.sub("", line)
        if self._dumps.is_open or (self._letter is None and may_begin_dump(line)):
            dumps, belongs = self._dumps.take(number, line)
            for dump in dumps:
                yield from self._in_dump(dump)
            if belongs:
                return
        yield from self._take_line(number, line)

    def _take_line(self, number: int, line: str) -> Iterator[FoundFrame]:
        """The frames that end in a line that is not part of a dump."""
        line = without_box(line)
        if self._letter is not None:
            rest = yield from self._go_on_with_envelope(number, line)
            if rest is None:
                return
            line = rest
        if self._spread is not None:
            joined, rest = self._go_on(number, line)
            if joined and rest is None:
                return
            spread, self._spread = self._spread, None
            yield from self._end_of(spread)
            if rest is not None:
                if START.search(rest) is None:
                    return
                line = rest
        yield from self._search(number, line)

    def finish(self) -> Iterator[FoundFrame]:
        """The frame that is still unfinished."""
        dump = self._dumps.finish()
        if dump is not None:
            yield from self._in_dump(dump)
        if self._letter is not None:
            yield from self._end_of_envelope(self._letter)
        if self._spread is not None:
            spread, self._spread = self._spread, None
            yield from self._end_of(spread)

    def _in_dump(self, dump: HexDump) -> Iterator[FoundFrame]:
        """The frames in a dump, or else in its lines; the text beside its bytes is not searched."""
        frames = dump.frames
        if not frames and not dump.certain:
            for number, line in dump.lines:
                yield from self._take_line(number, line)
            return
        if self._spread is not None:
            spread, self._spread = self._spread, None
            yield from self._end_of(spread)
        if frames:
            self.tally.with_frame += len(dump.lines)
            for frame in frames:
                yield self._carried(dump.lines[0][0], dump.prefix, frame)
            return
        for number, line in dump.lines:
            self._skip(number, line)

    def _carried(self, number: int, prefix: str, frame: CarriedFrame) -> FoundFrame:
        """A frame that the log shows as bytes."""
        found = FoundFrame(frame.raw, number, direction=frame.direction, notation=AS_BYTES)
        return self._with_prefix(found, prefix + frame.route)

    def _go_on(self, number: int, line: str) -> tuple[bool, str | None]:
        """Whether the line belongs to the spread frame, and the rest of the line after the end of that frame."""
        assert self._spread is not None
        outside = line if self._spread.torn else _STRING.sub(_emptied, line)  # it may look like a frame in a string
        if START.search(outside) is not None:
            return False, None
        try:
            rest = self._spread.take(line)
        except NotContinued:
            return False, None
        self._joined.append((number, line))
        return True, rest

    def _end_of(self, spread: SpreadFrame) -> Iterator[FoundFrame]:
        """The spread frame, complete or not; lines that turn out not to belong to it are counted as skipped."""
        text, joined, self._joined = spread.text, self._joined, []
        if (Brackets.end_of if has_too_many_values(text) else value_end)(text, 0) is not None:
            yield self._found(spread.number, spread.prefix, text)
        elif (converted := json_of_printed(text)) is not None:
            yield self._found(spread.number, spread.prefix, converted, "printed")
        elif spread.certain:
            yield self._truncated(spread.number, spread.prefix, text)
        else:
            self._skip(spread.number, spread.line)
            for number, line in joined:
                self._skip(number, line)
            return
        self.tally.with_frame += 1
        if spread.torn:
            for number, line in joined:
                self._skip(number, line)
        else:
            self.tally.with_frame += len(joined)

    def _search(self, number: int, line: str) -> Iterator[FoundFrame]:
        """The frames in a line that is not part of a spread frame."""
        place, found = 0, 0
        spotted = envelopes_in(line) if "Envelope" in line else []
        if spotted and not _is_in_frame(line, spotted[0].start):
            yield from self._in_envelopes(number, line, spotted)
            return
        match = START.search(line)
        if (match is None and ("&" in line or "%5" in line)) or '""' in line:
            plain = _unquoted(line)
            if plain != line:
                line, match = plain, START.search(plain)
        if match is None:
            yield from self._without_start(number, line)
            return
        whole = self._structured(number, line, match.start())
        if whole:
            self.tally.with_frame += 1
            yield from whole
            return
        whole_line, patience = line, FRUITLESS * len(line)
        find_end = Brackets.end_of if has_too_many_values(line) else value_end
        while match is not None:
            start = match.start()
            prefix = whole_line[place:start]
            if patience < 0:  # what begins here is looked for up to the next beginning only
                following = START.search(whole_line, match.end())
                line = whole_line if following is None else whole_line[: following.start()]
            literal = literal_at(whole_line, start)
            if literal is not None:
                found += 1
                before, rest = whole_line[place : literal.start], _behind(whole_line, literal.end)
                yield self._found(number, before, literal.raw, rest=rest)
                place = literal.end
                match = START.search(whole_line, place)
                continue
            if match["escape"] or match["escape2"]:
                taken = escaped_frame(line, start)
                if taken is not None:
                    found += 1
                    yield self._found(number, prefix, taken.raw, rest=_behind(whole_line, taken.end))
                else:
                    patience -= len(line) - start
                place = taken.end if taken is not None else match.end()
                match = START.search(whole_line, place)
                continue
            end = find_end(line, start)
            if end is not None:
                if _is_frame(line, start, end) or _TOLD.search(prefix) or _announces(prefix):
                    found += 1
                    end = _end_of_shortened(line, start, end)
                    yield self._found(number, prefix, line[start:end], rest=_behind(whole_line, end))
                place = end
                match = START.search(whole_line, place)
                continue
            patience -= len(line) - start
            brackets = Brackets()
            end = brackets.feed(line, start)
            if end is not None:
                converted = json_of_printed(line[start:end])
                found += 1
                rest = _behind(whole_line, end)
                if converted is not None:
                    yield self._found(number, prefix, converted, "printed", rest)
                else:
                    yield self._found(number, prefix, line[start:end], rest=rest)
                place = end
                match = START.search(whole_line, place)
                continue
            following = START.search(whole_line, match.end())
            if following is None:
                if brackets.broken or _quoted(line, start):
                    found += 1
                    yield self._truncated(number, prefix, line[start:])
                else:
                    self._spread = SpreadFrame(line, start, number, prefix, certain=True)
                break
            found += 1
            place = following.start()
            yield self._found(number, prefix, _cut(prefix, line[start:place]))
            match = following
        if found:
            self.tally.with_frame += 1
        elif self._spread is None:
            self._skip(number, line)

    def _structured(self, number: int, line: str, start: int) -> list[FoundFrame]:
        """The frames of a line that is a JSON object with a frame inside."""
        brace = line.find("{", 0, start)
        if brace < 0 or not line.rstrip().endswith("}") or has_too_many_values(line):
            return []
        try:
            value = json.loads(line[brace:])  # read by Python so that numbers keep their notation
        except (ValueError, RecursionError):
            return []
        prefix = line[:brace].strip()
        assembler = self._behind_words if prefix else self._assembler
        found = list(frames_in(value, frames_in_text, line[brace:], None, assembler))
        return self._behind(number, prefix, found)

    def _in_parts(self, number: int, line: str) -> list[FoundFrame]:
        """The frame of a line that has its parts with their labels."""
        parts = labelled_parts(line) if "{" in line else None
        if parts is None or any(parts.are_those_of(raw) for raw in self._latest):
            return []
        found = list(frames_in(parts.fields, None, "", None, self._behind_words))
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
            self._complete(one)
        return found

    def _without_start(self, number: int, line: str) -> Iterator[FoundFrame]:
        if "?>" in line[-12:] and (declaration := declaration_in(line)) is not None:
            self._letter = SpreadEnvelope(line, declaration, number)
            return
        printed = _PRINTED_CALL.search(line)
        if printed is not None:
            self.tally.with_frame += 1
            yield self._found(number, line[: printed.start()], _printed_call(line, printed.start()))
            return
        assembled = self._structured(number, line, len(line)) if '"' in line else []
        assembled = assembled or self._in_parts(number, line)
        if assembled:
            self.tally.with_frame += 1
            yield from assembled
            return
        place, any_found = 0, False
        for run in bytes_in(line):
            for frame in run.frames:
                any_found = True
                yield self._carried(number, line[place : run.start], frame)
            place = run.end
        if any_found:
            self.tally.with_frame += 1
            return
        odd = odd_frame(line, _announces) if "[" in line else None
        if odd is not None:
            self.tally.with_frame += 1
            yield self._found(number, line[: odd[0]], line[odd[0] : odd[1]])
            return
        stripped = line.rstrip()
        start = self._after_announcement(stripped) if stripped[-1:] in ("]", "}") else None
        if start is not None:
            self.tally.with_frame += 1
            yield self._found(number, line[:start], stripped[start:])
            return
        opening = OPEN.search(line)
        if opening is not None:
            prefix = line[: opening.start()]
            self._spread = SpreadFrame(line, opening.start(), number, prefix, certain=False)
            return
        if _TAIL.search(stripped) and _LOOKS_LIKE_TAIL.search(stripped) and value_end(stripped, 0) is None:
            brackets = Brackets()
            brackets.feed(stripped)
            if brackets.broken or not brackets.open:
                self.tally.with_frame += 1
                yield self._found(number, "", stripped)
                return
        self._skip(number, line)

    def _after_announcement(self, line: str) -> int | None:
        """Where the whole rest of a line is a JSON value after the same text that announces other frames, and so was
        sent or received in place of one; None if there is no such place."""
        if not self._announcements:
            return None
        for match in islice(_OPENING.finditer(line), HEADER):
            if without_digits(line[: match.start()]) in self._announcements:
                return match.start() if value_end(line, match.start()) == len(line) else None
        return None

    def _skip(self, number: int, line: str) -> None:
        if line.strip():
            self._above.append((number, line))
            self._announced = identity_in(line) or self._announced
            self._version = version_in(line) or self._version
        self.tally.skip(number, line)

    def _found(self, number: int, prefix: str, raw: str | bytes, notation: str = "", rest: str = "") -> FoundFrame:
        """A frame with what is said before it in its line, and in the rest of the line behind it."""
        ending = without_digits(rest.strip()) if rest and len(self._endings) < MOST_ENDINGS else ""
        # A bracket or a quotation mark alone may as well belong to a truncated frame itself.
        if ending[:1] in _TICKS or ending in _STOPS or any(map(str.isalnum, ending)):
            self._endings.add(ending)
        self._latest.append(raw)
        return self._with_prefix(FoundFrame(raw, number, notation=notation), prefix, rest)

    def _truncated(self, number: int, prefix: str, text: str) -> FoundFrame:
        """A truncated or damaged frame, without what is behind the other frames too."""
        frame = _cut(prefix, text)
        endings = [
            len(ending)
            for ending in self._endings
            if without_digits(frame[-len(ending) :]) == ending and (ending not in _STOPS or frame[-2:-1] == "]")
        ]
        frame = frame[: len(frame) - max(endings, default=0)].rstrip()
        return self._with_prefix(FoundFrame(frame, number), prefix, text[len(frame) :])

    # -- SOAP --------------------------------------------------------------------------------------------------------

    def _in_envelopes(self, number: int, line: str, spotted: list[Spotted]) -> Iterator[FoundFrame]:
        """The envelopes in a line, and the beginning of one that goes on in the next."""
        whole = self._structured(number, line, spotted[0].start)
        if whole:
            self.tally.with_frame += 1
            yield from whole
            return
        place = 0
        for one in spotted:
            prefix = line[place : one.start]
            if one.may_go_on:
                self._letter = SpreadEnvelope(line, one.start, number)
            elif not (one.raw in self._requests and _OF_REQUEST.search(prefix)):
                yield self._envelope(number, prefix, one.raw)
            place = one.end
        if len(spotted) > 1 or self._letter is None:
            self.tally.with_frame += 1

    def _go_on_with_envelope(self, number: int, line: str) -> Generator[FoundFrame, None, str | None]:
        """Continue with the envelope that has begun; returns what is left of the line, None if nothing is."""
        letter = self._letter
        assert letter is not None
        try:
            rest = letter.take(line)
        except NotContinued:
            yield from self._end_of_envelope(letter)
            return line
        self._joined.append((number, line))
        if rest is None:
            return None
        yield from self._end_of_envelope(letter)
        return rest if "Envelope" in rest or START.search(rest) else None

    def _end_of_envelope(self, letter: SpreadEnvelope) -> Iterator[FoundFrame]:
        """The envelope that was spread over lines, complete or not."""
        joined, self._letter, self._joined = self._joined, None, []
        belongs = letter.lines if letter.is_envelope else 0
        if belongs:
            self.tally.with_frame += belongs
            yield self._envelope(letter.number, letter.prefix, letter.raw)
        else:
            self._skip(letter.number, letter.line)
        for number, line in joined[max(0, belongs - 1) :]:
            self._skip(number, line)

    def _envelope(self, number: int, prefix: str, raw: str) -> FoundFrame:
        """A SOAP envelope; what it says itself counts more than the text around it."""
        found = found_envelope(raw, number, None)
        if not found.is_answer:
            self._requests.append(raw)
        lines = [line for _, line in islice(reversed(self._above), FAR_ABOVE)]
        found.exchange, flow = exchange_in(prefix, lines), None
        if found.direction is None:
            flow = next((told.flow for told in map(read_prefix, lines) if told.says_direction), None)
        self._with_prefix(found, prefix)
        found.flow = found.flow or flow
        return found

    def _with_prefix(self, found: FoundFrame, prefix: str, rest: str = "") -> FoundFrame:
        said = read_prefix(prefix)
        found.prefix = prefix[-LONGEST:].strip()
        above = [] if said.is_complete else self._lines_above(found.line)
        if rest and not said.is_complete and any(map(str.isalnum, rest)):
            above.insert(0, rest[:LONGEST])
        if said.moment is not None:
            found.at(said.moment)
        else:
            self._take_time_above(found, above)
        if not said.says_direction:
            told = next((told for told in map(read_prefix, above) if told.says_direction), None)
            if told is not None:
                said = told._replace(moment=said.moment, version=said.version)
            elif (pair := self._addresses_far_above()) is not None:
                said = said._replace(flow=pair.flow, connection=pair.connection)
        found.connection = found.connection or said.connection
        found.above = "\n".join(reversed(above))[-LONGEST:]
        found.direction, found.flow, found.leaning = found.direction or said.direction, said.flow, said.leaning
        found.version = found.version or said.version
        if found.line != self._first[0]:
            self._first = found.line, prefix
            if self.tally.with_frame < LEARNED and said.flow is not None and prefix[-1:].isspace():
                self._announcements.add(without_digits(prefix))
        self._above.clear()
        self._complete(found)
        return found

    def _lines_above(self, number: int) -> list[str]:
        """The lines directly above the line of a frame, the nearest first; for the second frame of a line, what is
        before the first."""
        if number == self._first[0]:
            return [self._first[1]]
        lines = list[str]()
        for above, line in islice(reversed(self._above), HEADER):
            if above < number - HEADER:
                break
            lines.append(line)
        return lines

    def _take_time_above(self, found: FoundFrame, above: list[str]) -> None:
        """The time of a frame whose line has none: that of the nearest line above, since the frame before."""
        aside: Moment | None = None
        for line in chain(above, (line for _, line in islice(reversed(self._above), len(above), None))):
            first = best_moment(line[:LEAD])
            moment = first if first is not None and first.zoned and first.start < 4 else best_moment(line)
            if moment is not None and is_header_date(line):
                aside = aside or moment  # by the clock of the other side
            elif moment is not None:
                found.at(moment)
                return
        if aside is not None:
            found.at(aside)

    def _addresses_far_above(self) -> Addresses | None:
        """The addresses in the lines above, since the frame before."""
        pairs = (addresses_in(line) for _, line in reversed(self._above) if "Src: " in line)
        return next((pair for pair in pairs if pair is not None), None)

    def _complete(self, found: FoundFrame) -> None:
        """Add what other lines said."""
        found.announced = found.announced or self._announced
        found.version = found.version or self._version


def frames_in_text(text: str) -> list[FoundFrame]:
    """The frames in a text on its own, for example in a field of a JSON object."""
    finder = FrameFinder(ImportStats())
    found = [one for number, line in enumerate(text.split("\n"), 1) for one in finder.take(number, line)]
    return [*found, *finder.finish()]


def _announces(prefix: str) -> bool:
    """Whether the text before a list says that a message was sent or received."""
    said = read_prefix(prefix)
    return said.direction is not None or said.flow is not None


def _is_in_frame(line: str, place: int) -> bool:
    """Whether a place in a line is in a frame of OCPP-J."""
    start = START.search(line, 0, place)
    if start is None:
        return False
    end = value_end(line, start.start())
    return end is None or end > place


def _is_frame(text: str, start: int, end: int) -> bool:
    """Whether a JSON array is a frame and not some other list that begins with a small number."""
    if end - start > MAX_VALUES and has_too_many_values(text[start:end]):
        return True
    try:
        elements: list[Any] = orjson.loads(text[start:end])
    except orjson.JSONDecodeError:
        elements = json.loads(text[start:end])
    kind, count = elements[0], len(elements)
    if kind in (2, 6):
        return count >= 3 and type(elements[2]) is str and (count >= 4 or bool(versions_of(elements[2])))
    if kind == 3:
        return count >= 3
    return count >= 4 and type(elements[2]) is str


def _emptied(string: re.Match[str]) -> str:
    """A string without its content; one that the end of the line truncates stays."""
    return '""' if is_closed(string[0]) else string[0]


def _quoted(line: str, start: int) -> bool:
    """Whether what starts here is quoted and the quotes end in this line."""
    quote = line[start - 1] if start else ""
    return quote in ("'", '"', "`") and line.find(quote, start) > 0 and line.rfind(quote) > start + 4


def _behind(line: str, end: int) -> str:
    """The rest of a line behind a frame, up to the next one."""
    following = START.search(line, end)
    return line[end : end + LONGEST] if following is None else line[end : following.start()]


def _end_of_shortened(line: str, start: int, end: int) -> int:
    """The end of a frame that a logger shortened: its brackets may seem to be closed before its end."""
    if "..." not in line[start:end] and "…" not in line[start:end]:
        return end
    while line[end : end + 1] in ("]", "}"):
        end += 1
    return end


def _unquoted(line: str) -> str:
    """A line in which a frame is written as in HTML, in a URL or in a cell of a table, with the frame as it was."""
    if _ESCAPED_FOR_HTML.search(line) is not None:
        return unescape(line)
    line = _ESCAPED_FOR_URL.sub(lambda match: unquote(match[0]), line)
    return _DOUBLED.sub(lambda match: match[1].replace('""', '"'), line)


def _cut(prefix: str, text: str) -> str:
    """The text of a truncated or damaged frame, without the quotes around it."""
    spring = _SPRING.search(text)
    if spring is not None:
        return text[: spring.start() + 2]
    quote = prefix[-1:]
    if quote in ("'", "`"):
        end = text.rfind("]" + quote)
        end = end + 1 if end > 0 else text.rfind(quote)
        if end > 0:
            text = text[:end]
    return text.rstrip()


def _printed_call(line: str, start: int) -> str:
    """The whole `<Call - …>`, which ends with the bracket after its payload."""
    payload = line.find("{", start)
    if payload >= 0:
        end = Brackets().feed(line, payload)
        if end is not None:
            return line[start : end + (line[end : end + 1] == ">")]
    return line[start:].rstrip()
