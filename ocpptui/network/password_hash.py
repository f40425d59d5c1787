"""Hashes of passwords, from which the password cannot be read: `scrypt$N$r$p$SALT$HASH`, salt and hash in base64.

Source: RFC 7914 (scrypt).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field

PREFIX = "scrypt$"
COST, BLOCK_SIZE, PARALLELISM = 2**14, 8, 1
"""16 MiB and some 50 ms for each password that is tried."""
MOST_MEMORY = 2**26
"""Bytes that a hash in a file may ask for."""
MOST_PARALLELISM = 16
LENGTH = 32


class WrongHash(ValueError):
    """A hash cannot be read; the message says why, without the hash."""


@dataclass(frozen=True, slots=True)
class PasswordHash:
    """The hash of one password."""

    cost: int
    block_size: int
    parallelism: int
    salt: bytes = field(repr=False)
    digest: bytes = field(repr=False)

    @classmethod
    def of(cls, password: bytes) -> PasswordHash:
        """With a new salt. It takes some 50 ms."""
        salt = secrets.token_bytes(16)
        made = cls(COST, BLOCK_SIZE, PARALLELISM, salt, bytes(LENGTH))
        return cls(COST, BLOCK_SIZE, PARALLELISM, salt, made._digest_of(password))

    @classmethod
    def parse(cls, text: str) -> PasswordHash:
        """Read what `str` writes. Raises WrongHash."""
        parts = text.removeprefix(PREFIX).split("$")
        numbers = parts[:3]
        if len(parts) != 5 or not all(one.isascii() and one.isdecimal() and len(one) < 9 for one in numbers):
            raise WrongHash("it is not written as scrypt$N$r$p$SALT$HASH")
        cost, block_size, parallelism = map(int, numbers)
        try:
            salt, digest = (base64.b64decode(one, validate=True) for one in parts[3:])
        except binascii.Error:
            raise WrongHash("its salt or its hash is not base64") from None
        if cost < 2 or cost & (cost - 1) or not block_size or not 0 < parallelism <= MOST_PARALLELISM:
            raise WrongHash("its numbers are not those of scrypt: N is a power of 2, r and p are at least 1")
        if 128 * cost * block_size > MOST_MEMORY:
            raise WrongHash(f"it needs more than {MOST_MEMORY >> 20} MiB")
        if len(digest) < 16:
            raise WrongHash("its hash is shorter than 16 bytes")
        return cls(cost, block_size, parallelism, salt, digest)

    def __str__(self) -> str:
        numbers = f"{self.cost}${self.block_size}${self.parallelism}"
        return f"{PREFIX}{numbers}${base64.b64encode(self.salt).decode()}${base64.b64encode(self.digest).decode()}"

    def matches(self, password: bytes) -> bool:
        """Whether it is the hash of this password; it takes as long whatever the password is."""
        return hmac.compare_digest(self.digest, self._digest_of(password))

    def _digest_of(self, password: bytes) -> bytes:
        return hashlib.scrypt(
            password,
            salt=self.salt,
            n=self.cost,
            r=self.block_size,
            p=self.parallelism,
            maxmem=2 * MOST_MEMORY,
            dklen=len(self.digest),
        )
