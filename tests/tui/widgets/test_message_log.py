"""The log on the screen: its keys, following, narrowing, and its cost."""

from __future__ import annotations

from datetime import datetime

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.widgets import Input

from ocpptui.filter.query import parse_filter
from ocpptui.ocpp.version import Direction, Role, Version
from ocpptui.session.session import Session
from ocpptui.session.settings import SessionSettings
from ocpptui.timeline.record import ConnectionEvent
from ocpptui.tui.themes import DARK, LIGHT
from ocpptui.tui.widgets import log_painter
from ocpptui.tui.widgets.log_row import log_row
from ocpptui.tui.widgets.message_log import MessageLog
from tests.kit.driver import SIZES, AppDriver
from tests.kit.session_view import Screen, screen_over, widget_text
from tests.kit.talk import Talk
from tests.tui.compose.bench import bench

BACK = Direction.TO_CHARGE_POINT


def talk_of(exchanges: int) -> Talk:
    """Exchanges whose calls differ in their connector, 1 and up."""
    talk = Talk()
    for number in range(1, exchanges + 1):
        talk.exchange("UnlockConnector", f'{{"connectorId":{number}}}', '{"status":"Unlocked"}')
    return talk


def cursor_line(screen: Screen) -> str:
    """The row under the cursor."""
    log = screen.log
    assert log.cursor is not None
    return widget_text(log)[log.line_of(log.cursor) - log.scroll_offset.y]


def local(time: int) -> datetime:
    return datetime.fromtimestamp(time / 1e6)


# -- moving ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
async def test_every_key_that_moves_goes_where_the_help_says(size: tuple[int, int]) -> None:
    """Users could not get to a record without a mouse."""
    async with screen_over(talk_of(100).session, size) as screen:
        log, last = screen.log, 199
        page = log.size.height - 1
        for keys, wanted in (
            ("g", 0), ("j", 1), ("down", 2), ("k", 1), ("up", 0), ("pagedown", page), ("pageup", 0),
            ("ctrl+f", page), ("G", last), ("k", last - 1), ("home", 0), ("end", last), ("j", last), ("g", 0), ("k", 0),
        ):  # fmt: skip
            await screen.press(keys)
            assert log.cursor == wanted, keys
            assert log.scroll_offset.y <= log.line_of(wanted) < log.scroll_offset.y + log.size.height, keys


async def test_an_empty_log_accepts_every_key() -> None:
    """A key pressed before the first record would end the program."""
    async with screen_over(Session()) as screen:
        await screen.press("j", "k", "g", "G", "pagedown", "pageup", "space", "enter", "o", "m", "apostrophe", "n", "N")
        await screen.press("e", "a", "y")
        assert screen.log.cursor is None
        assert screen.rows() == [""] * screen.log.size.height


async def test_a_record_that_was_not_painted_yet_is_gone_to() -> None:
    """The key for the answer that had just come, pressed before the next frame, went to the record before its call."""
    talk = talk_of(3)
    async with screen_over(talk.session) as screen:
        for words in ("", "connectorId=9"):
            screen.log.narrow(parse_filter(words))
            call, _ = talk.exchange("UnlockConnector", '{"connectorId":9}', '{"status":"Unlocked"}')
            screen.log.select(call)
            assert screen.log.cursor == call


async def test_o_goes_from_a_call_to_its_answer_and_back() -> None:
    """In a busy log the answer is a screen away from its call."""
    talk = Talk()
    call = talk.call("Reset", '{"type":"Hard"}', direction=BACK)
    for _ in range(60):
        talk.exchange()
    answer = talk.answer(call, '{"status":"Accepted"}')
    lonely = talk.call()
    async with screen_over(talk.session) as screen:
        screen.log.select(call)
        await screen.press("o")
        assert screen.log.cursor == answer
        assert "└ Reset" in cursor_line(screen)
        await screen.press("o")
        assert screen.log.cursor == call
        screen.log.select(lonely)
        await screen.press("o")
        assert screen.log.cursor == lonely
        assert screen.notices()[-1] == "This record has no other half."
        screen.log.narrow(parse_filter("kind:call"))
        await screen.caught_up()
        screen.log.select(call)
        await screen.press("o")
        assert screen.log.cursor == call
        assert screen.notices()[-1] == "The filter hides the other half."


