"""The README's examples: a user can paste and run them."""

from __future__ import annotations

import gzip
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ocpptui.ocpp.version import Transport, Version
from tests.kit.certificates import Authority
from tests.kit.documentation_page import ROOT, documentation_page, options_of, understand
from tests.kit.program import DURATIONS, OCPPTUI, environment_of, run_in

PAGE = documentation_page("README.md")
README = PAGE.text
COMMANDS = [line for line in PAGE.commands if line.startswith("ocpptui ")]
COMMANDS += re.findall(r"`(ocpptui [^`\n]+)`", README.replace("\n", " "))

LOG = """\
2026-11-22 10:00:00.100 INFO [ocpp] CP001: receive message [2,"1","Heartbeat",{}]
2026-11-22 10:00:00.101 INFO [ocpp] CP001: send [3,"1",{"currentTime":"2026-11-22T10:00:00Z"}]
"""
"""The content of the logs in the examples."""
SCREEN = ("charge-point", "central-system", "demo", "open", "proxy", "replay")


def can_be_run(command: str) -> bool:
    """Whether a command needs neither a person nor another host nor another command.

    `test_example_is_understood` covers the rest, and `test_a_session_is_controlled` those for a running session.
    """
    alone = not command.startswith("ocpptui control") and "--control" not in command
    return alone and "ask-password" not in command and "example" not in command.replace("--example", "")


def test_the_table_of_versions_is_what_is_spoken() -> None:
    """A charge point would be bought, or left, for what the page says."""
    rows = re.findall(r"^\| (\d[\d.]*)[^|]*\| ([^|]*)\| ([^|]*)\|$", README, re.MULTILINE)
    spoken = {
        version: {Transport.JSON: bool(json.strip()), Transport.SOAP: bool(soap.strip())}
        for version, json, soap in rows
    }
    assert spoken == {
        str(version): {transport: transport in version.spoken_on for transport in Transport} for version in Version
    }


