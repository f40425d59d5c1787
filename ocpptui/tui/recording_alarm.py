"""What every screen shows of a recording that fails, or of what has happened to its file."""

from __future__ import annotations

import asyncio
from typing import Any

from textual.app import App

from ocpptui.tui.widgets.recording_notice import show_notice

DURATION = 60.0
"""Seconds for which a screen shows what has happened to the recording."""


class RecordingAlarm:
    """The line at the top of every screen of an application; call `look` now and then."""

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self._was_failing = False  # at the last look
        self._news = ""
        self._news_ends = 0.0  # by the clock of the loop

    def tell(self, news: str) -> None:
        """Show what has happened to the recording, for a minute."""
        self._news = news
        self._news_ends = asyncio.get_running_loop().time() + DURATION

    def forget(self) -> None:
        """Show no more what has happened: the session is another."""
        self._news = ""

    def look(self, failure: str | None) -> None:
        """Show on every screen that the recording fails, as long as it does, or what has happened to it.

        `failure` is why it fails at present.
        """
        if asyncio.get_running_loop().time() >= self._news_ends:
            self._news = ""
        for screen in self._app.screen_stack:
            if not screen.is_modal:
                show_notice(screen, f"NOT RECORDING: {failure}" if failure is not None else self._news)
        if self._was_failing and failure is None:
            self._app.notify("The recording is complete again.", markup=False)
        self._was_failing = failure is not None
