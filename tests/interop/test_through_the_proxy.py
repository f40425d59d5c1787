"""Conversations of others through our proxy. If these fail, it is not between the two sides, but in their way."""

from __future__ import annotations

import asyncio
import json
import ssl
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from ocpptui.cli import program
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import Version
from ocpptui.recording.writer import RecordingWriter
from ocpptui.timeline.record import RecordKind
from ocpptui.timeline.timeline import Timeline
from tests.interop.package_peers import PackageSide, PackageStation, backend_answers
from tests.interop.schema_peer import problems
from tests.kit.certificates import FOR_CLIENTS, Authority
from tests.kit.proxy_bench import backend, charge_point, heard, proxy, records, until
from tests.recording.indexing import index_all

PATIENCE = 60.0
CHARGE_POINTS = 100
EACH = 12


def odd_messages(random: Random) -> list[str | bytes]:
    """Messages of every kind, right and wrong, short and long."""
    call = [2, str(random.random()), "DataTransfer", {"vendorId": "v", "data": "ä€😀" * random.randrange(40)}]
    return [
        json.dumps(call),
        json.dumps(call, ensure_ascii=False, separators=(" , ", " :\t")),
        '[3,"unasked",{}]',
        '[4,"unasked","X","",{"a":[1,2.50,1e3]}]',
        "[2,",
        "",
        "no JSON \x00\x1b[31m",
        '{"a":1,"a":2}',
        json.dumps([2, "long", "DataTransfer", {"vendorId": "v", "data": "x" * random.choice((200, 70_000, 200_000))}]),
        random.randbytes(40),
        b"",
        b'[2,"1","Heartbeat",{}]',
    ]


async def test_100_charge_points_are_passed_on_byte_for_byte(tmp_path: Path) -> None:
    """A proxy that changes a byte makes a fault, and hides another."""
    path = tmp_path / "recording.jsonl"
    async with backend(close_timeout=1) as beyond, proxy(beyond.url, writer=RecordingWriter(path)) as session:
        beyond.answer = None
        sent: dict[str, list[str | bytes]] = {}

        async def talk(number: int) -> None:
            name, random = f"CP{number:03}", Random(number)
            up, down = odd_messages(random), odd_messages(random)
            random.shuffle(up)
            random.shuffle(down)
            compression = random.choice((None, "deflate"))
            async with charge_point(session, name, compression=compression) as peer:
                above = await beyond.socket(f"/{name}")
                got = []
                for one, other in zip(up, down, strict=True):
                    await peer.send(one)
                    await above.send(other)
                    got.append(await heard(peer))
                assert got == down, name
                sent[name] = up
                await beyond.hears(f"/{name}", EACH)

        async with asyncio.timeout(120), asyncio.TaskGroup() as group:
            for number in range(CHARGE_POINTS):
                group.create_task(talk(number))
        assert {path: len(found) for path, found in beyond.heard.items()} == {f"/{name}": EACH for name in sent}
        assert all(beyond.heard[f"/{name}"] == up for name, up in sent.items())
        await until(session, lambda: not session.connections)
        messages = [one for one in records(session) if one.kind.is_message]
        assert len(messages) == 2 * EACH * CHARGE_POINTS
        assert all(one.detail["passedOnMs"] >= 0 and "change" not in one.detail for one in messages)
        counts = session.timeline.counts
    read = Timeline()
    index_all(path, read)
    for name in ("records", "calls", "answers", "unanswered", "orphans", "malformed", "invalid"):
        assert getattr(read.counts, name) == getattr(counts, name), name


@pytest.mark.parametrize("version", [Version.V16, Version.V201])
def test_the_classes_of_the_ocpp_package_talk_through_it(version: Version, tmp_path: Path) -> None:
    """The peers that people test with would work without the proxy only."""
    path = tmp_path / "recording.jsonl"
    asyncio.run(conversation(version, path))
    assert_usable(path, tmp_path / "out.csv")


