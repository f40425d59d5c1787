"""A report of any traffic: payloads that are nearly right, ids without end."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocpptui.diagnosis.diagnosis import Diagnosis
from ocpptui.exporting.report_formats import Reported, ReportFormat
from ocpptui.ocpp.version import Transport, Version
from ocpptui.reporting.attempts import MOST_PENDING
from ocpptui.reporting.operating_report import OperatingReport
from ocpptui.timeline.timeline import Timeline
from tests.diagnosis.test_any_payload import conversation
from tests.reporting.test_follower import BOOT, start, stop
from tests.reporting.traced import report_of, tables_of

VERSIONS = Version.offered(Transport.JSON)


def no_constant(name: str) -> float:
    raise AssertionError(f"{name} is not JSON")


@pytest.mark.parametrize("version", VERSIONS, ids=str)
@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_no_payload_stops_a_report_and_it_is_the_same_while_it_grows(version: Version, seed: int) -> None:
    """One odd message would cost the user the figures of a whole fleet."""
    timeline = Timeline()
    Diagnosis(timeline)
    growing = OperatingReport(timeline)
    for record in conversation(version, seed, 60):
        timeline.append(record)
        growing.advance(0)
    whole = OperatingReport(timeline)
    assert whole.advance(60)
    for wanted in ReportFormat:
        lines = list(wanted.lines(Reported(whole, "any")))
        assert lines == list(wanted.lines(Reported(growing, "any")))
    json.loads("\n".join(ReportFormat.JSON.lines(Reported(whole, "any"))), parse_constant=no_constant)


@pytest.mark.parametrize(("first", "last"), [("-1e308", "1e308"), ('"nan"', "5"), ("null", "5"), ("10", "5")])
def test_an_impossible_energy_is_unknown(first: str, last: str) -> None:
    trace = start("10:01:00", 1).replace('"meterStart":1000', f'"meterStart":{first}')
    ended = stop("10:11:00", 1).replace('"meterStop":3000', f'"meterStop":{last}')
    (row,) = tables_of(BOOT + trace + ended)["sessions"]
    assert (row["ended"], row["energyWh"], row["energyUnknown"], row["unsettled"]) == (1, None, 1, 1)


def test_what_is_remembered_is_bounded() -> None:
    """A peer that makes up names would fill the memory of a session that runs for weeks."""
    lines = [BOOT]
    for number in range(400):
        time = f"{11 + number // 60:02}:{number % 60:02}:00"
        lines.append(start(time, number, f"token {number}"))
        text = f'{{"connectorId":{number},"errorCode":"E{number}","status":"{"x" * 500}"}}'
        lines.append(f"{time} > StatusNotification {text}")
        lines.append(f"{time} > Action{number} {{}}")
    of = report_of("\n".join(lines)).stations["CP1"]
    for collection in (of.ports, of.faults, of.registers, of.attempts._running, of.attempts._last):
        assert len(collection) <= MOST_PENDING
    assert len(of.records.exchanges) <= 302
    assert max(len(port.status) for port in of.ports.values()) == 80
