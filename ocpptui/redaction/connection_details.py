"""Redaction of the detail of a connection event: URLs, headers, certificates."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ocpptui.jsontext.path import nearest_key
from ocpptui.jsontext.tokens import Steps
from ocpptui.ocpp.header_credentials import AUTHORIZATION, parse_basic
from ocpptui.ocpp.secret_names import MASK, is_secret_header
from ocpptui.redaction.free_text import FreeText

Replaced = Callable[[Steps, str, str], str]
"""Called for each replacement with its path, the old and the new value; returns the value to use."""

_NAMING_A_HOST = ("host", "x-forwarded-host")
_OPEN = frozenset(
    {
        "event",
        "step",
        "closedBy",
        "subprotocol",
        "subprotocolsOffered",
        "versions",
        "versionAssumed",
        "suites",
        "groups",
    }
)
"""Entries whose values are words of OCPP or of ocpptui."""
_OWNER = re.compile(r"\Auser\Z|subject|issuer|fingerprint|serial|names?\Z|certificate|sha256", re.IGNORECASE)
"""Entries that identify a user or device; those of certificates have parts such as `CN=CP001`."""
_HOST = re.compile(r"(\[[^\]]*\]|[^:]*)(:\d+)?")
_PART = re.compile(r"(?<==)[^,/+]+|\A[^=]+\Z")


def redacted_detail(detail: Any, text: FreeText, replaced: Replaced, steps: Steps = ("detail",)) -> Any:
    """The detail with its names replaced; numbers and keys are unchanged."""
    if isinstance(detail, dict):
        return {key: redacted_detail(value, text, replaced, (*steps, str(key))) for key, value in detail.items()}
    if isinstance(detail, list | tuple):
        return [redacted_detail(value, text, replaced, (*steps, place)) for place, value in enumerate(detail)]
    if not isinstance(detail, str):
        return detail
    new = _redacted(nearest_key(steps), detail, steps, text)
    return replaced(steps, detail, new) if new != detail else detail


def learn_detail(detail: Any, text: FreeText, steps: Steps = ("detail",)) -> None:
    """Collect the names in the detail."""
    if isinstance(detail, dict):
        for key, value in detail.items():
            learn_detail(value, text, (*steps, str(key)))
    elif isinstance(detail, list | tuple):
        for value in detail:
            learn_detail(value, text, steps)
    elif isinstance(detail, str):
        key = nearest_key(steps)
        if key in ("requestHeaders", "responseHeaders"):
            name, _, value = detail.partition(":")
            if name.strip().lower() in _NAMING_A_HOST and (host := _HOST.match(value.strip())):
                text.learn_host(host[1])
            elif name.strip().lower() in AUTHORIZATION and (user := _user(value)):
                text.learn(user)
        elif key in ("host", "remoteAddress") and (host := _HOST.match(detail)):
            text.learn_host(host[1])
        elif _OWNER.search(key):
            for part in _PART.findall(detail):
                text.learn(part)
        text.learn_from(detail)


def _redacted(key: str, value: str, steps: Steps, text: FreeText) -> str:
    if key in _OPEN:
        return value
    if key in ("requestHeaders", "responseHeaders"):
        return _header(value, text)
    if key == "requestLine":
        method, space, rest = value.partition(" ")
        target, again, protocol = rest.rpartition(" ")
        return f"{method} {text.path(target)} {protocol}" if space and again else text.redacted(value)
    if key == "host":
        return text.host(value)
    if key == "firstBytesHex":
        return MASK  # no name can be found in it
    if _OWNER.search(key):
        return _PART.sub(lambda match: text.value(match.group()), value)
    return text.redacted(value, is_version=key in ("cipher", "version"))


def _header(line: str, text: FreeText) -> str:
    name, colon, value = line.partition(":")
    if not colon:
        return text.redacted(line)
    label, known = f"{name}: ", name.strip().lower()
    if known in AUTHORIZATION:
        user = _user(value)
        return label + (f"Basic {text.value(user)}:{MASK}" if user else MASK)
    if is_secret_header(name):
        return label + MASK
    if known in _NAMING_A_HOST and (host := _HOST.fullmatch(value.strip())):
        return f"{label}{text.host(host[1])}{host[2] or ''}"
    return label + text.redacted(value.strip(), is_version=known in ("user-agent", "server"))


def _user(credentials: str) -> str:
    """The user name of Basic credentials, as in a record (`Basic user:***`) or as on the wire."""
    scheme, _, rest = credentials.strip().partition(" ")
    if scheme.lower() != "basic":
        return ""
    if ":" in rest:
        return rest.partition(":")[0]
    basic = parse_basic(credentials)
    return "" if basic is None else basic[0]
