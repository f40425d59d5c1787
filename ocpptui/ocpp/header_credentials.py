"""The secrets within the values of HTTP headers: the password of Basic, the token after a scheme, those in cookies."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from ocpptui.ocpp.secret_names import is_secret_header, is_secret_parameter

AUTHORIZATION = ("authorization", "proxy-authorization")
"""The headers that hold credentials (RFC 9110 sections 11.6.2 and 11.7.2), in lower case."""
COOKIES = ("cookie", "set-cookie")
"""The headers that hold cookies (RFC 6265 sections 4.1 and 4.2), in lower case."""
SCHEMES = frozenset(
    {
        "apikey", "aws4-hmac-sha256", "basic", "bearer", "digest", "dpop", "gnap", "hoba", "mutual", "negotiate",
        "ntlm", "oauth", "privatetoken", "scram-sha-1", "scram-sha-256", "token", "vapid",
    }
)  # fmt: skip
"""Authentication schemes: those of the IANA registry, and common others."""
LONG_COOKIE = 16
"""Characters of a cookie's value that nobody can guess, whatever its name."""


def parse_basic(header: str) -> tuple[str, bytes] | None:
    """User name and password of an Authorization header; None if it is not HTTP Basic (RFC 7617)."""
    scheme, _, encoded = header.strip().partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        pair = base64.b64decode(encoded.strip().encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        return None
    user, colon, password = pair.partition(b":")
    return (user.decode("utf-8", "replace"), password) if colon else None


def basic_fault(header: str) -> str:
    """What is wrong with the credentials of a Basic header that `parse_basic` cannot read: `base64` or `colon`."""
    try:
        base64.b64decode(header.strip().partition(" ")[2].strip().encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        return "base64"
    return "colon"


def secrets_within(name: str, value: str) -> Iterator[str]:
    """The value of a secret header or field, and the secrets within it, by which copies of them are known."""
    yield value
    scheme, _, credentials = value.partition(" ")
    if credentials.strip() and scheme.lower() in SCHEMES:
        yield credentials.strip()
        basic = parse_basic(value)
        if basic is not None:
            yield basic[1].decode("utf-8", "replace")
    if name.strip().lower() in COOKIES:
        for pair in value.split(";"):
            key, _, content = pair.strip().partition("=")
            if len(content) >= LONG_COOKIE or is_secret_header(key) or is_secret_parameter(key):
                yield content.strip('"')
