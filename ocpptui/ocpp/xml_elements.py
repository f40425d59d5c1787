"""XML as text: the elements with their positions, even in a truncated or broken text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

MAX_ELEMENTS = 200_000
"""The most elements that are read; an OCPP envelope has a few hundred."""


@dataclass(slots=True)
class XmlElement:
    """An element and its position, in characters. One that is never closed ends where its parent or the text ends."""

    name: str
    """Without its prefix."""
    start: int
    """Of its start tag."""
    content: int
    """Where its content starts."""
    content_end: int = -1
    end: int = -1
    """After its end tag."""
    children: list[XmlElement] = field(default_factory=list)

    def child(self, name: str) -> XmlElement | None:
        """The first child of this name."""
        return next((child for child in self.children if child.name == name), None)


def xml_elements(text: str) -> list[XmlElement]:
    """The outermost elements of a text, as a tree; text around the tags is skipped. Never raises."""
    outermost: list[XmlElement] = []
    open_ones: list[XmlElement] = []
    open_names: Counter[str] = Counter()
    count = 0
    for match in _MARKUP.finditer(text):
        name = match["name"]
        if name is None:
            continue
        if match["closing"]:
            if open_names[name]:
                _close(open_ones, open_names, match)
            continue
        element = XmlElement(name, match.start(), match.end())
        (open_ones[-1].children if open_ones else outermost).append(element)
        if match["empty"]:
            element.content_end = element.end = match.end()
        else:
            open_ones.append(element)
            open_names[name] += 1
        count += 1
        if count == MAX_ELEMENTS:
            break
    for element in open_ones:
        element.content_end = element.end = len(text)
    return outermost


def element_text(text: str, element: XmlElement) -> str:
    """What the content of an element means: entities resolved, CDATA opened, tags and comments omitted."""
    from html import unescape  # slow to load, and seldom needed

    parts: list[str] = []
    done = element.content
    for match in _MARKUP.finditer(text, element.content, element.content_end):
        parts.append(unescape(text[done : match.start()]))
        parts.append(match["cdata"] or "")
        done = match.end()
    parts.append(unescape(text[done : element.content_end]))
    return "".join(parts)


def xml_indented(text: str) -> str:
    """XML text with one element per line, indented by two spaces per level; the text of an element stays as it is."""
    lines: list[str] = []
    done = _indent(text, xml_elements(text), 0, 0, lines)
    lines += _between(text[done:], 0)
    return "\n".join(lines)


def _indent(text: str, elements: list[XmlElement], done: int, depth: int, lines: list[str]) -> int:
    """The lines of some elements and of the text before them; the position at which the last of them ends."""
    for element in elements:
        lines += _between(text[done : element.start], depth)
        pad = "  " * min(depth, _DEEPEST)
        if element.children and depth < _DEEPEST:
            lines.append(pad + text[element.start : element.content])
            inner = _indent(text, element.children, element.content, depth + 1, lines)
            lines += _between(text[inner : element.content_end], depth + 1)
            if element.content_end < element.end:
                lines.append(pad + text[element.content_end : element.end])
        else:
            lines += (pad + text[element.start : element.end]).split("\n")
        done = element.end
    return done


def _between(text: str, depth: int) -> list[str]:
    """The text between two tags, if it is more than white space."""
    return [f"{'  ' * depth}{line.strip()}" for line in text.split("\n") if line.strip()]


_DEEPEST = 100
"""Levels that get a line of their own."""


def walk(elements: list[XmlElement]) -> Iterator[XmlElement]:
    """Every element, each before those in it."""
    waiting = elements[::-1]
    while waiting:
        element = waiting.pop()
        yield element
        waiting += element.children[::-1]


def _close(open_ones: list[XmlElement], open_names: Counter[str], tag: re.Match[str]) -> None:
    """End the innermost open element that a closing tag names, and with it those in it that were never closed."""
    while True:
        element = open_ones.pop()
        open_names[element.name] -= 1
        element.content_end = element.end = tag.start()
        if element.name == tag["name"]:
            element.end = tag.end()
            return


_MARKUP = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<!\[CDATA\[(?P<cdata>.*?)(?:\]\]>|\Z)"
    r"|<[?!][^>]*(?:>|\Z)"
    r"|<(?P<closing>/?)(?:[^\s<>/:\"'=]++:)?(?P<name>[^\s<>/:\"'=]++)"
    r"(?>(?:[^<>\"'/]++|/(?!>)|\"[^\"]*+\"|'[^']*+')*)(?P<empty>/?)>",
    re.DOTALL,
)
"""A tag, or a construct that may contain characters that look like one."""
