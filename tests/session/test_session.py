"""A session over real connections: the actions of the user, and its automatic ones."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.problems import NotConnected
from ocpptui.network.server_settings import ServerSettings
from ocpptui.ocpp.correlation import AnswerStatus
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import Role, Version
from ocpptui.recording.writer import RecordingWriter
from ocpptui.runtime.clock import Clock
from ocpptui.runtime.clock import now as real_now
from ocpptui.session.file_session import FileSession
from ocpptui.session.session import Session
from ocpptui.session.settings import SessionSettings
from ocpptui.timeline.record import ConnectionEvent, RecordKind
from ocpptui.timeline.timeline import Timeline
from tests.recording.indexing import index_all

BOOT = '[2,"boot","BootNotification",{"chargePointVendor":"ACME","chargePointModel":"One"}]'


@asynccontextmanager
async def central_system(
    settings: SessionSettings | None = None, writer: RecordingWriter | None = None, clock: Clock = real_now
) -> AsyncIterator[tuple[Session, Callable[..., Any]]]:
    """A listening session, and a function that connects a charge point with an id to it."""
    session = Session(role=Role.CENTRAL_SYSTEM, writer=writer, settings=settings, clock=clock)
    await session.listen(ServerSettings(host="127.0.0.1", port=0))

    def charger(identity: str = "CP1") -> Any:
        url = session.listening_urls[0].rstrip("/") + f"/{identity}"
        return connect(url, subprotocols=[Subprotocol("ocpp1.6")])

    try:
        yield session, charger
    finally:
        await session.close()


async def read(charger: ClientConnection) -> Any:
    async with asyncio.timeout(60):
        return json.loads(await charger.recv())


async def number_of(session: Session, charge_point: str = "CP1") -> int:
    connection = await session.until(lambda: session.connection_of(charge_point), 60)
    assert connection is not None
    return connection.number


def actions(timeline: Timeline, kind: RecordKind = RecordKind.CALL) -> list[str]:
    return [timeline.action(index) for index in range(len(timeline)) if timeline.kind(index) is kind]


async def test_a_call_gets_its_answer_and_both_are_in_the_timeline() -> None:
    async with central_system() as (session, charger), charger() as socket:
        number = await number_of(session)
        sent = await session.send_call(number, "ClearCache", "{}")
        frame = await read(socket)
        assert frame[:1] + frame[2:] == [2, "ClearCache", {}]
        await socket.send(json.dumps([3, frame[1], {"status": "Accepted"}]))
        index = await session.wait_for_answer(sent, 60)
        assert index is not None
        assert session.timeline.other_half(index) == sent
        assert session.timeline.latency(index) is not None


async def test_a_payload_goes_out_as_it_was_typed() -> None:
    """Key order, the text of numbers and spacing are the user's business."""
    payload = '{"z": 21.40, "a":1e2 , "é":"ü"}'
    async with central_system() as (session, charger), charger() as socket:
        await session.send_call(await number_of(session), "DataTransfer", payload)
        async with asyncio.timeout(60):
            assert str(await socket.recv()).endswith(f',"DataTransfer",{payload}]')


async def test_any_text_at_all_can_be_sent() -> None:
    async with central_system() as (session, charger), charger() as socket:
        await session.send_raw(await number_of(session), "no OCPP at all")
        async with asyncio.timeout(60):
            assert await socket.recv() == "no OCPP at all"
        assert session.timeline.kind(len(session.timeline) - 1) is RecordKind.MALFORMED


async def test_without_automatic_a_call_waits_for_the_users_answer() -> None:
    async with central_system(SessionSettings(automatic=False)) as (session, charger), charger() as socket:
        await socket.send(BOOT)
        [waiting] = await session.until(lambda: session.waiting or None, 60) or []
        assert json.loads(session.held.default_answer(waiting))["status"] == "Accepted"
        await session.answer(waiting, '{"status":"Rejected","currentTime":"2026-01-01T00:00:00Z","interval":9}')
        assert (await read(socket))[2]["status"] == "Rejected"
        assert session.waiting == []
        with pytest.raises(NotConnected):
            await session.answer(waiting, "{}")


