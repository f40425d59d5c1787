"""Lines that Docker, containerd and cloud collectors split, in a log of containers."""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.importing.files.text_stream import BLOCK
from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.lines.partial_lines import DOCKER, PartialLines
from ocpptui.ocpp.date_times import micros_of
from ocpptui.ocpp.version import Version
from tests.importing.conversation import Exchanged, conversation
from tests.importing.logger_lines import utc, way
from tests.importing.reading import check, read

Piece = Callable[[Exchanged, str, int, int], str]
"""A line with a piece, which has a number and follows so many others."""


def _cri(frame: Exchanged, text: str, place: int, last: int) -> str:
    return f"{frame.time:%Y-%m-%dT%H:%M:%S.%f}123Z stdout {'F' if place == last else 'P'} {text}"


def _docker(frame: Exchanged, text: str, place: int, last: int) -> str:
    return json.dumps({"log": text + "\n" * (place == last), "stream": "stdout", "time": utc(frame)})


def _fluentd(frame: Exchanged, text: str, place: int, last: int) -> str:
    marks = {"partial_message": "true", "partial_id": str(micros_of(frame.time)), "partial_ordinal": str(place + 1)}
    return json.dumps({"source": "stdout", "log": text, **marks, "partial_last": str(place == last).lower()})


def _journald(frame: Exchanged, text: str, place: int, last: int) -> str:
    fields = {"__REALTIME_TIMESTAMP": str(micros_of(frame.time)), "CONTAINER_PARTIAL_ORDINAL": str(place + 1)}
    marks = {"CONTAINER_PARTIAL_ID": frame.name + utc(frame), "CONTAINER_PARTIAL_LAST": str(place == last).lower()}
    return json.dumps({**fields, **marks, "MESSAGE": list(text.encode())})


def _older_journald(frame: Exchanged, text: str, place: int, last: int) -> str:
    marks = {} if place == last else {"CONTAINER_PARTIAL_MESSAGE": "true"}
    return json.dumps(
        {"__REALTIME_TIMESTAMP": str(micros_of(frame.time)), "CONTAINER_ID": "c0ffee", **marks, "MESSAGE": text}
    )


def _cloud_logging(frame: Exchanged, text: str, place: int, last: int) -> str:
    split = {"uid": frame.name + utc(frame), "index": place, "totalSplits": last + 1}
    return json.dumps({"timestamp": utc(frame), "textPayload": text, "split": split})


PIECES: dict[str, Piece] = {
    "CRI": _cri,
    "Docker": _docker,
    "fluentd": _fluentd,
    "journald": _journald,
    "journald of old": _older_journald,
    "Cloud Logging": _cloud_logging,
}
HALVES = st.text(st.characters(categories=["Cs", "Ll"]))
"""Texts with halves of surrogate pairs, which JSON can escape."""
NOISE: dict[str, Callable[[Exchanged], str]] = {
    "CRI": lambda f: f"{utc(f)} stderr F slow query",
    "Docker": lambda f: json.dumps({"log": "slow query\n", "stream": "stderr", "time": utc(f)}),
    "fluentd": lambda f: json.dumps({"source": "stderr", "log": "slow query"}),
    "Cloud Logging": lambda f: json.dumps({"timestamp": utc(f), "textPayload": "slow query"}),
}


def _written(frames: Sequence[Exchanged], notation: str, width: int) -> str:
    lines = list[str]()
    for frame in frames:
        text = f"{utc(frame)} {frame.name} {way(frame, 'received', 'sent')} {frame.raw}"
        pieces = [text[at : at + width] for at in range(0, len(text), width)]
        for place, piece in enumerate(pieces):
            lines.append(PIECES[notation](frame, piece, place, len(pieces) - 1))
            if notation in NOISE:
                lines.append(NOISE[notation](frame))
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("version", [Version.V16, Version.V201])
@pytest.mark.parametrize("width", [60, 100])
@pytest.mark.parametrize("notation", PIECES)
def test_frames_that_a_container_log_has_in_pieces_come_back(
    tmp_path: Path, notation: str, width: int, version: Version
) -> None:
    """Each long message would be a truncated frame, and its call without an answer."""
    frames = conversation(("CP-77", "CP-78"), version)
    (tmp_path / "a.log").write_text(_written(frames, notation, width))
    check(read(tmp_path / "a.log"), frames, timedelta(milliseconds=1))


@pytest.mark.parametrize("notation", ["CRI", "Docker"])
def test_a_frame_of_many_pieces_is_whole(tmp_path: Path, notation: str) -> None:
    """A configuration of 100 KB is what Docker really splits; its umlauts may be at a border."""
    keys = [{"key": f"Schlüssel{number}", "readonly": True, "value": "ä" * 50} for number in range(900)]
    raw = json.dumps([3, "7", {"configurationKey": keys}], ensure_ascii=False)
    text = f"2026-03-14T09:30:00.250Z CP-77 received {raw}".encode()
    lines = [b'{"log":"started\\n","stream":"stdout","time":"2026-03-14T09:30:00.250Z"}\n'] * (notation == "Docker")
    for at in range(0, len(text), DOCKER):
        piece, ended = text[at : at + DOCKER], at + DOCKER >= len(text)
        if notation == "CRI":
            lines.append(b"2026-03-14T09:30:00.250123Z stdout " + (b"F " if ended else b"P ") + piece + b"\n")
        else:
            line = {"log": piece.decode("utf-8", "replace") + "\n" * ended, "stream": "stdout", "time": "2026-03-14"}
            lines.append(json.dumps(line).encode() + b"\n")
    (tmp_path / "a.log").write_bytes(b"".join(lines))
    (found,) = read(tmp_path / "a.log").records
    if notation == "CRI":
        assert found.raw == raw
    else:  # Docker itself replaces the halves of a letter
        assert isinstance(found.raw, str) and len(found.raw) >= len(raw) and found.raw.endswith("}]}]")


