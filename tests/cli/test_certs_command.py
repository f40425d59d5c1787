"""`ocpptui certs`: what it says can be done with the files, can be done."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from ocpptui.cli.certs_command import EVERY, FLAWS
from ocpptui.simulator.bench_certificates import Flaw
from tests.cli.conftest import Run
from tests.kit.documentation_page import understand


def test_each_command_that_it_shows_is_understood(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run("certs", "my bench", "--id", "CP001", "--id", "RDAM|1", "--rsa", "--wrong", EVERY)
    assert result.returncode == 0, result.stderr
    assert "wrong-name" in result.stdout
    monkeypatch.chdir(tmp_path)
    shown = [shlex.split(line) for line in re.findall(r"^  ((?:ocpptui|openssl) .*)$", result.stdout, re.MULTILINE)]
    assert len(shown) == 15
    for name, command, *arguments in shown:
        if name == "ocpptui":
            understand(shlex.join([command, *arguments]))
        for path in [word for word in arguments if word.startswith("my bench")]:
            assert Path(path).is_file()
    if shutil.which("openssl"):
        verify = ["openssl", "verify", "-CAfile", "my bench/root.pem", "-untrusted", "my bench/ca.pem"]
        crl = next(arguments for name, command, *arguments in shown if command == "crl")
        text = subprocess.run(["openssl", "crl", *crl], capture_output=True, text=True, check=True).stdout
        assert text.count("Serial Number") == 3
        good = [
            str(path)
            for path in Path("my bench").glob("*.pem")
            if not re.search(r"\.[a-z]+-?[a-z-]*\.pem|crl", path.name)
        ]
        assert len(good) == 5
        subprocess.run([*verify, *good], capture_output=True, check=True)


def test_what_it_keeps_is_said(run: Run) -> None:
    run("certs", "bench", "--id", "CP001")
    result = run("certs", "bench", "--id", "CP001", "--id", "CP002", "--name", "csms.example")
    assert re.findall(r"^(made|kept) bench[/\\]([\w-]+)", result.stdout, re.MULTILINE) == [
        ("kept", "root"), ("kept", "ca"), ("kept", "server"),
        ("kept", "charge-point-CP001"), ("made", "charge-point-CP002"),
    ]  # fmt: skip
    assert "It does not name csms.example." in result.stdout


def test_without_a_folder_it_is_that_of_the_test_ca(run: Run, environment: dict[str, str]) -> None:
    """Two CAs of one tool would not trust each other."""
    result = run("certs", "--id", "CP001")
    assert result.returncode == 0
    folder = Path(environment["OCPPTUI_HOME"]) / "test-ca"
    assert {"ca.pem", "ca.key", "root.pem", "server.pem", "charge-point-CP001.pem"} <= {
        path.name for path in folder.iterdir()
    }


def test_every_flaw_can_be_asked_for() -> None:
    assert set(FLAWS) == {str(flaw) for flaw in Flaw}


def test_a_folder_that_cannot_be_used(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = run("certs", "file/bench")
    assert result.returncode == 2
    assert "Traceback" not in result.stderr and "file" in result.stderr


@pytest.mark.parametrize("name", ["", "a b", "wss://csms.example", "csms.example:9000", "ü" * 80, "[::1]"])
def test_a_name_that_no_client_would_look_for_is_refused(run: Run, name: str) -> None:
    """Who pastes a URL would get a certificate that every charge point refuses."""
    result = run("certs", "bench", "--name", name)
    assert result.returncode == 2 and "expected a host name or an address" in result.stderr


def test_a_name_with_other_letters_is_in_the_certificate(run: Run) -> None:
    """Told that the new certificate lacks the name, the user would make it again and again."""
    result = run("certs", "bench", "--name", "bücher.example", "--name", "2001:DB8::1")
    assert "xn--bcher-kva.example, 2001:db8::1" in result.stdout
    assert "does not name" not in result.stdout
