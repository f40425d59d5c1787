"""How a replay runs: play, pause, step, speed, and a peer that behaves differently."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection
from websockets.typing import Subprotocol

from ocpptui.ocpp.version import Role, Version
from ocpptui.replay.plan import plan
from ocpptui.replay.player import Player
from ocpptui.replay.replay_report import DeviationKind, Outcome
from ocpptui.runtime.tasks import Tasks
from ocpptui.session.session import Session
from ocpptui.timeline.record import Origin
from tests.kit.quick_time import in_quick_time
from tests.replay.bare import answer_all, calls, has_done, playing, run, until
from tests.replay.live import by_hand
from tests.replay.tape import Tape


async def test_nothing_is_sent_before_play(tape: Tape) -> None:
    """A recording would be sent to a peer that nobody confirmed."""
    async with playing(calls(tape, 2), answer_all) as (player, session):
        tasks = Tasks("test")
        running = tasks.start(player.run(), "player")
        await until(player, lambda: player.connection is not None)
        for _ in range(20):
            await asyncio.sleep(0)
        assert (player.report.sent, player.position, session.timeline.counts.calls) == (0, 0, 0)
        player.play()
        assert (await running).is_same


async def test_a_step_sends_one_frame_and_receives_its_answer(tape: Tape) -> None:
    """The user could not look at each answer before the next frame is sent."""
    async with playing(calls(tape, 3), answer_all) as (player, session):
        tasks = Tasks("test")
        running = tasks.start(player.run(), "player")
        for number in range(1, 4):
            player.step()
            await until(player, partial(has_done, player, 2 * number))
            assert player.report.sent == number
            assert not player.may_send
        assert (await running).is_same
        assert session.timeline.counts.calls == 3


async def test_pause_stops_sending_and_play_continues(tape: Tape) -> None:
    """A frame that the user wanted to stop would be sent."""
    async with playing(calls(tape, 30), answer_all) as (player, session):

        def pause_in_time() -> None:
            if player.report.sent == 5:
                leave()
                player.pause()

        leave = player.subscribe(pause_in_time)
        player.play()
        running = Tasks("test").start(player.run(), "player")
        await until(player, partial(has_done, player, 10))
        for _ in range(20):
            await asyncio.sleep(0)
        assert (player.report.sent, player.position, player.is_over) == (5, 10, False)
        player.play()
        report = await running
        assert report.is_same
        assert report.sent == 30


async def test_the_user_can_answer_by_hand_while_paused(tape: Tape) -> None:
    """The recorded answer would be sent as a second one."""
    tape.down('[2,"s","Reset",{"type":"Soft"}]')
    tape.up('[3,"s",{"status":"Accepted"}]')
    tape.up('[2,"1","Heartbeat",{}]')
    tape.down('[3,"1",{}]')
    answers: list[Any] = []

    async def script(connection: ServerConnection) -> None:
        await connection.send('[2,"live","Reset",{"type":"Soft"}]')
        answers.append(json.loads(await connection.recv()))
        await answer_all(connection)

    async with playing(tape, script) as (player, session):
        tasks = Tasks("test")
        running = tasks.start(player.run(), "player")
        index = await session.until(lambda: next(iter(session.waiting), None), 60)
        assert index is not None
        await session.answer(index, '{"status":"Rejected"}')
        player.play()
        report = await running
    assert answers == [[3, "live", {"status": "Rejected"}]]
    assert report.is_same
    assert report.sent == 1


async def test_a_speed_keeps_the_recorded_distances(tape: Tape) -> None:
    """A charge point that needs time between two frames would be flooded."""
    calls(tape, 2)
    tape.up('[2,"x","Authorize",{"idTag":"X"}]', after=2.0)
    tape.down('[3,"x",{}]')
    report, session = await run(tape, answer_all, speed=10.0)
    assert report.is_same
    times = [session.timeline.time(i) for i in range(len(session.timeline)) if session.timeline.kind(i) == 2]
    assert times[1] - times[0] >= 0.09e6
    assert times[2] - times[1] >= 0.19e6


@pytest.mark.parametrize("by", [-3600, 3600, 315_576_000])
async def test_a_clock_that_was_set_during_the_recording_changes_no_distance(tape: Tape, by: int) -> None:
    """A replay would wait for an hour in the middle, or send two frames at once."""
    calls(tape, 1)
    tape.set_clock(by)
    tape.up('[2,"x","Authorize",{"idTag":"X"}]', after=2.0)
    tape.down('[3,"x",{}]')
    report, session = await run(tape, answer_all, speed=10.0)
    assert report.is_same
    times = [session.timeline.time(i) for i in range(len(session.timeline)) if session.timeline.kind(i) == 2]
    assert 0.19e6 <= times[1] - times[0] < 20e6


async def test_the_speed_can_be_changed_during_a_wait(tape: Tape) -> None:
    """The user could not speed up a wait of hours."""
    calls(tape, 1)
    tape.up('[2,"x","Authorize",{"idTag":"X"}]', after=36_000.0)
    tape.down('[3,"x",{}]')
    async with playing(tape, answer_all, speed=1.0) as (player, session):
        tasks = Tasks("test")
        player.play()
        running = tasks.start(player.run(), "player")
        await until(player, lambda: player.position == 2)
        player.set_speed(None)
        assert (await running).is_same


def test_a_missing_answer_is_reported_and_the_replay_continues(tape: Tape) -> None:
    """A backend that swallows one call would stop the replay, or the call would look answered."""

    async def story() -> None:

        async def script(connection: ServerConnection) -> None:
            async for message in connection:
                frame = json.loads(message)
                if frame[3] != {"idTag": "1"}:
                    await connection.send(json.dumps([3, frame[1], {}]))

        report, session = await run(calls(tape, 3), script, call_timeout=10.0)
        assert report.outcome is Outcome.FINISHED
        assert [(deviation.kind, deviation.action, deviation.recorded) for deviation in report.deviations] == [
            (DeviationKind.NO_ANSWER, "Authorize", 3)
        ]
        assert (report.sent, report.compared) == (3, 2)

    in_quick_time(story)


def test_calls_without_a_recorded_answer_delay_the_replay_only_once(tape: Tape) -> None:
    """A new answer is a difference; a call that stays unanswered as recorded is not."""

    async def story() -> None:
        tape.up('[2,"1","Authorize",{"idTag":"1"}]')
        tape.up('[2,"2","Authorize",{"idTag":"2"}]')
        tape.up('[2,"3","Heartbeat",{}]')
        tape.down('[3,"3",{}]')

        async def script(connection: ServerConnection) -> None:
            async for message in connection:
                frame = json.loads(message)
                if frame[3] != {"idTag": "1"}:
                    await connection.send(json.dumps([3, frame[1], {}]))

        report, _ = await run(tape, script, patience=5.0)
        assert [(deviation.kind, deviation.action) for deviation in report.deviations] == [
            (DeviationKind.NEW_ANSWER, "Authorize")
        ]

    in_quick_time(story)


async def test_a_lost_connection_ends_the_replay_with_its_reason(tape: Tape) -> None:
    """A replay that hangs or crashes does not say how far it came."""

    async def script(connection: ServerConnection) -> None:
        frame = json.loads(await connection.recv())
        await connection.send(json.dumps([3, frame[1], {}]))
        await connection.recv()
        await connection.close(4000, "enough")

    report, _ = await run(calls(tape, 3), script)
    assert report.outcome is Outcome.LOST
    assert "enough" in report.reason
    assert (report.position, report.sent, report.is_same) == (3, 2, False)


async def test_a_connection_that_cannot_be_made_ends_the_replay_with_its_reason(tape: Tape) -> None:
    """A script would wait forever for a backend that does not exist."""
    calls(tape, 1)
    async with by_hand(Role.CHARGE_POINT, Version.V16, "ws://127.0.0.1:1/x") as session:
        player = Player(plan(tape.timeline, Role.CHARGE_POINT), session, once=True)
        player.play()
        report = await player.run()
    assert report.outcome is Outcome.LOST
    assert "127.0.0.1" in report.reason
    assert report.sent == 0


async def test_a_cancelled_replay_says_that_it_was_stopped(tape: Tape) -> None:
    """The report after ctrl+c would claim that the replay is still running."""
    async with playing(calls(tape, 1), answer_all) as (player, session):
        tasks = Tasks("test")
        tasks.start(player.run(), "player")
        await until(player, lambda: player.connection is not None)
        await tasks.cancel()
        assert player.report.outcome is Outcome.STOPPED
        assert player.is_over


async def test_malformed_frames_are_sent_byte_for_byte_and_their_answers_awaited(tape: Tape) -> None:
    """A recording of a faulty charge point is replayed for its faults."""
    tape.up('[2,"a","Heartbeat",{')
    tape.down('[4,"-1","RpcFrameworkError","",{}]')
    tape.up(b"\xff[2")
    tape.up('[2, 17 ,"Heartbeat",{ },"extra"]')
    tape.down("[3,17,{}]")
    tape.up('[2,"' + "x" * 40 + '","Heartbeat",{}]')
    tape.down('[3,"' + "x" * 40 + '",{}]')
    got: list[Any] = []

    async def script(connection: ServerConnection) -> None:
        while len(got) < 4:
            message = await connection.recv(decode=False)
            got.append(message)
            if len(got) == 1:
                await connection.send('[4,"-1","RpcFrameworkError","",{}]')
            elif len(got) > 2:
                await connection.send(json.dumps([3, json.loads(message)[1], {}]))
        await connection.wait_closed()

    report, _ = await run(tape, script)
    assert report.is_same, report.to_text()
    assert got[:2] == [b'[2,"a","Heartbeat",{', b"\xff[2"]
    number = json.loads(got[2])[1]
    assert isinstance(number, int) and number != 17
    assert got[2] == b'[2, %d ,"Heartbeat",{ },"extra"]' % number
    assert json.loads(got[3])[1] == "x" * 40


async def test_a_second_answer_names_the_live_call(tape: Tape) -> None:
    """With the recorded id it would answer no call."""
    tape.down('[2,"s","Reset",{"type":"Soft"}]')
    tape.up('[3,"s",{"status":"Accepted"}]')
    tape.up('[3,"s",{"status":"Rejected"}]')
    got: list[Any] = []

    async def script(connection: ServerConnection) -> None:
        await connection.send('[2,"live","Reset",{"type":"Soft"}]')
        got.extend([json.loads(await connection.recv()), json.loads(await connection.recv())])
        await connection.wait_closed()

    report, _ = await run(tape, script)
    assert got == [[3, "live", {"status": "Accepted"}], [3, "live", {"status": "Rejected"}]]
    assert report.is_same, report.to_text()


async def test_answers_to_no_call_and_malformed_frames_are_reported(tape: Tape) -> None:
    """The user would miss faults of the backend."""

    async def script(connection: ServerConnection) -> None:
        first = json.loads(await connection.recv())
        await connection.send("not OCPP")
        await connection.send('[3,"nobody asked",{}]')
        await connection.send(json.dumps([3, first[1], {}]))
        await answer_all(connection)

    report, _ = await run(calls(tape, 2), script)
    assert sorted(deviation.kind for deviation in report.deviations) == [
        DeviationKind.NEW_ANSWER,
        DeviationKind.NEW_TEXT,
    ]


async def test_the_same_faults_in_both_peers_are_not_differences(tape: Tape) -> None:
    """A backend with the same faults as before would be reported as changed."""
    tape.up('[2,"1","Authorize",{"idTag":"1"}]')
    tape.down('[3,"1",{}]')
    tape.down('[3,"1",{}]')
    tape.down("not OCPP")

    async def script(connection: ServerConnection) -> None:
        call = json.loads(await connection.recv())
        await connection.send("not OCPP either")
        for _ in range(2):
            await connection.send(json.dumps([3, call[1], {}]))
        await connection.wait_closed()

    report, _ = await run(tape, script)
    assert report.is_same, report.to_text()


async def test_a_new_second_answer_is_reported(tape: Tape) -> None:
    """A backend that answers twice confuses charge points."""

    async def script(connection: ServerConnection) -> None:
        async for message in connection:
            for _ in range(2):
                await connection.send(json.dumps([3, json.loads(message)[1], {}]))

    report, _ = await run(calls(tape, 2), script)
    assert {deviation.kind for deviation in report.deviations} == {DeviationKind.NEW_ANSWER}


async def test_one_call_at_a_time_where_the_recording_has_no_answer(tape: Tape) -> None:
    """OCPP allows one call in flight; a backend may refuse a second one."""
    tape.up('[2,"1","Authorize",{"idTag":"1"}]')
    tape.up('[2,"2","Authorize",{"idTag":"2"}]')
    _, session = await run(tape, answer_all)
    kinds = [session.timeline.kinds[i] for i in range(len(session.timeline)) if session.timeline.kinds[i] in (2, 3)]
    assert kinds == [2, 3, 2, 3]


async def test_a_call_of_the_peer_is_answered_at_its_recorded_position(tape: Tape) -> None:
    """The frames would be sent in another order than recorded."""
    tape.up('[2,"1","Authorize",{"idTag":"1"}]')
    tape.down('[2,"s","Reset",{"type":"Soft"}]')
    tape.down('[3,"1",{}]')
    tape.up('[2,"2","Authorize",{"idTag":"2"}]')
    tape.up('[3,"s",{"status":"Accepted"}]')
    tape.down('[3,"2",{}]')
    got: list[Any] = []

    async def script(connection: ServerConnection) -> None:
        got.append(json.loads(await connection.recv()))
        await connection.send('[2,"live","Reset",{"type":"Soft"}]')
        await connection.send(json.dumps([3, got[0][1], {}]))
        got.append(json.loads(await connection.recv()))
        got.append(json.loads(await connection.recv()))
        await connection.send(json.dumps([3, got[1][1], {}]))
        await connection.wait_closed()

    report, _ = await run(tape, script)
    assert report.is_same, report.to_text()
    assert [frame[0] for frame in got] == [2, 2, 3]


def test_a_peer_that_waits_for_our_answer_first_gets_it(tape: Tape) -> None:
    """Both sides would wait for each other although each could continue."""

    async def story() -> None:
        tape.up('[2,"1","Authorize",{"idTag":"1"}]')
        tape.down('[2,"s","Reset",{"type":"Soft"}]')
        tape.down('[3,"1",{}]')
        tape.up('[3,"s",{"status":"Accepted"}]')

        async def script(connection: ServerConnection) -> None:
            call = json.loads(await connection.recv())
            await connection.send('[2,"live","Reset",{"type":"Soft"}]')
            assert json.loads(await connection.recv()) == [3, "live", {"status": "Accepted"}]
            await connection.send(json.dumps([3, call[1], {}]))
            await connection.wait_closed()

        report, _ = await run(tape, script, patience=5.0)
        assert report.is_same, report.to_text()

    in_quick_time(story)


def test_a_late_call_is_not_reported_as_missing(tape: Tape) -> None:
    """The report would list the same call once as missing and once as new."""

    async def story() -> None:
        tape.down('[2,"s","Reset",{"type":"Soft"}]')
        tape.up('[3,"s",{"status":"Accepted"}]')
        tape.up('[2,"1","Authorize",{"idTag":"1"}]')
        tape.down('[3,"1",{}]')

        async def script(connection: ServerConnection) -> None:
            call = json.loads(await connection.recv())
            await connection.send('[2,"live","Reset",{"type":"Soft"}]')
            assert json.loads(await connection.recv()) == [3, "live", {"status": "Accepted"}]
            await connection.send(json.dumps([3, call[1], {}]))
            await connection.wait_closed()

        report, _ = await run(tape, script, patience=5.0)
        assert report.is_same, report.to_text()
        assert report.sent == 2

    in_quick_time(story)


async def test_the_replay_does_not_wait_for_an_answer_to_a_send(tape: Tape) -> None:
    """A SEND of OCPP 2.1 has no answer, and the replay would hang."""
    tape.version = Version.V21
    stream = '{"id":1,"pending":0,"basetime":"2026-09-21T00:00:00Z","data":[{"t":0,"v":"1"}]}'
    tape.up(f'[6,"a","NotifyPeriodicEventStream",{stream}]')
    tape.up('[2,"b","Heartbeat",{}]')
    tape.down('[3,"b",{}]')
    report, session = await run(tape, answer_all)
    assert report.is_same, report.to_text()
    assert report.sent == 2


async def test_everything_that_is_sent_is_marked_as_replayed(tape: Tape) -> None:
    """The recording of a replay would look like manual work."""
    _, session = await run(calls(tape, 2), answer_all)
    timeline = session.timeline
    ours = [timeline.origin(i) for i in range(len(timeline)) if timeline.kind(i) == 2]
    assert ours == [Origin.REPLAY, Origin.REPLAY]


async def test_the_replay_waits_for_the_connection_of_its_charge_point_id(tape: Tape) -> None:
    """A recording meant for one charge point would be played to the first that connects."""
    tape.down('[2,"s","Reset",{"type":"Soft"}]')
    tape.up('[3,"s",{"status":"Accepted"}]')
    asked: list[str] = []
    async with by_hand(Role.CENTRAL_SYSTEM, Version.V16) as session:
        player = Player(plan(tape.timeline, Role.CENTRAL_SYSTEM), session, charge_point="WANTED")
        player.play()
        tasks = Tasks("test")
        running = tasks.start(player.run(), "player")

        async def charger(identity: str) -> None:
            url = session.listening_urls[0] + identity
            async with connect(url, subprotocols=[Subprotocol("ocpp1.6")]) as connection:
                if identity == "OTHER":
                    tasks.start(charger("WANTED"), "wanted")
                async for message in connection:
                    asked.append(identity)
                    await connection.send(json.dumps([3, json.loads(message)[1], {"status": "Accepted"}]))

        tasks.start(charger("OTHER"), "other")
        report = await running
        await tasks.cancel()
    assert asked == ["WANTED"]
    assert report.is_same and report.charge_point == "WANTED"


def test_a_player_needs_no_connection(tape: Tape) -> None:
    """The user could not see the plan before anything is connected."""
    player = Player(plan(calls(tape, 1).timeline, Role.CHARGE_POINT), Session(role=Role.CHARGE_POINT))
    assert player.connection is None
    assert player.next_step is not None and player.next_step.action == "Authorize"
    with pytest.raises(ValueError, match="speed"):
        player.set_speed(-1)
