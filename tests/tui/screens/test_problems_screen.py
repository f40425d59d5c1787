"""The list of problems, the keys to the next and the previous one, and the counts that open the list."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from ocpptui.diagnosis.findings import findings_at
from ocpptui.diagnosis.rule import Finding
from ocpptui.filter.problem_rows import ProblemRows
from ocpptui.session.file_session import FileSession
from ocpptui.session.session import Session
from ocpptui.timeline.timeline import Timeline
from ocpptui.tui.app import OcpptuiApp
from ocpptui.tui.screens.problems_screen import ProblemsScreen
from ocpptui.tui.screens.session_screen import SessionScreen
from tests.kit.driver import NARROW, SIZES, driven
from tests.kit.session_view import Screen, screen_over
from tests.kit.talk import Talk

NO_JSON, NO_TYPE = "not valid JSON", "9 is not a message type"


def talk_with_problems() -> Talk:
    """An error at record 2, a warning at record 5, another error at record 8."""
    talk = Talk()
    fine = partial(talk.exchange, answer='{"currentTime":"2023-11-14T22:13:21Z"}')
    fine()
    talk.raw("nonsense")
    fine()
    talk.raw('[9,"1","Heartbeat",{}]')
    fine()
    talk.raw("rubbish")
    fine()
    return talk


async def shown(screen: Screen) -> ProblemsScreen:
    await screen.press("P")
    return await listed(screen)


async def listed(screen: Screen) -> ProblemsScreen:
    await screen.until(lambda: isinstance(screen.app.screen, ProblemsScreen), "the list")
    found = screen.app.screen
    assert isinstance(found, ProblemsScreen)
    await screen.until(lambda: found.list.cursor is not None, "its rows")
    return found


@pytest.mark.parametrize("size", SIZES)
async def test_a_row_leads_to_its_record(size: tuple[int, int]) -> None:
    """Users would have to look for each problem in the log."""
    async with screen_over(talk_with_problems().session, size) as screen:
        await shown(screen)
        await screen.shows("3 problems", NO_JSON, NO_TYPE, "CP001")
        await screen.press("j", "j", "enter")
        await screen.until(lambda: isinstance(screen.app.screen, SessionScreen), "the log")
        assert screen.log.cursor == 8
        assert not screen.log.following
        pane = await shown(screen)
        assert pane.list.cursor is not None and pane.list.cursor.record == 8, "the list is where it was left"
        await screen.press("escape")
        await screen.until(lambda: isinstance(screen.app.screen, SessionScreen), "the log")


async def test_the_sentence_under_the_cursor_is_shown_whole() -> None:
    """At 80 columns a row ends before the values that the sentence has, and has no room for what to do."""
    talk = Talk()
    call = talk.call("Authorize", '{"idTag":"AAAA"}')
    talk.answer(call, '{"idTagInfo":{"status":"ConcurrentTx"}}')
    talk.raw("nonsense")
    async with screen_over(talk.session, NARROW) as screen:
        await shown(screen)
        await screen.reads("refuses the id token of this Authorize: ConcurrentTx.", "Invalid means that it is unknown")
        await screen.press("j")
        await screen.hides("Invalid means")
        await screen.press("k", "r")
        await screen.reads("by rule", "Invalid means that it is unknown")


@pytest.mark.parametrize("size", SIZES)
async def test_it_is_grouped_by_rule_on_a_key(size: tuple[int, int]) -> None:
    async with screen_over(talk_with_problems().session, size) as screen:
        pane = await shown(screen)
        await screen.press("r")
        await screen.shows("by rule", "2  rpc.not-json", "1  rpc.unknown-type")
        await screen.press("enter", "j", "j")
        await screen.until(lambda: len(pane.list.rows) == 4, "the records of a rule")
        await screen.press("enter")
        await screen.until(lambda: isinstance(screen.app.screen, SessionScreen), "the log")
        assert screen.log.cursor == 8


async def test_it_is_narrowed_by_severity_on_a_key() -> None:
    async with screen_over(talk_with_problems().session) as screen:
        await shown(screen)
        for words in ("2 errors", "1 warning ", "3 records with findings", "3 problems"):
            await screen.press("s")
            await screen.shows(words)


async def test_it_follows_a_live_session() -> None:
    """A problem that happens while the user reads the list would be missing."""
    talk = talk_with_problems()
    async with screen_over(talk.session) as screen:
        await shown(screen)
        talk.raw("[]")
        await screen.shows("4 problems", "array")


async def test_it_says_how_much_of_a_file_is_diagnosed(tmp_path: Path) -> None:
    """A user would take the beginning of the list for all of it."""
    path = Path(__file__).parents[3] / "recordings" / "malformed-1.6.jsonl"
    opening = FileSession([path])
    app = OcpptuiApp(opening.session, opening=opening)
    share = 0.4
    async with driven(app) as driver:
        await driver.until(lambda: opening.diagnosed == 1 and opening.session.counts.problems, "the problems")
        screen = app.screen
        assert isinstance(screen, SessionScreen)
        app.push_screen(ProblemsScreen(ProblemRows(opening.session.timeline), None, lambda: share))
        await driver.shows(" problems, diagnosed so far: 40 %")
        share = 1.0
        await driver.hides("diagnosed so far")


async def test_what_is_not_on_the_screen_is_not_worded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of 100,000 problems would take seconds to appear."""
    worded: list[int] = []

    def counting(timeline: Timeline, index: int) -> list[Finding]:
        worded.append(index)
        return findings_at(timeline, index)

    monkeypatch.setattr("ocpptui.tui.widgets.problem_list.findings_at", counting)
    talk = Talk()
    for number in range(1000):
        talk.raw(f"[2,{number}]")
    async with screen_over(talk.session) as screen:
        pane = await shown(screen)
        await screen.until(lambda: len(pane.list.rows) == 1000, "all rows")
        await screen.press("G")
        await screen.until(lambda: pane.list.scroll_offset.y > 900, "the end")
        assert len(set(worded)) <= 3 * NARROW[1]


