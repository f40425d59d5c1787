"""Frames of OCPP-J that are made wrong on purpose, from right ones."""

from __future__ import annotations

from itertools import islice

from ocpptui.jsontext.text import quote
from ocpptui.jsontext.tokens import elements, replaced
from ocpptui.simulator.fault_plan import Breakage

UNKNOWN_TYPE = 9
"""A message type number that no version of OCPP-J has."""


def with_message_id(frame: str, message_id: str) -> str:
    """A frame with another message id."""
    return _with_element(frame, 1, quote(message_id))


def broken(frame: str, how: Breakage, place: float) -> str:
    """A frame that can no longer be read as one; `place`, from 0 to before 1, is where a truncated one ends."""
    match how:
        case Breakage.TRUNCATED:
            return frame[: 1 + int(place * (len(frame) - 1))]
        case Breakage.WRONG_TYPE:
            return _with_element(frame, 0, str(UNKNOWN_TYPE))
        case Breakage.NOT_ARRAY:
            return f'{{"message":{frame}}}'


def _with_element(frame: str, place: int, value: str) -> str:
    span = next(islice(elements(frame), place, None), None)
    return frame if span is None else replaced(frame, [(*span, value)])
