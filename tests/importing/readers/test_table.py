"""Tables: frames and their details are read from any column names and any quoting."""

from __future__ import annotations

import csv
import io
import json
from time import process_time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocpptui.describe.table_layout import CSV_COLUMNS
from ocpptui.importing.found_frame import Flow, FoundFrame
from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.reader import ImportOptions, Material
from ocpptui.importing.readers.table import Table
from ocpptui.ocpp.date_times import time_of
from ocpptui.ocpp.version import Direction, Version
from ocpptui.recording.file_errors import UnreadableFile
from ocpptui.timeline.record import ConnectionEvent
from tests.kit.linear_time import assert_linear

UP, DOWN = Direction.TO_CSMS, Direction.TO_CHARGE_POINT
BOOT = '[2,"a1","BootNotification",{"chargePointVendor":"Acme, Inc","chargePointModel":"M;1"}]'
ANSWER = '[3,"a1",{"status":"Accepted","interval":300}]'
RESET = '[2,"b2","Reset",{"type":"Soft"}]'


def read(data: bytes | str, **options: Any) -> tuple[list[FoundFrame], ImportTally]:
    tally = ImportTally()
    data = data.encode("utf-8", "surrogateescape") if isinstance(data, str) else data
    return list(Table().read(Material("x.csv", io.BytesIO(data)), tally, ImportOptions(**options))), tally


def detects(data: bytes | str, name: str = "x") -> bool:
    return Table().detects(data.encode() if isinstance(data, str) else data, name)


def written(*rows: tuple[str, ...], **dialect: Any) -> str:
    out = io.StringIO()
    csv.writer(out, **dialect).writerows(rows)
    return out.getvalue()


def at(text: str) -> int | None:
    return time_of(text)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_four_columns_of_a_data_warehouse_are_recognised_with_any_separator(separator: str) -> None:
    text = written(
        ("timestamp", "id", "action", "msg"),
        ("2025-08-18T12:00:00.000Z", "CH-001", "BootNotification", BOOT),
        ("2025-08-18T12:00:00.050Z", "CH-001", "", ANSWER),
        ("2025-08-18T12:00:00.070Z", "CH-001", "Reset", RESET),
        delimiter=separator,
    )
    assert detects(text)
    found, tally = read(text)
    assert [one.raw for one in found] == [BOOT, ANSWER, RESET]
    assert {one.charge_point for one in found} == {"CH-001"}
    assert [one.time for one in found][:2] == [at("2025-08-18T12:00:00Z"), at("2025-08-18T12:00:00.05Z")]
    assert all(one.zoned for one in found)
    assert (tally.with_frame, tally.without_frame) == (3, 0)


def test_a_request_and_response_in_one_row_give_a_call_and_answer_with_one_generated_id() -> None:
    text = written(
        ("method", "status", "destination", "params", "result", "created_at"),
        ("Heartbeat", "ok", "centralsystem", "{}", '{"currentTime":"2026-01-01T00:00:00Z"}', "2026-01-01 00:00:00"),
        ("Reset", "ok", "charger", '{"type":"Hard"}', '{"status":"Accepted"}', "2026-01-01 00:01:00"),
        ("Reset", "pending", "charger", '{"type":"Soft"}', "", "2026-01-01 00:02:00"),
    )
    assert detects(text)
    found, _ = read(text)
    frames = [json.loads(one.raw) for one in found]
    assert [frame[0] for frame in frames] == [2, 3, 2, 3, 2]
    assert [frame[1] for frame in frames] == ["row-2", "row-2", "row-3", "row-3", "row-4"]
    assert frames[2] == [2, "row-3", "Reset", {"type": "Hard"}]
    assert [one.direction for one in found] == [UP, DOWN, DOWN, UP, DOWN]
    assert [one.raw for one in found] == [one.raw for one in read(text)[0]], "the ids are the same each time"


