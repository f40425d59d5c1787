"""Files of a simulated charge point, over real sockets. If these fail, a backend hears "Uploaded" and has no file."""

from __future__ import annotations

import asyncio
import json

import pytest
from aiohttp import web

from ocpptui.ocpp.version import Version
from tests.kit.station_bench import VERSIONS, said_by_station, station_bench
from tests.network.test_file_transfer import http_server


def request(version: Version, url: str) -> tuple[str, str]:
    """The call that wants a log at this URL."""
    if version is Version.V16:
        return "GetDiagnostics", json.dumps({"location": url})
    return "GetLog", json.dumps({"logType": "DiagnosticsLog", "requestId": 1, "log": {"remoteLocation": url}})


@pytest.mark.parametrize("version", VERSIONS, ids=str)
async def test_uploaded_is_said_once_the_file_is_there(version: Version) -> None:
    files: list[bytes] = []

    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        files.append(await request.read())
        return web.Response()

    status = "DiagnosticsStatusNotification" if version is Version.V16 else "LogStatusNotification"
    async with http_server(handler) as url, station_bench(version) as (central, _):
        [number] = central.connections
        await central.send_call(number, *request(version, f"{url}/logs"))
        assert await said_by_station(central, status, status="Uploading") is not None
        assert await said_by_station(central, status, status="Uploaded") is not None
    assert len(files) == 1
    assert b"connector 1: Available" in files[0]


async def test_nobody_there_is_an_upload_that_failed() -> None:
    async with station_bench(Version.V16) as (central, _):
        [number] = central.connections
        await central.send_call(number, *request(Version.V16, "ftp://127.0.0.1:1/logs"))
        assert await said_by_station(central, "DiagnosticsStatusNotification", status="UploadFailed") is not None


async def test_firmware_is_loaded_and_runs_after_a_restart() -> None:
    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(body=b"firmware")

    async with http_server(handler) as url, station_bench(Version.V16) as (central, _):
        [number] = central.connections
        wanted = {"location": f"{url}/station-4.5.6.bin", "retrieveDate": "2026-01-01T00:00:00Z"}
        await central.send_call(number, "UpdateFirmware", json.dumps(wanted))
        assert await said_by_station(central, "FirmwareStatusNotification", status="Downloaded") is not None
        assert await said_by_station(central, "FirmwareStatusNotification", status="Installed") is not None
        assert await said_by_station(central, "BootNotification", firmwareVersion="4.5.6") is not None


async def test_a_second_log_takes_the_place_of_one_that_is_still_uploaded() -> None:
    """N01.FR.20: otherwise a server that hangs keeps a connection for each log that was ever asked for."""
    is_asked, may_end = asyncio.Event(), asyncio.Event()

    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        if request.path.startswith("/hangs"):
            is_asked.set()
            await may_end.wait()
        return web.Response()

    def get_log(url: str, request_id: int) -> str:
        return json.dumps({"logType": "DiagnosticsLog", "requestId": request_id, "log": {"remoteLocation": url}})

    async with http_server(handler) as url, station_bench(Version.V201) as (central, _):
        [number] = central.connections
        await central.send_call(number, "GetLog", get_log(f"{url}/hangs", 1))
        await asyncio.wait_for(is_asked.wait(), 20)
        await central.send_call(number, "GetLog", get_log(f"{url}/works", 2))
        status = "LogStatusNotification"
        assert await said_by_station(central, status, status="AcceptedCanceled", requestId=1) is not None
        assert await said_by_station(central, status, status="Uploaded", requestId=2) is not None
        may_end.set()
