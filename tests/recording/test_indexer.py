from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocpptui.ocpp.correlation import AnswerStatus
from ocpptui.ocpp.judgement import Verdict
from ocpptui.ocpp.version import Direction, Transport, Version
from ocpptui.recording import indexer as indexing
from ocpptui.recording.file_errors import LaterVersion, UnreadableFile
from ocpptui.recording.indexer import Indexer
from ocpptui.recording.line_format import to_line
from ocpptui.recording.writer import RecordingWriter
from ocpptui.timeline.record import Origin, Record, RecordKind, message_record
from ocpptui.timeline.timeline import Timeline
from tests.ocpp.envelopes import CS_15, request, response
from tests.recording.indexing import index_all
from tests.timeline.alike import COLUMNS, assert_same, diagnosed, live
from tests.timeline.traffic import TRAFFIC


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "session.jsonl"


def traffic(count: int, start: int = 0) -> list[Record]:
    """Heartbeats and their answers of two charge points."""
    records = []
    for number in range(start, start + count):
        point = number // 2 % 2
        raw = f'[2,"{number // 2}","Heartbeat",{{}}]'
        if number % 2:
            raw = f'[3,"{number // 2}",{{"currentTime":"1970-01-01T00:00:00Z"}}]'
        direction = Direction.TO_CHARGE_POINT if number % 2 else Direction.TO_CSMS
        records.append(
            message_record(
                raw,
                time=number * 1000,
                connection=point + 1,
                direction=direction,
                charge_point="AB"[point],
                version=Version.V16,
            )
        )
    return records


