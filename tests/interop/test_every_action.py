"""Every action of every version, in each of its directions, against an independent implementation on real sockets.

If one of these fails, a user cannot send that action to a real backend or charger, or cannot be sent it. The peer is
the `ocpp` package's own `ChargePoint` class: it decodes, validates and answers by its own code. Where that package is
at fault, `DEFECTS` names the defect and a bare peer stands in that validates with the `jsonschema` package.
"""

from __future__ import annotations

import asyncio
import importlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import websockets
from ocpp.charge_point import ChargePoint as OcppPeer
from ocpp.charge_point import camel_to_snake_case, remove_nones, serialize_as_dict, snake_to_camel_case
from ocpp.messages import Call as OcppCall
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve

from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.connection import Connection
from ocpptui.network.server_settings import ServerSettings
from ocpptui.ocpp import actions as catalog
from ocpptui.ocpp.judgement import Verdict
from ocpptui.ocpp.message import Message, MessageKind
from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.version import Direction, Role, Transport, Version
from ocpptui.session.session import Session
from ocpptui.session.settings import SessionSettings
from ocpptui.simulator.effects import Behaviour
from ocpptui.timeline.record import RecordKind
from tests.interop.form_examples import examples
from tests.interop.schema_peer import problems

PACKAGES = {Version.V16: "v16", Version.V201: "v201", Version.V21: "v21"}

CASES = [
    pytest.param(version, action.name, direction, id=f"{version}-{action.name}-{direction}")
    for version in Version.offered(Transport.JSON)
    for action in catalog.actions(version)
    for direction in action.directions
]


def example(version: Version, action: str, part: Part, whole: bool = True) -> dict[str, Any]:
    return examples(version, action, part)[0 if whole else 1]


def defect(version: Version, action: str, payload: dict[str, Any], part: Part) -> str | None:
    """Why the `ocpp` package cannot carry this payload; None where it can.

    Its defects are found by asking it, so that a release that mends one makes the package the peer again.
    """
    if action == "NotifyPeriodicEventStream":
        return "the package has neither the action nor message type 6 (SEND)"
    module = importlib.import_module(f"ocpp.{PACKAGES[version]}.{'call' if part is Part.REQUEST else 'call_result'}")
    snake = camel_to_snake_case(payload)
    try:
        instance = getattr(module, action)(**snake)
    except TypeError as error:
        return f"the package's {action} class does not take what its own decoder gives: {error}"
    if remove_nones(snake_to_camel_case(serialize_as_dict(instance))) != payload:
        return "the package's key conversion does not survive the way there and back"
    return None


class PackagePeer(OcppPeer):  # type: ignore[misc]
    """The package's class with a handler for every action, which notes what it was given."""

    def __init__(self, version: Version, connection: Any) -> None:
        super().__init__("CP001", connection)
        self._ocpp_version = str(version)
        self._call_result = importlib.import_module(f"ocpp.{PACKAGES[version]}.call_result")
        self._call = importlib.import_module(f"ocpp.{PACKAGES[version]}.call")
        self.received: dict[str, dict[str, Any]] = {}
        self.route_map = {
            action.name: {"_on_action": self._handler(version, action.name), "_skip_schema_validation": False}
            for action in catalog.actions(version)
            if not action.is_send
        }

    def _handler(self, version: Version, action: str) -> Any:
        def handle(**payload: Any) -> Any:
            getattr(self._call, action)(**payload)  # its own dataclass takes the decoded payload
            self.received[action] = payload
            answer = example(version, action, Part.RESPONSE)
            if defect(version, action, answer, Part.RESPONSE):
                answer = example(version, action, Part.RESPONSE, whole=False)
            return getattr(self._call_result, action)(**camel_to_snake_case(answer))

        return handle


class BarePeer:
    """Reads frames by itself, judges payloads by the published schemas, answers by hand."""

    def __init__(self, version: Version, connection: ClientConnection | ServerConnection) -> None:
        self.version = version
        self.connection = connection
        self.received: dict[str, dict[str, Any]] = {}
        self.found: list[str] = []
        self.answers: asyncio.Queue[list[Any]] = asyncio.Queue()

    async def start(self) -> None:
        async for message in self.connection:
            frame = json.loads(message)
            if frame[0] in (2, 6):
                self.found += problems(self.version, frame[2], "request", frame[3])
                self.received[frame[2]] = frame[3]
            if frame[0] == 2:
                answer = example(self.version, frame[2], Part.RESPONSE)
                await self.connection.send(json.dumps([3, frame[1], answer]))
            elif frame[0] in (3, 4):
                self.answers.put_nowait(frame)


