"""What a chart shows of what was gathered: the quantity that is chosen, each series with its own letter and label."""

from __future__ import annotations

from dataclasses import replace

from ocpptui.reporting.chart_content import (
    MOST_SHOWN,
    ChartChoice,
    chart_content,
    measured_charge_points,
    measured_places,
    next_choice,
    quantities,
    record_at,
)
from ocpptui.reporting.measured_series import GatheredSeries
from tests.kit.meter_talk import CURRENT, POWER, MeterTalk, sample


def gathered(talk: MeterTalk) -> GatheredSeries:
    found = GatheredSeries(talk.timeline)
    while not found.advance(1):
        pass
    return found


def two_stations() -> MeterTalk:
    talk = MeterTalk()
    talk.starts(1, 7)
    talk.limits(2, 16)
    phases = [sample(10 + number, CURRENT, phase=f"L{number}", unit="A") for number in (1, 2, 3)]
    talk.measures(10, *phases, sample(7, POWER, unit="kW"), sample(35, "SoC", location="EV"), transaction=7)
    talk.measures(20, *phases, sample(11, "Current.Offered", unit="A"), transaction=7)
    talk.measures(30, sample(5, POWER), charge_point="CP2", connector=2)
    return talk


def test_the_usual_quantities_come_first_and_follow_each_other() -> None:
    """The user looks for the power first."""
    found = gathered(two_stations())
    assert quantities(found, ChartChoice()) == ["Power", "Current", "State of charge"]
    choice = ChartChoice()
    seen = []
    for _ in range(4):
        choice = replace(choice, quantity=chart_content(found, choice).quantity)
        seen.append(choice.quantity)
        choice = next_choice(found, choice, 1)
    assert seen == ["Power", "Current", "State of charge", "Power"]
    assert next_choice(gathered(MeterTalk()), choice, 1) == choice


def test_a_label_says_what_differs_and_the_title_what_all_share() -> None:
    """Two lines could not be told apart, or every label would repeat the same words."""
    found = gathered(two_stations())
    power = chart_content(found, ChartChoice("Power"))
    assert power.title == "Power · 2 charge points"
    assert [(one.letter, one.label) for one in power.series] == [("A", "CP001 connector 1"), ("B", "CP2 connector 2")]
    current = chart_content(found, ChartChoice("Current"))
    assert current.title == "Current · CP001 · connector 1"
    assert [(one.letter, one.label) for one in current.series] == [
        ("A", "Current.Import L1"), ("B", "Current.Import L2"), ("C", "Current.Import L3"),
        ("D", "Current.Offered total"),
    ]  # fmt: skip
    assert [one.label for one in chart_content(found, ChartChoice("State of charge")).series] == ["SoC EV"]


def test_a_limit_has_the_letter_of_its_connector() -> None:
    """The limit of one connector would be taken for that of another."""
    found = gathered(two_stations())
    (limit,) = chart_content(found, ChartChoice("Current")).limits
    assert (limit.letter, limit.label, limit.values[-1]) == ("a", "limit of each phase", 16.0)
    (limit,) = chart_content(found, ChartChoice("Power")).limits
    assert (limit.letter, limit.label, limit.values[-1]) == ("a", "CP001 connector 1 limit", 16.0 * 230 * 3)
    assert chart_content(found, ChartChoice("State of charge")).limits == []


def test_a_choice_narrows_what_is_shown() -> None:
    """The user would look at the charge point of somebody else."""
    found = gathered(two_stations())
    assert measured_charge_points(found) == ["CP001", "CP2"]
    assert measured_places(found, ChartChoice()) == [1, 2]
    assert measured_places(found, ChartChoice(charge_point="CP2")) == [2]
    other = chart_content(found, ChartChoice("Current", charge_point="CP2"))
    assert (other.quantity, other.title) == ("Power", "Power · CP2 · connector 2")  # it has no current
    one = chart_content(found, ChartChoice("Power", transaction=1))
    assert one.title == "Power · CP001 · connector 1 · transaction 7" and len(one.series) == 1
    nothing = chart_content(found, ChartChoice("Power", charge_point="CP9"))
    assert (nothing.series, nothing.span) == ([], None)


def test_a_time_leads_to_the_record_with_the_reading() -> None:
    talk = two_stations()
    content = chart_content(gathered(talk), ChartChoice("Current"))
    first, last = content.span or (0, 0)
    assert record_at(content, first - 1) is None
    for time, at in ((first, 0), (last - 1, 0), (last, 1)):
        assert record_at(content, time) == content.series[0].series.records[at]


def test_a_fleet_has_a_letter_for_each_and_says_how_many_more_there_are() -> None:
    """A chart of a thousand lines shows nothing."""
    talk = MeterTalk()
    for number in range(MOST_SHOWN + 4):
        talk.measures(number + 1, sample(1, POWER), connector=number + 1)
    content = chart_content(gathered(talk), ChartChoice())
    assert ("".join(one.letter for one in content.series), content.left_out) == ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 4)
