"""Certificates of contracts and cars, over real sockets with a real responder, judged by the central system.

If these fail, a charge point that lets a revoked contract charge passes here.
"""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography.x509 import ocsp
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from ocpptui.network.server_settings import ServerSettings
from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.validation import violations
from ocpptui.ocpp.version import Role, Version
from ocpptui.runtime.clock import now
from ocpptui.session.session import Session
from ocpptui.session.settings import session_settings
from ocpptui.simulator.bench_certificates import Flaw
from ocpptui.simulator.contract import EMAID
from ocpptui.simulator.ocsp_answers import hash_data_of, ocsp_finding, ocsp_request
from ocpptui.simulator.ocsp_responder import OcspAnswer
from tests.kit.vehicle_bench import vehicle_bench
from tests.session.test_central_system_control import BareChargePoint, notes

V16, V201, V21 = Version.V16, Version.V201, Version.V21
TOKEN = {"idToken": EMAID, "type": "eMAID"}
HARMLESS = {Flaw.WRONG_USAGE}
"""Flaws that do not make a contract invalid: OCPP has no status for its use."""


@asynccontextmanager
async def central_system(**values: Any) -> AsyncIterator[Session]:
    session = Session(role=Role.CENTRAL_SYSTEM, settings=session_settings(values, Role.CENTRAL_SYSTEM))
    try:
        await session.listen(ServerSettings(host="127.0.0.1", port=0))
        yield session
    finally:
        await session.close()


@asynccontextmanager
async def bare(session: Session, version: Version) -> AsyncIterator[BareChargePoint]:
    url = f"{session.listening_urls[0].rstrip('/')}/CP001"
    async with connect(url, subprotocols=[Subprotocol(f"ocpp{version}")]) as socket:
        yield BareChargePoint(socket)


async def ask(cp: BareChargePoint, version: Version, action: str, payload: dict[str, Any]) -> dict[str, Any]:
    """The valid answer to a valid call."""
    assert violations(version, action, Part.REQUEST, payload) == ()
    frame = await cp.ask(action, payload)
    assert frame[0] == 3, frame
    assert violations(version, action, Part.RESPONSE, frame[2]) == (), frame
    answer: dict[str, Any] = frame[2]
    return answer


CONTRACTS: list[tuple[Flaw | None, OcspAnswer | None, str, str]] = [
    # the flaw of the contract, what the responder always says, certificateStatus, status of the token
    (None, None, "Accepted", "Accepted"),
    (Flaw.EXPIRED, None, "CertificateExpired", "Expired"),
    (Flaw.NOT_YET_VALID, None, "CertChainError", "Invalid"),
    (Flaw.WRONG_NAME, None, "NoCertificateAvailable", "Invalid"),
    (Flaw.WEAK, None, "CertChainError", "Invalid"),
    (Flaw.REVOKED, None, "CertificateRevoked", "Invalid"),
    (Flaw.OTHER_CA, None, "CertChainError", "Invalid"),
    (None, OcspAnswer.REVOKED, "CertificateRevoked", "Invalid"),
    (None, OcspAnswer.UNKNOWN, "CertChainError", "Invalid"),
    (None, OcspAnswer.WRONG_SIGNATURE, "SignatureError", "Invalid"),
    (None, OcspAnswer.EXPIRED, "CertChainError", "Invalid"),
    (None, OcspAnswer.TRY_LATER, "CertChainError", "Invalid"),
]


@pytest.mark.parametrize("version", [V201, V21])
async def test_each_contract_has_the_status_that_it_deserves(version: Version, tmp_path: Path) -> None:
    async with (
        vehicle_bench(tmp_path) as bench,
        central_system(iso15118=str(tmp_path)) as session,
    ):
        async with bare(session, version) as cp:
            for flaw, says, status, of_token in CONTRACTS:
                bench.says = says
                request: dict[str, Any] = {"idToken": TOKEN, "certificate": bench.contract(flaw)}
                answer = await ask(cp, version, "Authorize", request)
                assert (answer["certificateStatus"], answer["idTokenInfo"]["status"]) == (status, of_token), (
                    flaw,
                    says,
                )
                if flaw in (None, Flaw.REVOKED):
                    request = {"idToken": TOKEN, "iso15118CertificateHashData": bench.hashes(flaw)}
                    answer = await ask(cp, version, "Authorize", request)
                    assert answer["certificateStatus"] == status, (flaw, says)
            bench.says = None
            for request in (
                {"idToken": TOKEN, "certificate": "no certificate"},
                {"idToken": {**TOKEN, "idToken": "DE8ZZZ1B2C3D45"}, "certificate": bench.contract()},
            ):
                assert (await ask(cp, version, "Authorize", request))["certificateStatus"] == "NoCertificateAvailable"
            gone = [{**one, "responderURL": "http://127.0.0.1:9/"} for one in bench.hashes()]
            request = {"idToken": TOKEN, "iso15118CertificateHashData": gone}
            assert (await ask(cp, version, "Authorize", request))["certificateStatus"] == "CertChainError"
        said = "\n".join(notes(session))
        for words in ("was valid until", "was revoked", "not that of the issuer", "at least 2048", "is not known"):
            assert words in said, words
        assert len(bench.asked) > len(CONTRACTS), "the responder was really asked"