def test_a_frame_in_parts_is_assembled() -> None:
    text = written(
        ("timestamp", "chargeBoxId", "connectorId", "direction", "messageType", "messageId", "action", "payload"),
        ("2026-01-01T00:00:00Z", "CP7", "", "CP_TO_CSMS", "CALL", "m1", "Authorize", '{"idTag":"AB"}'),
        ("2026-01-01T00:00:01Z", "CP7", "", "CSMS_TO_CP", "CALLRESULT", "m1", "Authorize", '{"idTagInfo":{}}'),
        ("2026-01-01T00:00:02Z", "CP7", "1", "CSMS_TO_CP", "CALL", "m2", "UnlockConnector", '{"connectorId":1}'),
        ("2026-01-01T00:00:03Z", "CP7", "1", "CP_TO_CSMS", "CALLERROR", "m2", "", '{"errorCode":"NotImplemented"}'),
    )
    assert detects(text)
    found, _ = read(text)
    assert [json.loads(one.raw) for one in found] == [
        [2, "m1", "Authorize", {"idTag": "AB"}],
        [3, "m1", {"idTagInfo": {}}],
        [2, "m2", "UnlockConnector", {"connectorId": 1}],
        [4, "m2", "NotImplemented", "", {}],
    ]
    assert [one.direction for one in found] == [UP, DOWN, DOWN, UP]
    assert {one.charge_point for one in found} == {"CP7"}
    assert {one.notation for one in found} == {"columns"}


def test_an_exported_message_table_is_read() -> None:
    head = "id stationId correlationId origin state protocol action message timestamp requestMessageId"
    text = written(
        tuple(head.split()),
        ("1", "cp001", "a1", "cs", "1", "ocpp2.0.1", "BootNotification", BOOT, "2026-01-01T00:00:00.000Z", ""),
        ("2", "cp001", "a1", "csms", "2", "ocpp2.0.1", "BootNotification", ANSWER, "2026-01-01T00:00:00.100Z", "1"),
    )
    assert detects(text)
    found, _ = read(text)
    assert [one.direction for one in found] == [UP, DOWN]
    assert [one.version for one in found] == [Version.V201] * 2
    assert [one.charge_point for one in found] == ["cp001"] * 2


def test_a_table_with_the_newest_first_is_reversed_and_reported() -> None:
    text = written(
        ("Timestamp", "Type", "JSON"),
        ("2026-01-01 10:00:02", "outgoing", RESET),
        ("2026-01-01 10:00:01", "outgoing", ANSWER),
        ("2026-01-01 10:00:00", "incoming", BOOT),
    )
    assert detects(text)
    found, tally = read(text)
    assert [one.raw for one in found] == [BOOT, ANSWER, RESET]
    assert [one.flow for one in found] == [Flow.RECEIVED, Flow.SENT, Flow.SENT]
    assert [one.zoned for one in found] == [False] * 3
    assert "reversed" in tally.evidence[0]


def test_a_table_that_only_begins_newest_first_keeps_its_order() -> None:
    rows = [("time", "frame"), *((f"2026-01-01T10:00:0{second}Z", BOOT) for second in (5, 4, 3, 9))]
    found, tally = read(written(*rows))
    assert [one.line for one in found] == [2, 3, 4, 5]
    assert not tally.evidence


