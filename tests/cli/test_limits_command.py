"""`ocpptui limits FILE` as a script runs it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from ocpptui.cli.exit_codes import ExitCode

Run = Callable[..., subprocess.CompletedProcess[str]]
CHARGE = Path(__file__).parents[2] / "recordings" / "charge-1.6.jsonl"

PROFILE = (
    '{"connectorId":1,"csChargingProfiles":{"chargingProfileId":1,"transactionId":0,"stackLevel":0,'
    '"chargingProfilePurpose":"TxProfile","chargingProfileKind":"Absolute","chargingSchedule":{"chargingRateUnit":"A",'
    '"startSchedule":"2024-10-07T15:03:02Z","chargingSchedulePeriod":[{"startPeriod":0,"limit":6}]}}}'
)
LOG = f"""\
2024-10-07 15:03:02Z CP1 [2,"1","SetChargingProfile",{PROFILE}]
2024-10-07 15:03:03Z CP1 [3,"1",{{"status":"Accepted"}}]
2024-10-07 15:04:00Z CP1 [2,"2","StartTransaction",{{"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"2024-10-07T15:04:00Z"}}]
2024-10-07 15:04:01Z CP1 [3,"2",{{"transactionId":77,"idTagInfo":{{"status":"Accepted"}}}}]
2024-10-07 15:04:01Z CP2 [2,"3","StatusNotification",{{"connectorId":2,"errorCode":"NoError","status":"Available"}}]
"""  # noqa: E501


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """What a user asks about: accepted, and the car charges with full power."""
    path = tmp_path / "customer.log"
    path.write_text(LOG)
    return path


def test_a_foreign_log_is_explained(run: Run, log: Path) -> None:
    result = run("limits", str(log), "--charge-point", "CP1")
    assert result.returncode == ExitCode.DONE
    lines = result.stdout.splitlines()
    assert lines[0] == "CP1, connector 1, at record 4, 2024-10-07 15:04:01Z"
    assert lines[1] == (
        "- Profile 1 (TxProfile, stack level 0) has no effect now. It is for transaction 0, but 77 runs."
    )
    assert "Transaction  77, since 2024-10-07 15:04:00Z" in lines


def test_every_charge_point_and_connector_has_its_account(run: Run, log: Path) -> None:
    titles = [line for line in run("limits", str(log)).stdout.splitlines() if ", at record " in line]
    assert [title.partition(", at")[0] for title in titles] == ["CP1, connector 1", "CP2, connector 2"]


@pytest.mark.parametrize("at", ["2", "2024-10-07T15:03:30Z"])
def test_it_is_explained_at_a_record_or_a_time(run: Run, log: Path, at: str) -> None:
    (account,) = json.loads(run("limits", str(log), "--at", at, "--format", "json").stdout)
    assert (account["record"], account["connector"]) == (2, 1)
    assert account["reasons"][0]["code"] == "no-transaction"


def test_json_has_everything(run: Run) -> None:
    """A recorded charge at 10.5 A, at the record after its profile was accepted."""
    result = run("limits", str(CHARGE), "--at", "30", "--connector", "1", "--hours", "1", "--format", "json")
    (account,) = json.loads(result.stdout)
    assert account["limit"] == {"amperes": 10.5, "watts": pytest.approx(7245, rel=0.03), "phases": 3, "profile": 1}
    assert account["transaction"]["id"] == "4711"
    assert account["profiles"][0]["state"] == "in-force"
    assert account["profiles"][0]["chargingProfile"]["chargingProfilePurpose"] == "TxProfile"
    assert account["compositeSchedule"]["duration"] == 3600
    assert account["compositeSchedule"]["chargingSchedulePeriod"] == [
        {"startPeriod": 0, "limit": 10.5, "numberPhases": 3}
    ]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["no-such-file"], "no-such-file"),
        ([str(CHARGE), "--at", "soon"], "--at soon: expects a record or a time such as"),
        ([str(CHARGE), "--at", "9999"], "--at 9999: the last record is 41"),
        ([str(CHARGE), "--at", "0"], "there is no record until then"),
        ([str(CHARGE), "--charge-point", "X"], "--charge-point X: the file has CP001"),
        ([str(CHARGE), "--connector", "-1"], "-1"),
    ],
)
def test_wrong_usage_is_named(run: Run, arguments: list[str], words: str) -> None:
    result = run("limits", *arguments)
    assert result.returncode == ExitCode.USAGE
    assert words in result.stderr
    assert result.stdout == ""


def test_check_explains_the_same(run: Run, log: Path) -> None:
    """Somebody who checks a file need not learn another command."""
    whole = run("limits", str(log), "--charge-point", "CP1")
    checked = run("check", str(log), "--limits", "--charge-point", "CP1")
    assert (checked.returncode, checked.stdout) == (ExitCode.DONE, whole.stdout)
    as_json = run("check", str(log), "--limits", "--format", "json")
    assert [account["chargePoint"] for account in json.loads(as_json.stdout)] == ["CP1", "CP2"]
    assert run("check", str(log), "--limits", "--format", "html").returncode == ExitCode.USAGE
