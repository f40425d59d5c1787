"""The conspicuous line that warns that records do not reach their file."""

from __future__ import annotations

from textual.screen import Screen
from textual.widgets import Static

from ocpptui.describe.safe_text import printable


class RecordingNotice(Static):
    """Shown on top of every screen for as long as the recording fails."""


def show_failure(screen: Screen[object], failure: str | None) -> None:
    """Show on a screen why the recording fails, or remove the notice (None)."""
    notices = screen.query(RecordingNotice)
    if failure is None:
        notices.remove()
        return
    text = printable(f"NOT RECORDING: {failure}")
    if notices:
        notices.first().update(text)
    else:
        screen.mount(RecordingNotice(text, markup=False), before=0)
