"""The tables of the configuration file, each named after a command."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from ocpptui.cli import program
from ocpptui.cli.exit_codes import ExitCode
from tests.cli.conftest import Run
from tests.kit.program import run_long_enough


def outcome(home: Path, text: str, *arguments: str) -> tuple[int, str]:
    """The exit code of a command under this configuration file, and all that it printed."""
    (home / "config.toml").write_text(text)
    result = CliRunner().invoke(program, list(arguments), env={"OCPPTUI_HOME": str(home)})
    return result.exit_code, result.output


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[charge-point]\nvendro = "ACME"', "[charge-point] has no option 'vendro'; did you mean vendor?"),
        ("[charge-point]\nurl = 'ws://localhost'", "[charge-point] has no option 'url'"),
        ("[central-sytem]\nport = 9000", "there is no command [central-sytem]; did you mean central-system?"),
        ("[cp]\nvendor = 'ACME'", "there is no command [cp]"),
    ],
)
def test_a_misspelt_setting_is_an_error(tmp_path: Path, text: str, sentence: str) -> None:
    """A misspelt setting would have no effect, and nothing would say so."""
    code, said = outcome(tmp_path, text, "convert", "missing.jsonl", "out.csv")
    assert code == ExitCode.USAGE
    assert f"{tmp_path / 'config.toml'}: {sentence}" in said


@pytest.mark.parametrize("option", ["as_json", "json"])
def test_an_option_goes_by_the_name_that_the_command_line_uses(tmp_path: Path, option: str) -> None:
    """`json` of `diff` would be unknown, and the name that only the code uses would work."""
    code, said = outcome(tmp_path, f"[diff]\n{option} = true", "diff", "a", "b")
    assert ("has no option" in said) is (option == "as_json")
    assert code == ExitCode.USAGE


def test_a_version_in_the_file_is_the_version_that_is_spoken(environment: dict[str, str], run: Run) -> None:
    """The option `version` has another name in the settings of a session, and was ignored."""
    home = Path(environment["OCPPTUI_HOME"])
    home.mkdir(exist_ok=True)
    (home / "config.toml").write_text('[demo]\nversion = "1.6"\n')
    assert '"ocppVersion":"1.6"' in run_long_enough(run, lambda text: "BootNotification" in text, "demo").stdout


def test_a_command_that_is_called_by_an_alias_has_its_table_too(environment: dict[str, str], run: Run) -> None:
    """`ocpptui cs` would ignore what [central-system] sets."""
    home = Path(environment["OCPPTUI_HOME"])
    home.mkdir(exist_ok=True)
    (home / "config.toml").write_text("[central-system]\nport = 70000\n")
    assert "70000" in run("cs", "--headless", "--duration", "1").stderr
