"""`ocpptui replay` as a script runs it, with `ocpptui` itself as the peer."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ocpptui.cli.exit_codes import ExitCode
from ocpptui.ocpp.version import Direction, Version
from ocpptui.recording.writer import RecordingWriter
from ocpptui.timeline.record import message_record
from tests.kit.program import run_long_enough

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def charge(tmp_path: Path) -> Path:
    """A recording with two calls, each answered."""
    path = tmp_path / "charge.jsonl"
    record(path)
    return path


def record(path: Path, status: str = "Accepted", version: Version | None = Version.V16) -> None:
    writer = RecordingWriter(path)
    fault = '{"connectorId":1,"errorCode":"NoError","status":"Faulted"}'
    for second, (direction, raw) in enumerate(
        (
            (Direction.TO_CSMS, '[2,"1","Authorize",{"idTag":"TAG"}]'),
            (Direction.TO_CHARGE_POINT, f'[3,"1",{{"idTagInfo":{{"status":"{status}"}}}}]'),
            (Direction.TO_CSMS, f'[2,"2","StatusNotification",{fault}]'),
            (Direction.TO_CHARGE_POINT, '[3,"2",{}]'),
        )
    ):
        writer.keep(
            message_record(
                raw, time=second * 10**6, connection=1, direction=direction, charge_point="CP-REC", version=version
            )
        )
    writer.close()


def test_the_same_answers_end_with_0_and_every_record_is_printed(run: Run, charge: Path, central_system: str) -> None:
    """A pipeline could not tell a good backend from a bad one."""
    result = run("replay", str(charge), "--as", "charge-point", "--to", central_system, "--headless")
    assert result.returncode == ExitCode.DONE, result.stderr
    records = [json.loads(line) for line in result.stdout.splitlines()]
    calls = [record for record in records if record["messageType"] == "CALL"]
    assert [(call["action"], call["meta"]["ocpptui"]["origin"]) for call in calls] == [
        ("Authorize", "replay"),
        ("StatusNotification", "replay"),
    ]
    said = result.stderr.splitlines()
    url = f"{central_system.rstrip('/')}/CP-REC"
    assert said[0] == f"replaying CP-REC as charge point, OCPP 1.6, 2 frames, to {url}"
    assert "the live peer did what the recorded one did" in said[-1]


def test_a_different_answer_ends_with_1_and_is_in_the_json(run: Run, charge: Path, central_system: str) -> None:
    """A pipeline sees only the exit code, and can show only the JSON."""
    blocked = charge.with_name("blocked.jsonl")
    record(blocked, "Blocked")
    arguments = ["replay", str(blocked), "--as", "cp", "--to", central_system, "--id", "OTHER", "--json"]
    result = run(*arguments)
    assert result.returncode == ExitCode.FOUND, result.stderr
    report = json.loads(result.stdout)
    assert (report["chargePoint"], report["sent"], report["same"]) == ("OTHER", 2, False)
    (finding,) = report["findings"]
    assert finding["differences"] == [{"path": "$.idTagInfo.status", "recorded": '"Blocked"', "live": '"Accepted"'}]


def test_no_connection_ends_with_3_and_says_why(run: Run, charge: Path) -> None:
    """A backend that is down would look like one that answers differently."""
    result = run("replay", str(charge), "--as", "charge-point", "--to", "ws://127.0.0.1:1", "--headless")
    assert result.returncode == ExitCode.NO_CONNECTION
    assert "refused" in result.stderr


def test_as_a_central_system_it_waits_no_longer_than_the_duration(run: Run, charge: Path) -> None:
    """A bench without its charge point would block the pipeline forever."""
    result = run("replay", str(charge), "--as", "csms", "--port", "0", "--headless", "--duration", "0.5")
    assert result.returncode == ExitCode.TIMED_OUT, result.stderr
    assert "listening on ws://127.0.0.1:" in result.stderr
    assert "to the first charge point that connects" in result.stderr
    assert "stopped, 0 of 4 steps" in result.stderr


def test_as_a_central_system_it_answers_the_charge_point_that_connects(
    run: Run, charge: Path, environment: dict[str, str]
) -> None:
    """The other half of a recording could not be replayed."""
    arguments = ["replay", str(charge), "--as", "central-system", "--port", "0", "--headless", "--patience", "30"]
    with subprocess.Popen(
        [sys.executable, "-m", "ocpptui", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        process.stderr.readline()
        url = process.stderr.readline().split()[-1]
        sent = run("send", url, "Authorize", "idTag=TAG", "--id", "ME", "--version", "1.6")
        assert json.loads(sent.stdout) == {"idTagInfo": {"status": "Accepted"}}
        _, errors = process.communicate(timeout=60)
    assert process.returncode == ExitCode.NO_CONNECTION  # `send` leaves before the second call
    assert "connected: ME" in errors
    assert "2 of 4 steps" in errors


def test_step_sends_a_frame_for_each_line(run: Run, charge: Path, central_system: str) -> None:
    """The user could not step through a recording in a script or on a dumb terminal."""
    arguments = ["replay", str(charge), "--as", "charge-point", "--to", central_system, "--headless", "--step"]
    for text in ("", "\n", "\n\n"):
        result = run(*arguments, input=text)
        assert result.returncode == ExitCode.DONE, result.stderr
        assert "2 of 2 frames sent" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "charge-point or central-system"),
        (["--as", "charge-point"], "needs --to with the URL"),
        (["--as", "central-system", "--to", "ws://x"], "--to needs --as charge-point"),
        (["--as", "nobody"], "'nobody' is not a role"),
        (["--as", "cp", "--to", "ws://x", "--speed", "0"], "'0' is not a speed"),
        (["--as", "cp", "--to", "ws://x", "--speed", "nan"], "'nan' is not a speed"),
        (["--as", "cp", "--to", "ws://x", "--speed", "101"], "from 0.1 to 100, or max"),
        (["--as", "cp", "--to", "ws://x", "--only", "after:x"], "Invalid value for '--only'"),
        (
            ["--as", "cp", "--to", "ws://x", "--from", "action:Reset"],
            "no message to begin with matches action:Reset (--from)",
        ),
        (["--as", "cp", "--to", "ws://x", "--map-token", "=B"], "'=B' is not a pair"),
        (["--as", "cp", "--to", "ws://x", "--ignore", ""], "is not a path"),
        (["--as", "cp", "--to", "ws://x", "--all", "--charge-point", "CP-REC"], "remove --charge-point"),
        (["--as", "cp", "--to", "ws://x", "--headless", "--break", "invalid"], "--break needs the screen"),
        (["--as", "cp", "--to", "ftp://x"], "needs ws or wss"),
        (["--as", "cp", "--to", "ws://x", "--charge-point", "CP9"], "no charge point 'CP9'; it has CP-REC"),
        (["--as", "cp", "--to", "ws://x", "--connection", "7"], "does not have that connection"),
        (["--as", "cp", "--to", "ws://x", "--step"], "--step needs --headless"),
        (["--as", "cp", "--to", "ws://x", "--duration", "1"], "--duration needs --headless"),
        ([], "--as"),
    ],
)
def test_wrong_usage_ends_with_2_and_says_what_is_right(
    run: Run, charge: Path, arguments: list[str], words: str
) -> None:
    """A traceback or a guess would send unwanted frames."""
    result = run("replay", str(charge), *arguments)
    assert result.returncode == ExitCode.USAGE
    assert words in result.stderr
    assert "Traceback" not in result.stderr


def test_files_with_nothing_to_replay_are_refused(run: Run, tmp_path: Path) -> None:
    """A replay of nothing would look like a success."""
    target = ["--as", "charge-point", "--to", "ws://127.0.0.1:1", "--headless"]
    empty = tmp_path / "empty.jsonl"
    empty.touch()
    unknown = tmp_path / "unknown.jsonl"
    record(unknown, version=None)
    for path, words in ((empty, str(empty)), (unknown, "--version"), (tmp_path / "none.jsonl", "does not exist")):
        result = run("replay", str(path), *target)
        assert result.returncode == ExitCode.USAGE
        assert words in result.stderr
    assert not (tmp_path / "home" / "recordings").exists(), "no session was started"


def site(path: Path, charge_points: int) -> None:
    """A recording of several charge points, one call each, in turn."""
    writer = RecordingWriter(path)
    for number in range(charge_points):
        for direction, raw in (
            (Direction.TO_CSMS, f'[2,"{number}","Authorize",{{"idTag":"TAG-{number}"}}]'),
            (Direction.TO_CHARGE_POINT, f'[3,"{number}",{{"idTagInfo":{{"status":"Accepted"}}}}]'),
        ):
            writer.keep(
                message_record(
                    raw,
                    time=number * 10**6,
                    connection=number + 1,
                    direction=direction,
                    charge_point=f"CP-{number}",
                    version=Version.V16,
                )
            )
    writer.close()


def test_all_charge_points_are_replayed_together_on_their_own_connections(
    run: Run, tmp_path: Path, central_system: str
) -> None:
    """The user would have to replay the charge points of a site one by one."""
    site(tmp_path / "site.jsonl", 3)
    arguments = ["replay", "site.jsonl", "--as", "cp", "--to", central_system, "--json", "--map-id", "CP-1=OTHER"]
    result = run(*arguments, "--all")
    assert result.returncode == ExitCode.DONE, result.stderr
    content = json.loads(result.stdout)
    assert content["same"] is True
    assert [one["chargePoint"] for one in content["replays"]] == ["CP-0", "OTHER", "CP-2"]
    result = run(*arguments, "--charge-point", "CP-0", "--charge-point", "CP-2")
    assert [one["chargePoint"] for one in json.loads(result.stdout)["replays"]] == ["CP-0", "CP-2"]
    assert all(f"to {central_system.rstrip('/')}/CP-{n}" in result.stderr for n in (0, 2)), "each URL is shown"


def test_tokens_are_replaced_in_a_part_of_the_recording(run: Run, charge: Path, central_system: str) -> None:
    """The test backend does not know the customer's cards."""
    arguments = ["replay", str(charge), "--as", "cp", "--to", central_system, "--map-token", "TAG=MINE"]
    result = run(*arguments, "--only", "action:Authorize", "--headless", "--loop", "2", "--delay", "0.01")
    assert result.returncode == ExitCode.DONE, result.stderr
    calls = [json.loads(line) for line in result.stdout.splitlines()]
    assert [json.loads(one["raw"])[3] for one in calls if one["messageType"] == "CALL"] == [{"idTag": "MINE"}] * 2
    assert '  token  "TAG"  became "MINE"  2 times' in result.stderr


