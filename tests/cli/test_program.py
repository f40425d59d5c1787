from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import click
import pytest
from click.testing import CliRunner

from ocpptui import __version__
from ocpptui.cli import ENTRIES, program
from ocpptui.cli.exit_codes import ExitCode
from tests.kit.program import unmeasured


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ocpptui", *arguments], capture_output=True, text=True, check=False, timeout=60
    )


def test_help_names_every_command_and_its_aliases() -> None:
    result = CliRunner().invoke(program, ["--help"])
    assert result.exit_code == ExitCode.DONE
    for name, entry in ENTRIES.items():
        assert name in result.output
        assert entry.help in " ".join(result.output.split())
        assert all(alias in result.output for alias in entry.aliases)


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["nonsense"], ["actions"]])
def test_commands_without_a_session_do_not_import_one(arguments: list[str]) -> None:
    """Help and lists would be slow, and a broken command would break the others."""
    code = f"""
import sys
from ocpptui.cli import program
try:
    program({arguments!r})
except SystemExit:
    pass
print("\\n".join(sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", code], env=unmeasured(), capture_output=True, text=True, check=True)
    loaded = done.stdout.split()
    commands = {entry.module for name, entry in ENTRIES.items() if name not in arguments}
    heavy = {"textual", "websockets", "orjson", "jsonschema_rs", "cryptography", "asyncio", "ocpptui.session.session"}
    assert not (commands | heavy) & set(loaded)


@pytest.mark.parametrize("name", ENTRIES)
def test_every_listed_command_exists(name: str) -> None:
    """A name in the help would lead nowhere."""
    entry = ENTRIES[name]
    command = import_module(entry.module).command
    assert isinstance(command, click.Command)
    assert command.name == name
    context = click.Context(program)
    for known in (name, *entry.aliases):
        assert program.get_command(context, known) is command
    result = CliRunner().invoke(program, [name, "--help"])
    assert result.exit_code == ExitCode.DONE
    assert "Usage:" in result.output


@pytest.mark.parametrize("name", ENTRIES)
def test_the_exit_codes_in_the_help_fit_the_terminal(name: str) -> None:
    """The terminal would break a long line in the middle of a word; only what is to be copied may be longer."""
    help_text = CliRunner().invoke(program, [name, "--help"], terminal_width=80).output
    _, heading, rest = help_text.partition("  Exit codes")
    paragraph = f"{heading}{rest.partition(chr(10) * 2)[0]}"
    assert [line for line in paragraph.splitlines() if len(line) > 80] == []


@pytest.mark.parametrize("name", ENTRIES)
def test_every_option_says_what_it_does(name: str) -> None:
    """The user would try out an option to learn what it means, or look for a recording that is never made."""
    command = program.get_command(click.Context(program), name)
    assert command is not None
    helps = {option.opts[0]: option.help or "" for option in command.params if isinstance(option, click.Option)}
    assert [option for option, text in helps.items() if not text] == []
    if "--record" not in helps:
        assert [option for option, text in helps.items() if "record them" in text] == []


@pytest.mark.parametrize(
    ("shell", "typed", "word", "expected"),
    [
        ("bash", "ocpptui rep", 1, {"plain,report", "plain,replay"}),
        ("zsh", "ocpptui check --fail", 2, {"--fail-on"}),
        ("fish", "ocpptui check --fail-on e", 3, {"plain,error"}),
    ],
)
def test_the_shell_completes_commands_options_and_values(
    shell: str, typed: str, word: int, expected: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The completion that the README describes would do nothing."""
    script = CliRunner().invoke(program, env={"_OCPPTUI_COMPLETE": f"{shell}_source"}, prog_name="ocpptui")
    assert "_OCPPTUI_COMPLETE" in script.output
    asked = {"_OCPPTUI_COMPLETE": f"{shell}_complete", "COMP_WORDS": typed, "COMP_CWORD": str(word)}
    if shell == "fish":
        asked["COMP_CWORD"] = typed.rpartition(" ")[2]
    lines = set(CliRunner().invoke(program, env=asked, prog_name="ocpptui").output.splitlines())
    assert expected <= lines, lines


@pytest.mark.parametrize(
    ("typed", "hint"),
    [("acton", "did you mean actions?"), ("Demo", "did you mean demo?"), ("xyzzy", "no such command")],
)
def test_an_unknown_command_gets_a_suggestion(typed: str, hint: str) -> None:
    result = CliRunner().invoke(program, [typed])
    assert result.exit_code == ExitCode.USAGE
    assert hint in result.output
    assert "Traceback" not in result.output


def test_the_version_is_printed() -> None:
    assert CliRunner().invoke(program, ["--version"]).output == f"ocpptui, version {__version__}\n"


def test_without_a_command_the_start_screen_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    from ocpptui.cli import run_session as running

    opened: list[object] = []
    monkeypatch.setattr(running, "run_screen", opened.append)
    assert CliRunner().invoke(program, []).exit_code == ExitCode.DONE
    assert opened == [None]


def test_an_interrupt_ends_with_the_code_a_shell_expects(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(import_module("ocpptui.cli.actions_command").command, "callback", interrupted)
    assert CliRunner().invoke(program, ["actions"]).exit_code == ExitCode.INTERRUPTED


def test_a_wrong_option_is_wrong_usage_and_goes_to_standard_error() -> None:
    result = run("actions", "--nonsense")
    assert result.returncode == ExitCode.USAGE
    assert result.stdout == ""
    assert "--nonsense" in result.stderr


def test_a_reader_that_goes_away_causes_no_crash() -> None:
    """`ocpptui actions | head` would print a traceback."""
    pipe = f"{sys.executable} -m ocpptui actions --json | head -1"
    result = subprocess.run(["bash", "-c", pipe], capture_output=True, text=True, check=False, timeout=60)
    assert result.stdout == "[\n"
    assert "Traceback" not in result.stderr
