"""A large recording is diagnosed by several processes, with the findings that one has: its report is the same."""

from __future__ import annotations

import asyncio
import os
import signal
from collections import Counter
from pathlib import Path

import pytest

from ocpptui.diagnosis import checker_process, diagnosis, shared_run
from ocpptui.diagnosis.checked_share import OwnShare
from ocpptui.diagnosis.checker_process import OtherShare
from ocpptui.diagnosis.checker_run import CheckerRun
from ocpptui.diagnosis.registry import RULES
from ocpptui.diagnosis.shared_run import SharedRun, shares_of
from ocpptui.diagnosis.trace import read_trace
from ocpptui.recording.line_format import to_line
from ocpptui.session.file_session import FileSession
from ocpptui.timeline.noticed import Noticed
from ocpptui.timeline.timeline import Timeline
from tests.kit.rule_recordings import NEVER, read_diagnosed, write_rules


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """A part of the rules, for what does not depend on the rule."""
    return write_rules(tmp_path / "some.jsonl", RULES[::8])


def findings(timeline: Timeline) -> list[tuple[int, Noticed, list[type]]]:
    """What was noticed, with the types of the values: they decide how a sentence says them."""
    return [
        (index, one, [type(value) for value in one.values.values()])
        for index, noticed in sorted(timeline.noticed.items())
        for one in noticed
    ]


def assert_alike(shared: FileSession, single: FileSession) -> None:
    assert isinstance(shared.session.diagnosis._running, SharedRun)
    assert isinstance(single.session.diagnosis._running, CheckerRun)
    one, other = shared.session.timeline, single.session.timeline
    assert findings(one) == findings(other)
    assert [one.broken_rules(index) for index in range(len(one))] == [
        other.broken_rules(index) for index in range(len(other))
    ]
    assert one.revised == other.revised
    assert one.severity_counts == other.severity_counts
    for opening in (shared, single):
        asyncio.run(opening.close())


@pytest.mark.parametrize("processes", [2, 4])
def test_several_processes_find_what_one_finds(processes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: processes)
    recording = write_rules(tmp_path / "all.jsonl", RULES)
    shared, single = (read_diagnosed(recording, large, monkeypatch) for large in (0, NEVER))
    assert len(single.session.timeline.noticed) > 250
    run = shared.session.diagnosis._running
    assert isinstance(run, SharedRun)
    assert [type(share) for share in run._others] == [OtherShare] * (processes - 1), (
        "all of them have worked to the end"
    )
    assert len(shared.session.diagnosis.helpers) == processes - 1, "they are there for the report"
    assert_alike(shared, single)


def test_they_say_as_much_of_each(recording: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the first findings of a file keep their values: the first of all processes together."""
    monkeypatch.setattr(diagnosis, "MAX_WORDED", 20)
    shared, single = (read_diagnosed(recording, large, monkeypatch) for large in (0, NEVER))
    assert_alike(shared, single)


@pytest.mark.parametrize("processes", [2, 3])
def test_the_death_of_another_process_loses_nothing(
    processes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It dies at its first answer, which is a small part of its share: however fast it is, the rest is left to do."""
    monkeypatch.setattr("os.cpu_count", lambda: processes)
    recording = write_rules(tmp_path / "half.jsonl", RULES[::2])
    killed = list[int]()
    advance = OtherShare.advance

    def advance_and_kill(share: OtherShare, budget_s: float) -> None:
        advance(share, budget_s)
        if share.done and not killed:
            os.kill(share.process._process.pid, signal.SIGTERM)
            killed.append(share.done)

    monkeypatch.setattr(OtherShare, "advance", advance_and_kill)
    monkeypatch.setattr(checker_process, "PORTION", 64)
    monkeypatch.setattr(checker_process, "AHEAD", 1)
    shared = read_diagnosed(recording, 0, monkeypatch)
    assert killed
    run = shared.session.diagnosis._running
    assert isinstance(run, SharedRun)
    assert sum(isinstance(share, OwnShare) for share in run._others) == 1, "this process did the share of the dead one"
    assert_alike(shared, read_diagnosed(recording, NEVER, monkeypatch))


def test_without_another_process_one_does_it(recording: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/nonexistent/python")
    opening = read_diagnosed(recording, 0, monkeypatch)
    assert isinstance(opening.session.diagnosis._running, CheckerRun)
    assert opening.session.timeline.noticed
    asyncio.run(opening.close())


def test_one_charge_point_is_not_shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its rules follow it from its first record to its last."""
    trace, path = read_trace(next(trace for rule in RULES for trace in rule.positive)), tmp_path / "one.jsonl"
    path.write_bytes(b"".join(map(to_line, trace.records)))
    opening = read_diagnosed(path, 0, monkeypatch)
    assert len(shares_of(opening.session.timeline, 4)) == 1
    assert isinstance(opening.session.diagnosis._running, CheckerRun)
    asyncio.run(opening.close())


@pytest.mark.parametrize("processes", [2, 3, 4])
def test_each_charge_point_is_in_one_share(processes: int, recording: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also with its other connections and versions: its rules compare them."""
    opening = read_diagnosed(recording, NEVER, monkeypatch)
    timeline = opening.session.timeline
    shares = shares_of(timeline, processes)
    names = [{timeline.party_table[n].charge_point for n, mine in enumerate(share) if mine} for share in shares]
    assert len(names) == processes
    assert sum(map(len, names)) == len(set().union(*names)), "none is in two"
    assert set().union(*names) == set(timeline.charge_points())
    asyncio.run(opening.close())


@pytest.mark.parametrize(("taking", "start"), [(0.3, 0), (0.0, 10**9)])
def test_what_a_process_does_besides_is_taken_off_its_share(
    taking: float, start: int, recording: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or the other one waits at the end: of two cores, one would do nothing for so long."""
    opening = read_diagnosed(recording, NEVER, monkeypatch)
    timeline = opening.session.timeline
    monkeypatch.setattr(shared_run, "TAKING", taking)
    monkeypatch.setattr(shared_run, "START", start)
    here, there = (sum(share[party] for party in timeline.parties) for share in shares_of(timeline, 2))
    late = len(timeline) // 4 if start else 0
    largest = max(Counter(timeline.charge_point(index) for index in range(len(timeline))).values())
    assert abs(here + taking * len(timeline) - there - late) <= largest + 1
    asyncio.run(opening.close())
