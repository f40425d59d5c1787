"""Logs that charge points upload to us. If these fail, a technician has no diagnostics, or trusts half a file."""

from __future__ import annotations

import asyncio
import base64
import gzip
import os
import re
import ssl
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest

from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.server_settings import ServerSettings
from ocpptui.ocpp.version import Role, Version
from ocpptui.recording.writer import RecordingWriter
from ocpptui.session.session import Session
from ocpptui.session.settings import SessionSettings
from ocpptui.simulator.behaviour_settings import ChargePointSettings
from ocpptui.timeline.record import RecordKind
from tests.kit.certificates import Authority
from tests.kit.station_bench import STATION


@asynccontextmanager
async def bench(
    folder: Path, version: Version = Version.V16, authority: Authority | None = None
) -> AsyncIterator[tuple[Session, str]]:
    """A central system that records, with a simulated charge point, and the URL for uploads."""
    central = Session(role=Role.CENTRAL_SYSTEM, writer=RecordingWriter(folder / "run.jsonl"))
    quick = SessionSettings(charge_point=ChargePointSettings(connectors=1, step=0.05))
    station = Session(role=Role.CHARGE_POINT, settings=quick)
    ca = certificate = key = None
    if authority is not None:
        pair = authority.sign("local", ("localhost", "127.0.0.1"))
        ca, certificate, key = authority.path, pair.certificate, pair.key
    try:
        await central.listen(ServerSettings(host="127.0.0.1", port=0, certificate=certificate, key=key))
        url = central.listening_urls[0]
        await station.connect(ClientSettings(url=url, charge_point=STATION, versions=(version,), ca=ca))
        assert await station.until(lambda: station.connection_of(STATION), 60)
        assert await central.until(lambda: central.connection_of(STATION), 60)
        yield central, await central.files.upload_url(STATION)
    finally:
        await station.close()
        await central.close()


def received(folder: Path) -> list[Path]:
    return sorted((folder / "run-files").iterdir())


def notes(session: Session) -> list[str]:
    timeline = session.timeline
    found = (timeline.record(index) for index in range(len(timeline)) if timeline.kind(index) is RecordKind.NOTE)
    return [str(record.detail["text"]) for record in found]


@pytest.mark.parametrize(
    ("version", "action", "payload"),
    [
        (Version.V16, "GetDiagnostics", '{"location":"%s"}'),
        (Version.V201, "GetLog", '{"logType":"DiagnosticsLog","requestId":1,"log":{"remoteLocation":"%s"}}'),
    ],
)
async def test_the_log_that_a_charge_point_was_asked_for_is_beside_the_recording(
    version: Version, action: str, payload: str, tmp_path: Path
) -> None:
    async with bench(tmp_path, version) as (central, url):
        await central.send_call(1, action, payload % url)
        assert await central.until(lambda: notes(central)[1:] or None, 60)
        [file] = received(tmp_path)
        assert b"HeartbeatInterval" in file.read_bytes()
        size = file.stat().st_size
        begun, ended = notes(central)
        assert begun == f"{STATION} uploads diagnostics.log by HTTP from 127.0.0.1, {size:,} bytes."
        assert re.fullmatch(rf"{STATION} uploaded {size:,} bytes in [\d.]+ \S+ by HTTP: {re.escape(str(file))}", ended)
        record = next(
            one for one in map(central.timeline.record, range(len(central.timeline))) if one.detail.get("file")
        )
        assert (record.charge_point, record.detail["size"]) == (STATION, size)
        about = record.detail["transfer"]
        assert (about["state"], about["protocol"], about["direction"]) == ("done", "HTTP", "upload")


