"""What names a setting: a configuration key of 1.x, or an attribute of a variable of a component of 2.x.

Source: OCPP 1.6 section 9; OCPP 2.0.1 and 2.1 Part 1 section 4 (device model), and Part 2 section 2 ComponentType,
VariableType and AttributeEnumType.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from ocpptui.ocpp.payload import Payload, integer_at, shown_text, value_at

ACTUAL = "Actual"
"""The attribute that is meant where a message names none."""


class SettingPlace(NamedTuple):
    """The names of a setting, as the charge point writes them."""

    name: str
    """The key (1.x), or the name of the variable (2.x)."""
    component: str = ""
    """Empty in 1.x."""
    component_instance: str = ""
    evse: int | None = None
    connector: int | None = None
    instance: str = ""
    """Of the variable."""
    attribute: str = ACTUAL

    @property
    def folded(self) -> SettingPlace:
        """The same for comparisons: names are case-insensitive (1.6 CiString, 2.x identifierString)."""
        return self._replace(
            name=self.name.casefold(),
            component=self.component.casefold(),
            component_instance=self.component_instance.casefold(),
            instance=self.instance.casefold(),
        )

    @property
    def of_component(self) -> str:
        """The component as one name: `Connector@1.2`, with its instance in brackets; empty in 1.x."""
        place = ".".join(str(number) for number in (self.evse, self.connector) if number is not None)
        return f"{_with(self.component, self.component_instance)}{'@' + place if place else ''}"

    @property
    def of_variable(self) -> str:
        """The key or variable as one name, with its instance in brackets, and the attribute if it is not Actual."""
        kind = "" if self.attribute == ACTUAL else f" ({self.attribute})"
        return f"{_with(self.name, self.instance)}{kind}"

    def __str__(self) -> str:
        """`Component.Variable`, instances in brackets, EVSE and connector after `@`: `Connector@1.2.Available`."""
        return f"{self.of_component}.{self.of_variable}" if self.component else self.of_variable

    def as_payload(self) -> Payload:
        """The `component`, `variable` and, unless it is Actual, `attributeType` of an element of SetVariables."""
        component: Payload = {"name": self.component}
        if self.component_instance:
            component["instance"] = self.component_instance
        if self.evse is not None:
            component["evse"] = {"id": self.evse}
            if self.connector is not None:
                component["evse"]["connectorId"] = self.connector
        variable = {"name": self.name, **({"instance": self.instance} if self.instance else {})}
        kind = {} if self.attribute == ACTUAL else {"attributeType": self.attribute}
        return {"component": component, "variable": variable, **kind}


def variable_written_as(text: str) -> SettingPlace | None:
    """The variable that a text such as `Connector@1.2.Power[max]` names; None if it names none."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        return None
    evse, connector = (None if number is None else int(number) for number in found.group("evse", "connector"))
    return SettingPlace(
        found["name"],
        found["component"],
        found["of"] or "",
        evse,
        connector,
        found["instance"] or "",
        found["kind"] or ACTUAL,
    )


_WRITTEN = re.compile(
    r"(?P<component>[^][@.]{1,50})(?:\[(?P<of>[^][]{1,50})\])?(?:@(?P<evse>\d{1,9})(?:\.(?P<connector>\d{1,9}))?)?"
    r"\.(?P<name>[^][@.]{1,50}?)(?:\[(?P<instance>[^][]{1,50})\])?(?: \((?P<kind>Target|MinSet|MaxSet)\))?"
)


def _with(name: str, instance: str) -> str:
    return f"{name}[{instance}]" if instance else name


def variable_named_in(entry: Any, attribute: str = "") -> SettingPlace:
    """The place that the `component` and `variable` of an element of a 2.x message name, whatever the element is."""
    component, variable = value_at(entry, "component"), value_at(entry, "variable")
    return SettingPlace(
        shown_text(variable, "name"),
        shown_text(component, "name"),
        shown_text(component, "instance"),
        integer_at(component, "evse", "id"),
        integer_at(component, "evse", "connectorId"),
        shown_text(variable, "instance"),
        attribute or ACTUAL,
    )
