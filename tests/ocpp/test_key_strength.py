"""Which keys are too weak for OCPP."""

from __future__ import annotations

import pytest

from ocpptui.ocpp.key_strength import too_few_bits


@pytest.mark.parametrize(("bits", "is_rsa"), [(2048, True), (4096, True), (224, False), (256, False)])
def test_112_bits_of_security_are_enough(bits: int, is_rsa: bool) -> None:
    """A certificate that OCPP allows would be refused (A00.FR.507)."""
    assert too_few_bits(bits, is_rsa=is_rsa) == ""


@pytest.mark.parametrize(
    ("bits", "is_rsa", "words"),
    [
        (2047, True, "has 2047 bits, and OCPP asks for at least 2048"),
        (256, True, "has 256 bits, and OCPP asks for at least 2048"),
        (192, False, "has 192 bits, and OCPP asks for at least 224"),
    ],
)
def test_a_weak_key_says_what_is_asked_for(bits: int, is_rsa: bool, words: str) -> None:
    assert too_few_bits(bits, is_rsa=is_rsa) == words
