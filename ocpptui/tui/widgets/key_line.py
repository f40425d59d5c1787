"""The bottom line: the most important keys of the place where the user is.

Textual's footer has a widget for each key and makes all of them anew whenever the focus moves.
"""

from __future__ import annotations

from typing import NamedTuple

from textual import events
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget

from ocpptui.tui.commands import COMMANDS, Where

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


class KeyLine(Widget):
    """The keys with their commands; a click on one does what the key does."""

    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._keys: list[ShownKey] | None = None  # until they are asked for
        self._hovered: int | None = None  # place of the key under the mouse

    @property
    def keys(self) -> list[ShownKey]:
        """The keys as they are shown, each command once."""
        if self._keys is None:
            shown: dict[str, ShownKey] = {}
            active = [binding for _, binding, _, _ in self.screen.active_bindings.values()]
            for binding in sorted(active, key=lambda one: one.id in EVERYWHERE):
                if binding.show:
                    key = ShownKey(binding.key, self.app.get_key_display(binding), binding.description)
                    shown.setdefault(binding.action, key)
            self._keys = list(shown.values())
        return self._keys

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_updated)

    def _bindings_updated(self, screen: Screen[object]) -> None:
        if self.app.app_focus:  # without it, no pane has the focus, and the keys of the last one are the right ones
            self._keys = None
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
            x -= Content(f" {key.text} {key.title} ").cell_length
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
