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


class Breakage(StrEnum):
    """How a frame is broken."""

    TRUNCATED = "truncated"
    """It ends before its last bracket, at a place that the seed decides."""
    WRONG_TYPE = "wrong-type"
    """Its message type number is 9, which no version has."""
    NOT_ARRAY = "not-array"
    """It is an object in place of an array."""


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
    covers: Callable[[str], bool] = anything
    """Whether it is about an action."""
    direction: Direction | None = None
    """The direction of the calls that it is about; None: both, as far as the deed allows."""
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
    details: dict[str, Any] = field(default_factory=dict)
    close_code: int = 1001
    """Of CLOSE."""
    reason: str = ""
    breakage: Breakage = Breakage.TRUNCATED
    within: float = 10.0
    """Of REORDER: how long it waits for the next message."""

    def is_about(self, direction: Direction, action: str, *, own: bool) -> bool:
        """Whether it may apply to a call; `own`: we send it."""
        if self.direction not in (None, direction) or self.deed in (OF_ANSWERS if own else OF_OWN_CALLS):
            return False
        return self.covers(action)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkFault:
    """One fault of the link itself. Times are in seconds."""

    name: str
    deed: LinkDeed
    covers: Callable[[str], bool] = anything
    """Whether it is about a charge point."""
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
