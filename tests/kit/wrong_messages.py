"""Every kind of wrong message that one side of a connection may send, for each version and direction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from ocpptui.ocpp.version import Direction, Transport, Version

UP, DOWN = Direction.TO_CSMS, Direction.TO_CHARGE_POINT
VERSIONS = Version.offered(Transport.JSON)


class Vocabulary(NamedTuple):
    """Actions of a version that the sender of a message may call, and what may be wrong with them."""

    empty: str
    """An action without required fields."""
    action: str
    good: str
    """A right payload of `action`."""
    type: str
    """A payload with a value of the wrong type."""
    enum: str
    """A payload with a value outside of its enumeration, and the action that it is for."""
    long: str
    date: str
    """A call with a date-time in the place of `%s`."""
    other_side: str
    """A call that only the receiver may send."""
    other_version: str
    """An action that only another version has."""


_STATUS = '"StatusNotification",{"connectorId":1,"errorCode":"NoError","status":"Available","timestamp":"%s"}'
_STATUS_2X = '"StatusNotification",{"timestamp":"%s","connectorStatus":"Available","evseId":1,"connectorId":1}'
_TOKEN = '{"idToken":{"idToken":"A","type":"Central"}}'

_OF_1X = {
    UP: Vocabulary(
        empty="Heartbeat",
        action="Authorize",
        good='{"idTag":"A"}',
        type='"Authorize",{"idTag":1}',
        enum='"StatusNotification",{"connectorId":1,"errorCode":"NoError","status":"Broken"}',
        long='"Authorize",{"idTag":"123456789012345678901"}',
        date=_STATUS,
        other_side='"Reset",{"type":"Soft"}',
        other_version="TransactionEvent",
    ),
    DOWN: Vocabulary(
        empty="ClearCache",
        action="ChangeAvailability",
        good='{"connectorId":1,"type":"Operative"}',
        type='"ChangeAvailability",{"connectorId":"1","type":"Operative"}',
        enum='"Reset",{"type":"Warm"}',
        long='"RemoteStartTransaction",{"idTag":"123456789012345678901"}',
        date='"ReserveNow",{"connectorId":1,"expiryDate":"%s","idTag":"A","reservationId":1}',
        other_side='"Authorize",{"idTag":"A"}',
        other_version="GetBaseReport",
    ),
}
_OF_2X = {
    UP: Vocabulary(
        empty="Heartbeat",
        action="Authorize",
        good=_TOKEN,
        type='"Authorize",{"idToken":{"idToken":1,"type":"Central"}}',
        enum=(_STATUS_2X % "2026-01-01T00:00:00Z").replace("Available", "Broken"),
        long=f'"Authorize",{{"idToken":{{"idToken":"{"A" * 300}","type":"Central"}}}}',
        date=_STATUS_2X,
        other_side='"ClearCache",{}',
        other_version="StartTransaction",
    ),
    DOWN: Vocabulary(
        empty="ClearCache",
        action="GetTransactionStatus",
        good='{"transactionId":"A"}',
        type='"GetTransactionStatus",{"transactionId":1}',
        enum='"Reset",{"type":"Warm"}',
        long=f'"GetTransactionStatus",{{"transactionId":"{"A" * 37}"}}',
        date='"ReserveNow",{"id":1,"expiryDateTime":"%s","idToken":{"idToken":"A","type":"Central"}}',
        other_side='"Heartbeat",{}',
        other_version="RemoteStartTransaction",
    ),
}
_STREAM = '"NotifyPeriodicEventStream",{"id":1,"pending":0,"basetime":"2026-01-01T00:00:00Z","data":[{"t":1,"v":"1"}]}'
_DEEP = "[" * 300 + "]" * 300

Maker = Callable[[Vocabulary], str | bytes]

_MALFORMED: dict[str, Maker] = {
    "nothing at all": lambda v: "",
    "spaces alone": lambda v: "   ",
    "a word": lambda v: "hello",
    "truncated in the payload": lambda v: f'[2,"x","{v.action}",{{"a":',
    "truncated in the action": lambda v: '[2,"x","Heart',
    "truncated after the id": lambda v: '[2,"x"',
    "truncated in the id": lambda v: '[2,"x',
    "a comma too many": lambda v: f'[2,"x","{v.empty}",{{}},]',
    "a bracket too many": lambda v: f'[2,"x","{v.empty}",{{}}]]',
    "single quotation marks": lambda v: f"[2,'x','{v.empty}',{{}}]",
    "keys without quotation marks": lambda v: f'[2,"x","{v.action}",{{idTag:"A"}}]',
    "a comment": lambda v: f'[2,"x","{v.empty}",{{}}] // soon',
    "two frames in one message": lambda v: f'[2,"x","{v.empty}",{{}}][2,"y","{v.empty}",{{}}]',
    "a NUL": lambda v: f'[2,"x","{v.action}",{{"a":"\0"}}]',
    "a line feed in a string": lambda v: f'[2,"x","{v.action}",{{"a":"b\nc"}}]',
    "bytes that are not UTF-8": lambda v: b'[2,"x","Heartbeat",{"a":"\xff\xfe"}]',
    "nested too deeply": lambda v: f'[2,"x","{v.empty}",{{"a":{_DEEP}}}]',
    "an object": lambda v: f'{{"id":"x","action":"{v.empty}"}}',
    "a string": lambda v: '"Heartbeat"',
    "a number": lambda v: "42",
    "null": lambda v: "null",
    "an empty array": lambda v: "[]",
    "a type alone": lambda v: "[2]",
    "a type and an id": lambda v: '[2,"x"]',
    "an action that is a number": lambda v: '[2,"x",7,{}]',
    "an action that is null": lambda v: '[2,"x",null,{}]',
    "an id that is null": lambda v: f'[2,null,"{v.empty}",{{}}]',
    "an id that is an object": lambda v: f'[2,{{}},"{v.empty}",{{}}]',
    "an id that is a boolean": lambda v: f'[2,true,"{v.empty}",{{}}]',
    "an id that is a fraction": lambda v: f'[2,1.5,"{v.empty}",{{}}]',
    "a type that is a string": lambda v: f'["2","x","{v.empty}",{{}}]',
    "a type that is a fraction": lambda v: f'[2.5,"x","{v.empty}",{{}}]',
    "type 0": lambda v: f'[0,"x","{v.empty}",{{}}]',
    "type 1": lambda v: f'[1,"x","{v.empty}",{{}}]',
    "type 9": lambda v: f'[9,"x","{v.empty}",{{}}]',
    "an answer that is cut off": lambda v: '[3,"x",{"status":',
    "an error that is cut off": lambda v: '[4,"x","GenericError","',
    "an answer without an id": lambda v: "[3]",
}

_FRAMES: dict[str, Maker] = {
    "an id that is an integer": lambda v: f'[2,12345,"{v.empty}",{{}}]',
    "an id of 37 characters": lambda v: f'[2,"{"x" * 37}","{v.empty}",{{}}]',
    "an empty id": lambda v: f'[2,"","{v.empty}",{{}}]',
    "no payload": lambda v: f'[2,"x","{v.empty}"]',
    "a fifth element": lambda v: f'[2,"x","{v.empty}",{{}},1]',
    "a payload that is null": lambda v: f'[2,"x","{v.empty}",null]',
    "null where fields are required": lambda v: f'[2,"x","{v.action}",null]',
    "a payload that is an array": lambda v: f'[2,"x","{v.empty}",[]]',
    "a payload that is a string": lambda v: f'[2,"x","{v.empty}","ok"]',
    "a payload that is a number": lambda v: f'[2,"x","{v.empty}",1]',
    "a payload that is a boolean": lambda v: f'[2,"x","{v.empty}",true]',
    "a byte order mark": lambda v: f'\ufeff[2,"x","{v.empty}",{{}}]',
    "NaN": lambda v: f'[2,"x","{v.empty}",{{"a":NaN}}]',
    "a lone surrogate": lambda v: f'[2,"x","{v.empty}",{{"a":"\\ud800"}}]',
    "a key twice": lambda v: f'[2,"x","{v.action}",{v.good[:-1]},{v.good[1:]}]',
    "spaces around everything": lambda v: f' [ 2 , "x" , "{v.empty}" , {{ }} ] ',
}

_ACTIONS: dict[str, Maker] = {
    "an action that nobody has": lambda v: '[2,"x","MakeCoffee",{}]',
    "an action in lower case": lambda v: f'[2,"x","{v.empty.lower()}",{{}}]',
    "an action with .req": lambda v: f'[2,"x","{v.empty}.req",{{}}]',
    "an empty action": lambda v: '[2,"x","",{}]',
    "an action of another version": lambda v: f'[2,"x","{v.other_version}",{{}}]',
    "a signed action": lambda v: f'[2,"x","{v.empty}-Signed",{{"payload":"A","signatures":[]}}]',
    "an action of the other side": lambda v: f'[2,"x",{v.other_side}]',
    "an integer id and an unknown action": lambda v: '[2,7,"MakeCoffee",{}]',
    "another action as a SEND": lambda v: f'[6,"x","{v.empty}",{{}}]',
    "the event stream as a CALL": lambda v: f'[2,"x",{_STREAM}]',
    "the event stream as a SEND": lambda v: f'[6,"x",{_STREAM}]',
    "a SEND that nobody has": lambda v: '[6,"x","MakeCoffee",{}]',
}

_PAYLOADS: dict[str, Maker] = {
    "a field that is missing": lambda v: f'[2,"x","{v.action}",{{}}]',
    "a field that nobody has": lambda v: f'[2,"x","{v.empty}",{{"colour":"red"}}]',
    "a field too many beside right ones": lambda v: f'[2,"x","{v.action}",{v.good[:-1]},"colour":"red"}}]',
    "a value of the wrong type": lambda v: f'[2,"x",{v.type}]',
    "a value outside of its enumeration": lambda v: f'[2,"x",{v.enum}]',
    "a text that is too long": lambda v: f'[2,"x",{v.long}]',
    "a field that is null": lambda v: f'[2,"x","{v.empty}",{{"customData":null}}]',
    "a date that is none": lambda v: f'[2,"x",{v.date % "yesterday"}]',
    "an empty date": lambda v: f'[2,"x",{v.date % ""}]',
    "a date without an offset": lambda v: f'[2,"x",{v.date % "2026-01-31T12:00:00"}]',
    "a date with a short offset": lambda v: f'[2,"x",{v.date % "2026-01-31T12:00:00+02"}]',
}

KINDS: dict[str, Maker] = {**_MALFORMED, **_FRAMES, **_ACTIONS, **_PAYLOADS}
"""What is wrong with a message, and the message; its id is x where it has one that could be so."""


class WrongMessage(NamedTuple):
    """One message that is not as it should be."""

    kind: str
    version: Version
    direction: Direction
    raw: str | bytes

    @property
    def name(self) -> str:
        return f"{self.version} {'up' if self.direction is UP else 'down'}: {self.kind}"


def wrong_messages(version: Version, direction: Direction) -> Iterator[WrongMessage]:
    """A message of each kind."""
    vocabulary = (_OF_1X if version.generation == 1 else _OF_2X)[direction]
    for kind, make in KINDS.items():
        yield WrongMessage(kind, version, direction, make(vocabulary))
