"""Signed meter values: what OCPP 2.x wraps in SignedMeterValueType, and stations of 1.6 in the text of a value.

Source: OCPP 2.0.1 Part 2 SignedMeterValueType; 1.6 has the same object as JSON in the text (OCA application note
"Signed Meter Values in OCPP").
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ocpptui.ocpp.payload import text_at
from ocpptui.unwrapping.der import bytes_of_base64
from ocpptui.unwrapping.ocmf import PREFIX, ocmf_lines
from ocpptui.unwrapping.unwrapped import Contents, field_line, problem_line, text_line

DATA_FIELDS = ("signedMeterData", "signedMeterValue")
"""What the signed data is called: in OCPP, and in stations of 1.6."""


def is_signed_meter_value(value: dict[str, Any]) -> bool:
    """Whether an object is a signed meter value."""
    return any(isinstance(value.get(name), str) for name in DATA_FIELDS)


def signed_meter_value_lines(value: dict[str, Any], meter_keys: Sequence[str] = ()) -> Contents:
    """What a signed meter value is, and what its signed data says."""
    text = next((found for name in DATA_FIELDS if (found := text_at(value, name)) is not None), "")
    method = text_at(value, "encodingMethod") or ""
    data = bytes_of_base64(text, 1)  # the prefix says what it is, however short it is
    decoded = data.decode("utf-8", "replace") if data is not None else text
    lines = [
        field_line(name, words)
        for name, key in (("encoding", "encodingMethod"), ("signing", "signingMethod"))
        if (words := text_at(value, key))
    ]
    if decoded.lstrip().startswith(PREFIX):
        return "signed meter value, OCMF", [*lines, *ocmf_lines(decoded, text_at(value, "publicKey"), meter_keys)]
    what, notes = unknown_signed_data(text, method)
    return what, [*lines, *notes]


def unknown_signed_data(text: str, method: str = "") -> Contents:
    """Signed data in a format that is named and measured only."""
    data = bytes_of_base64(text)
    decoded = (data.decode("utf-8", "replace") if data is not None else text).lstrip()
    size = f"{len(data) if data is not None else len(text):,} {'bytes' if data is not None else 'characters'}"
    if method.upper() == "OCMF":
        return f"signed meter value, {size}", [problem_line("It is said to be OCMF, but does not begin with OCMF|.")]
    if decoded.startswith("AP;"):
        name = "ALFEN format"
    elif decoded.startswith("<"):
        name = "XML"
    elif "EDL" in method.upper():
        name = "EDL"
    else:
        name = method or "in a format that is not named"
    because = "only signatures of OCMF are verified"
    return f"signed meter value, {name}, {size}", [text_line(f"Signature not verified, because {because}.")]
