"""The passwords of HTTP Basic authentication that a request sets, and whether they have the form that OCPP asks for.

Sources: OCPP 1.6 security whitepaper (edition 3) A00.FR.205 and section 7.2; OCPP 2.0.1 and 2.1 Part 2 A00.FR.205.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from ocpptui.ocpp.payload import objects_at, text_at
from ocpptui.ocpp.version import Version

SETTERS = frozenset({"ChangeConfiguration", "SetVariables", "SetNetworkProfile"})
"""The actions that set a password."""
_KEY = "AuthorizationKey"
_PASSWORD = "BasicAuthPassword"
_HEXADECIMAL = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_SHORTEST, _LONGEST = 16, 64
_DIGITS = range(32, 41)


class PasswordFault(StrEnum):
    """What is wrong with a password. It says little of the password itself, and so may be kept where that is masked."""

    SHORT = "short"
    LONG = "long"
    NOT_HEXADECIMAL = "not hexadecimal"


def passwords_set_by(action: str, payload: Any) -> Iterator[str]:
    """The passwords that a request sets, masked or not."""
    if action not in SETTERS or not isinstance(payload, dict):
        return
    found: list[Any] = []
    if payload.get("key") == _KEY:
        found.append(payload.get("value"))
    variables = objects_at(payload.get("setVariableData"))
    found += [one.get("attributeValue") for one in variables if text_at(one, "variable", "name") == _PASSWORD]
    profile = payload.get("connectionData")
    if isinstance(profile, dict):
        found.append(profile.get("basicAuthPassword"))
    yield from (one for one in found if isinstance(one, str))


def fault_of_password(version: Version | None, password: str) -> PasswordFault | None:
    """What is wrong with a password in this version; None if nothing is, or if the version says nothing of it."""
    if version is None or version.generation < 1 or version in (Version.V12, Version.V15):
        return None
    allowed = _DIGITS if version is Version.V16 else range(_SHORTEST, _LONGEST + 1)
    if len(password) < allowed.start:
        return PasswordFault.SHORT
    if len(password) >= allowed.stop:
        return PasswordFault.LONG
    if version is Version.V16 and not _HEXADECIMAL.fullmatch(password):
        return PasswordFault.NOT_HEXADECIMAL
    return None


def needed_of_password(version: Version | None) -> str:
    """What a password must have, for a sentence."""
    if version is Version.V16:
        return "32 to 40 hexadecimal digits"
    return f"{_SHORTEST} to 40 characters, or up to {_LONGEST} where the charging station takes as many"
