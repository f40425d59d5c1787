"""The answer to a wrong message of the peer, as effects of a behaviour; `ocpptui.ocpp.refusal` decides it."""

from __future__ import annotations

from ocpptui.ocpp.message import Malformed, Message
from ocpptui.ocpp.payload import Payload
from ocpptui.ocpp.refusal import STRICT, RefusalSettings, refusal_of, result_refusal_of
from ocpptui.ocpp.refused_request import promises, refused_with
from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.validation import is_valid
from ocpptui.ocpp.version import Role, Version
from ocpptui.simulator.effects import Effect, SendAnswer, SendError, SendResultError


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


def not_done(version: Version, role: Role, call: Message, settled: Payload) -> Effect:
    """The answer to an invalid call that is answered leniently, and of which nothing is done.

    `settled` is the answer to a valid one, which stays if it promises nothing.
    """
    if refused_with(settled) or not promises(settled):
        return SendAnswer(call, settled)
    for status in ("Rejected", "NotSupported", "Failed", "UnlockFailed", "NotFound"):
        if is_valid(version, call.action or "", Part.RESPONSE, {"status": status}):
            return SendAnswer(call, {"status": status})
    wrong = refusal(version, role, call)
    return wrong[0] if wrong else SendError(call, "GenericError", "the call is not valid")


def result_refusal(version: Version, action: str, answer: Message, settings: RefusalSettings) -> list[Effect]:
    """A CALLRESULTERROR for a CALLRESULT that breaks its schema, in versions that have it."""
    refused = result_refusal_of(version, action, answer, settings)
    return [] if refused is None else [SendResultError(answer, refused.code, refused.reason)]
