"""When Python collects garbage: not while the program starts, and seldom after that.

What a start makes (modules, classes, styles) stays until the end. A collection visits all of it and frees nothing.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""Threshold of the collector. Python's default of 700 makes it visit the same objects again and again."""


def hold_collections() -> None:
    """Collect nothing until `resume_collections` is called."""
    gc.disable()


def resume_collections() -> None:
    """Collect from now on, but never visit the objects that exist now."""
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    gc.enable()


@contextmanager
def held_collections() -> Iterator[None]:
    """Collect nothing meanwhile, and never visit what it makes."""
    hold_collections()
    try:
        yield
    finally:
        resume_collections()
