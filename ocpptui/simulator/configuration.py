"""The current configuration of the simulated charge point."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ocpptui.ocpp.standard_settings import Access, Setting


class Place(NamedTuple):
    """The component, EVSE and name of a 2.x variable; the comparison ignores case."""

    component: str
    variable: str
    instance: str = ""
    evse: int = 0
    connector: int = 0


class Configuration:
    """The current values of all settings."""

    def __init__(self, settings: tuple[Setting, ...]) -> None:
        self._settings = settings
        self._values = {setting: setting.default for setting in settings}
        self._by_key = {setting.key.lower(): setting for setting in settings if setting.key}
        self._by_place = {_fold(_place(setting)): setting for setting in settings if setting.component}
        self._components = {(p.component, p.evse, p.connector) for p in self._by_place}

    def by_key(self, key: str) -> Setting | None:
        """The setting for a 1.6 key; keys are case-insensitive (CiString)."""
        return self._by_key.get(key.lower())

    def by_place(self, place: Place) -> Setting | None:
        """The setting for a 2.x component and variable."""
        return self._by_place.get(_fold(place))

    def has_component(self, place: Place) -> bool:
        """Whether the component exists, with any variables."""
        folded = _fold(place)
        return (folded.component, folded.evse, folded.connector) in self._components

    def all(self) -> Iterator[Setting]:
        """Every setting."""
        return iter(self._settings)

    def readable(self) -> Iterator[Setting]:
        """The settings that GetConfiguration lists: the readable keys of 1.6."""
        return (s for s in self._settings if s.key and s.access is not Access.WRITE_ONLY)

    def variables(self) -> Iterator[Setting]:
        """The settings that a base report lists."""
        return (s for s in self._settings if s.component)

    def value(self, setting: Setting) -> str:
        return self._values[setting]

    def set(self, setting: Setting, value: str) -> None:
        self._values[setting] = value

    def integer(self, key: str) -> int:
        """The integer value of a 1.6 key; 0 if it is not an integer."""
        return self._integer(self.by_key(key))

    def number(self, component: str, variable: str) -> int:
        """The integer value of a 2.x variable; 0 if it is not an integer."""
        return self._integer(self.by_place(Place(component, variable)))

    def text(self, component: str, variable: str) -> str:
        """The value of a 2.x variable; empty if there is no such variable."""
        setting = self.by_place(Place(component, variable))
        return self._values[setting] if setting is not None else ""

    def flag(self, key: str) -> bool:
        """The boolean value of a 1.6 key."""
        setting = self.by_key(key)
        return setting is not None and self._values[setting].lower() == "true"

    def names(self, key: str) -> list[str]:
        """The items of the comma-separated value of a 1.6 key."""
        return self._items(self.by_key(key))

    def members(self, component: str, variable: str) -> list[str]:
        """The items of the comma-separated value of a 2.x variable."""
        return self._items(self.by_place(Place(component, variable)))

    def is_on(self, component: str, variable: str = "Enabled") -> bool:
        """The boolean value of a 2.x variable."""
        setting = self.by_place(Place(component, variable))
        return setting is not None and self._values[setting].lower() == "true"

    def _integer(self, setting: Setting | None) -> int:
        value = self._values[setting] if setting is not None else ""
        return int(value) if value.isdecimal() else 0

    def _items(self, setting: Setting | None) -> list[str]:
        value = self._values[setting] if setting is not None else ""
        return [name.strip() for name in value.split(",") if name.strip()]


def _place(setting: Setting) -> Place:
    return Place(setting.component, setting.variable, setting.instance, setting.evse, setting.connector)


def _fold(place: Place) -> Place:
    return Place(place.component.lower(), place.variable.lower(), place.instance.lower(), place.evse, place.connector)
