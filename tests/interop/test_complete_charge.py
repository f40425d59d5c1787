"""Complete charges over real sockets, frame by frame, with ourselves and with the `ocpp` package on the other side.

If one of these fails, the charge that a user plays to try a backend, or that a backend is watched at, is not the one
that OCPP describes.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import websockets
from click.testing import CliRunner
from websockets.asyncio.server import ServerConnection, serve

from ocpptui.cli import program
from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.server_settings import ServerSettings
from ocpptui.ocpp.message import Message, MessageKind
from ocpptui.ocpp.version import Direction, Role, Version
from ocpptui.recording.writer import RecordingWriter
from ocpptui.session.session import Session
from ocpptui.session.settings import SessionSettings
from ocpptui.simulator.behaviour_settings import ChargePointSettings
from ocpptui.simulator.driver_side import Operation
from ocpptui.timeline.record import RecordKind
from tests.interop.charge_stories import FINDINGS, steps_of, stories
from tests.interop.package_peers import PackageSide, PackageStation, backend_answers
from tests.interop.schema_peer import problems
from tests.kit.station_bench import STATION, VERSIONS
from tests.kit.story import story_line

PATIENCE = 60.0
Payload = dict[str, Any]
Ask = Callable[[str, Payload], Awaitable[Payload]]
CASES = [
    pytest.param(version, story, id=f"{version}-{story.replace(' ', '-')}")
    for version in VERSIONS
    for story in stories(version)
]
READINGS = ("MeterValues", "TransactionEvent Updated MeterValuePeriodic")


class CallsOfCharge:
    """The calls of a charge in the timeline of one of its sides, from the first to the last."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._seen = 0
        self.readings: list[Payload] = []

    async def call(self) -> str:
        """The next call, but for meter values, in a line; that of a central system begins with <."""

        def find() -> str | None:
            timeline = self.session.timeline
            while self._seen < len(timeline):
                index, self._seen = self._seen, self._seen + 1
                frame = timeline.frame(index)
                if timeline.kind(index) is not RecordKind.CALL or not isinstance(frame, Message):
                    continue
                line = story_line(frame.action or "", frame.payload)
                if line not in READINGS:
                    return line if timeline.direction(index) is Direction.TO_CSMS else f"< {line.split()[0]}"
                self.readings.append(frame.payload)
            return None

        found = await self.session.until(find, PATIENCE)
        assert found is not None, "nothing more was said"
        return found

    async def reading(self) -> None:
        """Wait until another meter value is there, and no other call before it."""
        timeline = self.session.timeline

        def find() -> bool | None:
            for index in range(self._seen, len(timeline)):
                frame = timeline.frame(index)
                if timeline.kind(index) is RecordKind.CALL and isinstance(frame, Message):
                    line = story_line(frame.action or "", frame.payload)
                    assert line in READINGS, f"{line} before the meter value"
                    if timeline.other_half(index) is not None:
                        return True
            return None

        assert await self.session.until(find, PATIENCE), "no meter value came"

    def assert_valid(self) -> None:
        """Every frame is valid by the schema, and every call has a CALLRESULT unless its connection was lost."""
        timeline = self.session.timeline
        lasting = max(timeline.connection(index) for index in range(len(timeline)))
        for index in range(len(timeline)):
            frame, version = timeline.frame(index), timeline.version(index)
            if not isinstance(frame, Message) or version is None:
                continue
            assert not frame.kind.is_error, frame.raw
            part = "request" if frame.kind is MessageKind.CALL else "response"
            assert problems(version, timeline.action(index) or "", part, frame.payload) == [], frame.raw
            assert timeline.other_half(index) is not None or timeline.connection(index) != lasting, frame.raw


def assert_checked(recording: Path, expected: set[str]) -> None:
    """`ocpptui check` warns of what the story is about, and of nothing else."""
    done = CliRunner().invoke(program, ["check", str(recording), "--format", "json", "--severity", "warning"])
    report = json.loads(done.stdout)
    found = {rule["rule"] if isinstance(rule, dict) else rule for rule in report["rules"]}
    assert found == expected, (recording.name, report["findings"])
    assert report["verdict"] != "not-checked"


# -- our charge point -----------------------------------------------------------------------------------------------

FAST = ChargePointSettings(connectors=1, meter_interval=1, speed=50.0, step=0.1)


@asynccontextmanager
async def our_backend(version: Version, recording: Path) -> AsyncIterator[tuple[str, Ask]]:
    """The URL of a session of ours, and how its operator makes a call."""
    central = Session(role=Role.CENTRAL_SYSTEM, writer=RecordingWriter(recording))
    await central.listen(ServerSettings(host="127.0.0.1", port=0))

    async def ask(action: str, payload: Payload) -> Payload:
        connection = central.connection_of(STATION)
        assert connection is not None
        sent = await central.send_call(connection.number, action, json.dumps(payload))
        index = await central.wait_for_answer(sent, PATIENCE)
        assert index is not None
        frame = central.timeline.frame(index)
        assert isinstance(frame, Message)
        answer: Payload = frame.payload
        return answer

    try:
        yield central.listening_urls[0], ask
    finally:
        await central.close()


@asynccontextmanager
async def package_backend(version: Version, recording: Path) -> AsyncIterator[tuple[str, Ask]]:
    """The same with the package's class, one object for each connection."""
    connected: list[PackageSide] = []
    answers = backend_answers(version)

    async def play(connection: ServerConnection) -> None:
        connected.append(PackageSide(version, connection, answers))
        try:
            await connected[-1].start()
        except websockets.ConnectionClosed:
            return

    async def ask(action: str, payload: Payload) -> Payload:
        return await connected[-1].ask(action, payload)

    subprotocols = [websockets.Subprotocol(version.subprotocol)]
    async with serve(play, "127.0.0.1", 0, subprotocols=subprotocols) as server:
        yield f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}/", ask


