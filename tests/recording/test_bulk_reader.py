from __future__ import annotations

import json
import marshal
from array import array

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ocpptui.ocpp.advisories import HINTS
from ocpptui.ocpp.harmless_texts import may_hold_secret
from ocpptui.ocpp.judgement import RIGHT_ELSEWHERE, SCHEMA_VIOLATION, defects_of, judge
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.text_demands import DEMANDS
from ocpptui.ocpp.version import Direction, Transport, Version
from ocpptui.recording import bulk_reader as reading
from ocpptui.recording.bulk_reader import LineReader
from ocpptui.recording.file_errors import LaterVersion
from ocpptui.recording.line_format import Unreadable, from_line, to_line
from ocpptui.recording.message_line import ACTION, DETAIL, DIRECTION, MESSAGE_ID, META, ORIGIN, RAW
from ocpptui.timeline.columns import DIRECTIONS, KEPT_BACK, MASKED, NO_TIME, ORIGINS, Batch, template_of
from ocpptui.timeline.record import Origin, Record, RecordKind, message_record
from tests.recording.records import RECORDS

UP, DOWN = Direction.TO_CSMS, Direction.TO_CHARGE_POINT


def line(raw: str, direction: Direction, action: str = "Heartbeat", time: int = 1_795_341_723_120_456) -> bytes:
    record = message_record(
        raw, time=time, connection=1, direction=direction, charge_point="CP1", version=Version.V16, origin=Origin.MANUAL
    )
    return to_line(record, action)


FAMILIAR = [
    line('[2,"a81f","Heartbeat",{}]', UP),
    line('[3,"a81f",{"currentTime":"2026-01-01T00:00:00Z"}]', DOWN),
    line('[4,"a81f","GenericError","no",{}]', DOWN),
    line('[2,"b2","Reset",{"type":"Warm"}]', DOWN, ""),
    line('[6,"b3","Heartbeat",{}]', UP, ""),
    line('[5,"b3","GenericError","",{}]', UP),
]


def familiar_reader() -> LineReader:
    """A reader that has learned what surrounds the frames of these lines."""
    reader = LineReader()
    reader.read(b"".join(FAMILIAR), 0)
    return reader


OF_PAYLOAD = {SCHEMA_VIOLATION, RIGHT_ELSEWHERE, *HINTS, *DEMANDS}

Row = tuple[RecordKind, int, str, str, str, object, int, int, tuple[int, int, int]]
"""Kind, time, id, action of a call, charge point, judgement (of an answer the defects of its frame), place, length,
and the codes of direction, origin and flags."""


def one_by_one(lines: list[bytes]) -> list[Row]:
    """What reading each line whole makes of it."""
    found, offset = [], 0
    for text in lines:
        record = from_line(text[:-1], fallback_time=NO_TIME)
        if isinstance(record, Record):
            frame = record.frame
            known = ("" if frame is None else frame.id or "", frame.action or "" if isinstance(frame, Message) else "")
            judgement: object = judge(record.version, record.direction, frame) if frame is not None else (0, ())
            if record.kind.is_answer and frame is not None:
                judgement = {defect.name for defect in defects_of(record.version, frame)}
            codes = template_of(record)[1:4]
            found.append((record.kind, record.time, *known, record.charge_point, judgement, offset, len(text), codes))
        offset += len(text)
    return found


def read(reader: LineReader, lines: list[bytes]) -> list[Row]:
    """What a reader makes of the lines at once, in the same form."""
    templates, connections = list(reader._templates), list(reader._connections)
    batch = reader.read(b"".join(lines), 0).batch
    assert (batch.first_template, batch.first_connection) == (len(templates), len(connections))
    templates += batch.new_templates
    connections += batch.new_connections
    found = []
    columns = (batch.templates, batch.connections, batch.times, batch.ids, batch.offsets, batch.lengths, batch.verdicts)
    for number, connection, time, message_id, offset, length, verdict in zip(*columns, strict=True):
        template = templates[number]
        action = template.action if template.kind.is_call else ""
        judgement: object = (verdict, template.remarks)
        if template.kind.is_answer:
            judgement = set(template.remarks) - OF_PAYLOAD
        name = connections[connection].charge_point
        found.append((template.kind, time, message_id, action, name, judgement, offset, length, template[1:4]))
    return found


