"""Finished records come out of the pipe between two processes as they went in."""

from __future__ import annotations

import marshal
from dataclasses import replace

import pytest

from ocpptui.importing.finished_records import FinishedRecords, RecordFinisher
from ocpptui.importing.shared_reading import FORMAT
from ocpptui.ocpp.encoding import encoding_of
from ocpptui.ocpp.json_encoding import parse
from ocpptui.ocpp.message import Malformed, Message
from ocpptui.ocpp.version import Direction, Transport, Version
from ocpptui.recording.batch_lines import BatchLines
from ocpptui.timeline.record import ConnectionEvent, Record, RecordKind, kind_of
from tests.ocpp.envelopes import CS_15, request


def record(frame: Message | Malformed, number: int = 1, **detail: object) -> Record:
    return Record(
        1_780_000_000_000_000 + number, number, kind_of(frame), Direction.TO_CSMS, f"CP-{number}", Version.V16,
        frame.raw, detail=detail, parsed=frame, transport=frame.transport, line=number * 7,
    )  # fmt: skip


PLAIN = record(parse('[2,"1","Heartbeat",{}]'), guessed=["version"])
ANSWER = record(parse('[3,"1",{"currentTime":"2026-06-17T12:03:24Z"}]'))
TWICE = record(parse('[2,"2","Heartbeat",{}]'), alsoInLines=[3, 4], guessed=["zone"])
ERROR = record(parse('[4,"1","GenericError","",{}]'))
BROKEN = record(parse('[2,"1","Heartbeat",{}'))
ODD = record(parse('[2,"\\ud800","Heartbeat",{"a":1}]'))
FOREIGN = record(parse(b'[2,"1","Heartbeat",{"a":"\xff"}]'))
ENVELOPE = record(encoding_of(Transport.SOAP).read(request("Heartbeat", service=CS_15, message_id="77")))
EVENT = Record(5, 1, RecordKind.CONNECTION, charge_point="CP-1", detail={"event": str(ConnectionEvent.OPENED)})
SECRET = record(parse('[2,"3","ChangeConfiguration",{"key":"AuthorizationKey","value":"V3ryS3cret"}]'))
ALL = [PLAIN, EVENT, ANSWER, BROKEN, ODD, FOREIGN, TWICE, ENVELOPE, SECRET, ERROR]


def through(*portions: list[Record], without: int = 0) -> list[FinishedRecords]:
    """Some records as another process finishes them, each portion without its first records."""
    finisher, lines, found = RecordFinisher(keeps_secrets=True), BatchLines(), list[FinishedRecords]()
    for portion in portions:
        one = FinishedRecords.unpacked(marshal.loads(marshal.dumps(finisher.finished(portion), FORMAT)), lines)
        one.leave_out(without)
        found.append(one)
    return found


@pytest.mark.parametrize("portion", [[], [PLAIN], [ENVELOPE], [ERROR, BROKEN, EVENT], ALL])
def test_every_record_comes_back(portion: list[Record]) -> None:
    """Whatever the lines of one block of a log hold, with the line where it is."""
    found = [record for one in through(portion, portion) for record in one.records()]
    assert found == portion * 2
    assert [one.line for one in found] == [one.line for one in portion * 2]


@pytest.mark.parametrize("count", range(len(ALL) + 1))
def test_those_that_were_taken_are_left_out(count: int) -> None:
    """Each row of the columns still has its line."""
    first, second = through(ALL, ALL, without=count)
    for finished in (first, second):
        assert list(finished.records()) == ALL[count:]
        batch = finished.batch
        assert {len(column) for column in (batch.times, batch.ids, batch.verdicts, finished.numbers)} == {len(finished)}
        assert len(finished.lines) == len(finished)
        assert all(line.endswith(b"\n") and line.count(b"\n") == 1 for line in finished.lines)
    assert first.batch.new_templates
    assert not second.batch.new_templates


def test_secrets_are_masked_and_told() -> None:
    """The first process masks them in what it has finished before."""
    finisher = RecordFinisher(keeps_secrets=False)
    packed = finisher.finished([SECRET, replace(ERROR, raw='[4,"3","GenericError","V3ryS3cret?",{}]', parsed=None)])
    finished = FinishedRecords.unpacked(packed, lines := BatchLines())
    assert finished.secrets == ["V3ryS3cret"]
    assert b"V3ryS3cret" not in b"".join(finished.lines)
    assert FinishedRecords.unpacked(finisher.finished([PLAIN]), lines).secrets == []
