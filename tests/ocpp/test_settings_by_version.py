"""The settings that are offered are those of the version; else a charge point is asked for what it cannot have."""

from __future__ import annotations

import re

import ocpp.v16.enums
import ocpp.v201.enums

from ocpptui.ocpp.controller_facts import CONTROLLER_VARIABLES
from ocpptui.ocpp.fact_lookup import fact_of
from ocpptui.ocpp.key_facts import KEYS
from ocpptui.ocpp.setting_place import variable_written_as
from ocpptui.ocpp.settings_by_version import NEW_IN_21, ONLY_15, standard_places
from ocpptui.ocpp.version import Version

STATION = "ChargingStation"


def named(version: Version) -> set[tuple[str, str]]:
    return {(place.component, place.name) for place in standard_places(version)}


def test_each_has_a_meaning_and_its_name_names_it() -> None:
    for version in Version:
        places = standard_places(version)
        assert len(set(places)) == len(places)
        for place in places:
            assert fact_of(place) is not None, place
            assert not place.component or variable_written_as(str(place)) == place


def test_the_keys_are_those_that_another_library_knows() -> None:
    known = {key.value for key in ocpp.v16.enums.ConfigurationKey}
    offered = {name for _, name in named(Version.V16)}
    assert known <= offered
    assert offered == set(KEYS) - ONLY_15
    assert {name for _, name in named(Version.V15)} >= ONLY_15


def test_the_variables_of_2_0_1_are_those_that_another_library_knows() -> None:
    known = {
        (component.value, re.split(r"\W", variable.value)[0])
        for component in ocpp.v201.enums.ControllerComponentName
        for variable in getattr(ocpp.v201.enums, f"{component.value}VariableName", ())
    }
    offered = {one for one in named(Version.V201) if one[0] != STATION}
    of_a_car = {"Active", "Complete", "Problem", "Tripped"}
    assert {one for one in known - offered if one[1] not in of_a_car} == set()
    assert offered - known == set()


def test_those_of_2_1_are_more() -> None:
    assert named(Version.V201) < named(Version.V21)
    new = {(component, name) for component, names in NEW_IN_21.items() for name in names}
    assert new <= named(Version.V21)
    assert {component for component, _ in named(Version.V21)} == {*CONTROLLER_VARIABLES, STATION}
