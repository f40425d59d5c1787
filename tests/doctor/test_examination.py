"""The doctor against a zoo of broken central systems on loopback: each is named rightly, and nothing is harmed."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from ocpptui.doctor.examination import Examination, ExaminationOptions
from ocpptui.doctor.examination_report import ExaminationReport, step_lines
from ocpptui.doctor.examined_step import StepName, StepState
from ocpptui.exporting.examination_page import examination_page
from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.credentials import Credentials
from ocpptui.network.tls_terms import TlsTerms
from ocpptui.ocpp.secret_names import MASK
from ocpptui.ocpp.version import Version
from ocpptui.session.bench_files import BenchFiles
from ocpptui.simulator.bench_certificates import Flaw
from tests.doctor.bare_server import OCPP, BareServer, UpgradeRequest, frame, refusal, refusing, taking, upgrade
from tests.kit.certificates import FOR_CLIENTS, Authority, Pair
from tests.kit.quick_time import in_quick_time
from tests.network.watching import PATIENCE, answering

HERE = ("localhost", "127.0.0.1")
PASSWORD = "c0ffee00c0ffee00"
DECODED = bytes.fromhex(PASSWORD)


async def examined(url: str, options: ExaminationOptions | None = None, **settings: Any) -> ExaminationReport:
    """The report on a server."""
    whole = {"charge_point": "CP001", "open_timeout": PATIENCE, "close_timeout": 0.2, **settings}
    examination = Examination(ClientSettings(url=url, **whole), options)
    async for step in examination.steps():
        assert step.remarks, step
        assert all(remark.sentence.endswith((".", "***")) or "://" in remark.sentence for remark in step.remarks), step
        assert not any(" ?" in remark.sentence for remark in step.remarks), f"a fact is missing: {step}"
    return examination.report


def remarks_of(report: ExaminationReport) -> dict[str, StepState]:
    """The state of each remark by its code."""
    return {remark.code: remark.state for step in report.steps for remark in step.remarks}


def told(report: ExaminationReport) -> str:
    """Everything that a user could read of it, on every front end."""
    lines = [line for step in report.steps for line in step_lines(step, whole=True)]
    return "\n".join([*lines, json.dumps(report.to_dict()), *examination_page(report), report.verdict])


@dataclass
class Animal:
    """A central system of the zoo, and what has to be said of it."""

    server: BareServer
    failed: tuple[str, ...] = ()
    """Codes of failed remarks; these and no others."""
    warned: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    options: ExaminationOptions = ExaminationOptions()
    logins: int = 0
    """How many passwords it sees."""


def only_at(path: str) -> Callable[[UpgradeRequest], bytes]:
    return lambda request: upgrade(request, request.offered[0]) if request.path == path else refusal("404 Not Found")


def wanting(*passwords: bytes) -> Callable[[UpgradeRequest], bytes]:
    def answer(request: UpgradeRequest) -> bytes:
        if request.password in passwords:
            return taking(*OCPP)(request) or b""
        return refusal("401 Unauthorized", 'WWW-Authenticate: Basic realm="ocpp"')

    return answer


def one_alone(request: UpgradeRequest) -> bytes:
    return upgrade(request, "ocpp1.6") if request.offered == ["ocpp1.6"] else refusal("400 Bad Request")


def unread_list(request: UpgradeRequest) -> bytes:
    return upgrade(request, "ocpp1.6" if request.offered == ["ocpp1.6"] else None)


def breaking_on(header: str) -> Callable[[UpgradeRequest], bytes]:
    def answer(request: UpgradeRequest) -> bytes:
        return refusal("500 Internal Server Error") if header in request.headers else taking(*OCPP)(request) or b""

    return answer


def booting(status: str) -> Callable[[str], str]:
    def reply(text: str) -> str:
        payload = {"status": status, "currentTime": "2026-11-26T10:00:00Z", "interval": 300}
        return json.dumps([3, json.loads(text)[1], payload])

    return reply


def with_text_key(key: str = PASSWORD) -> dict[str, Any]:
    return {"credentials": Credentials.parse(None, key)}


BOOT = ExaminationOptions(boot=True)
OLD_CLOCK = timedelta(days=-45)

ZOO: dict[str, Animal] = {
    "nothing is wrong": Animal(BareServer()),
    "silent": Animal(BareServer(lambda request: None), ("http-timed-out",)),
    "404 at every path": Animal(BareServer(refusing("404 Not Found")), ("http-status", "path-unknown")),
    "only with a slash at the end": Animal(
        BareServer(only_at("/ocpp/CP001/")), ("http-status", "path-written-otherwise")
    ),
    "only with the id twice": Animal(
        BareServer(only_at("/ocpp/CP001/CP001")), ("http-status", "path-written-otherwise")
    ),
    "only without the id": Animal(BareServer(only_at("/ocpp")), ("http-status", "path-written-otherwise")),
    "only with two slashes": Animal(BareServer(only_at("/ocpp//CP001")), ("http-status", "path-written-otherwise")),
    "another path asks for credentials": Animal(
        BareServer(
            lambda request: refusal("401 Unauthorized") if request.path == "/CP001" else refusal("404 Not Found")
        ),
        ("http-status", "path-may-be-written-otherwise"),
    ),
    "wants credentials": Animal(BareServer(wanting(b"x")), ("server-wants-credentials", "credentials-wanted")),
    "refuses the password": Animal(
        BareServer(wanting(b"x")),
        ("server-rejects-credentials", "credentials-refused"),
        settings=with_text_key(),
        logins=2,
    ),
    "refuses a password with one reading": Animal(
        BareServer(wanting(b"x")),
        ("server-rejects-credentials", "credentials-refused"),
        settings=with_text_key("not hexadecimal"),
        logins=1,
    ),
    "wants the bytes of the key": Animal(
        BareServer(wanting(DECODED)),
        ("server-rejects-credentials", "password-read-otherwise"),
        settings=with_text_key(),
        logins=11,
    ),
    "wants the text of the key": Animal(
        BareServer(wanting(PASSWORD.encode())),
        ("server-rejects-credentials", "password-read-otherwise"),
        settings={"credentials": Credentials.parse(None, PASSWORD, hexadecimal=True)},
        logins=11,
    ),
    "takes the password": Animal(BareServer(wanting(PASSWORD.encode())), settings=with_text_key(), logins=10),
    "checks no credentials": Animal(
        BareServer(), (), ("credentials-not-checked",), settings=with_text_key(), logins=10
    ),
    "wants a bearer token": Animal(
        BareServer(refusing("401 Unauthorized", "WWW-Authenticate: Bearer")),
        ("server-wants-credentials", "authentication-of-another-scheme", "credentials-wanted"),
    ),
    "does not know the charge point": Animal(BareServer(refusing("403 Forbidden")), ("server-rejects-charge-point",)),
    "points elsewhere": Animal(
        BareServer(refusing("301 Moved Permanently", "Location: wss://elsewhere.test/ocpp/CP001")),
        ("http-status",),
    ),
    "a gateway without its central system": Animal(
        BareServer(refusing("502 Bad Gateway", "Server: nginx/1.25.3", body="<html>bad gateway</html>")),
        ("http-status", "gateway-without-central-system"),
    ),
    "too many attempts": Animal(BareServer(refusing("429 Too Many Requests", "Retry-After: 60")), ("http-status",)),
    "a port for TLS": Animal(
        BareServer(refusing("400 Bad Request", body="The plain HTTP request was sent to HTTPS port")),
        ("server-wants-tls",),
    ),
    "a web page": Animal(BareServer(refusing("200 OK", body="<html>Welcome</html>")), ("http-status", "path-unknown")),
    "a wrong accept token": Animal(
        BareServer(lambda request: upgrade(request, "ocpp1.6", accept="bm90IHRoZSB0b2tlbg==")),
        ("upgrade-answer-wrong",),
    ),
    "no Upgrade header": Animal(
        BareServer(
            lambda request: (upgrade(request, "ocpp1.6")).replace(b"Upgrade: websocket\r\n", b"").replace(
                b"Connection: Upgrade\r\n", b""
            )
        ),
        ("upgrade-answer-without-upgrade",),
    ),
    "half an answer": Animal(
        BareServer(lambda request: upgrade(request, "ocpp1.6")[:-9]), ("upgrade-answer-cut",)
    ),
    "half a status line": Animal(BareServer(lambda request: b"HTTP/1.1 101 Swi"), ("http-answer-cut",)),
    "a hotspot": Animal(BareServer(refusing("511 Network Authentication Required")), ("http-status",)),
    "another subprotocol than offered": Animal(
        BareServer(lambda request: upgrade(request, "ocpp16")), ("server-chose-unoffered-subprotocol",)
    ),
    "a subprotocol in capitals": Animal(
        BareServer(lambda request: upgrade(request, "OCPP1.6")), ("server-chose-unoffered-subprotocol",)
    ),
    "the whole list": Animal(
        BareServer(lambda request: upgrade(request, "ocpp1.6, ocpp2.0.1")), ("server-chose-several-subprotocols",)
    ),
    "line feeds alone": Animal(
        BareServer(lambda request: upgrade(request, "ocpp1.6").replace(b"\r\n", b"\n")), ("http-answer-line-ends",)
    ),
    "HTTP/1.0": Animal(
        BareServer(lambda request: upgrade(request, "ocpp1.6").replace(b"HTTP/1.1", b"HTTP/1.0")),
        ("upgrade-answer-of-other-http",),
    ),
    "headers without end": Animal(
        BareServer(refusing("503 Service Unavailable", *[f"X-{n}: y" for n in range(60)])), ("http-status",)
    ),
    "a frame that breaks WebSocket": Animal(
        BareServer(at_once=b"\x81\x82\0\0\0\0[]"), ("closed-after-upgrade",)
    ),
    "no subprotocol": Animal(BareServer(lambda request: upgrade(request, None)), ("subprotocol-unnamed",)),
    "another version": Animal(
        BareServer(taking("ocpp1.6")),
        ("server-rejects-subprotocol", "subprotocol-of-other-versions"),
        settings={"versions": (Version.V201,)},
    ),
    "a version that nobody speaks any more": Animal(
        BareServer(taking("ocpp1.5", "ocpp2.0")), ("server-rejects-subprotocol", "subprotocol-of-other-versions")
    ),
    "refuses a list": Animal(BareServer(one_alone), ("http-status",), ("subprotocols-refused-together",)),
    "does not read a list": Animal(BareServer(unread_list), (), ("subprotocols-unread-together",)),
    "breaks on compression": Animal(
        BareServer(breaking_on("sec-websocket-extensions")), ("compression-breaks-upgrade",)
    ),
    "sends no pong": Animal(
        BareServer(pongs=False), (), ("ping-unanswered",)
    ),
    "closes at once": Animal(BareServer(at_once=frame(8, b"\x03\xf0unknown id")), ("closed-after-upgrade",)),
    "a wrong clock": Animal(
        BareServer(taking(*OCPP, date=timedelta(hours=-3))), (), ("clock-differs",),
    ),
    "rejects the charge point": Animal(
        BareServer(reply=booting("Rejected")), ("boot-rejected",), ("clock-differs",), options=BOOT
    ),
    "lets the charge point wait": Animal(
        BareServer(reply=booting("Pending")), (), ("boot-pending", "clock-differs"), options=BOOT
    ),
    "answers BootNotification with an error": Animal(
        BareServer(reply=lambda text: json.dumps([4, json.loads(text)[1], "InternalError", "", {}])),
        ("boot-error",),
        options=BOOT,
    ),
    "does not answer BootNotification": Animal(
        BareServer(), ("boot-unanswered",), options=BOOT
    ),
    "answers BootNotification wrongly": Animal(
        BareServer(reply=lambda text: json.dumps([3, json.loads(text)[1], {"status": "Accepted"}])),
        ("boot-answer-invalid",),
        options=BOOT,
    ),
    "cuts idle connections": Animal(
        BareServer(cut_after=0.15), (), ("idle-time-out", "cut-by-peer"), options=ExaminationOptions(idle=60.0)
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ZOO)
def test_each_broken_server_is_named_rightly(name: str) -> None:
    """A technician would look for the fault in the wrong place."""
    animal, reports = ZOO[name], list[ExaminationReport]()
    animal.server.requests.clear()

    async def story() -> None:
        async with animal.server.running() as port:
            reports.append(await examined(f"ws://127.0.0.1:{port}/ocpp", animal.options, **animal.settings))

    in_quick_time(story)
    (report,) = reports
    found = remarks_of(report)
    assert [code for code, state in found.items() if state is StepState.FAILED] == list(animal.failed)
    assert [code for code, state in found.items() if state is StepState.WARNING] == list(animal.warned)
    assert len(animal.server.passwords) == animal.logins == report.logins
    assert PASSWORD not in told(report)
    own_words = [line for step in report.steps if step.name is StepName.CREDENTIALS for line in step.seen]
    assert not any(MASK in line for line in own_words)  # a status was taken for a secret


def garbled(answer: bytes, random: Random) -> bytes:
    """An answer with some bytes changed, left out or added, or cut."""
    data = bytearray(answer)
    for _ in range(random.randint(1, 6)):
        place = random.randrange(len(data))
        match random.randrange(3):
            case 0:
                data[place] = random.randrange(256)
            case 1:
                del data[place : place + random.randint(1, 30)]
            case 2:
                data[place:place] = random.randbytes(random.randint(1, 20))
        data = data or bytearray(b"x")
    return bytes(data if random.random() < 0.7 else data[: random.randint(1, len(data))])


@pytest.mark.parametrize("seed", range(12))
async def test_whatever_a_server_answers_there_is_a_report(seed: int) -> None:
    """The user would see a crash in place of the reason."""
    random = Random(seed)

    def answer(request: UpgradeRequest) -> bytes:
        whole = upgrade(request, "ocpp1.6") if random.random() < 0.8 else refusal("404 Not Found", body="no such path")
        return garbled(whole, random) if random.random() < 0.3 else whole

    server = BareServer(answer)
    async with server.running() as port:
        report = await examined(f"ws://127.0.0.1:{port}/ocpp", open_timeout=0.1)
    assert report.steps
    assert told(report)


# -- name and TCP -----------------------------------------------------------------------------------------------


async def test_a_name_that_is_none() -> None:
    report = await examined(f"ws://{'a' * 70}.invalid/ocpp")
    assert [(step.name, step.worst.code) for step in report.steps] == [("dns", "name-unresolved")]
    assert not report.is_connected


async def test_nothing_listens() -> None:
    async with answering(lambda reader, writer: None) as port:
        pass
    report = await examined(f"ws://127.0.0.1:{port}/ocpp")
    assert remarks_of(report) == {"address-given": StepState.OK, "tcp-refused": StepState.FAILED}
    assert "nothing listens there" in report.verdict


async def test_one_of_two_addresses_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A charge point that tries the dead one first loses time, and may give up."""
    server = BareServer()
    async with server.running() as port:

        async def two(*_: Any, **__: Any) -> Any:
            return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", one)) for one in (1, port)]

        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", two)
        report = await examined(f"ws://csms.test:{port}/ocpp")
    tcp = [step for step in report.steps if step.name == "tcp"]
    assert [(step.subject, step.state) for step in tcp] == [
        ("127.0.0.1:1", StepState.WARNING),
        (f"127.0.0.1:{port}", StepState.OK),
    ]


