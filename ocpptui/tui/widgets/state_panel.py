"""The state of a charge point: connectors, transactions, and the last meter values as sparklines."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static

from ocpptui.runtime.work_in_turns import BREATH
from ocpptui.session.session import Session
from ocpptui.tui.commands.command import Where
from ocpptui.tui.commands.command_registry import bindings
from ocpptui.tui.widgets.log_row import clock_text
from ocpptui.tui.widgets.row_view import CURSOR
from ocpptui.tui.widgets.state_lines import Door, StateLine, Unfold, state_lines

if TYPE_CHECKING:
    from ocpptui.stations.past_state import PastState

BUDGET = 0.005
"""Seconds of looking into the past at a time, for which a key may have to wait."""
LEADS_ON = "⏎"
"""The sign at the end of the line under the cursor if it leads somewhere."""
FOCUSED = "$block-cursor-foreground on $block-cursor-background"
BLURRED = "on $block-cursor-blurred-background"
"""The style of the line under the cursor, with and without the focus."""
REST = 0.06
"""Seconds without a move after which the state at the cursor of the log is shown: longer than a held key takes to come
again, and shorter than a hand takes to press the next one."""


class StatePanel(VerticalScroll, can_focus=True):
    """The state of the chosen charge point, or of the only one: now, or at the record that the user looks at.

    Its cursor goes from line to line; a line leads to what it is about.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.STATE)

    class DoorOpened(Message):
        """The user wants to see what a line is about."""

        def __init__(self, charge_point: str, door: Door) -> None:
            super().__init__()
            self.charge_point = charge_point
            self.door = door

    def __init__(
        self,
        session: Session,
        record: Callable[[], int | None] = lambda: None,
        *,
        id: str | None = None,  # noqa: A002
    ) -> None:
        """`record` returns the timeline index of the record whose time matters; None means now."""
        super().__init__(id=id)
        self.session = session
        self.charge_point: str | None = None
        self._record = record
        self._past: PastState | None = None
        self._soon: Timer | None = None
        self._text = Static(id="state_text", markup=False)
        self._shown = ""  # the charge point that is shown
        self._lines: list[StateLine] = []
        self._painted = Content("")
        self._height = 0  # lines for which the screen was laid out
        self._kept = 0  # lines that stay laid out, even if fewer are shown
        self._cursor = 0
        self._wanted: Door | None = None  # where the line under the cursor leads
        self._unfolded: set[str] = set()

    def compose(self) -> ComposeResult:
        yield self._text

    def on_resize(self) -> None:
        """Use the room there is now."""
        self.update_soon()

    def update_soon(self) -> None:
        """Show the state when the cursor of the log has come to rest."""
        self._update_in(REST)

    def _update_in(self, seconds: float) -> None:
        """Show the state after this time, and not before; a move of the cursor ends what went on for the old record."""
        if self._soon is not None:
            self._soon.stop()
        self._soon = self.set_timer(seconds, self.update)

    def update(self) -> None:
        """Show the state now, or at the record that the user looks at."""
        knowledge, timeline = self.session.knowledge, self.session.timeline
        record, name = self._record(), self.charge_point
        if name is None and len(knowledge) == 1:
            name = next(iter(knowledge))
        elif name is None and record is not None:
            name = timeline.charge_point(record)
        if name is None or name not in knowledge:
            self._show("", [StateLine(Content.styled(self._why_empty(), "dim"))])
            return
        width = max(20, self.scrollable_content_region.width)
        if record is None or record == knowledge.observed - 1 == len(timeline) - 1:  # nothing came after it
            self._past = None
            self._show(name, list(state_lines(knowledge[name], width, self._unfolded)))
        else:
            self._show_past(name, record, width)

    def _why_empty(self) -> str:
        if len(self.session.knowledge):
            return "Choose a charge point to see its state."
        has_messages = len(self.session.timeline.action_table) > 1
        return "The records do not name their charge point." if has_messages else "No charge point yet."

    def _show_past(self, name: str, record: int, width: int) -> None:
        """Show the state at a record; where it takes long to find, go on in the next frames."""
        from ocpptui.stations.past_state import PastState

        timeline = self.session.timeline
        if self._past is None:
            self._past = PastState(timeline, self.session.knowledge, name, record)
        elif (self._past.charge_point, self._past.index) != (name, record):
            self._past = self._past.go_to(name, record)
        time = timeline.time(record)
        if not self._past.advance(BUDGET):
            words = f"computing the state at {clock_text(time)} … {self._past.progress:.0%}"
            self._show(name, [StateLine(Content.styled(words, "dim"))], for_now=True)
            self._update_in(BREATH)
        elif self._past.state is None:
            words = f"Nothing was known yet at {clock_text(time)}."
            self._show(name, [StateLine(Content.styled(words, "dim"))])
        else:
            self._show(name, list(state_lines(self._past.state, width, self._unfolded, time)))

    # -- the cursor ---------------------------------------------------------------------------------------------

    def _show(self, name: str, lines: list[StateLine], *, for_now: bool = False) -> None:
        """Show lines, with `for_now` until others come; the cursor stays on the line that leads where its line led."""
        if name != self._shown:
            self._unfolded.clear()
            self._cursor, self._wanted = 0, None
        self._shown, self._lines = name, lines
        if self._wanted is not None:
            self._cursor = next((place for place, line in enumerate(lines) if line.door == self._wanted), self._cursor)
        if not for_now:
            # What is longer than the pane keeps its height, since a layout costs a whole frame; what fits needs none.
            fits = len(lines) <= self.scrollable_content_region.height
            self._kept = 0 if fits else max(self._kept, len(lines))
        self._paint()

    @property
    def _door(self) -> Door | None:
        return self._lines[self._cursor].door if self._cursor < len(self._lines) else None

    def _paint(self) -> None:
        contents = [line.content for line in self._lines]
        if self._cursor < len(contents) and (self.has_focus or self._cursor):
            width = max(20, self.scrollable_content_region.width)
            content = contents[self._cursor].truncate(width - 2, ellipsis=True)
            sign = CURSOR if self._door is None else LEADS_ON  # it shows without colours, too
            content = content.pad_right(width - 2 - content.cell_length) + Content(f" {sign}")
            contents[self._cursor] = content.stylize(FOCUSED if self.has_focus else BLURRED)
        height = max(len(contents), self._kept, self.scrollable_content_region.height)
        contents += [Content("")] * (height - len(contents))
        shown = Content("\n").join(contents)
        if height != self._height or not self._text.is_attached:
            self._height = height
            self._text.update(shown)
        elif shown != self._painted or shown.spans != self._painted.spans:
            self._text.update(shown, layout=False)  # laying out the whole screen takes longer than everything else
        self._painted = shown

    def on_focus(self) -> None:
        self._paint()

    def on_blur(self) -> None:
        self._paint()

    def _move_to(self, place: int, by: int) -> None:
        """Move to a line, or in this direction to the next one that is not empty."""
        last = len(self._lines) - 1
        place = max(0, min(place, last))
        while 0 < place < last and not self._lines[place].content.plain:
            place += by
        self._cursor = place
        self._wanted = self._door
        self._paint()
        top, height = self.scroll_offset.y, self.scrollable_content_region.height
        if place < top:
            self.scroll_to(y=place, animate=False)
        elif place >= top + height:
            self.scroll_to(y=place - height + 1, animate=False)

    def action_move(self, by: int) -> None:
        self._move_to(self._cursor + by, 1 if by > 0 else -1)

    def action_page(self, by: int) -> None:
        self.action_move(by * max(1, self.scrollable_content_region.height - 1))

    def action_first(self) -> None:
        self._move_to(0, 1)

    def action_last(self) -> None:
        self._move_to(len(self._lines) - 1, -1)

    def action_open(self) -> None:
        """Go where the line under the cursor leads."""
        door = self._door
        if isinstance(door, Unfold):
            self._unfolded.add(door.name)
            self.update()
        elif door is not None:
            self.post_message(self.DoorOpened(self._shown, door))
        else:
            self.notify("This line leads nowhere; those with ⏎ at the end do.", markup=False)

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        place = -1 if offset is None else self.scroll_offset.y + offset.y
        if 0 <= place < len(self._lines):
            self._move_to(place, 1)
            if self._door is not None:
                self.action_open()
