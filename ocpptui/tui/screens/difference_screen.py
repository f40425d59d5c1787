"""How another file differs from the one that is open, side by side."""

from __future__ import annotations

from itertools import islice
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from ocpptui.describe.safe_text import printable
from ocpptui.replay.compared_files import ComparedFiles
from ocpptui.tui.commands.command import Where
from ocpptui.tui.commands.command_registry import bindings
from ocpptui.tui.screens.closing import Dialog
from ocpptui.tui.screens.replay_report_screen import SideBySide
from ocpptui.tui.widgets.key_line import KeyLine

MOST_SHOWN = 200
"""Differences that are shown; the rest is counted."""


class DifferenceScreen(Dialog[int | None]):
    """The differences in the order of the first file; the result is a record of that file to go to, or None."""

    CSS_PATH = ["difference_screen.tcss", "../widgets/key_line.tcss"]
    WHERE: ClassVar[tuple[Where, ...]] = (Where.DIFFERENCES,)
    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.DIFFERENCES)

    def __init__(self, files: ComparedFiles, names: tuple[str, str]) -> None:
        """`names` are those of the two files."""
        super().__init__()
        self._files = files
        self._names = names
        self._shown = list(islice(files.result.found, MOST_SHOWN))
        self._chosen = 0

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="differences", can_focus=True) as scroll:
            scroll.border_title = printable(f"{self._names[0]} and {self._names[1]}")
            yield Static(printable("\n".join(self._files.summary)) + "\n", markup=False)
            for divergence in self._shown:
                title = str(divergence).splitlines()[0]
                yield SideBySide(title, self._files.lines(divergence), self._names)
            more = len(self._files.result.found) - len(self._shown)
            if more:
                yield Static(f"and {more:,} more", markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one("#differences").focus()
        self._mark()

    async def on_unmount(self) -> None:
        await self._files.close()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action not in ("next", "choose") or bool(self._shown)

    def _mark(self) -> None:
        for place, one in enumerate(self.query(SideBySide)):
            one.set_class(place == self._chosen, "-chosen")

    def action_next(self, by: int) -> None:
        """Go to another difference."""
        self._chosen = min(max(self._chosen + by, 0), len(self._shown) - 1)
        self._mark()
        self.query(SideBySide)[self._chosen].scroll_visible(animate=False, top=True)

    def action_scroll(self, by: int) -> None:
        self.query_one("#differences", VerticalScroll).scroll_relative(y=by, animate=False)

    def action_choose(self) -> None:
        """Go to the record of the first file, or where it has none, to the last one before."""
        found = self._shown[self._chosen]
        before = [one.first for one in self._shown[: self._chosen + 1] if one.first is not None]
        self.dismiss(found.first if found.first is not None else before[-1] if before else 0)

    def action_close(self) -> None:
        self.dismiss(None)