def test_our_own_table_of_an_older_version_is_read_unchanged() -> None:
    text = written(
        tuple(name for name in CSV_COLUMNS if name != "more"),
        ("2026-11-22T10:02:03.120456Z", "1", "'-CP", "1.6", "", "CONNECTION", "", "", "", "", "",
         "opened, url: ws://127.0.0.1:9000/-CP, subprotocol: ocpp1.6"),
        ("2026-11-22T10:02:04.000000Z", "1", "'-CP", "1.6", "cp-to-csms", "CALL", "a1", "BootNotification", "", "true",
         "", BOOT),
        ("2026-11-22T10:02:04.100000Z", "1", "'-CP", "1.6", "csms-to-cp", "CALLRESULT", "a1", "BootNotification",
         "100.000", "true", "", ANSWER.replace(",", ",\\u000a", 1)),
        ("2026-11-22T10:02:05.000000Z", "1", "'-CP", "1.6", "csms-to-cp", "MALFORMED", "", "", "", "", "no JSON", "hm"),
        ("2026-11-22T10:02:06.000000Z", "1", "'-CP", "1.6", "", "CONNECTION", "", "", "", "", "",
         "closed, closeCode: 1000, closeReason: bye, closedBy: charge-point"),
        ("2026-11-22T10:02:07.000000Z", "", "", "", "", "NOTE", "", "", "", "", "", "my note"),
    )  # fmt: skip
    assert detects(text)
    found, tally = read(text)
    opened, boot, answer, malformed, closed = found
    assert (opened.event, opened.detail["url"]) == (ConnectionEvent.OPENED, "ws://127.0.0.1:9000/-CP")
    assert opened.detail["subprotocol"] == "ocpp1.6"
    assert (boot.raw, boot.direction, boot.version, boot.connection) == (BOOT, UP, Version.V16, "1")
    assert boot.charge_point == "-CP"
    assert boot.time == at("2026-11-22T10:02:04Z")
    assert json.loads(answer.raw) == json.loads(ANSWER)
    assert malformed.raw == "hm"
    assert closed.detail == {"closeCode": 1000, "closeReason": "bye", "closedBy": "charge-point"}
    assert tally.without_frame == 1, "the note"


def test_the_exporters_output_is_read_unchanged() -> None:
    from ocpptui.exporting import Format
    from tests.exporting.extracts import START, export, message

    raws = [BOOT, '[2,"x","DataTransfer",{"data":"=1+1 \\u0007 é"}]', '[ 2 ,"y","X",\n{}]', "[2,", "=cmd", "hello"]
    records = [message(raw, time=START + number, charge_point="-CP") for number, raw in enumerate(raws)]
    records += [message(ANSWER, DOWN, time=START + 9, version=None)]
    data, _ = export(Format.CSV, records)
    assert detects(data)
    found, _ = read(data)
    assert [json.loads(one.raw) for one in found[:3]] == [json.loads(raw) for raw in raws[:3]]
    assert [one.raw for one in found[3:]] == ["[2,", "=cmd", "hello", ANSWER]
    for one, record in zip(found, records, strict=True):
        assert (one.time, one.direction, one.version) == (record.time, record.direction, record.version)
        assert one.charge_point == record.charge_point


def test_the_users_column_mapping_overrides_all_names() -> None:
    text = written(
        ("when", "who", "what", "other"),
        ("2026-01-01T00:00:00Z", "CP1", BOOT, "2020-01-01T00:00:00Z"),
        ("2026-01-01T00:00:01Z", "CP2", ANSWER, "2020-01-01T00:00:05Z"),
    )
    found, _ = read(text, columns={"who": "charge_point", "4": "time"})
    assert [one.charge_point for one in found] == ["CP1", "CP2"]
    assert found[0].time == at("2020-01-01T00:00:00Z")
    assert [one.raw for one in found] == [BOOT, ANSWER]


def test_a_column_that_does_not_exist_is_an_error_that_lists_the_columns() -> None:
    """A misspelt name would be ignored, and its content be guessed without a word."""
    text = written(("when", "who", "what"), ("2026-01-01T00:00:00Z", "CP1", BOOT))
    with pytest.raises(UnreadableFile, match="no column 'nothing', '9'; its columns are 'when', 'who', 'what'"):
        read(text, columns={"nothing": "raw", "9": "time"})
    with pytest.raises(UnreadableFile, match="no header; name its columns by number, 1 to 3"):
        read(written(*[("2026-01-01T00:00:00Z", "CP1", BOOT)] * 3), columns={"who": "charge_point"})


def test_a_table_without_a_header_is_recognised_by_its_cells() -> None:
    rows = [(f"2026-01-01T00:00:0{second}Z", "SENT", "CP-9", BOOT) for second in range(4)]
    text = written(*rows)
    assert detects(text)
    found, _ = read(text)
    assert [(one.raw, one.flow, one.charge_point) for one in found] == [(BOOT, Flow.SENT, "CP-9")] * 4
    assert found[3].time == at("2026-01-01T00:00:03Z")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("quoted", ["{}", '"{}"'])
