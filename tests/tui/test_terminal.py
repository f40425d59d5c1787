"""Nothing that a widget draws acts on the terminal, not even what the widget forgot to make safe."""

from __future__ import annotations

import pytest
from rich.segment import Segment
from textual.app import ComposeResult
from textual.color import Color
from textual.containers import VerticalScroll
from textual.filter import DimFilter, LineFilter, Monochrome, NoColor
from textual.widgets import Input, Label, OptionList, Static, TextArea

from ocpptui.jsontext.unsafe_characters import UNSAFE
from ocpptui.tui.terminal import SafeText, TerminalApp
from tests.kit.driver import AppDriver, painted

HOSTILE = "a\x1b]0;PWNED\x07\x1b[2J\x9b31m\u202eb\x00"


class CarelessApp(TerminalApp):
    """Shows a hostile text in every kind of place, and makes none of them safe."""

    def compose(self) -> ComposeResult:
        with VerticalScroll() as box:
            box.border_title = box.border_subtitle = HOSTILE
            box.styles.border = ("solid", "white")
            yield Static(HOSTILE, markup=False)
            yield Label(HOSTILE, markup=False)
            yield Input(HOSTILE, placeholder=HOSTILE)
            yield TextArea(HOSTILE)
            yield OptionList(HOSTILE, markup=False)

    def on_mount(self) -> None:
        self.notify(HOSTILE, title=HOSTILE, markup=False, timeout=60)


async def test_a_widget_that_forgot_to_make_its_text_safe_does_no_harm() -> None:
    """One forgotten call in one new widget would hand the terminal to every charge point."""
    app = CarelessApp()
    async with app.run_test(size=(80, 40)) as pilot:
        driver = AppDriver(app, pilot)
        await driver.until(lambda: driver.text().count("PWNED") >= 7, "each of them")
        text = "\n".join(strip.text for strip in painted(app))
        assert UNSAFE.search(text.replace("\n", "")) is None


def test_what_is_safe_stays_as_it_is() -> None:
    segments = [Segment("▕ grün 漢 ␛ "), Segment("ascii")]
    assert SafeText().apply(segments, Color(0, 0, 0)) is segments


@pytest.mark.parametrize("before", [Monochrome(), NoColor(), DimFilter()])
def test_text_without_a_style_passes_every_filter(before: LineFilter) -> None:
    """With NO_COLOR, the comparison of two files ended the program: its empty lines have no style."""
    assert [one.text for one in SafeText(before).apply([Segment("plain")], Color(0, 0, 0))] == ["plain"]