def soap_traffic(count: int, start: int = 0) -> list[Record]:
    """Heartbeats and their answers of a charge point of OCPP 1.5."""
    records = []
    for number in range(start, start + count):
        raw = request("Heartbeat", service=CS_15, message_id=str(number // 2))
        if number % 2:
            raw = response("Heartbeat", service=CS_15, relates_to=str(number // 2))
        records.append(
            message_record(
                raw,
                time=number * 1000,
                connection=3,
                direction=Direction.TO_CHARGE_POINT if number % 2 else Direction.TO_CSMS,
                charge_point="OLD",
                version=Version.V15,
                transport=Transport.SOAP,
            )
        )
    return records


def lines(records: list[Record]) -> bytes:
    return b"".join(to_line(record, "Heartbeat") for record in records)


# -- the same as it was live -----------------------------------------------------------------------------------------


@given(TRAFFIC, st.sampled_from([64, 300, 2**18]), st.booleans())
def test_an_opened_recording_shows_what_the_session_showed(
    tmp_path_factory: pytest.TempPathFactory, records: list[Record], piece: int, named: bool
) -> None:
    """Whatever the traffic was, wherever the file is cut into pieces, with or without actions beside the answers."""
    path = tmp_path_factory.mktemp("recordings") / "session.jsonl"
    expected = live(records)
    actions = [expected.action(index) if named else "" for index in range(len(records))]
    path.write_bytes(b"".join(to_line(record, action) for record, action in zip(records, actions, strict=True)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(indexing, "PIECE", piece)
        timeline = diagnosed()
        if not records:
            with pytest.raises(UnreadableFile):
                index_all(path, timeline)
            return
        indexer = index_all(path, timeline)
    assert_same(timeline, expected)
    assert (indexer.problems, indexer.unreadable, indexer.progress) == ([], 0, 1.0)
    indexer.close()


@given(TRAFFIC, st.sampled_from(["Heartbeat", "Reset", "NoSuchAction"]))
def test_a_wrong_action_beside_an_answer_is_not_believed(
    tmp_path_factory: pytest.TempPathFactory, records: list[Record], action: str
) -> None:
    """Answers are validated against the action of their call, whatever the line says."""
    path = tmp_path_factory.mktemp("recordings") / "session.jsonl"
    path.write_bytes(b"".join(to_line(record, action) for record in [*records, *traffic(2)]))
    timeline = diagnosed()
    index_all(path, timeline).close()
    expected = live([*records, *traffic(2)])
    for name in COLUMNS:
        assert list(getattr(timeline, name)) == list(getattr(expected, name)), name
    for index in range(len(expected)):
        assert timeline.remarks_on(index) == expected.remarks_on(index)
    assert timeline.counts == expected.counts


def test_a_session_that_was_written_is_the_session_that_is_opened(path: Path) -> None:
    writer, records = RecordingWriter(path), traffic(50)
    for record in records:
        writer.keep(record)
    writer.close()
    timeline = diagnosed()
    indexer = index_all(path, timeline)
    assert_same(timeline, live(records))
    indexer.close()


# -- the second process ----------------------------------------------------------------------------------------------


def test_two_processes_find_what_one_finds(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    records = traffic(18_000) + soap_traffic(2_000, 18_000)
    path.write_bytes(lines(records[:5_000]) + b"torn\n" + lines(records[5_000:]))
    monkeypatch.setattr(indexing, "PIECE", 4096)
    monkeypatch.setattr(indexing, "WINDOW", 8)
    timeline = diagnosed()
    indexer = Indexer(path, timeline, large=0)
    helped = 0
    while not indexer.advance(0):
        helped += any(piece.given and piece.block is not None for piece in indexer._pieces)
        if indexer._second is not None and not indexer._second.ready:
            indexer._second.wait(30)  # the test is about its work, not about its start
    assert helped
    assert_same(timeline, live(records))
    assert [problem.line for problem in indexer.problems] == [5_001]
    indexer.close()


def test_the_death_of_the_second_process_loses_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    records = traffic(20_000)
    path.write_bytes(lines(records))
    monkeypatch.setattr(indexing, "PIECE", 4096)
    timeline = diagnosed()
    indexer = Indexer(path, timeline, large=0)
    killed = False
    while not indexer.advance(0):
        second = indexer._second
        if second is None or killed:
            continue
        if not second.ready:
            second.wait(30)
        elif len(timeline) > 2_000:
            os.kill(second._process.pid, signal.SIGKILL)
            killed = True
    assert killed
    assert_same(timeline, live(records))
    indexer.close()


def test_without_a_second_process_it_goes_on_alone(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "PIECE", 4096)
    monkeypatch.setattr("sys.executable", "/nonexistent/python")
    path.write_bytes(lines(traffic(500)))
    timeline = diagnosed()
    indexer = Indexer(path, timeline, large=0)
    while not indexer.advance(0.1):
        pass
    assert_same(timeline, live(traffic(500)))
    indexer.close()


@pytest.mark.parametrize("between", [b"", b"rubbish\n", b"\n"])
def test_a_row_has_the_line_of_its_record(path: Path, between: bytes) -> None:
    """A finding names it, and an editor opens the file there."""
    records = traffic(300)
    path.write_bytes(lines(records[:100]) + between + lines(records[100:]).removesuffix(b"\n"))
    timeline = Timeline()
    indexer = index_all(path, timeline)
    moved = len(between) > 0
    assert [indexer.line_of(row) for row in (0, 99, 100, 299)] == [1, 100, 101 + moved, 300 + moved]
    indexer.close()


# -- little by little ------------------------------------------------------------------------------------------------


def test_the_first_rows_are_there_at_once_and_can_be_used(path: Path) -> None:
    path.write_bytes(lines(traffic(10_000)))
    timeline = diagnosed()
    indexer = Indexer(path, timeline)
    assert (len(timeline), indexer.progress) == (0, 0.0)
    while not len(timeline):
        assert not indexer.advance(0)
    assert 0 < len(timeline) < 5_000
    assert 0 < indexer.progress < 1
    assert timeline.record(10) == traffic(11)[10]
    while not indexer.advance(0.05):
        pass
    assert (len(timeline), indexer.progress) == (10_000, 1.0)
    indexer.close()


def test_what_was_appended_since_is_found(path: Path) -> None:
    """Following a recording that another program writes."""
    path.write_bytes(lines(traffic(3)))
    timeline = diagnosed()
    indexer = index_all(path, timeline)
    assert len(timeline) == 3
    assert indexer.advance(0.1)
    assert len(timeline) == 3
    with path.open("ab") as file:
        file.write(lines(traffic(10)[3:]))
    while not indexer.advance(0.1):
        pass
    assert_same(timeline, live(traffic(10)))
    indexer.close()


@given(st.lists(st.integers(1, 400), max_size=12))
@settings(max_examples=30)
def test_a_recording_that_grows_in_any_steps_is_read_whole(
    tmp_path_factory: pytest.TempPathFactory, steps: list[int]
) -> None:
    """Whole lines, halves and several at once: nothing is read twice or left out, and no tear stays in the list."""
    path = tmp_path_factory.mktemp("growing") / "session.jsonl"
    records = traffic(12)
    data = lines(records)
    path.write_bytes(data[:400])
    timeline = diagnosed()
    indexer = index_all(path, timeline)
    position = 400
    for step in [*steps, len(data)]:
        with path.open("ab") as file:
            file.write(data[position : position + step])
        position += step
        while not indexer.advance(0.1):
            pass
    assert_same(timeline, live(records))
    assert indexer.problems == []
    indexer.close()


def test_a_file_that_has_shrunk_is_reported(path: Path) -> None:
    path.write_bytes(lines(traffic(5)))
    indexer = index_all(path, Timeline())
    path.write_bytes(lines(traffic(1)))
    with pytest.raises(UnreadableFile, match="shrunk"):
        indexer.advance(0.1)
    indexer.close()


def test_no_call_takes_much_longer_than_its_budget(path: Path) -> None:
    """The screen answers keys while a large file is read: one step is one piece."""
    path.write_bytes(lines(traffic(20_000)))
    indexer = Indexer(path, Timeline())
    done, calls = False, 0
    while not done:
        done = indexer.advance(0)
        calls += 1
    assert calls >= path.stat().st_size / indexing.PIECE
    indexer.close()


# -- what is wrong with files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"\n \n\n", "the file contains no record"),
        (b"\x7fELF\x02\x01\x01\x00\x00\n\x00\x01\xfe", "this is not a recording: line 1: it contains NUL bytes"),
        (
            b"2026-11-22 10:00:00 INFO hello\n" * 5,
            "this is not a recording: line 1: not a record: a line of a recording is",
        ),
        (
            b'{"name":"package","version":1}\n',
            "this is not a recording: line 1: not a record: it has neither a messageType",
        ),
        (b"\xff\xfe{\x00}\x00\n\x00", "this is not a recording: line 1:"),
        (b"no line feed at all", "this is not a recording: line 1: the last line is truncated"),
    ],
)
def test_a_file_that_is_not_a_recording_is_refused_with_line_and_reason(
    path: Path, content: bytes, reason: str
) -> None:
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match="session.jsonl") as refused:
        index_all(path, Timeline())
    assert reason in str(refused.value)


def test_a_large_binary_file_is_refused_soon(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "HOPELESS", 2**16)
    monkeypatch.setattr(indexing, "PIECE", 2**14)
    path.write_bytes(os.urandom(2**20))
    indexer = Indexer(path, Timeline())
    with pytest.raises(UnreadableFile, match="this is not a recording"):
        while not indexer.advance(0.1):
            pass
    assert indexer.progress < 0.2
    indexer.close()


def test_a_truncated_last_line_is_reported_and_the_rest_read(path: Path) -> None:
    data = lines(traffic(4))
    path.write_bytes(data[:-30])
    timeline = diagnosed()
    indexer = index_all(path, timeline)
    assert_same(timeline, live(traffic(3)))
    (problem,) = indexer.problems
    assert (problem.line, problem.offset) == (4, len(lines(traffic(3))))
    assert "the last line is truncated" in problem.reason
    assert indexer.unreadable == 1
    indexer.close()


def test_a_last_line_without_a_line_feed_is_read(path: Path) -> None:
    path.write_bytes(lines(traffic(4))[:-1])
    timeline = diagnosed()
    indexer = index_all(path, timeline)
    assert_same(timeline, live(traffic(4)))
    assert indexer.problems == []
    indexer.close()


@given(st.integers(0, len(lines(traffic(6)))))
def test_cut_anywhere_a_file_loses_no_more_than_its_last_record(
    tmp_path_factory: pytest.TempPathFactory, size: int
) -> None:
    path = tmp_path_factory.mktemp("torn") / "session.jsonl"
    data = lines(traffic(6))[:size]
    path.write_bytes(data)
    whole = data.count(b"\n")
    timeline = diagnosed()
    try:
        indexer = index_all(path, timeline)
    except UnreadableFile:
        assert whole == 0
        return
    complete = whole + (len(lines(traffic(whole + 1))) == size + 1)
    assert_same(timeline, live(traffic(complete)))
    indexer.close()


@given(st.lists(st.one_of(st.binary(max_size=60), st.sampled_from([to_line(r)[:-1] for r in traffic(3)])), max_size=8))
def test_no_bytes_at_all_make_the_indexer_fail(tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes]) -> None:
    """Records between garbage are found, all garbage is counted, and only documented exceptions are raised."""
    path = tmp_path_factory.mktemp("rubbish") / "session.jsonl"
    data = b"\n".join(pieces)
    path.write_bytes(data)
    known = {to_line(record)[:-1] for record in traffic(3)}
    expected = sum(line in known for line in data.split(b"\n"))
    timeline = diagnosed()
    try:
        indexer = index_all(path, timeline)
    except UnreadableFile:
        assert expected == 0
        return
    assert len(timeline) == expected
    assert len(indexer.problems) == sum(bool(line.strip()) and line not in known for line in data.split(b"\n"))
    indexer.close()


def test_unreadable_lines_are_reported_with_their_numbers_and_counted(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "MAX_PROBLEMS", 2)
    monkeypatch.setattr(indexing, "PIECE", 100)
    record = to_line(traffic(1)[0])
    path.write_bytes(b"rubbish\n" + record + b"\n" + b"more\n" + record + b"{}\n" + b"[]\n")
    timeline = diagnosed()
    indexer = index_all(path, timeline)
    assert [problem.line for problem in indexer.problems] == [1, 4]
    assert (indexer.unreadable, len(timeline)) == (4, 2)
    indexer.close()


def test_a_later_version_is_refused_with_its_line_and_what_came_before_is_there(path: Path) -> None:
    later = to_line(traffic(1)[0]).replace(b'"1.1"', b'"2.0"', 1)
    path.write_bytes(lines(traffic(3)) + later + lines(traffic(1)))
    timeline = diagnosed()
    indexer = Indexer(path, timeline)
    for _ in range(2):
        with pytest.raises(LaterVersion, match="line 4 is of version 2.0") as refused:
            indexer.advance(1.0)
        assert "needs an ocpptui that reads version 2" in str(refused.value)
    assert len(timeline) == 3
    indexer.close()


def test_a_later_version_in_a_last_line_without_line_feed_is_refused_too(path: Path) -> None:
    path.write_bytes(to_line(traffic(1)[0]).replace(b'"1.1"', b'"3.1"', 1)[:-1])
    with pytest.raises(LaterVersion, match="line 1 is of version 3.1"):
        index_all(path, Timeline())


def test_a_line_of_excessive_length_is_reported_and_not_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ocpptui.recording.chunks.LONGEST_LINE", 2**17)
    monkeypatch.setattr("ocpptui.recording.chunks.SLACK", 2**12)
    monkeypatch.setattr(indexing, "PIECE", 2**12)
    path.write_bytes(lines(traffic(3)) + b"x" * 2**18 + b"\n" + lines(traffic(4)[3:]))
    timeline = diagnosed()
    indexer = index_all(path, timeline)
    assert_same(timeline, live(traffic(4)))
    assert [problem.reason for problem in indexer.problems] == ["the line is longer than 0 MiB"]
    indexer.close()


def test_a_frame_of_20_megabytes_is_read_across_pieces(path: Path) -> None:
    raw = f'[2,"1","DataTransfer",{{"vendorId":"v","data":"{"x" * 20_000_000}"}}]'
    big = message_record(raw, time=1, connection=1, direction=Direction.TO_CSMS, version=Version.V16)
    path.write_bytes(to_line(big) + lines(traffic(2)))
    timeline = diagnosed()
    indexer = index_all(path, timeline)
    assert (len(timeline), timeline.record(0).raw) == (3, raw)
    indexer.close()


# -- files of other tools and several files ---------------------------------------------------------------------------


def foreign(**fields: Any) -> bytes:
    line = {"schemaVersion": "1.0", "transport": "json", "ocppVersion": "1.6", "chargePointId": "A"}
    return orjson.dumps({**line, "direction": "cp-to-csms", **fields}) + b"\n"


def test_charge_points_of_another_tool_s_file_are_connections_of_their_own(path: Path) -> None:
    call = {"messageType": "CALL", "messageId": "1", "action": "Heartbeat"}
    answer = {"messageType": "CALLRESULT", "messageId": "1", "direction": "csms-to-cp"}
    payload = {"currentTime": "2026-01-01T00:00:00Z"}
    path.write_bytes(
        foreign(timestamp="2026-01-01T00:00:00Z", **call)
        + foreign(timestamp="2026-01-01T00:00:01Z", chargePointId="B", **call)
        + foreign(timestamp="2026-01-01T00:00:02+00:00", chargePointId="B", payload=payload, **answer)
        + foreign(timestamp="no time", payload={"wrong": 1}, **answer)
    )
    timeline = diagnosed()
    indexer = index_all(path, timeline)
    assert [timeline.connection(index) for index in range(4)] == [1, 2, 2, 1]
    assert timeline.charge_points() == ("A", "B")
    assert [timeline.other_half(index) for index in range(4)] == [3, 2, 1, 0]
    assert [timeline.verdict(index) for index in (2, 3)] == [Verdict.VALID, Verdict.INVALID]
    assert timeline.latency(3) == 2_000_000, "a record without a time gets that of the one before"
    assert timeline.record(3).time == timeline.time(3)
    assert timeline.record(2).connection == 2
    indexer.close()


def test_an_answer_far_from_its_call_is_still_validated(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another tool does not name the action of an answer, and the call is in an earlier piece."""
    monkeypatch.setattr(indexing, "PIECE", 64)
    stamp = "2026-01-01T00:00:00Z"
    path.write_bytes(
        foreign(timestamp=stamp, messageType="CALL", messageId="1", action="Heartbeat")
        + foreign(timestamp=stamp, messageType="CALLRESULT", messageId="1", direction="csms-to-cp", payload={})
    )
    timeline = diagnosed()
    index_all(path, timeline).close()
    assert (timeline.action(1), timeline.verdict(1), timeline.counts.invalid) == ("Heartbeat", Verdict.INVALID, 1)


def test_json_and_soap_are_side_by_side(path: Path) -> None:
    """A site may have charge points of 1.5 and of 1.6 in one recording; each answer belongs to its own call."""
    records = [record for pair in zip(traffic(400), soap_traffic(400), strict=True) for record in pair]
    path.write_bytes(lines(records))
    timeline = diagnosed()
    indexer = index_all(path, timeline)
    assert_same(timeline, live(records))
    assert timeline.counts.unanswered == timeline.counts.orphans == 0
    assert [timeline.transport(index) for index in range(2)] == [Transport.JSON, Transport.SOAP]
    assert timeline.version(1) is Version.V15
    indexer.close()


def test_a_soap_line_is_there_and_without_a_time_it_gets_the_one_before(path: Path) -> None:
    path.write_bytes(
        foreign(timestamp="2026-01-01T00:00:00Z", messageType="CALL", messageId="1", action="Heartbeat")
        + foreign(transport="soap", messageType="CALL", action="Heartbeat", raw="<x/>")
    )
    timeline = diagnosed()
    index_all(path, timeline).close()
    assert (timeline.kind(1), timeline.charge_point(1)) == (RecordKind.MALFORMED, "A")
    assert timeline.time(1) == timeline.time(0)


def test_the_connections_of_two_files_are_kept_apart(tmp_path: Path) -> None:
    """Both files have a connection 1 with a call 0: each answer belongs to the call in its own file."""
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    first.write_bytes(lines(traffic(1)))
    second.write_bytes(lines(traffic(2)))
    timeline = diagnosed()
    indexers = [index_all(path, timeline) for path in (first, second)]
    assert [timeline.connection(index) for index in range(3)] == [1, 2, 2]
    assert [timeline.other_half(index) for index in range(3)] == [None, 2, 1]
    assert timeline.record(2).connection == 2
    for indexer in indexers:
        indexer.close()


def test_three_hundred_files_are_opened_as_one(tmp_path: Path) -> None:
    timeline, indexers = Timeline(), []
    for number in range(300):
        path = tmp_path / f"{number}.jsonl"
        path.write_bytes(lines(traffic(2)))
        indexers.append(index_all(path, timeline))
    assert (len(timeline), timeline.counts.unanswered, len(timeline.connections())) == (600, 0, 300)
    assert timeline.record(599).connection == 300
    for indexer in indexers:
        indexer.close()


def test_headless_output_can_be_opened_again(path: Path) -> None:
    records = traffic(4)
    path.write_bytes(
        b"".join(to_line(record, "Heartbeat", {"index": 7, "answers": 0, "valid": True}) for record in records)
    )
    timeline = diagnosed()
    indexer = index_all(path, timeline)
    assert_same(timeline, live(records))
    indexer.close()


def test_notes_have_no_connection(path: Path) -> None:
    path.write_bytes(
        to_line(Record(1, 0, RecordKind.NOTE, origin=Origin.MANUAL, detail={"text": "x"})) + lines(traffic(1))
    )
    timeline = diagnosed()
    index_all(path, timeline).close()
    assert (timeline.connection(0), tuple(timeline.connections())) == (0, (1,))
    assert timeline.answering(0) is AnswerStatus.NONE
