"""The answer to a wrong message of the peer, as effects of a behaviour; `ocpptui.ocpp.refusal` decides it."""

from __future__ import annotations

from ocpptui.ocpp.message import Malformed, Message
from ocpptui.ocpp.refusal import STRICT, RefusalSettings, refusal_of, result_refusal_of
from ocpptui.ocpp.version import Role, Version
from ocpptui.simulator.effects import Effect, SendError, SendResultError


def refusal(
    version: Version, role: Role, frame: Message | Malformed, settings: RefusalSettings = STRICT
) -> list[Effect] | None:
    """What `role` sends back because a message is wrong, which may be nothing; None if it accepts the message."""
    refused = refusal_of(version, role.other.sends, frame, settings)
    if refused is None:
        return None
    if not refused.code:
        return []
    if refused.id or not isinstance(frame, Message):
        return [SendError(None, refused.code, refused.reason, id=refused.id)]
    return [SendError(frame, refused.code, refused.reason)]


def result_refusal(version: Version, action: str, answer: Message, settings: RefusalSettings) -> list[Effect]:
    """A CALLRESULTERROR for a CALLRESULT that breaks its schema, in versions that have it."""
    refused = result_refusal_of(version, action, answer, settings)
    return [] if refused is None else [SendResultError(answer, refused.code, refused.reason)]
