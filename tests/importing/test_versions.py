"""The version of a connection that names none."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ocpptui.importing.versions import VersionTrial, fits_in_any_version
from ocpptui.ocpp.version import Version
from tests.importing.reading import read

BOOT_16 = ("BootNotification", {"chargePointVendor": "A", "chargePointModel": "B"})
BOOT_2 = ("BootNotification", {"reason": "PowerUp", "chargingStation": {"model": "M", "vendorName": "V"}})
AUTHORIZE = ("Authorize", {"idToken": {"idToken": "T", "type": "Central"}})
WRONG_TOKEN = ("Authorize", {"idToken": {"idToken": "T", "type": "RFID"}})
"""In 2.0.1 the type of a token is one of a list, in 2.1 any text."""
OF_21 = ("NotifyPriorityCharging", {"transactionId": "t", "activated": True})


def test_a_wrong_value_in_the_first_call_makes_no_version_usual() -> None:
    """A log that begins with it would be one of OCPP 2.1, and the fault would be gone."""
    trial = VersionTrial()
    trial.try_call(*WRONG_TOKEN)
    assert trial.possible == [Version.V201, Version.V21]
    usual = Counter(trial.possible)
    trial.try_call(*BOOT_2)
    assert trial.best(usual) is Version.V201


@pytest.mark.parametrize(
    ("calls", "version"),
    [
        ([WRONG_TOKEN, BOOT_2], Version.V201),
        ([OF_21, WRONG_TOKEN], Version.V21),
        ([BOOT_16], Version.V16),
    ],
)
def test_a_log_has_the_version_that_names_its_faults(
    tmp_path: Path, calls: list[tuple[str, dict[str, Any]]], version: Version
) -> None:
    """The same in a whole file."""
    frames = (json.dumps([2, str(number), action, payload]) for number, (action, payload) in enumerate(calls))
    path = tmp_path / "a.log"
    path.write_text("".join(f"2026-03-01T10:00:0{number}Z CP-1 received {raw}\n" for number, raw in enumerate(frames)))
    assert {record.version for record in read(path).records} == {version}


@pytest.mark.parametrize(
    ("calls", "version"),
    [
        ([("Heartbeat", {})], Version.V16),
        ([BOOT_16], Version.V16),
        ([BOOT_2], Version.V201),
        ([BOOT_2, WRONG_TOKEN], Version.V201),
        ([WRONG_TOKEN], Version.V201),
        ([BOOT_2, AUTHORIZE, WRONG_TOKEN, WRONG_TOKEN], Version.V201),
        ([BOOT_2, OF_21], Version.V21),
        ([BOOT_16, ("Authorize", {"idTag": "x" * 30})], Version.V16),
        ([("BootNotification", {"chargePointVendor": "A"})], Version.V16),
        ([("NoSuchAction", {})], Version.V16),
    ],
)
def test_the_version_with_the_fewest_faults(calls: list[tuple[str, dict[str, Any]]], version: Version) -> None:
    """One wrong value would turn the log into one of a more tolerant version, and the fault would be gone."""
    trial = VersionTrial()
    for action, payload in calls:
        trial.try_call(action, payload)
    assert trial.best(Counter()) is version


def test_a_result_fits_its_action_in_some_version_or_in_none() -> None:
    """It tells the answers of two charge points with one message id apart, and shows that a direction is wrong."""
    assert fits_in_any_version("Heartbeat", {"currentTime": "2026-03-14T08:00:00Z"})
    assert fits_in_any_version("GetBaseReport", {"status": "Accepted"})
    assert not fits_in_any_version("Heartbeat", {"status": "Accepted"})
    assert not fits_in_any_version("Heartbeat", None)


@pytest.mark.parametrize(
    ("calls", "words"),
    [
        ([BOOT_16], "its first call is valid as 1.6"),
        ([("Heartbeat", {})], "its first call is valid as 1.6 and 2.0.1 and 2.1"),
        (
            [("StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Broken"})],
            "its first call is valid in no version; read as 1.6, it has the fewest faults",
        ),
        (
            [("BootNotification", {"colour": "red"})],
            "its first call is valid in no version; read as another, it has no fewer faults",
        ),
        ([BOOT_16, BOOT_16], "valid among its first 2 calls: 2 as 1.6, 0 as 2.0.1, 0 as 2.1"),
        (
            [BOOT_2, WRONG_TOKEN],
            (
                "valid among its first 2 calls: 0 as 1.6, 1 as 2.0.1, 2 as 2.1; "
                "a value that 2.0.1 does not list chooses no other"
            ),
        ),
        (
            [("StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Broken"})] * 2,
            "valid among its first 2 calls: 0 as 1.6, 0 as 2.0.1, 0 as 2.1; read as 1.6, they have the fewest faults",
        ),
    ],
)
def test_the_words_say_what_chose_the_version(calls: list[tuple[str, dict[str, Any]]], words: str) -> None:
    """The user could not judge whether to choose another one."""
    trial = VersionTrial()
    for call in calls:
        trial.try_call(*call)
    assert trial.words_for(trial.best(Counter())) == words
