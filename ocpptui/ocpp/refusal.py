"""What a version answers to a wrong message: a CALLERROR, a CALLRESULTERROR, or silence. Nothing else decides this, so
the error code in a report is the one that is sent.

=========================================  ============================  ==========================================
what came                                  1.6                           2.0.1 and 2.1
=========================================  ============================  ==========================================
a CALL whose message id is a number or     FormationViolation            RpcFrameworkError
too long, or that lacks its payload or
has more than four elements
a CALL with null as its payload            as if it were {} (section     as if it were {} (Part 4 section 4.1.5)
                                           4.2.1)
unknown action                             NotImplemented                the same
action of the other direction              NotSupported                  the same
payload breaks the schema                  CALLERROR, see `error_code`   the same
the same, when only advisory               no error
StartTransaction, StopTransaction and      no error: the station would
MeterValues with anything wrong but the    repeat them and lose the
action                                     transaction (sections 4.7,
                                           4.8, 4.10)
NotifyPeriodicEventStream as a CALL        NotImplemented                RpcFrameworkError: it is sent as a SEND
SEND, whatever is wrong with it            silence                       silence (2.1 Part 4 section 4.2.4)
unknown message type, and SEND in 2.0.1    silence (section 4.1.3)       silence, or MessageTypeNotSupported, if set
a CALL that cannot be read, its id can     FormationViolation            RpcFrameworkError
one whose id cannot be read                silence: nothing prescribes   RpcFrameworkError with the id "-1"
                                           an id to answer with          (Part 4 section 4.2.3)
an answer that cannot be read              silence                       silence: an answer gets no CALLERROR
a CALLRESULT that breaks the schema        silence                       2.1: CALLRESULTERROR (Part 4 section 4.2.3)
=========================================  ============================  ==========================================

OCPP-J 1.6 section 4.2.3 and Part 4 section 4.2.3 name what a CALLERROR is for: a CALL that "does not meet the
requirements for a proper message", such as missing elements or a message id that is too long. Part 4 of 2.0.1
contradicts itself about unknown message types (sections 4.1.3 and 4.4), hence the setting.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from ocpptui.ocpp.action_use import Misuse, misuse_of, sentence_of_misuse
from ocpptui.ocpp.error_codes import error_code, malformed_code, unknown_action_code
from ocpptui.ocpp.message import UNREADABLE_ID, Malformed, Message, MessageKind
from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.validation import Violation, violations
from ocpptui.ocpp.version import Direction, Version

MAX_DESCRIPTION = 255
"""The most characters of an errorDescription (2.0.1 Part 4 section 4.2.3)."""

NOT_A_PROPER_CALL = frozenset({"integer-id", "long-id", "missing-parts", "extra-elements"})
"""Names of the defects for which a readable CALL is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalSettings:
    """How strict one side is with its peer."""

    strict: bool = True
    """Refuse a frame with defects and an invalid payload; if off, answer them as well as possible."""
    answer_unknown_types: bool = False
    """2.0.1: answer an unknown message type with MessageTypeNotSupported instead of ignoring it."""


class MessageRefusal(NamedTuple):
    """Why a message is refused, and what its sender gets."""

    code: str
    """The error code, as the version spells it; empty for silence."""
    reason: str
    """One sentence for the errorDescription, `MAX_DESCRIPTION` characters at most."""
    id: str = ""
    """The message id to answer with, if the message is not a readable CALL."""


STRICT = RefusalSettings()


def refusal_of(
    version: Version, direction: Direction | None, frame: Message | Malformed, settings: RefusalSettings = STRICT
) -> MessageRefusal | None:
    """What the receiver of a CALL, SEND or malformed message sends back; None if it accepts the message.

    `direction` is that of the message; None if it is unknown.
    """
    if isinstance(frame, Malformed):
        return _of_malformed(version, frame, settings)
    if frame.kind.is_answer:
        return None
    action = frame.action or ""
    misuse = misuse_of(version, direction, frame.kind, action)
    if frame.kind is MessageKind.SEND:
        return None if misuse is None else _of_send(version, direction, frame, misuse, settings)
    if settings.strict and frame.defects and not is_never_refused(version, action):
        defect = next((one for one in frame.defects if one.name in NOT_A_PROPER_CALL), None)
        if defect is not None:
            return _refusal(malformed_code(version), defect.text)
    if misuse is not None:
        code = unknown_action_code(version) if misuse is Misuse.UNKNOWN_ACTION else _CODES[misuse]
        return _refusal(code, sentence_of_misuse(version, direction, action, misuse))
    if not settings.strict or is_never_refused(version, action):
        return None
    return _of_violations(version, violations(version, action, Part.REQUEST, frame.payload))


def result_refusal_of(
    version: Version, action: str, answer: Message, settings: RefusalSettings = STRICT
) -> MessageRefusal | None:
    """The CALLRESULTERROR for a CALLRESULT that breaks its schema, in versions that have it (2.1 Part 4 section 4.2.3,
    Part 2 FR.06); None if the answer is accepted."""
    if not version.has_result_errors or answer.kind is not MessageKind.CALLRESULT or not settings.strict:
        return None
    return _of_violations(version, violations(version, action, Part.RESPONSE, answer.payload))


def is_never_refused(version: Version, action: str) -> bool:
    """True for the calls that a charge point of OCPP 1.6 repeats until they are answered (sections 4.7, 4.8, 4.10)."""
    return version.generation == 1 and action in _NEVER_REFUSED


def content(frame: Message) -> Any:
    """The payload to act on: null, and one that is missing, count as `{}`."""
    return {} if frame.payload is None else frame.payload


def _of_violations(version: Version, found: tuple[Violation, ...]) -> MessageRefusal | None:
    first = next((violation for violation in found if not violation.advisory), None)
    return None if first is None else _refusal(error_code(version, found), str(first))


def _of_send(
    version: Version, direction: Direction | None, frame: Message, misuse: Misuse, settings: RefusalSettings
) -> MessageRefusal:
    if misuse is Misuse.NO_SUCH_TYPE:
        return _of_unknown_type(version, frame.id, settings)
    return _refusal("", sentence_of_misuse(version, direction, frame.action or "", misuse))


def _of_malformed(version: Version, frame: Malformed, settings: RefusalSettings) -> MessageRefusal:
    if frame.defect.name == "message-type":
        return _of_unknown_type(version, frame.id, settings)
    if not frame.may_be_call or (version.generation == 1 and frame.id is None):
        return _refusal("", frame.defect.text)
    return _refusal(malformed_code(version), frame.defect.text, UNREADABLE_ID if frame.id is None else frame.id)


def _of_unknown_type(version: Version, message_id: str | None, settings: RefusalSettings) -> MessageRefusal:
    is_answered = version is Version.V201 and settings.answer_unknown_types
    code = "MessageTypeNotSupported" if is_answered else ""
    return _refusal(code, f"not a message type of OCPP {version}", message_id or UNREADABLE_ID)


def _refusal(code: str, reason: str, message_id: str = "") -> MessageRefusal:
    cut = reason if len(reason) <= MAX_DESCRIPTION else reason[: MAX_DESCRIPTION - 1] + "…"
    return MessageRefusal(code, cut, message_id)


_CODES = {Misuse.WRONG_DIRECTION: "NotSupported", Misuse.SEND_AS_CALL: "RpcFrameworkError"}
_NEVER_REFUSED = frozenset({"StartTransaction", "StopTransaction", "MeterValues"})
