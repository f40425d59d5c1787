"""A tree of fields as text for the terminal and as JSON."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ocpptui.ocpp.schema import Field


def field_lines(root: Field) -> list[str]:
    """The fields of a payload, one per line, wrapped to the width of the terminal."""
    if not root.fields:
        return ["  no fields"]
    width = max(40, min(shutil.get_terminal_size((100, 24)).columns, 120))
    column = min(max(len(name) for name, _ in _rows(root)) + 2, width // 2)
    return [line for name, field in _rows(root) for line in _entry(name, field, column, width)]


def field_json(field: Field) -> dict[str, Any]:
    """A field with everything that the schema says about it, and nothing else."""
    facts: dict[str, Any] = {"name": field.name} if field.name else {}
    facts |= {"type": field.type, "required": field.required}
    said = {
        "description": field.description or None,
        "enum": list(field.enum) or None,
        "format": field.format or None,
        "minLength": field.min_length,
        "maxLength": field.max_length,
        "minimum": field.minimum,
        "maximum": field.maximum,
        "multipleOf": field.multiple_of,
        "minItems": field.min_items,
        "maxItems": field.max_items,
        "default": field.default,
        "furtherFields": field.open or None,
    }
    facts |= {key: value for key, value in said.items() if value is not None}
    if field.type == "object":
        facts["fields"] = [field_json(inner) for inner in field.fields]
    if field.item is not None:
        facts["items"] = field_json(field.item)
    return facts


def type_words(field: Field) -> str:
    """Type and limits in words: `string, at most 20 characters`, `array of objects, 1 to 4`."""
    words = [field.format or field.type]
    match field.type:
        case "array" if field.item is not None:
            inner = field.item.format or field.item.type
            words = [
                f"array of {'any' if inner == 'any' else inner + 's'}",
                _range(field.min_items, field.max_items, "items"),
            ]
            if field.item.type not in ("object", "array"):
                words.append(_limits(field.item))
        case "object" if field.open:
            words.append("further fields allowed")
        case _:
            words.append(_limits(field))
    if field.default is not None:
        words.append(f"default {field.default}")
    return ", ".join(word for word in words if word)


def _limits(field: Field) -> str:
    step = f"multiple of {field.multiple_of:g}" if field.multiple_of else ""
    limits = (
        _range(field.min_length, field.max_length, "characters"),
        _range(field.minimum, field.maximum),
        step,
    )
    return ", ".join(limit for limit in limits if limit)


def _range(least: float | None, most: float | None, unit: str = "") -> str:
    if least is None and most is None:
        return ""
    if least is None:
        text = f"at most {most:g}"
    elif most is None:
        text = f"at least {least:g}"
    else:
        text = f"{least:g} to {most:g}" if least != most else f"exactly {least:g}"
    return f"{text} {unit if (least if most is None else most) != 1 else unit.removesuffix('s')}".rstrip()


def _rows(field: Field, level: int = 1) -> Iterator[tuple[str, Field]]:
    """Each field below this one, with its name indented to its level; customData, which every object has, only once."""
    for inner in field.fields:
        if inner.name == "customData":
            if level == 1:
                yield "  " + inner.name, replace(inner, description=_CUSTOM_DATA)
            continue
        yield "  " * level + inner.name, inner
        yield from _rows(inner.item or inner, level + 1)


def _entry(name: str, field: Field, column: int, width: int) -> Iterator[str]:
    need = "required" if field.required else "optional"
    label = f"{name:<{column}}{need}  "
    yield from textwrap.wrap(type_words(field), width, initial_indent=label, subsequent_indent=" " * len(label))
    indent = " " * (len(name) - len(name.lstrip()) + 4)
    values = field.enum or (field.item.enum if field.item is not None else ())
    for text in (f"one of {', '.join(values)}" if values else "", field.description):
        yield from textwrap.wrap(text, width, initial_indent=indent, subsequent_indent=indent)


_CUSTOM_DATA = "Vendor-specific data: a vendorId and any other fields. Every object may have one."
