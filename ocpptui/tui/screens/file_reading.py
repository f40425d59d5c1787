"""Reads opened files for the screen in pieces, so that the keyboard stays responsive."""

from __future__ import annotations

from collections.abc import Callable

from textual.screen import Screen

from ocpptui.describe.safe_text import printable
from ocpptui.runtime.work_in_turns import BREATH, TURN
from ocpptui.session.file_session import FileSession
from ocpptui.tui.widgets.message_log import MessageLog

FIRST_READING = 0.001
"""Seconds of reading before anything is shown."""
LOOKED_AGAIN = 0.2
"""Seconds between two checks whether a followed file has grown."""
LEARNING = 0.01
"""Seconds of updating the charge points' state before the keyboard has its turn."""
LEARNING_PAUSE = 0.02


class FileReading:
    """Reads opened files for a screen with a log; calls `learned` when the state contains everything read."""

    def __init__(
        self, screen: Screen[None], opening: FileSession, log: MessageLog, learned: Callable[[], None]
    ) -> None:
        self._screen = screen
        self._opening = opening
        self._log = log
        self._learned = learned
        self._learning = False
        self._warned: set[str] = set()

    def read_on(self) -> None:
        """Read a piece, let the keyboard have its turn, and schedule the next piece."""
        opening = self._opening
        finished = opening.advance(TURN if self._log.contents.taken_in else FIRST_READING)
        self._log.records_arrived()
        if not finished:
            if opening.idle:
                self._warn()
                self._learn()  # from what has been read; more may come later
            pause = LOOKED_AGAIN if opening.idle else BREATH
            self._screen.call_after_refresh(self._screen.set_timer, pause, self.read_on)
            return
        for failure in opening.failures:
            self._screen.notify(printable(failure), severity="error", timeout=20, markup=False)
        self._warn()
        self._learn()

    def _warn(self) -> None:
        """Say once what is uncertain or wrong."""
        for warning in self._opening.warnings:
            if warning not in self._warned:
                self._warned.add(warning)
                self._screen.notify(printable(warning), severity="warning", timeout=20, markup=False)

    def left_out(self) -> list[str]:
        """The parts of the files that are not records, and why; how much was read; what was inferred, and why."""
        opening = self._opening
        lines = [*opening.failures, *map(str, opening.problems)]
        more = opening.unreadable - len(opening.problems)
        if more > 0:
            lines.append(f"and {more:,} more lines")
        lines += [*opening.tallies, *opening.evidence, *map(str, opening.skipped)]
        return lines or [f"Everything could be read{'.' if opening.progress == 1 else ' so far.'}"]

    def _learn(self) -> None:
        if not self._learning:
            self._learning = True
            self._learn_on()

    def _learn_on(self) -> None:
        """Find the secrets in what was read, and update the state from it, also in pieces."""
        timeline = self._opening.session.timeline
        known = timeline.secrets_known
        everything = self._opening.find_secrets(LEARNING) and self._opening.session.learn(LEARNING)
        if timeline.secrets_known != known:
            self._log.texts_changed()
        if not everything:
            self._screen.set_timer(LEARNING_PAUSE, self._learn_on)
        else:
            self._learning = False
            self._learned()
