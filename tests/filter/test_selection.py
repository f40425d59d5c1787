"""The rows that match a filter, while the timeline grows and the screen waits."""

from __future__ import annotations

from time import perf_counter

import pytest

from ocpptui.filter.query import parse_filter
from ocpptui.filter.selection import Selection
from ocpptui.ocpp.version import Direction, Version
from ocpptui.timeline.record import Record, RecordKind, message_record
from ocpptui.timeline.timeline import Timeline

SECOND = 1_000_000


class Growing:
    """A growing timeline."""

    def __init__(self) -> None:
        self.timeline = Timeline()

    def say(self, raw: str, direction: Direction = Direction.TO_CSMS, charge_point: str = "CP001") -> int:
        record = message_record(
            raw,
            time=len(self.timeline) * SECOND,
            connection=1,
            direction=direction,
            charge_point=charge_point,
            version=Version.V16,
        )
        return self.timeline.append(record)

    def call(self, message_id: str, action: str = "Heartbeat", charge_point: str = "CP001") -> int:
        return self.say(f'[2,"{message_id}","{action}",{{}}]', charge_point=charge_point)

    def answer(self, message_id: str, payload: str = "{}") -> int:
        return self.say(f'[3,"{message_id}",{payload}]', Direction.TO_CHARGE_POINT)


def rows(selection: Selection) -> list[int]:
    return [selection.index_of_row(row) for row in range(len(selection))]


def caught_up(selection: Selection) -> list[int]:
    while not selection.advance(0.01):
        pass
    return rows(selection)


def big(count: int) -> Timeline:
    """Half Heartbeats, half Resets."""
    growing = Growing()
    for number in range(count):
        growing.call(str(number), "Reset" if number % 2 else "Heartbeat")
    return growing.timeline


def test_without_a_filter_every_record_is_a_row_and_nothing_is_kept() -> None:
    timeline = big(1000)
    selection = Selection(timeline)
    assert selection.advance(0) and selection.progress == 1.0
    assert (len(selection), selection.index_of_row(999), selection.row_of(5), selection.contains(999)) == (
        1000,
        999,
        5,
        True,
    )
    assert not selection.contains(1000) and not selection.contains(-1)
    assert selection.row_of(5000) == 999
    assert len(selection._rows) == 0
    timeline.append(Record(0, 0, RecordKind.NOTE))
    assert len(selection) == 1001


def test_rows_map_to_records_and_back_or_to_the_nearest_before() -> None:
    selection = Selection(big(100), parse_filter("action:Reset kind:call"))
    caught_up(selection)
    assert [selection.index_of_row(row) for row in (0, 1, 49)] == [1, 3, 99]
    assert (selection.row_of(3), selection.row_of(4), selection.row_of(99), selection.row_of(0)) == (1, 1, 49, 0)
    assert selection.contains(3) and not selection.contains(4)
    with pytest.raises(IndexError):
        selection.index_of_row(50)


def test_a_big_timeline_is_tested_in_slices_within_their_budget() -> None:
    selection = Selection(big(20_000), parse_filter("{}"))
    budget, slices, seen = 0.0005, 0, 0.0
    began = perf_counter()
    while not selection.advance(budget):
        slices += 1
        assert selection.progress > seen
        seen = selection.progress
        assert len(selection) == round(seen * 20_000)
    assert slices > 1, f"one slice tested everything in {perf_counter() - began:.3f} s"
    assert len(selection) == 20_000 and selection.progress == 1.0


def test_it_makes_progress_even_without_a_budget() -> None:
    selection = Selection(big(5000), parse_filter("{}"))
    for _ in range(1000):
        if selection.advance(0):
            break
    assert len(selection) == 5000


def test_new_records_become_rows_without_testing_old_ones_again() -> None:
    growing = Growing()
    selection = Selection(growing.timeline, parse_filter("action:Reset"))
    assert caught_up(selection) == []
    growing.call("1", "Reset")
    growing.call("2")
    assert not selection.contains(0)
    assert caught_up(selection) == [0]
    growing.call("3", "Reset")
    assert selection.progress < 1.0
    assert caught_up(selection) == [0, 2]
    assert selection.changes == 0


