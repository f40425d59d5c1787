"""Runs a session from its first record to its end, on screen or headless."""

from __future__ import annotations

import asyncio
import atexit
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ocpptui.cli.exit_codes import ExitCode
from ocpptui.cli.output import say
from ocpptui.runtime.garbage import hold_collections

if TYPE_CHECKING:
    from ocpptui.ocpp.version import Role
    from ocpptui.recording.writer import RecordingWriter
    from ocpptui.replay.player import Player
    from ocpptui.session.file_session import FileSession
    from ocpptui.session.proxy import ProxySettings
    from ocpptui.session.session import Session
    from ocpptui.session.settings import SessionSettings


def recording(path: Path | None, name: str, least_free: int | None = None) -> RecordingWriter:
    """The recording of a live session: at `path`, or a new one in the user's state folder.

    However the command ends, nothing is left of a session that never began.
    """
    from ocpptui.workspace.recordings import begin_recording, discard_empty

    writer = begin_recording(path, name, least_free=least_free)
    atexit.register(lambda: discard_empty(writer.path))
    return writer


def run(
    role: Role | None,
    settings: SessionSettings,
    start: Callable[[Session], Awaitable[object]],
    *,
    record: Path | None,
    headless: bool,
    duration: float | None,
    once: bool = False,
    control: str | None = None,
    proxy: ProxySettings | None = None,
) -> None:
    """Run a live session and exit with its exit code; `start` makes the session connect or listen.

    With `once`, a headless run ends with its connection. `control` is the address for `ocpptui control`. `proxy` makes
    it a session between two sides, without a role of its own.
    """
    from ocpptui.cli.configured_limits import configured_limits
    from ocpptui.cli.controlled import controlled
    from ocpptui.session.session import Session
    from ocpptui.workspace.recordings import discard_empty

    if duration is not None and not headless:
        raise click.UsageError("--duration needs --headless")
    name = "proxy" if role is None else role.value
    writer = recording(record, name, settings.keep_free)
    session = Session(role=role, writer=writer, settings=settings, proxy=proxy)
    session.diagnosis.limits = configured_limits()
    begin, close = controlled(session, lambda: start(session), session.close, control)
    try:
        if headless:
            from ocpptui.cli.headless import run_headless

            sys.exit(asyncio.run(run_headless(session, begin, duration, once=once, close=close)))
        run_screen(session, begin, close)
    finally:  # a signal may come before the first record
        discard_empty(session.recording_path)


def run_screen(
    session: Session | None,
    start: Callable[[], Awaitable[object]] | None = None,
    close: Callable[[], Awaitable[None]] | None = None,
    replay: Sequence[Player] = (),
) -> None:
    """Open the screen on a session, or the start screen without one; exit with the screen's exit code.

    With `replay`, the session screen shows a bar for each.
    """
    sys.exit(show_screen(session, start=start, close=close, replay=replay))


def show_screen(
    session: Session | None,
    *,
    start: Callable[[], Awaitable[object]] | None = None,
    close: Callable[[], Awaitable[None]] | None = None,
    opening: FileSession | None = None,
    replay: Sequence[Player] = (),
) -> int:
    """Run the application on a session; return its exit code. The rest is as in `OcpptuiApp`."""
    hold_collections()  # until the screen has been painted
    from ocpptui.cli.option_remedies import remedy_for
    from ocpptui.tui.app import OcpptuiApp
    from ocpptui.tui.keymap import wrong_keys
    from ocpptui.tui.screen_remedies import remedy_on_screen
    from ocpptui.tui.themes import wrong_theme
    from ocpptui.workspace.config import ConfigError, load_config
    from ocpptui.workspace.folders import config_file

    try:
        config = load_config(config_file())
    except ConfigError as error:
        raise click.UsageError(str(error)) from None
    wrong = wrong_theme(config.theme) + wrong_keys(config.keys)
    if wrong:
        raise click.UsageError(f"{config_file()}: {'; '.join(wrong)}")
    app = OcpptuiApp(
        session,
        start=start,
        close=close,
        opening=opening,
        replay=replay,
        config=config,
        remedy=remedy_on_screen if session is None else remedy_for(session),
    )
    app.run()
    if app.terminal_reads:
        for words in app.last_words:
            say(words)
    was_stopped = app.session is not None and app.session.alarm.why
    return app.return_code or (ExitCode.FOUND if was_stopped else ExitCode.DONE)