def client_only(connection: Connection) -> Behaviour | None:
    """No behaviour: the call under test is the only traffic."""
    return None


@asynccontextmanager
async def connected(
    version: Version, role: Role, *, package: bool, automatic: bool
) -> AsyncIterator[tuple[Session, int, Any]]:
    """Our session in `role`, the number of its connection, and the peer on the other side of a real socket."""
    session = Session(
        role=role,
        settings=SessionSettings(automatic=automatic),
        behaviour=None if automatic else client_only,
    )
    peers: asyncio.Queue[PackagePeer | BarePeer] = asyncio.Queue()

    async def play(connection: ClientConnection | ServerConnection) -> None:
        peer = PackagePeer(version, connection) if package else BarePeer(version, connection)
        peers.put_nowait(peer)
        try:
            await peer.start()
        except websockets.ConnectionClosed:
            return

    subprotocols = [websockets.Subprotocol(version.subprotocol)]
    if role is Role.CHARGE_POINT:
        async with serve(play, "127.0.0.1", 0, subprotocols=subprotocols) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            url = f"ws://127.0.0.1:{port}/CP001"
            await session.connect(ClientSettings(url=url, charge_point="CP001", versions=(version,), reconnect=False))
            peer = await peers.get()
            number = await session.until(lambda: next(iter(session.connections), None), 60)
            assert number is not None
            try:
                yield session, number, peer
            finally:
                await session.close()
        return
    await session.listen(ServerSettings(host="127.0.0.1", port=0))
    url = session.listening_urls[0].rstrip("/") + "/CP001"
    async with connect(url, subprotocols=subprotocols) as connection, asyncio.TaskGroup() as group:
        task = group.create_task(play(connection))
        peer = await peers.get()
        number = await session.until(lambda: next(iter(session.connections), None), 60)
        assert number is not None
        try:
            yield session, number, peer
        finally:
            await session.close()
            task.cancel()


@pytest.mark.parametrize(("version", "action", "direction"), CASES)
async def test_sent_by_us(version: Version, action: str, direction: Direction) -> None:
    """A user composes the action from its field tree; the peer decodes it, finds it valid and answers."""
    role = Role.CHARGE_POINT if direction is Direction.TO_CSMS else Role.CENTRAL_SYSTEM
    payload = example(version, action, Part.REQUEST)
    package = defect(version, action, payload, Part.REQUEST) is None
    async with connected(version, role, package=package, automatic=False) as (session, number, peer):
        sent = await session.send_call(number, action, json.dumps(payload))
        if action == "NotifyPeriodicEventStream":
            assert session.timeline.kind(sent) is RecordKind.SEND
            async with asyncio.timeout(10):
                while action not in peer.received:
                    await asyncio.sleep(0.005)
        else:
            index = await session.wait_for_answer(sent, 60)
            assert index is not None, "the peer did not answer"
            frame = session.timeline.frame(index)
            assert isinstance(frame, Message)
            assert frame.kind is MessageKind.CALLRESULT, frame.raw
            assert session.timeline.action(index) == action
            assert session.timeline.other_half(index) == sent
            assert session.timeline.verdict(index) is Verdict.VALID, session.timeline.violations(index)
            assert session.timeline.verdict(sent) is Verdict.VALID
        if package:
            assert peer.received[action] == camel_to_snake_case(payload)
        else:
            assert peer.received[action] == payload
            assert peer.found == []


@pytest.mark.parametrize(("version", "action", "direction"), CASES)
async def test_received_by_us(version: Version, action: str, direction: Direction) -> None:
    """The peer sends the action; we show it as valid and answer what the peer takes for a valid answer."""
    role = Role.CENTRAL_SYSTEM if direction is Direction.TO_CSMS else Role.CHARGE_POINT
    payload = example(version, action, Part.REQUEST)
    package = defect(version, action, payload, Part.REQUEST) is None
    async with connected(version, role, package=package, automatic=True) as (session, number, peer):
        if role is Role.CHARGE_POINT:
            await _wait_until_booted(session)
        if package:
            answer = await _call_by_package(version, peer, action, payload)
            assert problems(version, action, "response", answer) == []
        elif action == "NotifyPeriodicEventStream":
            await peer.connection.send(json.dumps([6, "id-1", action, payload]))
        else:
            await peer.connection.send(json.dumps([2, "id-1", action, payload]))
            async with asyncio.timeout(10):
                frame = await peer.answers.get()
                while frame[1] != "id-1":
                    frame = await peer.answers.get()
            assert frame[0] == 3, frame
            assert problems(version, action, "response", frame[2]) == []
        timeline = session.timeline

        def seen() -> int | None:
            for index in range(len(timeline)):
                found = timeline.kind(index).is_call and timeline.action(index) == action
                if found and timeline.direction(index) is direction:
                    return index
            return None

        index = await session.until(seen, 60)
        assert index is not None
        assert timeline.verdict(index) is Verdict.VALID, timeline.violations(index)
        if action == "NotifyPeriodicEventStream":
            assert timeline.other_half(index) is None, "a SEND is never answered"


