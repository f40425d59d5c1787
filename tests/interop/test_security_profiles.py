"""Both roles at each security profile, against each other and against OpenSSL and `websockets`.

The right ones get in; each other one is refused with a sentence of its own on both sides. All rows share a central
system with a port for each kind, and a charge point; both record, and nothing of what they record or say is a secret.
"""

from __future__ import annotations

import base64
import io
import ssl
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol

from ocpptui.cli.headless import RecordPrinter
from ocpptui.network.central_system_server import CentralSystemServer
from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.credential_table import credential_table
from ocpptui.network.credentials import Credentials
from ocpptui.network.password_hash import PasswordHash
from ocpptui.network.server_settings import ServerSettings
from ocpptui.network.tls_terms import TlsTerms
from ocpptui.ocpp.version import Role, Version
from ocpptui.recording.writer import RecordingWriter
from ocpptui.session.bench_files import BenchFile, BenchFiles
from ocpptui.session.session import Session
from ocpptui.session.settings import SessionSettings
from ocpptui.simulator.bench_certificates import Flaw
from ocpptui.timeline.record import RecordKind
from tests.kit.openssl_peers import OLD, OPENSSL, answer_to_s_client, s_server
from tests.network.watching import upgrade_request

PASSWORD, HASHED, WRONG = "R1ght-Passw0rd-of-CP1", "R1ght-Passw0rd-of-CP2", "Wr0ng-Passw0rd-4-all"
KEY = "A1B2C3D4E5F60718293A4B5C6D7E8F9011223344"
LAX = TlsTerms(suites="DEFAULT:@SECLEVEL=0")
OPERATOR = "Operator"
SUITES_OF_OCPP = (
    "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384", "AES128-GCM-SHA256", "AES256-GCM-SHA384"
)  # fmt: skip
"""A central system must support each (2.0.1 Part 2 A00, 1.6 security whitepaper A00)."""
ENDS = ("opened", "refused", "failed")


class Attempt(NamedTuple):
    """A charge point that connects to a port, and what is said of it; empty: it gets in."""

    port: str
    settings: Mapping[str, Any] = {}
    here: str = ""
    """By the charge point."""
    there: str = ""
    """By the central system."""


def named(name: str) -> dict[str, Any]:
    return {"charge_point": name}


def with_password(password: str, **more: Any) -> dict[str, Any]:
    return {"credentials": Credentials.parse(None, password), **more}


@dataclass
class Sides:
    """The two sessions, and the certificates."""

    bench: BenchFiles
    central: Session
    station: Session
    ports: dict[str, CentralSystemServer] = field(default_factory=dict)

    @property
    def root(self) -> str:
        return str(self.bench.root)

    @property
    def crl(self) -> str:
        return str(self.bench.revocation_list().path)

    def charge_point(self, flaw: Flaw | None = None, name: str = "CP001", operator: str = OPERATOR) -> dict[str, Any]:
        """Settings with a certificate; a weak one only with all limits off."""
        terms = {"tls_terms": LAX} if flaw is Flaw.WEAK else {}
        return {**_own(self.bench.charge_point(name, operator, flaw=flaw)), **terms}

    def server(self, flaw: Flaw | None = None, *, of_rsa: bool = False) -> dict[str, Any]:
        terms = {"tls_terms": LAX} if flaw is Flaw.WEAK else {}
        return {**_own(self.bench.server(["localhost", "127.0.0.1"], flaw=flaw, of_rsa=of_rsa)), **terms}

    async def listen(self) -> None:
        """A port for each profile, for each wrong certificate of a central system, for old and new TLS."""
        table = credential_table(
            f'CP001 = "{PASSWORD}"\nCP003 = "{KEY}"\nCP002 = "{PasswordHash.of(HASHED.encode())}"\n'
        )
        password = with_password(PASSWORD)
        rsa = self.server(of_rsa=True)
        client_ca = {"client_ca": self.root, "organisation": OPERATOR}
        kinds: dict[str, dict[str, Any]] = {
            "0": {"security_profile": 0},
            "1": {"security_profile": 1, "credentials": table},
            "2": {"security_profile": 2, "credentials": table, **self.server()},
            "3": {"security_profile": 3, **self.server(), **client_ca, "tls_terms": TlsTerms(crl=self.crl)},
            "RSA": {**password, **self.server(of_rsa=True)},
            "both": {**password, **self.server(), "second_certificate": rsa["certificate"], "second_key": rsa["key"]},
            "1.3": {**password, **self.server(), "tls_terms": TlsTerms("1.3")},
            "old": {**password, **self.server(), "tls_terms": TlsTerms("1.0")},
            **{flaw: {**password, **self.server(flaw)} for flaw in Flaw},
        }
        for name, settings in kinds.items():
            self.ports[name] = await self.central.listen(ServerSettings(port=0, ping_interval=None, **settings))

    def port(self, name: str) -> int:
        return int(self.ports[name].urls[0].rstrip("/").rpartition(":")[2])

    async def attempt(self, url: str, settings: Mapping[str, Any]) -> str:
        """Connect once; what the charge point says: empty if it got in."""
        seen = len(self.station.timeline)
        whole = {"charge_point": "CP001", "ping_interval": None, "close_timeout": 0.5, "reconnect": False, **settings}
        link = await self.station.connect(ClientSettings(url=url, versions=(Version.V16,), **whole))
        said = await outcome(self.station, seen)
        await link.close()
        return said

    async def tried(self, row: Attempt) -> tuple[str, str]:
        """What both sides say of a row."""
        known = len(self.central.timeline)
        settings = dict(row.settings)
        scheme = settings.pop("scheme", "wss" if self.ports[row.port].settings.certificate else "ws")
        here = await self.attempt(f"{scheme}://localhost:{self.port(row.port)}", settings)
        return here, await outcome(self.central, known)


