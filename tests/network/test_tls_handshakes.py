"""Each kind of certificate, in both roles and both versions of TLS: the right outcome, and a sentence that says why."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import NamedTuple

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from ocpptui.describe.tls_problems import ALERTS
from ocpptui.network.tls import certificate_facts
from ocpptui.timeline.record import ConnectionEvent, Record
from tests.kit.certificates import FOR_CLIENTS, FOR_SERVERS, Authority, Pair
from tests.kit.tls_peers import answer_over_tls, context_of_client, context_of_server, serving_tls
from tests.network.watching import (
    PATIENCE,
    Watcher,
    advised,
    answering,
    connecting,
    listening,
    raw_peer,
    upgrade_request,
)

VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]
HERE = ("localhost", "127.0.0.1")
REQUEST = upgrade_request("/CP001", "Sec-WebSocket-Protocol: ocpp1.6")


class Authorities(NamedTuple):
    """The CAs of the tests; `other` is trusted by nobody."""

    trusted: Authority
    between: Authority
    other: Authority


@pytest.fixture(scope="module")
def authorities(tmp_path_factory: pytest.TempPathFactory) -> Authorities:
    folder = tmp_path_factory.mktemp("authorities")
    trusted = Authority(folder, "trusted")
    return Authorities(trusted, Authority(folder, "between", above=trusted), Authority(folder, "other"))


class Kind(NamedTuple):
    """A kind of certificate, and what is said of it."""

    make: Callable[[Authorities], Pair]
    sentence: str
    """Of our program, when the other side presents it; empty: it is accepted."""
    alert: str = ""
    """What OpenSSL answers."""


def _weak() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 1024)


UNKNOWN = "was signed by a CA that is not trusted, or an intermediate certificate is missing."

SERVERS = {
    "good": Kind(lambda ca: ca.trusted.sign("s-good", HERE), ""),
    "of an intermediate CA": Kind(lambda ca: ca.between.sign("s-chain", HERE, chain=[ca.between]), ""),
    "with a common name alone": Kind(lambda ca: ca.trusted.sign("s-cn", common_names=["localhost"]), ""),
    "expired": Kind(lambda ca: ca.trusted.sign("s-old", HERE, days=(-40, -1)), "has expired.", "certificate expired"),
    "not yet valid": Kind(
        lambda ca: ca.trusted.sign("s-young", HERE, days=(1, 30)), "is not valid yet.", "bad certificate"
    ),
    "for clients": Kind(
        lambda ca: ca.trusted.sign("s-client", HERE, usage=FOR_CLIENTS),
        "was not issued for a server.",
        "unsupported certificate",
    ),
    "of another CA": Kind(lambda ca: ca.other.sign("s-other", HERE), UNKNOWN, "unknown ca"),
    "of another CA that it sends": Kind(
        lambda ca: ca.other.sign("s-root", HERE, chain=[ca.other]), UNKNOWN, "unknown ca"
    ),
    "without its intermediate CA": Kind(lambda ca: ca.between.sign("s-short", HERE), UNKNOWN, "unknown ca"),
    "signed by itself": Kind(
        lambda ca: ca.trusted.sign("s-self", HERE, by_itself=True),
        "is self-signed and is not among the trusted ones.",
        "unknown ca",
    ),
    "for another name": Kind(
        lambda ca: ca.trusted.sign("s-name", ("elsewhere.test",)), "was issued for another host name.", ""
    ),
    "with a weak key": Kind(
        lambda ca: ca.trusted.sign("s-weak", HERE, key=_weak()),
        "has, or a CA above it has, a key or a hash that is too weak.",
        "",
    ),
}
"""What a central system presents."""

CLIENTS = {
    "good": Kind(lambda ca: ca.trusted.sign("CP001"), ""),
    "of an intermediate CA": Kind(
        lambda ca: ca.between.sign("c-chain", common_names=["CP001"], chain=[ca.between]), ""
    ),
    "with several names": Kind(lambda ca: ca.trusted.sign("c-both", common_names=["serial", "CP001"]), ""),
    "expired": Kind(lambda ca: ca.trusted.sign("c-old", days=(-40, -1)), "has expired.", "certificate expired"),
    "not yet valid": Kind(lambda ca: ca.trusted.sign("c-young", days=(1, 30)), "is not valid yet.", "bad certificate"),
    "for servers": Kind(
        lambda ca: ca.trusted.sign("c-server", usage=FOR_SERVERS),
        "was not issued for a client.",
        "unsupported certificate",
    ),
    "of another CA": Kind(lambda ca: ca.other.sign("c-other"), UNKNOWN, "unknown ca"),
    "without its intermediate CA": Kind(lambda ca: ca.between.sign("c-short"), UNKNOWN, "unknown ca"),
    "signed by itself": Kind(
        lambda ca: ca.trusted.sign("c-self", by_itself=True),
        "is self-signed and is not among the trusted ones.",
        "unknown ca",
    ),
    "with a weak key": Kind(
        lambda ca: ca.trusted.sign("c-weak", key=_weak()),
        "has, or a CA above it has, a key or a hash that is too weak.",
        "",
    ),
}
"""What a charge point presents."""


def refusals(kinds: dict[str, Kind]) -> list[str]:
    """The kinds that OpenSSL refuses with an alert, whatever the host name."""
    return [name for name, kind in kinds.items() if kind.alert]


@asynccontextmanager
async def listening_with_client_ca(
    watcher: Watcher, authorities: Authorities, pair: Pair, *, lenient: bool = False
) -> AsyncIterator[int]:
    """A central system with security profile 3; its port."""
    files = {"certificate": pair.certificate, "key": pair.key, "client_ca": authorities.trusted.path}
    async with listening(watcher, lenient=lenient, **files) as server:
        yield int(server.urls[0].rstrip("/").rpartition(":")[2])


async def outcome(watcher: Watcher) -> Record:
    """The record of the first connection that opened or failed."""
    ends = (ConnectionEvent.OPENED, ConnectionEvent.REFUSED, ConnectionEvent.FAILED)
    [record] = await watcher.until(lambda: [one for event in ends for one in watcher.events(event)])
    return record


# -- our verdict ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.name)
@pytest.mark.parametrize("name", SERVERS)
async def test_a_charge_point_judges_the_certificate_of_a_server(
    watcher: Watcher, authorities: Authorities, name: str, version: ssl.TLSVersion
) -> None:
    """An operator who renews the wrong certificate, or the right one at the wrong place, loses a day."""
    kind = SERVERS[name]
    context = context_of_server(version, kind.make(authorities))
    patience = PATIENCE if kind.sentence else 2.0
    with serving_tls(context) as port:
        url = f"wss://localhost:{port}"
        async with connecting(watcher, url, ca=authorities.trusted.path, open_timeout=patience):
            if not kind.sentence:  # TLS succeeds, and the server then says nothing
                record = await watcher.event(ConnectionEvent.FAILED)
                assert record.detail["step"] == "http"
                return
            record = await outcome(watcher)
    assert record.detail["step"] == "tls"
    assert record.detail["error"] == f"The certificate of localhost:{port} {kind.sentence}"
    assert record.detail["advice"]


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.name)
async def test_a_charge_point_judges_the_address_in_a_certificate(
    watcher: Watcher, authorities: Authorities, version: ssl.TLSVersion
) -> None:
    with serving_tls(context_of_server(version, authorities.trusted.sign("s-address", ("192.0.2.1",)))) as port:
        async with connecting(watcher, f"wss://127.0.0.1:{port}", ca=authorities.trusted.path):
            record = await outcome(watcher)
    assert record.detail["error"] == f"The certificate of 127.0.0.1:{port} was not issued for this IP address."


async def test_a_ca_file_without_the_root(watcher: Watcher, authorities: Authorities) -> None:
    """OpenSSL's own words for it are those of a missing intermediate certificate."""
    pair = authorities.between.sign("s-rootless", HERE)
    async with (
        listening(Watcher(), certificate=pair.certificate, key=pair.key) as server,
        connecting(watcher, server.urls[0], ca=authorities.between.path),
    ):
        record = await outcome(watcher)
    assert "intermediate CA whose root CA is not trusted" in record.detail["error"]


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.name)
@pytest.mark.parametrize("name", CLIENTS)
async def test_a_central_system_judges_the_certificate_of_a_charge_point(
    watcher: Watcher, authorities: Authorities, local_pair: Pair, name: str, version: ssl.TLSVersion
) -> None:
    """In security profile 3 the certificate is all that lets a charge point in (A00.FR.401)."""
    kind = CLIENTS[name]
    context = context_of_client(version, pair=kind.make(authorities))
    async with listening_with_client_ca(watcher, authorities, local_pair) as port:
        answer = await asyncio.to_thread(answer_over_tls, port, context, REQUEST)
        record = await outcome(watcher)
    if not kind.sentence:
        assert answer.startswith(b"HTTP/1.1 101 ")
        assert record.detail["event"] == "opened" and "tolerated" not in record.detail
    else:
        assert answer == b""
        assert record.detail["step"] == "tls"
        assert record.detail["error"] == f"The charge point's certificate {kind.sentence}"
        assert record.detail["advice"]
        assert record.detail["verifyMessage"]


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.name)
async def test_a_charge_point_without_a_certificate(
    watcher: Watcher, authorities: Authorities, local_pair: Pair, version: ssl.TLSVersion
) -> None:
    async with listening_with_client_ca(watcher, authorities, local_pair) as port:
        assert await asyncio.to_thread(answer_over_tls, port, context_of_client(version), REQUEST) == b""
        record = await outcome(watcher)
    assert record.detail["error"] == (
        "The charge point presented no certificate, but one is required (security profile 3)."
    )


