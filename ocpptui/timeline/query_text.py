"""The terms for which a record has to be read: words, message ids and fields of the payload."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ocpptui.protocol.frame import Frame
from ocpptui.timeline.query_terms import PARSED, READ, Node, members
from ocpptui.timeline.query_values import ORDERS, glob, number_of
from ocpptui.timeline.record import Record
from ocpptui.timeline.timeline import Timeline


class _Reading(Node):
    """A term that looks at one record after the other."""

    needs_text = True

    @abstractmethod
    def _matches(self, record: Record) -> bool: ...

    def select(self, timeline: Timeline, start: int, stop: int, among: int) -> int:
        count = stop - start
        found = bytearray(count)
        for place in members(among, count):
            found[place] = self._matches(timeline.record(start + place))
        return int.from_bytes(found, "little")


class Contains(_Reading):
    """Records whose text contains a word or phrase, case ignored."""

    cost = READ

    def __init__(self, words: str) -> None:
        self._words = words.casefold()

    def _matches(self, record: Record) -> bool:
        return self._words in text_of(record).casefold()


class OfMessage(_Reading):
    """Messages whose id passes a test."""

    cost = PARSED

    def __init__(self, wanted: Callable[[str], bool]) -> None:
        self._wanted = wanted

    def _matches(self, record: Record) -> bool:
        frame = record.frame
        return frame is not None and frame.id is not None and self._wanted(frame.id)


class PayloadField(_Reading):
    """Messages with a field of the payload, at any depth, whose value compares as wanted.

    `path` is one or more keys, each directly below the one before (lists in between do not count); their case is
    ignored. A CALLERROR has the fields `errorCode`, `errorDescription` and `errorDetails`. With `!=` the field is there
    and none of its values is equal.
    """

    cost = PARSED

    def __init__(self, path: str, comparison: str, value: str, literal: bool) -> None:
        self._path = tuple(path.casefold().split("."))
        self._wanted = _equals(value, literal) if comparison in ("=", "!=") else _ordered(comparison, value)
        self._unwanted = comparison == "!="

    def _matches(self, record: Record) -> bool:
        frame = record.frame
        if not isinstance(frame, Frame) or not self._may_have(frame):
            return False
        values = _values_at(_content(frame), self._path)
        if self._unwanted:
            found = list(values)
            return bool(found) and not any(map(self._wanted, found))
        return any(map(self._wanted, values))

    def _may_have(self, frame: Frame) -> bool:
        """False where the text shows at once that the field is not there; a backslash may hide it."""
        text = frame.raw.casefold()
        return frame.type.is_error or "\\" in text or all(key in text for key in self._path)


def text_of(record: Record) -> str:
    """What a search for words looks at: the raw text of a message, what else is told of a connection or note."""
    raw = record.raw
    if isinstance(raw, bytes):
        return raw.decode("utf-8", "replace")
    return "\n".join(_words(record.detail)) if raw is None else raw


def _words(detail: Any) -> Iterator[str]:
    """The texts and numbers in a record's detail, `key: value` where a key has one."""
    if isinstance(detail, Mapping):
        for key, value in detail.items():
            if isinstance(value, Mapping | list | tuple):
                yield str(key)
                yield from _words(value)
            else:
                yield f"{key}: {value}"
    elif isinstance(detail, list | tuple):
        for value in detail:
            yield from _words(value)
    else:
        yield str(detail)


def _content(frame: Frame) -> Any:
    if frame.type.is_error:
        return {
            "errorCode": frame.error_code,
            "errorDescription": frame.error_description,
            "errorDetails": frame.payload,
        }
    return frame.payload


def _values_at(payload: Any, path: tuple[str, ...]) -> Iterator[Any]:
    """The values of a field wherever it stands; without recursion, since a peer decides how deep a payload is."""
    first, *rest = path
    waiting = [payload]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            for key, item in value.items():
                if key.casefold() == first:
                    yield from _below(item, rest)
                if isinstance(item, dict | list):
                    waiting.append(item)
        elif isinstance(value, list):
            waiting.extend(item for item in value if isinstance(item, dict | list))


def _below(value: Any, path: list[str]) -> Iterator[Any]:
    found = _items(value)
    for wanted in path:
        found = [
            leaf
            for one in found
            if isinstance(one, dict)
            for key, item in one.items()
            if key.casefold() == wanted
            for leaf in _items(item)
        ]
    yield from found


def _items(value: Any) -> list[Any]:
    """What is in a list and the lists in it, an empty list itself, or the value that is no list."""
    found, waiting = [], [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list) and one:
            waiting.extend(one)
        else:
            found.append(one)
    return found


def _equals(wanted: str, literal: bool) -> Callable[[Any], bool]:
    if wanted == "*" and not literal:
        return lambda value: True
    number, matches = number_of(wanted), glob(wanted, literal)

    def equals(value: Any) -> bool:
        if isinstance(value, str):
            return matches(value)
        if isinstance(value, dict | list):
            return False
        if isinstance(value, bool) or value is None:
            return matches(_CONSTANTS[value])
        return value == number if number is not None else matches(str(value))

    return equals


def _ordered(comparison: str, wanted: str) -> Callable[[Any], bool]:
    order, number, text = ORDERS[comparison], number_of(wanted), wanted.casefold()

    def compares(value: Any) -> bool:
        if number is None:
            return isinstance(value, str) and order(value.casefold(), text)
        if isinstance(value, str):  # as OCPP 1.6 writes meter values and the values of configuration keys
            value = number_of(value)
        return isinstance(value, int | float) and not isinstance(value, bool) and order(value, number)

    return compares


_CONSTANTS = {True: "true", False: "false", None: "null"}
