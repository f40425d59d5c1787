"""Confidential values after a telling name in running text: `idTag=04A1B2`, `card 0487AB`, `EVCCID=…;EMAID=…`, and
the names of people after `user`, `Mr` and the like."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ocpptui.ocpp.vocabulary import is_word_of_ocpp
from ocpptui.redaction.personal_names import is_personal_name, names_a_person
from ocpptui.redaction.places import CAPITALIZED, PARTICLES, is_personal_value, is_sure_label


class LabelledValue(NamedTuple):
    """A value in a text, without its label."""

    label: int
    """Where the label starts."""
    start: int
    end: int
    is_name: bool
    """Whether it is the name of a person."""


def labelled_values(text: str) -> Iterator[LabelledValue]:
    """The confidential values with a label in a text, in order and without overlaps."""
    done = 0
    for match in _LABELLED.finditer(text):
        label, sign, start = match["label"], match["sign"], match.start("value")
        if start < done:
            continue
        is_name = names_a_person(label)
        rest = _NAME_OF_A_PERSON if is_name and sign else _IN_GROUPS if is_personal_name(label) else None
        whole = None if rest is None else rest.match(text, start)
        end = match.end() if whole is None else max(whole.end(), match.end())
        if not _is_telling(label, sign, text[start:end]):
            continue
        done = end
        yield LabelledValue(match.start(), start, done, is_name)


def names_in(text: str) -> Iterator[tuple[int, int]]:
    """The places of names of people after a title, or after a word such as `user` or `driver`."""
    for match in _ADDRESSED.finditer(text):
        words = match["name"].split()
        if len(words) < (1 if match["title"] else 2) or any(map(is_word_of_ocpp, words)):
            continue
        yield match.span("name")


def _is_telling(label: str, sign: str | None, value: str) -> bool:
    """Whether a label names something confidential, and the value after it can be that."""
    has_digit = any(map(str.isdigit, value))
    if sign is None:  # only a space is between them
        return has_digit and (is_sure_label(label) or (is_personal_name(label) and len(value) >= SHORTEST))
    if is_sure_label(label):
        return has_digit or is_personal_value(value)
    if not is_personal_name(label) or not is_personal_value(value):
        return False
    return has_digit or ":" not in sign or sign[-1] in "\"'" or "@" in value or value != value.lower()


SHORTEST = 4
"""Characters of a value that has nothing but a space between its label and itself."""
_VALUE_PART = r"[^<>&\s\"',;|{}\[\]\\]"
_SIGN = r"\\*[\"']?[ \t]*(?:=|:|>)[ \t]*\\*[\"']?"
_PLATE = r"(?-i:[A-Z]{1,3}[ -][A-Z]{1,3}[ -][0-9])"
"""The beginning of the plate of a car whose digits are behind a space."""
_LABELLED = re.compile(
    r"(?<![/\w])(?P<label>[A-Za-z][\w-]{1,60})\.?(?: (?:no|nr|num|number|id|uid|code)\b\.?)?"
    rf"(?:(?P<sign>{_SIGN})|[ \t]+(?={_VALUE_PART}{{0,40}}[0-9]|{_PLATE}))(?P<value>{_VALUE_PART}+)",
    re.IGNORECASE,
)
_IN_GROUPS = re.compile(rf"{_VALUE_PART}{{1,40}}+(?: (?:(?:0x)?[0-9A-Fa-f]{{2}}|[0-9][0-9/-]*)(?![\w.:])){{1,12}}")
"""A number that is written in groups, such as that of a phone, a card or a plate."""
_NAME_OF_A_PERSON = re.compile(rf"{CAPITALIZED}(?: {PARTICLES}{CAPITALIZED}){{1,3}}")
_ADDRESSED = re.compile(
    rf"\b(?:(?P<title>(?:Mr|Mrs|Ms|Dr|Prof|Herr|Herrn|Frau|Monsieur|Madame|Señora?)\b\.?)"
    r"|(?:[Uu]ser|[Dd]river|[Cc]ustomer|[Oo]wner|[Hh]older|[Cc]ardholder|[Mm]ember|[Nn]ame)\b) "
    rf"(?P<name>{CAPITALIZED}(?: {CAPITALIZED}){{0,3}})"
)
