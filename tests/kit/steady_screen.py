"""What makes a test of the screen the same on a busy machine; to import it is enough.

Textual's own wait, which each key and each `pilot.pause()` of a test ends with, measures how much the process computes.
A process that a busy machine does not let compute looks as if it had nothing to do, and the test asserts what comes of
a key that has not acted yet. And what popped up goes after five seconds, before such a test has looked for it.
"""

from __future__ import annotations

import asyncio
from time import process_time

import textual.app
import textual.pilot
from textual._wait import SLEEP_GRANULARITY, wait_for_idle

QUIET_TURNS = 3
"""Turns of the loop without anything to do; what comes over a loopback socket is there in the next one."""


async def until_idle(min_sleep: float = SLEEP_GRANULARITY, max_sleep: float = 1) -> None:
    """Wait as Textual does, and then until the loop has nothing to do or the process has computed for `max_sleep`."""
    end = process_time() + max_sleep
    await wait_for_idle(min_sleep, max_sleep)
    loop, quiet = asyncio.get_running_loop(), 0
    while quiet < QUIET_TURNS and process_time() < end:
        await asyncio.sleep(0)
        quiet = 0 if loop._ready else quiet + 1  # type: ignore[attr-defined]


for module in (textual.pilot, textual.app):
    setattr(module, wait_for_idle.__name__, until_idle)
textual.app.App.NOTIFICATION_TIMEOUT = 3600
