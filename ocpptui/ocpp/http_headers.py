"""HTTP headers as records store them: in order, as they were written, without secrets."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ocpptui.ocpp.header_credentials import AUTHORIZATION, SCHEMES, parse_basic, secrets_within
from ocpptui.ocpp.secret_names import MASK, is_masked, is_secret_header
from ocpptui.ocpp.secrets import mask_own_text
from ocpptui.ocpp.url_secrets import Found, without_url_secrets


def header_line(name: str, value: str, found: Found = str) -> str:
    """`Name: value`; Authorization keeps only its scheme and user name; other secrets are masked whole.

    `found` is called with each secret, and with the password within the credentials of Basic.
    """
    if is_masked(value):
        pass
    elif name.strip().lower() in AUTHORIZATION:
        basic = parse_basic(value)
        scheme, space, credentials = value.strip().partition(" ")
        if scheme.lower() not in SCHEMES:  # a password without a scheme may contain a space
            scheme, space, credentials = "", "", value.strip()
        found(credentials.strip() or scheme)
        if basic is not None:
            found(basic[1].decode("utf-8", "replace"))
        value = f"Basic {basic[0]}:{MASK}" if basic is not None else f"{scheme} {MASK}" if space else MASK
    elif is_secret_header(name):
        for secret in secrets_within(name, value.strip()):
            found(secret)
        value = MASK
    else:
        value = without_url_secrets(value, found)
    return f"{name}: {value}"


def header_lines(headers: Iterable[tuple[str, str]]) -> list[str]:
    """Each header as `Name: value`, in order, without secrets."""
    return [header_line(name, value) for name, value in headers]


def lines_without_secrets(lines: Iterable[str]) -> list[str]:
    """The lines of an HTTP head as they arrived, without secrets, also in values that go on in the next line (RFC 9112
    section 5.2)."""
    found: list[str] = []
    for line in lines:
        goes_on = line[:1] in " \t" and line.strip() and found and found[-1].rstrip().endswith(MASK)
        found.append(f"{line[:1]}{MASK}" if goes_on else without_secret(line))
    return found


def without_secret(line: str, found: Found = str) -> str:
    """A line of an HTTP head as it arrived, without secrets."""
    name, colon, value = line.partition(":")
    if not colon or not _NAME.fullmatch(name):
        return mask_own_text(line, found)
    masked = header_line(name, value.strip(), found)
    return masked if masked != f"{name}: {value.strip()}" else line


CHALLENGE = 'Basic realm="ocpptui", charset="UTF-8"'
"""The WWW-Authenticate header that asks for a password (RFC 7617 section 2)."""
_NAME = re.compile(r"\s*[\w.!#$%&'*+^`|~-]+\s*")
