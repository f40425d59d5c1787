"""Records come out of the pipe between two processes as they went in."""

from __future__ import annotations

import marshal

import pytest

from ocpptui.importing.packed_records import FORMAT, PackedRecords, RecordPacker, RecordUnpacker
from ocpptui.ocpp.encoding import encoding_of
from ocpptui.ocpp.json_encoding import parse
from ocpptui.ocpp.message import Malformed, Message
from ocpptui.ocpp.version import Direction, Transport, Version
from ocpptui.timeline.record import ConnectionEvent, Record, RecordKind, kind_of
from tests.ocpp.envelopes import CS_15, request


def record(frame: Message | Malformed, number: int = 1, **detail: object) -> Record:
    return Record(
        1_780_000_000_000_000 + number, number, kind_of(frame), Direction.TO_CSMS, f"CP-{number}", Version.V16,
        frame.raw, detail=detail, parsed=frame, transport=frame.transport,
    )  # fmt: skip


PLAIN = record(parse('[2,"1","Heartbeat",{}]'), guessed=["version"])
ANSWER = record(parse('[3,"1",{"currentTime":"2026-06-17T12:03:24Z"}]'))
TWICE = record(parse('[2,"2","Heartbeat",{}]'), alsoInLines=[3, 4], guessed=["zone"])
ERROR = record(parse('[4,"1","GenericError","",{}]'))
BROKEN = record(parse('[2,"1","Heartbeat",{}'))
ODD = record(parse('[2,"\\ud800","Heartbeat",{"a":1}]'))
ENVELOPE = record(encoding_of(Transport.SOAP).read(request("Heartbeat", service=CS_15, message_id="77")))
EVENT = Record(5, 1, RecordKind.CONNECTION, charge_point="CP-1", detail={"event": str(ConnectionEvent.OPENED)})
SECRET = record(parse('[2,"3","ChangeConfiguration",{"key":"AuthorizationKey","value":"V3ryS3cret"}]'))


def through(*portions: list[Record], first: int = 0) -> list[Record]:
    packer, unpacker, found = RecordPacker(), RecordUnpacker(), list[Record]()
    for portion in portions:
        packed = PackedRecords(*marshal.loads(marshal.dumps([*packer.packed(portion)], FORMAT)))
        unpacker.learn(packed)
        found += unpacker.records(packed, first)
    return found


@pytest.mark.parametrize("portion", [
    [], [PLAIN], [PLAIN, ANSWER, TWICE], [ENVELOPE], [ERROR, BROKEN, EVENT],
    [PLAIN, EVENT, ANSWER, BROKEN, ODD, SECRET],
])  # fmt: skip
def test_every_record_comes_back(portion: list[Record]) -> None:
    """Whatever the lines of one block of a log hold: a log of envelopes alone has nothing in columns."""
    found = through(portion, portion)
    assert found == portion * 2
    assert [one.parsed for one in found] == [one.parsed for one in portion * 2]


def test_it_goes_on_behind_the_records_that_were_taken() -> None:
    portion = [PLAIN, EVENT, ANSWER, BROKEN, TWICE]
    for first in range(len(portion) + 1):
        assert through(portion, first=first) == portion[first:]


def test_more_charge_points_than_are_numbered_come_back_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ocpptui.importing.packed_records.MOST_SHARED", 3)
    records = [record(parse('[2,"1","Heartbeat",{}]'), number % 5) for number in range(20)]
    assert through(records) == records
