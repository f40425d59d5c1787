"""`ocpptui convert` as a user runs it."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from ocpptui.ocpp.version import Direction, Version
from ocpptui.recording.writer import RecordingWriter
from ocpptui.timeline.record import message_record
from tests.cli.conftest import Run
from tests.ocpp.test_labelled_secrets import STATING, stating

RECORDINGS = Path(__file__).parents[2] / "recordings"
CHARGE = RECORDINGS / "charge-1.6.jsonl"


def test_a_recording_becomes_the_same_recording(run: Run, tmp_path: Path) -> None:
    result = run("convert", str(CHARGE), "copy.jsonl")
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "copy.jsonl").read_bytes() == CHARGE.read_bytes()
    assert "41 of 41 records written" in result.stderr
    assert stat.S_IMODE((tmp_path / "copy.jsonl").stat().st_mode) == 0o600


def test_a_filter_a_charge_point_and_a_time_limit_the_output(run: Run) -> None:
    """Records that were not requested would be shared."""
    result = run("convert", str(CHARGE), "-", "--to", "recording", "--filter", "action:MeterValues or kind:connection")
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert {line.get("action") for line in lines} == {"MeterValues", None}
    assert "chosen from 41" in result.stderr
    for option in (["--since", "2026-11-24T00:00Z"], ["--until", "2026-11-22T00:00Z"]):
        assert run("convert", str(CHARGE), "-", "--to", "csv", *option).stdout.count("\n") == 1
    whole = run("convert", str(CHARGE), "-", "--to", "text", "--since", "2026-11-22", "--until", "2026-11-25T00:00Z")
    assert "41 of 41" in whole.stderr


def test_a_charge_point_that_is_not_in_the_file_is_refused_by_name(run: Run) -> None:
    """An empty file would be handed on as if nothing had been sent."""
    result = run("convert", str(CHARGE), "-", "--to", "csv", "--charge-point", "OTHER")
    assert (result.returncode, result.stdout) == (2, "")
    assert "--charge-point OTHER: the file has CP001" in result.stderr


def test_a_log_that_names_nobody_is_of_the_charge_point_that_the_user_names(run: Run, tmp_path: Path) -> None:
    """The user knows whose log it is; nothing else could say so."""
    (tmp_path / "a.log").write_text('2026-03-14T09:30:00Z recv [2,"1","Heartbeat",{}]\n')
    result = run("convert", "a.log", "-", "--to", "recording", "--charge-point", "CP-9")
    assert result.returncode == 0, result.stderr
    assert [json.loads(line)["chargePointId"] for line in result.stdout.splitlines()] == ["CP-9"]
    assert (
        "as the user says"
        in run("convert", "a.log", "-", "--to", "csv", "--charge-point", "CP-9", "--show-skipped").stderr
    )


def test_a_pipe_that_names_nobody_is_to_be_saved_first(run: Run) -> None:
    """It would be called empty, although it has frames."""
    log = '2026-03-14T09:30:00Z recv [2,"1","Heartbeat",{}]\n'
    result = run("convert", "-", "-", "--to", "recording", "--charge-point", "CP-9", input=log)
    assert (result.returncode, result.stdout) == (2, "")
    assert "names no charge point, and a pipe can be read only once; save it in a file first" in result.stderr


def test_records_that_a_format_cannot_represent_are_reported(run: Run) -> None:
    result = run("convert", str(CHARGE), "-", "--to", "open-ocpp-trace")
    assert result.returncode == 0
    assert result.stdout.count("\n") == 38
    assert "open-ocpp-trace cannot represent: 3 CONNECTION" in result.stderr


def test_redaction_lists_what_it_replaced(run: Run) -> None:
    result = run("convert", str(CHARGE), "-", "--to", "recording", "--redact")
    assert result.returncode == 0
    assert "CP001" not in result.stdout
    assert "ACME-000042" not in result.stdout
    assert "BootNotification $.chargePointSerialNumber" in result.stderr
    assert "41 chargePointId" in result.stderr
    kept = run("convert", str(CHARGE), "-", "--to", "recording", "--redact", "--keep", "chargePointId")
    assert '"chargePointId":"CP001"' in kept.stdout
    assert "ACME-000042" not in kept.stdout


def test_the_exported_script_runs_and_its_calls_are_answered(
    run: Run, tmp_path: Path, environment: dict[str, str], central_system: str
) -> None:
    """A recipient could not run the script against another backend and see from its exit code whether all went well."""
    chosen = "action:BootNotification or action:StartTransaction or action:Heartbeat"
    assert run("convert", str(CHARGE), "calls.sh", "--filter", chosen).returncode == 0
    subprocess.run(["sh", "-n", "calls.sh"], cwd=tmp_path, check=True, timeout=60)
    program = tmp_path / "bin" / "ocpptui"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m ocpptui "$@"\n')
    program.chmod(0o755)
    path = f"{program.parent}{os.pathsep}{environment['PATH']}"
    for url, code in ((central_system, 0), ("ws://127.0.0.1:1/", 3)):
        result = subprocess.run(
            ["sh", "calls.sh", url], cwd=tmp_path, env={**environment, "PATH": path}, capture_output=True, text=True,
            timeout=60, check=False,
        )  # fmt: skip
        assert result.returncode == code, result.stderr
        answers = [json.loads(text) for text in re.findall(r"^{.*?^}", result.stdout, re.DOTALL | re.MULTILINE)]
        assert [sorted(answer) for answer in answers] == (
            [] if code else [["currentTime", "interval", "status"], ["idTagInfo", "transactionId"], ["currentTime"]]
        )


@pytest.mark.parametrize("around", ("with %s", "(%s)"))
@pytest.mark.parametrize("options", ([], ["--redact"]))
def test_secrets_before_frames_are_masked_in_messages(
    run: Run, tmp_path: Path, around: str, options: list[str]
) -> None:
    """A password that a log states before a frame would be readable in the messages of the copy."""
    lines, passwords = [], []
    for number, notation in enumerate(STATING, 10):
        password = f"geheimer-{number}-Zugang-{number}"
        passwords.append(password)
        copy = f'[2,"{number}","DataTransfer",{{"vendorId":"v","data":"is {password}"}}]'
        lines.append(f"2026-03-05T10:00:{number}Z CP1 received {copy}")
        lines.append(f"2026-03-05T10:00:{number}Z CP1 {around % stating(password)[notation]} received {copy}")
    log = tmp_path / "cp.log"
    log.write_text("\n".join(lines) + "\n")
    result = run("convert", str(log), "-", "--to", "recording", "--keep-copies", *options)
    assert result.returncode == 0, result.stderr
    assert result.stdout.count('"DataTransfer"') >= len(STATING)
    assert [password for password in passwords if password in result.stdout] == []


@pytest.mark.parametrize("name", ["charge-1.6", "charge-2.0.1", "refused-boot-1.6"])
def test_the_redacted_file_replays_as_its_original(run: Run, tmp_path: Path, central_system: str, name: str) -> None:
    """A recipient could not reproduce the problem with another system."""
    original = RECORDINGS / f"{name}.jsonl"
    assert run("convert", str(original), "safe.jsonl", "--redact").returncode == 0
    told = []
    for path in (original, tmp_path / "safe.jsonl"):
        arguments = ["--as", "charge-point", "--to", central_system, "--id", "ME", "--patience", "0.3", "--json"]
        result = run("replay", str(path), *arguments)
        assert result.returncode in (0, 1), result.stderr
        report = json.loads(result.stdout)
        assert report["sent"] > 2
        told.append((result.returncode, report["sent"], [finding["kind"] for finding in report["findings"]]))
    assert told[0] == told[1]


def personal_recording(path: Path) -> Path:
    """A session with a driver, a car and a password, which running text repeats before any field names them."""
    driver = '{"user":"Lena Kroll","vin":"WVWZZZ1JZXW000001","spot":"Level 3"}'
    calls: list[tuple[str, dict[str, object]]] = [
        ("BootNotification", {"chargePointVendor": "ACME", "chargePointModel": "Box"}),
        (
            "StatusNotification",
            {
                "connectorId": 1,
                "errorCode": "NoError",
                "status": "Preparing",
                "info": "Lena Kroll, 04A1B2C3D4E5F6, hunter2secret",
            },
        ),
        ("Authorize", {"idTag": "04A1B2C3D4E5F6"}),
        ("DataTransfer", {"vendorId": "ACME", "data": driver}),
        ("DataTransfer", {"vendorId": "ACME", "data": "AuthorizationKey=hunter2secret"}),
        ("Heartbeat", {}),
    ]
    writer = RecordingWriter(path)
    for number, (action, payload) in enumerate(calls):
        raw = json.dumps([2, str(number), action, payload])
        writer.keep(
            message_record(
                raw,
                time=1_795_341_723_000_000 + number,
                connection=1,
                direction=Direction.TO_CSMS,
                charge_point="CP-9",
                version=Version.V16,
            )
        )
    writer.close()
    return path


def test_a_redacted_file_with_people_in_it_replays(run: Run, tmp_path: Path, central_system: str) -> None:
    """The recipient would see other answers than the sender, or the driver's name."""
    original = personal_recording(tmp_path / "theirs.jsonl")
    result = run("convert", str(original), "safe.jsonl", "--redact")
    assert result.returncode == 0
    safe = (tmp_path / "safe.jsonl").read_text()
    for gone in ("Lena", "Kroll", "04A1B2C3D4E5F6", "WVWZZZ1JZXW000001", "hunter2secret", "CP-9"):
        assert gone not in safe
    assert "may still identify someone:" in result.stderr
    assert "first in record 4: DataTransfer data" in result.stderr
    assert "anonymous" not in result.stderr.lower()
    told = []
    for path in (original, tmp_path / "safe.jsonl"):
        arguments = ["--as", "charge-point", "--to", central_system, "--id", "ME", "--patience", "0.3", "--json"]
        report = json.loads(run("replay", str(path), *arguments, "--send-masked").stdout)
        told.append((report["sent"], [finding["kind"] for finding in report["findings"]]))
    assert told[0] == told[1]
    assert told[0][0] == 6


