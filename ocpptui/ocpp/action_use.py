"""Whether a message may use its action: the version has it, and this side may send it in this message type.

Sources: OCPP 1.6 sections 4 and 5 (who initiates), OCPP 2.0.1 and 2.1 Part 2, sections "Messages" ("sent by the");
OCPP 2.1 Part 4 section 4.2.4 and Part 2 N15.FR.01 (NotifyPeriodicEventStream is a SEND, and the only one).
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache

from ocpptui.ocpp import actions as catalog
from ocpptui.ocpp.did_you_mean import suggestion
from ocpptui.ocpp.message import MessageKind
from ocpptui.ocpp.version import Direction, Version

ACTIONS_KEPT = 4096
"""Size of the cache; bounded, because a peer may invent any number of actions."""


class Misuse(StrEnum):
    """Why a message may not use its action."""

    UNKNOWN_ACTION = "unknown-action"
    """The version has no such action."""
    WRONG_DIRECTION = "wrong-direction"
    """Only the other side sends it."""
    SEND_AS_CALL = "send-as-call"
    """It must be a SEND, but came as a CALL."""
    CALL_AS_SEND = "call-as-send"
    """It must be a CALL, but came as a SEND."""
    NO_SUCH_TYPE = "no-such-type"
    """The version has no SEND."""


@lru_cache(maxsize=ACTIONS_KEPT)
def misuse_of(version: Version, direction: Direction | None, message_type: MessageKind, action: str) -> Misuse | None:
    """What is wrong with using this action in a CALL or SEND; None if nothing is.

    `direction` is None if it is unknown. Cached.
    """
    if message_type is MessageKind.SEND and not version.has_send:
        return Misuse.NO_SUCH_TYPE
    known = catalog.find_action(version, action)
    if known is None:
        return Misuse.UNKNOWN_ACTION
    if direction is not None and direction not in known.directions:
        return Misuse.WRONG_DIRECTION
    if known.is_send and message_type is MessageKind.CALL:
        return Misuse.SEND_AS_CALL
    if not known.is_send and message_type is MessageKind.SEND:
        return Misuse.CALL_AS_SEND
    return None


def sentence_of_misuse(version: Version, direction: Direction | None, action: str, misuse: Misuse) -> str:
    """What is wrong, in one sentence without its full stop, and what was probably meant."""
    match misuse:
        case Misuse.UNKNOWN_ACTION:
            hint = action_hint(version, action)
            return f"OCPP {version} has no action {_shown(action)}" + (f": {hint}" if hint else "")
        case Misuse.WRONG_DIRECTION:
            sender = "the peer" if direction is None else f"a {direction.sender.words}"
            return f"{sender} does not send {action}"
        case Misuse.SEND_AS_CALL:
            return f"{action} is sent as a SEND, not as a CALL"
        case Misuse.CALL_AS_SEND:
            return f"{action} is sent as a CALL, not as a SEND"
        case Misuse.NO_SUCH_TYPE:
            return f"OCPP {version} has no SEND"


def action_hint(version: Version, action: str) -> str:
    """What was probably meant by an action that the version does not have; empty if no action is similar."""
    signed = action.removesuffix(SIGNED)
    if signed != action and version.generation == 2 and catalog.find_action(version, signed) is not None:
        return f"it is a signed {signed}, which is optional (Part 4 section 7)"
    if elsewhere := catalog.versions_of(action):
        return f"{', '.join(elsewhere)} {'has' if len(elsewhere) == 1 else 'have'} it"
    for suffix in _SUFFIXES:
        if action.endswith(suffix) and catalog.find_action(version, action.removesuffix(suffix)) is not None:
            return f"the action is named {action.removesuffix(suffix)}, without {suffix}"
    return suggestion(action, [known.name for known in catalog.actions(version)], before="")


def _shown(action: str) -> str:
    return repr(action[:_LONGEST] + ("…" if len(action) > _LONGEST else "")) if not action.isidentifier() else action


SIGNED = "-Signed"
"""What the action of a signed message ends with (2.0.1 and 2.1 Part 4 section 7)."""
_SUFFIXES = (".req", ".conf", "Request", "Response", "Req", "Conf")
_LONGEST = 60
