"""`ocpptui open` and `convert` on captures of other tools, as a user runs them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Run

LOG = """\
starting backend 1.2
2026-11-22 10:00:00.100 INFO [ocpp] CP001: receive message [2,"1","Heartbeat",{}]
2026-11-22 10:00:00.101 INFO [ocpp] CP001: send [3,"1",{"currentTime":"2026-11-22T09:00:00Z"}]
2026-11-22 10:00:01.100 INFO [ocpp] CP001: receive message [2,"2","Heartbeat",{}]
2026-11-22 10:00:01.101 INFO [ocpp] CP001: send [3,"2",{"currentTime":"2026-11-22T09:00:01Z"}]
"""


@pytest.fixture
def log(tmp_path: Path) -> str:
    (tmp_path / "customer.log").write_text(LOG)
    return "customer.log"


def test_a_customers_log_is_printed_as_records(run: Run, log: str) -> None:
    """Support could not pipe it into other tools."""
    result = run("open", log, "--headless")
    records = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.returncode == 0, result.stderr
    assert [record["messageType"] for record in records] == ["CALL", "CALLRESULT"] * 2
    assert records[0]["timestamp"] == "2026-11-22T09:00:00.100000Z"
    assert records[0]["chargePointId"] == "CP001"
    assert records[1]["meta"]["ocpptui"]["latencyMs"] == 1.0
    assert "customer.log: log; 4 lines with a frame, 1 line without; inferred: version of 4" in result.stderr


def test_skipped_lines_and_inferences_are_shown_on_request(run: Run, log: str) -> None:
    """Lines would be dropped silently."""
    result = run("open", log, "--headless", "--show-skipped")
    assert "customer.log: line 1: no frame: starting backend 1.2" in result.stderr
    assert "The central system wrote this" in result.stderr
    assert "UTC+01:00" in result.stderr


def test_every_skipped_line_is_shown(run: Run, tmp_path: Path) -> None:
    """The line that matters may be the last of thousands."""
    (tmp_path / "long.log").write_text("noise\n" * 3000 + LOG)
    result = run("open", "long.log", "--headless", "--show-skipped")
    assert result.stderr.count("no frame: noise") == 3000
    assert "no frame: starting backend" in result.stderr


def test_the_users_options_override_what_is_inferred(run: Run, log: str) -> None:
    result = run("open", log, "--headless", "--version", "2.0.1", "--zone", "-05:00")
    record = json.loads(result.stdout.splitlines()[0])
    assert (record["ocppVersion"], record["timestamp"]) == ("2.0.1", "2026-11-22T15:00:00.100000Z")


@pytest.mark.parametrize(
    ("options", "key", "value"),
    [
        (["--charge-point", "GARAGE"], "chargePointId", "GARAGE"),
        (["--dates", "dmy"], "timestamp", "2026-04-03T10:00:00.000000Z"),
        (["--dates", "mdy"], "timestamp", "2026-03-04T10:00:00.000000Z"),
        (["--side", "charge-point"], "direction", "cp-to-csms"),
        (["--side", "central-system"], "direction", "csms-to-cp"),
    ],
)
def test_each_inference_can_be_overruled(run: Run, tmp_path: Path, options: list[str], key: str, value: str) -> None:
    """A wrong guess would be the end of the road."""
    (tmp_path / "bare.log").write_text('03/04/2026 10:00:00 sent [2,"1","DataTransfer",{"vendorId":"v"}]\n')
    result = run("open", "bare.log", "--headless", "--zone", "Z", *options)
    assert json.loads(result.stdout)[key] == value, result.stderr


def test_a_year_that_nothing_shows_can_be_set(run: Run, tmp_path: Path) -> None:
    (tmp_path / "syslog").write_text('Mar  4 10:00:00 gw ocppd[1]: recv CP1: [2,"1","Heartbeat",{}]\n')
    result = run("open", "syslog", "--headless", "--zone", "Z", "--year", "2019")
    assert json.loads(result.stdout)["timestamp"] == "2019-03-04T10:00:00.000000Z"


def test_copies_are_shown_on_request(run: Run, tmp_path: Path) -> None:
    (tmp_path / "two.log").write_text(
        '2026-01-01 10:00:00.100Z [ocpp] CP1: receive message [2,"1","Heartbeat",{}]\n'
        """2026-01-01 10:00:00.100Z [websockets.server] < TEXT '[2,"1","Heartbeat",{}]' [23 bytes]\n"""
    )
    assert len(run("open", "two.log", "--headless").stdout.splitlines()) == 1
    assert len(run("open", "two.log", "--headless", "--keep-copies").stdout.splitlines()) == 2


def test_a_log_is_read_from_a_pipe(run: Run) -> None:
    """`docker logs steve | ocpptui open -`"""
    result = run("open", "-", "--headless", input=LOG)
    assert result.returncode == 0, result.stderr
    assert len(result.stdout.splitlines()) == 4


@pytest.mark.parametrize(
    "command",
    [
        *(["check", "-", "--format", name] for name in ("text", "json", "junit", "sarif", "html", "markdown")),
        *(["report", "-", "--format", name] for name in ("text", "json", "csv", "html")),
        ["sql", "-", "SELECT file FROM records", "--format", "json"],
        ["open", "-", "--headless", "--show-skipped"],
    ],
    ids=" ".join,
)
def test_no_report_of_a_pipe_names_its_input_by_a_dash(run: Run, command: list[str]) -> None:
    """Who reads a kept report that begins with "-: Errors in 9 records" cannot know where these records came from."""
    result = run(*command, input=LOG + '[2,"3","NoSuchAction",{}]\n')
    assert result.returncode in (0, 1), result.stderr
    assert "standard input: log; 5 lines" in result.stderr
    written = result.stdout + result.stderr
    assert not [line for line in written.splitlines() if line.startswith("-:") or '"-"' in line or ">-<" in line]
    if command[0] in ("check", "sql"):
        assert ("standard%20input" if "sarif" in command else "standard input") in result.stdout


def test_an_empty_pipe_is_named_once(run: Run) -> None:
    """ "standard input: standard input is empty" """
    result = run("check", "-", input="")
    assert result.returncode == 2
    assert "standard input: it is empty\n" in result.stderr
    assert "standard input is" not in result.stdout + result.stderr


def test_a_pipe_that_stays_open_is_read_as_it_comes(environment: dict[str, str]) -> None:
    """With `docker logs -f`, rows must appear when the charge point sends, not when the container ends."""
    with subprocess.Popen(
        [sys.executable, "-m", "ocpptui", "open", "-", "--headless"],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(LOG)
        process.stdin.flush()
        assert [json.loads(process.stdout.readline())["messageType"] for _ in range(4)][0] == "CALL"
        process.stdin.close()
        assert process.wait(60) == 0


def test_a_log_is_converted(run: Run, log: str, tmp_path: Path) -> None:
    """The user could not turn a customer's log into a redacted recording for replay."""
    result = run("convert", log, "safe.jsonl", "--redact")
    assert result.returncode == 0, result.stderr
    assert "CP001" not in (tmp_path / "safe.jsonl").read_text()
    assert "4 lines with a frame, 1 line without" in result.stderr
    again = run("open", "safe.jsonl", "--headless")
    assert len(again.stdout.splitlines()) == 4