OTHERS = [
    pytest.param(version, role, id=f"{version}-{role}")
    for version in Version.spoken(Transport.JSON)
    if version not in PACKAGES
    for role in Role
]
"""The versions that the package does not have; their peer is a bare one."""
NOT_SIMULATED = {
    (Version.V20, Role.CHARGE_POINT): {"NotifyCentralChargingNeeds", "Renegotiate15118Schedule", "SetNetworkProfile"},
    (Version.V20, Role.CENTRAL_SYSTEM): {"GetCertificateStatus", "NotifyEVChargingSchedule"},
}
"""What 2.0.1, as which the simulator plays 2.0, does not have, or has with further fields that are required."""


@pytest.mark.parametrize(("version", "role"), OTHERS)
async def test_every_action_of_a_version_that_the_package_lacks_is_sent_by_us(version: Version, role: Role) -> None:
    async with connected(version, role, package=False, automatic=False) as (session, number, peer):
        for action in catalog.actions(version, role):
            for payload in examples(version, action.name, Part.REQUEST):
                sent = await session.send_call(number, action.name, json.dumps(payload))
                index = await session.wait_for_answer(sent, 60)
                assert index is not None and session.timeline.kind(index) is RecordKind.CALLRESULT, action
                for row in (sent, index):
                    assert session.timeline.verdict(row) is Verdict.VALID, session.timeline.violations(row)
                assert (peer.received[action.name], peer.found) == (payload, [])


@pytest.mark.parametrize(("version", "role"), OTHERS)
async def test_every_action_of_a_version_that_the_package_lacks_is_answered_by_us(version: Version, role: Role) -> None:
    async with connected(version, role, package=False, automatic=True) as (session, _, peer):
        if role is Role.CHARGE_POINT:
            await _wait_until_booted(session)
        refused = set()
        # After Reset the behaviour restarts and answers nothing more.
        for action in sorted(catalog.actions(version, role.other), key=lambda one: one.name == "Reset"):
            for count, payload in enumerate(examples(version, action.name, Part.REQUEST)):
                message_id = f"{action.name}-{count}"
                await peer.connection.send(json.dumps([2, message_id, action.name, payload]))
                async with asyncio.timeout(10):
                    while (frame := await peer.answers.get())[1] != message_id:
                        pass
                if frame[0] == 4:
                    refused.add(action.name)
                    assert frame[2] == "NotSupported" and "2.0 is simulated as 2.0.1" in frame[3], frame
                    continue
                assert problems(version, action.name, "response", frame[2]) == []
                if action.name == "Reset":
                    break
        assert refused == NOT_SIMULATED.get((version, role), set())
        timeline = session.timeline
        heard = [row for row in range(len(timeline)) if timeline.kind(row) is RecordKind.CALL]
        of_peer = [row for row in heard if timeline.direction(row) is role.other.sends]
        assert {timeline.verdict(row) for row in of_peer} == {Verdict.VALID}
        assert {timeline.action(row) for row in of_peer} == {one.name for one in catalog.actions(version, role.other)}


async def _wait_until_booted(session: Session) -> None:
    def booted() -> bool | None:
        return session.knowledge["CP001"].registration is not None or None

    assert await session.until(booted, 60)


async def _call_by_package(version: Version, peer: PackagePeer, action: str, payload: dict[str, Any]) -> dict[str, Any]:
    """Send by the package's own encoder and take the answer as its own decoder validated it."""
    instance = getattr(peer._call, action)(**camel_to_snake_case(payload))
    encoded = remove_nones(snake_to_camel_case(serialize_as_dict(instance)))
    message = OcppCall(unique_id="id-1", action=action, payload=encoded)
    await peer._send(message.to_json())
    response = await peer._get_specific_response("id-1", 10)
    assert response.message_type_id == 3, response
    assert isinstance(response.payload, dict)
    return response.payload
