"""The report of a replay, over its session."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len, chop_cells
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import Static

from ocpptui.describe.safe_text import printable
from ocpptui.replay.player import Player
from ocpptui.replay.replay_report import Deviation
from ocpptui.replay.side_by_side import Line, side_by_side
from ocpptui.tui.screens.closing import Dialog

MOST_SHOWN = 100
"""Deviations whose messages are shown side by side; the text above names all of them."""
MOST_LINES = 400
"""Lines shown per message at most."""


class SideBySide(Widget):
    """A recorded message on the left, the live one on the right, with `≠` between different lines."""

    def __init__(self, title: str, lines: Sequence[Line], heads: tuple[str, str] = ("recorded", "live")) -> None:
        """`heads` are above the two columns."""
        super().__init__()
        self._heading = title
        self._heads = heads
        self._lines = lines[:MOST_LINES]
        self._left_out = len(lines) - len(self._lines)

    def render(self) -> Content:
        """Both messages over the available width."""
        return Content("\n").join(self._rows(self.size.width))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._rows(width))

    def _rows(self, width: int) -> list[Content]:
        half = max((width - 3) // 2, 8)
        title = Content.styled(printable(self._heading)[:width], "bold")
        left, right = (printable(head)[:half] for head in self._heads)
        heads = Content.styled(f"{left:{half}}   {right}", "$text-muted")
        rows = [title, heads, *(row for line in self._lines for row in _wrapped(line, half))]
        if self._left_out:
            rows.append(Content.styled(f"{self._left_out:,} more lines", "$text-muted"))
        return [*rows, Content("")]


class ReplayReport(Dialog[None]):
    """The reports of replays as scrolling text, then the deviations side by side; each of its keys closes it."""

    CSS_PATH = "replay_report_screen.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,f5,R", "dismiss", "Close", id="replay.close_report"),
        Binding("j", "scroll(1)", show=False),
        Binding("k", "scroll(-1)", show=False),
    ]

    def __init__(self, *players: Player) -> None:
        super().__init__()
        self.players = players
        self.is_final = all(player.is_over for player in players)

    def compose(self) -> ComposeResult:
        with VerticalScroll() as scroll:
            scroll.border_title = "Replay report"
            scroll.border_subtitle = "esc closes"
            for player in self.players:
                yield Static(self._text(player), markup=False)
                for deviation in player.report.deviations[:MOST_SHOWN]:
                    if deviation.recorded is not None or deviation.live is not None:
                        yield SideBySide(str(deviation).splitlines()[0], _lines(player, deviation))

    def action_scroll(self, by: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)

    def _text(self, player: Player) -> str:
        text = player.report_so_far().to_text()
        return f"{text}\n" if len(self.players) == 1 else f"{printable(player.plan.charge_point)}: {text}\n"


def _lines(player: Player, deviation: Deviation) -> list[Line]:
    recorded = player.plan.frame(deviation.recorded) if deviation.recorded is not None else None
    live = player.session.timeline.frame(deviation.live) if deviation.live is not None else None
    return side_by_side(recorded, live, deviation.differences)


def _wrapped(line: Line, half: int) -> list[Content]:
    """A line as rows of two columns, both wrapped at the column's width."""
    left, right = (chop_cells(printable(text), half) or [""] for text in (line.recorded, line.live))
    mark, style = ("≠", "bold $text-error") if line.differs else (" ", "")
    rows = []
    for number in range(max(len(left), len(right))):
        one = left[number] if number < len(left) else ""
        other = right[number] if number < len(right) else ""
        padded = one + " " * (half - cell_len(one))
        rows.append(Content.styled(f"{padded} {mark if number == 0 else ' '} {other}", style))
    return rows
