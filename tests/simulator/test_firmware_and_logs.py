"""Logs, firmware, certificates. If these fail, a backend waits for steps that never come or are wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.ocpp.date_times import date_time
from ocpptui.ocpp.version import Version
from ocpptui.simulator.installed_certificates import CertificateStore, root_id

if TYPE_CHECKING:
    from tests.simulator.conftest import Operate, Operated

V16, V201, V21 = Version.V16, Version.V201, Version.V21
SECOND = 1_000_000
TIME = "2026-11-22T10:00:00Z"
LOG = {"logType": "DiagnosticsLog", "log": {"remoteLocation": "ftp://a/b"}}


def steps(operated: Operated, action: str) -> list[tuple[str, Any]]:
    return [(said.payload["status"], said.payload.get("requestId")) for said in operated.told(action)]


def test_a_log_upload_reports_its_steps_with_the_request_id(operated: Operated) -> None:
    answer = operated.order("GetLog", {**LOG, "requestId": 41}, 10)
    assert answer == {"status": "Accepted", "filename": "diagnostics.log"}
    assert steps(operated, "LogStatusNotification") == [("Uploading", 41), ("Uploaded", 41)]
    security = operated.order("GetLog", {**LOG, "logType": "SecurityLog", "requestId": 42})
    assert security["filename"] == "security.log"


def test_a_second_request_replaces_the_first(operated: Operated) -> None:
    operated.order("GetLog", {**LOG, "requestId": 41}, 3)
    assert operated.order("GetLog", {**LOG, "requestId": 42}, 10)["status"] == "AcceptedCanceled"
    expected = [("Uploading", 41), ("Uploading", 42), ("Uploaded", 42)]
    assert steps(operated, "LogStatusNotification") == expected


def test_a_trigger_reports_the_progress_of_an_upload(operated: Operated) -> None:
    wanted = {"requestedMessage": "LogStatusNotification"}
    action = "ExtendedTriggerMessage" if operated.version is V16 else "TriggerMessage"
    operated.order(action, wanted)
    operated.order("GetLog", {**LOG, "requestId": 41}, 3)
    operated.order(action, wanted, 0.5)
    told = steps(operated, "LogStatusNotification")
    assert told == [("Idle", None), ("Uploading", 41), ("Uploading", 41)]


def test_diagnostics_of_1_6(operate: Operate) -> None:
    operated = operate(V16)
    assert operated.order("GetDiagnostics", {"location": "ftp://a/b"}, 10) == {"fileName": "diagnostics.log"}
    assert steps(operated, "DiagnosticsStatusNotification") == [("Uploading", None), ("Uploaded", None)]


def test_firmware_of_1_6(operate: Operate) -> None:
    operated = operate(V16)
    assert operated.order("UpdateFirmware", {"location": "ftp://a/b", "retrieveDate": TIME}, 20) == {}
    names = ["Downloading", "Downloaded", "Installing", "Installed"]
    assert steps(operated, "FirmwareStatusNotification") == [(name, None) for name in names]
    assert not operated.told("SecurityEventNotification")


FIRMWARE = {"location": "ftp://a/b", "retrieveDateTime": TIME}
SIGNED = {**FIRMWARE, "signingCertificate": "c", "signature": "s"}
SIGNED_STEPS = ["Downloading", "Downloaded", "SignatureVerified", "Installing", "Installed"]


def test_signed_firmware_of_1_6(operate: Operate) -> None:
    operated = operate(V16)
    answer = operated.order("SignedUpdateFirmware", {"requestId": 7, "firmware": SIGNED}, 20)
    assert answer == {"status": "Accepted"}
    assert steps(operated, "SignedFirmwareStatusNotification") == [(name, 7) for name in SIGNED_STEPS]
    assert operated.told("SecurityEventNotification")[0].payload["type"] == "FirmwareUpdated"


@pytest.mark.parametrize("version", [V201, V21])
def test_firmware_of_2_x(operated: Operated) -> None:
    operated.order("UpdateFirmware", {"requestId": 7, "firmware": FIRMWARE}, 3)
    signed = {"requestId": 8, "firmware": SIGNED}
    assert operated.order("UpdateFirmware", signed, 20) == {"status": "AcceptedCanceled"}
    told = steps(operated, "FirmwareStatusNotification")
    assert told == [("Downloading", 7), *[(name, 8) for name in SIGNED_STEPS]]
    assert len(operated.told("SecurityEventNotification")) == 1


def test_firmware_is_retrieved_at_the_requested_time(operate: Operate) -> None:
    operated = operate(V16)
    when = date_time(operated.bench.now + 100 * SECOND)
    operated.order("UpdateFirmware", {"location": "ftp://a/b", "retrieveDate": when}, 99)
    assert not operated.told()
    operated.bench.run(1.5)
    assert steps(operated, "FirmwareStatusNotification") == [("Downloading", None)]


# -- certificates ---------------------------------------------------------------------------------------------------


def certificate(serial: int, *, with_rsa: bool = False) -> x509.Certificate:
    key = rsa.generate_private_key(65537, 2048) if with_rsa else ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Root {serial}")])
    now = datetime(2026, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(serial)
    dated = builder.not_valid_before(now).not_valid_after(now + timedelta(days=9)).public_key(key.public_key())
    return dated.sign(key, hashes.SHA256())


def pem(found: x509.Certificate) -> str:
    return found.public_bytes(Encoding.PEM).decode()


@pytest.mark.parametrize("with_rsa", [False, True])
def test_the_hashes_are_those_of_the_name_and_the_bare_key(with_rsa: bool) -> None:
    """A backend would look in vain for the certificate that it had installed."""
    root = certificate(0x0123456789ABCDEF0123456789ABCDEF, with_rsa=with_rsa)
    form = PublicFormat.PKCS1 if with_rsa else PublicFormat.UncompressedPoint
    key = root.public_key().public_bytes(Encoding.DER if with_rsa else Encoding.X962, form)
    found = root_id(f"a line before\n{pem(root)}")
    assert found is not None
    assert found.issuer_name_hash == sha256(root.issuer.public_bytes()).hexdigest()
    assert found.issuer_key_hash == sha256(key).hexdigest()
    assert int(found.serial_number, 16) == root.serial_number
    assert not found.serial_number.startswith("0")


@given(st.binary(max_size=80) | st.just(b"\x30\x82\xff\xff") | st.just(b"\x30\x06\x30\x04\x30\x02\x05\x00"))
def test_broken_certificates_do_not_stop_the_charge_point(data: bytes) -> None:
    import base64

    text = base64.b64encode(data).decode()
    store = CertificateStore()
    assert not store.install("CSMSRootCertificate", f"-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----")
    assert not store.install("CSMSRootCertificate", text)


def test_certificates_are_installed_listed_and_deleted(operated: Operated) -> None:
    is_16 = operated.version is V16
    kind = "CentralSystemRootCertificate" if is_16 else "CSMSRootCertificate"
    root = pem(certificate(0xABC))
    asked = {"certificateType": kind} if is_16 else {"certificateType": [kind]}
    assert operated.order("GetInstalledCertificateIds", asked) == {"status": "NotFound"}
    bad = {"certificateType": kind, "certificate": "not a certificate"}
    assert operated.order("InstallCertificate", bad) == {"status": "Rejected"}
    good = {"certificateType": kind, "certificate": root}
    assert operated.order("InstallCertificate", good) == {"status": "Accepted"}
    answer = operated.order("GetInstalledCertificateIds", asked)
    found = answer["certificateHashData"][0] if is_16 else answer["certificateHashDataChain"][0]["certificateHashData"]
    assert found["serialNumber"] == "abc"
    other = {"certificateType": "ManufacturerRootCertificate" if is_16 else ["ManufacturerRootCertificate"]}
    assert operated.order("GetInstalledCertificateIds", other) == {"status": "NotFound"}
    named = {"certificateHashData": {**found, "serialNumber": "ABC"}}
    assert operated.order("DeleteCertificate", named) == {"status": "Accepted"}
    assert operated.order("DeleteCertificate", named) == {"status": "NotFound"}
