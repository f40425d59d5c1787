"""What the standard says of a setting: its meaning, type, unit, limits and default, by its place."""

from __future__ import annotations

from functools import cache, lru_cache

from ocpptui.ocpp.component_facts import PHYSICAL_VARIABLES
from ocpptui.ocpp.controller_facts import CONTROLLER_VARIABLES, switch_fact
from ocpptui.ocpp.key_facts import KEYS
from ocpptui.ocpp.setting_fact import SettingFact
from ocpptui.ocpp.setting_place import ACTUAL, SettingPlace
from ocpptui.ocpp.standard_settings import Setting, settings


def fact_of(place: SettingPlace) -> SettingFact | None:
    """The fact of a setting, whatever the case of its names; None if the standard does not name it."""
    fact = _variable_fact(place.component, place.name) if place.component else _key_fact(place.name)
    if fact is not None and place.attribute != ACTUAL:
        return fact._replace(default=None)
    return fact


def _key_fact(key: str) -> SettingFact | None:
    fact = _keys().get(key.casefold())
    return None if fact is None else _typed(fact, _standard_keys().get(key.casefold()))


@lru_cache(maxsize=4096)
def _variable_fact(component: str, variable: str) -> SettingFact | None:
    names = component.casefold(), variable.casefold()
    setting, named = _standard_variables().get(names), _controllers().get(names[0])
    if named is None:
        fact = _physical().get(names[1])
    else:
        fact = named.get(names[1])
        if fact is None and setting is not None and setting.key:
            fact = KEYS[setting.key]._replace(members=(), default=None)
        fact = fact or switch_fact(_component_names()[names[0]], variable.capitalize()) or _physical().get(names[1])
    return None if fact is None else _typed(fact, setting)


def _typed(fact: SettingFact, setting: Setting | None) -> SettingFact:
    """With the type and the unit that `standard_settings` has."""
    if setting is None:
        return fact
    return fact._replace(
        data_type=fact.data_type or setting.data_type,
        unit=fact.unit or setting.unit,
        members=fact.members or setting.values,
    )


@cache
def _keys() -> dict[str, SettingFact]:
    return {key.casefold(): fact for key, fact in KEYS.items()}


@cache
def _controllers() -> dict[str, dict[str, SettingFact]]:
    return {
        component.casefold(): {name.casefold(): fact for name, fact in variables.items()}
        for component, variables in CONTROLLER_VARIABLES.items()
    }


@cache
def _component_names() -> dict[str, str]:
    return {component.casefold(): component for component in CONTROLLER_VARIABLES}


@cache
def _physical() -> dict[str, SettingFact]:
    return {name.casefold(): fact for name, fact in PHYSICAL_VARIABLES.items()}


@cache
def _standard_keys() -> dict[str, Setting]:
    return {one.key.casefold(): one for one in settings() if one.key}


@cache
def _standard_variables() -> dict[tuple[str, str], Setting]:
    return {(one.component.casefold(), one.variable.casefold()): one for one in settings() if one.component}
