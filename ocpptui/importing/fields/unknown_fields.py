"""The fields around a frame whose names are of no known language: their values in the whole file may explain them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ocpptui.importing.fields.field_directions import direction_of
from ocpptui.importing.fields.field_vocabulary import (
    INFRASTRUCTURE,
    REMARKS,
    WRITERS,
    FieldMeaning,
    is_path_field,
    meanings,
    plain_name,
)
from ocpptui.importing.words.name_forms import path_name, within_topic, without_kind

LONGEST_UNKNOWN = 60
"""The most characters of the value of such a field."""


def unknown_fields(fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The fields with a word or a number whose names are of no known language, then those that say who wrote it."""
    written = list[tuple[str, str]]()
    for name, value in fields.items():
        if type(value) in (str, int) and len(str(value)[: LONGEST_UNKNOWN + 1]) <= LONGEST_UNKNOWN:
            plain = plain_name(name)
            is_writer = plain in WRITERS
            known = {meaning.field for meaning in meanings(name)}
            if known == {FieldMeaning.DIRECTION} and not direction_of(name, value):
                known.clear()  # an origin or a sender that has a name
            is_known = known or plain in REMARKS or plain in INFRASTRUCTURE
            if (is_writer or not (is_known or is_path_field(name))) and str(value)[:1] not in ("{", "[", ""):
                text = without_kind(str(value))
                span = path_name(text) if "/" in text else within_topic(text)
                one = name, text if span is None else text[slice(*span)]
                if is_writer:
                    written.append(one)
                else:
                    yield one
    yield from written
