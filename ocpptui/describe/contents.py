"""What is wrapped within the values of a message: certificates, signed meter values, messages of vendors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ocpptui.ocpp.message import Message
from ocpptui.ocpp.schema import Part
from ocpptui.timeline.timeline import Timeline

if TYPE_CHECKING:
    from ocpptui.unwrapping.unwrapped import InsideLine, Unwrapped

LONGEST = 400
"""Characters of the contents of one value in a line."""


def contents_of(timeline: Timeline, index: int, frame: Message, meter_keys: Sequence[str] = ()) -> list[Unwrapped]:
    """The contents of the values of the message at `index`.

    `meter_keys` are public keys that the user has given, to verify signed meter values.
    """
    # Not with the module: the first paint of a recording does not need them.
    from ocpptui.unwrapping.payload_walk import unwrapped
    from ocpptui.unwrapping.vendor_messages import vendor_contents

    action, call = timeline.action(index), frame.payload
    if frame.kind.is_answer and action == "DataTransfer":  # the call alone names the vendor and the message
        other = timeline.other_half(index)
        half = timeline.frame(other) if other is not None else None
        call = half.payload if isinstance(half, Message) else None
    part = Part.RESPONSE if frame.kind.is_answer else Part.REQUEST
    knowledge = None
    if "-----BEGIN CERTIFICATE" in frame.raw:
        from ocpptui.unwrapping.known_certificates import knowledge_before

        knowledge = knowledge_before(timeline, index)
    inside = unwrapped(frame.payload, timeline.time(index), meter_keys, knowledge)
    return [*vendor_contents(action, part, frame.payload, call), *inside]


def contents_fields(contents: Sequence[Unwrapped]) -> list[dict[str, Any]]:
    """The contents as JSON values: `path`, `what`, and `lines` and `problems` where there are any.

    JSON within a text is left out: it is in the message.
    """
    return [_fields(found) for found in contents]


def _fields(found: Unwrapped) -> dict[str, Any]:
    lines = [_told(line) for line in found.lines if line.sort in ("field", "text")]
    problems = [line.text for line in found.lines if line.sort == "problem"]
    values = {"lines": lines, "problems": problems}
    return {"path": found.path, "what": found.what, **{name: value for name, value in values.items() if value}}


def contents_line(found: Unwrapped) -> str:
    """The contents of one value in a line, its beginning if it is long."""
    told = [_told(line) for line in found.lines if line.sort in ("field", "text", "problem")]
    line = f"{found.path}: {'; '.join((found.what, *told))}"
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def _told(line: InsideLine) -> str:
    name, gap, value = line.text.partition("  ")
    return f"{name}: {value}" if gap and line.sort == "field" else " ".join(line.text.split())