def test_the_report_goes_to_a_file_and_ignored_paths_do_not_count(
    run: Run, charge: Path, central_system: str, tmp_path: Path
) -> None:
    """A pipeline could not keep the report apart from the records on standard output."""
    blocked = charge.with_name("blocked.jsonl")
    record(blocked, "Blocked")
    arguments = ["replay", str(blocked), "--as", "cp", "--to", central_system, "--headless", "--report", "report.json"]
    assert run(*arguments).returncode == ExitCode.FOUND
    assert json.loads((tmp_path / "report.json").read_text())["count"] == 1
    assert run(*arguments, "--ignore", "Authorize:idTagInfo.status").returncode == ExitCode.DONE
    assert json.loads((tmp_path / "report.json").read_text())["ignored"] == ["Authorize:idTagInfo.status"]


def test_on_a_terminal_it_asks_before_it_connects(
    charge: Path, central_system: str, environment: dict[str, str]
) -> None:
    """A typing error would replay a customer's charge against the production backend."""
    arguments = [sys.executable, "-m", "ocpptui", "replay", str(charge), "--as", "cp", "--to", central_system, "--json"]
    for typed, expected in (("n\n", ExitCode.INTERRUPTED), ("y\n", ExitCode.DONE)):
        ours, theirs = pty.openpty()
        with subprocess.Popen(
            arguments, env=environment, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            os.close(theirs)
            os.write(ours, typed.encode())
            output, errors = process.communicate(timeout=60)
            os.close(ours)
        assert process.returncode == expected, errors
        assert f"to {central_system.rstrip('/')}/CP-REC" in errors and "Connect to this URL?" in errors
        assert bool(output) == (typed == "y\n")


def test_an_endless_loop_runs_until_the_duration_is_over(run: Run, charge: Path, central_system: str) -> None:
    """A soak test could not be limited in time."""
    command = ["replay", str(charge), "--as", "cp", "--to", central_system, "--loop", "--json"]
    result = run_long_enough(run, lambda text: json.loads(text)["rounds"] > 1, *command)
    assert result.returncode == ExitCode.TIMED_OUT, result.stderr
    report = json.loads(result.stdout)
    assert report["outcome"] == "stopped" and report["rounds"] > 1 and report["count"] == 0
