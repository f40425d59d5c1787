"""A central system with a folder for files, and simulated charge points that use it. If these fail, a technician needs
a server besides, and does not learn why nothing came."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

import aiohttp
import pytest

from ocpptui.compose.composer import Composer
from ocpptui.compose.history import Compositions
from ocpptui.compose.remote_sending import command_targets
from ocpptui.control.command_request import scripted_call
from ocpptui.jsontext.text import value_text
from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.server_settings import ServerSettings
from ocpptui.network.transfer_limits import TransferLimits
from ocpptui.ocpp.file_protocols import location_in
from ocpptui.ocpp.version import Role, Version
from ocpptui.recording.writer import RecordingWriter
from ocpptui.runtime.clock import now
from ocpptui.session.file_settings import FileSettings, file_settings
from ocpptui.session.session import Session
from ocpptui.session.setting_values import PlainValues, WrongSetting
from ocpptui.session.settings import SessionSettings
from ocpptui.simulator.behaviour_settings import CentralSystemSettings, ChargePointSettings
from ocpptui.simulator.certificate_authority import CertificateAuthority, new_authority
from ocpptui.simulator.equipment import Equipment
from tests.kit.station_bench import STATION, said_by_station
from tests.session.test_file_exchange import notes

CONTENT = b"firmware" * 1000
KEYS = {1: "SupportedFileTransferProtocols", 2: "OCPPCommCtrlr.FileTransferProtocols"}


@asynccontextmanager
async def served(
    folder: Path,
    version: Version = Version.V16,
    *,
    protocols: str = "",
    patience: float = 60.0,
    authority: CertificateAuthority | None = None,
) -> AsyncIterator[tuple[Session, Session]]:
    """A central system with a folder for files, and a charge point with these protocols, which it has read."""
    files = FileSettings(folder, limits=TransferLimits(least_free=0), patience=patience)
    (folder / "firmware").mkdir(parents=True)
    settings = SessionSettings(files=files, central_system=CentralSystemSettings(authority=authority))
    configuration: Mapping[str, str] = MappingProxyType({KEYS[version.generation]: protocols} if protocols else {})
    own = ChargePointSettings(step=0.02, equipment=Equipment(configuration=configuration))
    central = Session(role=Role.CENTRAL_SYSTEM, settings=settings, writer=RecordingWriter(folder / "run.jsonl"))
    station = Session(role=Role.CHARGE_POINT, settings=SessionSettings(charge_point=own))
    try:
        await central.listen(ServerSettings(host="127.0.0.1", port=0))
        url = central.listening_urls[0]
        await station.connect(ClientSettings(url=url, charge_point=STATION, versions=(version,)))
        assert await said_by_station(central, "StatusNotification") is not None
        if protocols:
            await ask_for_protocols(central, version)
        yield central, station
    finally:
        await station.close()
        await central.close()


async def ask_for_protocols(central: Session, version: Version) -> None:
    key = KEYS[version.generation]
    component, _, variable = key.partition(".")
    wanted = {"component": {"name": component}, "variable": {"name": variable}}
    if version.generation == 1:
        asked: tuple[str, object] = ("GetConfiguration", {"key": [key]})
    else:
        asked = ("GetVariables", {"getVariableData": [wanted]})
    await central.wait_for_answer(await central.send_call(1, asked[0], json.dumps(asked[1])), 60)


async def command(central: Session, name: str, *values: str) -> dict[str, object]:
    """Give a command as a script does; the payload of its call."""
    [target] = command_targets(central, list(central.connections))
    call = await scripted_call(central, target, name, values)
    await central.send_call(target.connection, call.action, value_text(call.payload))
    return {"action": call.action, **call.payload}


async def noted(central: Session, part: str) -> str:
    """The first note that contains this text."""
    found = await central.until(lambda: next((note for note in notes(central) if part in note), None), 60)
    assert found is not None, notes(central)
    return found


@pytest.mark.parametrize("protocol", ["HTTP", "FTP", "SFTP"])
@pytest.mark.parametrize("version", [Version.V16, Version.V201], ids=str)
async def test_a_log_comes_and_firmware_goes_by_the_protocol_that_the_charge_point_has(
    version: Version, protocol: str, tmp_path: Path
) -> None:
    async with served(tmp_path, version, protocols=protocol) as (central, _):
        (tmp_path / "firmware" / "station-4.5.6.bin").write_bytes(CONTENT)
        sent = await command(central, "diagnostics", "which=diagnostics")
        ended = await noted(central, "uploaded")
        [file] = (tmp_path / "received").iterdir()
        assert ended.endswith(f"by {protocol}: {file}")
        assert b"connector 1" in file.read_bytes()
        await command(central, "firmware", "firmware=station-4.5.6.bin")
        assert f"station-4.5.6.bin, {len(CONTENT):,} bytes, in" in await noted(central, "fetched")
        assert await said_by_station(central, "FirmwareStatusNotification", status="Downloaded") is not None
    password = urlsplit(location_in(sent)).password
    assert (password is None) == (protocol == "HTTP")
    assert password is None or password not in (tmp_path / "run.jsonl").read_text(encoding="utf-8")


@pytest.mark.parametrize("version", [Version.V16, Version.V201], ids=str)
async def test_signed_firmware_is_signed_by_the_test_ca(version: Version, tmp_path: Path) -> None:
    made = new_authority(now())
    async with served(tmp_path, version, authority=CertificateAuthority(made.chain, made.key, "")) as (central, _):
        (tmp_path / "firmware" / "station-4.5.6.bin").write_bytes(CONTENT)
        sent = await command(central, "firmware", "firmware=station-4.5.6.bin", "kind=signed")
        assert sent["action"] == ("SignedUpdateFirmware" if version is Version.V16 else "UpdateFirmware")
        status = "SignedFirmwareStatusNotification" if version is Version.V16 else "FirmwareStatusNotification"
        assert await said_by_station(central, status, status="SignatureVerified") is not None


async def test_a_form_starts_with_the_newest_firmware_and_what_belongs_to_it(tmp_path: Path) -> None:
    made = new_authority(now())
    async with served(tmp_path, authority=CertificateAuthority(made.chain, made.key, "")) as (central, _):
        (tmp_path / "firmware" / "a.bin").write_bytes(CONTENT)
        composer = Composer(central, 1, Compositions())
        composer.open("SignedUpdateFirmware", now())
        assert await composer.await_urls(now())
        payload = json.loads(composer.text)
        assert payload["firmware"]["location"].endswith("/a.bin")
        assert payload["firmware"]["signingCertificate"].startswith("-----BEGIN CERTIFICATE")
        assert composer.violations == ()
        async with aiohttp.ClientSession() as http, http.get(payload["firmware"]["location"]) as answer:
            assert await answer.read() == CONTENT
    composer = Composer(central, 1, Compositions())
    assert not await composer.await_urls(now())


async def test_the_log_says_why_a_file_has_not_come(tmp_path: Path) -> None:
    """The most frequent question about diagnostics."""
    async with served(tmp_path, patience=0.3) as (central, station):
        station.automatic = False
        url = await central.files.upload_url(STATION)
        await central.send_call(1, "GetDiagnostics", json.dumps({"location": url}))
        missed = await noted(central, "did not upload a file within 0.3 s")
        port = urlsplit(url).port
        assert (
            f"No HTTP request has reached 127.0.0.1:{port}: that address can only be reached from this machine"
            in missed
        )
        wrong = "127.0.0.1 connected by HTTP but no file was moved: it asked for a URL that was not given out."
        again = await central.files.upload_url(STATION)
        await central.send_call(1, "GetDiagnostics", json.dumps({"location": again}))
        async with aiohttp.ClientSession() as http, http.put(f"http://127.0.0.1:{port}/wrong/x.log", data=b"x"):
            pass
        await noted(central, wrong)
        [connection] = station.connections
        failed = json.dumps({"status": "UploadFailed"})
        await station.send_call(connection, "DiagnosticsStatusNotification", failed)
        reason = await noted(central, f"{STATION} reports UploadFailed.")
        assert reason.endswith("127.0.0.1 connected by HTTP, but it asked for a URL that was not given out.")
        third = await central.files.upload_url(STATION)
        await central.send_call(1, "GetDiagnostics", json.dumps({"location": third}))
        await station.send_call(connection, "DiagnosticsStatusNotification", json.dumps({"status": "Uploaded"}))
        assert await noted(central, f"{STATION} reports Uploaded, but no file has arrived whole.")


async def test_a_url_that_is_sent_again_is_good_again(tmp_path: Path) -> None:
    async with served(tmp_path) as (central, station), aiohttp.ClientSession() as http:
        station.automatic = False
        url = await central.files.upload_url(STATION)
        for expected in (201, 410):
            async with http.put(url, data=b"x") as answer:
                assert answer.status == expected
        await central.send_call(1, "GetDiagnostics", json.dumps({"location": url}))
        async with http.put(url, data=b"x") as answer:
            assert answer.status == 201


def test_what_contradicts_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for values, name in (
        ({"files": str(tmp_path / "file")}, "files"),
        ({"files_host": "10.0.0.1"}, "files_host"),
        ({"files": str(tmp_path), "files_host": "http://x/"}, "files_host"),
        ({"files": str(tmp_path), "files_ports": "9001-9002"}, "files_ports"),
        ({"files": str(tmp_path), "files_ports": "a-b"}, "files_ports"),
    ):
        with pytest.raises(WrongSetting) as wrong:
            file_settings(PlainValues(values))
        assert wrong.value.name == name
    made = file_settings(PlainValues({"files": str(tmp_path / "new"), "files_ports": "9001-9020"}))
    assert made is not None and made.ports == (9001, 9020)
    assert made.firmware.is_dir()
