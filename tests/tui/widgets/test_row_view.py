"""The scrollbar that the log and the inspector draw themselves."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from textual import events
from textual.scroll_view import ScrollView

from ocpptui.tui.widgets.row_view import CURSOR, LineView, thumb_of
from tests.kit.session_view import Screen, screen_over
from tests.kit.talk import Talk


def talk_of(calls: int) -> Talk:
    talk = Talk()
    for _ in range(calls):
        talk.call()
    return talk


def bar(view: LineView) -> str:
    """The last column of a pane, from top to bottom."""
    return "".join(strip.text[-1] for strip in view.render_lines(view.size.region))


@given(st.integers(1, 100), st.integers(0, 2_000_000), st.floats(0, 1))
def test_the_thumb_is_in_the_bar_and_touches_an_end_only_as_the_rows_do(height: int, rows: int, share: float) -> None:
    """The user would take a position near the end for the end, and miss the newest records."""
    last = max(0, rows - height)
    top = round(share * last)
    thumb = thumb_of(height, rows, top)
    if rows <= height:
        assert not thumb
        return
    assert 1 <= len(thumb) <= height and thumb.start >= 0 and thumb.stop <= height
    if top == 0:
        assert thumb.start == 0
    if top == last:
        assert thumb.stop == height
    if height > 2 and len(thumb) < height - 1 and 0 < top < last:
        assert thumb.start > 0 and thumb.stop < height


def test_the_thumb_goes_down_as_the_rows_do() -> None:
    """The thumb would jump back and forth during scrolling."""
    starts = [thumb_of(20, 500, top).start for top in range(481)]
    assert starts == sorted(starts)


async def test_the_bar_shows_the_position_in_the_log() -> None:
    """Among thousands of records the user would not know whether the start or the end is near."""
    async with screen_over(talk_of(400).session) as screen:
        height = screen.log.size.height
        assert bar(screen.log) == " " * (height - 1) + "┫"
        await screen.press("g")
        assert bar(screen.log) == "┃◂" + " " * (height - 2)
        screen.log.select(200)
        assert "┃" in bar(screen.log)[2:-2]


async def test_rows_that_fit_have_no_thumb() -> None:
    """A thumb as long as the bar says nothing and looks like a border."""
    async with screen_over(talk_of(3).session) as screen:
        assert set(bar(screen.log)) == {" ", CURSOR}


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
async def test_the_bar_can_be_pressed_and_dragged(share: float) -> None:
    """With the mouse the user would turn the wheel a thousand times."""
    async with screen_over(talk_of(1000).session) as screen:
        log = screen.log
        await mouse(screen, events.MouseDown, log.size.height // 3)
        assert 0 < log.scroll_offset.y < log.max_scroll_y
        assert not log.following
        line = round(share * (log.size.height - 1))
        await mouse(screen, events.MouseMove, line)
        assert log.scroll_offset.y == pytest.approx(share * log.max_scroll_y, abs=log.max_scroll_y / log.size.height)
        await mouse(screen, events.MouseUp, line)
        assert log.following == (share == 1.0)
        before = log.scroll_offset.y
        await mouse(screen, events.MouseMove, 0)
        assert log.scroll_offset.y == before, "after the release it stays"


async def test_a_press_on_the_bar_selects_no_record() -> None:
    """Scrolling would move the cursor."""
    async with screen_over(talk_of(1000).session) as screen:
        screen.log.select(500)
        await screen.pilot.click(screen.log, offset=(screen.log.size.width - 1, 2))
        assert screen.log.cursor == 500


async def mouse(screen: Screen, kind: type[events.MouseEvent], line: int) -> None:
    """Send a mouse event to the log's scrollbar."""
    offset = (screen.log.size.width - 1, line)
    await screen.pilot._post_mouse_events([kind], screen.log, offset=offset, button=1)


async def test_a_line_that_is_kept_is_as_textual_paints_it() -> None:
    """After a key, rows would have colours, a mark, a scrollbar or a frame that are not theirs any more."""
    talk = talk_of(300)
    steps = ("g", "j", "pagedown", "k", "m", "G", "tab", "j", "shift+tab", "T", "/", "3", "enter", "j")
    async with screen_over(talk.session, (200, 50)) as screen:
        for step in steps:
            await screen.press(step)
            await screen.pilot.pause()
            views = [view for view in screen.session_screen.query() if isinstance(view, LineView) and view.display]
            assert len(views) >= 2
            for view in views:
                region = view.outer_size.region
                kept = view.render_lines(region)
                view.refresh()
                painted = ScrollView.render_lines(view, region)
                assert list(map(coloured, kept)) == list(map(coloured, painted)), (step, view)
            await screen.pilot.pause()
        await screen.pilot.resize_terminal(120, 40)
        await screen.pilot.pause()
        region = screen.log.outer_size.region
        assert list(map(coloured, screen.log.render_lines(region))) == list(
            map(coloured, ScrollView.render_lines(screen.log, region))
        )


def coloured(strip: Iterable[Segment]) -> list[Segment]:
    """What a line shows, however it is divided."""
    return list(Segment.simplify(strip))
