"""What the lines of a log say around their frames: when, whose, which way, in which version."""

from __future__ import annotations

import re
from collections import deque
from itertools import chain, islice

from ocpptui.importing.connections.connection_statements import stated_in
from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.lines.cef_fields import LABEL, with_own_names
from ocpptui.importing.lines.element_lines import ElementLines
from ocpptui.importing.lines.field_lines import FieldLines, object_of_field
from ocpptui.importing.packets.packet_addresses import Addresses, addresses_in
from ocpptui.importing.prefixes.headings import HEADING, heading_in, is_of_tail
from ocpptui.importing.prefixes.log_prefix import LONGEST, identity_in, ids_with_key, read_prefix
from ocpptui.importing.texts.soap_block import is_header_date
from ocpptui.importing.times.timestamps import Moment, best_moment
from ocpptui.importing.words.line_shapes import without_digits
from ocpptui.importing.words.stated_versions import version_in
from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.jsontext.tokens import value_end
from ocpptui.ocpp.version import Version

LEARNED = 2000
"""How many frames show how the lines of a log announce one."""
HEADER = 3
"""How many lines above a frame may say whose it is and which way it goes."""
LEAD = 40
"""Characters at the beginning of a line above that may be its time; one behind may be that of a payload."""
FAR_ABOVE = 200
"""How many lines above a frame may have its time; `tshark -V` writes about a hundred for each."""
ENOUGH_IDS = 2
"""How many ids in lines without a frame show that none of them is that of every frame."""
MOST_ENDINGS = 64
"""How many texts behind frames are remembered."""
_OPENING = lazily(r"[\[{]")
_EVENT = lazily(r"\{[^{}]{0,40}\"(?:type|event|eventType|event_type)\"\s?:.*\}\s*$")
"""An event in JSON, to the end of its line."""
_TIME_KEY = lazily(
    r"(?:time|date|stamp|\bts|time_epoch)[\"']?\s{0,3}(?:[=:]|(?:value|show)=)?\s{0,3}[\"'(\[]?$", re.IGNORECASE
)
"""What is before the time of a line, behind its beginning: `Arrival Time:`."""
MOST_LABELS = 16
"""How many lines with a label each may be directly above a frame, and say what they do of it."""
_LABEL = lazily(r"\s{0,8}(?:[A-Z][\w ()-]{1,30}\w:(?:\s|$)|:[\w@-]{1,40}:(?:\s|$)|#\+\w|\*{1,9}\s)")
"""A label, or a property, a keyword or a headline of Org: `:CREATED: …`, `#+begin_src`, `* CP-77`."""
_TICKS = ("`", "|")
_STOPS = frozenset(",.;")
_SIGNS_OF_MARKUP = lazily(r"[=@*_~+/#^%&!?$-]+")
_NEVER_LAST = frozenset(")>|")


