"""Screens that close once, however many keys were typed ahead."""

from __future__ import annotations

from typing import ClassVar

from textual.await_complete import AwaitComplete
from textual.binding import BindingType
from textual.screen import ModalScreen, Screen, ScreenResultType

from ocpptui.tui.commands.command import Where
from ocpptui.tui.commands.command_registry import bindings


class ClosingScreen(Screen[ScreenResultType]):
    """A screen above another one. Textual would close the one below too when a second key asks for it."""

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Close it with a result; nothing happens where it is not the top screen, or not any more."""
        if self.app.screen is not self:
            return AwaitComplete()
        return super().dismiss(result)


class Dialog(ClosingScreen[ScreenResultType], ModalScreen[ScreenResultType]):
    """The same, with the screen below shining through. Textual hides the keys of the application from it."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.EVERYWHERE, of="app")