def _own(file: BenchFile) -> dict[str, Any]:
    return {"certificate": str(file.path), "key": str(file.key)}


async def outcome(session: Session, known: int) -> str:
    """The sentence of the first connection that ended one way or the other after so many records."""

    def find() -> Mapping[str, Any] | None:
        for index in range(known, len(session.timeline)):
            if session.timeline.kind(index) is RecordKind.CONNECTION:
                detail = session.timeline.record(index).detail
                if detail["event"] in ENDS:
                    return detail
        return None

    found = await session.until(find, 60)
    assert found is not None, "neither connected nor refused"
    return " ".join(str(found[key]) for key in ("error", "advice") if key in found)


def sides_in(folder: Path) -> Sides:
    settings = SessionSettings(automatic=False)
    central, station = (
        Session(role=role, writer=RecordingWriter(folder / f"{role}.jsonl"), settings=settings)
        for role in (Role.CENTRAL_SYSTEM, Role.CHARGE_POINT)
    )
    return Sides(BenchFiles(folder / "bench"), central, station)


def rows(sides: Sides) -> Iterator[Attempt]:
    trusting = {"ca": sides.root}
    right = with_password(PASSWORD, **trusting)
    refused = "Compare user name and password"
    yield Attempt("0")
    yield Attempt("1", with_password(PASSWORD, security_profile=1))
    yield Attempt("1", with_password(HASHED, **named("CP002")))
    yield Attempt("1", with_password(KEY, **named("CP003")))
    yield Attempt("1", {"credentials": Credentials.parse(None, KEY, hexadecimal=True), **named("CP003")})
    yield Attempt("1", with_password(WRONG), refused, "Its password is wrong (20 bytes received).")
    yield Attempt("1", with_password(WRONG, **named("CP002")), refused, "Its password is wrong (20 bytes received).")
    yield Attempt("1", with_password(HASHED), refused, "Its password is wrong (21 bytes received).")
    yield Attempt("1", {}, "asks for credentials", "It sent no credentials.")
    yield Attempt("1", with_password(PASSWORD, **named("CP009")), "answered 404", "The id 'CP009' has no credentials")
    yield Attempt("1", {**right, "scheme": "wss"}, "in the middle of the TLS handshake", "began a TLS handshake")
    yield Attempt("2", {**right, "security_profile": 2})
    yield Attempt("2", with_password(HASHED, **trusting, **named("CP002")))
    yield Attempt("2", with_password(WRONG, **trusting), refused, "Its password is wrong")
    yield Attempt("2", trusting, "asks for credentials", "It sent no credentials.")
    yield Attempt("2", {"scheme": "ws"}, "", "The peer spoke plain HTTP; this port speaks TLS.")
    other = sides.charge_point(Flaw.OTHER_CA)["certificate"]
    yield Attempt("2", with_password(PASSWORD, ca=other), "a CA that is not trusted", "its issuer is not trusted")
    yield Attempt("RSA", right)
    yield Attempt("RSA", {**right, "tls_terms": TlsTerms(suites="TLS_RSA_WITH_AES_128_GCM_SHA256")})
    yield Attempt("1.3", right)
    yield Attempt("old", right)
    for flaw, here, there in (
        (Flaw.EXPIRED, "has expired.", "it has expired (alert certificate expired)"),
        (Flaw.NOT_YET_VALID, "is not valid yet.", "not valid at that time, or"),
        (Flaw.WRONG_NAME, "was issued for another host name.", "refused our certificate"),
        (Flaw.WRONG_USAGE, "was not issued for a server.", "not issued for this purpose"),
        (Flaw.WEAK, "a key or a hash that is too weak.", "refused our certificate"),
        (Flaw.OTHER_CA, "signed by a CA that is not trusted", "its issuer is not trusted (alert unknown ca)"),
    ):
        yield Attempt(flaw, right, here, there)
    yield Attempt(
        Flaw.REVOKED, {**right, "tls_terms": TlsTerms(crl=sides.crl)}, "has been revoked.", "has been revoked"
    )
    yield Attempt("3", {**sides.charge_point(), **trusting, "security_profile": 3})
    yield Attempt("3", {**sides.charge_point(name="CP002"), **trusting, **named("CP002")})
    yield Attempt("3", trusting, "requires a client certificate", "presented no certificate")
    yield Attempt("3", right, "requires a client certificate", "presented no certificate")
    yield Attempt(
        "3",
        {**sides.charge_point(name="CP002"), **trusting},
        "Is its common name (CN) the id in the URL?",
        "was issued for 'CP002', not for 'CP001'",
    )
    foreign = sides.charge_point(name="CP007", operator="Another")
    yield Attempt(
        "3",
        {**foreign, **trusting, **named("CP007")},
        "Is its common name (CN) the id in the URL?",
        "of the organisation 'Another'",
    )
    for flaw, here, there in (
        (Flaw.EXPIRED, "it has expired", "The charge point's certificate has expired."),
        (Flaw.NOT_YET_VALID, "not valid at that time", "is not valid yet."),
        (Flaw.WRONG_NAME, "Is its common name (CN) the id in the URL?", "was issued for 'not-CP001', not for 'CP001'"),
        (Flaw.WRONG_USAGE, "not issued for this purpose", "was not issued for a client."),
        (Flaw.WEAK, "refused our certificate", "a key or a hash that is too weak."),
        (Flaw.REVOKED, "it has been revoked", "has been revoked."),
        (Flaw.OTHER_CA, "its issuer is not trusted", "signed by a CA that is not trusted"),
    ):
        yield Attempt("3", {**sides.charge_point(flaw), **trusting}, here, there)


