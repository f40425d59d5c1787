"""The answers to GetConfiguration and ChangeConfiguration of 1.6, and to GetVariables and SetVariables of 2.x.

They contain one result for each requested item, in the order of the request.
"""

from __future__ import annotations

from ocpptui.ocpp.payload import Payload, integer_at, object_at, objects_at, only, text_at, texts_at
from ocpptui.ocpp.standard_settings import Access, Setting
from ocpptui.simulator.configuration import Configuration, Place

SAMPLE: Payload = {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "HeartbeatInterval"}}
"""The item for a request without items, because an answer needs at least one result."""

MAX_VALUE = 500
"""The most characters of a value in the answer to GetConfiguration (1.6 section 7.30, CiString500Type)."""


def get_configuration(configuration: Configuration, request: Payload) -> Payload:
    """GetConfiguration of 1.6 section 5.8: all keys, or the requested keys and the unknown ones among them."""
    wanted = texts_at(request, "key")
    if not wanted:
        return {"configurationKey": [_entry(configuration, setting) for setting in configuration.readable()]}
    known, unknown = [], []
    for key in dict.fromkeys(wanted):
        setting = configuration.by_key(key)
        if setting is None or setting.access is Access.WRITE_ONLY:
            unknown.append(key)
        else:
            known.append(_entry(configuration, setting))
    return ({"configurationKey": known} if known else {}) | ({"unknownKey": unknown} if unknown else {})


def _entry(configuration: Configuration, setting: Setting) -> Payload:
    value = configuration.value(setting)[:MAX_VALUE]
    return {"key": setting.key, "readonly": setting.access is Access.READ_ONLY, "value": value}


def change_configuration(configuration: Configuration, request: Payload) -> str:
    """Set a key and return the status for ChangeConfiguration (1.6 section 5.3)."""
    setting = configuration.by_key(text_at(request, "key") or "")
    if setting is None:
        return "NotSupported"
    return _set(configuration, setting, text_at(request, "value") or "")


def _set(configuration: Configuration, setting: Setting, value: str) -> str:
    if setting.access is Access.READ_ONLY or not setting.accepts(value):
        return "Rejected"
    configuration.set(setting, value)
    return "RebootRequired" if setting.needs_reboot else "Accepted"


def get_variables(configuration: Configuration, request: Payload) -> Payload:
    """GetVariables of 2.x (B06): one result for each item, which repeats its component and variable."""
    items = objects_at(request, "getVariableData") or [SAMPLE]
    return {"getVariableResult": [_got(configuration, item) for item in items]}


def _got(configuration: Configuration, item: Payload) -> Payload:
    setting, problem = find_variable(configuration, item)
    result: Payload = {"attributeStatus": problem or "Accepted", **only(item, "attributeType", "component", "variable")}
    if setting is not None and not problem:
        if setting.access is Access.WRITE_ONLY:
            result["attributeStatus"] = "Rejected"
        else:
            result["attributeValue"] = configuration.value(setting)
    return result


def set_variables(configuration: Configuration, request: Payload) -> Payload:
    """SetVariables of 2.x (B05): one result for each item; accepted values are set."""
    items = objects_at(request, "setVariableData") or [SAMPLE]
    return {"setVariableResult": [_put(configuration, item) for item in items]}


def _put(configuration: Configuration, item: Payload) -> Payload:
    setting, problem = find_variable(configuration, item)
    value = text_at(item, "attributeValue") or ""
    status = problem if setting is None or problem else _set(configuration, setting, value)
    return put_result(item, status)


def put_result(item: Payload, status: str) -> Payload:
    """The setVariableResult for an item of a request."""
    return {"attributeStatus": status, **only(item, "attributeType", "component", "variable")}


def status_info(reason: str, details: str) -> Payload:
    """The statusInfo of 2.x: a reason code of Part 2 appendix 5, and what it is about."""
    return {"reasonCode": reason[:20], "additionalInfo": details[:512]}


def variable_place(item: Payload) -> Place:
    """The place that the `component` and `variable` of an item of a 2.x request refer to."""
    component, variable = object_at(item, "component"), object_at(item, "variable")
    evse = object_at(component, "evse")
    return Place(
        text_at(component, "name") or "",
        text_at(variable, "name") or "",
        text_at(variable, "instance") or "",
        integer_at(evse, "id") or 0,
        integer_at(evse, "connectorId") or 0,
    )


def find_variable(configuration: Configuration, item: Payload) -> tuple[Setting | None, str]:
    """The setting that an item of a 2.x request names, and the status to report if it cannot be used."""
    place = variable_place(item)
    setting = configuration.by_place(place)
    if setting is None:
        return None, "UnknownVariable" if configuration.has_component(place) else "UnknownComponent"
    if text_at(item, "attributeType") not in (None, "Actual"):
        return setting, "NotSupportedAttributeType"
    return setting, ""
