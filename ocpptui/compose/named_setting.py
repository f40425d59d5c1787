"""The fields of a message that name a setting, and the field of its new value.

They are the `key` and `value` of 1.x, and the `component`, `variable` and `attributeValue` of 2.x.
"""

from __future__ import annotations

from dataclasses import dataclass

from ocpptui.compose.draft import Draft, DraftNode, NodeKind
from ocpptui.jsontext.tree import tree_of, tree_value
from ocpptui.ocpp.examples import smallest
from ocpptui.ocpp.secret_names import MASK, is_masked
from ocpptui.ocpp.setting_fact import CHOICE, FLAG
from ocpptui.ocpp.setting_place import SettingPlace, variable_named_in
from ocpptui.ocpp.settings_by_version import standard_places
from ocpptui.ocpp.standard_settings import Access
from ocpptui.ocpp.version import Version
from ocpptui.remote_control.question import KnownValue
from ocpptui.stations.known_settings import KnownSetting, KnownSettings
from ocpptui.stations.setting_demand import SWITCH, SettingDemand, demand_of

LONGEST_NOTE = 30
"""Characters of a value that are shown beside the name of its setting."""
OF_THE_STANDARD = "of the standard"
"""Beside a setting that the charge point has not shown."""


@dataclass(frozen=True, slots=True)
class NamedSetting:
    """The fields around one that belongs to a setting."""

    around: DraftNode
    """The object with the names; the name itself if the message has nothing but a name."""
    value: DraftNode | None
    """The field of the new value, if the message sets one."""

    @property
    def place(self) -> SettingPlace:
        """What the names say now."""
        if self.around.kind is not NodeKind.OBJECT:
            return SettingPlace(self.around.edit_text)
        entry = tree_value(self.around.tree)
        if "component" in _names(self.around):
            return variable_named_in(entry, str(entry.get("attributeType", "")))
        return SettingPlace(str(entry.get("key", "")))

    def is_name(self, node: DraftNode) -> bool:
        """Whether a field is one of those that name the setting."""
        return node is self.around or (node is not self.value and _is_name(node, self.around))

    def take(self, draft: Draft, place: SettingPlace, now: int) -> None:
        """Name another setting."""
        if self.around.kind is not NodeKind.OBJECT:
            draft.set_text(self.around, place.name, now)
        elif place.component:
            payload = {"attributeType": None, **place.as_payload()}
            for child in self.around.children:
                if payload.get(child.name) is not None:
                    draft.set_tree(child, tree_of(payload[child.name]), now)
                elif child.name in payload and child.present:
                    draft.remove(child)
        else:
            draft.set_text(_names(self.around)["key"], place.name, now)

    def follow(self, draft: Draft, before: SettingPlace, settings: KnownSettings, now: int) -> None:
        """Put the value of the setting that is named now into the field of the value, unless the user has changed it.

        Before, the field had the value of the setting `before`, or an example.
        """
        value = self.value
        if value is None or self.place.folded == before.folded:
            return
        filled = {"", value_to_edit(settings.get(before)), str(smallest(value.field))}
        if not value.present or value.edit_text in filled:
            draft.set_text(value, value_to_edit(settings.get(self.place)), now)


def setting_around(node: DraftNode) -> NamedSetting | None:
    """The setting that a field belongs to."""
    if node.is_item and node.parent is not None and node.parent.name == "key":
        return NamedSetting(node, None)
    around: DraftNode | None = node
    while around is not None:
        names = _names(around)
        if "component" in names and "variable" in names:
            return NamedSetting(around, names.get("attributeValue"))
        if "key" in names and "value" in names:
            return NamedSetting(around, names["value"])
        around = around.parent
    return None


def value_around(node: DraftNode) -> NamedSetting | None:
    """The setting that a field is the new value of; None if it is another field."""
    named = setting_around(node) if node.name in ("value", "attributeValue") else None
    return named if named is not None and named.value is node else None


