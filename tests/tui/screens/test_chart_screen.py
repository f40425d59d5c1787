"""The chart over the session: from the log to a peak and to its record, by keys and by mouse, live and in a file."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from textual.events import MouseScrollUp, Resize
from textual.geometry import Region
from textual.widget import Widget

from ocpptui.describe.chart_drawing import Drawing
from ocpptui.session.session import Session
from ocpptui.tui.screens.chart_screen import ChartScreen
from ocpptui.tui.screens.limits_screen import LimitsScreen
from ocpptui.tui.screens.session_screen import SessionScreen
from ocpptui.tui.widgets.chart_view import ChartView
from ocpptui.tui.widgets.key_line import KeyLine
from tests.kit.driver import NARROW, SIZES
from tests.kit.meter_talk import CURRENT, POWER, MeterTalk, sample
from tests.kit.session_view import Screen, screen_over


def charges() -> tuple[MeterTalk, int]:
    """Two charge points, one with a limit and a peak; the record of the peak."""
    talk = MeterTalk()
    talk.starts(1, 7)
    talk.limits(2, 16)
    peak = 0
    for minute in range(1, 20):
        power = 20.5 if minute == 8 else 7 + minute % 3 / 10
        phases = [sample(10 + number, CURRENT, phase=f"L{number}", unit="A") for number in (1, 2, 3)]
        call = talk.measures(60 * minute, sample(power, POWER, unit="kW"), *phases, transaction=7)
        peak = call if minute == 8 else peak
        talk.measures(60 * minute + 1, sample(3, POWER, unit="kW"), charge_point="CP2", transaction=8)
    return talk, peak


async def chart(screen: Screen, *keys: str) -> ChartScreen:
    await screen.press(*keys)
    await screen.until(lambda: isinstance(screen.app.screen, ChartScreen), "the chart")
    found = screen.app.screen
    assert isinstance(found, ChartScreen)
    await screen.until(lambda: found.content is not None and found.content.series, "the readings")
    return found


@pytest.mark.parametrize("size", SIZES)
async def test_from_the_log_to_a_peak_and_to_its_record(
    size: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The user sees a peak, and wants the message that has it, and the numbers."""
    monkeypatch.chdir(tmp_path)
    talk, peak = charges()
    async with screen_over(talk.session, size) as screen:
        found = await chart(screen, "g", "V")
        found.view.drawing_of = Drawing.BRAILLE
        await screen.shows("Power · 2 charge points", " 0 kW ┤", "A CP001", "B CP2", "a CP001 limit", " 20.5 kW")
        await screen.press("c", "down", "enter")  # CP001 alone
        await screen.shows("Power · CP001 · connector 1", "A Power.Active.Import", "a limit", "11.04 kW")
        assert all(len(line) <= size[0] for line in screen.text().splitlines())
        window = found.window
        await screen.press("G", "left", "plus", "plus", "H")
        await screen.until(lambda: not window.is_whole and not window.follows, "the zoomed part")
        await screen.shows("zoomed", "MeterValues")
        await screen.press("0", "g")
        await screen.until(lambda: window.is_whole and window.cursor == window.first, "the whole")
        assert found.content is not None
        times = found.content.series[0].series.times
        for _ in range(len(times)):
            if window.cursor == talk.timeline.times[peak]:
                break
            await screen.press("right")
        await screen.shows(f"record {peak + 1:,}  CP001 MeterValues", " 20.5 kW  min")
        await screen.press("w")
        await screen.shows("Power-CP001-connector-1.csv")
        await screen.press("enter")
        await screen.until(lambda: screen.notices() == ["Written to Power-CP001-connector-1.csv."], "the file")
        rows = list(csv.DictReader((tmp_path / "Power-CP001-connector-1.csv").read_text().splitlines()))
        assert max(float(row["value"]) for row in rows) == 20500 and len(rows) == 20
        await screen.press("enter")
        await screen.until(lambda: isinstance(screen.app.screen, SessionScreen), "the log")
        assert screen.log.cursor == peak
        await chart(screen, "V")  # as it was left, at the record
        await screen.shows("Power · CP001 · connector 1", f"record {peak + 1:,}")
        await screen.press("tab")
        await screen.shows("Current · CP001", "A L1", "C L3", "a limit of each phase", "16 A")
        again = screen.app.screen
        assert isinstance(again, ChartScreen)
        if again.view.drawing_of is Drawing.BRAILLE:  # as the terminal of the test has it
            await screen.press("d")
        await screen.press("o")
        await screen.shows("by the charge point's clock", "+---")
        await screen.hides("⠤", "⠒")
        await screen.press("t", "down", "enter")
        await screen.shows("transaction 7")
        await screen.press("question_mark")
        await screen.shows("Chart the next quantity")
        await screen.press("escape")
        await screen.until(lambda: screen.app.screen is again, "the chart")
        await screen.press("V")
        await screen.until(lambda: isinstance(screen.app.screen, SessionScreen), "the log")


