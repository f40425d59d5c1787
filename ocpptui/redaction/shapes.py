"""Confidential values that are known by their shape, wherever they are: addresses, numbers of cars, cards and phones.

A shape is only here if it is sure: by its separators, its length and, where it has some, its check digits. Ids of
messages, times, versions and readings of meters have none of them. An underscore separates, as in names of files.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import NamedTuple


class ShapeKind(StrEnum):
    """What a value is, by its shape."""

    CERTIFICATE = "pem"
    URL = "url"
    EMAIL = "email"
    MAC = "mac"
    """The address of a network adapter; that of a car is its EVCCID (ISO 15118-2), `VID:` before it in Autocharge."""
    ADDRESS = "ip"
    PHONE = "phone"
    """An international number (E.164), or one as North America writes it."""
    CONTRACT = "contract"
    """An e-mobility account identifier (ISO 15118-2 annex H.1) or the EVSEID beside it (H.2)."""
    CAR = "vin"
    """A vehicle identification number (ISO 3779)."""
    BANK_ACCOUNT = "iban"
    """ISO 13616."""
    CARD = "card"
    """The number of a payment card or of a SIM card (ISO/IEC 7812)."""


class Shape(NamedTuple):
    """A place in a text."""

    kind: ShapeKind
    start: int
    end: int


def shapes_in(text: str) -> Iterator[Shape]:
    """The confidential values in a text that are known by their shape, in order and without overlaps."""
    if len(text) < SHORTEST or (text.isalnum() and len(text) < SHORTEST_NUMBER):
        return
    for match in _SHAPES.finditer(text):
        kind = ShapeKind(match.lastgroup or "")
        check = _CHECKS.get(kind)
        if check is None or check(match.group()):
            yield Shape(kind, *match.span())


SHORTEST = 6
"""Characters of the shortest of these, such as `a@b.de`."""
SHORTEST_NUMBER = 14
"""The same without any separator: an EMAID."""


def _is_car(text: str) -> bool:
    return not text[:3].isdigit() and sum(map(str.isdigit, text)) >= 5


def _is_contract(text: str) -> bool:
    plain = text.replace("*", "").replace("-", "")
    return len(plain) != len(text) or sum(map(str.isdigit, plain[5:])) >= 4


def _is_phone(text: str) -> bool:
    return 8 <= sum(map(str.isdigit, text)) <= 15


def _is_bank_account(text: str) -> bool:
    plain = text.replace(" ", "")
    turned = plain[4:] + plain[:4]
    return 15 <= len(plain) <= 34 and int("".join(str(int(character, 36)) for character in turned)) % 97 == 1


def _is_card(text: str) -> bool:
    """Of a payment card with an issuer and a length of its own, or of a SIM card, with its check digit (Luhn)."""
    digits = "".join(filter(str.isdigit, text))
    if not any(digits.startswith(issuer) and len(digits) in lengths for issuer, lengths in _ISSUERS):
        return False
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0


_ISSUERS: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("4", (16, 19)), *((str(start), (16,)) for start in (51, 52, 53, 54, 55, *range(22, 28), 35)),
    ("34", (15,)), ("37", (15,)), ("6011", (16, 19)), ("65", (16, 19)), ("62", (16, 19)), ("89", (19, 20)),
)  # fmt: skip
"""The first digits of a card's number, and how many there are."""
_CHECKS: dict[ShapeKind, Callable[[str], bool]] = {
    ShapeKind.CAR: _is_car,
    ShapeKind.CONTRACT: _is_contract,
    ShapeKind.PHONE: _is_phone,
    ShapeKind.BANK_ACCOUNT: _is_bank_account,
    ShapeKind.CARD: _is_card,
}

_HEX = "[0-9A-Fa-f]"
_PATTERNS = {
    ShapeKind.CERTIFICATE: r"-----BEGIN [A-Z0-9 ]+-----.*?(?:-----END [A-Z0-9 ]+-----|\Z)",
    ShapeKind.URL: r"\b[A-Za-z][A-Za-z0-9+.-]{0,30}://[^\s\"'<>\\{}|^`]+",
    ShapeKind.EMAIL: r"\b[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24}\b",
    ShapeKind.MAC: rf"(?<![^\W_]){_HEX}{{2}}(?:[:-]{_HEX}{{2}}){{5}}(?![^\W_])"
    rf"|(?<![^\W_]){_HEX}{{4}}\.{_HEX}{{4}}\.{_HEX}{{4}}(?![^\W_])"
    rf"|(?<=\bVID[:_-]){_HEX}{{12}}\b|\bVID{_HEX}{{12}}\b",
    ShapeKind.ADDRESS: r"(?<![^\W_]|\.)(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![^\W_]|\.\d)"
    r"|(?<![\w:])\[?(?=[0-9A-Fa-f:]*::|(?:[0-9A-Fa-f]{1,4}:){7})[0-9A-Fa-f:]{2,39}(?:\.\d+){0,3}\]?(?![\w:])",
    ShapeKind.PHONE: r"(?<![^\W_]|[.+])\+[1-9](?:[ ./()-]{0,2}\d){7,14}(?!\.\d|[^\W_])"
    r"|(?<![^\W_]|[(.-])(?:\(\d{3}\)[ -]?\d{3}|[2-9]\d\d-[2-9]\d\d)-\d{4}(?![^\W_]|-)",
    ShapeKind.CONTRACT: r"(?<![^\W_]|[*-])[A-Z]{2}(?:(?P<sign>[*-])[A-Z0-9]{3}(?P=sign)"
    r"(?:C?[A-Z0-9]{8,9}|E[A-Z0-9*]{1,30})"
    r"(?:(?P=sign)[A-Z0-9])?"
    r"|[A-Z0-9]{3}C[A-Z0-9]{8}[A-Z0-9]?)(?![^\W_]|[*-])",
    ShapeKind.BANK_ACCOUNT: r"(?<![^\W_])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![^\W_])",
    ShapeKind.CAR: r"(?<![^\W_]|-)[A-HJ-NPR-Z0-9]{13}\d{4}(?![^\W_]|-)",
    ShapeKind.CARD: r"(?<![^\W_]|[.-])(?:\d{15,20}|\d{4}(?: \d{4}){3}|\d{4}(?:-\d{4}){3}|\d{4} \d{6} \d{5})"
    r"(?![^\W_]|-|\.\d)",
}
_SHAPES = re.compile("|".join(f"(?P<{kind.value}>{pattern})" for kind, pattern in _PATTERNS.items()), re.DOTALL)
