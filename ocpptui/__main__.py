"""The console script."""

from __future__ import annotations


def main() -> None:
    """Run the command line; the process ends with one of the documented exit codes."""
    from ocpptui.cli import program

    program()


if __name__ == "__main__":
    main()