def test_badly_quoted_frames_are_read_completely(separator: str, quoted: str) -> None:
    rows = [("time", "station", "frame", "more")]
    rows += [(f"2026-01-01T00:00:0{number}Z", "CP1", quoted.format(BOOT), "x") for number in range(3)]
    text = "\n".join(map(separator.join, rows))
    assert detects(text)
    found, _ = read(text)
    assert [(one.raw, one.charge_point) for one in found] == [(BOOT, "CP1")] * 3


def test_quotes_escaped_by_backslashes_are_read() -> None:
    cell = BOOT.replace("\\", "\\\\").replace('"', '\\"')
    text = '"ts","frame"\n' + "".join(f'"2026-01-01 00:00:0{number}","{cell}"\n' for number in range(3))
    assert detects(text)
    assert [one.raw for one in read(text)[0]] == [BOOT] * 3


def test_a_frame_over_several_lines_is_one_cell() -> None:
    pretty = json.dumps(json.loads(BOOT), indent=2)
    text = written(("time", "message"), ("2026-01-01T00:00:00Z", pretty), ("2026-01-01T00:00:01Z", ANSWER))
    found, _ = read(text)
    assert [one.raw for one in found] == [pretty, ANSWER]
    assert [one.line for one in found] == [2, 1 + len(pretty.splitlines()) + 1]


def test_separate_columns_for_date_and_time_give_one_time() -> None:
    text = written(("Date", "Time", "Message"), *(("2026-03-04", f"10:00:0{number}", BOOT) for number in range(3)))
    found, _ = read(text)
    assert [one.time for one in found] == [at(f"2026-03-04T10:00:0{number}Z") for number in range(3)]
    assert all(one.dated for one in found)


def test_a_column_named_utc_needs_no_zone() -> None:
    found, _ = read(written(("Time (UTC)", "Message"), ("2026-03-04 10:00:00", BOOT)))
    assert found[0].zoned


def test_a_frame_within_the_text_of_a_cell_is_read() -> None:
    found, _ = read(written(("timestamp", "message"), ("2026-03-04T10:00:00Z", f"CP5: receive message {BOOT}")))
    assert (found[0].raw, found[0].flow, found[0].prefix) == (BOOT, Flow.RECEIVED, "CP5: receive message")


def test_a_truncated_cell_gives_a_malformed_frame() -> None:
    text = written(("timestamp", "message"), ("2026-03-04T10:00:00Z", BOOT), ("2026-03-04T10:00:01Z", BOOT[:30]))
    found, _ = read(text)
    assert [one.raw for one in found] == [BOOT, BOOT[:30]]


def test_an_unclosed_quote_loses_no_frame_after_it() -> None:
    good = written(*(("2026-03-04T10:00:00Z", BOOT) for _ in range(3000)))
    text = "time,message\n" + written(("2026-03-04T10:00:00Z", BOOT)) + '2026-03-04T10:00:00Z,"open\n' + good
    found, _ = read(text)
    assert sum(1 for one in found if one.raw == BOOT) == 3001


def test_rows_without_a_frame_are_counted_and_shown() -> None:
    found, tally = read(written(("time", "message"), ("2026-03-04T10:00:00Z", BOOT), ("2026-03-04T10:00:01Z", "ping")))
    assert len(found) == 1
    assert (tally.without_frame, tally.skipped[0].line) == (1, 3)
    assert "ping" in tally.skipped[0].reason


def test_the_separator_in_the_first_line_for_excel_is_used() -> None:
    text = "sep=;\r\n" + written(("time", "message"), ("2026-03-04T10:00:00Z", BOOT), delimiter=";")
    assert detects(text)
    assert [one.raw for one in read(text)[0]] == [BOOT]


