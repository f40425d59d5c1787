"""Frames with a fault of copying or of reading print are records; lists in ordinary text are not."""

from __future__ import annotations

import json
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.importing.texts.odd_frames import odd_frame
from ocpptui.ocpp.message import Malformed
from tests.importing.reading import read
from tests.kit.linear_time import assert_linear

CALL = '[2,"a1","BootNotification",{"chargePointVendor":"V, Inc. (x)","chargePointModel":"M"}]'
ANSWER = '[3,"a1",{"status":"Accepted","currentTime":"2026-11-26T10:00:00Z","interval":300}]'
ERROR = '[4,"a1","NotSupported","no; never",{}]'
WIDE = str.maketrans('[]{}(),:;"0123456789', "［］｛｝（），：；＂０１２３４５６７８９")
PREFIXES = (
    "",
    "2026-11-26 10:00:00.123 INFO CP-1 received ",
    "2026-11-26T10:00:00Z CP-1 >> ",
    "2026-11-26 10:00:00 [worker-1] DEBUG ocpp.frames - CP-1: ",
)


def in_brackets(frame: str, opening: str, closing: str) -> str:
    return opening + frame[1:-1] + closing


def with_faults(frame: str) -> list[str]:
    """The frame with each fault."""
    kind = frame[1]
    rest = frame[2:]
    return [
        *(frame.replace(",", sign) for sign in (";", " ;", "，", "、", "\t", ",,", "|")),
        *(f"[{kind}{sign}{rest[1:]}" for sign in (".", ":", "/", "-", "=", " ", "", "\u200b,", "·,")),
        *(in_brackets(frame, *pair) for pair in ("()", "{}", "<>", "［］", "【】", "(]", "{]", "|]", "(>", "\\]")),
        *(f"[{look}{rest}" for look in "ZSElIO!|?"),
        *(quote.join(frame.split('"')) for quote in ("``", "´", "‘", "„", '""', "＂", "''")),
        frame.replace('"a1"', "'a1'"),
        frame.replace('"a1"', 'a1"'),
        frame.translate(WIDE),
        frame[1:],
        f"l{frame[1:]}",
        f"[•{frame[1:]}",
        f"[0x{frame[1:]}",
        f'["CALL"{rest}',
        f"[null{rest}",
        f"[{rest}",
    ]


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("frame", [CALL, ANSWER, ERROR], ids=["call", "answer", "error"])
def test_a_frame_with_a_fault_is_a_record_with_its_text(frame: str, prefix: str, tmp_path: Path) -> None:
    """The frame that was copied from a picture, or that a charge point wrote wrongly, would not be there."""
    path = tmp_path / "x.log"
    good = f'{prefix}[2,"z","Heartbeat",{{}}]'
    odd = with_faults(frame)
    path.write_text("\n".join(f"{good}\n{prefix}{one}" for one in odd) + "\n", encoding="utf-8")
    records = read(path).records
    assert [str(record.raw) for record in records[1::2]] == odd
    assert {record.raw for record in records[::2]} == {'[2,"z","Heartbeat",{}]'}
    wrong = [record.raw for record in records[1::2] if isinstance(record.frame, Malformed)]
    assert wrong == odd, "each says its defect"


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("odd", with_faults(CALL)[:-4])
def test_a_call_with_a_fault_needs_no_other_frame(odd: str, prefix: str, tmp_path: Path) -> None:
    """A single frame pasted into a file would be no frame."""
    path = tmp_path / "x.log"
    path.write_text(f"{prefix}{odd}\n", encoding="utf-8")
    assert [record.raw for record in read(path).records] == [odd]


def test_a_call_with_a_fault_in_a_field_is_a_record(tmp_path: Path) -> None:
    """Of a log in JSON, it would be missing."""
    path = tmp_path / "x.jsonl"
    odd = CALL.replace(",", ";")
    rows = [{"time": "2026-11-26T10:00:00Z", "cp": "CP-1", "message": frame} for frame in (CALL, odd)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert [record.raw for record in read(path).records] == [CALL, odd]


@pytest.mark.parametrize(
    "line",
    [
        'call(2, "a1", "Heartbeat", {})',
        'self.send(2,"a1","Heartbeat",{})',
        '{"2":"x","Reset":{"a":1}}',
        '{"id":"2","action":"Reset","payload":{"a":1}}',
        '[1,2,"a1","Heartbeat",{}]',
        '2,"a1","Heartbeat",3',
        '["a","b","Heartbeat"]',
        '["message",{"room":1}]',
        '["Heartbeat",{"interval":300}]',
        "[12:34:56 Heartbeat {interval: 300}]",
        "[2 workers Heartbeat {interval: 300}]",
        "(3, CP1, Reset)",
        '(2,"a1","two",{"b":1})',
        '[2;"a1";"two";{"b":1}]',
        '192.0.2.1 - - [26/Nov/2026:10:00:00 +0000] "GET /Heartbeat HTTP/1.1" 200 2 "-" "curl/8"',
        'tuple (2, "a1", {"b": 1}) in a list',
    ],
)
def test_an_ordinary_line_has_no_frame(line: str) -> None:
    """Rows of an ordinary log, of a program or of JSON would appear as malformed frames."""
    assert odd_frame(line, lambda before: False) is None


@pytest.mark.parametrize(
    "text", ['["message",{"room":1}]', '["room","event",{"a":1}]', '{"2":"x","y":{"a":1}}', "[0: x {a:1}]"]
)
def test_what_another_protocol_sends_is_no_frame(text: str) -> None:
    """Events of socket.io beside the frames would appear as malformed frames."""
    assert odd_frame(f"received {text}", lambda before: True) is None


@pytest.mark.parametrize("piece", ["/**/", "\u200b/**/", "[/**/", "(\u200b", "/ ", "2 , "])
def test_a_long_line_of_comments_and_brackets_is_read_in_linear_time(piece: str) -> None:
    """One line of a damaged file would stop the program for minutes."""

    def searched(count: int) -> float:
        begun = process_time()
        odd_frame(piece * count + '"{},', lambda before: True)
        return process_time() - begun

    assert_linear(searched, 2_000)


SIGNS = [
    "[",
    "(",
    "{",
    "2",
    "3",
    "Z",
    ",",
    ";",
    '"',
    "“",
    "``",
    "a1",
    "Heartbeat",
    "{}",
    "]",
    " ",
    "［",
    "，",
    "\u200b",
]


@given(st.lists(st.sampled_from(SIGNS)).map("".join), st.booleans())
def test_what_is_found_is_a_part_of_the_text(text: str, announced: bool) -> None:
    """The import would end with an error, or show what is not in the file."""
    found = odd_frame(text, lambda before: announced)
    assert found is None or (0 <= found[0] < found[1] <= len(text) and text[found[0] : found[1]].strip())
