"""The calls that read and change settings."""

from __future__ import annotations

import pytest

from ocpptui.jsontext.text import value_text
from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.setting_place import SettingPlace
from ocpptui.ocpp.validation import violations
from ocpptui.ocpp.version import Transport, Version
from ocpptui.stations.setting_changes import SettingChange, change_calls, reading_calls
from ocpptui.stations.setting_messages import SettingNews
from ocpptui.stations.state import ChargePointState

KEYS = [SettingChange(SettingPlace(name), "1") for name in ("A", "B", "C")]
VARIABLES = [
    SettingChange(SettingPlace("Interval", "AlignedDataCtrlr"), "60"),
    SettingChange(SettingPlace("Power", "Connector", "left", 1, 2, "max"), "1"),
    SettingChange(SettingPlace("Power", "EVSE", evse=1, attribute="MaxSet"), "2"),
]
JSON = Version.offered(Transport.JSON)


def limit(name: str, value: str) -> ChargePointState:
    known = ChargePointState("CP001")
    place = SettingPlace(name, "DeviceDataCtrlr", instance="SetVariables")
    known.settings.take(SettingNews(place, value), 0)
    return known


@pytest.mark.parametrize("version", JSON, ids=str)
def test_the_calls_are_as_the_version_has_them(version: Version) -> None:
    known = ChargePointState("CP001")
    changes = KEYS if version.generation == 1 else VARIABLES
    calls = [*reading_calls(known, version), *change_calls(known, version, changes)]
    for call in calls:
        assert not violations(version, call.action, Part.REQUEST, call.payload), call


def test_keys_are_changed_one_by_one_and_variables_together() -> None:
    known = ChargePointState("CP001")
    assert [call.payload for call in change_calls(known, Version.V16, KEYS[:2])] == [
        {"key": "A", "value": "1"},
        {"key": "B", "value": "1"},
    ]
    (call,) = change_calls(known, Version.V201, VARIABLES)
    assert len(call.payload["setVariableData"]) == 3 and call.changes == tuple(VARIABLES)
    assert list(change_calls(known, Version.V201, [])) == []


def test_no_message_has_more_than_the_charging_station_takes() -> None:
    """It would refuse all of them."""
    found = list(change_calls(limit("ItemsPerMessage", "2"), Version.V201, VARIABLES))
    assert [len(call.changes) for call in found] == [2, 1]
    known = limit("BytesPerMessage", "300")
    found = list(change_calls(known, Version.V21, VARIABLES))
    assert len(found) > 1 and all(len(value_text(call.payload)) < 300 for call in found)
    assert [change for call in found for change in call.changes] == VARIABLES
    for nonsense in ("0", "many", "-1", "9" * 30):
        assert len(list(change_calls(limit("ItemsPerMessage", nonsense), Version.V201, VARIABLES))) == 1


def test_a_report_has_an_id_that_was_not_used() -> None:
    """Its parts could not be told from those of the report before."""
    known = ChargePointState("CP001")
    for used in ("7", "3", "not a number"):
        known.remember("requestId", used)
    base, full = reading_calls(known, Version.V201)
    assert base.payload == {"requestId": 8, "reportBase": "FullInventory"}
    assert full.action == "GetReport" and full.payload == {"requestId": 8}
