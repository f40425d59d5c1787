from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from ocpptui.importing import log_process
from ocpptui.importing.found_frame import FoundFrame, ImportStats, as_on_the_wire
from ocpptui.importing.importer import Importer
from ocpptui.importing.log_process import SharedSearch
from ocpptui.importing.reader import ImportOptions, Material
from ocpptui.importing.readers.log_lines import LogLines
from ocpptui.ocpp.json_encoding import parse
from ocpptui.ocpp.version import Version
from ocpptui.timeline.timeline import Timeline
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


def alone(path: Path) -> tuple[list[FoundFrame], ImportStats]:
    tally = ImportStats()
    with path.open("rb") as stream:
        steps = LogLines().read(Material(path.name, stream, path), tally, ImportOptions())
        return [found for step in steps if isinstance(step, list) for found in step], tally


def with_help(path: Path, then: Callable[[SharedSearch, int], None]) -> tuple[list[FoundFrame], ImportStats]:
    """What both find; `then` is called after each step with the number of frames so far."""
    tally, found = ImportStats(), list[FoundFrame]()
    with path.open("rb") as stream:
        search = SharedSearch(LogLines(), Material(path.name, stream, path), tally, ImportOptions(), stream)
        for step in search.steps():
            found += step if isinstance(step, list) else []
            then(search, len(found))
        search.close()
    return found, tally


def wait_for_it(search: SharedSearch, _: int) -> None:
    """Wait until the second process has found something: the test is about its work, not about its start."""
    process = search._process
    if process is not None and not process.ready:
        with process._news:
            process._news.wait_for(lambda: len(process._came) > 2 or None in process._came, 30)


def test_two_processes_find_what_one_finds(log: Path) -> None:
    """Each frame with all that its lines say, in its order, and each line that was skipped."""
    found, tally = with_help(log, wait_for_it)
    expected, counts = alone(log)
    assert found == expected
    assert list(map(type, found)) == list(map(type, expected))
    assert tally == counts
    by_second = [one for one in found if one.frame is not None]
    assert len(by_second) * 2 > len(found)
    assert all(one.frame == parse(as_on_the_wire(one.raw)) for one in by_second)


def test_the_death_of_the_second_process_loses_nothing(log: Path) -> None:
    killed = list[int]()

    def kill(search: SharedSearch, count: int) -> None:
        wait_for_it(search, count)
        if search._process is not None and count > 5_000 and not killed:
            killed.append(count)
            os.kill(search._process._process.pid, signal.SIGTERM)
            search._process._process.wait()

    found, tally = with_help(log, kill)
    assert killed
    assert (found, tally) == alone(log)


def test_without_a_second_process_it_goes_on_alone(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/nonexistent/python")
    assert with_help(log, wait_for_it) == alone(log)


def test_a_large_log_is_the_same_with_and_without_help(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    timelines = []
    for large in (0, 2**40):
        monkeypatch.setattr("ocpptui.importing.source_file.LARGE", large)
        monkeypatch.setattr(log_process, "FIRST", 1)
        timeline = Timeline()
        importer = Importer([log], timeline, ImportOptions())
        while not importer.advance(0.01):
            if importer.files[0]._search is not None:
                wait_for_it(importer.files[0]._search, 0)
        timelines.append((timeline, importer))
    (helped, importer), (single, other) = timelines
    assert_same(helped, single)
    assert not any("V3ryS3cret" in str(helped.record(index).raw) for index in range(len(helped)))
    assert (importer.evidence, importer.tallies, list(importer.skipped)) == (
        other.evidence,
        other.tallies,
        list(other.skipped),
    )
    importer.close()
    other.close()
