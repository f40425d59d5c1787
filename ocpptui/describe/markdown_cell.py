"""Cells of a table in Markdown: a text is rendered as it is, and can be read back."""

from __future__ import annotations

import re
from html import unescape

from ocpptui.describe.safe_text import single_line


def code(text: str) -> str:
    """A text as it is, between backticks; since a table forbids `|` in them, a text with one is an `escaped_cell`."""
    shown = single_line(text)
    if "|" in shown or not shown.strip():
        return escaped_cell(shown)
    fence = "`" * (max(map(len, _BACKTICKS.findall(shown)), default=0) + 1)
    edge = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{edge}{shown}{edge}{fence}"


def escaped_cell(text: str) -> str:
    """A text that is rendered literally in a table cell: no mark-up, no HTML, no link, no mention, no line end."""
    return _MARKS.sub(lambda match: f"&#{ord(match.group())};", single_line(text))


def cell_texts(row: str) -> list[str]:
    """The texts of the cells in a row of a table."""
    return [_text_of(cell.strip(" ")) for cell in row.strip().removeprefix("|").removesuffix("|").split("|")]


def _text_of(cell: str) -> str:
    fence = _BACKTICKS.match(cell)
    if fence is None:
        return unescape(cell)
    inner = cell[fence.end() : -len(fence[0])]
    return inner[1:-1] if inner[:1] == " " == inner[-1:] and inner.strip() else inner


_MARKS = re.compile(r"""[^\w\s.,;"'?%=+:/…()-]|_|(?<=w)\.|:(?!\s|$)|/(?=/)|(?<=/)/""")
"""Everything that a renderer could interpret, including the dot that makes a link of `www.example.org`, and a colon or
slashes that could make one of `http://` or `mailto:`, or an emoji of `:name:`. A bracket `(` links nothing without `[`,
which is escaped."""
_BACKTICKS = re.compile("`+")
