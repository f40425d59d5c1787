"""`ocpptui send --saved` and `--sequence`: what goes out, what is printed, and the exit code of each end."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

from ocpptui.compose.call_folders import CallFolders
from ocpptui.compose.saved_calls import SavedCall
from ocpptui.ocpp.version import Version

Run = Callable[..., subprocess.CompletedProcess[str]]

START = '{"connectorId": 1, "idTag": "${env:CARD}", "meterStart": 0, "timestamp": "${now}"}'
CHARGE = """
[[step]]
call = "team/start"
fields = ["connectorId=1"]
expect = { idTagInfo.status = "Accepted" }

[[step]]
title = "the end"
action = "StopTransaction"
payload = { transactionId = "${transaction}", meterStop = 5, timestamp = "${now}" }
"""


def test_a_saved_call_is_sent_with_other_fields(
    run: Run, central_system: str, environment: dict[str, str], tmp_path: Path
) -> None:
    CallFolders([tmp_path]).save("team/start", SavedCall("StartTransaction", START, Version.V16))
    environment["CARD"] = "ABC"
    record = tmp_path / "sent.jsonl"
    url, options = f"{central_system}CP001", ("--calls", str(tmp_path), "--record", str(record), "--boot")
    result = run("send", url, "--saved", "team/start", "connectorId=2", "idTag=${env:CARD}-$${x}", *options)
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["transactionId"]
    sent = [json.loads(line).get("raw", "") for line in record.read_text().splitlines()]
    assert any('"connectorId":2,"idTag":"ABC-${x}"' in raw for raw in sent)

    for arguments, says in (
        (("--saved", "team/stop"), "Nothing is saved as"),
        (("Authorize", "idTag=${prompt:Card}"), "only the screen asks"),
        (("Authorize", "idTag=${card}"), "is not a placeholder"),
        ((), "only one of them"),
        (("--saved", "team/start", "--sequence", "x"), "only one of them"),
    ):
        refused = run("send", url, *arguments, "--calls", str(tmp_path))
        assert refused.returncode == 2, arguments
        assert says in " ".join(refused.stderr.split())
        assert refused.stdout == ""


def test_a_sequence_goes_to_its_end_or_to_the_first_surprise(
    run: Run, central_system: str, environment: dict[str, str], tmp_path: Path
) -> None:
    CallFolders([tmp_path]).save("team/start", SavedCall("StartTransaction", START, Version.V16))
    environment["CARD"] = "ABC"
    file = tmp_path / "charge.toml"
    file.write_text(CHARGE)
    url, options = f"{central_system}CP001", ("--calls", str(tmp_path), "--boot")
    result = run("send", url, "--sequence", str(file), *options)
    assert result.returncode == 0, result.stderr
    first, second = result.stdout.splitlines()
    assert first.startswith("1. team/start: done")
    assert second.startswith("2. the end: done")

    file.write_text(CHARGE.replace('status = "Accepted"', 'status = "Blocked"'))
    surprised = run("send", url, "--sequence", "charge", *options)
    assert surprised.returncode == 1
    assert 'idTagInfo.status is "Accepted", expected was "Blocked"' in surprised.stdout
    assert "1 step was not sent" in surprised.stderr

    file.write_text("[[step]]\ncall = 'team/nothing'\n")
    wrong = run("send", url, "--sequence", str(file), *options)
    assert wrong.returncode == 2
    assert "Step 1: Nothing is saved" in " ".join(wrong.stderr.split())