@pytest.mark.parametrize("banner", [b"SSH-2.0-OpenSSH_9.2\r\n", b"\x16\x03\x03\x00\x02hi"])
async def test_another_protocol(banner: bytes) -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(banner)
        await reader.read(100)

    async with answering(speak) as port:
        report = await examined(f"ws://127.0.0.1:{port}/ocpp")
    assert report.steps[-1].worst.code == ("server-with-tls" if banner[0] == 0x16 else "server-without-http")


async def test_the_proxies_of_the_machine_are_named_without_their_passwords() -> None:
    server = BareServer()
    async with server.running() as port:
        settings = ClientSettings(url=f"ws://127.0.0.1:{port}/CP001")
        environment = {"HTTPS_PROXY": "http://user:hunter22@proxy.test:3128", "NO_PROXY": "localhost", "HOME": "/"}
        first = await anext(aiter(Examination(settings, environment=environment).steps()))
    assert first.worst.code == "proxy-not-used"
    assert "proxy.test:3128" in first.seen[0]
    assert "hunter22" not in str(first)


# -- TLS --------------------------------------------------------------------------------------------------------


Authorities = tuple[Authority, Authority, Authority]


@dataclass
class Certified:
    """What a central system presents, and what has to be said of it."""

    make: Callable[[Authority, Authority, Authority], Pair]
    failed: tuple[str, ...] = ()
    warned: tuple[str, ...] = ()
    clock: timedelta = timedelta(0)
    says: str = "CN="


