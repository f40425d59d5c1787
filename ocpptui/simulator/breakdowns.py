"""What follows when something breaks in the simulated charge point, or is repaired.

Source: OCPP 1.6 section 4.9 (StatusNotification with an error code); OCPP 2.x use cases G05, N07 (NotifyEvent).
"""

from __future__ import annotations

from ocpptui.simulator import station_faults as faults
from ocpptui.simulator.connector import Connector
from ocpptui.simulator.device import Device
from ocpptui.simulator.effects import Effect


def break_down(device: Device, connector: Connector, fault: str, now: int) -> list[Effect]:
    """A fault begins at a connector; one that blocks it ends its transaction, or keeps one from starting."""
    connector.faults.append(fault)
    effects = device.report_changes(now) + _alert(device, fault, True, connector.number, now)
    if connector.charge is not None and faults.blocking([fault]):
        effects += connector.charge.stop(now, faults.stop_reason(fault))
    return effects


def repair(device: Device, connector: Connector, ended: list[str], now: int) -> list[Effect]:
    """Faults of a connector are over."""
    connector.faults = [fault for fault in connector.faults if fault not in ended]
    told = [effect for fault in ended for effect in _alert(device, fault, False, connector.number, now)]
    return device.report_changes(now) + told


def break_station(device: Device, fault: str, now: int) -> list[Effect]:
    """A fault of the whole charge point begins, and ends every transaction, also one that would start soon."""
    device.station_faults.append(fault)
    effects = device.report_changes(now) + _alert(device, fault, True, 0, now)
    for charge in list(device.charges()):
        effects += charge.stop(now, faults.stop_reason(fault))
    return effects


def repair_station(device: Device, fault: str, now: int) -> list[Effect]:
    """A fault of the whole charge point is over."""
    device.station_faults.remove(fault)
    return device.report_changes(now) + _alert(device, fault, False, 0, now)


def _alert(device: Device, fault: str, is_active: bool, evse: int, now: int) -> list[Effect]:
    return device.events.fault(fault, is_active, evse, now, is_online=device.is_online)
