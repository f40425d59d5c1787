"""The identifier of a contract, eMAID (ISO 15118-2 annex H, eMI3): country, provider, instance, and a check digit."""

from __future__ import annotations

import re

_EMAID = re.compile(r"[A-Z]{2}-?[A-Z0-9]{3}-?[A-Z0-9]{9}(?:-?[A-Z0-9])?", re.IGNORECASE | re.ASCII)


def is_emaid(text: str) -> bool:
    """Whether a text is one, with or without hyphens and check digit."""
    return _EMAID.fullmatch(text) is not None


def same_emaid(one: str, other: str) -> bool:
    """Whether two texts are one contract: hyphens, case and the optional check digit do not count."""
    first, second = (text.replace("-", "").upper() for text in (one, other))
    return first[:14] == second[:14] and (first == second or 14 in (len(first), len(second)))
