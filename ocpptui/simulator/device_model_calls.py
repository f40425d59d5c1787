"""How the simulated charge point reports and changes its settings: configuration, reports, local list.

Source: OCPP 1.6 sections 5.3, 5.8, 5.10, 5.15; OCPP 2.x use cases B05 to B08, D01, D02.
"""

from __future__ import annotations

from collections.abc import Iterable

from ocpptui.ocpp.payload import (
    Payload,
    integer_at,
    object_at,
    objects_at,
    text_at,
    texts_at,
)
from ocpptui.ocpp.standard_settings import Access, Setting
from ocpptui.simulator import connection_calls as connection
from ocpptui.simulator import outgoing_calls as messages
from ocpptui.simulator.configuration import Configuration, Place
from ocpptui.simulator.configuration_answers import (
    change_configuration,
    find_variable,
    get_configuration,
    get_variables,
    put_result,
    set_variables,
    status_info,
    variable_place,
)
from ocpptui.simulator.device import Device, Reply, status_reply
from ocpptui.simulator.effects import Effect

TRIED_FIRST = ("AuthorizationKey", "SecurityProfile")
"""The settings whose values count once a connection was made with them; the charge point then says what they are."""


def configuration(device: Device, request: Payload, now: int) -> Reply:
    """GetConfiguration."""
    return Reply(get_configuration(device.configuration, request))


def change(device: Device, request: Payload, now: int) -> Reply:
    """ChangeConfiguration."""
    setting, value = device.configuration.by_key(text_at(request, "key") or ""), text_at(request, "value") or ""
    if setting is not None and connection.refused(device, setting, value) is not None:
        return status_reply("Rejected")
    is_tried_first = setting is not None and setting.key in TRIED_FIRST
    status = "Accepted" if is_tried_first else change_configuration(device.configuration, request)
    if setting is None or status == "Rejected":
        return status_reply(status)
    return status_reply(status, *connection.changed(device, setting, value, now))


def variables(device: Device, request: Payload, now: int) -> Reply:
    """GetVariables."""
    device.show_now(now)
    return Reply(get_variables(device.configuration, request))


def change_variables(device: Device, request: Payload, now: int) -> Reply:
    """SetVariables."""
    results: list[Payload] = []
    effects: list[Effect] = []
    for item in objects_at(request, "setVariableData"):
        setting, problem = find_variable(device.configuration, item)
        value = text_at(item, "attributeValue") or ""
        why = None if setting is None or problem else connection.refused(device, setting, value)
        if why is not None:
            results.append({**put_result(item, "Rejected"), "attributeStatusInfo": status_info(*why)})
            continue
        if setting is None or problem or setting.key not in TRIED_FIRST:
            [result] = set_variables(device.configuration, {"setVariableData": [item]})["setVariableResult"]
        else:
            result = put_result(item, "Accepted")
        results.append(result)
        if setting is not None and result["attributeStatus"] in ("Accepted", "RebootRequired"):
            effects += connection.changed(device, setting, value, now)
    return Reply({"setVariableResult": results}, effects)


def base_report(device: Device, request: Payload, now: int) -> Reply:
    """GetBaseReport (B07): all variables, the configurable ones, or those that summarise the state of the station."""
    device.show_now(now)
    wanted = text_at(request, "reportBase")
    found = [setting for setting in device.configuration.variables() if _in_base(setting, wanted)]
    return status_reply("Accepted", *_report(device, request, found, now))


def _in_base(setting: Setting, base: str | None) -> bool:
    if base == "ConfigurationInventory":
        return setting.access is not Access.READ_ONLY
    return base != "SummaryInventory" or setting.variable == "AvailabilityState"


def report(device: Device, request: Payload, now: int) -> Reply:
    """GetReport (B08): the variables that match the criteria and the list."""
    device.show_now(now)
    criteria = texts_at(request, "componentCriteria")
    places = [
        (variable_place(item), "evse" in object_at(item, "component"))
        for item in objects_at(request, "componentVariable")
    ]
    found = [
        setting
        for setting in device.configuration.variables()
        if (not criteria or any(_meets(device.configuration, setting, one) for one in criteria))
        and (not places or any(_names(place, with_evse, setting) for place, with_evse in places))
    ]
    return status_reply("Accepted" if found else "EmptyResultSet", *_report(device, request, found, now))


