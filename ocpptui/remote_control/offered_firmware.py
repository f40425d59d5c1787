"""Firmware that a charge point can fetch from us."""

from __future__ import annotations

from typing import NamedTuple


class OfferedFirmware(NamedTuple):
    """A file, for one charge point."""

    name: str
    url: str
    size: int
    """Bytes."""
    md5: str = ""
    """For PublishFirmware (2.x L03), in hexadecimal digits."""
    signature: str = ""
    """Base64; empty without a signature."""
    certificate: str = ""
    """The signing certificate in PEM, with those above it."""

    @property
    def is_signed(self) -> bool:
        return bool(self.signature and self.certificate)
