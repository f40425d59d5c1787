"""Certificates of contracts and cars, over real sockets with a real responder, judged by the central system.

If these fail, a charge point that lets a revoked contract charge passes here.
"""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.x509 import ocsp
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from ocpptui.network.server_settings import ServerSettings
from ocpptui.ocpp.message import Message, MessageKind
from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.validation import violations
from ocpptui.ocpp.version import Direction, Role, Version
from ocpptui.ocpp.wrapped_messages import call_within, result_within, wrapped_request
from ocpptui.runtime.clock import now
from ocpptui.session.session import Session
from ocpptui.session.settings import session_settings
from ocpptui.session.station_profiles import profile_named
from ocpptui.simulator.bench_certificates import Flaw
from ocpptui.simulator.contract import EMAID
from ocpptui.simulator.driver_side import Operation
from ocpptui.simulator.ocsp_answers import hash_data_of, ocsp_finding, ocsp_request
from ocpptui.simulator.ocsp_responder import OcspAnswer
from tests.kit.station_bench import STATION, station_bench
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


# -- the simulated charge point on the other side ----------------------------------------------------------------------


class Both:
    """A charge point and a central system of ours; in 1.6, all is wrapped in DataTransfer."""

    def __init__(self, version: Version, central: Session, station: Session) -> None:
        self.version, self.central, self.station = version, central, station

    async def order(self, action: str, payload: dict[str, Any]) -> str:
        """Let the central system make a call; the status of its answer."""
        name, content = action, payload
        if self.version is V16:
            name, content = "DataTransfer", wrapped_request(action, payload)
        connection = self.central.connection_of(STATION)
        assert connection is not None
        index = await self.central.send_call(connection.number, name, json.dumps(content))
        answer = await self.central.until(lambda: self.central.timeline.other_half(index), 60)
        assert answer is not None
        frame = self.central.timeline.frame(answer)
        assert isinstance(frame, Message)
        found = result_within(frame.payload) if self.version is V16 else frame.payload
        assert found is not None, frame
        return str(found["status"])

    async def answers(self, action: str, number: int) -> list[dict[str, Any]]:
        """The answers to so many calls of the charge point, once they are there."""

        def find() -> list[dict[str, Any]] | None:
            timeline, found = self.central.timeline, []
            for index in range(len(timeline)):
                frame = timeline.frame(index)
                if not isinstance(frame, Message) or timeline.direction(index) is not Direction.TO_CSMS:
                    continue
                if frame.kind is not MessageKind.CALL or (other := timeline.other_half(index)) is None:
                    continue
                answer, name = timeline.frame(other), frame.action
                assert isinstance(answer, Message)
                payload = answer.payload
                if self.version is V16 and (inner := call_within(frame.payload)) is not None:
                    name, payload = inner.action, result_within(payload)
                if name == action:
                    found.append(payload)
            return found if len(found) >= number else None

        found = await self.central.until(find, 60)
        assert found is not None, (action, number)
        return found


@pytest.mark.parametrize("version", [V16, V201, V21])
async def test_the_whole_flow_between_both_of_our_sides(version: Version, tmp_path: Path) -> None:
    """Roots are installed, the certificate for cars is signed and its status asked, a contract charges or does not."""
    folder = tmp_path / "iso15118"
    async with vehicle_bench(folder) as bench:
        (profile := tmp_path / "cars.toml").write_text(
            "".join(f"[[cars]]\ncontract = '{bench.path(flaw)}'\n" for flaw in (None, Flaw.REVOKED, Flaw.EXPIRED)),
            encoding="utf-8",
        )
        own = replace(profile_named(str(profile)).settings, connectors=1, meter_interval=1, step=0.1)
        settings = session_settings({"iso15118": str(folder)}, Role.CENTRAL_SYSTEM)
        async with station_bench(version, own=own, settings=settings) as (central, station):
            both = Both(version, central, station)
            assert not station.operate(STATION, Operation("plug-in"))
            [answer] = await both.answers("Authorize", 1)
            assert answer["certificateStatus"] == "Accepted", "the chain, where the root is not installed"
            await charge_and_leave(both, is_accepted=True)
            for kind, root in (("V2GRootCertificate", "v2g-root"), ("MORootCertificate", "mo-root")):
                pem = (folder / f"{root}.pem").read_text(encoding="ascii")
                assert (
                    await both.order("InstallCertificate", {"certificateType": kind, "certificate": pem}) == "Accepted"
                )
            assert await both.order("TriggerMessage", {"requestedMessage": "SignV2GCertificate"}) == "Accepted"
            statuses = await both.answers("GetCertificateStatus", 3)
            assert [one["status"] for one in statuses] == ["Accepted"] * 3
            assert await station.until(
                lambda: sum("for cars: Good" in note for note in notes(station)) == 3 or None, 60
            )
            listed = {"certificateType": ["V2GCertificateChain", "MORootCertificate"]}
            assert await both.order("GetInstalledCertificateIds", listed) == "Accepted"
            assert not station.operate(STATION, Operation("plug-in"))
            answer = (await both.answers("Authorize", 2))[-1]
            assert answer["certificateStatus"] == "CertificateRevoked", "by hashes, since the root is installed"
            await charge_and_leave(both, is_accepted=False)
            assert not station.operate(STATION, Operation("plug-in"))
            assert any("is refused: certificate 1 was valid until" in note for note in notes(station))
            await charge_and_leave(both, is_accepted=False)


async def charge_and_leave(both: Both, *, is_accepted: bool) -> None:
    """The driver unplugs once the car charges, if it may."""
    station = both.station
    if is_accepted:
        assert await station.until(lambda: station.behaviours.connector_views(STATION)[0].transaction or None, 60)
    else:
        assert not station.behaviours.connector_views(STATION)[0].transaction
    assert not station.operate(STATION, Operation("unplug"))


def test_the_table_has_every_flaw() -> None:
    assert {flaw for flaw, *_ in CONTRACTS if flaw} | HARMLESS == set(Flaw)
