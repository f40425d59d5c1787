"""Logs that count from a start: how long firmware had run, in place of a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.importing.times.payload_times import Witness
from ocpptui.importing.times.start_clock import StartClock, count_in
from ocpptui.ocpp.date_times import DAY, SECOND, micros_of
from ocpptui.ocpp.version import Version
from tests.importing.conversation import BEGIN, Exchanged, conversation
from tests.importing.logger_lines import way
from tests.importing.reading import check, read

Style = Callable[[int], str]
"""Writes milliseconds since a start."""
STYLES: dict[str, Style] = {
    "kernel of Linux": lambda ms: f"[{ms / 1000:12.6f}]",
    "level before": lambda ms: f"INFO [{ms / 1000:9.3f}s]",
    "ESP-IDF": lambda ms: f"I ({ms})",
    "Arduino": lambda ms: f"[{ms:6}][I][ocpp.cpp:88]",
    "plus, seconds": lambda ms: f"+{ms / 1000:.3f}s",
    "plus, milliseconds": lambda ms: f"+{ms}ms",
    "T plus": lambda ms: f"T+{ms / 1000:.3f}s",
    "uptime": lambda ms: f"uptime={ms / 1000:.3f}s",
    "number": lambda ms: f"{ms / 1000:.3f}",
}


def _lines(frames: list[Exchanged], style: Style, ran: int = 600_000) -> str:
    """The log of a central system that had run for so many milliseconds."""
    begin = frames[0].time
    return "".join(
        f"{style(ran + (frame.time - begin) // timedelta(milliseconds=1))} {way(frame, 'recv', 'send')} "
        f"{frame.name}: {frame.raw}\n"
        for frame in frames
    )


def _apart(path: Path, frames: list[Exchanged]) -> float:
    """The most seconds that the time of a frame is wrong by."""
    records = read(path).records
    return max(abs(one.time - micros_of(frame.time)) for one, frame in zip(records, frames, strict=True)) / SECOND


@pytest.mark.parametrize("version", [Version.V16, Version.V201, Version.V21])
@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_each_frame_has_its_time_by_the_payloads_and_the_count(tmp_path: Path, style: Style, version: Version) -> None:
    """Frames between two times in payloads would be seconds off, and nobody could see how long an answer took."""
    frames = conversation(("CP-77", "CP-78"), version)
    path = tmp_path / "device.log"
    path.write_text(_lines(frames, style))
    found = read(path)
    check(found, frames, timedelta(milliseconds=100))
    assert all("time" in record.detail["guessed"] for record in found.records)
    assert not any(record.detail.get("timeless") for record in found.records), "latencies are known"
    start = f"{BEGIN - timedelta(seconds=600):%Y-%m-%dT%H:%M:%S}Z"
    assert [told for told in found.importer.evidence if "since a start" in told and f"at {start}" in told]


def test_the_count_begins_again_where_the_device_restarts(tmp_path: Path) -> None:
    """Everything after the restart would be ten minutes and a day early."""
    first = conversation(("CP-77", "CP-78"), Version.V16)
    second = conversation(("CP-77", "CP-78"), Version.V16, BEGIN + timedelta(days=1))
    path = tmp_path / "device.log"
    path.write_text(_lines(first, STYLES["ESP-IDF"]) + _lines(second, STYLES["ESP-IDF"], 900))
    assert _apart(path, [*first, *second]) <= 0.1
    assert [told for told in read(path).importer.evidence if "begin again" in told]


def test_a_restart_without_a_time_in_a_payload_goes_on_after_the_frame_before(tmp_path: Path) -> None:
    frames = conversation(("CP-77", "CP-78"), Version.V16)
    path = tmp_path / "device.log"
    beat = '[2,"90","Heartbeat",{}]'
    lines = _lines(frames, STYLES["ESP-IDF"])
    path.write_text(f"{lines}I (500) recv CP-77: {beat}\nI (2500) recv CP-77: {beat.replace('90', '91')}\n")
    *_, last, after, later = read(path).records
    assert (after.time - last.time, later.time - after.time) == (0, 2 * SECOND)


def test_without_a_time_in_a_payload_the_differences_are_kept(tmp_path: Path) -> None:
    """All frames would have one time, and an answer that took two seconds none."""
    path = tmp_path / "device.log"
    path.write_text(
        '[  10.000] recv CP-77: [2,"1","GetLocalListVersion",{}]\n[  12.000] send CP-77: [3,"1",{"listVersion":0}]\n'
    )
    found = read(path)
    assert found.records[1].time - found.records[0].time == 2 * SECOND
    assert [told for told in found.importer.evidence if "no payload shows" in told]


def test_how_long_something_took_is_not_taken_for_a_count(tmp_path: Path) -> None:
    """Seconds since the line before would bring all frames within one second."""
    frames = conversation(("CP-77", "CP-78"), Version.V16)
    path = tmp_path / "steps.log"
    path.write_text(
        "".join(
            f"+{(3 + number * 7 % 5) / 10:.3f}s {way(frame, 'recv', 'send')} {frame.name}: {frame.raw}\n"
            for number, frame in enumerate(frames)
        )
    )
    assert not [told for told in read(path).importer.evidence if "since a start" in told]
    assert _apart(path, frames) <= 10


def test_payloads_that_contradict_the_numbers_are_believed(tmp_path: Path) -> None:
    """Hours would shrink to seconds if numbers that only rise were taken for a count."""
    frames = [
        frame
        for hours in range(4)
        for frame in conversation((f"CP-{hours}1", f"CP-{hours}2"), Version.V16, BEGIN + timedelta(hours=hours))
    ]
    path = tmp_path / "numbers.log"
    path.write_text(
        "".join(
            f"{number}.000 {way(frame, 'recv', 'send')} {frame.name}: {frame.raw}\n"
            for number, frame in enumerate(frames)
        )
    )
    found = read(path)
    assert [told for told in found.importer.evidence if "contradict them" in told]
    assert found.records[-1].time - found.records[0].time > 2 * 3600 * SECOND


def test_a_stated_time_goes_before_a_count(tmp_path: Path) -> None:
    """The kernel's log in a journal has both."""
    frames = conversation(("CP-77", "CP-78"), Version.V16)
    path = tmp_path / "journal.log"
    path.write_text(
        "".join(
            f"{frame.time:%Y-%m-%dT%H:%M:%S.%f}Z [ 12.345678] {way(frame, 'recv', 'send')} {frame.name}: {frame.raw}\n"
            for frame in frames
        )
    )
    found = read(path)
    check(found, frames, timedelta(milliseconds=1))
    assert not any("time" in record.detail.get("guessed", ()) for record in found.records)


