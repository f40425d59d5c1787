"""What is known of the settings of a charge point, from what was on the wire."""

from __future__ import annotations

from typing import Any

from ocpptui.ocpp.fact_lookup import fact_of
from ocpptui.ocpp.setting_place import SettingPlace
from ocpptui.ocpp.standard_settings import Access
from ocpptui.ocpp.version import Version
from ocpptui.stations.known_settings import KnownSetting
from ocpptui.stations.tracker import StationTracker
from tests.ocpp.envelopes import CP_15, request, response
from tests.stations.station_talk import DOWN, UP, StationTalk
from tests.timeline.example_session import soap, timeline_of

RETRIES = SettingPlace("ResetRetries")
BOOT = {"chargePointVendor": "A", "chargePointModel": "B"}
ACCEPTED = {"status": "Accepted", "currentTime": "2026-01-01T00:00:00Z", "interval": 300}


def setting(talk: StationTalk, place: SettingPlace = RETRIES) -> KnownSetting:
    found = talk.known.settings.get(place)
    assert found is not None
    return found


def show(talk: StationTalk, value: str, *, readonly: bool = False) -> None:
    entry = {"key": "ResetRetries", "readonly": readonly, "value": value}
    talk.ask("GetConfiguration", {}, {"configurationKey": [entry]})


def change(talk: StationTalk, value: str, status: str) -> None:
    talk.ask("ChangeConfiguration", {"key": "ResetRetries", "value": value}, {"status": status})


def test_a_value_that_changes_is_known_now_and_before() -> None:
    talk = StationTalk()
    show(talk, "1")
    assert (setting(talk).value, setting(talk).before, setting(talk).changed) == ("1", None, None)
    show(talk, "1")
    change(talk, "5", "Accepted")
    found = setting(talk)
    assert (found.value, found.before, found.access, found.status) == ("5", "1", Access.READ_WRITE, "Accepted")
    assert found.changed is not None


def test_a_change_that_needs_a_reboot_is_not_in_force_before() -> None:
    """A technician would think that the charge point already works with the new value."""
    talk = StationTalk()
    show(talk, "1")
    change(talk, "5", "RebootRequired")
    assert (setting(talk).value, setting(talk).after_reboot, setting(talk).before) == ("1", "5", None)
    talk.call("BootNotification", BOOT, ACCEPTED)
    assert (setting(talk).value, setting(talk).after_reboot, setting(talk).before) == ("5", None, "1")


def test_a_boot_notification_that_was_asked_for_is_no_reboot() -> None:
    talk = StationTalk()
    change(talk, "5", "RebootRequired")
    talk.ask("TriggerMessage", {"requestedMessage": "BootNotification"}, {"status": "Accepted"})
    talk.call("BootNotification", BOOT, ACCEPTED)
    assert setting(talk).after_reboot == "5"
    talk.call("BootNotification", BOOT, ACCEPTED)
    assert setting(talk).after_reboot is None
    later = StationTalk(Version.V201)
    place = {"component": {"name": "A"}, "variable": {"name": "V"}}
    data = {"setVariableData": [{**place, "attributeValue": "2"}]}
    later.ask("SetVariables", data, {"setVariableResult": [{**place, "attributeStatus": "RebootRequired"}]})
    station = {"chargingStation": {"model": "B", "vendorName": "A"}}
    later.call("BootNotification", {**station, "reason": "Triggered"}, ACCEPTED)
    assert setting(later, SettingPlace("V", "A")).after_reboot == "2"
    later.call("BootNotification", {**station, "reason": "RemoteReset"}, ACCEPTED)
    assert setting(later, SettingPlace("V", "A")).value == "2"


def test_a_refused_change_leaves_the_value_and_is_remembered() -> None:
    talk = StationTalk()
    show(talk, "1", readonly=True)
    change(talk, "5", "Rejected")
    found = setting(talk)
    assert (found.value, found.asked, found.status, found.is_refused) == ("1", "5", "Rejected", True)
    assert found.access is Access.READ_ONLY and found.before is None


def test_a_key_that_the_charge_point_does_not_have_is_not_among_its_configuration() -> None:
    talk = StationTalk()
    talk.ask("ChangeConfiguration", {"key": "LightShow", "value": "on"}, {"status": "NotSupported"})
    assert talk.known.configuration == {} and talk.known.settings.known == 0
    assert setting(talk, SettingPlace("LightShow")).status == "NotSupported"


