"""A charge point of OCPP-S against a bare HTTP server and client: what it posts, and what is posted to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientSession, web

from ocpptui.network.backoff import BackOff
from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.credentials import Credentials
from ocpptui.network.soap_charge_point import SoapChargePoint
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.soap_encoding import SOAP, read_envelope
from ocpptui.ocpp.version import Transport, Version
from ocpptui.runtime.tasks import Tasks
from ocpptui.timeline.record import ConnectionEvent, Origin, RecordKind
from tests.kit.certificates import Authority, Pair
from tests.network.watching import PATIENCE, Watcher, listening
from tests.ocpp.envelopes import CP_15, CS_15, fault, request, response

Answer = Callable[[web.Request, str], Awaitable[web.Response]]


@asynccontextmanager
async def central_system(answer: Answer, port: int = 0) -> AsyncIterator[int]:
    """A bare HTTP server that answers as told; its port."""

    async def take(posted: web.Request) -> web.Response:
        return await answer(posted, await posted.text())

    app = web.Application()
    app.router.add_post("/{path:.*}", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


@asynccontextmanager
async def charge_point(watcher: Watcher, url: str, **settings: Any) -> AsyncIterator[SoapChargePoint]:
    given = {"charge_point": "CP001", "versions": (Version.V15,), "reconnect": False, **settings}
    link = SoapChargePoint(ClientSettings(url=url, **given), watcher, random=lambda: 0.0)
    tasks = Tasks("test")
    running = tasks.start(link.run(), "client link")
    try:
        yield link
    finally:
        await link.close()
        await asyncio.wait_for(running, PATIENCE)


async def beat(posted: web.Request, text: str) -> web.Response:
    call = SOAP.read(text)
    assert isinstance(call, Message)
    return web.Response(
        text=response("Heartbeat", "<o:currentTime>x</o:currentTime>", service=CS_15, relates_to=call.id)
    )


async def test_it_posts_its_requests_and_hears_their_answers() -> None:
    seen: list[web.Request] = []

    async def answer(posted: web.Request, text: str) -> web.Response:
        seen.append(posted)
        return await beat(posted, text)

    watcher = Watcher()
    async with (
        central_system(answer) as port,
        charge_point(
            watcher,
            f"http://127.0.0.1:{port}/ocpp/CentralSystem",
            credentials=Credentials.parse(None, "secret"),
            headers=(("X-Own", "1"),),
        ) as link,
    ):
        connection = await watcher.connection()
        for number in ("1", "2"):
            connection.write(connection.encoding.call(number, "Heartbeat", "{}"), Origin.BEHAVIOUR)
        await watcher.until(lambda: len(watcher.messages()) == 4)
        assert link.connection is connection and connection.version is Version.V15
    assert [one.transport for one in watcher.records] == [Transport.SOAP] * len(watcher.records)
    (opened,) = watcher.events(ConnectionEvent.OPENED)
    _, said = read_envelope(str(watcher.messages()[0].raw))
    assert said is not None
    assert (said.charge_point, said.sender) == ("CP001", opened.detail["callback"])
    assert said.recipient == f"http://127.0.0.1:{port}/ocpp/CentralSystem"
    assert (seen[0].path, seen[0].headers["X-Own"]) == ("/ocpp/CentralSystem", "1")
    assert seen[0].headers["Authorization"].startswith("Basic ") and "secret" not in str(watcher.records)
    assert seen[0].content_type == "application/soap+xml"


async def test_it_takes_requests_at_the_address_that_it_names() -> None:
    """The address is one of this machine at which the central system is reached, and no other can use it."""
    watcher = Watcher()
    async with central_system(beat) as port, charge_point(watcher, f"http://127.0.0.1:{port}/") as link:
        connection = await watcher.connection()
        address = watcher.events(ConnectionEvent.OPENED)[0].detail["callback"]
        assert address.startswith("http://127.0.0.1:")

        def answer(record: Any, of: Any) -> None:
            if record.kind is RecordKind.CALL and record.origin is Origin.WIRE:
                connection.write(connection.encoding.result(record.frame, '{"status":"Accepted"}'), Origin.BEHAVIOUR)

        watcher.on_record = answer
        async with ClientSession() as session:
            text = request("Reset", "<o:type>Soft</o:type>", service=CP_15)
            async with session.post(address, data=text) as given:
                said = SOAP.read(await given.text())
                assert isinstance(said, Message) and (given.status, said.payload) == (200, {"status": "Accepted"})
            async with session.post(address, data=request("Reset", service=CP_15, identity="CP2")) as given:
                refusal = SOAP.read(await given.text())
                assert isinstance(refusal, Message) and (given.status, refusal.error_code) == (400, "IdentityMismatch")
            async with session.get(address, headers={"Upgrade": "websocket", "Connection": "Upgrade"}) as given:
                assert given.status == 405 and "wants a WebSocket" in await given.text()
        assert [one.detail["problem"] for one in watcher.events(ConnectionEvent.REFUSED)] == [
            "soap-for-another",
            "websocket-on-soap-port",
        ]
        link.stay_away(None)
        await watcher.event(ConnectionEvent.CLOSED)
        async with ClientSession() as session, session.post(address, data=text) as given:
            assert given.status == 503


async def test_a_named_callback_replaces_its_own_address() -> None:
    watcher = Watcher()
    async with (
        central_system(beat) as port,
        charge_point(watcher, f"http://127.0.0.1:{port}", callback="https://nat.example/{id}", charge_point="A B"),
    ):
        connection = await watcher.connection()
        _, said = read_envelope(connection.encoding.call("1", "Heartbeat", "{}"))
        assert said is not None and said.sender == "https://nat.example/A%20B"


async def test_it_is_connected_only_while_something_answers() -> None:
    """The queue of an offline charge point depends on it: it ends with a post that fails, and comes back."""
    watcher = Watcher()
    quick = BackOff(wait_minimum=0.05, random_range=0.0, repeat_times=0)
    async with central_system(beat) as port:
        link = charge_point(watcher, f"http://127.0.0.1:{port}", reconnect=True, backoff=quick)
        await link.__aenter__()
        connection = await watcher.connection()
    connection.write(connection.encoding.call("1", "Heartbeat", "{}"), Origin.BEHAVIOUR)
    closed = await watcher.event(ConnectionEvent.CLOSED)
    assert closed.detail["problem"] == "soap-post-failed" and "retryInSeconds" in closed.detail
    failed = await watcher.event(ConnectionEvent.FAILED)
    assert failed.detail["problem"] == "tcp-refused"
    async with central_system(beat, port):
        await watcher.event(ConnectionEvent.OPENED, 2)
        await link.__aexit__(None, None, None)


async def test_an_answer_without_an_envelope_is_named_with_its_status() -> None:
    async def refuse(posted: web.Request, text: str) -> web.Response:
        return web.Response(status=401, text="Not authorized.")

    watcher = Watcher()
    async with central_system(refuse) as port, charge_point(watcher, f"http://127.0.0.1:{port}"):
        connection = await watcher.connection()
        connection.write(connection.encoding.call("1", "Heartbeat", "{}"), Origin.BEHAVIOUR)
        closed = await watcher.event(ConnectionEvent.CLOSED)
    assert "answered with status 401 and without an envelope" in closed.detail["error"]


async def test_a_fault_is_the_answer_whatever_its_status() -> None:
    async def refuse(posted: web.Request, text: str) -> web.Response:
        call = SOAP.read(text)
        assert isinstance(call, Message)
        return web.Response(status=500, text=fault("InternalError", "broken", service=CS_15, relates_to=call.id))

    watcher = Watcher()
    async with central_system(refuse) as port, charge_point(watcher, f"http://127.0.0.1:{port}"):
        connection = await watcher.connection()
        connection.write(connection.encoding.call("1", "Heartbeat", "{}"), Origin.BEHAVIOUR)
        _, answer = await watcher.until(lambda: watcher.messages() if len(watcher.messages()) == 2 else None)
    assert isinstance(answer.frame, Message) and answer.frame.error_code == "InternalError"


async def test_it_connects_with_tls_to_whom_it_trusts_and_no_connection_is_lost(
    local_pair: Pair, authority: Authority, other_authority: Authority
) -> None:
    theirs, ours, wary = Watcher(), Watcher(), Watcher()

    def answer(record: Any, connection: Any) -> None:
        if record.kind is RecordKind.CALL and record.origin is Origin.WIRE:
            connection.write(connection.encoding.result(record.frame, '{"currentTime":"x"}'), Origin.BEHAVIOUR)

    theirs.on_record = answer
    own = {"certificate": local_pair.certificate, "key": local_pair.key, "soap_port": 0}
    async with listening(theirs, **own) as link:
        async with charge_point(ours, link.urls[-1], ca=authority.path):
            connection = await ours.connection()
            connection.write(connection.encoding.call("1", "Heartbeat", "{}"), Origin.BEHAVIOUR)
            await ours.until(lambda: len(ours.messages()) == 2)
            assert ours.events(ConnectionEvent.OPENED)[0].detail["tls"]["verified"]
        async with charge_point(wary, link.urls[-1], ca=other_authority.path):
            failed = await wary.event(ConnectionEvent.FAILED)
            assert failed.detail["step"] == "tls" and "certificate" in failed.detail["error"]
    assert not [one for one in theirs.events(ConnectionEvent.FAILED) if one.detail["problem"] == "peer-left-silently"]
