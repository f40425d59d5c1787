"""The configuration keys of OCPP 1.x that the standard names, and what each means.

Source: OCPP 1.5 section 7, OCPP 1.6 section 9, the security whitepaper section 4, and the application notes on ISO
15118 and on the display of costs for 1.6. An optional switch that a charge point does not list is off (1.6 section 9).
"""

from __future__ import annotations

from ocpptui.ocpp.setting_fact import DATE_TIME, FLAG, MEASURED, MEMBERS, TEXT, WHOLE, SettingFact

F = SettingFact
_RATE_UNITS = ("Current", "Power")
_FEATURES = (
    "Core",
    "FirmwareManagement",
    "LocalAuthListManagement",
    "Reservation",
    "SmartCharging",
    "RemoteTrigger",
)

KEYS: dict[str, SettingFact] = {
    # -- Core -----------------------------------------------------------------------------------------------------
    "AllowOfflineTxForUnknownId": F(
        "Offline, a token that is neither cached nor in the local list may charge", default="false"
    ),
    "AuthorizationCacheEnabled": F("Keep the answers about tokens, to use them again", default="false"),
    "AuthorizeRemoteTxRequests": F("Ask about the token of a remote start before the transaction begins"),
    "BlinkRepeat": F("How often the lights blink when they signal something", WHOLE, "times", 0),
    "ClockAlignedDataInterval": F("Seconds between meter values at round times of the day; 0: none", minimum=0),
    "ConnectionTimeOut": F("Seconds within which the cable must be plugged in after authorization", minimum=0),
    "ConnectorPhaseRotation": F("How the phases of each connector are wired to the grid: 0.RST,1.RST,2.RTS"),
    "ConnectorPhaseRotationMaxLength": F("The most items in ConnectorPhaseRotation", WHOLE, minimum=0),
    "GetConfigurationMaxKeys": F("The most keys in one GetConfiguration request", minimum=1),
    "HeartbeatInterval": F("Seconds without messages after which the charge point sends a heartbeat", minimum=0),
    "LightIntensity": F("How bright the lights are", WHOLE, "Percent", 0, 100),
    "LocalAuthorizeOffline": F("Offline, tokens that are cached or in the local list may charge"),
    "LocalPreAuthorize": F("Online, too, start at once for tokens that are cached or in the local list"),
    "MaxEnergyOnInvalidId": F(
        "Energy that a transaction may still deliver after its token turned out invalid", WHOLE, "Wh", 0
    ),
    "MeterValuesAlignedData": F("What is measured at round times of the day", members=MEASURED),
    "MeterValuesAlignedDataMaxLength": F("The most items in MeterValuesAlignedData", WHOLE, minimum=0),
    "MeterValuesSampledData": F("What is measured again and again during a transaction", members=MEASURED),
    "MeterValuesSampledDataMaxLength": F("The most items in MeterValuesSampledData", WHOLE, minimum=0),
    "MeterValueSampleInterval": F("Seconds between meter values during a transaction; 0: none", minimum=0),
    "MinimumStatusDuration": F("Seconds that a status must last before it is reported", WHOLE, "s", 0),
    "NumberOfConnectors": F("How many connectors the charge point has", minimum=0),
    "ResetRetries": F("How often a reset that failed is tried again", minimum=0),
    "StopTransactionOnEVSideDisconnect": F("End the transaction when the cable is unplugged at the car"),
    "StopTransactionOnInvalidId": F("End a running transaction whose token turns out to be invalid"),
    "StopTxnAlignedData": F(
        "What the end of a transaction reports of the measurements at round times", members=MEASURED
    ),
    "StopTxnAlignedDataMaxLength": F("The most items in StopTxnAlignedData", WHOLE, minimum=0),
    "StopTxnSampledData": F("What the end of a transaction reports of the measurements during it", members=MEASURED),
    "StopTxnSampledDataMaxLength": F("The most items in StopTxnSampledData", WHOLE, minimum=0),
    "SupportedFeatureProfiles": F("Which parts of OCPP 1.6 the charge point supports", members=_FEATURES),
    "SupportedFeatureProfilesMaxLength": F("The most items in SupportedFeatureProfiles", WHOLE, minimum=0),
    "TransactionMessageAttempts": F(
        "How often a message of a transaction is sent while the central system fails to process it", minimum=0
    ),
    "TransactionMessageRetryInterval": F(
        "Seconds before such a message is sent again, times the number of attempts so far", minimum=0
    ),
    "UnlockConnectorOnEVSideDisconnect": F("Unlock the cable at the charge point when it is unplugged at the car"),
    "WebSocketPingInterval": F("Seconds between the WebSocket pings of the charge point; 0: none", minimum=0),
    # -- Local list, reservation, smart charging, firmware --------------------------------------------------------
    "LocalAuthListEnabled": F("Use the list of tokens that the central system sends", default="false"),
    "LocalAuthListMaxLength": F("The most tokens in the local list", minimum=0),
    "SendLocalListMaxLength": F("The most tokens in one message of the local list", minimum=0),
    "ReserveConnectorZeroSupported": F(
        "A reservation may leave the connector open (connector 0)", FLAG, default="false"
    ),
    "ChargeProfileMaxStackLevel": F("The highest stackLevel of a charging profile", minimum=0),
    "ChargingScheduleAllowedChargingRateUnit": F("The units that a charging schedule may have", members=_RATE_UNITS),
    "ChargingScheduleMaxPeriods": F("The most periods in one charging schedule", minimum=0),
    "ConnectorSwitch3to1PhaseSupported": F(
        "It can switch from three phases to one during a transaction", FLAG, default="false"
    ),
    "MaxChargingProfilesInstalled": F("The most charging profiles that can be installed at a time", minimum=0),
    "SupportedFileTransferProtocols": F("The protocols for firmware, diagnostics and logs"),
    # -- Security -------------------------------------------------------------------------------------------------
    "AdditionalRootCertificateCheck": F(
        "A new central system root certificate must be signed by the one that it replaces", FLAG, default="false"
    ),
    "AuthorizationKey": F("The password of HTTP Basic authentication, in hexadecimal; it can be written, not read"),
    "CertificateSignedMaxChainSize": F(
        "The most characters of the certificate chain in CertificateSigned", WHOLE, minimum=0, maximum=10_000
    ),
    "CertificateStoreMaxLength": F("The most certificates that can be installed", WHOLE, minimum=0),
    "CpoName": F("The operator's name: O in the subject of the charge point's certificate"),
    "SecurityProfile": F(
        "0: no security, 1: password, 2: TLS and password, 3: TLS with client certificate",
        minimum=0,
        maximum=3,
        default="0",
    ),
    # -- ISO 15118 ------------------------------------------------------------------------------------------------
    "CentralContractValidationAllowed": F(
        "Let the central system check a contract whose root certificate the charge point lacks", FLAG
    ),
    "CertSigningRepeatTimes": F(
        "How often the wait for a signed certificate is doubled and the request repeated", WHOLE, minimum=0
    ),
    "CertSigningWaitMinimum": F("Seconds to wait for a signed certificate before the first repetition", WHOLE, "s", 0),
    "ContractValidationOffline": F("Offline, check contract certificates at the charge point", FLAG),
    "ISO15118PnCEnabled": F("Offer plug and charge to cars", FLAG),
    # -- Costs on the display -------------------------------------------------------------------------------------
    "CustomDisplayCostAndPrice": F("Show prices and costs that the central system sends in DataTransfer", FLAG),
    "CustomIdleFeeAfterStop": F("The costs go on after the end of the transaction, until the cable is unplugged", FLAG),
    "CustomMultiLanguageMessages": F("Messages may come in several languages", FLAG),
    "DefaultPrice": F("The price that is shown to drivers of whom nothing is known, as JSON", TEXT),
    "DefaultPriceText": F("The text of that price in each language, as JSON", TEXT),
    "Language": F("The language of the display", TEXT),
    "NumberOfDecimalsForCostValues": F("How many decimals the shown costs have", WHOLE, minimum=0),
    "SupportedLanguages": F("The languages of the display", MEMBERS),
    "TimeOffset": F("The offset of local time from UTC, such as +01:00", TEXT),
    "NextTimeOffsetTransitionDateTime": F("When the offset changes next, for summer or winter time", DATE_TIME),
    "TimeOffsetNextTransition": F("The offset from then on", TEXT),
    # -- OCPP 1.5 -------------------------------------------------------------------------------------------------
    "ChargePointId": F("The identity of the charge point", TEXT),
    "ProximityContactRetries": F("How often the reading of the proximity contact is tried", WHOLE, "times", 0),
    "ProximityLockRetries": F("How often the locking of the plug is tried", WHOLE, "times", 0),
}
"""By key; of a key that is not here and has a type or unit in `standard_settings`, that counts."""