def test_half_a_surrogate_pair_in_a_piece_is_kept(tmp_path: Path) -> None:
    """A charge point that cuts an emoji in two would end the reading of the whole file."""
    begin = 'CP-77 received [2,"7","DataTransfer",{"vendorId":"'
    texts = [begin + "x" * (DOCKER - len(begin)), '\ud83d"}]\n']
    lines = [json.dumps({"log": text, "stream": "stdout", "time": "2026-03-14T09:30:00Z"}) for text in texts]
    (tmp_path / "a.log").write_text("\n".join(lines))
    (found,) = read(tmp_path / "a.log").records
    assert isinstance(found.raw, str) and found.raw.endswith('x\\ud83d"}]')


@pytest.mark.parametrize("split", [1, 2])
def test_a_mark_that_two_blocks_share_is_seen(tmp_path: Path, split: int) -> None:
    """Of thousands of long messages, one would be a truncated frame now and then."""
    before, piece = "2026-03-14T09:30:00.1Z stdout", ' P CP-77 received [2,"7","DataTransfer",{"vendor'
    last = '2026-03-14T09:30:00.1Z stdout F Id":"ac"}]'
    filled = "-" * (BLOCK - split - len(before) - 1)
    (tmp_path / "a.log").write_text(f"{filled}\n{before}{piece}\n{last}\n")
    (found,) = read(tmp_path / "a.log").records
    assert found.raw == '[2,"7","DataTransfer",{"vendorId":"ac"}]'


@pytest.mark.parametrize("before", [b"", codecs.BOM_UTF8, b"started\n", b"started\0\0", b'started\n{"log": 1'])
def test_an_object_is_searched_wherever_a_line_can_begin(before: bytes) -> None:
    """Its pieces would stay apart, each a truncated frame; in other blocks, the search for them would take time."""
    pieces, object_in_pieces = PartialLines(ImportTally()), b'{"partial_message": "true", "log": "[2,"}\n'
    if before.endswith(b"1"):  # a line that goes on in the next block
        assert pieces.concerns(before)
        assert pieces.concerns(b', "split": {}}\n')
    else:
        assert pieces.concerns(before + object_in_pieces)
    assert not PartialLines(ImportTally()).concerns(b'started with {"log": "[2,"}\n')


def test_lines_of_docker_without_line_feeds_stay_apart(tmp_path: Path) -> None:
    """Collectors cut the line feeds off: a truncated frame must not swallow the next one."""
    frames = conversation(("CP-77", "CP-78"), Version.V16)
    lines = [
        json.dumps({"log": f"{one.name} {way(one, 'recv', 'send')} {one.raw}", "stream": "stdout", "time": utc(one)})
        for one in frames
    ]
    (tmp_path / "a.log").write_text("\n".join(lines))
    check(read(tmp_path / "a.log"), frames, timedelta(milliseconds=1))


def test_a_line_whose_last_piece_is_missing_is_a_truncated_frame(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(
        '2026-03-14T09:30:00.1Z stdout P CP-77 received [2,"7","DataTransfer",{"vendor\n'
        '2026-03-14T09:30:00.1Z stdout P Id":"ac\n'
    )
    (found,) = read(tmp_path / "a.log").records
    assert found.raw == '[2,"7","DataTransfer",{"vendorId":"ac'


def test_all_pieces_are_counted_as_lines_of_the_file(tmp_path: Path) -> None:
    """The count of lines without a frame is how a user sees that something was not understood."""
    frames = conversation(("CP-77", "CP-78"), Version.V16)
    text = _written(frames, "CRI", 60)
    (tmp_path / "a.log").write_text(text)
    (file,) = read(tmp_path / "a.log").importer.files
    assert file.tally.with_frame + file.tally.without_frame == text.count("\n")
    assert file.tally.without_frame == text.count("slow query")


@given(
    st.lists(
        st.one_of(
            st.text(),
            st.from_regex(r"2026-03-14T09:30:00Z std(out|err) [PF] .*", fullmatch=True),
            st.fixed_dictionaries({"log": st.text() | HALVES | st.lists(st.integers())}, optional={
                "stream": st.sampled_from(["stdout", "stderr"]), "time": st.text(),
                "partial_message": st.sampled_from(["true", "false", 1]), "partial_id": st.text() | st.integers(),
                "split": st.none() | st.fixed_dictionaries({"uid": st.text(), "index": st.text() | st.integers()}),
            }).map(json.dumps),
        )
    )
)  # fmt: skip
def test_no_line_is_lost_and_none_breaks_it(lines: list[str]) -> None:
    tally = ImportTally()
    pieces = PartialLines(tally)
    numbered = [*pieces.take(enumerate(lines, 1)), *pieces.finish()]
    assert len(numbered) + tally.with_frame + tally.without_frame == len(lines)
