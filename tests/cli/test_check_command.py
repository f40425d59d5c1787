"""`ocpptui check FILE…` as a script runs it: what it says, in which format, and with which exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from ocpptui.cli.exit_codes import ExitCode
from ocpptui.diagnosis.registry import RULES
from tests.cli.conftest import Run

RECORDINGS = Path(__file__).parents[2] / "recordings"
CHARGE, BROKEN = str(RECORDINGS / "charge-1.6.jsonl"), str(RECORDINGS / "malformed-1.6.jsonl")
FORMATS = ("text", "json", "junit", "sarif", "html", "markdown")
LOG = """\
2026-01-01T10:00:00Z CP7 received [2,"1","BootNotification",{"chargePointVendor":"A","chargePointModel":"B"}]
2026-01-01T10:00:01Z CP7 sent [3,"1",{"currentTime":"2026-01-01T10:00:01Z","interval":300,"status":"Rejected"}]
2026-01-01T10:00:09Z CP7 received [2,"2","BootNotification",{"chargePointVendor":"A","chargePointModel":"B"}]
"""


@pytest.fixture
def log(tmp_path: Path) -> str:
    path = tmp_path / "central-system.log"
    path.write_text(LOG)
    return str(path)


def test_a_clean_charge_has_no_problems_and_exit_code_0(run: Run) -> None:
    result = run("check", CHARGE)
    assert result.returncode == ExitCode.DONE
    assert result.stdout.startswith(f"{CHARGE}: No problems: 41 records")


def test_the_summary_comes_first_and_then_each_finding(run: Run) -> None:
    result = run("check", BROKEN)
    assert result.returncode == ExitCode.FOUND
    summary, _, rest = result.stdout.partition("\n\nwarning  ")
    assert summary.startswith(f"{BROKEN}: Errors in 9 of 32 records, warnings in ")
    assert "  rpc.orphan-answer    warning   2        BROKEN-1" in summary
    assert "The message id 2 is a number, not a string." in rest
    assert "source: OCPP-J 1.6 section 4.1.4" in rest


def test_a_log_of_another_tool_is_checked_as_well(run: Run, log: str) -> None:
    result = run("check", log, "--severity", "warning")
    assert "The BootNotification is repeated after 8 s, but the central system asked to wait 5 min." in result.stdout
    assert "see record 1: BootNotification" in result.stdout
    assert result.returncode == ExitCode.DONE
    assert run("check", log, "--fail-on", "warning").returncode == ExitCode.FOUND


@pytest.mark.parametrize("format_", FORMATS)
def test_each_format_has_each_finding(run: Run, format_: str, log: str) -> None:
    """A build server would show a part of what is wrong, and nobody would know."""
    result = run("check", BROKEN, "--format", format_)
    assert result.returncode == ExitCode.FOUND
    findings = json.loads(run("check", BROKEN, "--format", "json").stdout)["findings"]
    rules = {one["rule"] for one in findings}
    assert len(rules) > 10
    assert all(rule in result.stdout for rule in rules)
    match format_:
        case "json" | "sarif":
            json.loads(result.stdout)
        case "junit":
            cases = ElementTree.fromstring(result.stdout).iter("testcase")
            failed = {case.get("name") for case in cases if case.find("failure") is not None}
            assert failed == {one["rule"] for one in findings if one["severity"] != "info"}
        case "html":
            assert result.stdout.startswith("<!doctype html>") and "<script" not in result.stdout


def test_json_has_all_of_a_finding(run: Run, log: str) -> None:
    content = json.loads(run("check", log, "--format", "json").stdout)
    assert content["verdict"] == "warnings"
    assert content["counts"] == {"error": 0, "warning": 1, "info": 0}
    (finding,) = content["findings"]
    assert (finding["rule"], finding["record"], finding["chargePoint"]) == ("boot.retry-early", 2, "CP7")
    assert finding["related"][0]["record"] == 0
    assert finding["source"] and finding["remedy"]


@pytest.mark.parametrize(
    ("options", "rules"),
    [
        (["--only", "rpc.not-json"], {"rpc.not-json"}),
        (["--only", "rpc.id-*", "--fail-on", "warning"], {"rpc.id-not-string", "rpc.id-too-long"}),
        (["--only", "schema"], {"schema.call"}),
        (["--only", "rpc", "--skip", "rpc.not*", "--severity", "error"], {
            "rpc.element-count", "rpc.unknown-action"
        }),
        (["--charge-point", "CP001", "--severity", "warning"], set()),
    ],
)  # fmt: skip
def test_what_is_reported_is_chosen(run: Run, options: list[str], rules: set[str]) -> None:
    result = run("check", BROKEN, CHARGE, "--format", "json", *options)
    assert {one["rule"] for one in json.loads(result.stdout)["findings"]} == rules
    assert result.returncode == (ExitCode.FOUND if rules else ExitCode.DONE)


def test_what_could_not_be_judged_is_not_called_right(run: Run, tmp_path: Path) -> None:
    """A user would believe that a file without a frame, or of an unknown version, has no problems."""
    (tmp_path / "nothing.log").write_text("started\nlistening\n")
    nothing = run("check", "nothing.log")
    assert nothing.returncode == ExitCode.USAGE
    assert "Nothing was checked" in nothing.stdout and "No problems" not in nothing.stdout
    (tmp_path / "late.log").write_text('10:00:00 CP7 received [2,"1","Heartbeat",{}]\n')
    late = run("check", "late.log", "--version", "1.6")
    assert "No problems in what could be checked: 1 record." in late.stdout
    assert "CP7: the recording begins in mid-session" in late.stdout


def test_rules_are_listed_and_explained(run: Run) -> None:
    listed = run("check", "--rules").stdout.splitlines()
    assert [line.split()[0] for line in listed] == [rule.id for rule in RULES]
    one = run("check", "--rules", "boot.retry-early").stdout
    assert "Source: OCPP 1.6 section" in one and "* 10:00:11 > BootNotification" in one
    assert {one["rule"] for one in json.loads(run("check", "--format", "json", "--rules", "boot").stdout)} == {
        rule.id for rule in RULES if rule.id.startswith("boot.")
    }


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "name a FILE to check"),
        ([CHARGE, "--only", "boot.rety-early"], "--only boot.rety-early: there is no such rule; did you mean"),
        (["--rules", "x"], "--rules x: there is no such rule"),
        ([CHARGE, "--follow", "--format", "html"], "--follow needs the format text or json"),
        (["missing.jsonl"], "missing.jsonl"),
    ],
)
def test_wrong_usage_is_refused(run: Run, arguments: list[str], words: str) -> None:
    result = run("check", *arguments)
    assert result.returncode == ExitCode.USAGE
    assert words in result.stderr


def test_a_growing_file_is_followed(environment: dict[str, str], tmp_path: Path) -> None:
    """Somebody who waits for a rare fault would hear of it when it is over."""
    path = tmp_path / "growing.log"
    path.write_text(LOG)
    rejected = '2026-01-01T10:00:10Z CP7 sent [3,"2",{"currentTime":"x","interval":300,"status":"Rejected"}]\n'
    again = LOG.splitlines()[-1].replace(":09Z", ":12Z").replace('"2"', '"3"') + "\n"
    arguments = [sys.executable, "-m", "ocpptui", "check", str(path), "--follow", "--format", "json"]
    with subprocess.Popen(
        arguments, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        first = json.loads(process.stdout.readline())
        with path.open("a") as file:  # it was read to its end by now
            file.write(rejected + again)
        others = [json.loads(process.stdout.readline()) for _ in range(3)]
        process.terminate()
        process.communicate()
    assert (first["rule"], first["record"]) == ("boot.retry-early", 2)
    assert {(one["rule"], one["record"]) for one in others} == {
        ("schema.result", 3),
        ("text.date-time-empty", 3),
        ("boot.retry-early", 4),
    }


@pytest.mark.parametrize("format_", FORMATS)
def test_secrets_stay_masked(run: Run, tmp_path: Path, format_: str) -> None:
    """A report is shared more widely than the log it is about."""
    change = '[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"s3cretk3y","wrong":1}]'
    (tmp_path / "log.txt").write_text(f"2026-01-01T10:00:00Z CP7 sent {change}\n")
    result = run("check", "log.txt", "--version", "1.6", "--format", format_)
    assert "schema.call" in result.stdout
    assert "s3cretk3y" not in result.stdout + result.stderr


def test_limits_are_configured(run: Run, environment: dict[str, str], tmp_path: Path) -> None:
    home = Path(environment["OCPPTUI_HOME"])
    home.mkdir(exist_ok=True, parents=True)
    lines = ['10:00:00 CP7 received [2,"1","Heartbeat",{}]\n', '10:05:00 CP7 received [2,"2","Heartbeat",{}]\n']
    (tmp_path / "log.txt").write_text("".join(lines))
    arguments = ("check", "log.txt", "--version", "1.6", "--only", "heartbeat")
    assert "heartbeat.missing" not in run(*arguments).stdout
    (home / "config.toml").write_text("[check]\nheartbeat-interval = 60\nfail-on = 'info'\n")
    found = run(*arguments)
    assert "heartbeat interval of 60 s" in found.stdout
    assert found.returncode == ExitCode.FOUND
    for wrong, words in (
        ("heartbeat-intervall = 60", "did you mean"),
        ("heartbeat-interval = 'x'", "must be a number"),
    ):
        (home / "config.toml").write_text(f"[check]\n{wrong}\n")
        result = run(*arguments)
        assert result.returncode == ExitCode.USAGE and words in result.stderr


def sarif_lines_of(run: Run, *arguments: str) -> set[tuple[str, int]]:
    """The files and lines of the results."""
    (only,) = json.loads(run("check", *arguments, "--format", "sarif").stdout)["runs"]
    places = [one["locations"][0]["physicalLocation"] for one in only["results"]]
    return {(place["artifactLocation"]["uri"], place.get("region", {}).get("startLine", 0)) for place in places}


def test_a_finding_is_at_the_line_of_its_record(run: Run, tmp_path: Path) -> None:
    """Nobody would find the record in the file that it comes from."""
    wrong = '2026-01-01T10:00:%02dZ CP7 received [2,"%d","Authorize",{}]\n'
    (tmp_path / "a.log").write_text("started\n\n" + wrong % (1, 1) + "noise\n" * 3 + wrong % (5, 5))
    (tmp_path / "b.log").write_text("noise\n" + wrong % (3, 3))
    assert sarif_lines_of(run, "a.log") == {("a.log", 3), ("a.log", 7)}
    assert sarif_lines_of(run, "a.log", "b.log") == {("a.log", 3), ("b.log", 2), ("a.log", 7)}
    assert run("convert", "a.log", "a.jsonl").returncode == ExitCode.DONE
    lines = (tmp_path / "a.jsonl").read_text().splitlines()
    (tmp_path / "a.jsonl").write_text("\n".join([lines[0], "torn", "", *lines[1:], ""]))
    assert sarif_lines_of(run, "a.jsonl") == {("a.jsonl", 1), ("a.jsonl", 4)}
    assert sarif_lines_of(run, "a.jsonl", "--merge") == {("a.jsonl", 1), ("a.jsonl", 4)}
    (tmp_path / "a.csv").write_text(
        'time,charge point,message\n2026-01-01T10:00:01Z,CP7,"[2,""1"",""Authorize"",{}]"\n'
    )
    assert sarif_lines_of(run, "a.csv") == {("a.csv", 2)}
    text = run("check", "a.log").stdout
    assert "record 1 in line 3" in text and "record 2 in line 7" in text


def test_an_item_that_is_no_line_has_none(run: Run, tmp_path: Path) -> None:
    """A reviewer would be sent to a line that has nothing to do with the finding."""
    items = [{"time": "2026-01-01T10:00:01Z", "chargePoint": "CP7", "message": [2, "1", "Authorize", {}]}] * 2
    (tmp_path / "a.json").write_text(json.dumps(items, indent=1))
    assert sarif_lines_of(run, "a.json") == {("a.json", 0)}