def weak() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 1024)


CERTIFIED = {
    "good": Certified(lambda root, between, other: root.sign("good", HERE, days=(-40, 80))),
    "with its intermediate CA": Certified(
        lambda root, between, other: between.sign("chain", HERE, days=(-40, 80), chain=[between])
    ),
    "expired": Certified(lambda root, between, other: root.sign("old", HERE, days=(-40, -1)), ("certificate-expired",)),
    "expired, by our clock alone": Certified(
        lambda root, between, other: root.sign("old2", HERE, days=(-60, -30)),
        ("certificate-expired", "clock-breaks-certificate"),
        clock=OLD_CLOCK,
    ),
    "not yet valid": Certified(
        lambda root, between, other: root.sign("young", HERE, days=(1, 60)), ("certificate-not-yet-valid",)
    ),
    "for another name": Certified(
        lambda root, between, other: root.sign("name", ("elsewhere.test",), days=(-40, 80)),
        ("certificate-for-another-name",),
    ),
    "signed by itself": Certified(
        lambda root, between, other: root.sign("self", HERE, days=(-40, 80), by_itself=True),
        ("certificate-self-signed",),
    ),
    "of another CA that it sends": Certified(
        lambda root, between, other: other.sign("root", HERE, days=(-40, 80), chain=[other]),
        ("certificate-of-unknown-issuer",),
        says="the root CA CN=other-root, which is not trusted",
    ),
    "without its intermediate CA": Certified(
        lambda root, between, other: between.sign("short", HERE, days=(-40, 80)),
        ("certificate-chain-incomplete",),
        says="whose issuer CN=between was not sent",
    ),
    "for clients": Certified(
        lambda root, between, other: root.sign("client", HERE, days=(-40, 80), usage=FOR_CLIENTS),
        ("certificate-for-another-purpose",),
        says="   for clients",
    ),
    "with a weak key": Certified(
        lambda root, between, other: root.sign("weak", HERE, days=(-40, 80), key=weak()), ("certificate-too-weak",)
    ),
    "expired and for another name": Certified(
        lambda root, between, other: root.sign("both", ("elsewhere.test",), days=(-40, -1)),
        ("certificate-expired", "certificate-for-another-name"),
    ),
    "that expires soon": Certified(
        lambda root, between, other: root.sign("soon", HERE, days=(-40, 9)), (), ("certificate-expires-soon",)
    ),
    "with a common name alone": Certified(
        lambda root, between, other: root.sign("cn", common_names=["localhost"], days=(-40, 80)),
        (),
        ("certificate-without-alternative-name",),
    ),
    "in disorder": Certified(
        lambda root, between, other: between.sign("mixed", HERE, days=(-40, 80), chain=[root, between]),
        (),
        ("certificate-chain-disordered",),
    ),
}


