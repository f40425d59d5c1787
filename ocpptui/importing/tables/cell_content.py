"""What one cell of a table may contain, by its content alone."""

from __future__ import annotations

from typing import Any

import orjson

from ocpptui.importing.fields.field_values import message_type_of
from ocpptui.importing.fields.field_vocabulary import FieldMeaning, meanings
from ocpptui.importing.texts.frame_scanner import START
from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.jsontext.tokens import value_end
from ocpptui.ocpp.envelope_start import may_be_envelope
from ocpptui.ocpp.json_encoding import parse
from ocpptui.ocpp.message import Message
from ocpptui.timeline.record import RecordKind

MOST_TAGS = 64
LONGEST_TAGS = 4096
"""The most characters of a cell with tags."""
_TELLING = frozenset((FieldMeaning.CHARGE_POINT, FieldMeaning.DIRECTION, FieldMeaning.CONNECTION))
_KINDS = frozenset(RecordKind.__members__)
"""A byte that is not UTF-8."""
DAY = lazily(r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4})(?:[ T]00:00(?::00(?:\.0+)?)?)?")
"""A day as digits; a workbook adds midnight to it."""


def is_frame_text(cell: str) -> bool:
    """Whether a cell contains a frame, or a SOAP envelope, and nothing else."""
    if cell[:1] == "<":
        return cell.endswith("Envelope>") and may_be_envelope(cell)
    return cell[:1] == "[" and cell[-1:] == "]" and isinstance(parse(cell), Message)


def has_frame(cell: str) -> bool:
    """Whether a whole frame is somewhere in a cell, as in a line of a log."""
    match = START.search(cell)
    if match is None or match["escape"] or match["escape2"]:
        return match is not None
    end = value_end(cell, match.start())
    return end is not None and isinstance(parse(cell[match.start() : end]), Message)


def is_message_type(cell: str) -> bool:
    """Whether a cell states a message type or the kind of one of our own records."""
    return message_type_of(cell) is not None or cell in _KINDS


def is_object(cell: str) -> bool:
    """Whether a cell contains a JSON object."""
    if cell[:1] != "{":
        return False
    try:
        return type(orjson.loads(cell)) is dict
    except orjson.JSONDecodeError:
        return False


def tags_of_cell(cell: str) -> dict[str, Any] | None:
    """The fields that a cell has as tags, `env:prod,station:CP-77`; None if it has none that say something of a
    frame."""
    if ":" not in cell or len(cell) > LONGEST_TAGS:
        return None
    from ocpptui.importing.fields.listed_fields import tags_in  # which few files need

    fields = tags_in([tag.strip() for tag in cell.split(",", MOST_TAGS)])
    tells = fields is not None and any(meaning.field in _TELLING for name in fields for meaning in meanings(name))
    return fields if tells else None


def is_description(cell: str) -> bool:
    """Whether a cell may describe the frame beside it: it has a JSON object, or tags."""
    return is_object(cell) or tags_of_cell(cell) is not None
