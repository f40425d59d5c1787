"""The tokens that a simulated central system knows, and what it answers about each.

A file in TOML lists them:

    unknown = "Invalid"      # what every other token gets; Accepted if left out
    concurrent = false       # one transaction at a time for each token; true if left out

    [[token]]
    id = "04A2B3C4"
    status = "Blocked"
    group = "FLEET-1"
    expires = 2026-12-31
    message = "Please call us."

Source: OCPP 1.6 sections 4.1 and 7.2 (idTagInfo), OCPP 2.x Part 2 use cases C01 to C06 (idTokenInfo).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from ocpptui.ocpp.date_times import date_time, micros_of, time_of
from ocpptui.ocpp.payload import Payload, object_at, text_at
from ocpptui.ocpp.version import Version
from ocpptui.simulator.profile_table import ProfileTable, WrongProfile

STATUSES = (
    "Accepted", "Blocked", "Expired", "Invalid", "ConcurrentTx", "NoCredit", "NotAllowedTypeEVSE", "NotAtThisLocation",
    "NotAtThisTime", "Unknown",
)  # fmt: skip
"""Those of OCPP 2.x; 1.6 has the first five."""
STATUSES_OF_16 = STATUSES[:5]
LONGEST_OF_16 = 20
"""Characters of an idTag."""
MOST_TOKENS = 100_000
NEVER_REFUSED = ("NoAuthorization", "Central")
"""Types of tokens that are accepted unless they are listed: there is nothing to authorize (2.x C02, C05)."""


class WrongTokens(ValueError):
    """A table of tokens cannot be used; the message says what was expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedToken:
    """What the central system knows of one token."""

    id: str
    type: str = ""
    """The type in OCPP 2.x, such as ISO14443; empty for any."""
    status: str = "Accepted"
    group: str = ""
    """The parentIdTag (1.6) or groupIdToken (2.x)."""
    expires: int | None = None
    """When it expires, in microseconds since 1970-01-01 UTC."""
    concurrent: bool = True
    """Whether it may be in several transactions at once."""
    message: str = ""
    """What the charging station shows to the driver (2.x)."""
    language: str = ""
    """The language of the message (RFC 5646)."""


@dataclass(frozen=True, slots=True)
class PresentedToken:
    """The token in a call of a charge point."""

    text: str
    type: str = ""


@dataclass(frozen=True, slots=True)
class TokenTable:
    """All known tokens. Case is ignored, as OCPP prescribes for identifiers."""

    by_id: Mapping[str, tuple[ListedToken, ...]] = field(default_factory=dict)
    """By their ids in lower case; one id may be listed for several types."""
    unknown: str = "Accepted"
    concurrent: bool = True

    def __len__(self) -> int:
        return sum(map(len, self.by_id.values()))

    def with_status(self, status: str, *ids: str) -> TokenTable:
        """The same table in which these tokens have this status."""
        more = {one.lower(): (ListedToken(id=one, status=status),) for one in ids}
        return TokenTable({**self.by_id, **more}, self.unknown, self.concurrent)

    def listed(self, token: PresentedToken) -> ListedToken | None:
        """What is known of a token."""
        found = self.by_id.get(token.text.lower(), ())
        return next((one for one in found if not one.type or not token.type or one.type == token.type), None)

    def may_be_concurrent(self, token: PresentedToken) -> bool:
        """Whether it may be in several transactions at once."""
        known = self.listed(token)
        return self.concurrent if known is None else known.concurrent

    def info(self, version: Version, token: PresentedToken, now: int, *, is_in_use: bool = False) -> Payload:
        """The idTagInfo or idTokenInfo for a token at `now`.

        `is_in_use`: it is in another transaction, and the call starts one. Only then is ConcurrentTx an answer.
        """
        known = self.listed(token)
        status = self._status(known, token, now, is_in_use=is_in_use)
        if version.generation > 1:
            return {"status": status, **({} if known is None else _details(known))}
        info: Payload = {"status": status if status in STATUSES_OF_16 else "Invalid"}
        if known is not None and known.expires is not None:
            info["expiryDate"] = date_time(known.expires)
        if known is not None and 0 < len(known.group) <= LONGEST_OF_16:
            info["parentIdTag"] = known.group
        return info

    def _status(self, known: ListedToken | None, token: PresentedToken, now: int, *, is_in_use: bool) -> str:
        if known is None and token.type in NEVER_REFUSED:
            return "Accepted"
        status = self.unknown if known is None else known.status
        if status == "Accepted" and known is not None and known.expires is not None and known.expires <= now:
            return "Expired"
        if status == "Accepted" and is_in_use and not self.may_be_concurrent(token):
            return "ConcurrentTx"
        return status


def presented_token(request: Payload) -> PresentedToken | None:
    """The token in a call, if it has one."""
    if "idTag" not in request and "idToken" not in request:
        return None  # as in most calls
    if (tag := text_at(request, "idTag")) is not None:
        return PresentedToken(tag)
    token = object_at(request, "idToken")
    text = text_at(token, "idToken")
    return None if text is None else PresentedToken(text, text_at(token, "type") or "")


def token_table(text: str) -> TokenTable:
    """The table in a text in TOML. Raises WrongTokens."""
    try:
        whole = ProfileTable(tomllib.loads(text), "")
        unknown = whole.choice("unknown", "Accepted", STATUSES)
        concurrent = whole.flag("concurrent", default=True)
        tokens = [_token(one, concurrent=concurrent) for one in whole.tables("token", MOST_TOKENS)]
        whole.end()
    except (tomllib.TOMLDecodeError, WrongProfile) as error:
        raise WrongTokens(str(error)) from None
    by_id: dict[str, tuple[ListedToken, ...]] = {}
    for one in tokens:
        others = by_id.get(one.id.lower(), ())
        if any(other.type in ("", one.type) or not one.type for other in others):
            raise WrongTokens(f"the token {one.id!r} is listed twice")
        by_id[one.id.lower()] = (*others, one)
    return TokenTable(by_id, unknown, concurrent)


def _token(table: ProfileTable, *, concurrent: bool) -> ListedToken:
    if not table.has("id") or not table.text("id", most=255):
        raise table.wrong("id", "the text that the charge point sends as idTag or idToken")
    found = ListedToken(
        id=table.text("id", most=255),
        type=table.text("type", most=20),
        status=table.choice("status", "Accepted", STATUSES),
        group=table.text("group", most=36),
        expires=_moment(table, "expires"),
        concurrent=table.flag("concurrent", default=concurrent),
        message=table.text("message", most=512),
        language=table.text("language", most=8),
    )
    table.end()
    return found


def _moment(table: ProfileTable, name: str) -> int | None:
    """A date, or a date with a time; UTC where no zone is named."""
    value: Any = table.take(name)
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time())
    if isinstance(value, datetime):
        return micros_of(value if value.tzinfo is not None else value.replace(tzinfo=UTC))
    found = time_of(value) if isinstance(value, str) else None
    if value is not None and found is None:
        raise table.wrong(name, "a date such as 2026-12-31, or one with a time such as 2026-12-31T18:00:00Z")
    return found


def _details(known: ListedToken) -> Payload:
    """What idTokenInfo has besides the status."""
    details: Payload = {}
    if known.expires is not None:
        details["cacheExpiryDateTime"] = date_time(known.expires)
    if known.group:
        details["groupIdToken"] = {"idToken": known.group, "type": "Central"}
    if known.message:
        language = {"language": known.language} if known.language else {}
        details["personalMessage"] = {"format": "UTF8", **language, "content": known.message}
    return details
