"""One table of a rules file: reading a value checks it."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import Any, TypeVar

from ocpptui.ocpp.did_you_mean import suggestion

E = TypeVar("E", bound=StrEnum)
LONGEST = 86_400.0
"""Seconds: the longest time that a rule may name."""
LARGEST = 10**9
"""The largest count or seed."""
CLOSE_CODES = (range(1000, 1004), range(1007, 1015), range(3000, 5000))
"""The codes that an endpoint may send (RFC 6455 section 7.4 and the IANA registry)."""
LONGEST_REASON = 123
"""Bytes of the reason in a Close frame (RFC 6455 section 5.5)."""


class WrongRules(ValueError):
    """A rules file cannot be used; the message names the file, the rule and what was expected."""


class RulesTable:
    """The settings of one rule, of one fault of the link, or of the whole file. Raises WrongRules."""

    def __init__(self, what: str, values: dict[str, Any], known: Collection[str]) -> None:
        self.what = what
        self.values = values
        for key in values:
            if key not in known:
                raise self.wrong(f"there is no setting {key!r}{suggestion(key, known)}")

    def wrong(self, sentence: str) -> WrongRules:
        return WrongRules(f"{self.what}: {sentence}" if self.what else sentence)

    def text(self, key: str, default: str = "") -> str:
        value = self.values.get(key, default)
        if not isinstance(value, str):
            raise self.wrong(f"{key} must be a text in quotes, not {_shown(value)}")
        return value

    def texts(self, key: str) -> list[str]:
        value = self.values.get(key, [])
        found = value if isinstance(value, list) else [value]
        if not all(isinstance(one, str) and one for one in found):
            raise self.wrong(f"{key} must be a text in quotes or a list of them, not {_shown(value)}")
        return found

    def number(self, key: str, default: int, *, least: int = 1, most: int = LARGEST) -> int:
        if key not in self.values:
            return default
        value = self.values[key]
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise self.wrong(f"{key} must be a whole number from {least} to {most}, not {_shown(value)}")
        return value

    def seconds(self, key: str, default: float = 0.0, *, positive: bool = False) -> float:
        value = self.values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= LONGEST:
            raise self.wrong(f"{key} must be seconds, from 0 to {LONGEST:g}, not {_shown(value)}")
        if positive and not value:
            raise self.wrong(f"{key} must be more than 0 seconds")
        return float(value)

    def probability(self, key: str) -> float:
        value = self.values.get(key, 1.0)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise self.wrong(f"{key} must be a number from 0 to 1, not {_shown(value)}")
        return float(value)

    def choice(self, key: str, choices: type[E], default: E | None = None) -> E:
        if key not in self.values:
            if default is None:
                raise self.wrong(f"{key} is missing; write one of {_listed(choices)}")
            return default
        word = self.text(key)
        if word not in {choice.value for choice in choices}:
            meant = suggestion(word, choices) or f"; write one of {_listed(choices)}"
            raise self.wrong(f"{key} cannot be {word!r}{meant}")
        return choices(word)

    def flag(self, key: str, *, default: bool) -> bool:
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            raise self.wrong(f"{key} must be true or false, not {_shown(value)}")
        return value

    def object(self, key: str) -> dict[str, Any]:
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            raise self.wrong(f'{key} must be a table such as {{ status = "Accepted" }}, not {_shown(value)}')
        self._demand_json(key, value)
        return value

    def object_or_text(self, key: str) -> dict[str, Any] | str:
        """An object or, where that is a fault that peers have, a text."""
        value = self.values.get(key, {})
        if not isinstance(value, str):
            return self.object(key)
        self._demand_json(key, value)
        return value

    def _demand_json(self, key: str, value: Any) -> None:
        if (odd := _not_json(value)) is not None:
            what = "null, which TOML" if odd[0] is None else f"{_shown(odd[0])}, which JSON"
            raise self.wrong(f"{key} contains {what} does not have; write it in quotes")

    def close_code(self, default: int) -> int:
        code = self.number("code", default, least=0, most=65535)
        if not any(code in codes for codes in CLOSE_CODES):
            ranges = ", ".join(f"{codes.start} to {codes.stop - 1}" for codes in CLOSE_CODES)
            raise self.wrong(f"code {code} is not a close code that may be sent; these are {ranges}")
        return code

    def reason(self) -> str:
        reason = self.text("reason")
        if len(reason.encode()) > LONGEST_REASON:
            raise self.wrong(f"reason must not be longer than {LONGEST_REASON} bytes")
        return reason

    def only(self, used: Collection[str], deed: str, owners: dict[str, frozenset[Any]]) -> None:
        """Refuse the settings that have no effect with a deed, of those that only some deeds have."""
        for key in self.values:
            if key in owners and key not in used:
                users = " or ".join(sorted(repr(str(one)) for one in owners[key]))
                raise self.wrong(f"{key} has no effect with do = {str(deed)!r}, only with {users}")


def _not_json(value: Any) -> tuple[object] | None:
    """The first value that TOML and JSON do not both have; None if there is none."""
    match value:
        case dict():
            return next((odd for one in (*value, *value.values()) if (odd := _not_json(one)) is not None), None)
        case list():
            return next((odd for one in value if (odd := _not_json(one)) is not None), None)
        case float():
            return None if abs(value) < float("inf") else (value,)
        case str():
            return (value,) if any("\ud800" <= character <= "\udfff" for character in value) else None
        case bool() | int():
            return None
    return (value,)


def _listed(choices: type[StrEnum]) -> str:
    return ", ".join(choice.value for choice in choices)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:39] + "…"
