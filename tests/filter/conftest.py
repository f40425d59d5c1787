"""Fixtures for the filter tests."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from ocpptui.filter.values import local_offsets


@pytest.fixture(scope="module")
def newfoundland() -> Iterator[None]:
    """A local time with summer time whose offset from UTC is not a whole number of hours."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "America/St_Johns")
        time.tzset()
        local_offsets.clear()
        yield
    time.tzset()
    local_offsets.clear()
