"""What ocpptui exports it reads back, with everything that the file holds: record by record, in every format."""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocpptui.exporting import Format
from ocpptui.exporting.exported_records import Extract, Redactor
from ocpptui.exporting.markdown import LONGEST
from ocpptui.filter.selection import Selection
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import Direction, Transport, Version
from ocpptui.redaction.redact import redaction_of
from ocpptui.timeline.masking import Masking
from ocpptui.timeline.record import ConnectionEvent, Origin, Record, RecordKind, message_record
from tests.exporting.extracts import DOWN, SECOND, START, UP, timeline_of
from tests.importing.conversation import conversation
from tests.importing.reading import Read, read
from tests.importing.soap_conversation import envelopes
from tests.recording.records import RECORDS

ENDINGS = {
    Format.RECORDING: "jsonl",
    Format.TEXT: "txt",
    Format.MARKDOWN: "md",
    Format.HTML: "html",
    Format.CSV: "csv",
    Format.HAR: "har",
}
"""The formats that hold every record. Open OCPP Trace has only calls and answers, a script only calls."""


MARKS = (
    r"# OCPP recording, written as text by ocpptui.*\n",
    r"<!-- written by ocpptui.*\n",
    r",more\r",
    r',"_ocpptui":1',
)


def rich_recording() -> list[Record]:
    """Two charge points of two versions and two over SOAP, reconnects, malformed frames, pings, notes, secrets, and
    texts that an export has to escape."""
    records: list[Record] = []

    def add(kind: RecordKind, connection: int, name: str, version: Version | None, **detail: Any) -> None:
        time = START + len(records) * SECOND + len(records) * 7
        records.append(Record(time, connection, kind, None, name, version, detail=detail))

    def connect(connection: int, name: str, version: Version) -> None:
        add(
            RecordKind.CONNECTION, connection, name, version, event="opened",
            url=f"ws://csms.example/ocpp/{name}?a=b&token=TOPSECRET", subprotocol=f"ocpp{version}",
            requestHeaders=["Host: csms.example", f"Sec-WebSocket-Protocol: ocpp{version}"],
            responseStatus="101 Switching Protocols", remoteAddress="192.0.2.1:4711",
        )  # fmt: skip

    add(RecordKind.CONNECTION, 0, "", None, event="listening", urls=["ws://127.0.0.1:9000/", "ws://[::1]:9000/"])
    for version, first, names in ((Version.V16, 1, ("CP-77", "CP-78")), (Version.V201, 3, ("Garage Left", "-"))):
        for who, name in enumerate(names):
            connect(first + who, name, version)
        for number, frame in enumerate(conversation(names, version)):
            who = names.index(frame.name)
            again = 10 * (number > 12)
            if number == 13:
                add(RecordKind.CONNECTION, first + who, frame.name, version, event="closed", closeCode=1006,
                    closedBy="peer", closeReason="| gone `now` |")  # fmt: skip
                for other, name in enumerate(names):
                    connect(first + other + again, name, version)
            records.append(
                message_record(
                    frame.raw,
                    time=START + len(records) * SECOND + 3,
                    connection=first + who + again,
                    direction=UP if frame.up else DOWN,
                    charge_point=frame.name,
                    version=version,
                    origin=Origin.MANUAL if number % 5 == 4 else Origin.WIRE,
                )
            )
    for frame in envelopes(("OLD-1", "OLD-2"), Version.V15, pretty=True):
        records.append(
            message_record(
                frame.raw,
                time=START + len(records) * SECOND + 5,
                connection=50 + (frame.name == "OLD-2"),
                direction=UP if frame.up else DOWN,
                charge_point=frame.name,
                version=Version.V15,
                transport=Transport.SOAP,
            )
        )
        if isinstance(message := records[-1].frame, Message) and not message.id:
            records[-1].parsed = replace(message, id="m-beat")
    setting = '{"key":"AuthorizationKey","value":"TOPSECRET"}'
    for raw in (
        f'[2,"s","ChangeConfiguration",{setting}]',
        "",
        " ",
        "hm",
        b"\xff\xfe",
        "= {}",
        "! x",
        "a\nb\t\u202e",
        "|",
    ):
        time = START + len(records) * SECOND
        records.append(
            message_record(raw, time=time, connection=11, direction=DOWN, charge_point="CP-77", version=Version.V16)
        )
    add(RecordKind.PONG, 11, "CP-77", Version.V16, roundTripMs=12.5)
    records[-1].direction = Direction.TO_CSMS
    add(RecordKind.NOTE, 0, "", None, text="The clock was set.\n  = {}", clockSetMs=-3_600_000)
    records[-1].time = START
    records[-1].origin = Origin.MANUAL
    masking = Masking()
    return [masking.masked(record) for record in records]


def told(record: Record, *, without: Iterable[str] = ()) -> dict[str, Any]:
    """All that is known of a record."""
    frame = record.frame
    whole = {
        "time": record.time,
        "connection": record.connection,
        "kind": record.kind,
        "direction": record.direction,
        "charge point": record.charge_point,
        "version": record.version,
        "raw": record.raw,
        "origin": record.origin,
        "detail": {name: value for name, value in record.detail.items() if name not in without},
        "masked": record.masked,
        "transport": record.transport,
        "id": frame.id if frame is not None else None,
    }
    return {name: value for name, value in whole.items() if name not in without}


