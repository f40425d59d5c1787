"""A form that knows a charge point."""

from __future__ import annotations

import json
from typing import Any

from ocpptui.compose.draft import Draft, DraftNode
from ocpptui.compose.known_values import KnownValues
from ocpptui.ocpp.schema import Part, field_tree
from ocpptui.ocpp.validation import is_valid
from ocpptui.ocpp.version import Role, Version
from tests.stations.station_talk import StationTalk

NOW = 1_700_000_000_000_000
CP, CS = Role.CHARGE_POINT, Role.CENTRAL_SYSTEM


class Desk:
    """A message that is being written to a charge point, or by it."""

    def __init__(self, talk: StationTalk, role: Role, action: str) -> None:
        assert talk.version is not None
        self.talk = talk
        self.version, self.action = talk.version, action
        self.values = KnownValues(talk.version, role, action, lambda: talk.knowledge.get(talk.charge_point))
        field = field_tree(talk.version, action, Part.REQUEST)
        self.draft = Draft.started(field, NOW, suggestions=self.values.named)
        self.values.start(self.draft, NOW)

    @property
    def payload(self) -> Any:
        assert is_valid(self.version, self.action, Part.REQUEST, json.loads(self.draft.to_json()))
        return self.draft.value()

    def node(self, path: str) -> DraftNode:
        return next(row.node for row in self.draft.all_rows() if row.path == path)

    def offered(self, path: str) -> dict[str, str]:
        return {one.value: one.note for one in self.values.offered(self.node(path))}

    def choose(self, path: str, text: str) -> None:
        self.values.choose(self.draft, self.node(path), text, NOW)

    def write(self, path: str, text: str) -> None:
        self.values.write(self.draft, self.node(path), text, NOW)


def configured() -> StationTalk:
    talk = StationTalk()
    keys = [
        {"key": "HeartbeatInterval", "readonly": False, "value": "900"},
        {"key": "MeterValueSampleInterval", "readonly": False, "value": "60"},
        {"key": "NumberOfConnectors", "readonly": True, "value": "2"},
        {"key": "AuthorizationKey", "readonly": False},
    ]
    talk.ask("GetConfiguration", {}, {"configurationKey": keys})
    return talk


def modelled() -> StationTalk:
    talk = StationTalk(Version.V201)

    def entry(component: str, variable: str, value: str, evse: int = 0) -> dict[str, Any]:
        place = {"evse": {"id": evse}} if evse else {}
        attribute = {"value": value, "mutability": "ReadWrite"}
        return {
            "component": {"name": component, **place},
            "variable": {"name": variable},
            "variableAttribute": [attribute],
        }

    data = [
        entry("OCPPCommCtrlr", "HeartbeatInterval", "900"),
        entry("SampledDataCtrlr", "TxUpdatedInterval", "30"),
        entry("EVSE", "Power", "22000", evse=2),
    ]
    talk.call("NotifyReport", {"requestId": 7, "generatedAt": "x", "seqNo": 0, "reportData": data}, {})
    return talk


def charging(version: Version = Version.V16) -> StationTalk:
    talk = StationTalk(version)
    if version.generation == 1:
        for connector, status in ((1, "Charging"), (2, "Faulted")):
            fields = {"connectorId": connector, "errorCode": "NoError", "status": status}
            talk.call("StatusNotification", fields, {})
        start = {"connectorId": 1, "idTag": "CAFE", "meterStart": 1000, "timestamp": "x"}
        talk.call("StartTransaction", start, {"transactionId": 41, "idTagInfo": {"status": "Accepted"}})
        sample = {"timestamp": "x", "sampledValue": [{"value": "1.25", "unit": "kWh"}]}
        talk.call("MeterValues", {"connectorId": 1, "transactionId": 41, "meterValue": [sample]}, {})
        return talk
    for evse in (1, 2):
        for connector in (1, 2):
            fields = {"evseId": evse, "connectorId": evse * 10 + connector, "connectorStatus": "Available"}
            talk.call("StatusNotification", {"timestamp": "x", **fields}, {})
    sample = {"timestamp": "x", "sampledValue": [{"value": 1250}]}
    talk.call(
        "TransactionEvent",
        {
            "eventType": "Started",
            "timestamp": "x",
            "triggerReason": "Authorized",
            "seqNo": 4,
            "transactionInfo": {"transactionId": "T1", "chargingState": "Charging"},
            "evse": {"id": 2, "connectorId": 21},
            "idToken": {"idToken": "CAFE", "type": "eMAID"},
            "meterValue": [sample],
        },
        {},
    )
    return talk
