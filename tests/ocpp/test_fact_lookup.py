"""What the standard says of its settings. If these fail, a technician has to look up in the specification what a row
means.
"""

from __future__ import annotations

import re

import ocpp.v16.enums
import ocpp.v201.enums
import pytest

from ocpptui.ocpp.component_facts import PHYSICAL_VARIABLES
from ocpptui.ocpp.controller_facts import CONTROLLER_VARIABLES
from ocpptui.ocpp.fact_lookup import fact_of
from ocpptui.ocpp.key_facts import KEYS
from ocpptui.ocpp.setting_place import SettingPlace
from ocpptui.ocpp.standard_settings import settings

NAME = re.compile(r"\w+")
ALL_FACTS = [
    *KEYS.items(),
    *PHYSICAL_VARIABLES.items(),
    *(one for variables in CONTROLLER_VARIABLES.values() for one in variables.items()),
]


@pytest.mark.parametrize("key", [key.value for key in ocpp.v16.enums.ConfigurationKey])
def test_every_key_that_another_library_knows_has_a_meaning(key: str) -> None:
    assert fact_of(SettingPlace(key)) is not None


@pytest.mark.parametrize(
    "component",
    [one.value for one in (*ocpp.v201.enums.ControllerComponentName, *ocpp.v201.enums.PhysicalComponentName)],
)
def test_every_variable_that_another_library_knows_has_a_meaning(component: str) -> None:
    """Their names may have an instance or an attribute behind them."""
    for variable in getattr(ocpp.v201.enums, f"{component}VariableName", ()):
        name = NAME.match(variable.value)
        assert name is not None
        assert fact_of(SettingPlace(name[0], component)) is not None, variable.value


def test_every_setting_of_a_simulated_charge_point_has_a_meaning_and_its_type() -> None:
    """The tables of the simulator and of the facts would contradict each other."""
    for setting in settings():
        found = [fact_of(SettingPlace(setting.key))] if setting.key else []
        found += [fact_of(SettingPlace(setting.variable, setting.component))] if setting.component else []
        for fact in found:
            if setting.key == "MessageTimeout" and fact is None:
                continue  # no key of the standard
            assert fact is not None, setting
            assert (fact.data_type, fact.unit) == (setting.data_type, setting.unit), setting


def test_every_fact_is_a_sentence_with_a_type() -> None:
    for name, fact in ALL_FACTS:
        assert fact.meaning[0].isupper() or fact.meaning[0].isdigit(), name
        assert not fact.meaning.endswith("."), name
        assert len(fact.meaning) < 100, name
    for component, variables in CONTROLLER_VARIABLES.items():
        for variable in variables:
            fact_with_type = fact_of(SettingPlace(variable, component))
            assert fact_with_type is not None and fact_with_type.data_type, (component, variable)
    for key in KEYS:
        typed = fact_of(SettingPlace(key))
        assert typed is not None and typed.data_type, key


def test_a_setting_is_found_whatever_the_case_of_its_names() -> None:
    """OCPP 1.5 writes HeartBeatInterval, and names compare in any case."""
    assert fact_of(SettingPlace("HeartBeatInterval")) == fact_of(SettingPlace("HeartbeatInterval"))
    assert fact_of(SettingPlace("AVAILABLE", "evse", evse=1)) == fact_of(SettingPlace("Available", "EVSE"))
    assert fact_of(SettingPlace("enabled", "smartchargingctrlr")) == fact_of(
        SettingPlace("Enabled", "SmartChargingCtrlr")
    )


def test_what_the_standard_does_not_name_has_no_meaning() -> None:
    """A guess would be taken for a fact."""
    for place in (SettingPlace("LightShow"), SettingPlace("LightShow", "OCPPCommCtrlr"), SettingPlace("Color")):
        assert fact_of(place) is None


def test_a_default_is_that_of_the_actual_value() -> None:
    assert fact_of(SettingPlace("Problem", "EVSE")) == PHYSICAL_VARIABLES["Problem"]
    target = fact_of(SettingPlace("Problem", "EVSE", attribute="Target"))
    assert target is not None and target.default is None