def back(records: Sequence[Record], form: Format, folder: Path, redactor: Redactor | None = None) -> Read:
    """What is read from the export of these records."""
    out = io.BytesIO()
    form.exporter(Extract(Selection(timeline_of(records)), redactor), out)
    path = folder / f"exported.{ENDINGS.get(form, 'jsonl')}"
    path.write_bytes(out.getvalue())
    return read(path)


@pytest.mark.parametrize("form", ENDINGS)
def test_a_rich_recording_comes_back(form: Format, tmp_path: Path) -> None:
    """Somebody who gets an export, and not the recording, would see less in ocpptui than the file holds."""
    records = rich_recording()
    found = back(records, form, tmp_path)
    assert list(map(told, found.records)) == list(map(told, records))
    timeline = timeline_of(records)
    halves = [timeline.other_half(index) for index in range(len(records))]
    assert [found.timeline.other_half(index) for index in range(len(records))] == halves
    assert not found.importer.failures and not found.importer.problems


@pytest.mark.parametrize("form", ENDINGS)
def test_a_redacted_export_comes_back_redacted(form: Format, tmp_path: Path) -> None:
    """It is read like any other, and has nothing of the names that it replaced."""
    timeline = timeline_of(rich_recording())
    redaction = redaction_of(timeline)
    masking = Masking()  # as for every file that is opened
    redacted = [
        masking.masked(redaction.record(timeline.record(index), timeline.action(index)))
        for index in range(len(timeline))
    ]
    found = back(rich_recording(), form, tmp_path, redaction)
    assert [one.charge_point for one in found.records] == [one.charge_point for one in redacted]
    assert list(map(told, found.records)) == list(map(told, redacted))
    assert b"TOPSECRET" not in (tmp_path / f"exported.{ENDINGS[form]}").read_bytes()


def test_a_trace_comes_back_as_far_as_it_holds_anything(tmp_path: Path) -> None:
    """Open OCPP Trace has calls and answers, without the numbers of connections."""
    records = rich_recording()
    held = [record for record in records if isinstance(record.frame, Message) and record.kind is not RecordKind.SEND]
    without = ("connection", "origin", "masked", "passwordFault")
    found = back(records, Format.OPEN_OCPP_TRACE, tmp_path)
    assert [told(one, without=without) for one in found.records] == [told(one, without=without) for one in held]


@pytest.mark.parametrize("form", ENDINGS)
@settings(max_examples=40, deadline=None)
@given(records=st.lists(RECORDS, max_size=6))
def test_any_record_comes_back(form: Format, records: list[Record]) -> None:
    """Whatever a peer sends, and whatever a user notes."""
    masking = Masking()
    records = [masking.masked(record) for record in records]
    with tempfile.TemporaryDirectory() as folder:
        original = back(records, Format.RECORDING, Path(folder))
        found = back(records, form, Path(folder))
        assert list(map(told, found.records)) == list(map(told, original.records))


def test_markdown_says_that_it_holds_only_the_beginning_of_a_long_text(tmp_path: Path) -> None:
    raw = f'[2,"1","DataTransfer",{{"vendorId":"x","data":"{"a" * LONGEST}"}}]'
    record = message_record(raw, time=START, connection=1, direction=UP, charge_point="CP", version=Version.V16)
    (found,) = back([record], Format.MARKDOWN, tmp_path).records
    assert found.kind is RecordKind.MALFORMED
    assert str(found.raw) == f"{raw[:LONGEST]}… ({len(raw)} characters)"
    for form in ENDINGS.keys() - {Format.MARKDOWN}:
        assert back([record], form, tmp_path).records[0].raw == raw


@pytest.mark.parametrize("form", [form for form in ENDINGS if form is not Format.RECORDING])
def test_an_export_without_its_mark_is_still_read(form: Format, tmp_path: Path) -> None:
    """As one of an older version, or one that was edited or saved by another program."""
    records = [one for one in rich_recording() if one.transport is Transport.JSON and one.connection in (1, 2)]
    records = [replace(one, connection=one.connection) for one in records if isinstance(one.frame, Message)]
    assert len(records) > 8
    back(records, form, tmp_path)
    path = tmp_path / f"exported.{ENDINGS[form]}"
    text = path.read_text()
    for mark in MARKS:
        text = re.sub(mark, "", text)
    path.write_text(text, newline="")
    found = sorted((one for one in read(path).records if one.raw is not None), key=lambda one: one.time)
    assert [one.raw for one in found] == [one.raw for one in records]
    assert [one.direction for one in found] == [one.direction for one in records]
    assert [one.charge_point for one in found] == [one.charge_point for one in records]
    assert [one.time for one in found] == [one.time for one in records]


def test_only_our_own_marks_are_taken_for_ours(tmp_path: Path) -> None:
    """A key that others use too would make another tool's file a damaged export."""
    path = tmp_path / "other.csv"
    path.write_text(
        'time,connection,chargePoint,text,more\r\n2026-03-14T09:30:00Z,1,CP,"[2,""1"",""Heartbeat"",{}]",x\r\n'
    )
    assert read(path).importer.files[0].format == "csv"
    path.write_text('{"log":{"version":"1.2","creator":{"name":"ocpptui-like","version":"1"},"entries":[]}}')
    assert read(path).importer.files[0].format == "har"


def test_events_are_named_once() -> None:
    """The mark of an old page names its events in the summary."""
    assert all(" " not in event.value for event in ConnectionEvent)