class Surroundings:
    """What is remembered of the lines before a frame, and of the texts before and behind earlier frames."""

    def __init__(self, tally: ImportTally) -> None:
        self._tally = tally
        self._above: deque[tuple[int, str]] = deque(maxlen=FAR_ABOVE)  # the lines since the last frame
        self._first: tuple[int, str] = (0, "")  # the line of the last frame, and the text before its first frame
        self._announcements: set[str] = set()  # the text before frames, without its digits
        self._shapes: set[str] = set()  # the same before frames of any kind
        self._endings: set[str] = set()  # the text behind frames, to the end of their lines, without its digits
        self._announced = ""  # the charge point that a line without a frame names
        self._keyed: tuple[str, ...] = ()  # the charge points that lines without a frame state, up to two
        self._version: Version | None = None
        self._heading: tuple[tuple[str, str], ...] = ()  # what the last heading names, as a field
        self.object: FieldLines | ElementLines | None = None
        """The object of the last frame, which may go on below; set to None by the one who takes it."""

    def event_in(self, number: int, line: str) -> FoundFrame | None:
        """The connection event that a line without a frame states; None if it states none."""
        statement = stated_in(line)
        if statement is None:
            return None
        found = FoundFrame("", number, event=statement.event, stated=line)
        said = read_prefix(line)
        if said.moment is not None:
            found.at(said.moment)
        else:
            found.since_start = said.since_start
        return found

    def skip(self, number: int, line: str, reason: str = "") -> None:
        """Remember and count a line without a frame. `reason` says what it has in place of one."""
        if line.strip():
            self._announced = identity_in(line) or self._announced
            if len(self._keyed) < ENOUGH_IDS and (stated := ids_with_key(line)):
                self._keyed = tuple(sorted({*self._keyed, *stated}))[:ENOUGH_IDS]
            self._version = version_in(line) or self._version
            if (named := heading_in(line)) is not None:
                self._heading = ((HEADING, named),) if named else ()
                said = read_prefix(line)
                if is_of_tail(line) or (said.moment is None and not said.says_direction):
                    self._tally.skip(number, line)  # it says nothing of the first frame below it alone
                    return
            self._tally.learn_secrets(line)
        self.pass_by(number, line, reason)

    def pass_by(self, number: int, line: str, reason: str = "") -> None:
        """The same for a line that says nothing of the frames behind it."""
        if line.strip():
            self._above.append((number, line))
        self._tally.skip(number, line, reason)

    def lines_above(self) -> list[str]:
        """The lines since the last frame, the nearest first."""
        return [line for _, line in reversed(self._above)]

    def learn_ending(self, rest: str) -> None:
        """Remember what is behind a frame, to the end of its line."""
        if len(self._endings) >= MOST_ENDINGS:
            return
        ending = without_digits(rest.strip())
        # A bracket or a quotation mark alone may as well belong to a truncated frame itself; no frame ends with others.
        if (
            ending[:1] in _TICKS
            or ending in _STOPS
            or any(map(str.isalnum, ending))
            or ending[-1:] in _NEVER_LAST
            or _SIGNS_OF_MARKUP.fullmatch(ending)
        ):
            self._endings.add(ending)

    def without_ending(self, frame: str) -> str:
        """A truncated frame without what is behind the other frames too."""
        endings = [
            len(ending)
            for ending in self._endings
            if without_digits(frame[-len(ending) :]) == ending and (ending not in _STOPS or frame[-2:-1] == "]")
        ]
        return frame[: len(frame) - max(endings, default=0)].rstrip()

    def is_before_frames(self, prefix: str) -> bool:
        """Whether the same text, but for its digits, is before other frames."""
        return without_digits(prefix) in self._shapes

    def after_announcement(self, line: str) -> int | None:
        """Where the whole rest of a line is a JSON value after the same text that announces other frames, and so was
        sent or received in place of one; None if there is no such place."""
        if not self._announcements:
            return None
        for match in islice(_OPENING.finditer(line), HEADER):
            if without_digits(line[: match.start()]) in self._announcements:
                return match.start() if value_end(line, match.start()) == len(line) else None
        return None

    def describe(self, found: FoundFrame, prefix: str, rest: str = "") -> FoundFrame:
        """Add to a frame what is said before it in its line, in `rest` behind it, and in the lines above."""
        if LABEL in prefix or LABEL in rest or "\\_" in prefix:
            prefix, rest = with_own_names(prefix.replace("\\_", "_"), rest)  # Markdown has them in names
        said = read_prefix(prefix)
        moment, connection = said.moment, said.connection
        direction, flow, leaning = said.direction, said.flow, said.leaning
        if said.may_state_secret:
            self._tally.learn_secrets(prefix)
        found.prefix, found.known_shape = prefix[-LONGEST:].strip(), said.shape.strip()
        above = [] if said.is_complete else self._directly_above(found.line)
        if moment is not None and above:
            above = [line for line in above if _EVENT.search(line) is None]  # it has a time, and a charger, of its own
        if rest and not said.is_complete and any(map(str.isalnum, rest)):
            above.insert(0, rest[:LONGEST])
        if moment is not None:
            found.at(moment)
        else:
            found.since_start = said.since_start
            self._take_time_above(found, above)
        if direction is None and flow is None and leaning is None:
            told = next((told for told in map(read_prefix, above) if told.says_direction), None)
            if told is not None:
                direction, flow, leaning, connection = told.direction, told.flow, told.leaning, told.connection
            elif (pair := self._addresses_far_above()) is not None:
                flow, connection = pair.flow, pair.connection
        found.connection = found.connection or connection
        if above:
            found.above = "\n".join(reversed(above))[-LONGEST:]
        found.direction, found.flow, found.leaning = found.direction or direction, flow, leaning
        found.version = found.version or said.version
        if found.line != self._first[0]:
            self._first = found.line, prefix
            if self._tally.with_frame < LEARNED:
                before = without_digits(prefix)
                self._shapes.add(before)
                if flow is not None and prefix[-1:].isspace():
                    self._announcements.add(before)
        if moment is None and prefix:
            self.object = object_of_field(found, prefix, list(self._above)) or self._element_of(found, prefix)
        self._above.clear()
        self.complete(found)
        return found

    def _element_of(self, found: FoundFrame, prefix: str) -> ElementLines | None:
        """The element of XML that a frame is in; None if none goes on in the next lines."""
        if not prefix.lstrip().startswith("<") or not self._above:
            return None
        element = ElementLines(found, prefix, (line for _, line in self._above))
        return element if element.is_open else None

    def complete(self, found: FoundFrame) -> None:
        """Add what other lines said."""
        found.announced = found.announced or self._announced
        found.keyed = self._keyed
        found.fields = found.fields or self._heading
        found.version = found.version or self._version

    def _directly_above(self, number: int) -> list[str]:
        """The lines directly above the line of a frame, the nearest first; for the second frame of a line, what is
        before the first."""
        if number == self._first[0]:
            return [self._first[1]]
        lines = list[str]()
        for above, line in islice(reversed(self._above), MOST_LABELS):
            is_near = len(lines) < HEADER and above >= number - HEADER
            if not is_near and (above != number - 1 - len(lines) or _LABEL.match(line) is None):
                break
            lines.append(line)
        return lines

    def _take_time_above(self, found: FoundFrame, above: list[str]) -> None:
        """The time of a frame whose line has none: that of the nearest line above, since the frame before."""
        aside: Moment | None = None
        for line in chain(above, (line for _, line in islice(reversed(self._above), len(above), None))):
            first = best_moment(line[:LEAD])
            moment = first if first is not None and first.zoned and first.start < 4 else best_moment(line)
            if moment is not None and moment.start >= LEAD and _TIME_KEY.search(line, 0, moment.start) is None:
                moment = first  # what is further on in a sentence is the time of something else
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
