"""The files of this repository that are made from the code.

    python -m tests.generate

writes them; `tests/test_generate.py` says which one is out of date. Each begins with a comment that names its source.
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
ADVICE = "change that, then run `python -m tests.generate`."


def source_of(name: str) -> str:
    """The path of the file that has the words of a page."""
    return f"{PAGES[name].__module__.replace('.', '/')}.py"


def text_of(name: str) -> str:
    """The whole text of a file; its first line, which no reader sees, says who makes it."""
    return f"<!-- {source_of(name)} makes this page: {ADVICE} -->\n\n{PAGES[name]()}"


def main() -> None:
    for name in PAGES:
        (ROOT / name).write_text(text_of(name), encoding="utf-8", newline="\n")
        print(name)


if __name__ == "__main__":
    main()