@pytest.fixture(scope="module")
def authorities(tmp_path_factory: pytest.TempPathFactory) -> Authorities:
    """The CA that is trusted, one below it, and one that nobody trusts."""
    folder = tmp_path_factory.mktemp("authorities")
    root = Authority(folder, "trusted-root")
    return root, Authority(folder, "between", above=root), Authority(folder, "other-root")


def serving(pair: Pair, *versions: ssl.TLSVersion) -> ssl.SSLContext:
    """A server's context, with the lowest and the highest version."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings(action="ignore"):
        context.minimum_version, context.maximum_version = versions or (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)
    context.load_cert_chain(pair.certificate, pair.key)
    return context


@pytest.mark.parametrize("name", CERTIFIED)
async def test_each_certificate_is_judged_rightly(authorities: Authorities, name: str) -> None:
    """No password goes to a server that is not who it says it is, and the reason is one that can be acted on."""
    kind = CERTIFIED[name]
    server = BareServer(taking(*OCPP, date=kind.clock))
    async with server.running(serving(kind.make(*authorities))) as port:
        report = await examined(
            f"wss://localhost:{port}/ocpp", ca=authorities[0].path, security_profile=2, **with_text_key()
        )
    found = remarks_of(report)
    warned = [code for code, state in found.items() if state is StepState.WARNING and code.startswith("cert")]
    assert [code for code, state in found.items() if state is StepState.FAILED] == list(kind.failed)
    assert warned == list(kind.warned)
    assert bool(server.passwords) is (not kind.failed)
    assert report.is_connected
    assert kind.says in told(report)


BENCH = {
    None: "certificate",
    Flaw.EXPIRED: "certificate-expired",
    Flaw.NOT_YET_VALID: "certificate-not-yet-valid",
    Flaw.WRONG_NAME: "certificate-for-another-name",
    Flaw.WRONG_USAGE: "certificate-for-another-purpose",
    Flaw.WEAK: "certificate-too-weak",
    Flaw.REVOKED: "certificate-revoked",
    Flaw.OTHER_CA: "certificate-of-unknown-issuer",
}


@pytest.mark.parametrize("flaw", BENCH)
async def test_the_wrong_certificates_of_a_bench_are_named(bench: BenchFiles, flaw: Flaw | None) -> None:
    """Whoever practises with `ocpptui certs` would learn the wrong names."""
    made = bench.server(["localhost", "127.0.0.1"], flaw=flaw)
    terms = TlsTerms(crl=str(bench.revocation_list().path)) if flaw is Flaw.REVOKED else TlsTerms()
    async with BareServer().running(serving(Pair(str(made.path), str(made.key)))) as port:
        report = await examined(f"wss://localhost:{port}/ocpp", ca=str(bench.root), tls_terms=terms)
    [step] = [step for step in report.steps if step.name == "certificate"]
    assert step.worst.code == BENCH[flaw]
    assert len(step.remarks) == 1


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> BenchFiles:
    return BenchFiles(tmp_path_factory.mktemp("bench"))


T = ssl.TLSVersion
VERSIONS = [("TLS 1.0", T.TLSv1), ("TLS 1.1", T.TLSv1_1), ("TLS 1.2", T.TLSv1_2), ("TLS 1.3", T.TLSv1_3)]
OFFERS: dict[str, tuple[tuple[ssl.TLSVersion, ssl.TLSVersion], str, StepState]] = {
    "old ones alone": ((T.TLSv1, T.TLSv1_1), "tls-too-old", StepState.FAILED),
    "old ones too": ((T.TLSv1, T.TLSv1_3), "tls-old-versions", StepState.WARNING),
    "the newest alone": ((T.TLSv1_3, T.TLSv1_3), "tls-1.3-alone", StepState.WARNING),
    "those of OCPP": ((T.TLSv1_2, T.TLSv1_3), "tls-versions", StepState.OK),
}


@pytest.mark.parametrize("name", OFFERS)
async def test_the_versions_of_tls_are_tried_one_by_one(authorities: Authorities, name: str) -> None:
    versions, code, state = OFFERS[name]
    pair = authorities[0].sign("versions", HERE, days=(-40, 80))
    async with BareServer().running(serving(pair, *versions)) as port:
        report = await examined(f"wss://localhost:{port}/ocpp", ca=authorities[0].path)
    assert remarks_of(report)[code] is state
    [step] = [step for step in report.steps if step.name == "tls-versions"]
    taken = [line.partition(":")[0] for line in step.seen if ": taken" in line]
    assert taken == [label for label, version in VERSIONS if versions[0] <= version <= versions[1]]


async def test_a_client_certificate_is_demanded(authorities: Authorities) -> None:
    """Security profile 3, met by a charge point without a certificate, and by one with it."""
    root = authorities[0]
    context = serving(root.sign("profile-3", HERE, days=(-40, 80)), T.TLSv1_2, T.TLSv1_2)
    context.load_verify_locations(root.path)
    context.verify_mode = ssl.CERT_REQUIRED
    pair = root.sign("CP001")
    async with BareServer().running(context) as port:
        url = f"wss://localhost:{port}/ocpp"
        without = remarks_of(await examined(url, ca=root.path))
        having = await examined(url, ca=root.path, certificate=pair.certificate, key=pair.key)
    assert without["client-certificate-asked"] is StepState.WARNING
    assert without["client-certificate-missing"] is StepState.FAILED
    assert having.state < StepState.FAILED, having.verdict
    assert remarks_of(having)["client-certificate-sent"] is StepState.OK


async def test_a_file_that_is_gone_is_a_step_that_failed(authorities: Authorities) -> None:
    """The screen would say that everything works."""
    pair = authorities[0].sign("gone", HERE, days=(-40, 80))
    async with BareServer().running(serving(pair)) as port:
        url = f"wss://localhost:{port}/ocpp"
        without_ca = await examined(url, ca="no-such-file.pem")
        without_pair = await examined(url, insecure=True, certificate="no-such-file.crt")
    assert without_ca.steps[-1].worst.code == "ca-file-unreadable"
    assert without_pair.steps[-1].worst.code == "file-unreadable"
    assert {without_ca.state, without_pair.state} == {StepState.FAILED}


async def test_tls_and_plain_http_on_the_wrong_port(authorities: Authorities) -> None:
    """ws:// and wss:// are confused more often than anything else."""
    pair = authorities[0].sign("wrong-port", HERE, days=(-40, 80))
    server = BareServer()
    async with server.running(serving(pair)) as secure, server.running() as plain:
        asked_plainly = await examined(f"ws://localhost:{secure}/ocpp")
        asked_for_tls = await examined(f"wss://localhost:{plain}/ocpp", **with_text_key())
    assert "tls-on-this-port" in remarks_of(asked_plainly)
    assert remarks_of(asked_for_tls)["plain-http-on-this-port"] is StepState.FAILED
    assert not server.passwords


