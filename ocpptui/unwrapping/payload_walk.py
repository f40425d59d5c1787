"""Looks through a payload for values that contain something else, and unwraps them. Nothing raises, all is bounded.

The library for certificates takes long to load, so that it is imported when the first value needs it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from ocpptui.jsontext.path import json_path
from ocpptui.jsontext.text import indented, readable
from ocpptui.jsontext.tokens import Steps
from ocpptui.ocpp.counted import counted
from ocpptui.ocpp.json_defects import why_not_json
from ocpptui.ocpp.secrets import mask_text
from ocpptui.unwrapping.der import SHORTEST, bytes_of_base64, der_length
from ocpptui.unwrapping.ocmf import PREFIX, ocmf_lines
from ocpptui.unwrapping.plain_values import EXI_FIELDS, duration_contents, exi_contents, url_contents
from ocpptui.unwrapping.signed_meter_values import (
    is_signed_meter_value,
    signed_meter_value_lines,
    unknown_signed_data,
)
from ocpptui.unwrapping.unwrapped import InsideLine, Unwrapped, problem_line, text_line

if TYPE_CHECKING:
    from ocpptui.unwrapping.certificate_places import CertificateKnowledge

LONGEST_TEXT = 100_000
"""Characters of the longest text that is looked into."""
MOST_TEXT = 500_000
"""Characters of all texts of a payload that are looked into: each signature in them takes its time."""
MOST_VALUES = 20_000
"""How many values of a payload are looked at."""
MOST_UNWRAPPED = 40
"""How many values are unwrapped for one payload."""
OCSP_FIELD = "ocspResult"
"""Base64 by its definition (OCPP 2.x Part 2 GetCertificateStatusResponse); a failure has 8 characters."""
_LENGTH_OF_CERTIFICATES = 0x82
"""The second byte of DER of 256 to 65,535 bytes, as certificates have."""
DEEPEST = 60
"""Levels of a payload, those within texts included."""
MOST_LINES = 120
"""Lines of a text or of JSON within a value."""


@dataclass(slots=True)
class Looking:
    """What is the same for all values of a payload, and how much of it was seen."""

    time: int
    """Of the record, in µs since 1970."""
    meter_keys: Sequence[str] = ()
    """Public keys of meters that the user has given."""
    knowledge: CertificateKnowledge | None = None
    """What the log has said of certificates before."""
    holder: dict[str, Any] = field(default_factory=dict)
    """The object that has the value which is looked at."""
    seen: int = 0
    characters: int = 0


def unwrapped(
    payload: Any, time: int, meter_keys: Sequence[str] = (), knowledge: CertificateKnowledge | None = None
) -> Iterator[Unwrapped]:
    """The contents of the values of a payload, in its order.

    `time` is that of the record, in µs since 1970; `meter_keys` are public keys that the user has given, `knowledge` is
    what the log has said of certificates before.
    """
    walk = Looking(time, meter_keys, knowledge)
    for number, found in enumerate(_within(walk, (), payload)):
        if number == MOST_UNWRAPPED:
            yield Unwrapped("$", f"more than {MOST_UNWRAPPED} values have contents; the others are not shown")
            return
        yield found
    if walk.seen > MOST_VALUES:
        yield Unwrapped("$", f"more than {MOST_VALUES:,} values; the others are not looked into")
    elif walk.characters > MOST_TEXT:
        yield Unwrapped("$", f"more than {MOST_TEXT:,} characters of text; the others are not looked into")


def _within(walk: Looking, steps: Steps, value: Any) -> Iterator[Unwrapped]:
    walk.seen += 1
    if walk.seen > MOST_VALUES or len(steps) > DEEPEST:
        return
    if isinstance(value, str):
        yield from _in_text(walk, steps, value)
    elif isinstance(value, dict):
        yield from _in_object(walk, steps, value)
        if is_signed_meter_value(value):
            return  # it is unwrapped as a whole, since the key is beside the data
        for name, inner in value.items():
            walk.holder = value
            yield from _within(walk, (*steps, name), inner)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _within(walk, (*steps, number), inner)


def _in_object(walk: Looking, steps: Steps, value: dict[str, Any]) -> Iterator[Unwrapped]:
    if is_signed_meter_value(value):
        size = sum(len(inner) for inner in value.values() if isinstance(inner, str))
        walk.characters += size
        if size > LONGEST_TEXT:
            yield Unwrapped(json_path(steps), f"signed meter value, {size:,} characters, too many to look into")
        else:
            what, lines = signed_meter_value_lines(value, walk.meter_keys)
            yield Unwrapped(json_path(steps), what, tuple(lines))
    if isinstance(pem := value.get("certificate"), str) and "idToken" in value and "-----BEGIN" in pem[:LONGEST_TEXT]:
        from ocpptui.unwrapping.contracts import contract_problems

        if lines := contract_problems(value["idToken"], pem[:LONGEST_TEXT]):
            yield Unwrapped(json_path((*steps, "certificate")), "contract of another token", tuple(lines))
    if "issuerNameHash" in value and "serialNumber" in value:
        from ocpptui.unwrapping.ocsp import hash_data_lines

        yield Unwrapped(json_path(steps), "hashes that name a certificate", tuple(hash_data_lines(value)))


def _in_text(walk: Looking, steps: Steps, text: str, wrapped: str = "") -> Iterator[Unwrapped]:
    """The contents of a text; `wrapped` says what it was taken out of, such as base64."""
    if len(text) > LONGEST_TEXT:
        yield Unwrapped(json_path(steps), f"{len(text):,} characters, too many to look into")
        return
    walk.characters += len(text)
    if walk.characters > MOST_TEXT:
        return
    if steps and steps[-1] in EXI_FIELDS:
        yield _found(steps, *exi_contents(text), wrapped)
    elif text.lstrip()[:1] in ("{", "["):
        yield from _in_json(walk, steps, text, wrapped)
    elif "-----BEGIN" in text:
        from ocpptui.unwrapping.certificate_places import use_of
        from ocpptui.unwrapping.certificates import pem_contents

        use = use_of(str(steps[-1]), walk.holder) if steps else None
        if (found := pem_contents(text, walk.time, use, walk.knowledge)) is not None:
            yield _found(steps, found[0], found[1], wrapped)
    elif text.lstrip().startswith(PREFIX):
        yield _found(steps, "signed meter value, OCMF", ocmf_lines(text, None, walk.meter_keys), wrapped)
    elif text.startswith("AP;") or (text.lstrip().startswith("<") and "<signed" in text):
        yield _found(steps, *unknown_signed_data(text), wrapped)
    elif (url := url_contents(text)) is not None:
        yield _found(steps, *url, wrapped)
    elif (words := duration_contents(text)) is not None:
        yield _found(steps, words, [], wrapped)
    elif (data := bytes_of_base64(text, 4 if steps and steps[-1] == OCSP_FIELD else SHORTEST)) is not None:
        yield from _in_bytes(walk, steps, data)


def _in_json(walk: Looking, steps: Steps, text: str, wrapped: str) -> Iterator[Unwrapped]:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        if steps and steps[-1] == "data":  # of a DataTransfer
            why = why_not_json(text)
            yield _found(steps, "text that begins as JSON", [problem_line(f"{why[:1].upper()}{why[1:]}.")], wrapped)
        return
    if value and not (isinstance(value, dict) and is_signed_meter_value(value)):
        yield _found(steps, "JSON in a text", json_lines(text), wrapped)
    yield from _within(walk, steps, value)


def json_lines(text: str) -> list[InsideLine]:
    """JSON as a tree, its beginning if it is long."""
    return _beginning("json", readable(indented(text)).split("\n"))


def _beginning(sort: str, lines: list[str]) -> list[InsideLine]:
    shown = [InsideLine(sort, line) for line in lines[:MOST_LINES]]
    if len(lines) > MOST_LINES:
        shown.append(InsideLine("dim", f"… {len(lines) - MOST_LINES:,} more lines"))
    return shown


def _in_bytes(walk: Looking, steps: Steps, data: bytes) -> Iterator[Unwrapped]:
    length = der_length(data)
    if length == len(data):
        from ocpptui.unwrapping.certificates import der_contents
        from ocpptui.unwrapping.ocsp import ocsp_contents

        found = der_contents(data, walk.time) or ocsp_contents(data, walk.time)
        if found is None:
            found = "DER", [text_line(f"{len(data):,} bytes: no certificate, request for one, key or OCSP message.")]
        yield _found(steps, found[0], found[1], "base64")
        return
    if length is not None and length > len(data) and data[1] == _LENGTH_OF_CERTIFICATES:
        words = f"It begins as DER of {counted(length, 'byte')}, but only {len(data):,} of them are here."
        yield _found(steps, "DER that is cut off", [problem_line(words)], "base64")
        return
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return
    if not text or not all(character.isprintable() or character in "\r\n\t" for character in text):
        return
    if not text.lstrip().startswith(PREFIX):  # which is signed as it is
        text = mask_text(text)  # what is in base64 was not masked with the record
    inner = list(_in_text(walk, steps, text, "base64"))
    yield from inner or [_found(steps, "text", _beginning("text", text.splitlines()), "base64")]


def _found(steps: Steps, what: str, lines: list[InsideLine], wrapped: str) -> Unwrapped:
    return Unwrapped(json_path(steps), f"{what} (in {wrapped})" if wrapped else what, tuple(lines))
