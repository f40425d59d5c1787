"""What is a secret, by its name: in settings, in fields of a message, in HTTP headers and in URLs.

Sources: OCPP 1.6 security whitepaper (edition 3) A01.FR.09 and 12, OCPP 2.0.1 and 2.1 Part 2 A01: the key of Basic
authentication is neither logged nor read back. The passwords of SetNetworkProfile are of the same kind, and so are
the passwords that vendors add to the configuration.
"""

from __future__ import annotations

import re
from functools import cache

MASK = "***"
"""The replacement for a secret text."""

SECRET_SETTINGS = frozenset(
    {"authorizationkey", "basicauthpassword", "apnpassword", "apnsimpin", "vpnpassword", "vpnkey"}
)
"""Configuration key of 1.6 and variables of 2.x (SecurityCtrlr; NetworkConfiguration of 2.1), in lower case."""

SECRET_FIELDS = frozenset({"basicAuthPassword", "apnPassword", "simPin", "password"})
"""Fields whose value is a secret in every message; so is `key` in the `vpn` of a network profile."""


def is_secret_setting(name: str) -> bool:
    """Whether a configuration key or a variable of this name holds a secret; case is ignored."""
    if len(name) > LONGEST_NAME:
        return False
    plain = name.casefold()
    return "psk" in plain or any(word in plain for word in _VENDORS_WORDS) or is_nearly_secret_setting(name)


def is_nearly_secret_setting(name: str) -> bool:
    """Whether a name is that of a secret setting of OCPP, or differs from one in one character.

    A message that is damaged in transit, or mistyped, contains the same secret.
    """
    return is_nearly(name.strip(), SECRET_SETTINGS)


def is_nearly(name: str, fields: frozenset[str]) -> bool:
    """Whether a key is one of these fields, ignoring case and one wrong character."""
    return len(name) <= LONGEST_NAME and _nearly_one_of(fields).fullmatch(name.casefold()) is not None


@cache
def _nearly_one_of(fields: frozenset[str]) -> re.Pattern[str]:
    return re.compile("|".join(f".?{_with_one_edit(name.casefold())}" for name in sorted(fields)), re.DOTALL)


def may_name_secret(text: str) -> bool:
    """Whether the name of a secret setting or field, right or with one wrong character, can be in a text."""
    plain = text.lower()
    if "\\u" in plain:
        plain = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), plain).lower()
    if any(word in plain for word in _VENDORS_WORDS) or _PSK.search(plain):
        return True
    return any(_is_nearly_there(plain, piece) for piece in _PIECES if piece in plain)


def _is_nearly_there(text: str, piece: str) -> bool:
    """Whether one of the names surrounds a position of this piece of it."""
    place = text.find(piece)
    for _ in range(MAX_PLACES):
        if place < 0:
            return False
        for offset in _PIECES[piece]:
            start = place - offset
            if any(_nearly_a_name().match(text, max(0, start + shift)) for shift in (-1, 0, 1)):
                return True
        place = text.find(piece, place + 1)
    return True


def is_secret_header(name: str) -> bool:
    """Whether the value of an HTTP header of this name is a secret as a whole; that of Authorization is in part."""
    return _HEADER.search(name) is not None


def without_url_secrets(text: str) -> str:
    """A text without the passwords in its URLs: those before an `@`, and those that a query names."""
    return _QUERY_SECRET.sub(rf"\1{MASK}", _URL_PASSWORD.sub(rf"\1{MASK}@", text)) if "/" in text else text


MAX_PLACES = 1000
"""A text that contains a piece of a name more often than this counts as one that may name a secret."""
LONGEST_NAME = 100
"""Characters; the name of a variable has 50 at most (2.0.1 Part 2, VariableType)."""


def _with_one_edit(name: str) -> str:
    """A pattern for a name in which one character is missing, one too many, or another one."""
    pattern = ".?"
    for place in reversed(range(1, len(name))):
        here, rest = re.escape(name[place]), re.escape(name[place + 1 :])
        pattern = f"(?:{here}{pattern}|.?{rest}|.{here}{rest})"
    first, rest = re.escape(name[0]), re.escape(name[1:])
    return f"(?:{first}{pattern}|{rest})"


@cache
def _nearly_a_name() -> re.Pattern[str]:
    """Made when it is needed: it takes long to compile, and opening a file does not need it."""
    return re.compile("|".join(map(_with_one_edit, _NAMES)), re.DOTALL)


_NAMES = sorted(SECRET_SETTINGS | {field.lower() for field in SECRET_FIELDS})
_PIECES = {
    piece: {name.index(piece) for name in _NAMES if piece in name}
    for piece in (
        "authoriz",
        "ationkey",
        "basicaut",
        "pass",
        "word",
        "apns",
        "impin",
        "sim",
        "pin",
        "vpn",
        "nkey",
        "vp",
    )
}
"""Of each name at least one is whole when a character of it is wrong; where in the names each of them is."""
_VENDORS_WORDS = (
    "passw", "passphrase", "secret", "authorizationkey", "authorization_key", "privatekey", "private_key",
)  # fmt: skip
_PSK = re.compile(r"psk[\\\"'<=]")
"""At the end of a name; within Base64 these letters mean nothing."""
_ESCAPE = re.compile(r"\\+u([0-9a-f]{4})")
_HEADER = re.compile(
    r"cookie|token|secret|passw|credential|signature|\bauth(?:entication|orization)?\b|(?<!websocket-)key\b",
    re.IGNORECASE,
)
_URL_PASSWORD = re.compile(r"((?:/|\\/){2}[^\s/\\@:?#\"'<>]*:)[^\s/\\?#\"'<>]+@")
_QUERY_SECRET = re.compile(
    r"([?&;](?:[\w.-]*(?:token|passw|passwd|pwd|secret|credential|signature|api_?-?key)[\w.-]*|key|sig|auth)=)"
    r"[^\s&;#\"'<>\\]+",
    re.IGNORECASE,
)
