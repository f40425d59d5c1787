"""What every test shares: a home of its own, this checkout's code, and how hypothesis looks for examples.

Hypothesis takes the same ones each time, however busy the machine is and whatever constants the package has;
`--hypothesis-profile explore` looks for others, many more of them.
"""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis.internal.conjecture import providers

from ocpptui.runtime.signals import named

pytest_plugins = [
    "tests.kit.slow_tests",
    "tests.kit.sampled_coverage",
    "tests.kit.shared_collection",
    "tests.kit.secret_watch",
]
collect_ignore = ["tui/test_terminal_driver.py"] if sys.platform == "win32" else []
"""Windows has no pseudo-terminals, and another driver."""

settings.register_profile("same", deadline=None, derandomize=True, max_examples=60)
settings.register_profile("explore", deadline=None, max_examples=2000)
settings.load_profile("same")
providers._get_local_constants = lambda: providers._local_constants
"""Hypothesis draws from the constants of each module that it finds loaded: every example depended on which tests had
run before, and on constants anywhere in the package. Searching 900 modules took four seconds in each process."""

PROXIES = [f"{scheme}_proxy" for scheme in ("http", "https", "all", "ws", "wss", "no")]
OF_THE_USER = ("TMUX", "VISUAL", "SSLKEYLOGFILE", *PROXIES, *(name.upper() for name in PROXIES))
"""Variables that another clipboard, another editor, keys of TLS in a file and other ways to a server come from."""

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


@pytest.fixture
def short_path(tmp_path: Path) -> Iterator[Path]:
    """A folder for sockets: their paths may have about 100 bytes, and those of temporary folders may be longer."""
    if sys.platform == "win32" or len(os.fsencode(tmp_path)) <= 60:
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(prefix="ocpptui-", dir="/tmp") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Paths for the tests that have no `tmp_path`: a name costs nothing, making a folder for each test took 4 ms."""
    above = tmp_path_factory.mktemp("homes")
    return (above / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def home(request: pytest.FixtureRequest, homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own for what the program writes, nothing of the user around it, another machine's clipboard."""
    has_folder = "tmp_path" in request.fixturenames
    folder: Path = request.getfixturevalue("tmp_path") / "home" if has_folder else next(homes)
    monkeypatch.setenv("OCPPTUI_HOME", str(folder))
    for name in OF_THE_USER:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SSH_CONNECTION", "192.0.2.1 50000 192.0.2.2 22")
    return folder
