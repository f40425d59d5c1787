from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

from ocpptui.importing.finished_records import FinishedRecords
from ocpptui.importing.reader import ImportOptions
from ocpptui.importing.shared_reading import SharedReading
from ocpptui.importing.source_file import ForeignFile
from ocpptui.ocpp.version import Role, Version
from ocpptui.recording.file_errors import UnreadableFile
from ocpptui.recording.line_format import from_line, to_line
from ocpptui.session.file_session import FileSession
from ocpptui.timeline.record import Record
from tests.importing.conversation import conversation
from tests.importing.logger_lines import BY_NAME, DUMPS
from tests.importing.soap_conversation import envelopes
from tests.importing.test_notations import NAMED
from tests.ocpp.envelopes import CS_15, request, response
from tests.timeline.alike import assert_same

UNUSUAL = (
    '12:00:00 CP-1 received [2,"1","Heartbeat",{}',
    '12:00:00 CP-1 received [2,"1","Heartbeat",\n  {}\n]',
    "12:00:00 CP-1 received [2,\"1\",'Heartbeat',{}]",
    '12:00:00 CP-1 received [3,"1",{"a":1,"a":2}] and [4,"1","GenericError","",{}]',
    '12:00:00 CP-1 received [3,7,{"currentTime":"2026-01-01T00:00:00Z"}]',
    '{"time":"2026-01-01T00:00:00Z","station":"CP-2","msg":"[2,\\"5\\",\\"Reset\\",{\\"type\\":\\"\\ud800\\"}]"}',
    "nothing here, but \udcff and \x1b[31mred\x1b[0m",
    "\n".join(f"Message\nID: 3\nPayload: {frame.raw}" for frame in envelopes(("CP-1", "CP-2"), pretty=True)[:3]),
    f"2026-01-01 00:00:00 received {request('Heartbeat', service=CS_15, message_id='77')}",
    f"2026-01-01 00:00:00 sent {response('Heartbeat', service=CS_15, relates_to='77')}",
    '12:00:00 CP-1 sent [2,"8","ChangeConfiguration",{"key":"AuthorizationKey","value":"V3ryS3cret"}]',
    '12:00:00 CP-1 sent [2,"9","GetDiagnostics",{"location":"ftp://me:V3ryS3cret@host/"}]',
    '12:00:00 CP-1 received [2,"9","StatusNotification",{"connectorId":1,"pwd":"V3ryS3cret","info":"Basic bWU6eA=="}]',
    "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\n-----END PRIVATE KEY-----",
)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A conversation in every notation, with what is unusual in between, over several blocks."""
    lines: list[str] = []
    for version in (Version.V16, Version.V201):
        frames = conversation(["CP-1", "CP-2"], version)
        for number, line in enumerate((*NAMED.values(), *BY_NAME.values(), *DUMPS.values())):
            lines += map(line, frames)
            lines.append(UNUSUAL[number % len(UNUSUAL)])
    path = tmp_path_factory.mktemp("logs") / "all.log"
    text = "\n".join(lines) + "\n"
    path.write_bytes((text * (2**20 // len(text) + 1)).encode("utf-8", "surrogateescape"))
    return path


OPTIONS = (
    ImportOptions(),
    ImportOptions(version=Version.V201, utc_offset=90, side=Role.CHARGE_POINT, keep_copies=True, show_skipped=True),
    ImportOptions(charge_point="CP-9", year=2019),
)
Then = Callable[[SharedReading, int], None]


class ReadLog(NamedTuple):
    """A log that was read."""

    found: list[Record]
    file: ForeignFile
    by_second: int
    """How many of the records the second process has finished."""


def opened(path: Path, options: ImportOptions, then: Then | None = None) -> ReadLog:
    """The records of a file as a recording has them; `then` is called after each step with the number of them so far.
    Without it, one process reads alone."""
    file, found, finished = ForeignFile(path, options, alone=then is None, keep_secrets=True), list[Record](), 0
    for step in file.steps():
        if isinstance(step, FinishedRecords):
            finished += len(step)
            found += step.records()
        elif isinstance(step, list):
            found += map(as_recorded, step)
        if then is not None and file._shared is not None:
            then(file._shared, len(found))
    file.close()
    return ReadLog(found, file, finished)


def as_recorded(record: Record) -> Record:
    """A record as the line of a recording has it, and with its line in the log."""
    recorded = from_line(to_line(record))
    assert isinstance(recorded, Record)
    return replace(recorded, line=record.line)


def wait_for_it(reading: SharedReading, _: int) -> None:
    """Wait until the second process has found something: the test is about its work, not about its start."""
    process = reading._process
    if process is not None and not process.ready:
        with process._news:
            process._news.wait_for(lambda: len(process._came) > 2 or None in process._came, 60)


@pytest.mark.parametrize("options", OPTIONS)
def test_two_processes_find_what_one_finds(log: Path, options: ImportOptions, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each record with all that is known of it, in their order, and what is known of the file as a whole."""
    monkeypatch.setattr("ocpptui.importing.source_file.LARGE", 0)
    found, file, by_second = opened(log, options, wait_for_it)
    expected, other, _ = opened(log, options)
    assert found == expected
    assert [(record.parsed, record.line) for record in found] == [(one.parsed, one.line) for one in expected]
    assert file.tally == other.tally
    assert file.summary == other.summary
    assert by_second * 2 > len(found)


