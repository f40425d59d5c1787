"""Opened files on their way to the screen, a piece between two looks at the keyboard."""

from __future__ import annotations

from collections.abc import Callable

from textual.screen import Screen

from ocpptui.session.file_session import FileSession
from ocpptui.tui.widgets.message_log import MessageLog

READING = 0.02
"""Seconds of reading between two looks at the keyboard."""
FIRST_READING = 0.001
"""The same before there is anything to see."""
BREATH = 0.004
"""Seconds for the keyboard and the screen between two pieces."""
LOOKED_AGAIN = 0.2
"""Seconds between two looks at whether a file that is followed has grown."""
LEARNING = 0.01
"""Seconds of folding what was read into what is known, between two looks at the keyboard."""
LEARNING_PAUSE = 0.02


class FileReading:
    """Reads what is opened for a screen with a log; `learned` is called when all that was read is folded in."""

    def __init__(
        self, screen: Screen[None], opening: FileSession, log: MessageLog, learned: Callable[[], None]
    ) -> None:
        self._screen = screen
        self._opening = opening
        self._log = log
        self._learned = learned
        self._learning = False

    def read_on(self) -> None:
        """Read a piece, then let the keyboard have its turn; goes on by itself."""
        opening = self._opening
        finished = opening.advance(READING if self._log.taken_in else FIRST_READING)
        self._log.records_arrived()
        if not finished:
            if opening.idle:
                self._learn()  # of what is there; more may come later
            pause = LOOKED_AGAIN if opening.idle else BREATH
            self._screen.call_after_refresh(self._screen.set_timer, pause, self.read_on)
            return
        for failure in opening.failures:
            self._screen.notify(failure, severity="error", timeout=20, markup=False)
        self._learn()

    def left_out(self) -> list[str]:
        """What of the files is no record, and why; how much was understood; what was inferred, and why."""
        opening = self._opening
        lines = [*opening.failures, *map(str, opening.problems)]
        more = opening.unreadable - len(opening.problems)
        if more > 0:
            lines.append(f"and {more:,} more lines")
        return [*lines, *opening.tallies, *opening.evidence, *map(str, opening.skipped)]

    def _learn(self) -> None:
        if not self._learning:
            self._learning = True
            self._learn_on()

    def _learn_on(self) -> None:
        """Fold what was read into what is known, in pieces too."""
        if not self._opening.session.learn(LEARNING):
            self._screen.set_timer(LEARNING_PAUSE, self._learn_on)
        else:
            self._learning = False
            self._learned()
