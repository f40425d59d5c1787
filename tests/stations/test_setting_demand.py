"""What a value has to be. If these fail, the editor offers the wrong choices or objects to what is right."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.ocpp.setting_fact import MEASURED
from ocpptui.ocpp.setting_place import SettingPlace
from ocpptui.stations.known_settings import KnownSetting
from ocpptui.stations.setting_demand import SettingDemand, demand_of, items_of
from ocpptui.stations.setting_messages import Characteristics

WHOLE = SettingDemand("integer", 0, 10)


@pytest.mark.parametrize(
    ("demand", "value", "objection"),
    [
        (WHOLE, "10", ""),
        (WHOLE, "11", "must be at most 10"),
        (WHOLE, "-1", "must be at least 0"),
        (WHOLE, "1.5", "must be a whole number"),
        (WHOLE, "", "must be a whole number"),
        (WHOLE, "1_0", "must be a whole number"),
        (WHOLE, "٣", "must be a whole number"),
        (SettingDemand("decimal"), "-1.5e1", ""),
        (SettingDemand("decimal"), "inf", "must be a number"),
        (SettingDemand("boolean"), "TRUE", ""),
        (SettingDemand("boolean"), "on", "must be true or false"),
        (SettingDemand("OptionList", members=("A", "B")), "C", "must be one of A, B"),
        (SettingDemand("OptionList"), "C", ""),
        (SettingDemand("MemberList", members=("A", "B")), "B, A", ""),
        (SettingDemand("MemberList", members=("A", "B")), "", ""),
        (SettingDemand("MemberList", members=("A", "B")), "A,C", "C is not among what it may have"),
        (SettingDemand("SequenceList", members=("A", "B")), "A,A", "has an item twice"),
        (SettingDemand("dateTime"), "2026-01-31T12:00:00Z", ""),
        (SettingDemand("dateTime"), "noon", "must be a date and time, such as 2026-01-31T12:00:00Z"),
        (SettingDemand(longest=3), "abcd", "at most 3 characters, not 4"),
        (SettingDemand("something"), "anything", ""),
    ],
)
def test_what_is_wrong_is_said(demand: SettingDemand, value: str, objection: str) -> None:
    assert demand.objection(value) == objection


@given(st.text(), st.sampled_from(["integer", "decimal", "boolean", "dateTime", "OptionList", "MemberList", "x"]))
def test_no_value_does_harm(value: str, data_type: str) -> None:
    assert isinstance(SettingDemand(data_type, 0, 1, ("A",)).objection(value), str)


def test_what_the_charge_point_says_counts_before_the_standard() -> None:
    place = SettingPlace("HeartbeatInterval", "OCPPCommCtrlr")
    said = KnownSetting(place, "60", characteristics=Characteristics("integer", "s", 10, 900))
    demand = demand_of(place, said)
    assert (demand.minimum, demand.maximum, demand.words("s")) == (10, 900, "whole number in s from 10 to 900")
    assert demand_of(place, KnownSetting(place, "60")).minimum == 0


def test_a_list_offers_what_a_vendor_has_added() -> None:
    """The value of a vendor would be lost when the list is edited."""
    place = SettingPlace("MeterValuesSampledData")
    demand = demand_of(place, KnownSetting(place, "Voltage,Vendor.Noise"))
    assert demand.takes_several and demand.members == (*MEASURED, "Vendor.Noise")
    assert demand.objection("Vendor.Noise,SoC") == ""


def test_the_list_of_a_variable_is_the_one_that_it_reports() -> None:
    place = SettingPlace("RateUnit", "SmartChargingCtrlr")
    known = KnownSetting(place, "A", characteristics=Characteristics("MemberList", members=("A",)))
    assert demand_of(place, known).members == ("A",)


def test_items_are_separated_by_commas() -> None:
    assert items_of(" a, b,,c ") == ["a", "b", "c"]