def _meets(configuration: Configuration, setting: Setting, criterion: str) -> bool:
    """Whether its component is Active, Available or Enabled, or has a Problem (B08.FR.09).

    A component without such a variable counts as active, available, enabled and free of problems.
    """
    place = Place(setting.component, criterion, "", setting.evse, setting.connector)
    own = configuration.by_place(place)
    return criterion != "Problem" if own is None else configuration.value(own).lower() == "true"


def _names(place: Place, with_evse: bool, setting: Setting) -> bool:
    """Whether a place refers to this setting: a component without EVSE stands for all components of that name."""
    return (
        place.component.lower() == setting.component.lower()
        and place.variable.lower() in ("", setting.variable.lower())
        and place.instance.lower() in ("", setting.instance.lower())
        and (not with_evse or (place.evse == setting.evse and place.connector in (0, setting.connector)))
    )


def _report(device: Device, request: Payload, found: Iterable[Setting], now: int) -> list[Effect]:
    items = [_reported(device.configuration, setting) for setting in found]
    return [*messages.parts("NotifyReport", integer_at(request, "requestId") or 0, "reportData", items, now)]


def _reported(configuration: Configuration, setting: Setting) -> Payload:
    component: Payload = {"name": setting.component}
    if setting.evse:
        component["evse"] = {"id": setting.evse, **({"connectorId": setting.connector} if setting.connector else {})}
    variable = {"name": setting.variable, **({"instance": setting.instance} if setting.instance else {})}
    attribute: Payload = {"type": "Actual", "mutability": setting.access.value, "persistent": True, "constant": False}
    if setting.access is not Access.WRITE_ONLY:
        attribute["value"] = configuration.value(setting)
    characteristics: Payload = {"dataType": setting.data_type, "supportsMonitoring": True}
    if setting.unit:
        characteristics["unit"] = setting.unit
    if setting.values:
        characteristics["valuesList"] = ",".join(setting.values)
    return {
        "component": component,
        "variable": variable,
        "variableAttribute": [attribute],
        "variableCharacteristics": characteristics,
    }


def clear_cache(device: Device, request: Payload, now: int) -> Reply:
    """ClearCache."""
    return status_reply("Accepted" if device.authorizer.clear_cache() else "Rejected")


# -- the local authorization list -----------------------------------------------------------------------------------


def local_list_version(device: Device, request: Payload, now: int) -> Reply:
    """GetLocalListVersion: 0 in 1.6 while the list is empty (section 5.10), in 2.x while it is off (D02.FR.03)."""
    tokens = device.authorizer
    if device.version.generation == 1:
        return Reply({"listVersion": tokens.list_version if tokens.local_list else 0})
    return Reply({"versionNumber": tokens.list_version if device.configuration.flag("LocalAuthListEnabled") else 0})


def send_local_list(device: Device, request: Payload, now: int) -> Reply:
    """SendLocalList: Full replaces the list; Differential adds, changes, and removes entries without token info."""
    is_1x, tokens = device.version.generation == 1, device.authorizer
    if not device.configuration.flag("LocalAuthListEnabled"):
        return status_reply("NotSupported" if is_1x else "Failed")
    version = integer_at(request, "listVersion" if is_1x else "versionNumber") or 0
    if version <= 0:
        return status_reply("Failed")  # 0 and -1 say that there is no list (1.6 section 5.10, 2.x D01.FR.18)
    is_full = text_at(request, "updateType") == "Full"
    if not is_full and version <= tokens.list_version:
        return status_reply("VersionMismatch")
    entries = {} if is_full else dict(tokens.local_list)
    seen: set[str] = set()
    items = objects_at(request, "localAuthorizationList")
    if len(items) > device.configuration.integer("SendLocalListMaxLength"):
        return status_reply("Failed")
    for item in items:
        token = text_at(item, "idTag") if is_1x else text_at(object_at(item, "idToken"), "idToken")
        info, name = item.get("idTagInfo" if is_1x else "idTokenInfo"), (token or "").lower()
        if name in seen and not is_1x:
            return status_reply("Failed")  # D01.FR.06
        seen.add(name)
        if info is None:
            entries.pop(name, None)
        else:
            entries[name] = info
    if len(entries) > device.configuration.integer("LocalAuthListMaxLength"):
        return status_reply("Failed")
    tokens.local_list, tokens.list_version = entries, version
    return status_reply("Accepted")