@pytest.mark.parametrize("command", [["convert", "IN", "-", "--to", "text"], ["open", "IN", "--headless"]])
def test_a_secret_is_masked_before_the_record_that_names_it(run: Run, tmp_path: Path, command: list[str]) -> None:
    """A recipient would read the password in the free text of an earlier message."""
    original = personal_recording(tmp_path / "theirs.jsonl")
    result = run(*[str(original) if one == "IN" else one for one in command])
    assert "Lena Kroll" in result.stdout
    assert "hunter2secret" not in result.stdout + result.stderr


def test_texts_for_people_are_redacted_on_request(run: Run, tmp_path: Path) -> None:
    original = personal_recording(tmp_path / "theirs.jsonl")
    result = run("convert", str(original), "-", "--to", "recording", "--redact-texts", "--keep", "idTag")
    assert result.returncode == 0
    assert '"Preparing\\"' in result.stdout
    assert "Lena" not in result.stdout
    assert "texts for people" not in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([str(CHARGE), "out.pdf"], "--to"),
        ([str(CHARGE), "out.csv", "--filter", "latency>"], "--filter"),
        ([str(CHARGE), "out.csv", "--since", "soon"], "--since: expects a time such as"),
        ([str(CHARGE), "out.csv", "--since", '1" or cp:"x'], "--since"),
        ([str(CHARGE), "out.csv", "--keep", "idTag"], "--redact"),
        ([str(CHARGE), "out.csv", "--redact", "--keep", "$"], "path"),
        (["missing.jsonl", "out.csv"], "missing.jsonl"),
        ([str(CHARGE), "taken.csv"], "--force"),
        ([str(CHARGE), "no/such/folder.csv"], "No such file"),
    ],
)
def test_wrong_usage_is_reported_and_writes_nothing(run: Run, tmp_path: Path, arguments: list[str], said: str) -> None:
    (tmp_path / "taken.csv").write_text("mine")
    result = run("convert", *arguments)
    assert result.returncode == 2
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert (tmp_path / "taken.csv").read_text() == "mine"
    assert not [path for path in tmp_path.iterdir() if path.name not in ("taken.csv", "home")]


