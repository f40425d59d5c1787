"""The type and limits of a field, and violations of them, in a few words."""

from __future__ import annotations

from collections.abc import Sequence

from ocpptui.ocpp.schema import Field
from ocpptui.ocpp.validation import Violation


def limits_of(field: Field) -> str:
    """Type and limits: `string ≤20`, `integer ≥0`, `Accepted | Blocked`, `list of 1–4 objects`."""
    if field.enum:
        return " | ".join(field.enum)
    match field.type:
        case "array":
            return f"list of {_range(field.min_items, field.max_items)}{_plural(field.item)}"
        case "string":
            length = _bounds(field.min_length, field.max_length)
            return " ".join(part for part in (field.format or "string", length) if part)
        case "integer" | "number":
            step = f", steps of {_plain(field.multiple_of)}" if field.multiple_of else ""
            return f"{field.type} {_bounds(field.minimum, field.maximum)}".rstrip() + step
        case "boolean":
            return "true | false"
        case "any":
            return "any JSON value"
        case "object":
            names = [child.name for child in field.fields if child.required] or [child.name for child in field.fields]
            return f"object of {', '.join(names)}" if names else "object"
    return field.type


def sentence_of(violations: Sequence[Violation]) -> str:
    """The violations of one row in a few words."""
    return "; ".join(violation_words(violation) for violation in violations)


def violation_words(violation: Violation) -> str:
    """A violation without its path, for narrow views that show the path elsewhere."""
    match violation.rule:
        case "required":
            return "required, but absent"
        case "additionalProperties":
            return violation.hint or "not allowed here"
        case "enum" if violation.hint:
            return violation.hint
        case "enum" | "type" | "format":
            return f"expected {violation.expected}"
    return violation.expected


def _range(least: int | None, most: int | None) -> str:
    if least is None and most is None:
        return ""
    if most is None:
        return f"at least {least} "
    return f"{most} " if least == most else f"{least or 0}–{most} "


def _bounds(least: float | None, most: float | None) -> str:
    if least is not None and most is not None:
        return f"{_plain(least)}–{_plain(most)}"
    if most is not None:
        return f"≤{_plain(most)}"
    return f"≥{_plain(least)}" if least is not None else ""


def _plain(number: float) -> str:
    return str(int(number)) if float(number).is_integer() else str(number)


def _plural(item: Field | None) -> str:
    if item is None or item.type == "any":
        return "values"
    return f"{'value' if item.enum else item.type}s"