def test_nul_and_bytes_that_are_not_utf8_are_kept() -> None:
    cell = BOOT.replace("Acme", "\x00\udcff")
    found, _ = read(written(("time", "message"), ("2026-03-04T10:00:00Z", BOOT), ("2026-03-04T10:00:01Z", cell)))
    assert [one.raw for one in found] == [BOOT, cell]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello\nworld\n",
        f"2026-01-01 00:00:00,123 INFO ocpp CP1: send {BOOT}\n" * 3,
        f"{BOOT}\n{ANSWER}\n",
        '{"timestamp":"2026-01-01T00:00:00Z","message":[2,"a","Heartbeat",{}]}\n' * 3,
        "time,message\n",
        "[INFO]\t2025-12-13\t16:30:16,627\tWebSocketLogger\t-\tSending:\t" + ANSWER + "\n",
    ],
)
def test_logs_and_other_texts_are_not_detected_as_tables(text: str) -> None:
    assert not detects(text) or text.startswith("time,message")


NAMES = st.sampled_from(
    ["time", "timestamp", "id", "message", "msg", "direction", "action", "payload", "x", "", "type"]
)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.binary(max_size=400), st.text(max_size=400).map(lambda text: text.encode("utf-8", "replace"))))
def test_any_bytes_are_read_without_raising(data: bytes) -> None:
    detects(data)
    read(data)
    read(b"time,message\n" + data)


PAYLOADS = st.dictionaries(
    st.text(max_size=8), st.one_of(st.text(max_size=20), st.integers(), st.booleans()), max_size=3
)
FRAMES = st.builds(
    lambda identity, payload, escaped: json.dumps([2, identity, "DataTransfer", payload], ensure_ascii=escaped),
    st.text(min_size=1, max_size=20),
    PAYLOADS,
    st.booleans(),
)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(FRAMES, min_size=1, max_size=8),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL, csv.QUOTE_NONNUMERIC]),
    st.booleans(),
)
def test_any_frames_are_read_unchanged(frames: list[str], separator: str, quoting: int, last: bool) -> None:
    def row(time: str, frame: str) -> tuple[str, ...]:
        return (time, "CP1", frame) if last else (time, frame, "CP1")

    rows = [row(f"2026-01-01T00:00:{number:02}Z", frame) for number, frame in enumerate(frames)]
    text = written(row("timestamp", "message"), *rows, delimiter=separator, quoting=quoting)
    assert detects(text)
    assert [one.raw for one in read(text)[0]] == frames


def test_the_time_grows_linearly_with_the_rows() -> None:
    def seconds(count: int) -> float:
        text = written(("time", "message"), *((f"2026-01-01T00:00:{n % 60:02}Z", BOOT) for n in range(count)))
        start = process_time()
        assert len(read(text)[0]) == count
        return process_time() - start

    assert_linear(seconds, 2000)


@pytest.mark.parametrize("row", ["," * 1_000_000, '"a",' * 200_000, '"' + "," * 20_000 + '"' + "," * 20_000])
def test_a_row_of_a_million_cells_is_one_line_without_a_frame(row: str) -> None:
    """A cell takes fifty bytes of memory: a file of 5 MB would take a gigabyte."""
    head, frame = "time,message", '2026-11-26T10:00:00Z,"[2,""1"",""Heartbeat"",{}]"'
    found, tally = read("\n".join([head, frame, row, frame]))
    assert [one.line for one in found] == [2, 4]
    assert "more than 10,000 cells" in tally.skipped[0].reason


def test_a_frame_with_many_commas_is_one_cell() -> None:
    """Separators in quotes are no cells, nor are those of a frame without quotes."""
    frame = '[2,"1","DataTransfer",{"data":"' + "," * 20_000 + '"}]'
    quoted = frame.replace('"', '""')
    found, _ = read(f'time,message\n2026-11-26T10:00:00Z,"{quoted}"\n2026-11-26T10:00:01Z,{frame}\n')
    assert [one.raw for one in found] == [frame, frame]
