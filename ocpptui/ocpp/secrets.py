"""The secrets that OCPP itself forbids in logs, masked in the raw text of a message; every other byte stays as it is.

Sources: OCPP 1.6 security whitepaper (edition 3) A01.FR.09 and 12, OCPP 2.0.1 and 2.1 Part 2 A01: the key of Basic
authentication is neither logged nor read back. The passwords of SetNetworkProfile are of the same kind.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ocpptui.jsontext.path import json_path
from ocpptui.jsontext.tokens import Span, Steps, elements, replaced, values
from ocpptui.ocpp.message import Malformed, Message, MessageKind
from ocpptui.ocpp.secret_names import MASK, SECRET_SETTINGS
from ocpptui.ocpp.version import Version


def mask(
    raw: str, frame: Message | Malformed, version: Version | None, of_action: str | None = None
) -> tuple[str, tuple[str, ...]]:
    """The text with its secrets masked, and their JSON paths within the payload; the same text and () without any.

    A secret text becomes `"***"`, a secret number 0. `of_action` names the call that an answer belongs to; without it
    every answer that can hold a secret is looked through, and so is every action where `version` is None or wrong.
    Of a message that is no frame, whatever looks like a secret is masked, with `$` for its path. Never raises.
    """
    if isinstance(frame, Malformed):
        return _mask_unreadable(raw)
    rules = _rules(frame, of_action)
    if not rules:
        return raw, ()
    payload = _payload_span(raw, frame)
    by_keys: defaultdict[tuple[str, ...], list[Span]] = defaultdict(list)
    for span in values(raw, *payload) if payload else ():
        by_keys[_keys(span.path)].append(span)
    secrets = {span for rule in rules for span in _secrets(raw, by_keys, rule)}
    edits: list[tuple[int, int, str]] = []
    paths: dict[str, None] = {}
    for span in sorted(secrets, key=lambda span: (span.start, -span.end)):
        new = _masked(raw, span)
        if new and (not edits or span.start >= edits[-1][1]):  # an item of a list that is masked as a whole is done
            edits.append((span.start, span.end, new))
            paths[json_path(span.path)] = None
    return replaced(raw, edits), tuple(paths)


class _Rule(NamedTuple):
    """Where secrets stand in a payload, by the keys that lead there; lists on the way do not matter."""

    holders: tuple[str, ...]
    """Leads to the objects that may hold one."""
    name: tuple[str, ...]
    """Leads from a holder to the name that decides whether it does; empty where it always does."""
    secrets: tuple[tuple[str, ...], ...]
    """Lead from a holder to the secrets."""


_PROFILE = ("connectionData",)
_CALLS = {
    "ChangeConfiguration": _Rule((), ("key",), (("value",),)),
    "SetVariables": _Rule(("setVariableData",), ("variable", "name"), (("attributeValue",),)),
    "NotifyReport": _Rule(("reportData",), ("variable", "name"), (("variableAttribute", "value"),)),
    "NotifyEvent": _Rule(("eventData",), ("variable", "name"), (("actualValue",),)),
    "SetNetworkProfile": _Rule(
        (),
        (),
        (
            (*_PROFILE, "basicAuthPassword"),
            (*_PROFILE, "apn", "apnPassword"),
            (*_PROFILE, "apn", "simPin"),
            (*_PROFILE, "vpn", "password"),
            (*_PROFILE, "vpn", "key"),
        ),
    ),
}
_ANSWERS = {
    "GetConfiguration": _Rule(("configurationKey",), ("key",), (("value",),)),
    "GetVariables": _Rule(("getVariableResult",), ("variable", "name"), (("attributeValue",),)),
}
_TEXT_OR_NUMBER = r'\s*:\s*)("(?:[^"\\]|\\.)*"?|-?[\d.]+)'
_UNREADABLE_VALUE = re.compile('("(?:value|attributeValue|actualValue)"' + _TEXT_OR_NUMBER)
_UNREADABLE_PROFILE = re.compile('("(?:basicAuthPassword|apnPassword|simPin|password|key)"' + _TEXT_OR_NUMBER)


def _rules(frame: Message, of_action: str | None) -> list[_Rule]:
    """The rules that may find something in this frame; cheap, because almost every frame has none."""
    if frame.kind is MessageKind.CALL or frame.kind is MessageKind.SEND:
        rule = _CALLS.get(frame.action or "")
        return [rule] if rule and (not rule.name or _may_name_secret(frame.raw)) else []
    if frame.kind is not MessageKind.CALLRESULT or not isinstance(frame.payload, dict):
        return []
    return [
        rule
        for action, rule in _ANSWERS.items()
        if of_action in (None, "", action) and rule.holders[0] in frame.payload and _may_name_secret(frame.raw)
    ]


def _may_name_secret(raw: str) -> bool:
    return "\\u" in raw or _names_one(raw)


def _names_one(raw: str) -> bool:
    text = raw.lower()
    return any(name in text for name in SECRET_SETTINGS)


def _payload_span(raw: str, frame: Message) -> tuple[int, int] | None:
    index = 2 if frame.kind is MessageKind.CALLRESULT else 3
    return next((span for position, span in enumerate(elements(raw)) if position == index), None)


def _secrets(raw: str, by_keys: Mapping[tuple[str, ...], Sequence[Span]], rule: _Rule) -> Sequence[Span]:
    """The values of a payload that the rule is about; `by_keys` has all values by the keys that lead to them."""
    found = [span for keys in rule.secrets for span in by_keys.get((*rule.holders, *keys), ())]
    if not rule.name:
        return found
    depth = len(rule.holders)
    names = by_keys.get((*rule.holders, *rule.name), ())
    holders = {_holder(name.path, depth) for name in names if _names_secret(raw, name)}
    return [span for span in found if _holder(span.path, depth) in holders] if holders else []


def _keys(path: Steps) -> tuple[str, ...]:
    """The keys of a path: a list where there should be none, or a missing one, does not hide a secret."""
    return tuple(step for step in path if isinstance(step, str))


def _holder(path: Steps, depth: int) -> Steps:
    """The beginning of a path that leads through so many keys and the lists behind them."""
    keys = [place for place, step in enumerate(path) if isinstance(step, str)]
    return path[: keys[depth]] if depth < len(keys) else path


def _names_secret(raw: str, name: Span) -> bool:
    value = json.loads(raw[name.start : name.end])
    return isinstance(value, str) and value.strip().casefold() in SECRET_SETTINGS


def _masked(raw: str, secret: Span) -> str:
    """What stands in the place of a secret; empty where there is nothing to hide."""
    first = raw[secret.start]
    if first in '"{[':
        return f'"{MASK}"'
    return "0" if first in "-0123456789" else ""


def _mask_unreadable(raw: str) -> tuple[str, tuple[str, ...]]:
    masked = raw
    if _names_one(raw):
        masked = _UNREADABLE_VALUE.sub(_mask_match, masked)
    if "SetNetworkProfile" in raw:
        masked = _UNREADABLE_PROFILE.sub(_mask_match, masked)
    return masked, ("$",) if masked != raw else ()


def _mask_match(match: re.Match[str]) -> str:
    label, value = match.groups()
    return f'{label}"{MASK}"' if value.startswith('"') else f"{label}0"
