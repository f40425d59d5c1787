"""The lists over the form: the values that a field can take, and the fields to go to."""

from __future__ import annotations

from textual.app import App

from ocpptui.compose.draft import DraftRow
from ocpptui.compose.field_finder import fields_to_find
from ocpptui.remote_control.question import KnownValue
from ocpptui.tui.compose.choice_list import ChoiceList
from ocpptui.tui.compose.form import Form


def choose_value(app: App[object], form: Form, event: Form.ChoiceRequested) -> None:
    """Let the user choose the value of a field, or type another one."""
    node = event.node

    def chosen(value: str | None) -> None:
        if value is not None:
            form.set_choice(node, value)

    app.push_screen(
        ChoiceList(node.name or "item", event.choices, typed=event.typed, free=True, current=node.edit_text), chosen
    )


def find_field(app: App[object], form: Form) -> None:
    """Let the user go to a field by a few letters of its name."""
    found = fields_to_find(form.draft)
    nodes = {row.path: row.node for row in found}

    def chosen(path: str | None) -> None:
        if path is not None:
            form.go_to(nodes[path], select=True)

    app.push_screen(ChoiceList("Go to which field?", [field_choice(row) for row in found]), chosen)


def field_choice(row: DraftRow) -> KnownValue:
    """A field to go to: its name, then its value and the path to what it is in."""
    value = " ".join(row.node.edit_text.split())[:LONGEST_VALUE] if row.node.present else ""
    around = row.path.removeprefix("$.").removesuffix(row.label).rstrip(".").split(".")[-NEAREST:]
    place = f"in {'.'.join(around)}" if any(around) else ""
    return KnownValue(row.path, "  ".join(part for part in (value, place) if part), row.label)


NEAREST = 2
"""Objects around a field that are shown beside its name."""
LONGEST_VALUE = 40
"""Characters of a value that are shown beside its name."""
