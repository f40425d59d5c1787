"""The console script."""

from __future__ import annotations

import gc

OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""Threshold of the garbage collector. Python's default of 700 makes it visit all imported objects again and again."""


def main() -> None:
    """Run the command line; the process exits with one of the documented exit codes."""
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    from ocpptui.cli import program
    from ocpptui.cli.output import guard_streams

    guard_streams()
    program()


if __name__ == "__main__":
    main()
