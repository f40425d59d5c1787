"""HTTP heads as they arrived, complete or truncated, without secrets; and the headers that a user sets."""

from __future__ import annotations

import re

from ocpptui.network.foreign_protocol import showable_bytes
from ocpptui.network.problems import InvalidSetting, NetworkProblem, ProblemCode
from ocpptui.ocpp.http_headers import lines_without_secrets

FIRST_BYTES = 500
"""How many bytes a record shows of what a peer sent instead of a complete request."""
HEX_BYTES = 64
"""How many of them are shown in hexadecimal digits."""


def check_header(name: str, value: str) -> None:
    """Raises InvalidSetting if this is not an HTTP header (RFC 9110 sections 5.1 and 5.5)."""
    if not _NAME.fullmatch(name):
        raise InvalidSetting(NetworkProblem(ProblemCode.HEADER_NAME_INVALID, name=name))
    if _IMPOSSIBLE.search(value):
        raise InvalidSetting(NetworkProblem(ProblemCode.HEADER_VALUE_INVALID, name=name))


def request_lines(head: bytes) -> tuple[str, list[str]]:
    """The first line and the header lines of an HTTP message as they arrived, complete or not, without secrets."""
    lines = head.partition(b"\r\n\r\n")[0].decode("utf-8", "backslashreplace").split("\r\n")
    return lines[0], lines_without_secrets(lines[1:])


def first_bytes(head: bytes, most: int = FIRST_BYTES) -> str:
    """The beginning of what arrived, on one line: printable ASCII as it is, the rest escaped, without secrets."""
    text = _shown_text(head)
    shown = text[:most].encode("unicode_escape").decode("ascii")
    return shown + ("…" if len(text) > most else "")


def first_bytes_in_hex(head: bytes) -> str:
    """The same in hexadecimal digits, with a space after each byte; empty if they are all text, which says as much."""
    text = _shown_text(head)
    if _TEXT.fullmatch(text):
        return ""
    return text[:HEX_BYTES].encode("latin-1").hex(" ") + (" …" if len(text) > HEX_BYTES else "")


def _shown_text(head: bytes) -> str:
    return "\n".join(lines_without_secrets(showable_bytes(head[:8192]).decode("latin-1").split("\n")))


_NAME = re.compile(r"[-!#$%&'*+.^_`|~0-9A-Za-z]+")
_TEXT = re.compile(r"[\t\r\n\x20-\x7e]*")
_IMPOSSIBLE = re.compile(r"[^\t\x20-\x7e\x80-\xff]")
