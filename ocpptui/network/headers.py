"""HTTP heads as records keep them: in order, as they were written, without secrets."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ocpptui.network.credentials import parse_basic
from ocpptui.network.problems import InvalidSetting

HIDDEN = "***"
FIRST_BYTES = 500
"""How much of what a peer sent instead of a whole request a record shows."""

_SECRET_NAME = re.compile(r"cookie|token|secret|password|api-?key", re.IGNORECASE)


def check_header(name: str, value: str) -> None:
    """Raises InvalidSetting where this is no HTTP header (RFC 9110 sections 5.1 and 5.5)."""
    if not re.fullmatch(r"[-!#$%&'*+.^_`|~0-9A-Za-z]+", name):
        raise InvalidSetting(f"{name!r} is no name of an HTTP header")
    if re.search(r"[^\t\x20-\x7e\x80-\xff]", value):
        raise InvalidSetting(f"the value of the header {name} holds a control character or one outside of Latin-1")


def header_line(name: str, value: str) -> str:
    """`Name: value`; Authorization keeps its scheme and user name only, other secrets nothing."""
    if name.strip().lower() in ("authorization", "proxy-authorization"):
        basic = parse_basic(value)
        scheme, space, _ = value.strip().partition(" ")
        value = f"Basic {basic[0]}:{HIDDEN}" if basic is not None else f"{scheme} {HIDDEN}" if space else HIDDEN
    elif _SECRET_NAME.search(name):
        value = HIDDEN
    return f"{name}: {value}"


def header_lines(headers: Iterable[tuple[str, str]]) -> list[str]:
    """Each header as `Name: value`, in order, without secrets."""
    return [header_line(name, value) for name, value in headers]


def request_lines(head: bytes) -> tuple[str, list[str]]:
    """The first line and the header lines of an HTTP message as they came, whole or cut, without secrets."""
    lines = head.partition(b"\r\n\r\n")[0].decode("utf-8", "backslashreplace").split("\r\n")
    return lines[0], [_without_secret(line) for line in lines[1:]]


def first_bytes(head: bytes, most: int = FIRST_BYTES) -> str:
    """The beginning of what came, on one line: printable ASCII as it is, everything else escaped, without secrets."""
    text = "\n".join(_without_secret(line) for line in head[:8192].decode("latin-1").split("\n"))
    shown = text[:most].encode("unicode_escape").decode("ascii")
    return shown + ("…" if len(text) > most else "")


def _without_secret(line: str) -> str:
    """A line of an HTTP head, which need not be one."""
    name, colon, value = line.partition(":")
    if not colon or not re.fullmatch(r"\s*[\w-]+\s*", name):
        return line
    masked = header_line(name, value.strip())
    return masked if masked != f"{name}: {value.strip()}" else line
