"""The JSON value of typed text by the schema of its field: `1` is the integer 1 or the string "1"."""

from __future__ import annotations

from ocpptui.jsontext.text import is_number, string_text
from ocpptui.jsontext.tree import Number, Tree, parse_tree
from ocpptui.ocpp.schema import Field


def typed(field: Field, text: str) -> Tree:
    """The JSON value of `text` typed into a field.

    A string field takes the text unchanged. In a number or boolean field, any other text becomes a string, and a text
    in JSON quotes is always a string, so that the user can type a wrong value on purpose. Objects and lists cannot be
    typed.
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
    """Whether `text` has the type of the field; validation decides whether its value is allowed."""
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
    """The text to edit for a scalar: one that `typed` converts back to the same value, if there is one."""
    if isinstance(tree, str):
        return tree if typed(field, tree) == tree else string_text(tree)
    if isinstance(tree, Number):
        return tree.text
    return "null" if tree is None else str(tree).lower()


ANY = Field("", "any", open=True)
"""The field of a value without a schema."""
