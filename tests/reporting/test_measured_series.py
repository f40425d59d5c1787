"""The readings of a log as series: in one unit, in the order of their times, however the log is read."""

from __future__ import annotations

import random
from typing import Any

import pytest

from ocpptui.ocpp.date_times import date_time
from ocpptui.reporting import measured_series
from ocpptui.reporting.measured_series import GatheredSeries, MeasuredSeries, SeriesKey
from tests.kit.meter_talk import CURRENT, POWER, MeterTalk, at, sample


def gathered(talk: MeterTalk, **how: Any) -> GatheredSeries:
    found = GatheredSeries(talk.timeline, **how)
    while not found.advance(1):
        pass
    return found


def only(found: GatheredSeries) -> MeasuredSeries:
    (series,) = found.series.values()
    return series


def test_readings_are_in_one_unit_by_place_measurand_and_phase() -> None:
    """The chart would jump by a thousand where a charge point changes from kW to W."""
    talk = MeterTalk()
    talk.measures(1, sample(7.36, POWER, unit="kW"), sample(16, CURRENT, phase="L1-N", unit="A"))
    talk.measures(2, sample(7400, POWER, unit="W"), sample(15, CURRENT, phase="L1"), sample("high", POWER))
    talk.measures(3, sample(1.5, unit="kWh"), connector=2)
    found = gathered(talk)
    assert {key[2:6]: list(series.values) for key, series in found.series.items()} == {
        (1, POWER, "W", ""): [7360.0, 7400.0],
        (1, CURRENT, "A", "L1"): [16.0, 15.0],
        (2, "Energy.Active.Import.Register", "Wh", ""): [1500.0],
    }
    assert (found.readings, found.left_out) == (5, 0)


def test_a_reading_leads_to_its_record() -> None:
    """The user would land on another record."""
    talk = MeterTalk()
    calls = [talk.measures(second, sample(1, CURRENT)) for second in (1, 2, 5)]
    series = only(gathered(talk))
    assert list(series.records) == calls
    assert list(series.times) == [at(1), at(2), at(5)]


def test_a_wrong_clock_moves_nothing() -> None:
    """The chart of a charge point two hours off would not be beside its log."""
    talk = MeterTalk()
    talk.measures(1, sample(1, CURRENT), said=-7199)
    assert list(only(gathered(talk)).times) == [at(1)]
    assert list(only(gathered(talk, by_own_clock=True)).times) == [at(-7199)]


def test_the_readings_of_a_whole_transaction_lie_where_they_were_measured() -> None:
    """All of them would be one vertical line at the end."""
    talk = MeterTalk()
    talk.starts(1, 7)
    values = [
        {"timestamp": date_time(at(second)), "sampledValue": [sample(second, CURRENT)]} for second in (10, 20, 30)
    ]
    values.append({"timestamp": "1970-01-01T00:00:00Z", "sampledValue": [sample(99, CURRENT)]})
    talk.measures(25, sample(25, CURRENT), transaction=7)
    stop = {"transactionId": 7, "meterStop": 9, "timestamp": date_time(at(30)), "transactionData": values}
    talk.asks(31, "StopTransaction", stop, {})
    series = only(gathered(talk))
    assert list(zip(series.times, series.values, strict=True)) == [
        (at(11), 10.0), (at(21), 20.0), (at(25), 25.0), (at(31), 30.0), (at(31), 99.0)
    ]  # fmt: skip


def test_it_grows_with_the_log_and_does_not_depend_on_the_slices() -> None:
    """A live chart would differ from the same log opened as a file."""
    talk, chance = MeterTalk(), random.Random(1)
    live = GatheredSeries(talk.timeline)
    for second in range(1, 120):
        said = second - chance.choice([0, 0, 0, 40])
        talk.measures(second, sample(second, CURRENT, phase=chance.choice(["L1", "L2"])), said=said)
        live.advance(0)
    while not live.advance(0):
        pass
    for how in (False, True):
        whole = gathered(talk, by_own_clock=how)
        for series in whole.series.values():
            assert list(series.times) == sorted(series.times)
        if not how:
            assert {key: list(one.values) for key, one in live.series.items()} == {
                key: list(one.values) for key, one in whole.series.items()
            }


def test_a_transaction_has_its_own_readings_and_span() -> None:
    """The chart of one charge would show the next one, too."""
    talk = MeterTalk()
    for second, number in ((10, 7), (20, 7), (30, None), (40, 8)):
        talk.measures(second, sample(second, CURRENT), transaction=number)
    found = gathered(talk)
    assert [(one.name, one.first, one.last) for one in found.transactions[1:]] == [
        ("7", at(10), at(20)), ("8", at(40), at(40))
    ]  # fmt: skip
    assert list(only(found).only(1).values) == [10.0, 20.0]


def test_a_line_ends_at_a_gap_and_at_another_transaction() -> None:
    """A line across an hour without readings would be an invention."""
    series = MeasuredSeries(SeriesKey("CP001", 1, 1, CURRENT, "A"))
    seconds = [0, 60, 120, 180, 240, 3600, 3660, 3720]
    for number, second in enumerate(seconds):
        series.add(at(second), 1.0, number, 1 if number < 7 else 2)
    longest = series.longest_step()
    assert longest == 210_000_000
    assert [series.is_joined(place, longest) for place in range(1, 8)] == [True, True, True, True, False, True, False]
    assert [series.place_at(at(second)) for second in (-1, 0, 250, 1000, 3600, 9000)] == [None, 0, 4, None, 5, None]


def test_what_is_too_much_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A huge log would take all memory, or its end would be missing without a word."""
    monkeypatch.setattr(measured_series, "MOST_READINGS", 3)
    monkeypatch.setattr(measured_series, "MOST_SERIES", 1)
    talk = MeterTalk()
    for second in range(1, 6):
        talk.measures(second, sample(1, CURRENT))
    talk.measures(7, sample(1, POWER))
    found = gathered(talk)
    assert (found.readings, found.left_out, len(found.series)) == (3, 3, 1)
