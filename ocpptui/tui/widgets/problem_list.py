"""The list of problems: one row for each record with findings, or for each rule that is broken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.binding import BindingType
from textual.cache import LRUCache
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from ocpptui.describe.safe_text import printable
from ocpptui.diagnosis.findings import findings_at
from ocpptui.diagnosis.registry import RULE_BY_ID
from ocpptui.diagnosis.rule import Finding
from ocpptui.filter.problem_rows import ProblemRow, ProblemRows
from ocpptui.runtime.work_in_turns import FRAME_BUDGET
from ocpptui.timeline.severity import Severity
from ocpptui.tui.commands.command import Where
from ocpptui.tui.commands.command_registry import bindings
from ocpptui.tui.widgets.log_row import SIGNS, clock_text, fitted
from ocpptui.tui.widgets.row_view import LineView

FRAMES_A_SECOND = 10
"""How often per second the list takes in new findings, however many there are."""
RULE_FROM = 120
"""Columns from which the id of the rule is shown beside the sentence."""


class ProblemList(LineView, can_focus=True):
    """The rows of `ProblemRows`. A finding is worded only when its row is painted."""

    STYLES: ClassVar[Mapping[str, str]] = {
        **LineView.STYLES,
        "text": "$foreground",
        "dim": "$text-muted",
        "charge-point": "$secondary",
        "rule": "bold $primary",
        "error": "bold $text-error",
        "warning": "bold $text-warning",
        "info": "$text-muted",
        "focused-cursor": "$block-cursor-foreground on $block-cursor-background",
        "cursor": "on $block-cursor-blurred-background",
    }
    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.PROBLEMS)

    class Changed(Message):
        """What is listed changed, how many there are, or which row the cursor is on."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, ProblemList.Changed)

    class ProblemChosen(Message):
        """The user wants to see the record of a row, or leaves the list."""

        def __init__(self, index: int | None) -> None:
            super().__init__()
            self.index = index
            """Timeline index; None without a record."""

    def __init__(self, rows: ProblemRows, cursor: ProblemRow | None, *, id: str | None = None) -> None:  # noqa: A002
        """`cursor` is the row to begin with; None means the first."""
        super().__init__(id=id)
        self.rows = rows
        self.cursor = cursor
        """The row under the cursor; None in an empty list."""
        self._seen = (-1, -1)  # revised findings and records that are taken in
        self._is_complete = False
        self._longest_name = 0
        self._strips: LRUCache[tuple[object, ...], Strip] = LRUCache(500)

    def on_mount(self) -> None:
        self.set_interval(1 / FRAMES_A_SECOND, self.take_in)
        self.take_in()

    def on_resize(self) -> None:
        self._strips.clear()
        self._lay_out()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._strips.clear()

    def take_in(self) -> None:
        """Take in what was found since."""
        seen = len(self.rows.timeline.revised), len(self.rows.timeline)
        if self._is_complete and seen == self._seen:
            return
        self._seen = seen
        self._is_complete = self.rows.advance(FRAME_BUDGET)
        self._lay_out()

    def _lay_out(self) -> None:
        rows = len(self.rows)
        self._longest_name = max(map(cell_len, map(printable, self.rows.timeline.charge_points())), default=0)
        self.measure()
        self.set_rows(rows)
        if rows and self.cursor is None:
            self.cursor = self.rows.row(0)
        elif not rows:
            self.cursor = None
        if self.cursor is not None:
            self._show_cursor(self.rows.number_of(self.cursor))
        self.refresh()
        self.post_message(self.Changed())

    def show_cursor(self) -> None:
        """Find the cursor again after other rows are listed."""
        self._is_complete = False
        self.take_in()

    # -- painting -----------------------------------------------------------------------------------------------

    def render_lines(self, crop: Region) -> list[Strip]:
        self.measure()
        return super().render_lines(crop)

    @property
    def cursor_line(self) -> int | None:
        return None if self.cursor is None else self.rows.number_of(self.cursor)

    def render_row(self, number: int) -> Strip:
        width = self.row_width
        if number >= len(self.rows):
            return Strip.blank(width, self.part_style("text"))
        row = self.rows.row(number)
        more = self.cursor_parts if number == self.cursor_line else ()
        if row.record is None:
            key: tuple[object, ...] = (row, more, width, self.rows.counts[row.rule], self.rows.is_open(row.rule))
        else:
            key = (row, more, width, self.rows.timeline.findings[row.record])
        strip = self._strips.get(key)
        if strip is None:
            parts = self._rule_parts(row.rule) if row.record is None else self._record_parts(row.rule, row.record)
            segments = [Segment(text, self.part_style(part, *more)) for part, text in parts]
            strip = Strip(segments).adjust_cell_length(width, self.part_style("text", *more))
            self._strips[key] = strip
        return strip

    def _rule_parts(self, rule: str) -> list[tuple[str, str]]:
        rows, severity = self.rows, self.rows.worst_of(rule)
        sign = "▾" if rows.is_open(rule) else "▸"
        parts = [
            ("dim", f"{sign} "),
            (severity.word, f"{SIGNS[severity]} "),
            ("text", f"{rows.counts[rule]:>7,}  "),
            ("rule", f"{rule}  "),
        ]
        room = self.row_width - sum(cell_len(text) for _, text in parts)
        return [*parts, ("text", fitted(RULE_BY_ID[rule].sentence, room))]

    def _found(self, rule: str, index: int) -> list[Finding]:
        """The findings that a row is about, the worst first."""
        found = findings_at(self.rows.timeline, index)
        if rule:
            found = [one for one in found if one.rule == rule] or found
        return sorted(found, key=_severity, reverse=True)

    def cursor_words(self) -> list[str]:
        """What the row under the cursor has no room for: the whole sentence and the remedy of each finding."""
        row = self.cursor
        if row is None:
            return []
        if row.record is None:
            rule = RULE_BY_ID[row.rule]
            return [word for word in (rule.sentence, f"  {rule.remedy}" if rule.remedy else "") if word]
        words: list[str] = []
        for one in self._found(row.rule, row.record):
            words += (printable(one.text), *([f"  {printable(one.remedy)}"] if one.remedy else []))
        return words

    def _record_parts(self, rule: str, index: int) -> list[tuple[str, str]]:
        timeline = self.rows.timeline
        found = self._found(rule, index)
        if not found:  # it was withdrawn since
            return []
        worst = found[0]
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        name = min(self._longest_name, max(8, self.row_width // 6))
        parts = [
            ("dim", f"{'  ' if rule else ''}{clock_text(timeline.time(index))} "),
            ("charge-point", f"{fitted(printable(timeline.charge_point(index)), name)} " if name else ""),
            (worst.severity.word, f"{SIGNS[worst.severity]} "),
        ]
        room = self.row_width - sum(cell_len(text) for _, text in parts)
        label = f"  {worst.rule}" if not rule and self.row_width >= RULE_FROM else ""
        parts.append(("text", fitted(printable(f"{worst.text}{more}"), room - cell_len(label))))
        parts.append(("dim", label))
        return parts

    # -- moving -------------------------------------------------------------------------------------------------

    def _move_to(self, number: int) -> None:
        if len(self.rows):
            number = max(0, min(number, len(self.rows) - 1))
            self.cursor = self.rows.row(number)
            self._show_cursor(number)
            self.refresh()
            self.post_message(self.Changed())

    def _show_cursor(self, number: int) -> None:
        top, height = self.scroll_offset.y, self.size.height
        if number < top:
            self.show_row(number)
        elif height and number >= top + height:
            self.show_row(number - height + 1)

    def action_move(self, by: int) -> None:
        if self.cursor is not None:
            self._move_to(self.rows.number_of(self.cursor) + by)

    def action_page(self, by: int) -> None:
        self.action_move(by * max(1, self.size.height - 1))

    def action_first(self) -> None:
        self._move_to(0)

    def action_last(self) -> None:
        self._move_to(len(self.rows) - 1)

    def action_choose(self) -> None:
        """Go to the record under the cursor, or open or close its rule."""
        if self.cursor is None:
            return
        if self.cursor.record is not None:
            self.post_message(self.ProblemChosen(self.cursor.record))
        else:
            self.rows.toggle(self.cursor.rule)
            self.show_cursor()

    def action_close(self) -> None:
        self.post_message(self.ProblemChosen(None))

    def action_group(self) -> None:
        """Group the records by the rules that they break, or list them by time."""
        rows, cursor = self.rows, self.cursor
        rows.by_rule = not rows.by_rule
        if cursor is not None and cursor.record is not None:
            broken = rows.timeline.broken_rules(cursor.record)
            self.cursor = ProblemRow(broken[0] if rows.by_rule and broken else "", cursor.record)
        else:
            self.cursor = None
        if rows.by_rule and self.cursor is not None:
            self.cursor = ProblemRow(self.cursor.rule)
        self.show_cursor()

    def action_severity(self) -> None:
        """List the findings of another severity."""
        self.rows.listed = self.rows.listed.next
        self.show_cursor()

    def on_click(self, event: events.Click) -> None:
        number = self.scroll_offset.y + event.y
        if number < len(self.rows) and not self.is_on_bar(event):
            self._move_to(number)
            if event.chain == 2 or (self.cursor is not None and self.cursor.record is None):
                self.action_choose()


def _severity(finding: Finding) -> Severity:
    return finding.severity
