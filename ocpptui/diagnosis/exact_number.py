"""How a number that a message has is written in a sentence."""

from __future__ import annotations


def exact_number(value: float) -> str:
    """All digits that a meter shows: `1234567.8`, where `g` alone would round to `1.23457e+06`.

    So the reader finds the number in the message.
    """
    return f"{value:.12g}"
