"""The list of problems, over the session."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical

from ocpptui.filter.problem_rows import Listed, ProblemRow, ProblemRows
from ocpptui.ocpp.counted import counted
from ocpptui.tui.commands.command import Where
from ocpptui.tui.screens.closing import Dialog
from ocpptui.tui.widgets.key_line import KeyLine
from ocpptui.tui.widgets.problem_list import ProblemList
from ocpptui.tui.widgets.wrapped_text import WrappedText


class ProblemsScreen(Dialog[int | None]):
    """What was found, by time or by rule; the result is the record that the user goes to."""

    CSS_PATH = ["problems_screen.tcss", "../widgets/problem_list.tcss", "../widgets/key_line.tcss"]
    WHERE: ClassVar[tuple[Where, ...]] = (Where.PROBLEMS,)

    def __init__(self, rows: ProblemRows, cursor: ProblemRow | None, diagnosed: Callable[[], float]) -> None:
        """`cursor` is the row to begin with; `diagnosed` returns the part of the records that all rules have seen."""
        super().__init__()
        self.list = ProblemList(rows, cursor, id="problem_list")
        self._diagnosed = diagnosed
        self._words = WrappedText([], _style)

    def compose(self) -> ComposeResult:
        with Vertical(id="problems"):
            yield self.list
            with Vertical(id="problem_words"):
                yield self._words
        yield KeyLine()

    def on_mount(self) -> None:
        self.list.focus()
        self.set_interval(0.5, self._say_what)
        self._say_what()

    @on(ProblemList.Changed)
    def _say_what(self) -> None:
        rows, diagnosed = self.list.rows, self._diagnosed()
        words = _words(rows.listed, rows.records)
        if diagnosed < 1:
            words += f", diagnosed so far: {int(diagnosed * 100)} %"
        pane = self.query_one("#problems", Vertical)
        pane.border_title = f"{words}, by rule" if rows.by_rule else words
        if (shown := self.list.cursor_words()) != self._words.lines:
            self._words.show(shown)

    @on(ProblemList.ProblemChosen)
    def _problem_chosen(self, message: ProblemList.ProblemChosen) -> None:
        self.dismiss(message.index)


def _style(number: int, line: str) -> str:
    return "$text-muted" if line.startswith("  ") else ""


def _words(listed: Listed, records: int) -> str:
    if listed is Listed.EVERYTHING:
        return f"{counted(records, 'record')} with findings"
    nouns = {Listed.PROBLEMS: "problem", Listed.ERRORS: "error", Listed.WARNINGS: "warning"}
    return counted(records, nouns[listed])
