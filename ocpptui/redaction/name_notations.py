"""The name of a person as files and users are called after it: `JaneDoe`, `doe_jane`, `jane.doe`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from ocpptui.ocpp.vocabulary import is_word_of_ocpp

MOST_PARTS = 4
"""Parts of a name that is looked for in other notations; more are a sentence."""
SHORTEST_JOINED = 6
"""Letters of a name that is looked for without anything between its parts."""
_BETWEEN = ("", "_", "-", ".", " ", ", ")
_PART = re.compile(r"[^\W\d_]+")


def name_notations(name: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """How else a name is written, and its parts in that order: as they are, and the last one first. None of those is
    a word of OCPP."""
    parts = tuple(_PART.findall(name))
    if not 1 < len(parts) <= MOST_PARTS:
        return
    for ordered in (parts, (parts[-1], *parts[:-1])):
        for between in _BETWEEN:
            written = between.join(ordered)
            is_long = between or len(written) >= SHORTEST_JOINED
            if is_long and written != name and not is_word_of_ocpp(written):
                yield written, ordered


def with_parts_replaced(text: str, parts: tuple[str, ...], new: Callable[[str], str]) -> str:
    """A name in any notation with each of its parts replaced; `parts` have as many letters as those in the text."""
    written, done = list[str](), 0
    for part in parts:
        while not text[done : done + 1].isalpha() and done < len(text):
            written.append(text[done])
            done += 1
        written.append(new(text[done : done + len(part)]))
        done += len(part)
    return "".join(written) + text[done:]
