"""The page about security profiles. If these fail, it describes options, files and faults that do not exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ocpptui.cli.central_system_command import command as central_system
from ocpptui.cli.certs_command import EVERY, FLAWS
from ocpptui.cli.certs_command import command as certs
from ocpptui.cli.charge_point_command import command as charge_point
from ocpptui.cli.hash_password_command import command as hash_password
from ocpptui.network.credential_table import credential_table
from ocpptui.remote_control.command_list import remote_command
from ocpptui.session.bench_files import BenchFiles
from ocpptui.simulator.bench_certificates import Flaw
from tests.kit.documentation_page import documentation_page, options_of, understand

PAGE = documentation_page("SECURITY_PROFILES.md")
(TABLE,) = PAGE.blocks("toml")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that the commands name: the bench is one that `certs` makes."""
    folder = tmp_path_factory.mktemp("page")
    bench = BenchFiles(folder / "bench")
    bench.server(["localhost"])
    bench.server(["localhost"], flaw=Flaw.REVOKED)
    bench.charge_point("CP001")
    bench.revocation_list()
    for name in ("password.txt", "credentials.toml", "server.pem", "server.key", "server-rsa.pem", "server-rsa.key"):
        (folder / name).write_text("", encoding="utf-8")
    (folder / "ca.pem").write_text("", encoding="utf-8")
    (folder / "firmware").mkdir()
    return folder


@pytest.mark.parametrize("line", PAGE.commands)
def test_each_command_is_understood(line: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    name, *arguments = understand(line)
    if name == "control":
        assert remote_command(arguments[2]) is not None
    missing = [word for word in arguments if word.startswith("bench/") and not Path(word).exists()]
    assert missing == []


def test_every_option_of_the_page_exists() -> None:
    assert PAGE.options - options_of(central_system, charge_point, certs, hash_password) == {"--to"}


def test_every_flaw_is_in_its_table() -> None:
    assert set(re.findall(r"^\| `([a-z][a-z-]*)` \|", PAGE.text, re.MULTILINE)) == set(FLAWS)
    assert f"--wrong {EVERY}" in PAGE.text


def test_its_table_of_credentials_is_one() -> None:
    assert len(credential_table(TABLE)) == 3
