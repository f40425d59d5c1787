"""What only the rest of a large log shows holds for all of it: there is one reading of a file, never two."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ocpptui.importing.further_frames import further_frames
from ocpptui.importing.reader import ImportOptions
from ocpptui.importing.times.dates import DayOrder
from ocpptui.ocpp.date_times import micros_of
from tests.importing.reading import read

BEGIN = datetime(2026, 5, 6, 8, 0, 0, tzinfo=UTC)
COUNT = 1600
"""Frames of a log: three times as many as are learned from."""


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A zone that no log here is in."""
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def log(path: Path, form: str, moment: Callable[[int], datetime], witness: int | None = None) -> list[datetime]:
    """Heartbeats and their answers, the clock two hours ahead of UTC; the answer at `witness` has the time."""
    moments = [moment(number) for number in range(COUNT)]
    with path.open("w") as file:
        for number, when in enumerate(moments):
            now = {"currentTime": when.strftime("%Y-%m-%dT%H:%M:%SZ")} if number == witness else {}
            frame = [3, str(number - 1), now] if number % 2 else [2, str(number), "Heartbeat", {}]
            line = f"{when + timedelta(hours=2):{form}} CP-77 {'send' if number % 2 else 'recv'} {json.dumps(frame)}"
            file.write(line + "\n")
    return moments


def times(path: Path) -> list[int]:
    return [record.time for record in read(path).records]


def hourly(number: int) -> datetime:
    """Over New Year and many days."""
    return BEGIN + timedelta(hours=3 * number)


def within_a_day(number: int) -> datetime:
    return BEGIN + timedelta(seconds=10 * number)


def with_a_late_day(number: int) -> datetime:
    return within_a_day(number) + timedelta(days=10 * (number >= COUNT - 3))


@pytest.mark.parametrize("witness", [601, 1101, COUNT - 1])
@pytest.mark.parametrize(
    ("form", "moment"),
    [
        ("%Y-%m-%d %H:%M:%S", within_a_day),
        ("%d/%m/%Y %H:%M:%S", within_a_day),
        ("%d/%m/%Y %H:%M:%S", with_a_late_day),
        ("%m/%d/%Y %H:%M:%S", with_a_late_day),
        ("%m/%d/%Y %I:%M:%S %p", with_a_late_day),
        ("%b %d %H:%M:%S", hourly),
        ("%H:%M:%S", within_a_day),
    ],
)
def test_a_late_time_in_a_payload_holds_for_the_whole_log(
    tmp_path: Path, form: str, moment: Callable[[int], datetime], witness: int
) -> None:
    """Half of the frames would be hours, months or a year away from the other half."""
    path = tmp_path / "a.log"
    moments = log(path, form, moment, witness)
    assert times(path) == list(map(micros_of, moments))


@pytest.mark.parametrize("form", ["%d/%m/%Y %H:%M:%S", "%m/%d/%Y %H:%M:%S", "%d.%m.%Y %H:%M:%S", "%d-%m-%Y %H:%M:%S"])
@pytest.mark.parametrize("late", [700, 1200, COUNT - 2])
def test_one_late_day_over_12_decides_the_order(tmp_path: Path, form: str, late: int) -> None:
    """6 May would be 5 June up to there."""
    path = tmp_path / "a.log"
    moments = log(path, form, lambda number: within_a_day(number) + timedelta(days=10 * (number == late)))
    offset = timedelta(hours=2) - timedelta(hours=5, minutes=30)  # no payload shows the zone
    assert times(path) == [micros_of(moment + offset) for moment in moments]


@pytest.mark.parametrize(
    ("form", "moment", "warning"),
    [
        (
            "%d/%m/%Y %H:%M:%S",
            with_a_late_day,
            f"Line {COUNT - 2:,} has a date that cannot be read with the month first, as those",
        ),
        ("%Y-%m-%d %H:%M:%S", within_a_day, "Those before were read as local time."),
    ],
)
def test_what_a_stream_shows_too_late_is_said(
    tmp_path: Path, form: str, moment: Callable[[int], datetime], warning: str
) -> None:
    """Nothing could be looked at ahead: the user has to know that the times above are wrong, and may set them."""
    path, packed = tmp_path / "a.log", tmp_path / "a.log.gz"
    log(path, form, moment, COUNT - 1)
    packed.write_bytes(gzip.compress(path.read_bytes()))
    (told,) = read(packed).importer.warnings
    assert warning in told
    assert read(path).importer.warnings == []
    order = DayOrder.DAY_FIRST if form.startswith("%d") else None
    chosen = read(packed, ImportOptions(dates=order, utc_offset=120))
    assert chosen.importer.warnings == []


def test_a_second_charge_point_that_comes_late_is_told_from_the_first(tmp_path: Path) -> None:
    """Each of them alone has a name that may as well be that of the program."""
    path = tmp_path / "a.log"
    names = ["Garage" if number < COUNT // 2 or number // 2 % 2 else "Kitchen" for number in range(COUNT)]
    path.write_text("".join(
        f"{within_a_day(number):%Y-%m-%dT%H:%M:%SZ} [{name}] {'Sent' if number % 2 else 'Received'} "
        + json.dumps([3, str(number - 1), {}] if number % 2 else [2, str(number), "Heartbeat", {}]) + "\n"
        for number, name in enumerate(names)
    ))  # fmt: skip
    assert [record.charge_point for record in read(path).records] == names


def test_the_frames_are_from_the_whole_rest_of_the_file_in_order(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    moments = log(path, "%Y-%m-%d %H:%M:%S", within_a_day)
    found = further_frames(path, 100, dates=False)
    late = [micros_of(moment + timedelta(hours=2)) for moment in moments]
    places = [late.index(one.time or 0) for one in found]
    assert places == sorted(set(places))
    assert places[0] in (100, 101)
    assert places[-1] == COUNT - 1


def test_a_file_that_is_gone_has_none(tmp_path: Path) -> None:
    assert further_frames(tmp_path / "gone.log", 0, dates=True) == []
