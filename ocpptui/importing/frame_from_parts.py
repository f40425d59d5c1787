"""Assembles frames whose parts are in separate columns or fields."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ocpptui.importing.field_vocabulary import FieldMeaning
from ocpptui.jsontext.text import value_text
from ocpptui.ocpp import actions as catalog
from ocpptui.ocpp import json_encoding
from ocpptui.ocpp.message import MessageKind

_HALF = re.compile(
    r"(\w+?)(?:[._]?(?P<call>req|request)|[._]?(?P<answer>conf|confirmation|resp|response))", re.IGNORECASE
)


def action_and_kind(name: str) -> tuple[str, MessageKind | None] | None:
    """The action that is called this, and which half of the exchange if the name says it: `Heartbeat.conf`,
    `BootNotificationRequest`; None if OCPP has no such action."""
    if catalog.versions_of(name):
        return name, None
    half = _HALF.fullmatch(name)
    if half is None or not catalog.versions_of(half[1]):
        return None
    return half[1], MessageKind.CALL if half["call"] else MessageKind.CALLRESULT


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
    return value_text([number, message_id, code or "GenericError", description or "", payload])