# -- whose certificate it is ------------------------------------------------------------------------------------

NAMES = {
    "another id": (["CP002"], (), "'CP002'"),
    "an id that begins alike": (["CP0011"], (), "'CP0011'"),
    "another case": (["cp001"], (), "'cp001'"),
    "several": (["A", "B"], ("CP002",), "'A' and 'B'"),
    "an alternative name": ([], ("CP002",), "'CP002'"),
    "nobody": ([], (), ""),
}
"""Common names and alternative names of a certificate, and how they are named."""


@pytest.mark.parametrize("lenient", [False, True], ids=["strict", "lenient"])
@pytest.mark.parametrize("name", NAMES)
async def test_a_charge_point_with_the_certificate_of_another_one(
    watcher: Watcher, authorities: Authorities, local_pair: Pair, name: str, lenient: bool
) -> None:
    """Anybody with one certificate of the fleet could speak for all of it."""
    common_names, alternative, named = NAMES[name]
    sentence = f"Its certificate was issued for {named}, not for 'CP001' (A00.FR.405)."
    if not named:
        sentence = "Its certificate names nobody; 'CP001' was expected (A00.FR.405)."
    pair = authorities.trusted.sign(f"n-{name}", alternative, common_names=common_names)
    context = context_of_client(ssl.TLSVersion.TLSv1_3, pair=pair)
    async with listening_with_client_ca(watcher, authorities, local_pair, lenient=lenient) as port:
        answer = await asyncio.to_thread(answer_over_tls, port, context, REQUEST)
        record = await outcome(watcher)
    assert record.charge_point == "CP001", record.detail
    if lenient:
        assert answer.startswith(b"HTTP/1.1 101 ")
        assert [one["text"] for one in record.detail["tolerated"]] == [sentence]
    else:
        assert answer.startswith(b"HTTP/1.1 403 ")
        assert record.detail["event"] == "refused"
        assert record.detail["step"] == "credentials"
        assert record.detail["error"] == sentence
        assert "--lenient" in advised(record)


