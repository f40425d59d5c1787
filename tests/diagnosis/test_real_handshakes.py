"""What real handshakes and ends of connections break: the records have what the rules read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from math import inf
from pathlib import Path
from typing import Any

import pytest
from websockets.utils import accept_key

from ocpptui.diagnosis.diagnosis import Diagnosis
from ocpptui.ocpp.version import Version
from ocpptui.timeline.record import ConnectionEvent
from ocpptui.timeline.timeline import Timeline
from tests.kit.certificates import Authority
from tests.network.watching import Watcher, answering, connecting, listening, masked_frame, raw_peer, upgrade_request

OFFER = "Sec-WebSocket-Protocol: ocpp1.6"
OFFER_201 = "Sec-WebSocket-Protocol: ocpp2.0.1"
DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate"
USER = "Authorization: Basic RVZCOnNlY3JldHNlY3JldHNlY3JldA=="  # EVB
OWN_USER = "Authorization: Basic Q1AwMDE6c2VjcmV0c2VjcmV0c2VjcmV0"  # CP001
CLIENT_HELLO = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"


def broken(watcher: Watcher) -> set[str]:
    """The rules on connections that the records break."""
    timeline = Timeline()
    diagnosis = Diagnosis(timeline)
    for record in watcher.records:
        timeline.append(record)
    assert diagnosis.advance(inf)
    found = {rule for index in range(len(timeline)) for rule in timeline.broken_rules(index)}
    return {rule for rule in found if rule.startswith(("conn.", "sec."))}


@asynccontextmanager
async def asked(request: bytes, **settings: Any) -> AsyncIterator[tuple[Watcher, asyncio.StreamWriter]]:
    """A central system that has judged this, and the connection that it came from."""
    watcher = Watcher()
    async with listening(watcher, **settings) as link, raw_peer(link.urls[0]) as (_, writer):
        writer.write(request)
        await watcher.until(lambda: len(watcher.records) > 1)
        yield watcher, writer


@pytest.mark.parametrize(
    ("request_", "rules"),
    [
        (upgrade_request("/CP001", OFFER), set()),
        (upgrade_request("/ocpp/RDAM%20123", OFFER, DEFLATE), set()),
        (upgrade_request("/CP001", OFFER, OWN_USER), set()),
        (upgrade_request("/CP001"), {"conn.no-subprotocol", "conn.refused"}),
        (upgrade_request("/CP001", "Sec-WebSocket-Protocol: ocpp1.5"), {"conn.no-common-subprotocol", "conn.refused"}),
        (upgrade_request("/ocpp//CP001", OFFER), {"conn.url"}),
        (upgrade_request("/ocpp/CP001/", OFFER), {"conn.url"}),
        (upgrade_request("/CP001/CP001", OFFER), {"conn.url"}),
        (upgrade_request("/ocpp1.6/CP001", OFFER), {"conn.url"}),
        (upgrade_request("/", OFFER), {"conn.url", "conn.refused"}),
        (upgrade_request("/RDAM 123", OFFER), {"conn.identity-encoding", "conn.failed"}),
        (upgrade_request("/RDAM%2520123", OFFER), {"conn.identity-encoding"}),
        (upgrade_request("/CP:1", OFFER_201), {"conn.identity-characters"}),
        (upgrade_request("/CP:1", OFFER), set()),
        (upgrade_request("/CP001", OFFER, USER), {"conn.user-differs"}),
        (upgrade_request("/CP001", OFFER).replace(b"Connection: Upgrade\r\n", b""), {"conn.upgrade-header"}),
        (CLIENT_HELLO, {"conn.not-http"}),
        (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", {"conn.not-http"}),
        (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", {"conn.refused"}),
    ],
    ids=lambda one: one[:44].decode(errors="replace").partition(" HTTP")[0] if isinstance(one, bytes) else "",
)  # fmt: skip
async def test_what_a_request_breaks(request_: bytes, rules: set[str]) -> None:
    """A technician would see that a charge point does not get in, and not why."""
    async with asked(request_, versions=(Version.V16, Version.V201)) as (watcher, _):
        pass
    assert broken(watcher) - {"conn.abnormal-close"} == rules


async def test_a_central_system_without_compression_is_named_in_2x() -> None:
    async with asked(upgrade_request("/CP1", OFFER_201, DEFLATE), versions=(Version.V201,), compression=False) as seen:
        assert broken(seen[0]) == {"conn.compression"}


async def test_a_frame_that_is_compressed_unasked_is_named() -> None:
    async with asked(upgrade_request("/CP1", OFFER_201), versions=(Version.V201,)) as (watcher, writer):
        writer.write(masked_frame(1, b"[]", rsv=4))
        await watcher.event(ConnectionEvent.CLOSED)
    assert broken(watcher) == {"conn.compression", "conn.abnormal-close"}


async def test_what_is_tolerated_is_told_by_its_rule() -> None:
    """The user would read the same twice, in other words."""
    request = upgrade_request("/CP001", USER).replace(b"Connection: Upgrade\r\n", b"")
    async with asked(request, assume_version=Version.V16) as (watcher, _):
        assert broken(watcher) == {"conn.no-subprotocol", "conn.upgrade-header", "conn.user-differs"}


async def test_a_probe_of_the_port_is_no_error() -> None:
    """A monitor that looks once a minute would fill the list of problems."""
    watcher = Watcher()
    async with listening(watcher) as link, raw_peer(link.urls[0]) as (_, writer):
        writer.close()
        await watcher.event(ConnectionEvent.FAILED)
    assert broken(watcher) == {"conn.not-http"}


async def test_a_certificate_that_nobody_trusts_is_a_failure_of_tls(tmp_path: Path) -> None:
    pair = Authority(tmp_path, "ca").sign("local", ("localhost", "127.0.0.1"))
    watcher, other = Watcher(), Watcher()
    async with listening(other, certificate=pair.certificate, key=pair.key) as link:
        async with connecting(watcher, link.urls[0].rstrip("/")):
            await watcher.event(ConnectionEvent.FAILED)
        await other.event(ConnectionEvent.FAILED)
    assert broken(watcher) == {"conn.tls-failed"}
    assert broken(other) == {"conn.tls-failed"}


def answers(*headers: str) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Any]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        key = next(
            line.partition(": ")[2] for line in head.splitlines() if line.lower().startswith("sec-websocket-key")
        )
        accept = f"Sec-WebSocket-Accept: {accept_key(key)}"
        lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade", accept, *headers]
        writer.write("".join(f"{line}\r\n" for line in [*lines, ""]).encode())
        writer.write(b'\x81\x19[2,"1","ClearCache",{}]  ')
        await reader.read()

    return answer


async def test_a_central_system_that_chooses_nothing_and_goes_on_is_named() -> None:
    """Its charge point would be the one that is suspected."""
    watcher = Watcher()
    async with (
        answering(answers()) as port,
        connecting(watcher, f"ws://127.0.0.1:{port}", versions=(Version.V16,)),
    ):
        await watcher.until(watcher.messages)
    assert broken(watcher) - {"conn.abnormal-close"} == {"conn.no-common-subprotocol", "conn.subprotocol-not-offered"}


async def test_pings_without_a_pong_are_named() -> None:
    """A connection that is half dead looks as if nothing happened."""
    watcher = Watcher()
    async with (
        answering(answers(OFFER)) as port,
        connecting(watcher, f"ws://127.0.0.1:{port}", versions=(Version.V16,), ping_interval=0.01, ping_timeout=None),
    ):
        await watcher.until(lambda: len([one for one in watcher.records if one.kind.name == "PING"]) > 3)
    for number, record in enumerate(watcher.records):  # as if they had come ten seconds apart
        record.time = number * 10_000_000
    assert "conn.ping" in broken(watcher)
