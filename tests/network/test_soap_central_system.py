"""A central system of OCPP-S against a bare HTTP client and server: what charge points post and are posted."""

from __future__ import annotations

import gzip
import json
import ssl
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientSession, ServerDisconnectedError, web
from websockets.asyncio.client import connect

from ocpptui.network.central_system_server import CentralSystemServer
from ocpptui.network.connection import Connection
from ocpptui.network.credentials import Credentials
from ocpptui.network.problems import ProblemCode
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.soap_encoding import SOAP, read_envelope
from ocpptui.ocpp.version import Transport, Version
from ocpptui.timeline.record import ConnectionEvent, Origin, Record, RecordKind
from tests.kit.certificates import Authority, Pair
from tests.network.watching import CALL, V16, Watcher, listening
from tests.ocpp.envelopes import CP_15, CS_12, CS_15, CS_16, request, response

HEARTBEAT = request("Heartbeat", service=CS_15)


class Endpoint:
    """A central system that answers each call with its time, and what it reports."""

    def __init__(self, link: CentralSystemServer, watcher: Watcher) -> None:
        self.watcher = watcher
        self.link = link
        self.urls = link.urls
        self.url = link.urls[-1]

    async def post(self, text: str | bytes, *, path: str = "", **options: Any) -> tuple[int, str]:
        async with (
            ClientSession() as session,
            session.post(f"{self.url}{path}", data=text, **options) as answer,
        ):
            return answer.status, await answer.text()


@asynccontextmanager
async def serving(*, answers: bool = True, **settings: Any) -> AsyncIterator[Endpoint]:
    watcher = Watcher()

    def answer(record: Record, connection: Connection | None) -> None:
        if answers and record.kind is RecordKind.CALL and record.origin is Origin.WIRE and connection is not None:
            assert isinstance(record.frame, Message)
            connection.write(connection.encoding.result(record.frame, '{"currentTime":"x"}'), Origin.BEHAVIOUR)

    watcher.on_record = answer
    async with listening(watcher, **{"soap_port": 0, **settings}) as link:
        yield Endpoint(link, watcher)


@pytest.mark.parametrize(("space", "version"), [(CS_12, Version.V12), (CS_15, Version.V15), (CS_16, Version.V16)])
async def test_a_request_is_answered_in_its_own_version(space: str, version: Version) -> None:
    async with serving() as peer:
        status, text = await peer.post(request("Heartbeat", service=space, identity="OLD"))
        answer, said = read_envelope(text)
        assert status == 200 and isinstance(answer, Message) and said is not None
        assert (answer.payload, answer.id, said.version) == ({"currentTime": "x"}, "uuid:1", version)
        connection = await peer.watcher.connection()
        assert (connection.charge_point, connection.version) == ("OLD", version)
        assert [(one.kind, one.transport) for one in peer.watcher.messages()] == [
            (RecordKind.CALL, Transport.SOAP),
            (RecordKind.CALLRESULT, Transport.SOAP),
        ]
        opened = await peer.watcher.event(ConnectionEvent.OPENED)
        assert opened.detail["callback"] == "http://192.0.2.7:8080/ChargePointService"
    assert peer.watcher.events(ConnectionEvent.CLOSED)[0].detail["closedBy"] == "us"


async def test_charge_points_and_versions_are_kept_apart_and_one_connection_lasts() -> None:
    async with serving() as peer:
        for text in (HEARTBEAT, HEARTBEAT, request("Heartbeat", service=CS_15, identity="B")):
            await peer.post(text)
        assert [one.charge_point for one in peer.watcher.open] == ["CP001", "B"]
        await peer.post(request("Heartbeat", service=CS_16))
        assert {one.version for one in peer.watcher.open} >= {Version.V15, Version.V16}
        assert peer.watcher.events(ConnectionEvent.OPENED)[-1].detail["replaces"] == 1


