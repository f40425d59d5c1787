"""The files of this repository that are made from the code.

    python -m tests.generate

writes them; `tests/test_generate.py` says which one is out of date.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ocpptui.tui.keys_page import keys_page
from tests.filter_page import filter_page
from tests.versions_page import versions_page

ROOT = Path(__file__).parent.parent
PAGES: dict[str, Callable[[], str]] = {
    "docs/FILTER.md": filter_page,
    "docs/KEYS.md": keys_page,
    "docs/VERSIONS.md": versions_page,
}
"""What makes the text of each file."""


def main() -> None:
    for name, text in PAGES.items():
        (ROOT / name).write_text(text(), encoding="utf-8", newline="\n")
        print(name)


if __name__ == "__main__":
    main()
