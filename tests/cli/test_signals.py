"""Signals to a program without a screen: it ends by itself, with Close frames and a whole recording.

That it is ended by force after less than five seconds, if it does not end by itself, is in
`tests/runtime/test_signals.py`.
"""

from __future__ import annotations

import gzip
import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from tests.kit.certificates import Authority
from tests.kit.program import WAITING
from tests.kit.recordings import recording_of
from tests.kit.stubborn_servers import CentralSystem, silent_server
from tests.network.watching import masked_frame, upgrade_request

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot send signals to one process")

SECONDS = 80.0
"""Within which the process has to be gone: a busy machine takes long, and force only comes later."""
SIGNALS = [signal.SIGHUP, signal.SIGTERM, signal.SIGINT]

each_signal = pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
"""Where another part of the program hears the signals."""


def in_turn(name: str, *states: object) -> pytest.MarkDecorator:
    """Each state with one of the signals, since the same part of the program hears them."""
    pairs = [(state, SIGNALS[place % len(SIGNALS)]) for place, state in enumerate(states)]
    return pytest.mark.parametrize((name, "number"), pairs, ids=[f"{state}-{number.name}" for state, number in pairs])


@contextmanager
def running(environment: dict[str, str], *arguments: str, reads: bool = True, **options: Any) -> Iterator[Program]:
    process = subprocess.Popen(
        [*WAITING, *arguments],
        env=environment,
        stdin=options.pop("stdin", subprocess.DEVNULL),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        **options,
    )
    with process:
        try:
            yield Program(process, reads)
        finally:
            process.kill()


class Program:
    """A running program whose standard error is kept, and whose standard output is read or not."""

    def __init__(self, process: subprocess.Popen[bytes], reads: bool) -> None:
        self.process = process
        self.output = bytearray()
        self.errors = bytearray()
        assert process.stdout is not None and process.stderr is not None
        streams = [(process.stderr, self.errors), *([(process.stdout, self.output)] if reads else [])]
        self._threads = [threading.Thread(target=self._keep, args=stream, daemon=True) for stream in streams]
        for thread in self._threads:
            thread.start()

    @staticmethod
    def _keep(stream: Any, kept: bytearray) -> None:
        while data := stream.read1(65536):
            kept += data

    def until(self, condition: Callable[[], object]) -> None:
        end = time.monotonic() + 60
        while not condition():
            assert time.monotonic() < end and self.process.poll() is None, self.errors.decode()
            time.sleep(0.02)

    def has_open(self, path: str) -> bool:
        """Whether it has opened this file; where the system does not say, after a while."""
        files = Path(f"/proc/{self.process.pid}/fd")
        if not files.exists():
            time.sleep(2.0)
            return True
        with suppress(OSError):
            return any(file.exists() and file.samefile(path) for file in files.iterdir())
        return False

    def ends(self, number: signal.Signals) -> int:
        """The exit code after this signal; fails if the process lives longer than it may."""
        self.process.send_signal(number)
        code = self.process.wait(SECONDS)
        for thread in self._threads:
            thread.join(SECONDS)
        assert b"Traceback" not in self.errors
        return code

    @property
    def port(self) -> int:
        self.until(lambda: b"\n" in self.errors and b"listening on" in self.errors)
        return int(self.errors.decode().split("listening on ")[1].split("/\n")[0].rpartition(":")[2])


def last_record(recording: Path) -> dict[str, Any]:
    text = recording.read_text(encoding="utf-8")
    assert text.endswith("\n"), "the last record is torn"
    record: dict[str, Any] = json.loads(text.splitlines()[-1])
    return record


MASKED_CLOSE = b"\x88"
"""What a Close frame begins with (RFC 6455 section 5.2)."""


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return tmp_path / "recording.jsonl"


# -- a charge point ---------------------------------------------------------------------------------------------


def charge_point(scheme: str, port: int, recording: Path) -> list[str]:
    url = f"{scheme}://127.0.0.1:{port}/CP1"
    return ["charge-point", url, "--headless", "--version", "1.6", "--record", str(recording)]


@in_turn("scheme", "ws", "wss")
def test_a_charge_point_whose_handshake_hangs(
    environment: dict[str, str], recording: Path, scheme: str, number: signal.Signals
) -> None:
    with silent_server() as port, running(environment, *charge_point(scheme, port, recording)) as program:
        program.until(lambda: b'"opening"' in program.output)
        assert program.ends(number) == session_code(number)
    assert last_record(recording)["detail"]["event"] == "failed"


