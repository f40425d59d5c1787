"""Firmware updates. If these fail, a backend takes a charge point for updated that still runs the old firmware."""

from __future__ import annotations

import base64
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

from ocpptui.ocpp.date_times import date_time
from ocpptui.ocpp.version import Version
from ocpptui.simulator.behaviour_settings import ChargePointSettings
from ocpptui.simulator.effects import TransferOutcome
from ocpptui.simulator.firmware import new_version
from tests.simulator.conftest import SECOND
from tests.simulator.test_certificate_calls import certificate, pem

if TYPE_CHECKING:
    from tests.simulator.conftest import Operate, Operated

V16, V201, V21 = Version.V16, Version.V201, Version.V21
TIME = "2026-11-22T10:00:00Z"
FILE = b"the new firmware"
FIRMWARE = {"location": "http://a/station-2.1.0.bin", "retrieveDateTime": TIME}
SIGNED_STEPS = ["Downloading", "Downloaded", "SignatureVerified", "Installing", "InstallRebooting", "Installed"]


def steps(operated: Operated, action: str = "") -> list[tuple[str, Any]]:
    names = (action,) if action else ("FirmwareStatusNotification", "SignedFirmwareStatusNotification")
    return [(said.payload["status"], said.payload.get("requestId")) for said in operated.told(*names)]


def signer(*, with_rsa: bool = False) -> tuple[str, Any]:
    """A signing certificate of its own, and its key."""
    key: Any = rsa.generate_private_key(65537, 2048) if with_rsa else ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Manufacturer")])
    template = certificate(7)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(7)
    builder = builder.not_valid_before(template.not_valid_before_utc).not_valid_after(template.not_valid_after_utc)
    return pem(builder.public_key(key.public_key()).sign(key, hashes.SHA256())), key


def signed_firmware(file: bytes = FILE, *, with_rsa: bool = False) -> dict[str, Any]:
    text, key = signer(with_rsa=with_rsa)
    made = (
        key.sign(file, padding.PKCS1v15(), hashes.SHA256()) if with_rsa else key.sign(file, ec.ECDSA(hashes.SHA256()))
    )
    return {**FIRMWARE, "signingCertificate": text, "signature": base64.b64encode(made).decode()}


def send(operated: Operated, firmware: dict[str, Any], request_id: int = 7, seconds: float = 60) -> dict[str, Any]:
    operated.bench.outcome_of = lambda wanted: TransferOutcome(
        wanted.number, size=len(FILE), digest=sha256(FILE).digest()
    )
    action = "SignedUpdateFirmware" if operated.version is V16 else "UpdateFirmware"
    return operated.order(action, {"requestId": request_id, "firmware": firmware}, seconds)


def test_firmware_of_1_6_is_loaded_and_runs_after_a_restart(operate: Operate) -> None:
    operated = operate(V16)
    request = {"location": "ftp://a/station-2.1.0.bin", "retrieveDate": TIME}
    assert operated.order("UpdateFirmware", request, 60) == {}
    names = ["Downloading", "Downloaded", "Installing", "Installed"]
    assert steps(operated) == [(name, None) for name in names]
    assert not operated.told("SecurityEventNotification")
    (boot,) = operated.told("BootNotification")
    assert boot.payload["firmwareVersion"] == "2.1.0"
    assert operated.told("FirmwareStatusNotification")[-1].time > boot.time
    assert operated.bench.transfers[0].content is None


@pytest.mark.parametrize("with_rsa", [False, True])
def test_signed_firmware_is_verified(operate: Operate, version: Version, with_rsa: bool) -> None:
    operated = operate(version)
    assert send(operated, signed_firmware(with_rsa=with_rsa)) == {"status": "Accepted"}
    assert steps(operated) == [(name, 7) for name in SIGNED_STEPS]
    assert [said.payload["type"] for said in operated.told("SecurityEventNotification")] == ["FirmwareUpdated"]
    (boot,) = operated.told("BootNotification")
    if version is not V16:
        assert boot.payload["reason"] == "FirmwareUpdate"
        assert boot.payload["chargingStation"]["firmwareVersion"] == "2.1.0"