def test_a_key_in_another_case_is_the_same_key() -> None:
    talk = StationTalk()
    show(talk, "1")
    talk.ask("ChangeConfiguration", {"key": "resetretries", "value": "2"}, {"status": "Accepted"})
    assert talk.known.configuration == {"ResetRetries": "2"}


def report(number: int, *, tbc: bool, **attribute: Any) -> dict[str, Any]:
    return {
        "requestId": 1,
        "seqNo": number,
        "tbc": tbc,
        "generatedAt": "2026-01-01T00:00:00Z",
        "reportData": [
            {
                "component": {"name": "EVSE", "evse": {"id": number + 1}},
                "variable": {"name": "Power"},
                "variableAttribute": [attribute],
                "variableCharacteristics": {
                    "dataType": "decimal",
                    "unit": "W",
                    "minLimit": 0,
                    "maxLimit": 22000,
                    "supportsMonitoring": True,
                },
            }
        ],
    }


def test_the_parts_of_a_report_are_one_table() -> None:
    """Users had to put the parts together themselves."""
    talk = StationTalk(Version.V201)
    for number in range(3):
        value = {"value": f"{number}000", "mutability": "ReadOnly", "persistent": True}
        talk.call("NotifyReport", report(number, tbc=number < 2, **value), {})
    talk.call("NotifyReport", report(0, tbc=False, type="MaxSet", value="11000"), {})
    assert len(talk.known.settings) == 4
    found = setting(talk, SettingPlace("Power", "EVSE", evse=2))
    assert (found.value, found.access, found.characteristics.unit) == ("1000", Access.READ_ONLY, "W")
    assert (found.characteristics.minimum, found.characteristics.maximum) == (0, 22000)
    assert setting(talk, SettingPlace("Power", "EVSE", evse=1, attribute="MaxSet")).value == "11000"


def test_an_event_says_the_present_value() -> None:
    talk = StationTalk(Version.V201)
    talk.call("NotifyReport", report(0, tbc=False, value="1000"), {})
    event = {"component": {"name": "EVSE", "evse": {"id": 1}}, "variable": {"name": "Power"}, "actualValue": "7"}
    talk.call("NotifyEvent", {"seqNo": 0, "eventData": [event]}, {})
    found = setting(talk, SettingPlace("Power", "EVSE", evse=1))
    assert (found.value, found.before) == ("7", "1000")


def test_a_value_that_is_not_shown_is_not_an_empty_one() -> None:
    talk = StationTalk()
    talk.ask("GetConfiguration", {}, {"configurationKey": [{"key": "AuthorizationKey", "readonly": False}]})
    assert setting(talk, SettingPlace("AuthorizationKey")).value is None
    show(talk, "")
    assert setting(talk).value == ""


def test_the_keys_of_ocpp_1_5_in_soap_are_a_table_too() -> None:
    """Logs of old charge points have them."""
    timeline = timeline_of()
    timeline.append(soap(request("GetConfiguration", service=CP_15, identity="OLD"), DOWN))
    key = "<o:configurationKey><o:key>{}</o:key><o:readonly>{}</o:readonly><o:value>{}</o:value></o:configurationKey>"
    shown = key.format("HeartBeatInterval", "false", "900") + key.format("ChargePointId", "true", "OLD")
    timeline.append(soap(response("GetConfiguration", shown, service=CP_15), UP))
    change = "<o:key>HeartBeatInterval</o:key><o:value>60</o:value>"
    timeline.append(soap(request("ChangeConfiguration", change, service=CP_15, message_id="uuid:5"), DOWN))
    status = "<o:status>Accepted</o:status>"
    timeline.append(soap(response("ChangeConfiguration", status, service=CP_15, relates_to="uuid:5"), UP))
    tracker = StationTracker()
    assert tracker.advance(timeline, 10)
    (known,) = tracker.values()
    rows = [(one.place.name, one.value, one.before, one.access) for one in known.settings]
    assert rows == [
        ("HeartBeatInterval", "60", "900", Access.READ_WRITE),
        ("ChargePointId", "OLD", None, Access.READ_ONLY),
    ]
    assert all(fact_of(one.place) is not None for one in known.settings)
