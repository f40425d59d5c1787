"""When Python collects garbage: not while the program starts, and seldom after that.

What a start makes (modules, classes, styles) stays until the end, and so does, for as long as it is open, what is known
of each connection of a file. A collection visits all of it and frees nothing.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from time import thread_time
from typing import Any

OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""Threshold of the collector. Python's default of 700 makes it visit the same objects again and again."""
LONG = 0.005
"""Seconds of a collection that freed nearly nothing, whose survivors are not visited again: with them, the next would
take longer still."""
_FEW = OBJECTS_BETWEEN_COLLECTIONS // 10
_began = 0.0
_are_left = False
"""Whether survivors are left out."""


def hold_collections() -> None:
    """Collect nothing until `resume_collections` is called."""
    gc.disable()


def resume_collections() -> None:
    """Collect from now on, but never visit the objects that exist now, nor those that survive a long collection."""
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    if _keep_short not in gc.callbacks:
        gc.callbacks.append(_keep_short)
    gc.enable()


def release_survivors() -> None:
    """Visit all of them again, once: what is known of a file is garbage when it is closed."""
    global _are_left
    if _are_left:
        _are_left = False
        gc.unfreeze()


@contextmanager
def held_collections() -> Iterator[None]:
    """Collect nothing meanwhile, and never visit what it makes."""
    hold_collections()
    try:
        yield
    finally:
        resume_collections()


def _keep_short(phase: str, info: dict[str, Any]) -> None:
    """Leave out the survivors of a long collection, unless it freed many objects: then they may be garbage soon."""
    global _began, _are_left
    if phase == "start":
        _began = thread_time()
    elif thread_time() - _began > LONG and info["collected"] < _FEW:
        _are_left = True
        gc.freeze()
