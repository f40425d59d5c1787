"""What each format says of a short exchange."""

from __future__ import annotations

import base64
import csv
import io
import json
from datetime import datetime
from pathlib import Path, PurePath

import pytest

from ocpptui.describe.record_line import summary_of
from ocpptui.exporting import Format, format_of
from ocpptui.exporting.exported_records import Extract
from ocpptui.filter.selection import Selection
from ocpptui.redaction.redact import Redaction
from ocpptui.timeline.record import ConnectionEvent, Record, RecordKind
from ocpptui.timeline.timeline import Timeline
from tests.exporting.extracts import DOWN, SECOND, START, event, export, extract_of, message, timeline_of
from tests.exporting.test_recording_copy import RECORDINGS
from tests.kit.signed_values import issued
from tests.recording.indexing import index_all

CALL = '[2,"7","Authorize",{"idTag":"ABC"}]'
EXCHANGE = [
    event(
        ConnectionEvent.OPENED,
        url="ws://csms.example/ocpp/CP001?a=b",
        requestHeaders=["Host: csms.example"],
        responseStatus="101 Switching Protocols",
    ),
    message(CALL),
    message('[3,"7",{"idTagInfo":{"status":"Nonsense"}}]', DOWN, time=START + SECOND // 4),
    message("no OCPP"),
    message(b"\xff\xfe"),
]


def text_of(format_: Format, records: list[Record] = EXCHANGE) -> str:
    return export(format_, records)[0].decode()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.jsonl", Format.RECORDING),
        ("a.CSV", Format.CSV),
        ("a.log", Format.TEXT),
        ("a.md", Format.MARKDOWN),
        ("a.htm", Format.HTML),
        ("a.sh", Format.SEND),
        ("a.har", Format.HAR),
        ("a.pdf", None),
        ("a", None),
    ],
)
def test_the_extension_names_the_format(name: str, expected: Format | None) -> None:
    assert format_of(PurePath(name)) is expected


@pytest.mark.parametrize("format_", Format)
def test_an_empty_extract_is_a_whole_file(format_: Format) -> None:
    """A filter without a match causes neither a crash nor a broken file."""
    output, exported = export(format_, [])
    assert exported.written == 0
    if format_ is Format.HAR:
        assert json.loads(output)["log"]["entries"] == []


@pytest.mark.parametrize("format_", [Format.CSV, Format.TEXT, Format.MARKDOWN, Format.HTML])
def test_every_record_is_in_a_report(format_: Format) -> None:
    """Including the malformed ones, and bytes that are not text."""
    output = text_of(format_)
    for text in ("Authorize", "no OCPP", "xfe", "250"):
        assert text in output
    assert export(format_, EXCHANGE)[1].written == len(EXCHANGE)


def test_a_line_of_text_shows_direction_and_latency_and_what_is_wrong() -> None:
    lines = text_of(Format.TEXT).splitlines()
    call = lines.index(f"    {CALL}")
    assert lines[call - 1] == "2026-11-22T10:02:03.000000Z CP001 --> CALL Authorize ABC"
    assert lines[call + 1].endswith(" CP001 <-- CALLRESULT Authorize (250 ms) Nonsense")
    assert lines[call + 2].startswith("    [3,")
    assert lines[call + 3].startswith("    ! $.idTagInfo.status")


@pytest.mark.parametrize("format_", [Format.TEXT, Format.MARKDOWN, Format.HTML])
def test_a_report_says_what_the_screen_says(format_: Format) -> None:
    """Who reads the report and who looks at the screen talk of the same thing in the same words."""
    meter = '"connectorId":1,"meterValue":[{"timestamp":"2026-01-01T00:00:00Z","sampledValue":[{"value":"1200"}]}]'
    records = [
        message(CALL),
        message(f'[2,"8","MeterValues",{{{meter}}}]'),
        message('[4,"8","GenericError","out of order",{"a":1}]', DOWN),
        message('[2,"9","Heartbeat",{}'),
        event(ConnectionEvent.CLOSED, closedBy="peer", closeCode=1001, retryInSeconds=4),
        Record(START, 0, RecordKind.NOTE, detail={"text": "a note"}),
        Record(START, 1, RecordKind.PONG, detail={"roundTripMs": 12.3}),
    ]
    output, timeline = text_of(format_, records), timeline_of(records)
    for index, record in enumerate(records):
        words = summary_of(record, record.frame, timeline.action(index))
        assert words
        assert (json.dumps(words)[1:-1] if format_ is Format.HTML else words) in output
    assert "closed  by the other side  1001  again in 4 s" in output
    assert "connector 1  energy 1200 Wh" in output
    assert "round trip 12 ms" in output


def test_the_columns_of_the_csv() -> None:
    rows = list(csv.DictReader(io.StringIO(text_of(Format.CSV))))
    assert rows[1]["text"] == CALL
    assert [row["valid"] for row in rows] == ["", "true", "false", "", ""]
    assert rows[2]["latencyMs"] == "250.000"
    assert rows[2]["direction"] == "csms-to-cp"


def test_the_report_counts() -> None:
    lines = text_of(Format.MARKDOWN).splitlines()
    assert "| records | 5 |" in lines
    assert "| malformed | 2 |" in lines
    assert "| Authorize | 1 | 0 | 0 | 1 | 250 ms | 250 ms |" in lines


