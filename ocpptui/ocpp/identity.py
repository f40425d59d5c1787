"""The identity of a charge point: what is written for one that is unknown, and how a URL has it.

In the URL of its WebSocket it is the last segment of the path, percent-encoded.

Source: OCPP-J 1.6 section 3.1.1, OCPP 2.0.1 Part 4 section 3.1.1.
"""

from __future__ import annotations

from urllib.parse import quote, unquote

NAMELESS = "unknown charge point"
"""In place of an unknown identity in a heading or a table."""
WITHOUT_ID = "a charge point without an id"
"""The same within a sentence or a choice."""


def identity_in_path(path: str) -> str:
    """The identity at the end of a raw path, decoded; trailing slashes and a query are ignored; empty if there is none.

    The path is split before it is decoded, so that an encoded slash stays part of the identity.
    """
    return unquote(path.partition("?")[0].rstrip("/").rpartition("/")[2])


def path_segment(identity: str) -> str:
    """The identity as a segment of a path; a lone surrogate becomes a question mark."""
    return quote(identity.encode("utf-8", "replace"), safe="")