# -- what must not be said, and how much is done ----------------------------------------------------------------


async def test_a_server_that_repeats_the_secrets_is_not_quoted() -> None:
    """A report is mailed around: no password, token or key may be in it, whatever a server answers."""
    key, token = "hunter2-is-my-key", "token-0815-4711"
    credentials = Credentials.parse(None, key)
    basic = credentials.header("CP001").partition(" ")[2]
    body = f"you said {key} and {basic} and {token}"
    server = BareServer(refusing("403 Forbidden", f"X-Echo: {key}", body=body))
    async with server.running() as port:
        report = await examined(
            f"ws://user:{key}@127.0.0.1:{port}/ocpp?token={token}",
            credentials=credentials,
            headers=(("X-Api-Key", token),),
        )
    said = told(report)
    assert "you said" in said
    assert [secret for secret in (key, basic, token) if secret in said] == []


async def test_it_stops_when_the_server_asks_for_that() -> None:
    """A firewall would shut the charge point out, too."""
    answers = taking(*OCPP)
    server = BareServer()
    server.answer = lambda request: answers(request) if len(server.requests) < 4 else refusal("429 Too Many Requests")
    async with server.running() as port:
        report = await examined(f"ws://127.0.0.1:{port}/ocpp")
    assert len(server.requests) == 4
    assert "429 Too Many Requests" in told(report)


async def test_little_is_tried() -> None:
    """An account would be locked, and a firewall would shut a charge point out."""
    server = BareServer()
    async with server.running() as port:
        report = await examined(f"ws://127.0.0.1:{port}/ocpp")
    assert report.connections <= 12
    assert len(server.requests) == report.connections - 1  # one looks at TCP alone
