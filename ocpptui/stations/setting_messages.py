"""What messages say of settings: configuration keys of 1.x, and attributes of the variables of 2.x.

The version is recognised by the shape of the payloads. Source: OCPP 1.6 sections 5.3 and 5.8, OCPP 2.0.1 and 2.1 Part 2
use cases B05 to B08 and N07.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from ocpptui.ocpp.payload import measured_at, objects_at, shown_text, value_at
from ocpptui.ocpp.setting_place import ACTUAL, SettingPlace, variable_named_in
from ocpptui.ocpp.standard_settings import Access


def refuses(status: str) -> bool:
    """Whether the status of an answer to a change refuses it; an empty one is not an answer."""
    return status not in ("", "Accepted", "RebootRequired")


class Characteristics(NamedTuple):
    """The VariableCharacteristics of a variable of 2.x; empty or None is unknown."""

    data_type: str = ""
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    members: tuple[str, ...] = ()


class SettingNews(NamedTuple):
    """What a message says of one setting."""

    place: SettingPlace
    value: str | None
    """None if the charge point does not show it."""
    status: str = ""
    """The answer to a change, for example Rejected; empty if the setting was read or reported."""
    access: Access | None = None
    characteristics: Characteristics | None = None

    @property
    def is_refused(self) -> bool:
        return refuses(self.status)


def exchange_news(request: Any, result: Any) -> Iterator[SettingNews]:
    """What GetConfiguration, ChangeConfiguration, GetVariables and SetVariables say with their answers."""
    for entry in objects_at(result, "configurationKey"):
        read_only = value_at(entry, "readonly")
        access = (Access.READ_ONLY if read_only else Access.READ_WRITE) if isinstance(read_only, bool) else None
        value = shown_text(entry, "value") if "value" in entry else None
        yield SettingNews(SettingPlace(shown_text(entry, "key")), value, access=access)
    for entry in objects_at(result, "getVariableResult"):
        if shown_text(entry, "attributeStatus") == "Accepted":
            yield SettingNews(_attribute(entry, "attributeType"), shown_text(entry, "attributeValue"))
    answers = {
        _attribute(entry, "attributeType"): shown_text(entry, "attributeStatus")
        for entry in objects_at(result, "setVariableResult")
    }
    for entry in objects_at(request, "setVariableData"):
        place = _attribute(entry, "attributeType")
        if status := answers.get(place):
            yield SettingNews(place, shown_text(entry, "attributeValue"), status)
    is_change = value_at(request, "key") is not None and value_at(request, "value") is not None
    if is_change and (status := shown_text(result, "status")):
        yield SettingNews(SettingPlace(shown_text(request, "key")), shown_text(request, "value"), status)


def report_news(payload: Any) -> Iterator[SettingNews]:
    """What a NotifyReport says: each attribute, which may lack a value."""
    for entry in objects_at(payload, "reportData"):
        characteristics = _characteristics(value_at(entry, "variableCharacteristics"))
        for attribute in objects_at(entry, "variableAttribute"):
            text = shown_text(attribute, "mutability")
            access = Access(text) if text in _ACCESSES else None
            value = shown_text(attribute, "value") if isinstance(value_at(attribute, "value"), str) else None
            place = variable_named_in(entry, shown_text(attribute, "type"))
            yield SettingNews(place, value, access=access, characteristics=characteristics)


def event_news(payload: Any) -> Iterator[SettingNews]:
    """What a NotifyEvent says: the actual values of variables."""
    for entry in objects_at(payload, "eventData"):
        if isinstance(value_at(entry, "actualValue"), str):
            yield SettingNews(variable_named_in(entry), shown_text(entry, "actualValue"))


def settings_in(request: Any, result: Any) -> Iterator[tuple[str, str | None, bool]]:
    """The settings that an exchange reads or sets successfully: name, value and whether it is in force at once.

    A setting that needs a reboot is not in force. The value is None if the charge point does not show it.
    """
    for news in exchange_news(request, result):
        if news.place.attribute == ACTUAL and not news.is_refused:
            yield str(news.place), news.value, news.status != "RebootRequired"


def settings_reported(payload: Any) -> Iterator[tuple[str, str]]:
    """The settings in a NotifyReport: name and value."""
    for news in report_news(payload):
        if news.place.attribute == ACTUAL and news.value is not None:
            yield str(news.place), news.value


def _attribute(entry: Any, key: str) -> SettingPlace:
    return variable_named_in(entry, shown_text(entry, key))


def _characteristics(payload: Any) -> Characteristics:
    listed = shown_text(payload, "valuesList")
    return Characteristics(
        shown_text(payload, "dataType"),
        shown_text(payload, "unit"),
        measured_at(payload, "minLimit"),
        measured_at(payload, "maxLimit"),
        tuple(dict.fromkeys(item.strip() for item in listed.split(",") if item.strip())),
    )


_ACCESSES = frozenset(access.value for access in Access)
