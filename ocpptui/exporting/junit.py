"""Findings as JUnit XML, for the test reports of build servers.

A charge point is a test suite, a broken rule a test case that fails if it is an error or a warning. Source: the schema
of Jenkins, https://github.com/jenkinsci/xunit-plugin (junit-10.xsd).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from ocpptui.describe.safe_text import single_line
from ocpptui.exporting.check_report import CheckReport, CheckVerdict
from ocpptui.exporting.reported_finding import ReportedFinding
from ocpptui.ocpp.counted import counted
from ocpptui.ocpp.identity import NAMELESS

MOST_TOLD = 100
"""How many findings of one rule in one charge point are listed; the others are counted."""


def junit_lines(report: CheckReport) -> Iterator[str]:
    """The lines of the document."""
    told: dict[tuple[str, str], list[ReportedFinding]] = {}
    counts: Counter[tuple[str, str]] = Counter()
    for finding in report.findings:
        key = (finding.charge_point, finding.rule)
        counts[key] += 1
        if counts[key] <= MOST_TOLD:
            told.setdefault(key, []).append(finding)
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    failed = sum(found[0].severity.is_problem for found in told.values())
    skipped = report.verdict is CheckVerdict.NOT_CHECKED
    yield f'<testsuites name="ocpptui check" tests="{len(told) + 1}" failures="{failed}" errors="0" time="0">'
    yield _suite(report.name, 1, 0, int(skipped))
    yield f'<testcase classname="ocpptui.check" name={_attribute(report.name)} time="0">'
    if skipped:
        yield f"<skipped message={_attribute(report.verdict_sentence)}/>"
    yield f"<system-out>{_text(' '.join([report.verdict_sentence, *report.not_checked]))}</system-out>"
    yield "</testcase></testsuite>"
    for name in dict.fromkeys(name for name, _ in told):
        rules = {rule: found for (of, rule), found in told.items() if of == name}
        failed = sum(found[0].severity.is_problem for found in rules.values())
        yield _suite(name or NAMELESS, len(rules), failed)
        for rule, found in rules.items():
            yield f'<testcase classname={_attribute(f"ocpptui.check.{name or NAMELESS}")} name="{rule}" time="0">'
            yield from _case(found, counts[name, rule])
            yield "</testcase>"
        yield "</testsuite>"
    yield "</testsuites>"


def _suite(name: str, tests: int, failures: int, skipped: int = 0) -> str:
    """The beginning of a test suite, with the numbers that readers expect."""
    counts = f'tests="{tests}" failures="{failures}" errors="0" skipped="{skipped}" time="0"'
    return f"<testsuite name={_attribute(name)} {counts}>"


def _case(found: list[ReportedFinding], count: int) -> Iterator[str]:
    worst = max(found, key=lambda one: one.severity)
    if worst.severity.is_problem:
        yield f"<failure type={_attribute(worst.severity.word)} message={_attribute(worst.text)}>"
    else:
        yield "<system-out>"
    for one in found:
        place = f" in line {one.line} of {one.file}" if one.line else ""
        yield _text(f"record {one.index + 1}{place}  {one.time}  {one.text} {one.remedy}")
    if count > len(found):
        yield f"and {counted(count - len(found), 'more finding')}"
    yield _text(f"source: {worst.source}")
    yield "</failure>" if worst.severity.is_problem else "</system-out>"


def _attribute(text: str) -> str:
    return quoteattr(_NOT_XML.sub("?", single_line(text)))


def _text(text: str) -> str:
    return escape(_NOT_XML.sub("?", single_line(text)))


_NOT_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 section 2.2 does not allow, besides the control characters that `single_line` escapes."""
