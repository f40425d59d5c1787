"""A sequence of calls in a file of TOML, with what is expected of each answer, and of the peer in between.

    [[step]]
    call = "start charging"                   # a saved call, or `action` and `payload`
    fields = ["connectorId=1"]                # change its fields
    expect = { idTagInfo.status = ["Accepted", "ConcurrentTx"] }
    timeout = 10                              # seconds

    [[step]]
    action = "DataTransfer"
    payload = { vendorId = "com.acme" }
    error = "NotSupported"                    # this CALLERROR is expected

    [[step]]
    expect = "StatusNotification"             # a message of the peer is waited for
    filter = "connectorId=1 status=Preparing"

Where no status is expected, any status that refuses is a surprise. `docs/CALLS.md` describes all of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ocpptui.compose.awaited_message import AwaitedMessage, awaited_message
from ocpptui.compose.saved_calls import (
    SavedCall,
    WrongCallFile,
    action_of_call,
    only_known,
    payload_of_call,
    table_of,
    version_of_call,
)
from ocpptui.describe.command_answers import answer_words
from ocpptui.jsontext.path import PathStep, json_path, read_path
from ocpptui.ocpp.actions import find_action, versions_of
from ocpptui.ocpp.message import Malformed, Message
from ocpptui.ocpp.version import Version

DEFAULT_TIMEOUT = 30.0
"""Seconds for which an answer or a message is waited for, if nothing else is said."""
LONGEST_TIME = 86_400.0
"""Seconds: the longest pause or wait."""
MOST_STEPS = 10_000


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a value of an answer may be."""

    path: str
    """As it is written in the file."""
    steps: tuple[PathStep, ...]
    allowed: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class SequenceStep:
    """One step of a sequence: a call, or a message that is waited for."""

    title: str
    what: SavedCall | AwaitedMessage
    fields: tuple[str, ...] = ()
    """Fields that are changed, such as `connectorId=1`."""
    expected: tuple[Expectation, ...] = ()
    error: str = ""
    """The code of the CALLERROR that is expected, `*` for any; empty if an answer is expected."""
    timeout: float = DEFAULT_TIMEOUT
    """Seconds to wait for the answer, or for the message."""
    pause: float = 0.0
    """Seconds before it begins."""
    to: str = ""
    """The charge point, for a central system; empty for the one that the sequence is run for."""
    anyway: bool = False
    """It is sent although it breaks its schema."""


@dataclass(frozen=True, slots=True)
class CallSequence:
    """What a file says."""

    name: str
    steps: tuple[SequenceStep, ...]

    @property
    def calls(self) -> list[SavedCall]:
        """What it sends."""
        return [step.what for step in self.steps if isinstance(step.what, SavedCall)]


def call_sequence(text: str, name: str, saved: Callable[[str], SavedCall]) -> CallSequence:
    """The sequence in a file; `saved` finds a saved call by its name. Raises WrongCallFile."""
    content = table_of(text)
    only_known(content, ("step",))
    steps = content.get("step")
    if not isinstance(steps, list) or not steps or not all(isinstance(step, dict) for step in steps):
        raise WrongCallFile("The file defines no steps. Begin each step with [[step]].")
    if len(steps) > MOST_STEPS:
        raise WrongCallFile(f"It has more than {MOST_STEPS:,} steps.")
    return CallSequence(name, tuple(_step(number, step, saved) for number, step in enumerate(steps, 1)))


def surprise_in(version: Version | None, step: SequenceStep, frame: Message | Malformed | None) -> str:
    """What is not as expected in the answer to a step, in words; empty if all is."""
    if not isinstance(frame, Message):
        return "the answer is not readable"
    words = answer_words(version, step.what.action, frame)
    if step.error:
        wanted = "a CALLERROR" if step.error == "*" else f"CALLERROR {step.error}"
        if not frame.kind.is_error:
            return f"{wanted} was expected, the answer is a CALLRESULT: {words.text}"
        return "" if step.error in ("*", frame.error_code) else f"{wanted} was expected: {words.text}"
    if frame.kind.is_error:
        return words.text
    for one in step.expected:
        found = list(_values(frame.payload, one.steps))
        if not any(_same(value, allowed) for value in found for allowed in one.allowed):
            allowed = " or ".join(map(_shown, one.allowed))
            return f"{one.path} is {_shown(found[0]) if found else 'missing'}, expected was {allowed}"
    says_status = any(one.steps[-1] == "status" for one in step.expected)
    return words.text if words.is_refused and not says_status else ""


def _step(number: int, content: Mapping[str, Any], saved: Callable[[str], SavedCall]) -> SequenceStep:
    try:
        return _checked_step(content, saved)
    except WrongCallFile as wrong:
        raise WrongCallFile(f"Step {number}: {wrong}") from None


