"""The body of a SOAP envelope as a payload: objects, lists, numbers and booleans as the WSDLs of OCPP define them.

A value that is not of its type remains text. Sources: the WSDLs of OCPP 1.2, 1.5 and 1.6, whose types an
element has by its name, with the few exceptions below.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ocpptui.ocpp.version import Version

if TYPE_CHECKING:
    from lxml.etree import _Element


def payload_of(element: _Element, version: Version | None, action: str) -> dict[str, Any]:
    """The children of an element by name; those that may occur several times as lists.

    `action` is that of a request, "" in a response and below the element in the body.
    """
    found: dict[str, Any] = {}
    for child in element:
        name = qualified(child.tag)[1]
        value = _value(child, name, version)
        if _is_list(name, qualified(element.tag)[1], version, action):
            found.setdefault(name, []).append(value)
        elif name not in found:
            found[name] = value
        elif isinstance(found[name], list):
            found[name].append(value)
        else:
            found[name] = [found[name], value]
    return found


def _value(element: _Element, name: str, version: Version | None) -> Any:
    if len(element):
        return payload_of(element, version, "")
    text = xml_text(element)
    if name == "value" and _is_meter_value(element):
        if version is not Version.V15:
            return _integer(text)
        # In 1.5 the unit and other properties of a meter value are attributes.
        return {"value": text, **{str(key): str(value) for key, value in element.items()}}
    if name in _OBJECTS and not text.strip():
        return {}
    if name in _INTEGERS:
        return _integer(text)
    if name in _DECIMALS:
        return _decimal(text)
    return _BOOLEANS.get(text.strip(), text) if name == "readonly" else text


def _is_list(name: str, parent: str, version: Version | None, action: str) -> bool:
    if name == "key":
        return action == "GetConfiguration"
    if name == "value":
        return version is Version.V15 and parent == "values"
    return name in _LISTS


def _is_meter_value(element: _Element) -> bool:
    parent = element.getparent()
    return parent is not None and qualified(parent.tag)[1] == "values"


def _integer(text: str) -> int | str:
    return int(text) if _INTEGER.fullmatch(text.strip()) else text


def _decimal(text: str) -> float | int | str:
    if _INTEGER.fullmatch(text.strip()):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text.strip()) else text


def xml_text(element: _Element) -> str:
    """All text in an element, which may be in several pieces."""
    return "".join(str(piece) for piece in element.itertext())


def qualified(tag: str | Any) -> tuple[str, str]:
    """Namespace and name of a tag."""
    space, _, name = str(tag).rpartition("}")
    return space.removeprefix("{"), name


_INTEGERS = frozenset(
    {
        "chargingProfileId", "connectorId", "duration", "heartbeatInterval", "id", "interval", "listVersion",
        "meterStart", "meterStop", "numberPhases", "reservationId", "retries", "retryInterval", "stackLevel",
        "startPeriod", "transactionId",
    }
)  # fmt: skip
"""The elements that are whole numbers (`s:int`) in every WSDL that has them."""
_DECIMALS = frozenset({"limit", "minChargingRate"})
_LISTS = frozenset(
    {
        "chargingSchedulePeriod", "configurationKey", "localAuthorisationList", "localAuthorizationList", "meterValue",
        "sampledValue", "transactionData", "unknownKey", "values",
    }
)  # fmt: skip
"""The elements that may occur several times (`maxOccurs`). Others are `key` of GetConfiguration and `value` of 1.5."""
_OBJECTS = frozenset({"idTagInfo", "chargingProfile", "csChargingProfiles", "chargingSchedule"})
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,18}(?:\.[0-9]{0,18})?|\.[0-9]{1,18})")
