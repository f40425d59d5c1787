"""`ocpptui hash-password`: its line is one of the file of `--credentials`, and the password is not in it."""

from __future__ import annotations

from pathlib import Path

from ocpptui.network.credential_table import credential_table
from ocpptui.network.credentials import Accepted, Credentials
from tests.cli.conftest import Run

PASSWORD = "pässword of 20 signs"


def test_its_line_is_one_of_the_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "password.txt").write_text(f"{PASSWORD}\n", encoding="utf-8")
    lines = [run("hash-password", "--id", name, "--password-file", "password.txt").stdout for name in ("CP001", 'ä"|1')]
    table = credential_table("".join(lines))
    for name in ("CP001", 'ä"|1'):
        header = Credentials.parse(None, PASSWORD).header(name)
        work = table.slow_check(header, name)
        assert work is not None
        work()
        assert table.check(header, name) == Accepted(name, "text")
    assert PASSWORD not in "".join(lines)
    assert table.secrets == ()


def test_without_an_id_it_is_the_hash_alone(run: Run, environment: dict[str, str]) -> None:
    environment["SECRET"] = PASSWORD
    result = run("hash-password", "--password-env", "SECRET")
    assert result.stdout.startswith("scrypt$16384$8$1$")
    assert result.stderr == ""


def test_an_empty_password_is_none(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("")
    result = run("hash-password", "--password-file", "empty")
    assert (result.returncode, result.stdout) == (2, "")


def test_one_source_of_passwords(run: Run, tmp_path: Path) -> None:
    """Which of the two would count?"""
    (tmp_path / "table.toml").write_text(f'CP001 = "{PASSWORD}"\n', encoding="utf-8")
    (tmp_path / "password").write_text(PASSWORD, encoding="utf-8")
    result = run(
        "central-system", "--port", "0", "--headless", "--credentials", "table.toml", "--password-file", "password"
    )
    assert result.returncode == 2
    assert "either a file of credentials or one password" in result.stderr
    assert PASSWORD not in result.stderr
    (tmp_path / "table.toml").write_text("CP001 = 5\n", encoding="utf-8")
    result = run("central-system", "--port", "0", "--headless", "--credentials", "table.toml")
    assert result.returncode == 2
    assert "the password of 'CP001' is not a text in quotes" in result.stderr.replace("\n", " ")


def test_a_script_writes_the_password_to_standard_input(run: Run) -> None:
    """Where no terminal is, a job of a build would end with a warning of Python, and with half a prompt."""
    for ending in ("", "\n", "\r\n"):
        result = run("hash-password", "--id", "CP001", input=f"{PASSWORD}{ending}")
        assert (result.returncode, result.stderr) == (0, ""), result.stderr
        table = credential_table(result.stdout)
        header = Credentials.parse(None, PASSWORD).header("CP001")
        work = table.slow_check(header, "CP001")
        assert work is not None
        work()
        assert table.check(header, "CP001") == Accepted("CP001", "text")
    result = run("hash-password", input="")
    assert (result.returncode, result.stdout) == (2, "")
    assert "the password is empty" in result.stderr and "Warning" not in result.stderr
    asked = run("send", "ws://127.0.0.1:1/CP001", "Heartbeat", "--ask-password", input="")
    assert asked.returncode == 2 and "the password is empty" in asked.stderr
