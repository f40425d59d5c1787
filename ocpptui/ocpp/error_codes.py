"""The error codes of each version, as that version spells them, and what each is for.

Sources: OCPP-J 1.6 table 7, with errata 5.1 and 5.2, which keep its spelling; OCPP 2.0.1 Part 4 table 8;
OCPP 2.1 Part 4 table 9.
"""

from __future__ import annotations

from collections.abc import Sequence

from ocpptui.ocpp.did_you_mean import nearest
from ocpptui.ocpp.version import Version
from ocpptui.ocpp.violation import Violation

UNKNOWN_CODE = "unknown-error-code"
"""Name of a code that no version has."""
CODE_OF_OTHER_VERSION = "error-code-of-other-version"
"""Name of a code that only other versions have, or spell like this."""


def error_codes(version: Version) -> tuple[str, ...]:
    """The error codes of a version, spelled as that version spells them."""
    return _ALL_1X if version.generation == 1 else _ALL_2X


def error_code(version: Version, found: Sequence[Violation]) -> str:
    """The code of the CALLERROR with which this version answers such a call; empty if all violations are advisory.

    If several rules are broken, violations of the structure take precedence over violations of a value.
    Source: the descriptions in OCPP-J 1.6 table 7, OCPP 2.0.1 Part 4 table 8 and OCPP 2.1 Part 4 table 9:

    ==================================  ==============================  ===============================
    broken rule                         1.6                             2.0.1 and 2.1
    ==================================  ==============================  ===============================
    payload is not an object            FormationViolation ("not        FormatViolation ("syntactically
                                        conform the PDU structure")     incorrect")
    unexpected field                    FormationViolation (as above)   ProtocolError ("not conform the
                                                                        PDU structure")
    required field is missing           ProtocolError ("payload is      OccurrenceConstraintViolation
                                        incomplete")                    (cardinality)
    too few or too many items           OccurenceConstraintViolation    OccurrenceConstraintViolation
    type                                TypeConstraintViolation         TypeConstraintViolation
    enum, length, limits, format        PropertyConstraintViolation     PropertyConstraintViolation
    ==================================  ==============================  ===============================
    """
    kinds = {_kind_of(violation) for violation in found if not violation.advisory}
    codes = _BY_RULE_1X if version.generation == 1 else _BY_RULE_2X
    return next((code for kind, code in codes.items() if kind in kinds), "")


def unknown_action_code(version: Version) -> str:
    """The code for a call of an action that this version does not have."""
    return "NotImplemented"


def malformed_code(version: Version) -> str:
    """The code for a message that is not a frame at all (2.x: message id `-1` if its own cannot be read).

    Sources: OCPP 2.0.1 Part 4 table 8 ("not a valid RPC request"); OCPP-J 1.6 table 7 ("syntactically incorrect").
    """
    return "FormationViolation" if version.generation == 1 else "RpcFrameworkError"


def error_code_fault(version: Version, code: str) -> str:
    """What is wrong with the code of a CALLERROR or CALLRESULTERROR: `UNKNOWN_CODE`, `CODE_OF_OTHER_VERSION` or ""."""
    codes = error_codes(version)
    if code in codes:
        return ""
    return CODE_OF_OTHER_VERSION if code in _ALL_1X or code in _ALL_2X else UNKNOWN_CODE


def code_in_version(version: Version, code: str) -> str:
    """The same code as the version spells it; empty if it has none of this meaning."""
    codes = error_codes(version)
    return next((spelled for spelled in (code, _SPELLINGS.get(code, "")) if spelled in codes), "")


def sentence_of_code(version: Version, code: str) -> str:
    """What is wrong with a code that the version does not have, without the full stop, and what was probably meant."""
    meant = code_in_version(version, code) or nearest(code, error_codes(version))
    hint = f"; did you mean {meant}?" if meant else ""
    if error_code_fault(version, code) == CODE_OF_OTHER_VERSION:
        return f"OCPP {version} has no error code {code}, but other versions have it{hint}"
    shown = code if len(code) <= _LONGEST else code[: _LONGEST - 1] + "…"
    return f"no version of OCPP has an error code {shown!r}{hint}"


def _kind_of(violation: Violation) -> str:
    if violation.rule == "type" and violation.path == "$":
        return "payload"
    return violation.rule if violation.rule in _STRUCTURAL else "value"


_STRUCTURAL = frozenset({"additionalProperties", "required", "minItems", "maxItems", "type"})
_BY_RULE_1X = {
    "payload": "FormationViolation",
    "additionalProperties": "FormationViolation",
    "required": "ProtocolError",
    "minItems": "OccurenceConstraintViolation",
    "maxItems": "OccurenceConstraintViolation",
    "type": "TypeConstraintViolation",
    "value": "PropertyConstraintViolation",
}
_BY_RULE_2X = {
    "payload": "FormatViolation",
    "additionalProperties": "ProtocolError",
    "required": "OccurrenceConstraintViolation",
    "minItems": "OccurrenceConstraintViolation",
    "maxItems": "OccurrenceConstraintViolation",
    "type": "TypeConstraintViolation",
    "value": "PropertyConstraintViolation",
}
_SPELLINGS = {
    "FormationViolation": "FormatViolation",
    "FormatViolation": "FormationViolation",
    "OccurenceConstraintViolation": "OccurrenceConstraintViolation",
    "OccurrenceConstraintViolation": "OccurenceConstraintViolation",
}
"""How the generations spell the same code."""
_LONGEST = 60
_ALL_1X = (
    "NotImplemented",
    "NotSupported",
    "InternalError",
    "ProtocolError",
    "SecurityError",
    "FormationViolation",
    "PropertyConstraintViolation",
    "OccurenceConstraintViolation",
    "TypeConstraintViolation",
    "GenericError",
)
_ALL_2X = (
    "FormatViolation",
    "GenericError",
    "InternalError",
    "MessageTypeNotSupported",
    "NotImplemented",
    "NotSupported",
    "OccurrenceConstraintViolation",
    "PropertyConstraintViolation",
    "ProtocolError",
    "RpcFrameworkError",
    "SecurityError",
    "TypeConstraintViolation",
)
