"""The strip beside the scrollbar of the log: where problems, calls and gaps lie."""

from __future__ import annotations

import pytest
from textual.geometry import Region

from ocpptui.filter.density import LEVELS, DensityCell
from ocpptui.filter.query import parse_filter
from ocpptui.ocpp.version import Direction
from ocpptui.timeline.severity import Severity
from ocpptui.tui.themes import DARK, LIGHT
from ocpptui.tui.widgets.density_strip import CALLS, GAP
from ocpptui.tui.widgets.message_log import MessageLog
from tests.kit.driver import SIZES, painted
from tests.kit.session_view import Screen, screen_over
from tests.kit.talk import Talk

HOUR = 3_600_000_000


def quiet(talk: Talk) -> None:
    """An exchange in which nothing is wrong."""
    talk.exchange("DataTransfer", '{"vendorId":"v"}', '{"status":"Accepted"}')


def troubled() -> tuple[Talk, int, int, int]:
    """A long log, and its only error, its only warning, and the first record after an hour of silence."""
    talk = Talk()
    for _ in range(300):
        quiet(talk)
    error = talk.raw("[2,")
    for _ in range(300):
        quiet(talk)
    gap = talk.call("DataTransfer", '{"vendorId":"v"}', after=HOUR)
    talk.answer(gap, '{"status":"Accepted"}')
    for _ in range(300):
        quiet(talk)
    warning = talk.raw('[3,"nobody",{}]', Direction.TO_CHARGE_POINT)
    for _ in range(300):
        quiet(talk)
    return talk, error, gap, warning


def strip(screen: Screen) -> str:
    """The strip as it is on the screen, from the top."""
    log = screen.log
    return "".join(log.render_line(y).crop(log.row_width + 1, log.row_width + 2).text for y in range(log.size.height))


def line_of(screen: Screen, index: int) -> int:
    """The line of the strip that a record is in."""
    return screen.log.selection.row_of(index) * screen.log.size.height // len(screen.log.selection)


@pytest.mark.parametrize("size", SIZES)
async def test_it_shows_problems_and_gaps_by_signs_and_a_click_goes_there(size: tuple[int, int]) -> None:
    """In a log of a million rows nobody would see where to look."""
    talk, error, gap, warning = troubled()
    async with screen_over(talk.session, size) as screen:
        log = screen.log
        await screen.until(lambda: "✗" in strip(screen))
        signs = strip(screen)
        assert {*signs} <= {"✗", GAP, "!", *CALLS}
        assert [signs.count(sign) for sign in ("✗", GAP, "!")] == [1, 1, 1]
        for sign, index in (("✗", error), (GAP, gap), ("!", warning)):
            line = signs.index(sign)
            assert abs(line - line_of(screen, index)) <= 1, "a line of the strip is about some rows"
            await screen.pilot.click(log, offset=(log.outer_size.width - 2, log.gutter.top + line))
            assert log.cursor == index
            assert not log.following
        assert not screen.inspector.display or screen.inspector.index == warning


async def test_it_shows_the_rows_that_the_filter_leaves() -> None:
    """A click would go to a row that is not there, or the problem would be sought in the wrong place."""
    talk, error, _, warning = troubled()
    async with screen_over(talk.session) as screen:
        log = screen.log
        log.narrow(parse_filter("not severity:error"))
        await screen.caught_up()
        await screen.until(lambda: "✗" not in strip(screen) and "!" in strip(screen))
        line = strip(screen).index("!")
        assert line == line_of(screen, warning)
        await screen.pilot.click(log, offset=(log.outer_size.width - 2, line))
        assert log.cursor == warning
        log.narrow(parse_filter("severity:error"))
        await screen.caught_up()
        assert strip(screen).strip() == "", "the rows that are there are all on the screen"
        assert log.cursor == error


async def test_a_later_finding_paints_its_line_and_no_other() -> None:
    """A session with many problems would paint the whole log for each."""
    talk, *_ = troubled()
    async with screen_over(talk.session) as screen:
        log = screen.log
        await screen.press("g")
        await screen.until(lambda: "✗" in strip(screen) and "!" in strip(screen))
        cells = list(log._cells)
        log._cells = [*cells[:3], DensityCell(Severity.ERROR, 0, False), *cells[4:]]
        painted_lines: list[int] = []

        def refresh(*regions: Region, **how: bool) -> MessageLog:
            painted_lines.extend(region.y for region in regions)
            return log

        log.refresh = refresh  # type: ignore[method-assign]
        log._measure_density()
        assert painted_lines == [3]
        assert log._cells == cells


async def test_keys_measure_nothing() -> None:
    """Each key would take longer in a long log."""
    talk, *_ = troubled()
    async with screen_over(talk.session) as screen:
        log = screen.log
        await screen.until(lambda: "✗" in strip(screen) and log._is_measured)
        measured: list[float] = []

        def advance(budget_s: float) -> bool:
            measured.append(budget_s)
            return True

        log.contents.density.advance = advance  # type: ignore[method-assign]
        await screen.press("g", "j", "pagedown", "k", "pageup")
        assert measured == []


@pytest.mark.parametrize("theme", [DARK.name, LIGHT.name])
async def test_its_signs_have_colours_of_their_own_in_each_theme(theme: str) -> None:
    """Errors, gaps and calls would look alike at a glance, or not be seen on their background."""
    talk, *_ = troubled()
    async with screen_over(talk.session) as screen:
        screen.app.theme = theme
        await screen.until(lambda: "✗" in strip(screen))
        log = screen.log
        await screen.pilot.pause()
        colours = {}
        for y in range(log.size.height):
            _, segment = log.edge(y)
            assert segment.style is not None and segment.style.color != segment.style.bgcolor
            colours[segment.text] = segment.style.color
        assert len({colours["✗"], colours["!"], colours[GAP]}) == 3
        assert any("✗" in line.text for line in painted(screen.app))


async def test_a_problem_in_a_line_with_a_gap_hides_neither() -> None:
    """The hour without a connection would be hidden by the error that ended it."""
    talk = Talk()
    for _ in range(100):
        quiet(talk)
    talk.raw("[2,", after=HOUR)
    for _ in range(100):
        quiet(talk)
    async with screen_over(talk.session) as screen:
        await screen.until(lambda: "✗" in strip(screen))
        _, segment = screen.log.edge(strip(screen).index("✗"))
        assert segment.style is not None and segment.style.underline
        assert GAP not in strip(screen)


def test_there_is_a_bar_for_each_degree() -> None:
    """A degree without a bar would end the program."""
    assert len(CALLS) == LEVELS + 1
