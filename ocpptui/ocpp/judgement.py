"""How a version judges one message alone, without the messages before and after it.

It is made once, when a record arrives, and is small enough to be kept for a million records.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from functools import lru_cache
from typing import Any, NamedTuple

from ocpptui.ocpp.action_use import Misuse, misuse_of
from ocpptui.ocpp.element_faults import NAMES
from ocpptui.ocpp.error_codes import error_code_fault, sentence_of_code
from ocpptui.ocpp.message import Defect, Malformed, Message, MessageKind
from ocpptui.ocpp.refusal import MAX_DESCRIPTION, NOT_A_PROPER_CALL
from ocpptui.ocpp.schema import SCHEMAS_KEPT, Part
from ocpptui.ocpp.validation import advisories, breaches, flawless, is_valid, meant_for
from ocpptui.ocpp.version import Direction, Transport, Version

SCHEMA_VIOLATION = "schema-violation"
"""Name of the remark for a payload with violations that are not just advisory."""
RIGHT_ELSEWHERE = "right-in-other-version"
"""Name of the remark for such a payload that was probably made for another version."""


class Verdict(IntEnum):
    """Whether a message, taken alone, is right."""

    UNKNOWN = 0
    """Nothing to judge it by: an unknown version or action, no schema, an error, or not a message at all."""
    VALID = 1
    """It is as its version demands, except for advisories."""
    INVALID = 2
    """Its version refuses it: the frame, the use of the action, or the payload."""


class Judgement(NamedTuple):
    """The verdict on a message, and what was noticed in it."""

    verdict: Verdict
    remarks: tuple[str, ...] = ()
    """Names of what was noticed, mostly none: the defects of the frame, a `Misuse` of the action, `SCHEMA_VIOLATION`,
    and what there is to say about the payload: its advisories, and the demands beyond its schema that it breaks."""


def judge(
    version: Version | None, direction: Direction | None, frame: Message | Malformed, action: str = ""
) -> Judgement:
    """The judgement on a message.

    `direction` is None if it is unknown; if the message is an answer, `action` is that of its call.
    """
    if isinstance(frame, Malformed):
        return Judgement(Verdict.UNKNOWN, (frame.defect.name,))
    is_error = frame.kind.is_error
    if version is not None and not is_error and not frame.defects:  # as almost always
        used = action if frame.kind is MessageKind.CALLRESULT else frame.action or ""
        is_right = _test_of(version, direction, frame.kind, used)
        if is_right is not None and is_right({} if frame.payload is None else frame.payload):
            return _RIGHT
    remarks: tuple[str, ...] = ()
    if frame.defects or is_error:
        remarks = tuple(dict.fromkeys(defect.name for defect in defects_of(version, frame)))
    if version is None or is_error:
        return Judgement(Verdict.UNKNOWN, remarks)
    is_proper = not remarks or _DEMANDED_OF[frame.kind].isdisjoint(remarks)
    if frame.kind.is_answer:
        about_payload = judge_payload(version, action, Part.RESPONSE, frame.payload)
    else:
        about_payload = judge_call(version, direction, frame.kind, frame.action or "", frame.payload)
    verdict = about_payload.verdict if is_proper else Verdict.INVALID
    return Judgement(verdict, remarks + about_payload.remarks) if remarks else about_payload


@lru_cache(maxsize=SCHEMAS_KEPT)
def _test_of(
    version: Version, direction: Direction | None, message_type: MessageKind, action: str
) -> Callable[[Any], bool] | None:
    """Whether there is nothing to say about a payload; None if the action is misused, or if there is no schema."""
    if message_type is not MessageKind.CALLRESULT and misuse_of(version, direction, message_type, action) is not None:
        return None
    return flawless(version, action, part_of(message_type))


def judge_call(
    version: Version, direction: Direction | None, message_type: MessageKind, action: str, payload: object
) -> Judgement:
    """The judgement on the content of a CALL or SEND, whatever the defects of its frame."""
    misuse = misuse_of(version, direction, message_type, action)
    if misuse is None:
        return judge_payload(version, action, Part.REQUEST, payload)
    return Judgement(Verdict.UNKNOWN if misuse in _NOTHING_TO_JUDGE_BY else Verdict.INVALID, (misuse.value,))


def judge_payload(version: Version, action: str, part: Part, payload: object) -> Judgement:
    """The judgement on a payload alone, by its schema and what is demanded beyond it."""
    test = flawless(version, action, part)
    if test is None:
        return _NO_SCHEMA
    return _RIGHT if test({} if payload is None else payload) else judge_faulty(version, action, part, payload)


def judge_faulty(version: Version, action: str, part: Part, payload: object) -> Judgement:
    """The judgement on a payload about which there is something to say."""
    noticed: tuple[str, ...] | None = ()
    if not is_valid(version, action, part, payload):
        noticed = advisories(version, action, part, payload)
    beyond = {one.advisory for one in breaches(version, action, part, payload)}
    if noticed is not None:
        return Judgement(Verdict.VALID, (*noticed, *sorted(beyond)))
    elsewhere = (RIGHT_ELSEWHERE,) if meant_for(version, action, part, payload) else ()
    return Judgement(Verdict.INVALID, (SCHEMA_VIOLATION, *elsewhere, *sorted(beyond)))


def defects_of(version: Version | None, frame: Message | Malformed) -> tuple[Defect, ...]:
    """All defects of the frame itself, including an error code or a description that the version does not allow."""
    if isinstance(frame, Malformed):
        return (frame.defect,)
    if not frame.kind.is_error or version is None or frame.transport is not Transport.JSON:
        return frame.defects
    defects = frame.defects
    if fault := error_code_fault(version, frame.error_code):
        defects = (*defects, Defect(fault, sentence_of_code(version, frame.error_code)))
    if version.generation > 1 and (length := len(frame.error_description)) > MAX_DESCRIPTION:
        sentence = f"the description has {length} characters, at most {MAX_DESCRIPTION} are allowed"
        defects = (*defects, Defect("long-description", sentence))
    return defects


def part_of(message_type: MessageKind) -> Part:
    """Which half of an exchange a message with a payload is."""
    return Part.RESPONSE if message_type is MessageKind.CALLRESULT else Part.REQUEST


_DEMANDED_OF = {
    MessageKind.CALL: NOT_A_PROPER_CALL.union(NAMES),
    MessageKind.SEND: NOT_A_PROPER_CALL,
    MessageKind.CALLRESULT: frozenset({"missing-parts", "extra-elements", *NAMES}),
}
"""Names of the defects that make a message invalid for its type. An answer repeats the message id of its call, whatever
that is."""
_NOTHING_TO_JUDGE_BY = (Misuse.UNKNOWN_ACTION, Misuse.NO_SUCH_TYPE)
_NO_SCHEMA, _RIGHT = Judgement(Verdict.UNKNOWN), Judgement(Verdict.VALID)
