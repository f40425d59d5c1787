"""Lists to choose from: whether the row under the cursor can be read in every theme."""

from __future__ import annotations

import re
from pathlib import Path

from textual.app import App, ComposeResult
from textual.color import Color
from textual.content import Content

import ocpptui.tui
from ocpptui.tui.themes import THEMES
from ocpptui.tui.widgets.option_rows import OptionRows
from tests.kit.driver import painted
from tests.tui.test_themes import READABLE, contrast

COLOURS = ("$text-error", "$text-success", "$text-warning", "$text-accent", "$primary", "$text-muted", "$text-disabled")


class ColouredRows(App[None]):
    """A list with every colour that words have, in the row under the cursor and in another one."""

    def compose(self) -> ComposeResult:
        words = Content.assemble(*((f"word{place} ", colour) for place, colour in enumerate(COLOURS)))
        yield OptionRows(words, words, markup=False, compact=True)

    def on_mount(self) -> None:
        for theme in THEMES.values():
            self.register_theme(theme)
        self.query_one(OptionRows).highlighted = 0


async def test_the_row_under_the_cursor_is_readable_in_every_theme_and_the_others_keep_their_colours() -> None:
    """In high contrast, "FAILED" and the time left of a held call were light letters on yellow."""
    app = ColouredRows()
    async with app.run_test(size=(80, 24)) as pilot:
        for name in THEMES:
            app.theme = name
            await pilot.pause()
            under, other = painted(app)[:2]
            found = {
                contrast(Color.from_rich_color(one.style.color), Color.from_rich_color(one.style.bgcolor))
                for one in under
                if one.style is not None and one.text.startswith("word")
            }
            assert found and min(found) >= READABLE, name
            assert len({one.style.color for one in other if one.style and one.text.startswith("word")}) > 3, name


async def test_letters_move_the_cursor_as_the_arrow_keys_do() -> None:
    """`j` would stop at the last row of some lists where the arrow key goes on to the first."""
    app = ColouredRows()
    async with app.run_test(size=(80, 24)) as pilot:
        rows = app.query_one(OptionRows)
        rows.focus()
        for by, key in ((1, "down"), (1, "down"), (-1, "up"), (-1, "up")):
            before = rows.highlighted
            await pilot.press(key)
            wanted, rows.highlighted = rows.highlighted, before
            rows.move_cursor(by)
            assert rows.highlighted == wanted != before


def test_every_list_of_the_program_has_such_rows() -> None:
    """The next list would be illegible again."""
    made_or_derived = re.compile(r"(?<!\w)OptionList\(|^class \w+\(OptionList\)", re.MULTILINE)
    for module in Path(ocpptui.tui.__path__[0]).rglob("*.py"):
        if module.name != "option_rows.py":
            assert not made_or_derived.search(module.read_text(encoding="utf-8")), module
