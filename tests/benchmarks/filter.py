"""Filters over a recording of 1,000,000 records: records a second, beside a bare loop over one column.

    python -m tests.benchmarks.filter [RECORDS | RECORDING]

The filters run as on the screen, in slices of 10 ms; the longest slice is what a key press may have to wait.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter

from ocpptui.filter.query import parse_filter
from ocpptui.filter.selection import Selection
from ocpptui.recording.indexer import Indexer
from ocpptui.stations.tracker import StationTracker
from ocpptui.timeline.record import RecordKind
from ocpptui.timeline.timeline import Timeline
from tests.benchmarks.large_recording import DEFAULT_RECORDS, large_recording

SLICE = 0.01
"""Seconds."""
COLUMNS = (
    "kind:call",
    "action:MeterValues",
    "cp:CP01*",
    "invalid or orphan or kind:malformed",
    "unanswered",
    "latency>4ms",
    "after:10:30 before:11:00",
    "action:*Transaction dir:to-csms kind:call cp:CP001 not invalid",
)
TEXTS = (
    "04A1B2C3D4E5F6",
    "TypeConstraintViolation",
    "nowhere-to-be-found",
    "action:StopTransaction local",
    "id:0000001c-*",
    "idTag=04A1B2C3D4E5F6",
    "connectorId=2 kind:call",
    "measurand=Power.Active.Import",
)


def main() -> None:
    given = sys.argv[1] if len(sys.argv) > 1 else str(DEFAULT_RECORDS)
    with ExitStack() as stack:
        path = stack.enter_context(large_recording(int(given))) if given.isdigit() else Path(given)
        timeline = Timeline()
        indexer = Indexer(path, timeline)
        stack.callback(indexer.close)
        while not indexer.advance(SLICE):
            pass
        count = len(timeline)
        bare = min(_bare_loop(timeline) for _ in range(5))
        print(f"{count:,} records; a bare loop over one column: {bare:.3f} s, {count / bare:,.0f} records/s")
        print(f"{'filter':64} {'rows':>9} {'s':>7} {'records/s':>12} {'x loop':>7} {'longest':>9}")
        worst = 0.0
        for text in (*COLUMNS, *TEXTS):
            rows, seconds, longest = _filtered(timeline, text)
            ratio = seconds / bare
            worst = max(worst, ratio) if text in COLUMNS else worst
            print(f"{text:64} {rows:9,} {seconds:7.3f} {count / seconds:12,.0f} {ratio:7.1f} {longest * 1000:6.1f} ms")
        seconds, longest = _known(timeline)
        print(f"{'what is known of the charge points':64} {'':9} {seconds:7.3f} {count / seconds:12,.0f}", end=" ")
        print(f"{seconds / bare:7.1f} {longest * 1000:6.1f} ms")
        print(f"slowest filter over columns: {worst:.1f} times the bare loop")


def _bare_loop(timeline: Timeline) -> float:
    """What plain Python takes to find the calls."""
    began = perf_counter()
    kinds, wanted = timeline.kinds, int(RecordKind.CALL)
    [index for index in range(len(kinds)) if kinds[index] == wanted]
    return perf_counter() - began


def _filtered(timeline: Timeline, text: str) -> tuple[int, float, float]:
    """Rows, seconds, and seconds of the longest slice."""
    query = parse_filter(text)
    began = perf_counter()
    selection = Selection(timeline, query)
    longest = max(_slices(selection.advance))
    return len(selection), perf_counter() - began, longest


def _known(timeline: Timeline) -> tuple[float, float]:
    began = perf_counter()
    knowledge = StationTracker()
    longest = max(_slices(lambda budget: knowledge.advance(timeline, budget)))
    return perf_counter() - began, longest


def _slices(advance: Callable[[float], bool]) -> Iterator[float]:
    done = False
    while not done:
        began = perf_counter()
        done = advance(SLICE)
        yield perf_counter() - began


if __name__ == "__main__":
    main()
