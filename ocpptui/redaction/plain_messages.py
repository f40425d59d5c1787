"""Messages whose decoded payload shows all that is in their text, so that most of them need no scanner."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import Transport
from ocpptui.timeline.record import Record


def is_plain(record: Record, frame: Message) -> bool:
    """Whether the payload shows all: the text has no defects, no repeated keys, no escapes and no texts outside."""
    return (
        record.transport is Transport.JSON
        and type(record.raw) is str
        and not frame.defects
        and not frame.kind.is_error
        and "\\" not in frame.raw
    )


def payload_values(payload: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Each value in a payload that holds no others, with the names of the fields that lead to it."""
    within: list[tuple[tuple[str, ...], Any]] = [((), payload)]
    while within:
        names, holder = within.pop()
        if not holder:
            yield names, None
        elif type(holder) is dict:
            for name, value in holder.items():
                if type(value) is dict or type(value) is list:
                    within.append(((*names, name), value))
                else:
                    yield (*names, name), value
        elif type(holder) is list:
            for value in holder:
                if type(value) is dict or type(value) is list:
                    within.append((names, value))
                else:
                    yield names, value
