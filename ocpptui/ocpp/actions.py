"""Every action of every OCPP version: who sends it, and which functional block it belongs to.

Our own tables; sources: the WSDLs of OCPP 1.2 and 1.5, OCPP 1.6 sections 4 and 5 with the security whitepaper (edition
3) section 5, the schemas of OCPP 2.0, OCPP 2.0.1 Part 2 and OCPP 2.1 Part 2, sections "Messages". The payloads are in
`ocpptui.ocpp.schema`. Imports next to nothing, because `ocpptui actions` and shell completion start with it.
"""

from __future__ import annotations

from typing import NamedTuple

from ocpptui.ocpp.version import Direction, Role, Version


class Action(NamedTuple):
    """One action of one version."""

    name: str
    """As it is written in the frame, case-sensitive."""
    version: Version
    directions: tuple[Direction, ...]
    """The directions of its call; both for DataTransfer."""
    block: str
    """Functional block of 2.x with its letter, feature profile of 1.6; 1.2 and 1.5 have one block, "Operations"."""
    is_send: bool
    """It is sent as an unanswered SEND, not as a CALL (only NotifyPeriodicEventStream of OCPP 2.1)."""


def actions(version: Version, sender: Role | None = None) -> tuple[Action, ...]:
    """The actions of a version by name; if `sender` is given, only those that it may send."""
    everything = _SORTED[version]
    if sender is None:
        return everything
    return tuple(action for action in everything if sender.sends in action.directions)


def find_action(version: Version, name: str) -> Action | None:
    """The action of exactly this name; None if this version does not have it."""
    return _BY_NAME[version].get(name)


def versions_of(name: str) -> tuple[Version, ...]:
    """The versions that have an action of exactly this name, oldest first."""
    return _VERSIONS_OF.get(name, ())


def may_send(version: Version, role: Role, name: str) -> bool:
    """True if this version has the action and lets this role send it."""
    action = find_action(version, name)
    return action is not None and role.sends in action.directions


class _Block(NamedTuple):
    """The names of a block's actions by the direction of their calls, separated by spaces."""

    to_csms: str = ""
    to_charge_point: str = ""
    both: str = ""
    sends: str = ""


_V12 = {
    "Operations": _Block(
        "Authorize BootNotification DiagnosticsStatusNotification FirmwareStatusNotification Heartbeat MeterValues"
        " StartTransaction StatusNotification StopTransaction",
        "ChangeAvailability ChangeConfiguration ClearCache GetDiagnostics RemoteStartTransaction RemoteStopTransaction"
        " Reset UnlockConnector UpdateFirmware",
    ),
}

_V15 = {
    "Operations": _Block(
        _V12["Operations"].to_csms,
        f"{_V12['Operations'].to_charge_point} CancelReservation GetConfiguration GetLocalListVersion ReserveNow"
        " SendLocalList",
        "DataTransfer",
    ),
}

_V16 = {
    "Core": _Block(
        "Authorize BootNotification Heartbeat MeterValues StartTransaction StatusNotification StopTransaction",
        "ChangeAvailability ChangeConfiguration ClearCache GetConfiguration RemoteStartTransaction"
        " RemoteStopTransaction Reset UnlockConnector",
        "DataTransfer",
    ),
    "Firmware Management": _Block(
        "DiagnosticsStatusNotification FirmwareStatusNotification", "GetDiagnostics UpdateFirmware"
    ),
    "Local Auth List Management": _Block("", "GetLocalListVersion SendLocalList"),
    "Remote Trigger": _Block("", "TriggerMessage"),
    "Reservation": _Block("", "CancelReservation ReserveNow"),
    "Smart Charging": _Block("", "ClearChargingProfile GetCompositeSchedule SetChargingProfile"),
    "Security": _Block(
        "LogStatusNotification SecurityEventNotification SignCertificate SignedFirmwareStatusNotification",
        "CertificateSigned DeleteCertificate ExtendedTriggerMessage GetInstalledCertificateIds GetLog"
        " InstallCertificate SignedUpdateFirmware",
    ),
}

