"""Why a connector or EVSE has its limit at a record, over the session."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen

from ocpptui.describe.limit_texts import limit_lines, limit_title
from ocpptui.describe.safe_text import printable
from ocpptui.diagnosis.limit_account import LimitAccount, account_of, place_in, places_of
from ocpptui.runtime.work_in_turns import BREATH, TURN
from ocpptui.stations.limit_reader import LimitReader
from ocpptui.timeline.timeline import Timeline
from ocpptui.tui.commands.command import Where
from ocpptui.tui.commands.command_registry import bindings
from ocpptui.tui.screens.closing import Dialog
from ocpptui.tui.widgets.wrapped_text import WrappedText


class LimitsScreen(Dialog[int | None]):
    """The account of the limit at a record, as scrolling text; the result is the record that the user asks for."""

    CSS_PATH = "limits_screen.tcss"
    WHERE: ClassVar[tuple[Where, ...]] = (Where.LIMITS,)
    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.LIMITS)

    def __init__(self, timeline: Timeline, index: int, chart: Callable[[str, int, int], Screen[int | None]]) -> None:
        """`chart` makes the chart of a charge point's connector or EVSE at a record."""
        super().__init__()
        self._chart = chart
        self._reader = LimitReader(timeline, index)
        self._text = WrappedText(["Reading the records …"], _style)
        self._places: list[int] = []
        self.account: LimitAccount | None = None
        """What is shown; None while the records are read."""

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="limits") as scroll:
            scroll.border_title = "Limit"
            scroll.border_subtitle = "esc closes"
            yield self._text

    def on_mount(self) -> None:
        self._read_on()

    def _read_on(self) -> None:
        """Read a piece, let the keyboard have its turn, and schedule the next piece."""
        if not self._reader.advance(TURN):
            self._text.show([f"Reading the records … {self._reader.progress:.0%}"])
            self.set_timer(BREATH, self._read_on)
            return
        first = place_in(self._reader)
        self._places = [first, *(place for place in (*places_of(self._reader), 0) if place != first)]
        self._show(first)

    def _show(self, place: int) -> None:
        self.account = account_of(self._reader, place)
        scroll = self.query_one("#limits", VerticalScroll)
        scroll.border_title = Content(printable(limit_title(self.account)))
        scroll.border_subtitle = "tab: other connector, o: record, V: chart, ?: help, esc: close"
        self._text.show(list(limit_lines(self.account)))
        scroll.scroll_home(animate=False)

    def action_other_place(self, by: int) -> None:
        """Show the next connector or EVSE, and after the last one all together."""
        if self.account is not None:
            number = self._places.index(self.account.place) + by
            self._show(self._places[number % len(self._places)])

    def action_go_to_record(self) -> None:
        """Close, and go to the record that the first reason is about."""
        if self.account is not None and (index := self.account.reasons[0].record) is not None:
            self.dismiss(index)

    def action_show_chart(self) -> None:
        """Show the limit over time; close with the record that the user goes to from there."""
        if (account := self.account) is not None:

            def left(record: int | None) -> None:
                if record is not None:
                    self.dismiss(record)

            self.app.push_screen(self._chart(account.charge_point, account.place, account.record), left)

    def action_close(self) -> None:
        self.dismiss(None)

    def action_scroll(self, by: int) -> None:
        self.query_one("#limits", VerticalScroll).scroll_relative(y=by, animate=False)


def _style(number: int, line: str) -> str:
    """The first reason and the profiles in force are what the user looks for."""
    if number == 0 or line.startswith("  * "):
        return "bold"
    if line.startswith("      "):
        return "$text-muted"
    return "bold $primary" if line.startswith(("Profiles", "Composite")) else ""
