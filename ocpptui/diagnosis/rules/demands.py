"""Payloads: whether they do what the specification demands of them beyond the JSON Schema."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ocpptui.diagnosis.rule import Case, Rule, Told, remarked, tells_defects
from ocpptui.diagnosis.rules.schemas import violations_of
from ocpptui.ocpp import text_demands
from ocpptui.ocpp.advisories import DATE_NOT_RFC_3339, DATE_WITHOUT_OFFSET
from ocpptui.ocpp.judgement import part_of
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.validation import breaches
from ocpptui.ocpp.version import FIRST_GENERATION, SECOND_GENERATION
from ocpptui.timeline.severity import Severity


def _tells_violations(advisory: str) -> Callable[[Case], Iterator[Told]]:
    return lambda case: (Told(str(one)) for one in violations_of(case) if one.advisory == advisory)


def _tells(name: str) -> Callable[[Case], Iterator[Told]]:
    def tell(case: Case) -> Iterator[Told]:
        frame, version = case.frame, case.version
        if isinstance(frame, Message) and version is not None:
            for one in breaches(version, case.action, part_of(frame.kind), frame.payload):
                if one.advisory == name:
                    yield Told(str(one))

    return tell


_DATES = "OCPP 1.6 section 3.15 (ISO 8601); OCPP 2.0.1 and 2.1 Part 2 on date-times (RFC 3339)"

_STATUS = 'StatusNotification {"connectorId":1,"errorCode":"NoError","status":"Available"'
_HEARTBEAT = "10:00:00 > Heartbeat {}\n"
_START = 'StartTransaction {"connectorId":%s,"idTag":"A","meterStart":0,"timestamp":"2026-01-01T10:00:00Z"}'
_EVENT = """NotifyEvent {"generatedAt":"2026-01-01T10:00:00Z","seqNo":0,"eventData":[{"eventId":1,
    "timestamp":"2026-01-01T10:00:00Z","trigger":"Alerting","actualValue":"1","eventNotificationType":"HardWiredMonitor",
    "component":{"name":"A"},"variable":{"name":"B"}%s}]}"""
_SCHEDULE = '{"chargingRateUnit":"A","chargingSchedulePeriod":[%s]}'
_COMPOSITE = (
    '10:00:00 < GetCompositeSchedule {"connectorId":1,"duration":60}\n'
    '%s10:00:01 > ok {"status":"Accepted","connectorId":1,"chargingSchedule":%s}'
)
_LIMIT = """< SetChargingProfile {"evseId":1,"chargingProfile":{"id":1,"stackLevel":0,
    "chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative","chargingSchedule":[{"id":1,
    "chargingRateUnit":"A","chargingSchedulePeriod":[{"startPeriod":0,"limit":%s}]}]}}"""

RULES = (
    Rule(
        "text.date-time-offset",
        Severity.WARNING,
        "A date-time has no offset from UTC.",
        _DATES,
        remarked(DATE_WITHOUT_OFFSET),
        _tells_violations(DATE_WITHOUT_OFFSET),
        severities=dict.fromkeys(FIRST_GENERATION, Severity.INFO),
        positive=(f'* 10:00:00 > {_STATUS},"timestamp":"2026-01-01T10:00:00"}}',),
        negative=(f'10:00:00 > {_STATUS},"timestamp":"2026-01-01T10:00:00Z"}}',),
    ),
    Rule(
        "text.date-time-form",
        Severity.WARNING,
        "A date-time can be read, but is not in the format of RFC 3339.",
        _DATES,
        remarked(DATE_NOT_RFC_3339),
        _tells_violations(DATE_NOT_RFC_3339),
        positive=(
            f'* 10:00:00 > {_STATUS},"timestamp":"2026-01-01T10:00:00+02"}}',
            f'* 10:00:00 > {_STATUS},"timestamp":"2026-01-01 10:00:00Z"}}',
        ),
        negative=(f'10:00:00 > {_STATUS},"timestamp":"2026-01-01T10:00:00+02:00"}}',),
    ),
    Rule(
        "text.date-time-digits",
        Severity.INFO,
        "A date-time has more than three decimal places in its seconds.",
        "OCPP 2.0.1 and 2.1 Part 2 on date-times",
        remarked(text_demands.DATE_DIGITS),
        _tells(text_demands.DATE_DIGITS),
        versions=SECOND_GENERATION,
        positive=(f'2.0.1\n{_HEARTBEAT}* 10:00:01 < ok {{"currentTime":"2026-01-01T10:00:00.123456Z"}}',),
        negative=(
            f'2.0.1\n{_HEARTBEAT}10:00:01 < ok {{"currentTime":"2026-01-01T10:00:00.123Z"}}',
            f'2.1\n{_HEARTBEAT}10:00:01 < ok {{"currentTime":"2026-01-01T10:00:00.1+02:00"}}',
            f'{_HEARTBEAT}10:00:01 < ok {{"currentTime":"2026-01-01T10:00:00.123456Z"}}',
        ),
    ),
    Rule(
        "text.date-time-empty",
        Severity.ERROR,
        "A date-time is empty, or is not a date-time.",
        "The JSON schemas of the version (format date-time); OCPP 1.6 section 3.15",
        remarked(text_demands.UNREADABLE_DATE),
        _tells(text_demands.UNREADABLE_DATE),
        positive=(
            f'* 10:00:00 > {_STATUS},"timestamp":""}}',
            f'* 10:00:00 > {_STATUS},"timestamp":"2026-02-30T10:00:00Z"}}',
            f'2.0.1\n{_HEARTBEAT}* 10:00:01 < ok {{"currentTime":"yesterday"}}',
        ),
        negative=(f'10:00:00 > {_STATUS},"timestamp":"2026-01-01T10:00:00Z"}}',),
    ),
    Rule(
        "text.connector-id",
        Severity.ERROR,
        "A connector or EVSE number is negative, or 0 where a single connector or EVSE must be named.",
        "OCPP 1.6 sections 3.8, 6.33, 6.45, 6.51 and 6.53; OCPP 2.0.1 and 2.1 Part 1 section 7.1 and Part 2, messages",
        remarked(text_demands.CONNECTOR_NUMBER),
        _tells(text_demands.CONNECTOR_NUMBER),
        remedy="Connectors and EVSEs are numbered from 1; 0 is the whole charge point.",
        positive=(
            f"* 10:00:00 > {_START % 0}",
            f"* 10:00:00 > {_START % -1}",
            '* 10:00:00 < UnlockConnector {"connectorId":0}',
            '2.0.1\n* 10:00:00 < ChangeAvailability {"operationalStatus":"Operative","evse":{"id":-1}}',
            '2.0.1\n* 10:00:00 < GetCompositeSchedule {"evseId":-1,"duration":60}',
        ),
        negative=(
            f"10:00:00 > {_START % 1}",
            '10:00:00 > StatusNotification {"connectorId":0,"errorCode":"NoError","status":"Available"}',
            '2.0.1\n10:00:00 < GetCompositeSchedule {"evseId":0,"duration":60}',
        ),
    ),
    Rule(
        "text.range",
        Severity.WARNING,
        "A number is outside the range that the description of its field gives.",
        "OCPP 1.6 sections 5.10 and 7.8; OCPP 2.0.1 and 2.1 Part 2, descriptions of the fields",
        remarked(text_demands.OUT_OF_RANGE),
        _tells(text_demands.OUT_OF_RANGE),
        positive=(
            '2.0.1\n* 10:00:00 < SetMonitoringLevel {"severity":10}',
            (
                '2.0.1\n10:00:00 > Authorize {"idToken":{"idToken":"A","type":"Local"}}\n'
                '* 10:00:01 < ok {"idTokenInfo":{"status":"Accepted","chargingPriority":-10}}'
            ),
            '* 10:00:00 < ClearChargingProfile {"stackLevel":-1}',
        ),
        negative=(
            '2.0.1\n10:00:00 < SetMonitoringLevel {"severity":9}',
            '10:00:00 < ClearChargingProfile {"stackLevel":0}',
            '10:00:00 < GetLocalListVersion {}\n10:00:01 > ok {"listVersion":-1}',
        ),
    ),
    Rule(
        "text.cardinality-16",
        Severity.ERROR,
        "A list that must have at least one element is empty.",
        "OCPP 1.6 sections 6.31, 7.13 and 7.33",
        remarked(text_demands.EMPTY_LIST),
        _tells(text_demands.EMPTY_LIST),
        versions=FIRST_GENERATION,
        positive=(
            _COMPOSITE % ("* ", _SCHEDULE % ""),
            (
                '* 10:00:00 > StopTransaction {"transactionId":1,"meterStop":1,"timestamp":"2026-01-01T10:00:00Z",'
                '"transactionData":[{"timestamp":"2026-01-01T10:00:00Z","sampledValue":[]}]}'
            ),
        ),
        negative=(
            _COMPOSITE % ("", _SCHEDULE % '{"startPeriod":0,"limit":8.1}'),
            (
                '10:00:00 > StopTransaction {"transactionId":1,"meterStop":1,"timestamp":"2026-01-01T10:00:00Z",'
                '"transactionData":[]}'
            ),
        ),
    ),
    Rule(
        "text.limit-digits",
        Severity.INFO,
        "A charging limit has more than one decimal place.",
        "OCPP 2.0.1 and 2.1 Part 2, ChargingSchedulePeriodType and ChargingScheduleType",
        remarked(text_demands.LIMIT_DIGITS),
        _tells(text_demands.LIMIT_DIGITS),
        versions=SECOND_GENERATION,
        remedy="A charging station may refuse the profile, or round the limit.",
        positive=(f"2.0.1\n* 10:00:00 {_LIMIT % 8.15}",),
        negative=(f"2.0.1\n10:00:00 {_LIMIT % 8.1}", f"2.1\n10:00:00 {_LIMIT % 0.3}"),
    ),
    Rule(
        "text.url",
        Severity.WARNING,
        "A location is not a URL.",
        "OCPP 2.0.1 and 2.1 Part 2, LogParametersType and FirmwareType",
        remarked(text_demands.NOT_A_URL),
        _tells(text_demands.NOT_A_URL),
        versions=SECOND_GENERATION,
        positive=(
            '2.0.1\n* 10:00:00 < GetLog {"logType":"DiagnosticsLog","requestId":1,"log":{"remoteLocation":"logs"}}',
        ),
        negative=(
            (
                '2.0.1\n10:00:00 < GetLog {"logType":"DiagnosticsLog","requestId":1,'
                '"log":{"remoteLocation":"ftp://example.com/logs"}}'
            ),
        ),
    ),
    Rule(
        "text.nul",
        Severity.WARNING,
        "A text contains control characters.",
        "Seen in the field: buffers that are sent with their filling",
        remarked("control-in-text"),
        tells_defects("control-in-text"),
        remedy="The other side compares the text including these characters, so that it does not recognize an id "
        "token.",
        positive=(
            '* 10:00:00 > Authorize {"idTag":"04A2\\u0000\\u0000"}',
            '2.0.1\n* 10:00:00 > [2,"1","Authorize",{"idToken":{"idToken":"04\\u001bA2","type":"Local"}}]',
        ),
        negative=(
            '10:00:00 > Authorize {"idTag":"04A2"}',
            '10:00:00 > Authorize {"idTag":"04A2\\\\u0000"}',  # a backslash, then digits
            '10:00:00 > DataTransfer {"vendorId":"A","data":"{\\n\\t\\"a\\": 1\\r\\n}\\u00e9"}',
        ),
    ),
    Rule(
        "rpc.empty-optional",
        Severity.WARNING,
        "A field that is not set is sent as null, {} or [].",
        "OCPP 2.0.1 and 2.1 Part 4 section 4.1.5",
        remarked(text_demands.EMPTY_OPTIONAL),
        _tells(text_demands.EMPTY_OPTIONAL),
        versions=SECOND_GENERATION,
        remedy="Leave the field out.",
        positive=(
            "2.0.1\n* 10:00:00 > " + _EVENT % ',"techInfo":null',
            '2.0.1\n* 10:00:00 < ClearChargingProfile {"chargingProfileCriteria":{}}',
            (
                '2.1\n* 10:00:00 < GetVariables {"getVariableData":[{"component":{"name":"A"},"variable":'
                '{"name":"B"}}],"customData":null}'
            ),
        ),
        negative=(
            "2.0.1\n10:00:00 > " + _EVENT % "",
            '2.0.1\n10:00:00 > DataTransfer {"vendorId":"A","data":{}}',  # any JSON that the vendor likes
            '10:00:00 < GetConfiguration {"key":[]}',
        ),
    ),
    Rule(
        "schema.integer-as-decimal",
        Severity.INFO,
        "An integer is written with a decimal point.",
        "JSON Schema draft-04 section 3.5 (not an integer) and draft-06 section 6.1.1 (an integer)",
        remarked(text_demands.INTEGER_AS_DECIMAL),
        _tells(text_demands.INTEGER_AS_DECIMAL),
        remedy="The schemas of OCPP 1.6 are draft-04 and those of 2.x draft-06, but many peers check both as draft-04.",
        positive=(
            '* 10:00:00 < UnlockConnector {"connectorId":1.0}',
            '2.0.1\n* 10:00:00 < UnlockConnector {"evseId":1,"connectorId":1.0}',
        ),
        negative=(
            '10:00:00 < UnlockConnector {"connectorId":1}',
            '2.0.1\n10:00:00 < UnlockConnector {"evseId":1,"connectorId":1}',
            f"2.0.1\n10:00:00 {_LIMIT % 8.0}",
        ),
    ),
)
