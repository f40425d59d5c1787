"""Where problems, calls and gaps lie among the rows of a log."""

from __future__ import annotations

from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.filter import density
from ocpptui.filter.density import LEVELS, SHORTEST_GAP, USUAL, Density
from ocpptui.filter.query import parse_filter
from ocpptui.filter.selection import Selection
from ocpptui.ocpp.version import Direction, Version
from ocpptui.timeline.record import RecordKind, message_record
from ocpptui.timeline.severity import Severity
from ocpptui.timeline.timeline import Timeline

MINUTE = 60_000_000
RULES = {Severity.NONE: (), Severity.INFO: ("a",), Severity.WARNING: ("b",), Severity.ERROR: ("c",)}


class Log:
    """A timeline whose findings a test sets by hand."""

    def __init__(self) -> None:
        self.timeline = Timeline()
        self.now = 1_700_000_000_000_000

    def add(self, *, after: int = 1_000_000, answer: bool = False) -> int:
        self.now += after
        number = len(self.timeline)
        raw = f'[3,"{number - 1}",{{}}]' if answer else f'[2,"{number}","Heartbeat",{{}}]'
        direction = Direction.TO_CHARGE_POINT if answer else Direction.TO_CSMS
        return self.timeline.append(
            message_record(
                raw, time=self.now, connection=1, direction=direction, charge_point="CP1", version=Version.V16
            )
        )

    def rate(self, index: int, severity: Severity) -> None:
        self.timeline.set_findings(index, RULES[severity], severity)


def complete(measured: Density, selection: Selection) -> None:
    while not selection.advance(0.01) or not measured.advance(0.01):
        pass


