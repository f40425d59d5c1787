"""Messages so large that a thread reads them, so that the other connections do not wait."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import cache

LARGE = 2**17
"""Bytes. A message of this size takes less than 50 ms, whatever is in it; a larger one goes to the thread."""


@cache
def thread_of_large_messages() -> ThreadPoolExecutor:
    """The one thread: it takes one message after the other, so that only one of them takes memory."""
    return ThreadPoolExecutor(1, "large messages")
