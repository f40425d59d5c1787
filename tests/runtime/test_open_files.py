"""A central system may have thousands of charge points, each of them an open file."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import resource
from ocpptui.runtime.open_files import allow_open_files
resource.setrlimit(resource.RLIMIT_NOFILE, (256, {hard}))
print(allow_open_files({count}), resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
@pytest.mark.parametrize(
    ("hard", "count", "allowed", "limit"), [(1024, 500, 500, 564), (1024, 5000, 960, 1024), (1024, 100, 100, 256)]
)
def test_the_system_is_asked_for_as_many_as_are_needed(hard: int, count: int, allowed: int, limit: int) -> None:
    """The operating system would refuse the 1,025th charge point without a message."""
    program = PROGRAM.format(hard=hard, count=count)
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout.split() == [str(allowed), str(limit)]
