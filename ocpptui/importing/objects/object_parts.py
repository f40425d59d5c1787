"""Which fields of an object in JSON are the parts of a frame, by their names and by what they have.

Other protocols have messages with an id and a content, too: `are_of_ocpp` tells them apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ocpptui.importing.fields.field_values import message_type_of
from ocpptui.importing.fields.field_vocabulary import INFRASTRUCTURE, SURE_ID, FieldMeaning, meanings, plain_name
from ocpptui.importing.objects.json_context import ABOUT
from ocpptui.importing.objects.json_shapes import decoded_json
from ocpptui.importing.texts.frame_scanner import START
from ocpptui.importing.words.action_names import action_and_kind

MOST_BESIDE_PAYLOAD = 8
"""The most fields of an object that has the payload beside other parts of its frame."""
LEAST_OF_OCPP = 6
"""Rank of the last name of a message id that no other protocol than OCPP is likely to use."""
_PARTS = frozenset((
    FieldMeaning.MESSAGE_TYPE, FieldMeaning.MESSAGE_ID, FieldMeaning.ACTION, FieldMeaning.PAYLOAD,
    FieldMeaning.ANSWER, FieldMeaning.ERROR_CODE, FieldMeaning.ERROR_DESCRIPTION, FieldMeaning.ERROR_DETAILS,
))  # fmt: skip

_OBJECTS = frozenset((FieldMeaning.PAYLOAD, FieldMeaning.ANSWER, FieldMeaning.ERROR_DETAILS))
_KINDS_OF_OCPP = ("2", "3", "4", "5", "6", "call", "conf")
"""How the types of messages begin that no other protocol is likely to use."""
_PARTS_OF_PROGRAMS = INFRASTRUCTURE - {"kind"}
"""Names of fields that say which part of a program wrote it."""
_LAST = 99
"""Behind the rank of every name."""


def parts_of_object(fields: dict[str, Any]) -> dict[FieldMeaning, Any] | None:
    """The fields of an object that are the parts of a frame; None if they are not.

    They are if they state a message type and an id, or an action of OCPP with the content of the call or the answer.
    """
    best: dict[FieldMeaning, tuple[int, Any]] = {}
    for name, value in fields.items():
        for field, rank in meanings(name):
            if field not in _PARTS or value is None or rank >= best.get(field, (_LAST, None))[0]:
                continue
            if field in _OBJECTS:
                value = decoded_json(value) if type(value) is str and value[:1] in ("{", "[") else value
                if type(value) is not dict:
                    continue
            elif field is FieldMeaning.MESSAGE_TYPE and message_type_of(value) is None:
                continue
            best[field] = rank, value
    rank, message_id = best.get(FieldMeaning.MESSAGE_ID, (0, None))
    if rank > SURE_ID and (FieldMeaning.MESSAGE_TYPE not in best or type(message_id) is not str):
        del best[FieldMeaning.MESSAGE_ID]  # the number of a row, or of anything else
    parts = {field: value for field, (_, value) in best.items()}
    if FieldMeaning.MESSAGE_TYPE in parts and FieldMeaning.MESSAGE_ID in parts:
        if FieldMeaning.ACTION not in parts and (only := _only_action(fields)):
            parts[FieldMeaning.ACTION] = only
        return parts
    action = parts.get(FieldMeaning.ACTION)
    has_content = FieldMeaning.PAYLOAD in parts or FieldMeaning.ANSWER in parts
    return parts if has_content and type(action) is str and action_and_kind(action) is not None else None


def _only_action(fields: dict[str, Any]) -> str:
    """The action of OCPP that one of the fields has, whatever its name; empty if none has one, or several have.

    A program calls its loggers and components by the actions that they handle: what they are called says nothing.
    """
    found = [
        value
        for name, value in fields.items()
        if type(value) is str and action_and_kind(value) is not None and plain_name(name) not in _PARTS_OF_PROGRAMS
    ]
    return found[0] if len(found) == 1 else ""


def are_of_ocpp(fields: dict[str, Any], parts: dict[FieldMeaning, Any]) -> bool:
    """Whether parts can be those of no other protocol: by their action, their type or the name of their id."""
    action = parts.get(FieldMeaning.ACTION)
    if type(action) is str and action_and_kind(action) is not None:
        return True
    stated = plain_name(str(parts.get(FieldMeaning.MESSAGE_TYPE, ""))).removeprefix("messagetype")
    if stated.startswith(_KINDS_OF_OCPP):
        return True
    of_id = [one.rank for name in fields for one in meanings(name) if one.field is FieldMeaning.MESSAGE_ID]
    return bool(of_id) and min(of_id) <= LEAST_OF_OCPP and not action


def have_message_id(names: Iterable[str]) -> bool:
    """Whether one of these names can only be that of a message id."""
    known = (meaning for name in names for meaning in meanings(name) if meaning.rank <= SURE_ID)
    return any(meaning.field is FieldMeaning.MESSAGE_ID for meaning in known)


def gathered_parts(fields: dict[str, Any]) -> dict[str, Any] | None:
    """The parts of a frame whose id is in an object beside its payload, as in the messages of Node-RED; None if there
    is no such object."""
    content = next((value for name, value in fields.items() if _may_be(name, value, FieldMeaning.PAYLOAD)), None)
    if content is None or any(type(value) is str and START.search(value) for value in content.values()):
        return None
    for name, value in fields.items():
        if type(value) is not dict or value is content or plain_name(name) not in ABOUT:
            continue
        if have_message_id(value):
            inner = any(_may_be(key, one, FieldMeaning.PAYLOAD) for key, one in content.items())
            whole = {**value, **(content if inner and len(content) <= MOST_BESIDE_PAYLOAD else {"payload": content})}
            return None if parts_of_object(whole) is None else whole
    return None


def _may_be(name: str, value: Any, field: FieldMeaning) -> bool:
    """Whether this is an object with a name for a field."""
    return type(value) is dict and any(meaning.field is field for meaning in meanings(name))
