"""The options for TLS on the command line and in the configuration file: what is asked for is done, or refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.kit.certificates import Authority


@pytest.fixture
def configuration(environment: dict[str, str]) -> Path:
    home = Path(environment["OCPPTUI_HOME"])
    home.mkdir(exist_ok=True)
    return home / "config.toml"


@pytest.mark.parametrize("configured", [False, True], ids=["option", "configuration file"])
@pytest.mark.parametrize("command", ["central-system", "replay"])
def test_required_client_certificates_need_tls(
    run: Run, tmp_path: Path, configuration: Path, command: str, configured: bool
) -> None:
    """It listened on ws:// and let everybody in, without a word."""
    ca = Authority(tmp_path, "ca").path
    arguments = [command, "--port", "0", "--headless", "--duration", "1"]
    if command == "replay":
        arguments += [str(recording(tmp_path)), "--as", "central-system"]
    if configured:
        configuration.write_text(f'[{command}]\nclient_ca = "{ca}"\n')
    else:
        arguments += ["--client-ca", ca]
    result = run(*arguments)
    assert result.returncode == 2
    assert "TLS needs a certificate of the central system. --client-ca needs --cert and --key." in result.stderr
    assert "listening" not in result.stderr


def recording(folder: Path) -> Path:
    path = folder / "recording.jsonl"
    path.write_text(
        '{"schemaVersion":"1.1","timestamp":"2026-11-22T10:02:03.120456Z","ocppVersion":"1.6","transport":"json",'
        '"chargePointId":"CP001","direction":"csms-to-cp","messageType":"CALL","messageId":"a81f",'
        '"action":"ClearCache","raw":"[2,\\"a81f\\",\\"ClearCache\\",{}]","meta":{"ocpptui":{"connection":1}}}\n'
    )
    return path


def test_a_ca_for_a_url_without_tls(run: Run, tmp_path: Path, configuration: Path) -> None:
    """On the command line it is a mistake; in the configuration file it is meant for the sessions with TLS."""
    ca = Authority(tmp_path, "ca").path
    call = ["send", "ws://127.0.0.1:1/CP001", "Heartbeat"]
    result = run(*call, "--ca", ca)
    assert result.returncode == 2
    assert f"is not encrypted and {ca} has no effect" in result.stderr.replace("\n", " ")
    configuration.write_text(f'[send]\nca = "{ca}"\n')
    assert run(*call).returncode == 3  # nothing listens there


def test_an_empty_password_lets_nobody_in(run: Run) -> None:
    """`--password "$PASSWORD"` with a variable that is not set."""
    result = run("central-system", "--port", "0", "--headless", "--duration", "1", "--password", "")
    assert result.returncode == 2
    assert "The password is empty." in result.stderr
