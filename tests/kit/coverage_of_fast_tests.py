"""Coverage may be measured of the fast tests alone: tracing makes the slow ones, half of the time, twice as slow.

With `FAST_COVERAGE` in the environment, as in CI, what only slow tests reach counts as not reached.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Run a slow test, and the processes that it starts, unmeasured."""
    module = sys.modules.get("coverage")
    is_left_out = "FAST_COVERAGE" in os.environ and item.get_closest_marker("slow") is not None
    measured = module.Coverage.current() if module is not None and is_left_out else None
    if measured is None:
        return (yield)
    hidden = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("COVERAGE_")}
    measured.stop()
    try:
        return (yield)
    finally:
        measured.start()
        os.environ.update(hidden)
