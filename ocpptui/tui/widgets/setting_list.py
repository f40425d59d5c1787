"""The table of settings: a row for each configuration key or variable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.strip import Strip

from ocpptui.compose.setting_sender import Progress, SettingSender
from ocpptui.describe.safe_text import printable
from ocpptui.describe.setting_words import change_words
from ocpptui.ocpp.standard_settings import Access
from ocpptui.stations.setting_changes import SettingChange
from ocpptui.stations.setting_table import SettingRow, SettingTable
from ocpptui.tui.widgets.log_row import fitted
from ocpptui.tui.widgets.row_view import LineView

MEANING_FROM = 120
"""Columns from which the meaning is shown in the row."""
SHORTEST_VALUE = 24
LONGEST_NAME = 44
MARKS = {"wanted": "*", "waiting": "…", "failed": "✗", "reboot": "↻", "changed": "±"}
"""The sign before a row: a change that is not sent, one that is not answered, one that failed, one that waits for a
reboot, and a value that has changed."""


class SettingList(LineView, can_focus=True):
    """The rows of a `SettingTable`. A row is worded only when it is painted."""

    STYLES: ClassVar[Mapping[str, str]] = {
        **LineView.STYLES,
        "text": "$foreground",
        "dim": "$text-muted",
        "component": "$secondary",
        "name": "bold $primary",
        "value": "bold $foreground",
        "wanted": "bold $text-accent",
        "good": "$text-success",
        "reboot": "bold $text-warning",
        "failed": "bold $text-error",
        "waiting": "$text-muted",
        "changed": "$text-warning",
        "focused-cursor": "$block-cursor-foreground on $block-cursor-background",
        "cursor": "on $block-cursor-blurred-background",
    }

    class CursorMoved(Message):
        """Another row is under the cursor, or what is shown there has changed."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, SettingList.CursorMoved)

    class RowOpened(Message):
        """The user clicked twice on the row under the cursor."""

    def __init__(self, table: SettingTable, sender: SettingSender, charge_point: str, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.table = table
        self.sender = sender
        self.charge_point = charge_point
        self.cursor = 0
        """The number of the row under the cursor."""
        self.room_below = 0
        """Lines that stay free below the row under the cursor, for its editor."""
        self._widths = (0, 0)  # of the component and of the variable

    @property
    def row(self) -> SettingRow | None:
        """The row under the cursor; None in an empty table."""
        rows = self.table.rows
        return rows[self.cursor] if self.cursor < len(rows) else None

    def show_table(self, table: SettingTable, charge_point: str) -> None:
        """Show the table of another charge point."""
        self.table, self.charge_point, self.cursor = table, charge_point, 0
        self.lay_out()

    def lay_out(self, keep: SettingRow | None = None) -> None:
        """Take in that the rows have changed; with `keep`, the cursor stays on that setting if it is still there."""
        rows = self.table.rows
        if keep is not None and (self.row is None or self.row.place != keep.place):
            found = (number for number, row in enumerate(rows) if row.place == keep.place)
            self.cursor = next(found, self.cursor)
        self.cursor = max(0, min(self.cursor, len(rows) - 1))
        self.measure()
        self._measure_names()
        self.set_rows(len(rows) + self.room_below)
        self._show_cursor()
        self.refresh()
        self.post_message(self.CursorMoved())

    def _measure_names(self) -> None:
        """Give component and variable the room that they need, but leave most of it to the values."""
        component = variable = 0
        for row in self.table.rows:
            component = max(component, len(row.place.of_component))
            variable = max(variable, len(row.place.of_variable))
        room = max(16, min(self.row_width - SHORTEST_VALUE - 6, self.row_width * 6 // 10))
        variable = min(variable, LONGEST_NAME)
        if component + variable > room:
            component = min(component, max(room // 3, room - variable))
            variable = room - component if component else min(variable, room)
        self._widths = min(component, LONGEST_NAME), variable

    def on_resize(self) -> None:
        self.lay_out()

    @property
    def value_column(self) -> int:
        """Where the values begin, in cells."""
        component, variable = self._widths
        return 2 + (component + 1 if component else 0) + variable + 4

    # -- painting -----------------------------------------------------------------------------------------------

    @property
    def cursor_line(self) -> int | None:
        return self.cursor if self.table.rows else None

    def render_row(self, number: int) -> Strip:
        rows = self.table.rows
        if number >= len(rows):
            return Strip.blank(self.row_width, self.part_style("text"))
        more = self.cursor_parts if number == self.cursor else ()
        parts = self._parts(rows[number])
        segments = [Segment(text, self.part_style(part, *more)) for part, text in parts if text]
        return Strip(segments).adjust_cell_length(self.row_width, self.part_style("text", *more))

    def _parts(self, row: SettingRow) -> list[tuple[str, str]]:
        component, variable = self._widths
        mark = self._mark(row)
        parts = [(mark or "dim", f"{MARKS.get(mark, ' ')} ")]
        if component:
            name = row.place.of_component
            if cell_len(name) > component:  # what all controllers share is what can be missed
                name = name.replace("Ctrlr", "")
            parts.append(("component", f"{fitted(printable(name), component)} "))
        parts.append(("name", fitted(printable(row.place.of_variable), variable)))
        parts.append(("dim", " ro " if row.is_read_only else "    "))
        room = self.row_width - self.value_column
        fact = row.fact
        wide = self.row_width >= MEANING_FROM and fact is not None
        values = [(part, printable(text)) for part, text in self._values(row)]
        if wide and fact is not None:
            values = _cut(values, room // 2 - 1)
            used = sum(cell_len(text) for _, text in values)
            meaning = fitted(fact.meaning, room - room // 2)
            return [*parts, *values, ("text", " " * (room // 2 - used)), ("dim", meaning)]
        return [*parts, *_cut(values, room)]

    def _mark(self, row: SettingRow) -> str:
        outcome, known = self.sender.outcome(self.charge_point, row.place), row.known
        if row.wanted is not None:
            return "wanted"
        if outcome is not None and outcome.progress is Progress.WAITING:
            return "waiting"
        if known is not None and known.after_reboot is not None:
            return "reboot"
        if outcome.progress is Progress.FAILED if outcome is not None else known is not None and known.is_refused:
            return "failed"
        return "changed" if known is not None and known.before is not None else ""

    def _values(self, row: SettingRow) -> list[tuple[str, str]]:
        """The value, and what is said of it; what is most important first."""
        parts = [self._value(row)]
        if row.wanted is not None:
            parts.append(("wanted", f"→ {change_words(SettingChange(row.place, row.wanted))}, not sent"))
        parts += self._answer(row)
        if self.table.comparison is not None:
            other = "not there" if row.other is None else row.other or "empty"
            parts.append(("changed", f"≠ {other}"))
        known = row.known
        if known is not None and known.before is not None and known.after_reboot is None:
            parts.append(("changed", f"was {known.before or 'empty'}"))
        return [(part, f"{'  ' if number else ''}{text}") for number, (part, text) in enumerate(parts)]

    def _value(self, row: SettingRow) -> tuple[str, str]:
        known = row.known
        if known is None or not known.is_known:
            return "dim", "not there"
        if known.value is None:
            return "dim", "write-only" if known.access is Access.WRITE_ONLY else "not shown"
        unit = f" {row.unit}" if row.unit and known.value else ""
        return ("value", f"{known.value}{unit}") if known.value else ("dim", "empty")

    def _answer(self, row: SettingRow) -> list[tuple[str, str]]:
        """What the charge point answered to the last change."""
        outcome, known = self.sender.outcome(self.charge_point, row.place), row.known
        if known is not None and known.after_reboot is not None:
            return [("reboot", f"→ {known.after_reboot or 'empty'} after a reboot")]
        if outcome is not None:
            part = {Progress.WAITING: "waiting", Progress.DONE: "good", Progress.FAILED: "failed"}[outcome.progress]
            asked = "" if outcome.change is None else f"→ {change_words(outcome.change)}: "
            return [(part, f"{asked}{outcome.text}")]
        if known is not None and known.is_refused:
            return [("failed", f"→ {known.asked or 'empty'}: {known.status}")]
        return []

    # -- moving -------------------------------------------------------------------------------------------------

    def move_to(self, number: int) -> None:
        """Put the cursor on a row."""
        self.cursor = max(0, min(number, len(self.table.rows) - 1))
        self._show_cursor()
        self.refresh()
        self.post_message(self.CursorMoved())

    def _show_cursor(self) -> None:
        top, height = self.scroll_offset.y, max(1, self.size.height - self.room_below)
        if self.cursor < top:
            self.show_row(self.cursor)
        elif self.cursor >= top + height:
            self.show_row(self.cursor - height + 1)

    def on_click(self, event: events.Click) -> None:
        number = self.scroll_offset.y + event.y
        if number < len(self.table.rows) and not self.is_on_bar(event):
            self.move_to(number)
            if event.chain == 2:
                self.post_message(self.RowOpened())


def _cut(parts: list[tuple[str, str]], room: int) -> list[tuple[str, str]]:
    """The parts cut to the cells that there are: the first, the value, leaves room for what is said of it."""
    rest = sum(cell_len(text) for _, text in parts[1:])
    first = max(8, room - rest)
    found: list[tuple[str, str]] = []
    for number, (part, text) in enumerate(parts):
        width = min(cell_len(text), first if number == 0 else room, room)
        if width <= 0:
            break
        found.append((part, fitted(text, width)))
        room -= width
    return found
