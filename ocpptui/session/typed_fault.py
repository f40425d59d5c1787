"""Faults on purpose as a user types them: one text for each setting, checked as those of a rules file are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ocpptui.ocpp.version import Role
from ocpptui.session.rules_file import COMMON, OF_DEEDS, OF_EACH_LINK, OF_LINKS, fault_from
from ocpptui.session.rules_table import WrongRules
from ocpptui.session.rules_text import settings_of
from ocpptui.simulator.fault_plan import NOT_IN_PASSING, Deed, Fault, LinkDeed, RuleSubject, is_possible

MEETS: dict[Deed | LinkDeed, str] = {
    Deed.HOLD: "the call waits for your answer",
    Deed.ANSWER: "this result; the call has no effect",
    Deed.ERROR: "a CALLERROR; the call has no effect",
    Deed.NO_ANSWER: "the call has its effect, but no answer",
    Deed.IGNORE: "the call has neither effect nor answer",
    Deed.TWICE: "the answer two times",
    Deed.OTHER_ID: "the answer with an id that nobody used",
    Deed.DELAY: "the message later",
    Deed.DROP: "nothing: a call of ours is not sent",
    Deed.DUPLICATE: "a call of ours two times",
    Deed.SAME_ID: "the message id of our call before it",
    Deed.REORDER: "the message after the next one",
    Deed.BREAK: "a frame that cannot be read",
    Deed.CLOSE: "a Close frame in place of the message",
    Deed.CUT: "the end of the TCP connection",
    Deed.BEHAVE: "the usual; the rules below do not apply",
    LinkDeed.DISCONNECT: "the end of the link, again and again",
    LinkDeed.HALF_OPEN: "nothing is read, sent or answered",
    LinkDeed.LATENCY: "each message of ours is late",
    LinkDeed.NO_PONG: "pings are not answered",
}
"""What the other side meets, for each fault, in the order of a list to choose from."""
USUAL: dict[Deed | LinkDeed, dict[str, str]] = {
    Deed.ANSWER: {"payload": "{}"},
    Deed.ERROR: {"code": "InternalError"},
    Deed.DELAY: {"seconds": "5"},
    LinkDeed.DISCONNECT: {"every": "60"},
    LinkDeed.HALF_OPEN: {"every": "60"},
    LinkDeed.LATENCY: {"seconds": "1"},
}
"""The settings that a fault cannot be without, or hardly, with the values to begin with."""
HINTS = {
    "action": "all; Authorize, *Transaction",
    "charge-point": "all; CP1*",
    "direction": "both; to-csms or to-cp",
    "message": "CALLs and SENDs; call, send, malformed, answer, any",
    "filter": "all; connectorId=1 not idTag=A*",
    "probability": "1: always",
    "nth": "all; 3: only the third",
    "every": "1; 10: only each tenth",
    "times": "always; 5: at most",
    "seconds": "0: how long it waits first",
    "jitter": "0: seconds more at most",
    "details": "{}",
    "code": "1001",
    "how": "truncated, wrong-type, integer-id, …",
    "within": "10 seconds at most",
    "name": "what the recording calls it",
}
"""What an empty field means, and what can be typed."""
_LISTS = frozenset({"action", "charge-point"})
_OBJECTS = frozenset({"payload", "details"})
_TEXTS = frozenset({"name", "direction", "message", "filter", "description", "reason", "how"})


def deeds_of(role: Role | None) -> list[Deed | LinkDeed]:
    """What our side, or (None) a proxy, can do wrong, in the order of a list to choose from."""
    return [do for do in MEETS if role is not None or do not in NOT_IN_PASSING]


def settings_to_type(do: Deed | LinkDeed) -> list[str]:
    """The settings that can be typed for a fault, the most important ones first."""
    if isinstance(do, LinkDeed):
        own = [name for name, deeds in OF_LINKS.items() if do in deeds]
        names = ["charge-point", *own, *OF_EACH_LINK]
    else:
        own = [name for name, deeds in OF_DEEDS.items() if do in deeds]
        names = ["action", "filter", *USUAL.get(do, {}), *own, *COMMON]
        if not (is_possible(do, RuleSubject.CALL, own=True) and is_possible(do, RuleSubject.CALL, own=False)):
            names = [name for name in names if name != "direction"]
    return [name for name in dict.fromkeys(names) if name not in ("enabled", "name")] + ["name"]


def typed_fault(do: Deed | LinkDeed, typed: Mapping[str, str], role: Role | None, *, enabled: bool = True) -> Fault:
    """The fault that these texts say, by setting; an empty one is not set. Raises WrongRules."""
    settings: dict[str, Any] = {"do": do.value} | ({} if enabled else {"enabled": False})
    settings |= {name: _value(do, name, text.strip()) for name, text in typed.items() if text.strip()}
    whom = typed.get("action", "") or typed.get("charge-point", "")
    name = f"{do.value} {whom.strip()}".strip()
    try:
        return fault_from(settings, name, role)
    except WrongRules as error:
        raise WrongRules(str(error).removeprefix(f"{name}: ")) from None


def texts_of(fault: Fault) -> dict[str, str]:
    """The texts that `typed_fault` reads back."""
    settings = settings_of(fault)
    return {
        name: json.dumps(value, ensure_ascii=False) if name in _OBJECTS else _text(value)
        for name, value in settings.items()
        if name not in ("do", "enabled")
    }


def fault_line(fault: Fault) -> str:
    """A fault in a line."""
    texts = texts_of(fault)
    name, whom = texts.pop("name"), texts.pop("action", "") or texts.pop("charge-point", "")
    usual = f"{fault.deed.value} {whom}".strip()
    parts = [usual, *(f"{setting} {text}" for setting, text in texts.items())]
    return "  ".join(parts if name == usual else [*parts, f"({name})"])


def _value(do: Deed | LinkDeed, name: str, text: str) -> Any:
    if name in _LISTS:
        return [word.strip() for word in text.split(",") if word.strip()]
    if name in _OBJECTS:
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            raise WrongRules(f"{name} is not JSON: {error}") from None
    if name in _TEXTS or (name == "code" and do is Deed.ERROR):
        return text
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value)
    return str(value).removesuffix(".0") if isinstance(value, float) else str(value)
