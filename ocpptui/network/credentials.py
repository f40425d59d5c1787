"""HTTP Basic credentials, on either side of the connection."""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass, field

from ocpptui.ocpp.http_headers import parse_basic


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why credentials were not accepted."""

    sentence: str
    advice: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """Credentials that fit."""

    user: str
    interpretation: str
    """Which reading of the password fitted: `text`, or `decoded hex` for the bytes that its hex digits stand for."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user name and a password, for HTTP Basic authentication.

    In OCPP 1.6 the password is the AuthorizationKey: hex digits whose bytes go onto the wire (security whitepaper,
    A00.FR.205). In 2.x it is the text itself. Source: RFC 7617.
    """

    user: str | None
    """None: the identity of the charge point."""
    password: bytes = field(repr=False)
    """As it goes onto the wire."""
    text: str = field(default="", repr=False)
    """The password as it was given."""

    @classmethod
    def parse(cls, user: str | None, password: str, *, hexadecimal: bool = False) -> Credentials:
        """Credentials as a person gives them. Raises ValueError where hex digits were promised and are not there."""
        if user is not None and ":" in user:
            raise ValueError("a user name must not hold a colon: it separates user name and password (RFC 7617)")
        if not hexadecimal:
            return cls(user, password.encode("utf-8", "surrogateescape"), password)
        decoded = _decoded_hex(password)
        if decoded is None:
            raise ValueError("the password is not hexadecimal: an even number of the digits 0-9, a-f is needed")
        return cls(user, decoded, password)

    def header(self, charge_point: str) -> str:
        """The value of the Authorization header."""
        user = charge_point if self.user is None else self.user
        pair = user.encode() + b":" + self.password
        return "Basic " + base64.b64encode(pair).decode("ascii")

    def check(self, header: str | None, charge_point: str) -> Accepted | Refusal:
        """Whether an Authorization header of the charge point with this id fits.

        Both readings of a password in hex digits are accepted, because the field does not agree on one.
        """
        if header is None:
            return Refusal("It sent no credentials.", "Set the password (AuthorizationKey) in the charge point.")
        parsed = parse_basic(header)
        if parsed is None:
            scheme = header.split(" ", 1)[0]
            return Refusal(
                f"Its Authorization header ({scheme or 'empty'}) is not readable as HTTP Basic.",
                "Look whether a proxy between the two changed it.",
            )
        user, password = parsed
        expected = charge_point if self.user is None else self.user
        if user != expected:
            return Refusal(
                f"It gave the user name {user!r}; {expected!r} was expected.",
                "The user name must be the charge point's id as in the URL." if self.user is None else "",
            )
        for interpretation, candidate in self._readings():
            if hmac.compare_digest(candidate, password):
                return Accepted(user, interpretation)
        if not password:
            return Refusal("Its password is empty.", "Set the password (AuthorizationKey) in the charge point.")
        return Refusal(
            f"Its password is wrong ({len(password)} bytes came).",
            "Compare it; of a password in hex digits both the digits and their bytes would have been accepted.",
        )

    def _readings(self) -> list[tuple[str, bytes]]:
        decoded = _decoded_hex(self.text)
        readings = [("text", self.text.encode("utf-8", "surrogateescape"))]
        if decoded is not None:
            readings.append(("decoded hex", decoded))
        if not self.text:
            readings = [("text", self.password)]
        return readings


def _decoded_hex(text: str) -> bytes | None:
    if not text or len(text) % 2 or any(c not in "0123456789abcdefABCDEF" for c in text):
        return None
    return bytes.fromhex(text)
