"""The console script."""

from __future__ import annotations

from ocpptui.runtime.garbage import held_collections


def main() -> None:
    """Run the command line; the process exits with one of the documented exit codes."""
    with held_collections():
        from ocpptui.cli import program
        from ocpptui.cli.output import guard_streams

    program.loading = held_collections
    guard_streams()
    program()


if __name__ == "__main__":
    main()
