"""The queue of calls that wait for the user. If these fail, a held call can only time out."""

from __future__ import annotations

import pytest

from ocpptui.ocpp.version import Direction, Version
from ocpptui.session.held_calls import HeldCall
from ocpptui.session.rules_file import parse_rules
from ocpptui.timeline.record import RecordKind
from ocpptui.tui.screens import held_calls_screen
from ocpptui.tui.screens.compose_screen import ComposeScreen
from ocpptui.tui.screens.held_calls_screen import GONE, HeldCallsScreen, call_line
from ocpptui.tui.widgets.key_line import KeyLine
from tests.kit.session_view import screen_over
from tests.kit.station_bench import STATION, station_bench


async def test_held_calls_are_answered_released_and_dropped() -> None:
    async with station_bench(Version.V16) as (central, station), screen_over(station) as screen:
        assert station.role is not None
        station.faults.use(parse_rules("[[rule]]\naction = 'ClearCache'\ndo = 'hold'", station.role))
        number = central.connections[1].number
        calls = [await central.send_call(number, "ClearCache", "{}") for _ in range(3)]
        await screen.until(lambda: len(station.waiting) == 3, "the calls")
        await screen.press("A")
        await screen.shows("Calls that wait for you: 3", "s left", "ClearCache", STATION, "r Release")
        await screen.press("r")
        await screen.shows("Calls that wait for you: 2")
        await screen.press("d")
        await screen.shows("Calls that wait for you: 1")
        await screen.press("a")
        await screen.until(lambda: isinstance(screen.app.screen, ComposeScreen), "the answer to write")
        await screen.press("f4", "f5")
        await screen.until(lambda: not station.waiting, "the answer")
        await screen.press("escape")
        await screen.until(lambda: isinstance(screen.app.screen, HeldCallsScreen), "the queue")
        await screen.shows("No call waits.")
        await screen.press("escape")
        await central.wait_for_answer(calls[2], 60)
        answers = [central.timeline.other_half(call) for call in calls]
        kinds = [None if one is None else central.timeline.kind(one).name for one in answers]
        assert kinds == ["CALLRESULT", None, "CALLERROR"]


async def test_the_keys_below_the_queue_follow_once_it_is_closed() -> None:
    """The bottom line would offer to answer a call that was answered in the queue."""
    async with station_bench(Version.V16) as (central, station), screen_over(station) as screen:
        assert station.role is not None
        station.faults.use(parse_rules("[[rule]]\naction = 'ClearCache'\ndo = 'hold'", station.role))
        line = screen.app.screen.query_one(KeyLine)
        await central.send_call(central.connections[1].number, "ClearCache", "{}")
        await screen.until(lambda: "Answer" in [key.title for key in line.keys], "the key")
        await screen.press("A")
        await screen.shows("Calls that wait for you: 1")
        await screen.press("r")
        await screen.until(lambda: not station.waiting, "the answer")
        await screen.press("escape")
        await screen.until(lambda: "Answer" not in [key.title for key in line.keys], "the keys of now")


async def test_a_call_that_went_since_the_last_look_gets_no_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user who answers a call just as its time is up would answer another one, or nobody at all."""
    monkeypatch.setattr(held_calls_screen, "LOOK", 1000)
    async with station_bench(Version.V16) as (central, station), screen_over(station) as screen:
        assert station.role is not None
        station.faults.use(parse_rules("[[rule]]\naction = 'ClearCache'\ndo = 'hold'", station.role))
        for _ in range(2):
            await central.send_call(central.connections[1].number, "ClearCache", "{}")
        await screen.until(lambda: len(station.waiting) == 2, "the calls")
        await screen.press("A")
        await screen.shows("Calls that wait for you: 2")
        first, second = (call.index for call in station.held.list())
        station.held.drop(first)
        await screen.press("a")
        await screen.until(lambda: GONE in screen.notices(), "why nothing opens")
        assert isinstance(screen.app.screen, HeldCallsScreen)
        await screen.shows("Calls that wait for you: 1")
        assert second in station.waiting


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (RecordKind.CALL, "← Reset"),
        (RecordKind.SEND, "← Reset"),
        (RecordKind.CALLRESULT, "← answer to Reset"),
        (RecordKind.CALLERROR, "← error to Reset"),
        (RecordKind.CALLRESULTERROR, "← refused answer to Reset"),
    ],
)
def test_a_held_message_says_what_it_is(kind: RecordKind, words: str) -> None:
    """A user who lets an answer pass, and means the call, does not see what happens next."""
    held = HeldCall(1, STATION, "Reset", 1.0, 29.0, kind, Direction.TO_CHARGE_POINT)
    line = call_line(held, of_other_side=False).plain
    assert f"29 s left       {words} " in line
