"""Signed readings in the Open Charge Metering Format: `OCMF|{the data}|{the signature}`.

Source: OCMF 1.0 to 1.4 (SAFE e.V.), sections "Payload Data", "Signature" and "Signature Algorithms". The signature is
over the bytes of the data section, exactly as they are between the two bars.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from ocpptui.ocpp.json_defects import why_not_json
from ocpptui.ocpp.payload import measured_at, objects_at, shown_text, text_at, texts_at, value_at
from ocpptui.unwrapping.unwrapped import InsideLine, field_line, problem_line, text_line

PREFIX = "OCMF|"
MOST_READINGS = 50
MOST_KEYS = 100


class OcmfText(NamedTuple):
    """The sections of an OCMF text."""

    signed: str
    """The data section as it is signed."""
    data: dict[str, Any]
    signature: dict[str, Any]


def ocmf_of(text: str) -> OcmfText | str:
    """The sections of an OCMF text, or the reason why it is not one."""
    text = text.strip()
    if not text.startswith(PREFIX):
        return "it does not begin with OCMF|"
    decoder = json.JSONDecoder()
    start = len(PREFIX)
    try:
        # A bar may be within a string of the data, so that the text is not simply cut at the bars.
        data, end = decoder.raw_decode(text, start + _blanks(text, start))
    except (ValueError, RecursionError):
        return f"its data section is broken ({why_not_json(text[start:])})"
    bar = text.find("|", end)
    if isinstance(data, dict) and not text[end:].strip(" |"):
        return "it ends before its signature section"
    if not isinstance(data, dict) or bar < 0 or text[end:bar].strip():
        return "its data section is not one JSON object before a bar"
    try:
        signature = decoder.decode(text[bar + 1 :])
    except (ValueError, RecursionError):
        return f"its signature section is broken ({why_not_json(text[bar + 1 :])})"
    if not isinstance(signature, dict):
        return "its signature section is not a JSON object"
    return OcmfText(text[start:bar], data, signature)


def ocmf_lines(text: str, public_key: str | None, given: Sequence[str] = ()) -> list[InsideLine]:
    """The readings in an OCMF text, who charged, and whether the signature fits a key.

    `public_key` is that in the message, None if there is none; `given` are those that the user has given.
    """
    ocmf = ocmf_of(text)
    if isinstance(ocmf, str):
        return [problem_line(f"The OCMF text cannot be read: {ocmf}.")]
    return [*_data_lines(ocmf.data), verification_line(ocmf, public_key, given)]


def _data_lines(data: dict[str, Any]) -> Iterator[InsideLine]:
    for name, keys in _FIELDS.items():
        words = " ".join(part for key in keys if (part := shown_text(data, key)))
        if words:
            yield field_line(name, words)
    if (page := shown_text(data, "PG")) and _PAGE.fullmatch(page):
        yield field_line("page", f"{page[1:]} of the {'transactions' if page[0] == 'T' else 'fiscal readings'}")
    elif page:
        yield problem_line(f"Its pagination is {page}, not T or F with a number.")
    if (identified := value_at(data, "IS")) is not None:
        known = _IDENTIFIED[identified] if isinstance(identified, bool) else shown_text(identified)
        parts = (known, *(shown_text(data, key) for key in ("IT", "ID", "IL")), ", ".join(texts_at(data, "IF")))
        yield field_line("identification", " · ".join(part for part in parts if part))
    readings = list(_readings(data))
    for reading in readings[:MOST_READINGS]:
        yield field_line("reading", _reading_words(reading))
    if len(readings) > MOST_READINGS:
        yield text_line(f"{len(readings) - MOST_READINGS} more readings are not shown.")
    if not readings:
        yield problem_line("It has no readings (RD).")
    yield from _differences(readings)


def _readings(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The readings; a field that is missing is that of the reading before."""
    before: dict[str, Any] = {}
    for reading in objects_at(data, "RD"):
        inherited = {key: before[key] for key in ("TM", "RI", "RU", "RT", "EF", "ST") if key in before}
        before = inherited | reading
        yield before


def _reading_words(reading: dict[str, Any]) -> str:
    kind = shown_text(reading, "TX")
    value = f"{value_at(reading, 'RV')} {shown_text(reading, 'RU')}".rstrip()
    status, flags = shown_text(reading, "ST"), shown_text(reading, "EF")
    return " · ".join(
        part
        for part in (
            _KINDS.get(kind, kind),
            value[:100],
            shown_text(reading, "RI"),
            shown_text(reading, "TM"),
            f"meter status {status}" if status and status != "G" else "",
            f"errors {flags}" if flags else "",
        )
        if part
    )


