"""The console script."""

from __future__ import annotations

import gc

OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""For the garbage collector. Python's own 700 make it look through everything that is imported again and again."""


def main() -> None:
    """Run the command line; the process ends with one of the documented exit codes."""
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    from ocpptui.cli import program

    program()


if __name__ == "__main__":
    main()