@pytest.mark.parametrize(
    ("peer_is", "number"),
    [*(("reading", number) for number in SIGNALS), ("deaf", signal.SIGHUP)],
    ids=lambda value: str(getattr(value, "name", value)),
)
def test_a_charge_point_whose_peer_answers_no_close_frame(
    environment: dict[str, str], recording: Path, peer_is: str, number: signal.Signals
) -> None:
    """It died at once on SIGHUP: the peer saw a reset, and the last answers were lost."""
    reads = peer_is == "reading"
    peer = CentralSystem(reads=reads)
    with peer.running() as port, running(environment, *charge_point("ws", port, recording)) as program:
        program.until(lambda: b'"BootNotification"' in program.output and (peer.received or not reads))
        before = len(peer.received)
        assert program.ends(number) == session_code(number)
        assert not reads or peer.received[before:].startswith(MASKED_CLOSE)
    detail = last_record(recording)["detail"]
    assert (detail["event"], detail["closedBy"], detail["closeCode"]) == ("closed", "us", 1001)


@in_turn("output", "read", "not read")
def test_a_charge_point_that_is_flooded(
    environment: dict[str, str], recording: Path, output: str, number: signal.Signals
) -> None:
    """Its turn of the loop took so long that it was ended by force, without a word in the recording."""
    with (
        CentralSystem(floods=True).running() as port,
        running(environment, *charge_point("ws", port, recording), reads=output == "read") as program,
    ):
        program.until(lambda: recording.exists() and recording.stat().st_size > 50_000)
        assert program.ends(number) == session_code(number)
    assert last_record(recording)["detail"]["event"] == "closed"


def session_code(number: signal.Signals) -> int:
    """A session that is ended has done what it was for."""
    return 130 if number is signal.SIGINT else 0


# -- a central system -------------------------------------------------------------------------------------------


@each_signal
def test_a_central_system_says_that_it_goes_away(
    environment: dict[str, str], recording: Path, number: signal.Signals
) -> None:
    arguments = ["central-system", "--port", "0", "--headless", "--record", str(recording)]
    with (
        running(environment, *arguments) as program,
        connect(f"ws://127.0.0.1:{program.port}/CP1", subprotocols=[Subprotocol("ocpp1.6")]) as peer,
    ):
        program.until(lambda: b'"opened"' in program.output)
        assert program.ends(number) == session_code(number)
        with pytest.raises(ConnectionClosed) as caught:
            peer.recv(10)
    assert caught.value.rcvd is not None and caught.value.rcvd.code == 1001
    assert last_record(recording)["detail"]["event"] == "closed"


@in_turn("state", "half a TLS hello", "half a request", "open and not reading")
def test_a_central_system_with_a_peer_that_hangs(
    environment: dict[str, str], recording: Path, tmp_path: Path, state: str, number: signal.Signals
) -> None:
    arguments = ["central-system", "--port", "0", "--headless", "--record", str(recording)]
    if "TLS" in state:
        pair = Authority(tmp_path, "ca").sign("local", ("127.0.0.1",))
        arguments += ["--cert", pair.certificate, "--key", pair.key]
    with (
        running(environment, *arguments) as program,
        socket.create_connection(("127.0.0.1", program.port)) as sock,
    ):
        if "TLS" in state:
            sock.sendall(b"\x16\x03\x01\x02\x00\x01\x00")
        elif "half" in state:
            sock.sendall(b"GET /CP1 HTTP/1.1\r\n")
        else:
            sock.sendall(upgrade_request("/CP1", "Sec-WebSocket-Protocol: ocpp1.6"))
            program.until(lambda: b'"opened"' in program.output)
            sock.settimeout(0.5)
            frame = masked_frame(1, b'[2,"1","DataTransfer",{"vendorId":"x","data":"' + b"a" * 60 + b'"}]')
            with suppress(TimeoutError):
                while True:
                    sock.sendall(frame * 100)
        assert program.ends(number) == session_code(number)
    assert last_record(recording)["detail"]["event"] in ("closed", "failed", "listening")


# -- commands that come to an end by themselves -------------------------------------------------------------------


@in_turn("state", "handshake", "answer")
def test_send_that_waits(environment: dict[str, str], recording: Path, state: str, number: signal.Signals) -> None:
    """It died without a Close frame, and its recording had no end."""
    peer = CentralSystem()
    with silent_server() if state == "handshake" else peer.running() as port:
        arguments = ["send", f"ws://127.0.0.1:{port}/CP1", "Heartbeat", "--version", "1.6", "--record", str(recording)]
        with running(environment, *arguments) as program:
            word = "opening" if state == "handshake" else '"CALL"'
            program.until(lambda: recording.exists() and word in recording.read_text())
            assert program.ends(number) == 130
    assert last_record(recording)["detail"]["event"] == ("failed" if state == "handshake" else "closed")


