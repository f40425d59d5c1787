"""An application on a terminal that may stop reading or go away at any time."""

from __future__ import annotations

from textual.app import App
from textual.driver import Driver


class TerminalApp(App[None]):
    """Textual's application with a driver of ours, where there is one for this operating system.

    Textual's own driver blocks the event loop while the terminal does not read, and for good once it is gone.
    """

    terminal_reads = True
    """False once the terminal is gone, or has not taken what was written at the end."""

    def get_driver_class(self) -> type[Driver]:
        found = super().get_driver_class()
        if found.__name__ != "LinuxDriver":
            return found  # that of Windows, or of a web page
        from ocpptui.tui.terminal_driver import TerminalDriver

        return TerminalDriver

    def terminal_gone(self) -> None:
        """Called in another thread, once, when the terminal is gone."""
