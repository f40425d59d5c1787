"""Output of the commands cannot control the terminal, whatever the source of the text."""

from __future__ import annotations

import io
import json
import shlex
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest

from ocpptui.cli.output import Heading, guarded, say, show, show_json, show_lines, show_sentences
from ocpptui.jsontext.unsafe_characters import UNSAFE, escaped_json_line
from tests.kit.program import OCPPTUI

Run = Callable[..., subprocess.CompletedProcess[str]]
TITLE = "\x1b]0;PWNED\x07\x9b2J\u202e"
"""Sets the title, clears the screen, reverses the line."""


def test_text_keeps_its_lines_and_loses_its_control_characters(capsys: pytest.CaptureFixture[str]) -> None:
    say(f"one {TITLE}\ntwo")
    show(f"one {TITLE}\ntwo")
    out, err = capsys.readouterr()
    assert out == err == "one \\u001b]0;PWNED\\u0007\\u009b2J\\u202e\ntwo\n"


class Console(io.BytesIO):
    """A terminal that keeps what it is sent."""

    def isatty(self) -> bool:
        return True


def on_console(monkeypatch: pytest.MonkeyPatch, stream: str, encoding: str = "utf-8") -> Callable[[], str]:
    """Guard a standard stream, "stdout" or "stderr", that goes to a terminal; what the terminal gets."""
    console = Console()
    guard = guarded(io.TextIOWrapper(console, encoding=encoding))
    monkeypatch.setattr(sys, stream, guard)

    def shown() -> str:
        guard.flush()
        return console.getvalue().decode(encoding)

    return shown