def test_a_replay_that_waits(environment: dict[str, str], recording: Path, tmp_path: Path) -> None:
    """It is not done: 0 would say that the peer did the same."""
    arguments = ["--as", "charge-point", "--headless", "--record", str(recording)]
    peer = CentralSystem()
    with peer.running() as port:
        url = f"ws://127.0.0.1:{port}/CP001"
        with running(environment, "replay", str(recording_of(tmp_path, 3)), "--to", url, *arguments) as program:
            program.until(lambda: b'"Heartbeat"' in program.output)
            assert program.ends(signal.SIGTERM) == 130
    assert last_record(recording)["detail"]["event"] == "closed"


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A recording that takes many seconds to read."""
    return str(recording_of(tmp_path_factory.mktemp("large"), 200_000))


@in_turn("command", "convert", "convert to a pipe", "diff", "open", "open into a pipe that is full")
def test_a_command_that_reads_a_large_file(
    environment: dict[str, str], tmp_path: Path, large: str, command: str, number: signal.Signals
) -> None:
    """A file that is half written was left behind."""
    folder = tmp_path / "out"
    folder.mkdir()
    arguments = {
        "convert": ["convert", large, str(folder / "page.html")],
        "convert to a pipe": ["convert", large, "-", "--to", "text"],
        "diff": ["diff", large, large],
        "open": ["open", large, "--headless"],
        "open into a pipe that is full": ["open", large, "--headless"],
    }[command]
    with running(environment, *arguments, reads="pipe" not in command) as program:
        program.until(lambda: program.has_open(large))
        time.sleep(0.5)
        assert program.ends(number) == 130
    assert list(folder.iterdir()) == []


@each_signal
def test_following_a_file_is_done_when_it_is_ended(
    environment: dict[str, str], tmp_path: Path, number: signal.Signals
) -> None:
    with running(environment, "open", str(recording_of(tmp_path, 3)), "--headless", "--follow") as program:
        program.until(lambda: program.output.count(b"\n") == 3)
        assert program.ends(number) == 0
    assert b"3 records" in program.errors


def test_a_command_that_waits_for_its_input(environment: dict[str, str], tmp_path: Path) -> None:
    commands = (
        ["open", "-", "--headless"],
        ["convert", "-", "-", "--to", "text"],
        ["diff", str(recording_of(tmp_path, 3)), "-"],
        ["send", "ws://127.0.0.1:1/CP1", "Heartbeat", "--json", "-"],
    )
    with ExitStack() as stack:
        programs = [stack.enter_context(running(environment, *command, stdin=subprocess.PIPE)) for command in commands]
        time.sleep(2.5)  # there is no sign of life to wait for
        for place, (command, program) in enumerate(zip(commands, programs, strict=True)):
            number = SIGNALS[place % len(SIGNALS)]
            assert program.ends(number) in (130, -number), command


def test_nothing_is_left_of_an_input_that_was_being_kept(environment: dict[str, str], tmp_path: Path) -> None:
    """A compressed capture from a pipe is kept in a temporary folder until it is whole: a customer's data."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    lines = (f'2026-11-22 10:00:00 CP1 [2,"{uuid4()}","Heartbeat",{{}}]\n' for _ in range(50_000))
    packed = gzip.compress("".join(lines).encode(), 1)
    environment = environment | {"TMPDIR": str(folder)}
    with running(environment, "open", "-", "--headless", stdin=subprocess.PIPE) as program:
        assert program.process.stdin is not None
        program.process.stdin.write(packed)
        program.process.stdin.flush()
        program.until(lambda: list(folder.glob("*/input")))
        assert program.ends(signal.SIGTERM) == 130
    assert list(folder.iterdir()) == []


@in_turn("after", 0.2, 0.4, 0.6)
def test_a_signal_while_it_starts(
    environment: dict[str, str], recording: Path, after: float, number: signal.Signals
) -> None:
    """Nothing is left of a session that never began."""
    arguments = ["central-system", "--port", "0", "--headless", "--record", str(recording)]
    with running(environment, *arguments) as program:
        time.sleep(after)
        program.process.send_signal(number)
        assert program.process.wait(SECONDS) in (session_code(number), 130, -signal.SIGINT, -number)
    assert not recording.exists() or recording.stat().st_size > 0
