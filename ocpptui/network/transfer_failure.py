"""Why a charge point could not move a file."""

from __future__ import annotations

TIMEOUT = 30.0
"""Seconds without a byte after which a transfer has failed."""
BLOCK = 64 * 1024
"""Bytes in one block."""


class TransferFailed(Exception):
    """The file did not arrive; `failure` is `protocol`, `permission` or `failed`."""

    def __init__(self, failure: str, text: str) -> None:
        super().__init__(text)
        self.failure = failure