async def test_o_goes_from_a_refusal_to_the_malformed_frame() -> None:
    """The user would have to search for the frame that a FormationViolation answers."""
    talk = Talk()
    malformed = talk.raw('[2,"7"]')
    refusal = talk.raw('[4,"7","FormationViolation","the action is missing",{}]', BACK)
    async with screen_over(talk.session) as screen:
        assert "└ malformed" in screen.rows()[refusal]
        screen.log.select(refusal)
        await screen.press("o")
        assert screen.log.cursor == malformed


async def test_marks_are_set_shown_visited_in_turn_and_removed() -> None:
    """The user would lose again what was found in a long log."""
    async with screen_over(talk_of(50).session) as screen:
        log = screen.log
        await screen.press("apostrophe")
        assert screen.notices()[-1] == "No record is marked; m marks one."
        for index in (10, 70, 95):
            log.select(index)
            await screen.press("m")
        assert screen.log.timeline.marks == {10, 70, 95}
        assert cursor_line(screen)[12] == "*"
        visited = []
        for _ in range(4):
            await screen.press("apostrophe")
            visited.append(log.cursor)
        assert visited == [10, 70, 95, 10]
        await screen.press("m")
        assert screen.log.timeline.marks == {70, 95}
        assert cursor_line(screen)[12] == " "


async def test_removing_a_mark_removes_the_row_from_a_filter_for_marks() -> None:
    """The list of what remains to be checked would not get shorter."""
    async with screen_over(talk_of(20).session) as screen:
        for index in (4, 8):
            screen.log.select(index)
            await screen.press("m")
        screen.log.narrow(parse_filter("marked"))
        await screen.caught_up()
        screen.log.select(4)
        await screen.press("m")
        await screen.until(lambda: len(screen.log.selection) == 1)
        assert screen.log.cursor == 8


async def test_n_finds_the_matches_of_the_last_filter_in_context() -> None:
    """After esc the user sees the records around a match, but could not get to the next one."""
    talk = Talk()
    for number in range(40):
        talk.exchange()
        if number % 10 == 5:
            talk.exchange("Authorize", f'{{"idTag":"TAG{number}"}}')
    wanted = [index for index in range(len(talk.timeline)) if "TAG" in str(talk.timeline.record(index).raw)]
    async with screen_over(talk.session) as screen:
        await screen.press("n")
        assert screen.notices()[-1] == "There is nothing to search for; / starts a filter."
        await screen.press("slash")
        await screen.type("TAG")
        await screen.until(lambda: len(screen.log.selection) == len(wanted) == 4)
        await screen.press("enter", "g", "n")
        assert screen.log.cursor == wanted[1]
        await screen.press("N")
        assert screen.log.cursor == wanted[0]
        await screen.press("N")
        assert screen.notices()[-1] == "No more matches."
        await screen.press("escape")
        assert len(screen.log.selection) == len(talk.timeline)
        assert screen.log.cursor == wanted[0]
        found = []
        for key in ("n", "n", "n", "N"):
            await screen.press(key)
            await screen.until(lambda: not screen.log.is_searching)
            found.append(screen.log.cursor)
        assert found == [wanted[1], wanted[2], wanted[3], wanted[2]]
        await screen.press("n", "n")
        await screen.until(lambda: not screen.log.is_searching)
        assert screen.notices()[-1] == "No more matches."
        assert screen.log.cursor == wanted[3]


@pytest.mark.parametrize("size", SIZES)
async def test_enter_inspects_and_esc_goes_back(size: tuple[int, int]) -> None:
    """Users without a mouse could not open a record or leave it."""
    async with screen_over(talk_of(30).session, size) as screen:
        screen.log.select(20)
        await screen.press("enter")
        assert screen.inspector.has_focus
        assert screen.inspector.index == 20
        await screen.until(lambda: "CALL UnlockConnector" in screen.text())
        assert (
            screen.log.scroll_offset.y <= screen.log.line_of(20) < screen.log.scroll_offset.y + screen.log.size.height
        )
        await screen.press("escape")
        assert screen.log.has_focus
        assert screen.inspector.display == (size[0] > 80)


