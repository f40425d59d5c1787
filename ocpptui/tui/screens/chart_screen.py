"""Meter values over the time of the log with the limits beside them, over the session."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field, replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from ocpptui.describe.chart_drawing import Drawing
from ocpptui.describe.record_line import name_of
from ocpptui.describe.safe_text import printable
from ocpptui.diagnosis.limit_account import place_name
from ocpptui.exporting.chart_csv import chart_csv
from ocpptui.reporting.chart_content import (
    ChartChoice,
    ChartContent,
    chart_content,
    measured_charge_points,
    measured_places,
    next_choice,
    record_at,
)
from ocpptui.reporting.chart_window import ChartWindow
from ocpptui.reporting.measured_series import GatheredSeries
from ocpptui.runtime.tasks import Tasks
from ocpptui.runtime.work_in_turns import BREATH, TURN
from ocpptui.tui.commands.command import Where
from ocpptui.tui.commands.command_registry import bindings
from ocpptui.tui.screens.closing import ClosingScreen
from ocpptui.tui.screens.dialogs import ChoiceQuestion
from ocpptui.tui.screens.written_file import FileWriting, name_of_file
from ocpptui.tui.widgets.chart_view import ChartView, usual_drawing
from ocpptui.tui.widgets.key_line import KeyLine
from ocpptui.tui.widgets.log_row import clock_text

REFRESHED = 0.25
"""Seconds between two looks for new records."""
PAINTED_EVERY = 25
"""Pieces between two pictures while the records are read."""
ZOOM = 2.0
"""By how much a key changes the window."""
PAN = 0.5
"""By which part of the window a key moves it."""
MOST_LISTED = 200
"""Transactions in the list to choose from, the latest ones."""


@dataclass
class ChartMemory:
    """The chart of a session as the user left it."""

    gathered: GatheredSeries
    choice: ChartChoice = field(default_factory=ChartChoice)
    drawing: Drawing = field(default_factory=usual_drawing)


class ChartScreen(ClosingScreen[int | None]):
    """The chart of what is chosen; the result is the record that the user goes to."""

    CSS_PATH = ["chart_screen.tcss", "../widgets/chart_view.tcss", "../widgets/key_line.tcss"]
    WHERE: ClassVar[tuple[Where, ...]] = (Where.CHART,)
    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.CHART)

    def __init__(self, memory: ChartMemory, record: int | None, tasks: Tasks, *, is_live: bool) -> None:
        """`record` is where the cursor begins; with None the chart follows what is new.

        `tasks` write files, also when the screen is closed. `is_live` says whether more records may come at any time:
        then the time of the last one is the end, whatever it is.
        """
        super().__init__()
        self._memory = memory
        self._record = record
        self._is_live = is_live
        self._writing = FileWriting(self, tasks)
        self.window = ChartWindow()
        self.window.follows = record is None and is_live
        self.view = ChartView(self.window, memory.drawing, id="chart_view")
        self.content: ChartContent | None = None
        """What is shown; None before the first look."""
        self._is_placed = False  # the cursor is at the record, or where the user has put it
        self._made_of: object = None  # what the content was made of
        self._pieces = 0

    def compose(self) -> ComposeResult:
        with Vertical(id="chart"):
            yield self.view
            yield Static(id="chart_record", markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        self.view.focus()
        self._gather_on()

    # -- keeping up ---------------------------------------------------------------------------------------------

    def _gather_on(self) -> None:
        """Gather a piece, let the keyboard have its turn, and schedule the next piece."""
        done = self._memory.gathered.advance(TURN)
        self._pieces += 1
        if done or self._pieces % PAINTED_EVERY == 1:
            self._update()
        self.set_timer(REFRESHED if done else BREATH, self._gather_on)

    def _update(self) -> None:
        """Show what is gathered, if anything has changed."""
        gathered = self._memory.gathered
        now = gathered.readings, len(gathered.timeline) if self._is_live else gathered.progress, self._memory.choice
        if now != self._made_of:
            self._made_of = now
            self._memory.choice = replace(self._memory.choice, quantity=self._make().quantity)
            self._paint()

    def _make(self) -> ChartContent:
        """Put the content together, and fit the window to it."""
        gathered, window = self._memory.gathered, self.window
        self.content = content = chart_content(gathered, self._memory.choice)
        if (span := content.span) is not None:
            first, last = span
            if self._is_live and window.follows and self._memory.choice.transaction is None:
                last = max(last, gathered.timeline.times[-1])
            window.span(first, last)
            if self._record is not None and (window.cursor is None or not self._is_placed):
                window.put_at(self._times, gathered.timeline.times[self._record])
                window.reveal()
                self._is_placed = gathered.progress == 1  # until all is read, a nearer reading may come
        return content

    @property
    def _times(self) -> list[array[int]]:
        return [] if self.content is None else [one.series.times for one in self.content.series]

    def _paint(self) -> None:
        content = self.content
        if content is None:
            return
        self.view.show(content, self._nothing())
        pane = self.query_one("#chart", Vertical)
        pane.border_title = Content(printable(content.title or "Chart"))
        pane.border_subtitle = Content(self._span_words())
        self.query_one("#chart_record", Static).update(Content(printable(self._record_words())))

    def _nothing(self) -> str:
        if self._memory.gathered.progress < 1:
            return f"Reading the records … {self._memory.gathered.progress:.0%}"
        return "No meter values here." if self._memory.gathered.series else "No meter values so far."

    def _span_words(self) -> str:
        """What part of the time is shown, and what is not."""
        window, gathered = self.window, self._memory.gathered
        words = [] if self.content is None or not self.content.series else [_span(window.start, window.end)]
        words += ["zoomed"] if not window.is_whole else []
        words += ["follows"] if window.follows and self._is_live else []
        words += ["by the charge point's clock"] if gathered.by_own_clock else []
        words += [f"{gathered.progress:.0%} read"] if gathered.progress < 1 else []
        words += [f"{gathered.left_out:,} readings left out"] if gathered.left_out else []
        return ", ".join(words)

    def _record_words(self) -> str:
        """The record at the cursor."""
        window = self.window
        if self.content is None or window.cursor is None:
            return "" if self.content is None or not self.content.series else "← → put the cursor at a reading"
        record = record_at(self.content, window.cursor)
        if record is None:
            return clock_text(window.cursor)
        timeline = self._memory.gathered.timeline
        name = f"{timeline.charge_point(record)} {name_of(timeline, record)}".strip()
        return f"{clock_text(window.cursor)}  record {record + 1:,}  {name}"

    # -- the cursor and the window ------------------------------------------------------------------------------

    def action_move(self, by: int) -> None:
        self._is_placed = True
        self.window.move(self._times, by, self.view.columns)
        self._paint()

    def action_first(self) -> None:
        self.window.follows = False
        self._put_at(self.window.first)

    def action_last(self) -> None:
        """Go to the last reading; a live chart follows from then on, without a cursor."""
        self._put_at(self.window.last)
        if self._is_live:
            self.window.follows, self.window.cursor, self._record = True, None, None
            self._look_again()

    def _put_at(self, time: int) -> None:
        self._is_placed = True
        self.window.put_at(self._times, time)
        self.window.reveal()
        self._paint()

    def action_zoom(self, direction: int) -> None:
        window = self.window
        about = window.cursor if window.cursor is not None else window.end
        window.zoom(ZOOM if direction > 0 else 1 / ZOOM, about)
        self._paint()

    def action_pan(self, direction: int) -> None:
        self.window.pan(direction * PAN)
        self._paint()

    def action_show_all(self) -> None:
        self.window.show_all()
        self._paint()

    @on(ChartView.Zoomed)
    def _zoomed(self) -> None:
        self._paint()

    @on(ChartView.CursorPlaced)
    def _cursor_placed(self, message: ChartView.CursorPlaced) -> None:
        self.window.follows = False
        self._put_at(message.moment)
        if message.chosen:
            self.action_go_to_record()

    # -- what is shown ------------------------------------------------------------------------------------------

    def _choose(self, choice: ChartChoice) -> None:
        self._memory.choice = choice
        self._look_again()

    def _look_again(self) -> None:
        self._made_of = None
        self._update()

    def action_other_quantity(self, by: int) -> None:
        self._choose(next_choice(self._memory.gathered, self._memory.choice, by))
        if self.window.cursor is not None:
            self._put_at(self.window.cursor)

    def action_choose_charge_point(self) -> None:
        """Ask which charge point; of one there is nothing to ask."""
        names = measured_charge_points(self._memory.gathered)
        if len(names) < 2:
            self.notify("No other charge point has meter values.", markup=False)
            return

        def chosen(number: int | None) -> None:
            if number is not None:
                name = names[number - 1] if number else None
                choice = replace(self._memory.choice, charge_point=name, place=None, transaction=None)
                self._choose(choice)

        self.app.push_screen(ChoiceQuestion("Chart which charge point?", ["All of them", *names]), chosen)

    def action_other_place(self) -> None:
        choice = self._memory.choice
        there: list[int | None] = [None, *measured_places(self._memory.gathered, choice)]
        at = there.index(choice.place) if choice.place in there else 0
        self._choose(replace(choice, place=there[(at + 1) % len(there)], transaction=None))

    def action_choose_transaction(self) -> None:
        """Ask which of the transactions with readings, the latest first, and zoom to it."""
        gathered, choice = self._memory.gathered, self._memory.choice
        numbers = [
            number
            for number, one in enumerate(gathered.transactions)
            if number and choice.charge_point in (None, one.charge_point) and choice.place in (None, one.place)
        ][: -MOST_LISTED - 1 : -1]
        if not numbers:
            self.notify("No transaction has meter values here.", markup=False)
            return
        names = []
        for number in numbers:
            one = gathered.transactions[number]
            where = place_name(one.generation, one.place) if one.place else ""
            names.append(
                "  ".join(part for part in (one.name, one.charge_point, where, _span(one.first, one.last)) if part)
            )

        def chosen(at: int | None) -> None:
            if at is not None:
                self.window.show_all()
                self._choose(replace(self._memory.choice, transaction=numbers[at - 1] if at else None))

        self.app.push_screen(ChoiceQuestion("Chart which transaction?", ["All of them", *names]), chosen)

    def action_switch_clock(self) -> None:
        """Gather anew, by the other clock."""
        before = self._memory.gathered
        self._memory.gathered = GatheredSeries(before.timeline, by_own_clock=not before.by_own_clock)
        self._memory.choice = replace(self._memory.choice, transaction=None)
        self.window.show_all()
        self.window.cursor, self._is_placed = None, False
        self._look_again()

    def action_switch_drawing(self) -> None:
        other = Drawing.LETTERS if self._memory.drawing is Drawing.BRAILLE else Drawing.BRAILLE
        self._memory.drawing = self.view.drawing_of = other
        self._paint()

    # -- leaving ------------------------------------------------------------------------------------------------

    def action_write(self) -> None:
        content, window = self.content, self.window
        if content is None or not content.series:
            self.notify("There is nothing to write.", markup=False)
            return
        name = f"{name_of_file(content.title.replace(' · ', '-').replace(' ', '-'))}.csv"
        self._writing.ask(
            "Write what is shown to which CSV file?",
            name,
            lambda: chart_csv(content, self._memory.gathered, window.start, window.end),
        )

    def action_go_to_record(self) -> None:
        """Close, and go to the record that has the reading at the cursor, or to that of the last reading."""
        if self.content is not None:
            window = self.window
            record = record_at(self.content, window.last if window.cursor is None else window.cursor)
            if record is not None:
                self.dismiss(record)

    def action_close(self) -> None:
        self.dismiss(None)


def _span(start: int, end: int) -> str:
    """From when to when, by the local clock."""
    return f"{clock_text(start)[:8]} to {clock_text(end)[:8]}"
