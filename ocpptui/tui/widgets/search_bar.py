"""The search in the inspector: one line with what is searched for, and how many matches there are."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widgets import Input, Static

from ocpptui.tui.commands.command import Where
from ocpptui.tui.commands.command_registry import bindings
from ocpptui.tui.highlighting import MOST_MATCHES
from ocpptui.tui.widgets.inspector import Inspector

LONGEST = 500
"""Characters of what is searched for at most."""


class SearchBar(Horizontal):
    """Searches while the user types; enter goes on reading with the matches highlighted, escape ends the search."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.SEARCH)

    def __init__(self, inspector: Inspector, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._inspector = inspector

    def open(self) -> None:
        """Show the line and type into it. Its parts are made when it opens for the first time."""
        if not self.children:
            self.mount(
                Input(placeholder="search in this record", id="search_text", select_on_focus=True, max_length=LONGEST),
                Static(id="search_count", markup=False),
            )
        self.add_class("-open")
        self.display = True  # at once, and the focus too: keys that follow quickly belong to the search
        self.screen.set_focus(self.query_one(Input))

    def leave(self) -> bool:
        """End the search; False if there is none."""
        if not self.has_class("-open"):
            return False
        self.remove_class("-open")
        self.display = False
        for entry in self.query(Input):
            entry.value = ""
        self._inspector.search_for("")
        self._inspector.focus()
        return True

    def tell_count(self) -> None:
        """Say how many matches there are, and which of them is the current one."""
        search = self._inspector.search
        for count in self.query(Static):
            count.update("" if search is None else _count(len(search.matches), search.current))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._inspector.search_for(event.value)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if event.value:
            self._inspector.focus()
        else:
            self.leave()

    def action_leave(self) -> None:
        self.leave()


def _count(matches: int, current: int | None) -> str:
    if not matches:
        return "no match"
    more = "+" if matches >= MOST_MATCHES else ""
    if current is None:
        return f"{matches:,}{more} match{'es' * (matches > 1)}"
    return f"{current + 1:,} of {matches:,}{more}"
