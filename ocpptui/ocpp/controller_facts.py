"""The variables of the controller components of OCPP 2.x, and what each means.

Those that 1.6 has as a key, too, are in `key_facts`.

Source: OCPP 2.0.1 and 2.1 Part 2 appendix 3 (Referenced Components and Variables).
"""

from __future__ import annotations

from ocpptui.ocpp.setting_fact import (
    CHOICE,
    DATE_TIME,
    DECIMAL,
    FLAG,
    MEASURED,
    MEMBERS,
    TEXT,
    WHOLE,
    SettingFact,
)

F = SettingFact
_PURPOSES = ("PriorityCharging", "LocalGeneration")
_KEY_SENT = ("Never", "OncePerTransaction", "EveryMeterValue")

CONTROLLER_VARIABLES: dict[str, dict[str, SettingFact]] = {
    "AlignedDataCtrlr": {
        "SendDuringIdle": F("Send them only while no transaction is running", FLAG, default="false"),
        "SignReadings": F("Sign them", FLAG),
        "TxEndedMeasurands": F("What the end of a transaction reports of them", members=MEASURED),
        "TxEndedInterval": F("Seconds between the values that are reported at the end of a transaction", minimum=0),
        "UpstreamMeasurands": F(
            "What is measured at round times by the meter before the station", MEMBERS, members=MEASURED
        ),
        "UpstreamInterval": F("Seconds between those measurements", WHOLE, "s", 0),
    },
    "AuthCacheCtrlr": {
        "DisablePostAuthorize": F("Do not ask again about tokens that are cached as invalid", FLAG, default="false"),
        "LifeTime": F("Seconds that a token stays cached", WHOLE, "s", 0),
        "Policy": F("Which tokens go first when the cache is full", CHOICE, members=("LRU", "LFU", "FIFO", "CUSTOM")),
        "Storage": F("How much storage the cache uses and has", WHOLE, "B", 0),
    },
    "AuthCtrlr": {
        "AdditionalInfoItemsPerMessage": F("The most additionalInfo items in a message", WHOLE, minimum=0),
        "DisableRemoteAuthorization": F("Ask about no token, but use cache and local list only", FLAG, default="false"),
        "Enabled": F("Charging needs authorization", default="true"),
        "MasterPassGroupId": F("The group whose tokens may stop any transaction, for police or fire brigade", TEXT),
    },
    "BatterySwapCtrlr": {
        "NumberOfSlots": F("How many slots for batteries there are", WHOLE, minimum=0),
        "TargetSoc": F("The state of charge from which a battery may be handed out", DECIMAL, "Percent", 0, 100),
    },
    "CHAdeMOCtrlr": {
        "AutoManufacturerCode": F("The number of the car's manufacturer", WHOLE),
        "CHAdeMOProtocolNumber": F("The number of the protocol", WHOLE),
        "DynamicControl": F("The current may change during the charge", FLAG),
        "HighCurrentControl": F("High currents are possible", FLAG),
        "HighVoltageControl": F("High voltages are possible", FLAG),
        "SelftestActive": F("A self-test is running; written, it begins one", FLAG),
        "VehicleStatus": F("What the car says of its state", TEXT),
    },
    "ClockCtrlr": {
        "DateTime": F("The clock of the station"),
        "NextTimeOffsetTransitionDateTime": F("When the offset from UTC changes next", DATE_TIME),
        "NtpServerUri": F("The address of the NTP server", TEXT),
        "NtpSource": F("Where the address of the NTP server is from", CHOICE, members=("DHCP", "manual")),
        "TimeAdjustmentReportingThreshold": F(
            "Seconds from which an adjustment of the clock is reported as a security event", WHOLE, "s", 0
        ),
        "TimeOffset": F(
            "The offset of local time from UTC; its instance NextTransition: from the next change on", TEXT
        ),
        "TimeSource": F("What sets the clock, the preferred source first"),
        "TimeZone": F("The time zone, by its IANA name", TEXT),
    },
    "CustomizationCtrlr": {
        "CustomImplementationEnabled": F("Use the implementation of the vendor that the instance names", FLAG),
        "CustomTriggers": F("The customTrigger values that TriggerMessage may have", MEMBERS),
    },
    "DCDERCtrlr": {},
    "ACDERCtrlr": {},
    "DeviceDataCtrlr": {
        "BytesPerMessage": F("The most bytes of the message that the instance names", minimum=0),
        "ConfigurationValueSize": F("The most characters of a value in SetVariables", WHOLE, minimum=0, maximum=1000),
        "ItemsPerMessage": F("The most items in the message that the instance names", minimum=0),
        "ReportingValueSize": F(
            "The most characters of a value in reports; longer ones are cut", WHOLE, minimum=0, maximum=2500
        ),
        "ValueSize": F("The most characters of any value; longer ones are cut", WHOLE, minimum=0, maximum=2500),
    },
    "DisplayMessageCtrlr": {
        "DisplayMessages": F("How many messages are installed; its maximum is how many can be", minimum=0),
        "Language": F("The language of the display; its list has those that it knows", CHOICE),
        "PersonalMessageSize": F("The most characters of a personalMessage", WHOLE, minimum=0),
        "QRCodeDisplayCapable": F("The display can show QR codes", FLAG, default="false"),
        "SupportedFormats": F("The formats that a message may have"),
        "SupportedPriorities": F("The priorities that a message may have"),
        "SupportedStates": F("The states for which a message may be", MEMBERS),
    },
    "ISO15118Ctrlr": {
        "CentralContractValidationAllowed": F(
            "Let the CSMS check a contract whose root certificate the station lacks", FLAG
        ),
        "ContractCertificateInstallationEnabled": F("Install contract certificates in cars", FLAG),
        "ContractValidationOffline": F("Offline, check contract certificates at the station"),
        "CountryName": F("C in the subject of the SECC certificate", TEXT),
        "MaxScheduleEntries": F("The most entries of the schedule that a car takes", WHOLE, minimum=0),
        "MaxPriceElements": F("The most price elements that a car takes", WHOLE, minimum=0),
        "OrganizationName": F("O in the subject of the SECC certificate", TEXT),
        "PnCEnabled": F("Offer plug and charge to cars"),
        "ProtocolSupported": F("A protocol that the station supports; the instance is its rank", TEXT),
        "RequestedEnergyTransferMode": F("The kind of energy transfer that the car asked for", CHOICE),
        "RequestMeteringReceipt": F("The car must confirm meter readings", FLAG),
        "SeccId": F("The identity of the station in ISO 15118: CN of its certificate", TEXT),
        "SelftestActive": F("A self-test is running; written, it begins one", FLAG),
        "ServiceRenegotiationSupport": F("The service can be chosen anew during a session", FLAG, default="false"),
        "SupportedProviders": F("The mobility providers whose contracts are accepted", MEMBERS),
        "V2GCertificateInstallationEnabled": F("The station asks for its own V2G certificate", FLAG),
    },
    "LocalAuthListCtrlr": {
        "BytesPerMessage": F("The most bytes of a SendLocalList request", minimum=0),
        "DisablePostAuthorize": F(
            "Do not ask again about tokens that are invalid in the local list", FLAG, default="false"
        ),
        "Entries": F("How many tokens the local list has; its maximum is how many it can have", minimum=0),
        "Storage": F("How much storage the local list uses and has", WHOLE, "B", 0),
        "SupportsExpiryDateTime": F("Tokens in the local list may expire", FLAG, default="false"),
    },
    "MonitoringCtrlr": {
        "ActiveMonitoringBase": F("The monitors in force", CHOICE, members=("All", "FactoryDefault", "HardWiredOnly")),
        "ActiveMonitoringLevel": F("Events up to this severity number are reported", WHOLE, minimum=0, maximum=9),
        "BytesPerMessage": F("The most bytes of the message that the instance names", minimum=0),
        "ItemsPerMessage": F("The most items in the message that the instance names", minimum=0),
        "MonitoringBase": F("The monitors in force", CHOICE, members=("All", "FactoryDefault", "HardWiredOnly")),
        "MonitoringLevel": F("Events up to this severity number are reported", WHOLE, minimum=0, maximum=9),
        "OfflineQueuingSeverity": F("Offline, events up to this severity number are kept", WHOLE, minimum=0, maximum=9),
    },
    "OCPPCommCtrlr": {
        "ActiveNetworkProfile": F("The slot of the network profile that is in use", WHOLE, minimum=0),
        "FieldLength": F(
            "The length of the field that the instance names, where it is longer than in the schema", WHOLE, minimum=0
        ),
        "MessageAttemptInterval": F(
            "Seconds before a message that was not processed is sent again, times the attempts so far", minimum=0
        ),
        "MessageAttempts": F("How often a message that is not processed is sent", minimum=0),
        "MessageTimeout": F("Seconds within which an answer must come", minimum=0),
        "MinimumStatusDuration": F("Seconds that a status must last before it is reported", WHOLE, "s", 0),
        "NetworkConfigurationPriority": F("The slots of the network profiles, in the order in which they are tried"),
        "NetworkProfileConnectionAttempts": F("How often a network profile is tried before the next one", minimum=0),
        "OfflineThreshold": F("Seconds offline from which the status of all connectors is reported again", minimum=0),
        "PublicKeyWithSignedMeterValue": F(
            "When signed meter values have the public key with them", CHOICE, members=_KEY_SENT
        ),
        "QueueAllMessages": F("Offline, keep all messages, not only those of transactions", default="false"),
        "RetryBackOffRandomRange": F(
            "The longest random time that is added to the wait before a new connection", minimum=0
        ),
        "RetryBackOffRepeatTimes": F("How often that wait is doubled", minimum=0),
        "RetryBackOffWaitMinimum": F("Seconds before the first new attempt to connect", minimum=0),
    },
    "PaymentCtrlr": {
        "Merchant": F("What identifies the merchant to the payment provider", TEXT),
        "ReceiptByCSMS": F("The CSMS makes the receipt", FLAG),
        "ReceiptServerUrl": F("Where drivers find their receipts", TEXT),
        "VASSupported": F("Value-added services of the payment provider can be used", FLAG),
        "IncrementalAuthorization": F("The reserved amount can grow during a transaction", FLAG),
        "AuthorizationAmount": F("The amount that is reserved before a transaction", DECIMAL, minimum=0),
    },
    "WebPaymentsCtrlr": {
        "URLTemplate": F("The address in the QR code, with placeholders", TEXT),
        "URLParameters": F("The placeholders that the address may have", MEMBERS),
        "TOTPVersion": F("How the one-time password in the address is made", TEXT),
        "SharedSecret": F("The secret of the one-time password; it can be written, not read", TEXT),
        "ValidityTime": F("Seconds that a one-time password is valid", WHOLE, "s", 0),
        "Length": F("The characters of a one-time password", WHOLE, minimum=1),
        "QRCodeQuality": F("The error correction of the QR code", CHOICE, members=("L", "M", "Q", "H")),
    },
    "ReservationCtrlr": {
        "NonEvseSpecific": F("A reservation may leave the EVSE open", default="false"),
    },
    "SampledDataCtrlr": {
        "RegisterValuesWithoutPhases": F("Energy registers are reported as a total, not for each phase", FLAG),
        "SignReadings": F("Sign meter values at the start and the end of a transaction", FLAG),
        "SignStartedReadings": F("Sign meter values at the start, too", FLAG),
        "SignUpdatedReadings": F("Sign meter values during a transaction, too", FLAG),
        "TxEndedInterval": F("Seconds between the values that are reported at the end of a transaction", minimum=0),
        "TxStartedMeasurands": F("What is measured at the start of a transaction", members=MEASURED),
    },
    "SecurityCtrlr": {
        "AdditionalRootCertificateCheck": F(
            "A new CSMS root certificate must be signed by the one that it replaces", FLAG, default="false"
        ),
        "AllowSecurityProfileDowngrade": F("The security profile may go from 3 to 2", FLAG, default="false"),
        "BasicAuthPassword": F("The password of HTTP Basic authentication; it can be written, not read"),
        "CertificateEntries": F("How many certificates are installed; its maximum is how many can be", minimum=0),
        "CertSigningRepeatTimes": F(
            "How often the wait for a signed certificate is doubled and the request repeated", WHOLE, minimum=0
        ),
        "CertSigningWaitMinimum": F(
            "Seconds to wait for a signed certificate before the first repetition", WHOLE, "s", 0
        ),
        "Identity": F("The identity of the station: the name in the URL and of Basic authentication", TEXT),
        "MaxCertificateChainSize": F(
            "The most characters of the certificate chain in CertificateSigned", WHOLE, minimum=0, maximum=10_000
        ),
        "SecurityProfile": F("1: password, 2: TLS and password, 3: TLS with client certificate", minimum=0, maximum=3),
    },
    "SmartChargingCtrlr": {
        "ACPhaseSwitchingSupported": F("The phase of a charge on one phase can be chosen", FLAG, default="false"),
        "ChargingProfilePersistence": F("Profiles of the purpose that the instance names outlive a reboot", FLAG),
        "Enabled": F("Follow charging profiles", default="true"),
        "Entries": F("How many charging profiles are installed; its maximum is how many can be", minimum=0),
        "ExternalConstraintsProfileDisallowed": F(
            "No profile of the purpose ChargingStationExternalConstraints may be sent", FLAG
        ),
        "ExternalControlSignalsEnabled": F("Follow limits that come from elsewhere than the CSMS", FLAG),
        "IgnoredProfilePurposesOffline": F("Offline, profiles of these purposes do not count", MEMBERS),
        "LimitChangeSignificance": F(
            "A limit that changes by less than this need not be reported", minimum=0, maximum=100
        ),
        "MaxExternalConstraintsId": F("Ids of profiles up to this are for external constraints", WHOLE, minimum=0),
        "NotifyChargingLimitWithSchedules": F("Report the schedules with limits from elsewhere", FLAG),
        "Phases3to1": F("It can switch from three phases to one during a transaction", FLAG, default="false"),
        "RateUnit": F("The units that a charging schedule may have", members=("A", "W")),
        "SetpointPriority": F("Which setpoint counts if several are set", TEXT),
        "SupportedAdditionalPurposes": F(
            "The purposes of 2.1 that profiles may have", MEMBERS, members=_PURPOSES, default=""
        ),
        "SupportsFeature": F(
            "The feature of charging profiles that the instance names is supported", FLAG, default="false"
        ),
        "UpdateRateLimit": F("Seconds that should lie between two updates of profiles of one purpose", WHOLE, "s", 0),
    },
    "TariffCostCtrlr": {
        "Currency": F("The currency of tariffs and costs, by its code of ISO 4217"),
        "ConditionsSupported": F("Tariffs may have conditions", FLAG, default="false"),
        "HandleFailedTariff": F(
            "What happens to a charge whose tariff cannot be used", CHOICE, members=("Deauthorize", "UseDefaultTariff")
        ),
        "Interval": F("Seconds between two reports of the running cost", WHOLE, "s", 0),
        "MaxElements": F("The most elements of a tariff", WHOLE, minimum=0),
        "OfflineChargingPrice": F("The price that counts offline; the instance says for what", DECIMAL),
        "TariffFallbackMessage": F("What the display shows if the tariff is unknown"),
        "TotalCostFallbackMessage": F("What the display shows if the cost is unknown"),
    },
    "TxCtrlr": {
        "AllowEnergyTransferResumption": F("A charge goes on after a loss of power", FLAG),
        "MaxEnergyOnInvalidId": F(
            "Energy that a transaction may still deliver after its token turned out invalid", WHOLE, "Wh", 0
        ),
        "ResumptionTimeout": F("Seconds after which an interrupted charge does not go on", WHOLE, "s", 0),
        "SupportedLimits": F("The limits that a transaction may have", MEMBERS),
        "TxBeforeAcceptedEnabled": F("Charge before the CSMS has accepted the BootNotification", FLAG),
        "TxStartPoint": F("What begins a transaction"),
        "TxStopPoint": F("What ends a transaction"),
    },
    "V2XChargingCtrlr": {
        "SupportedEnergyTransferModes": F("The kinds of energy transfer that are supported", MEMBERS),
        "SupportedOperationModes": F("The operation modes that are supported", MEMBERS),
        "TxStartedMeasurands": F(
            "What is measured at the start; the instance is the operation mode", MEMBERS, members=MEASURED
        ),
        "TxEndedMeasurands": F(
            "What is measured at the end; the instance is the operation mode", MEMBERS, members=MEASURED
        ),
        "TxEndedInterval": F("Seconds between the values that are reported at the end", WHOLE, "s", 0),
        "TxUpdatedMeasurands": F(
            "What is measured in between; the instance is the operation mode", MEMBERS, members=MEASURED
        ),
        "TxUpdatedInterval": F("Seconds between those measurements", WHOLE, "s", 0),
    },
}
"""By component and variable."""
SWITCHED = {
    "AlignedDataCtrlr": "meter values at round times of the day",
    "AuthCacheCtrlr": "the authorization cache",
    "CHAdeMOCtrlr": "CHAdeMO",
    "DisplayMessageCtrlr": "messages of the CSMS on the display",
    "ISO15118Ctrlr": "ISO 15118",
    "LocalAuthListCtrlr": "the local authorization list",
    "MonitoringCtrlr": "monitoring",
    "ReservationCtrlr": "reservations",
    "SampledDataCtrlr": "meter values during transactions",
    "SmartChargingCtrlr": "smart charging",
    "TariffCostCtrlr": "the display of tariffs or costs, as the instance says",
    "V2XChargingCtrlr": "bidirectional charging",
    "BatterySwapCtrlr": "the swapping of batteries",
    "PaymentCtrlr": "the payment terminal",
    "WebPaymentsCtrlr": "payment by QR code",
    "ACDERCtrlr": "control of the grid connection for AC",
    "DCDERCtrlr": "control of the grid connection for DC",
}
"""What the variables Available and Enabled of a controller are about."""


def switch_fact(component: str, variable: str) -> SettingFact | None:
    """The fact of Available or Enabled of a controller component."""
    about = SWITCHED.get(component)
    if about is None or variable not in ("Available", "Enabled"):
        return None
    verb = "Support" if variable == "Available" else "Use"
    return SettingFact(f"{verb} {about}", FLAG, default="true")
