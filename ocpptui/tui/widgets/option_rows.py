"""Lists to choose from in which the row under the cursor is readable, whatever colours it has elsewhere."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.color import Color
from textual.strip import Strip
from textual.style import Style
from textual.widgets import OptionList
from textual.widgets.option_list import Option


class OptionRows(OptionList):
    """The row under the cursor has one colour: those of its words are made for another ground."""

    def move_cursor(self, by: int) -> None:
        """Go to the next row (1) or the previous one (-1); after the last comes the first, as with the arrow keys."""
        if by > 0:
            self.action_cursor_down()
        else:
            self.action_cursor_up()

    def _get_option_render(self, option: Option, style: Style) -> list[Strip]:
        strips = super()._get_option_render(option, style)
        cursor = Color.parse(self.app.theme_variables["block-cursor-background"])
        if style.background != cursor or style.foreground is None:
            return strips
        one_colour = RichStyle(color=style.foreground.rich_color)
        return [
            Strip([Segment(text, (own or RichStyle()) + one_colour, control) for text, own, control in strip])
            for strip in strips
        ]
