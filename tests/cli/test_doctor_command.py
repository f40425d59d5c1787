"""`ocpptui doctor`: what scripts and people get from an examination, and the exit codes."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Run
from tests.kit.stubborn_servers import silent_server


def test_a_central_system_that_works(run: Run, central_system: str, tmp_path: Path) -> None:
    """Exit code 0, a JSON document, and a page to hand on; a BootNotification because it was asked for."""
    page = tmp_path / "report.html"
    result = run("doctor", f"{central_system}CP001", "--boot", "--json", "--html", str(page))
    assert result.returncode == 0, result.stderr
    report = json.loads(result.stdout)
    assert (report["result"], report["connected"], report["logins"]) == ("ok", True, 0)
    assert [step["step"] for step in report["steps"]][:3] == ["dns", "tcp", "upgrade"]
    assert report["steps"][-1]["remarks"][0]["code"] == "boot-accepted"
    text = page.read_text(encoding="utf-8")
    assert "Everything that was tried works." in text
    assert "<script" not in text


def test_the_password_is_in_no_output(run: Run, tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("c0ffee4711c0ffee", encoding="utf-8")
    page = tmp_path / "report.html"
    with silent_server() as port:
        url = f"ws://127.0.0.1:{port}/CP001"
        result = run(
            "doctor", url, "--password-file", str(secret), "--open-timeout", "0.3", "--html", str(page), "--full"
        )
    assert result.returncode == 3
    assert "did not answer the request within 0.3 s" in result.stdout
    assert "c0ffee" not in result.stdout + result.stderr + page.read_text(encoding="utf-8")


def test_a_page_that_cannot_be_written(run: Run, tmp_path: Path) -> None:
    """Exit code 2, and the result is on standard output all the same."""
    result = run("doctor", "ws://127.0.0.1:1/CP001", "--html", str(tmp_path / "none" / "report.html"))
    assert result.returncode == 2
    assert "FAILED   TCP 127.0.0.1:1: 127.0.0.1:1 refused the TCP connection" in result.stdout
    assert "report.html cannot be written" in result.stderr


def test_the_verdict_is_that_of_the_step_that_failed(run: Run) -> None:
    """A script reads one sentence."""
    with silent_server() as port:
        result = run("doctor", f"wss://127.0.0.1:{port}/CP001", "--open-timeout", "0.2", "--json")
    assert result.returncode == 3
    report = json.loads(result.stdout)
    assert report["steps"][-1]["remarks"][0]["code"] == "tls-timed-out"
    assert report["verdict"].startswith("TLS versions failed: ")
