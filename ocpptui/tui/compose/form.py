"""The form: the fields of a draft, one per line, edited in place.

It is one widget on the line API for any number of fields: a widget per field would take 10 ms each to mount.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from ocpptui.compose.draft import CUSTOM_DATA, Draft, DraftNode, DraftRow, NodeKind, is_absent_custom_data
from ocpptui.compose.field_help import is_choice, value_choices
from ocpptui.compose.known_values import KnownValues
from ocpptui.compose.line_edit import LineEdit
from ocpptui.jsontext.path import below
from ocpptui.ocpp.date_times import date_time
from ocpptui.ocpp.validation import Violation
from ocpptui.remote_control.question import KnownValue
from ocpptui.tui.commands.command import Where
from ocpptui.tui.commands.command_registry import bindings
from ocpptui.tui.compose.form_line import FormColumns, FormLine, in_payload


class Form(ScrollView, can_focus=True):
    """The rows of a draft; the row under the cursor receives the typed text."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "form--name",
        "form--required",
        "form--absent",
        "form--hint",
        "form--value",
        "form--extra",
        "form--violation",
        "form--advice",
        "form--cursor",
        "form--cursor-blurred",
        "form--edit",
        "form--caret",
    }
    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.FORM)

    class Edited(Message):
        """The draft was changed in the form."""

    class RowReached(Message):
        """The cursor moved to a row, or the row under it changed."""

        def __init__(self, row: DraftRow | None) -> None:
            super().__init__()
            self.row = row

    class ChoiceRequested(Message):
        """The field under the cursor takes one of a few values; `typed` is what was typed so far."""

        def __init__(self, node: DraftNode, choices: Sequence[KnownValue], typed: str = "") -> None:
            super().__init__()
            self.node = node
            self.choices = tuple(choices)
            self.typed = typed

    def __init__(
        self,
        clock: Callable[[], int],
        values: Callable[[], KnownValues],
        *,
        id: str | None = None,  # noqa: A002
    ) -> None:
        """`values` returns what is known for the fields of the message."""
        super().__init__(id=id)
        self._clock = clock
        self._values = values
        self.draft = Draft(None)
        self.rows: list[DraftRow] = []
        self.cursor = 0
        self._violations: Mapping[DraftNode, Sequence[Violation]] = {}
        self._inside: dict[DraftNode, int] = {}  # violations inside a node
        self._edit: LineEdit | None = None
        self._columns = FormColumns(0, 0)

    # -- what it shows ------------------------------------------------------------------------------------------

    def show(self, draft: Draft) -> None:
        """Show a draft with the cursor on the row of the same path as before, or else on the first row."""
        path = self.row.path if self.row is not None else ""
        self.draft = draft
        self.show_violations({})
        self._arrange(path)

    def show_violations(self, violations: Mapping[DraftNode, Sequence[Violation]]) -> None:
        """Show violations beside their rows, and their number beside a folded node."""
        self._violations = violations
        self._inside = {}
        for node, broken in violations.items():
            above = node.parent
            while above is not None:
                self._inside[above] = self._inside.get(above, 0) + len(broken)
                above = above.parent
        self.refresh()

    @property
    def row(self) -> DraftRow | None:
        """The row under the cursor; None if there are no fields."""
        return self.rows[self.cursor] if self.cursor < len(self.rows) else None

    def violations_of(self, node: DraftNode) -> Sequence[Violation]:
        return self._violations.get(node, ())

    def offered_for(self, node: DraftNode) -> Sequence[KnownValue]:
        """Known values for a field."""
        return self._values().offered(node)

    def go_to(self, node: DraftNode, *, select: bool = False) -> None:
        """Move the cursor to a node and unfold what hides it; with `select`, what is typed replaces its value."""
        self.draft.shows_custom_data |= is_absent_custom_data(node)
        above = node.parent
        while above is not None:
            self.draft.fold(above, False)
            above = above.parent
        self._arrange()
        self._reach(next((i for i, row in enumerate(self.rows) if row.node is node), self.cursor))
        if select and self._edit is not None:
            self._edit.is_selected = bool(self._edit.text)

    def _arrange(self, path: str | None = None) -> None:
        """Read the rows from the draft again and keep the cursor where it was."""
        node = self.row.node if path is None and self.row is not None else None
        self.rows = self.draft.rows()
        here = (i for i, row in enumerate(self.rows) if (row.node is node if path is None else row.path == path))
        fallback = min(self.cursor, len(self.rows) - 1) if path is None else 0
        self._measure()
        self._reach(next(here, max(0, fallback)))

    def _measure(self) -> None:
        self._columns = FormColumns.for_rows(self.rows, self.size.width)
        self.virtual_size = Size(self.size.width, len(self.rows))
        self.refresh()

    def _reach(self, index: int) -> None:
        took_letters = self._takes_letters
        self.cursor = max(0, min(index, len(self.rows) - 1))
        self._load_edit()
        if self._takes_letters != took_letters and self.is_attached:
            self.refresh_bindings()
        self._show_cursor()
        self.refresh()
        self.post_message(self.RowReached(self.row))

    @property
    def _takes_letters(self) -> bool:
        """Whether a letter changes the row under the cursor, instead of giving a command such as `?`."""
        return self.row is not None and not self.row.node.kind.is_branch

    def check_consume_key(self, key: str, character: str | None) -> bool:
        return self._takes_letters and character is not None and character.isprintable()

    def _load_edit(self) -> None:
        row = self.row
        self._edit = None
        if row is not None and not row.node.kind.is_branch and not is_choice(row.node):
            text = row.node.edit_text if row.node.present else ""
            self._edit = LineEdit(text, len(text))

    def _show_cursor(self) -> None:
        self.scroll_to_region(Region(0, self.cursor, 1, 1), animate=False, force=True)

    def on_resize(self) -> None:
        self._measure()
        self._show_cursor()
        self.post_message(self.RowReached(self.row))  # the keys of a form that does not fit are others

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        index = y + self.scroll_offset.y
        if index >= len(self.rows):
            return Strip.blank(width, self.rich_style)
        row = self.rows[index]
        line = FormLine(self._columns._replace(width=width), self.rich_style, self.get_component_rich_style)
        on_cursor = index == self.cursor
        return line.strip(
            row,
            self.violations_of(row.node),
            known=self._values().note(row.node),
            inside=self._inside.get(row.node, 0) if row.node.folded else 0,
            cursor=("cursor" if self.has_focus else "cursor-blurred") if on_cursor else "",
            edit=self._edit if on_cursor and self.has_focus else None,
        )

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    # -- moving -------------------------------------------------------------------------------------------------

    def action_move(self, by: int) -> None:
        self._reach(self.cursor + by)

    def action_page(self, by: int) -> None:
        self._reach(self.cursor + by * max(1, self.size.height - 1))

    def action_first(self) -> None:
        self._reach(0)

    def action_last(self) -> None:
        self._reach(len(self.rows) - 1)

    def action_next_field(self) -> None:
        if self.cursor + 1 < len(self.rows):
            self._reach(self.cursor + 1)
        else:
            self.screen.focus_next()

    def action_previous_field(self) -> None:
        if self.cursor > 0:
            self._reach(self.cursor - 1)
        else:
            self.screen.focus_previous()

    def action_next_problem(self) -> None:
        """Go to the next field with a violation; after the last one, to the first."""
        wrong = [row.node for row in self.draft.all_rows() if row.node in self._violations and row.node.parent]
        if not wrong:
            return
        order = {row.node: place for place, row in enumerate(self.draft.all_rows())}
        here = order[self.row.node] if self.row is not None else -1
        self.go_to(next((node for node in wrong if order[node] > here), wrong[0]))

    # -- editing ------------------------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        row = self.row
        if row is None:
            return
        if self._press(row.node, event):
            event.stop()
            event.prevent_default()

    def _press(self, node: DraftNode, event: events.Key) -> bool:
        """Handle a key that means something for this row, apart from the commands; return whether it did."""
        if node.kind.is_branch or is_choice(node):
            return self._press_on_group_or_choice(node, event)
        edit = self._edit
        if edit is None or (event.key == "space" and not node.present):
            return False
        if event.is_printable and event.character is not None:
            edit.insert(event.character)
        else:
            before = edit.text
            if not node.present or not edit.press(event.key):
                return False
            if edit.text == before:
                self.refresh()
                return True
        self._type(node, edit)
        return True

    def _press_on_group_or_choice(self, node: DraftNode, event: events.Key) -> bool:
        branch = node.kind.is_branch
        if event.key in ("delete", "backspace") and node.present:
            self.action_remove()
        elif event.key in ("left", "right") and branch and not node.hides:
            self.draft.fold(node, event.key == "left")
            self._arrange()
        elif event.key in ("left", "right") and node.present:
            self._step(node, 1 if event.key == "right" else -1)
        elif event.is_printable and event.character is not None and event.key != "space" and not branch:
            self.post_message(self.ChoiceRequested(node, allowed_values(node), event.character))
        else:
            return False
        return True

    def _step(self, node: DraftNode, by: int) -> None:
        """Set a field to the next or previous one of its possible values."""
        choices, value = value_choices(node), node.edit_text
        place = choices.index(value) if value in choices else -max(by, 0)
        self._set(node, choices[(place + by) % len(choices)])

    def on_paste(self, event: events.Paste) -> None:
        row = self.row
        if row is None or row.node.kind.is_branch:
            return
        event.stop()
        if self._edit is None:
            self._set(row.node, event.text)
            return
        self._edit.insert(event.text)
        self._type(row.node, self._edit)

    def _type(self, node: DraftNode, edit: LineEdit) -> None:
        there = in_payload(node)
        self._values().write(self.draft, node, edit.text, self._clock())
        if there:
            self.refresh()
            self.post_message(self.Edited())
        else:
            self._edited()
            self._edit = edit

    def set_choice(self, node: DraftNode, text: str) -> None:
        """Set a field to the value chosen for it, and the fields that go with it."""
        path = self.row.path if self.row is not None else None
        self._values().choose(self.draft, node, text, self._clock())
        self._edited(path)

    def _set(self, node: DraftNode, text: str) -> None:
        self._values().write(self.draft, node, text, self._clock())
        self._edited()

    def _edited(self, path: str | None = None) -> None:
        self._arrange(path)
        self.post_message(self.Edited())

    def action_choose(self) -> None:
        """Choose a value if there are several, open or close a group, add an absent field, or go to the next field."""
        row = self.row
        if row is None:
            return
        node = row.node
        if node.present and not node.kind.is_branch:
            choices = allowed_values(node) or self.offered_for(node)
            if choices:
                self.post_message(self.ChoiceRequested(node, choices))
            else:
                self.action_next_field()
        else:
            self.action_switch()

    def action_switch(self) -> None:
        """Add an absent field, open or close a group, or take the next value of a choice."""
        row = self.row
        if row is None:
            return
        node = row.node
        if node.hides:
            self.draft.shows_custom_data = True
            self._arrange(below("$", CUSTOM_DATA))
        elif not node.present:
            self.draft.make_present(node, self._clock())
            self._edited()
        elif node.kind.is_branch:
            self.draft.fold(node, not node.folded)
            self._arrange()
        elif is_choice(node):
            self._step(node, 1)

    def action_remove(self) -> None:
        """Make a field absent, or remove a list item."""
        row = self.row
        if row is not None and row.node.parent is not None:
            self.draft.remove(row.node)
            self._edited()

    def action_add_item(self) -> None:
        """Add an item to the list under the cursor or around it."""
        node: DraftNode | None = self.row.node if self.row is not None else None
        while node is not None and node.kind is not NodeKind.ARRAY:
            node = node.parent
        if node is None:
            return
        item = self.draft.add_item(node, self._clock())
        if item is not None:
            self._edited()
            self.go_to(item)

    def action_now(self) -> None:
        """Set a date-time to the current time."""
        row = self.row
        if row is not None and row.node.field.format == "date-time":
            self._set(row.node, date_time(self._clock()))

    # -- mouse --------------------------------------------------------------------------------------------------

    def on_click(self, event: events.Click) -> None:
        at = event.get_content_offset(self)  # without the title
        if at is None or (index := at.y + self.scroll_offset.y) >= len(self.rows):
            return
        self._reach(index)
        row = self.rows[index]
        if at.x < self._columns.sign_end(row):
            if row.node.present and not row.node.kind.is_branch and not row.node.required:
                self.action_remove()
            elif not row.node.present or row.node.kind.is_branch:
                self.action_switch()
        elif event.chain == 2:
            self.action_choose()
        elif self._edit is not None and at.x >= self._columns.value_start:
            self._edit.cursor = min(len(self._edit.text), at.x - self._columns.value_start)
            self.refresh()


def allowed_values(node: DraftNode) -> list[KnownValue]:
    """The possible values of a field that takes one of a few, to choose from."""
    return [KnownValue(value) for value in value_choices(node)]
