"""What the user does during a replay: going back, breakpoints, editing; and rounds and rewriting rules."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from ocpptui.filter.query import parse_filter
from ocpptui.network.client_settings import ClientSettings
from ocpptui.ocpp.version import Role, Version
from ocpptui.replay.ignored_paths import Ignoring
from ocpptui.replay.plan import plan
from ocpptui.replay.player import Player
from ocpptui.replay.replay_report import DeviationKind, Outcome
from ocpptui.replay.substitutions import Substitutions
from ocpptui.runtime.tasks import Tasks
from ocpptui.session.session import Session
from ocpptui.session.settings import SessionSettings
from tests.replay.bare import answer_all, calls, playing, run, until
from tests.replay.live import sent
from tests.replay.tape import Tape


async def answer_with(connection: ServerConnection, **fields: Any) -> None:
    async for message in connection:
        frame = json.loads(message)
        if frame[0] == 2:
            await connection.send(json.dumps([3, frame[1], fields]))


async def test_going_back_sends_the_step_again_and_forgets_its_deviations(tape: Tape) -> None:
    """The user could not retry a step after fixing the backend."""
    answers = iter([{}, {"new": 1}, {}, {}, {}])

    async def script(connection: ServerConnection) -> None:
        async for message in connection:
            await connection.send(json.dumps([3, json.loads(message)[1], next(answers)]))

    async with playing(calls(tape, 3), script) as (player, session):
        running = Tasks("test").start(player.run(), "player")
        for done in (2, 4):
            player.step()
            await until(player, lambda done=done: player.position == done and player.pending is not None)  # type: ignore[misc]
        assert player.report.count == 1
        player.go_to(2)
        await until(player, lambda: player.position == 2 and player.pending is not None)
        assert not player.is_playing and player.report.count == 0
        player.play()
        report = await running
        assert report.is_same, report.to_text()
        assert [json.loads(text)[3]["idTag"] for text in sent(session)] == ["0", "1", "1", "2"]


async def test_the_user_can_go_back_from_the_end_while_connected(tape: Tape) -> None:
    """To repeat the last step, the user would have to set up the whole replay again."""
    async with playing(calls(tape, 2), answer_all, lingers=True) as (player, session):
        tasks = Tasks("test")
        running = tasks.start(player.run(), "player")
        player.play()
        await until(player, lambda: player.is_over)
        assert player.report.outcome is Outcome.FINISHED and player.can_move and not running.done()
        player.go_to(2)
        await until(player, lambda: player.pending is not None)
        assert not player.is_over
        player.play()
        await until(player, lambda: player.is_over)
        assert len(sent(session)) == 3
        assert player.connection is not None
        await session.disconnect(player.connection.number)
        assert (await running).outcome is Outcome.FINISHED, "the replay must finish before the connection is closed"
        assert not player.can_move


async def test_a_breakpoint_pauses_before_our_matching_frame(tape: Tape) -> None:
    """The frame that the user wants to look at would already be sent."""
    async with playing(calls(tape, 4), answer_all) as (player, _):
        running = Tasks("test").start(player.run(), "player")
        player.breakpoints = (parse_filter("idTag=2"),)
        player.play()
        await until(player, lambda: bool(player.stopped_at))
        assert (player.position, player.report.sent, player.stopped_at) == (4, 2, "idTag=2")
        assert not player.is_playing
        player.play()
        assert (await running).is_same and player.stopped_at == ""


async def test_a_breakpoint_pauses_once_for_a_call_and_its_answer(tape: Tape) -> None:
    """The user would have to press play twice for each exchange."""
    async with playing(calls(tape, 2), answer_all) as (player, _):
        running = Tasks("test").start(player.run(), "player")
        player.breakpoints = (parse_filter("action:Authorize"),)
        stops = []
        for _ in range(2):
            player.play()
            await until(player, lambda: bool(player.stopped_at))
            stops.append(player.position)
        player.play()
        assert (await running).is_same and stops == [0, 2]


async def test_a_breakpoint_pauses_after_the_peers_matching_frame(tape: Tape) -> None:
    """The replay would run past an error of the backend."""

    async def script(connection: ServerConnection) -> None:
        async for message in connection:
            frame = json.loads(message)
            answer = [4, frame[1], "InternalError", "", {}] if frame[3]["idTag"] == "1" else [3, frame[1], {}]
            await connection.send(json.dumps(answer))

    async with playing(calls(tape, 4), script) as (player, _):
        tasks = Tasks("test")
        tasks.start(player.run(), "player")
        player.breakpoints = (parse_filter("kind:error"),)
        player.play()
        await until(player, lambda: bool(player.stopped_at) and player.pending is not None)
        assert (player.report.sent, player.report.count) == (2, 1)
        await tasks.cancel()


async def test_the_next_frame_can_be_edited_before_it_is_sent(tape: Tape) -> None:
    """The user could not try the same charge with another token."""
    async with playing(calls(tape, 2), answer_all) as (player, session):
        running = Tasks("test").start(player.run(), "player")
        assert not player.edit("nothing is pending yet")
        await until(player, lambda: player.pending is not None)
        assert player.pending is not None
        text = player.pending.text
        assert isinstance(text, str) and json.loads(text)[2:] == ["Authorize", {"idTag": "0"}]
        player.edit('[2, "mine", "Authorize", {"idTag":"other"}]')
        assert player.pending.text == '[2, "mine", "Authorize", {"idTag":"other"}]'
        player.play()
        report = await running
        assert report.is_same, "the answer is matched by the new message id"
        assert report.edited == 1 and "1 frame changed by hand" in report.to_text()
        assert sent(session)[0] == '[2, "mine", "Authorize", {"idTag":"other"}]'


async def test_the_next_frame_is_sent_as_shown(tape: Tape) -> None:
    """The user would edit a different frame from the one that is sent, or its ids would count twice."""
    tape.up('[2,"1","Authorize",{"idTag":"A"}]')
    tape.down('[3,"1",{}]')
    async with playing(tape, answer_all, rules=Substitutions(tokens={"A": "B"})) as (player, session):
        running = Tasks("test").start(player.run(), "player")
        await until(player, lambda: player.pending is not None)
        assert player.pending is not None
        shown = [player.pending.text for _ in range(3)][-1]
        player.play()
        report = await running
        assert sent(session) == [shown]
        assert [row.times for row in report.rewritten] == [1]


async def test_rounds_use_one_connection_and_learn_new_ids_each_time(tape: Tape) -> None:
    """A soak test needs more than one charge."""
    tape.up(
        '[2,"1","StartTransaction",{"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"2026-01-01T00:00:00Z"}]'
    )
    tape.down('[3,"1",{"transactionId":5,"idTagInfo":{"status":"Accepted"}}]')
    tape.up('[2,"2","StopTransaction",{"transactionId":5,"meterStop":1,"timestamp":"2026-01-01T00:00:00Z"}]')
    tape.down('[3,"2",{}]')
    stopped: list[int] = []

    async def script(connection: ServerConnection) -> None:
        number = 70
        async for message in connection:
            frame = json.loads(message)
            number += frame[2] == "StartTransaction"
            start = {"transactionId": number, "idTagInfo": {"status": "Accepted"}}
            stopped.extend([frame[3]["transactionId"]] if frame[2] == "StopTransaction" else [])
            await connection.send(json.dumps([3, frame[1], start if frame[2] == "StartTransaction" else {}]))

    report, session = await run(tape, script, rounds=3)
    assert report.is_same and (report.round, report.sent) == (3, 6)
    assert stopped == [71, 72, 73]
    assert [(row.recorded, row.live, row.times) for row in report.rewritten] == [
        ("5", "71", 1),
        ("5", "72", 1),
        ("5", "73", 1),
    ]
    assert session.timeline.counts.calls == 6


async def test_the_deviations_of_each_round_are_kept(tape: Tape) -> None:
    """A difference that occurs only in the third round would be lost."""
    report, _ = await run(calls(tape, 1), lambda connection: answer_with(connection, new=1), rounds=2)
    assert [(deviation.kind, deviation.round) for deviation in report.deviations] == [
        (DeviationKind.DIFFERENT_ANSWER, 1),
        (DeviationKind.DIFFERENT_ANSWER, 2),
    ]
    assert "round 2, step 2: different answer" in report.to_text()


async def test_an_endless_replay_does_not_block_the_program(tape: Tape) -> None:
    """The program would not respond to keys during an endless replay."""
    tape.up("not OCPP")
    async with playing(tape, lambda connection: connection.wait_closed(), rounds=None) as (player, _):
        tasks = Tasks("test")
        tasks.start(player.run(), "player")
        player.play()
        await until(player, lambda: player.report.round > 5)
        await tasks.cancel()
        assert player.report.outcome is Outcome.STOPPED


async def test_the_delay_precedes_each_frame_and_a_pause_ends_it(tape: Tape) -> None:
    """A slow backend would get no time, or a pause would take effect late."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    await run(calls(tape, 3), answer_all, delay=0.05)
    assert loop.time() - began >= 0.15
    async with playing(tape, answer_all, delay=1000.0) as (player, _):
        running = Tasks("test").start(player.run(), "player")
        player.play()
        for _ in range(3):
            await until(player, lambda: player.connection is not None)
            player.step()
        assert (await running).is_same