def test_the_archive_holds_handshake_and_messages() -> None:
    (entry,) = json.loads(text_of(Format.HAR))["log"]["entries"]
    assert entry["request"]["url"] == "ws://csms.example/ocpp/CP001?a=b"
    assert entry["request"]["queryString"] == [{"name": "a", "value": "b"}]
    assert entry["request"]["headers"] == [{"name": "Host", "value": "csms.example"}]
    assert entry["response"]["status"] == 101
    messages = entry["_webSocketMessages"]
    assert [one["type"] for one in messages] == ["send", "receive", "send", "send"]
    assert messages[0]["data"] == CALL
    assert messages[0]["time"] == START / SECOND
    assert messages[3] == {**messages[3], "opcode": 2, "data": base64.b64encode(b"\xff\xfe").decode()}


ARCHIVE = {
    "log": ("version", "creator", "entries"),
    "creator": ("name", "version"),
    "entry": ("startedDateTime", "time", "request", "response", "cache", "timings"),
    "request": ("method", "url", "httpVersion", "cookies", "headers", "queryString", "headersSize", "bodySize"),
    "response": (
        "status", "statusText", "httpVersion", "cookies", "headers", "content", "redirectURL", "headersSize",
        "bodySize",
    ),
    "content": ("size", "mimeType"),
    "timings": ("send", "wait", "receive"),
}  # fmt: skip
"""What HAR 1.2 demands of each of its objects."""


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_every_recording_is_an_archive_that_browsers_open(path: Path) -> None:
    """A field that is missing makes a browser refuse the whole file."""
    timeline = Timeline()
    indexer = index_all(path, timeline)
    out = io.BytesIO()
    Format.HAR.exporter(Extract(Selection(timeline)), out)
    indexer.close()
    log = json.loads(out.getvalue())["log"]
    assert log["version"] == "1.2"
    objects = [("log", log), ("creator", log["creator"])]
    for entry in log["entries"]:
        objects += [("entry", entry), *((name, entry[name]) for name in ("request", "response", "timings"))]
        objects.append(("content", entry["response"]["content"]))
        assert entry["request"]["url"].startswith("ws://127.0.0.1:")
        assert all(one.keys() == {"name", "value"} for one in entry["request"]["headers"])
        began = datetime.fromisoformat(entry["startedDateTime"]).timestamp()
        times = [one["time"] for one in entry["_webSocketMessages"]]
        assert times == sorted(times)
        assert began <= times[0] <= times[-1] <= began + entry["time"] / 1000 + 0.001
        assert all(one.keys() == {"type", "time", "opcode", "data"} for one in entry["_webSocketMessages"])
    assert len(objects) > 2
    for name, fields in objects:
        assert set(ARCHIVE[name]) <= fields.keys(), name


def test_the_words_of_an_event_and_the_text_of_a_message_are_readable() -> None:
    """The source of a report is read as often as the report: JSON is in it as it is."""
    assert CALL in text_of(Format.MARKDOWN)
    listening = event(ConnectionEvent.LISTENING, urls=["ws://127.0.0.1:9000/", "ws://[::1]:9000/"])
    assert "listening  on ws://127.0.0.1:9000/, ws://[::1]:9000/\n" in text_of(Format.TEXT, [listening])
    opened = event(ConnectionEvent.OPENED, url="ws://h/CP1", remoteAddress="192.0.2.1:4711", responseStatus="101")
    lines = text_of(Format.TEXT, [opened]).splitlines()
    assert lines[1].endswith("CONNECTION opened  no subprotocol  ws://h/CP1")
    assert lines[2:5] == ["    url  ws://h/CP1", "    remote address  192.0.2.1:4711", "    response status  101"]


def test_latencies_and_durations_are_right_although_the_clock_was_set_back() -> None:
    """A connection would have lasted no time, and an answer have come an hour before its call."""
    earlier = START - 3600 * SECOND
    note = Record(earlier, 0, RecordKind.NOTE, detail={"text": "The clock was set.", "clockSetMs": -3_600_000})
    records = [EXCHANGE[0], EXCHANGE[1], note, message('[3,"7",{}]', DOWN, time=earlier + SECOND // 4)]
    rows = list(csv.reader(io.StringIO(text_of(Format.CSV, records))))
    assert [row[8] for row in rows if row[5] == "CALLRESULT"] == ["250.000"]
    [entry] = json.loads(text_of(Format.HAR, records))["log"]["entries"]
    assert entry["time"] == 250


def test_the_script_calls_what_the_charge_point_called() -> None:
    output, exported = export(Format.SEND, EXCHANGE)
    assert 'ocpptui send --anyway --version 1.6 --json - -- "$base"/CP001 Authorize' in output.decode()
    assert exported.written == 1
    assert exported.left_out == {"CONNECTION": 1, "CALLRESULT": 1, "MALFORMED": 2}


@pytest.mark.parametrize("format_", [Format.HTML, Format.MARKDOWN])
def test_a_report_says_what_is_wrapped_in_the_values_unless_it_is_redacted(format_: Format) -> None:
    """The reader of a ticket would have to decode the certificate; a redacted report would name what was replaced."""
    payload = {"vendorId": "v", "data": issued("CP1").pem}
    record = message(json.dumps([2, "1", "DataTransfer", payload]))
    told = text_of(format_, [record])
    assert "$.data: certificate; " in told and "subject: CN=CP1" in told
    out = io.BytesIO()
    format_.exporter(extract_of([record], Redaction()), out)
    assert "$.data: " not in out.getvalue().decode()
