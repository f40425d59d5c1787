"""The version of a connection that names none."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from ocpptui.importing.versions import VersionTrial
from ocpptui.ocpp.version import Version

BOOT_16 = ("BootNotification", {"chargePointVendor": "A", "chargePointModel": "B"})
BOOT_2 = ("BootNotification", {"reason": "PowerUp", "chargingStation": {"model": "M", "vendorName": "V"}})
AUTHORIZE = ("Authorize", {"idToken": {"idToken": "T", "type": "Central"}})
WRONG_TOKEN = ("Authorize", {"idToken": {"idToken": "T", "type": "RFID"}})
"""In 2.0.1 the type of a token is one of a list, in 2.1 any text."""
OF_21 = ("NotifyPriorityCharging", {"transactionId": "t", "activated": True})


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
