"""No secret gets into a recording, into headless output or into our answers, however the message with it is damaged."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol

from ocpptui.cli.headless import RecordPrinter
from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.credentials import Credentials
from ocpptui.network.server_settings import ServerSettings
from ocpptui.ocpp.version import Role, Version
from ocpptui.recording.writer import RecordingWriter
from ocpptui.session.session import Session
from ocpptui.session.settings import SessionSettings
from ocpptui.timeline.timeline import Timeline
from tests.importing.reading import read
from tests.kit.planted_secrets import headers, leaked, planted
from tests.ocpp.secretive_messages import damaged_messages, profile, secrets_in

MESSAGES = st.lists(damaged_messages(), min_size=25, max_size=25)
END = "the last message"
PASSWORD = "S0009CRETq9"


def printed(timeline: Timeline) -> str:
    """What a headless command prints of all records."""
    out = io.BytesIO()
    printer = RecordPrinter(timeline, out)
    for index in range(len(timeline)):
        printer.print(index)
    return out.getvalue().decode()


async def told(peer: ClientConnection | ServerConnection, messages: Sequence[str | bytes]) -> list[str]:
    """Send the messages, and everything that was sent back until the last one is answered or the peer is silent."""
    for message in messages:
        await peer.send(message, text=True)
    await peer.send(f'[2,"{END}","DataTransfer",{{"vendorId":"x"}}]')
    answers: list[str] = []
    async with asyncio.timeout(20):
        while not answers or END not in answers[-1]:
            answers.append(str(await peer.recv()))
    return answers


async def as_central_system(session: Session, version: Version, messages: Sequence[str | bytes]) -> list[str]:
    await session.listen(ServerSettings(host="127.0.0.1", port=0, versions=(version,)))
    async with connect(
        f"{session.listening_urls[0]}CP1?token=S0001CRETq9",
        subprotocols=[Subprotocol(version.subprotocol)],
        additional_headers=[(name, value) for name, _, value in (header.partition(": ") for header in headers())],
    ) as charge_point:
        return await told(charge_point, messages)


async def as_charge_point(session: Session, version: Version, messages: Sequence[str | bytes]) -> list[str]:
    answers: asyncio.Future[list[str]] = asyncio.get_running_loop().create_future()

    async def talk(central_system: ServerConnection) -> None:
        answers.set_result(await told(central_system, messages))

    async with serve(talk, "127.0.0.1", 0, subprotocols=[Subprotocol(version.subprotocol)]) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        settings = ClientSettings(
            url=f"ws://u:S0002CRETq9@127.0.0.1:{port}/CP1?token=S0001CRETq9&sv=1",
            url_exact=True,
            charge_point="CP1",
            versions=(version,),
            credentials=Credentials.parse(None, "S0003CRETq9"),
            headers=tuple((name, value) for name, _, value in (header.partition(": ") for header in headers())),
            reconnect=False,
        )
        await session.connect(settings)
        return await answers


async def live(role: Role, version: Version, path: Path, messages: Sequence[str | bytes], keep: bool = False) -> str:
    """Everything that comes out of a session to which these messages are sent."""
    session = Session(role=role, writer=RecordingWriter(path), settings=SessionSettings(keep_secrets=keep))
    run = as_charge_point if role is Role.CHARGE_POINT else as_central_system
    try:
        answers = await run(session, version, messages)
    finally:
        await session.close()
    recorded = path.read_text()  # noqa: ASYNC240
    return "\n".join((printed(session.timeline), recorded, *answers))


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("version", [Version.V16, Version.V201, Version.V21])
@given(messages=MESSAGES)
@settings(max_examples=4)
def test_no_secret_of_a_live_message_leaves(role: Role, version: Version, messages: list[str | bytes]) -> None:
    """The technician mails the recording, and the peer's log has our answers."""
    with TemporaryDirectory() as folder:
        out = asyncio.run(live(role, version, Path(folder) / "a.jsonl", messages))
    assert END in out
    assert not secrets_in(out)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("version", [Version.V16, Version.V201, Version.V21])
def test_no_planted_secret_leaves(role: Role, version: Version, tmp_path: Path) -> None:
    """Several hundred messages and headers with a secret, of which no output may have one."""
    messages = planted()
    assert len(messages) > 300
    out = asyncio.run(live(role, version, tmp_path / "a.jsonl", messages))
    assert END in out
    assert len(out.splitlines()) > 2 * len(messages)
    assert leaked(out) == []


@pytest.mark.parametrize("version", [Version.V16, Version.V201, Version.V21])
def test_a_peer_that_repeats_a_secret_under_another_name_is_caught(version: Version, tmp_path: Path) -> None:
    """The description of a CALLERROR often quotes what was wrong, in the words of the vendor."""
    call = json.dumps([2, "1", "ChangeConfiguration", {"key": "AuthorizationKey", "value": "correcthorse"}])
    echoes = [
        '[4,"1","GenericError","cannot set it to correcthorse",{"got":["<correcthorse>"]}]',
        json.dumps([4, "1", "GenericError", "", {"call": json.dumps({"v": "correcthorse"})}]),
    ]
    out = asyncio.run(live(Role.CHARGE_POINT, version, tmp_path / "a.jsonl", [call, *echoes]))
    assert "cannot set it to ***" in out
    assert "correcthorse" not in out