async def test_a_click_selects_and_a_double_click_inspects() -> None:
    """Users with a mouse could not select or open a record."""
    async with screen_over(talk_of(30).session) as screen:
        top = screen.log.scroll_offset.y
        await screen.pilot.click(screen.log, offset=(20, 3))
        assert screen.log.line_of(screen.log.cursor or 0) == top + 3
        assert not screen.inspector.display
        await screen.pilot.click(screen.log, offset=(20, 5), times=2)
        assert screen.log.line_of(screen.log.cursor or 0) == top + 5
        assert screen.inspector.display and screen.inspector.index == screen.log.cursor


async def test_keys_continue_from_the_scrolled_position() -> None:
    """After scrolling with the wheel the next key would throw the view back."""
    async with screen_over(talk_of(100).session) as screen:
        log = screen.log
        for _ in range(12):
            await wheel(screen, up=True)
        top = log.scroll_offset.y
        assert top < 199 - 2 * log.size.height and log.cursor == 199
        await screen.press("k")
        assert log.line_of(log.cursor or 0) == top + log.size.height - 2
        assert log.scroll_offset.y == top


# -- following ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
async def test_the_log_follows_new_records(size: tuple[int, int]) -> None:
    """The user would have to press a key for each new message."""
    talk = talk_of(100)
    async with screen_over(talk.session, size) as screen:
        assert screen.said().startswith("following")
        for _ in range(20):
            talk.exchange("Reset")
        await screen.caught_up()
        assert screen.log.cursor == len(talk.timeline) - 1
        assert "└ Reset" in screen.rows()[screen.log.size.height - 1]


async def test_it_pauses_while_the_user_reads_and_counts_new_rows() -> None:
    """The line being read would move away; or the user would not know that new records arrived."""
    talk = talk_of(100)
    async with screen_over(talk.session) as screen:
        await screen.press("k", "k", "k")
        await screen.caught_up()
        before = screen.rows()
        for _ in range(15):
            talk.exchange()
        await screen.caught_up()
        assert screen.rows() == before
        assert screen.log.new_rows == 30
        assert screen.said().startswith("+30 new")
        await screen.press("G")
        await screen.until(lambda: screen.said().startswith("following"))
        assert screen.log.new_rows == 0
        assert screen.log.cursor == len(talk.timeline) - 1


async def test_space_pauses_and_follows_again() -> None:
    """The user could pause at the last record only by moving away from it."""
    talk = talk_of(50)
    async with screen_over(talk.session) as screen:
        await screen.press("space")
        talk.exchange("Reset")
        await screen.caught_up()
        assert screen.log.cursor == 99
        assert screen.log.new_rows == 2
        await screen.press("space")
        await screen.caught_up()
        assert screen.log.following and screen.log.cursor == 101


@pytest.mark.parametrize("key", ["j", "pagedown", "end"])
async def test_back_at_the_end_it_follows_again(key: str) -> None:
    """The user would see no new records and not know that a key is needed."""
    talk = talk_of(50)
    async with screen_over(talk.session) as screen:
        await screen.press("k")
        assert not screen.log.following
        await screen.press(key)
        talk.exchange()
        await screen.caught_up()
        assert screen.log.following and screen.log.cursor == 101


async def test_the_wheel_pauses_and_at_the_end_follows() -> None:
    """With only a mouse the user could neither pause the log nor follow it again."""
    talk = talk_of(100)
    async with screen_over(talk.session) as screen:
        await wheel(screen, up=True)
        assert not screen.log.following
        for _ in range(3):
            await wheel(screen, up=False)
        assert screen.log.following


async def test_a_filter_that_leaves_little_does_not_start_following() -> None:
    """A user who reads an old record would be thrown to the end by narrowing the log."""
    talk = talk_of(100)
    async with screen_over(talk.session) as screen:
        screen.log.select(90)
        await screen.caught_up()
        screen.log.narrow(parse_filter("connectorId<10 or connectorId=46"))
        await screen.caught_up()
        assert len(screen.log.selection) == 10
        assert not screen.log.following and screen.log.cursor == 90
        assert screen.log.new_rows == 0
        screen.log.narrow(parse_filter(""))
        await screen.caught_up()
        assert not screen.log.following and screen.log.cursor == 90
        assert (
            screen.log.scroll_offset.y <= screen.log.line_of(90) < screen.log.scroll_offset.y + screen.log.size.height
        )