def test_only_a_heading_is_bold_and_its_text_is_safe(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = on_console(monkeypatch, "stdout")
    show_lines([Heading(TITLE), TITLE])
    safe = "\\u001b]0;PWNED\\u0007\\u009b2J\\u202e"
    heading = safe if sys.platform == "win32" else f"\x1b[1m{safe}\x1b[0m"
    assert shown().splitlines() == [heading, safe]


def test_sentences_go_on_under_their_beginning_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """The terminal would break them within words, and nobody would see where the next finding begins."""
    shown = on_console(monkeypatch, "stdout")
    monkeypatch.setenv("COLUMNS", "30")
    long = "x" * 40
    show_sentences(["error  CP001", "    The call has waited for its answer too long.", "", long, f"a\u001b {long}"])
    found = ["error  CP001", "    The call has waited for", "      its answer too long."]
    assert shown().splitlines() == [*found, "", long, "a\\u001b", f"    {long}"]


def test_sentences_stay_one_line_in_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    """`grep` would find half of them."""
    sentence = "The call has waited for its answer too long. " * 5
    show_sentences([sentence])
    assert capsys.readouterr().out == f"{sentence}\n"


NOISY_LIBRARIES = f"""
import logging, sys, threading, warnings
from ocpptui.cli.output import guard_streams
guard_streams()
title = {TITLE!r}
warnings.warn(title + "\\ud800")
logging.error(title)
thread = threading.Thread(target=lambda: 1 / int(title))
thread.start()
thread.join()
print(title + "\\tafter a tab →")
raise ValueError("first line\\nsecond line " + title)
"""


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1"])
def test_what_libraries_write_is_safe_too(environment: dict[str, str], encoding: str) -> None:
    """A traceback of an unforeseen error quotes what the peer sent."""
    result = subprocess.run(
        [sys.executable, "-c", NOISY_LIBRARIES],
        env={**environment, "PYTHONIOENCODING": encoding},
        capture_output=True,
        check=False,
    )
    out, errors = result.stdout.decode(encoding), result.stderr.decode(encoding)
    assert errors.count("PWNED") >= 4
    assert UNSAFE.search((out + errors).replace("\n", "").replace("\t", "")) is None
    assert "\tafter a tab" in out
    assert "first line\nsecond line" in errors


def test_escaped_json_has_the_same_value(capsys: pytest.CaptureFixture[str]) -> None:
    """A script would read a different value because a character was escaped."""
    show_json({TITLE: [TITLE, "grün"]})
    out = capsys.readouterr().out
    assert json.loads(out) == {TITLE: [TITLE, "grün"]}
    assert not set(TITLE) & set(out) - set("]0;PWNED2J")
    assert "grün" in out


@pytest.mark.parametrize("line", ['{"a":"x"}', '{"a":"\x7f\x9b\u202e"}', '{"a":"ü"}'])
def test_a_line_of_json_stays_one_line(line: str) -> None:
    written = escaped_json_line(line.encode() + b"\n")
    assert json.loads(written) == json.loads(line)
    assert written.endswith(b"}\n")
    assert not set("\x7f\x9b\u202e") & set(written.decode())


def test_the_refusal_of_a_server_cannot_control_the_terminal(run: Run) -> None:
    """A hostile reason phrase would set the clipboard of the technician who runs `ocpptui send`."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def refuse() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 403 \x1b]0;PWNED\x07\r\nContent-Length: 0\r\n\r\n")

        thread = Thread(target=refuse)
        thread.start()
        result = run("send", f"ws://127.0.0.1:{server.getsockname()[1]}/CP001", "Heartbeat")
        thread.join()
    assert result.returncode == 3
    assert "403" in result.stderr
    assert not set("\x1b\x07\x9b\u202e") & set(result.stderr)


def test_a_file_name_cannot_control_the_terminal(run: Run, tmp_path: Path) -> None:
    result = run("open", "--headless", f"missing{TITLE}")
    assert result.returncode == 2
    assert "missing\\u001b]0;PWNED" in result.stderr
    assert "\x1b" not in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        [f"--{TITLE}"],
        [TITLE],
        ["open", f"--{TITLE}"],
        ["send", "ws://127.0.0.1:1/x", TITLE],
        ["actions", TITLE],
        ["actions", "--version", TITLE],
        ["convert", TITLE, TITLE],
        ["convert", "a", "b", "--filter", TITLE],
        ["replay", TITLE],
        ["replay", __file__, "--as", TITLE],
        ["charge-point", TITLE],
        ["charge-point", f"ws://{TITLE}/x", "--no-reconnect", "--headless"],
        ["central-system", "--host", TITLE, "--headless"],
        ["central-system", "--port", "0", "--headless", "--record", f"missing/{TITLE}", "--duration", "0.1"],
        ["demo", "--version", TITLE],
        ["diff", TITLE, TITLE],
        ["limits", TITLE],
        ["limits", __file__, "--at", TITLE],
        ["limits", __file__, "--charge-point", TITLE],
    ],
    ids=lambda arguments: " ".join(arguments).replace(TITLE, "TITLE").replace(__file__, "FILE"),
)
def test_no_argument_controls_the_terminal(run: Run, arguments: list[str]) -> None:
    """A command copied from a chat, or a name out of a foreign archive, would set the title and the clipboard."""
    result = run(*arguments)
    assert result.returncode in (0, 2, 3)
    assert "Traceback" not in result.stderr
    assert UNSAFE.search((result.stdout + result.stderr).replace("\n", "")) is None


EVERY_KIND = (
    ["--help"],
    ["--version"],
    ["actions"],
    ["actions", "nonsense"],
    ["--nonsense"],
    ["open", "--headless", "LOG"],
    ["open", "--headless", "-"],
    ["convert", "LOG", "-", "--to", "text"],
    ["diff", "LOG", "LOG"],
    ["limits", "LOG"],
    ["send", "ws://127.0.0.1:1/x", "Heartbeat"],
    ["charge-point", "ws://127.0.0.1:1/x", "--no-reconnect", "--headless"],
    ["central-system", "--port", "0", "--headless", "--duration", "0.5"],
    ["replay", "LOG", "--as", "cp", "--to", "ws://127.0.0.1:1/x", "--headless", "--json"],
)


STREAMS: dict[str, dict[int, str | None]] = {
    ">/dev/full": {1: "/dev/full"},
    "2>/dev/full": {2: "/dev/full"},
    ">&-": {1: None},
    "2>&-": {2: None},
    "<&-": {0: None},
    "<&- >&- 2>&-": {0: None, 1: None, 2: None},
}
"""What a shell does with the standard streams: the file that each is, None: closed."""

has_full_device = pytest.mark.skipif(
    not Path("/dev/full").exists(), reason="this system has no device that is always full"
)


@pytest.fixture
def log(tmp_path: Path) -> str:
    path = tmp_path / "a.log"
    path.write_text('2026-11-22 10:00:00 CP1 >> [2,"1","Heartbeat",{}]\n')
    return str(path)


def ends_well(code: int, errors: str, command: list[str], streams: str) -> None:
    assert "Traceback" not in errors
    assert "Exception ignored" not in errors
    assert code in (0, 2, 3)
    if streams == ">/dev/full" and command[0] in ("--help", "open", "convert", "diff", "limits", "replay"):
        assert code != 0, "it claims to have written what was lost"


@has_full_device
@pytest.mark.parametrize("streams", STREAMS)
@pytest.mark.parametrize("command", EVERY_KIND, ids=lambda command: " ".join(command))
def test_a_stream_that_is_full_or_closed_ends_in_no_traceback(
    command: list[str], streams: str, log: str, run: Run
) -> None:
    """A full disk below a redirection, or a service manager without streams, would look like a bug of ours."""
    result = run(*(log if word == "LOG" else word for word in command), streams=STREAMS[streams])
    ends_well(result.returncode, result.stderr, command, streams)


@has_full_device
@pytest.mark.parametrize("streams", STREAMS)
def test_python_itself_starts_and_ends_with_such_a_stream(streams: str, environment: dict[str, str], log: str) -> None:
    """What the interpreter does before and after the program is not in a forked one."""
    command = ["open", "--headless", log]
    script = f"{shlex.join([*OCPPTUI, *command])} {streams}"
    result = subprocess.run(["sh", "-c", script], env=environment, input=b"", capture_output=True, check=False)
    ends_well(result.returncode, result.stderr.decode(), command, streams)


def test_records_are_printed_without_terminal_control_characters(run: Run, tmp_path: Path) -> None:
    """`ocpptui open --headless customer.log` would let a hostile charge point control the terminal."""
    log = tmp_path / "a.log"
    log.write_text('2026-11-22 10:00:00 [2,"1","DataTransfer",{"vendorId":"\x9b2J\u202e\u00ad"}]\n')
    result = run("open", "--headless", str(log))
    assert not set("\x9b\u202e\u00ad") & set(result.stdout)
    [record] = [json.loads(line) for line in result.stdout.splitlines()]
    assert json.loads(record["raw"])[3]["vendorId"] == "\x9b2J\u202e\u00ad"
