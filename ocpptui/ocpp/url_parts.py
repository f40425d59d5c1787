"""The parts of a URL that somebody else wrote: a peer, a certificate, a recording, a file (RFC 3986)."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

_NONE = SplitResult("", "", "", "", "")


def url_parts(url: str) -> SplitResult:
    """The parts of any text; all are empty if it cannot be read as a URL.

    `urlsplit` raises ValueError for a bracket without its other half, and only when it is asked for a port that is
    not a number below 65536. Neither happens with what this returns.
    """
    try:
        parts = urlsplit(url.strip())
        _ = parts.port
    except ValueError:
        return _NONE
    return parts
