"""A session from its first record to its end, on screen or without."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ocpptui.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from ocpptui.capture.recording import RecordingWriter
    from ocpptui.protocol.version import Role
    from ocpptui.session.session import Session, SessionSettings


def recording(path: Path | None, name: str) -> RecordingWriter:
    """The recording of a live session: at `path`, else a new one in the user's state folder."""
    from ocpptui.capture.recording import RecordingWriter
    from ocpptui.link.clock import now
    from ocpptui.session.folders import new_recording

    try:
        return RecordingWriter(path or new_recording(name, now()))
    except OSError as error:
        raise click.UsageError(f"the recording cannot be written: {error}") from None


def run(
    role: Role,
    settings: SessionSettings,
    start: Callable[[Session], Awaitable[object]],
    *,
    record: Path | None,
    headless: bool,
    duration: float | None,
    once: bool = False,
) -> None:
    """Run a live session and leave with its exit code; `start` makes the session connect or listen.

    With `once` a headless run ends with its connection.
    """
    from ocpptui.session.session import Session

    if duration is not None and not headless:
        raise click.UsageError("--duration goes with --headless")
    session = Session(role=role, writer=recording(record, role.value), settings=settings)
    if headless:
        from ocpptui.cli.headless import run_headless

        sys.exit(asyncio.run(run_headless(session, lambda: start(session), duration, once=once)))
    show(session, lambda: start(session))


def show(
    session: Session | None,
    start: Callable[[], Awaitable[object]] | None = None,
    close: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Open the screen on a session, or on the start screen without one; leave with the screen's exit code."""
    from ocpptui.tui.app import OcpptuiApp

    app = OcpptuiApp(session, start=start, close=close)
    app.run()
    sys.exit(app.return_code or ExitCode.DONE)