async def test_our_charge_point_learns_that_its_certificate_names_another(
    watcher: Watcher, authorities: Authorities, local_pair: Pair
) -> None:
    ours = authorities.trusted.sign("CP002")
    async with (
        listening_with_client_ca(Watcher(), authorities, local_pair) as port,
        connecting(watcher, f"wss://127.0.0.1:{port}", certificate=ours.certificate, key=ours.key, insecure=True),
    ):
        record = await outcome(watcher)
    assert "answered 403 Forbidden" in record.detail["error"]
    assert "common name" in record.detail["advice"]


async def test_an_id_among_the_alternative_names_is_accepted_with_a_note(
    watcher: Watcher, authorities: Authorities, local_pair: Pair
) -> None:
    """OCPP asks for the common name; today's CAs write the alternative names."""
    pair = authorities.trusted.sign("n-alternative", ("CP001",), common_names=["serial 7"])
    context = context_of_client(ssl.TLSVersion.TLSv1_3, pair=pair)
    async with listening_with_client_ca(watcher, authorities, local_pair) as port:
        answer = await asyncio.to_thread(answer_over_tls, port, context, REQUEST)
        record = await outcome(watcher)
    assert answer.startswith(b"HTTP/1.1 101 ")
    [note] = record.detail["tolerated"]
    assert "'CP001' as an alternative name only" in note["text"]


