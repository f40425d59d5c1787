"""Assembles frames whose parts are in separate columns or fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ocpptui.importing.fields.field_directions import DirectionClue
from ocpptui.importing.fields.field_vocabulary import FieldMeaning
from ocpptui.importing.words.action_names import action_and_kind
from ocpptui.jsontext.text import value_text
from ocpptui.ocpp import json_encoding
from ocpptui.ocpp.message import MessageKind

_UNKNOWN = DirectionClue()
MOST_UNANSWERED = 10_000


def composed(parts: Mapping[FieldMeaning, Any], kind: MessageKind | None) -> str | None:
    """The frame of these parts; None if a required part is missing."""
    message_id, action, payload = (
        parts.get(FieldMeaning.MESSAGE_ID),
        parts.get(FieldMeaning.ACTION),
        parts.get(FieldMeaning.PAYLOAD),
    )
    if kind is None or type(message_id) not in (str, int) or message_id == "":
        return None
    payload = {} if payload is None else payload
    number = json_encoding.message_type(kind)
    if kind in (MessageKind.CALL, MessageKind.SEND):
        return value_text([number, message_id, action, payload]) if type(action) is str and action else None
    if kind is MessageKind.CALLRESULT:
        return value_text([number, message_id, payload])
    code, description = parts.get(FieldMeaning.ERROR_CODE), parts.get(FieldMeaning.ERROR_DESCRIPTION)
    if not code and type(payload) is dict:
        code = payload.get("errorCode", payload.get("code"))
        description = payload.get("errorDescription", payload.get("description"))
        payload = payload if code is None else payload.get("errorDetails", payload.get("details", {}))
    elif parts.get(FieldMeaning.ERROR_DETAILS) is not None:
        payload = parts[FieldMeaning.ERROR_DETAILS]
    return value_text([number, message_id, code or "GenericError", description or "", payload])


class AssembledFrame(NamedTuple):
    """A frame made from parts."""

    raw: str
    beside_call: bool = False
    """Whether it is the answer that is beside its call, and so has the opposite direction."""


class _Call(NamedTuple):
    """A call that is not answered yet."""

    message_id: str | int
    way: DirectionClue
    payload: Any


class Assembler:
    """Assembles the frames of one file. Where they have no message id, it makes up one for a call and its answer."""

    def __init__(self, *, makes_ids: bool = True) -> None:
        """`makes_ids`: whether parts without a message id are a frame at all."""
        self._makes_ids = makes_ids
        self._count = 0
        self._unanswered: dict[tuple[str, str], _Call] = {}  # by charge point and action or message id

    def expects(self, parts: Mapping[FieldMeaning, Any], kind: MessageKind | None, charge_point: str) -> bool:
        """Whether these parts are the answer to a call that is unanswered."""
        message_id = parts.get(FieldMeaning.MESSAGE_ID)
        return kind is not None and kind.is_answer and (charge_point, str(message_id)) in self._unanswered

    def frames(
        self,
        parts: Mapping[FieldMeaning, Any],
        kind: MessageKind | None,
        charge_point: str = "",
        way: DirectionClue = _UNKNOWN,
        place: str = "",
    ) -> list[AssembledFrame]:
        """The frame of these parts, or a call and the answer beside it.

        Without a `kind` it is a call, unless one with its id, or else its action, is unanswered that went the other
        way. `place` is where it is in the file, for an id.
        """
        self._count += 1
        action, payload, answer = (
            parts.get(part) for part in (FieldMeaning.ACTION, FieldMeaning.PAYLOAD, FieldMeaning.ANSWER)
        )
        known = action_and_kind(action) if type(action) is str else None
        if known is not None:
            action, kind = known[0], kind or known[1]
        message_id = parts.get(FieldMeaning.MESSAGE_ID)
        if message_id is not None and type(message_id) not in (str, int):
            return []
        key = charge_point, str(message_id or action)
        call = self._unanswered.get(key)
        if kind in (None, MessageKind.CALLRESULT) and _is_error(payload):
            kind = MessageKind.CALLERROR
        if kind is None:
            kind = MessageKind.CALLRESULT if call is not None and _answers(call, way, payload) else MessageKind.CALL
        if message_id in (None, ""):
            if not self._makes_ids:
                return []
            message_id = place or f"item-{self._count}"
            if kind.is_answer and call is not None:
                message_id = call.message_id
        if kind.is_answer:
            self._unanswered.pop(key, None)
        else:
            if len(self._unanswered) >= MOST_UNANSWERED:
                self._unanswered.clear()
            self._unanswered[key] = _Call(message_id, way, payload)
        whole = {**parts, FieldMeaning.ACTION: action, FieldMeaning.MESSAGE_ID: message_id}
        found = []
        if payload is not None or answer is None or kind is MessageKind.CALL:
            raw = composed(whole, kind)
            if raw is not None:
                found.append(AssembledFrame(raw))
        if answer is not None:
            self._unanswered.pop(key, None)
            failed = type(answer) is dict and "errorCode" in answer and "status" not in answer
            of_answer = MessageKind.CALLERROR if failed else MessageKind.CALLRESULT
            raw = composed({FieldMeaning.MESSAGE_ID: message_id, FieldMeaning.PAYLOAD: answer}, of_answer)
            if raw is not None:
                found.append(AssembledFrame(raw, beside_call=not kind.is_answer))
        return found


_OF_ERROR = frozenset(("errorCode", "errorDescription", "errorDetails"))


def _is_error(payload: Any) -> bool:
    """Whether a payload is the content of a CALLERROR: some programs write its elements as an object."""
    return type(payload) is dict and len(payload) > 1 and "errorCode" in payload and payload.keys() <= _OF_ERROR


def _answers(call: _Call, way: DirectionClue, payload: Any) -> bool:
    """Whether parts with the id or the action of an unanswered call are its answer, and not the call again."""
    if way and call.way:
        return way != call.way
    return bool(payload != call.payload)
