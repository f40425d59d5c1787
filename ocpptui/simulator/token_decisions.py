"""Which tokens the charge point accepts by itself: those of its local list and its cache, and offline perhaps others.

Source: OCPP 1.6 sections 3.5.1 to 3.5.4; OCPP 2.x use cases C07, C10 to C16, D01.
"""

from __future__ import annotations

from collections import OrderedDict
from enum import Enum, auto
from typing import Any, NamedTuple

from ocpptui.ocpp.date_times import time_of
from ocpptui.ocpp.payload import object_at, text_at
from ocpptui.ocpp.version import Version
from ocpptui.ocpp.wrapped_messages import result_within
from ocpptui.simulator.configuration import Configuration
from ocpptui.simulator.outgoing_calls import DriverToken

MOST_CACHED = 1_000


class TokenInfo(NamedTuple):
    """What is known of a token."""

    status: str
    group: str = ""
    """The parentIdTag of 1.6, the groupIdToken of 2.x; in lower case."""
    expiry: int | None = None
    """Microseconds since 1970-01-01 UTC."""

    def is_accepted(self, now: int) -> bool:
        return self.status == "Accepted" and (self.expiry is None or self.expiry > now)


def token_info(version: Version, content: Any) -> TokenInfo | None:
    """What an idTagInfo or idTokenInfo says; None if there is none."""
    if not isinstance(content, dict):
        return None
    is_1x = version.generation == 1
    group = text_at(content, "parentIdTag") if is_1x else text_at(object_at(content, "groupIdToken"), "idToken")
    expiry = time_of(text_at(content, "expiryDate" if is_1x else "cacheExpiryDateTime") or "")
    return TokenInfo(text_at(content, "status") or "", (group or "").lower(), expiry)


def info_of_answer(version: Version, answer: dict[str, Any]) -> TokenInfo | None:
    """What an answer says of the token that was asked for; it is invalid if its certificate is (2.x C07)."""
    if version.generation == 1 and "data" in answer:
        version, answer = Version.V201, result_within(answer) or {}
    info = token_info(version, answer.get("idTagInfo" if version.generation == 1 else "idTokenInfo"))
    if info is not None and info.status == "Accepted" and answer.get("certificateStatus", "Accepted") != "Accepted":
        return info._replace(status="Invalid")
    return info


class Decision(Enum):
    """What the charge point makes of a token."""

    ACCEPTED = auto()
    REFUSED = auto()
    ASK = auto()
    """Send Authorize."""


class Authorizer:
    """The tokens that a charge point knows."""

    def __init__(self, version: Version, configuration: Configuration) -> None:
        self.local_list: dict[str, dict[str, Any]] = {}
        """The idTagInfo or idTokenInfo of each token of the local authorization list; tokens in lower case."""
        self.list_version = 0
        self._version = version
        self._configuration = configuration
        self._cache: OrderedDict[str, TokenInfo] = OrderedDict()

    def decide(self, token: DriverToken, now: int, *, is_online: bool) -> Decision:
        """Whether a token may charge, without asking the central system if that need not or cannot be asked."""
        setting, known = self._configuration, self.known(token)
        if token.has_contract and is_online:
            return Decision.ASK  # whether a certificate was revoked, nobody knows here
        if token.has_contract and not setting.is_on("ISO15118Ctrlr", "ContractValidationOffline"):
            return Decision.REFUSED  # C07.FR.07
        if is_online:
            accepted = setting.flag("LocalPreAuthorize") and known is not None and known.is_accepted(now)
            return Decision.ACCEPTED if accepted else Decision.ASK
        if known is not None:
            accepted = setting.flag("LocalAuthorizeOffline") and known.is_accepted(now)
        else:
            accepted = setting.flag("AllowOfflineTxForUnknownId")
        return Decision.ACCEPTED if accepted else Decision.REFUSED

    def known(self, token: DriverToken) -> TokenInfo | None:
        """What the local list, or else the cache, says of a token (1.6 section 3.5.3: the list comes first)."""
        name = token.text.lower()
        if self._configuration.flag("LocalAuthListEnabled") and name in self.local_list:
            return token_info(self._version, self.local_list[name])
        return self._cache.get(name) if self.has_cache else None

    def is_master_pass(self, info: TokenInfo | None) -> bool:
        """Whether a token may stop any transaction, and start none (2.x C16)."""
        group = self._configuration.text("AuthCtrlr", "MasterPassGroupId").lower()
        return info is not None and group != "" and info.group == group

    @property
    def has_cache(self) -> bool:
        return self._configuration.flag("AuthorizationCacheEnabled")

    def learn(self, token: DriverToken, info: TokenInfo | None) -> None:
        """Keep what the central system says of a token in an answer."""
        if info is None or not self.has_cache:
            return
        self._cache[token.text.lower()] = info
        self._cache.move_to_end(token.text.lower())
        if len(self._cache) > MOST_CACHED:
            self._cache.popitem(last=False)

    def forget(self, token: DriverToken) -> None:
        """Forget what answers said of a token (2.x N10)."""
        self._cache.pop(token.text.lower(), None)

    def clear_cache(self) -> bool:
        """Forget what answers said; False if the cache is switched off (2.x C11.FR.04)."""
        if not self.has_cache:
            return False
        self._cache.clear()
        return True