# -- the verdict of the other side ------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.name)
@pytest.mark.parametrize("name", refusals(SERVERS))
async def test_a_charge_point_refuses_our_certificate(
    watcher: Watcher, authorities: Authorities, name: str, version: ssl.TLSVersion
) -> None:
    kind = SERVERS[name]
    pair = kind.make(authorities)
    context = context_of_client(version, ca=authorities.trusted.path)
    async with listening(watcher, certificate=pair.certificate, key=pair.key) as server:
        port = int(server.urls[0].rstrip("/").rpartition(":")[2])
        assert await asyncio.to_thread(answer_over_tls, port, context, REQUEST) == b""
        record = await outcome(watcher)
    assert record.detail["error"] == (
        f"The charge point refused our certificate: {ALERTS[kind.alert]} (alert {kind.alert})."
    )
    assert record.detail["advice"]


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.name)
@pytest.mark.parametrize("name", refusals(CLIENTS))
async def test_a_central_system_refuses_our_certificate(
    watcher: Watcher, authorities: Authorities, local_pair: Pair, name: str, version: ssl.TLSVersion
) -> None:
    kind = CLIENTS[name]
    ours = kind.make(authorities)
    context = context_of_server(version, local_pair, ca=authorities.trusted.path)
    with serving_tls(context) as port:
        files = {"certificate": ours.certificate, "key": ours.key, "insecure": True}
        async with connecting(watcher, f"wss://127.0.0.1:{port}", **files):
            record = await outcome(watcher)
    assert record.detail["error"] == (
        f"127.0.0.1:{port} refused our certificate: {ALERTS[kind.alert]} (alert {kind.alert})."
    )


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.name)
async def test_a_central_system_requires_a_certificate(
    watcher: Watcher, authorities: Authorities, local_pair: Pair, version: ssl.TLSVersion
) -> None:
    context = context_of_server(version, local_pair, ca=authorities.trusted.path)
    with serving_tls(context) as port:
        async with connecting(watcher, f"wss://127.0.0.1:{port}", insecure=True):
            record = await outcome(watcher)
    assert "requires a client certificate" in " ".join((record.detail["error"], record.detail["advice"]))
    assert "--cert" in advised(record)


async def test_a_central_system_that_closes_before_its_alert_is_read(
    watcher: Watcher, authorities: Authorities, local_pair: Pair
) -> None:
    """With TLS 1.3 our handshake is complete by then, and a reset overtakes the reason."""
    context = context_of_server(ssl.TLSVersion.TLSv1_3, local_pair, ca=authorities.trusted.path)
    with serving_tls(context, hasty=True) as port:
        async with connecting(watcher, f"wss://127.0.0.1:{port}", insecure=True):
            record = await outcome(watcher)
    assert "client certificate" in advised(record)


