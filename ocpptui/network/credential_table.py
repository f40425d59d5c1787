"""The passwords of many charge points, each plain or as a hash. A file in TOML lists them by id:

    CP001 = "a password of 16 to 40 characters"
    "RDAM|123" = "scrypt$16384$8$1$…$…"

Source: OCPP 1.6 security whitepaper and OCPP 2.x Part 2, A00.FR.204, A00.FR.205: the password is unique to a charge
point, its user name is the id.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import tomllib
from collections import OrderedDict
from collections.abc import Callable, Mapping

from ocpptui.network.credentials import DECODED_HEX, TEXT, Accepted, Credentials, sent_pair, wrong_password
from ocpptui.network.password_hash import PREFIX, PasswordHash, WrongHash
from ocpptui.network.problems import NetworkProblem, ProblemCode

MOST_ENTRIES = 100_000
MOST_REMEMBERED = 10_000
"""Results of passwords that were compared with a hash; an older one is compared again."""
LONGEST_KEY = 20
"""Bytes of an AuthorizationKey of 1.6: it may have been hashed as the hex digits of what is sent."""


class WrongCredentials(ValueError):
    """A table cannot be used; the message says where and why, without a password."""


class CredentialTable:
    """Credentials by the id of a charge point, which is also the user name."""

    user = None
    """As in `Credentials`: the id."""

    def __init__(self, entries: Mapping[str, Credentials | PasswordHash]) -> None:
        self._entries = dict(entries)
        self._key = secrets.token_bytes(32)
        self._remembered: OrderedDict[tuple[str, bytes], str] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def secrets(self) -> tuple[str, ...]:
        """The plain passwords in every form in which a peer could repeat them."""
        plain = [one for one in self._entries.values() if isinstance(one, Credentials)]
        return tuple(secret for one in plain for secret in one.secrets)

    def check(self, header: str | None, charge_point: str, *, any_user: bool = False) -> Accepted | NetworkProblem:
        """As `Credentials.check`; a password for a hash has to be compared by `slow_check` before."""
        entry = self._entries.get(charge_point)
        if entry is None:
            return NetworkProblem(ProblemCode.CREDENTIALS_UNKNOWN_ID, expected=charge_point)
        if isinstance(entry, Credentials):
            return entry.check(header, charge_point, any_user=any_user)
        pair = sent_pair(header, charge_point, None, any_user=any_user)
        if isinstance(pair, NetworkProblem):
            return pair
        user, password = pair
        if reading := self._remembered.get(self._place(charge_point, password)):
            return Accepted(user, reading)
        return wrong_password(password)

    def slow_check(self, header: str | None, charge_point: str) -> Callable[[], None] | None:
        """What has to be computed before `check`, in a thread: it takes some 50 ms; None if there is nothing."""
        entry = self._entries.get(charge_point)
        pair = sent_pair(header, charge_point, None, any_user=True)
        if not isinstance(entry, PasswordHash) or isinstance(pair, NetworkProblem):
            return None
        password, place = pair[1], self._place(charge_point, pair[1])
        if place in self._remembered:
            return None
        return lambda: self._remember(place, _matching_reading(entry, password))

    def _place(self, charge_point: str, password: bytes) -> tuple[str, bytes]:
        """Where the result is remembered, without the password itself."""
        return charge_point, hmac.digest(self._key, password, hashlib.sha256)

    def _remember(self, place: tuple[str, bytes], reading: str) -> None:
        self._remembered[place] = reading
        while len(self._remembered) > MOST_REMEMBERED:
            self._remembered.popitem(last=False)


def _matching_reading(entry: PasswordHash, sent: bytes) -> str:
    """Which reading of a password has this hash: empty if none does."""
    readings = [(TEXT, sent)]
    if 0 < len(sent) <= LONGEST_KEY:
        readings += [(DECODED_HEX, digits.encode()) for digits in (sent.hex().upper(), sent.hex())]
    return next((name for name, reading in readings if entry.matches(reading)), "")


def credential_table(text: str) -> CredentialTable:
    """The table in a text in TOML. Raises WrongCredentials."""
    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        line = str(error).rpartition("(")[2].rstrip(")")  # what else it says may quote a password
        raise WrongCredentials(f"it is not valid TOML ({line})") from None
    if len(content) > MOST_ENTRIES:
        raise WrongCredentials(f"it has more than {MOST_ENTRIES:,} entries")
    if not content:
        raise WrongCredentials("it has no entry, and would let nobody in")
    return CredentialTable({name: _entry(name, value) for name, value in content.items()})


def _entry(name: str, value: object) -> Credentials | PasswordHash:
    if isinstance(value, dict):
        raise WrongCredentials(f"{name!r} is a table; an id with a dot is written in quotes")
    if not isinstance(value, str) or not value:
        raise WrongCredentials(f"the password of {name!r} is not a text in quotes, or it is empty")
    if not name or ":" in name:
        raise WrongCredentials(f"{name!r} cannot be the user name of a charge point")
    if not value.startswith(PREFIX):
        return Credentials.parse(None, value)
    try:
        return PasswordHash.parse(value)
    except WrongHash as error:
        raise WrongCredentials(f"the hash of {name!r} cannot be used: {error}") from None
