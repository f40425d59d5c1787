"""The exit codes of the program, for scripts."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit codes of every command."""

    DONE = 0
    FOUND = 1
    """The check found differences or problems, the peer answered with an error, or `--stop-on` stopped the session."""
    USAGE = 2
    """Wrong usage, or input that cannot be read."""
    NO_CONNECTION = 3
    """No connection, or it was refused."""
    TIMED_OUT = 4
    INTERRUPTED = 130