PLAIN_ALERTS = {
    40: "handshake failure", 42: "bad certificate", 43: "unsupported certificate", 44: "certificate revoked",
    45: "certificate expired", 46: "certificate unknown", 47: "illegal parameter", 48: "unknown ca",
    49: "access denied", 50: "decode error", 51: "decrypt error", 70: "protocol version", 71: "insufficient security",
    80: "internal error", 86: "inappropriate fallback", 90: "user cancelled", 109: "missing extension",
    110: "unsupported extension", 112: "unrecognized name", 113: "bad certificate status response",
    115: "unknown psk identity", 116: "certificate required", 120: "no application protocol",
}  # fmt: skip
"""The alerts of RFC 8446 section 6 that end a handshake."""


def alert_record(number: int) -> bytes:
    """A fatal alert before anything is encrypted (RFC 8446 section 6)."""
    return bytes([21, 3, 3, 0, 2, 2, number])


@pytest.mark.parametrize("number", [*PLAIN_ALERTS, 53, 200])
async def test_every_alert_of_a_central_system_has_a_sentence(watcher: Watcher, number: int) -> None:
    """`tlsv1 alert unknown psk identity` says nothing to a technician."""

    async def alert(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(alert_record(number))
        await reader.read()

    async with answering(alert) as port, connecting(watcher, f"wss://127.0.0.1:{port}", insecure=True):
        record = await outcome(watcher)
    assert record.detail["step"] == "tls"
    assert (PLAIN_ALERTS.get(number, "")) in record.detail["error"] or number == 116
    assert record.detail["error"].endswith((".", ")."))


@pytest.mark.parametrize("number", [*PLAIN_ALERTS, 53, 200])
async def test_every_alert_of_a_charge_point_has_a_sentence(watcher: Watcher, local_pair: Pair, number: int) -> None:
    hello = ssl.MemoryBIO()
    with suppress(ssl.SSLWantReadError):
        context_of_client(ssl.TLSVersion.TLSv1_2).wrap_bio(ssl.MemoryBIO(), hello).do_handshake()
    files = {"certificate": local_pair.certificate, "key": local_pair.key}
    async with listening(watcher, **files) as server, raw_peer(server.urls[0]) as (reader, writer):
        writer.write(hello.read())
        await reader.read(1)
        writer.write(alert_record(number))
        record = await outcome(watcher)
    assert record.detail["step"] == "tls"
    assert PLAIN_ALERTS.get(number, "") in record.detail["error"]


# -- no common ground -------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1], ids=lambda version: version.name)
async def test_a_charge_point_that_knows_old_versions_alone(
    watcher: Watcher, local_pair: Pair, version: ssl.TLSVersion
) -> None:
    async with listening(watcher, certificate=local_pair.certificate, key=local_pair.key) as server:
        port = int(server.urls[0].rstrip("/").rpartition(":")[2])
        await asyncio.to_thread(answer_over_tls, port, context_of_client(version), REQUEST)
        record = await outcome(watcher)
    name = {ssl.TLSVersion.TLSv1: "TLS 1.0", ssl.TLSVersion.TLSv1_1: "TLS 1.1"}[version]
    assert record.detail["error"] == f"The charge point offers no TLS version from 1.2 on: only {name}."


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1], ids=lambda version: version.name)
async def test_a_central_system_that_knows_old_versions_alone(
    watcher: Watcher, local_pair: Pair, version: ssl.TLSVersion
) -> None:
    with serving_tls(context_of_server(version, local_pair)) as port:
        async with connecting(watcher, f"wss://127.0.0.1:{port}", insecure=True):
            record = await outcome(watcher)
    assert record.detail["step"] == "tls"
    assert "TLS 1.2" in record.detail["error"] + record.detail["advice"]


