"""The help for a field: its meaning in one line, and the keys that change it."""

from __future__ import annotations

from collections.abc import Sequence

from ocpptui.compose.draft import DraftNode, NodeKind
from ocpptui.describe.field_limits import limits_of


def help_of(node: DraftNode) -> str:
    """One line about a field: whether it is required, its meaning, type and limits."""
    if node.hides:
        return f"data of a vendor, which can be added in {node.hides} places"
    if node.extra:
        return "not in the schema of this message"
    need = "item" if node.is_item else "required" if node.field.required else "optional"
    return " · ".join(part for part in (need, node.field.description, limits_of(node.field)) if part)


def keys_of(node: DraftNode, offered: Sequence[object]) -> str:
    """The keys that change this row, in a few words; `offered` are the known values of its field."""
    if node.hides:
        return "space show"
    keys: list[str] = []
    if not node.present:
        keys.append("space add")
    elif node.kind.is_branch:
        keys.append("space fold")
    elif is_choice(node):
        keys.append("space next")
    if node.present and (is_choice(node) or offered) and not node.kind.is_branch:
        keys.append("enter choose")
    if node.field.format == "date-time":
        keys.append("^t now")
    if node.kind is NodeKind.ARRAY or (node.parent is not None and node.parent.kind is NodeKind.ARRAY):
        keys.append("^n add item")
    if node.present:
        keys.append("^x remove")
    return " · ".join(keys)


def is_choice(node: DraftNode) -> bool:
    """Whether a field takes one of a few values."""
    return bool(node.field.enum) or node.field.type == "boolean"


def value_choices(node: DraftNode) -> tuple[str, ...]:
    """The possible values of a field that takes one of a few."""
    return node.field.enum or (("true", "false") if node.field.type == "boolean" else ())
