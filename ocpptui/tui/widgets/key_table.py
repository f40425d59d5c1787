"""The keys of a panel, in columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from textual.content import Content


class PanelKey(NamedTuple):
    """A key of the panel."""

    key: str
    words: str
    action: str
    is_dim: bool = False
    """It does not seem to apply now."""


def key_table(keys: Sequence[PanelKey], width: int) -> Content:
    """The keys in as many columns as fit; a click on one does what the key does."""
    cell = max((len(key.words) for key in keys), default=1) + 5
    columns = max(1, width // cell)
    rows = -(-len(keys) // columns)
    lines = []
    for row in range(rows):
        line = Content("")
        for key in keys[row::rows]:
            click = f"@click=screen.{key.action}"
            words = f"dim {click}" if key.is_dim else click
            room = " " * (cell - 3 - len(key.words))  # not underlined, as what can be clicked is
            line += Content.assemble(
                " " * (2 - len(key.key)), (f"{key.key} ", f"bold $accent {click}"), (key.words, words), room
            )
        lines.append(line)
    return Content("\n").join(lines)
