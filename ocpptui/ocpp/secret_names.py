"""What is a secret, by the names that it goes by: in settings, in fields of a message, in HTTP headers and in URLs.

Sources: OCPP 1.6 security whitepaper (edition 3) A01.FR.09 and 12, OCPP 2.0.1 and 2.1 Part 2 A01: the key of Basic
authentication is neither logged nor read back. The passwords of SetNetworkProfile are of the same kind, and so are
the passwords that vendors add to the configuration.
"""

from __future__ import annotations

import re

MASK = "***"
"""What a secret text becomes."""

SECRET_SETTINGS = frozenset(
    {"authorizationkey", "basicauthpassword", "apnpassword", "apnsimpin", "vpnpassword", "vpnkey"}
)
"""Configuration key of 1.6 and variables of 2.x (SecurityCtrlr; NetworkConfiguration of 2.1), in lower case."""

SECRET_FIELDS = frozenset({"basicAuthPassword", "apnPassword", "simPin", "password"})
"""Fields whose value is a secret in every message; so is `key` in the `vpn` of a network profile."""


def is_secret_setting(name: str) -> bool:
    """Whether a configuration key or a variable of this name holds a secret; upper and lower case do not count."""
    return name.strip().casefold() in SECRET_SETTINGS or _OF_VENDORS.search(name) is not None


def is_secret_header(name: str) -> bool:
    """Whether the value of an HTTP header of this name is a secret as a whole; that of Authorization is in part."""
    return _HEADER.search(name) is not None


_OF_VENDORS = re.compile("passw|passphrase|secret|authorization_?key|private_?key|psk", re.IGNORECASE)
_HEADER = re.compile(
    r"cookie|token|secret|passw|credential|signature|\bauth(?:entication|orization)?\b|(?<!websocket-)key\b",
    re.IGNORECASE,
)
