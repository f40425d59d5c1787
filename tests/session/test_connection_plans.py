"""What a charge point accepts about its connection has its effect on the next one, seen by a bare central system.

If one of these fails, a backend that changes passwords, certificates, profiles or addresses passes here and locks its
charge points out in the field.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from ocpptui.network.backoff import BackOff
from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.credentials import Credentials
from ocpptui.ocpp.version import Role, Version
from ocpptui.session.session import Session
from ocpptui.session.settings import SessionSettings
from ocpptui.simulator.behaviour_settings import ChargePointSettings
from tests.kit.bare_backend import BareBackend, one_port
from tests.kit.certificates import Authority

V16, V201, V21 = Version.V16, Version.V201, Version.V21
STATION = "CP001"
PASSWORD = "0123456789abcdef" * 2


@asynccontextmanager
async def charging_station(
    version: Version, url: str, *, state: Path | None = None, **settings: Any
) -> AsyncIterator[Session]:
    """A simulated charge point that connects, quickly each time."""
    own = ChargePointSettings(connectors=1, step=0.05)
    session = Session(role=Role.CHARGE_POINT, settings=SessionSettings(charge_point=own, state_file=state))
    quick = BackOff(wait_minimum=0.05, random_range=0.0, repeat_times=0)
    try:
        await session.connect(
            ClientSettings(url=url, charge_point=STATION, versions=(version,), backoff=quick, **settings)
        )
        yield session
    finally:
        await session.close()


def server_tls(ca: Authority, *, clients: Authority | None = None) -> ssl.SSLContext:
    """The TLS of a central system at 127.0.0.1, which may demand client certificates of a CA."""
    pair = ca.sign("central", ["127.0.0.1"])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.certificate, pair.key)
    if clients is not None:
        context.load_verify_locations(clients.path)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def pem_of(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()


async def renew(backend: BareBackend, ca: Authority, number: int = 1) -> x509.Certificate:
    """Have the charge point ask for a certificate, sign it, and send it; it has to be accepted."""
    seen = backend.connections[-1]
    if backend.version is V16:
        await backend.ask("ExtendedTriggerMessage", requestedMessage="SignChargePointCertificate")
        kind = {}
    else:
        await backend.ask("TriggerMessage", requestedMessage="SignChargingStationCertificate")
        kind = {"certificateType": "ChargingStationCertificate"}
    csr = x509.load_pem_x509_csr((await backend.got("SignCertificate", seen, number))["csr"].encode())
    signed = ca.certify(csr)
    answer = await backend.ask("CertificateSigned", certificateChain=pem_of(signed), **kind)
    assert answer["status"] == "Accepted"
    return signed


@pytest.mark.parametrize("version", [V16, V201, V21])
async def test_a_new_certificate_is_the_client_certificate_of_the_next_connection(
    version: Version, tmp_path: Path
) -> None:
    """A02: it reconnects with the new one; where that is refused, with the one before, and reports it."""
    ca, stranger = Authority(tmp_path, "CA"), Authority(tmp_path, "Stranger")
    first = ca.sign(STATION)
    backend = BareBackend(version)
    async with (
        backend.listening(server_tls(ca, clients=ca)) as url,
        charging_station(version, url, ca=ca.path, certificate=first.certificate, key=first.key),
    ):
        await backend.connection(1)
        renewed = await renew(backend, ca)
        seen = await backend.connection(2)
        assert seen.certificate == renewed
        await renew(backend, stranger)
        assert not seen.payloads("BootNotification")
        seen = await backend.connection(3)
        assert seen.certificate == renewed
        await backend.got("SecurityEventNotification", seen)
        events = [event["type"] for event in seen.payloads("SecurityEventNotification")]
        if version is V16:
            assert set(events) <= {"FailedToAuthenticateAtCentralSystem"}
        else:
            assert "DiscardedRenewedClientCertificate" in events


@pytest.mark.parametrize("version", [V201, V21])
async def test_a_network_profile_leads_to_another_central_system(version: Version, tmp_path: Path) -> None:
    """B09, B10, A05: its URL, security profile and password; the next slot where one fails; never a lower profile."""
    ca = Authority(tmp_path, "CA")
    old, new = BareBackend(version), BareBackend(version)
    new.refuses = lambda authorization: authorization is None
    async with (
        old.listening() as url,
        new.listening(server_tls(ca)) as secure_url,
        charging_station(version, url),
    ):
        await old.connection(1)
        profile = {
            "ocppVersion": "OCPP20" if version is V201 else "OCPP21",
            "ocppTransport": "JSON",
            "ocppInterface": "Wired0",
            "messageTimeout": 30,
            "ocppCsmsUrl": secure_url,
            "securityProfile": 2,
        }

        async def slot(backend: BareBackend, number: int, **changed: Any) -> Any:
            data = {**profile, **changed}
            return await backend.ask("SetNetworkProfile", configurationSlot=number, connectionData=data)

        assert (await slot(old, 2))["status"] == "Accepted"
        assert (await slot(old, 9))["statusInfo"]["reasonCode"] == "InvalidConfSlot"
        assert (await slot(old, 3, ocppCsmsUrl="ws://x"))["statusInfo"]["reasonCode"] == "InvalidNetworkConf"
        priority = ("OCPPCommCtrlr", "NetworkConfigurationPriority")
        assert await old.set(*priority, "9,banana") == "Rejected"
        assert await old.set(*priority, "2,1") == "Rejected"  # it has neither password nor root certificate
        root = pem_of(ca.certificate)
        assert await old.ask("InstallCertificate", certificateType="CSMSRootCertificate", certificate=root)
        assert await old.set("SecurityCtrlr", "BasicAuthPassword", PASSWORD) == "Accepted"
        await old.connection(2)
        assert await old.set(*priority, "2,1") == "RebootRequired"
        assert (await old.ask("Reset", type="Immediate"))["status"] == "Accepted"

        seen = await new.connection(1)
        assert seen.authorization == Credentials.parse(None, PASSWORD).header(STATION)
        await new.got("BootNotification", seen)
        assert await new.get("SecurityCtrlr", "SecurityProfile") == "2"
        assert await new.get(*priority) == "2"  # what is lower is forgotten (A05.FR.06)
        assert await new.set(*priority, "1") == "Rejected"
        lower = await slot(new, 3, ocppCsmsUrl=url, securityProfile=1)
        assert lower["statusInfo"]["reasonCode"] == "NoSecurityDowngrade"

        ids = await new.ask("GetInstalledCertificateIds", certificateType=["CSMSRootCertificate"])
        used = ids["certificateHashDataChain"][0]["certificateHashData"]
        assert await new.ask("DeleteCertificate", certificateHashData=used) == {"status": "Failed"}

        assert await new.set("OCPPCommCtrlr", "NetworkProfileConnectionAttempts", "2") == "Accepted"
        dead = f"wss://127.0.0.1:{old.port}"  # it does not speak TLS
        assert (await slot(new, 3, ocppCsmsUrl=dead))["status"] == "Accepted"
        assert await new.set(*priority, "3,2") == "RebootRequired"
        await new.ask("Reset", type="Immediate")
        seen = await new.connection(2)
        await new.got("BootNotification", seen)
        assert len(old.connections) == 2
        assert await new.get(*priority) == "3,2"


async def test_a_higher_security_profile_of_1_6(tmp_path: Path) -> None:
    """Whitepaper A01, A05: only upwards, with what it needs; where no connection is made, the old one counts."""
    ca = Authority(tmp_path, "CA")
    plain, encrypted = BareBackend(V16), BareBackend(V16)
    encrypted.boots = False
    header = Credentials.parse(None, PASSWORD, hexadecimal=True).header(STATION)
    async with (
        plain.listening(),
        encrypted.listening(server_tls(ca, clients=ca)),
        one_port(plain.port, encrypted.port) as port,
        charging_station(V16, f"ws://127.0.0.1:{port}"),
    ):
        await plain.connection(1)
        assert await plain.change("SecurityProfile", "1") == "Rejected"  # it has no password
        assert await plain.change("AuthorizationKey", PASSWORD) == "Accepted"
        seen = await plain.connection(2)
        assert seen.authorization == header
        plain.refuses = lambda authorization: authorization != header
        assert await plain.change("AuthorizationKey", PASSWORD[::-1]) == "Accepted"
        seen = await plain.connection(3)
        assert seen.authorization == header
        event = await plain.got("SecurityEventNotification", seen)
        assert event["type"] == "FailedToAuthenticateAtCentralSystem"
        for value in ("0", "7", "3", "2", "one"):
            assert await plain.change("SecurityProfile", value) == "Rejected"
        assert await plain.change("SecurityProfile", "1") == "Accepted"
        await plain.connection(4)
        assert await plain.read("SecurityProfile") == "1"
        for authority in (Authority(tmp_path, "Another"), ca):
            root = {"certificateType": "CentralSystemRootCertificate", "certificate": pem_of(authority.certificate)}
            assert await plain.ask("InstallCertificate", **root) == {"status": "Accepted"}
            if authority is not ca:
                assert await plain.change("SecurityProfile", "2") == "Accepted"
                seen = await plain.connection(5)  # the root is not that of the central system
                assert await plain.read("SecurityProfile") == "1"
                event = await plain.got("SecurityEventNotification", seen)
                assert event["type"] == "InvalidCentralSystemCertificate"
        renewed = await renew(plain, ca)
        assert await plain.change("SecurityProfile", "3") == "Accepted"
        seen = await encrypted.connection(1)
        assert seen.certificate == renewed
        assert seen.authorization is None
        assert await encrypted.read("SecurityProfile") == "3"
        assert await encrypted.change("SecurityProfile", "2") == "Rejected"
        assert not seen.payloads("BootNotification")


async def test_security_profile_2_of_1_6_is_tls_with_the_password_also_for_the_next_process(tmp_path: Path) -> None:
    """Whitepaper A05: one that forgets its password or its root when it is started anew is locked out for good."""
    ca = Authority(tmp_path, "CA")
    plain, encrypted = BareBackend(V16), BareBackend(V16)
    header = Credentials.parse(None, PASSWORD, hexadecimal=True).header(STATION)
    encrypted.refuses = lambda authorization: authorization != header
    state = tmp_path / "state.json"
    async with (
        plain.listening(),
        encrypted.listening(server_tls(ca)),
        one_port(plain.port, encrypted.port) as port,
    ):
        url = f"ws://127.0.0.1:{port}"
        async with charging_station(V16, url, state=state):
            await plain.connection(1)
            root = {"certificateType": "CentralSystemRootCertificate", "certificate": pem_of(ca.certificate)}
            assert await plain.ask("InstallCertificate", **root) == {"status": "Accepted"}
            assert await plain.change("AuthorizationKey", PASSWORD) == "Accepted"
            await plain.connection(2)
            assert await plain.change("SecurityProfile", "2") == "Accepted"
            seen = await encrypted.connection(1)
            assert (seen.authorization, seen.certificate) == (header, None)
            assert await encrypted.read("SecurityProfile") == "2"
        async with charging_station(V16, url, state=state) as station:
            seen = await encrypted.connection(2)
            assert seen.authorization == header
            await encrypted.got("BootNotification", seen)
            assert await encrypted.read("SecurityProfile") == "2"
            assert await encrypted.change("SecurityProfile", "1") == "Rejected"
            assert len(plain.connections) == 2
            records = [str(station.timeline.record(index)) for index in range(len(station.timeline))]
            assert not any(PASSWORD in record for record in records)
    assert PASSWORD in state.read_text()


@pytest.mark.parametrize("version", [V16, V201])
async def test_the_next_process_has_the_certificate_of_the_last(version: Version, tmp_path: Path) -> None:
    """A02: with the user's own certificate only where the renewed one is refused."""
    ca = Authority(tmp_path, "CA")
    first = ca.sign(STATION)
    backend, state = BareBackend(version), tmp_path / "state.json"
    settings: dict[str, Any] = {"ca": ca.path, "certificate": first.certificate, "key": first.key, "state": state}
    async with backend.listening(server_tls(ca, clients=ca)) as url:
        async with charging_station(version, url, **settings):
            await backend.connection(1)
            renewed = await renew(backend, ca)
            await backend.connection(2)
        async with charging_station(version, url, **settings):
            seen = await backend.connection(3)
            assert seen.certificate == renewed


