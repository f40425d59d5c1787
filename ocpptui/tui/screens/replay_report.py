"""What came of a replay, over the session that it was played in."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from ocpptui.replay.report import Report


class ReplayReport(ModalScreen[None]):
    """The report of a replay as text that scrolls; any of its keys closes it."""

    CSS_PATH = "replay_report.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,f5", "dismiss", "Close", id="replay.close_report")]

    def __init__(self, report: Report) -> None:
        super().__init__()
        self.report = report

    def compose(self) -> ComposeResult:
        with VerticalScroll() as scroll:
            scroll.border_title = "What came of the replay"
            scroll.border_subtitle = "esc closes"
            yield Static(self.report.to_text(), markup=False)
