"""Recordings full of confidential data, in each version of OCPP, and the list of that data."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from ocpptui.ocpp.version import Direction, Version
from ocpptui.timeline.record import ConnectionEvent, Origin, Record, RecordKind, message_record

SECOND = 1_000_000
START = 1_795_341_723 * SECOND
UP, DOWN = Direction.TO_CSMS, Direction.TO_CHARGE_POINT

_DATA = json.loads(Path(__file__).with_suffix(".json").read_text())
SECRETS: tuple[str, ...] = tuple(_DATA["secrets"])
"""Each of them stands in the recordings, and none of it may stand in what is made of them."""


def recordings() -> dict[Version, list[Record]]:
    """A connection of each version, in order."""
    return {
        Version.V16: [*connection(Version.V16), *_exchanges(Version.V16, _DATA["1.6"]), *ODDITIES],
        Version.V201: [*connection(Version.V201), *_exchanges(Version.V201, _DATA["2.0.1"])],
        Version.V21: [*connection(Version.V21), *_exchanges(Version.V21, _DATA["2.0.1"] + _DATA["2.1"])],
    }


def connection(version: Version) -> list[Record]:
    """A connection event with every network detail, including secrets that a real connection would not record."""
    basic = base64.b64encode(b"HeaderUser0042:Correct-Horse-Battery").decode()
    detail = {
        "event": ConnectionEvent.OPENED.value,
        "url": "wss://fleetuser:fleetpass77@csms.acme-energy.org:8443/tenant-acme-berlin/ACME-BERLIN-0042?key=api-key-31337-xyz",
        "requestLine": "GET /tenant-acme-berlin/ACME-BERLIN-0042?key=api-key-31337-xyz HTTP/1.1",
        "requestHeaders": [
            "Host: csms.acme-energy.org:8443",
            f"Authorization: Basic {basic}",
            "Proxy-Authorization: Bearer bearer-token-abcdef",
            "X-Api-Key: api-key-31337-xyz",
            "X-Forwarded-For: 10.20.30.41, fd12:3456:789a::41",
            "Cookie: session=cookie-session-8899",
            "Origin: https://csms.acme-energy.org",
        ],
        "responseHeaders": ["Set-Cookie: session=cookie-session-8899; Path=/", "Server: nginx/1.25.3"],
        "responseStatus": "101 Switching Protocols",
        "subprotocol": version.subprotocol,
        "remoteAddress": "10.20.30.41:50412",
        "host": "station-0042.lan.acme-energy.example.org",
        "tls": {
            "version": "TLSv1.3",
            "certificate": {
                "subject": "CN=ACME-BERLIN-0042,O=Jane Doe Logistics",
                "names": ["csms.acme-energy.org", "backup.acme-energy.org"],
                "serialNumber": "990021AABB",
            },
        },
    }
    return [_record(RecordKind.CONNECTION, version, detail=detail)]


def _record(kind: RecordKind, version: Version, **others: Any) -> Record:
    return Record(START, 1, kind, charge_point="ACME-BERLIN-0042", version=version, **others)


def _message(raw: str | bytes, version: Version, direction: Direction, number: int) -> Record:
    return message_record(
        raw, time=START + number * SECOND, connection=1, direction=direction, charge_point="ACME-BERLIN-0042",
        version=version,
    )  # fmt: skip


def _exchanges(version: Version, calls: list[Any]) -> list[Record]:
    records = []
    for number, (way, action, request, response) in enumerate(calls, 1):
        direction = Direction(way)
        identity = f"ACME-BERLIN-0042-{number}"  # some charge points put their name into each message id
        call = json.dumps([2, identity, action, request])
        records.append(_message(call, version, direction, number))
        records.append(_message(json.dumps([3, identity, response]), version, direction.opposite, number))
    return records


ODDITIES = [
    _message("idTag=4711-0815-BADGE refused by csms.acme-energy.org (10.20.30.41)", Version.V16, UP, 60),
    _message('[2,"x","Authorize",{"idTag":"0487AB12CD34EF","parentIdTag":"GroupOfAcme9"', Version.V16, UP, 61),
    _message(b'[2,"x","Authorize",{"idTag":"0487AB12CD34EF"}]\xff', Version.V16, UP, 62),
    _message('[4,"x","FormationViolation","idTag 0487AB12CD34EF",{"idTag":"0487AB12CD34EF"}]', Version.V16, DOWN, 63),
    _message('[2,"\\u0041CME-BERLIN-0042-9","Authorize",{"idTag":"\\u00304\\u00387AB12CD34EF"}]', Version.V16, UP, 64),
    _record(
        RecordKind.NOTE, Version.V16, origin=Origin.MANUAL,
        detail={"text": "CPSER-990017 rang: jane.doe@acme-energy.org cannot reach 10.20.30.41"},
    ),
    _record(
        RecordKind.CONNECTION, Version.V16,
        detail={"event": ConnectionEvent.FAILED.value, "url": "ws://backup.acme-energy.org/ACME-BERLIN-0042",
                "error": "[Errno 111] connect call failed ('10.20.30.41', 8443)", "step": "connect"},
    ),
]  # fmt: skip
"""What else a recording holds."""
