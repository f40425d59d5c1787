"""The panes: which one has the focus, their sizes by key and mouse, and what the next start remembers."""

from __future__ import annotations

import pytest
from textual import events
from textual.widget import Widget

from tests.kit.driver import NARROW, WIDE
from tests.kit.session_view import Screen, screen_over
from tests.kit.talk import Talk


def talk_of(calls: int) -> Talk:
    talk = Talk()
    for _ in range(calls):
        talk.exchange()
    return talk


def titles(screen: Screen) -> list[str]:
    """The titles on the screen from the top, each with the sign of the focus."""
    session_screen = screen.session_screen
    panes = [pane for pane in session_screen.query("#charge_points, #state, #log, #inspector") if pane.display]
    found = [str(pane.border_title).strip() for pane in panes if pane.region and pane.gutter.top]
    assert all(title in screen.text() for title in found)
    return found


async def drag(screen: Screen, start: tuple[int, int], end: tuple[int, int]) -> None:
    """Press, move and release the mouse."""
    for kind, offset in ((events.MouseDown, start), (events.MouseMove, end), (events.MouseUp, end)):
        await screen.pilot._post_mouse_events([kind], None, offset=offset, button=1)
    await screen.pilot.pause()


async def test_the_pane_with_the_focus_is_marked_and_zoomed_first_at_200_columns() -> None:
    """A key would act in a pane where the user does not look, and F3 would show another one than that of the focus."""
    talk = talk_of(3)
    async with screen_over(talk.session, WIDE) as screen:
        assert titles(screen) == ["Charge points", "State", "▸ Log", "Inspector"]
        await screen.press("tab")
        assert titles(screen)[-1] == "▸ Inspector"
        for shown in (["▸ Inspector"], ["▸ Charge points", "State"], ["▸ Log"]):
            await screen.press("f3")
            assert titles(screen) == shown
        await screen.press("z")
        assert titles(screen) == ["Charge points", "State", "Log", "▸ Inspector"]
        await screen.press("tab", "tab")
        assert screen.session_screen.query_one("#state").has_focus
        await screen.press("f3")
        assert titles(screen) == ["Charge points", "▸ State"]


async def test_a_title_costs_a_line_only_where_there_are_two_panes_at_80_columns() -> None:
    """The only pane would lose a row to a title that says nothing."""
    async with screen_over(talk_of(30).session, NARROW) as screen:
        assert titles(screen) == [] and screen.log.region.height == screen.log.size.height
        cursor = screen.log.cursor
        await screen.press("enter")
        assert titles(screen) == ["Log", "▸ Inspector"]
        assert screen.log.cursor == cursor
        row = screen.log.line_of(cursor or 0) - screen.log.scroll_offset.y
        assert screen.log.render_line(row).text[-1] in "◂┫", "a sign says which record the inspector shows"
        ends = [screen.log.render_line(y).text[-1] for y in range(screen.log.size.height)]
        assert sum(end in "◂┫" for end in ends) == 1
        await screen.press("f3")
        assert titles(screen) == ["▸ Inspector"]
        await screen.press("escape", "escape")
        assert titles(screen) == []


async def test_sizes_change_by_key_and_mouse_and_are_there_at_the_next_start() -> None:
    """The user would arrange the panes anew each morning."""
    session = talk_of(3).session
    left_width, width, height = 0, 0, 0
    async with screen_over(session, WIDE) as screen:
        left = screen.session_screen.query_one("#left")
        before = sizes(left, screen.log, screen.inspector)
        await screen.press("greater_than_sign")
        assert screen.log.size.width > before[1] and screen.inspector.size.width < before[2]
        await screen.press("less_than_sign")
        assert sizes(left, screen.log, screen.inspector) == before
        await drag(screen, (left.region.right - 1, 20), (59, 20))
        assert left.outer_size.width == 60
        await drag(screen, (screen.inspector.region.x, 20), (120, 20))
        assert abs(screen.inspector.region.x - 120) <= 1
        left_width, width = left.outer_size.width, screen.inspector.outer_size.width
        await screen.press("escape", "p", "f", "T", "f9")
    async with screen_over(session, WIDE) as screen:
        left = screen.session_screen.query_one("#left")
        assert (left.outer_size.width, screen.inspector.outer_size.width) == (left_width, width)
        contents = screen.log.contents
        assert contents.shows_pings and contents.is_folded and contents.time_shown.name == "SINCE_ROW"
        assert screen.app.theme == "ocpptui-light"
        await screen.press("equals_sign")
        assert sizes(left, screen.log, screen.inspector) == before
    async with screen_over(session, NARROW) as screen:
        await screen.press("greater_than_sign")
        assert "The log is the only pane below" in screen.notices()[-1]
        await screen.press("enter")
        height = screen.inspector.outer_size.height
        await screen.press("greater_than_sign", "greater_than_sign")
        assert screen.inspector.outer_size.height > height
        await drag(screen, (20, screen.inspector.region.y), (20, 14))
        assert abs(screen.inspector.region.y - 14) <= 1
        await screen.press(*["less_than_sign"] * 20)
        assert screen.inspector.size.height >= 1 and screen.log.size.height >= 1


def sizes(*panes: Widget) -> list[int]:
    return [pane.size.width for pane in panes]


@pytest.mark.parametrize("keys", [[], ["tab"], ["f3"]], ids=["log", "inspector", "zoomed"])
async def test_a_small_window_in_between_leaves_no_trace(keys: list[str]) -> None:
    """After a look into another window, the screen would be full of remains."""
    async with screen_over(talk_of(40).session, WIDE) as screen:
        await screen.press("g", *keys)
        await screen.until(lambda: "f3" in keys or "as of" in screen.text(), "the state at the record")
        before = screen.text()
        for size in ((40, 10), (20, 5), (120, 40), WIDE):
            await screen.pilot.resize_terminal(*size)
            await screen.pilot.pause()
            assert max(map(len, screen.text().splitlines())) <= size[0]
        await screen.until(lambda: screen.text() == before, "the same screen as before")
