"""Reports of traces."""

from __future__ import annotations

from typing import Any

from ocpptui.diagnosis.diagnosis import Diagnosis
from ocpptui.diagnosis.trace import read_trace
from ocpptui.exporting.report_tables import report_tables
from ocpptui.reporting.operating_report import OperatingReport
from ocpptui.timeline.timeline import Timeline


def timeline_of(trace: str) -> Timeline:
    timeline = Timeline()
    Diagnosis(timeline)
    for record in read_trace(trace).records:
        timeline.append(record)
    return timeline


def report_of(trace: str) -> OperatingReport:
    report = OperatingReport(timeline_of(trace))
    assert report.advance(60)
    return report


def tables_of(trace: str, charge_point: str = "CP1", *, one_period: bool = True) -> dict[str, list[dict[str, Any]]]:
    """The rows of each table of a charge point, by the keys of the columns."""
    (found,) = [one for one in report_tables(report_of(trace), one_period=one_period) if one.name == charge_point]
    return {
        table.key: [dict(zip([one.key for one in table.columns], row, strict=True)) for row in table.rows]
        for table in found.tables
    }
