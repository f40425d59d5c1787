"""Each fault on purpose, as a bare WebSocket peer sees it. If these fail, a user tests a backend or a charge
point against a fault that never happened, or cannot tell from the recording that it was one.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from ocpptui.network.limits import CLOSE_TIMEOUT
from ocpptui.network.problems import NotConnected
from ocpptui.ocpp.version import Direction
from ocpptui.recording.line_format import from_line, to_line
from ocpptui.runtime.tasks import Tasks
from ocpptui.session.session import Session
from ocpptui.timeline.record import ConnectionEvent, Record, RecordKind
from tests.kit.faulty_peers import (
    PATIENCE,
    HearingPeer,
    central_system_with,
    charge_point_with,
    recorded_as_sent,
    told_faults,
    usual,
)
from tests.kit.quick_time import in_quick_time

TOKEN = '{"idTag":"CARD"}'
RIGHT = '{"idTagInfo":{"status":"Accepted"}}'


def rule(do: str, **settings: Any) -> str:
    """A rules file with one rule for Authorize; the settings are TOML."""
    lines = "".join(f"{name.replace('_', '-')} = {value}\n" for name, value in settings.items())
    return f'seed = 7\n[[rule]]\nname = "mine"\naction = "Authorize"\ndo = "{do}"\n{lines}'


ANSWERS: dict[str, tuple[str, list[str]]] = {
    "behave": (rule("behave"), [f'[3,"a",{RIGHT}]']),
    "delay": (rule("delay", seconds=0.05, jitter=0.05), [f'[3,"a",{RIGHT}]']),
    "answer": (
        rule("answer", payload='{ tag = "${call.idTag}", of = "call ${id}, number ${count}" }'),
        ['[3,"a",{"tag":"CARD","of":"call a, number 1"}]'],
    ),
    "error": (
        rule("error", code='"InternalError"', description='"no memory"', details="{ free = 0 }"),
        ['[4,"a","InternalError","no memory",{"free":0}]'],
    ),
    "error details as text": (rule("error", code='"X"', details='"no memory"'), ['[4,"a","X","","no memory"]']),
    "error after a time": (rule("error", code='"X"', seconds=0.05), ['[4,"a","X","",{}]']),
    "twice": (rule("twice"), [f'[3,"a",{RIGHT}]'] * 2),
    "other-id": (rule("other-id"), [f'[3,"own-1",{RIGHT}]']),
    "wrong type": (rule("break", how='"wrong-type"'), [f'[9,"a",{RIGHT}]']),
    "no array": (rule("break", how='"not-array"'), [f'{{"message":[3,"a",{RIGHT}]}}']),
    "no-answer": (rule("no-answer"), []),
    "ignore": (rule("ignore"), []),
    "hold": (rule("hold"), []),
    "reorder": (rule("reorder", times=1), ['[3,"end",{}]', f'[3,"a",{RIGHT}]']),
}
"""What a rule makes of the answer to Authorize; the answer to the call after it, `end`, follows unless it is listed."""


async def answers_with(rules: str, expected: int) -> tuple[list[str], Session]:
    """What a charge point hears after Authorize and a further call."""
    async with central_system_with(rules) as (session, wire):
        await wire.call("a", "Authorize", TOKEN)
        await wire.hears(max(0, expected - 1))
        await wire.call("end", "StatusNotification", '{"connectorId":1,"errorCode":"NoError","status":"Available"}')
        heard = await wire.hears(expected)
    return heard, session


@pytest.mark.parametrize("name", ANSWERS)
async def test_an_answer_goes_wrong_as_its_rule_says(name: str) -> None:
    """And the recording has what was sent, and names the rule."""
    rules, expected = ANSWERS[name]
    last = '[3,"end",{}]'
    all_of_it = expected if last in expected else [*expected, last]
    reordered = last in expected
    heard, session = (
        await answers_with(rules, 2 if reordered else len(all_of_it))
        if not reordered
        else (await reordered_answers(rules))
    )
    assert heard == all_of_it
    assert recorded_as_sent(session) == all_of_it
    faults = {do for _, do in told_faults(session)}
    assert faults == (set() if name in ("behave", "hold") else {name_of(rules)})


async def reordered_answers(rules: str) -> tuple[list[str], Session]:
    async with central_system_with(rules) as (session, wire):
        await wire.call("a", "Authorize", TOKEN)
        await wire.call("end", "StatusNotification", '{"connectorId":1,"errorCode":"NoError","status":"Available"}')
        return await wire.hears(2), session


def name_of(rules: str) -> str:
    return rules.partition('do = "')[2].partition('"')[0]


async def test_a_truncated_answer_is_cut_at_the_same_place_again() -> None:
    async def heard() -> str:
        return (await answers_with(rule("break"), 2))[0][0]

    first = await heard()
    assert first == await heard()
    assert f'[3,"a",{RIGHT}]'.startswith(first) and not first.endswith("]")


async def test_a_call_that_is_held_waits_for_the_user() -> None:
    async with central_system_with(rule("hold", nth=2)) as (session, wire):
        await wire.call("a", "Authorize", TOKEN)
        await wire.call("b", "Authorize", TOKEN)
        await session.until(lambda: session.waiting or None, PATIENCE)
        [index] = session.waiting
        await session.answer(index, '{"idTagInfo":{"status":"Blocked"}}')
        assert await wire.hears(2) == [f'[3,"a",{RIGHT}]', '[3,"b",{"idTagInfo":{"status":"Blocked"}}]']


async def test_a_call_that_is_ignored_is_not_done_and_one_without_an_answer_is() -> None:
    """A backend retries in both cases; only in one of them the first attempt had an effect."""
    start = '{"connectorId":1,"idTag":"CARD","meterStart":0,"timestamp":"2026-11-22T10:00:00Z"}'
    for do, number in (("ignore", 1), ("no-answer", 2)):
        async with central_system_with(rule(do, times=1).replace("Authorize", "StartTransaction")) as (_, wire):
            await wire.call("a", "StartTransaction", start)
            await wire.call("b", "StartTransaction", start.replace("CARD", "CARD2"))
            [answer] = await wire.hears(1)
            assert json.loads(answer)[1] == "b"
            assert json.loads(answer)[2]["transactionId"] == number


@pytest.mark.parametrize(("settings", "code", "reason"), [('code = 4001\nreason = "go"', 4001, "go"), ("", 1001, "")])
async def test_a_call_closes_the_connection_with_a_code(settings: str, code: int, reason: str) -> None:
    async with central_system_with(rule("close") + settings) as (session, wire):
        await wire.call("a", "Authorize", TOKEN)
        await wire.ends()
        assert (wire.socket.close_code, wire.socket.close_reason, wire.heard) == (code, reason, [])
        assert told_faults(session) == [("NOTE", "close")]


async def test_a_call_cuts_the_tcp_connection() -> None:
    async with central_system_with(rule("cut")) as (session, wire):
        await wire.call("a", "Authorize", TOKEN)
        await wire.ends()
        assert (wire.socket.close_code, wire.heard) == (1006, [])
        assert told_faults(session) == [("NOTE", "cut")]


# -- calls of ours ----------------------------------------------------------------------------------------------

RESET = '[2,"own-1","Reset",{"type":"Soft"}]'
CLEAR = '[2,"own-2","ClearCache",{}]'
CALLS: dict[str, tuple[str, list[str]]] = {
    "drop": ("", [CLEAR]),
    "duplicate": ("", [RESET, RESET, CLEAR]),
    "reorder": ("", [CLEAR, RESET]),
    "delay": ("seconds = 0.05", [RESET, CLEAR]),
    "wrong type": ('how = "wrong-type"', [RESET.replace("[2", "[9"), CLEAR]),
    "no array": ('how = "not-array"', [f'{{"message":{RESET}}}', CLEAR]),
}


@pytest.mark.parametrize("name", CALLS)
async def test_a_call_of_ours_goes_wrong_as_its_rule_says(name: str) -> None:
    """Those that a user or a script sends, too: a central system makes no others."""
    settings, expected = CALLS[name]
    do = {"wrong type": "break", "no array": "break"}.get(name, name)
    async with central_system_with(f'[[rule]]\naction = "Reset"\ndo = "{do}"\n{settings}') as (session, wire):
        number = next(iter(session.connections))
        sending = Tasks("sender of the test").start(session.send_call(number, "Reset", '{"type":"Soft"}'), "Reset")
        if name == "reorder":
            await asyncio.sleep(0)
        else:
            first = await sending
            assert session.timeline.kind(first) is (RecordKind.NOTE if do == "drop" else session.timeline.kind(first))
        await session.send_call(number, "ClearCache", "{}")
        await sending
        assert await wire.hears(len(expected)) == expected
        assert recorded_as_sent(session) == expected
        assert {fault for _, fault in told_faults(session)} == {do}


async def test_a_call_repeats_the_id_of_the_one_before() -> None:
    async with central_system_with('[[rule]]\naction = "Reset"\ndo = "same-id"') as (session, wire):
        number = next(iter(session.connections))
        await session.send_call(number, "ClearCache", "{}")
        await session.send_call(number, "Reset", '{"type":"Soft"}')
        assert await wire.hears(2) == ['[2,"own-1","ClearCache",{}]', '[2,"own-1","Reset",{"type":"Soft"}]']
        assert told_faults(session) == [("CALL", "same-id")]


@pytest.mark.parametrize(("do", "code"), [("close", 1001), ("cut", 1006)])
async def test_a_call_of_ours_ends_the_connection_instead(do: str, code: int) -> None:
    async with central_system_with(f'[[rule]]\naction = "Reset"\ndo = "{do}"') as (session, wire):
        index = await session.send_call(next(iter(session.connections)), "Reset", '{"type":"Soft"}')
        await wire.ends()
        assert (wire.socket.close_code, wire.heard) == (code, [])
        assert session.timeline.kind(index) is RecordKind.NOTE


async def test_the_secret_in_a_call_that_is_not_sent_is_masked() -> None:
    async with central_system_with('[[rule]]\ndo = "drop"') as (session, _):
        payload = '{"key":"AuthorizationKey","value":"0123456789abcdef0123456789abcdef"}'
        index = await session.send_call(next(iter(session.connections)), "ChangeConfiguration", payload)
        text = session.timeline.record(index).detail["text"]
        assert "AuthorizationKey" in text and "0123456789abcdef" not in text


async def test_a_script_learns_that_its_call_will_never_be_sent() -> None:
    async with central_system_with('[[rule]]\ndo = "delay"\nseconds = 60') as (session, wire):
        number = next(iter(session.connections))
        sending = Tasks("sender of the test").start(session.send_call(number, "ClearCache", "{}"), "ClearCache")
        await asyncio.sleep(0)
        await wire.socket.close()
        with pytest.raises(NotConnected):
            await asyncio.wait_for(sending, PATIENCE)


def actions_in(wire: HearingPeer) -> list[str]:
    frames = [json.loads(text) for text in wire.heard]
    return [frame[2] for frame in frames if isinstance(frame, list) and frame[0] == 2]


@pytest.mark.parametrize(("do", "heard"), [("drop", 0), ("break", 1)])
def test_a_charge_point_goes_on_after_a_call_that_was_lost(do: str, heard: int) -> None:
    """It waits as long as for any answer. Without that, one lost call would silence it for good."""

    async def story() -> None:
        rules = f'[[rule]]\naction = "StatusNotification"\ntimes = 1\nhow = "not-array"\ndo = "{do}"'
        rules = rules.replace('how = "not-array"\n', "") if do == "drop" else rules
        async with charge_point_with(rules, call_timeout=10) as (session, [wire]):
            await wire.until(lambda: "StatusNotification" in actions_in(wire))
            assert len(wire.heard) == 1 + heard + 1
            assert wire.times[-1] - wire.times[0] > 9
            assert {fault for _, fault in told_faults(session)} == {do}

    in_quick_time(story)


@pytest.mark.parametrize("how", ["integer-id", "long-id", "indented"])
async def test_a_charge_point_takes_the_answer_to_an_odd_call(how: str) -> None:
    """A backend that can read it answers. If the answer were not taken, the charge point would wait in vain."""
    rules = f'[[rule]]\naction = "BootNotification"\ndo = "break"\nhow = "{how}"'
    async with charge_point_with(rules, answer=usual) as (session, [wire]):
        await wire.until(lambda: "StatusNotification" in actions_in(wire))
        assert actions_in(wire).count("BootNotification") == 1
        assert [do for _, do in told_faults(session)] == ["break"]


async def test_one_answer_to_two_equal_calls_is_enough() -> None:
    """A charge point that repeats a call goes on when either has its answer, and takes only the first."""
    rules = '[[rule]]\naction = "BootNotification"\ndo = "duplicate"'
    answered: list[list[Any]] = []

    def once(frame: list[Any]) -> str | None:
        if frame[2] == "BootNotification" and answered:
            return None
        answered.append(frame)
        return usual(frame)

    async with charge_point_with(rules, answer=once) as (session, [wire]):
        await wire.until(lambda: "StatusNotification" in actions_in(wire))
        assert actions_in(wire)[:2] == ["BootNotification"] * 2
        assert wire.heard[0] == wire.heard[1]
        assert [do for _, do in told_faults(session)] == ["duplicate", "duplicate"]


async def test_both_answers_to_two_equal_calls_are_taken_once() -> None:
    rules = '[[rule]]\naction = "BootNotification"\ndo = "duplicate"'
    async with charge_point_with(rules) as (_, [wire]):
        await wire.until(lambda: actions_in(wire).count("StatusNotification") >= 1)
        statuses = [json.loads(text)[3]["connectorId"] for text in wire.heard if "StatusNotification" in text]
        assert len(statuses) == len(set(statuses))


# -- which calls ------------------------------------------------------------------------------------------------


async def faulty(rules: str, calls: int, tags: str = "") -> list[int]:
    """The numbers of the calls that got a CALLERROR, from 1."""
    async with central_system_with(rules) as (_, wire):
        for number in range(1, calls + 1):
            tag = tags[number - 1] if tags else "C"
            await wire.call(str(number), "Authorize", f'{{"idTag":"{tag}"}}')
        frames = [json.loads(text) for text in await wire.hears(calls)]
    return [int(frame[1]) for frame in frames if frame[0] == 4]


def error(**settings: Any) -> str:
    return rule("error", code='"InternalError"', **settings)


async def test_counts() -> None:
    assert await faulty(error(nth=3), 6) == [3]
    assert await faulty(error(every=2), 6) == [2, 4, 6]
    assert await faulty(error(times=2), 6) == [1, 2]
    assert await faulty(error(every=2, times=2), 6) == [2, 4]


async def test_a_filter_expression_chooses_and_only_what_it_chooses_counts() -> None:
    assert await faulty(error(filter="'idTag=B'", nth=2), 6, "ABBABB") == [3]
    assert await faulty(error(filter="'idTag!=B dir:to-csms cp:CP*'"), 6, "ABBABB") == [1, 4]
    assert await faulty(error(filter="'cp:OTHER'"), 2) == []


async def test_the_first_rule_that_applies_decides() -> None:
    rules = '[[rule]]\nfilter = "idTag=A"\ndo = "behave"\n[[rule]]\nevery = 2\ncode = "X"\ndo = "error"'
    assert await faulty(rules, 6, "AAABBB") == [4, 6]


async def test_a_probability_is_the_same_again_with_the_same_seed() -> None:
    rules = error(probability=0.5)
    first = await faulty(rules, 40)
    assert 8 < len(first) < 32
    assert await faulty(rules, 40) == first
    assert await faulty(rules.replace("seed = 7", "seed = 8"), 40) != first


async def test_a_filter_chooses_calls_of_ours_before_they_are_sent() -> None:
    rules = '[[rule]]\nfilter = "type=Hard origin:behaviour"\ndo = "drop"'
    async with central_system_with(rules) as (session, wire):
        number = next(iter(session.connections))
        await session.send_call(number, "Reset", '{"type":"Hard"}')
        await session.send_call(number, "Reset", '{"type":"Soft"}')
        assert await wire.hears(1) == ['[2,"own-2","Reset",{"type":"Soft"}]']


async def test_switched_off_nothing_is_done_by_rules() -> None:
    """What a user answers and sends by hand is theirs."""
    async with central_system_with('[[rule]]\ndo = "cut"') as (session, wire):
        session.automatic = False
        await session.send_call(next(iter(session.connections)), "ClearCache", "{}")
        await wire.call("a", "Authorize", TOKEN)
        await session.until(lambda: session.waiting or None, PATIENCE)
        assert await wire.hears(1) == ['[2,"own-1","ClearCache",{}]']


def test_what_still_waits_is_the_users_once_the_behaviour_is_switched_off() -> None:
    """A session that a finding stopped must not go on sending."""
    rules = '[[rule]]\naction = "Authorize"\ndo = "delay"\nseconds = 60'

    async def story() -> None:
        async with central_system_with(rules, ping_interval=None) as (session, wire):
            await wire.call("a", "Authorize", TOKEN)
            timeline = session.timeline
            assert await session.until(
                lambda: RecordKind.CALL in map(timeline.kind, range(len(timeline))) or None, PATIENCE
            )
            session.automatic = False
            assert not session.waiting
            await asyncio.sleep(61)
            assert session.waiting and wire.heard == []

    in_quick_time(story)


def test_a_call_that_waits_is_not_sent_once_the_behaviour_is_switched_off() -> None:
    rules = '[[rule]]\naction = "StatusNotification"\ndo = "delay"\nseconds = 60'

    async def story() -> None:
        async with charge_point_with(rules) as (session, [wire]):
            await wire.hears(1)
            await session.until(lambda: len(session.timeline) > 3 or None, PATIENCE)
            session.automatic = False
            await asyncio.sleep(61)
            assert actions_in(wire) == ["BootNotification"]

    in_quick_time(story)


# -- the link ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("settings", "code"), [("", 1006), ("code = 1012", 1012)])
async def test_a_link_that_ends_every_so_often(settings: str, code: int) -> None:
    """The charge point connects again, and the count goes on."""
    rules = f'[[link]]\ndo = "disconnect"\nevery = 0.1\njitter = 0.05\ntimes = 2\n{settings}'
    async with charge_point_with(rules) as (session, wires):
        assert await session.until(lambda: len(wires) == 3 or None, PATIENCE)
        assert [wire.socket.close_code for wire in wires[:2]] == [code, code]
        await wires[2].hears(1)
        await asyncio.sleep(0.3)
        assert not wires[2].closed.is_set()
        assert [kind for kind, do in told_faults(session) if do == "disconnect"] == ["NOTE", "NOTE"]


async def test_a_half_open_link_is_silent_and_then_goes_on() -> None:
    rules = '[[link]]\ndo = "half-open"\nevery = 0.1\nseconds = 0.4\ntimes = 1'
    async with central_system_with(rules) as (session, wire):
        assert await session.until(lambda: told_faults(session) or None, PATIENCE)
        await wire.call("a", "Authorize", TOKEN)
        pong = await wire.socket.ping()
        await wire.hears(1)
        await asyncio.wait_for(pong, PATIENCE)
        records = [session.timeline.record(index) for index in range(len(session.timeline))]
        silent = next(record.time for record in records if "fault" in record.detail)
        heard = next(record.time for record in records if record.kind is RecordKind.CALL)
        assert heard - silent > 390_000


async def test_a_session_ends_at_once_on_a_half_open_link() -> None:
    """The answer to our Close frame has to be read, or the end takes its whole time-out."""
    rules = '[[link]]\ndo = "half-open"\nevery = 0.05\nseconds = 600'
    async with central_system_with(rules) as (session, wire):
        assert await session.until(lambda: told_faults(session) or None, PATIENCE)
        began = asyncio.get_running_loop().time()
        await session.close()
        assert asyncio.get_running_loop().time() - began < CLOSE_TIMEOUT
        assert wire.socket.close_code in (1000, 1001)


async def test_latency_delays_what_we_send_and_keeps_its_order() -> None:
    rules = '[[link]]\ndo = "latency"\nseconds = 0.1\njitter = 0.1'
    async with central_system_with(rules) as (session, wire):
        began = asyncio.get_running_loop().time()
        for number in range(5):
            await wire.call(str(number), "Authorize", TOKEN)
        heard = await wire.hears(5)
        assert [json.loads(text)[1] for text in heard] == ["0", "1", "2", "3", "4"]
        assert wire.times[0] - began >= 0.1
        assert told_faults(session) == [("NOTE", "latency")]


async def test_no_pong() -> None:
    async with central_system_with('[[link]]\ndo = "no-pong"') as (session, wire):
        pong = await wire.socket.ping()
        assert isinstance(pong, asyncio.Future)
        await wire.call("a", "Authorize", TOKEN)
        await wire.hears(1)
        assert not pong.done()
        kinds = [session.timeline.kind(index) for index in range(len(session.timeline))]
        assert RecordKind.PING in kinds and RecordKind.PONG not in kinds
        pong.cancel()


async def test_a_link_fault_is_only_for_the_charge_points_that_it_names() -> None:
    async with central_system_with('[[link]]\ncharge-point = "OTHER*"\ndo = "no-pong"') as (_, wire):
        await asyncio.wait_for(await wire.socket.ping(), PATIENCE)


async def test_a_charge_point_reports_a_reset_before_it_closes_a_slow_link() -> None:
    """The connection would be closed before the answer is sent."""
    async with charge_point_with('[[link]]\ndo = "latency"\nseconds = 0.05') as (session, wires):
        await wires[0].until(lambda: "StatusNotification" in actions_in(wires[0]))
        await wires[0].call("r", "Reset", '{"type":"Soft"}')
        await wires[0].ends()
        assert '[3,"r",{"status":"Accepted"}]' in wires[0].heard
        assert session.timeline.event(0) is ConnectionEvent.OPENING


# -- the recording ----------------------------------------------------------------------------------------------


async def test_the_recording_says_which_rule_it_was() -> None:
    async with central_system_with(rule("twice")) as (session, wire):
        await wire.call("a", "Authorize", TOKEN)
        await wire.hears(2)
        records = [session.timeline.record(index) for index in range(len(session.timeline))]
    sent = [one for one in records if one.kind is RecordKind.CALLRESULT]
    assert [one.detail["fault"] for one in sent] == [{"rule": "mine", "do": "twice"}] * 2
    for one in sent:
        again = from_line(to_line(one, "Authorize"))
        assert isinstance(again, Record)
        assert (again.detail, again.raw, again.direction) == (one.detail, one.raw, Direction.TO_CHARGE_POINT)
