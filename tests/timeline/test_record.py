from __future__ import annotations

import pytest

from ocpptui.ocpp.message import Malformed, Message, MessageKind
from ocpptui.ocpp.version import Direction
from ocpptui.timeline.record import ConnectionEvent, Origin, Record, RecordKind, kind_of, message_record


def test_every_kind_of_message_has_its_kind_of_record() -> None:
    """A message without a kind would be shown as something else."""
    for kind in MessageKind:
        assert kind_of(Message("", kind, "a", None, {})).name == kind.name


@pytest.mark.parametrize("kind", list(RecordKind))
def test_every_kind_is_one_of_message_event_or_note(kind: RecordKind) -> None:
    assert kind.is_message == (kind not in (RecordKind.CONNECTION, RecordKind.PING, RecordKind.PONG, RecordKind.NOTE))
    assert not (kind.is_answer and kind.is_call)


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ('[2,"1","Heartbeat",{}]', RecordKind.CALL),
        (b'[3,"1",{}]', RecordKind.CALLRESULT),
        ('[4,"1","C","",{}]', RecordKind.CALLERROR),
        ('[5,"1","C","",{}]', RecordKind.CALLRESULTERROR),
        ('[6,"1","NotifyPeriodicEventStream",{}]', RecordKind.SEND),
        ("hello", RecordKind.MALFORMED),
        (b"\xff", RecordKind.MALFORMED),
    ],
)
def test_a_message_becomes_the_record_of_its_kind(raw: str | bytes, kind: RecordKind) -> None:
    record = message_record(raw, time=5, connection=1, direction=Direction.TO_CSMS)
    assert record.kind is kind
    assert kind_of(record.frame or pytest.fail("no frame")) is kind
    assert record.origin is Origin.WIRE


def test_text_is_kept_as_text_and_broken_text_as_bytes() -> None:
    def of(raw: bytes) -> Record:
        return message_record(raw, time=5, connection=1, direction=Direction.TO_CSMS)

    assert of('["ü"]'.encode()).raw == '["ü"]'
    assert of(b"\xff").raw == b"\xff"


def test_the_frame_is_there_whether_or_not_it_was_parsed_before() -> None:
    """A record from a file and one from a socket show the same."""
    raw = '[2,"1","Heartbeat",{}]'
    live = message_record(raw, time=5, connection=1, direction=Direction.TO_CSMS)
    stored = Record(5, 1, RecordKind.CALL, Direction.TO_CSMS, raw=raw)
    assert live == stored
    assert live.frame == stored.frame
    assert isinstance(stored.frame, Message)


def test_a_record_without_a_message_has_no_frame() -> None:
    assert Record(5, 0, RecordKind.NOTE, raw="[1]").frame is None
    assert Record(5, 1, RecordKind.CONNECTION, detail={"event": ConnectionEvent.OPENED}).frame is None


def test_a_malformed_message_keeps_its_defect() -> None:
    frame = Record(5, 1, RecordKind.MALFORMED, Direction.TO_CSMS, raw="[2,").frame
    assert isinstance(frame, Malformed)
    assert frame.defect.name == "truncated"
