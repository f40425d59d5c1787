"""A recorded conversation as a list of exchanges, and how the exchanges of two conversations correspond."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import NamedTuple

from ocpptui.jsontext.text import compact
from ocpptui.jsontext.tokens import TokenKind, replaced, scalars
from ocpptui.ocpp.date_times import is_date_time
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import Direction, Version
from ocpptui.replay.linked_ids import id_kind
from ocpptui.timeline.record import RecordKind
from ocpptui.timeline.timeline import Timeline

BY_CLOCK = frozenset({"Heartbeat"})
"""Calls that a charge point makes by its clock: a replay neither waits for them nor reports them as missing or new."""


@dataclass(frozen=True, slots=True)
class AlignedExchange:
    """A call with its answer, or a message on its own, as indexes in the timeline."""

    index: int
    answer: int | None
    direction: Direction
    action: str
    """Empty if it is not a call."""
    says: str
    """Its payload without what always differs (times, ids, message id): equal content gives equal text."""

    @property
    def kind(self) -> tuple[Direction, str]:
        return self.direction, self.action


def exchanges(timeline: Timeline, charge_point: str, version: Version) -> list[AlignedExchange]:
    """The exchanges between a charge point and its central system, in order."""
    found: list[AlignedExchange] = []
    answered: set[int] = set()
    for index in range(len(timeline)):
        kind, direction = timeline.kind(index), timeline.direction(index)
        if not kind.is_message or direction is None or timeline.charge_point(index) != charge_point:
            continue
        half = timeline.other_half(index)
        if kind.is_call:
            if half is not None:
                answered.add(half)
            action = timeline.action(index)
            found.append(AlignedExchange(index, half, direction, action, _says(timeline, index, action, version)))
        elif index not in answered:
            found.append(AlignedExchange(index, None, direction, "", _says(timeline, index, "", version)))
    return found


class Alignment(NamedTuple):
    """Which exchanges of two lists correspond."""

    pairs: list[tuple[AlignedExchange, AlignedExchange]]
    left: list[AlignedExchange]
    """Those of the first list without a partner."""
    right: list[AlignedExchange]
    """Those of the second list without one."""


def aligned(first: Sequence[AlignedExchange], second: Sequence[AlignedExchange]) -> Alignment:
    """The corresponding exchanges of two lists, the pairs in the order of the first.

    Pairs are made by content and order first, then by content alone, then by action and order.
    """
    pairs: list[tuple[AlignedExchange, AlignedExchange]] = []
    left, right = list(first), list(second)
    head = _common(left, right)
    pairs += zip(left[:head], right[:head], strict=True)
    left, right = left[head:], right[head:]
    tail = _common(left[::-1], right[::-1])
    if tail:
        pairs += zip(left[-tail:], right[-tail:], strict=True)
        left, right = left[:-tail], right[:-tail]
    is_small = len(left) + len(right) <= SMALL
    matcher = SequenceMatcher(None, list(map(_key, left)), list(map(_key, right)), autojunk=not is_small)
    blocks = [block for block in matcher.get_matching_blocks() if block.size]
    for block in blocks:
        pairs += zip(left[block.a : block.a + block.size], right[block.b : block.b + block.size], strict=True)
    taken = {index for block in blocks for index in range(block.a, block.a + block.size)}
    right_taken = {index for block in blocks for index in range(block.b, block.b + block.size)}
    left = [one for index, one in enumerate(left) if index not in taken]
    right = [one for index, one in enumerate(right) if index not in right_taken]
    for by_content in (True, False):
        more, left, right = _partners(left, right, by_content)
        pairs += more
    return Alignment(sorted(pairs, key=lambda pair: pair[0].index), left, right)


def _common(left: Sequence[AlignedExchange], right: Sequence[AlignedExchange]) -> int:
    """How many exchanges are equal at the beginning."""
    count = 0
    for one, other in zip(left, right, strict=False):
        if _key(one) != _key(other):
            break
        count += 1
    return count


def _partners(left: list[AlignedExchange], right: list[AlignedExchange], by_content: bool) -> Alignment:
    waiting: dict[object, deque[AlignedExchange]] = defaultdict(deque)
    for one in right:
        if by_content or one.action:
            waiting[_key(one) if by_content else one.kind].append(one)
    pairs, alone = [], []
    for one in left:
        queue = waiting.get(_key(one) if by_content else one.kind)
        if queue and (by_content or one.action):
            pairs.append((one, queue.popleft()))
        else:
            alone.append(one)
    taken = {other.index for _, other in pairs}
    return Alignment(pairs, alone, [one for one in right if one.index not in taken])


def _key(exchange: AlignedExchange) -> tuple[Direction, str, str]:
    return exchange.direction, exchange.action, exchange.says


def _says(timeline: Timeline, index: int, action: str, version: Version) -> str:
    frame = timeline.frame(index)
    if frame is None:
        return ""
    if not isinstance(frame, Message):
        return frame.raw if isinstance(frame.raw, str) else frame.raw.decode("utf-8", "backslashreplace")
    text = frame.payload_text
    edits = [
        (scalar.start, scalar.end, "#")
        for scalar in scalars(text)
        if id_kind(version, action, scalar) is not None
        or (scalar.kind is TokenKind.STRING and is_date_time(scalar.value))
    ]
    head = "" if timeline.kind(index) is RecordKind.CALL else f"{timeline.kind(index).name} {frame.error_code or ''}"
    return head + compact(replaced(text, edits))


SMALL = 4_000
"""Up to this many exchanges, the best alignment is searched for whatever time it takes."""
