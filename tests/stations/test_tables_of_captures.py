"""What real charge points said of their configuration, as a table."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocpptui.ocpp.setting_place import SettingPlace
from ocpptui.ocpp.standard_settings import Access
from ocpptui.stations.tracker import StationTracker
from tests.importing.reading import opened

CAPTURES = Path(__file__).resolve().parents[3] / "shared" / "captures"

pytestmark = pytest.mark.skipif(not CAPTURES.exists(), reason="the real captures are not part of the project")


@pytest.mark.parametrize(
    ("start", "charge_point", "key", "value", "access", "status"),
    [
        ("ha-sn", "sn123456789", "ChargeProfileMaxStackLevel", "20", Access.READ_ONLY, ""),
        ("lbbrhzn-ocpp-1148", "0311304103123230841", "MeterValueSampleInterval", "60", Access.READ_WRITE, ""),
        ("lbbrhzn-ocpp-1426", "GRS-1700003D6FF", "MeterValuesSampledData", None, None, "NotSupported"),
    ],
)
def test_a_capture_fills_the_table(
    start: str, charge_point: str, key: str, value: str | None, access: Access | None, status: str
) -> None:
    """A support engineer reads the configuration of a customer's charge point from the log that came with the mail."""
    tracker = StationTracker()
    with opened(next(CAPTURES.glob(f"{start}*"))) as (timeline, _):
        assert tracker.advance(timeline, 60)
    (setting,) = tracker[charge_point].settings
    assert (setting.place, setting.value) == (SettingPlace(key), value)
    assert (setting.access, setting.status) == (access, status)
