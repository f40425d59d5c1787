"""One conversation whose frames a log shows as bytes comes back with its frames, directions, ids, times and pairs."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocpptui.importing.reader import ImportOptions
from ocpptui.ocpp.version import Direction, Version
from tests.importing.byte_lines import (
    IN_LINE,
    ROWS,
    below,
    beside,
    canonical,
    in_websocket,
    on_the_wire,
    packet_dump,
    split_packets,
    split_reads,
)
from tests.importing.conversation import Exchanged, conversation
from tests.importing.frames import FRAMES, compact
from tests.importing.logger_lines import Line, utc, way
from tests.importing.reading import Read, check, read

PACKETS: dict[str, Line] = {
    "tcpdump -X": packet_dump(ROWS["tcpdump"], 14),
    "tcpdump -XX": packet_dump(ROWS["tcpdump"], 0),
    "Wireshark": packet_dump(ROWS["Wireshark"], 0),
    "hexdump -C": packet_dump(canonical, 0),
}
"""Whole packets: their own headers have the addresses."""


def with_odd_texts(frames: Sequence[Exchanged]) -> list[Exchanged]:
    """The conversation with texts that its rows must not be taken for: other frames, bytes, quotes, other letters."""
    odd = json.dumps({"data": 'é "[3,"x",{}]" 5b 32 it\'s ab cd |x| 00000010: * 日本'}, ensure_ascii=False)[1:-1]
    return [replace(frame, raw=frame.raw.replace('"data":"x [2] y"', odd)) for frame in frames]


def written(path: Path, frames: Sequence[Exchanged], line: Line) -> Read:
    path.write_text("\n".join(map(line, frames)) + "\n", encoding="utf-8")
    return read(path)


@pytest.mark.parametrize("version", [Version.V16, Version.V201])
@pytest.mark.parametrize("notation", ROWS)
def test_a_conversation_comes_back_from_dumps(tmp_path: Path, notation: str, version: Version) -> None:
    """Pieces of the text beside the bytes would be taken for malformed frames."""
    frames = with_odd_texts(conversation(("CP-77", "CP-78"), version))
    found = written(tmp_path / "dumps.log", frames, below(ROWS[notation]))
    check(found, frames, timedelta(milliseconds=1))
    assert {record.detail["notation"] for record in found.records} == {"bytes"}


@pytest.mark.parametrize("version", [Version.V16, Version.V201])
@pytest.mark.parametrize("notation", ["xxd", "xxd -p", "hexdump -C", "od -t x1", "Wireshark", "ESP-IDF", "Netty"])
def test_a_conversation_comes_back_from_dumps_of_websocket_frames(
    tmp_path: Path, notation: str, version: Version
) -> None:
    """What the charge point sent is masked, so that its bytes show no text at all."""
    frames = with_odd_texts(conversation(("CP-77", "CP-78"), version))
    check(written(tmp_path / "dumps.log", frames, in_websocket(ROWS[notation])), frames, timedelta(milliseconds=1))


@pytest.mark.parametrize("version", [Version.V16, Version.V201])
@pytest.mark.parametrize("notation", PACKETS)
def test_a_conversation_comes_back_from_dumps_of_packets(tmp_path: Path, notation: str, version: Version) -> None:
    frames = conversation(("CP-77", "CP-78"), version)
    found = written(tmp_path / "packets.txt", frames, PACKETS[notation])
    connections = {frame.name: record.connection for frame, record in zip(frames, found.records, strict=True)}
    assert len(set(connections.values())) == 2
    assert [record.connection for record in found.records] == [connections[frame.name] for frame in frames]
    check(found, [replace(frame, name="") for frame in frames], timedelta(milliseconds=1))


@pytest.mark.parametrize("segment", [24, 61, 100])
@pytest.mark.parametrize("version", [Version.V16, Version.V201])
@pytest.mark.parametrize(("dump", "start"), [("tcpdump", 14), ("tcpdump", 0), ("Wireshark", 0), ("xxd", 14)])
def test_a_message_in_several_packets_comes_back_whole(
    tmp_path: Path, dump: str, start: int, version: Version, segment: int
) -> None:
    """Most of what a charge point sends is longer than a segment: it would be truncated, and its rest be missing."""
    frames = conversation(("CP-77", "CP-78"), version)
    found = written(tmp_path / "packets.txt", frames, split_packets(ROWS[dump], start, segment))
    check(found, [replace(frame, name="") for frame in frames], timedelta(milliseconds=1))


@pytest.mark.parametrize("size", [32, 61])
@pytest.mark.parametrize("version", [Version.V16, Version.V201])
@pytest.mark.parametrize("notation", ["xxd", "hexdump -C", "ESP-IDF", "Netty"])
def test_a_message_that_was_read_in_pieces_comes_back_whole(
    tmp_path: Path, notation: str, version: Version, size: int
) -> None:
    frames = [frame for frame in conversation(("CP-77", "CP-78"), version) if "T9" not in frame.raw]
    found = written(tmp_path / "reads.log", frames, split_reads(ROWS[notation], size))
    assert found.raws == [frame.raw for frame in frames]
    assert [record.direction for record in found.records] == [
        Direction.TO_CSMS if frame.up else Direction.TO_CHARGE_POINT for frame in frames
    ]


@settings(max_examples=40, deadline=None)
@given(number=st.integers(0, 24), lost=st.integers(0, 3), segment=st.integers(20, 90))
def test_a_packet_that_is_missing_leaves_the_part_before_it(
    tmp_path_factory: pytest.TempPathFactory, number: int, lost: int, segment: int
) -> None:
    """A frame that nobody sent would be worse than one that is cut off."""
    frame = conversation(("CP-77", "CP-78"), Version.V16)[number]
    dumps = split_packets(ROWS["tcpdump"], 14, segment)(frame).split(f"{utc(frame)}\n")[1:]
    del dumps[lost % len(dumps)]
    path = tmp_path_factory.mktemp("packets") / "packets.txt"
    path.write_text("".join(f"{utc(frame)}\n{dump}" for dump in dumps), encoding="utf-8")
    found = read(path, keep_secrets=True)
    assert len(found.records) <= 1
    assert all(frame.raw.startswith(str(raw)) for raw in found.raws)


@pytest.mark.parametrize("version", [Version.V16, Version.V201])
@pytest.mark.parametrize("notation", IN_LINE)
def test_a_conversation_comes_back_from_bytes_in_a_line(tmp_path: Path, notation: str, version: Version) -> None:
    """A message that the logger encoded would be missing."""
    frames = with_odd_texts(conversation(("CP-77", "CP-78"), version))
    check(written(tmp_path / "bytes.log", frames, beside(IN_LINE[notation])), frames, timedelta(milliseconds=1))


@pytest.mark.parametrize("notation", ["hexadecimal", "hexadecimal with 0x", "Node", "list of numbers"])
@pytest.mark.parametrize("version", [Version.V16, Version.V201])
def test_a_conversation_comes_back_from_websocket_frames_in_a_line(
    tmp_path: Path, notation: str, version: Version
) -> None:
    frames = conversation(("CP-77", "CP-78"), version)

    def line(frame: Exchanged) -> str:
        return f"{utc(frame)} {frame.name}: {way(frame, 'received', 'sent')} {IN_LINE[notation](on_the_wire(frame))}"

    check(written(tmp_path / "bytes.log", frames, line), frames, timedelta(milliseconds=1))


IN_DOCUMENTS: dict[str, Line] = {
    "JSON": lambda f: (
        f'{{"time":"{utc(f)}","chargePoint":"{f.name}","direction":"{way(f, "received", "sent")}",'
        f'"payload":"{IN_LINE["base64"](f.raw.encode())}"}}'
    ),
    "a buffer of Node in JSON": lambda f: (
        f'{{"time":"{utc(f)}","chargePoint":"{f.name}","direction":"{way(f, "received", "sent")}",'
        f'"message":{{"type":"Buffer","data":{list(f.raw.encode())}}}}}'
    ),
    "hexadecimal in CSV": lambda f: f"{utc(f)},{f.name},{way(f, 'received', 'sent')},{f.raw.encode().hex()}",
    "base64 in CSV": lambda f: f"{utc(f)};{f.name};{way(f, 'received', 'sent')};{IN_LINE['base64'](f.raw.encode())}",
    "bytes of PostgreSQL": lambda f: f"{utc(f)},{f.name},{way(f, 'received', 'sent')},\\x{f.raw.encode().hex()}",
}


@pytest.mark.parametrize("version", [Version.V16, Version.V201])
@pytest.mark.parametrize("notation", IN_DOCUMENTS)
def test_a_conversation_comes_back_from_bytes_in_fields(tmp_path: Path, notation: str, version: Version) -> None:
    frames = conversation(("CP-77", "CP-78"), version)
    check(written(tmp_path / "export", frames, IN_DOCUMENTS[notation]), frames, timedelta(milliseconds=1))


ENCODINGS = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "utf-16", "utf-32", "utf-8-sig")
DOCUMENTS: dict[str, Line] = {
    "a log": lambda f: f"{utc(f)} {f.name}: {way(f, 'received', 'sent')} {f.raw}",
    "CSV": lambda f: f"{utc(f)};{f.name};{way(f, 'received', 'sent')};{f.raw}",
}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("kind", ["a log", "CSV"])
def test_a_conversation_comes_back_from_any_encoding(tmp_path: Path, kind: str, encoding: str) -> None:
    """PowerShell and Windows tools write UTF-16, with a byte order mark or without."""
    frames = with_odd_texts(conversation(("CP-77", "CP-78"), Version.V16))
    path = tmp_path / "customer.log"
    path.write_bytes("".join(f"{DOCUMENTS[kind](frame)}\r\n" for frame in frames).encode(encoding))
    check(read(path), frames, timedelta(milliseconds=1))


@settings(max_examples=40, deadline=None)
@given(
    frames=st.lists(FRAMES.map(compact), min_size=1, max_size=4),
    notation=st.sampled_from(sorted({*ROWS, *IN_LINE} - {"Go %q"})),
)
def test_any_frames_come_back(tmp_path_factory: pytest.TempPathFactory, frames: list[str], notation: str) -> None:
    begin = datetime(2026, 3, 14, 9, 30, tzinfo=UTC)
    exchanged = [
        Exchanged(begin + timedelta(seconds=number), "CP-77", True, raw, None) for number, raw in enumerate(frames)
    ]
    line = below(ROWS[notation]) if notation in ROWS else beside(IN_LINE[notation])
    path = tmp_path_factory.mktemp("dumps") / "customer.log"
    path.write_text("".join(f"{line(one)}\n" for one in exchanged), encoding="utf-8")
    found = read(path, ImportOptions(keep_copies=True), keep_secrets=True)
    assert found.raws == frames


@settings(max_examples=40, deadline=None)
@given(
    notation=st.sampled_from(sorted({*ROWS, *IN_LINE} - {"Python text", "Python text as ASCII", "websockets"})),
    number=st.integers(0, 20),
    damaged=st.integers(0, 10),
    kept=st.floats(0, 1),
    cut=st.floats(0.3, 1),
    masked=st.booleans(),
)
def test_a_damaged_dump_shows_nothing_but_what_its_bytes_are(
    tmp_path_factory: pytest.TempPathFactory,
    notation: str,
    number: int,
    damaged: int,
    kept: float,
    cut: float,
    masked: bool,
) -> None:
    """A frame that nobody sent would be worse than one that is missing."""
    frames = conversation(("CP-77", "CP-78"), Version.V16)[number : number + 4]
    show = ROWS.get(notation) or IN_LINE[notation]
    line = below(show) if notation in ROWS else beside(show)
    if masked and notation in ROWS:
        line = in_websocket(show)
    lines = "\n".join(map(line, frames)).split("\n")
    place = damaged % len(lines)
    lines[place] = lines[place][: int(len(lines[place]) * kept)]
    text = "\n".join(lines)
    path = tmp_path_factory.mktemp("dumps") / "damaged.log"
    path.write_text(text[: int(len(text) * cut)] + "\n", encoding="utf-8")
    for record in read(path, keep_secrets=True).records:
        assert any(str(record.raw) in frame.raw for frame in frames)


@settings(max_examples=40, deadline=None)
@given(
    notation=st.sampled_from(["xxd -p", "hexadecimal", "bytes with spaces", "bytes with colons"]),
    changes=st.lists(st.tuples(st.floats(0, 1), st.text("0123456789abcdef5b[]\n :|", max_size=4)), max_size=6),
)
def test_changed_bytes_are_shown_as_they_are(
    tmp_path_factory: pytest.TempPathFactory, notation: str, changes: list[tuple[float, str]]
) -> None:
    frames = conversation(("CP-77", "CP-78"), Version.V16)[:5]
    text = "\n".join((ROWS.get(notation) or IN_LINE[notation])(frame.raw.encode()) for frame in frames)
    for where, inserted in changes:
        place = int(where * len(text))
        text = text[:place] + inserted + text[place + 1 :]
    path = tmp_path_factory.mktemp("dumps") / "changed.log"
    path.write_text(text + "\n", encoding="utf-8")
    digits = re.sub("[^0-9a-f]", "", text)
    for record in read(path).records:
        raw = record.raw.encode() if isinstance(record.raw, str) else record.raw or b""
        assert raw.hex() in digits or str(record.raw) in text


@settings(max_examples=40, deadline=None)
@given(data=st.binary(max_size=400), notation=st.sampled_from(sorted(ROWS)))
def test_other_bytes_are_not_frames(tmp_path_factory: pytest.TempPathFactory, data: bytes, notation: str) -> None:
    """Keys, hashes and firmware would become malformed messages."""
    path = tmp_path_factory.mktemp("dumps") / "other.log"
    path.write_text(f"2026-03-14T09:30:00Z received\n{ROWS[notation](data)}\n", encoding="utf-8")
    assert read(path).records == []
