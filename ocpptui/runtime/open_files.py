"""How many files and sockets this process may have open at once."""

from __future__ import annotations

import sys

SPARE = 64
"""How many files the program needs besides the connections."""


def allow_open_files(count: int) -> int:
    """Ask the system for `count` files besides our own; return how many it allows, `count` if there is no limit."""
    if sys.platform == "win32":
        return count
    try:
        import resource
    except ImportError:
        return count
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count + SPARE
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return count
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    except (ValueError, OSError):  # macOS may allow less than its own limit says
        allowed = soft
    return max(0, allowed - SPARE)
