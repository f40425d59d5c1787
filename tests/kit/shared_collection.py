"""Workers of pytest-xdist share the compiling of what all of them import.

Each collects all tests. In a fresh checkout nothing is compiled, and pytest rewrites the assertions of 700 files: four
workers in step did all of it four times. So the package is compiled before they start, and each imports its own share
of the test files first; what the others left on the disk, it only has to load.

None collects garbage meanwhile: what is loaded stays until the end, and visiting it took a third of the time.
"""

from __future__ import annotations

import atexit
import compileall
import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Generator
from contextlib import suppress
from pathlib import Path

import pytest

import ocpptui

if sys.dont_write_bytecode:  # to leave nothing in the checkout; the programs that tests start need not compile it all
    os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix = tempfile.mkdtemp(prefix="ocpptui-compiled-")
    atexit.register(shutil.rmtree, sys.pycache_prefix, ignore_errors=True)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


def pytest_configure(config: pytest.Config) -> None:
    """Compile the package in the process that starts the workers."""
    starts_workers = getattr(config.option, "numprocesses", None) and not hasattr(config, "workerinput")
    if starts_workers:
        compileall.compile_dir(Path(ocpptui.__file__).parent, quiet=2, workers=0)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Import this worker's share, then collect, both without collections of garbage."""
    gc.disable()
    try:
        _import_share(session)
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def _import_share(session: pytest.Session) -> None:
    """Import this worker's share; what cannot be imported is reported when it is collected."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
    if not worker.isdecimal():
        return
    folders = [Path(argument) for argument in session.config.args]
    files = [file for folder in folders for file in sorted(folder.rglob("test_*.py"))]
    for file in files[int(worker) :: int(os.environ["PYTEST_XDIST_WORKER_COUNT"])]:
        with suppress(Exception, pytest.skip.Exception):
            _ = pytest.Module.from_parent(session, path=file.resolve()).obj
