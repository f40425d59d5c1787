"""Configuration, reports, monitors, local list. If these fail, a backend does not read back what it set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ocpptui.ocpp.version import Version
from ocpptui.simulator.effects import ConnectWith

if TYPE_CHECKING:
    from tests.simulator.conftest import Operate, Operated

V16, V201, V21 = Version.V16, Version.V201, Version.V21
two_x = pytest.mark.parametrize("version", [V201, V21])


def variable(component: str, name: str, **more: Any) -> dict[str, Any]:
    return {"component": {"name": component}, "variable": {"name": name}, **more}


def test_a_changed_key_reads_back(operate: Operate) -> None:
    operated = operate(V16)
    change = {"key": "connectiontimeout", "value": "33"}
    assert operated.order("ChangeConfiguration", change) == {"status": "Accepted"}
    got = operated.order("GetConfiguration", {"key": ["ConnectionTimeOut"]})
    assert got == {"configurationKey": [{"key": "ConnectionTimeOut", "readonly": False, "value": "33"}]}


@pytest.mark.parametrize(
    ("key", "value", "status"),
    [
        ("NoSuchKey", "1", "NotSupported"),
        ("NumberOfConnectors", "4", "Rejected"),
        ("HeartbeatInterval", "soon", "Rejected"),
        ("WebSocketPingInterval", "-1", "Rejected"),
        ("LocalPreAuthorize", "perhaps", "Rejected"),
        ("LocalPreAuthorize", "TRUE", "Accepted"),
        ("AuthorizationKey", "00112233445566778899aabbccddeeff", "Accepted"),
    ],
)
def test_change_configuration_gives_the_right_status(operate: Operate, key: str, value: str, status: str) -> None:
    assert operate(V16).order("ChangeConfiguration", {"key": key, "value": value}) == {"status": status}


def test_the_password_is_never_revealed(operate: Operate) -> None:
    operated = operate(V16)
    operated.order("ChangeConfiguration", {"key": "AuthorizationKey", "value": "0011223344556677"})
    everything = operated.order("GetConfiguration")
    assert len(everything["configurationKey"]) > 30
    assert "0011223344556677" not in repr(everything)
    assert operated.order("GetConfiguration", {"key": ["AuthorizationKey"]}) == {"unknownKey": ["AuthorizationKey"]}


@two_x
def test_a_variable_that_is_set_reads_back(operated: Operated) -> None:
    items = [
        variable("OCPPCommCtrlr", "HeartbeatInterval", attributeValue="44"),
        variable("AlignedDataCtrlr", "Measurands", attributeValue="SoC,Voltage"),
        variable("EVSE", "Power", attributeValue="1"),
        variable("OCPPCommCtrlr", "HeartbeatInterval", attributeValue="44", attributeType="Target"),
        variable("SecurityCtrlr", "BasicAuthPassword", attributeValue="correct horse battery"),
    ]
    items[2]["component"]["evse"] = {"id": 1}
    results = operated.order("SetVariables", {"setVariableData": items})["setVariableResult"]
    expected = ["Accepted", "Accepted", "Rejected", "NotSupportedAttributeType", "Accepted"]
    assert [result["attributeStatus"] for result in results] == expected
    assert results[2]["component"] == {"name": "EVSE", "evse": {"id": 1}}
    asked = [variable("ocppcommctrlr", "heartbeatinterval"), variable("SecurityCtrlr", "BasicAuthPassword")]
    got = operated.order("GetVariables", {"getVariableData": asked})["getVariableResult"]
    assert (got[0]["attributeStatus"], got[0]["attributeValue"]) == ("Accepted", "44")
    assert got[1]["attributeStatus"] == "Rejected"
    assert "attributeValue" not in got[1]


@two_x
@pytest.mark.parametrize(
    ("base", "some", "other"),
    [
        ("FullInventory", "HeartbeatInterval", "NoSuchVariable"),
        ("ConfigurationInventory", "HeartbeatInterval", "SupplyPhases"),
        ("SummaryInventory", "AvailabilityState", "HeartbeatInterval"),
    ],
)
def test_a_base_report_comes_in_numbered_parts(operated: Operated, base: str, some: str, other: str) -> None:
    assert operated.order("GetBaseReport", {"requestId": 12, "reportBase": base}) == {"status": "Accepted"}
    parts = [said.payload for said in operated.told("NotifyReport")]
    assert [part["seqNo"] for part in parts] == list(range(len(parts)))
    assert [part["tbc"] for part in parts] == [True] * (len(parts) - 1) + [False]
    assert {part["requestId"] for part in parts} == {12}
    names = {item["variable"]["name"] for part in parts for item in part["reportData"]}
    assert some in names
    assert other not in names


@two_x
def test_the_report_has_the_state_of_a_connector_and_hides_the_password(operated: Operated) -> None:
    operated.order("ChangeAvailability", {"evse": {"id": 2}, "operationalStatus": "Inoperative"})
    operated.order("GetBaseReport", {"requestId": 1, "reportBase": "FullInventory"})
    items = [item for said in operated.told("NotifyReport") for item in said.payload["reportData"]]
    states = {
        item["component"]["evse"]["id"]: item["variableAttribute"][0]["value"]
        for item in items
        if item["component"]["name"] == "Connector" and item["variable"]["name"] == "AvailabilityState"
    }
    assert states == {1: "Available", 2: "Unavailable"}
    (password,) = [item for item in items if item["variable"]["name"] == "BasicAuthPassword"]
    assert "value" not in password["variableAttribute"][0]


@two_x
def test_a_report_of_selected_variables(operated: Operated) -> None:
    def ask(**criteria: Any) -> list[tuple[str, str]]:
        operated.bench.said.clear()
        answer = operated.order("GetReport", {"requestId": 3, **criteria})
        found = [item for said in operated.told("NotifyReport") for item in said.payload["reportData"]]
        assert answer == {"status": "Accepted" if found else "EmptyResultSet"}
        return [(item["component"]["name"], item["variable"]["name"]) for item in found]

    assert ask(componentVariable=[variable("TxCtrlr", "TxStartPoint")]) == [("TxCtrlr", "TxStartPoint")]
    assert set(ask(componentVariable=[{"component": {"name": "TxCtrlr"}}])) > {("TxCtrlr", "TxStartPoint")}
    evse = {"component": {"name": "EVSE", "evse": {"id": 2}}}
    assert {component for component, _ in ask(componentVariable=[evse])} == {"EVSE"}
    assert ask(componentVariable=[{"component": {"name": "NoSuchCtrlr"}}]) == []
    assert ask(componentCriteria=["Problem"]) == []
    assert len(ask(componentCriteria=["Active", "Problem"])) > 40


def monitor(name: str = "HeartbeatInterval", **more: Any) -> dict[str, Any]:
    return {**variable("OCPPCommCtrlr", name), "value": 10, "type": "UpperThreshold", "severity": 4, **more}


@two_x
def test_monitors_are_set_reported_and_cleared(operated: Operated) -> None:
    items = [
        monitor(),
        monitor(),
        monitor("NoSuchVariable"),
        monitor("QueueAllMessages"),
        monitor(type="Delta", value=-1),
        monitor(type="Periodic"),
        monitor(id=99),
    ]
    results = operated.order("SetVariableMonitoring", {"setMonitoringData": items})["setMonitoringResult"]
    expected = ["Accepted", "Duplicate", "UnknownVariable", "Rejected", "Rejected", "Accepted", "Rejected"]
    assert [result["status"] for result in results] == expected
    assert [result.get("id") for result in results] == [1, None, None, None, None, 2, None]
    replaced = operated.order("SetVariableMonitoring", {"setMonitoringData": [monitor(id=1, value=20)]})
    assert replaced["setMonitoringResult"][0]["status"] == "Accepted"

    assert operated.order("GetMonitoringReport", {"requestId": 8}) == {"status": "Accepted"}
    (report,) = operated.told("NotifyMonitoringReport")
    told = [item["variableMonitoring"][0] for item in report.payload["monitor"]]
    assert [(m["id"], m["value"]) for m in told] == [(1, 20), (2, 10)]

    narrow = {"requestId": 9, "monitoringCriteria": ["DeltaMonitoring"]}
    assert operated.order("GetMonitoringReport", narrow) == {"status": "EmptyResultSet"}
    by_place = {"requestId": 9, "componentVariable": [{"component": {"name": "TxCtrlr"}}]}
    assert operated.order("GetMonitoringReport", by_place) == {"status": "EmptyResultSet"}

    cleared = operated.order("ClearVariableMonitoring", {"id": [1, 5]})["clearMonitoringResult"]
    assert cleared == [{"id": 1, "status": "Accepted"}, {"id": 5, "status": "NotFound"}]
    operated.order("SetMonitoringBase", {"monitoringBase": "All"})
    assert operated.order("GetMonitoringReport", {"requestId": 10}) == {"status": "Accepted"}
    operated.order("SetMonitoringBase", {"monitoringBase": "HardWiredOnly"})
    assert operated.order("GetMonitoringReport", {"requestId": 11}) == {"status": "EmptyResultSet"}


def local_list(version: Version, number: int, kind: str, *entries: tuple[str, str | None]) -> dict[str, Any]:
    if version is V16:
        items = [{"idTag": tag, **({"idTagInfo": {"status": info}} if info else {})} for tag, info in entries]
    else:
        items = [
            {"idToken": {"idToken": tag, "type": "Central"}, **({"idTokenInfo": {"status": info}} if info else {})}
            for tag, info in entries
        ]
    key = "listVersion" if version is V16 else "versionNumber"
    return {key: number, "updateType": kind, **({"localAuthorizationList": items} if items else {})}


def test_the_local_list(operated: Operated) -> None:
    version = operated.version
    key = "listVersion" if version is V16 else "versionNumber"
    assert operated.order("GetLocalListVersion") == {key: 0}
    full = local_list(version, 5, "Full", ("A", "Accepted"), ("B", "Blocked"))
    assert operated.order("SendLocalList", full) == {"status": "Accepted"}
    assert operated.order("GetLocalListVersion") == {key: 5}
    old = local_list(version, 5, "Differential", ("C", "Accepted"))
    assert operated.order("SendLocalList", old) == {"status": "VersionMismatch"}
    new = local_list(version, 6, "Differential", ("a", None), ("C", "Accepted"))
    assert operated.order("SendLocalList", new) == {"status": "Accepted"}
    assert set(operated.charge_point.device.authorizer.local_list) == {"b", "c"}
    operated.order("SendLocalList", local_list(version, 7, "Full"))
    # 1.6 section 5.10: 0 means that the list is empty. 2.x D02.FR.01, D02.FR.03: only that there is none.
    assert operated.order("GetLocalListVersion") == {key: 0 if version is V16 else 7}


def variables_of(operated: Operated) -> dict[tuple[str, str, str], dict[str, Any]]:
    """Everything in the full inventory."""
    operated.order("GetBaseReport", {"requestId": 5, "reportBase": "FullInventory"}, 30)
    reported = [item for said in operated.told("NotifyReport") for item in said.payload["reportData"]]
    return {
        (item["component"]["name"], item["variable"]["name"], item["variable"].get("instance", "")): item
        for item in reported
    }


REQUIRED = [
    ("ClockCtrlr", "DateTime", ""),
    ("DeviceDataCtrlr", "BytesPerMessage", "GetReport"),
    ("DeviceDataCtrlr", "BytesPerMessage", "GetVariables"),
    ("DeviceDataCtrlr", "BytesPerMessage", "SetVariables"),
    ("SampledDataCtrlr", "TxEndedInterval", ""),
    ("SampledDataCtrlr", "TxStartedMeasurands", ""),
    ("AlignedDataCtrlr", "TxEndedInterval", ""),
    ("SecurityCtrlr", "CertificateEntries", ""),
    ("LocalAuthListCtrlr", "Entries", ""),
    ("LocalAuthListCtrlr", "BytesPerMessage", ""),
    ("MonitoringCtrlr", "ItemsPerMessage", "SetVariableMonitoring"),
    ("MonitoringCtrlr", "BytesPerMessage", "SetVariableMonitoring"),
    ("SmartChargingCtrlr", "LimitChangeSignificance", ""),
    ("ChargingStation", "Available", ""),
    ("EVSE", "Available", ""),
    ("Connector", "Available", ""),
    ("DisplayMessageCtrlr", "DisplayMessages", ""),
    ("TariffCostCtrlr", "Currency", ""),
]
"""Variables that the standard requires of the components that are there (2.0.1 Part 2 appendix 3.2)."""


@pytest.mark.parametrize("version", [V201, V21])
def test_the_device_model_is_complete_for_its_components(operate: Operate, version: Version) -> None:
    operated = operate(version)
    found = variables_of(operated)
    assert [name for name in REQUIRED if name not in found] == []
    lists = {
        name: item["variableCharacteristics"].get("valuesList", "")
        for name, item in found.items()
        if item["variableCharacteristics"]["dataType"] in ("OptionList", "MemberList", "SequenceList")
    }
    assert [name for name, values in lists.items() if not values] == []
    for name, values in lists.items():
        shown = found[name]["variableAttribute"][0].get("value", "")
        assert set(filter(None, shown.split(","))) <= set(values.split(",")), name


@pytest.mark.parametrize("version", [V201, V21])
def test_what_counts_and_tells_the_time_is_up_to_date(operate: Operate, version: Version) -> None:
    operated = operate(version)
    operated.order("SendLocalList", local_list(version, 5, "Full", ("A", "Accepted"), ("B", "Blocked")))
    found = variables_of(operated)

    def value(*name: str) -> str:
        shown: str = found[name[0], name[1], ""]["variableAttribute"][0]["value"]
        return shown

    assert value("LocalAuthListCtrlr", "Entries") == "2"
    assert value("ClockCtrlr", "DateTime").startswith("2026-11-22T10:0")


@pytest.mark.parametrize("version", [V201, V21])
@pytest.mark.parametrize(
    ("criterion", "is_reported"), [("Enabled", False), ("Available", True), ("Active", True), ("Problem", False)]
)
def test_a_report_has_the_components_that_meet_the_criteria(
    operate: Operate, version: Version, criterion: str, is_reported: bool
) -> None:
    """B08.FR.09: a component that says that it is not enabled is not."""
    operated = operate(version)
    operated.order(
        "SetVariables", {"setVariableData": [variable("ReservationCtrlr", "Enabled", attributeValue="false")]}
    )
    answer = operated.order("GetReport", {"requestId": 1, "componentCriteria": [criterion]}, 30)
    parts = [said.payload["reportData"] for said in operated.told("NotifyReport")]
    found = {item["component"]["name"] for part in parts for item in part}
    assert ("ReservationCtrlr" in found) is is_reported
    assert ("ClockCtrlr" in found) is (criterion != "Problem")
    assert answer["status"] == ("EmptyResultSet" if criterion == "Problem" else "Accepted")


@pytest.mark.parametrize("number", [0, -1])
def test_a_local_list_without_a_version_fails(operated: Operated, number: int) -> None:
    """Those numbers say that there is no list (1.6 section 5.10, 2.x D01.FR.18)."""
    request = local_list(operated.version, number, "Full", ("A", "Accepted"))
    assert operated.order("SendLocalList", request) == {"status": "Failed"}


def test_a_list_with_more_items_than_fit_into_a_message_fails(operated: Operated) -> None:
    """1.6 SendLocalListMaxLength, 2.x LocalAuthListCtrlr.ItemsPerMessage."""
    entries = [(f"T{number}", "Accepted") for number in range(101)]
    assert operated.order("SendLocalList", local_list(operated.version, 1, "Full", *entries)) == {"status": "Failed"}
    assert operated.order("SendLocalList", local_list(operated.version, 1, "Full", *entries[:100])) == {
        "status": "Accepted"
    }


@pytest.mark.parametrize("version", [V201, V21])
def test_what_is_switched_off_refuses(operate: Operate, version: Version) -> None:
    """2.x C11.FR.04, H01.FR.01, D02.FR.03, N04: Accepted would promise an effect."""
    operated = operate(version)
    for component in ("AuthCacheCtrlr", "ReservationCtrlr", "LocalAuthListCtrlr", "MonitoringCtrlr"):
        item = {"component": {"name": component}, "variable": {"name": "Enabled"}, "attributeValue": "false"}
        operated.order("SetVariables", {"setVariableData": [item]})
    assert operated.order("ClearCache") == {"status": "Rejected"}
    token = {"idToken": "A", "type": "Central"}
    reservation = {"id": 1, "expiryDateTime": "2026-11-22T12:00:00Z", "evseId": 1, "idToken": token}
    assert operated.order("ReserveNow", reservation)["status"] == "Rejected"
    assert operated.order("SendLocalList", local_list(version, 5, "Full", ("A", "Accepted")))["status"] == "Failed"
    assert operated.order("GetLocalListVersion") == {"versionNumber": 0}
    monitor: dict[str, Any] = {"value": 1, "type": "Delta", "severity": 5, "component": {"name": "OCPPCommCtrlr"}}
    monitor["variable"] = {"name": "HeartbeatInterval"}
    result = operated.order("SetVariableMonitoring", {"setMonitoringData": [monitor]})
    assert result["setMonitoringResult"][0]["status"] == "Rejected"


@pytest.mark.parametrize("version", [V201, V21])
def test_a_list_with_a_token_twice_fails(operate: Operate, version: Version) -> None:
    """2.x D01.FR.06."""
    operated = operate(version)
    twice = local_list(version, 5, "Full", ("A", "Accepted"), ("a", "Blocked"))
    assert operated.order("SendLocalList", twice)["status"] == "Failed"
    assert operated.order("GetLocalListVersion") == {"versionNumber": 0}


def passwords(operated: Operated) -> list[tuple[str | None, bool]]:
    """The passwords that the charge point wanted to connect with."""
    tried = [effect.plans for effect in operated.bench.outside if isinstance(effect, ConnectWith)]
    return [(plan.password, plan.is_hexadecimal) for [plan] in tried]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("ab" * 16, "Accepted"),
        ("AB" * 20, "Accepted"),
        ("ab" * 15, "Rejected"),
        ("zz" * 16, "Rejected"),
        ("", "Rejected"),
    ],
)
def test_a_new_authorization_key_is_used_or_refused(operate: Operate, value: str, expected: str) -> None:
    """Security whitepaper A01: accepted and not used, the charge point would be locked out."""
    operated = operate(V16)
    assert operated.order("ChangeConfiguration", {"key": "AuthorizationKey", "value": value}) == {"status": expected}
    used = [(value, True)] if expected == "Accepted" else []
    assert passwords(operated) == used
    assert operated.bench.closures == len(used)
    operated.bench.run(600)
    assert not operated.told("BootNotification")


@pytest.mark.parametrize("version", [V201, V21])
@pytest.mark.parametrize(
    ("length", "expected"), [(16, "Accepted"), (40, "Accepted"), (15, "Rejected"), (41, "Rejected")]
)
def test_a_new_password_is_used_or_refused(operate: Operate, version: Version, length: int, expected: str) -> None:
    operated = operate(version)
    place = {"component": {"name": "SecurityCtrlr"}, "variable": {"name": "BasicAuthPassword"}}
    request = {"setVariableData": [{**place, "attributeValue": "p" * length}]}
    (result,) = operated.order("SetVariables", request)["setVariableResult"]
    assert result["attributeStatus"] == expected
    assert passwords(operated) == ([("p" * length, False)] if expected == "Accepted" else [])


def test_the_security_profile_is_not_changed_by_a_key(operate: Operate) -> None:
    operated = operate(V16)
    assert operated.order("ChangeConfiguration", {"key": "SecurityProfile", "value": "7"}) == {"status": "Rejected"}


@pytest.mark.parametrize(
    ("version", "action", "request_"),
    [
        (V21, "RequestBatterySwap", {"requestId": 1, "idToken": {"idToken": "A", "type": "Central"}}),
        (V21, "AFRRSignal", {"timestamp": "2026-11-22T10:00:00Z", "signal": 1}),
    ],
)
def test_what_it_cannot_do_is_refused(
    operate: Operate, version: Version, action: str, request_: dict[str, Any]
) -> None:
    operated = operate(version)
    assert operated.order(action, request_) == {"status": "Rejected"}


@pytest.mark.parametrize("version", [V201, V21])
def test_a_network_profile_is_refused(operate: Operate, version: Version) -> None:
    """It would have to be used after the next reset (B09.FR.05)."""
    data = {
        "ocppVersion": "OCPP20",
        "ocppTransport": "JSON",
        "ocppCsmsUrl": "wss://a/b",
        "messageTimeout": 30,
        "securityProfile": 1,
        "ocppInterface": "Wired0",
    }
    request = {"configurationSlot": 1, "connectionData": data}
    assert operate(version).order("SetNetworkProfile", request)["status"] == "Rejected"
