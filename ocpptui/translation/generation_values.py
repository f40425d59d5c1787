"""What OCPP 1.6 and 2.0.1 call the same: values, actions and settings.

Sources: the field descriptions of both versions; OCPP 2.0.1 Part 2 appendix 3 (Referenced Components and Variables).
"""

from __future__ import annotations

from functools import lru_cache

from ocpptui.ocpp.setting_place import SettingPlace
from ocpptui.ocpp.standard_settings import settings

RENAMED = {
    "RemoteStartTransaction": "RequestStartTransaction",
    "RemoteStopTransaction": "RequestStopTransaction",
    "ChangeConfiguration": "SetVariables",
    "GetConfiguration": "GetVariables",
    "GetDiagnostics": "GetLog",
    "DiagnosticsStatusNotification": "LogStatusNotification",
    "ExtendedTriggerMessage": "TriggerMessage",
    "SignedUpdateFirmware": "UpdateFirmware",
    "SignedFirmwareStatusNotification": "FirmwareStatusNotification",
}
"""Actions of 1.6 by what they are in 2.0.1; those of transactions depend on what they say."""
RESETS = {"Hard": "Immediate", "Soft": "OnIdle"}
PURPOSES = {"ChargePointMaxProfile": "ChargingStationMaxProfile"}
CERTIFICATES = {"CentralSystemRootCertificate": "CSMSRootCertificate"}
UPLOADS = {"UploadFailed": "UploadFailure"}
TRIGGERS = {
    "DiagnosticsStatusNotification": "LogStatusNotification",
    "SignChargePointCertificate": "SignChargingStationCertificate",
}
STOP_REASONS = {"HardReset": "ImmediateReset", "SoftReset": "ImmediateReset", "UnlockCommand": "Other"}
"""The reasons of 1.6 that have another name in 2.0.1; all others are the same."""
STOP_TRIGGERS = {
    "DeAuthorized": "Deauthorized",
    "EmergencyStop": "AbnormalCondition",
    "EVDisconnected": "EVCommunicationLost",
    "HardReset": "ResetCommand",
    "Local": "StopAuthorized",
    "Other": "AbnormalCondition",
    "PowerLoss": "AbnormalCondition",
    "Reboot": "AbnormalCondition",
    "Remote": "RemoteStop",
    "SoftReset": "ResetCommand",
    "UnlockCommand": "UnlockCommand",
}
"""What made a transaction of 2.0.1 end for each reason of 1.6."""
OLDER_STOP_REASONS = {
    "ImmediateReset": "HardReset",
    "EnergyLimitReached": "Other",
    "GroundFault": "Other",
    "LocalOutOfCredit": "Local",
    "MasterPass": "Local",
    "OvercurrentFault": "Other",
    "PowerQuality": "Other",
    "SOCLimitReached": "Other",
    "StoppedByEV": "EVDisconnected",
    "TimeLimitReached": "Other",
    "Timeout": "EVDisconnected",
}
CHARGING_STATES = {
    "Charging": "Charging",
    "EVConnected": "Preparing",
    "SuspendedEV": "SuspendedEV",
    "SuspendedEVSE": "SuspendedEVSE",
}
"""The status that the connector of 1.6 has in each state of 2.0.1 with a car."""
OCCUPIED = ("Preparing", "Charging", "SuspendedEV", "SuspendedEVSE", "Finishing")
"""The statuses of a connector in 1.6 that 1.5 and 2.x have as Occupied."""
STILL_LOCKED = ("OngoingAuthorizedTransaction", "UnknownConnector")
"""The answers to UnlockConnector in 2.0.1 for which 1.6 and 2.0 have UnlockFailed alone."""
UNITS = {"Celcius": "Celsius"}
"""1.6 also allows the wrong spelling."""


@lru_cache(maxsize=1)
def variables_of_keys() -> dict[str, SettingPlace]:
    """The variable of 2.0.1 that means the same as a key of 1.6, by the key in lower case."""
    return {
        row.key.casefold(): SettingPlace(row.variable, row.component, instance=row.instance)
        for row in settings()
        if row.key and row.component
    }


@lru_cache(maxsize=1)
def keys_of_variables() -> dict[SettingPlace, str]:
    """The key of 1.6 that means the same as a variable, by its folded place."""
    return {
        SettingPlace(row.variable, row.component, instance=row.instance).folded: row.key
        for row in settings()
        if row.key and row.component
    }
