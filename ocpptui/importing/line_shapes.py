"""The shapes of texts: what those have in common that differ only in their digits, or in hexadecimal numbers.

A log has few shapes and many lines, so that what is known of a shape costs one look-up.
"""

from __future__ import annotations

from ocpptui.jsontext.lazy_pattern import lazily

_ANY_DIGIT = bytes.maketrans(b"123456789", b"000000000")
"""Translates every digit into a zero."""
_TRACE = lazily(
    r"(?<![\w-])(?:[0a-f]{8}(?:-[0a-f]{4}){3}-[0a-f]{12}|[0A-F]{8}(?:-[0A-F]{4}){3}-[0A-F]{12}"
    r"|(?=[a-f]{0,40}0)[0a-f]{8,64}|(?=[A-F]{0,40}0)[0A-F]{8,64})(?![\w-])"
)


def without_digits(text: str) -> str:
    """The text with each digit as a zero."""
    # By way of bytes, as it is done for every line: a table for `str` takes ten times as long.
    return text.encode("utf-8", "surrogatepass").translate(_ANY_DIGIT).decode("utf-8", "surrogatepass")


def without_traces(text: str) -> str:
    """A text without digits also without the letters of hexadecimal numbers, which are others in each line."""
    return _TRACE.sub(lambda match: "0" * len(match[0]), text)