async def test_a_charge_point_without_a_fitting_suite(watcher: Watcher, local_pair: Pair) -> None:
    """The key of our certificate is of an elliptic curve."""
    context = context_of_client(ssl.TLSVersion.TLSv1_2, suites="AES128-GCM-SHA256")
    async with listening(watcher, certificate=local_pair.certificate, key=local_pair.key) as server:
        port = int(server.urls[0].rstrip("/").rpartition(":")[2])
        await asyncio.to_thread(answer_over_tls, port, context, REQUEST)
        record = await outcome(watcher)
    sentence = "The charge point offers no cipher suite that fits our certificate: AES128-GCM-SHA256."
    assert record.detail["error"] == sentence
    assert "RSA" in record.detail["advice"]


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        (b"GET /CP001 HTTP/1.1\r\n", "The peer spoke plain HTTP; this port speaks TLS."),
        (b"OPTIONS * HTTP/1.1\r\n", "The peer spoke plain HTTP; this port speaks TLS."),
        (b"CONNECT csms:443 HTTP/1.1\r\n", "The peer spoke plain HTTP; this port speaks TLS."),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "The peer does not speak TLS: it began with 'SSH-2.0-OpenSSH_9.2\\r\\n'."),
        (b"\x00\x01\x02noise", "The peer does not speak TLS: it began with '\\x00\\x01\\x02noise'."),
    ],
)
async def test_a_peer_that_does_not_speak_tls(watcher: Watcher, local_pair: Pair, sent: bytes, sentence: str) -> None:
    files = {"certificate": local_pair.certificate, "key": local_pair.key}
    async with listening(watcher, **files) as server, raw_peer(server.urls[0]) as (_, writer):
        writer.write(sent)
        record = await outcome(watcher)
    assert record.detail["error"] == sentence


@pytest.mark.parametrize(
    "answer", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"SSH-2.0-OpenSSH_9.2\r\n", b"\x00\x01\x02\x03\x04\x05"]
)
async def test_a_server_that_does_not_speak_tls(watcher: Watcher, answer: bytes) -> None:
    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(answer)
        await reader.read()

    async with answering(say) as port, connecting(watcher, f"wss://127.0.0.1:{port}"):
        record = await outcome(watcher)
    assert record.detail["error"].startswith(f"127.0.0.1:{port} does not speak TLS: its answer begins with '")


async def test_tls_that_breaks_on_an_open_connection(watcher: Watcher, local_pair: Pair) -> None:
    """`[SSL: DECRYPTION_FAILED_OR_BAD_RECORD_MAC] … (_ssl.c:2580)` is no sentence."""
    context = context_of_client(ssl.TLSVersion.TLSv1_2)

    def break_it(port: int) -> None:
        with socket.create_connection(("127.0.0.1", port)) as sock, context.wrap_socket(sock) as secure:
            secure.sendall(REQUEST)
            secure.recv(1)
            socket.socket.send(secure, b"\x17\x03\x03\x00\x05noise")
            with suppress(OSError):
                secure.recv(65536)

    async with listening(watcher, certificate=local_pair.certificate, key=local_pair.key) as server:
        await asyncio.to_thread(break_it, int(server.urls[0].rstrip("/").rpartition(":")[2]))
        record = await watcher.event(ConnectionEvent.CLOSED)
    assert record.detail["problem"] == "tls-broken"
    assert "since TLS failed: " in record.detail["error"]
    assert "_ssl.c" not in record.detail["error"] and "[" not in record.detail["error"]


# -- what a certificate says ------------------------------------------------------------------------------------


def test_the_names_of_a_certificate(authorities: Authorities) -> None:
    """They decide who is let in."""
    pair = authorities.trusted.sign("facts", ("a.test", "192.0.2.7"), common_names=["CP1", "serial"])
    with open(pair.certificate, encoding="ascii") as file:
        facts = certificate_facts(ssl.PEM_cert_to_DER_cert(file.read()))
    assert facts["commonNames"] == ["CP1", "serial"]
    assert facts["names"] == ["a.test", "192.0.2.7"]
