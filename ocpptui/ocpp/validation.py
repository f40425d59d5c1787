"""What is wrong with a payload by the schema of its action, and the error code that this version prescribes.

Validation is advisory: it annotates and never blocks. Nothing here raises, whatever the payload holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

import jsonschema_rs

from ocpptui.ocpp.bounded_payload import excerpt
from ocpptui.ocpp.schema import SCHEMAS_KEPT, Field, Part, field_tree, schema
from ocpptui.ocpp.version import Version
from ocpptui.ocpp.violation import Violation, explained

__all__ = [
    "MAX_VIOLATIONS",
    "Violation",
    "error_code",
    "error_codes",
    "is_valid",
    "malformed_code",
    "unknown_action_code",
    "valid_in",
    "validator",
    "violations",
]

MAX_VIOLATIONS = 100
"""No more than this many are told of one payload."""


def violations(version: Version, action: str, part: Part, payload: Any) -> tuple[Violation, ...]:
    """Every rule that the payload breaks, `MAX_VIOLATIONS` at most; none where there is no schema."""
    check = _compiled(version, action, part)
    valid = validator(version, action, part)
    tree = field_tree(version, action, part)
    if check is None or valid is None or tree is None or valid(payload):
        return ()
    errors = check.iter_errors(excerpt(payload, _names(version, action, part)))
    found = tuple(
        islice((each for error in errors for each in explained(version, tree, payload, error)), MAX_VIOLATIONS)
    )
    if found:
        return found
    try:
        check.validate(payload)
    except jsonschema_rs.ValidationError as error:
        # What is wrong stands beyond the excerpt: the first of it will do.
        return tuple(explained(version, tree, payload, error))
    except ValueError as error:
        return (Violation("$", "unreadable", "a payload that can be validated", str(error)),)
    return ()


def is_valid(version: Version, action: str, part: Part, payload: Any) -> bool | None:
    """True where the payload breaks no rule at all, not even an advisory one; None where there is no schema."""
    check = validator(version, action, part)
    return None if check is None else check(payload)


@lru_cache(maxsize=SCHEMAS_KEPT)
def validator(version: Version, action: str, part: Part) -> Callable[[Any], bool] | None:
    """The fastest test of a payload by its schema, or None where there is no schema. It never raises. Cached."""
    compiled = _compiled(version, action, part)
    if compiled is None:
        return None
    check = compiled.is_valid

    def valid(payload: Any) -> bool:
        try:
            return check(payload)
        except ValueError:
            return check(excerpt(payload, _names(version, action, part)))

    return valid


def valid_in(action: str, part: Part, payload: Any, except_for: Version) -> tuple[Version, ...]:
    """The other versions in which this payload would be right, oldest first."""
    return tuple(
        version for version in Version if version is not except_for and is_valid(version, action, part, payload)
    )


def error_code(version: Version, found: Sequence[Violation]) -> str:
    """The code of the CALLERROR with which this version answers such a call; empty if all of it is advisory.

    Where several rules are broken, what is wrong with the structure goes before what is wrong with a value.
    Source: the descriptions in OCPP-J 1.6 table 7, OCPP 2.0.1 Part 4 table 8 and OCPP 2.1 Part 4 table 9:

    ==================================  ==============================  ===============================
    broken rule                         1.6                             2.0.1 and 2.1
    ==================================  ==============================  ===============================
    payload is no object                FormationViolation ("not        FormatViolation ("syntactically
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
    codes = _CODES_16 if version.generation == 1 else _CODES_2X
    return next((code for kind, code in codes.items() if kind in kinds), "")


def unknown_action_code(version: Version) -> str:
    """The code for a call of an action that this version does not have."""
    return "NotImplemented"


def malformed_code(version: Version) -> str:
    """The code for a message that is no frame at all (2.x: message id `-1` where its own cannot be read).

    Sources: OCPP 2.0.1 Part 4 table 8 ("not a valid RPC request"); OCPP-J 1.6 table 7 ("syntactically incorrect").
    """
    return "FormationViolation" if version.generation == 1 else "RpcFrameworkError"


def error_codes(version: Version) -> tuple[str, ...]:
    """The error codes of a version, spelled as that version spells them.

    Source: OCPP-J 1.6 table 7 and errata 5.1 and 5.2, which keep its spelling; OCPP 2.0.1 and 2.1 Part 4.
    """
    return _ERROR_CODES_16 if version.generation == 1 else _ERROR_CODES_2X


@lru_cache(maxsize=SCHEMAS_KEPT)
def _compiled(version: Version, action: str, part: Part) -> jsonschema_rs.Validator | None:
    found = schema(version, action, part)
    return None if found is None else jsonschema_rs.validator_for(found, validate_formats=True)


@lru_cache(maxsize=SCHEMAS_KEPT)
def _names(version: Version, action: str, part: Part) -> frozenset[str]:
    """Every field name in the schema of this payload."""

    def names(field: Field) -> Iterator[str]:
        yield field.name
        for inner in (*field.fields, *([field.item] if field.item else ())):
            yield from names(inner)

    tree = field_tree(version, action, part)
    return frozenset(names(tree)) if tree is not None else frozenset()


def _kind_of(violation: Violation) -> str:
    if violation.rule == "type" and violation.path == "$":
        return "payload"
    return violation.rule if violation.rule in _STRUCTURAL else "value"


_STRUCTURAL = frozenset({"additionalProperties", "required", "minItems", "maxItems", "type"})
_CODES_16 = {
    "payload": "FormationViolation",
    "additionalProperties": "FormationViolation",
    "required": "ProtocolError",
    "minItems": "OccurenceConstraintViolation",
    "maxItems": "OccurenceConstraintViolation",
    "type": "TypeConstraintViolation",
    "value": "PropertyConstraintViolation",
}
_CODES_2X = {
    "payload": "FormatViolation",
    "additionalProperties": "ProtocolError",
    "required": "OccurrenceConstraintViolation",
    "minItems": "OccurrenceConstraintViolation",
    "maxItems": "OccurrenceConstraintViolation",
    "type": "TypeConstraintViolation",
    "value": "PropertyConstraintViolation",
}
_ERROR_CODES_16 = (
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
_ERROR_CODES_2X = (
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
