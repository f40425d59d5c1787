"""The bottom line: which keys it names, and what a click on one does."""

from __future__ import annotations

from typing import ClassVar

import pytest
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from ocpptui.tui.widgets.key_line import KeyLine


class Two(App[None]):
    """Two panes with keys of their own."""

    CSS_PATH = "../../../ocpptui/tui/widgets/key_line.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2,f12", "note('shared')", "Compose"),
        Binding("f3", "note('hidden')", "Hidden", show=False),
    ]

    class Left(Input):
        BINDINGS: ClassVar[list[BindingType]] = [Binding("f5", "app.note('left')", "充电")]

    def __init__(self) -> None:
        super().__init__()
        self.noted: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.Left(id="left")
        yield Input(id="right")
        yield KeyLine()

    def action_note(self, what: str) -> None:
        self.noted.append(what)


class Many(App[None]):
    """More keys than fit into a narrow terminal."""

    CSS_PATH = Two.CSS_PATH
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(str(number), f"note({number})", f"Number{number}") for number in range(1, 10)),
        Binding("f1", "help_quit", "Help", id="help"),
    ]

    def compose(self) -> ComposeResult:
        yield KeyLine()


async def test_it_names_each_command_of_the_focused_pane_once() -> None:
    """A user who looks for a key must find those that work now, and no others."""
    app = Two()
    async with app.run_test() as pilot:
        line = app.query_one(KeyLine)
        assert [f"{key.text} {key.title}" for key in line.keys][:2] == ["f5 充电", "f2 Compose"]
        assert "f12" not in str(line.render()) and "Hidden" not in str(line.render())
        await pilot.press("tab")
        await pilot.pause()
        assert str(line.render()).startswith(" f2 Compose "), "the other pane has no key of its own"


async def test_a_click_does_what_the_key_does() -> None:
    """Those who use the mouse must get the command under it, whatever wide characters stand to its left."""
    app = Two()
    async with app.run_test() as pilot:
        text = str(app.query_one(KeyLine).render())
        assert text.startswith(" f5 充电  f2 Compose ")
        for x in (2, 8, 11, 12):
            await pilot.click(KeyLine, offset=(x, 0))
        await pilot.pause()
        assert app.noted == ["left", "left", "shared", "shared"]
        await pilot.click(KeyLine, offset=(78, 0))
        await pilot.pause()
        assert len(app.noted) == 4, "there is no key"


async def test_the_key_under_the_mouse_stands_out() -> None:
    """It shows that a click does something."""
    app = Two()
    async with app.run_test() as pilot:
        line = app.query_one(KeyLine)
        plain = line.render().spans
        await pilot.hover(KeyLine, offset=(2, 0))
        await pilot.pause()
        assert line.render().spans != plain
        await pilot.hover("#right")
        await pilot.pause()
        assert line.render().spans == plain


async def test_the_keys_stay_while_another_window_has_the_focus() -> None:
    """No pane has the focus then; the keys of the last one work again as soon as the user is back."""
    app = Two()
    async with app.run_test() as pilot:
        line = app.query_one(KeyLine)
        keys = line.keys
        app.app_focus = False
        await pilot.pause()
        app.screen.refresh_bindings()
        await pilot.pause()
        assert line.keys == keys


@pytest.mark.parametrize("width", [80, 24, 20, 12, 3])
async def test_the_help_stays_where_there_is_no_room_for_all_keys(width: int) -> None:
    """With a key more than the terminal has room for, the one that lists them all would be cut off."""
    app = Many()
    async with app.run_test(size=(width, 10)) as pilot:
        shown = str(app.query_one(KeyLine).render())
        assert shown.endswith(" f1 Help ")
        others = [f" {number} Number{number} " for number in range(1, 10)]
        fitting = max(0, (width - len(" f1 Help")) // len(others[0]))
        assert shown == "".join(others[:fitting]) + " f1 Help "
        await pilot.resize_terminal(200, 10)
        assert str(app.query_one(KeyLine).render()) == "".join(others) + " f1 Help "
