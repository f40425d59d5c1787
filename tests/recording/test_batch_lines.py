"""The process that keeps the records of an imported log writes the lines that a recording of them has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from ocpptui.ocpp.json_encoding import parse
from ocpptui.ocpp.version import Direction, Version
from ocpptui.recording.batch_lines import BatchLines, line_text
from ocpptui.recording.line_format import to_line
from ocpptui.timeline.masking import Masking
from ocpptui.timeline.record import ConnectionEvent, Record, RecordKind, kind_of
from ocpptui.timeline.record_batches import RecordBatches


def record(raw: str | bytes, number: int = 1, **detail: object) -> Record:
    frame = parse(raw)
    return Record(
        1_780_000_000_000_000 + number, number, kind_of(frame), Direction.TO_CSMS, f"CP-{number}", Version.V16,
        frame.raw, detail=detail, parsed=frame,
    )  # fmt: skip


CALL = record('[2,"1","Heartbeat",{}]')
ANSWER = replace(record('[3,"1",{"currentTime":"2026-06-17T12:03:24Z"}]'), direction=Direction.TO_CHARGE_POINT)
LONG = "Data" * 40
USUAL = [
    CALL,
    ANSWER,
    record('[2,"2","Heartbeat",{}]', 2, guessed=["zone"]),
    record('[2,"3","DataTransfer",{"vendorId":"Ä\u200b"}]', 3),
    record('[3,"9",{}]'),
    replace(CALL, version=None, charge_point="", connection=0),
]
UNUSUAL = [
    record('[2,"1","Heartbeat",{}'),
    record('[4,"1","GenericError","",{}]'),
    record(b'[2,"1","Heartbeat",{"a":"\xff"}]'),
    record('[2,"\\ud800","Heartbeat",{"a":1}]'),
    record('[2,"\u00e4","Heartbeat",{}]'),
    record('[2,"4","\u00e4",{}]'),
    record(f'[2,"5","{LONG}",{{}}]'),
    record('[3,"5",{}]', 1, insteadOf=3),
    replace(CALL, charge_point="S\u00e4ule"),
    replace(CALL, charge_point="\udc80"),
    replace(CALL, direction=None),
    replace(CALL, masked=("$.a",)),
    Record(5, 1, RecordKind.CONNECTION, charge_point="CP-1", detail={"event": str(ConnectionEvent.OPENED)}),
]


def lines_of(*portions: Sequence[Record]) -> tuple[list[bytes], list[bytes]]:
    """The lines as they are made of columns and texts, and those of the records."""
    texts, wanted = list[bytes](), list[bytes]()

    def keep(record: Record, action: str) -> tuple[int, int]:
        texts.append(line_text(record, action))
        wanted.append(to_line(record, action))
        return 0, 0

    batches, made, lines = RecordBatches(keep, Masking(keeps_secrets=True)), BatchLines(), list[bytes]()
    for portion in portions:
        lines += made.of(batches.batch(portion), texts)
        texts.clear()
    return lines, wanted


@pytest.mark.parametrize("portions", [[[]], [USUAL], [UNUSUAL], [USUAL, UNUSUAL, USUAL]])
def test_each_line_is_that_of_its_record(portions: list[list[Record]]) -> None:
    """In the file without a name, and so in what is read, searched and exported from it."""
    made, wanted = lines_of(*portions)
    assert made == wanted


@pytest.mark.parametrize("one", USUAL[:4])
def test_a_usual_record_is_handed_over_without_its_line(one: Record) -> None:
    """Half of the bytes go through the pipe, and the process that finds frames is not the one that all wait for."""
    assert line_text(one, "Heartbeat").startswith(b'"[')
    assert len(line_text(one, "Heartbeat")) < len(to_line(one, "Heartbeat")) / 2
