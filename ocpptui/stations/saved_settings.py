"""The settings of a charge point as a file in TOML, which can be compared with those of another one, and applied.

    charge-point = "CP001"
    version = "1.6"

    [[settings]]
    key = "HeartbeatInterval"
    value = "300"

In 2.x an entry has `component` and `variable`, and where they differ from nothing `component-instance`, `evse`,
`connector`, `instance` and `attribute`. An entry without a value is a secret, one that the charge point does not
show, or no text that UTF-8 can hold.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any, NamedTuple

from ocpptui.jsontext.unsafe_characters import UNSAFE
from ocpptui.ocpp.fact_lookup import fact_of
from ocpptui.ocpp.secret_names import is_masked, is_secret_setting
from ocpptui.ocpp.setting_place import ACTUAL, SettingPlace
from ocpptui.ocpp.standard_settings import Access
from ocpptui.stations.known_settings import MOST_SETTINGS, KnownSetting
from ocpptui.stations.state import ChargePointState

LARGEST_FILE = 3_000_000
"""Bytes of a file that is read."""


class WrongSettingsFile(Exception):
    """A file is not a table of settings; the text says why."""


class SavedSetting(NamedTuple):
    """One entry of a file."""

    place: SettingPlace
    value: str | None
    access: Access | None = None


class SavedSettings(NamedTuple):
    """What a file has."""

    charge_point: str
    settings: tuple[SavedSetting, ...]


def settings_text(known: ChargePointState) -> str:
    """The file of what is known of a charge point."""
    lines = [f"charge-point = {_quoted(known.identity)}"]
    if known.version is not None:
        lines.append(f"version = {_quoted(str(known.version))}")
    for one in known.settings:
        if one.is_known and not _is_broken(str(one.place)):
            lines += ["", *_entry(one)]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A basic string of TOML, with an escape for each character that a terminal obeys or hides."""
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{UNSAFE.sub(_escape, plain)}"'


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\U{0xFFFD if _is_broken(found[0]) else code:08x}"


def _is_broken(text: str) -> bool:
    """Whether there are lone surrogates in a text. A JSON escape can carry them, TOML has none."""
    return any("\ud800" <= character <= "\udfff" for character in text)


def _entry(known: KnownSetting) -> Iterator[str]:
    place, fact = known.place, fact_of(known.place)
    if fact is not None:
        yield f"# {fact.meaning}."
    yield "[[settings]]"
    if place.component:
        yield f"component = {_quoted(place.component)}"
        if place.component_instance:
            yield f"component-instance = {_quoted(place.component_instance)}"
        if place.evse is not None:
            yield f"evse = {place.evse}"
        if place.connector is not None:
            yield f"connector = {place.connector}"
        yield f"variable = {_quoted(place.name)}"
        if place.instance:
            yield f"instance = {_quoted(place.instance)}"
        if place.attribute != ACTUAL:
            yield f"attribute = {_quoted(place.attribute)}"
    else:
        yield f"key = {_quoted(place.name)}"
    has_value = known.value is not None and not is_masked(known.value) and not is_secret_setting(place.name)
    if has_value and known.value is not None and not _is_broken(known.value):
        yield f"value = {_quoted(known.value)}"
    if known.access is not None:
        yield f"access = {_quoted(known.access.value)}"


def saved_settings(text: str) -> SavedSettings:
    """Read such a file. Raises WrongSettingsFile."""
    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise WrongSettingsFile(f"It is not valid TOML: {error}") from None
    entries = content.get("settings")
    if not isinstance(entries, list) or not entries:
        raise WrongSettingsFile("It has no [[settings]]: write one from the table with w to see how it is made.")
    if len(entries) > MOST_SETTINGS:
        raise WrongSettingsFile(f"It has {len(entries):,} settings; at most {MOST_SETTINGS:,} are read.")
    found = tuple(_setting(entry, number) for number, entry in enumerate(entries, 1))
    places = [one.place.folded for one in found]
    twice = next((one.place for one in found if places.count(one.place.folded) > 1), None) if _repeats(places) else None
    if twice is not None:
        raise WrongSettingsFile(f"It has {twice} twice.")
    name = content.get("charge-point", "")
    return SavedSettings(name if isinstance(name, str) else "", found)


def _repeats(places: list[SettingPlace]) -> bool:
    return len(set(places)) != len(places)


def _setting(entry: Any, number: int) -> SavedSetting:
    if not isinstance(entry, dict):
        raise WrongSettingsFile(f"Setting {number} is not a table.")
    unknown = next((name for name in entry if name not in _NAMES), None)
    if unknown is not None:
        raise WrongSettingsFile(f"Setting {number} has {unknown}, which means nothing here.")
    key, component, variable = (_text(entry, name, number) for name in ("key", "component", "variable"))
    if bool(key) == bool(component and variable) or (key and (component or variable)):
        raise WrongSettingsFile(f"Setting {number} needs a key, or a component and a variable.")
    place = SettingPlace(
        key or variable or "",
        component or "",
        _text(entry, "component-instance", number) or "",
        _number(entry, "evse", number),
        _number(entry, "connector", number),
        _text(entry, "instance", number) or "",
        _text(entry, "attribute", number) or ACTUAL,
    )
    access = _text(entry, "access", number)
    if access is not None and access not in _ACCESSES:
        raise WrongSettingsFile(f"Setting {number} has the access {access}; it can be {', '.join(_ACCESSES)}.")
    return SavedSetting(place, _text(entry, "value", number), None if access is None else Access(access))


def _text(entry: dict[str, Any], name: str, number: int) -> str | None:
    value = entry.get(name)
    if value is not None and not isinstance(value, str):
        raise WrongSettingsFile(f"Setting {number}: {name} must be a text in quotes.")
    return value


def _number(entry: dict[str, Any], name: str, number: int) -> int | None:
    value = entry.get(name)
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 31):
        raise WrongSettingsFile(f"Setting {number}: {name} must be a whole number.")
    return value


_NAMES = frozenset(
    {"key", "component", "component-instance", "evse", "connector", "variable", "instance", "attribute"}
    | {"value", "access"}
)
_ACCESSES = tuple(access.value for access in Access)
