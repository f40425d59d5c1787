"""The term that compares payload fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from ocpptui.filter.terms import PARSED
from ocpptui.filter.text_terms import TextTerm
from ocpptui.filter.values import ORDERS, glob, pieces, typed_number
from ocpptui.jsontext.text import LITERAL_NAMES
from ocpptui.ocpp.json_encoding import parse
from ocpptui.ocpp.message import Malformed, Message
from ocpptui.ocpp.plain_payloads import plain_payload
from ocpptui.ocpp.refused_request import REFUSALS, refused_with


class PayloadField(TextTerm):
    """Messages with a payload field, at any depth, whose value satisfies a comparison.

    `path` is one or more keys, each directly below the one before (lists in between do not count); case is ignored. A
    CALLERROR has the fields `errorCode`, `errorDescription` and `errorDetails`. `!=` requires that the field exists and
    that none of its values is equal.
    """

    cost = PARSED

    def __init__(self, path: str, comparison: str, value: str, literal: bool) -> None:
        self._path = path.casefold().split(".")
        self._wanted = _equals(value, literal) if comparison in ("=", "!=") else _ordered(comparison, value)
        self._unwanted = comparison == "!="
        keys = [key for key in self._path if key not in _ERROR_FIELDS]
        super().__init__(keys + (_needles(value, literal) if comparison == "=" else []))

    def matches_message(self, raw: str | bytes, frame: Message | Malformed | None = None) -> bool:
        if isinstance(raw, bytes):
            return False
        text = raw.casefold()
        hides_letters = "\\" in text or (frame is not None and "&#" in text)
        if not hides_letters:
            for needle in self.needles:  # quicker than a generator, for each message of a recording
                if needle not in text:
                    return False
        values = _values_at(_content(raw, frame), self._path)
        if self._unwanted:
            found = list(values)
            return bool(found) and not any(map(self._wanted, found))
        return any(map(self._wanted, values))


class Refusing(TextTerm):
    """Messages whose payload says that a request is refused; meant for answers."""

    cost = PARSED

    def __init__(self) -> None:
        super().__init__(["status"])

    @property
    def words(self) -> tuple[str, ...]:
        return ()  # not every status refuses

    def matches_message(self, raw: str | bytes, frame: Message | Malformed | None = None) -> bool:
        if isinstance(raw, bytes) or ("\\" not in raw and frame is None and _REFUSING.search(raw) is None):
            return False
        return bool(refused_with(_content(raw, frame)))


def _needles(value: str, literal: bool) -> list[str]:
    """What the text must contain if a field has this value: nothing if it may be a number, which has many spellings."""
    return [] if set(value.casefold()) <= _OF_NUMBERS else pieces(value, literal)


def _content(raw: str, frame: Message | Malformed | None) -> Any:
    """The payload of a message, with names for the fields of a CALLERROR; None if there is none."""
    if frame is None:
        payload = plain_payload(raw)
        if payload is not None:
            return payload
        frame = parse(raw)
    if not isinstance(frame, Message):
        return None
    if not frame.kind.is_error:
        return frame.payload
    return {
        "errorCode": frame.error_code,
        "errorDescription": frame.error_description,
        "errorDetails": frame.payload,
    }


def _values_at(payload: Any, path: list[str]) -> Iterator[Any]:
    """The values of a field at any depth; without recursion, because the peer decides how deep a payload is."""
    first, *rest = path
    waiting = [payload]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            for key, item in value.items():
                if key.casefold() == first:
                    if rest or isinstance(item, list):
                        yield from _below(item, rest)
                    else:
                        yield item
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
    """The items of a list and of the lists in it, an empty list itself, or a value that is not a list."""
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
    number, matches = typed_number(wanted), glob(wanted, literal)

    def equals(value: Any) -> bool:
        if isinstance(value, str):
            return matches(value)
        if isinstance(value, dict | list):
            return False
        if isinstance(value, bool) or value is None:
            return matches(LITERAL_NAMES[value])
        return value == number if number is not None else matches(str(value))

    return equals


def _ordered(comparison: str, wanted: str) -> Callable[[Any], bool]:
    order, number, text = ORDERS[comparison], typed_number(wanted), wanted.casefold()

    def compares(value: Any) -> bool:
        if number is None:
            return isinstance(value, str) and order(value.casefold(), text)
        if isinstance(value, str):  # as OCPP 1.6 writes meter values and the values of configuration keys
            value = typed_number(value)
        return isinstance(value, int | float) and not isinstance(value, bool) and order(value, number)

    return compares


_REFUSING = re.compile(f'"(?:{"|".join(sorted(REFUSALS))})"')
"""What the text of such a message contains, if nothing in it is escaped."""
_ERROR_FIELDS = frozenset({"errorcode", "errordescription", "errordetails"})
_OF_NUMBERS = frozenset("0123456789+-.*aefin")
"""The characters of all number texts, including `inf` and `nan`, and of patterns for them."""
