"""What typed text becomes where a schema says what stands there: `1` is the integer 1 or the string "1"."""

from __future__ import annotations

from ocpptui.jsontext.text import is_number, string_text
from ocpptui.jsontext.tree import Number, Tree, parse_tree
from ocpptui.ocpp.schema import Field


def typed(field: Field, text: str) -> Tree:
    """The JSON value of `text` typed into a field.

    A string field takes it as it stands. A number or a boolean that cannot be read as one becomes a string, and a text
    in JSON quotes is always a string, so that a wrong value can be typed on purpose. Objects and lists are not typed.
    """
    if field.type == "string":
        return text
    word = text.strip()
    if field.type in ("integer", "number", "any") and is_number(word):
        return Number(word)
    if field.type in ("boolean", "any") and word in ("true", "false"):
        return word == "true"
    if field.type == "any" and word == "null":
        return None
    if word.startswith('"') and isinstance(quoted := parse_tree(word), str):
        return quoted
    return text


def fits(field: Field, text: str) -> bool:
    """True where `text` is of the type that the field has; whether it is allowed is for validation to say."""
    word = text.strip()
    match field.type:
        case "integer":
            return is_number(word) and float(word).is_integer()
        case "number":
            return is_number(word)
        case "boolean":
            return word in ("true", "false")
        case "object" | "array":
            return False
    return True


def edit_text(field: Field, tree: Tree) -> str:
    """The text to edit for a scalar: the one that `typed` turns into this very value wherever there is one."""
    if isinstance(tree, str):
        return tree if typed(field, tree) == tree else string_text(tree)
    if isinstance(tree, Number):
        return tree.text
    return "null" if tree is None else str(tree).lower()


ANY = Field("", "any", open=True)
"""The field of what no schema describes."""