@pytest.fixture(scope="module")
def central_system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`host:port` of a running `ocpptui central-system`."""
    home = tmp_path_factory.mktemp("central-system")
    process = subprocess.Popen(
        [*OCPPTUI, "central-system", "--port", "0", "--headless", "--duration", "1800"],
        env=environment_of(home),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stderr is not None
        line = process.stderr.readline()
        found = re.search(r"ws://([^/\s]+)", line)
        assert found, line
        yield found[1]
        process.terminate()
        process.stderr.read()


@pytest.mark.parametrize("command", [command for command in COMMANDS if can_be_run(command)])
def test_example_runs(command: str, central_system: str, tmp_path: Path) -> None:
    """A user would paste a command that fails; here each runs headless, with a local peer if needed."""
    (tmp_path / "status.json").write_text('{"connectorId": 1, "errorCode": "NoError", "status": "Available"}')
    (tmp_path / "home" / "calls").mkdir(parents=True)
    (tmp_path / "home" / "calls" / "start.toml").write_text('action = "Authorize"\nversion = "1.6"\n')
    (tmp_path / "evening.toml").write_text('[[step]]\naction = "Heartbeat"\n')
    (tmp_path / "recordings").symlink_to(ROOT / "recordings")
    name, *arguments = shlex.split(command.removeprefix("ocpptui "))
    (tmp_path / "session.jsonl").symlink_to(ROOT / "recordings" / "charge-1.6.jsonl")
    for log in ("customer.log", "charger.log"):
        (tmp_path / log).write_text(LOG)
    if ".pem" in command:
        authority = Authority(tmp_path, "fleet-ca")
        Path(authority.sign("server", ["localhost"]).certificate).rename(tmp_path / "server.pem")
    (tmp_path / "backend.log.gz").write_bytes(gzip.compress(LOG.encode()))
    if name == "replay" and not arguments[0].startswith("recordings/"):
        arguments[0] = "recordings/charge-1.6.jsonl"
    arguments = [re.sub(r"localhost:9000", central_system, argument) for argument in arguments]
    if "central-system" in (name, *arguments):
        arguments = [*arguments, "--port", "0"]
    if name == "proxy":
        arguments += ["--listen", "127.0.0.1:0"]
    if name in SCREEN and "--headless" not in arguments:
        arguments.append("--headless")
    if name in SCREEN and name != "open" and "--duration" not in arguments:
        arguments += ["--duration", "1"]
    expected = (0, 1, 4) if name == "replay" else (0,)
    for seconds in DURATIONS:
        if "--duration" in arguments:
            arguments[arguments.index("--duration") + 1] = seconds
        result = run_in(tmp_path, name, *arguments)
        if result.returncode in expected or "--duration" not in arguments:
            break
    assert result.returncode in expected, result.stderr
    assert "Traceback" not in result.stderr


def test_a_session_is_controlled(tmp_path: Path) -> None:
    """A script from the README would not end, or not find its session."""
    home = tmp_path / "h"
    script = [command for command in COMMANDS if "control bench" in command]
    begin, *commands = [shlex.split(command.removeprefix("ocpptui ")) for command in script]
    assert begin[-1] == "&"
    with subprocess.Popen(
        [*OCPPTUI, *begin[:-1], "--port", "0"],
        cwd=tmp_path,
        env=environment_of(home),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as session:
        assert session.stderr is not None
        listening = re.search(r"ws://[^/\s]+", session.stderr.readline())
        assert listening
        station = ["charge-point", f"{listening[0]}/CP1", "--headless", "--version", "1.6"]
        with subprocess.Popen(
            [*OCPPTUI, *station],
            cwd=tmp_path,
            env=environment_of(home),
            stdout=subprocess.DEVNULL,
        ) as charge_point:
            ended = [
                run_in(tmp_path, *words, *(["--since", "0"] if "wait" in words else []), home=home)
                for words in commands
            ]
            charge_point.terminate()
        session.stderr.read()
    assert [(result.returncode, result.stderr) for result in ended] == [(0, "")] * len(commands)
    assert session.returncode == 0


@pytest.mark.parametrize("command", COMMANDS)
def test_example_is_understood(command: str) -> None:
    """An example would name a command or option that does not exist."""
    from ocpptui.cli import program

    line = command.removesuffix(" &")
    name, *arguments = shlex.split(line.removeprefix("ocpptui "))
    if any(argument.endswith((".json", ".pem", ".key", ".jsonl", ".log", ".gz")) for argument in arguments):
        options = {argument for argument in arguments if argument.startswith("--")}
        found = program.get_command(program.make_context("ocpptui", [name], resilient_parsing=True), name)
        assert found is not None
        assert options <= options_of(found)
        return
    understand(line)


def test_the_set_up_is_two_commands() -> None:
    """The set-up would be more than the two commands at the top: one runs the demo, one the tests."""
    blocks = PAGE.blocks("sh")
    assert blocks[0].count("\n") == blocks[1].count("\n") == 1
    assert blocks[0].rstrip().endswith("ocpptui demo")
    assert blocks[1].rstrip().endswith("pytest")


def test_the_contents_name_each_job_in_its_order() -> None:
    """A user would search thirty sections for the one about the job at hand, or follow a link to nowhere."""
    start = README.index("## How to")
    jobs = re.findall(r"^### (.*)$", README[start : README.index("## Recordings")], re.MULTILINE)
    listed = re.findall(r"\[([^\]]+)\]\(#([\w-]+)\)", README[start : README.index("### ")])
    assert listed == [(job, _anchor(job)) for job in jobs]


@pytest.mark.parametrize("page", [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))])
def test_each_link_within_the_documentation_leads_somewhere(page: Path) -> None:
    """The reader would land at the top of another page, or at none."""
    for target, anchor in re.findall(r"\]\((?!https?:)([^)#]*)#?([\w-]*)\)", page.read_text(encoding="utf-8")):
        file = page.parent / target if target else page
        assert file.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in map(_anchor, headings), f"{target}#{anchor}"


def _anchor(heading: str) -> str:
    """What GitHub makes of a heading for links."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
