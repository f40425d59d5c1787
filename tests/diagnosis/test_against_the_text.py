"""Messages that are legal by the schemas, but against the text of the specification: a rule finds each of them.

Each is here twice: with the value that the text forbids, and with one that it allows.
"""

from __future__ import annotations

from math import inf
from typing import NamedTuple

import pytest

from ocpptui.diagnosis.diagnosis import Diagnosis
from ocpptui.diagnosis.findings import findings_at
from ocpptui.diagnosis.rule import Finding
from ocpptui.diagnosis.trace import read_trace
from ocpptui.ocpp.version import Version
from ocpptui.timeline.timeline import Timeline


class Frame(NamedTuple):
    """A message with one value left open (`§`): what it is against the text, and what is legal."""

    rule: str
    message: str
    """As a trace has it (docs/RULES.md), without its time: `< Reset {…}`; an answer after its call and a line break."""
    wrong: str
    right: str

    def with_value(self, version: Version, value: str) -> str:
        lines = self.message.replace("§", value).splitlines()
        return "\n".join([str(version), *(f"10:00:0{second} {line.strip()}" for second, line in enumerate(lines, 1))])


NUMBER = "text.connector-id"
RANGE = "text.range"
AGAINST_SCHEMA = {"schema.call", "schema.result", "rpc.other-version", "rpc.unknown-action"}
AT = '"2027-03-01T08:00:00Z"'
PROFILE_1 = (
    '{"chargingProfileId":8,"stackLevel":2,"chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative",'
    '"chargingSchedule":{"chargingRateUnit":"A","chargingSchedulePeriod":[{"startPeriod":0,"limit":16}]}}'
)
PROFILE_2 = (
    '{"id":8,"stackLevel":2,"chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative",'
    '"chargingSchedule":[{"id":1,"chargingRateUnit":"A","chargingSchedulePeriod":[{"startPeriod":0,"limit":16}]}]}'
)
SAMPLE_1 = f'[{{"timestamp":{AT},"sampledValue":[{{"value":"230","measurand":"Voltage"}}]}}]'
SAMPLE_2 = f'[{{"timestamp":{AT},"sampledValue":[{{"value":230,"measurand":"Voltage"}}]}}]'
PLACE = '"component":{"name":"EVSE","evse":{"id":1}},"variable":{"name":"Power"}'
MONITOR = f'"id":4,"transaction":false,"value":9,"type":"UpperThreshold","severity":§,{PLACE}'
CALL_1 = "< RemoteStartTransaction"
RESERVATION_2 = f'"expiryDateTime":{AT},"idToken":{{"idToken":"04C0FFEE","type":"ISO14443"}}'

