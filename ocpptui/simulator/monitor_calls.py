"""How the simulated charge point handles the calls about monitors and their streams.

Source: OCPP 2.x use cases N02 to N06; OCPP 2.1 N11 to N14.
"""

from __future__ import annotations

from ocpptui.ocpp.payload import (
    Payload,
    integer_at,
    integers_at,
    number_at,
    object_at,
    objects_at,
    only,
    text_at,
    texts_at,
)
from ocpptui.ocpp.version import Version
from ocpptui.simulator import outgoing_calls as messages
from ocpptui.simulator.configuration import Place
from ocpptui.simulator.configuration_answers import find_variable, variable_place
from ocpptui.simulator.device import Device, Reply, status_reply
from ocpptui.simulator.effects import Effect
from ocpptui.simulator.monitoring import KINDS, LEAST_SEVERE, PERIODIC

_NUMERIC = ("integer", "decimal")
_CRITERIA = {
    "ThresholdMonitoring": ("UpperThreshold", "LowerThreshold"),
    "DeltaMonitoring": ("Delta", "TargetDelta", "TargetDeltaRelative"),
    "PeriodicMonitoring": ("Periodic", "PeriodicClockAligned"),
}


def set_monitors(device: Device, request: Payload, now: int) -> Reply:
    """SetVariableMonitoring (N04): one result for each item, with an id if it is accepted."""
    results: list[Payload] = []
    effects: list[Effect] = []
    for item in objects_at(request, "setMonitoringData"):
        status, monitor = _set_monitor(device, item, now)
        if monitor is not None:
            params, streams = item.get("periodicEventStream"), device.events.streams
            effects += streams.open(monitor, params) if isinstance(params, dict) else streams.close(monitor)
        given = {} if monitor is None else {"id": monitor}
        results.append({**given, "status": status, **only(item, "type", "severity", "component", "variable")})
    return Reply({"setMonitoringResult": results}, effects)


def _set_monitor(device: Device, item: Payload, now: int) -> tuple[str, int | None]:
    if not device.configuration.is_on("MonitoringCtrlr"):
        return "Rejected", None
    setting, problem = find_variable(device.configuration, item)
    if setting is None or problem:
        return problem, None
    kind, value, monitor = text_at(item, "type") or "", number_at(item, "value") or 0, integer_at(item, "id")
    if kind not in KINDS or ("periodicEventStream" in item and kind not in PERIODIC):
        return "UnsupportedMonitorType", None
    threshold = kind in _CRITERIA["ThresholdMonitoring"]
    if (threshold and setting.data_type not in _NUMERIC) or (kind == "Delta" and value < 0):
        return "Rejected", None
    if kind in PERIODIC and value < 1:
        return "Rejected", None
    same = [
        known
        for known, other in device.events.monitors.items()
        if variable_place(other) == variable_place(item)
        and only(other, "type", "severity") == only(item, "type", "severity")
    ]
    if monitor is None and same:
        return "Duplicate", None
    if monitor is not None and not any(
        known == monitor and variable_place(other) == variable_place(item)
        for known, other in device.events.monitors.items()
    ):
        return "Rejected", None  # N04.FR.16: it is on another variable, or there is none
    device.show_now(now)
    return "Accepted", device.events.monitors.set(monitor, item, setting, device.configuration.value(setting), now)


def clear_monitors(device: Device, request: Payload, now: int) -> Reply:
    """ClearVariableMonitoring (N06): one result for each id."""
    results: list[Payload] = []
    effects: list[Effect] = []
    for monitor in integers_at(request, "id"):
        found = device.events.monitors.remove(monitor)
        effects += device.events.streams.close(monitor)
        results.append({"id": monitor, "status": "Accepted" if found else "NotFound"})
    return Reply({"clearMonitoringResult": results}, effects)


def monitoring_base(device: Device, request: Payload, now: int) -> Reply:
    """SetMonitoringBase (N03): anything but All removes the custom monitors; there are no hard-wired ones."""
    if text_at(request, "monitoringBase") == "All":
        return status_reply("Accepted")
    device.events.monitors.clear()
    return status_reply("Accepted", *device.events.streams.close_all())


def monitoring_level(device: Device, request: Payload, now: int) -> Reply:
    """SetMonitoringLevel (N05): events of a higher severity number are not sent from now on."""
    level = integer_at(request, "severity")
    if level is None or not 0 <= level <= LEAST_SEVERE:
        return status_reply("Rejected")
    device.events.monitors.level = level
    return status_reply("Accepted")


def monitoring_report(device: Device, request: Payload, now: int) -> Reply:
    """GetMonitoringReport (N02)."""
    kinds = [kind for name in texts_at(request, "monitoringCriteria") for kind in _CRITERIA.get(name, ())]
    places = [variable_place(item) for item in objects_at(request, "componentVariable")]
    items = [
        _monitored(device.version, monitor, item)
        for monitor, item in device.events.monitors.items()
        if (not kinds or text_at(item, "type") in kinds) and (not places or any(_covers(p, item) for p in places))
    ]
    if not items:
        return status_reply("EmptyResultSet")
    request_id = integer_at(request, "requestId") or 0
    return status_reply("Accepted", *messages.parts("NotifyMonitoringReport", request_id, "monitor", items, now))


def adjust_stream(device: Device, request: Payload, now: int) -> Reply:
    """AdjustPeriodicEventStream (2.1 N14)."""
    number, params = integer_at(request, "id") or 0, object_at(request, "params")
    return status_reply("Accepted" if device.events.streams.adjust(number, params) else "Rejected")


def get_streams(device: Device, request: Payload, now: int) -> Reply:
    """GetPeriodicEventStream (2.1 N12)."""
    found = device.events.streams.listed()
    return Reply({"constantStreamData": found} if found else {})


def _covers(place: Place, item: Payload) -> bool:
    of_item = variable_place(item)
    return place.component.lower() == of_item.component.lower() and place.variable.lower() in (
        "",
        of_item.variable.lower(),
    )


def _monitored(version: Version, monitor: int, item: Payload) -> Payload:
    shown = {"id": monitor, "transaction": False, **only(item, "transaction", "value", "type", "severity")}
    if version is Version.V21:
        shown["eventNotificationType"] = "CustomMonitor"
    return {**only(item, "component", "variable"), "variableMonitoring": [shown]}