async def test_a_waiting_call_can_be_answered_with_an_error() -> None:
    async with central_system(SessionSettings(automatic=False)) as (session, charger), charger() as socket:
        await socket.send('[2,77,"Heartbeat",{}]')
        [waiting] = await session.until(lambda: session.waiting or None, 60) or []
        await session.held.answer_error(waiting, "SecurityError", "not today", '{"why":"test"}')
        assert await read(socket) == [4, 77, "SecurityError", "not today", {"why": "test"}]


async def test_switching_automatic_on_answers_what_waits() -> None:
    async with central_system(SessionSettings(automatic=False)) as (session, charger), charger() as socket:
        await socket.send(BOOT)
        await session.until(lambda: session.waiting or None, 60)
        session.automatic = True
        assert (await read(socket))[2]["status"] == "Accepted"
        assert session.waiting == []


async def test_the_newest_connection_of_an_id_wins_and_both_are_shown() -> None:
    async with central_system() as (session, charger), charger() as first:
        await number_of(session)
        async with charger() as second:
            with pytest.raises(ConnectionClosed):
                async with asyncio.timeout(60):
                    await first.recv()
            number = await session.until(
                lambda: number if len(session.connections) == 1 and (number := next(iter(session.connections))) > 1
                else None,
                5,
            )  # fmt: skip
            assert number is not None
            await second.send(BOOT)
            assert (await read(second))[2]["status"] == "Accepted"
        events = [session.timeline.event(index) for index in range(len(session.timeline))]
        assert events.count(ConnectionEvent.OPENED) == 2


async def test_transaction_numbers_are_unique_over_all_chargers_and_a_retry_gets_the_same() -> None:
    start = '{"connectorId":1,"idTag":"%s","meterStart":0,"timestamp":"2026-01-01T00:00:00Z"}'
    async with central_system() as (session, charger), charger("A") as one, charger("B") as two:
        await one.send(f'[2,"1","StartTransaction",{start % "X"}]')
        await two.send(f'[2,"1","StartTransaction",{start % "X"}]')
        first, other = (await read(one))[2]["transactionId"], (await read(two))[2]["transactionId"]
        assert first != other
        await one.send(f'[2,"2","StartTransaction",{start % "X"}]')
        assert (await read(one))[2]["transactionId"] == first


async def test_secrets_reach_neither_recording_nor_screen_but_the_wire(tmp_path: Path) -> None:
    writer = RecordingWriter(tmp_path / "session.jsonl")
    async with central_system(writer=writer) as (session, charger), charger() as socket:
        payload = '{"key":"AuthorizationKey","value":"0123456789abcdef0123"}'
        sent = await session.send_call(await number_of(session), "ChangeConfiguration", payload)
        assert (await read(socket))[3]["value"] == "0123456789abcdef0123"
        record = session.timeline.record(sent)
        assert "0123456789abcdef0123" not in str(record.raw)
        assert record.masked == ("$.value",)
    text = (tmp_path / "session.jsonl").read_text()
    assert "0123456789abcdef0123" not in text
    assert '"masked":["$.value"]' in text


async def test_secrets_stay_where_the_user_wants_them(tmp_path: Path) -> None:
    writer = RecordingWriter(tmp_path / "session.jsonl")
    async with central_system(SessionSettings(keep_secrets=True), writer) as (session, charger), charger():
        payload = '{"key":"AuthorizationKey","value":"0123456789abcdef0123"}'
        await session.send_call(await number_of(session), "ChangeConfiguration", payload)
    assert "0123456789abcdef0123" in (tmp_path / "session.jsonl").read_text()


async def test_an_unanswered_call_times_out_and_its_late_answer_is_shown_as_late() -> None:
    settings = SessionSettings(call_timeout=0.05)
    async with central_system(settings) as (session, charger), charger() as socket:
        sent = await session.send_call(await number_of(session), "ClearCache", "{}")
        frame = await read(socket)
        assert await session.wait_for_answer(sent, 60) is None
        assert session.timeline.in_flight_count == 0
        await socket.send(json.dumps([3, frame[1], {"status": "Accepted"}]))
        index = await session.until(lambda: session.timeline.other_half(sent), 60)
        assert index is not None
        assert session.timeline.answering(index) is AnswerStatus.LATE


