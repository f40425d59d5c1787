"""A peer that is slightly wrong: refused by default, accepted if we are lenient, and always reported."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

import pytest

from ocpptui.network.credentials import Credentials
from ocpptui.ocpp.version import Version
from ocpptui.timeline.record import ConnectionEvent, Record
from tests.network.test_charge_point_client import accepting
from tests.network.watching import Watcher, answering, connecting, listening, raw_peer, upgrade_request


def basic(user: str) -> str:
    return "Authorization: Basic " + base64.b64encode(f"{user}:secret".encode()).decode()


async def asked(watcher: Watcher, path: str, *lines: str, **settings: Any) -> Record:
    """What a central system records of this upgrade request."""
    async with listening(watcher, **settings) as link, raw_peer(link.urls[0]) as (reader, writer):
        writer.write(upgrade_request(path, *lines))
        await reader.readuntil(b"\r\n\r\n")
        return await watcher.until(
            lambda: next(iter(watcher.events(ConnectionEvent.OPENED) + watcher.events(ConnectionEvent.REFUSED)), None)
        )


OCPP16 = "Sec-WebSocket-Protocol: ocpp1.6"
SECRET = {"credentials": Credentials.parse(None, "secret")}


@pytest.mark.parametrize(
    ("path", "lines", "settings", "version", "words"),
    [
        ("/CP001", [], {}, Version.V16, "named no subprotocol"),
        ("/CP001", ["Sec-WebSocket-Protocol: chat"], {}, Version.V16, "named no subprotocol"),
        ("/CP001", [], {"assume_version": Version.V201, "lenient": True}, Version.V201, "named no subprotocol"),
        ("/CP001", ["Sec-WebSocket-Protocol: OCPP1.6J"], {}, Version.V16, "'OCPP1.6J' is misspelt"),
        ("/CP001", ["Sec-WebSocket-Protocol: ocpp2.0.1-json"], {}, Version.V201, "is misspelt"),
        ("/CP001", [OCPP16, basic("cp001")], SECRET, Version.V16, "in another case or encoding"),
        ("/A%20B", [OCPP16, basic("A%20B")], SECRET, Version.V16, "in another case or encoding"),
        ("/CP001", [OCPP16, basic("admin")], SECRET, Version.V16, "'admin' is not the id 'CP001'"),
        ("/", [OCPP16, basic("CP001")], SECRET, Version.V16, "the user name 'CP001' is used as the id"),
        ("/ws/CP001/ocpp1.6", [OCPP16], {}, Version.V16, "does not end with the id but with 'ocpp1.6'"),
    ],
)
async def test_a_charge_point_that_is_slightly_wrong(
    watcher: Watcher, path: str, lines: list[str], settings: dict[str, Any], version: Version, words: str
) -> None:
    """A charge point on the bench with a fixed setting could not be examined, or its faults would be missed."""
    record = await asked(watcher, path, *lines, **{"lenient": True, **settings})
    assert record.detail["event"] == ConnectionEvent.OPENED
    assert record.version is version
    assert record.charge_point == ("A B" if "%20" in path else "CP001")
    assert any(words in one["text"] for one in record.detail["tolerated"]), record.detail["tolerated"]


@pytest.mark.parametrize(
    ("path", "lines", "settings", "status"),
    [
        ("/CP001", ["Sec-WebSocket-Protocol: OCPP1.6J"], {}, 400),
        ("/CP001", [OCPP16, basic("cp001")], SECRET, 401),
        ("/", [OCPP16, basic("CP001")], SECRET, 404),
    ],
)
async def test_the_same_is_refused_by_one_that_is_strict(
    watcher: Watcher, path: str, lines: list[str], settings: dict[str, Any], status: int
) -> None:
    """A product under test would seem right here and be refused in the field."""
    record = await asked(watcher, path, *lines, **settings)
    assert record.detail["httpStatus"] == status


async def test_a_wrong_password_stays_wrong(watcher: Watcher) -> None:
    """Lenient is not open."""
    record = await asked(
        watcher, "/CP001", OCPP16, basic("cp001"), credentials=Credentials.parse(None, "other"), lenient=True
    )
    assert record.detail["httpStatus"] == 401


async def test_a_correct_peer_has_no_deviation_reported(watcher: Watcher) -> None:
    record = await asked(watcher, "/CP001", OCPP16, basic("CP001"), lenient=True, **SECRET)
    assert "tolerated" not in record.detail


async def test_a_server_that_listens_already_becomes_lenient(watcher: Watcher) -> None:
    """The user would have to end the session, and lose the open connections."""
    async with listening(watcher) as link:
        for lenient in (False, True):
            link.set_lenient(lenient)
            async with raw_peer(link.urls[0]) as (reader, writer):
                writer.write(upgrade_request("/CP001"))
                answer = await reader.readuntil(b"\r\n\r\n")
                assert answer.startswith(b"HTTP/1.1 101 " if lenient else b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    ("chosen", "version"), [("OCPP1.6", Version.V16), ("ocpp2.0.1", Version.V201), ("chat", Version.V16)]
)
async def test_a_central_system_that_chooses_what_was_not_offered(
    watcher: Watcher, chosen: str, version: Version
) -> None:
    """A backend that misspells the subprotocol could not be reached, though everything else is right."""

    async def choose(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        writer.write(accepting(request, f"Sec-WebSocket-Protocol: {chosen}"))
        await reader.read()

    async with answering(choose) as port:
        url, versions = f"ws://127.0.0.1:{port}", (Version.V16,)
        async with connecting(watcher, url, versions=versions):
            failed = await watcher.event(ConnectionEvent.FAILED)
        async with connecting(watcher, url, versions=versions, lenient=True):
            await watcher.connection()
    assert failed.detail["problem"] == "server-chose-unoffered-subprotocol"
    opened = watcher.events(ConnectionEvent.OPENED)[0]
    assert opened.version is version
    assert f"chose '{chosen}'" in opened.detail["tolerated"][0]["text"]