def test_the_death_of_the_second_process_loses_nothing(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ocpptui.importing.source_file.LARGE", 0)
    killed = list[int]()

    def kill(reading: SharedReading, count: int) -> None:
        wait_for_it(reading, count)
        if reading._process is not None and count > 5_000 and not killed:
            killed.append(count)
            os.kill(reading._process._process.pid, signal.SIGTERM)
            reading._process._process.wait()

    found, file, _ = opened(log, ImportOptions(), kill)
    expected, other, _ = opened(log, ImportOptions())
    assert killed
    assert found == expected
    assert file.tally == other.tally


def test_without_a_second_process_it_goes_on_alone(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ocpptui.importing.source_file.LARGE", 0)
    monkeypatch.setattr("sys.executable", "/nonexistent/python")
    found, file, _ = opened(log, ImportOptions(), wait_for_it)
    expected, other, _ = opened(log, ImportOptions())
    assert found == expected
    assert file.tally == other.tally


def test_a_large_log_is_the_same_with_and_without_help(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also what is wrong with it, though that is looked for while the second process still reads."""
    sessions = []
    for large in (0, 2**40):
        monkeypatch.setattr("ocpptui.importing.source_file.LARGE", large)
        opening = FileSession([log])
        meanwhile = 0
        while not opening.advance(0.01):
            meanwhile = max(meanwhile, 0 if opening.progress == 1 else opening.session.diagnosis.diagnosed)
        assert meanwhile > 0 or large
        sessions.append(opening)
    helped, single = sessions
    assert_same(helped.session.timeline, single.session.timeline)
    places = [[opening.place_of(index) for index in range(len(opening.session.timeline))] for opening in sessions]
    assert places[0] == places[1]
    assert helped.session.timeline.noticed == single.session.timeline.noticed
    timeline = helped.session.timeline
    assert not any("V3ryS3cret" in str(timeline.record(index).raw) for index in range(len(timeline)))
    assert (helped.evidence, helped.tallies, list(helped.skipped)) == (
        single.evidence,
        single.tallies,
        list(single.skipped),
    )
    for opening in sessions:
        asyncio.run(opening.close())


def test_a_log_without_any_frame_is_refused_with_the_same_sentence(tmp_path: Path) -> None:
    path = tmp_path / "empty.log"
    path.write_text("nothing here\n" * 400_000)
    sentences = list[str]()
    for alone in (False, True):
        file = ForeignFile(path, ImportOptions(), alone=alone)
        with pytest.raises(UnreadableFile) as raised:
            for _ in file.steps():
                pass
        file.close()
        sentences.append(str(raised.value))
    assert sentences[0] == sentences[1]


def test_several_large_logs_are_merged_as_without_help(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What one process has finished of a file is taken apart again, to be shifted, merged and told apart."""
    lines = [
        f"2026-01-01T00:{number // 60:02}:{number % 60:02}Z CP-{number % 2} {word} {frame}"
        for number in range(900)
        for word, frame in (
            ("received", f'[2,"{number}","Heartbeat",{{}}]'),
            ("sent", f'[3,"{number}",{{"currentTime":"2026-01-01T00:00:00Z"}}]'),
        )
    ]
    paths = [tmp_path / "early.log", tmp_path / "late.log"]
    for path, some in zip(paths, (lines[:1400], lines[400:]), strict=True):
        path.write_text("\n".join(some) + "\n")
    sessions = []
    for large in (0, 2**40):
        monkeypatch.setattr("ocpptui.importing.source_file.LARGE", large)
        opening = FileSession(paths, ImportOptions(merge=True, shifts={paths[0]: 5_000_000}))
        opening.read_whole()
        sessions.append(opening)
    helped, single = sessions
    assert len(single.session.timeline) == len(lines)
    assert_same(helped.session.timeline, single.session.timeline)
    places = [[opening.place_of(index) for index in range(len(lines))] for opening in sessions]
    assert places[0] == places[1]
    assert helped.evidence == single.evidence
    for opening in sessions:
        asyncio.run(opening.close())
