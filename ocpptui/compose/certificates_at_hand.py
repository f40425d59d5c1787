"""The certificates that a command can send: those of our own CA, and any file in PEM by its path."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ocpptui.runtime.portable_files import path_of_user

if TYPE_CHECKING:
    from ocpptui.session.session import Session

OWN_ROOT = "test-ca"
"""What the user calls the root of our own CA."""
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----")
"""What is sent of a file: a key may be in it too."""
LARGEST = 2**16
"""Bytes of a file; OCPP allows 10,000 characters."""


class CertificatesAtHand(Mapping[str, str]):
    """PEM by name; it lists the names alone that need no file."""

    def __init__(self, session: Session) -> None:
        settings = session.settings.central_system
        authority = settings.authority if settings is not None else None
        self._named = {} if authority is None else {OWN_ROOT: authority.root}

    def __getitem__(self, name: str) -> str:
        if name in self._named:
            return self._named[name]
        found = _CERTIFICATE.findall(_text_of(name))
        if not found:
            raise KeyError(name)
        return "".join(f"{one}\n" for one in found)

    def __iter__(self) -> Iterator[str]:
        return iter(self._named)

    def __len__(self) -> int:
        return len(self._named)


def _text_of(name: str) -> str:
    try:
        path = path_of_user(name)
        if not path.is_file() or path.stat().st_size > LARGEST:
            return ""
        return path.read_text(encoding="utf-8", errors="replace")  # a file may have comments
    except (OSError, ValueError):  # ValueError: no path, or no text
        return ""
