"""What a chart shows, as a table for other programs."""

from __future__ import annotations

import csv
import io

from ocpptui.exporting.chart_csv import chart_csv
from ocpptui.ocpp.date_times import rfc3339_text
from ocpptui.reporting.chart_content import ChartChoice, chart_content
from tests.kit.meter_talk import CURRENT, MeterTalk, at, sample
from tests.reporting.test_measured_series import gathered


def test_it_has_what_is_shown_and_nothing_else() -> None:
    """The user would compute with readings of another time, or without the limit."""
    talk = MeterTalk()
    talk.starts(0, 7, charge_point="=CP")
    talk.limits(1, 16, charge_point="=CP")
    calls = [
        talk.measures(second, sample(second / 7, CURRENT, phase="L1", unit="A"), charge_point="=CP", transaction=7)
        for second in (10, 20, 30, 40)
    ]
    talk.limits(41, 10, charge_point="=CP")
    found = gathered(talk)
    content = chart_content(found, ChartChoice("Current"))
    rows = list(csv.DictReader(io.StringIO(chart_csv(content, found, at(15), at(35)))))
    assert [(row["time"], float(row["value"]), row["measurand"]) for row in rows] == [
        (rfc3339_text(at(20)), 20 / 7, CURRENT),
        (rfc3339_text(at(30)), 30 / 7, CURRENT),
        (rfc3339_text(at(15)), 16, "limit"),
    ]
    assert rows[0] | {"time": "", "value": ""} == {
        "time": "", "charge_point": "'=CP", "evse": "", "connector": "1", "transaction": "7", "measurand": CURRENT,
        "phase": "L1", "location": "Outlet", "value": "", "unit": "A", "record": str(calls[1]),
    }  # fmt: skip
    assert (rows[2]["time"], rows[2]["measurand"], rows[2]["unit"]) == (rfc3339_text(at(15)), "limit", "A")
