"""Kinds of facts about calls and answers, by which rules decide."""

from __future__ import annotations

from enum import Enum, auto


class IdUse(Enum):
    """How a call relates to the one that used its message id before."""

    NEW = auto()
    """There is none."""
    RETRY = auto()
    """That one was the same call, without a result so far."""
    COLLISION = auto()
    """That one was another call, without an answer so far."""
    REUSE = auto()
    """That one had its answer."""


class Stray(Enum):
    """What an answer belongs to that answers no call of the other side."""

    NONE = auto()
    """It answers a call."""
    NOTHING = auto()
    """No message with its id is known."""
    BEFORE = auto()
    """Its call may have been made before the recording begins."""
    UNRECORDED = auto()
    """The recording has neither a message with its id nor an earlier call from the other side."""
    FIRST_UNRECORDED = auto()
    """The same of the first such answer."""
    OWN_CALL = auto()
    """Its own sender made a call with its id, which has no answer."""
    OWN_RESULT = auto()
    """Its own sender made a call with its id, and got a CALLRESULT."""
    SEND = auto()
    """The other side sent a SEND with its id, which gets no answer."""


class Refused(Enum):
    """What a CALLERROR or CALLRESULTERROR refuses."""

    NOTHING = auto()
    """It is not a refusal, or of a message that is not known."""
    WRONG = auto()
    """A message that is wrong, or malformed."""
    WRONG_UNFITLY = auto()
    """The same, with an error code that means something else."""
    VALID = auto()
    """A call that is right by its schema, with an error code that says that it is not."""
    OTHER = auto()