async def test_message_ids_are_kept_on_request(tape: Tape) -> None:
    """A failure that depends on the ids in the customer's log would not occur."""
    _, session = await run(calls(tape, 2), answer_all, rules=Substitutions(keep_message_ids=True), rounds=2)
    assert [json.loads(text)[1] for text in sent(session)] == ["0", "1", "0", "1"]


@pytest.mark.parametrize("has_times", [True, False], ids=["times of the records", "times in the payloads only"])
async def test_times_move_so_that_the_recording_starts_now(tape: Tape, has_times: bool) -> None:
    """The backend would refuse meter values of last year, or bill them wrongly."""
    if not has_times:
        tape.now = 0
    begin = 1_790_000_001 if has_times else 1_790_000_000
    from datetime import UTC, datetime

    for second in (0, 90):
        at = datetime.fromtimestamp(1_790_000_000 + second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        tape.up(f'[2,"{second}","Heartbeat",{{"at":"{at}"}}]')
        tape.down(f'[3,"{second}",{{}}]')
    clock = 2_000_000_000_500_000
    _, session = await run(tape, answer_all, rules=Substitutions(shift_times=True), clock=lambda: clock)
    times = [datetime.fromisoformat(json.loads(text)[3]["at"]).timestamp() for text in sent(session)]
    assert times[1] - times[0] == 90
    assert times[0] == 2_000_000_000 + 1_790_000_000 - begin


async def test_reservation_ids_of_the_live_peer_are_used_by_all_later_frames(tape: Tape) -> None:
    """The charge point would start a transaction on a reservation that the backend does not know."""
    reserve = '{"connectorId":1,"expiryDate":"2026-01-01T00:00:00Z","idTag":"A","reservationId":%d}'
    start = '{"connectorId":1,"idTag":"A","meterStart":0,"reservationId":11,"timestamp":"2026-01-01T00:00:00Z"}'
    tape.down(f'[2,"s","ReserveNow",{reserve % 11}]')
    tape.up('[3,"s",{"status":"Accepted"}]')
    tape.up(f'[2,"1","StartTransaction",{start}]')
    tape.down('[3,"1",{"transactionId":5}]')
    started: list[Any] = []

    async def script(connection: ServerConnection) -> None:
        await connection.send(f'[2,"x","ReserveNow",{reserve % 99}]')
        await connection.recv()
        frame = json.loads(await connection.recv())
        started.append(frame[3]["reservationId"])
        await connection.send(json.dumps([3, frame[1], {"transactionId": 5}]))
        await connection.wait_closed()

    report, _ = await run(tape, script)
    assert report.is_same, report.to_text()
    assert started == [99]
    assert [(row.kind, row.recorded, row.live, row.times) for row in report.rewritten] == [
        ("reservation id", "11", "99", 1),
        ("transaction id", "5", "5", 0),
    ]


async def test_ignored_paths_cause_no_deviations_and_are_listed_in_the_report(tape: Tape) -> None:
    """A field that differs on every backend would hide the one that matters."""
    ignoring = Ignoring(["Authorize:new"])
    report, _ = await run(calls(tape, 1), lambda one: answer_with(one, new=1, other=2), ignoring=ignoring)
    assert [str(one) for deviation in report.deviations for one in deviation.differences] == ["$.other: 2 is new"]
    assert report.to_dict()["ignored"] == ["Authorize:new"]


async def test_skipping_a_call_does_not_wait_for_its_answer(tape: Tape) -> None:
    """The replay would wait for half a minute and then blame the peer."""
    async with playing(calls(tape, 3), answer_all) as (player, session):
        running = Tasks("test").start(player.run(), "player")
        await until(player, lambda: player.pending is not None)
        player.go_to(3)
        player.play()
        report = await running
        assert report.is_same and [json.loads(text)[3]["idTag"] for text in sent(session)] == ["2"]


async def test_each_replay_of_a_session_fails_by_itself(tape: Tape) -> None:
    """One refused charge point would end the replay of the whole site."""

    def refuse(connection: ServerConnection, request: Request) -> Response | None:
        return connection.respond(403, "no") if request.path.endswith("CP-B") else None

    session = Session(role=Role.CHARGE_POINT, settings=SessionSettings(automatic=False))
    made = plan(calls(tape, 2).timeline, Role.CHARGE_POINT)
    players = [Player(made, session, charge_point=name, once=True) for name in ("CP-A", "CP-B")]
    async with serve(
        answer_all, "127.0.0.1", 0, subprotocols=[Subprotocol("ocpp1.6")], process_request=refuse
    ) as server:
        url = f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"
        for player in players:
            player.play()
        running = [Tasks("test").start(player.run(), "player") for player in players]
        for name in ("CP-B", "CP-A"):
            settings = ClientSettings(url=url, charge_point=name, versions=(Version.V16,), reconnect=False)
            await session.connect(settings)
        first, second = await asyncio.gather(*running)
        await session.close()
    assert first.is_same and first.charge_point == "CP-A"
    assert second.outcome is Outcome.LOST and "403" in second.reason
