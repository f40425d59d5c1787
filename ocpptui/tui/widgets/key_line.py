"""The bottom line: the most important keys of the place where the user is.

Textual's footer has a widget for each key and makes all of them anew whenever the focus moves.
"""

from __future__ import annotations

from itertools import accumulate
from typing import NamedTuple

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget

from ocpptui.tui.commands.command import Where
from ocpptui.tui.commands.command_registry import COMMANDS

EVERYWHERE = frozenset(command.id for command in COMMANDS if command.where is Where.EVERYWHERE)
"""Ids of the commands of all places, which come last."""


class ShownKey(NamedTuple):
    """A key in the line."""

    key: str
    """What is pressed, in Textual's words."""
    text: str
    """How users write it."""
    title: str
    """The command that it gives."""

    @property
    def width(self) -> int:
        """Columns that it takes in the line."""
        return cell_len(f" {self.text} {self.title} ")


class KeyLine(Widget):
    """The keys with their commands; a click on one does what the key does."""

    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._offered: tuple[list[ShownKey], list[ShownKey]] | None = None  # until it is asked for
        self._hovered: int | None = None  # place of the key under the mouse

    @property
    def keys(self) -> list[ShownKey]:
        """The keys as they are shown, each command once.

        Where the line is too short for all of them, those of all places stay: the help lists the others.
        """
        if self._offered is None:
            self._offered = self._offered_now()
        own, everywhere = self._offered
        room = self.size.width + 1 - sum(key.width for key in everywhere)  # the last space may be cut
        ends = accumulate(key.width for key in own)
        return [*(key for key, end in zip(own, ends, strict=True) if end <= room), *everywhere]

    def _offered_now(self) -> tuple[list[ShownKey], list[ShownKey]]:
        """The keys of the place where the user is, and those of all places."""
        own: dict[str, ShownKey] = {}
        everywhere: dict[str, ShownKey] = {}
        for _, binding, _, _ in self.screen.active_bindings.values():
            if binding.show:
                key = ShownKey(binding.key, self.app.get_key_display(binding), binding.description)
                (everywhere if binding.id in EVERYWHERE else own).setdefault(binding.action, key)
        return [*own.values()], [*everywhere.values()]

    def on_resize(self) -> None:
        self.refresh()  # it may have been painted in the new size before

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_updated)

    def _bindings_updated(self, screen: Screen[object]) -> None:
        # Without the focus of the terminal no pane has it, and the keys of the last one are the right ones. Below a
        # dialog, the commands of the screen would be asked of that dialog, which does not know what is off; the signal
        # comes again when it has closed.
        if self.app.app_focus and self.app.screen is self.screen:
            self._offered = None
            self.refresh()

    def render(self) -> Content:
        parts = []
        for place, key in enumerate(self.keys):
            ground = " on $block-hover-background" if place == self._hovered else ""
            colour = "$footer-key-foreground" if ground else "$footer-description-foreground"
            parts += [(f" {key.text} ", f"bold $footer-key-foreground{ground}"), (f"{key.title} ", f"{colour}{ground}")]
        return Content.assemble(*parts)

    # -- the mouse ----------------------------------------------------------------------------------------------

    def _place_at(self, x: int) -> int | None:
        for place, key in enumerate(self.keys):
            x -= key.width
            if x < 0:
                return place
        return None

    def on_mouse_move(self, event: events.MouseMove) -> None:
        self._hover(self._place_at(event.x))

    def on_leave(self) -> None:
        self._hover(None)

    def _hover(self, place: int | None) -> None:
        if place != self._hovered:
            self._hovered = place
            self.refresh()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        place = self._place_at(event.x)
        if place is not None:
            self.app.simulate_key(self.keys[place].key)
