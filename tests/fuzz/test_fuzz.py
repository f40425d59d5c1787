"""No input that is nearly right crashes the program; a longer run is `python -m tests.fuzz --seconds 1800`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.__main__ import run
from tests.fuzz.rooms import ROOMS


@pytest.mark.parametrize("room", ROOMS)
def test_nothing_crashes(room: str, tmp_path: Path) -> None:
    """One message of a faulty charge point, or one line of a damaged log, would end the session of its user."""
    fuzzer = run("suite", seconds=2, keep=tmp_path, rooms={room: 1})
    assert fuzzer.inputs
    assert fuzzer.crashes == {}
