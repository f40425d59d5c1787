"""Which tests are slow, by measurement: `pytest -m "not slow"` runs the others.

A test is slow where one of its cases took longer than `LIMIT` in the run that wrote the list, `pytest --measure`. Tests
that are not in the list, the new ones, are taken for fast.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

LIMIT = 0.6
"""Seconds, with set-up and tear-down."""
LIST = Path(__file__).parent.parent / "slow_tests.txt"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--measure", action="store_true", help=f"write the list of slow tests, {LIST.name}, anew")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--measure") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Measurement())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    slow = set(LIST.read_text(encoding="utf-8").splitlines()) if LIST.exists() else set()
    for item in items:
        if _function(item.nodeid) in slow:
            item.add_marker(pytest.mark.slow)


def _function(nodeid: str) -> str:
    return nodeid.partition("[")[0]


class _Measurement:
    """Adds up how long each case takes, also those that other processes run."""

    def __init__(self) -> None:
        self._cases: defaultdict[str, float] = defaultdict(float)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._cases[report.nodeid] += report.duration

    def pytest_sessionfinish(self) -> None:
        slow = sorted({_function(case) for case, seconds in self._cases.items() if seconds > LIMIT})
        LIST.write_text("".join(f"{name}\n" for name in slow), encoding="utf-8", newline="\n")
