"""What every test shares: a home of its own, this checkout's code, and how hypothesis looks for examples.

Hypothesis takes the same ones each time, however busy the machine is;
`--hypothesis-profile explore` looks for others, many more of them.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from ocpptui.runtime.signals import named

pytest_plugins = ["tests.kit.slow_tests", "tests.kit.sampled_coverage"]
collect_ignore = ["tui/test_terminal_driver.py"] if sys.platform == "win32" else []
"""Windows has no pseudo-terminals, and another driver."""

settings.register_profile("same", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=2000)
settings.load_profile("same")


for number in named("SIGINT", "SIGHUP"):  # under `nohup … &` they are ignored, and in programs that tests start too
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, lambda *_: None)

os.environ["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).parent.parent), os.environ.get("PYTHONPATH", "")])
"""Programs that tests start run the code beside the tests, also where another checkout is the one that is installed."""


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name cases of bytes by their parameter: gzip and keys write time and chance into theirs, workers must agree."""
    return argname if isinstance(val, bytes) else None


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs a program that is not installed; where `REQUIRE_PROGRAMS` is set, as in CI, fail instead."""
    for mark in item.iter_markers("needs"):
        if not any(map(shutil.which, mark.args)):
            missing = f"{mark.args[0]} is not installed (Debian: apt-get install {mark.args[0]})"
            (pytest.fail if os.environ.get("REQUIRE_PROGRAMS") else pytest.skip)(missing)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of its own for what the program writes, no tmux around it, and the clipboard of another machine."""
    monkeypatch.setenv("OCPPTUI_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("TMUX", raising=False)
    monkeypatch.setenv("SSH_CONNECTION", "192.0.2.1 50000 192.0.2.2 22")
    yield tmp_path / "home"
