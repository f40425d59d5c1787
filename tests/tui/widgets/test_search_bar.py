"""The search in the inspector, as a user types it."""

from __future__ import annotations

import json

import pytest
from rich.segment import Segment
from textual.widgets import Static

from ocpptui.tui.widgets.row_view import LineView
from ocpptui.tui.widgets.search_bar import SearchBar
from tests.kit.driver import SIZES
from tests.kit.session_view import Screen, screen_over
from tests.kit.talk import Talk


def lit(widget: LineView, *, current: bool = False) -> list[str]:
    """The texts that are underlined, or reversed as the current match, on the screen."""
    segments: list[Segment] = [one for y in range(widget.size.height) for one in widget.render_line(y)]
    attribute = "reverse" if current else "underline"
    return [one.text for one in segments if one.style is not None and getattr(one.style, attribute)]


def count(screen: Screen) -> str:
    return str(screen.session_screen.query_one(SearchBar).query_one("#search_count", Static).render())


@pytest.mark.parametrize("size", SIZES)
async def test_a_word_is_found_in_a_long_record(size: tuple[int, int]) -> None:
    """The user would scroll through the record, and read every line of it."""
    talk = Talk()
    data = json.dumps([f"line {number}" + " needle" * (number in (40, 90)) for number in range(120)])
    talk.call("DataTransfer", f'{{"vendorId":"ACME","data":{data}}}')
    talk.call("Heartbeat")
    async with screen_over(talk.session, size) as screen:
        inspector = screen.inspector
        await screen.press("home", "enter")
        await screen.until(lambda: inspector.has_focus)
        await screen.press("slash")
        await screen.type("NEEDLE")
        await screen.until(lambda: count(screen) == "1 of 4", "the count")
        assert lit(inspector, current=True) == ["needle"]
        await screen.press("enter", "n")
        await screen.until(lambda: count(screen) == "2 of 4" and inspector.has_focus, "the second match")
        await screen.press("N", "N")
        await screen.until(lambda: count(screen) == "4 of 4", "the last one")
        await screen.press("escape")
        await screen.until(lambda: inspector.search is None and inspector.has_focus, "the end of the search")
        assert lit(inspector, current=True) == []
        await screen.press("escape")
        assert screen.log.has_focus


async def test_what_the_filter_looks_for_is_highlighted_in_log_and_inspector() -> None:
    """The user would search each row for the reason why the filter shows it."""
    talk = Talk()
    talk.call("Authorize", '{"idTag":"CARD7"}')
    talk.call("Authorize", '{"idTag":"CARD8"}')
    async with screen_over(talk.session) as screen:
        await screen.press("slash")
        await screen.type("card7 or not x")
        await screen.press("enter", "home", "enter")
        await screen.until(lambda: "CARD7" in lit(screen.inspector), "the highlighted word in the inspector")
        assert lit(screen.log) == ["CARD7"]
        await screen.press("escape", "escape")
        await screen.until(lambda: not lit(screen.log), "rows as they were")