async def test_a_record_that_the_filter_hides_is_shown_all_the_same() -> None:
    """The key would lead to another record than the row is about."""
    async with screen_over(talk_with_problems().session) as screen:
        await screen.press("slash")
        await screen.type("action:Heartbeat")
        await screen.press("enter")
        await screen.until(lambda: len(screen.log.selection) == 8, "the filter")
        await shown(screen)
        await screen.press("enter")
        await screen.until(lambda: isinstance(screen.app.screen, SessionScreen), "the log")
        assert screen.log.cursor == 2
        assert screen.log.contents.filter.text == ""
        assert screen.notices() == ["The filter hid the record; all records are shown."]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("where", "words"), [("#header", "✗ 3"), ("#status", "3 problems")])
async def test_a_click_on_a_count_opens_the_list(size: tuple[int, int], where: str, words: str) -> None:
    async with screen_over(talk_with_problems().session, size) as screen:
        await screen.shows(words)
        line = next(one for one in screen.text().splitlines() if words in one)
        widget = screen.session_screen.query_one(where)
        await screen.pilot.click(widget, offset=(line.index(words) + 1 - widget.region.x, 0))
        await listed(screen)


async def test_keys_go_to_the_next_and_the_previous_problem() -> None:
    async with screen_over(talk_with_problems().session) as screen:
        await screen.press("g")
        for key, wanted in (("!", 2), ("!", 5), ("!", 8), ("1", 5), ("1", 2)):
            await screen.press({"!": "exclamation_mark"}.get(key, key))
            await screen.until(lambda wanted=wanted: screen.log.cursor == wanted, f"record {wanted}")  # type: ignore[misc]
        await screen.press("1")
        await screen.until(lambda: screen.log.cursor == 8, "the last one")
        assert screen.notices() == ["No more problems; this is the last."]


async def test_without_problems_the_list_is_empty() -> None:
    async with screen_over(Session()) as screen:
        await screen.press("P")
        await screen.shows("0 problems")
        await screen.press("j", "k", "G", "g", "r", "s", "enter", "escape")
        await screen.until(lambda: isinstance(screen.app.screen, SessionScreen), "the log")


async def test_a_sentence_that_is_cut_says_so() -> None:
    """Half a sentence about a rule reads like another rule."""
    talk = Talk()
    talk.raw('{"hello":1}')
    async with screen_over(talk.session) as screen:
        await shown(screen)
        await screen.press("r")
        await screen.shows("rpc.not-a-frame")
        (line,) = (line for line in screen.text().splitlines() if "rpc.not-a-frame" in line)
        assert "…" in line
