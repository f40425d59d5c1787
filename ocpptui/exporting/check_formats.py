"""The formats of a `CheckReport`. Each writes one line after the other, so that no report needs much memory."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from enum import StrEnum
from itertools import groupby

from ocpptui.describe.markdown_cell import escaped_cell
from ocpptui.describe.safe_text import single_line
from ocpptui.diagnosis.registry import RULE_BY_ID
from ocpptui.exporting.check_report import CheckReport
from ocpptui.exporting.html_page import page_cell, page_head, page_words
from ocpptui.exporting.reported_finding import ReportedFinding
from ocpptui.exporting.sarif import sarif_lines
from ocpptui.exporting.text_table import table_lines
from ocpptui.ocpp.counted import counted
from ocpptui.ocpp.identity import NAMELESS
from ocpptui.timeline.severity import Severity


class CheckFormat(StrEnum):
    """The formats in which findings are reported."""

    TEXT = "text"
    JSON = "json"
    JUNIT = "junit"
    SARIF = "sarif"
    HTML = "html"
    MARKDOWN = "markdown"

    @property
    def lines(self) -> Callable[[CheckReport], Iterator[str]]:
        """Writes a report in this format."""
        return _WRITERS[self]


# -- text -------------------------------------------------------------------------------------------------------


def _text(report: CheckReport) -> Iterator[str]:
    yield from text_summary(report)
    for finding in report.findings:
        yield ""
        yield from finding_lines(finding)


def text_summary(report: CheckReport) -> Iterator[str]:
    """The verdict, the counts and what was not checked."""
    yield f"{report.name + ': ' if report.name else ''}{report.verdict_sentence}"
    if report.rules:
        yield ""
        rows: list[tuple[str, ...]] = [("rule", "severity", "records", "charge points")]
        for rule, count in report.rules.items():
            rows.append((rule, count.severity.word, f"{count.records:,}", _names(count.charge_points)))
        yield from table_lines(rows)
    if len(report.charge_points) > 1:
        yield ""
        rows = [("charge point", "errors", "warnings", "notes")]
        for name, counts in report.charge_points.items():
            numbers = (f"{counts[one]:,}" for one in (Severity.ERROR, Severity.WARNING, Severity.INFO))
            rows.append((single_line(name) or NAMELESS, *numbers))
        yield from table_lines(rows)
    if report.not_checked:
        yield ""
        yield "Not checked:"
        yield from (f"  {sentence}" for sentence in report.not_checked)


def finding_lines(finding: ReportedFinding) -> Iterator[str]:
    """A finding for people: where, what, why, and the other records concerned."""
    record = f"record {finding.index + 1}{f' in line {finding.line}' if finding.line else ''}"
    where = (finding.time or "time unknown", finding.charge_point or NAMELESS, record)
    yield f"{finding.severity.word}  {'  '.join(where)}  {finding.rule}"
    yield f"    {finding.text}"
    if finding.remedy:
        yield f"    {finding.remedy}"
    yield f"    {finding.summary}"
    for one in finding.related:
        yield f"    see record {one.index + 1}: {one.summary}"
    yield f"    source: {finding.source}"


def _names(names: Counter[str]) -> str:
    """The charge points with the most records, and how many others there are."""
    shown = [single_line(name) or NAMELESS for name, _ in names.most_common(_NAMED)]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {counted(more, 'other')}" if more else "")


# -- JSON -------------------------------------------------------------------------------------------------------


def _json(report: CheckReport) -> Iterator[str]:
    head = {
        "checked": report.name,
        "verdict": report.verdict.value,
        "text": report.verdict_sentence,
        "records": report.records,
        "counts": {one.word: report.severities[one] for one in reversed(Severity) if one},
        "rules": [
            {
                "rule": rule,
                "severity": count.severity.word,
                "records": count.records,
                "chargePoints": dict(count.charge_points),
            }
            for rule, count in report.rules.items()
        ],
        "chargePoints": {
            name: {one.word: counts[one] for one in reversed(Severity) if one}
            for name, counts in report.charge_points.items()
        },
        "notChecked": report.not_checked,
    }
    yield from json.dumps(head, ensure_ascii=False, indent=2).removesuffix("\n}").split("\n")
    yield ', "findings": ['
    before = ""
    for finding in report.findings:
        if before:
            yield f"{before},"
        before = f"  {json.dumps(finding.to_dict(), ensure_ascii=False)}"
    yield from ([before] if before else [])
    yield "]}"


# -- Markdown ---------------------------------------------------------------------------------------------------


def _markdown(report: CheckReport) -> Iterator[str]:
    cell = escaped_cell
    yield from ("# What is wrong", "", f"{cell(report.name)}: {cell(report.verdict_sentence)}")
    if report.rules:
        yield from ("", "| rule | severity | records | charge points |", "|---|---|--:|---|")
        for rule, count in report.rules.items():
            yield f"| `{rule}` | {count.severity.word} | {count.records} | {cell(_names(count.charge_points))} |"
    if report.not_checked:
        yield from ("", "## Not checked", "")
        yield from (f"- {cell(sentence)}" for sentence in report.not_checked)
    if report.rules:
        yield from ("", "## Findings", "", "| record | time | charge point | severity | rule | what | source |")
        yield "|--:|---|---|---|---|---|---|"
    for one in report.findings:
        words = cell(" ".join(filter(None, (one.text, one.remedy))))
        where = f"{one.index + 1} | {one.time} | {cell(one.charge_point)}"
        yield f"| {where} | {one.severity.word} | `{one.rule}` | {words} | {cell(one.source)} |"


# -- HTML -------------------------------------------------------------------------------------------------------


def _html(report: CheckReport) -> Iterator[str]:
    yield from page_head("What is wrong")
    yield f"<h1>{page_cell(report.name)}</h1><p class={report.verdict.value}>{page_cell(report.verdict_sentence)}</p>"
    if report.not_checked:
        yield "<h2>Not checked</h2><ul>"
        yield from (f"<li>{page_cell(sentence)}" for sentence in report.not_checked)
        yield "</ul>"
    for rule, findings in groupby(report.findings_by_rule, lambda one: one.rule):
        count, known = report.rules[rule], RULE_BY_ID[rule]
        yield f"<details><summary><b class={count.severity.word}>{count.severity.word}</b> <code>{rule}</code> "
        yield f"{page_cell(known.sentence)} <i>{counted(count.records, 'record')}</i></summary>"
        yield f"<p>{page_words(known.remedy)} <i>{page_cell(known.source)}</i></p><table>"
        for one in findings:
            related = "".join(
                f"<br><i>record {other.index + 1}: {page_cell(other.summary)}</i>" for other in one.related
            )
            where = f"<td>{one.index + 1}<td><time>{one.time}</time><td>{page_cell(one.charge_point)}"
            yield f"<tr>{where}<td class=words>{page_cell(one.text)}<br><i>{page_cell(one.summary)}</i>{related}"
        yield "</table></details>"
    yield "</body></html>"


def _junit(report: CheckReport) -> Iterator[str]:
    from ocpptui.exporting.junit import junit_lines  # whose XML loads the library's HTTP client

    return junit_lines(report)


_NAMED = 3
_WRITERS: dict[CheckFormat, Callable[[CheckReport], Iterator[str]]] = {
    CheckFormat.TEXT: _text,
    CheckFormat.JSON: _json,
    CheckFormat.JUNIT: _junit,
    CheckFormat.SARIF: sarif_lines,
    CheckFormat.HTML: _html,
    CheckFormat.MARKDOWN: _markdown,
}
