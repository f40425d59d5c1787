"""No byte that any command writes acts on a terminal, whatever a peer, a file or an argument holds."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from urllib.parse import quote

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.sync.server import ServerConnection, serve
from websockets.typing import Subprotocol

from ocpptui.exporting import Format
from ocpptui.jsontext.unsafe_characters import UNSAFE
from tests.cli.conftest import Run, RunOnTerminal
from tests.kit.program import OCPPTUI, environment_of
from tests.kit.terminal import Terminal, on_terminal

CANARY = "\x1b[31337m\x1b]0;PWNED\x07\x1bP31337q\x1b\\\x9b31337m\x9d52;c;UFdORUQ=\x9c\u202e\u2066\x00\x08\x7f\u200b"
"""Sets a colour that nobody else sets, the title, the clipboard, the direction of text."""
IN_JSON = json.dumps(CANARY)
FRAMES = [
    f'[2,"1","DataTransfer",{{"vendorId":{IN_JSON},{IN_JSON}:{IN_JSON}}}]',
    f"[2,{IN_JSON},{IN_JSON},{{}}]",
    f'[2,"2","BootNotification",{{"chargePointVendor":{IN_JSON},"chargePointModel":{IN_JSON}}}]',
    f'[2,"3","StatusNotification",{{"connectorId":1,"errorCode":"NoError","status":"Available","info":{IN_JSON}}}]',
    f"[4,{IN_JSON},{IN_JSON},{IN_JSON},{{{IN_JSON}:{IN_JSON}}}]",
    f'[3,{IN_JSON},{{"status":{IN_JSON}}}]',
    f'[2,"4","DataTransfer",{{"vendorId":"{CANARY}"}}]',
    CANARY,
]
CARRIED = CANARY.replace("\0", "")
"""Arguments and names of files hold no NUL."""
NAME = f"{CARRIED}.jsonl"


def unsafe_in(output: bytes | str) -> list[str]:
    """What a terminal would obey or hide, with its surroundings."""
    text = output if isinstance(output, str) else output.decode("utf-8", "backslashreplace")
    text = re.sub(r"\r*\n", "", text)
    return [ascii(text[max(0, found.start() - 30) : found.end() + 30]) for found in UNSAFE.finditer(text)]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log with the canary in every place, under a name that holds it too."""
    path = tmp_path_factory.mktemp("hostile") / NAME
    frames = [frame.replace("\0", "") for frame in FRAMES]  # a file with a NUL is not a log
    lines = [f"2026-11-22 10:00:0{place} CP{CARRIED} >> {frame}" for place, frame in enumerate(frames)]
    path.write_text("\n".join([*lines, CARRIED]), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def recording(hostile: Path) -> Path:
    """The same as a recording, also with the events of a connection."""
    path = hostile.with_name(f"recording{NAME}")
    command = [*OCPPTUI, "convert", str(hostile), str(path), "--to", "recording"]
    subprocess.run(command, env=environment_of(hostile.parent / "home"), check=False, capture_output=True)
    assert path.read_bytes().count(b"\n") >= len(FRAMES) - 1
    detail = {"event": "closed", "closeReason": CANARY, "url": CANARY, "requestHeaders": [CANARY], "error": CANARY}
    event = {"schemaVersion": "1.1", "timestamp": "2026-11-22T10:00:09Z", "messageType": "CONNECTION", "detail": detail}
    with path.open("ab") as file:
        file.write(json.dumps(event | {"chargePointId": CANARY}, ensure_ascii=False).encode() + b"\n" + CANARY.encode())
    return path


NOBODY = "ws://127.0.0.1:1/x"
COMMANDS: dict[str, list[str]] = {
    "open": ["open", "--headless", "--show-skipped", "LOG"],
    "open a recording": ["open", "--headless", "--show-skipped", "RECORDING"],
    "open several": ["open", "--headless", "--merge", "LOG", "RECORDING"],
    "diff": ["diff", "LOG", "RECORDING"],
    "diff as JSON": ["diff", "RECORDING", "LOG", "--json"],
    "replay to nobody": ["replay", "RECORDING", "--as", "cp", "--to", NOBODY, "--yes", "--all", "--headless"],
    "replay with wrong ids": ["replay", "RECORDING", "--as", "cp", "--charge-point", CARRIED],
    "filter": ["convert", "LOG", "-", "--to", "text", "--filter", f"cp:{CARRIED}"],
    "wrong filter": ["convert", "LOG", "-", "--to", "text", "--filter", f"x:{CARRIED} ("],
    "a column": ["open", "--headless", "LOG", "--map", f"{CARRIED}=message"],
    "a format": ["open", "--headless", "LOG", "--from", CARRIED],
    "a header": ["send", NOBODY, "Heartbeat", "--header", CARRIED],
    "an assignment": ["send", NOBODY, "Heartbeat", f"{CARRIED}={CARRIED}"],
    "an environment variable": ["send", NOBODY, "Heartbeat", "--password-env", CARRIED],
    **{f"convert to {one}": ["convert", "RECORDING", "-", "--to", one] for one in Format},
    **{f"redact to {one}": ["convert", "LOG", "-", "--to", one, "--redact"] for one in Format},
}
"""Every command that ends by itself, over a hostile log and a hostile recording."""


@pytest.mark.parametrize("name", COMMANDS)
def test_no_command_repeats_a_character_that_acts(
    name: str, hostile: Path, recording: Path, run: Run, run_on_terminal: RunOnTerminal
) -> None:
    """A user who opens the log of a hostile charge point would hand it the terminal, and the clipboard."""
    files = {"LOG": str(hostile), "RECORDING": str(recording)}
    command = [files.get(word, word) for word in COMMANDS[name]]
    result = run(*command)
    assert "Traceback" not in result.stderr
    assert unsafe_in(result.stdout) == []
    assert unsafe_in(result.stderr) == []
    if not name.startswith(("convert", "redact")):
        assert unsafe_in(run_on_terminal(*command, columns=200)) == []


@contextmanager
def answering(*answers: bytes) -> Iterator[str]:
    """The URL of a server that answers its connections with these bytes, one after the other."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve_each() -> None:
            for answer in answers:
                connection, _ = server.accept()
                with connection, suppress(ConnectionError):
                    connection.recv(65536)
                    connection.sendall(answer)

        thread = Thread(target=serve_each, daemon=True)
        thread.start()
        yield f"ws://127.0.0.1:{server.getsockname()[1]}/CP001"


REFUSALS = {
    "reason": f"HTTP/1.1 403 {CANARY}\r\nContent-Length: 0\r\n\r\n",
    "location": f"HTTP/1.1 302 Found\r\nLocation: ws://{CANARY}/x\r\nContent-Length: 0\r\n\r\n",
    "header": f"HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm={CANARY}\r\nX: {CANARY}\r\nContent-Length: 0\r\n\r\n",
    "body": f"HTTP/1.1 500 No\r\nContent-Type: text/plain\r\nContent-Length: 200\r\n\r\n{CANARY * 4}",
    "subprotocol": "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    f"Sec-WebSocket-Protocol: {CANARY}\r\nSec-WebSocket-Extensions: {CANARY}\r\n\r\n",
    "not HTTP": CANARY,
}


@pytest.mark.parametrize("name", REFUSALS)
def test_no_answer_to_the_handshake_acts_on_the_terminal(name: str, run: Run, run_on_terminal: RunOnTerminal) -> None:
    answer = REFUSALS[name].encode()
    for command in (["send", "URL", "Heartbeat"], ["charge-point", "URL", "--no-reconnect", "--headless"]):
        for written in (in_pipes(run), on_terminals(run_on_terminal)):
            with answering(answer) as url:
                output = written(*(url if word == "URL" else word for word in command))
            assert unsafe_in(output) == []
            assert "Traceback" not in output


Written = Callable[..., str]
"""What a command writes, by its arguments."""


def in_pipes(run: Run) -> Written:
    def written(*arguments: str) -> str:
        result = run(*arguments)
        return result.stdout + result.stderr

    return written


def on_terminals(run: RunOnTerminal) -> Written:
    return lambda *arguments: run(*arguments, columns=200).decode("utf-8", "backslashreplace")


def hostile_server(connection: ServerConnection) -> None:
    """Sends everything hostile, answers with it, and closes with it."""
    with suppress(ConnectionClosed):
        for frame in FRAMES:
            connection.send(frame)
        for message in connection:
            call = json.loads(message)
            if call[0] == 2:
                connection.send(json.dumps([4, call[1], CANARY, CANARY, {CANARY: CANARY}]))
                break
        connection.close(4000, CANARY[:40])


@pytest.mark.parametrize(
    "command",
    [
        ["send", "URL", "Heartbeat"],
        ["send", "URL", "Heartbeat", "--raw"],
        ["charge-point", "URL", "--no-reconnect", "--headless", "--duration", "3"],
        ["replay", "RECORDING", "--as", "cp", "--to", "URL", "--yes", "--headless", "--duration", "3", "--all"],
        ["replay", "RECORDING", "--as", "cp", "--to", "URL", "--yes", "--json", "--duration", "3", "--all"],
    ],
    ids=lambda command: " ".join(command),
)
def test_no_frame_of_a_central_system_acts_on_the_terminal(
    command: list[str], recording: Path, run: Run, run_on_terminal: RunOnTerminal
) -> None:
    with serve(hostile_server, "127.0.0.1", 0, subprotocols=[Subprotocol("ocpp1.6")]) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        url = f"ws://127.0.0.1:{server.socket.getsockname()[1]}/CP001"
        words = {"URL": url, "RECORDING": str(recording)}
        for written in (in_pipes(run), on_terminals(run_on_terminal)):
            output = written(*(words.get(word, word) for word in command))
            assert unsafe_in(output) == []
            assert "Traceback" not in output
        server.shutdown()


def attack(url: str) -> None:
    """A charge point that says everything hostile, from a path that holds it."""
    identity = quote(CARRIED)
    protocols = [Subprotocol("ocpp1.6")]
    with suppress(ConnectionClosed, OSError), connect(f"{url}{identity}", subprotocols=protocols) as peer:
        for frame in FRAMES:
            peer.send(frame)
        peer.close(4000, CANARY[:40])
    port = int(url.rstrip("/").rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as raw, suppress(ConnectionError):
        raw.sendall(f"GET /{CANARY} HTTP/1.1\r\nHost: {CANARY}\r\n{CANARY}: {CANARY}\r\n\r\n".encode())
        raw.recv(1000)


def test_no_frame_of_a_charge_point_acts_on_the_terminal(environment: dict[str, str]) -> None:
    command = [*OCPPTUI, "central-system", "--port", "0", "--headless", "--duration", "600"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        begun = process.stderr.readline()
        attack(begun.split()[-1].decode())
        process.terminate()
        output, errors = process.communicate()
    assert b"31337" in output
    assert b"Traceback" not in errors
    assert unsafe_in(output) == unsafe_in(errors) == []


CANARIES = re.compile(
    rb"\x1b\[31337|\x1b\]0;PWNED|\x1bP31337|UFdORUQ=\x07|\xc2[\x80-\x9f]|\xe2\x80[\x8b-\x8f\xaa-\xae]|\xe2\x81[\xa0-\xaf]"
    rb"|[\x00\x08\x7f]|(?<![\x80-\xff])[\x80-\x9f]"
)
"""What cannot come from Textual: sequences of the canary, and characters of it that no screen needs."""


def _walk(terminal: Terminal) -> None:
    """Visit the log, the inspector, the lists, the help, the filter and the composer."""
    keys = [
        *"gjjGgjj",
        "\r",
        "j",
        "\x1b",
        "/",
        "cp:",
        "\x1b",
        "\x1bOR",
        "\x1bOR",
        "?",
        "\x1b",
        *"yYe",
        "\x1b",
        "c",
        "\x1b",
    ]
    for key in keys:
        terminal.press(key.encode())
        while terminal.read(0.1):
            pass


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are of POSIX")
@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
def test_no_text_of_a_file_acts_on_the_terminal_of_the_screen(
    size: tuple[int, int], hostile: Path, recording: Path, environment: dict[str, str]
) -> None:
    """The title and the clipboard of the technician would be in the hands of a charge point."""
    for path in (hostile, recording):
        with on_terminal([*OCPPTUI, "open", str(path)], environment, columns=size[0], rows=size[1]) as terminal:
            terminal.shows("DataTransfer")
            _walk(terminal)
            terminal.press(b"\x11")
            while terminal.read(2):
                pass
            assert terminal.ends() == 0, terminal.text()
        assert [ascii(found[0]) for found in CANARIES.finditer(terminal.received)] == []


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are of POSIX")
def test_no_charge_point_acts_on_the_terminal_of_the_screen(environment: dict[str, str]) -> None:
    command = [*OCPPTUI, "central-system", "--port", "0"]
    with on_terminal(command, environment, columns=160, rows=50) as terminal:
        terminal.shows("ws://127.0.0.1:")
        port = re.search(r"ws://127\.0\.0\.1:(\d+)", terminal.text())
        assert port is not None
        attack(f"ws://127.0.0.1:{port[1]}/")
        terminal.shows("DataTransfer")
        _walk(terminal)
        terminal.press(b"\x11")
        while terminal.read(2):
            pass
        assert terminal.ends() == 0, terminal.text()
    assert [ascii(found[0]) for found in CANARIES.finditer(terminal.received)] == []
