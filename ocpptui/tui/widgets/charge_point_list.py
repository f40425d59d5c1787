"""The charge points of the session; choosing one narrows the log to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.strip import Strip
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from ocpptui.describe.safe_text import printable
from ocpptui.session.session import Session
from ocpptui.tui.commands.command import Where
from ocpptui.tui.commands.command_registry import bindings
from ocpptui.tui.widgets.log_row import clock_text, fitted
from ocpptui.tui.widgets.option_rows import OptionRows
from ocpptui.tui.widgets.row_view import CURSOR

if TYPE_CHECKING:
    from ocpptui.stations.state import ChargePointState

MOST_SHOWN = 500
ALL = "all charge points"
LONGEST_NAME = 24
"""Cells for an identity at most, in a list of single lines."""
ONE_LINE = 70
"""Cells from which a charge point has one line instead of two."""


class ChargePointList(OptionRows):
    """Charge points: connected or not, version, vendor and model, problems, status of the connectors, last seen."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.CHARGE_POINTS)

    class ChargePointChosen(Message):
        """The user chose to see only this charge point in the log, or all (None)."""

        def __init__(self, charge_point: str | None, *, done: bool) -> None:
            super().__init__()
            self.charge_point = charge_point
            self.done = done
            """The user is done with the list and wants to see the log."""

    def __init__(self, session: Session, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, markup=False)
        self.session = session
        self.chosen: str | None = None
        """The only charge point in the log; None if the log shows all."""
        self.marked: set[str] = set()
        """The charge points that commands go to, whichever is chosen."""
        self._names: list[str] = []
        self._prompts: list[Content] = []

    def update(self) -> None:
        """Show the current state; the choice stays with its charge point."""
        knowledge = self.session.knowledge
        names = sorted(knowledge)
        left_out = len(names) - MOST_SHOWN
        names = names[:MOST_SHOWN]
        width = self.scrollable_content_region.width - 2
        longest = min(LONGEST_NAME, max(map(len, names), default=0))
        problems = self.session.timeline.problems_of
        prompts = [
            charge_point_row(knowledge[name], width, longest, problems[name], is_marked=name in self.marked)
            for name in names
        ]
        if left_out > 0:
            prompts.append(Content.styled(f"and {left_out:,} more; the filter cp:ID finds them", "$text-muted"))
        if names != self._names or len(prompts) != len(self._prompts):
            self._names, self._prompts = names, prompts
            self.clear_options()
            self.add_options([Option(ALL), *(Option(prompt) for prompt in prompts)])
            if left_out > 0:
                self.disable_option_at_index(len(prompts))
            self.highlighted = names.index(self.chosen) + 1 if self.chosen in names else 0
            return
        for place, (before, prompt) in enumerate(zip(self._prompts, prompts, strict=True)):
            if before != prompt:
                self.replace_option_prompt_at_index(place + 1, prompt)
        self._prompts = prompts

    def render_line(self, y: int) -> Strip:
        """A line of the list; a sign points at the row under the cursor, as in the log."""
        strip, line = super().render_line(y), self.scroll_offset.y + y
        if self.highlighted is None or (self.highlighted, 0) not in self._lines[line : line + 1]:
            return strip
        last = strip.crop(strip.cell_length - 1)
        pointer = Segment(CURSOR, next((segment.style for segment in last), None))
        return Strip([*strip.crop(0, strip.cell_length - 1), pointer], strip.cell_length)

    def choose(self, charge_point: str | None) -> None:
        """Choose a charge point, or all of them (None), without posting a message."""
        self.chosen = charge_point
        self.highlighted = self._names.index(charge_point) + 1 if charge_point in self._names else 0

    def action_mark(self) -> None:
        """Mark the charge point under the cursor, or unmark it; in the first row all that are connected, or none."""
        name = self._name_at(self.highlighted or 0)
        if name is not None:
            self.marked ^= {name}
        elif self.marked:
            self.marked.clear()
        else:
            self.marked |= {one for one in self._names if self.session.connection_of(one) is not None}
        self.update()

    def on_resize(self, event: events.Resize) -> None:
        self.update()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        name = self._name_at(event.option_index)
        if self.has_focus and name != self.chosen:
            self._choose(name, done=False)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._choose(self._name_at(event.option_index), done=True)

    def _name_at(self, place: int) -> str | None:
        return self._names[place - 1] if 0 < place <= len(self._names) else None

    def _choose(self, charge_point: str | None, *, done: bool) -> None:
        self.chosen = charge_point
        self.post_message(self.ChargePointChosen(charge_point, done=done))


def charge_point_row(
    known: ChargePointState, width: int, name_width: int, problems: int = 0, *, is_marked: bool = False
) -> Content:
    """A charge point in `width` cells: one line with its name `name_width` wide if there is room, or else two lines."""
    wrong = f"✗ {problems:,}  " if problems else ""
    dot, style = ("●", "$text-success") if known.connected else ("○", "$text-muted")
    mark = (f"{dot}{'✓' if is_marked else ' '}", style)
    name = printable(known.identity)
    version = f" {known.version}" if known.version is not None else ""
    seen = f" {clock_text(known.last_seen)[:8]}" if known.last_seen else ""
    made = printable(" ".join(part for part in (known.vendor, known.model) if part))
    status = printable(" ".join(_statuses(known)))
    if width >= ONE_LINE:
        head = Content.assemble(
            mark,
            (fitted(name, name_width), "bold"),
            (f"{version:<7}{seen:<10} {fitted(made, 20)} ", "$text-muted"),
        )
        room = width - head.cell_length
        return Content.assemble(head, (wrong[:room], "$text-error"), fitted(status, room - len(wrong)).rstrip())
    room = max(8, width - 2 - len(version) - len(seen))
    first = Content.assemble(mark, (fitted(name, room).rstrip(), "bold"), (f"{version}{seen}", "$text-muted"))
    second = "  ".join(part for part in (status, made) if part)
    second = fitted(second, width - 2 - len(wrong)).rstrip()
    return Content.assemble(first, "\n  ", (wrong[: width - 2], "$text-error"), (second, "$text-muted"))


def _statuses(known: ChargePointState) -> list[str]:
    """The status of each connector except 0, such as `1 Available`."""
    return [
        f"{f'{evse}/' if evse else ''}{connector} {state.status}"
        for (evse, connector), state in sorted(known.connectors.items())
        if connector
    ]
