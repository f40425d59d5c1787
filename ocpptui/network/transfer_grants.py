"""One-time permissions to upload or fetch one file, each with a URL that nobody can guess. Pure."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from hmac import compare_digest
from pathlib import Path

MOST_GRANTS = 10_000
"""Permissions that are remembered; the oldest are forgotten first."""
LIFE = 7 * 86_400.0
"""Seconds for which a URL can be used; a firmware update may be planned days ahead."""
LINGER = 60.0
"""Seconds for which a file can be fetched again: its last bytes may be lost after they were sent."""


@dataclass(slots=True, eq=False)
class TransferGrant:
    """The permission for one transfer."""

    charge_point: str
    user: str
    """What FTP and SFTP call it; not secret."""
    path: str
    """The first part of its path in HTTP. It opens this one transfer, and is recorded like any URL."""
    password: str
    """In FTP and SFTP; it is in no recording."""
    file: Path | None
    """The file to fetch; None for an upload."""
    ends: float
    """The reading of the clock at which it expires, in seconds."""
    is_used: bool = False
    """A whole file was moved with it."""
    is_busy: bool = False
    """A file is being uploaded with it."""

    @property
    def is_upload(self) -> bool:
        return self.file is None


class TransferGrants:
    """All permissions of one session."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` gives seconds that never go back."""
        self._clock = clock
        self._by_user: OrderedDict[str, TransferGrant] = OrderedDict()
        self._by_path: dict[str, TransferGrant] = {}
        self._newest: dict[tuple[str, Path | None], TransferGrant] = {}

    def of(self, charge_point: str, file: Path | None = None) -> TransferGrant:
        """An unused permission for the charge point to fetch this file or, without one, to upload any."""
        newest = self._newest.get((charge_point, file))
        if newest is not None and not newest.is_used and not self.problem_of(newest):
            return newest
        user = f"cp{secrets.token_hex(6)}"
        grant = TransferGrant(
            charge_point, user, secrets.token_hex(10), secrets.token_hex(10), file, self._clock() + LIFE
        )
        self._by_user[user] = self._by_path[grant.path] = self._newest[charge_point, file] = grant
        while len(self._by_user) > MOST_GRANTS:
            self._forget(self._by_user.popitem(last=False)[1])
        return grant

    def _forget(self, grant: TransferGrant) -> None:
        self._by_path.pop(grant.path, None)
        if self._newest.get((grant.charge_point, grant.file)) is grant:
            del self._newest[grant.charge_point, grant.file]

    def with_path(self, path: str) -> TransferGrant | None:
        """The permission whose path in HTTP begins with this part, used up or not."""
        return self._by_path.get(path)

    def with_user(self, user: str) -> TransferGrant | None:
        """The permission for this user, whose password is not checked here."""
        return self._by_user.get(user)

    def named_in(self, text: str) -> TransferGrant | None:
        """The permission whose URL is in a text, where its password may be masked."""
        found = (one for one in reversed(self._by_user.values()) if one.path in text or f"//{one.user}:" in text)
        return next(found, None)

    def opens(self, grant: TransferGrant, password: str) -> bool:
        """Whether this is its password; takes the same time for any text."""
        return compare_digest(grant.password.encode(), password.encode("utf-8", "replace"))

    def problem_of(self, grant: TransferGrant) -> str:
        """Why it cannot be used now; empty if it can."""
        if self._clock() >= grant.ends:
            return "its URL was used already" if grant.is_used else "its URL is too old"
        if grant.is_upload and grant.is_used:
            return "its URL was used already"
        if grant.is_busy:
            return "another upload to its URL is running"
        return ""

    def use_up(self, grant: TransferGrant) -> None:
        """A whole file was moved. It can be fetched again for a while, but not uploaded again."""
        if not grant.is_used:
            grant.is_used = True
            grant.ends = min(grant.ends, self._clock() + LINGER)

    def renew(self, grant: TransferGrant) -> None:
        """Its URL was sent in a request: it is good for one more transfer."""
        grant.is_used, grant.ends = False, self._clock() + LIFE
