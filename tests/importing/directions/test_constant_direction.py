"""A direction that all frames of a file have alike, those of both sides."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from ocpptui.ocpp.version import Direction, Version
from tests.importing.conversation import Exchanged, conversation
from tests.importing.logger_lines import iso, utc, way
from tests.importing.reading import read

NAMES = ("CP-0001", "CP-0002")
_SAID = {
    "in": "calls all frames received, whichever side sent them",
    "sent": "calls all frames sent, whichever side sent them",
    "cp-to-csms": "says that the charge point sent all frames, those of the other side alike",
    "csms-to-cp": "says that the central system sent all frames, those of the other side alike",
}
"""What the evidence says of a word that all frames have."""


def _json_lines(word: str, frames: Sequence[Exchanged]) -> str:
    return "".join(
        json.dumps({"ts": frame.time.isoformat(), "direction": word, "cp": frame.name, "message": frame.raw}) + "\n"
        for frame in frames
    )


def _json_document(word: str, frames: Sequence[Exchanged]) -> str:
    return json.dumps(
        [{"time": frame.time.isoformat(), "type": word, "stationId": frame.name, "raw": frame.raw} for frame in frames]
    )


def _table(word: str, frames: Sequence[Exchanged]) -> str:
    rows = (f"{f.time.isoformat()};{f.name};{word};{f.raw}" for f in frames)
    return "\n".join(["time;charge point;direction;message", *rows]) + "\n"


def _log(word: str, frames: Sequence[Exchanged]) -> str:
    return "".join(f"{iso(frame.local(0))}Z {frame.name} {word}: {frame.raw}\n" for frame in frames)


@pytest.mark.parametrize("version", [Version.V16, Version.V201])
@pytest.mark.parametrize("written", [_json_lines, _json_document, _table, _log])
@pytest.mark.parametrize("word", ["in", "sent", "cp-to-csms", "csms-to-cp"])
def test_it_is_not_believed(
    tmp_path: Path, word: str, written: Callable[[str, Sequence[Exchanged]], str], version: Version
) -> None:
    """Each answer would seem to come from the side that it is for."""
    frames = conversation(NAMES, version)
    path = tmp_path / "export"
    path.write_text(written(word, frames))
    found = read(path)
    assert found.raws == [frame.raw for frame in frames]
    open_ = [number for number, frame in enumerate(frames) if '"7"' in frame.raw[:6]]  # either side may send it
    for number, (record, frame) in enumerate(zip(found.records, frames, strict=True)):
        if number not in open_:
            assert record.direction is (Direction.TO_CSMS if frame.up else Direction.TO_CHARGE_POINT), frame.raw
        assert "direction" in record.detail["guessed"]
    assert [found.timeline.other_half(number) for number in range(len(frames))] == [frame.half for frame in frames]
    if written is not _table:  # a column with one value is no direction from the start
        said = _SAID[word]
        sentence = f"The log {said}; actions and answers show the directions instead."
        assert any(sentence in told for told in found.importer.evidence)


@pytest.mark.parametrize(
    "line", ['{time} Received on "ocpp.{name}.{way}": {raw}', "{time} [{name}] (sent) via {way} queue {raw}"]
)
def test_other_words_show_the_direction_then(tmp_path: Path, line: str) -> None:
    """A subscriber receives what both sides sent: a call that both may send would be of the wrong side."""
    frames = conversation(NAMES, Version.V16)
    path = tmp_path / "a.log"
    path.write_text(
        "".join(f"{line.format(time=utc(f), name=f.name, way=way(f, 'qa', 'qb'), raw=f.raw)}\n" for f in frames)
    )
    ways = [Direction.TO_CSMS if frame.up else Direction.TO_CHARGE_POINT for frame in frames]
    assert [record.direction for record in read(path).records] == ways


@pytest.mark.parametrize("word", ["in", "cp-to-csms"])
def test_it_is_believed_of_what_one_side_sent(tmp_path: Path, word: str) -> None:
    """A log of what was received has answers to other calls, whose ids may be those of the calls in it."""
    frames = [frame for frame in conversation(NAMES, Version.V16) if frame.up]
    path = tmp_path / "export"
    path.write_text(_json_lines(word, frames))
    found = read(path)
    assert {record.direction for record in found.records} == {Direction.TO_CSMS}
    assert not any("direction" in record.detail.get("guessed", ()) for record in found.records)