async def test_new_rows_are_those_that_match_the_filter() -> None:
    """ "+N new" would make the user look for rows that do not exist."""
    talk = talk_of(20)
    async with screen_over(talk.session) as screen:
        await screen.press("g")
        screen.log.narrow(parse_filter("action:Reset"))
        await screen.caught_up()
        for _ in range(3):
            talk.exchange()
            talk.exchange("Reset")
        await screen.caught_up()
        assert screen.log.new_rows == 6
        screen.log.narrow(parse_filter("action:Heartbeat kind:call"))
        await screen.caught_up()
        assert screen.log.new_rows == 3


async def test_a_bigger_window_keeps_the_end_visible() -> None:
    """The newest record would be out of sight although the log says that it follows."""
    async with screen_over(talk_of(100).session) as screen:
        await screen.pilot.resize_terminal(100, 40)
        await screen.until(lambda: screen.log.size.height > 30)
        assert screen.log.following
        assert screen.log.scroll_offset.y == screen.log.max_scroll_y
        await screen.press("g")
        screen.log.select(60)
        await screen.pilot.resize_terminal(80, 12)
        await screen.until(lambda: screen.log.size.height < 12)
        assert not screen.log.following
        assert (
            screen.log.scroll_offset.y <= screen.log.line_of(60) < screen.log.scroll_offset.y + screen.log.size.height
        )


# -- narrowing ------------------------------------------------------------------------------------------------------


async def test_a_charge_point_narrows_the_log_and_all_of_them_widen_it() -> None:
    """The user could not look at one charge point among many."""
    talk = Talk()
    for number in range(30):
        talk.call(charge_point=f"CP{number % 3}", connection=1 + number % 3)
    async with screen_over(talk.session) as screen:
        assert " CP2 " in screen.rows()[-1]
        screen.log.narrow(charge_point="CP1")
        await screen.caught_up()
        assert len(screen.log.selection) == 10
        assert {talk.timeline.charge_point(screen.log.selection.index_of_row(row)) for row in range(10)} == {"CP1"}
        assert "CP1" not in screen.rows()[0], "the column is superfluous for one charge point"
        screen.log.narrow(charge_point=None)
        await screen.caught_up()
        assert len(screen.log.selection) == 30


async def test_pings_are_hidden_with_any_filter_until_they_are_asked_for() -> None:
    """A meaningless line every few seconds would bury the messages."""
    talk = Talk()
    for number in range(10):
        talk.ping()
        talk.call("Authorize" if number % 2 else "Heartbeat")
    async with screen_over(talk.session) as screen:
        assert len(screen.log.selection) == 10
        assert "10 pings hidden" in screen.said()
        screen.log.narrow(parse_filter("action:Authorize or kind:ping"))
        await screen.caught_up()
        assert len(screen.log.selection) == 5
        await screen.press("p")
        await screen.caught_up()
        assert len(screen.log.selection) == 15


async def test_f_shows_each_answer_in_the_row_of_its_call() -> None:
    """At 80x24 half of the rows were answers that say nothing."""
    talk = Talk()
    reset = talk.call("Reset", '{"type":"Hard"}', direction=BACK)
    talk.answer(reset, '{"status":"Rejected"}')
    talk.exchange()
    async with screen_over(talk.session) as screen:
        await screen.press("f", "g")
        await screen.caught_up()
        first, second = screen.rows()[:2]
        assert "⊘ Reset" in first and "12 ms Rejected ◂ Hard" in first
        assert "Heartbeat" in second and "└" not in "".join(screen.rows())
        assert "folded" in screen.said()
        await screen.press("f")
        await screen.caught_up()
        assert len(screen.log.selection) == 4


