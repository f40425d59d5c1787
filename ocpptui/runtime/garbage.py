"""When Python collects garbage: not while the program starts, and seldom after that.

What a start makes (modules, classes, styles) stays until the end, and so does, for as long as it is open, what is known
of each connection of a file. A collection visits all of it and frees nothing.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""Threshold of the collector. Python's default of 700 makes it visit the same objects again and again."""
_FEW = OBJECTS_BETWEEN_COLLECTIONS // 10
_seen = (0, 0)
"""How many collections there have been, and how many objects they freed."""
_are_left = False
"""Whether survivors are left out."""


def hold_collections() -> None:
    """Collect nothing until `resume_collections` is called."""
    gc.disable()


def resume_collections() -> None:
    """Collect from now on, but never visit the objects that exist now."""
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    gc.enable()


def leave_out_survivors() -> None:
    """Never visit again what survived the collections since the last call, unless they freed many objects.

    What makes many objects that stay calls it after each of its steps; the next collection would take longer still.
    It is not a callback of the collector: Python swallows what a callback raises, such as the KeyboardInterrupt of a
    signal.
    """
    global _seen, _are_left
    stats = gc.get_stats()
    before, _seen = _seen, (sum(each["collections"] for each in stats), sum(each["collected"] for each in stats))
    if _seen[0] > before[0] and _seen[1] - before[1] < _FEW:
        _are_left = True
        gc.freeze()


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
