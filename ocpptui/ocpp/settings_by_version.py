"""The settings that the standard names for each version: configuration keys of 1.x, variables of controllers of 2.x.

Source: OCPP 1.5 section 7; OCPP 1.6 section 9, the security whitepaper section 4 and the application notes; OCPP 2.0.1
and 2.1 Part 2 appendix 3 (Referenced Components and Variables).
"""

from __future__ import annotations

from functools import cache

from ocpptui.ocpp.controller_facts import CONTROLLER_VARIABLES, SWITCHED
from ocpptui.ocpp.key_facts import KEYS
from ocpptui.ocpp.setting_place import SettingPlace
from ocpptui.ocpp.standard_settings import settings
from ocpptui.ocpp.version import Version

KEYS_OF_15 = (
    "BlinkRepeat",
    "ChargePointId",
    "ClockAlignedDataInterval",
    "ConnectionTimeOut",
    "HeartBeatInterval",
    "LightIntensity",
    "MeterValuesAlignedData",
    "MeterValuesSampledData",
    "MeterValueSampleInterval",
    "ProximityContactRetries",
    "ProximityLockRetries",
    "ResetRetries",
    "StopTxnAlignedData",
    "StopTxnSampledData",
)
"""As 1.5 writes them."""
ONLY_15 = frozenset({"ChargePointId", "ProximityContactRetries", "ProximityLockRetries"})
"""Keys of 1.5 that 1.6 does not have."""
NEW_IN_21: dict[str, frozenset[str]] = {
    "ACDERCtrlr": frozenset(),
    "BatterySwapCtrlr": frozenset(),
    "DCDERCtrlr": frozenset(),
    "PaymentCtrlr": frozenset(),
    "V2XChargingCtrlr": frozenset(),
    "WebPaymentsCtrlr": frozenset(),
    "AlignedDataCtrlr": frozenset({"UpstreamInterval", "UpstreamMeasurands"}),
    "CustomizationCtrlr": frozenset({"CustomTriggers"}),
    "DisplayMessageCtrlr": frozenset({"Language", "QRCodeDisplayCapable", "SupportedStates"}),
    "ISO15118Ctrlr": frozenset(
        {"MaxPriceElements", "ProtocolSupported", "ServiceRenegotiationSupport", "SupportedProviders"}
    ),
    "LocalAuthListCtrlr": frozenset({"SupportsExpiryDateTime"}),
    "SampledDataCtrlr": frozenset({"SignStartedReadings", "SignUpdatedReadings"}),
    "SecurityCtrlr": frozenset({"AllowSecurityProfileDowngrade"}),
    "SmartChargingCtrlr": frozenset(
        {
            "ChargingProfilePersistence",
            "ExternalConstraintsProfileDisallowed",
            "IgnoredProfilePurposesOffline",
            "MaxExternalConstraintsId",
            "SetpointPriority",
            "SupportedAdditionalPurposes",
            "SupportsFeature",
            "UpdateRateLimit",
        }
    ),
    "TariffCostCtrlr": frozenset(
        {"ConditionsSupported", "HandleFailedTariff", "Interval", "MaxElements", "OfflineChargingPrice"}
    ),
    "TxCtrlr": frozenset({"AllowEnergyTransferResumption", "ResumptionTimeout", "SupportedLimits"}),
}
"""The variables that 2.0.1 does not have, by component; without names, all of the component."""
WITHOUT_AVAILABLE = frozenset({"CHAdeMOCtrlr", "ISO15118Ctrlr"})
"""Components that are controllers of a connection with a car, which have Active in place of Available."""
_INSTANCES: dict[tuple[str, str], tuple[str, ...]] = {
    ("ClockCtrlr", "TimeOffset"): ("", "NextTransition"),
    ("TariffCostCtrlr", "Available"): ("Tariff", "Cost"),
    ("TariffCostCtrlr", "Enabled"): ("Tariff", "Cost"),
}
"""The instances of variables that the simulator lacks; those of the others are in `standard_settings`."""


@cache
def standard_places(version: Version) -> tuple[SettingPlace, ...]:
    """The settings that the standard names for a version, by name.

    Of 2.x they are those of the controllers and of the station; the variables of other components depend on how a
    station is built. Of 1.2 and 2.0 there are none: what they name is not known here.
    """
    match version:
        case Version.V15:
            found = [SettingPlace(key) for key in KEYS_OF_15]
        case Version.V16:
            found = [SettingPlace(key) for key in KEYS if key not in ONLY_15]
        case Version.V201:
            found = [place for place in _variables() if not _is_new(place)]
        case Version.V21:
            found = _variables()
        case _:
            found = []
    return tuple(sorted(found, key=lambda place: str(place).casefold()))


def _variables() -> list[SettingPlace]:
    rows = [one for one in settings() if one.component and not one.evse]
    found = [SettingPlace(one.variable, one.component, instance=one.instance) for one in rows]
    with_instances = {(one.component, one.variable) for one in rows}
    names = [(component, name) for component, variables in CONTROLLER_VARIABLES.items() for name in variables]
    names += [(component, "Enabled") for component in SWITCHED]
    names += [(component, "Available") for component in SWITCHED if component not in WITHOUT_AVAILABLE]
    for component, name in dict.fromkeys(names):
        if (component, name) not in with_instances:
            instances = _INSTANCES.get((component, name), ("",))
            found += [SettingPlace(name, component, instance=instance) for instance in instances]
    return found


def _is_new(place: SettingPlace) -> bool:
    names = NEW_IN_21.get(place.component)
    return names is not None and (not names or place.name in names)
