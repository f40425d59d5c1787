"""The table of keys and variables. If these fail, 1.6 and 2.x see two different charge points, or none."""

from __future__ import annotations

import pytest

from ocpptui.ocpp.schema import Part, field_tree
from ocpptui.ocpp.standard_settings import Access, Setting, settings
from ocpptui.ocpp.version import Version
from ocpptui.simulator.configuration import Configuration, Place


@pytest.fixture
def configuration() -> Configuration:
    return Configuration(settings(3, vendor="V", serial="S", heartbeat_interval=77, meter_interval=0))


def test_no_key_and_no_variable_is_listed_twice() -> None:
    rows = settings(3)
    keys = [row.key.lower() for row in rows if row.key]
    places = [(r.component, r.variable, r.instance, r.evse, r.connector) for r in rows if r.component]
    assert len(keys) == len(set(keys))
    assert len(places) == len(set(places))
    assert all(row.key or row.component for row in rows)


def test_the_core_profile_of_1_6_is_complete(configuration: Configuration) -> None:
    """The required keys of 1.6 section 9.1."""
    required = [
        "AuthorizeRemoteTxRequests",
        "ClockAlignedDataInterval",
        "ConnectionTimeOut",
        "GetConfigurationMaxKeys",
        "HeartbeatInterval",
        "LocalAuthorizeOffline",
        "LocalPreAuthorize",
        "MeterValuesAlignedData",
        "MeterValuesSampledData",
        "MeterValueSampleInterval",
        "NumberOfConnectors",
        "ResetRetries",
        "ConnectorPhaseRotation",
        "StopTransactionOnEVSideDisconnect",
        "StopTransactionOnInvalidId",
        "StopTxnAlignedData",
        "StopTxnSampledData",
        "SupportedFeatureProfiles",
        "TransactionMessageAttempts",
        "TransactionMessageRetryInterval",
        "UnlockConnectorOnEVSideDisconnect",
        "LocalAuthListEnabled",
        "LocalAuthListMaxLength",
        "SendLocalListMaxLength",
        "ChargeProfileMaxStackLevel",
        "ChargingScheduleAllowedChargingRateUnit",
        "ChargingScheduleMaxPeriods",
        "MaxChargingProfilesInstalled",
    ]
    assert set(required) <= {setting.key for setting in configuration.readable()}


def test_a_key_and_its_variable_share_one_value(configuration: Configuration) -> None:
    by_key = configuration.by_key("HEARTBEATINTERVAL")
    by_place = configuration.by_place(Place("ocppcommctrlr", "heartbeatinterval"))
    assert by_key is not None
    assert by_key is by_place
    assert configuration.integer("HeartbeatInterval") == 77
    configuration.set(by_key, "5")
    assert configuration.integer("HeartbeatInterval") == 5


def test_the_identity_of_the_charge_point_is_in_the_configuration(configuration: Configuration) -> None:
    assert configuration.integer("NumberOfConnectors") == 3
    assert configuration.integer("MeterValueSampleInterval") == 0
    vendor = configuration.by_place(Place("ChargingStation", "VendorName"))
    assert vendor is not None
    assert configuration.value(vendor) == "V"
    assert configuration.has_component(Place("EVSE", "Anything", "", 3))
    assert not configuration.has_component(Place("EVSE", "Anything", "", 4))


def test_a_missing_key_has_an_empty_value(configuration: Configuration) -> None:
    assert configuration.integer("NoSuchKey") == 0
    assert configuration.flag("NoSuchKey") is False
    assert configuration.names("NoSuchKey") == []
    assert configuration.by_place(Place("NoSuch", "Thing")) is None


def test_names_are_the_members_of_a_list(configuration: Configuration) -> None:
    sampled = configuration.by_key("MeterValuesSampledData")
    assert sampled is not None
    configuration.set(sampled, " Voltage, ,SoC ")
    assert configuration.names("MeterValuesSampledData") == ["Voltage", "SoC"]


@pytest.mark.parametrize(
    ("data_type", "good", "bad"),
    [("integer", "0", "1.5"), ("integer", "4711", "٣"), ("boolean", "True", "yes"), ("string", "", "x" * 501)],
)
def test_a_value_must_have_the_type_of_its_row(data_type: str, good: str, bad: str) -> None:
    row = Setting("K", "", "", data_type=data_type)
    assert row.accepts(good)
    assert not row.accepts(bad)


def test_types_and_access_are_named_as_in_2_x() -> None:
    tree = field_tree(Version.V201, "NotifyReport", Part.REQUEST)
    assert tree is not None
    data = tree.child("reportData")
    assert data is not None
    assert data.item is not None
    characteristics, attributes = data.item.child("variableCharacteristics"), data.item.child("variableAttribute")
    assert characteristics is not None
    assert attributes is not None
    assert attributes.item is not None
    data_type, mutability = characteristics.child("dataType"), attributes.item.child("mutability")
    assert data_type is not None
    assert mutability is not None
    assert {row.data_type for row in settings()} <= set(data_type.enum)
    assert {access.value for access in Access} == set(mutability.enum)
