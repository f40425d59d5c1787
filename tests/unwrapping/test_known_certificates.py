"""The inspector judges a certificate by its place and by what the log has shown before, or support has to do it."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from ocpptui.describe.contents import contents_of
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import Direction, Version
from ocpptui.ocpp.wrapped_messages import wrapped_request
from ocpptui.simulator.bench_certificates import Flaw, charge_point_pair, server_pair
from ocpptui.simulator.certificate_authority import CertificateAuthority, new_authority
from ocpptui.simulator.ocsp_responder import IssuedCertificate, OcspResponder
from ocpptui.simulator.own_certificates import OwnCertificates
from ocpptui.timeline.record import message_record
from ocpptui.timeline.timeline import Timeline
from tests.kit.talk import NOW

MADE = new_authority(NOW)
BENCH = CertificateAuthority(MADE.chain, MADE.key)
OTHER = new_authority(NOW, "Other")
UP, DOWN = Direction.TO_CSMS, Direction.TO_CHARGE_POINT
OF_CHARGE_POINT = ("BootNotification", "SignCertificate", "GetCertificateStatus", "Authorize")
Step = tuple[str, dict[str, Any]]


def problems(*steps: Step, version: Version = Version.V16) -> list[str]:
    """What is wrong in the last message of a charge point, CP001."""
    timeline = Timeline()
    for number, (action, payload) in enumerate(steps):
        is_answer = action.startswith("answer")
        frame = [3, str(number - 1), payload] if is_answer else [2, str(number), action, payload]
        direction = (
            UP if action in ("BootNotification", "SignCertificate", "GetCertificateStatus", "Authorize") else DOWN
        )
        raw = json.dumps(frame)
        timeline.append(
            message_record(
                raw, time=NOW + number, connection=1, direction=direction, charge_point="CP001", version=version
            )
        )
    last = timeline.frame(len(steps) - 1)
    assert isinstance(last, Message)
    contents = contents_of(timeline, len(steps) - 1, last)
    return [line.text for found in contents for line in found.lines if line.sort == "problem"]


def signed(chain: str, kind: str = "") -> Step:
    return "CertificateSigned", {"certificateChain": chain, **({"certificateType": kind} if kind else {})}


def installed(pem: str, kind: str) -> Step:
    return "InstallCertificate", {"certificateType": kind, "certificate": pem}


def pems(text: str) -> list[str]:
    return [one.public_bytes(Encoding.PEM).decode() for one in x509.load_pem_x509_certificates(text.encode())]


ROOT, OTHER_ROOT = pems(MADE.chain)[-1], pems(OTHER.chain)[-1]
FOREIGN = charge_point_pair(BENCH, "CP001", "Op", NOW, flaw=Flaw.OTHER_CA)
RIGHT = charge_point_pair(BENCH, "CP001", "Operator", NOW)
KNOWN = installed(ROOT, "CentralSystemRootCertificate")


@pytest.mark.parametrize(
    ("flaw", "words"),
    [
        (None, ()),
        (Flaw.EXPIRED, ("expired 1 d before this record",)),
        (Flaw.NOT_YET_VALID, ("not yet valid: 365 d too early",)),
        (Flaw.WRONG_NAME, ("it names not-CP001, not CP001 (A00.FR.405)",)),
        (Flaw.WRONG_USAGE, ("not good for a charge point: it was issued for servers, not for clients",)),
        (Flaw.WEAK, ("too weak: its RSA key has 1024 bits",)),
        (Flaw.OTHER_CA, ("Another CA issued it, CN=ocpptui other",)),
        (Flaw.REVOKED, ("The certificate was revoked on",)),
    ],
)
def test_each_wrong_certificate_of_a_bench_is_named_rightly(flaw: Flaw | None, words: tuple[str, ...]) -> None:
    """A charge point that refuses a certificate says Rejected, and no more."""
    pair = charge_point_pair(BENCH, "CP001", "Operator", NOW, flaw=flaw)
    steps = [KNOWN]
    if flaw is Flaw.REVOKED:
        steps += status_of(pair.chain)
    found = problems(*steps, signed(pair.chain))
    assert len(found) == len(words), found
    assert all(word in text for word, text in zip(words, found, strict=True)), found


def status_of(chain: str) -> list[Step]:
    """The question for the status of a certificate that was revoked, and its answer."""
    own, issuer, *_ = x509.load_pem_x509_certificates(chain.encode())
    request = ocsp.OCSPRequestBuilder().add_certificate(own, issuer, SHA256()).build().public_bytes(Encoding.DER)
    said = OcspResponder([BENCH], [IssuedCertificate(own, True)]).answer(request, NOW)
    answer = {"status": "Accepted", "ocspResult": base64.b64encode(said.data).decode()}
    return [("GetCertificateStatus", {"ocspRequestData": {}}), ("answer", answer)]


SERVER = server_pair(BENCH, ["localhost"], NOW).chain


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        # Before anything is known of CAs, none is another.
        ([signed(FOREIGN.chain)], ""),
        ([signed(RIGHT.chain), signed(FOREIGN.chain)], "Another CA issued it"),
        ([KNOWN, signed(pems(RIGHT.chain)[0])], "an intermediate certificate is missing"),
        ([KNOWN, signed(RIGHT.chain)], ""),
        ([installed(OTHER_ROOT, "ManufacturerRootCertificate"), signed(RIGHT.chain)], ""),  # for something else
        # The charge point may be known by the serial number that it has booted with.
        ([signed(charge_point_pair(BENCH, "SN-7", "Op", NOW).chain)], "it names SN-7, not CP001"),
        (
            [
                ("BootNotification", {"chargePointSerialNumber": "SN-7"}),
                signed(charge_point_pair(BENCH, "SN-7", "Op", NOW).chain),
            ],
            "",
        ),
        ([("BootNotification", {"chargingStation": {"serialNumber": "SN-7"}}), signed(RIGHT.chain)], ""),
        ([signed(RIGHT.chain, "V2GCertificate")], ""),
        ([installed(pems(RIGHT.chain)[0], "CentralSystemRootCertificate")], "not good for a root"),
        ([installed(OTHER_ROOT, "V2GRootCertificate")], ""),
        ([("SignedUpdateFirmware", {"firmware": {"signingCertificate": ROOT}})], "not good for signing firmware"),
        ([("UpdateFirmware", {"firmware": {"signingCertificate": pems(RIGHT.chain)[0]}})], ""),
        (
            [installed(OTHER_ROOT, "ManufacturerRootCertificate"),
             ("UpdateFirmware", {"firmware": {"signingCertificate": pems(RIGHT.chain)[0]}})],
            "Another CA issued it",
        ),
        ([("Authorize", {"idToken": {"type": "Central"}, "certificate": ROOT})], "not good for a contract"),
        # Another place of the protocol says nothing of the use.
        ([("DataTransfer", {"vendorId": "v", "data": SERVER})], ""),
        ([("DataTransfer", wrapped_request("InstallCertificate", installed(RIGHT.chain, "V2GRootCertificate")[1]))],
         "not good for a root"),
    ],
    ids=[
        "nothing known", "earlier chain", "gap to the root", "right", "root of another use", "unknown serial",
        "serial", "serial of 2.x", "V2G", "no root", "root", "firmware of a CA", "firmware", "firmware of another CA",
        "contract of a CA", "elsewhere", "wrapped",
    ],
)  # fmt: skip
def test_a_place_and_what_came_before_decide(steps: list[Step], words: str) -> None:
    found = problems(*steps)
    assert ([words in text for text in found] == [True]) if words else not found, found


def test_a_request_names_the_charge_point_that_makes_it() -> None:
    """A CA would refuse it, or sign what no central system accepts."""
    for name, count in (("CP001", 0), ("CP002", 1)):
        request = OwnCertificates().request("ChargingStationCertificate", name, "Operator")
        found = problems(("SignCertificate", {"csr": request}))
        assert len(found) == count, found