def settings_set_in(draft: Draft) -> list[NamedSetting]:
    """The settings that a message sets."""
    return [named for row in draft.all_rows() if (named := value_around(row.node)) is not None]


def setting_choices(
    node: DraftNode, settings: KnownSettings, version: Version | None
) -> dict[SettingPlace, KnownValue]:
    """The settings for a field that names one: those that the charge point showed, then those of the standard.

    Those of the named component come first in either. A value is only beside what was shown.
    """
    named = setting_around(node)
    if named is None or not named.is_name(node) or node.name not in ("", "key", "name"):
        return {}
    component = named.place.component.casefold()
    has_component = "component" in _names(named.around)
    is_variable = node.name == "name" and node.parent is not None and node.parent.name == "variable"

    def in_order(place: SettingPlace) -> tuple[bool, str]:
        return is_variable and place.component.casefold() != component, str(place)

    shown = [one for one in settings if one.is_known and bool(one.place.component) == has_component]
    choices = {one.place: KnownValue(str(one.place), _note(one)) for one in shown}
    choices |= {place: KnownValue(str(place), OF_THE_STANDARD) for place in further_places(settings, version)}
    order = sorted(choices, key=lambda place: (choices[place].note == OF_THE_STANDARD, in_order(place)))
    return {place: choices[place] for place in order if bool(place.component) == has_component}


def further_places(settings: KnownSettings, version: Version | None) -> list[SettingPlace]:
    """The settings of the standard that the charge point has not shown."""
    known = {one.place.folded for one in settings if one.is_known}
    return [place for place in standard_places(version) if place.folded not in known] if version is not None else []


def value_to_edit(setting: KnownSetting | None) -> str:
    """The value in force; empty if it is unknown or a secret."""
    value = setting.value if setting is not None else None
    return "" if value is None or is_masked(value) else value


def value_choices_of(named: NamedSetting, settings: KnownSettings) -> list[KnownValue]:
    """The values that a setting can have, if they are few: those of a flag or of a choice."""
    demand = _demand(named.place, settings)
    values = SWITCH if demand.data_type == FLAG else demand.members if demand.data_type == CHOICE else ()
    current = value_to_edit(settings.get(named.place))
    return [KnownValue(value, "now" if value == current else "") for value in values]


def change_note(named: NamedSetting, settings: KnownSettings) -> str:
    """How the new value of a setting differs from the one in force, and what is wrong with it: `300 → 60`."""
    node = named.value
    setting = settings.get(named.place)
    if node is None:
        return ""
    notes = []
    if setting is not None and setting.is_known and setting.value is not None and not is_masked(setting.value):
        same = not node.present or node.edit_text == setting.value
        old = setting.value or "empty"
        notes.append(f"now {old}" if same else f"{old} → {node.edit_text}")
    if setting is not None and setting.access is Access.READ_ONLY:
        notes.append("read-only")
    if node.present and (wrong := _demand(named.place, settings).objection(node.edit_text)):
        notes.append(wrong)
    return " · ".join(notes)


def _demand(place: SettingPlace, settings: KnownSettings) -> SettingDemand:
    return demand_of(place, settings.get(place))


def _note(setting: KnownSetting) -> str:
    value = value_to_edit(setting) or (MASK if setting.value else "")
    if len(value) > LONGEST_NOTE:
        value = f"{value[: LONGEST_NOTE - 1]}…"
    parts = [value, setting.characteristics.unit if value else ""]
    text = " ".join(part for part in parts if part)
    return f"{text} · read-only".lstrip(" ·") if setting.access is Access.READ_ONLY else text


def _names(node: DraftNode) -> dict[str, DraftNode]:
    return {child.name: child for child in node.children} if node.kind is NodeKind.OBJECT else {}


def _is_name(node: DraftNode | None, around: DraftNode) -> bool:
    """Whether a node is the key, the type of the attribute, or within the component or the variable."""
    while node is not None and node.parent is not around:
        node = node.parent
    return node is not None and node.name in ("key", "component", "variable", "attributeType")
