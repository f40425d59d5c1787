"""A report says the same, whoever words its findings: this process alone, or other ones as well."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from ocpptui.diagnosis.registry import RULES
from ocpptui.exporting import shared_wording
from ocpptui.exporting.check_formats import CheckFormat
from ocpptui.exporting.check_report import CheckReport
from ocpptui.exporting.reported_finding import ReportedFinding
from ocpptui.exporting.shared_wording import _WordingHelper
from ocpptui.session.file_session import FileSession
from tests.kit.rule_recordings import read_diagnosed, write_rules

SECRET = "S4711CRETq9xyz"
TRACE = f"""
10:00:00 opened
10:00:01 > DataTransfer {{"vendorId":"x","data":"{SECRET} is wrong"}}
10:00:02 < error InternalError "it is not {SECRET}"
10:00:03 < ChangeConfiguration {{"key":"AuthorizationKey","value":"{SECRET}"}}
10:00:04 > ok {{"status":"Accepted"}}
"""
"""A refusal quotes what only a later message shows to be a secret."""


@pytest.fixture
def opening(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FileSession]:
    """A recording whose findings two processes have found."""
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    monkeypatch.setattr(shared_wording, "TOGETHER", 4)
    opening = read_diagnosed(write_rules(tmp_path / "all.jsonl", RULES, TRACE), 0, monkeypatch)
    yield opening
    asyncio.run(opening.close())


@pytest.fixture
def helped(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many findings the other process has worded, each time; this one lets it go first, however slow it starts."""
    counts, answer, word = list[int](), _WordingHelper.answer, _WordingHelper.ask

    def counted_answer(helper: _WordingHelper) -> list[ReportedFinding] | None:
        found = answer(helper)
        if found is not None:
            counts.append(len(found))
        return found

    def ask_and_wait(helper: _WordingHelper, piece: list[shared_wording.Wanted]) -> None:
        word(helper, piece)
        helper.wait(60)

    monkeypatch.setattr(_WordingHelper, "answer", counted_answer)
    monkeypatch.setattr(_WordingHelper, "ask", ask_and_wait)
    return counts


def report_of(opening: FileSession, *, alone: bool) -> CheckReport:
    helpers = [] if alone else opening.session.diagnosis.helpers
    return CheckReport(opening.session.timeline, None, "all", opening.unread, opening.place_of, helpers)


@pytest.mark.parametrize("wanted", CheckFormat)
def test_a_report_is_the_same(wanted: CheckFormat, opening: FileSession, helped: list[int]) -> None:
    """Also its places in the file, and without the secrets that are known only at the end."""
    lines = [*wanted.lines(report_of(opening, alone=False))]
    assert sum(helped) > 50
    assert lines == [*wanted.lines(report_of(opening, alone=True))]
    assert any("CP2" in line for line in lines)
    assert not any(SECRET in line for line in lines)


def test_findings_are_as_they_are_when_one_is_asked_for(opening: FileSession, helped: list[int]) -> None:
    """A screen, which asks for one, would say something else than the report."""
    report = report_of(opening, alone=False)
    assert [*report.findings] == [one for index in report.indexes for one in report.findings_of(index)]
    assert sum(helped) > 50


def test_the_findings_of_an_unfinished_report_are_not_taken_for_those_of_the_next(
    opening: FileSession, helped: list[int]
) -> None:
    first, second = (report_of(opening, alone=False) for _ in range(2))
    unfinished = islice(first.findings_by_rule, 10)
    assert len([*unfinished]) == 10
    assert [*second.findings] == [*report_of(opening, alone=True).findings]


def test_the_death_of_the_other_process_loses_nothing(
    opening: FileSession, helped: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    report = report_of(opening, alone=False)
    findings = report.findings
    before = [next(findings) for _ in range(10)]
    (process,) = opening.session.diagnosis.helpers
    os.kill(process._process.pid, signal.SIGTERM)
    assert [*before, *findings] == [*report_of(opening, alone=True).findings]
    assert process.ended