async def test_the_log_says_the_day_and_t_what_the_times_count_from() -> None:
    """Files of three years looked like one day."""
    talk = Talk()
    first = talk.call()
    talk.answer(first, after=12_000)
    talk.call(after=86_400_000_000)
    talk.call(after=500_000)
    async with screen_over(talk.session) as screen:
        lines = widget_text(screen.log)
        assert [line.strip("─ ") for line in lines if line.startswith("── ")] == [
            f"{moment:%a} {moment.day} {moment:%b %Y}{gap}"
            for moment, gap in ((local(talk.timeline.time(first)), ""), (local(talk.now), " · 1 d later"))
        ]
        await screen.press("T")
        assert [row[:12].strip() for row in screen.rows()[:4]] == ["+0.000", "+0.012", "+1 d", "+0.500"]
        await screen.press("g", "j", "m", "T")
        assert [row[:12].strip() for row in screen.rows()[:4]] == [
            "+0.000",
            "+0.000",
            "+1 d",
            "+1 d",
        ]
        await screen.press("T", "G", "k", "k", "k")
        assert screen.log.cursor == first, "the cursor does not stop between two rows"


async def test_the_cursor_goes_to_the_nearest_remaining_row() -> None:
    """No row would be selected for e, y and o."""
    async with screen_over(talk_of(50).session) as screen:
        screen.log.select(40)
        screen.log.narrow(parse_filter("connectorId>30 kind:call"))
        await screen.caught_up()
        assert screen.log.cursor == 60
        screen.log.narrow(parse_filter("connectorId<5 kind:call"))
        await screen.caught_up()
        assert screen.log.cursor == 6
        screen.log.narrow(parse_filter("nowhere"))
        await screen.caught_up()
        assert screen.log.cursor is None
        screen.log.narrow(parse_filter(""))
        await screen.caught_up()
        assert screen.log.cursor == 0


async def test_an_answer_removes_its_call_from_a_filter_for_unanswered_calls() -> None:
    """The filter would show answered calls as open."""
    talk = Talk()
    calls = [talk.call(), talk.call(), talk.call()]
    async with screen_over(talk.session) as screen:
        screen.log.narrow(parse_filter("unanswered"))
        await screen.caught_up()
        assert len(screen.log.selection) == 3
        talk.answer(calls[1])
        await screen.until(lambda: len(screen.log.selection) == 2)
        assert not screen.log.selection.contains(calls[1])


# -- what is on it --------------------------------------------------------------------------------------------------


async def test_an_answer_shows_its_latency_and_removes_the_open_sign_of_its_call() -> None:
    """The user would not see which call is still open, nor how slow the other side is."""
    talk = Talk()
    call = talk.call("Reset", '{"type":"Hard"}', direction=BACK)
    async with screen_over(talk.session) as screen:
        assert screen.rows()[call].endswith(" … Hard")
        answer = talk.answer(call, '{"status":"Accepted"}', after=12_300)
        await screen.caught_up()
        assert "…" not in screen.rows()[call]
        assert screen.rows()[answer].endswith("→  └ Reset               12 ms Accepted")


async def test_a_call_that_waits_for_the_user_says_so() -> None:
    """In manual mode the charge point would time out before the user notices its call."""
    async with bench(Role.CENTRAL_SYSTEM, Version.V16, settings=SessionSettings(automatic=False)) as here:
        log = MessageLog(here.session.timeline, lambda: here.session.waiting)
        await here.app.mount(log)
        here.session.subscribe(lambda index: log.records_arrived())
        await here.peer.send('[2,"x1","Heartbeat",{}]')
        await here.until(lambda: bool(here.session.waiting))
        index = here.session.waiting[0]
        await here.until(lambda: log.contents.taken_in > index)
        assert "→? Heartbeat" in painted(log, index)
        await here.session.answer(index, '{"currentTime":"2026-11-22T10:00:00Z"}')
        await here.until(lambda: log.contents.taken_in > index + 1)
        assert "→  Heartbeat" in painted(log, index)


def painted(log: MessageLog, index: int) -> str:
    """A row as the compositor requests it."""
    return log.render_lines(log.size.region)[log.line_of(index) - log.scroll_offset.y].text


