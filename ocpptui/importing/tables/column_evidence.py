"""What the cells of several columns show together: which value is which direction, which column pairs the messages.

This is how a table is understood whose words are of no known language. Each function takes columns of cells, one cell
for each row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from ocpptui.importing.directions.learned_directions import LearnedDirections, ShownDirections
from ocpptui.importing.fields.field_directions import is_backend
from ocpptui.importing.fields.field_values import message_type_of, serial_moment
from ocpptui.importing.prefixes.learned_places import OF_STATIONS
from ocpptui.importing.texts.frame_scanner import START
from ocpptui.importing.times.payload_times import witness_in
from ocpptui.importing.words.action_names import action_and_kind, only_sender
from ocpptui.jsontext.tokens import value_end
from ocpptui.ocpp.date_times import DAY
from ocpptui.ocpp.json_encoding import parse
from ocpptui.ocpp.message import Message, MessageKind
from ocpptui.ocpp.version import Direction

_SINCE_1904 = 1462 * DAY
"""The difference between the two calendars of Excel, in microseconds."""
MOST_VALUES = 4
"""The most values of a column that states the direction."""


LONGEST_WORD = 40
"""The most characters of such a value."""


def ways_of_frames(texts: Sequence[str]) -> list[Direction | None]:
    """The direction of each frame that only one side sends, and of the answer to it; None for the others."""
    shown, ways = ShownDirections(), list[Direction | None]()
    for text in texts:
        start = START.search(text)  # words may be before it
        end = None if start is None else value_end(text, start.start())
        frame = None if start is None or end is None else parse(text[start.start() : end])
        ways.append(shown.of(frame.action, frame.id) if isinstance(frame, Message) else None)
    return ways


def ways_of_actions(actions: Sequence[str], kinds: Sequence[str]) -> list[Direction | None]:
    """The direction of each call that only one side makes, in a table of the parts of frames; None for the others."""
    ways: list[Direction | None] = []
    for action, stated in zip(actions, kinds, strict=True):
        known, kind = action_and_kind(action), kind_stated(stated, action)
        sender = only_sender(known[0]) if known is not None and kind is not None and not kind.is_answer else None
        ways.append(sender.sends if sender is not None else None)
    return ways


def kind_stated(stated: str, action: str) -> MessageKind | None:
    """The message type that the cells of a row state: in a column for it, or behind the action."""
    known = action_and_kind(action)
    return message_type_of(stated) or (known[1] if known is not None else None)


def go_both_ways(ways: Sequence[Direction | None]) -> bool:
    """Whether frames go both ways, and more than a stray one in either."""
    shown = Counter(way for way in ways if way is not None)
    return len(shown) == len(Direction) and min(shown.values()) >= 0.1 * shown.total()


def learned_directions(cells: Sequence[str], ways: Sequence[Direction | None]) -> dict[str, Direction]:
    """Which value of a column is which direction, as the frames beside it show; empty if they do not.

    Both directions are shown, each value goes with one of them, and no frame contradicts it.
    """
    values = set(filter(None, cells))
    if not 2 <= len(values) <= MOST_VALUES or max(map(len, values)) > LONGEST_WORD:
        return {}
    learned = LearnedDirections()
    for value, way in zip(cells, ways, strict=True):
        if value and way is not None:
            learned.learn((value,), way)
    meant = {value: list(learned.meant((value,))) for value in values}
    if not all(meant.values()):
        return {}
    directions = {value: found[0] for value, found in meant.items()}
    return directions if len(set(directions.values())) == len(Direction) else {}


def names_an_end(cells: Sequence[str], others: Sequence[str]) -> bool:
    """Whether two columns are sender and receiver: in each row, exactly one names the central system, and both do so
    in some row, while the other end has a name of its own."""
    rows = [(cell, other) for cell, other in zip(cells, others, strict=True) if cell and other]
    ends = [(is_backend(cell), is_backend(other)) for cell, other in rows]
    return len(set(ends)) == 2 and all(left != right for left, right in ends)


def common_end(senders: Sequence[str], receivers: Sequence[str], ways: Sequence[Direction | None]) -> str:
    """The name that is the sender or the receiver in each row, and that of the central system, as each frame shows that
    only one side sends; empty if there is none, or if they are numbers, such as the ports of both."""
    rows = [row for row in zip(senders, receivers, ways, strict=True) if row[0] and row[1]]
    shown = [row for row in rows if row[2] is not None]
    if len({way for *_, way in shown}) < len(Direction) or all(map(str.isdecimal, rows[0][:2])):
        return ""
    for name in rows[0][:2]:
        is_one_end = all((name == sender) != (name == receiver) for sender, receiver, _ in rows)
        if is_one_end and all((name == receiver) == (way is Direction.TO_CSMS) for _, receiver, way in shown):
            return name
    return ""


def shift_of_serials(times: Sequence[str], frames: Sequence[str]) -> int:
    """The microseconds to add to serial dates: they are days since 1900 or, by the times in payloads, since 1904."""
    from statistics import median  # which takes long to load, and few need it

    apart = []
    for text, frame in zip(times, frames, strict=True):
        moment = serial_moment(text)
        witness = witness_in(parse(frame)) if moment is not None else None
        if moment is not None and witness is not None:
            apart.append(witness.time - moment.time)
    return _SINCE_1904 if apart and abs(median(apart) - _SINCE_1904) < 2 * DAY else 0


def are_merged(cells: Sequence[str]) -> bool:
    """Whether a column has its values only in the first row of several that share it, as merged cells are stored."""
    named = [cell for cell in cells if cell]
    apart = all(one != other for one, other in zip(named, named[1:], strict=False))
    return bool(named) and bool(cells[0]) and len(named) < len(cells) and apart


def pairs_messages(cells: Sequence[str], is_call: Sequence[bool]) -> bool:
    """Whether a column has the ids of messages: nearly every answer has the value of a call above it, and calls that
    follow each other have different ones."""
    calls: set[str] = set()
    answers = paired = 0
    for cell, call in zip(cells, is_call, strict=True):
        if call:
            calls.add(cell)
        else:
            answers += 1
            paired += cell in calls
    made = sum(is_call)
    return answers > 1 and paired >= 0.8 * answers and len(calls) > 2 and len(calls) >= 0.3 * made


def tells_stations(cells: Sequence[str], texts: Sequence[str], share: int = 3) -> bool:
    """Whether a column has a number or name for each charge point: each answer has that of a call with its id, and
    several are beside calls of a whole charge point, which no connector makes. No more than one cell in `share` has
    another value than those before."""
    callers: dict[str, set[str]] = {}
    stations, alike, unlike = set[str](), 0, 0
    for cell, text in zip(cells, texts, strict=True):
        frame = parse(text) if text[:1] == "[" else None
        if not isinstance(frame, Message):
            continue
        if frame.action is not None:
            callers.setdefault(frame.id, set()).add(cell)
            if frame.action in OF_STATIONS:
                stations.add(cell)
        elif frame.id in callers:
            alike += cell in callers[frame.id]
            unlike += cell not in callers[frame.id]
    return len(stations) > 1 and alike > 1 and unlike * 10 <= alike and len(set(cells)) * share <= len(cells)


def mixes_conversations(texts: Sequence[str]) -> bool:
    """Whether these frames are of more than one connection: two different calls of one side with the same id are
    unanswered together, and both are answered."""
    calls: dict[str, list[Message]] = {}
    answered: set[str] = set()
    for text in texts:
        frame = parse(text) if text[:1] == "[" else None
        if not isinstance(frame, Message):
            continue
        unanswered = calls.setdefault(frame.id, [])
        if frame.action is None:
            if len(unanswered) == 1 and frame.id in answered:
                return True
            answered = answered | {frame.id} if len(unanswered) > 1 else answered - {frame.id}
            del unanswered[:1]
        elif all(_of_one_side(frame, other) for other in unanswered):
            unanswered.append(frame)
    return False


def _of_one_side(call: Message, other: Message) -> bool:
    """Whether two calls with one id are different, and of the same side."""
    sender = only_sender(call.action or "")
    differ = (call.action, call.payload) != (other.action, other.payload)
    return differ and sender is not None and sender is only_sender(other.action or "")


def share(cells: Sequence[str], test: Callable[[str], bool]) -> float:
    """The share of the cells with a text that pass a test."""
    filled = [cell for cell in cells if cell]
    return sum(map(test, filled)) / len(filled) if filled else 0.0
