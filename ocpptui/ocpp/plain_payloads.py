"""The payloads of flawless messages of OCPP-J, read without the other work of `json_encoding.parse`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from ocpptui.ocpp.json_defects import MAX_VALUES


def plain_payload(raw: str | bytes) -> dict[str, Any] | None:
    """The payload of a flawless CALL or CALLRESULT that is not long, without the other work of `parse`; else None."""
    if len(raw) > MAX_VALUES:  # it may have too many values
        return None
    try:
        frame = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    return _payload_of_flawless(frame)


def plain_message_id(raw: str | bytes | None) -> str | None:
    """The message id of a flawless CALL or CALLRESULT that is not long; None of anything else."""
    if raw is None or len(raw) > MAX_VALUES:
        return None
    try:
        frame = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    return None if _payload_of_flawless(frame) is None else str(frame[1])


def plain_payloads(raws: Sequence[str | bytes | None]) -> list[dict[str, Any] | None]:
    """The same of many messages at once, each of which was found to be JSON before; None means no message."""
    try:
        frames = orjson.loads(f"[{','.join(raws)}]")  # type: ignore[arg-type]
    except (orjson.JSONDecodeError, TypeError):
        frames = []
    if len(frames) != len(raws):  # one of them is not JSON any more, or no text
        return [None if raw is None else plain_payload(raw) for raw in raws]
    return [_payload_of_flawless(frame) for frame in frames]


def _payload_of_flawless(frame: Any) -> dict[str, Any] | None:
    """The payload in the array of a CALL or CALLRESULT that has nothing wrong; else None."""
    if type(frame) is not list:
        return None
    if len(frame) == 4:
        number, message_id, action, payload = frame
        if number != 2 or type(action) is not str:
            return None
    elif len(frame) == 3:
        number, message_id, payload = frame
        if number != 3:
            return None
    else:
        return None
    return payload if type(payload) is dict and type(message_id) is str and type(number) is int else None
