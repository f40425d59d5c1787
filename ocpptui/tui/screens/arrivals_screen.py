"""Who tried to get into the central system: a row each, and what is known of the one under the cursor."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from ocpptui.describe.safe_text import printable
from ocpptui.doctor.arrivals import Arrival, Arrivals, arrival_lines
from ocpptui.doctor.examination_report import MARKS
from ocpptui.doctor.examined_step import Remark, StepState
from ocpptui.session.session import Session
from ocpptui.tui.commands.command import Where
from ocpptui.tui.commands.command_registry import bindings
from ocpptui.tui.screen_remedies import remedy_on_screen
from ocpptui.tui.screens.closing import Dialog
from ocpptui.tui.widgets.key_line import KeyLine
from ocpptui.tui.widgets.log_row import fitted
from ocpptui.tui.widgets.option_rows import OptionRows
from ocpptui.tui.widgets.wrapped_text import WrappedText

LOOKED_AT = 0.5
"""Seconds between two looks at what came."""
LONGEST_NAME = 24
"""Cells for an id or an address."""

_STYLES = {StepState.FAILED: "bold $text-error", StepState.WARNING: "$text-warning", StepState.OK: "$text-success"}


class ArrivalsScreen(Dialog[int | None]):
    """The result is the record to go to: that of the last event of a row."""

    CSS_PATH = ["arrivals_screen.tcss", "../widgets/key_line.tcss"]
    WHERE: ClassVar[tuple[Where, ...]] = (Where.ARRIVALS,)
    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.ARRIVALS)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._arrivals = Arrivals(session.timeline)
        self._rows: list[Arrival] = []
        self._remarks: list[list[Remark]] = []
        self._seen = (-1, -1)
        self._detail = WrappedText([], lambda number, line: "bold" if number == 0 else _style(line))

    def compose(self) -> ComposeResult:
        with Vertical(id="arrivals"):
            yield OptionRows(id="rows", markup=False, compact=True)
            with VerticalScroll(id="whole_row", can_focus=False):
                yield self._detail
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one("#rows").focus()
        self.set_interval(LOOKED_AT, self._look)
        self.call_after_refresh(self._look)  # before, the text of the row would have no width

    def _look(self) -> None:
        """Show what has come since the last look; the cursor stays on its row."""
        timeline = self._session.timeline
        seen = len(timeline), len(timeline.revised)
        if seen == self._seen:
            return
        self._seen = seen
        self._arrivals.advance()
        listed = self.query_one("#rows", OptionList)
        under = self._rows[listed.highlighted] if listed.highlighted is not None and self._rows else None
        self._rows = self._arrivals.rows
        self._remarks = [self._arrivals.remarks(row) for row in self._rows]
        listed.clear_options()
        listed.add_options([Option(_line(*one)) for one in zip(self._rows, self._remarks, strict=True)])
        if self._rows:
            place = next((place for place, row in enumerate(self._rows) if row is under), 0)
            listed.highlighted = place
        refused = sum(not row.is_in for row in self._rows)
        count = f": {len(self._rows):,}" + (f", {refused:,} without success" if refused else "")
        self.query_one("#arrivals", Vertical).border_title = Content(f"Who tried to get in{count}")
        if not self._rows:
            words = "Nobody has tried to get in yet." if self._session.is_live else "The records show no attempt."
            self._detail.show([words, "", *self._session.listening_urls])

    @on(OptionList.OptionHighlighted)
    def _show_row(self, event: OptionList.OptionHighlighted) -> None:
        place = event.option_index
        if place < len(self._rows):
            self._detail.show(list(arrival_lines(self._rows[place], self._remarks[place], remedy_on_screen)))

    @on(OptionList.OptionSelected)
    def action_choose(self) -> None:
        """Go to the last event of the row under the cursor."""
        place = self.query_one("#rows", OptionList).highlighted
        if place is not None and place < len(self._rows):
            self.dismiss(self._rows[place].record)

    def action_move(self, by: int) -> None:
        """Go to another row."""
        self.query_one("#rows", OptionRows).move_cursor(by)

    def action_scroll(self, by: int) -> None:
        """Move the text of the row."""
        detail = self.query_one("#whole_row", VerticalScroll)
        detail.scroll_relative(y=by * max(1, detail.size.height - 1), animate=False)

    def action_close(self) -> None:
        """Back to the session."""
        self.dismiss(None)


def _line(row: Arrival, remarks: list[Remark]) -> Content:
    state = remarks[0].state
    return Content.assemble(
        (f"{MARKS[state]:<8}", _STYLES.get(state, "")),
        (fitted(printable(row.who), LONGEST_NAME), "bold"),
        f" {row.attempts:>5,}  ",
        printable(remarks[0].sentence),
    )


def _style(line: str) -> str:
    return "$text-accent" if line.lstrip().startswith("> ") else ""
