"""Findings as JUnit XML: what the readers of build servers expect."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from ocpptui.diagnosis.diagnosis import Diagnosis
from ocpptui.diagnosis.trace import read_trace
from ocpptui.exporting.check_report import CheckReport
from ocpptui.exporting.junit import junit_lines
from ocpptui.timeline.timeline import Timeline

WRONG = '10:00:00 > Authorize {"idTag":7}\n10:00:01 > Authorize {"idTag":8}\n10:00:02 < Reset {"type":"Hot"}\n'
COUNTS = ("tests", "failures", "errors", "time")


def junit_of(text: str, charge_point: str = "CP001") -> ElementTree.Element:
    timeline = Timeline()
    Diagnosis(timeline)
    for record in read_trace(text).records:
        record.charge_point = charge_point
        timeline.append(record)
    report = CheckReport(timeline, name="trace", place_of=lambda index: (Path("trace.log"), index + 5))
    return ElementTree.fromstring("\n".join(junit_lines(report)))


def test_the_numbers_are_those_of_the_cases() -> None:
    """A build server would show a number of failures that it does not list, or read nothing."""
    root = junit_of(WRONG)
    assert root.tag == "testsuites"
    assert all(root.get(name) is not None for name in COUNTS)
    suites = list(root)
    assert len(suites) == 2
    for suite in suites:
        cases = list(suite)
        assert suite.tag == "testsuite" and suite.get("name")
        assert all(suite.get(name) is not None for name in (*COUNTS, "skipped"))
        assert int(suite.get("tests", "")) == len(cases)
        failed = [case for case in cases if case.find("failure") is not None]
        assert int(suite.get("failures", "")) == len(failed)
        for case in cases:
            assert case.tag == "testcase"
            assert case.get("classname") and case.get("name") and case.get("time") is not None
            assert {part.tag for part in case} <= {"failure", "system-out", "skipped"}
    assert sum(int(suite.get("tests", "")) for suite in suites) == int(root.get("tests", ""))
    assert sum(int(suite.get("failures", "")) for suite in suites) == int(root.get("failures", "")) > 0
    names = [(case.get("classname"), case.get("name")) for case in root.iter("testcase")]
    assert len(names) == len({*names}), "cases of one name are shown as one"


def test_a_failure_says_in_which_line_each_record_is() -> None:
    """The reader would have to count records to find the line."""
    told = "".join(junit_of(WRONG).itertext())
    assert "record 1 in line 5 of trace.log" in told and "record 2 in line 6 of trace.log" in told


def test_a_suite_without_a_charge_point_has_a_name() -> None:
    """Readers refuse a suite without a name."""
    assert "unknown charge point" in [suite.get("name") for suite in junit_of(WRONG, "")]