_V201 = {
    "A. Security": _Block("SecurityEventNotification SignCertificate", "CertificateSigned"),
    "B. Provisioning": _Block(
        "BootNotification NotifyReport", "GetBaseReport GetReport GetVariables Reset SetNetworkProfile SetVariables"
    ),
    "C. Authorization": _Block("Authorize", "ClearCache"),
    "D. Local Authorization List Management": _Block("", "GetLocalListVersion SendLocalList"),
    "E. Transactions": _Block("TransactionEvent", "GetTransactionStatus"),
    "F. Remote Control": _Block("", "RequestStartTransaction RequestStopTransaction TriggerMessage UnlockConnector"),
    "G. Availability": _Block("Heartbeat StatusNotification", "ChangeAvailability"),
    "H. Reservation": _Block("ReservationStatusUpdate", "CancelReservation ReserveNow"),
    "I. Tariff and Cost": _Block("", "CostUpdated"),
    "J. Meter Values": _Block("MeterValues"),
    "K. Smart Charging": _Block(
        "ClearedChargingLimit NotifyChargingLimit NotifyEVChargingNeeds NotifyEVChargingSchedule"
        " ReportChargingProfiles",
        "ClearChargingProfile GetChargingProfiles GetCompositeSchedule SetChargingProfile",
    ),
    "L. Firmware Management": _Block(
        "FirmwareStatusNotification PublishFirmwareStatusNotification",
        "PublishFirmware UnpublishFirmware UpdateFirmware",
    ),
    "M. ISO 15118 Certificate Management": _Block(
        "Get15118EVCertificate GetCertificateStatus", "DeleteCertificate GetInstalledCertificateIds InstallCertificate"
    ),
    "N. Diagnostics": _Block(
        "LogStatusNotification NotifyCustomerInformation NotifyEvent NotifyMonitoringReport",
        "ClearVariableMonitoring CustomerInformation GetLog GetMonitoringReport SetMonitoringBase SetMonitoringLevel"
        " SetVariableMonitoring",
    ),
    "O. Display Message": _Block("NotifyDisplayMessages", "ClearDisplayMessage GetDisplayMessages SetDisplayMessage"),
    "P. Data Transfer": _Block("", "", "DataTransfer"),
}

_ONLY_IN_V20 = {
    "K. Smart Charging": _Block("", "NotifyCentralChargingNeeds Renegotiate15118Schedule"),
    "M. ISO 15118 Certificate Management": _Block("Update15118EVCertificate"),
}

_NEW_IN_V21 = {
    "C. Authorization": _Block("NotifySettlement VatNumberValidation", "NotifyWebPaymentStarted"),
    "I. Tariff and Cost": _Block("", "ChangeTransactionTariff ClearTariffs GetTariffs SetDefaultTariff"),
    "K. Smart Charging": _Block(
        "NotifyPriorityCharging PullDynamicScheduleUpdate", "UpdateDynamicSchedule UsePriorityCharging"
    ),
    "M. Certificate Management": _Block("GetCertificateChainStatus"),
    "N. Diagnostics": _Block(
        "ClosePeriodicEventStream OpenPeriodicEventStream",
        "AdjustPeriodicEventStream GetPeriodicEventStream",
        sends="NotifyPeriodicEventStream",
    ),
    "Q. Bidirectional Power Transfer": _Block("", "AFRRSignal NotifyAllowedEnergyTransfer"),
    "R. DER Control": _Block(
        "NotifyDERAlarm NotifyDERStartStop ReportDERControl", "ClearDERControl GetDERControl SetDERControl"
    ),
    "S. Battery Swapping": _Block("BatterySwap", "RequestBatterySwap"),
}

_RENAMED_IN_V21 = {
    "J. Meter Values": "J. Metering",
    "M. ISO 15118 Certificate Management": "M. Certificate Management",
}


def _with(blocks: dict[str, _Block], more: dict[str, _Block]) -> dict[str, _Block]:
    """These blocks and the actions that another version has in them."""
    found = dict(blocks)
    for title, block in more.items():
        old = found.get(title, _Block())
        found[title] = _Block(*(f"{names} {added}" for names, added in zip(old, block, strict=True)))
    return found


_V20 = _with(_V201, _ONLY_IN_V20)
_V21 = _with({_RENAMED_IN_V21.get(title, title): block for title, block in _V201.items()}, _NEW_IN_V21)


def _sorted(version: Version, blocks: dict[str, _Block]) -> tuple[Action, ...]:
    found = [
        Action(name, version, _DIRECTIONS[way], title, way == "sends")
        for title, block in blocks.items()
        for way, names in block._asdict().items()
        for name in names.split()
    ]
    return tuple(sorted(found, key=lambda action: action.name.casefold()))


_DIRECTIONS = {
    "to_csms": (Direction.TO_CSMS,),
    "to_charge_point": (Direction.TO_CHARGE_POINT,),
    "both": (Direction.TO_CSMS, Direction.TO_CHARGE_POINT),
    "sends": (Direction.TO_CSMS,),
}

_SORTED = {
    Version.V12: _sorted(Version.V12, _V12),
    Version.V15: _sorted(Version.V15, _V15),
    Version.V16: _sorted(Version.V16, _V16),
    Version.V20: _sorted(Version.V20, _V20),
    Version.V201: _sorted(Version.V201, _V201),
    Version.V21: _sorted(Version.V21, _V21),
}
_BY_NAME = {version: {action.name: action for action in everything} for version, everything in _SORTED.items()}
_VERSIONS_OF = {
    name: tuple(version for version in Version if name in _BY_NAME[version])
    for name in {name for names in _BY_NAME.values() for name in names}
}
