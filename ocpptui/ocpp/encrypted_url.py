"""Whether a URL of a central system asks for TLS."""

from __future__ import annotations

ENCRYPTED = ("wss:", "https:")
"""The schemes that use TLS, of OCPP-J and OCPP-S."""


def is_encrypted(url: str) -> bool:
    """Whether a connection to this URL uses TLS."""
    return url.strip().lower().startswith(ENCRYPTED)