@given(messages=MESSAGES)
@settings(max_examples=20)
def test_no_secret_of_a_log_leaves(messages: list[str | bytes]) -> None:
    """A converted customer's log contains no password."""
    log = b"\n".join(
        b"2026-11-22 10:00:%02d,000 CP1 received: " % place + (one if isinstance(one, bytes) else one.encode())
        for place, one in enumerate(messages)
    )
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.log"
        path.write_bytes(log)
        found = read(path)
        raws = "\n".join(str(raw) for raw in found.raws)
    assert not secrets_in(raws)


def test_secrets_stay_where_that_is_asked_for(tmp_path: Path) -> None:
    """`--keep-secrets` is how a wrong password is found."""
    raw = '[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"S3CRET",}]'
    out = asyncio.run(live(Role.CHARGE_POINT, Version.V16, tmp_path / "a.jsonl", [raw], keep=True))
    assert "S3CRET" in out


@pytest.mark.parametrize(
    ("version", "action", "payload"),
    [
        (Version.V201, "SetNetworkProfile", {"configurationSlot": 1, "connectionData": profile("S3CRET")}),
        (Version.V16, "ChangeConfiguration", {"key": "AuthorizationKey", "value": "S3CRET" * 100}),
        (Version.V16, "ChangeConfiguration", {"key": "AuthorizationKey", "value": ["S3CRET"]}),
    ],
)
def test_our_refusal_does_not_repeat_the_secret(
    version: Version, action: str, payload: dict[str, object], tmp_path: Path
) -> None:
    """A CALLERROR that quotes the password puts it into the logs of both sides; it still says what was wrong."""
    raw = json.dumps([2, "1", action, payload])
    out = asyncio.run(live(Role.CHARGE_POINT, version, tmp_path / "a.jsonl", [raw]))
    assert "got a secret" in out
    assert not secrets_in(out)


REQUESTS = [
    "GET http://u:S0001CRETq9@h/CP1?token=S0002CRETq9 HTTP/1.1\r\nHost: h\r\n{}\r\n\r\n",
    "GET /CP1?key=S0001CRETq9 HTTP/1.1\r\n{}\r\n\r\n",
    "POST /CP1?key=S0001CRETq9 HTTP/1.1\r\n{}\r\nContent-Length: 20\r\n\r\npassword=S0001CRETq9",
    "GET /CP1 HTTP/1.1\r\n{}",
    "{}\r\n\r\n",
    "GET /CP1?token=S0001CRETq9\r\n\r\n",
    "CONNECT u:S0001CRETq9@h:80 HTTP/1.1\r\n\r\n",
    "GET /u:S0001CRETq9@x/CP1 HTTP/1.1\r\n\r\n",
    "GET /CP1 HTTP/1.1\r\nHost: u:S0001CRETq9@h\r\nReferer: https://u:S0002CRETq9@h/?sig=S0003CRETq9\r\n\r\n",
    "GET /CP1 HTTP/1.1\r\nAuthorization:\r\n Basic S0001CRETq9\r\nAuthorization : Bearer S0001CRETq9\r\n\r\n",
]
RESPONSES = [
    "HTTP/1.1 403 wrong token S0001CRETq9\r\nSet-Cookie: a=S0002CRETq9\r\n\r\nthe password S0003CRETq9 is wrong",
    "HTTP/1.1 302 Found\r\nLocation: https://u:S0001CRETq9@h/?token=S0002CRETq9\r\n\r\n",
    f"HTTP/1.1 401 no {PASSWORD}\r\nContent-Length: 11\r\n\r\n{PASSWORD}",
    'HTTP/1.1 500 no\r\n\r\n{"error":{"apiKey":"S0001CRETq9","token": "S0003CRETq9"}}',
    "password=S0001CRETq9\r\n\r\n",
    "SSH-2.0 token: S0001CRETq9\r\n",
    "HTTP/1.1 101 x\r\nX-Api-Key: S0001CRETq9\r\n\r\n",
]


async def test_no_secret_of_a_wrong_request_leaves(tmp_path: Path) -> None:
    """A record of a refused charge point shows what it sent."""
    path = tmp_path / "a.jsonl"
    session = Session(role=Role.CENTRAL_SYSTEM, writer=RecordingWriter(path))
    await session.listen(ServerSettings(port=0, credentials=Credentials.parse(None, PASSWORD), open_timeout=0.2))
    port = urlsplit(session.listening_urls[0]).port
    for request in REQUESTS:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request.format("\r\n".join(headers())).encode())
        await reader.read()
        writer.close()
    await session.close()
    out = printed(session.timeline) + path.read_text()
    assert len(out.splitlines()) >= 2 * len(REQUESTS)
    assert leaked(out) == []


@pytest.mark.parametrize("response", RESPONSES)
async def test_no_secret_of_a_wrong_answer_leaves(response: str, tmp_path: Path) -> None:
    """A record of a refusal shows how the central system worded it."""
    path = tmp_path / "a.jsonl"

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(response.encode())
        writer.close()

    session = Session(role=Role.CHARGE_POINT, writer=RecordingWriter(path))
    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        credentials = Credentials.parse(None, PASSWORD)
        await session.connect(
            ClientSettings(url=f"ws://127.0.0.1:{port}/CP1", credentials=credentials, reconnect=False)
        )
        assert await session.until(lambda: True if len(session.timeline) > 1 else None, 60)
    await session.close()
    out = printed(session.timeline) + path.read_text()
    assert '"error"' in out
    assert leaked(out) == []
