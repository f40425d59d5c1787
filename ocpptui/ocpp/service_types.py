"""The types of OCPP-S: the two services of OCPP 1.2, 1.5 and 1.6, their operations, and what an element may contain.

`types_of_services/` beside this module has a file for each version, made by `tests/generate_service_types.py` from the
WSDLs of the Open Charge Alliance: `OCPP_CentralSystemService` and `OCPP_ChargePointService` of 1.2 (namespaces of
2010/08), 1.5 (2012/06) and 1.6 (2015/10).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ocpptui.ocpp.packaged_json import packaged_json
from ocpptui.ocpp.version import Version

CENTRAL_SYSTEM, CHARGE_POINT = "CentralSystemService", "ChargePointService"
VERSIONS = (Version.V12, Version.V15, Version.V16)
"""The versions that have OCPP-S."""


@dataclass(frozen=True, slots=True)
class ElementType:
    """What an element, or an attribute, may contain."""

    base: str = ""
    """The type of its text in XML Schema: `string`, `int`, `decimal`, `boolean`, `dateTime` or `anyURI`; empty for an
    element that contains elements."""
    max_length: int | None = None
    enum: tuple[str, ...] = ()
    fields: Mapping[str, Occurrence] = field(default_factory=dict)
    """The elements in it, in the order in which they have to be."""
    attributes: Mapping[str, Occurrence] = field(default_factory=dict)
    """The attributes of an element with text."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """How often an element of a type occurs."""

    type: ElementType
    is_required: bool
    is_list: bool


@dataclass(frozen=True, slots=True)
class Service:
    """One of the two services of a version."""

    namespace: str
    operations: Mapping[str, tuple[ElementType, ElementType]]
    """The types of request and response by action."""


@lru_cache(maxsize=len(VERSIONS))
def services(version: Version) -> Mapping[str, Service]:
    """The services of a version by name; none if it has no OCPP-S."""
    if version not in VERSIONS:
        return {}
    return {name: _service(facts) for name, facts in packaged_json("ocpptui.ocpp", _file(version)).items()}


def element_type(version: Version, action: str, is_response: bool, service: str = "") -> ElementType | None:
    """The type of the element in the body of a message; None if the version has no such operation.

    Without a service, the first that has the operation; DataTransfer is the same in both.
    """
    for name, one in services(version).items():
        if service in ("", name) and action in one.operations:
            return one.operations[action][is_response]
    return None


def _file(version: Version) -> str:
    return f"types_of_services/{version}.json"


def _service(facts: Mapping[str, Any]) -> Service:
    known: dict[str, ElementType] = {name: ElementType(name) for name in _SIMPLE}

    def type_of(name: str) -> ElementType:
        if name not in known:
            known[name] = _type(facts["types"][name])
        return known[name]

    def occurrences(fields: Mapping[str, str]) -> dict[str, Occurrence]:
        return {
            name: Occurrence(type_of(kind.rstrip("?*+")), kind[-1] not in "?*", kind[-1] in "*+")
            for name, kind in fields.items()
        }

    def _type(said: Mapping[str, Any]) -> ElementType:
        if "fields" in said:
            return ElementType(fields=occurrences(said["fields"]))
        base = said.get("base") or said.get("text") or "string"
        enum = tuple(said.get("enum", ()))
        return ElementType(base, said.get("maxLength"), enum, attributes=occurrences(said.get("attributes", {})))

    operations = facts["operations"].items()
    return Service(
        facts["namespace"],
        {action: (type_of(request), type_of(response)) for action, (request, response) in operations},
    )


_SIMPLE = ("string", "int", "decimal", "boolean", "dateTime", "anyURI")