async def test_each_profile_between_both_roles(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """One sentence for several reasons sends the technician to the wrong end of the cable."""
    sides = sides_in(tmp_path)
    for flaw in (*Flaw, None):  # all that is revoked has to be in the first list
        sides.server(flaw), sides.charge_point(flaw)
    try:
        await sides.listen()
        failures = []
        for row in rows(sides):
            here, there = await sides.tried(row)
            is_in = not (row.here or row.there)
            fits = here == there == "" if is_in else bool(here) and row.here in here and row.there in there
            if not fits:
                failures.append((row.port, dict(row.settings), here, there))
        assert failures == [], "\n".join(map(str, failures))
        await against_a_bare_central_system(sides)
        if OPENSSL is not None:
            await against_openssl(sides)
    finally:
        await sides.station.close()
        await sides.central.close()
    said = "".join((tmp_path / f"{role}.jsonl").read_text() for role in (Role.CENTRAL_SYSTEM, Role.CHARGE_POINT))
    said += printed(sides.central) + printed(sides.station) + caplog.text + "".join(capfd.readouterr())
    assert said.count('"refused"') > 10 and said.count('"opened"') > 20
    assert found_secrets(said, tmp_path / "bench") == []
    assert found_secrets(said + PASSWORD, tmp_path / "bench") == [PASSWORD]


async def test_the_log_of_keys_is_said_once_and_stays_out_of_the_records(tmp_path: Path) -> None:
    """Whoever has the file reads all traffic: it is said, once, and no record has what is in it."""
    sides, log = sides_in(tmp_path), str(tmp_path / "keys.log")
    terms = TlsTerms(key_log=log)
    try:
        await sides.central.listen(ServerSettings(port=0, tls_terms=terms))
        assert "decrypted" not in printed(sides.central), "there is no TLS yet"
        for name in ("first", "second"):
            settings = ServerSettings(port=0, **sides.server(), tls_terms=terms)
            sides.ports[name] = await sides.central.listen(settings)
            assert await sides.tried(Attempt(name, {"ca": sides.root, "tls_terms": terms})) == ("", "")
    finally:
        await sides.station.close()
        await sides.central.close()
    kept = (tmp_path / "keys.log").read_text()
    assert kept.count("CLIENT_HANDSHAKE_TRAFFIC_SECRET") == 4, "a line by each side of both connections"
    for session in (sides.central, sides.station):
        said = printed(session)
        assert said.count(f"All traffic can be decrypted with the file {log},") == 1
        assert not any(line.split()[-1] in said for line in kept.splitlines() if not line.startswith("#"))


class OpensslAttempt(NamedTuple):
    """OpenSSL as a charge point: what it is answered, and what is said of it. Empty: TLS fails, or it gets in."""

    port: str
    words: Sequence[str]
    answer: str
    there: str = ""
    password: str = ""


def openssl_charge_points(sides: Sides) -> Iterator[OpensslAttempt]:
    trusting = ("-CAfile", sides.root, "-verify_return_error")
    switching = "101 Switching Protocols"
    yield OpensslAttempt("2", trusting, switching, password=PASSWORD)
    yield OpensslAttempt("2", trusting, "401 Unauthorized", "Its password is wrong", WRONG)
    yield OpensslAttempt("2", trusting, "401 Unauthorized", "It sent no credentials.")
    yield OpensslAttempt("2", OLD, "", "The charge point offers no TLS version from 1.2 on")
    yield OpensslAttempt("old", OLD, switching, password=PASSWORD)
    yield OpensslAttempt("1.3", ("-tls1_2",), "", "The charge point offers no TLS version from 1.3 on")
    for suite in SUITES_OF_OCPP:
        yield OpensslAttempt("both", (*trusting, "-tls1_2", "-cipher", suite), switching, password=PASSWORD)
    rsa_alone = ("-tls1_2", "-cipher", "AES128-GCM-SHA256")
    yield OpensslAttempt("RSA", rsa_alone, switching, password=PASSWORD)
    yield OpensslAttempt("2", rsa_alone, "", "offers no cipher suite that fits our certificate")
    yield OpensslAttempt("3", (*trusting, *of_openssl(sides.charge_point())), switching)
    yield OpensslAttempt("3", trusting, "", "presented no certificate")
    yield OpensslAttempt(
        "3", of_openssl(sides.charge_point(name="CP002")), "403 Forbidden", "was issued for 'CP002', not for 'CP001'"
    )
    for flaw, there in (
        (Flaw.EXPIRED, "has expired."),
        (Flaw.NOT_YET_VALID, "is not valid yet."),
        (Flaw.WRONG_USAGE, "was not issued for a client."),
        (Flaw.REVOKED, "has been revoked."),
        (Flaw.OTHER_CA, "was signed by a CA that is not trusted"),
    ):
        yield OpensslAttempt("3", of_openssl(sides.charge_point(flaw)), "", f"The charge point's certificate {there}")


def openssl_central_systems(sides: Sides) -> Iterator[tuple[Sequence[str], Mapping[str, Any], str]]:
    """The options of s_server, our settings, and what our charge point says."""
    trusting = {"ca": sides.root}
    through = "answered 200"  # it is no WebSocket: TLS was accepted
    demanding = ("-Verify", "1", "-verify_return_error", "-CAfile", sides.root)
    right = of_openssl(sides.server())
    yield right, trusting, through
    yield (*right, *demanding), {**trusting, **sides.charge_point()}, through
    yield (*right, *demanding), trusting, "requires a client certificate"
    yield (*right, *demanding), {**trusting, **sides.charge_point(Flaw.OTHER_CA)}, "its issuer is not trusted"
    yield (*right, *OLD), trusting, "TLS 1.2"
    yield (*right, *OLD), {**trusting, "tls_terms": TlsTerms("1.1")}, through
    yield of_openssl(sides.server(Flaw.EXPIRED)), trusting, "has expired."
    yield of_openssl(sides.server(Flaw.WRONG_NAME)), trusting, "was issued for another host name."
    yield of_openssl(sides.server(Flaw.OTHER_CA)), trusting, "signed by a CA that is not trusted"


def of_openssl(own: Mapping[str, Any]) -> tuple[str, ...]:
    return ("-cert", own["certificate"], "-cert_chain", own["certificate"], "-key", own["key"])


async def against_openssl(sides: Sides) -> None:
    failures: list[object] = []
    for peer in openssl_charge_points(sides):
        known = len(sides.central.timeline)
        basic = base64.b64encode(f"CP001:{peer.password}".encode()).decode()
        headers = [f"Authorization: Basic {basic}"] if peer.password else []
        request = upgrade_request("/CP001", "Sec-WebSocket-Protocol: ocpp1.6", *headers)
        answer = await answer_to_s_client(sides.port(peer.port), *peer.words, request=request)
        there = await outcome(sides.central, known)
        fits = there == "" if peer.answer.startswith("101") else peer.there in there
        if not fits or peer.answer not in answer or bool(peer.answer) != bool(answer):
            failures.append((peer, answer, there))
    for words, settings, expected in openssl_central_systems(sides):
        async with s_server(*words) as port:
            here = await sides.attempt(f"wss://localhost:{port}", settings)
        if expected not in here:
            failures.append((words, settings, here))
    assert failures == [], "\n".join(map(str, failures))


async def against_a_bare_central_system(sides: Sides) -> None:
    """`websockets` with Python's own TLS lets our charge point in, with the password and the certificate it sent."""
    seen: list[tuple[str, object]] = []

    async def take(connection: ServerConnection) -> None:
        assert connection.request is not None
        secure = connection.transport.get_extra_info("ssl_object")
        assert secure is not None
        seen.append((connection.request.headers.get("Authorization", ""), secure.getpeercert()))
        await connection.wait_closed()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own = sides.server()
    context.load_cert_chain(own["certificate"], own["key"])
    context.load_verify_locations(sides.root)
    context.verify_mode = ssl.CERT_OPTIONAL
    async with serve(take, "127.0.0.1", 0, ssl=context, subprotocols=[Subprotocol("ocpp1.6")]) as server:
        url = f"wss://localhost:{next(iter(server.sockets)).getsockname()[1]}"
        assert await sides.attempt(url, with_password(PASSWORD, ca=sides.root, security_profile=2)) == ""
        assert await sides.attempt(url, {**sides.charge_point(), "ca": sides.root, "security_profile": 3}) == ""
    basic, (nothing, certificate) = seen[0][0], (seen[1][0], seen[1][1])
    assert base64.b64decode(basic.removeprefix("Basic ")).decode() == f"CP001:{PASSWORD}"
    assert seen[0][1] is None and nothing == ""
    assert isinstance(certificate, dict)
    assert certificate["subject"] == ((("commonName", "CP001"),), (("organizationName", OPERATOR),))


def printed(session: Session) -> str:
    """What a headless command prints of all records."""
    out = io.BytesIO()
    printer = RecordPrinter(session.timeline, out)
    for index in range(len(session.timeline)):
        printer.print(index)
    return out.getvalue().decode()


def found_secrets(text: str, bench: Path) -> list[str]:
    """The passwords, in any form, and the lines of private keys that are in a text."""
    secrets = [PASSWORD, HASHED, WRONG, KEY, KEY.lower()]
    secrets += [base64.b64encode(f"{name}:{one}".encode()).decode() for name in ("CP001", "CP002") for one in secrets]
    secrets += [base64.b64encode(b"CP003:" + bytes.fromhex(KEY)).decode(), "PRIVATE KEY", "CLIENT_RANDOM"]
    keys = [line for path in bench.glob("*.key") for line in path.read_text().splitlines()]
    assert len(keys) > 50
    return [one for one in (*secrets, *(line for line in keys if "-----" not in line)) if one in text]
