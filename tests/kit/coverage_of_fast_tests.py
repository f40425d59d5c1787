"""Coverage is measured of the fast tests: the slow ones are half of the time, and tracing makes them twice as slow.

What only slow tests reach counts as not reached; the limits of coverage in pyproject.toml allow for that.
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
    measured = module.Coverage.current() if module is not None and item.get_closest_marker("slow") else None
    if measured is None:
        return (yield)
    hidden = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("COVERAGE_")}
    measured.stop()
    try:
        return (yield)
    finally:
        measured.start()
        os.environ.update(hidden)
