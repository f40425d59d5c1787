"""The conspicuous line about the recording: records do not reach it, or something has happened to its file."""

from __future__ import annotations

from textual.screen import Screen
from textual.widgets import Static

from ocpptui.describe.safe_text import printable


class RecordingNotice(Static):
    """Shown on top of every screen for as long as the recording fails, and a while after something happened to it."""


def show_notice(screen: Screen[object], text: str) -> None:
    """Show this on a screen, or remove the notice if it is empty."""
    notices = screen.query(RecordingNotice)
    text = printable(text)
    if not text:
        notices.remove()
    elif notices:
        notices.first().update(text)
    else:
        screen.mount(RecordingNotice(text, markup=False), before=0)