@pytest.mark.parametrize(("timeout", "status"), [(30.0, AnswerStatus.LATE), (120.0, AnswerStatus.FIRST)])
async def test_an_answer_after_40_seconds_is_late_by_the_time_out_of_the_session(
    timeout: float, status: AnswerStatus, tmp_path: Path
) -> None:
    """Who gave --call-timeout 120 sees nothing late after 40 s, and an answer that is late was waited for no longer."""
    now = 1_795_341_723_000_000
    settings = SessionSettings(call_timeout=timeout)
    async with central_system(settings, clock=lambda: now) as (session, charger), charger() as socket:
        sent = await session.send_call(await number_of(session), "ClearCache", "{}")
        frame = await read(socket)
        now += 40_000_000
        await socket.send(json.dumps([3, frame[1], {"status": "Accepted"}]))
        index = await session.until(lambda: session.timeline.other_half(sent), 60)
        assert index is not None
        assert session.timeline.answering(index) is status
        assert await session.wait_for_answer(sent, 60) == index


async def test_what_waits_for_an_answer_is_given_up_when_its_time_is_over() -> None:
    """A late answer comes to a call that nobody waits for any more, even where no timer has rung yet."""
    now = 1_795_341_723_000_000
    async with central_system(clock=lambda: now) as (session, charger), charger() as socket:
        sent = await session.send_call(await number_of(session), "ClearCache", "{}")

        async def answer_late() -> None:
            nonlocal now
            frame = await read(socket)
            now += 40_000_000
            await socket.send(json.dumps([3, frame[1], {"status": "Accepted"}]))

        async with asyncio.timeout(60):
            answer, _ = await asyncio.gather(session.wait_for_answer(sent), answer_late())
        assert answer is None


async def test_what_is_sent_has_its_place_in_the_timeline() -> None:
    async with central_system(SessionSettings(automatic=False)) as (session, charger), charger() as socket:
        number, timeline = await number_of(session), session.timeline
        call = await session.send_call(number, "ClearCache", "{}")
        raw = await session.send_raw(number, "no OCPP at all")
        await socket.send('[2,"1","Heartbeat",{}]')
        await socket.send('[2,"2","Heartbeat",{}]')
        await session.until(lambda: len(session.waiting) == 2 or None, 60)
        first, second = session.waiting
        result, error = await session.answer(first, "{}"), await session.held.answer_error(second, "GenericError")
        assert (timeline.kind(call), timeline.action(call)) == (RecordKind.CALL, "ClearCache")
        assert timeline.record(raw).raw == "no OCPP at all"
        assert (timeline.other_half(result), timeline.other_half(error)) == (first, second)


async def test_the_error_to_a_broken_call_is_its_answer() -> None:
    async with central_system() as (session, charger), charger() as socket:
        await socket.send('[2,"4","GetConfiguration",{"key":]')
        assert (await read(socket))[:3] == [4, "4", "FormationViolation"]
        timeline = session.timeline
        answer = await session.until(
            lambda: next((i for i in range(len(timeline)) if timeline.kind(i) is RecordKind.CALLERROR), None), 5
        )
        assert answer is not None
        broken = timeline.other_half(answer)
        assert broken is not None
        assert (timeline.kind(broken), timeline.answering(answer)) == (RecordKind.MALFORMED, AnswerStatus.FIRST)
        assert (timeline.counts.orphans, timeline.counts.unanswered, timeline.counts.calls) == (0, 0, 0)


