"""The faults of a charge point, and how it reports them.

Source: OCPP 1.6 sections 4.9, 7.6 (ChargePointErrorCode); OCPP 2.x use cases G05 (lock failure), N07 (alerts), and Part
2 appendix 3: the variable Problem, and the components that a fault concerns.
"""

from __future__ import annotations

from typing import NamedTuple

from ocpptui.ocpp.date_times import date_time
from ocpptui.ocpp.payload import Payload
from ocpptui.simulator.outgoing_calls import StopReason


class Fault(NamedTuple):
    """What a fault means."""

    component: str
    """The component that has the problem in 2.x."""
    blocks: bool = True
    """Whether the connector cannot be used."""
    reason: StopReason = StopReason.FAULT
    """Why a transaction ends that it interrupts."""
    code: str = ""
    """The error code of 1.6, if it is not the name of the fault."""


FAULTS = {
    "ConnectorLockFailure": Fault("ConnectorPlugRetentionLock"),
    "EVCommunicationError": Fault("ConnectedEV"),
    "GroundFailure": Fault("ElectricalFeed", reason=StopReason.GROUND_FAULT),
    "HighTemperature": Fault("TemperatureSensor"),
    "InternalError": Fault("Controller"),
    "LocalListConflict": Fault("LocalAuthListCtrlr", blocks=False),
    "OtherError": Fault("Connector"),
    "OverCurrentFailure": Fault("ElectricalFeed", reason=StopReason.OVERCURRENT),
    "OverVoltage": Fault("ElectricalFeed"),
    "PowerMeterFailure": Fault("FiscalMetering"),
    "PowerSwitchFailure": Fault("PowerContactor"),
    "ReaderFailure": Fault("TokenReader", blocks=False),
    "ResetFailure": Fault("Controller", blocks=False),
    "UnderVoltage": Fault("ElectricalFeed"),
    "WeakSignal": Fault("DataLink", blocks=False),
    "EmergencyStop": Fault("EmergencyStopSensor", reason=StopReason.EMERGENCY_STOP, code="OtherError"),
    "Tilt": Fault("TiltSensor", code="OtherError"),
}

ERROR_CODES = tuple(name for name, fault in FAULTS.items() if not fault.code)
"""The error codes of 1.6 that name a fault of a connector."""


def error_and_info(faults: list[str]) -> tuple[str, str]:
    """The errorCode and the info of a StatusNotification of 1.6: those of the last fault."""
    if not faults:
        return "NoError", ""
    code = FAULTS[faults[-1]].code
    return (code, faults[-1]) if code else (faults[-1], "")


def blocking(faults: list[str]) -> bool:
    """Whether one of the faults takes its connector out of service."""
    return any(FAULTS[fault].blocks for fault in faults)


def stop_reason(fault: str) -> StopReason:
    """Why a transaction ends that a fault interrupts."""
    return FAULTS[fault].reason


def severity(fault: str) -> int:
    """How severe it is (2.x N07): 1 is a failure of the hardware, 4 an error."""
    return 1 if FAULTS[fault].blocks else 4


def event(fault: str, is_active: bool, evse: int, now: int) -> Payload:
    """The eventData (2.x): the component of a fault has a problem, or none any more; `evse` 0 is the whole station."""
    component: Payload = {"name": FAULTS[fault].component}
    if evse:
        component["evse"] = {"id": evse}
    return {
        "timestamp": date_time(now),
        "trigger": "Alerting",
        "actualValue": "true" if is_active else "false",
        "cleared": not is_active,
        "techCode": fault,
        "eventNotificationType": "HardWiredNotification",
        "component": component,
        "variable": {"name": "Problem"},
    }