@given(st.lists(RECORDS, max_size=8))
def test_many_lines_at_once_are_what_they_are_one_by_one(records: list[Record]) -> None:
    lines = [to_line(record, "Heartbeat") for record in records]
    short = [(*row[:3], row[3][:10], *row[4:]) for row in one_by_one(lines)]
    assert [(*row[:3], row[3][:10], *row[4:]) for row in read(LineReader(), lines)] == short


DAMAGES = st.tuples(
    st.integers(0, 330),
    st.integers(0, 12),
    st.one_of(
        st.binary(max_size=4),
        st.sampled_from(
            [
                *(b'"', b"\\", b",", b"2", b"}", b"\x01", b"\\u00e9", b"\xc3\xa9", b"\xff"),
                *(
                    DIRECTION,
                    MESSAGE_ID,
                    ACTION,
                    RAW,
                    META,
                    DETAIL,
                    ORIGIN,
                    DETAIL + b"{}",
                    DETAIL + b'{"change":"changed"}',
                ),
            ]
        ),
    ),
)


@given(st.lists(st.tuples(st.sampled_from(FAMILIAR), st.lists(DAMAGES, max_size=2)), min_size=1, max_size=4))
@settings(max_examples=400)
@example([(FAMILIAR[0].replace(b'"1.1"', b'"1.2"'), [])])
@example([(FAMILIAR[0].replace(b'\\"a81f\\"', b'\\"a\\"'), [])])
@example([(FAMILIAR[0].replace(b'"raw":"[2,', b'"raw":"[2.0,'), [])])
@example([(FAMILIAR[0].replace(b'"raw":"[2,', b'"raw":"[6,'), [])])
@example([(FAMILIAR[0].replace(b'"messageId":"a81f"', b'"messageId":"a\x0181"'), [])])
@example([(FAMILIAR[0].replace(b"a81f", b"a\x0181"), [])])
@example([(FAMILIAR[0].replace(b"a81f", b'a"81'), [])])
@example([(FAMILIAR[0].replace(b"a81f", b"a\xc3\xa981"), [])])
@example([(FAMILIAR[0].replace(b"a81f", b"a\\t81"), [])])
@example([(FAMILIAR[0].replace(b"a81f", b""), [])])
@example([(FAMILIAR[0].replace(b"a81f", 37 * b"x"), [])])
@example([(FAMILIAR[0].replace(b'{}]"', b'{},{}]"'), [])])
@example([(FAMILIAR[0].replace(b'{}]"', b'{}],[{}]"'), [])])
@example([(FAMILIAR[0].replace(b'{}]"', b'{\\"a\\":"1"}]"'), [])])
@example([(FAMILIAR[0].replace(b'{}]"', b"[" * 252 + b"]" * 252 + b']"'), [])])
@example([(FAMILIAR[0].replace(b'{}]"', b'{\\"a\\":' + b"[" * 252 + b"]" * 252 + b'}]"'), [])])
@example([(FAMILIAR[0].replace(b'{}]"', b'{\\"a\\":' + b"[" * 253 + b"]" * 253 + b'}]"'), [])])
@example([(FAMILIAR[0].replace(b'{}]"', b'{}]","detail":{"frame":7,"passedOnMs":0.3}'), [])])
@example([(FAMILIAR[0].replace(b'{}]"', b'{}]","detail":{"frame":7,"change":"changed"}'), [])])
@example([(FAMILIAR[0].replace(b'{}]"', b'{}]","detail":{"frame":7},"raw":"[]"'), [])])
@example([(FAMILIAR[0].replace(b'"origin":', b'"masked":["$.a"],"origin":'), [])])
@example([(b" " + FAMILIAR[0], [])])
@example([(FAMILIAR[0].replace(b"2026-11-22T", b"2026-13-22T"), [])])
@example([(FAMILIAR[0].replace(b'{}]"', b'{\\"a\\":1,\\"a\\":2}]"'), [])])
@example([(FAMILIAR[0].replace(b'{}]"', b'{\\"a\\" : 1, \\"a\\" :2}]"'), [])])
@example([(FAMILIAR[0].replace(b'{}]"', b'[]]"'), [])])
@example([(FAMILIAR[0].replace(b'"raw":"[2,\\"a81f\\"', b'"raw":"[2,\\"' + 37 * b"x" + b'\\"'), [])])
@example([(FAMILIAR[0].replace(b'"raw":"[2,\\"a81f\\"', b'"raw":"[2,\\"\\"'), [])])
@example([(FAMILIAR[0].replace(b"2026-11-22T10:02:03.120456Z", b'2026","x":"12:00:00.00000"Z'), [])])
def test_a_line_that_only_looks_familiar_is_read_with_care(
    damaged: list[tuple[bytes, list[tuple[int, int, bytes]]]],
) -> None:
    """A damaged or deceptive line is never read as the line that it resembles."""
    lines = []
    for text, damages in damaged:
        for start, length, other in damages:
            text = text[:-1][:start] + other.replace(b"\n", b"") + text[:-1][start + length :] + b"\n"
        lines.append(text)
    try:
        expected = one_by_one(lines)
    except LaterVersion:
        return
    assert read(familiar_reader(), lines) == expected