async def test_answers_to_nothing_and_second_answers_are_shown_as_such() -> None:
    async with central_system() as (session, charger), charger() as socket:
        await session.send_call(await number_of(session), "ClearCache", "{}")
        frame = await read(socket)
        for _ in range(2):
            await socket.send(json.dumps([3, frame[1], {"status": "Accepted"}]))
        await socket.send('[3,"nobody asked",{}]')
        timeline = session.timeline
        assert await session.until(lambda: timeline.counts.orphans or None, 60)
        found = [
            timeline.answering(index) for index in range(len(timeline)) if timeline.kind(index) is RecordKind.CALLRESULT
        ]
        assert found == [AnswerStatus.FIRST, AnswerStatus.SECOND, AnswerStatus.ORPHAN]


async def test_calls_of_a_closed_connection_get_no_answer_and_nothing_can_be_sent() -> None:
    async with central_system() as (session, charger):
        async with charger() as socket:
            number = await number_of(session)
            sent = await session.send_call(number, "ClearCache", "{}")
            await read(socket)
        assert await session.wait_for_answer(sent, 5) is None
        await session.until(lambda: None if session.connections else True, 60)
        with pytest.raises(NotConnected):
            await session.send_call(number, "ClearCache", "{}")


async def test_dead_peers_are_given_up_together() -> None:
    """Leaving a replay of many charge points took seconds for each of them."""
    count = 30

    async def die(socket: ServerConnection) -> None:
        socket.transport.pause_reading()
        await socket.wait_closed()

    session = Session(role=Role.CHARGE_POINT)
    async with serve(die, "127.0.0.1", 0, subprotocols=[Subprotocol("ocpp1.6")], close_timeout=0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        for number in range(count):
            url = f"ws://127.0.0.1:{port}/CP{number}"
            await session.connect(ClientSettings(url=url, versions=(Version.V16,), close_timeout=1.0))
        await session.until(lambda: len(session.connections) == count or None, 60)
        began = time.monotonic()
        await session.close()
        assert 0.9 < time.monotonic() - began < 0.75 * count


async def test_a_charge_point_automatically_sends_one_call_at_a_time() -> None:
    """A backend that answers slowly never gets a second call before its answer (OCPP-J 1.6 section 4.1.1)."""
    async with central_system(SessionSettings(automatic=False)) as (session, _):
        charge_point = Session(role=Role.CHARGE_POINT)
        url = session.listening_urls[0]
        await charge_point.connect(
            ClientSettings(url=url, charge_point="CP1", versions=(Version.V16,), reconnect=False)
        )
        try:
            for _ in range(4):
                [waiting] = await session.until(lambda: session.waiting or None, 60) or []
                await session.answer(waiting, session.held.default_answer(waiting))
                assert len(session.waiting) == 0
        finally:
            await charge_point.close()
        assert actions(session.timeline)[:2] == ["BootNotification", "StatusNotification"]


async def test_a_note_is_in_timeline_and_recording(tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    async with central_system(writer=RecordingWriter(path)) as (session, charger), charger():
        index = session.add_note("here the cable was pulled")
        assert session.timeline.record(index).detail["text"] == "here the cable was pulled"
    assert "here the cable was pulled" in path.read_text()


async def test_what_was_recorded_is_what_was_seen(tmp_path: Path) -> None:
    """The file gives back every record of the live session: kind, time, direction, answer, latency, verdict."""
    path = tmp_path / "session.jsonl"
    async with central_system(writer=RecordingWriter(path)) as (session, charger):
        async with charger() as socket:
            await socket.send(BOOT)
            await read(socket)
            await socket.send(b'[2,"x","Heartbeat",{\xff}]', text=True)
            await socket.send("[2,")
            await session.until(lambda: session.timeline.counts.malformed == 2 or None, 60)
        await session.until(lambda: None if session.connections else True, 60)
        live = session.timeline
        stored = Timeline()
        indexer = index_all(path, stored)
        assert len(stored) == len(live)
        for index in range(len(live)):
            for what in ("kind", "time", "direction", "action", "other_half", "latency", "verdict", "charge_point"):
                assert getattr(stored, what)(index) == getattr(live, what)(index), (what, index)
            assert stored.record(index).raw == live.record(index).raw
        indexer.close()


async def test_a_fault_of_one_frame_does_not_end_the_session() -> None:
    """After twenty kinds of malformed input the charge point still gets answers."""
    rubbish: list[str | bytes] = ["", "[", "{}", "[[]]", "null", "[2]", '[2,""]', "\x00", b"\xff", "[" * 500, '[7,"a"]']
    async with central_system() as (session, charger), charger() as socket:
        for frame in rubbish:
            await socket.send(frame, text=True)
        await socket.send('[2,"last","Heartbeat",{}]')
        while (await read(socket))[1] != "last":
            pass
        assert session.timeline.counts.malformed == len(rubbish)


async def test_files_open_piece_by_piece_and_problems_are_reported(tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    async with central_system(writer=RecordingWriter(path)) as (_, charger), charger() as socket:
        await socket.send(BOOT)
        await read(socket)
    path.write_bytes(path.read_bytes() + b"no record\n")
    opening = FileSession([path, path])
    while not opening.advance(0.01):
        assert opening.progress <= 1
    assert opening.progress == 1
    timeline = opening.session.timeline
    assert actions(timeline) == ["BootNotification", "BootNotification"]
    assert {timeline.connection(index) for index in range(len(timeline)) if timeline.connection(index)} == {1, 2}
    assert [str(problem.unreadable) for problem in opening.problems][0].startswith("line ")
    assert isinstance(timeline.frame(actions_index(timeline)), Message)
    await opening.close()


def actions_index(timeline: Timeline) -> int:
    return next(index for index in range(len(timeline)) if timeline.kind(index) is RecordKind.CALL)


async def test_lenient_answers_what_strict_refuses_and_can_be_switched() -> None:
    """A charge point with numeric message ids could not be used, or would seem to be correct."""
    async with central_system() as (session, charger), charger() as socket:
        for lenient in (False, True, False):
            session.lenient = lenient
            await socket.send('[2,12345,"Heartbeat",{}]')
            answer = await read(socket)
            assert answer[:2] == [3 if lenient else 4, 12345]
        frames = [session.timeline.frame(index) for index in range(len(session.timeline))]
    calls = [frame for frame in frames if isinstance(frame, Message) and frame.action]
    assert [[defect.name for defect in call.defects] for call in calls] == [["integer-id"]] * 3


CENTRAL_SYSTEM = """
import asyncio, sys
from pathlib import Path
from ocpptui.network.server_settings import ServerSettings
from ocpptui.ocpp.version import Role
from ocpptui.recording.writer import RecordingWriter
from ocpptui.session.session import Session

async def main():
    session = Session(role=Role.CENTRAL_SYSTEM, writer=RecordingWriter(Path(sys.argv[1])))
    await session.listen(ServerSettings(host="127.0.0.1", port=0))
    print(session.listening_urls[0], flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_a_kill_loses_no_answer_that_a_charge_point_got(tmp_path: Path) -> None:
    """The records of one turn are written together, before any of its messages is sent."""
    path = tmp_path / "session.jsonl"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CENTRAL_SYSTEM, str(path), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    url = (await process.stdout.readline()).decode().strip()
    answered: set[str] = set()

    async def call_on_and_on(name: str) -> None:
        async with connect(f"{url}{name}", subprotocols=[Subprotocol("ocpp1.6")]) as charger:
            with suppress(ConnectionClosed):
                for number in range(100_000):
                    await charger.send(f'[2,"{name}-{number}","Heartbeat",{{}}]')
                    answered.add(json.loads(await charger.recv())[1])

    async def kill() -> None:
        while len(answered) < 200:
            await asyncio.sleep(0.001)
        process.kill()

    async with asyncio.timeout(60):
        await asyncio.gather(kill(), *(call_on_and_on(f"CP{number}") for number in range(5)))
    await process.wait()
    stored = Timeline()
    indexer = index_all(path, stored)
    assert indexer.problems == []
    frames = [stored.frame(i) for i in range(len(stored)) if stored.kind(i) is RecordKind.CALLRESULT]
    assert answered <= {frame.id for frame in frames if frame is not None}
    indexer.close()
