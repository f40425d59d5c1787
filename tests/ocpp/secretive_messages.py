"""Messages with a secret wherever OCPP has one, whole and damaged in one place."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from ocpptui.ocpp.json_encoding import JSON

PIN = 31415926535897
"""A secret that is a number."""
_PIECES = ("S3C", "3CR", "T3R", "3RC", "314159", "535897")

SECRETS = st.text("abcXYZ089 ,:\"\\{}[]'/ü漢\n", max_size=8).map(lambda text: f"S3CR{text}T3RC")
"""Texts that look like no name of OCPP, with all that JSON has to escape."""


_NONCE = re.compile(r"Sec-WebSocket-(?:Accept|Key): [\w+/=]{20,40}")
"""Random letters of a handshake, which may be those of a secret."""


def secrets_in(text: str) -> list[str]:
    """The parts of one of these secrets in a text, with their surroundings; one character may be wrong."""
    text = _NONCE.sub("", text)
    return [text[max(0, place - 80) : place + 80] for piece in _PIECES if (place := text.find(piece)) >= 0]


def variable(name: str, **more: Any) -> dict[str, Any]:
    """An item of SetVariables, GetVariables, NotifyReport or NotifyEvent."""
    return {"component": {"name": "SecurityCtrlr"}, "variable": {"name": name}, **more}


def secret_calls(secret: str, name: str) -> list[tuple[str, dict[str, Any]]]:
    """Actions and payloads of every call that can hold a secret; `name` is that of a variable."""
    other = variable("HeartbeatInterval", attributeValue="300")
    event = {"eventId": 1, "timestamp": "2026-01-01T00:00:00Z", "trigger": "Delta", "actualValue": secret}
    head = {"generatedAt": "2026-01-01T00:00:00Z", "seqNo": 0}
    report = {"requestId": 1, **head}
    message = JSON.call("i", "ChangeConfiguration", json.dumps({"key": "AuthorizationKey", "value": secret}))
    return [
        ("ChangeConfiguration", {"key": "AuthorizationKey", "value": secret}),
        ("ChangeConfiguration", {"value": secret, "key": "AuthorizationKey"}),
        ("SetVariables", {"setVariableData": [other, variable(name, attributeValue=secret)]}),
        ("SetVariables", {"setVariableData": [{"attributeValue": secret, **variable(name)}, other]}),
        ("NotifyReport", {**report, "reportData": [variable(name, variableAttribute=[{"value": secret}])]}),
        ("NotifyReport", {**report, "reportData": [{"variableAttribute": [{"value": secret}], **variable(name)}]}),
        ("NotifyEvent", {**head, "eventData": [{**event, **variable(name), "eventNotificationType": "CustomMonitor"}]}),
        ("SetNetworkProfile", {"configurationSlot": 1, "connectionData": profile(secret)}),
        ("DataTransfer", {"vendorId": "v", "data": message}),
        ("DataTransfer", {"vendorId": "v", "data": {"key": "AuthorizationKey", "value": secret}}),
    ]


def secret_results(secret: str, name: str) -> list[dict[str, Any]]:
    """Payloads of every answer that can hold a secret."""
    return [
        {
            "configurationKey": [
                {"key": "HeartbeatInterval", "readonly": False, "value": "300"},
                {"key": "AuthorizationKey", "readonly": False, "value": secret},
            ],
            "unknownKey": ["x"],
        },
        {"configurationKey": [{"value": secret, "readonly": False, "key": "AuthorizationKey"}]},
        {"getVariableResult": [{"attributeStatus": "Accepted", "attributeValue": secret, **variable(name)}]},
    ]


def profile(secret: str) -> dict[str, Any]:
    """A network profile with all its passwords."""
    return {
        "ocppVersion": "OCPP20",
        "ocppTransport": "JSON",
        "ocppCsmsUrl": "wss://csms.example.com",
        "messageTimeout": 30,
        "securityProfile": 1,
        "ocppInterface": "Wired0",
        "basicAuthPassword": secret,
        "apn": {
            "apn": "internet",
            "apnUserName": "u",
            "apnPassword": secret,
            "simPin": PIN,
            "apnAuthentication": "AUTO",
        },
        "vpn": {"server": "vpn", "user": "u", "password": secret, "key": secret, "type": "IKEv2"},
    }


@st.composite
def secretive_messages(draw: st.DrawFn) -> str:
    """The text of a message of any version that holds a secret."""
    secret = draw(SECRETS)
    name = draw(st.sampled_from(["BasicAuthPassword", "basicauthpassword", "VpnPassword", "VpnKey", "ApnPassword"]))
    messages: list[Sequence[Any]] = [[2, "a1", *call] for call in secret_calls(secret, name)]
    messages += [[3, "a1", result] for result in secret_results(secret, name)]
    messages.append([4, "a1", "PropertyConstraintViolation", "too long", messages[0][3]])
    separators = draw(st.sampled_from([(",", ":"), (", ", ": ")]))
    return json.dumps(draw(st.sampled_from(messages)), ensure_ascii=draw(st.booleans()), separators=separators)


@st.composite
def damaged_messages(draw: st.DrawFn) -> str | bytes:
    """Such a message, complete, truncated anywhere, or with one character missing, added or changed."""
    text = draw(secretive_messages())
    place = draw(st.integers(0, len(text) - 1))
    other = draw(st.sampled_from("x\"\\{}[],: \x01'0"))
    match draw(st.sampled_from(["whole", "cut", "removed", "doubled", "replaced", "inserted", "quotes", "byte"])):
        case "cut":
            return text[:place]
        case "removed":
            return text[:place] + text[place + 1 :]
        case "doubled":
            return text[:place] + text[place] + text[place:]
        case "replaced":
            return text[:place] + other + text[place + 1 :]
        case "inserted":
            return text[:place] + other + text[place:]
        case "quotes":
            return text.replace('"', "'")
        case "byte":
            data = bytearray(text.encode())
            data[place] = draw(st.integers(0x80, 0xFF))
            return bytes(data)
    return text