OF_1_6 = {
    "availability of a negative connector": Frame(
        NUMBER, '< ChangeAvailability {"connectorId":§,"type":"Inoperative"}', "-3", "0"
    ),
    "profiles of a negative connector": Frame(NUMBER, '< ClearChargingProfile {"connectorId":§}', "-2", "0"),
    "profile for a negative connector": Frame(
        NUMBER, f'< SetChargingProfile {{"connectorId":§,"csChargingProfiles":{PROFILE_1}}}', "-4", "0"
    ),
    "composite schedule of a negative connector": Frame(
        NUMBER, '< GetCompositeSchedule {"connectorId":§,"duration":900}', "-1", "0"
    ),
    "answer with the schedule of a negative connector": Frame(
        NUMBER,
        '< GetCompositeSchedule {"connectorId":0,"duration":900}\n> ok {"status":"Accepted","connectorId":§}',
        "-1",
        "0",
    ),
    "meter values of a negative connector": Frame(
        NUMBER, f'> MeterValues {{"connectorId":§,"meterValue":{SAMPLE_1}}}', "-7", "0"
    ),
    "remote start at a negative connector": Frame(NUMBER, f'{CALL_1} {{"connectorId":§,"idTag":"C0FFEE"}}', "-1", "2"),
    "remote start at the whole charge point": Frame(NUMBER, f'{CALL_1} {{"connectorId":§,"idTag":"C0FFEE"}}', "0", "1"),
    "reservation of a negative connector": Frame(
        NUMBER,
        f'< ReserveNow {{"connectorId":§,"expiryDate":{AT},"idTag":"C0FFEE","reservationId":6}}',
        "-1",
        "2",
    ),
    "transaction at the whole charge point": Frame(
        NUMBER,
        f'> StartTransaction {{"connectorId":§,"idTag":"C0FFEE","meterStart":5,"timestamp":{AT}}}',
        "0",
        "1",
    ),
    "transaction at a negative connector": Frame(
        NUMBER,
        f'> StartTransaction {{"connectorId":§,"idTag":"C0FFEE","meterStart":5,"timestamp":{AT}}}',
        "-2",
        "2",
    ),
    "status of a negative connector": Frame(
        NUMBER, '> StatusNotification {"connectorId":§,"errorCode":"NoError","status":"Available"}', "-1", "1"
    ),
    "trigger for a negative connector": Frame(
        NUMBER, '< TriggerMessage {"requestedMessage":"MeterValues","connectorId":§}', "-1", "1"
    ),
    "trigger for the whole charge point": Frame(
        NUMBER, '< TriggerMessage {"requestedMessage":"StatusNotification","connectorId":§}', "0", "2"
    ),
    "unlocking a negative connector": Frame(NUMBER, '< UnlockConnector {"connectorId":§}', "-9", "2"),
    "unlocking the whole charge point": Frame(NUMBER, '< UnlockConnector {"connectorId":§}', "0", "1"),
    "profiles of a negative level": Frame(RANGE, '< ClearChargingProfile {"stackLevel":§}', "-2", "0"),
    "profile of a negative level": Frame(
        RANGE,
        f'< SetChargingProfile {{"connectorId":1,"csChargingProfiles":{PROFILE_1}}}'.replace("2,", "§,", 1),
        "-1",
        "0",
    ),
    "schedule that begins later than it starts": Frame(
        "profile.first-period",
        f'< SetChargingProfile {{"connectorId":1,"csChargingProfiles":{PROFILE_1}}}'.replace('iod":0', 'iod":§'),
        "60",
        "0",
    ),
    "schedule without a period": Frame(
        "text.cardinality-16",
        f'< SetChargingProfile {{"connectorId":1,"csChargingProfiles":{PROFILE_1}}}'.replace(
            '{"startPeriod":0,"limit":16}', "§"
        ),
        "",
        '{"startPeriod":0,"limit":6}',
    ),
    "composite schedule without a period": Frame(
        "text.cardinality-16",
        '< GetCompositeSchedule {"connectorId":1,"duration":900}\n> ok {"status":"Accepted","connectorId":1,'
        f'"scheduleStart":{AT},"chargingSchedule":{{"duration":900,"chargingRateUnit":"A","chargingSchedulePeriod":[§]}}}}',
        "",
        '{"startPeriod":0,"limit":6}',
    ),
    "transaction data without a value": Frame(
        "text.cardinality-16",
        f'> StopTransaction {{"meterStop":9,"timestamp":{AT},"transactionId":3,"transactionData":'
        f'[{{"timestamp":{AT},"sampledValue":[§]}}]}}',
        "",
        '{"value":"9"}',
    ),
    "list of an impossible version": Frame(
        "cmd.list-version", '< SendLocalList {"listVersion":§,"updateType":"Full"}', "-1", "1"
    ),
    "list of the version of an empty list": Frame(
        "cmd.list-version", '< SendLocalList {"listVersion":§,"updateType":"Full"}', "0", "4"
    ),
    "version of a list below -1": Frame(RANGE, '< GetLocalListVersion {}\n> ok {"listVersion":§}', "-5", "-1"),
}

