"""The secrets of a whole file: one that is masked in any of its records is masked in all of them.

A record that is read alone shows only the secrets that it names. In a file, the password of a later ChangeConfiguration
may be in the free text of an earlier StatusNotification; the file as a whole says that it is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ocpptui.jsontext.known_texts import KnownTexts
from ocpptui.ocpp.secret_names import MASK, is_masked
from ocpptui.ocpp.vocabulary import is_word_of_ocpp
from ocpptui.timeline.masking import TELLING, forms_of, without_texts
from ocpptui.timeline.record import Record

SHORTEST = 6
"""Characters of a secret that is looked for everywhere; a shorter one would be found by chance."""
LONGEST = 4096
"""Characters of the longest: beyond it, there are certificates and the like."""
MOST = 20_000
"""Secrets that are remembered."""


class KnownSecrets:
    """The secrets of a file that are looked for in all its records."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._new: list[str] = []
        self._tiers: list[tuple[list[str], KnownTexts]] = []  # each at least twice as large as the next

    def add(self, secrets: Iterable[str]) -> bool:
        """Mask these too, from the next record on; returns whether one of them is new."""
        new = [secret for secret in secrets if secret not in self._known and is_worth_a_search(secret)]
        new = new[: MOST - len(self._known)]
        self._known.update(new)
        self._new += new
        return bool(new)

    def masked(self, record: Record) -> Record:
        """The record without these secrets; one that is part of the charge point's name stays, as it is everywhere."""
        for texts in self._texts():
            record = without_texts(record, texts)
        return record

    def masked_text(self, text: str) -> str:
        """A text from the file without these secrets."""
        for texts in self._texts():
            text = texts.replaced_in(text, MASK)
        return text

    def _texts(self) -> list[KnownTexts]:
        if self._new:
            secrets, self._new = self._new, []
            while self._tiers and len(self._tiers[-1][0]) < 2 * len(secrets):
                secrets += self._tiers.pop()[0]
            self._tiers.append((secrets, KnownTexts(form for secret in secrets for form in forms_of(secret))))
        return [texts for _, texts in self._tiers]


def is_worth_a_search(secret: str) -> bool:
    """Whether a secret would not be found by chance: a short one has letters and digits, a long one is not of OCPP."""
    if not SHORTEST <= len(secret) <= LONGEST or is_masked(secret) or not any(map(str.isalnum, secret)):
        return False
    if len(secret) < TELLING:
        return any(map(str.isdigit, secret)) and any(map(str.isalpha, secret))
    return _TIME.match(secret) is None and not is_word_of_ocpp(secret)


_TIME = re.compile(r"\d{4}-\d\d-\d\dT")