async def test_a_good_certificate_of_a_refused_contract_is_cancelled(tmp_path: Path) -> None:
    async with (
        vehicle_bench(tmp_path) as bench,
        central_system(iso15118=str(tmp_path), rejected=[EMAID]) as session,
        bare(session, V201) as cp,
    ):
        answer = await ask(cp, V201, "Authorize", {"idToken": TOKEN, "certificate": bench.contract()})
    assert (answer["certificateStatus"], answer["idTokenInfo"]["status"]) == ("ContractCancelled", "Blocked")


async def test_without_a_ca_the_token_decides_and_the_log_says_so(tmp_path: Path) -> None:
    async with vehicle_bench(tmp_path) as bench, central_system() as session:
        async with bare(session, V201) as cp:
            for _ in range(2):
                request = {"idToken": TOKEN, "certificate": bench.contract(Flaw.EXPIRED)}
                assert (await ask(cp, V201, "Authorize", request))["certificateStatus"] == "Accepted"
        assert sum("are not verified" in note for note in notes(session)) == 1


@pytest.mark.parametrize("version", [V201, V21])
async def test_a_status_is_fetched_from_the_responder(version: Version, tmp_path: Path) -> None:
    """M06: what comes back is the response itself, which a charge point staples for the car."""
    async with vehicle_bench(tmp_path) as bench, central_system() as session, bare(session, version) as cp:
        chain, [hashes, *_] = bench.chain(), bench.hashes()
        for says, status in ((None, "Good"), (OcspAnswer.REVOKED, "Revoked"), (OcspAnswer.UNKNOWN, "Unknown")):
            bench.says = says
            answer = await ask(cp, version, "GetCertificateStatus", {"ocspRequestData": hashes})
            assert answer["status"] == "Accepted"
            data = base64.b64decode(answer["ocspResult"])
            assert ocsp_finding(data, ocsp_request(hashes), chain, now()).status == status
            assert ocsp.load_der_ocsp_response(data).serial_number == chain[0].serial_number
        bench.says = OcspAnswer.TRY_LATER
        wrong = [
            hashes,
            {**hashes, "responderURL": "http://127.0.0.1:9/"},
            {**hashes, "responderURL": "ftp://127.0.0.1/"},
            {**hashes, "serialNumber": "not hexadecimal"},
        ]
        for one in wrong:
            answer = await ask(cp, version, "GetCertificateStatus", {"ocspRequestData": one})
            assert answer["status"] == "Failed" and answer["statusInfo"]["additionalInfo"], one


async def test_the_status_of_a_chain_is_that_of_each_certificate(tmp_path: Path) -> None:
    """GetCertificateChainStatus of 2.1, by OCSP and by a list that cannot be fetched."""
    async with (
        vehicle_bench(tmp_path) as bench,
        central_system(iso15118=str(tmp_path)) as session,
        bare(session, V21) as cp,
    ):
        chain, urls = bench.chain(Flaw.REVOKED), ["http://127.0.0.1:9/", bench.url]
        named = [hash_data_of(*pair) for pair in zip(chain, chain[1:], strict=False)]
        items: list[dict[str, Any]] = [{"certificateHashData": one, "source": "OCSP", "urls": urls} for one in named]
        items.append({"certificateHashData": named[0], "source": "CRL", "urls": [bench.url]})
        answer = await ask(cp, V21, "GetCertificateChainStatus", {"certificateStatusRequests": items})
    assert [one["status"] for one in answer["certificateStatus"]] == ["Revoked", "Good", "Good", "Failed"]
    assert [one["certificateHashData"] for one in answer["certificateStatus"]] == [
        one["certificateHashData"] for one in items
    ]


@pytest.mark.parametrize("version", [V201, V21])
async def test_a_contract_is_installed_from_a_file_alone(version: Version, tmp_path: Path) -> None:
    """Nothing here can make the answer of a contract provider; one that is made up would break the car's session."""
    exi = b"\x80\x98\x02" + bytes(range(60))
    (plain := tmp_path / "plain.exi").write_bytes(exi)
    (wrapped := tmp_path / "wrapped.txt").write_bytes(base64.encodebytes(exi))
    (large := tmp_path / "large.exi").write_bytes(b"\x80" * 15_000)
    request = {
        "iso15118SchemaVersion": "urn:iso:15118:2:2013:MsgDef",
        "action": "Install",
        "exiRequest": base64.b64encode(b"\x80" * 33).decode(),
    }
    for path in (None, plain, wrapped, large):
        values = {} if path is None else {"exi_response": str(path)}
        async with central_system(**values) as session:
            async with bare(session, version) as cp:
                answer = await ask(cp, version, "Get15118EVCertificate", request)
            assert any("Install, ISO 15118-2, EXI of 33 bytes" in note for note in notes(session))
        if path in (plain, wrapped):
            assert answer["status"] == "Accepted" and base64.b64decode(answer["exiResponse"]) == exi
        else:
            assert (answer["status"], answer["exiResponse"]) == ("Failed", "")


def test_the_table_has_every_flaw() -> None:
    assert {flaw for flaw, *_ in CONTRACTS if flaw} | HARMLESS == set(Flaw)
