"""What a wrong frame of the peer gets, when answering is on: the CALLERROR that its version prescribes, or silence.

=========================================  ============================  ==========================================
what came                                  1.6                           2.0.1 and 2.1
=========================================  ============================  ==========================================
unknown action                             NotImplemented                the same
action of the other direction              NotSupported                  the same
payload against the schema                 CALLERROR, see `error_code`   the same
the same, when only advisory               an answer, as if it were right
StartTransaction, StopTransaction and      an answer all the same: the
MeterValues with a wrong payload           station would repeat them
                                           and lose the transaction
                                           (sections 4.7, 4.8, 4.10)
NotifyPeriodicEventStream as a CALL        NotImplemented                RpcFrameworkError: it travels as a SEND
SEND, well formed or not                   silence                       silence (2.1 Part 4 section 4.2.4)
unknown message type, and SEND in 2.0.1    silence (section 4.1.3)       silence, or MessageTypeNotSupported, if set
a call that cannot be read, its id can     FormationViolation            RpcFrameworkError
one whose id cannot be read                silence: nothing prescribes   RpcFrameworkError with the id "-1"
                                           an id to answer with          (Part 4 section 4.2.3)
an answer that cannot be read              silence                       silence: an answer gets no CALLERROR
=========================================  ============================  ==========================================

The 2.0.1 document contradicts itself about unknown message types (sections 4.1.3 and 4.4), hence the setting.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ocpptui.ocpp import actions as catalog
from ocpptui.ocpp.json_encoding import UNREADABLE_ID, Frame, Malformed, MessageType
from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.validation import Violation, error_code, is_valid, malformed_code, unknown_action_code, violations
from ocpptui.ocpp.version import Role, Version
from ocpptui.simulator.effects import Effect, SendError, SendResultError

MAX_DESCRIPTION = 255
"""Characters of an errorDescription (2.0.1 Part 4 section 4.2.3)."""

_NEVER_BLOCKED = frozenset({"StartTransaction", "StopTransaction", "MeterValues"})
_FIRST_NUMBER = re.compile(r"\s*\[\s*(\d+)\s*(?:,|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalSettings:
    """How strict a behaviour is with its peer."""

    strict: bool = True
    """Refuse a payload that breaks its schema; off: answer it as well as possible."""
    answer_unknown_types: bool = False
    """2.0.1: answer an unknown message type with MessageTypeNotSupported instead of ignoring it."""


def refusal(
    version: Version, role: Role, frame: Frame | Malformed, settings: RefusalSettings | None = None
) -> list[Effect] | None:
    """What `role` sends back because `frame` is wrong, which may be nothing; None where nothing is wrong with it."""
    settings = settings or RefusalSettings()
    if isinstance(frame, Malformed):
        return _of_malformed(version, frame, settings)
    if frame.type is MessageType.SEND:
        return None if version.has_send else _unknown_type(version, frame.id, settings)
    if frame.type is not MessageType.CALL:
        return []
    action = frame.action or ""
    known = catalog.find_action(version, action)
    if known is None:
        return [SendError(frame, unknown_action_code(version), _cut(f"{action!r} is no action of OCPP {version}"))]
    if known.is_send:
        return [SendError(frame, "RpcFrameworkError", f"{action} travels as a SEND")]
    if role.other.sends not in known.directions:
        return [SendError(frame, "NotSupported", f"a {role} does not take {action}")]
    if not settings.strict:
        return None
    found = blocking(version, action, Part.REQUEST, content(frame))
    if not found or (version.generation == 1 and action in _NEVER_BLOCKED):
        return None
    return [SendError(frame, error_code(version, found), _cut(str(found[0])))]


def result_refusal(version: Version, action: str, answer: Frame, settings: RefusalSettings) -> list[Effect]:
    """A CALLRESULTERROR for a CALLRESULT that breaks its schema: 2.1 only (Part 4 section 4.2.3, FR.06)."""
    if not version.has_result_errors or answer.type is not MessageType.CALLRESULT or not settings.strict:
        return []
    found = blocking(version, action, Part.RESPONSE, content(answer))
    return [SendResultError(answer, error_code(version, found), _cut(str(found[0])))] if found else []


def blocking(version: Version, action: str, part: Part, payload: Any) -> list[Violation]:
    """The violations that are more than advisory."""
    if is_valid(version, action, part, payload) is not False:
        return []
    return [violation for violation in violations(version, action, part, payload) if not violation.advisory]


def content(frame: Frame) -> Any:
    """The payload to judge and to answer: null and a missing one count as `{}` (1.6 tolerates that in its text)."""
    return {} if frame.payload is None else frame.payload


def _of_malformed(version: Version, frame: Malformed, settings: RefusalSettings) -> list[Effect]:
    if frame.defect.name == "message-type":
        return _unknown_type(version, frame.id, settings)
    raw = frame.raw if isinstance(frame.raw, str) else frame.raw.decode("utf-8", "replace")
    number = _FIRST_NUMBER.match(raw)
    if number is not None and number[1] != str(int(MessageType.CALL)):
        return []
    if version.generation == 1 and frame.id is None:
        return []
    code = malformed_code(version) if version.generation > 1 else "FormationViolation"
    return [SendError(None, code, _cut(frame.defect.text), id=UNREADABLE_ID if frame.id is None else frame.id)]


def _unknown_type(version: Version, message_id: str | None, settings: RefusalSettings) -> list[Effect]:
    if version is not Version.V201 or not settings.answer_unknown_types:
        return []
    description = "no message type of OCPP 2.0.1"
    return [SendError(None, "MessageTypeNotSupported", description, id=message_id or UNREADABLE_ID)]


def _cut(text: str) -> str:
    return text if len(text) <= MAX_DESCRIPTION else text[: MAX_DESCRIPTION - 1] + "…"
