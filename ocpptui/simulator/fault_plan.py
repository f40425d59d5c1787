"""What a simulated side does wrong on purpose: rules for its messages, and faults of its link, as values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ocpptui.ocpp.version import Direction


class Deed(StrEnum):
    """What is done with a message; the values are the words of a rules file."""

    BEHAVE = "behave"
    """Nothing unusual; the rules below it do not apply."""
    HOLD = "hold"
    ANSWER = "answer"
    ERROR = "error"
    NO_ANSWER = "no-answer"
    IGNORE = "ignore"
    TWICE = "twice"
    OTHER_ID = "other-id"
    DROP = "drop"
    DUPLICATE = "duplicate"
    SAME_ID = "same-id"
    DELAY = "delay"
    REORDER = "reorder"
    BREAK = "break"
    CLOSE = "close"
    CUT = "cut"


OF_ANSWERS = frozenset(
    {Deed.HOLD, Deed.ANSWER, Deed.ERROR, Deed.NO_ANSWER, Deed.IGNORE, Deed.TWICE, Deed.OTHER_ID},
)
"""What can only be done with a call of the peer, or with our answer to it."""
OF_OWN_CALLS = frozenset({Deed.DROP, Deed.DUPLICATE, Deed.SAME_ID})
"""What can only be done with a call of ours."""


OF_SENDS = frozenset({Deed.BEHAVE, Deed.IGNORE, Deed.DELAY, Deed.CLOSE, Deed.CUT})
"""What can be done with a SEND of the peer, which has no answer."""
NOT_OF_MALFORMED = frozenset({Deed.HOLD, Deed.NO_ANSWER})
"""What cannot be done with a malformed message: it has no effect, and is not a call that a user could answer."""


class RuleSubject(StrEnum):
    """What a rule is about; the values are the words of a rules file."""

    CALL = "call"
    SEND = "send"
    """A message of 2.1 that has no answer."""
    MALFORMED = "malformed"
    """A frame of the peer that cannot be read as a message."""
    ANSWER = "answer"
    """A result or an error that passes through a proxy."""
    ANY = "any"
    """All of them, as far as the deed allows."""


NOT_IN_PASSING = frozenset({Deed.SAME_ID, Deed.REORDER})
"""What a proxy does not do."""
ONLY_OF_CALLS = frozenset({Deed.ANSWER, Deed.ERROR, Deed.NO_ANSWER, Deed.TWICE})
"""What a proxy can only do with a call, or with the answer to it."""


def is_possible(deed: Deed, form: RuleSubject, *, own: bool | None) -> bool:
    """Whether something can be done with a message of this form that we send (`own`), receive, or (None) pass on."""
    if form is RuleSubject.ANY:
        return any(is_possible(deed, one, own=own) for one in RuleSubject if one is not form)
    if own is None:
        return _is_possible_in_passing(deed, form)
    if form is RuleSubject.ANSWER:
        return False
    if own:
        return deed not in OF_ANSWERS and form is not RuleSubject.MALFORMED
    match form:
        case RuleSubject.CALL:
            return deed not in OF_OWN_CALLS
        case RuleSubject.SEND:
            return deed in OF_SENDS
        case RuleSubject.MALFORMED:
            return deed not in OF_OWN_CALLS | NOT_OF_MALFORMED
        case _:
            return False


def _is_possible_in_passing(deed: Deed, form: RuleSubject) -> bool:
    if deed in NOT_IN_PASSING or (deed in ONLY_OF_CALLS and form is not RuleSubject.CALL):
        return False
    if deed is Deed.OTHER_ID:
        return form in (RuleSubject.CALL, RuleSubject.ANSWER)
    return deed is not Deed.BREAK or form is not RuleSubject.MALFORMED


class Breakage(StrEnum):
    """How a frame is broken."""

    TRUNCATED = "truncated"
    """It ends before its last bracket, at a place that the seed decides."""
    WRONG_TYPE = "wrong-type"
    """Its message type number is 9, which no version has."""
    NOT_ARRAY = "not-array"
    """It is an object in place of an array."""
    LEADING_COMMA = "leading-comma"
    """A comma precedes its first part."""
    EMPTY_VALUE = "empty-value"
    """Its last part is missing, but not the comma or colon before it."""
    WRONG_ESCAPE = "wrong-escape"
    """Its last text has an escape that does not exist."""
    NUL = "nul"
    """Its last text ends with a NUL character, escaped."""
    INTEGER_ID = "integer-id"
    """Its message id is a number, not a text."""
    LONG_ID = "long-id"
    """Its message id has more than the 36 characters that are allowed."""
    INDENTED = "indented"
    """It is right, but has many lines."""


class LinkDeed(StrEnum):
    """What is wrong with a link; the values are the words of a rules file."""

    DISCONNECT = "disconnect"
    HALF_OPEN = "half-open"
    """Nothing is read, sent or answered, and the TCP connection stays."""
    LATENCY = "latency"
    NO_PONG = "no-pong"


def anything(name: str) -> bool:
    """The test that every name passes."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultRule:
    """One rule for messages. Times are in seconds."""

    name: str
    deed: Deed
    enabled: bool = True
    """Whether it is in force; otherwise, it neither applies nor counts."""
    actions: tuple[str, ...] = ()
    """The names and patterns of the actions that it is about, as the user wrote them; empty: all."""
    covers: Callable[[str], bool] = field(default=anything, compare=False)
    """The test for those."""
    message: RuleSubject | None = None
    """The form of the messages that it is about; None: CALLs and SENDs."""
    direction: Direction | None = None
    """The direction of the messages that it is about; None: both, as far as the deed allows."""
    filter: str = ""
    """A filter expression that the call must match."""
    probability: float = 1.0
    nth: int = 0
    """Only the call with this number, from 1; 0: all."""
    every: int = 1
    """Only each call whose number is a multiple of this."""
    times: int = 0
    """How often at most; 0: always."""
    seconds: float = 0.0
    """How long it waits first."""
    jitter: float = 0.0
    """How much longer it waits at most."""
    payload: dict[str, Any] = field(default_factory=dict)
    """Of ANSWER: the template of the payload."""
    code: str = ""
    """Of ERROR: the error code."""
    description: str = ""
    details: dict[str, Any] | str = field(default_factory=dict)
    """Of ERROR; a text is wrong, but some send one."""
    close_code: int = 1001
    """Of CLOSE."""
    reason: str = ""
    breakage: Breakage = Breakage.TRUNCATED
    within: float = 10.0
    """Of REORDER: how long it waits for the next message."""

    def is_about(self, direction: Direction, action: str, form: RuleSubject, *, own: bool | None) -> bool:
        """Whether it may apply to a message; `own`: we send it, None: we pass it on."""
        if not self.enabled or self.direction not in (None, direction) or not is_possible(self.deed, form, own=own):
            return False
        if self.message is None:
            is_meant = form in (RuleSubject.CALL, RuleSubject.SEND)
        else:
            is_meant = self.message in (form, RuleSubject.ANY)
        return is_meant and self.covers(action)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkFault:
    """One fault of the link itself. Times are in seconds."""

    name: str
    deed: LinkDeed
    enabled: bool = True
    charge_points: tuple[str, ...] = ()
    """The identities and patterns of the charge points that it is about, as the user wrote them; empty: all."""
    covers: Callable[[str], bool] = field(default=anything, compare=False)
    """The test for those."""
    every: float = 0.0
    """Of DISCONNECT and HALF_OPEN: the time from the opening of the connection, or from the last such fault."""
    seconds: float = 0.0
    """Of LATENCY: how late each message is sent; of HALF_OPEN: how long it lasts."""
    jitter: float = 0.0
    """How much longer `every`, or the latency, is at most."""
    times: int = 0
    """How often at most for a charge point; 0: always."""
    close_code: int | None = None
    """Of DISCONNECT: the code of the Close frame; None: the TCP connection is cut."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FaultPlan:
    """The content of a rules file."""

    rules: tuple[FaultRule, ...] = ()
    """The first one that applies to a message decides."""
    links: tuple[LinkFault, ...] = ()
    """All of them apply."""
    seed: int = 0


Fault = FaultRule | LinkFault
