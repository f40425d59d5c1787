"""The filter: parsed while the user types, red with the reason while it is invalid, completed with tab."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, Static

from ocpptui.describe.safe_text import printable
from ocpptui.filter.completion import MOST, completions, word_at
from ocpptui.filter.query import Query, QueryError, parse_filter
from ocpptui.timeline.timeline import Timeline
from ocpptui.tui.commands.command import Where
from ocpptui.tui.commands.command_registry import bindings

HINT = "words, action:Name cp:ID kind:error dir:to-csms invalid connectorId=1 latency>2s after:10:00, not or ( )"
LONGEST = 2000
"""Characters of a filter at most; a longer text was probably pasted by mistake."""


class FilterBar(Vertical):
    """One line for the filter, and one for its error or its completions."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.FILTER)

    class FilterChanged(Message):
        """The typed text is a valid filter."""

        def __init__(self, query: Query) -> None:
            super().__init__()
            self.query = query

    class FilterLeft(Message):
        """The user is done with the bar; `keep` says whether the filter stays."""

        def __init__(self, keep: bool) -> None:
            super().__init__()
            self.keep = keep

    def __init__(self, timeline: Timeline, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.timeline = timeline

    def open(self) -> None:
        """Show the bar and type into it. Its parts are made when it opens for the first time."""
        self._make()
        self.add_class("-open")
        self.display = True  # at once, and the focus too: keys that follow quickly belong to the filter
        self.screen.set_focus(self.query_one(Input))

    def put(self, text: str) -> None:
        """Filter by a text that is valid, without opening the bar; it is there when the user opens it."""
        self._make()
        with self.prevent(Input.Changed):
            self.query_one(Input).value = text
        self.post_message(self.FilterChanged(parse_filter(text)))

    def _make(self) -> None:
        if not self.children:
            self.mount(
                Input(placeholder=HINT, id="filter_text", select_on_focus=False, max_length=LONGEST),
                Static(id="filter_note", markup=False),
            )

    def close(self) -> None:
        """Hide the bar; the filter is unchanged."""
        self.remove_class("-open")
        self.display = False

    def clear(self) -> None:
        """Clear the filter."""
        for entry in self.query(Input):
            entry.value = ""

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        note = self.query_one("#filter_note", Static)
        try:
            query = parse_filter(event.value)
        except QueryError as error:
            self.add_class("-wrong")
            event.input.add_class("-wrong")
            note.update(printable(error.message))
            return
        self.remove_class("-wrong")
        event.input.remove_class("-wrong")
        note.update(printable("  ".join(self._completions()[:20])))
        self.post_message(self.FilterChanged(query))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if not self.has_class("-wrong"):
            self.post_message(self.FilterLeft(keep=True))

    def action_leave(self) -> None:
        self.post_message(self.FilterLeft(keep=False))

    def action_complete(self) -> None:
        completions = self._completions()
        if not completions:
            return
        entry = self.query_one(Input)
        start, end = word_at(entry.value, entry.cursor_position)
        # With several completions, tab completes what they share; if there are too many, only some of them are known.
        typed = entry.value[start : entry.cursor_position]
        agreed = _common(completions) if len(completions) < MOST else typed
        chosen = agreed if len(agreed) > len(typed) or len(completions) > 1 else completions[0]
        rest = entry.value[end:]
        if len(completions) == 1 and not chosen.endswith((":", "=", ">")):
            chosen, rest = f"{chosen} ", rest.lstrip()
        if len(chosen) >= len(typed):
            entry.value = entry.value[:start] + chosen + rest
            entry.cursor_position = start + len(chosen)

    def _completions(self) -> list[str]:
        entry = self.query_one(Input)
        return completions(entry.value, entry.cursor_position, self.timeline) if entry.value else []


def _common(words: list[str]) -> str:
    """The longest prefix that all words share."""
    first, last = min(words), max(words)
    length = next((i for i, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first))
    return first[:length]
