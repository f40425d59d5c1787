"""Going back to messages that were sent before: by a list, or one after the other."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import App

from ocpptui.compose.composer import Composer
from ocpptui.compose.history import Composition
from ocpptui.tui.compose.choice_list import ChoiceList
from ocpptui.tui.compose.status_lines import sent_choices


class RecalledMessages:
    """The messages that were sent before, newest first; `load` shows one of them, `reopen` the one being written."""

    def __init__(self, composer: Composer, load: Callable[[Composition], object], reopen: Callable[[], object]) -> None:
        self._composer = composer
        self._load = load
        self._reopen = reopen
        self._steps = 0  # back from the newest

    def forget_place(self) -> None:
        """Begin with the newest message again."""
        self._steps = 0

    def choose(self, app: App[object]) -> None:
        """Let the user choose from the messages of this session, then from those of earlier ones."""
        sent = self._composer.recalled
        choices = sent_choices(sent, self._composer.session.timeline)

        def chosen(value: str | None) -> None:
            if value is not None:
                self._load(sent[int(value)])

        app.push_screen(ChoiceList("Sent, newest first", choices), chosen)

    def step(self, by: int) -> None:
        """Show the message sent before, or with -1 the one sent after."""
        sent = self._composer.recalled
        steps = self._steps + by
        if steps == 0 and self._composer.action:
            self._reopen()
        elif 1 <= steps <= len(sent):
            self._load(sent[-steps])
        else:
            return
        self._steps = steps
