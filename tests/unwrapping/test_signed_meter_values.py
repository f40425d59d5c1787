"""Formats of signed data that are only named: nothing says that they are valid."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from ocpptui.unwrapping.payload_walk import LONGEST_TEXT, unwrapped
from tests.kit.talk import NOW

XML = '<signedMeterValue><publicKey encoding="base64">AA==</publicKey></signedMeterValue>'


def in_base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ("AP;0;3;ALCV3ABBBISHMA2RYEGAZE3HV5YQBQRAEHAEHAMTVTYA====;", "ALFEN format, 56 characters"),
        (XML, "XML, 82 characters"),
        (in_base64(XML.encode()), "XML, 82 characters"),
        ({"signedMeterData": in_base64(b"\x1b\xff" * 40), "encodingMethod": "EDL"}, "EDL, 80 bytes"),
        ({"signedMeterData": in_base64(b"\x1b\xff" * 40)}, "in a format that is not named, 80 bytes"),
        ({"signedMeterData": "x" * LONGEST_TEXT, "publicKey": "x"}, "100,001 characters, too many to look into"),
    ],
)
def test_other_formats_are_named_and_measured(value: Any, what: str) -> None:
    """The user sees that the value is signed and by which format another tool can verify it."""
    found = list(unwrapped({"value": value}, NOW))
    assert len(found) == 1
    assert what in found[0].what
    text = "\n".join(line.text for line in found[0].lines)
    assert "Signature valid" not in text
    assert "not verified, because" in text or "too many" in what


def test_ocmf_is_known_however_short_it_is() -> None:
    """Nobody would look for the cut in data that is said not to begin with OCMF|."""
    (found,) = unwrapped({"value": {"signedMeterData": in_base64(b"OCMF|{}"), "encodingMethod": "OCMF"}}, NOW)
    assert found.what == "signed meter value, OCMF"
    assert "it ends before its signature section" in "\n".join(line.text for line in found.lines)


def test_data_that_is_said_to_be_ocmf_and_is_not() -> None:
    """The encoding method and the data contradict each other."""
    value = {"signedMeterData": in_base64(b"something else altogether"), "encodingMethod": "OCMF"}
    found = list(unwrapped(value, NOW))
    assert "does not begin with OCMF|" in found[0].lines[-1].text
