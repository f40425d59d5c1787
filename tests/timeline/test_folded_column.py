from __future__ import annotations

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.ocpp.version import Direction, Version
from ocpptui.timeline import folded_column, timeline
from ocpptui.timeline.folded_column import FoldedColumn
from ocpptui.timeline.record import Record, message_record
from ocpptui.timeline.timeline import Timeline

VALUES = st.lists(st.integers(-(2**40), 2**40), min_size=8, max_size=60)
PLACES = st.integers(-70, 70)


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folded_column, "CHUNK", 4)


def folded(values: list[int]) -> FoldedColumn:
    """A column of these values, of which all but the last few are compressed."""
    column = FoldedColumn(array("q"))
    for value in values:
        column.append(value)
        if len(column) % 4 == 0 and len(column) >= 8:
            column.fold()
    return column


@given(VALUES, st.lists(st.tuples(PLACES, st.integers(-5, 5))), st.data())
def test_it_reads_and_changes_like_an_array(
    values: list[int], changes: list[tuple[int, int]], data: st.DataObject
) -> None:
    """A record of an hour ago would show the time, the text or the answer of another one."""
    plain, column = array("q", values), folded(values)
    for place, value in changes:
        try:
            plain[place] = value
        except IndexError:
            with pytest.raises(IndexError):
                column[place] = value
        else:
            column[place] = value
    assert list(column) == list(plain)
    assert len(column) == len(plain)
    for _ in range(5):
        key = data.draw(st.slices(len(values)))
        assert column[key] == plain[key]
    for place in range(-len(plain), len(plain)):
        assert column[place] == plain[place]


@pytest.mark.parametrize("place", [-9, 8])
def test_a_place_that_is_not_there_is_an_error(place: int) -> None:
    with pytest.raises(IndexError):
        folded([1, 2, 3, 4, 5, 6, 7, 8])[place]


def test_old_values_take_little_memory() -> None:
    column = folded([7] * 4000)
    assert sum(map(len, column._chunks)) < 4000 * 8 / 2
    assert len(column._unpacked) <= folded_column.UNPACKED


def beats(timeline: Timeline) -> Timeline:
    """Forty heartbeats, of which the first is answered at the end."""
    for number in range(40):
        timeline.append(message(f'[2,"{number}","Heartbeat",{{}}]', Direction.TO_CSMS, number))
    timeline.append(message('[3,"0",{"currentTime":"2026-01-01T00:00:00Z"}]', Direction.TO_CHARGE_POINT, 41))
    return timeline


def message(raw: str, direction: Direction, time: int) -> Record:
    return message_record(raw, time=time, direction=direction, connection=1, charge_point="CP001", version=Version.V16)


def test_a_long_session_shows_its_old_records(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first records of a long session would be lost, or an answer would miss its call of an hour ago."""
    short = beats(Timeline())
    monkeypatch.setattr(timeline, "CHUNK", 4)
    monkeypatch.setattr(timeline, "UNFOLDED", 4)
    long = beats(Timeline())
    assert isinstance(long.kinds, FoldedColumn)
    assert isinstance(short.kinds, array)
    assert [long.record(index) for index in range(len(long))] == [short.record(index) for index in range(len(short))]
    assert (long.other_half(40), long.other_half(0), long.latency(0)) == (0, 40, 41)