OF_2 = {
    "availability of a negative EVSE": Frame(
        NUMBER, '< ChangeAvailability {"operationalStatus":"Inoperative","evse":{"id":§}}', "-3", "1"
    ),
    "profiles of a negative EVSE": Frame(
        NUMBER, '< ClearChargingProfile {"chargingProfileCriteria":{"evseId":§}}', "-1", "0"
    ),
    "limit of a negative EVSE that has ended": Frame(
        NUMBER, '> ClearedChargingLimit {"chargingLimitSource":"SO","evseId":§}', "-2", "1"
    ),
    "limit of a negative EVSE": Frame(
        NUMBER, '> NotifyChargingLimit {"evseId":§,"chargingLimit":{"chargingLimitSource":"SO"}}', "-2", "1"
    ),
    "report asked for a negative EVSE": Frame(
        NUMBER,
        '< GetReport {"requestId":5,"componentVariable":[{"component":{"name":"EVSE","evse":{"id":§}}}]}',
        "-1",
        "2",
    ),
    "report asked for a negative connector": Frame(
        NUMBER,
        '< GetReport {"requestId":5,"componentVariable":[{"component":{"name":"Connector",'
        '"evse":{"id":1,"connectorId":§}}}]}',
        "-1",
        "1",
    ),
    "variable read of a negative EVSE": Frame(
        NUMBER,
        '< GetVariables {"getVariableData":[{"component":{"name":"EVSE","evse":{"id":§}},'
        '"variable":{"name":"Power"}}]}',
        "-8",
        "1",
    ),
    "variable set of a negative EVSE": Frame(
        NUMBER,
        '< SetVariables {"setVariableData":[{"attributeValue":"true","component":{"name":"EVSE","evse":{"id":§}},'
        '"variable":{"name":"Available"}}]}',
        "-8",
        "1",
    ),
    "profiles asked of a negative EVSE": Frame(
        NUMBER,
        '< GetChargingProfiles {"requestId":5,"evseId":§,"chargingProfile":{"chargingProfilePurpose":"TxProfile"}}',
        "-1",
        "0",
    ),
    "composite schedule of a negative EVSE": Frame(
        NUMBER, '< GetCompositeSchedule {"duration":900,"evseId":§}', "-1", "0"
    ),
    "meter values of a negative EVSE": Frame(
        NUMBER, f'> MeterValues {{"evseId":§,"meterValue":{SAMPLE_2}}}', "-1", "0"
    ),
    "needs at the whole station": Frame(
        NUMBER, '> NotifyEVChargingNeeds {"evseId":§,"chargingNeeds":{"requestedEnergyTransfer":"DC"}}', "0", "1"
    ),
    "schedule of a car at the whole station": Frame(
        NUMBER,
        f'> NotifyEVChargingSchedule {{"timeBase":{AT},"evseId":§,"chargingSchedule":{{"id":1,"chargingRateUnit":"A",'
        '"chargingSchedulePeriod":[{"startPeriod":0,"limit":16}]}}',
        "0",
        "1",
    ),
    "profiles reported of a negative EVSE": Frame(
        NUMBER,
        '< GetChargingProfiles {"requestId":5,"chargingProfile":{"chargingProfilePurpose":"TxDefaultProfile"}}\n'
        f'> ReportChargingProfiles {{"requestId":5,"chargingLimitSource":"CSO","evseId":§,'
        f'"chargingProfile":[{PROFILE_2}]}}',
        "-1",
        "1",
    ),
    "remote start at the whole station": Frame(
        NUMBER,
        '< RequestStartTransaction {"evseId":§,"remoteStartId":5,"idToken":{"idToken":"04C0FFEE","type":"ISO14443"}}',
        "0",
        "1",
    ),
    "reservation of a negative EVSE": Frame(NUMBER, f'< ReserveNow {{"id":6,"evseId":§,{RESERVATION_2}}}', "-1", "1"),
    "reset of a negative EVSE": Frame(NUMBER, '< Reset {"type":"OnIdle","evseId":§}', "-1", "1"),
    "status of a negative EVSE": Frame(
        NUMBER,
        f'> StatusNotification {{"timestamp":{AT},"connectorStatus":"Available","evseId":§,"connectorId":1}}',
        "-1",
        "1",
    ),
    "status of a negative connector": Frame(
        NUMBER,
        f'> StatusNotification {{"timestamp":{AT},"connectorStatus":"Available","evseId":1,"connectorId":§}}',
        "-1",
        "1",
    ),
    "event at a negative EVSE": Frame(
        NUMBER,
        f'> TransactionEvent {{"eventType":"Started","timestamp":{AT},"triggerReason":"CablePluggedIn","seqNo":0,'
        '"transactionInfo":{"transactionId":"a"},"evse":{"id":§,"connectorId":1}}',
        "-1",
        "1",
    ),
    "trigger for a negative EVSE": Frame(
        NUMBER, '< TriggerMessage {"requestedMessage":"MeterValues","evse":{"id":§}}', "-1", "1"
    ),
    "unlocking at a negative EVSE": Frame(NUMBER, '< UnlockConnector {"evseId":§,"connectorId":1}', "-1", "1"),
    "unlocking a negative connector": Frame(NUMBER, '< UnlockConnector {"evseId":1,"connectorId":§}', "-1", "1"),
    "profiles of a negative level": Frame(
        RANGE, '< ClearChargingProfile {"chargingProfileCriteria":{"stackLevel":§}}', "-1", "0"
    ),
    "profile of a negative level": Frame(
        RANGE, f'< SetChargingProfile {{"evseId":1,"chargingProfile":{PROFILE_2}}}'.replace("2,", "§,", 1), "-1", "0"
    ),
    "profiles asked for of a negative level": Frame(
        RANGE, '< GetChargingProfiles {"requestId":5,"chargingProfile":{"stackLevel":§}}', "-1", "0"
    ),
    "priority below the range": Frame(
        RANGE,
        '> Authorize {"idToken":{"idToken":"04C0FFEE","type":"ISO14443"}}\n'
        '< ok {"idTokenInfo":{"status":"Accepted","chargingPriority":§}}',
        "-11",
        "-9",
    ),
    "priority above the range": Frame(
        RANGE,
        f'> TransactionEvent {{"eventType":"Started","timestamp":{AT},"triggerReason":"CablePluggedIn","seqNo":0,'
        '"transactionInfo":{"transactionId":"a"},"evse":{"id":1,"connectorId":1}}\n< ok {"chargingPriority":§}',
        "12",
        "9",
    ),
    "text of a negative number": Frame(
        RANGE,
        '< SetDisplayMessage {"message":{"id":§,"priority":"InFront","message":{"format":"ASCII","content":"Hi"}}}',
        "-6",
        "0",
    ),
    "log to what has no scheme": Frame(
        "text.url",
        '< GetLog {"logType":"DiagnosticsLog","requestId":5,"log":{"remoteLocation":"§"}}',
        "logs here",
        "https://a.example/logs",
    ),
    "level of monitoring below the range": Frame(RANGE, '< SetMonitoringLevel {"severity":§}', "-2", "0"),
    "level of monitoring above the range": Frame(RANGE, '< SetMonitoringLevel {"severity":§}', "11", "9"),
    "monitor of a severity above the range": Frame(
        RANGE, f'< SetVariableMonitoring {{"setMonitoringData":[{{{MONITOR}}}]}}', "14", "9"
    ),
    "first part of a report with a negative number": Frame(
        "report.sequence",
        '< GetBaseReport {"requestId":5,"reportBase":"FullInventory"}\n> ok {"status":"Accepted"}\n'
        f'> NotifyReport {{"requestId":5,"generatedAt":{AT},"seqNo":§}}',
        "-1",
        "0",
    ),
    "part of a log of customers with a negative number": Frame(
        "report.sequence",
        '< CustomerInformation {"requestId":5,"report":true,"clear":false}\n> ok {"status":"Accepted"}\n'
        f'> NotifyCustomerInformation {{"requestId":5,"data":"-","generatedAt":{AT},"seqNo":§}}',
        "-1",
        "0",
    ),
    "list of an impossible version": Frame(
        "cmd.list-version", '< SendLocalList {"versionNumber":§,"updateType":"Full"}', "-1", "1"
    ),
    "version of a list below 0": Frame(RANGE, '< GetLocalListVersion {}\n> ok {"versionNumber":§}', "-1", "0"),
}

