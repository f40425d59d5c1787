"""An element of XML with its fields in lines of their own: what is below its frame belongs to it as what is above.

`XMLLayout` of Log4j and `XMLFormatter` of Java write events so, and programs that export a list of objects. A field is
an attribute, an element with a text, or one with a name and a value: `<item key="chargePoint" value="CP-77"/>`.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import unescape

from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.lines.field_lines import MOST_LINES, of_object
from ocpptui.jsontext.lazy_pattern import lazily

_TAG = lazily(
    r"<(?P<end>/)?(?P<name>[A-Za-z_][\w.:-]{0,60})(?P<attributes>[^<>]{0,600}?)(?P<empty>/)?>(?:(?P<text>[^<>]{1,300})(?=</))?"
)
_ATTRIBUTE = lazily(r"(?<=\s)(?P<name>[A-Za-z_][\w.:-]{0,60})\s?=\s?(?:\"(?P<double>[^\"]*+)\"|'(?P<single>[^']*+)')")
_NAMES = ("name", "key")
_VALUES = ("value", "show")


class ElementLines:
    """The lines of an element around the frame that one of its fields has."""

    def __init__(self, found: FoundFrame, prefix: str, above: Iterable[str]) -> None:
        """`prefix`: the text before the frame in its line. `above`: the lines without a frame above it."""
        self.found = found
        self.has_ended = False
        """Whether its last line is there."""
        self._fields = dict[str, str]()
        self._open = list[str]()
        self._below = 0
        for line in above:
            if not self._read(line):
                self._open.clear()
                self._fields.clear()  # of the element before
        self._above = len(self._fields)
        self._depth = len(self._open)
        for name, value in _fields_in(prefix):
            self._fields.setdefault(name, value)

    @property
    def is_open(self) -> bool:
        """Whether the frame is in an element that began in a line above."""
        return self._depth > 0

    def take(self, line: str) -> bool:
        """Whether the next line belongs to the element, too."""
        self._below += 1
        if self._below > MOST_LINES or not line.lstrip().startswith("<"):
            return False
        self._read(line)
        self.has_ended = len(self._open) < self._depth
        return True

    def finish(self) -> FoundFrame:
        """The frame with what its element says."""
        return of_object(self.found, self._fields, any_below=len(self._fields) > self._above)

    def _read(self, line: str) -> bool:
        """Read the tags of a line; False if it has none, or closes what did not begin in these lines."""
        begin = line.lstrip()
        if not begin.startswith("<"):
            return False
        for name, value in _fields_in(line):
            self._fields.setdefault(name, value)
        for tag in _TAG.finditer(line):
            if tag["end"] is not None:
                if not self._open or self._open.pop() != tag["name"]:
                    return False
            elif tag["empty"] is None:
                self._open.append(tag["name"])
        return True


def _fields_in(line: str) -> Iterable[tuple[str, str]]:
    """The names and values of the fields in a line."""
    for tag in _TAG.finditer(line):
        attributes = {
            one["name"]: unescape(one["double"] if one["single"] is None else one["single"])
            for one in _ATTRIBUTE.finditer(tag["attributes"])
        }
        text = unescape(tag["text"] or "").strip()
        name = next((value for key, value in attributes.items() if key.lower() in _NAMES), "")
        value = next((value for key, value in attributes.items() if key.lower() in _VALUES), text)
        if name and value:
            yield name, value
            continue
        if text:
            yield tag["name"], text
        yield from attributes.items()