def worst_by_hand(log: Log, selection: Selection, height: int) -> list[Severity]:
    """The worst severity of each line, from the rows themselves; right while a block is one row."""
    rows = [selection.index_of_row(row) for row in range(len(selection))]
    edges = [line * len(rows) // height for line in range(height + 1)]
    return [max(log.timeline.severity(index) for index in rows[start:stop]) for start, stop in pairwise(edges)]


@given(st.data())
def test_it_is_what_the_rows_are_however_they_came_and_went(data: st.DataObject) -> None:
    """A problem would be missing in the strip, or one that is no longer there would be shown."""
    log = Log()
    query = data.draw(st.sampled_from(["", "problem", "not problem", "kind:call", "not severity:info"]))
    selection = Selection(log.timeline, parse_filter(query))
    followed = Density(selection)
    for _ in range(data.draw(st.integers(1, 6))):
        for answer in data.draw(st.lists(st.booleans(), max_size=30)):
            log.add(after=data.draw(st.sampled_from([0, 1_000_000, 10 * MINUTE])), answer=answer)
        changes = st.tuples(st.integers(0, len(log.timeline)), st.sampled_from(Severity))
        for index, severity in data.draw(st.lists(changes, max_size=15)):
            if index < len(log.timeline):
                log.rate(index, severity)
        if data.draw(st.booleans()):
            complete(followed, selection)
    complete(followed, selection)
    height = data.draw(st.integers(1, 20))
    other = Selection(log.timeline, parse_filter(query))
    at_once = Density(other)
    complete(at_once, other)
    assert followed.cells(height) == at_once.cells(height)
    if len(selection) > height:
        assert [cell.severity for cell in followed.cells(height)] == worst_by_hand(log, selection, height)


def test_a_row_in_the_place_of_one_that_was_removed_at_the_end_is_measured() -> None:
    """The strip showed the calls and the gap of a problem that had ceased to be one, for the next problem."""
    log = Log()
    selection = Selection(log.timeline, parse_filter("problem"))
    followed = Density(selection)
    log.rate(log.add(answer=True), Severity.WARNING)
    log.add()
    complete(followed, selection)
    log.rate(0, Severity.NONE)
    for _ in range(3):
        log.rate(log.add(after=10 * MINUTE), Severity.WARNING)
    complete(followed, selection)
    at_once = Density(selection)
    complete(at_once, selection)
    assert followed.cells(2) == at_once.cells(2)


@given(st.lists(st.tuples(st.sampled_from(Severity), st.booleans()), min_size=40, max_size=300), st.integers(2, 8))
def test_many_rows_are_blocks_that_lose_no_problem(rows: list[tuple[Severity, bool]], height: int) -> None:
    """In a large file, problems would disappear where blocks are put together."""
    log = Log()
    selection = Selection(log.timeline)
    measured = Density(selection)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(density, "MOST_BLOCKS", 16)
        for severity, is_late in rows:
            log.rate(log.add(), severity)
            if is_late:
                complete(measured, selection)
        complete(measured, selection)
    cells = measured.cells(height)
    assert len(cells) == height
    assert max(cell.severity for cell in cells) == max(severity for severity, _ in rows)
    for line, cell in enumerate(cells):
        if cell.severity.is_problem:
            assert rows[measured.row_to_show(line, height)][0] is cell.severity


def test_a_gap_is_shown_where_it_is_and_goes_to_the_record_after_it() -> None:
    """In a log of days nobody would find the hours in which nothing was recorded."""
    log = Log()
    for _ in range(100):
        log.add()
    after = log.add(after=30 * MINUTE)
    for _ in range(99):
        log.add()
    selection = Selection(log.timeline)
    measured = Density(selection)
    complete(measured, selection)
    gaps = [line for line, cell in enumerate(measured.cells(20)) if cell.gap]
    assert gaps == [10]
    assert measured.row_to_show(10, 20) == after


def test_a_pause_that_is_usual_is_no_gap() -> None:
    """A log with a heartbeat every quarter of an hour would be all gaps."""
    log = Log()
    for _ in range(200):
        log.add(after=15 * MINUTE)
    selection = Selection(log.timeline)
    measured = Density(selection)
    complete(measured, selection)
    assert 15 * MINUTE > SHORTEST_GAP
    assert not any(cell.gap for cell in measured.cells(20))


def test_calls_that_follow_each_other_closely_stand_out() -> None:
    """A storm of retries would look like the quiet hours around it."""
    log = Log()
    for number in range(300):
        log.add(after=10_000 if 90 <= number < 120 else 1_000_000)
    selection = Selection(log.timeline)
    measured = Density(selection)
    complete(measured, selection)
    assert [cell.calls for cell in measured.cells(10)] == [USUAL] * 3 + [LEVELS] + [USUAL] * 6


def test_a_line_without_calls_says_so() -> None:
    """Pings of hours would look like traffic."""
    log = Log()
    for number in range(40):
        log.add(answer=number >= 20)
    selection = Selection(log.timeline)
    measured = Density(selection)
    complete(measured, selection)
    assert [cell.calls > 0 for cell in measured.cells(4)] == [True, True, False, False]
    assert all(log.timeline.kind(index) is not RecordKind.CALL for index in range(20, 40))


def test_rows_that_fit_need_no_strip() -> None:
    """The strip would repeat what is beside it."""
    log = Log()
    selection = Selection(log.timeline)
    measured = Density(selection)
    assert measured.advance(0.01) and measured.cells(20) == []
    for _ in range(20):
        log.add()
    complete(measured, selection)
    assert measured.cells(20) == []
    assert len(measured.cells(19)) == 19


def test_new_rows_cost_what_they_are_and_not_what_was_before() -> None:
    """A session of a day would get slower and slower."""
    log = Log()
    for _ in range(20_000):
        log.add()
    selection = Selection(log.timeline)
    measured = Density(selection)
    began = process_time()
    complete(measured, selection)
    whole = process_time() - began
    parts = []
    for _ in range(20):
        log.rate(log.add(), Severity.ERROR)
        began = process_time()
        assert measured.advance(1)
        parts.append(process_time() - began)
    assert min(parts) < whole / 20