def _checked_step(content: Mapping[str, Any], saved: Callable[[str], SavedCall]) -> SequenceStep:
    only_known(content, SETTINGS)
    if isinstance(content.get("expect"), str):
        return _awaiting_step(content, content["expect"])
    if "filter" in content:
        raise WrongCallFile('filter is for a step that waits: expect = "StatusNotification".')
    name = content.get("call")
    if name is None:
        call = SavedCall(action_of_call(content), payload_of_call(content) or "{}", version_of_call(content))
    elif isinstance(name, str) and not {"action", "payload", "version"} & content.keys():
        call = saved(name)
    else:
        raise WrongCallFile("call is the name of a saved call; action, payload and version are for other steps.")
    error = content.get("error", "")
    if error is True:
        error = "*"
    if not isinstance(error, str):
        raise WrongCallFile("error is the code of a CALLERROR in quotes, or true for any.")
    expected = tuple(_expectations(content.get("expect", {}), ()))
    if error and expected:
        raise WrongCallFile("A step expects either an answer or a CALLERROR: expect or error.")
    if (error or expected) and _is_send(call.action):
        raise WrongCallFile(f"{call.action} is a SEND, which is not answered: expect and error have no effect.")
    return SequenceStep(
        title=_text(content, "title") or (name if isinstance(name, str) else call.action),
        what=call,
        fields=_fields(content),
        expected=expected,
        error=error,
        timeout=_seconds(content, "timeout", DEFAULT_TIMEOUT),
        pause=_seconds(content, "pause", 0.0),
        to=_text(content, "to"),
        anyway=_flag(content, "anyway"),
    )


def _awaiting_step(content: Mapping[str, Any], action: str) -> SequenceStep:
    """A step that waits for a message of the peer."""
    sent = [name for name in content if name not in SETTINGS_OF_WAITING]
    if sent:
        raise WrongCallFile(
            f"expect in quotes waits for a message of the peer; {sent[0]} is for a step that sends. "
            'What is expected of an answer is a table, such as { status = "Accepted" }.'
        )
    awaited = awaited_message(content, action)
    return SequenceStep(
        title=_text(content, "title") or awaited.name,
        what=awaited,
        timeout=_seconds(content, "timeout", DEFAULT_TIMEOUT),
        pause=_seconds(content, "pause", 0.0),
        to=_text(content, "to"),
    )


def _is_send(action: str) -> bool:
    """Whether no version has a call of this name, but one has a SEND."""
    found = [known for version in versions_of(action) if (known := find_action(version, action)) is not None]
    return bool(found) and all(one.is_send for one in found)


def _expectations(table: Any, above: tuple[PathStep, ...]) -> Iterator[Expectation]:
    """The expectations in a table; a table within it is about an object within the answer."""
    if not isinstance(table, dict):
        raise WrongCallFile(
            'expect is a table, such as { status = "Accepted" }, or the action of a message to wait for.'
        )
    for key, value in table.items():
        steps, end = read_path(key)
        if not steps or end != len(key):
            raise WrongCallFile(f"expect: {key!r} is not the path of a field, such as idTagInfo.status or list[0].key.")
        if isinstance(value, dict):
            yield from _expectations(value, (*above, *steps))
            continue
        allowed = tuple(value) if isinstance(value, list) else (value,)
        if not allowed or not all(isinstance(one, str | int | float) for one in allowed):
            raise WrongCallFile(f"expect: {key} is a text, a number, true, false, or a list of what it may be.")
        whole = (*above, *steps)
        yield Expectation(_written(whole), whole, allowed)


def _written(steps: tuple[PathStep, ...]) -> str:
    return json_path("[]" if step is None else step for step in steps).replace("['[]']", "[]").removeprefix("$.")


def _values(value: Any, steps: tuple[PathStep, ...]) -> Iterator[Any]:
    """The values at a path; the brackets `[]` mean every item."""
    if not steps:
        yield value
        return
    step, rest = steps[0], steps[1:]
    if isinstance(step, str):
        if isinstance(value, dict) and step in value:
            yield from _values(value[step], rest)
    elif isinstance(value, list):
        for item in value if step is None else value[step : step + 1]:
            yield from _values(item, rest)


def _same(one: Any, other: Any) -> bool:
    """Equal, and both or neither true or false: Python takes 1 for True."""
    return isinstance(one, bool) is isinstance(other, bool) and bool(one == other)


def _shown(value: Any) -> str:
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (RecursionError, ValueError):
        return "something very long"
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"


def _fields(content: Mapping[str, Any]) -> tuple[str, ...]:
    fields = content.get("fields", [])
    if not isinstance(fields, list) or not all(isinstance(field, str) for field in fields):
        raise WrongCallFile('fields is a list of texts such as ["connectorId=1"].')
    return tuple(fields)


def _text(content: Mapping[str, Any], name: str) -> str:
    value = content.get(name, "")
    if not isinstance(value, str):
        raise WrongCallFile(f"{name} is a text in quotes.")
    return value


def _flag(content: Mapping[str, Any], name: str) -> bool:
    value = content.get(name, False)
    if not isinstance(value, bool):
        raise WrongCallFile(f"{name} is true or false.")
    return value


def _seconds(content: Mapping[str, Any], name: str, default: float) -> float:
    value = content.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= LONGEST_TIME:
        raise WrongCallFile(f"{name} is a number of seconds, at most {LONGEST_TIME:,.0f}.")
    return float(value)


SETTINGS = ("title", "call", "action", "payload", "version", "fields", "expect", "filter", "error", "timeout", "pause",
             "to", "anyway")  # fmt: skip
SETTINGS_OF_WAITING = ("title", "expect", "filter", "timeout", "pause", "to")
_LONGEST_SHOWN = 60