async def conversation(version: Version, path: Path) -> None:
    """A charge between the two classes of the package, recorded in a file."""
    sides: list[PackageSide] = []

    async def handle(socket: ServerConnection) -> None:
        side = PackageSide(version, socket, backend_answers(version))
        sides.append(side)
        with suppress(ConnectionClosed):
            await side.start()

    async with serve(handle, "127.0.0.1", 0, subprotocols=[Subprotocol(version.subprotocol)]) as server:
        url = f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"
        async with asyncio.timeout(PATIENCE), proxy(url, writer=RecordingWriter(path)) as session:
            station = PackageStation(version, f"{session.listening_urls[0]}CP001")
            await station.connect()
            station.present("TAG-1", "ISO14443")
            start, end = "StartTransaction", "StopTransaction Local"
            if version.generation == 2:
                start, end = "TransactionEvent Started Authorized", "TransactionEvent Ended StopAuthorized"
            for line in ("BootNotification PowerUp", "StatusNotification Available", "Authorize", start):
                await station.say(line)
            await station.read_meter()
            remote = "RemoteStopTransaction" if version.generation == 1 else "RequestStopTransaction"
            name = station.transaction
            await sides[0].ask(remote, {"transactionId": int(name) if version.generation == 1 else name})
            await station.say(end)
            assert station.requested == [remote]
            await station.close()
            await until(session, lambda: not session.connections)
            timeline = session.timeline
            for index in range(len(timeline)):
                record = timeline.record(index)
                if record.kind.is_message:
                    part = "request" if record.kind is RecordKind.CALL else "response"
                    frame = timeline.frame(index)
                    assert isinstance(frame, Message)
                    assert problems(version, timeline.action(index), part, frame.payload) == []
                    assert "change" not in record.detail and record.detail["passedOnMs"] >= 0
            assert timeline.counts.calls == 7
            assert timeline.counts.orphans == timeline.counts.unanswered == timeline.counts.malformed == 0


def assert_usable(recording: Path, out: Path) -> None:
    """The other commands take what a proxy has recorded."""
    done = CliRunner().invoke(program, ["check", str(recording), "--format", "json", "--severity", "error"])
    assert json.loads(done.stdout)["findings"] == []
    assert CliRunner().invoke(program, ["convert", str(recording), str(out)]).exit_code == 0
    assert out.read_text(encoding="utf-8").count("BootNotification") >= 2


async def test_tls_ends_here_on_either_side_or_on_both(tmp_path: Path) -> None:
    """An old charger could not be brought to a backend with TLS, or its traffic not be looked at."""
    authority = Authority(tmp_path, "bench")
    server = authority.sign("server", ["127.0.0.1"])
    client, wrong = authority.sign("CP1", usage=FOR_CLIENTS), authority.sign("CP2", usage=FOR_CLIENTS)
    above = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    above.load_cert_chain(server.certificate, server.key)
    above.load_verify_locations(authority.path)
    above.verify_mode = ssl.CERT_REQUIRED

    def of_charge_point(certificate: str | None = None, key: str | None = None) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=authority.path)
        if certificate is not None:
            context.load_cert_chain(certificate, key)
        return context

    listening: dict[str, Any] = {"certificate": server.certificate, "key": server.key}
    own: dict[str, Any] = {"ca": authority.path, "certificate": client.certificate, "key": client.key}
    call = '[2,"1","Heartbeat",{}]'

    async with (
        backend() as plain,
        proxy(plain.url, server=listening) as session,
        charge_point(session, ssl=of_charge_point()) as peer,
    ):
        await peer.send(call)
        assert json.loads(await heard(peer))[1] == "1"
    async with backend(above) as secure:
        url = secure.url.replace("ws:", "wss:")
        async with proxy(url, **own) as session, charge_point(session) as peer:
            await peer.send(call)
            assert json.loads(await heard(peer))[1] == "1"
            opened = next(one for one in records(session, RecordKind.CONNECTION) if one.connection)
            assert opened.detail["upstream"]["tls"]["verified"] is True
        both = {**listening, "client_ca": authority.path}
        async with proxy(url, server=both, **own) as session:
            async with charge_point(session, ssl=of_charge_point(client.certificate, client.key)) as peer:
                await peer.send(call)
                assert json.loads(await heard(peer))[1] == "1"
            with pytest.raises(InvalidStatus) as refused:
                await charge_point(session, ssl=of_charge_point(wrong.certificate, wrong.key))
            assert refused.value.response.status_code == 403
        async with proxy(url, ca=authority.path) as session:  # without the certificate that is demanded there
            with pytest.raises(InvalidStatus) as refused:
                await charge_point(session)
            assert refused.value.response.status_code == 502
            last = records(session, RecordKind.CONNECTION)[-1].detail
            assert "TLS" in last["upstream"]["error"]
