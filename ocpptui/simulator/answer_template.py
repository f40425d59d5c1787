"""Payloads with placeholders that are filled in from the call that they answer.

    ${now}              the time of the answer, as in RFC 3339
    ${count}            the number of the call among those that its rule is about
    ${id}               the message id of the call
    ${call.connectorId} a field of the call: ${call.meterValue[0].timestamp}

A text that is only a placeholder becomes the value itself, a number or an object too; null if the call lacks it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ocpptui.jsontext.path import read_path
from ocpptui.jsontext.text import value_text
from ocpptui.ocpp.date_times import date_time
from ocpptui.ocpp.message import UNREADABLE_ID, Malformed, Message

_PLACEHOLDER = re.compile(r"\$\{([^{}]*)\}")
_OF_CALL = "call."
NAMES = ("now", "count", "id", "call.FIELD")
"""What may be between the braces."""


def filled(template: Any, call: Message | Malformed, count: int, now: int) -> Any:
    """The payload that a template makes; `now` is µs since 1970. What cannot be read has no fields."""
    if isinstance(template, dict):
        return {key: filled(value, call, count, now) for key, value in template.items()}
    if isinstance(template, list):
        return [filled(value, call, count, now) for value in template]
    if not isinstance(template, str):
        return template

    def value_of(name: str) -> Any:
        match name:
            case "now":
                return date_time(now)
            case "count":
                return count
            case "id":
                return call.id or UNREADABLE_ID
        return _value_at(call.payload if isinstance(call, Message) else None, name.removeprefix(_OF_CALL))

    def text_of(found: re.Match[str]) -> str:
        value = value_of(found[1])
        return value if isinstance(value, str) else value_text(value)

    whole = _PLACEHOLDER.fullmatch(template)
    return value_of(whole[1]) if whole else _PLACEHOLDER.sub(text_of, template)


def wrong_placeholders(template: Any) -> Iterator[str]:
    """The names in placeholders that mean nothing."""
    match template:
        case dict():
            for value in template.values():
                yield from wrong_placeholders(value)
        case list():
            for value in template:
                yield from wrong_placeholders(value)
        case str():
            yield from (name for name in _PLACEHOLDER.findall(template) if not _is_known(name))


def _is_known(name: str) -> bool:
    if not name.startswith(_OF_CALL):
        return name in NAMES
    path = name.removeprefix(_OF_CALL)
    return bool(path) and read_path(path)[1] == len(path)


def _value_at(payload: Any, path: str) -> Any:
    for step in read_path(path)[0]:
        try:
            payload = payload[step]
        except (LookupError, TypeError):
            return None
    return payload
