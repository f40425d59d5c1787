"""What is run on this repository, each with one command: `nox -s test`, `nox -s lint`, and so on; `nox -l` lists them.

`nox -R` runs a session again without making its environment anew, `nox --no-venv` in the environment that is active.
"""

from __future__ import annotations

from pathlib import Path

import nox
from nox.virtualenv import PassthroughEnv

PYTHONS = ["3.11", "3.12", "3.13", "3.14"]
BENCHMARKS = sorted(path.stem for path in Path("tests/benchmarks").glob("*.py") if path.stem != "large_recording")

nox.options.sessions = ["fast", "lint", "types"]
nox.options.reuse_existing_virtualenvs = True
nox.options.error_on_missing_interpreters = False


def install(session: nox.Session) -> None:
    if not isinstance(session.virtualenv, PassthroughEnv):
        session.install("-e", ".[dev]")


@nox.session
def test(session: nox.Session) -> None:
    """All tests, on all cores."""
    install(session)
    session.run("pytest", "-n", "auto", "--dist", "worksteal", *session.posargs)


@nox.session
def fast(session: nox.Session) -> None:
    """Nine tenths of the tests, in less than two minutes."""
    install(session)
    session.run("pytest", "-n", "auto", "--dist", "worksteal", "-m", "not slow", *session.posargs)


@nox.session(python=PYTHONS)
def matrix(session: nox.Session) -> None:
    """All tests with every Python that is installed here."""
    install(session)
    session.run("pytest", "-n", "auto", "--dist", "worksteal", *session.posargs)


@nox.session
def coverage(session: nox.Session) -> None:
    """All tests, measured: lines and branches, of the programs too that tests start."""
    install(session)
    session.run("coverage", "erase")
    start = str(Path("pyproject.toml").resolve())
    session.run("pytest", "-n", "auto", "--dist", "worksteal", *session.posargs, env={"COVERAGE_PROCESS_START": start})
    session.run("coverage", "combine", "-q")
    session.run("coverage", "report")
    session.run("coverage", "json", "-q", "-o", "coverage.json")
    session.run("python", "-m", "tests.kit.module_coverage", "coverage.json")


@nox.session
def slow(session: nox.Session) -> None:
    """Measure which tests are slow, and write their list anew."""
    install(session)
    session.run("pytest", "--measure", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Format, style, and the order of the rooms."""
    install(session)
    session.run("ruff", "format", "--check", ".")
    session.run("ruff", "check", ".")
    session.run("lint-imports")


@nox.session
def types(session: nox.Session) -> None:
    """Types, on each operating system."""
    install(session)
    session.run("mypy")
    for platform in ("win32", "darwin"):
        session.run("mypy", "--platform", platform, "ocpptui")


@nox.session
def docs(session: nox.Session) -> None:
    """Write the pages that are made from the code anew, and try every example of the README."""
    install(session)
    session.run("python", "-m", "tests.generate")
    session.run("pytest", "tests/test_readme.py", *session.posargs)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Attack every reader, writer and socket with inputs nearly right, half an hour if nothing else is said."""
    install(session)
    session.run("python", "-m", "tests.fuzz", *(session.posargs or ("--seconds", "1800")))


@nox.session
def benchmarks(session: nox.Session) -> None:
    """Every benchmark, or those that are named: `nox -s benchmarks -- index filter`."""
    install(session)
    for name in session.posargs or BENCHMARKS:
        session.log(name)
        session.run("python", "-m", f"tests.benchmarks.{name}")