def test_familiar_lines_are_not_read_whole_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening a large recording is quick because of this."""
    reader = familiar_reader()
    monkeypatch.setattr(reading, "from_line", lambda *_, **__: pytest.fail("read whole"))
    found = read(reader, [line('[2,"other-id","Heartbeat",{"x":1}]', UP, time=7), FAMILIAR[1], *FAMILIAR[3:5]])
    assert [(row[0], row[2]) for row in found[:2]] == [(RecordKind.CALL, "other-id"), (RecordKind.CALLRESULT, "a81f")]


def test_relayed_lines_are_not_read_whole_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each frame through a proxy has a detail of its own: its number, and when it went on."""
    relayed = [text.replace(b',"meta"', b',"detail":{"frame":%d,"passedOnMs":0.25},"meta"') for text in FAMILIAR[:2]]
    reader = LineReader()
    reader.read(b"".join(text % number for number, text in enumerate(relayed)), 0)
    monkeypatch.setattr(reading, "from_line", lambda *_, **__: pytest.fail("read whole"))
    found = read(reader, [text % number for number, text in enumerate(relayed * 2)])
    assert [row[0] for row in found] == [RecordKind.CALL, RecordKind.CALLRESULT] * 2


@pytest.mark.parametrize("detail", (b'{"keptBack":"BLOCKED"}', b'{"frame":3}'))
def test_a_message_that_was_kept_back_is_unlike_others(detail: bytes) -> None:
    """Its peer would be accused, or one that had the message excused, depending on which line comes first."""
    lines = [FAMILIAR[0], FAMILIAR[0].replace(b',"meta"', b',"detail":%b,"meta"' % detail)]
    for mixed in (lines * 2, lines[::-1] * 2):
        found = read(LineReader(), mixed)
        assert found == one_by_one(mixed)
        assert {row[8][2] & KEPT_BACK for row in found} == {0, KEPT_BACK}


def test_what_is_learned_is_what_the_line_says() -> None:
    masked = Record(
        5, 4, RecordKind.CALL, DOWN, "Ä", Version.V201, '[2,"1","Reset",{}]', Origin.REPLAY, masked=("$.a",)
    )
    reader = LineReader()
    reader.read(to_line(masked), 0)
    batch = reader.read(to_line(masked), 0).batch
    assert batch.new_templates == []
    (template,) = reader._templates
    assert (DIRECTIONS[template.direction], ORIGINS[template.origin]) == (DOWN, Origin.REPLAY)
    assert (template.flags, template.action) == (MASKED, "Reset")
    assert list(reader._connections) == [(4, "Ä", Version.V201, Transport.JSON)]


