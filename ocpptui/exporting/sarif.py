"""Findings as SARIF 2.1.0 (OASIS), for code scanning and other viewers of static analysis."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from ocpptui import __version__
from ocpptui.diagnosis.registry import RULE_BY_ID
from ocpptui.exporting.check_report import CheckReport
from ocpptui.exporting.reported_finding import ReportedFinding
from ocpptui.timeline.severity import Severity

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def sarif_lines(report: CheckReport) -> Iterator[str]:
    """The lines of the document; one line for each result."""
    driver = {
        "name": "ocpptui",
        "version": __version__,
        "rules": [_rule(rule) for rule in sorted(report.rules)],
    }
    notes = [
        {"level": "warning", "message": {"text": sentence}}
        for sentence in (report.verdict_sentence, *report.not_checked)
    ]
    invocation = {"executionSuccessful": True, "toolExecutionNotifications": notes}
    yield '{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{'
    yield f'"tool":{_dumps({"driver": driver})},"invocations":{_dumps([invocation])},"results":['
    before = ""
    for finding in report.findings:
        if before:
            yield f"{before},"
        before = _dumps(_result(report, finding))
    yield from ([before] if before else [])
    yield "]}]}"


def _rule(rule_id: str) -> dict[str, Any]:
    rule = RULE_BY_ID[rule_id]
    return {
        "id": rule_id,
        "shortDescription": {"text": rule.sentence},
        "help": {"text": " ".join(filter(None, (rule.remedy, f"Source: {rule.source}")))},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _result(report: CheckReport, finding: ReportedFinding) -> dict[str, Any]:
    related = {one.index: one for one in finding.related}  # each once
    return {
        "ruleId": finding.rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.text},
        "locations": [_location(report, finding.index, finding.charge_point, finding.file, finding.line)],
        "relatedLocations": [
            _location(report, one.index, finding.charge_point, one.file, one.line) | {"message": {"text": one.summary}}
            for one in related.values()
        ],
        "properties": {name: value for name, value in finding.to_dict().items() if name in _PROPERTIES},
    }


def _location(report: CheckReport, index: int, charge_point: str, file: str, line: int) -> dict[str, Any]:
    names = [{"name": f"record {index + 1}", "fullyQualifiedName": f"{charge_point or 'unknown'}/record {index + 1}"}]
    place: dict[str, Any] = {"artifactLocation": {"uri": _uri(file or report.name)}}
    if line:
        place["region"] = {"startLine": line}
    return {"physicalLocation": place, "logicalLocations": names}


def _uri(name: str) -> str:
    """A URI of a file, relative if the name is (section 3.4.3)."""
    path = PurePath(name)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix() if name else "", errors="replace")


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


_PROPERTIES = ("time", "chargePoint", "connection", "ocppVersion", "action", "direction", "record")
