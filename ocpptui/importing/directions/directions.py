"""Which way a frame went, where its line says only what the writer of the log did, or nothing.

"sent" and "received" are those of the side that wrote the line. The actions show which side that is, for each
connection and each stretch of a file: a file may hold the logs of both sides, one after the other, or that of a proxy.
An answer goes against its own call.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from ocpptui.importing.directions.constant_direction import ConstantDirection
from ocpptui.importing.directions.learned_directions import MOST_OPEN, LearnedDirections, ShownDirections
from ocpptui.importing.directions.named_parties import NamedParties
from ocpptui.importing.found_frame import Flow
from ocpptui.importing.words.action_names import only_sender
from ocpptui.importing.words.line_shapes import without_digits
from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.ocpp import actions as catalog
from ocpptui.ocpp.message import Malformed, Message, MessageKind
from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.validation import is_valid
from ocpptui.ocpp.version import Direction, Role, Version

MOST_AHEAD = 1024
"""How many frames that show who wrote their lines are remembered: more than are known ahead of the one in question."""
_SAME_ID = 8

ENOUGH = 2
"""Beside how many frames of one side, and none of the other, a word means that side."""

_WORD = lazily(r"[^\s\[\](){}|,;\"'`]+")
_NUMBER = lazily(r"[.,:+/-]*+\d[\d.,:+/-]*+[A-Za-z]{0,5}")
_KEYED = lazily(r"(?<!\w)[A-Za-z_]+[=:]\s?\d(?![\w.:])")
"""A key with a digit, which may mean a direction: `dir=0`."""


@dataclass(slots=True)
class _Stretch:
    """Which side wrote the lines of a connection, or of a file, by the number of the frame that shows it."""

    before: tuple[int, Role] | None = None
    ahead: deque[tuple[int, Role]] = field(default_factory=deque)
    votes: Counter[Role] = field(default_factory=Counter)

    def note(self, shown: tuple[int, Role]) -> None:
        """Note the number of a frame, and the side that it shows."""
        self.ahead.append(shown)
        if len(self.ahead) > MOST_AHEAD:
            self.before = self.ahead.popleft()
        self.votes[shown[1]] += 1

    def at(self, number: int) -> Role | None:
        """The side that wrote the line of a frame: that of the nearest frame that shows it."""
        while self.ahead and self.ahead[0][0] <= number:
            self.before = self.ahead.popleft()
        after = self.ahead[0] if self.ahead else None
        if self.before is None or after is None:
            nearest = self.before or after
            return nearest[1] if nearest is not None else None
        return (self.before if number - self.before[0] <= after[0] - number else after)[1]


@dataclass(slots=True)
class _OpenCall:
    direction: Direction
    way: Direction | Flow | None
    """What its line says."""
    action: str
    number: int


@dataclass(slots=True)
class LoggedFrame:
    """A frame of a file, and what its line says of its direction."""

    number: int
    """Counted from 1 in the order of the file."""
    connection: int
    frame: Message | Malformed
    action: str
    """Of a call; empty if it is not known."""
    stated: Direction | None = None
    """What the line says outright."""
    leaning: Direction | None = None
    """What the line suggests."""
    flow: Flow | None = None
    """What the writer of the line did."""
    words: str = ""
    """The text around a frame of which that says nothing, or the same as of all frames before it."""
    fields: tuple[tuple[str, str], ...] = ()
    """The names and values of the fields around it whose meaning is not known."""
    answers: str = ""
    """The action of the call that an answer belongs to, as the line says; empty if it does not."""

    @property
    def way(self) -> Direction | Flow | None:
        """What its line says, to be compared with that of the call or the answer."""
        return self.leaning or self.flow


class _Words:
    """What the words in lines, and the fields around frames, mean: `C2S`, `ingress`, an arrow."""

    def __init__(self) -> None:
        self._shown, self._learned = ShownDirections(), LearnedDirections(ENOUGH)
        self.used: dict[Direction, str] = {}

    def learn(self, one: LoggedFrame) -> None:
        is_answer = isinstance(one.frame, Message) and one.frame.kind.is_answer
        direction = self._shown.of(None if is_answer else one.action, one.frame.id or "", one.connection)
        if direction is not None:
            self._learned.learn(_words_beside(one), direction)

    def direction_of(self, one: LoggedFrame) -> Direction | None:
        """The direction that the words beside a frame mean; None if they mean none, or both."""
        meant = self._learned.meant(_words_beside(one))
        if len(meant) != 1:
            return None
        self.used.update(meant)
        return next(iter(meant))

    @property
    def evidence(self) -> str:
        told = [f"“{word}” is only beside frames {_FROM[direction]}" for direction, word in self.used.items()]
        return f"Directions are read by the words around frames: {', and '.join(told)}." if told else ""


_FROM = {Direction.TO_CSMS: "of the charge point", Direction.TO_CHARGE_POINT: "of the central system"}


def _words_beside(one: LoggedFrame) -> tuple[str, ...]:
    """The words in the line of a frame, and the fields around it, as `name=value`."""
    words = (*_words_in(without_digits(one.words)), *_KEYED.findall(one.words)) if one.words else ()
    return words + tuple(f"{name}={value}" for name, value in one.fields) if one.fields else words


@lru_cache(maxsize=4096)
def _words_in(text: str) -> tuple[str, ...]:
    """The words of a text without digits, but for numbers, behind those that follow each other: which party of two is
    the first. The last one that means a direction is named to the user."""
    words = [word for word in _WORD.findall(text) if _NUMBER.fullmatch(word) is None]
    return tuple(dict.fromkeys((*map(" ".join, zip(words, words[1:], strict=False)), *words)))


class Directions:
    """The directions of the frames of a file, in their order."""

    def __init__(self, side: Role | None = None) -> None:
        """`side` wrote the file, as the user says."""
        self._side = side
        self._file = _Stretch()
        self._of_connections: dict[int, _Stretch] = {}
        self._calls: OrderedDict[tuple[int, str], list[_OpenCall]] = OrderedDict()
        self._words = _Words()
        self._parties = NamedParties()
        self._assumed = False
        self._constant = ConstantDirection()

    def note(self, one: LoggedFrame) -> None:
        """Note ahead of time what a frame shows of the side that wrote its line, or of the words in it."""
        said = one.stated or one.leaning or one.flow
        if not self._constant.varies and said is not None and isinstance(one.frame, Message):
            self._constant.note(said, one.connection, one.frame)
        sender = only_sender(one.action) if not one.answers else _only_sender(one)
        if one.leaning is not None:
            self._note_party(one, one.leaning, sender)
        if one.flow is not None and sender is not None and one.leaning in (None, sender.sends):
            role = sender if one.flow is Flow.SENT else sender.other
            shown = one.number, role
            self._file.note(shown)
            stretch = self._of_connections.get(one.connection)
            if stretch is None:
                stretch = self._of_connections[one.connection] = _Stretch()
            stretch.note(shown)
        if said is None or not self._constant.varies:
            self._words.learn(one)

    def of(self, one: LoggedFrame, version: Version | None = None) -> tuple[Direction, bool]:
        """The direction of a frame of a version, and whether it is a guess."""
        if not self._constant.varies and self._constant.is_refuted:
            one = replace(one, stated=None, flow=None, leaning=None)
        direction, guessed = self._decide(one, version)
        self._remember(one, direction)
        return direction, guessed

    @property
    def may_be_constant(self) -> bool:
        """Whether all frames so far are said to go one way, so that the words around them may have to show it."""
        return not self._constant.varies

    @property
    def evidence(self) -> str:
        """Which side wrote the file and what shows it, and whether the parties that its lines name are believed."""
        return " ".join(filter(None, (self._writer, self._parties.evidence)))

    @property
    def _writer(self) -> str:
        """Which side wrote the file, and what shows it; empty if no line says what its writer did."""
        if self._side is not None:
            return f"The {self._side.words} wrote this, as the user says."
        if self._constant.is_refuted:
            return self._constant.evidence
        votes = self._file.votes
        if votes:
            role, count = votes.most_common(1)[0]
            total = votes.total()
            if count * 10 < total * 9:
                return (
                    f"Both sides wrote this, or a proxy: {count} of the {total} calls that only one side may send are "
                    f"as the {role.words} sees them. Each stretch of a connection is read by its own calls."
                )
            return f"The {role.words} wrote this: {_which_calls(count, total)}."
        if self._assumed:
            return "The central system is assumed to have written this: no call in it shows which side did."
        return self._words.evidence

    def _note_party(self, one: LoggedFrame, leaning: Direction, sender: Role | None) -> None:
        if _is_answer(one.frame) and not one.answers:
            self._parties.note_answer(one.connection, one.frame.id or "", leaning)
        else:
            self._parties.note_call(
                one.connection, one.frame.id or "", leaning, None if sender is None else sender.sends
            )

    def _decide(self, one: LoggedFrame, version: Version | None) -> tuple[Direction, bool]:
        frame, flow, leaning = one.frame, one.flow, one.leaning
        if one.stated is not None:
            return one.stated, False
        if self._side is not None and flow is not None:
            return _by_flow(self._side, flow), False
        sender = only_sender(one.action)
        if sender is not None:
            if leaning is sender.other.sends:
                return (leaning if self._parties.outweigh(one.action, one.connection) else sender.sends), True
            return sender.sends, flow is None and leaning is None
        own = self._of_own_call(one, version)
        if own is not None:
            return own, flow is None and leaning is not own
        sender = _only_sender(one)
        if sender is not None and leaning is None and flow is None:
            return sender.sends, True
        if leaning is not None:
            return (leaning.opposite, True) if self._parties.mean_the_opposite(one.connection) else (leaning, False)
        if flow is not None:
            stretch = self._of_connections.get(one.connection)
            role = stretch.at(one.number) if stretch is not None else None
            if role is not None:
                return _by_flow(role, flow), False
            role = self._file.at(one.number)
            if role is None and (fitting := _only_sender_fitting(frame, version)) is not None:
                return fitting.sends, True
            if role is None:
                self._assumed = True
            return _by_flow(role or Role.CENTRAL_SYSTEM, flow), role is None
        by_words = self._words.direction_of(one)
        if by_words is not None:
            return by_words, True
        if isinstance(frame, Message) and frame.kind.is_answer:
            return Direction.TO_CHARGE_POINT, True
        return Direction.TO_CSMS, True

    def _of_own_call(self, one: LoggedFrame, version: Version | None) -> Direction | None:
        """The direction of an answer by the call that it answers; None if that is not known."""
        connection, frame, way = one.connection, one.frame, one.way
        if not _is_answer(frame) or not frame.id:
            return None
        calls = self._calls.get((connection, frame.id))
        if not calls:
            return None
        kind = frame.kind if isinstance(frame, Message) else MessageKind.CALLRESULT
        if len(calls) == 1 and kind is MessageKind.CALLRESULT and _may_be_against(way, calls[0].way):
            return calls[0].direction.opposite  # almost always
        if way is not None:
            against = [call for call in calls if call.way is not None and call.way is not way]
            stretch = self._of_connections.get(connection)
            if not against and (stretch is None or len(stretch.votes) < 2):
                against = [call for call in calls if call.way is None]
                if not against:
                    return None  # it answers a call that the log does not have
            calls = against or calls
        if len({call.direction for call in calls}) > 1 and version is not None and kind is MessageKind.CALLRESULT:
            payload = frame.payload if isinstance(frame, Message) else None
            fitting = [call for call in calls if is_valid(version, call.action, Part.RESPONSE, payload)]
            calls = fitting if len({call.direction for call in fitting}) == 1 else calls
        call = max(calls, key=lambda known: known.number)
        return call.direction if kind is MessageKind.CALLRESULTERROR else call.direction.opposite

    def _remember(self, one: LoggedFrame, direction: Direction) -> None:
        frame = one.frame
        if not frame.id:
            return
        key = one.connection, frame.id
        if isinstance(frame, Message) and frame.kind is MessageKind.CALLRESULT:
            # The call stays known for a second answer, but after those that wait for their first.
            waiting = self._calls.get(key, ())
            if len(waiting) > 1:
                self._calls[key] = _without_latest(waiting, direction.opposite)
            return
        is_call = frame.action is not None if isinstance(frame, Message) else frame.may_be_call
        if is_call:
            call = _OpenCall(direction, one.way, one.action, one.number)
            calls = self._calls.get(key)
            if calls is None:
                self._calls[key] = [call]
                if len(self._calls) > MOST_OPEN:
                    self._calls.popitem(last=False)
                return
            calls.append(call)
            if len(calls) > _SAME_ID:
                del calls[0]


def _only_sender(one: LoggedFrame) -> Role | None:
    """The only side that may send a frame: a call of its action, or an answer to what its line names."""
    answered = only_sender(one.answers)
    return only_sender(one.action) if answered is None else answered.other


def _only_sender_fitting(frame: Message | Malformed, version: Version | None) -> Role | None:
    """The only side that may send a result with this content, by the schemas of all actions; None if both may."""
    if not isinstance(frame, Message) or frame.kind is not MessageKind.CALLRESULT or version is None:
        return None
    directions = {
        direction
        for action in catalog.actions(version)
        if is_valid(version, action.name, Part.RESPONSE, frame.payload)
        for direction in action.directions
    }
    if len(directions) != 1:
        return None
    return directions.pop().sender.other


def _is_answer(frame: Message | Malformed) -> bool:
    return frame.kind.is_answer if isinstance(frame, Message) else not frame.may_be_call


def _may_be_against(way: Direction | Flow | None, of_call: Direction | Flow | None) -> bool:
    """Whether an answer may belong to a call by what their lines say."""
    return way is None or (of_call is not None and of_call is not way)


def _without_latest(calls: Sequence[_OpenCall], direction: Direction) -> list[_OpenCall]:
    """Some calls without the latest that went this direction."""
    latest = next((place for place in reversed(range(len(calls))) if calls[place].direction is direction), None)
    return [call for place, call in enumerate(calls) if place != latest]


def _by_flow(writer: Role, flow: Flow) -> Direction:
    return writer.sends if flow is Flow.SENT else writer.other.sends


def _which_calls(count: int, total: int) -> str:
    """How many of the calls that one side alone may send show who wrote the file."""
    if total == 1:
        return "the one call that only one side may send shows it"
    calls = f"all {total} calls" if count == total else f"{count} of the {total} calls"
    return f"{calls} that only one side may send show it"
