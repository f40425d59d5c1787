"""Which servers a central system starts for files. If these fail, a charge point is sent to a port where nobody is."""

from __future__ import annotations

import ftplib
import json
import socket
import ssl
import sys
from asyncio import all_tasks, to_thread
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ocpptui.compose.composer import Composer
from ocpptui.compose.history import Compositions
from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.file_transfer import download, upload
from ocpptui.network.server_settings import ServerSettings
from ocpptui.network.transfer_desk import TransferDesk
from ocpptui.network.transfer_failure import TransferFailed
from ocpptui.network.transfer_limits import TransferLimits
from ocpptui.ocpp.version import Role, Version
from ocpptui.runtime.clock import now
from ocpptui.session.file_servers import all_servers
from ocpptui.session.file_settings import FileSettings
from ocpptui.session.session import Session
from ocpptui.session.settings import SessionSettings
from ocpptui.simulator.behaviour_settings import CentralSystemSettings
from tests.kit.certificates import Authority
from tests.kit.held_ports import held_ports
from tests.kit.station_bench import STATION, said_by_station
from tests.session.test_file_exchange import notes
from tests.session.test_served_files import KEYS


async def test_with_a_certificate_every_protocol_is_there_and_the_host_is_that_of_the_user(tmp_path: Path) -> None:
    authority = Authority(tmp_path, "ca")
    pair = authority.sign("local", ("localhost", "127.0.0.1"))
    client = ssl.create_default_context(cafile=authority.path)
    files = FileSettings(tmp_path / "files", host="localhost", limits=TransferLimits(least_free=0))
    files.firmware.mkdir(parents=True)
    (files.firmware / "new.bin").write_bytes(b"firmware")
    (files.firmware / "new.bin.sig").write_bytes(b"signature")
    central = Session(
        role=Role.CENTRAL_SYSTEM, settings=SessionSettings(files=files, central_system=CentralSystemSettings())
    )
    station = Session(role=Role.CHARGE_POINT)
    try:
        await central.listen(ServerSettings(port=0, certificate=pair.certificate, key=pair.key))
        assert [place.split()[0] for place in central.files.urls] == ["https", "http", "ftps", "ftp", "sftp"]
        url = central.listening_urls[0]
        await station.connect(
            ClientSettings(url=url, charge_point=STATION, versions=(Version.V201,), ca=authority.path)
        )
        assert await said_by_station(central, "StatusNotification") is not None
        for protocol in ("HTTPS", "FTPS", "HTTP"):
            [number] = central.connections
            value = {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": KEYS[2].split(".")[1]}}
            known = central.knowledge.get(STATION)
            assert known is not None
            report = {"getVariableData": [value]}
            station.automatic = False
            call = await central.send_call(number, "GetVariables", json.dumps(report))
            waiting = await station.until(lambda: station.waiting[0] if station.waiting else None, 60)
            assert waiting is not None
            answer = {"getVariableResult": [{**value, "attributeStatus": "Accepted", "attributeValue": protocol}]}
            await station.answer(waiting, json.dumps(answer))
            await central.wait_for_answer(call, 60)
            place = await central.files.upload_url(STATION)
            assert urlsplit(place).scheme == protocol.lower()
            assert urlsplit(place).hostname == "localhost"
            await upload(place, f"{protocol}.log", b"log", tls=client)
            [firmware] = await central.files.prepare_firmware(STATION)
            assert (await download(firmware.url, tls=client)).size == 8
        assert sum("new.bin.sig is not used" in text for text in notes(central)) == 1
        composer = Composer(central, number, Compositions())
        composer.open("PublishFirmware", now())
        assert await composer.await_urls(now())
        payload = json.loads(composer.text)
        assert payload["location"].endswith("/new.bin")
        assert payload["checksum"] == firmware.md5
        assert composer.violations == ()
        assert len(list(files.received.iterdir())) == 3
    finally:
        await station.close()
        await central.close()


@pytest.fixture
def first() -> Iterator[int]:
    """The first of twenty ports."""
    with held_ports(20) as port:
        yield port


async def test_the_ports_are_those_of_the_user_and_ftp_names_the_address_outside(tmp_path: Path, first: int) -> None:
    """Behind a NAT, the address of this machine leads nowhere."""
    files = FileSettings(tmp_path, host="203.0.113.7", ports=(first, first + 19), limits=TransferLimits(least_free=0))
    central = Session(role=Role.CENTRAL_SYSTEM, settings=SessionSettings(files=files))
    try:
        await central.listen(ServerSettings(port=0))
        place = next(place for place in central.files.urls if place.startswith("ftp "))
        port, desk = int(place.split()[-1]), central.files.desk
        assert desk is not None
        grant = desk.grants.of(STATION)

        def passive() -> str:
            ftp = ftplib.FTP(timeout=20)
            try:
                ftp.connect("127.0.0.1", port)
                ftp.login(grant.user, grant.password)
                return ftp.sendcmd("PASV")
            finally:
                ftp.close()

        answer = await to_thread(passive)
        assert "(203,0,113,7," in answer
        high, low = answer.rstrip(")").split(",")[-2:]
        assert first + 5 <= int(high) * 256 + int(low) <= first + 19
    finally:
        await central.close()


async def test_without_the_library_for_sftp_a_sentence_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The extra is not installed by default."""
    monkeypatch.setitem(sys.modules, "asyncssh", None)
    for name in ("sftp_files", "sftp_transfer"):
        monkeypatch.delitem(sys.modules, f"ocpptui.network.{name}", raising=False)
    central = Session(role=Role.CENTRAL_SYSTEM, settings=SessionSettings(files=FileSettings(tmp_path)))
    try:
        await central.listen(ServerSettings(port=0))
        assert any(note.endswith(' SFTP needs the extra sftp: pip install "ocpptui[sftp]"') for note in notes(central))
        with pytest.raises(TransferFailed, match="needs the extra sftp") as failed:
            await upload("sftp://127.0.0.1/", "a.log", b"x")
        assert failed.value.failure == "protocol"
    finally:
        await central.close()


async def test_where_one_cannot_listen_none_does(tmp_path: Path) -> None:
    """Those that had begun stayed, with nobody to close them."""
    central = Session(role=Role.CENTRAL_SYSTEM)
    link = await central.listen(ServerSettings(port=0))
    desk = TransferDesk(lambda: tmp_path, lambda move: None)
    last, before = 65_535, all_tasks()
    with pytest.raises(OverflowError):  # the second server asks for the port after the last
        await all_servers(desk, FileSettings(tmp_path, ports=(last, last + 20)), link)
    with socket.socket() as sock:
        assert sock.connect_ex(("127.0.0.1", last))
    assert all_tasks() <= before
    await central.close()