async def test_it_follows_a_live_session_and_the_mouse() -> None:
    """A technician watches a charge, and zooms where the mouse points."""
    talk, _ = charges()
    async with screen_over(talk.session) as screen:
        found = await chart(screen, "V")
        window = found.window
        assert window.follows and window.cursor is None
        talk.measures(1260, sample(22, POWER, unit="kW"), transaction=7)
        await screen.shows("22 kW", "follows")
        view = found.view
        await screen.pilot._post_mouse_events([MouseScrollUp], view, offset=(60, 5), button=0)
        await screen.until(lambda: not window.is_whole, "a zoomed part")
        assert window.end == window.last
        before = window.start
        talk.measures(1400, sample(21, POWER, unit="kW"), transaction=7)
        await screen.until(lambda: window.end == talk.timeline.times[-1] and window.start > before, "what is new")
        await screen.pilot.click(view, offset=(30, 5))
        await screen.until(lambda: window.cursor is not None and not window.follows, "a cursor")


async def test_the_limits_screen_leads_to_the_limit_over_time_and_on_to_a_record() -> None:
    """The reason at one moment is not enough to see when it began."""
    talk, peak = charges()
    async with screen_over(talk.session) as screen:
        screen.log.action_toggle_follow()
        screen.log.select(peak)
        await screen.press("l")
        await screen.shows("CP001, connector 1, at record")
        found = await chart(screen, "V")
        await screen.shows("Current · CP001 · connector 1", "limit of each phase", f"record {peak + 1:,}")
        await screen.press("escape")
        await screen.until(lambda: isinstance(screen.app.screen, LimitsScreen), "the limit again")
        found = await chart(screen, "V")
        await screen.press("G", "enter")
        await screen.until(lambda: isinstance(screen.app.screen, SessionScreen), "the log")
        assert found.content is not None and screen.log.cursor == found.content.series[0].series.records[-1]


async def test_the_cursor_is_at_its_record_also_while_the_records_before_it_are_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In a large recording, or on a busy machine, the chart is painted before the record is read: its cursor would
    stay at the last reading before."""
    monkeypatch.setattr("ocpptui.tui.screens.chart_screen.TURN", 0.0)
    talk = MeterTalk()
    calls = [talk.measures(60 * minute, sample(7, POWER, unit="kW")) for minute in range(600)]
    async with screen_over(talk.session) as screen:
        screen.log.action_toggle_follow()
        screen.log.select(calls[500])
        found = await chart(screen, "V")
        await screen.shows(f"record {calls[500] + 1:,}")
        placed = found.window.cursor
        await screen.press("left")
        await screen.until(lambda: found.window.cursor != placed, "a cursor that the user has moved")
        moved = found.window.cursor
        talk.measures(60 * 600, sample(8, POWER, unit="kW"))
        await screen.until(
            lambda: found.content is not None and found.content.series[0].series.values[-1] == 8000, "what is new"
        )
        assert found.window.cursor == moved


async def test_without_readings_it_says_so_and_does_nothing() -> None:
    """An empty frame would look like a fault of ocpptui."""
    async with screen_over(Session(), NARROW) as screen:
        await screen.press("V")
        await screen.shows("No meter values so far.")
        await screen.type_ahead(*"ctpwdo+-0gGHLlh", "enter", "tab", "escape")
        await screen.until(lambda: isinstance(screen.app.screen, SessionScreen), "the log")


@pytest.mark.parametrize("pane", [ChartView, KeyLine])
async def test_what_was_painted_before_the_new_size_was_known_is_painted_again(
    pane: type[ChartView | KeyLine], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Textual may paint a new size before it says so: the old chart would stay in a corner of a larger window."""
    talk, _ = charges()
    async with screen_over(talk.session, NARROW) as screen:
        found = (await chart(screen, "g", "V")).query_one(pane)
        await screen.pilot.pause()
        painted, refresh = [], pane.refresh

        def counted(self: Widget, *regions: Region, **options: bool) -> Widget:
            painted.append(self)
            return refresh(self, *regions, **options)

        monkeypatch.setattr(pane, "refresh", counted)
        found.post_message(Resize(found.size, found.size))
        await screen.until(lambda: found in painted, "a new painting")