@pytest.mark.parametrize("wrong", ["of another file", "not base64"])
def test_a_wrong_signature_ends_the_update(operate: Operate, version: Version, wrong: str) -> None:
    """L01.FR.03: the old firmware goes on, and a security event says why."""
    operated = operate(version)
    firmware = (
        signed_firmware(b"another file") if wrong == "of another file" else {**signed_firmware(), "signature": "*"}
    )
    assert send(operated, firmware) == {"status": "Accepted"}
    assert [status for status, _ in steps(operated)] == ["Downloading", "Downloaded", "InvalidSignature"]
    assert operated.told("SecurityEventNotification")[0].payload["type"] == "InvalidFirmwareSignature"
    assert not operated.told("BootNotification")


def test_a_wrong_certificate_is_refused_at_once(operate: Operate, version: Version) -> None:
    """L01.FR.02: nothing is downloaded."""
    operated = operate(version)
    wrong = {**FIRMWARE, "signingCertificate": "x", "signature": "y"}
    assert send(operated, wrong) == {"status": "InvalidCertificate"}
    assert not operated.bench.transfers
    assert operated.told("SecurityEventNotification")[0].payload["type"] == "InvalidFirmwareSigningCertificate"


def test_where_a_manufacturer_is_installed_another_one_is_refused(operate: Operate, version: Version) -> None:
    operated = operate(version)
    mine, yours = signed_firmware(), signed_firmware()
    root = {"certificateType": "ManufacturerRootCertificate", "certificate": mine["signingCertificate"]}
    assert operated.order("InstallCertificate", root)["status"] == "Accepted"
    assert send(operated, yours) == {"status": "InvalidCertificate"}
    assert send(operated, mine) == {"status": "Accepted"}


def test_a_download_that_fails_is_told_after_its_retries(operate: Operate, version: Version) -> None:
    operated = operate(version)
    operated.bench.outcome_of = lambda wanted: TransferOutcome(wanted.number, "failed")
    if version is V16:
        operated.order("UpdateFirmware", {"location": "ftp://a/b", "retrieveDate": TIME, "retries": 1}, 60)
    else:
        operated.order("UpdateFirmware", {"requestId": 7, "firmware": FIRMWARE, "retries": 1}, 60)
    assert [status for status, _ in steps(operated)] == ["Downloading", "Downloading", "DownloadFailed"]
    assert not operated.told("BootNotification")


@pytest.mark.parametrize("version", [V201, V21])
def test_a_new_request_replaces_one_that_is_not_installing_yet(operate: Operate, version: Version) -> None:
    operated = operate(version)
    send(operated, FIRMWARE, 7, 3)
    assert send(operated, signed_firmware(), 8) == {"status": "AcceptedCanceled"}
    told = steps(operated)
    assert told == [("Downloading", 7), *[(name, 8) for name in SIGNED_STEPS]]


def test_firmware_is_retrieved_at_the_requested_time(operate: Operate) -> None:
    operated = operate(V16)
    when = date_time(operated.bench.now + 100 * SECOND)
    operated.order("UpdateFirmware", {"location": "ftp://a/b", "retrieveDate": when}, 99)
    assert not operated.told()
    operated.bench.run(1.5)
    assert steps(operated) == [("Downloading", None)]


@pytest.mark.parametrize("version", [V201, V21])
def test_firmware_is_installed_at_the_requested_time(operate: Operate, version: Version) -> None:
    operated = operate(version)
    when = date_time(operated.bench.now + 100 * SECOND)
    send(operated, {**FIRMWARE, "installDateTime": when}, 7, 90)
    assert [status for status, _ in steps(operated)] == ["Downloading", "Downloaded", "InstallScheduled"]
    operated.bench.run(60)
    assert steps(operated)[-1] == ("Installed", 7)


def test_a_transaction_is_not_interrupted(operate: Operate, version: Version) -> None:
    """L01.FR.06; 1.6 section 5.19: SHALL let transactions finish."""
    operated = operate(version, ChargePointSettings(connectors=1))
    operated.start()
    send(operated, signed_firmware())
    assert "Installing" not in [status for status, _ in steps(operated)]
    operated.stop(operated.transaction)
    operated.bench.run(60)
    assert steps(operated)[-1] == ("Installed", 7)


@pytest.mark.parametrize(
    ("place", "old", "new"),
    [
        ("http://1.2.3.4/fw/station-v3.10.bin", "1.0.0", "3.10"),
        ("ftp://a/b", "1.0.9", "1.0.10"),
        ("ftp://a/b", "", "1.0.1"),
        ("ftp://a/b", "beta", "beta.1"),
        ("ftp://a/fw-2.0.0.bin", "2.0.0", "2.0.1"),
    ],
)
def test_the_new_version_is_another_one(place: str, old: str, new: str) -> None:
    assert new_version(place, old) == new