CASES = [
    pytest.param(version, frame, id=f"{version}, {name}")
    for version, frames in ((Version.V16, OF_1_6), (Version.V201, OF_2))
    for name, frame in frames.items()
]


def problems(version: Version, frame: Frame, value: str) -> dict[str, Finding]:
    """What is wrong with the last message of the frame with this value, by its rule."""
    timeline = Timeline()
    diagnosis = Diagnosis(timeline)
    for record in read_trace(frame.with_value(version, value)).records:
        timeline.append(record)
    assert diagnosis.advance(inf)
    return {one.rule: one for one in findings_at(timeline, len(timeline) - 1) if one.severity.is_problem}


@pytest.mark.parametrize(("version", "frame"), CASES)
def test_what_the_schema_allows_and_the_text_forbids_is_found(version: Version, frame: Frame) -> None:
    """Support would call a message right that the next central system or charge point refuses."""
    found = problems(version, frame, frame.wrong)
    assert not AGAINST_SCHEMA & found.keys(), "the schema forbids it: this frame shows nothing"
    assert frame.rule in found
    assert frame.wrong in found[frame.rule].text


@pytest.mark.parametrize(("version", "frame"), CASES)
def test_the_legal_value_in_its_place_is_not_found(version: Version, frame: Frame) -> None:
    """Who is accused of every message of a kind stops reading."""
    assert problems(version, frame, frame.right) == {}


@pytest.mark.parametrize("frame", OF_2.values(), ids=OF_2.keys())
def test_it_is_found_in_2_1_by_a_rule_or_by_the_schema(frame: Frame) -> None:
    """The schemas of 2.1 have the least value of many of these fields, but not of all."""
    assert problems(Version.V21, frame, frame.wrong).keys() & {frame.rule, "schema.call", "schema.result"}
    assert problems(Version.V21, frame, frame.right) == {}