def test_a_call_is_no_longer_unanswered_when_its_answer_comes() -> None:
    growing = Growing()
    for message_id in "123":
        growing.call(message_id)
    selection = Selection(growing.timeline, parse_filter("unanswered"))
    assert caught_up(selection) == [0, 1, 2]
    growing.answer("2")
    assert caught_up(selection) == [0, 2]
    assert selection.changes == 1
    growing.answer("2")
    growing.answer("3")
    growing.call("4")
    assert caught_up(selection) == [0, 6]


def test_a_call_is_selected_when_its_slow_answer_comes() -> None:
    growing = Growing()
    selection = Selection(growing.timeline, parse_filter("latency>2s"))
    growing.call("1")
    growing.call("2")
    assert caught_up(selection) == []
    growing.answer("1")
    assert caught_up(selection) == []
    growing.answer("2")
    growing.call("3")
    growing.call("4")
    growing.call("5")
    growing.answer("3")
    assert caught_up(selection) == [4, 7]
    assert selection.changes == 0
    growing.answer("4")
    assert caught_up(selection) == [4, 5, 7, 8]
    assert selection.changes == 1


def test_a_retest_notices_a_changed_mark() -> None:
    timeline = big(10)
    timeline.marks.update((2, 5))
    selection = Selection(timeline, parse_filter("marked"))
    assert caught_up(selection) == [2, 5]
    timeline.marks.add(4)
    assert selection.retest(4) and not selection.retest(4)
    timeline.marks.discard(2)
    assert selection.retest(2)
    assert rows(selection) == [4, 5]
    assert selection.changes == 2
    assert not selection.retest(10)
    assert not Selection(timeline).retest(3)


def test_a_charge_point_limits_the_filter() -> None:
    growing = Growing()
    growing.call("1", "Reset", "A")
    growing.call("2", "Reset", "B")
    growing.call("3", "Heartbeat", "A")
    assert caught_up(Selection(growing.timeline, None, "A")) == [0, 2]
    assert caught_up(Selection(growing.timeline, parse_filter("action:Reset"), "A")) == [0]
    assert caught_up(Selection(growing.timeline, parse_filter("action:Reset or action:Heartbeat"), "A")) == [0, 2]
    assert caught_up(Selection(growing.timeline, parse_filter("action:Reset"))) == [0, 1]


# -- folded ---------------------------------------------------------------------------------------------------------


def test_an_answer_is_folded_into_the_row_of_its_call_whenever_it_comes() -> None:
    growing = Growing()
    call = growing.call("1")
    selection = Selection(growing.timeline, is_folded=True)
    assert caught_up(selection) == [call]
    growing.answer("1")
    orphan, second = growing.answer("nobody"), growing.answer("1")
    later = growing.call("2")
    growing.answer("2")
    assert caught_up(selection) == [call, orphan, second, later]


def test_an_answer_whose_call_the_filter_leaves_out_keeps_its_row() -> None:
    growing = Growing()
    growing.call("1")
    answer = growing.answer("1", '{"status":"Rejected"}')
    selection = Selection(growing.timeline, parse_filter("refused"), is_folded=True)
    assert caught_up(selection) == [answer]


def test_a_call_that_comes_back_takes_its_answer_in_again() -> None:
    growing = Growing()
    call, answer = growing.call("1"), growing.answer("1")
    growing.timeline.marks |= {answer}
    selection = Selection(growing.timeline, parse_filter("marked"), is_folded=True)
    assert caught_up(selection) == [answer]
    growing.timeline.marks |= {call}
    assert selection.retest(call)
    assert rows(selection) == [call]
    growing.timeline.marks -= {call}
    assert selection.retest(call)
    assert rows(selection) == [answer]
