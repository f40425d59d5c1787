"""The formats of a report, all with the same figures."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from xml.sax.saxutils import unescape

import pytest

from ocpptui.diagnosis.trace import read_trace
from ocpptui.exporting.report_formats import Reported, ReportFormat, shown_value
from ocpptui.exporting.report_tables import Unit
from ocpptui.reporting.operating_report import OperatingReport
from ocpptui.timeline.timeline import Timeline
from tests.reporting.test_follower import BOOT, start, status, stop
from tests.reporting.traced import report_of

TRACE = BOOT + status("10:00:30", 1, "Available") + start("10:01:00", 1) + stop("10:11:00", 1, reason="<b>=1+1")


def written(wanted: ReportFormat, trace: str = TRACE, **given: object) -> list[str]:
    return list(wanted.lines(Reported(report_of(trace), "some.log")._replace(**given)))  # type: ignore[arg-type]


def test_json_has_numbers_and_null() -> None:
    report = json.loads("\n".join(written(ReportFormat.JSON)))
    (station,) = report["chargePoints"]
    assert station["chargePoint"] == "CP1"
    assert station["sessions"]["energyWh"] == 2000
    assert station["uptime"][0]["percent"] == 100
    (nameless,) = json.loads("\n".join(written(ReportFormat.JSON, "10:00:00 > Heartbeat {}")))["chargePoints"]
    assert nameless["connection"]["percent"] is None


def test_connectors_of_nobody_have_no_uptime_and_the_report_says_why() -> None:
    """Two charge points in one log without names would share their connectors and their uptime."""
    timeline = Timeline()
    for record in read_trace(BOOT + status("10:00:30", 1, "Available")).records:
        timeline.append(replace(record, charge_point=""))
    report = OperatingReport(timeline)
    assert report.advance(60)
    text = "\n".join(ReportFormat.TEXT.lines(Reported(report, "some.log")))
    assert "Without a name, nothing says whether these are the connectors of one charge point" in text
    assert "counted by the status alone" not in text


def test_csv_has_a_row_for_each_figure() -> None:
    rows = list(csv.DictReader(written(ReportFormat.CSV)))
    figures = {(row["table"], row["row"], row["figure"]): (row["value"], row["unit"]) for row in rows}
    assert len(figures) == len(rows), "two rows could not be told apart"
    assert figures["sessions", "", "energyWh"] == ("2000.0", "Wh")
    assert figures["actions", "StopTransaction, cp-to-csms", "calls"] == ("1", "count")
    assert figures["uptime", "connector 1", "status"] == ("Available", "")


@pytest.mark.parametrize("wanted", list(ReportFormat))
def test_people_read_who_sent_a_call_and_programs_its_direction(wanted: ReportFormat) -> None:
    """`csms-to-cp` is for who knows the format of a recording."""
    text, is_for_people = "\n".join(written(wanted)), wanted in (ReportFormat.TEXT, ReportFormat.HTML)
    assert ("from the charge point" in text) is is_for_people
    assert ("cp-to-csms" in text) is not is_for_people


@pytest.mark.parametrize("wanted", list(ReportFormat))
def test_each_format_names_each_figure_and_its_counting(wanted: ReportFormat) -> None:
    text = unescape("\n".join(written(wanted)))
    assert "CP1" in text
    assert "StopTransaction" in text
    if wanted is not ReportFormat.CSV:
        assert "680.116(b)" in text


def test_nothing_from_a_peer_becomes_markup_or_a_formula() -> None:
    assert "<b>" not in "\n".join(written(ReportFormat.HTML))
    hostile = BOOT + start("10:01:00", 1) + stop("10:11:00", 1, reason="=HYPERLINK(1)")
    (row,) = [row for row in csv.DictReader(written(ReportFormat.CSV, hostile)) if row["table"] == "stopReasons"]
    assert row["row"] == "'=HYPERLINK(1)"


def test_only_the_chosen_charge_points_are_reported() -> None:
    trace = "10:00:00 CP1 > Heartbeat {}\n10:00:01 CP2 > Heartbeat {}"
    text = "\n".join(written(ReportFormat.TEXT, trace, charge_points=frozenset({"CP2"})))
    assert text.startswith("CP2\n")
    assert "CP1" not in text


def test_what_could_not_be_read_comes_first() -> None:
    """Figures of a part would pass for those of the whole."""
    for wanted in (ReportFormat.TEXT, ReportFormat.HTML, ReportFormat.JSON):
        assert "3 lines are not records." in "\n".join(written(wanted, incomplete=("3 lines are not records.",)))


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (None, Unit.COUNT, "unknown"),
        (99.9999, Unit.PERCENT, "99.99 %"),
        (100.0, Unit.PERCENT, "100.00 %"),
        (100 * 0.29, Unit.PERCENT, "29.00 %"),
        (3661.0, Unit.SECONDS, "1 h 1 min"),
        (0.0, Unit.SECONDS, "0 s"),
        (1.25, Unit.MILLISECONDS, "1.2 ms"),
        (12345.4, Unit.ENERGY, "12,345 Wh"),
        (1234, Unit.COUNT, "1,234"),
        ("a\x1bb\nc", Unit.TEXT, "a\\u001bb\\u000ac"),
    ],
)
def test_values_are_readable(value: str | float | None, unit: Unit, words: str) -> None:
    assert shown_value(value, unit) == words
