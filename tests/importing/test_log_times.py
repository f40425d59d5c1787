"""Each frame of a log has the time at which it was written, by its line or by what is known of the lines around it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.import_tally import MOST_SENTENCES, ImportTally
from ocpptui.importing.log_times import LogTimes
from ocpptui.importing.reader import ImportOptions
from ocpptui.importing.times.dates import DayOrder
from ocpptui.importing.times.payload_times import Witness
from ocpptui.ocpp.date_times import DAY, HOUR, SECOND, rfc3339_text, time_of

MODIFIED = time_of("2026-03-20T12:00:00Z") or 0
TEN = time_of("2026-03-14T10:00:00Z") or 0


@dataclass
class _Line:
    found: FoundFrame
    witness: Witness | None = None


def _line(
    time: int | None = None, *, zoned: bool = True, since_start: int | None = None, shows: int | None = None
) -> _Line:
    """A line with this time, with how long its device had run, or neither; `shows` is the present in its payload."""
    found = FoundFrame("", 1, time, zoned=zoned, dated=True, since_start=since_start)
    return _Line(found, None if shows is None else Witness(shows, is_now=True))


def _read(lines: list[_Line], options: ImportOptions | None = None) -> tuple[list[int], list[list[str]], ImportTally]:
    """The time of each line, what was guessed for each, and the evidence."""
    tally = ImportTally()
    times = LogTimes(tally, options or ImportOptions(), MODIFIED)
    frames = [(line.found, line.witness) for line in lines]
    tally.evidence.extend(times.decide_dates(frames))
    tally.evidence.extend(times.decide_clock(frames, frames))
    guessed: list[list[str]] = [[] for _ in lines]
    read = [times.time_of(line, lines[at + 1 :], guessed[at]) for at, line in enumerate(lines)]
    times.tell_unused()
    return read, guessed, tally


def test_a_time_with_its_zone_is_certain() -> None:
    read, guessed, tally = _read([_line(TEN), _line(TEN + SECOND)])
    assert (read, guessed, tally.evidence) == ([TEN, TEN + SECOND], [[], []], [])


def test_a_time_without_a_zone_is_in_the_one_that_the_payloads_show() -> None:
    """A log in local time would not fit beside the recording of the other side."""
    read, guessed, tally = _read([_line(TEN + 2 * HOUR, zoned=False, shows=TEN)])
    assert (read, guessed) == ([TEN], [["zone"]])
    assert "UTC+02:00" in tally.evidence[0]


def test_the_zone_that_the_user_says_is_not_a_guess() -> None:
    read, guessed, _ = _read([_line(TEN + HOUR, zoned=False)], ImportOptions(utc_offset=60))
    assert (read, guessed) == ([TEN], [[]])


def test_another_clock_from_a_line_on_is_told_once() -> None:
    """Two logs one after the other in one file; the second would be hours off."""
    lines = [_line(TEN + HOUR, zoned=False, shows=TEN)]
    lines += [_line(TEN + 5 * HOUR + n * SECOND, zoned=False, shows=TEN + n * SECOND) for n in range(1, 4)]
    read, _, tally = _read(lines)
    assert read == [TEN + n * SECOND for n in range(4)]
    assert sum("Another clock" in sentence for sentence in tally.evidence) == 1
    assert tally.warnings == []


def test_a_frame_without_a_time_has_that_of_the_frame_before() -> None:
    read, guessed, _ = _read([_line(TEN), _line(), _line(TEN + SECOND)])
    assert (read, guessed) == ([TEN, TEN, TEN + SECOND], [[], ["time"], []])


def test_frames_before_the_first_time_are_not_after_it() -> None:
    """The clock of the device may be ahead of that of the log."""
    read, _, _ = _read([_line(), _line(shows=TEN + HOUR), _line(TEN)])
    assert read == [TEN, TEN, TEN]


def test_without_any_time_the_payloads_show_it() -> None:
    read, guessed, tally = _read([_line(), _line(shows=TEN), _line()])
    assert read == [TEN, TEN, TEN]
    assert guessed == [["time"]] * 3
    assert tally.evidence == [
        (
            "No line has a time; each frame has the time in its payload. One without, or whose time would go back, has "
            "that of the frame before it."
        )
    ]


def test_a_time_in_a_payload_that_would_go_back_is_not_used() -> None:
    """The records would be out of the order in which the messages were sent."""
    read, _, tally = _read([_line(shows=TEN + HOUR), _line(shows=TEN), _line(shows=TEN + 2 * HOUR)])
    assert read == [TEN + HOUR, TEN + HOUR, TEN + 2 * HOUR]
    assert "whose time would go back, has that of the frame before it" in tally.evidence[0]


def test_without_any_time_at_all_that_of_the_file_is_assumed() -> None:
    read, _, tally = _read([_line(), _line()])
    assert read == [MODIFIED, MODIFIED]
    assert tally.evidence == ["Nothing in this shows when it was; the time of the file is assumed."]


def test_how_long_the_device_had_run_gives_the_time_of_each_frame() -> None:
    """Firmware without a clock: one payload shows the start, the count the rest."""
    lines = [_line(since_start=n * 10 * SECOND, shows=TEN + 20 * SECOND if n == 2 else None) for n in range(5)]
    read, guessed, tally = _read(lines)
    assert read == [TEN + n * 10 * SECOND for n in range(5)]
    assert guessed == [["time"]] * 5
    assert "seconds since a start" in tally.evidence[0]


@pytest.mark.parametrize(
    ("lines", "is_open"),
    (
        ([_line(TEN)], False),
        ([_line(TEN, zoned=False)], True),
        ([_line(TEN, zoned=False, shows=TEN)], False),
        ([_line()], False),
    ),
    ids=("zoned", "no zone", "no zone, but a payload", "no time"),
)
def test_more_frames_are_looked_for_only_where_the_zone_is_open(lines: list[_Line], *, is_open: bool) -> None:
    """A large log is searched to its end for nothing else."""
    times = LogTimes(ImportTally(), ImportOptions(), MODIFIED)
    assert times.leave_open([(line.found, line.witness) for line in lines]) is is_open


@pytest.mark.parametrize("dated", (False, True))
def test_the_zone_is_found_in_a_year_of_the_user(*, dated: bool) -> None:
    """Payloads of another year would show no zone, and the times would be hours off."""
    found = FoundFrame("", 1, (TEN if dated else TEN % DAY) + 2 * HOUR, dated=dated, yeared=False)
    read, _, tally = _read([_Line(found, Witness(TEN, is_now=True))], ImportOptions(year=2021))
    assert [rfc3339_text(time)[:19] for time in read] == ["2021-03-14T10:00:00"]
    assert any("UTC+02:00" in sentence for sentence in tally.evidence)
    assert tally.warnings == []


_CHOICES = ImportOptions(utc_offset=60, dates=DayOrder.DAY_FIRST, year=2021)


@pytest.mark.parametrize(
    ("line", "why"),
    (
        (_line(TEN), ("each time in this has a year", "no date in this can be read in two ways", "has a zone")),
        (_line(), ("no line has a time",) * 3),
        (_line(since_start=SECOND), ("no line has a time",) * 3),
    ),
    ids=("whole times", "no time", "seconds since a start"),
)
def test_what_the_user_says_in_vain_is_told(line: _Line, why: tuple[str, str, str]) -> None:
    """`--year 2021` would have no effect, and nobody would say why."""
    _, _, tally = _read([line, line], _CHOICES)
    assert len(tally.warnings) == 3
    for warning, what, reason in zip(tally.warnings, ("year 2021", "day and month", "UTC+01:00"), why, strict=True):
        assert what in warning and "changes nothing" in warning and reason in warning


def test_what_the_user_says_to_some_effect_is_not_called_vain() -> None:
    open_ = FoundFrame("", 1, TEN, dated=True, yeared=False, readings=(TEN, TEN, TEN))
    assert _read([_line(TEN), _Line(open_), _line(TEN)], _CHOICES)[2].warnings == []


def test_the_evidence_stays_readable_and_no_warning_is_lost() -> None:
    tally = ImportTally()
    for number in range(2 * MOST_SENTENCES):
        tally.tell(f"reason {number}")
    tally.warn("what is uncertain")
    assert len(tally.evidence) == MOST_SENTENCES + 1
    assert tally.warnings == ["what is uncertain"]
    assert tally.evidence[-1] == "what is uncertain"