async def test_a_call_goes_to_the_address_that_the_charge_point_names() -> None:
    got: list[str] = []

    async def take(posted: web.Request) -> web.Response:
        got.append(await posted.text())
        call = SOAP.read(got[-1])
        assert isinstance(call, Message)
        return web.Response(text=response("Reset", "<o:status>Accepted</o:status>", service=CP_15, relates_to=call.id))

    app = web.Application()
    app.router.add_post("/{path:.*}", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    address = f"http://127.0.0.1:{runner.addresses[0][1]}/ChargePointService"
    async with serving() as peer:
        await peer.post(HEARTBEAT.replace("http://192.0.2.7:8080/ChargePointService", address))
        connection = await peer.watcher.connection()
        call = connection.encoding.call("urn:uuid:7", "Reset", '{"type":"Soft"}')
        connection.write(call, Origin.MANUAL)
        answer = await peer.watcher.until(lambda: next(iter(peer.watcher.messages()[3:]), None))
        assert isinstance(answer.frame, Message)
        assert (answer.frame.id, answer.frame.payload) == ("urn:uuid:7", {"status": "Accepted"})
        assert got == [call]
    await runner.cleanup()


async def test_a_call_that_cannot_be_delivered_says_why() -> None:
    async with serving(callback="http://127.0.0.1:1/{id}") as peer:
        await peer.post(request("Heartbeat", service=CS_15, identity="A B"))
        connection = await peer.watcher.connection()
        connection.write(connection.encoding.call("1", "Reset", "{}"), Origin.MANUAL)
        note = await peer.watcher.until(
            lambda: next((one for one in peer.watcher.of_kind(RecordKind.NOTE) if "Reset" in one.detail["text"]), None)
        )
        assert "Reset: The request could not be posted to http://127.0.0.1:1/A%20B" in note.detail["text"]
        assert (note.detail["problem"], note.charge_point) == ("soap-post-failed", "A B")


BODY = HEARTBEAT.encode()
BODIES: list[tuple[bytes, dict[str, str], int, str]] = [
    (gzip.compress(BODY), {"Content-Encoding": "gzip"}, 200, ""),
    (zlib.compress(BODY), {"Content-Encoding": "deflate"}, 200, ""),
    (BODY, {"Content-Encoding": "identity"}, 200, ""),
    (BODY, {"Content-Encoding": "br"}, 415, "soap-compression-unknown"),
    (gzip.compress(BODY)[:40], {"Content-Encoding": "gzip"}, 400, "soap-body-broken"),
    (BODY, {"Content-Encoding": "gzip"}, 400, "soap-body-broken"),
    (gzip.compress(b" " * 3_000_000), {"Content-Encoding": "gzip"}, 413, "message-too-large"),
    (b"x" * 300_000, {}, 413, "message-too-large"),
]
"""What is posted, with which headers, and the status and the problem."""


async def test_a_body_is_read_whatever_carries_it_or_refused_by_name() -> None:
    """A bomb would fill the memory; a body that cannot be read would look like a silent charge point."""
    async with serving(max_size=200_000) as peer:
        problems = []
        for number, (body, headers, status, problem) in enumerate(BODIES):
            assert (await peer.post(body, headers=headers))[0] == status, (number, problem)
            problems += [problem] if problem else []

        async def pieces() -> AsyncIterator[bytes]:
            for start in range(0, len(BODY), 100):
                yield BODY[start : start + 100]

        async with ClientSession() as session, session.post(peer.url, data=pieces()) as answer:
            assert answer.status == 200
        assert [one.detail["problem"] for one in peer.watcher.events(ConnectionEvent.REFUSED)] == problems


async def test_whoever_does_not_know_the_password_stays_out() -> None:
    async with serving(credentials=Credentials.parse(None, "secret")) as peer:
        status, text = await peer.post(HEARTBEAT)
        assert status == 401 and not peer.watcher.open
        status, _ = await peer.post(
            HEARTBEAT, headers={"Authorization": Credentials.parse(None, "secret").header("CP001")}
        )
        assert status == 200
        refused = await peer.watcher.event(ConnectionEvent.REFUSED)
        assert "secret" not in str(refused.detail) and refused.charge_point == "CP001"


async def test_what_cannot_be_accepted_is_refused_in_words() -> None:
    async with serving(soap_versions=(Version.V16,), max_size=5000) as peer:
        status, text = await peer.post(HEARTBEAT)
        assert (status, text) == (400, "The request is of OCPP 1.5, which is not accepted here.\n")
        assert (await peer.post("x" * 6000))[0] == 413
        async with ClientSession() as session, session.get(peer.url) as answer:
            assert answer.status == 426 and "not for a WebSocket" in await answer.text()
        assert [one.detail["problem"] for one in peer.watcher.events(ConnectionEvent.REFUSED)] == [
            "soap-version-refused",
            "message-too-large",
            "request-without-upgrade",
        ]


async def test_a_request_for_the_service_of_the_charge_point_is_named() -> None:
    """A client made from the wrong WSDL seems to work, but other central systems refuse it."""
    async with serving() as peer:
        assert (await peer.post(request("Heartbeat", service=CP_15)))[0] == 200
        await peer.watcher.until(lambda: "soap-service-of-sender" in str([one.detail for one in peer.watcher.records]))
        assert (await peer.post(HEARTBEAT))[0] == 200
        assert len([one for one in peer.watcher.records if "soap-service-of-sender" in str(one.detail)]) == 1


@pytest.mark.parametrize("is_encrypted", [False, True])
async def test_a_connection_that_is_cut_ends_its_tcp_connections(
    is_encrypted: bool, local_pair: Pair, authority: Authority
) -> None:
    """A charge point that gets a status instead does not try again as it does after a loss."""
    own = {"certificate": local_pair.certificate, "key": local_pair.key} if is_encrypted else {}
    trusting = ssl.create_default_context(cafile=authority.path)
    async with serving(answers=False, **own) as peer:
        peer.watcher.on_record = lambda record, connection: (
            connection.abort() if connection is not None and record.kind is RecordKind.CALL else None
        )
        for _ in range(2):
            with pytest.raises(ServerDisconnectedError):
                await peer.post(HEARTBEAT, ssl=trusting)


async def test_a_request_without_an_answer_ends_in_time() -> None:
    async with serving(answers=False, answer_timeout=0.05) as peer:
        assert (await peer.post(HEARTBEAT))[0] == 504


async def test_an_envelope_in_utf_16_is_named() -> None:
    """ "Not an envelope" would send a technician to another program."""
    async with serving() as peer:
        status, text = await peer.post(HEARTBEAT.encode("utf-16"), headers={"Content-Type": "application/soap+xml"})
        assert status == 400 and "UTF-8" in text


async def test_what_is_not_an_envelope_is_a_record_and_gets_a_fault() -> None:
    async with serving(answers=False) as peer:
        status, text = await peer.post("<html>login</html>", path="ocpp/CP%207")
        refused = await peer.watcher.event(ConnectionEvent.REFUSED)
        assert (status, refused.charge_point, refused.detail["firstBytes"]) == (400, "CP 7", "<html>login</html>")
        status, text = await peer.post("<Envelope>login</Envelope>", path="ocpp/CP%207")
        record, fault = peer.watcher.messages()
        assert (record.kind, record.charge_point, record.raw) == (
            RecordKind.MALFORMED,
            "CP 7",
            "<Envelope>login</Envelope>",
        )
        assert (status, fault.kind) == (400, RecordKind.CALLERROR) and "ProtocolError" in text


async def test_a_port_takes_both_kinds_of_charge_points_with_tls_too(local_pair: Pair, authority: Authority) -> None:
    """A charge point that is configured with the port of the other kind gets in, and the records say what it is."""
    own = {"certificate": local_pair.certificate, "key": local_pair.key}
    cases: list[dict[str, Any]] = [{}, own]
    for settings in cases:
        context = ssl.create_default_context(cafile=authority.path) if settings else None
        async with serving(**settings) as peer:
            web_socket, further = peer.urls
            assert further.startswith("https:" if settings else "http:")
            for url in (web_socket.replace("ws", "http", 1), further):
                peer.url = url
                assert (await peer.post(HEARTBEAT, path="any/path", ssl=context or True))[0] == 200
            for url in (web_socket, further.replace("http", "ws", 1)):
                async with connect(f"{url}JSON", subprotocols=V16, ssl=context) as other:
                    await other.send(CALL)
                    assert json.loads(await other.recv())[:2] == [3, "1"]
            opened = {one.charge_point: one.transport for one in peer.watcher.events(ConnectionEvent.OPENED)}
            assert opened == {"CP001": Transport.SOAP, "JSON": Transport.JSON}
            seen = peer.watcher.events(ConnectionEvent.OPENED)[0].detail
            assert bool(settings) is ("tls" in seen) and seen["url"].endswith("/any/path")
            assert not peer.watcher.events(ConnectionEvent.FAILED)


async def test_a_certificate_is_judged_as_on_a_websocket(local_pair: Pair, authority: Authority) -> None:
    """A charge point with its serial number as the common name never got in, and the screen could not be lenient."""
    own: dict[str, Any] = {"certificate": local_pair.certificate, "key": local_pair.key, "client_ca": authority.path}
    client = ssl.create_default_context(cafile=authority.path)
    serial = authority.sign("serial", common_names=["SN-1"])
    client.load_cert_chain(serial.certificate, serial.key)
    async with serving(**own) as peer:
        assert (await peer.post(HEARTBEAT, ssl=client))[0] == 403
        peer.link.know_names(lambda charge_point: (charge_point, "SN-1"))
        assert (await peer.post(HEARTBEAT, ssl=client))[0] == 200
        known = [note.detail["problem"] for note in peer.watcher.of_kind(RecordKind.NOTE)]  # of the headers
        peer.link.know_names(lambda charge_point: (charge_point,))
        assert (await peer.post(HEARTBEAT, ssl=client))[0] == 403
        peer.link.set_lenient(True)
        assert (await peer.post(HEARTBEAT, ssl=client))[0] == 200
        noted = [note.detail["problem"] for note in peer.watcher.of_kind(RecordKind.NOTE)]
        assert noted == [*known, ProblemCode.CERTIFICATE_OF_ANOTHER_CHARGE_POINT]


async def test_the_wsdl_is_at_every_path_of_either_port_also_without_the_password() -> None:
    """Makers of charge points generate their client from it; the password is for their calls."""
    async with serving(soap_versions=(Version.V12, Version.V15), credentials=Credentials.parse(None, "secret")) as peer:
        async with ClientSession() as session:
            for url in (peer.urls[0].replace("ws", "http", 1), peer.url):
                for query, space in (("?wsdl", CS_15), ("?WSDL=1.2", CS_12), ("a/b?singleWsdl&wsdl=1.5", CS_15)):
                    async with session.get(f"{url}{query}", headers={"Connection": "close"}) as answer:
                        text = await answer.text()
                        assert (answer.status, answer.content_type) == (200, "text/xml"), query
                        address = f"{url}{query.partition('?')[0]}"
                        assert f'targetNamespace="{space}"' in text and f'location="{address}"' in text
            async with session.get(f"{peer.url}?wsdl=1.6") as answer:
                assert answer.status == 404 and "?wsdl=1.5" in await answer.text()
        notes = [one.detail["text"] for one in peer.watcher.of_kind(RecordKind.NOTE)]
        assert len(notes) == 6 and "The WSDL of the CentralSystemService of OCPP 1.5 was sent to 127.0.0.1:" in notes[0]
        assert not peer.watcher.of_kind(RecordKind.CONNECTION)[len(peer.urls) - 1 :]
    async with serving(soap_versions=()) as peer, ClientSession() as session, session.get(f"{peer.url}?wsdl") as answer:
        assert answer.status == 404


async def test_a_silent_charge_point_is_gone() -> None:
    async with serving(silent_after=0.05) as peer:
        await peer.post(HEARTBEAT)
        closed = await peer.watcher.event(ConnectionEvent.CLOSED)
        assert (closed.detail["closedBy"], closed.detail["problem"]) == ("nobody", "soap-silent")