@pytest.mark.parametrize(("version", "story"), CASES)
@pytest.mark.parametrize("peer", ["ocpptui", "ocpp package"])
def test_our_charge_point_charges(version: Version, story: str, peer: str, tmp_path: Path) -> None:
    asyncio.run(_play(version, story, tmp_path, package_backend if peer == "ocpp package" else our_backend))
    for recording in tmp_path.glob("*.jsonl"):
        assert_checked(recording, FINDINGS.get(story, set()))


async def _play(version: Version, story: str, folder: Path, backend: Any) -> None:
    settings = SessionSettings(charge_point=FAST)
    station = Session(role=Role.CHARGE_POINT, settings=settings, writer=RecordingWriter(folder / "station.jsonl"))
    async with backend(version, folder / "central.jsonl") as (url, ask):
        try:
            await station.connect(ClientSettings(url=url, charge_point=STATION, versions=(version,)))
            wire = CallsOfCharge(station)
            for step in [*steps_of("boot", version), *steps_of(story, version)]:
                await _take(step, wire, station, version, ask)
            assert await station.until(lambda: not station.timeline.in_flight_count or None, PATIENCE)
            wire.assert_valid()
            if version is not Version.V16:
                assert any(reading.get("offline") for reading in wire.readings) == ("offline" in story)
        finally:
            await station.close()


async def _take(step: str, wire: CallsOfCharge, station: Session, version: Version, ask: Ask) -> None:
    """Do what the step says, or see that it is what happens next."""
    who, _, what = step.partition(": ")
    if who == "driver":
        name, _, argument = what.partition(" ")
        assert station.operate(STATION, Operation(name, 0, argument)) == ""
    elif who == "backend":
        [view] = station.behaviours.connector_views(STATION)
        assert (await ask(*order(what, version, view.transaction)))["status"] == "Accepted"
    elif step == "reading":
        await wire.reading()
    elif step == "offline reading":
        assert await station.until(lambda: not station.connections or None, PATIENCE)
        await _queue_is(station, empty=False)
    elif step == "delivered":
        await _queue_is(station, empty=True)
    else:
        assert await wire.call() == step


async def _queue_is(station: Session, *, empty: bool) -> None:
    """Wait until something about the transaction waits to be delivered, or nothing any more."""
    behaviour = station.behaviours.charge_point(STATION)
    assert behaviour is not None
    async with asyncio.timeout(PATIENCE):
        while bool(len(behaviour.device.queue)) == empty:
            await asyncio.sleep(0.02)


def order(what: str, version: Version, transaction: str) -> tuple[str, Payload]:
    """What the operator of a central system calls to start or stop a charge."""
    if version is Version.V16:
        if what == "start":
            return "RemoteStartTransaction", {"connectorId": 1, "idTag": "APP-1"}
        return "RemoteStopTransaction", {"transactionId": int(transaction)}
    if what == "start":
        token = {"idToken": "APP-1", "type": "Central"}
        return "RequestStartTransaction", {"evseId": 1, "remoteStartId": 7, "idToken": token}
    return "RequestStopTransaction", {"transactionId": transaction}


# -- our central system ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("version", "story"), CASES)
def test_a_charge_point_of_the_package_charges_at_our_central_system(
    version: Version, story: str, tmp_path: Path
) -> None:
    """Each answer is what the package takes for valid, and none refuses anything."""
    recording = tmp_path / "central.jsonl"
    asyncio.run(_let_package_charge(version, story, recording))
    assert_checked(recording, FINDINGS.get(story, set()))


async def _let_package_charge(version: Version, story: str, recording: Path) -> None:
    central = Session(role=Role.CENTRAL_SYSTEM, writer=RecordingWriter(recording))
    await central.listen(ServerSettings(host="127.0.0.1", port=0))
    station = PackageStation(version, f"{central.listening_urls[0]}{STATION}")
    try:
        await station.connect()
        wire = CallsOfCharge(central)
        for step in [*steps_of("boot", version), *steps_of(story, version)]:
            who, _, what = step.partition(": ")
            if who == "driver":
                await _drive(station, what)
            elif who == "backend":
                connection = central.connection_of(STATION)
                assert connection is not None
                action, payload = order(what, version, station.transaction)
                await central.wait_for_answer(
                    await central.send_call(connection.number, action, json.dumps(payload)), PATIENCE
                )
            elif step in ("reading", "offline reading"):
                await station.read_meter()
            elif step == "delivered":
                await station.deliver()
            elif step.startswith("< "):
                assert station.requested[-1] == step[2:]
                assert await wire.call() == step
            else:
                answer = await station.say(step)
                status = answer.get("idTagInfo") or answer.get("idTokenInfo") or answer
                assert status.get("status", "Accepted") == "Accepted"
                assert await wire.call() == step
        wire.assert_valid()
    finally:
        await station.close()
        await central.close()


async def _drive(station: PackageStation, what: str) -> None:
    match what.split()[0]:
        case "card":
            station.present("CARD-1", "ISO14443")
        case "plug-and-charge":
            station.present("DE8AAA1B2C3D45", "eMAID")
        case "offline":
            await station.cut()
        case "online":
            await station.connect()
        case "power-loss":
            await station.cut()
            await station.connect()
