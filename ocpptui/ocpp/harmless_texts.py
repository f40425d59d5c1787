"""Which texts certainly hold no secret: a quick test for the many messages of a recording."""

from __future__ import annotations

from ocpptui.ocpp.secret_names import may_hold_credentials, names_secret
from ocpptui.ocpp.url_secrets import may_hold_url_secret

MOST_SHAPES = 20_000
"""How many shapes are remembered unless fewer are wanted; beyond that, all are forgotten."""
LONGEST_SHAPE = 2000
"""Bytes of a text whose shape is remembered."""


def may_hold_secret(text: str) -> bool:
    """A quick test whose False is right for a message of an action that carries no settings."""
    return names_secret(text) or may_hold_url_secret(text) or may_hold_credentials(text)


class HarmlessTexts:
    """The shapes of texts that hold no secret: messages of one kind mostly differ in their digits alone.

    A shape is a text with zeros for digits. All texts of one shape are alike to `may_hold_secret`, since digits matter
    to it in few places only, and a shape with one of those is not remembered.
    """

    def __init__(self, most: int = MOST_SHAPES) -> None:
        """`most`: how many shapes are remembered."""
        self._most = most
        self.shapes: set[bytes] = set()

    def is_harmless(self, shape: bytes, text: str) -> bool:
        """Whether a text certainly holds no secret; `shape` is that of the text as JSON escapes it, or as it is."""
        if may_hold_secret(text):
            return False
        self.learn(shape)
        return True

    def learn(self, shape: bytes) -> None:
        """Remember the shape of a text without a secret, unless its digits may matter."""
        if len(shape) <= LONGEST_SHAPE:
            lower = shape.lower()
            if not any(sign in lower for sign in _WITH_DIGITS):
                if len(self.shapes) >= self._most:
                    self.shapes.clear()
                self.shapes.add(shape)


ZEROS = bytes.maketrans(b"123456789", b"000000000")
"""Makes a shape of a text."""
_WITH_DIGITS = (b"\\u", b"%", b"u0000", b"b00", b"ase00")
"""Escaped letters, percent-encoded ones, and `Base64` in the name of a secret."""