def test_a_file_is_overwritten_only_on_request_and_never_with_itself(run: Run, tmp_path: Path) -> None:
    mine = tmp_path / "mine.jsonl"
    mine.write_bytes(CHARGE.read_bytes())
    result = run("convert", "mine.jsonl", "./mine.jsonl", "--force", "--filter", "action:Heartbeat")
    assert result.returncode == 2
    assert mine.read_bytes() == CHARGE.read_bytes()
    (tmp_path / "out.txt").write_text("old")
    assert run("convert", "mine.jsonl", "out.txt", "--force").returncode == 0
    assert "BootNotification" in (tmp_path / "out.txt").read_text()


def test_lines_that_are_not_records_are_reported(run: Run, tmp_path: Path) -> None:
    (tmp_path / "torn.jsonl").write_bytes(CHARGE.read_bytes() + b"rubbish\n")
    result = run("convert", "torn.jsonl", "out.html")
    assert result.returncode == 1
    assert "line 42" in result.stderr
    assert (tmp_path / "out.html").read_text().endswith("</html>\n")


def test_a_recording_in_another_version_is_for_looking(run: Run, tmp_path: Path) -> None:
    """Who migrates a charge point sees what it would send; a script that sends it is refused."""
    result = run("convert", str(CHARGE), "newer.jsonl", "--as", "2.0.1")
    assert result.returncode == 0, result.stderr
    lines = [json.loads(line) for line in (tmp_path / "newer.jsonl").read_bytes().splitlines()]
    assert {line["ocppVersion"] for line in lines} == {"2.0.1"} and len(lines) == 36
    assert all(line["meta"]["ocpptui"]["translated"]["from"] == "1.6" for line in lines)
    assert "36 messages translated to OCPP 2.0.1" in result.stderr
    assert "kept out, without a counterpart: 3 CONNECTION, 2 StatusNotification" in result.stderr
    assert "lost: StatusNotification $.connectorStatus: Preparing becomes Occupied" in result.stderr
    for arguments in (
        ("convert", str(CHARGE), "x.sh", "--as", "2.0.1"),
        ("replay", "newer.jsonl", "--as", "charge-point", "--to", "ws://127.0.0.1:1/"),
    ):
        refused = run(*arguments)
        assert refused.returncode == 2 and "never sent" in refused.stderr