async def test_colours_follow_the_theme_and_the_focus() -> None:
    """After F9 the log would be illegible, and the user would not see which pane receives the keys."""
    async with screen_over(talk_of(10).session) as screen:
        dark = colours(screen, 3), colours(screen, 19)
        await screen.press("f9")
        assert screen.app.theme == LIGHT.name
        light = colours(screen, 3), colours(screen, 19)
        assert light[0].isdisjoint(dark[0]) and light[1].isdisjoint(dark[1])
        await screen.press("enter")
        unfocused = colours(screen, 19)
        assert unfocused != light[1]
        await screen.press("escape")
        assert colours(screen, 19) == light[1]
        await screen.press("f9", "f9", "f9")
        assert screen.app.theme == DARK.name
        assert (colours(screen, 3), colours(screen, 19)) == dark


def colours(screen: Screen, index: int) -> set[tuple[str, str]]:
    """Foreground and background of everything in a row."""
    strip = screen.log.render_lines(screen.log.size.region)[screen.log.line_of(index) - screen.log.scroll_offset.y]
    found = set()
    for segment in strip:
        if segment.text.strip():
            assert segment.style is not None and segment.style.color is not None and segment.style.bgcolor is not None
            found.add((segment.style.color.name, segment.style.bgcolor.name))
    return found


# -- what it costs --------------------------------------------------------------------------------------------------


class Bare(App[None]):
    """Only a log."""

    def __init__(self, talk: Talk) -> None:
        super().__init__()
        self.log_widget = CountingLog(talk.session.timeline)
        talk.session.subscribe(lambda index: self.log_widget.records_arrived())

    def compose(self) -> ComposeResult:
        yield self.log_widget
        yield Input()


class CountingLog(MessageLog):
    DEFAULT_CSS = "CountingLog { overflow-y: scroll; height: 1fr; }"
    repaints = lines = 0

    def refresh(self, *regions: object, **options: object) -> CountingLog:
        self.repaints += 1
        return super().refresh(*regions, **options)  # type: ignore[arg-type]

    def render_line(self, y: int) -> object:  # type: ignore[override]
        self.lines += 1
        return super().render_line(y)


async def test_many_records_are_one_repaint() -> None:
    """A burst of messages would freeze the screen, which would paint more than anyone can read."""
    talk = Talk()
    app = Bare(talk)
    async with app.run_test() as pilot:
        log = app.log_widget
        await AppDriver(app, pilot).until(lambda: log.size.height > 0)
        log.repaints = 0
        for _ in range(2000):
            talk.call()
        assert log.repaints <= 2, "only the first is painted at once, the others with the next frame"
        await AppDriver(app, pilot).until(lambda: log.contents.taken_in == 2000)
        assert log.repaints < 10


async def test_only_visible_records_are_made_into_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program would get slower with every record."""
    made: list[int] = []

    def counted(timeline: object, index: int, *rest: object, **options: object) -> object:
        made.append(index)
        return log_row(timeline, index, *rest, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(log_painter, "log_row", counted)
    talk = Talk()
    for _ in range(50_000):
        talk.exchange()
    app = Bare(talk)
    async with app.run_test(size=(80, 24)) as pilot:
        log = app.log_widget
        await AppDriver(app, pilot).until(lambda: log.contents.taken_in == 100_000)
        height = log.size.height
        assert 0 < len(made) <= 3 * height
        assert min(made) >= 100_000 - 2 * height
        log.focus()
        await AppDriver(app, pilot).until(lambda: log.has_focus)
        await pilot.pause()
        for keys, most in (("k", 3), ("g", height + 2), ("pagedown", height + 2), ("G", height + 2)):
            made.clear()
            log.lines = 0
            await pilot.press(keys)
            await pilot.pause()
            assert len(made) <= most, keys
            assert log.lines <= 4 * height, keys


async def wheel(screen: Screen, *, up: bool) -> None:
    kind = events.MouseScrollUp if up else events.MouseScrollDown
    await screen.pilot._post_mouse_events([kind], screen.log, offset=(10, 5))


async def test_connection_events_are_rows_with_the_reason() -> None:
    """The user would have to guess why a charge point is refused."""
    talk = Talk()
    talk.happened(
        ConnectionEvent.FAILED, url="ws://nowhere", error="The name nowhere is not known.", advice="Check the spelling."
    )
    async with screen_over(talk.session) as screen:
        assert "·✗ failed" in screen.rows()[0]
        assert "The name nowhere is not known." in screen.rows()[0]
