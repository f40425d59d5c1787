"""Placeholders such as `${now}` in what the user types and saves: which there are, and what each becomes.

| placeholder | becomes |
|---|---|
| `${now}`, `${now+90s}`, `${now-1h}` | the time, shifted by `ms`, `s`, `m` (minutes), `h` or `d` |
| `${uuid}` | a new UUID each time |
| `${transaction}` | the id of the running transaction or, without one, of the last |
| `${counter}`, `${counter:NAME}` | 1, 2, 3 … in a session; each name has its own |
| `${env:NAME}` | the environment variable |
| `${prompt:QUESTION}` | what the user answers |

`$${` is a literal `${`. Everything else between `${` and `}` is a mistake, and nothing is sent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from ocpptui.ocpp.date_times import date_time
from ocpptui.ocpp.did_you_mean import suggestion

OPENING = "${"
"""What placeholders begin with."""
NAMES = ("now", "uuid", "transaction", "counter", "env", "prompt")
ANY_OF_THEM = ", ".join(("${now}", "${uuid}", "${transaction}", "${counter}", "${env:NAME}", "${prompt:QUESTION}"))


class WrongPlaceholder(ValueError):
    """A placeholder cannot be filled in; the message is a sentence that says why."""


@dataclass(slots=True)
class PlaceholderValues:
    """What the placeholders of one message become. Counters advance with each use."""

    now: int
    """µs since 1970."""
    new_uuid: Callable[[], str]
    transaction: str = ""
    """The id for `${transaction}`; empty if no transaction is known."""
    environment: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    """What the user has answered, by question."""
    counters: dict[str, int] = field(default_factory=dict)
    """The last value of each counter."""


def filled_in(text: str, values: PlaceholderValues) -> str:
    """The text with its placeholders replaced. Raises WrongPlaceholder."""
    if OPENING not in text:
        return text
    return _MARK.sub(lambda found: OPENING if found[1] is None else _value(found[1], values), text)


def questions_in(text: str) -> Iterator[str]:
    """The questions to ask the user, in order, also repeated ones."""
    for found in _MARK.finditer(text):
        name, _, argument = (found[1] or "").removesuffix("}").partition(":")
        if name.strip() == "prompt" and argument.strip():
            yield argument.strip()


def has_placeholder(text: str) -> bool:
    """Whether `filled_in` replaces anything but the escape `$${`, or raises WrongPlaceholder."""
    return any(found[1] is not None for found in _MARK.finditer(text))


def is_one_placeholder(text: str) -> bool:
    """Whether the whole text is one placeholder."""
    found = _MARK.fullmatch(text)
    return found is not None and found[1] is not None


def without_placeholders(text: str) -> str:
    """What a text says beside its placeholders."""
    return _MARK.sub(lambda found: OPENING if found[1] is None else "", text)


def literal(text: str) -> str:
    """The text that `filled_in` turns into this one, whatever is in it: for what peers have sent."""
    return text.replace(OPENING, "$" + OPENING)


def _value(inner: str, values: PlaceholderValues) -> str:
    """The value of a placeholder; `inner` has its braces if they are closed. Raises WrongPlaceholder."""
    if not inner.endswith("}"):
        raise WrongPlaceholder(f"A placeholder is not closed: ${{{inner[:_LONGEST_SHOWN]}. $${{ is a literal ${{.")
    name, colon, argument = (part.strip() for part in inner[:-1].partition(":"))
    match name:
        case "uuid" if not colon:
            return values.new_uuid()
        case "transaction" if not colon:
            if not values.transaction:
                raise WrongPlaceholder("${transaction} cannot be filled in: no transaction is known.")
            return values.transaction
        case "counter" if argument or not colon:
            values.counters[argument] = values.counters.get(argument, 0) + 1
            return str(values.counters[argument])
        case "env" if argument:
            if argument not in values.environment:
                raise WrongPlaceholder(f"${{env:{argument}}} cannot be filled in: the environment variable is not set.")
            return values.environment[argument]
        case "prompt" if argument:
            if argument not in values.answers:
                raise WrongPlaceholder(
                    f"${{prompt:{argument}}} needs an answer, and only the screen asks; "
                    f"use ${{env:NAME}} where there is none."
                )
            return values.answers[argument]
    if not colon and (moment := _MOMENT.fullmatch(name)) is not None:
        return _moment(name, moment, values.now)
    raise WrongPlaceholder(_unknown(inner[:-1], name))


def _moment(name: str, moment: re.Match[str], now: int) -> str:
    sign, number, unit = moment.groups()
    if sign is None:
        return date_time(now)
    time = now + int(f"{sign}{number}") * _UNITS[unit]
    if not 0 <= time <= _LAST:
        raise WrongPlaceholder(f"${{{name}}} is outside of the years 1970 to 9999.")
    return date_time(time)


def _unknown(inner: str, name: str) -> str:
    shown = inner if len(inner) <= _LONGEST_SHOWN else inner[: _LONGEST_SHOWN - 1] + "…"
    if name in ("env", "prompt") or (name == "counter" and inner != name):
        return f"${{{shown}}} has no name after the colon."
    if name in NAMES:
        return f"${{{shown}}} takes nothing after the colon."
    if name.startswith("now"):
        return f"${{{shown}}} is not a time; write ${{now}}, ${{now+90s}} or ${{now-1h}}."
    meant = suggestion(name, NAMES, before="")
    hint = f" ({meant})" if meant else ""
    return f"${{{shown}}} is not a placeholder{hint}: {ANY_OF_THEM}. $${{ is a literal ${{."


_MARK = re.compile(r"\$\$\{|\$\{([^{}]*(?:\}|(?=\{)|\Z))")
"""An escape, or a placeholder, whose group has the text up to the closing brace, and the brace if there is one."""
_MOMENT = re.compile(r"now(?:\s*([+-])\s*(\d{1,9})\s*(ms|s|m|h|d))?")
_UNITS = {"ms": 1_000, "s": 1_000_000, "m": 60_000_000, "h": 3_600_000_000, "d": 86_400_000_000}
_LAST = 253_402_300_799_999_999
_LONGEST_SHOWN = 40