@pytest.mark.parametrize(
    ("option", "words"),
    [
        (["--from", "nonsense"], "unknown format"),
        (["--zone", "Berlin"], "is not a time zone"),
        (["--shift", "other.log=3"], "is not one of the files"),
        (["--shift", "customer.log=x"], "is not a number of seconds"),
        (["--map", "x"], "COLUMN=FIELD"),
    ],
)
def test_a_wrong_option_is_explained(run: Run, log: str, option: list[str], words: str) -> None:
    result = run("open", log, "--headless", *option)
    assert result.returncode == 2
    assert words in result.stderr


@pytest.mark.parametrize("option", ["--headless", "--show-skipped"])
def test_what_is_uncertain_is_said_once_without_being_asked_for(run: Run, tmp_path: Path, option: str) -> None:
    """Answers of one charge point would be shown as those of another, without a word."""
    payload = '{{"chargePointVendor":"V","chargePointModel":"M","chargePointSerialNumber":"{}"}}'
    lines = [f'10:00:00 recv [2,"{serial}","BootNotification",{payload.format(serial)}]\n' for serial in ("A1", "B2")]
    (tmp_path / "two.log").write_text("".join(lines))
    result = run("open", "two.log", "--headless", option)
    assert result.stderr.count("cannot be told apart: A1 and B2 both started") == 1
