"""The connections of a log by what its lines say: which one a line is of, and where the next one begins.

A line without a frame becomes an event only where its charge point is certain and no frame contradicts it. With each
opening, a charge point has a new connection, as in a recording; so it has where frames follow a close.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ocpptui.importing.connections.connection_statements import LogStatement, detail_of, stated_in
from ocpptui.importing.connections.log_connections import Course, LogConnections
from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.import_tally import SHOWN_TEXT
from ocpptui.importing.prefixes.log_prefix import identity_in
from ocpptui.importing.prefixes.name_places import SURE
from ocpptui.importing.prefixes.prefix_names import name_in, spots_in
from ocpptui.importing.words.line_shapes import without_digits
from ocpptui.importing.words.log_words import LEVEL, NOUNS, WORDS
from ocpptui.importing.words.name_forms import is_short_number
from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.message import Malformed, Message
from ocpptui.ocpp.secrets import mask_text
from ocpptui.ocpp.version import Transport
from ocpptui.timeline.record import IN_VAIN, ConnectionEvent

Key = tuple[str, str]
"""A charge point, and what distinguishes its connection in the lines of its frames."""
MOST_NAMES = 20_000
MOST_OLDER = 8
"""How many connections of a charge point are remembered that another one has replaced."""
FEW = 4
"""Within how many frames the line that says that a charge point connected may still come."""
SHOWN_LINES = 5
_OPENED, _CLOSED = ConnectionEvent.OPENED, ConnectionEvent.CLOSED
_WORD = lazily(r"[^\s\"'`()\[\]{}<>,;=|?&]+")
_PART = lazily(r"[^/:@#]+")
_ADDRESS_AND_PORT = lazily(r"\(['\"](?P<host>[\d.]{7,15})['\"], (?P<port>\d{1,5})\)")
_ADDRESS = lazily(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?:(?::|', )\d{1,5})?(?!\w|\.\d)")
_LEVEL = lazily(rf"\W{{0,3}}(?:{LEVEL})\b", 2)


class Heard(Protocol):
    """A frame of the file, or a line that may state an event."""

    found: FoundFrame
    frame: Message | Malformed | None
    charge_point: str
    connection: str


@dataclass(frozen=True, slots=True)
class StatedEvent:
    """An event that a line states."""

    charge_point: str
    connection: str
    number: int
    """Of its connection."""
    detail: dict[str, Any]


class StatedConnections:
    """Follows the connections of a file by the lines that state their beginnings and ends."""

    def __init__(self, connections: LogConnections) -> None:
        """`connections` are those that the frames tell apart; each begins with its number there."""
        self._connections = connections
        self._keys: dict[str, dict[str, None]] = {}  # the connections of each charge point
        self._by_connection: dict[str, Key | None] = {}  # None if charge points share it
        self._latest: dict[str, Key] = {}
        self._last: Heard | None = None  # the last frame
        self._visitors: Counter[str] = Counter()  # by address, who has connected and will leave without a frame
        self._lines: list[int] = []  # the first ones that became events
        self._count = self._unplaced = self._contradicted = 0
        self._any = False

    @property
    def evidence(self) -> Iterator[str]:
        """What was made of the lines, one sentence each."""
        if self._count:
            lines = ", ".join(f"{line:,}" for line in self._lines)
            more = f" and {self._count - len(self._lines):,} more" if self._count > len(self._lines) else ""
            yield f"Lines without a frame say that a connection opened, closed or failed: {lines}{more}."
        for count, one, several in (
            (self._unplaced, "it is unclear which connection it means", "it is unclear which connections they mean"),
            (
                self._contradicted,
                "a frame contradicts it, or another line said so before",
                "frames contradict them, or other lines said so before",
            ),
        ):
            if count == 1:
                yield f"1 line about a connection is not shown as an event: {one}."
            elif count:
                yield f"{count:,} lines about connections are not shown as events: {several}."

    def know(self, charge_point: str, connection: str) -> None:
        """Note that a frame is of a connection, ahead of its turn."""
        known = self._keys.get(charge_point)
        if known is None:
            if len(self._keys) >= MOST_NAMES:
                return
            known = self._keys[charge_point] = {}
        if connection not in known and len(known) < MOST_NAMES:
            known[connection] = None
            if connection and len(self._by_connection) < MOST_NAMES:
                key = charge_point, connection
                self._by_connection[connection] = key if self._by_connection.get(connection, key) == key else None

    def number_of(self, heard: Heard, course: Course) -> int:
        """The number of the connection of a frame, whose turn it is."""
        self._last = heard
        if course.is_closed:
            course.renew(self._connections.next_number())
        if not course.frames:
            self._latest[heard.charge_point] = heard.charge_point, heard.connection
            course.failed = None
        course.frames += 1
        return course.number

    def event_of(self, heard: Heard, time: int, ahead: Sequence[Heard]) -> StatedEvent | None:
        """The event that a line states, whose turn it is; None if it is not certain. `ahead` is what follows it."""
        found = heard.found
        statement = stated_in(found.stated)
        key = None if statement is None or not self._has_time(found) else self._whose(statement, found.stated, ahead)
        if statement is None or key is None:
            self._unplaced += 1
            return None
        course = self._connections.of(*key, Transport.JSON).course
        number = self._turn(course, statement, key, time, ahead)
        if number is None:
            self._contradicted += 1
            return None
        self._count += 1
        if len(self._lines) < SHOWN_LINES:
            self._lines.append(found.line)
        course.has_had_event = True
        detail: dict[str, Any] = {"event": str(statement.event), **detail_of(statement.event, found.stated)}
        if statement.event is _CLOSED:
            self._complete(detail, key, ahead)
        detail["stated"] = mask_text(found.stated.strip()[:SHOWN_TEXT])
        return StatedEvent(*key, number, detail)

    # -- whose it is ---------------------------------------------------------------------------------------------

    def _has_time(self, found: FoundFrame) -> bool:
        """Whether a line has a time in the notation of the frames around it, or begins as lines without one do."""
        last = None if self._last is None else self._last.found
        if found.time is None:
            return last is None or last.time is None or _LEVEL.match(found.stated) is not None
        return (
            last is None
            or last.time is None
            or (found.zoned, found.dated, found.yeared) == (last.zoned, last.dated, last.yeared)
        )

    def _whose(self, statement: LogStatement, line: str, ahead: Sequence[Heard]) -> Key | None:
        """The connection that a line is of."""
        sure = _sure_names(line)
        named, connections = set[str](), set[Key]()
        for word in _words_in(line):
            if word in self._keys and word and (_is_unlike_words(word) or word in sure):
                named.add(word)
            key = self._by_connection.get(word)
            if key is not None:
                connections.add(key)
        named.update(name for name in sure if name in self._keys)
        if len(connections) == 1 and (not named or {key[0] for key in connections} == named):
            return connections.pop()
        if not named and not sure and not statement.needs_name and len(self._keys) == 1:
            (only,) = self._keys
            if (only or len(self._keys[only]) == 1) and not self._is_of_visitor(statement, line, only, ahead):
                named.add(only)
        if len(named) != 1:
            return None
        return self._key_of(named.pop(), statement, ahead)

    def _is_of_visitor(self, statement: LogStatement, line: str, only: str, ahead: Sequence[Heard]) -> bool:
        """Whether a line that names nobody may be of someone who connects and leaves without a frame, while the only
        charge point is connected: a health check, a browser."""
        address = _address_in(line)
        if statement.event is _CLOSED and self._visitors[address]:
            self._visitors.subtract((address,))
            self._visitors = +self._visitors
            return True
        course = self._connections.of(*self._key_of(only, statement, ()), Transport.JSON).course
        if statement.event is not _OPENED or course.is_closed or not course.frames:
            return False
        for one in ahead:
            if one.frame is not None:
                return False
            said = stated_in(one.found.stated)
            if said is not None and said.event is _CLOSED and _address_in(one.found.stated) == address:
                self._visitors[address] += 1
                return True
        return False

    def _key_of(self, name: str, statement: LogStatement, ahead: Sequence[Heard]) -> Key:
        """Which of the connections of a charge point a line is of that names none of them."""
        if statement.event is _OPENED:
            following = next((one for one in ahead if one.frame is not None and one.charge_point == name), None)
            if following is not None:
                return name, following.connection
        return self._latest.get(name) or (name, next(iter(self._keys[name])))

    # -- what it means -------------------------------------------------------------------------------------------

    def _turn(self, course: Course, statement: LogStatement, key: Key, time: int, ahead: Sequence[Heard]) -> int | None:
        """The number of the connection that an event is of; None if it is none."""
        if statement.event in IN_VAIN:
            if course.failed is not None and abs(time - course.failed) < SECOND:
                return None
            course.failed = time
            return self._connections.next_number()
        course.failed = None
        if statement.event is _CLOSED:
            return self._closed(course, statement, key, ahead)
        return self._opened(course, key, ahead)

    def _closed(self, course: Course, statement: LogStatement, key: Key, ahead: Sequence[Heard]) -> int | None:
        has_opened = course.frames > 0 or (course.is_stated and not statement.needs_frames)
        if course.is_closed or not has_opened:
            return None
        if course.older and self._goes_on(key, ahead):
            return course.older.pop(0)  # the one before, which was replaced
        if self._is_answered(key, ahead):
            return None
        course.is_closed = True
        course.older.clear()
        return course.number

    def _opened(self, course: Course, key: Key, ahead: Sequence[Heard]) -> int | None:
        if not course.is_closed and not course.frames:
            if course.is_stated:
                return None
            course.is_stated = True
            return course.number
        if not course.is_closed:
            if (course.frames <= FEW and not course.has_had_event) or self._is_answered(key, ahead):
                return None  # said late
            course.older = [*course.older, course.number][-MOST_OLDER:]
        course.renew(self._connections.next_number())
        course.is_stated = True
        return course.number

    @staticmethod
    def _goes_on(key: Key, ahead: Sequence[Heard]) -> bool:
        """Whether frames follow without an opening."""
        for one in ahead:
            if one.frame is not None and (one.charge_point, one.connection) == key:
                return True
            if one.found.stated and (said := stated_in(one.found.stated)) is not None and said.event is _OPENED:
                return False
        return False

    @staticmethod
    def _is_answered(key: Key, ahead: Sequence[Heard]) -> bool:
        """Whether an answer follows whose call does not: the connection goes on."""
        calls = set[str]()
        for one in ahead:
            frame = one.frame
            if isinstance(frame, Message) and (one.charge_point, one.connection) == key and frame.id:
                if not frame.kind.is_answer:
                    calls.add(frame.id)
                elif frame.id not in calls:
                    return True
        return False

    def _complete(self, detail: dict[str, Any], key: Key, ahead: Sequence[Heard]) -> None:
        """Add what the next lines say of a close: two loggers write it, and only one of them the code."""
        for one in ahead:
            if one.frame is not None and one.charge_point == key[0]:
                return
            if not one.found.stated or (said := stated_in(one.found.stated)) is None:
                continue
            if said.event is not _CLOSED:
                return
            if self._whose(said, one.found.stated, ()) == key:
                for name, value in detail_of(_CLOSED, one.found.stated).items():
                    detail.setdefault(name, value)


def _address_in(line: str) -> str:
    """The address of a peer in a line, with its port if it is there; empty if there is none."""
    address = _ADDRESS.search(line)
    return "" if address is None else address[0]


def _words_in(line: str) -> Iterator[str]:
    """What may be a name in a line: its words, and their parts."""
    for match in _WORD.finditer(line):
        word = match[0].strip(".:!")
        yield word
        if any(sign in word for sign in "/:@#"):
            for part in _PART.findall(word):
                yield part.strip(".!")
    for address in _ADDRESS_AND_PORT.finditer(line):
        yield f"{address['host']}:{address['port']}"


def _is_unlike_words(name: str) -> bool:
    """Whether a name is in a line only as a name."""
    word = name.lower()
    return len(name) > 1 and not (word in WORDS or word in NOUNS or is_short_number(name))


def _sure_names(line: str) -> set[str]:
    """The names that the words around them show; the address of a peer names nobody."""
    spots = spots_in(without_digits(line))
    names = {name_in(line, spot) for spot in spots if spot.likely and spot.trust >= SURE}
    return {*(name for name in names if not _address_in(name)), *filter(None, (identity_in(line),))}
