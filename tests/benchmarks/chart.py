"""The chart of many meter values: what it takes to gather them, and to paint them at 200x60.

    python -m tests.benchmarks.chart [READINGS] [ROUNDS]

Prints milliseconds of the processor, and last how many times a picture of 2,000 readings one of all takes. The goal is
4: fifty times as many readings in a frame as well.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from time import process_time

from ocpptui.describe.chart_drawing import Drawing
from ocpptui.reporting.chart_content import ChartChoice, chart_content
from ocpptui.reporting.chart_picture import chart_picture
from ocpptui.reporting.chart_window import ChartWindow
from ocpptui.reporting.measured_series import GatheredSeries
from tests.kit.meter_talk import CURRENT, MeterTalk, sample

SIZE = (198, 56)
SLICE = 0.02
FEW = 2000


def main() -> None:
    readings = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    few, _ = _measured(FEW, rounds)
    many, gathering = _measured(readings, rounds)
    print(f"gathering {readings:,} readings: {gathering:.2f} s, in slices of {SLICE * 1000:.0f} ms")
    print(f"a picture of {FEW:,}: {few * 1000:.1f} ms, of {readings:,}: {many * 1000:.1f} ms")
    print(f"ratio {many / few:.2f}")


def _measured(readings: int, rounds: int) -> tuple[float, float]:
    """Seconds of the best picture, and of gathering."""
    talk, chance = MeterTalk(), random.Random(1)
    talk.starts(0, 7)
    talk.limits(1, 16)
    for second in range(readings):
        talk.measures(10 * second + 2, sample(f"{chance.uniform(6, 16):.1f}", CURRENT, unit="A"), transaction=7)
    gathered, began = GatheredSeries(talk.timeline), process_time()
    while not gathered.advance(SLICE):
        pass
    gathering = process_time() - began
    content, window = chart_content(gathered, ChartChoice()), ChartWindow()
    window.span(*(content.span or (0, 1)))
    return _best(lambda: chart_picture(content, window, *SIZE, Drawing.BRAILLE), rounds), gathering


def _best(work: Callable[[], object], rounds: int) -> float:
    best = float("inf")
    for _ in range(rounds):
        began = process_time()
        work()
        best = min(best, process_time() - began)
    return best


if __name__ == "__main__":
    main()
