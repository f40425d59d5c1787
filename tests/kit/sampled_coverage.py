"""Coverage may be measured of a part of the tests: tracing makes a test more than twice as slow.

With `SAMPLED_COVERAGE` in the environment, as in CI, these run unmeasured: slow tests; those of the screen and of the
command line, whose rooms CI leaves out; and of a test with many cases all but the first `ALL_OF` and every `EACH`th,
since the others reach the same lines. What only they reach counts as not reached.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator

import pytest

ALL_OF = 8
EACH = 8
WHOLE = ("tests/diagnosis/test_rule_traces.py::test_what_breaks_a_rule_is_found_and_named",)
"""Tests whose cases reach other lines each."""
LEFT_OUT = ("tests/tui/", "tests/cli/")

_UNMEASURED = pytest.StashKey[bool]()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Choose what is measured, alike in every worker."""
    if "SAMPLED_COVERAGE" not in os.environ:
        return
    cases = Counter[str]()
    for item in items:
        function = item.nodeid.partition("[")[0]
        place = cases[function]
        cases[function] += 1
        is_one_of_many = place >= ALL_OF and place % EACH != 0 and function not in WHOLE
        is_slow = item.get_closest_marker("slow") is not None
        item.stash[_UNMEASURED] = is_slow or is_one_of_many or function.startswith(LEFT_OUT)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Run a test, and the processes that it starts, unmeasured if it was not chosen."""
    module = sys.modules.get("coverage")
    is_left_out = item.stash.get(_UNMEASURED, False)
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


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    """Save what was measured before the worker says that it is done: it may be killed soon after, with all of it."""
    module = sys.modules.get("coverage")
    measured = module.Coverage.current() if module is not None else None
    if measured is not None:
        measured.save()
