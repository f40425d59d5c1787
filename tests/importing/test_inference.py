"""Directions that a log does not state, inferred from the calls around."""

from __future__ import annotations

from pathlib import Path

from ocpptui.timeline.timeline import Timeline
from tests.importing.reading import read


def log(path: Path, *frames: str) -> Timeline:
    """The timeline of a log that says when each of these was heard and not which way it went."""
    lines = [f"2026-01-01T10:00:{second:02}Z {frame}\n" for second, frame in enumerate(frames)]
    path.write_text("".join(lines))
    return read(path).timeline


def test_an_answer_goes_to_the_open_call_whose_answer_it_can_be(tmp_path: Path) -> None:
    """Both sides count from 1, so that one id is open twice; what came back says to whom."""
    timeline = log(
        tmp_path / "nodir.log",
        '[2,"5","ClearCache",{}]',
        '[2,"5","Heartbeat",{}]',
        '[3,"5",{"status":"Accepted"}]',
        '[3,"5",{"currentTime":"2026-01-01T10:00:00Z"}]',
    )
    assert [timeline.other_half(index) for index in range(4)] == [2, 3, 0, 1]
    assert timeline.counts.invalid == 0


def test_an_answer_that_fits_either_goes_to_the_latest_call(tmp_path: Path) -> None:
    timeline = log(
        tmp_path / "nodir.log",
        '[2,"5","ClearCache",{}]',
        '[2,"5","DataTransfer",{"vendorId":"v"}]',
        '[2,"5","Heartbeat",{}]',
        '[4,"5","GenericError","",{}]',
    )
    assert timeline.other_half(3) == 2


def test_a_second_answer_goes_where_the_first_one_went(tmp_path: Path) -> None:
    timeline = log(
        tmp_path / "nodir.log",
        '[2,"5","ClearCache",{}]',
        '[3,"5",{"status":"Accepted"}]',
        '[3,"5",{"status":"Accepted"}]',
    )
    assert timeline.direction(1) is timeline.direction(2)
    assert (timeline.other_half(2), timeline.call_of(2)) == (None, 0)
