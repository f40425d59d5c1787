"""The block of lines that a logging interceptor writes around an envelope: Apache CXF, Axis, WCF, dumps of HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

from ocpptui.jsontext.lazy_pattern import lazily

TALLEST = 25
"""How many lines above an envelope belong to its block."""
_EXCHANGE = lazily(r"(?:^|[\s,;])(?:(?i:Exchange-?Id)|ID)\s{0,9}[:=]\s{0,9}(?P<id>[\w.-]{1,100})")
"""CXF numbers a request and its response alike: `ID: 12` up to version 3.0, `ExchangeId: …` since."""
_HEADER_DATE = lazily(
    r"\bheaders\s{0,9}[:=]|\b(?:date|expires|last-modified)\s{0,9}[:=]\s{0,9}\[?\"?[A-Z][a-z]{2}, \d", re.IGNORECASE
)


def exchange_in(prefix: str, above: Iterable[str]) -> str:
    """What names the exchange in the text before an envelope, or in the lines above it (the nearest first); empty if
    nothing does."""
    for line in (prefix, *islice(above, TALLEST)):
        found = _EXCHANGE.search(line)
        if found is not None:
            return found["id"]
    return ""


def is_header_date(line: str) -> bool:
    """Whether a time in this line is that of an HTTP header, which its sender wrote."""
    return _HEADER_DATE.search(line) is not None
