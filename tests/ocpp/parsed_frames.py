"""What a text of OCPP-J is read as, where a test expects a message or a malformed one."""

from __future__ import annotations

from ocpptui.ocpp.json_defects import MAX_VALUES
from ocpptui.ocpp.json_encoding import JsonMessage, parse, plain_message
from ocpptui.ocpp.message import Malformed, Message, MessageKind


def frame_of(raw: str | bytes) -> JsonMessage:
    found = parse(raw)
    assert isinstance(found, JsonMessage), found
    if isinstance(raw, str) and len(raw) <= MAX_VALUES:
        is_plain = not found.defects and found.kind in (MessageKind.CALL, MessageKind.CALLRESULT)
        assert plain_message(raw) == (found if is_plain else None)
    return found


def malformed_of(raw: str | bytes) -> Malformed:
    found = parse(raw)
    assert isinstance(found, Malformed), found
    assert not isinstance(raw, str) or plain_message(raw) is None
    return found


def defect_names(frame: Message) -> list[str]:
    return [defect.name for defect in frame.defects]
