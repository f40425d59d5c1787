"""Whether the tests reach each module, not only the whole.

    coverage json -q -o coverage.json && python -m tests.kit.module_coverage coverage.json

names each module of more than `LARGE` statements of which the tests reach less than `LEAST` per cent, lines and
branches together, and then fails. Not every module has a test file of its name; many are tested by those of their room.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

LARGE = 30
"""Statements."""
LEAST = 75
"""Per cent."""


def untested(report: Path) -> dict[str, float]:
    """The modules that are reached too little, with how much of them is."""
    files = json.loads(report.read_text(encoding="utf-8"))["files"]
    shares = {name: file["summary"] for name, file in files.items()}
    return {
        name: round(summary["percent_covered"], 1)
        for name, summary in sorted(shares.items())
        if summary["num_statements"] > LARGE and summary["percent_covered"] < LEAST
    }


def main() -> int:
    found = untested(Path(sys.argv[1]))
    for name, share in found.items():
        print(f"{name}: the tests reach {share} % of it; {LEAST} % are asked for")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
