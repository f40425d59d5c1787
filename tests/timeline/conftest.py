"""What the tests of the timeline share."""

from __future__ import annotations

import pytest

from tests.timeline.memory_timeline import MemoryTimeline


@pytest.fixture
def tape() -> MemoryTimeline:
    return MemoryTimeline()
