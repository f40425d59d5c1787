"""Placeholders in a payload: in each string of its JSON, and in the fields of a command line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ocpptui.compose.assignments import Assignment, read_assignment
from ocpptui.compose.call_payload import WrongPayload, call_payload
from ocpptui.compose.draft import Draft, DraftRow, NodeKind
from ocpptui.compose.field_input import typed
from ocpptui.compose.placeholders import (
    OPENING,
    PlaceholderValues,
    WrongPlaceholder,
    filled_in,
    has_placeholder,
    is_one_placeholder,
    literal,
    questions_in,
    without_placeholders,
)
from ocpptui.jsontext.tree import JsonDefect
from ocpptui.ocpp.schema import Field, Part, field_tree
from ocpptui.ocpp.version import Version


def filled_payload(field: Field | None, text: str, values: PlaceholderValues) -> str:
    """A payload (JSON text) with the placeholders in its strings replaced. Raises WrongPlaceholder.

    A string that is one placeholder takes the type that the schema has for it: `"connectorId": "${counter}"` becomes a
    number. Text that is not JSON, and a payload without placeholders, is unchanged.
    """
    draft = _with_placeholders(field, text)
    if draft is None:
        return text
    for row in list(_strings(draft)):
        before, after = row.node.text, filled_in(row.node.text, values)
        takes_type = is_one_placeholder(before) and row.node.field.type in ("integer", "number", "boolean")
        draft.set_tree(row.node, typed(row.node.field, after) if takes_type else after)
    return draft.to_json()


def value_to_check(field: Field | None, text: str) -> tuple[Any, frozenset[str]] | None:
    """The decoded payload as it will be, as far as that is known, and the JSON paths where it is not.

    None if there is nothing to replace.
    """
    draft = _with_placeholders(field, text)
    if draft is None:
        return None
    unknown = set()
    for row in list(_strings(draft)):
        if has_placeholder(row.node.text):
            unknown.add(row.path)
        else:
            draft.set_tree(row.node, without_placeholders(row.node.text))
    return draft.value(), frozenset(unknown)


def payload_questions(text: str) -> list[str]:
    """The questions that a payload (JSON text) asks, each once."""
    draft = _with_placeholders(None, text)
    if draft is None:
        return []
    return list(dict.fromkeys(question for row in _strings(draft) for question in questions_in(row.node.text)))


def has_placeholders(text: str) -> bool:
    """Whether a payload (JSON text) has something to replace."""
    return _with_placeholders(None, text) is not None


def literal_payload(text: str) -> str:
    """A payload as it came from a peer, or from a file, with nothing in it that would be replaced."""
    draft = _with_placeholders(None, text)
    if draft is None:
        return text
    make_literal(draft, {})
    return draft.to_json()


def placeholders_of(draft: Draft) -> dict[str, str]:
    """The strings of a draft with a placeholder or an escape in them, by JSON path."""
    return {row.path: row.node.text for row in _strings(draft)}


def make_literal(draft: Draft, except_for: Mapping[str, str]) -> None:
    """Let nothing in a draft be replaced but these strings, by JSON path: the others came from a peer."""
    for row in list(_strings(draft)):
        if except_for.get(row.path) != row.node.text:
            draft.set_tree(row.node, literal(row.node.text))


def filled_call(
    version: Version,
    action: str,
    text: str,
    fields: Sequence[str],
    values: PlaceholderValues,
    *,
    anyway: bool = False,
) -> str:
    """The payload of a call: `text` (JSON) with its placeholders replaced, changed by `fields` such as `idTag=${uuid}`.

    Raises WrongPayload, unless `anyway` lets a wrong payload or an unknown action pass.
    """
    try:
        text = filled_payload(field_tree(version, action, Part.REQUEST), text, values)
        assignments = filled_fields(fields, values)
    except WrongPlaceholder as wrong:
        raise WrongPayload(str(wrong)) from None
    return call_payload(version, action, assignments, text, anyway=anyway)


def filled_fields(fields: Sequence[str], values: PlaceholderValues) -> list[str]:
    """Fields such as `idTag=${uuid}` with their placeholders replaced. Raises WrongPlaceholder."""
    return [_filled_assignment(one, values) for one in fields]


def questions_of(text: str, fields: Iterable[str]) -> list[str]:
    """The questions that a call asks, each once: those of its payload, then those of its fields."""
    asked = payload_questions(text)
    for one in fields:
        assignment = read_assignment(one)
        if isinstance(assignment, Assignment):
            asked += payload_questions(assignment.value) if assignment.raw else questions_in(assignment.value)
    return list(dict.fromkeys(asked))


def _filled_assignment(text: str, values: PlaceholderValues) -> str:
    assignment = read_assignment(text)
    if not isinstance(assignment, Assignment):
        return text
    before = text[: len(text) - len(assignment.value)]
    if assignment.raw:
        return before + filled_payload(None, assignment.value, values)
    return before + filled_in(assignment.value, values)


def _with_placeholders(field: Field | None, text: str) -> Draft | None:
    """The payload as a draft; None if there is nothing in it to replace."""
    if OPENING not in text and "\\u" not in text:
        return None
    draft = Draft.from_json(field, text)
    return None if isinstance(draft, JsonDefect) or not any(True for _ in _strings(draft)) else draft


def _strings(draft: Draft) -> Iterator[DraftRow]:
    """The strings with a placeholder or an escape in them."""
    rows = (row for row in draft.all_rows() if row.node.present and row.node.kind is NodeKind.STRING)
    return (row for row in rows if OPENING in row.node.text)
