"""The fields of a request, checked: what they are, or a sentence on what they should be."""

from __future__ import annotations

from ocpptui.compose.call_sequence import DEFAULT_TIMEOUT, LONGEST_TIME
from ocpptui.ocpp.payload import Payload
from ocpptui.ocpp.version import Direction
from ocpptui.session.rules_file import DIRECTIONS


class RequestRefused(Exception):
    """A request that cannot be done; the message says why."""


def request_text(request: Payload, name: str) -> str:
    """A text that must be there. Raises RequestRefused."""
    value = request.get(name)
    if not isinstance(value, str) or not value:
        raise RequestRefused(f"`{name}` is missing")
    return value


def request_texts(request: Payload, name: str, example: str) -> list[str]:
    """A list of texts, empty if it is not there. Raises RequestRefused with an example of one."""
    values = request.get(name, [])
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise RequestRefused(f"`{name}` is a list of texts such as {example}")
    return values


def request_number(request: Payload, name: str, default: int, meaning: str) -> int:
    """A whole number from 0. Raises RequestRefused with what its number means, such as `the number of a record`."""
    value = request.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise RequestRefused(f"`{name}` is {meaning}")
    return value


def request_seconds(request: Payload, name: str, most: float, default: float | None = None) -> float:
    """A number of seconds; without a default it must be there. Raises RequestRefused."""
    value = request.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise RequestRefused(f"`{name}` is a number of seconds, {most:.0f} at most")
    return float(value)


def request_timeout(request: Payload) -> float:
    """For how many seconds the script waits. Raises RequestRefused."""
    return request_seconds(request, "timeout", LONGEST_TIME, DEFAULT_TIMEOUT)


def waiting_record(request: Payload) -> int:
    """The number of the record that waits. Raises RequestRefused."""
    index = request.get("record")
    if not isinstance(index, int) or isinstance(index, bool):
        raise RequestRefused("`record` is the number of the call that waits")
    return index


def request_direction(request: Payload) -> Direction | None:
    """The direction that a message takes through a proxy; None if the request leaves it open. Raises RequestRefused."""
    word = request.get("towards")
    if word is None:
        return None
    if not isinstance(word, str) or word not in DIRECTIONS:
        raise RequestRefused(f"`towards` is one of {', '.join(DIRECTIONS)}")
    return DIRECTIONS[word]