def test_a_count_that_drifts_is_set_by_the_present_in_payloads() -> None:
    """After months, all times would be minutes off; a single wrong clock in between changes nothing."""
    clock = StartClock(0)
    clock.time_of(0, [(0, Witness(DAY, True))], 0)
    assert clock.follow(60 * SECOND, Witness(DAY + 90 * SECOND, True)) == ""
    assert clock.follow(61 * SECOND, Witness(DAY + 61 * SECOND, True)) == ""
    late = [clock.follow(count * SECOND, Witness(DAY + (count + 20) * SECOND, True)) for count in (70, 80, 90)]
    assert late[:2] == ["", ""]
    assert "went apart" in late[2]
    assert clock.time_of(100 * SECOND, (), 0)[0] == DAY + 120 * SECOND


def test_the_first_payload_of_a_stream_shows_the_start() -> None:
    """What a device prints while one watches would keep the time of the file for ever."""
    clock = StartClock(5 * DAY)
    assert clock.time_of(SECOND, [(SECOND, None)], 5 * DAY) == (5 * DAY, "")
    assert "began at 1970-01-02T" in clock.follow(2 * SECOND, Witness(DAY + 2 * SECOND, False))
    assert clock.time_of(3 * SECOND, (), 0) == (DAY + 3 * SECOND, "")


@given(st.integers(0, 10**9), st.sampled_from(sorted(STYLES)))
def test_every_count_is_read_to_the_millisecond(milliseconds: int, style: str) -> None:
    # A Linux kernel counts for longer than three years only where ten digits would be a date.
    assert count_in(f"{STYLES[style](milliseconds % 10**9)} recv") == milliseconds % 10**9 * 1000


@pytest.mark.parametrize(
    "text", ["", "192.168.1.17 - ", "12.5 kWh: ", "CP-77 +12.345s ", "[7] ", "X (60000) ", "2026-11-27 ", "+49 30 12 "]
)
def test_other_numbers_are_not_counts(text: str) -> None:
    """Addresses, quantities and telephone numbers would give frames a time."""
    assert count_in(text) is None


@given(st.text(alphabet="[]()+.sm T=:I 0123456789", max_size=40))
def test_any_text_is_read_without_a_fault(text: str) -> None:
    count = count_in(text)
    assert count is None or 0 <= count < 10**17


@pytest.mark.parametrize(("fraction", "said"), [("", True), (".250", False)])
def test_a_start_by_whole_seconds_is_said_to_be_inexact(tmp_path: Path, fraction: str, said: bool) -> None:
    """Whoever compares the log with another one would look for a second that nothing shows."""
    path = tmp_path / "device.log"
    answer = f'[3,"1",{{"currentTime":"2026-03-14T09:30:01{fraction}Z"}}]'
    path.write_text(f'I (1000) MO: recv [2,"1","Heartbeat",{{}}]\nI (1500) MO: send {answer}\n')
    (shown,) = [one for one in read(path).importer.evidence if "seconds since a start" in one]
    assert ("or up to a second later: they have whole seconds" in shown) is said