@pytest.mark.parametrize("version", [V16, V201, V21])
async def test_the_ping_interval_is_that_of_the_pings(version: Version) -> None:
    backend = BareBackend(version)
    async with backend.listening() as url, charging_station(version, url, ping_interval=None) as station:
        seen = await backend.connection(1)
        if version is V16:
            assert await backend.read("WebSocketPingInterval") == "0"
            assert await backend.change("WebSocketPingInterval", "1") == "Accepted"
        else:
            assert await backend.set("OCPPCommCtrlr", "WebSocketPingInterval", "1") == "Accepted"
            assert await backend.get("OCPPCommCtrlr", "WebSocketPingInterval") == "1"
        await backend.pinged(seen, 1)
        if version is V16:
            assert await backend.change("WebSocketPingInterval", "0") == "Accepted"
            assert station.client_links[0].ping_interval is None


@pytest.mark.parametrize("version", [V16, V201, V21])
async def test_the_clock_is_set_by_the_central_system(version: Version) -> None:
    """D13: a backend a day ahead gets times of its own day, and an event that says why."""
    backend = BareBackend(version)
    backend.ahead = timedelta(days=1)
    async with backend.listening() as url, charging_station(version, url):
        seen = await backend.connection(1)
        event = await backend.got("SecurityEventNotification", seen)
        assert event["type"] == "SettingSystemTime"
        told = datetime.fromisoformat(seen.payloads("StatusNotification")[0]["timestamp"])
        assert timedelta(hours=23) < told - datetime.now(UTC) < timedelta(hours=25)
