"""What each of many charge points answers to one command."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from ocpptui.compose.remote_sending import Delivery
from ocpptui.describe.safe_text import printable
from ocpptui.ocpp.durations import LONGEST, duration_text
from ocpptui.tui.commands.command import Where
from ocpptui.tui.commands.command_registry import bindings
from ocpptui.tui.screens.closing import Dialog
from ocpptui.tui.widgets.key_line import KeyLine
from ocpptui.tui.widgets.log_row import fitted
from ocpptui.tui.widgets.option_rows import OptionRows

LOOKED_AT = 0.2
"""Seconds between two looks at what came."""
LONGEST_IDENTITY = 24
"""Cells for the identity of a charge point."""


class AnswerList(OptionRows):
    """The rows, and the keys in them."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.ANSWERS)

    def action_close(self) -> None:
        """Close the screen that it is on."""
        self.screen.dismiss(None)


class AnswersScreen(Dialog[int | None]):
    """A row for each charge point: its identity, the latency and the answer; the result is the record to go to."""

    CSS_PATH = ["answers_screen.tcss", "../widgets/key_line.tcss"]
    WHERE: ClassVar[tuple[Where, ...]] = (Where.ANSWERS,)

    def __init__(self, command: str, deliveries: Sequence[Delivery]) -> None:
        super().__init__()
        self._command = command
        self._deliveries = deliveries
        self._awaited = list(range(len(deliveries)))  # places of those that may still change
        self._width = min(LONGEST_IDENTITY, max(len(one.charge_point) for one in deliveries))
        self._list = AnswerList(id="answers", compact=True, markup=False)

    def compose(self) -> ComposeResult:
        with Vertical(id="table"):
            yield self._list
        yield KeyLine()

    def on_mount(self) -> None:
        self._list.add_options([Option(self._row(one)) for one in self._deliveries])
        self._list.highlighted = 0
        self._list.focus()
        self.set_interval(LOOKED_AT, self._look)
        self._look()

    def _look(self) -> None:
        """Show what has come since the last look; there may be thousands of rows."""
        over = [place for place in self._awaited if self._deliveries[place].is_over]
        for place in over:
            self._list.replace_option_prompt_at_index(place, self._row(self._deliveries[place]))
        self._awaited = [place for place in self._awaited if not self._deliveries[place].is_over]
        refused = sum(one.is_over and one.is_refused for one in self._deliveries)
        done, all_of_them = len(self._deliveries) - len(self._awaited), len(self._deliveries)
        words = f"{self._command}: {done:,} of {all_of_them:,} done, {refused:,} refused or failed"
        self.query_one("#table", Vertical).border_title = Content(printable(words))

    def _row(self, delivery: Delivery) -> Content:
        latency = "" if delivery.latency is None else duration_text(delivery.latency)
        sign, style = "…", ""
        if delivery.is_over:
            sign, style = ("⊘", "$text-error") if delivery.is_refused else ("✓", "$text-success")
        name = fitted(printable(delivery.charge_point), self._width)
        return Content.assemble(f"{name} {latency:>{LONGEST}} ", (f"{sign} {printable(delivery.words)}", style))

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        record = self._deliveries[event.option_index].record
        if record is None:
            self.notify("Nothing was sent to it.", markup=False)
        else:
            self.dismiss(record)
