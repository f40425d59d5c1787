"""The headings of a log: above the lines of each charge point, or of each file that `tail` shows."""

from __future__ import annotations

from ocpptui.importing.prefixes.blanked_text import BLANK, blanked
from ocpptui.importing.prefixes.prefix_names import may_be_name, sure_name
from ocpptui.importing.words.name_forms import looks_like_name
from ocpptui.jsontext.lazy_pattern import lazily

HEADING = "heading"
"""The name of the field that a frame below a heading has."""
LONGEST = 120
"""The most characters of a heading."""
_OF_TAIL = lazily(r"==> (?:[^<>]*[/\\])?(?P<name>[^/\\<>]+?)(?:\.(?:log|txt|out|jsonl?))?(?:\.\d{1,3})? <==")
_HEADING = lazily(
    r"(?:#{1,6}(?=\s)|={2,80}|(?P<sign>[*~_-])(?P=sign){2,80})\s{0,4}(?P<text>[^\s=*~#_-][^=*~#]*?)\s{0,4}:?(?:[=*~#_-]*)"
)


def heading_in(line: str) -> str | None:
    """What the heading that a line is says of the lines below it: the charge point, or the name of a file; empty if it
    names none, None if the line is not a heading."""
    text = line.strip()
    if text[:1] not in "#=*~_-" or len(text) > LONGEST:
        return None
    of_tail = _OF_TAIL.fullmatch(text)
    if of_tail is not None:
        return of_tail["name"]
    heading = _HEADING.fullmatch(text)
    return None if heading is None else name_in_heading(heading["text"])


def is_of_tail(line: str) -> bool:
    """Whether a line is what `tail` writes above the lines of each file."""
    return _OF_TAIL.fullmatch(line.strip()) is not None


def name_in_heading(text: str) -> str:
    """The charge point that the text of a heading names; empty if it has more in it than that, such as a time."""
    is_name = may_be_name(text) and looks_like_name(text) and BLANK not in blanked(text)
    return sure_name(text) or (text if is_name else "")
