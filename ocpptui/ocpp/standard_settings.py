"""The settings that the standard names: configuration keys in OCPP 1.6, variables of components in 2.x.

One table serves all versions: a 1.6 key and a 2.x variable with the same meaning are one row.

Source: OCPP 1.6 section 9 and the security whitepaper section 4, OCPP 2.0.1/2.1 Part 2 appendix 3 (Referenced
Components and Variables).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum


class Access(Enum):
    """How a setting may be accessed; the values are those of the 2.x attribute `mutability`."""

    READ_WRITE = "ReadWrite"
    READ_ONLY = "ReadOnly"
    WRITE_ONLY = "WriteOnly"


@dataclass(frozen=True, slots=True)
class Setting:
    """One row: a configuration key of 1.6, a variable of 2.x, or both."""

    key: str
    """The name in 1.6; empty if only 2.x has it."""
    component: str
    variable: str
    instance: str = ""
    default: str = ""
    data_type: str = "string"
    """The data type of the 2.x VariableCharacteristics: string, integer, boolean, decimal, dateTime, MemberList, ..."""
    access: Access = Access.READ_WRITE
    unit: str = ""
    needs_reboot: bool = False
    most: int | None = None
    """The largest number; None if there is no limit."""
    evse: int = 0
    """The EVSE (2.x) of the component; 0 for the whole station."""
    connector: int = 0
    values: tuple[str, ...] = ()
    """What a list may contain: the valuesList of the 2.x VariableCharacteristics, which every list type needs."""

    def accepts(self, value: str) -> bool:
        """Whether the value has the type of this row; a number must not be negative, a list contains only `values`."""
        if self.data_type == "integer":
            is_number = value.isascii() and value.isdecimal() and len(value) <= MOST_DIGITS
            return is_number and (self.most is None or int(value) <= self.most)
        if self.data_type == "boolean":
            return value.lower() in ("true", "false")
        if self.access is Access.WRITE_ONLY:
            return bool(value)
        if self.values:
            items = [item.strip() for item in value.split(",")] if value.strip() else []
            is_set = len(set(items)) == len(items) and (self.data_type != "OptionList" or len(items) == 1)
            return is_set and set(items) <= set(self.values)
        return len(value) <= 500


MOST_DIGITS = 9
"""Of a number, so that it fits into the integers that charge points have."""

MEASURANDS = (
    "Energy.Active.Import.Register",
    "Power.Active.Import",
    "Power.Offered",
    "Current.Import",
    "Current.Offered",
    "Voltage",
    "SoC",
)
"""The measurands of the simulated meter, with the names that all versions share."""

_SAMPLED = "Energy.Active.Import.Register,Power.Active.Import,Current.Import,Voltage,SoC"
_PROFILES = "Core,FirmwareManagement,LocalAuthListManagement,Reservation,SmartCharging,RemoteTrigger"
_PROTOCOLS = ("FTP", "FTPS", "HTTP", "HTTPS", "SFTP")
_POINTS = ("ParkingBayOccupancy", "EVConnected", "Authorized", "DataSigned", "PowerPathClosed", "EnergyTransfer")
_SOURCES = ("Heartbeat", "NTP", "GPS", "RealTimeClock", "MobileNetwork", "RadioTimeTransmitter")
_STATES = ("Available", "Occupied", "Reserved", "Unavailable", "Faulted")
_PRIORITIES = ("AlwaysFront", "InFront", "NormalCycle")
_FORMATS = ("ASCII", "HTML", "URI", "UTF8")
_KEYS = ("Never", "OncePerTransaction", "EveryMeterValue")
_SLOTS = ("1", "2", "3")
_RO = Access.READ_ONLY
_WO = Access.WRITE_ONLY


def _common() -> list[Setting]:
    """What a central system may change has an effect on the simulated charge point; the rest is read-only."""
    boolean, integer, members = "boolean", "integer", "MemberList"
    local, comm, tx, sampled = "LocalAuthListCtrlr", "OCPPCommCtrlr", "TxCtrlr", "SampledDataCtrlr"
    aligned, auth, smart, security = "AlignedDataCtrlr", "AuthCtrlr", "SmartChargingCtrlr", "SecurityCtrlr"
    event = "TransactionEvent"
    return [
        Setting("AllowOfflineTxForUnknownId", auth, "OfflineTxForUnknownIdEnabled", "", "false", boolean),
        Setting("AuthorizationCacheEnabled", "AuthCacheCtrlr", "Enabled", "", "true", boolean),
        Setting("AuthorizationKey", security, "BasicAuthPassword", access=_WO),
        Setting("AuthorizeRemoteTxRequests", auth, "AuthorizeRemoteStart", "", "false", boolean),
        Setting("ChargeProfileMaxStackLevel", smart, "ProfileStackLevel", "", "10", integer, _RO),
        Setting("ChargingScheduleAllowedChargingRateUnit", "", "", "", "Current,Power", members, _RO),
        Setting("ChargingScheduleMaxPeriods", smart, "PeriodsPerSchedule", "", "24", integer, _RO),
        Setting("ClockAlignedDataInterval", aligned, "Interval", "", "0", integer, unit="s"),
        Setting("ConnectionTimeOut", tx, "EVConnectionTimeOut", "", "60", integer, unit="s"),
        Setting("ConnectorPhaseRotation", "", "", "", "NotApplicable", access=_RO),
        Setting("CpoName", security, "OrganizationName", "", "Test CPO"),
        Setting("GetConfigurationMaxKeys", "", "", "", "100", integer, _RO),
        Setting("HeartbeatInterval", comm, "HeartbeatInterval", "", "300", integer, unit="s"),
        Setting("LocalAuthListEnabled", local, "Enabled", "", "true", boolean),
        Setting("LocalAuthListMaxLength", "", "", "", "1000", integer, _RO),
        Setting("LocalAuthorizeOffline", auth, "LocalAuthorizeOffline", "", "true", boolean),
        Setting("LocalPreAuthorize", auth, "LocalPreAuthorize", "", "false", boolean),
        Setting("MaxChargingProfilesInstalled", smart, "Entries", "ChargingProfiles", "20", integer, _RO),
        Setting("MessageTimeout", comm, "MessageTimeout", "Default", "30", integer, _RO, "s"),
        Setting("MeterValueSampleInterval", sampled, "TxUpdatedInterval", "", "60", integer, unit="s"),
        Setting("MeterValuesAlignedData", aligned, "Measurands", "", MEASURANDS[0], members, values=MEASURANDS),
        Setting("MeterValuesSampledData", sampled, "TxUpdatedMeasurands", "", _SAMPLED, members, values=MEASURANDS),
        Setting("NumberOfConnectors", "", "", "", "1", integer, _RO),
        Setting("ResetRetries", comm, "ResetRetries", "", "0", integer, _RO),
        Setting("SendLocalListMaxLength", local, "ItemsPerMessage", "", "100", integer, _RO),
        Setting("StopTransactionOnEVSideDisconnect", tx, "StopTxOnEVSideDisconnect", "", "true", boolean),
        Setting("StopTransactionOnInvalidId", tx, "StopTxOnInvalidId", "", "true", boolean),
        Setting("StopTxnAlignedData", "", "", "", "", members, values=MEASURANDS),
        Setting("StopTxnSampledData", sampled, "TxEndedMeasurands", "", MEASURANDS[0], members, values=MEASURANDS),
        Setting("SupportedFeatureProfiles", "", "", "", _PROFILES, members, _RO),
        Setting(
            "SupportedFileTransferProtocols",
            comm,
            "FileTransferProtocols",
            "",
            "FTP,FTPS,HTTP,HTTPS",
            members,
            _RO,
            values=_PROTOCOLS,
        ),
        Setting("TransactionMessageAttempts", comm, "MessageAttempts", event, "3", integer),
        Setting("TransactionMessageRetryInterval", comm, "MessageAttemptInterval", event, "60", integer, unit="s"),
        Setting("UnlockConnectorOnEVSideDisconnect", comm, "UnlockOnEVSideDisconnect", "", "true", boolean, _RO),
        Setting("WebSocketPingInterval", comm, "WebSocketPingInterval", "", "20", integer, unit="s"),
        Setting("", security, "SecurityProfile", "", "0", integer, _RO),
        Setting("SecurityProfile", "", "", "", "0", integer),
        Setting("", security, "AllowSecurityProfileDowngrade", "", "false", boolean),
        Setting("", auth, "Enabled", "", "true", boolean, _RO),
        Setting("", auth, "MasterPassGroupId", "", "MASTERPASS"),
        Setting("", "ClockCtrlr", "DateTime", "", "", "dateTime", _RO),
        Setting("", "ClockCtrlr", "TimeSource", "", "Heartbeat", "SequenceList", values=_SOURCES),
        Setting("", "DeviceDataCtrlr", "ItemsPerMessage", "GetReport", "50", integer, _RO),
        Setting("", "DeviceDataCtrlr", "ItemsPerMessage", "GetVariables", "50", integer, _RO),
        Setting("", "DeviceDataCtrlr", "ItemsPerMessage", "SetVariables", "50", integer, _RO),
        Setting("", "DeviceDataCtrlr", "BytesPerMessage", "GetReport", "65536", integer, _RO, "B"),
        Setting("", "DeviceDataCtrlr", "BytesPerMessage", "GetVariables", "65536", integer, _RO, "B"),
        Setting("", "DeviceDataCtrlr", "BytesPerMessage", "SetVariables", "65536", integer, _RO, "B"),
        Setting("", "ClockCtrlr", "TimeOffset", "", "+00:00", access=_RO),
        Setting("", "MonitoringCtrlr", "Enabled", "", "true", boolean),
        Setting("", "MonitoringCtrlr", "OfflineQueuingSeverity", "", "9", integer, most=9),
        Setting("", "MonitoringCtrlr", "ItemsPerMessage", "SetVariableMonitoring", "50", integer, _RO),
        Setting("", "MonitoringCtrlr", "BytesPerMessage", "SetVariableMonitoring", "65536", integer, _RO, "B"),
        Setting("", "MonitoringCtrlr", "ItemsPerMessage", "ClearVariableMonitoring", "50", integer, _RO),
        Setting("", "MonitoringCtrlr", "BytesPerMessage", "ClearVariableMonitoring", "65536", integer, _RO, "B"),
        Setting("", sampled, "TxStartedMeasurands", "", MEASURANDS[0], members, values=MEASURANDS),
        Setting("", sampled, "SignReadings", "", "false", boolean),
        Setting("", comm, "PublicKeyWithSignedMeterValue", "", _KEYS[2], "OptionList", values=_KEYS),
        Setting("", sampled, "TxEndedInterval", "", "0", integer, _RO, "s"),
        Setting("", aligned, "TxEndedInterval", "", "0", integer, _RO, "s"),
        Setting("", aligned, "TxEndedMeasurands", "", "", members, _RO, values=MEASURANDS),
        Setting("", security, "CertificateEntries", "", "0", integer, _RO),
        Setting("", local, "Entries", "", "0", integer, _RO),
        Setting("", local, "BytesPerMessage", "", "65536", integer, _RO, "B"),
        Setting("", smart, "LimitChangeSignificance", "", "1.0", "decimal", _RO, "Percent"),
        Setting("", "DisplayMessageCtrlr", "DisplayMessages", "", "0", integer, _RO),
        Setting("", "DisplayMessageCtrlr", "SupportedFormats", "", ",".join(_FORMATS), members, _RO, values=_FORMATS),
        Setting(
            "",
            "DisplayMessageCtrlr",
            "SupportedPriorities",
            "",
            ",".join(_PRIORITIES),
            members,
            _RO,
            values=_PRIORITIES,
        ),
        Setting("", "TariffCostCtrlr", "Currency", "", "EUR", access=_RO),
        Setting("", "TariffCostCtrlr", "TariffFallbackMessage", "", "The tariff is not known.", access=_RO),
        Setting("", "TariffCostCtrlr", "TotalCostFallbackMessage", "", "The cost is not known.", access=_RO),
        Setting("", comm, "NetworkConfigurationPriority", "", "1", "SequenceList", needs_reboot=True, values=_SLOTS),
        Setting("", comm, "NetworkProfileConnectionAttempts", "", "3", integer),
        Setting("", comm, "OfflineThreshold", "", "60", integer, unit="s"),
        Setting("", comm, "QueueAllMessages", "", "false", boolean, _RO),
        Setting("", comm, "RetryBackOffRandomRange", "", "2", integer, _RO, "s"),
        Setting("", comm, "RetryBackOffRepeatTimes", "", "4", integer, _RO),
        Setting("", comm, "RetryBackOffWaitMinimum", "", "2", integer, _RO, "s"),
        Setting("", "ISO15118Ctrlr", "ContractValidationOffline", "", "true", boolean),
        Setting("", "ISO15118Ctrlr", "PnCEnabled", "", "true", boolean),
        Setting("", "ReservationCtrlr", "Enabled", "", "true", boolean),
        Setting("", "ReservationCtrlr", "NonEvseSpecific", "", "false", boolean, _RO),
        Setting("", smart, "Enabled", "", "true", boolean, _RO),
        Setting("", smart, "RateUnit", "", "A,W", members, _RO, values=("A", "W")),
        Setting("", tx, "TxStartPoint", "", "Authorized", members, _RO, values=_POINTS),
        Setting("", tx, "TxStopPoint", "", "Authorized", members, _RO, values=_POINTS),
    ]


def settings(
    connectors: int = 2,
    *,
    vendor: str = "ocpptui",
    model: str = "Simulator",
    serial: str = "",
    firmware: str = "",
    heartbeat_interval: int = 300,
    meter_interval: int = 60,
    evse_connectors: tuple[int, ...] = (),
) -> tuple[Setting, ...]:
    """All settings of a charge point with this many connectors (1.6) or EVSEs (2.x).

    `evse_connectors` says how many connectors each EVSE has, one where it says nothing.
    """
    station = "ChargingStation"
    own = {
        "NumberOfConnectors": str(connectors),
        "ConnectorPhaseRotation": ",".join(f"{n}.RST" for n in range(connectors + 1)),
        "HeartbeatInterval": str(heartbeat_interval),
        "MeterValueSampleInterval": str(meter_interval),
    }
    rows = [replace(row, default=own[row.key]) if row.key in own else row for row in _common()]
    rows += [
        Setting("", station, "VendorName", "", vendor, access=_RO),
        Setting("", station, "Model", "", model, access=_RO),
        Setting("", station, "SerialNumber", "", serial, access=_RO),
        Setting("", station, "FirmwareVersion", "", firmware, access=_RO),
        Setting("", station, "AvailabilityState", "", "Available", "OptionList", _RO, values=_STATES),
        Setting("", station, "Available", "", "true", "boolean", _RO),
        Setting("", station, "SupplyPhases", "", "3", "integer", _RO),
    ]
    for evse in range(1, connectors + 1):
        rows += [
            Setting("", "EVSE", "AvailabilityState", "", "Available", "OptionList", _RO, evse=evse, values=_STATES),
            Setting("", "EVSE", "Available", "", "true", "boolean", _RO, evse=evse),
            Setting("", "EVSE", "Power", "", "11040", "decimal", _RO, "W", evse=evse),
            Setting("", "EVSE", "SupplyPhases", "", "3", "integer", _RO, evse=evse),
        ]
        for one in range(1, (evse_connectors[evse - 1] if evse <= len(evse_connectors) else 1) + 1):
            rows += _of_connector(evse, one)
    return tuple(rows)


def _of_connector(evse: int, connector: int) -> list[Setting]:
    """The variables of one connector of an EVSE (2.x)."""
    name = "Connector"
    rows = [
        Setting("", name, "AvailabilityState", "", "Available", "OptionList", _RO, values=_STATES),
        Setting("", name, "Available", "", "true", "boolean", _RO),
        Setting("", name, "ConnectorType", "", "cType2", "string", _RO),
        Setting("", name, "SupplyPhases", "", "3", "integer", _RO),
    ]
    return [replace(row, evse=evse, connector=connector) for row in rows]
