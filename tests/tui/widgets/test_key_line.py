"""The bottom line: which keys it names, and what a click on one does."""

from __future__ import annotations

from typing import ClassVar

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
