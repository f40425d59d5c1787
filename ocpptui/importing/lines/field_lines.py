"""An object that a program prints with a field in each line: what is below its frame belongs to it as what is above.

Logstash's `rubydebug`, the shell of MongoDB, YAML with its keys in alphabetical order: the time of a frame is below it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ocpptui.importing.fields.field_vocabulary import FieldMeaning, meanings
from ocpptui.importing.found_frame import FoundFrame
from ocpptui.jsontext.lazy_pattern import lazily

MOST_LINES = 64
"""How many lines of an object are read below its frame, and above."""
_FIELD = lazily(
    r"(?P<indent>\s{0,40}(?:->? )?)[\"':\[]?(?P<key>[\w@.$-]{1,40})[\"'\]]?\s{0,30}(?:=>|[:=](?=\s|$))\s{0,9}"
    r"(?P<value>.{0,300})"
)
_TYPED = lazily(r"(?:Str|Int|Double|Bool)\((?P<value>.*)\)")
"""A value of an attribute, as the collector of OpenTelemetry prints it."""
_BRACKETS = lazily(r"\s*[)\]}]+[,;]?\s*")
_TELLING = frozenset((FieldMeaning.TIME, FieldMeaning.CHARGE_POINT, FieldMeaning.DIRECTION))
_OF_FRAME = frozenset((FieldMeaning.RAW, FieldMeaning.PAYLOAD))


class FieldLines:
    """The lines of an object around the frame that is one of its fields."""

    def __init__(self, found: FoundFrame, begin: re.Match[str], above: Sequence[tuple[int, str]]) -> None:
        """`begin`: the name of the field at the beginning of the line of the frame. `above`: the lines without a frame
        above it, each with its number."""
        self.found = found
        self.has_ended = False
        """Whether its last line is there."""
        self._fields = dict[str, str]()
        self._places = {(begin["indent"], begin["key"])}
        self._depth = self._below = 0
        number = found.line
        for number_above, line in reversed(above[-MOST_LINES:]):
            field, number = _FIELD.fullmatch(line), number - 1
            if number_above != number or (field is None and _BRACKETS.fullmatch(line) is None):
                break
            if field is not None and (not self._put(field) or "- " in field["indent"]):
                break
        self._above = len(self._fields)

    def take(self, line: str) -> bool:
        """Whether the next line belongs to the object, too."""
        self._below += 1
        if self._below > MOST_LINES:
            return False
        if _BRACKETS.fullmatch(line) is not None:
            self._depth -= 1
            self.has_ended = self._depth < 0
            return True
        field = _FIELD.fullmatch(line)
        if field is None or "- " in field["indent"] or not self._put(field):
            return False
        self._depth += field["value"].rstrip()[-1:] in ("{", "[", "(")
        return True

    def finish(self) -> FoundFrame:
        """The frame with what its object says."""
        # What is directly above has been read already.
        return of_object(self.found, self._fields, any_below=len(self._fields) > self._above)

    def _put(self, field: re.Match[str]) -> bool:
        """Add a field; False if the object has it already, so that another one begins."""
        place = field["indent"], field["key"]
        if place in self._places and not self._depth:
            return False
        self._places.add(place)
        value = field["value"].strip().rstrip(",").strip()
        if value.startswith("<<") and value.endswith(">>"):
            value = value[2:-2]  # a binary of Erlang
        typed = _TYPED.fullmatch(value)
        value = value if typed is None else typed["value"]
        if value[:1] in ("'", '"') and value[-1:] == value[:1]:
            value = value[1:-1]
        self._fields.setdefault(field["key"], value)
        return True


def of_object(found: FoundFrame, fields: dict[str, str], *, any_below: bool) -> FoundFrame:
    """A frame with what the fields of its object say, some of which may be in the lines below it."""
    from ocpptui.importing.objects.json_context import described, said_by, with_said  # which few logs need

    if not any(meaning.field in _TELLING for name in fields for meaning in meanings(name)):
        return found
    if not any_below:
        described(found, fields)
        return found
    said = said_by(fields)
    if said.moment is not None:
        found.time = None
    if said.way:
        found.direction = found.flow = found.leaning = None
    return with_said(found, said)


def object_of_field(found: FoundFrame, prefix: str, above: Sequence[tuple[int, str]]) -> FieldLines | None:
    """The object of a frame whose line begins with the name of a field that has it; None if it does not."""
    field = _FIELD.match(prefix)
    if field is None or not any(meaning.field in _OF_FRAME for meaning in meanings(field["key"])):
        return None
    return FieldLines(found, field, above)
