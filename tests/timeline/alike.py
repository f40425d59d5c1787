"""Whether two timelines are alike, for paths by which the same records come into one."""

from __future__ import annotations

from ocpptui.diagnosis.diagnosis import Diagnosis
from ocpptui.timeline.record import Record
from ocpptui.timeline.timeline import Timeline

COLUMNS = ("times", "kinds", "directions", "origins", "flags", "verdicts", "severities", "answerings", "others")


def diagnosed() -> Timeline:
    """A timeline whose records are diagnosed."""
    timeline = Timeline()
    Diagnosis(timeline)
    return timeline


def live(records: list[Record]) -> Timeline:
    """The timeline of a session in which these records happened."""
    timeline = diagnosed()
    for record in records:
        timeline.append(record)
    return timeline


def assert_same(found: Timeline, expected: Timeline) -> None:
    assert len(found) == len(expected)
    for name in COLUMNS:
        assert list(getattr(found, name)) == list(getattr(expected, name)), name
    for index in range(len(expected)):
        assert found.action(index) == expected.action(index)
        assert found.remarks_on(index) == expected.remarks_on(index)
        assert found.broken_rules(index) == expected.broken_rules(index)
        assert found.party_table[found.parties[index]] == expected.party_table[expected.parties[index]]
        assert found.record(index) == expected.record(index)
    assert found.counts == expected.counts
    for connection in expected.connections():
        assert found.in_flight(connection) == expected.in_flight(connection)
