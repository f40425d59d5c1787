"""The actions that words in a file name (with the half of the exchange, truncated, among other words), and who may send
them."""

from __future__ import annotations

import re
from functools import lru_cache

from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.ocpp import actions as catalog
from ocpptui.ocpp.message import MessageKind
from ocpptui.ocpp.version import Role, Transport, Version

SHORTEST_START = 3
"""The fewest characters of a truncated name that show which action it is."""
_HALF = lazily(r"(\w+?)(?:[._]?(?P<call>req|request)|[._]?(?P<answer>conf|confirmation|resp|response))", re.IGNORECASE)
_CAPITALISED_WORD = lazily(r"[A-Z][a-z]+(?:[A-Z0-9][A-Za-z0-9]*)?")


@lru_cache(maxsize=4096)
def action_and_kind(name: str) -> tuple[str, MessageKind | None] | None:
    """The action that is called this, and which half of the exchange if the name says it: `Heartbeat.conf`,
    `BootNotificationRequest`; None if OCPP has no such action."""
    if catalog.versions_of(name):
        return name, None
    half = _HALF.fullmatch(name)
    if half is None or not catalog.versions_of(half[1]):
        return None
    return half[1], MessageKind.CALL if half["call"] else MessageKind.CALLRESULT


@lru_cache(maxsize=4096)
def named_action(words: str) -> str:
    """The only action that some words name, alone or with the half of the exchange: `Reset.conf`, `HeartbeatResponse`;
    empty if they name none, or several."""
    named = filter(None, map(action_and_kind, _CAPITALISED_WORD.findall(words)))
    found = {action for action, _ in named}
    return found.pop() if len(found) == 1 else ""


@lru_cache(maxsize=1024)
def only_sender(action: str) -> Role | None:
    """The only role that may send an action, in any version."""
    if not action:
        return None
    directions = {
        direction
        for version in catalog.versions_of(action)
        for found in [catalog.find_action(version, action)]
        if found is not None
        for direction in found.directions
    }
    if len(directions) != 1:
        return None
    return directions.pop().sender


@lru_cache(maxsize=1024)
def full_name(start: str) -> str:
    """The action that a truncated name means; the name itself if it is complete or unknown."""
    if catalog.versions_of(start):
        return start
    names = {
        action.name
        for version in Version.offered(Transport.JSON)
        for action in catalog.actions(version)
        if action.name.startswith(start)
    }
    senders = {only_sender(name) for name in names}
    return min(names) if len(start) >= SHORTEST_START and names and len(senders) == 1 else start
