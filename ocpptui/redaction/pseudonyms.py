"""Pseudonyms for confidential values: of the same shape, consistent, and impossible to guess."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
import secrets
import string
from collections.abc import Collection

SHORTEST = 4
"""Letters and digits below which a pseudonym is longer than its value; there would be too few otherwise."""
LONGER = 8
KEPT = 512
"""Characters up to which a value is remembered; a longer value is a certificate or the like and cannot collide."""
TRIES = 50

_PEM = re.compile(r"(-----BEGIN [A-Z0-9 ]+-----)(.*?)(-----END [A-Z0-9 ]+-----|\Z)", re.DOTALL)
_PART = re.compile(r"[^\W\d_]+")
_LETTERS_OF_VIN = "abcdefghjklmnprstuvwxyz"
"""Those of a vehicle identification number (ISO 3779), which could be misread as digits otherwise."""
LENGTH_OF_VIN = 17
_HEXADECIMAL = re.compile(r"[0-9A-Fa-f:\-]+")


class Pseudonyms:
    """Pseudonyms under a random secret key that lives as long as this object (HMAC-SHA-256, RFC 2104).

    Letters replace letters (hexadecimal ones in hexadecimal text), digits replace digits, and other characters are
    unchanged, so length and format stay the same, and a value that is too long stays too long. As in OCPP's
    identifiers, case makes no difference: `abc1` and `ABC1` get the same pseudonym, each in its own case.
    """

    def __init__(self, key: bytes | None = None) -> None:
        self._key = secrets.token_bytes(32) if key is None else key
        self._known: dict[str, str] = {}
        self._taken: set[str] = set()

    def avoid(self, originals: Collection[str]) -> None:
        """Never return one of these values as a pseudonym: they are confidential themselves."""
        self._taken.update(original.casefold() for original in originals)

    def of(self, value: str) -> str:
        """The pseudonym of a value; a value without letters and digits is unchanged."""
        folded = value.casefold()
        if len(value) > KEPT or _PEM.search(value):
            return self._long(value)
        if len(folded) != len(value):
            folded = value
        pseudonym = self._known.get(folded)
        if pseudonym is None:
            pseudonym = self._known[folded] = self._new(folded)
        if len(pseudonym) == len(value):
            return "".join(b.upper() if a.isupper() else b for a, b in zip(value, pseudonym, strict=True))
        return pseudonym.upper() if value.isupper() else pseudonym

    def name(self, name: str) -> str:
        """The name of a person with each of its parts replaced, as the part is replaced where it is alone."""
        return _PART.sub(lambda part: self._of_part(part.group()), name)

    def _of_part(self, part: str) -> str:
        folded = part.casefold()
        if len(folded) != len(part):
            return self.of(part)
        if folded not in self._known and len(part) < SHORTEST:
            self._known[folded] = self._new(folded, stretches=False)
        return self.of(part)

    def host(self, name: str) -> str:
        """A host name in the domain reserved for examples (RFC 2606), or an address in a network reserved for tests.

        Names and addresses of the local machine are unchanged. 198.18.0.0/15 is from RFC 2544, 2001:db8::/32 from
        RFC 3849.
        """
        bare = name.strip("[]")
        try:
            address = ipaddress.ip_address(bare)
        except ValueError:
            return name if name.casefold() in _OWN_NAMES or not name else f"h{self._hex(name, 8)}.example"
        if address.is_loopback or address.is_unspecified:
            return name
        seed = self._seed(str(address))
        if address.version == 4:
            return f"198.{18 + seed[0] % 2}.{seed[1]}.{1 + seed[2] % 254}"
        shown = f"2001:db8::{seed[:2].hex()}:{seed[2:4].hex()}"
        return f"[{shown}]" if name.startswith("[") else shown

    def email(self, address: str) -> str:
        """An e-mail address that belongs to no one."""
        return f"u{self._hex(address, 8)}@mail.example"

    def prose(self, text: str) -> str:
        """A text of the same shape that says nothing."""
        return self._shaped(text, self._seed(text))

    def number(self, text: str) -> str:
        """A JSON number to replace another; of the same length if that consists of digits only."""
        digits = "".join(filter(str.isdigit, text)) or "0"
        return self.of(digits).lstrip("0") or "1"

    def _long(self, value: str) -> str:
        if _PEM.search(value):
            return _PEM.sub(lambda match: match[1] + self._shaped(match[2], self._seed(value)) + match[3], value)
        return self._shaped(value, self._seed(value))

    def _new(self, folded: str, *, stretches: bool = True) -> str:
        count = sum(map(str.isalnum, folded))
        if not count:
            return folded
        shape = _stretched(folded) if count < SHORTEST and stretches else folded
        pseudonym = ""
        for attempt in range(TRIES):
            pseudonym = self._shaped(shape, self._seed(f"{attempt}:{folded}"))
            if pseudonym not in self._taken and pseudonym != folded:
                break
            if attempt > TRIES // 2:
                shape += "0" if stretches else "a"  # nearly all pseudonyms of this shape are taken
        self._taken.add(pseudonym)
        return pseudonym

    def _shaped(self, shape: str, seed: bytes) -> str:
        """Random characters in the shape of a text."""
        stream = hashlib.shake_256(seed).digest(2 * len(shape))
        letters = string.ascii_lowercase
        if _HEXADECIMAL.fullmatch(shape):
            letters = "abcdef"
        elif len(shape) == LENGTH_OF_VIN:
            letters = _LETTERS_OF_VIN
        parts = []
        for place, character in enumerate(shape):
            number = int.from_bytes(stream[2 * place : 2 * place + 2], "big")
            if character.isdigit():
                parts.append(string.digits[number % 10])
            elif character.isalnum():
                letter = letters[number % len(letters)]
                parts.append(letter.upper() if character.isupper() else letter)
            else:
                parts.append(character)
        return "".join(parts)

    def _hex(self, text: str, length: int) -> str:
        return self._seed(text.casefold()).hex()[:length]

    def _seed(self, text: str) -> bytes:
        return hmac.digest(self._key, text.encode("utf-8", "surrogatepass"), "sha256")


def _stretched(short: str) -> str:
    """A longer shape for a value that has too few letters and digits."""
    first = next(filter(str.isalnum, short))
    return short + (first if first.isdigit() else "a") * (LONGER - len(short))


_OWN_NAMES = ("localhost", "ip6-localhost")
