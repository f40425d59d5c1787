"""Headless sessions: the output for scripts and CI jobs."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ocpptui.ocpp.version import Direction, Version
from ocpptui.recording.line_format import to_line
from ocpptui.timeline.record import message_record
from tests.kit.program import PATIENT, run_long_enough

Run = Callable[..., subprocess.CompletedProcess[str]]


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def ours(line: dict[str, Any]) -> dict[str, Any]:
    meta = line["meta"]["ocpptui"]
    assert isinstance(meta, dict)
    return meta


@pytest.mark.parametrize(
    ("version", "charge"), [("1.6", "StartTransaction"), ("2.0.1", "TransactionEvent"), ("2.1", "TransactionEvent")]
)
def test_the_demo_shows_a_charge_and_calls_of_both_sides(run: Run, version: str, charge: str) -> None:
    """The demo would lack boot, status, charge, meter values or a call of the central system, or their answers."""

    def shows_it(text: str) -> bool:
        return '"csms-to-cp","messageType":"CALL"' in text and text.count('"MeterValues"') > 2

    result = run_long_enough(run, shows_it, "demo", "--pace", "0.1", "--version", version)
    assert result.returncode == 0, result.stderr
    records = lines(result.stdout)
    assert [ours(record)["index"] for record in records] == list(range(len(records)))
    answered = {ours(record)["answers"] for record in records if "answers" in ours(record)}
    calls = {record["action"]: record for record in records if record["messageType"] == "CALL"}
    assert {"BootNotification", "StatusNotification", "MeterValues", charge} <= set(calls)
    assert any(call["direction"] == "csms-to-cp" for call in calls.values())
    for action in ("BootNotification", "StatusNotification", "MeterValues", charge):
        first = next(r for r in records if r["messageType"] == "CALL" and r["action"] == action)
        assert ours(first)["index"] in answered
    assert all(ours(r)["valid"] for r in records if r["messageType"] in ("CALL", "CALLRESULT"))
    assert all(ours(r)["latencyMs"] > 0 for r in records if "answers" in ours(r))
    assert "CALLERROR" not in {record["messageType"] for record in records}


def test_a_file_is_printed_with_derived_data_and_counts(run: Run, tmp_path: Path) -> None:
    recording = tmp_path / "demo.jsonl"
    live = run("demo", "--headless", "--duration", "2", "--record", str(recording))
    result = run("open", str(recording), "--headless")
    assert result.returncode == 0, result.stderr
    assert lines(result.stdout) == lines(live.stdout), "a file gives the same output as the live session"
    count = len(result.stdout.splitlines())
    assert result.stderr.startswith(f"{count} records, ")
    assert oct(recording.stat().st_mode & 0o777) == "0o600"


def test_a_call_that_nobody_answered_says_so_on_its_own_line(run: Run, tmp_path: Path) -> None:
    """A line that is printed before its time-out is over would call right what the counts call a problem."""
    path = tmp_path / "silent.jsonl"
    raws = ['[2,"1","Heartbeat",{}]', '[2,"2","Heartbeat",{}]']
    with path.open("wb") as file:
        for minute, raw in enumerate(raws):
            record = message_record(
                raw, time=minute * 60_000_000, connection=1, direction=Direction.TO_CSMS, version=Version.V16
            )
            file.write(to_line(record))
    result = run("open", str(path), "--headless")
    found = [[finding["rule"] for finding in ours(record)["findings"]] for record in lines(result.stdout)]
    assert found == [["rpc.unanswered"], []]
    assert result.stderr.rstrip().endswith(", 1 problems")


def test_a_torn_line_is_reported_and_the_rest_is_read(run: Run, tmp_path: Path) -> None:
    recording = tmp_path / "demo.jsonl"
    run("demo", "--headless", "--duration", "1", "--record", str(recording))
    whole = recording.read_bytes()
    recording.write_bytes(whole[:-20])
    result = run("open", str(recording), "--headless")
    assert result.returncode == 1
    assert len(result.stdout.splitlines()) == whole.count(b"\n") - 1
    assert f"line {whole.count(bytes([10]))}" in result.stderr


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"\x00\x01\x02\x7fELF", "binary"),
        (b"hello\nworld\n", "line 1"),
        (b'{"schemaVersion":"2.0","messageType":"CALL"}\n', "version 2"),
    ],
)
def test_a_file_that_is_not_a_recording_gives_code_2_with_the_reason(
    run: Run, tmp_path: Path, content: bytes, says: str
) -> None:
    path = tmp_path / "file.jsonl"
    path.write_bytes(content)
    result = run("open", str(path), "--headless")
    assert result.returncode == 2
    assert says in result.stderr
    assert "Traceback" not in result.stderr


def test_an_open_ocpp_trace_of_another_tool_is_read(run: Run, tmp_path: Path) -> None:
    """A trace without `raw` and `meta`, with its own fields, could not be read."""
    path = tmp_path / "trace.jsonl"
    common = {"schemaVersion": "1.1", "ocppVersion": "1.6", "transport": "json", "chargePointId": "X", "custom": 1}
    call = {
        **common,
        "timestamp": "2026-01-01T10:00:00Z",
        "direction": "cp-to-csms",
        "messageType": "CALL",
        "messageId": "1",
        "action": "Heartbeat",
        "payload": {},
    }
    answer = {
        **common,
        "timestamp": "2026-01-01T11:00:00.250+01:00",
        "direction": "csms-to-cp",
        "messageType": "CALLRESULT",
        "messageId": "1",
        "payload": {"currentTime": "2026-01-01T10:00:00Z"},
    }
    path.write_text(json.dumps(call) + "\n" + json.dumps(answer) + "\n")
    result = run("open", str(path), "--headless")
    assert result.returncode == 0, result.stderr
    first, second = lines(result.stdout)
    assert json.loads(first["raw"]) == [2, "1", "Heartbeat", {}]
    assert ours(second)["answers"] == 0
    assert ours(second)["latencyMs"] == 250
    assert ours(second)["action"] == "Heartbeat"


def test_charge_point_and_central_system_communicate_and_close_cleanly(
    environment: dict[str, str], central_system: str, run: Run
) -> None:
    command = ["charge-point", f"{central_system}CP9", "--version", "1.6"]
    result = run_long_enough(run, lambda text: "BootNotification" in text, *command)
    assert result.returncode == 0, result.stderr
    records = lines(result.stdout)
    assert "BootNotification" in {record.get("action") for record in records}
    assert records[-1]["detail"]["event"] == "closed"
    assert records[-1]["detail"]["closedBy"] == "us"
    assert "recording: " in result.stderr


def test_a_failed_connection_without_reconnect_gives_code_3(run: Run) -> None:
    result = run("charge-point", "ws://127.0.0.1:9/CP1", "--headless", "--no-reconnect", "--duration", "20")
    assert result.returncode == 3
    assert lines(result.stdout)[-1]["detail"]["step"] == "tcp"


def test_a_charge_point_that_was_never_connected_gives_code_3_when_its_time_is_over(run: Run) -> None:
    """A smoke test in CI would be green although the central system never ran."""
    result = run("charge-point", "ws://127.0.0.1:9/CP1", "--headless", "--duration", "0.5")
    assert result.returncode == 3
    assert "no connection was made in this time\n" in result.stderr


def test_a_port_in_use_gives_code_3_with_the_reason(run: Run, central_system: str) -> None:
    port = central_system.rstrip("/").rpartition(":")[2]
    result = run("central-system", "--headless", "--port", port, "--duration", "5")
    assert result.returncode == 3
    assert port in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0), (signal.SIGHUP, 0)])
def test_a_signal_ends_it_cleanly(
    environment: dict[str, str], tmp_path: Path, number: signal.Signals, code: int
) -> None:
    """Connections would end without a close frame, or the recording would be incomplete."""
    recording = tmp_path / "demo.jsonl"
    with subprocess.Popen(
        [*PATIENT, "demo", "--headless", "--record", str(recording)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        while "BootNotification" not in process.stdout.readline():
            pass
        process.send_signal(number)
        process.stdout.read()
    assert process.returncode == code
    last = json.loads(recording.read_text().splitlines()[-1])
    assert last["detail"]["event"] == "closed"


def test_a_signal_ends_it_while_nobody_reads_its_output(environment: dict[str, str], tmp_path: Path) -> None:
    """`ocpptui demo --headless | less`, left alone, held on to its port and to a recording without an end."""
    recording = tmp_path / "demo.jsonl"
    arguments = ["demo", "--headless", "--pace", "0.01", "--record", str(recording)]
    with subprocess.Popen(
        [*PATIENT, *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        size = -1
        while not recording.exists() or recording.stat().st_size != size or size == 0:
            size = recording.stat().st_size if recording.exists() else -1
            time.sleep(1.0)  # without a sign of life for that long it waits for its reader
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    text = recording.read_text()
    assert text.endswith("\n")
    assert json.loads(text.splitlines()[-1])["detail"]["event"] == "closed"


def test_kill_9_loses_nothing_that_was_printed(environment: dict[str, str], tmp_path: Path) -> None:
    """Killed in the middle of traffic, the process would lose records that it had shown."""
    recording = tmp_path / "demo.jsonl"
    shown: list[str] = []
    with subprocess.Popen(
        [sys.executable, "-m", "ocpptui", "demo", "--headless", "--pace", "0.05", "--record", str(recording)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        while len(shown) < 60:
            shown.append(process.stdout.readline())
        os.kill(process.pid, signal.SIGKILL)
        shown += [line for line in process.stdout if line.endswith("\n")]
    written = [json.loads(line) for line in recording.read_text().splitlines()]
    for line in shown:
        record = json.loads(line)
        stored = written[ours(record)["index"]]
        assert (stored["timestamp"], stored.get("raw")) == (record["timestamp"], record.get("raw"))


def test_a_full_disk_is_reported_and_the_session_continues(environment: dict[str, str]) -> None:
    """Records would no longer be printed, or the user would not learn that the recording is incomplete."""
    if not os.path.exists("/dev/full"):
        pytest.skip("this system has no /dev/full")
    result = subprocess.run(
        [sys.executable, "-m", "ocpptui", "demo", "--headless", "--duration", "2", "--record", "/dev/full"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 0
    assert "BootNotification" in result.stdout
    assert "not complete" in result.stderr


def test_the_command_line_overrides_options_from_the_configuration_file(
    environment: dict[str, str], central_system: str, run: Run
) -> None:
    home = Path(environment["OCPPTUI_HOME"])
    home.mkdir(exist_ok=True)
    (home / "config.toml").write_text('[charge-point]\nvendor = "FromFile"\nmodel = "FromFile"\n')
    command = ["charge-point", f"{central_system}CP9", "--version", "1.6", "--model", "FromLine"]
    result = run_long_enough(run, lambda text: "BootNotification" in text, *command)
    boot = next(record for record in lines(result.stdout) if record.get("action") == "BootNotification")
    payload = json.loads(boot["raw"])[3]
    assert (payload["chargePointVendor"], payload["chargePointModel"]) == ("FromFile", "FromLine")


def test_a_reader_that_goes_away_ends_it(environment: dict[str, str]) -> None:
    """`ocpptui demo --headless | head -1` would not return to the prompt."""
    command = f"{sys.executable} -m ocpptui demo --headless | head -1"
    began = time.monotonic()
    result = subprocess.run(
        ["/bin/sh", "-c", command], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert "Traceback" not in result.stderr
    assert result.stdout.count("\n") == 1
    assert time.monotonic() - began < 50


@pytest.mark.parametrize(
    "command",
    [
        ["central-system", "--port", "PORT", "--headless"],
        ["central-system", "--host", "192.0.2.1", "--headless"],
        ["replay", "RECORDING", "--as", "cs", "--port", "PORT", "--headless"],
        ["central-system", "--port", "PORT"],
        ["demo"],
    ],
    ids=lambda command: " ".join(command),
)
def test_a_session_that_never_began_leaves_no_recording(
    command: list[str], run: Run, environment: dict[str, str], tmp_path: Path
) -> None:
    """Each try with a port in use would leave an empty file, and a line that says where it is."""
    home = Path(environment["OCPPTUI_HOME"])
    home.mkdir()
    if command[-1] != "--headless":
        (home / "config.toml").write_text('theme = "no such theme"')
    recording = tmp_path / "a.jsonl"
    recording.write_text('{"messageType":"CALL","direction":"csms-to-cp","raw":"[2,\\"1\\",\\"ClearCache\\",{}]"}\n')
    with socket.create_server(("127.0.0.1", 0)) as taken:
        words = {"PORT": str(taken.getsockname()[1]), "RECORDING": str(recording)}
        result = run(*(words.get(word, word) for word in command))
    assert result.returncode in (2, 3)
    assert "recording:" not in result.stderr
    assert list((home / "recordings").iterdir()) == []


def test_what_is_found_later_is_in_the_line_that_shows_it() -> None:
    """A script that reads the lines as they come would miss what is found in the records before."""
    from io import BytesIO

    from ocpptui.cli.headless import RecordPrinter
    from ocpptui.diagnosis.diagnosis import Diagnosis
    from ocpptui.diagnosis.findings import findings_at
    from ocpptui.diagnosis.registry import RULES
    from ocpptui.diagnosis.trace import read_trace
    from ocpptui.timeline.timeline import Timeline

    later_ones = 0
    for rule in RULES:
        for trace in rule.positive:
            timeline, out = Timeline(), BytesIO()
            Diagnosis(timeline)
            printer = RecordPrinter(timeline, out)
            for record in read_trace(trace).records:
                printer.print(timeline.append(record))
            told: dict[int, list[tuple[str, str]]] = {}
            for line in lines(out.getvalue().decode()):
                entry = ours(line)
                told[entry["index"]] = [(one["rule"], one["text"]) for one in entry["findings"]]
                for one in entry.get("laterFindings", []):
                    assert one["record"] < entry["index"]
                    assert (one["rule"], one["text"]) not in told[one["record"]], "it is told once"
                    told[one["record"]].append((one["rule"], one["text"]))
                    later_ones += 1
            for index in range(len(timeline)):
                found = {(one.rule, one.text) for one in findings_at(timeline, index)}
                assert found <= {*told[index]}, rule.id
    assert later_ones > 20


def test_what_is_found_at_the_end_of_a_stream_is_said(environment: dict[str, str]) -> None:
    """Nobody would learn that the last calls of a log got no answer."""
    command = [sys.executable, "-m", "ocpptui", "open", "-", "--headless"]
    call = '2026-01-01T10:00:%02dZ CP7 received [2,"%d","Authorize",{"idTag":"A"}]\n'
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(call % (0, 1))
        process.stdin.flush()
        first = json.loads(process.stdout.readline())
        assert ours(first)["findings"] == []
        process.stdin.write('2026-01-01T10:01:00Z CP7 received [2,"9","Heartbeat",{}]\n')
        out, err = process.communicate(timeout=60)
    (line,) = lines(out)
    assert [(one["record"], one["rule"]) for one in ours(line)["laterFindings"]] == [(0, "rpc.unanswered")]
    assert "1 problems" in err
