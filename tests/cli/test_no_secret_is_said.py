"""No command says a secret that it was given, or that is in a file, unless `--keep-secrets` asks for it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ocpptui.cli.output import say
from ocpptui.ocpp.version import Version
from tests.kit.planted_secrets import headers, leaked, planted, recording_with_secrets, urls

Run = Callable[..., subprocess.CompletedProcess[str]]
SECRET = "S0001CRETq9"


@pytest.mark.parametrize(
    "arguments",
    [
        ("charge-point", f"ws://CP1:{SECRET}@h:99999/CP1", "--headless"),
        ("charge-point", f"ws//CP1:{SECRET}@h/CP1", "--headless"),
        ("charge-point", f"CP1:{SECRET}@h/CP1", "--headless"),
        ("charge-point", f"ws://u:{SECRET}@[::/CP1", "--headless"),
        ("charge-point", f"ws://localhost:1/CP1?token={SECRET}", "--headless", "--no-reconnect"),
        ("charge-point", "ws://localhost:1/CP1", "--header", f"X-Auth {SECRET}", "--headless"),
        ("charge-point", "ws://localhost:1/CP1", "--password", SECRET, "--password-hex", "--headless"),
        ("send", f"ws://u:{SECRET}@h:99999/CP1", "Heartbeat"),
        ("send", f"ws://localhost:1/CP1?sig={SECRET}", "Heartbeat"),
        ("open", f"ftp://u:{SECRET}@h/x", "--headless"),
    ],
    ids=lambda arguments: f"{arguments[0]} {arguments[1][:12]}",
)
def test_no_error_repeats_a_secret_of_the_command_line(arguments: tuple[str, ...], run: Run) -> None:
    """Standard error of a service goes into a log that many read."""
    result = run(*arguments)
    assert result.returncode != 0
    assert result.stderr
    assert leaked(result.stdout + result.stderr) == []


def test_no_sentence_has_a_secret(capsys: pytest.CaptureFixture[str]) -> None:
    """An error quotes what was wrong."""
    for text in (*urls(), *headers(), *(text for text in planted() if text.startswith("["))):
        say(f"that is wrong: {text}")
    said = capsys.readouterr().err
    assert said.count("that is wrong") > 300
    assert leaked(said) == []


def test_a_traceback_has_no_secret() -> None:
    """A fault of ours would put the message that it failed for into the log."""
    code = "\n".join(
        (
            "from ocpptui.cli.output import guard_streams",
            "guard_streams()",
            f"raise ValueError({planted()[0]!r} + ' from ws://u:{SECRET}@h/CP1')",
        )
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "ValueError" in done.stderr
    assert leaked(done.stderr.replace(code, "")) == []


def test_files_are_shown_converted_and_compared_without_secrets(run: Run, tmp_path: Path) -> None:
    path = str(recording_with_secrets(tmp_path / "theirs.jsonl", Version.V16))
    for arguments in (("open", path, "--headless"), ("convert", path, "-", "--to", "text"), ("diff", path, path)):
        result = run(*arguments)
        assert leaked(result.stdout + result.stderr) == [], arguments


def test_keeping_secrets_is_said(run: Run, tmp_path: Path) -> None:
    """The user forgets, and shares the output."""
    path = str(recording_with_secrets(tmp_path / "theirs.jsonl", Version.V16))
    result = run("open", path, "--headless", "--keep-secrets")
    assert len(leaked(result.stdout)) > 100
    assert "SECRETS ARE NOT MASKED" in result.stderr
    result = run("central-system", "--port", "0", "--headless", "--duration", "0.1", "--keep-secrets")
    assert "SECRETS ARE NOT MASKED" in result.stderr


def test_a_replay_sends_the_secrets_of_a_recording_and_says_none(run: Run, central_system: str, tmp_path: Path) -> None:
    """Its report quotes what differs, and is attached to a ticket."""
    path, report, recorded = tmp_path / "theirs.jsonl", tmp_path / "report.json", tmp_path / "replayed.jsonl"
    recording_with_secrets(path, Version.V16)
    first, *others = path.read_text().splitlines()
    path.write_text("\n".join((first, *others[:200:5])))
    url = f"{central_system.replace('ws://', f'ws://u:{SECRET}@')}?token={SECRET}"
    words = ("replay", str(path), "--as", "charge-point", "--to", url, "--id", "CP1", "--yes", "--headless")
    result = run(*words, "--speed", "max", "--patience", "0.1", "--report", str(report), "--record", str(recorded))
    assert "deviation" in result.stderr or "not in the recording" in result.stderr
    assert len(recorded.read_text().splitlines()) > 30
    assert leaked(result.stdout + result.stderr + report.read_text() + recorded.read_text()) == []
