"""A Textual application whose terminal may stop reading or go away at any time."""

from __future__ import annotations

from textual.app import App
from textual.driver import Driver


class TerminalApp(App[None]):
    """A Textual application with our own driver, if there is one for this operating system.

    Textual's driver blocks the event loop while the terminal does not read, and forever once it is gone.
    """

    terminal_reads = True
    """False once the terminal is gone, or did not read the last output in time."""

    def get_driver_class(self) -> type[Driver]:
        found = super().get_driver_class()
        if found.__name__ != "LinuxDriver":
            return found  # the driver for Windows or for a web page
        from ocpptui.tui.terminal_driver import TerminalDriver

        return TerminalDriver

    def terminal_gone(self) -> None:
        """Called once, from another thread, when the terminal is gone."""
