"""The console script."""

from __future__ import annotations

from ocpptui.runtime.garbage import hold_collections, resume_collections


def main() -> None:
    """Run the command line; the process exits with one of the documented exit codes."""
    hold_collections()
    from ocpptui.cli import program
    from ocpptui.cli.output import guard_streams

    resume_collections()
    guard_streams()
    program()


if __name__ == "__main__":
    main()
