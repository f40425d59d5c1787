"""HTTP Basic credentials, on either side of the connection."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from ocpptui.network.problems import InvalidSetting, NetworkProblem, ProblemCode
from ocpptui.ocpp.header_credentials import basic_fault, parse_basic

TEXT, DECODED_HEX = "text", "decoded hex"
"""The readings of a password."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """Credentials that match."""

    user: str
    interpretation: str
    """Which reading of the password matched: `text`, or `decoded hex` for the bytes of its hex digits."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user name and a password, for HTTP Basic authentication.

    In OCPP 1.6 the password is the AuthorizationKey: hex digits whose bytes are sent (security whitepaper,
    A00.FR.205). In 2.x the text itself is sent. Source: RFC 7617.
    """

    user: str | None
    """None: the identity of the charge point."""
    password: bytes = field(repr=False)
    """As it is sent on the wire."""
    text: str = field(default="", repr=False)
    """The password as it was given."""

    @classmethod
    def parse(cls, user: str | None, password: str, *, hexadecimal: bool = False) -> Credentials:
        """Credentials as the user gives them; `hexadecimal` says that the password is in hex digits.

        Raises InvalidSetting if it is not, or if the user name contains a colon, which separates the two.
        """
        if user is not None and ":" in user:
            raise InvalidSetting(NetworkProblem(ProblemCode.USER_WITH_COLON, user=user))
        if not hexadecimal:
            return cls(user, password.encode("utf-8", "surrogateescape"), password)
        decoded = _decoded_hex(password)
        if decoded is None:
            raise InvalidSetting(NetworkProblem(ProblemCode.PASSWORD_NOT_HEXADECIMAL))
        return cls(user, decoded, password)

    @property
    def secrets(self) -> tuple[str, ...]:
        """The password in every form in which a peer could repeat it."""
        return tuple(filter(None, (self.text, self.password.decode("utf-8", "replace"))))

    @property
    def reading(self) -> str:
        """How the password is sent: as `text`, or as the bytes of its hex digits, `decoded hex`."""
        return "text" if self.password == self.text.encode("utf-8", "surrogateescape") else "decoded hex"

    @property
    def read_otherwise(self) -> Credentials | None:
        """The same credentials with the other reading of the password; None if it has only one."""
        other = [password for _, password in self._readings() if password != self.password]
        return replace(self, password=other[0]) if other else None

    def header(self, charge_point: str) -> str:
        """The value of the Authorization header."""
        user = charge_point if self.user is None else self.user
        pair = user.encode("utf-8", "surrogateescape") + b":" + self.password  # as it was typed
        return "Basic " + base64.b64encode(pair).decode("ascii")

    def check(self, header: str | None, charge_point: str, *, any_user: bool = False) -> Accepted | NetworkProblem:
        """Whether an Authorization header of the charge point with this id matches.

        With `any_user` the password alone decides. Both readings of a password in hex digits are accepted, because
        products differ.
        """
        pair = sent_pair(header, charge_point, self.user, any_user=any_user)
        if isinstance(pair, NetworkProblem):
            return pair
        user, password = pair
        for interpretation, candidate in self._readings():
            if hmac.compare_digest(candidate, password):
                return Accepted(user, interpretation)
        return wrong_password(password)

    def slow_check(self, header: str | None, charge_point: str) -> Callable[[], None] | None:
        """As in `CredentialTable`: there is nothing slow to do."""
        return None

    def _readings(self) -> list[tuple[str, bytes]]:
        decoded = _decoded_hex(self.text)
        readings = [(TEXT, self.text.encode("utf-8", "surrogateescape"))]
        if decoded is not None:
            readings.append((DECODED_HEX, decoded))
        if not self.text:
            readings = [(TEXT, self.password)]
        return readings


def sent_pair(
    header: str | None, charge_point: str, user: str | None, *, any_user: bool
) -> tuple[str, bytes] | NetworkProblem:
    """The user name and the password in an Authorization header, or why they cannot be those of the charge point.

    `user` is the name that is expected, with None the id; with `any_user` there may be any.
    """
    if header is None:
        return NetworkProblem(ProblemCode.CREDENTIALS_MISSING)
    parsed = parse_basic(header)
    if parsed is None:
        return _unreadable(header)
    expected = charge_point if user is None else user
    if parsed[0] != expected and not any_user:
        code = ProblemCode.CREDENTIALS_OF_ANOTHER_USER if user is not None else ProblemCode.CREDENTIALS_NOT_OF_THE_ID
        return NetworkProblem(code, user=parsed[0], expected=expected)
    return parsed


def _unreadable(header: str) -> NetworkProblem:
    """Why a header is not that of Basic. A header without a scheme may be the password itself: it is not repeated."""
    scheme, space, _ = header.strip().partition(" ")
    if scheme.lower() == "basic":
        codes = {"base64": ProblemCode.CREDENTIALS_NOT_BASE64, "colon": ProblemCode.CREDENTIALS_WITHOUT_COLON}
        return NetworkProblem(codes[basic_fault(header)])
    shown = scheme[:40] if space or not scheme else "without a scheme"
    return NetworkProblem(ProblemCode.CREDENTIALS_NOT_BASIC, scheme=shown)


def wrong_password(password: bytes) -> NetworkProblem:
    """The problem of a password that does not match: above all, whether something else was sent with it."""
    if not password:
        return NetworkProblem(ProblemCode.PASSWORD_EMPTY)
    for character, name in _PADDING.items():
        if password.endswith(character) or password.startswith(character):
            where = "ends" if password.endswith(character) else "begins"
            return NetworkProblem(ProblemCode.PASSWORD_PADDED, length=len(password), name=name, other=where)
    return NetworkProblem(ProblemCode.PASSWORD_WRONG, length=len(password))


_PADDING = {
    b"\r\n": "a carriage return and a line feed",
    b"\n": "a line feed",
    b"\r": "a carriage return",
    b"\0": "a null byte",
    b" ": "a space",
    b"\t": "a tab",
    b'"': "a quotation mark",
    b"'": "a quotation mark",
}
"""What is sent with a password by mistake, and its name."""


def _decoded_hex(text: str) -> bytes | None:
    if not text or len(text) % 2 or any(c not in "0123456789abcdefABCDEF" for c in text):
        return None
    return bytes.fromhex(text)
