"""A folder of plug and charge, and the OCSP responder for it, asked over real HTTP."""

from __future__ import annotations

import asyncio
import base64
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from cryptography.x509 import ocsp

from ocpptui.network.ocsp_http import OcspServer, ask_responder
from ocpptui.runtime.clock import now
from ocpptui.session.setting_values import WrongSetting
from ocpptui.session.vehicle_files import VehicleFiles
from ocpptui.simulator.bench_certificates import Flaw
from ocpptui.simulator.contract import EMAID
from ocpptui.simulator.ocsp_answers import hash_data_of, ocsp_finding, ocsp_request
from ocpptui.simulator.ocsp_responder import OcspAnswer
from ocpptui.simulator.own_certificates import certificates_in
from ocpptui.simulator.vehicle_certificates import CPO, MO, OEM


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> VehicleFiles:
    made = VehicleFiles(tmp_path_factory.mktemp("bench") / "iso15118")
    for flaw in (None, Flaw.REVOKED, Flaw.OTHER_CA):
        made.leaf(MO, EMAID, flaw)
    made.leaf(CPO, "CP001")
    return made


def chain_at(path: Path) -> str:
    return path.read_text(encoding="ascii")


def test_nothing_that_is_there_is_overwritten(tmp_path: Path) -> None:
    first = VehicleFiles(tmp_path)
    path = first.leaf(MO, EMAID).path
    before = {one.name: one.read_bytes() for one in tmp_path.iterdir()}
    again = VehicleFiles(tmp_path)
    assert (first.is_new, again.is_new) == (True, False)
    assert again.leaf(MO, EMAID) == (path, path.with_suffix(".key"), False)
    assert again.leaf(OEM, "PCID").is_new
    assert {name: (tmp_path / name).read_bytes() for name in before} == before
    with pytest.raises(WrongSetting, match="eMAID"):
        again.leaf(MO, "x")
    (tmp_path / "mo-root.key").unlink()
    with pytest.raises(WrongSetting, match=r"mo-root\.key cannot be read"):
        VehicleFiles(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no permissions of this kind")
def test_all_files_are_for_their_user_alone(files: VehicleFiles) -> None:
    assert {stat.S_IMODE(path.stat().st_mode) for path in files.folder.iterdir()} == {0o600}


CASES = [
    # the file, what the responder always says, the status, a part of the reason
    ("", None, "Good", ""),
    (".revoked", None, "Revoked", "revoked"),
    ("", OcspAnswer.GOOD, "Good", ""),
    ("", OcspAnswer.REVOKED, "Revoked", "revoked"),
    ("", OcspAnswer.UNKNOWN, "Unknown", "does not know"),
    ("", OcspAnswer.WRONG_SIGNATURE, "Failed", "not that of the issuer"),
    ("", OcspAnswer.EXPIRED, "Failed", "was valid until"),
    ("", OcspAnswer.TRY_LATER, "Failed", "try later"),
]


def test_each_answer_is_what_was_chosen(files: VehicleFiles) -> None:
    """A charge point is tested against each of them; an answer that is not what it is called proves nothing."""

    async def run() -> None:
        said: list[OcspAnswer | None] = [None]

        def answer(question: bytes) -> tuple[bytes, float]:
            reply = files.responder(said[0]).answer(question, now())
            return reply.data, reply.delay

        server = OcspServer(answer)
        await server.start(0)
        url = f"http://127.0.0.1:{server.port}/"
        try:
            for name, always, status, reason in CASES:
                said[0] = always
                chain = certificates_in(chain_at(files.folder / f"contract-{EMAID}{name}.pem"))
                request = ocsp_request(hash_data_of(chain[0], chain[1]))
                data = await ask_responder(url, request)
                assert isinstance(data, bytes)
                found = ocsp_finding(data, request, chain[1:], now())
                assert (found.status, reason in found.reason) == (status, True), (name, always, found)
                assert found.is_forged is (always is OcspAnswer.WRONG_SIGNATURE)
            said[0] = None
            by_get = await ask_responder(url + quote(base64.b64encode(request).decode(), safe=""), b"")
            assert isinstance(by_get, bytes) and ocsp_finding(by_get, request, chain[1:], now()).status == "Good"
            assert ocsp_finding(by_get, request, [], now()).reason.endswith("the issuer is not known")
            other = ocsp_request(hash_data_of(chain[1], files.authorities["mo-sub-ca-1"].certificate))
            assert ocsp_finding(by_get, other, files.authorities["mo-sub-ca-2"].chain, now()).reason == (
                "the response is about another certificate"
            )
            for question in (b"", b"\x30\x03\x02\x01\x05"):
                junk = files.responder().answer(question, now())
                malformed = ocsp.load_der_ocsp_response(junk.data).response_status
                assert malformed is ocsp.OCSPResponseStatus.MALFORMED_REQUEST
            said[0] = OcspAnswer.LATE
            assert await ask_responder(url, request, patience=0.1) == "it did not answer within 0.1 s"
            for elsewhere in ("file:///etc/passwd", "http://[abc/"):  # a certificate may name anything
                assert "begin with http" in str(await ask_responder(elsewhere, request))
        finally:
            await server.close()
        assert "cannot be reached" in str(await ask_responder(url, request))

    asyncio.run(run())


def test_one_certificate_may_be_answered_otherwise(files: VehicleFiles) -> None:
    chain = certificates_in(chain_at(files.folder / f"contract-{EMAID}.pem"))
    responder = files.responder(OcspAnswer.UNKNOWN, {chain[0].serial_number: OcspAnswer.REVOKED})
    found = []
    for lower, upper in ((chain[0], chain[1]), (chain[1], chain[2])):
        request = ocsp_request(hash_data_of(lower, upper))
        found.append(ocsp_finding(responder.answer(request, now()).data, request, chain, now()).status)
    assert found == ["Revoked", "Unknown"]
    late = files.responder(OcspAnswer.LATE).answer(request, now())
    assert late.delay > 4.5, "a car waits no longer"


@pytest.mark.skipif(shutil.which("openssl") is None, reason="OpenSSL is not installed")
def test_openssl_reads_the_chains(files: VehicleFiles) -> None:
    chains = [("v2g-root", "cpo-sub-ca-2", "secc-CP001"), ("mo-root", "mo-sub-ca-2", f"contract-{EMAID}")]
    for chain in chains:
        names = [str(files.folder / f"{name}.pem") for name in chain]
        verify = ["openssl", "verify", "-x509_strict", "-CAfile", names[0], "-untrusted", names[1], names[2]]
        result = subprocess.run(verify, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stderr