async def test_every_usual_form_of_an_upload_arrives_byte_for_byte(tmp_path: Path) -> None:
    content = bytes(range(256)) * 4000
    form = aiohttp.FormData()
    form.add_field("comment", "no file")
    form.add_field("file", content, filename="../../form.zip")
    named = {"Content-Disposition": 'attachment; filename="post.zip"'}
    packed = gzip.compress(b"again", mtime=0)  # longer than what is in it
    async with bench(tmp_path) as (central, _), aiohttp.ClientSession() as http:
        for method, place, data, headers, status in (
            ("PUT", "/put.zip", content, {}, 201),
            ("POST", "", content, named, 201),
            ("POST", "", aiohttp.MultipartWriter("form-data"), {}, 400),
            ("POST", "", form, {}, 201),
            ("PUT", "//put.zip", b"again", {}, 201),
            ("PUT", "/packed.zip", packed, {"Content-Encoding": "gzip"}, 201),
        ):
            url = await central.files.upload_url(STATION)  # a new one for each
            async with http.request(method, f"{url}{place}", data=data, headers=headers) as answer:
                assert answer.status == status
        async with http.put(url, data=b"again") as answer:
            assert answer.status == 410
        names = ("form", "packed", "post", "put-2", "put")
        assert [path.name for path in received(tmp_path)] == [f"{STATION}-{name}.zip" for name in names]
        contents = [path.read_bytes() for path in received(tmp_path)]
        assert contents == [content, b"again", content, b"again", content]
        assert len([note for note in notes(central) if "uploaded" in note]) == 5
        if os.name == "posix":
            assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in received(tmp_path))


async def test_nothing_is_taken_that_was_not_asked_for(tmp_path: Path) -> None:
    """Anybody in the network could fill the disk."""
    async with bench(tmp_path) as (central, url), aiohttp.ClientSession() as http:
        base = url.rsplit("/", 2)[0]
        for method, place, status in (
            ("PUT", f"{base}/guess/{STATION}", 404),
            ("PUT", f"{base}/", 404),
            ("GET", url, 405),
        ):
            async with http.request(method, place, data=b"x" if method == "PUT" else None) as answer:
                assert answer.status == status
        assert not (tmp_path / "run-files").exists()
        assert notes(central) == []


async def test_a_host_header_that_is_no_host_gets_no_url(tmp_path: Path) -> None:
    """The screen crashed where somebody asked such a charge point for its log."""
    async with bench(tmp_path) as (central, url):
        port = urlsplit(central.listening_urls[0]).port
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head = f"""GET /ODD HTTP/1.1
Host: [abc
Upgrade: websocket
Connection: Upgrade
Sec-WebSocket-Key: {base64.b64encode(bytes(16)).decode()}
Sec-WebSocket-Version: 13
Sec-WebSocket-Protocol: ocpp1.6

"""
        writer.write(head.replace("\n", "\r\n").encode())
        assert (await reader.readline()).startswith(b"HTTP/1.1 101")
        assert await central.until(lambda: central.connection_of("ODD"), 60)
        assert await central.files.upload_url("ODD") == ""
        writer.close()


async def test_a_file_that_broke_off_is_said_to_be_broken(tmp_path: Path) -> None:
    async with bench(tmp_path) as (central, url):
        address, _, path = url.removeprefix("http://").partition("/")
        host, _, port = address.partition(":")
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(f"PUT /{path}/half.log HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf".encode())
        await writer.drain()
        while not (tmp_path / "run-files").exists() or not received(tmp_path):
            await asyncio.sleep(0.005)
        writer.close()
        assert await central.until(lambda: notes(central)[1:] or None, 60)
        assert notes(central)[1] == f"An upload of {STATION} failed after 4 bytes: the connection broke off."
        assert [(path.name, path.read_bytes()) for path in received(tmp_path)] == [
            (f"{STATION}-half.log.part", b"half")
        ]


async def test_a_central_system_with_tls_receives_over_https(tmp_path: Path) -> None:
    authority = Authority(tmp_path, "ca")
    async with bench(tmp_path, authority=authority) as (_, url), aiohttp.ClientSession() as http:
        assert url.startswith("https://")
        context = ssl.create_default_context(cafile=authority.path)
        async with http.put(f"{url}/a.log", data=b"content", ssl=context) as answer:
            assert answer.status == 201


async def test_without_a_recording_there_is_no_place_for_files() -> None:
    central = Session(role=Role.CENTRAL_SYSTEM)
    assert await central.files.upload_url(STATION) == ""
    await central.close()