def _differences(readings: list[dict[str, Any]]) -> Iterator[InsideLine]:
    """For each register, the last value of a transaction minus its first."""
    begins: dict[tuple[str, str], float] = {}
    ends: dict[tuple[str, str], float] = {}
    for reading in readings:
        register = (shown_text(reading, "RI"), shown_text(reading, "RU"))
        value, kind = measured_at(reading, "RV"), shown_text(reading, "TX")
        if value is None:
            continue
        if kind == "B":
            begins.setdefault(register, value)
        elif kind in _ENDS:
            ends[register] = value
    for register, end in ends.items():
        if register not in begins:
            continue
        name, unit = register
        difference = end - begins[register]
        amount = f"{difference:.6f}".rstrip("0").rstrip(".")
        if difference < 0:
            yield problem_line(f"The register {name or 'without a name'} went backwards: {amount} {unit}.")
        else:
            yield field_line(
                "difference", " ".join(part for part in (amount, unit, f"({name})" if name else "") if part)
            )


def verification_line(ocmf: OcmfText, public_key: str | None, given: Sequence[str] = ()) -> InsideLine:
    """Whether the signature was made over the data with the private part of a key; the reason if that is unknown.

    The keys that the user has given come first: who changes the data can change the key beside it.
    """
    if not text_at(ocmf.signature, "SD"):
        return problem_line("It has no signature (SD).")
    if any(_fits(ocmf, key) is True for key in given[:MOST_KEYS]):
        return text_line("Signature valid: verified with a public key of the configuration.")
    if not public_key:
        if given:
            return text_line(
                "Signature not verified, because the message does not contain the public key, "
                "and none of the configuration fits."
            )
        return text_line("Signature not verified, because the message does not contain the public key.")
    fits = _fits(ocmf, public_key)
    if isinstance(fits, str):
        return text_line(f"Signature not verified, because {fits}.")
    if fits:
        other = ", which is not one of the configuration" if given else ""
        return text_line(f"Signature valid: verified with the public key in the message{other}.")
    return problem_line(
        "Signature invalid: the data was changed after it was signed, or the public key in the message is another one."
    )


def _fits(ocmf: OcmfText, public_key: str) -> bool | str:
    """Whether the signature fits; the reason if it cannot be checked."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    from ocpptui.unwrapping.key_words import UNREADABLE
    from ocpptui.unwrapping.public_keys import CURVES, public_key_of

    algorithm = text_at(ocmf.signature, "SA") or "ECDSA-secp256r1-SHA256"
    match = _ALGORITHM.fullmatch(algorithm)
    if match is None:
        return f"the algorithm {algorithm[:60]} is not known"
    curve = match["curve"].lower().replace("brainpoolp", "brainpool")
    if curve not in CURVES:
        return f"the curve {match['curve']} is not supported"
    signature = _signature_bytes(ocmf.signature)
    if isinstance(signature, str):
        return signature
    key = public_key_of(public_key, curve)
    if isinstance(key, str):
        return key
    if key.curve.name.lower().replace("brainpoolp", "brainpool") != curve:
        return f"the public key is of the curve {key.curve.name}, the signature of {match['curve']}"
    used = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}[match["bits"]]
    try:
        key.verify(signature, ocmf.signed.encode(), ec.ECDSA(used))
    except InvalidSignature:
        return False
    except UNREADABLE as error:  # a lone surrogate in the data, too
        return f"it cannot be checked ({error})"
    return True


def _signature_bytes(signature: dict[str, Any]) -> bytes | str:
    from ocpptui.unwrapping.der import bytes_of_base64

    if (mime := text_at(signature, "SM") or "application/x-der") != "application/x-der":
        return f"its notation {mime[:60]} is not known"
    text, encoding = text_at(signature, "SD") or "", text_at(signature, "SE") or "hex"
    if encoding == "base64":
        data = bytes_of_base64(text)
        return data if data is not None else "the signature is not base64"
    if encoding != "hex":
        return f"its encoding {encoding[:60]} is not known"
    return bytes.fromhex(text) if _HEXADECIMAL.fullmatch(text) else "the signature is not hexadecimal"


def _blanks(text: str, start: int) -> int:
    rest = text[start : start + 100]
    return len(rest) - len(rest.lstrip())


_FIELDS = {
    "format": ("FV",),
    "gateway": ("GI", "GS", "GV"),
    "meter": ("MV", "MM", "MS", "MF"),
    "tariff": ("TT",),
    "charge point": ("CT", "CI"),
}
"""The fields that are shown as they are, by a name in words."""
_IDENTIFIED = {True: "a user is identified", False: "no user is identified"}
_KINDS = {
    "B": "begin",
    "C": "while charging",
    "X": "while charging, with an error",
    "E": "end",
    "L": "end, local",
    "R": "end, remote",
    "A": "end, aborted",
    "P": "end, power failure",
    "S": "suspended",
    "T": "tariff change",
}
_ENDS = frozenset("ELRAP")
_PAGE = re.compile(r"[TF][0-9]{1,18}")
_ALGORITHM = re.compile(r"ECDSA-(?P<curve>[A-Za-z0-9]{1,20})-SHA(?P<bits>256|384|512)")
_HEXADECIMAL = re.compile(r"(?:[0-9A-Fa-f]{2})++")
