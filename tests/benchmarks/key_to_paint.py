"""A key press to the painted screen in a recording of 1,000,000 records, beside the same in an empty log.

    python -m tests.benchmarks.key_to_paint [RECORDS | FILE]

Moves, pages and jumps to both ends, at 80x24 and at 200x60, where the inspector shows each record that the cursor comes
to. In both logs the whole log is painted anew for each key, so that the difference is what the records cost. Goal:
within 1.5 times.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from typing import Any

from textual import events

from ocpptui.runtime.garbage import resume_collections
from ocpptui.session.file_session import FileSession
from ocpptui.session.session import Session
from ocpptui.tui.app import OcpptuiApp
from ocpptui.tui.screens.session_screen import SessionScreen
from ocpptui.tui.widgets.inspector import Inspector
from ocpptui.tui.widgets.message_log import MessageLog
from tests.benchmarks.large_recording import DEFAULT_RECORDS, large_recording

ROUNDS = 3
PRESSES = 40
SIZES = ((80, 24), (200, 60))
KEYS = {"move": ("k", "k", "k", "j"), "page": ("pageup", "pageup", "pagedown"), "jump": ("home", "end")}


class Watch:
    """When the program last acted on a key that moves, and when it painted last."""

    def __init__(self, app: OcpptuiApp) -> None:
        self.acted = self.painted = 0.0
        self._app = app
        self._display: Callable[..., None] = app._display
        app._display = self._note_paint  # type: ignore[method-assign, assignment]

    def look_at(self, log: MessageLog) -> None:
        for name in ("action_move", "action_page", "action_first", "action_last"):
            setattr(log, name, self._acting(log, getattr(log, name)))

    def _acting(self, log: MessageLog, action: Callable[..., None]) -> Callable[..., None]:
        def act(*arguments: Any) -> None:
            action(*arguments)
            log.refresh()  # an empty log would have nothing to paint
            self.acted = time.perf_counter()

        return act

    def _note_paint(self, *what: Any) -> None:
        self._display(*what)
        self.painted = time.perf_counter()


async def seconds_of(session: Session, size: tuple[int, int]) -> dict[str, list[float]]:
    """Seconds from key to paint, for each sort of key."""
    app = OcpptuiApp(session)
    watch = Watch(app)
    taken: dict[str, list[float]] = {}
    async with app.run_test(size=size) as pilot:
        await _until(lambda: isinstance(app.screen, SessionScreen))
        log = app.screen.query_one(MessageLog)
        await _until(lambda: log.contents.taken_in == len(session.timeline) and log.size.height > 0)
        while not session.learn(0.1):
            pass
        watch.look_at(log)
        await pilot.press("end")
        for name, keys in KEYS.items():
            taken[name] = [await _key(watch, log, key) for key in islice(cycle(keys), PRESSES)]
    return taken


async def _key(watch: Watch, log: MessageLog, key: str) -> float:
    await asyncio.sleep(0.1)  # what the key before began is over
    inspector = log.screen.query_one(Inspector)
    began = time.perf_counter()
    log.app.post_message(events.Key(key, key if len(key) == 1 else None))
    await _until(lambda: watch.acted > began)
    await _until(lambda: not inspector.display or inspector.index == log.cursor)
    shown = time.perf_counter()
    await _until(lambda: watch.painted > (shown if inspector.display else watch.acted))
    return watch.painted - began


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0)


def main() -> None:
    given = sys.argv[1] if len(sys.argv) > 1 else str(DEFAULT_RECORDS)
    recording = large_recording(int(given)) if given.isdecimal() else nullcontext(Path(given))
    with recording as path, tempfile.TemporaryDirectory() as home:
        os.environ["OCPPTUI_HOME"] = home
        opening = FileSession([path])
        while not opening.advance(1.0):
            pass
        resume_collections()  # as the program does
        print(f"{len(opening.session.timeline):,} records; median, and the slowest, in ms")
        worst = 0.0
        for size in SIZES:
            empty: dict[str, list[float]] = {name: [] for name in KEYS}
            full: dict[str, list[float]] = {name: [] for name in KEYS}
            for _ in range(ROUNDS):
                for into, session in ((empty, Session()), (full, opening.session)):
                    for name, seconds in asyncio.run(seconds_of(session, size)).items():
                        into[name] += seconds
            for name in KEYS:
                ratio = median(full[name]) / median(empty[name])
                worst = max(worst, ratio)
                print(
                    f"{size[0]}x{size[1]} {name}: empty {_ms(empty[name])}, full {_ms(full[name])}, {ratio:.2f} times"
                )
        asyncio.run(opening.close())
    print(f"key to paint: {worst:.2f} times the empty log (goal 1.5)")


def _ms(seconds: list[float]) -> str:
    return f"{median(seconds) * 1000:.1f} ({max(seconds) * 1000:.1f})"


if __name__ == "__main__":
    main()