def test_rubbish_has_line_numbers_and_empty_lines_are_nothing() -> None:
    block = LineReader().read(FAMILIAR[0] + b"\n  \nrubbish\n" + FAMILIAR[1] + b"{}\n", 1000)
    assert [(problem.line, type(problem)) for problem in block.problems] == [(4, Unreadable), (6, Unreadable)]
    assert (block.lines, len(block.batch)) == (6, 2)
    assert block.batch.offsets == array("q", [1000, 1000 + len(FAMILIAR[0]) + 12])


def test_a_line_of_a_later_version_ends_the_block() -> None:
    later = FAMILIAR[1].replace(b'"1.1"', b'"2.1"')
    block = LineReader().read(FAMILIAR[0] + later + FAMILIAR[2], 0)
    assert block.later is not None
    assert (block.later.version, block.later.line, len(block.batch)) == ("2.1", 2, 1)


def test_memory_is_bounded_when_no_two_lines_are_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_REMEMBERED", 10)
    reader = LineReader()
    for number in range(50):
        one = message_record(
            f'[2,"1","Action{number}",{{}}]', time=1, connection=number + 1, direction=UP, charge_point=f"CP{number}"
        )
        batch = reader.read(to_line(one), 0).batch
        assert batch.first_template <= 11 and batch.first_connection <= 11
        assert [template.action for template in batch.new_templates] == [f"Action{number}"]
        assert [connection.charge_point for connection in batch.new_connections] == [f"CP{number}"]


def test_many_charge_points_share_what_their_lines_have_in_common() -> None:
    """A recording of thousands of charge points is read as quickly as one of a few."""
    reader = LineReader()
    first = line('[2,"1","Heartbeat",{}]', UP)
    lines = [first.replace(b'"connection":1', b'"connection":%d' % number) for number in range(1, 500)]
    batch = reader.read(b"".join(lines), 0).batch
    assert (len(batch.new_templates), len(batch.new_connections)) == (1, 499)
    assert [batch.new_connections[number].connection for number in batch.connections] == list(range(1, 500))


def test_a_batch_comes_out_of_the_second_process_as_it_went_in() -> None:
    rubbish = to_line(Record(7, 0, RecordKind.NOTE, detail={"text": "x"})) + line("[2,", UP)
    batch = LineReader().read(b"".join(FAMILIAR) + rubbish, 0).batch
    assert Batch.unpacked(marshal.loads(marshal.dumps(batch.packed()))) == batch


REPEATED = ["1", "?key=1", "ftp://u:p@h", "password=1", "-u a:b", "eyJ", "%40", "keyb65", "keyb64", "keyb66", "Token 1"]


@given(st.lists(st.tuples(st.sampled_from(REPEATED) | st.text(max_size=5), st.sampled_from(REPEATED)), max_size=10))
@example([("eyJhbGciOi", "1"), ("keyb65", "keyb65"), ("1", "keyb64")])
def test_every_message_that_may_hold_a_secret_is_suspect(texts: list[tuple[str, str]]) -> None:
    """The search for secrets reads no other messages: a password would stay where the file repeats it."""
    frames = [json.dumps([2, message_id, "Heartbeat", {"info": info}]) for message_id, info in texts]
    lines = [line(frame, UP) for frame in frames]
    batch = familiar_reader().read(b"".join(lines), 0).batch
    suspects = {place for place, frame in enumerate(frames) if may_hold_secret(frame)}
    assert suspects <= set(batch.suspects)
    assert list(batch.suspects) == sorted(set(batch.suspects))
    packed = marshal.loads(marshal.dumps(batch.packed()))
    assert Batch.unpacked(packed).suspects == batch.suspects
