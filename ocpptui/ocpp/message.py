"""What OCPP says, whatever it is written in: a message, or what arrived and is not one.

Sources: OCPP-J 1.6 section 4.2, OCPP 2.0.1 Part 4 section 4.2, OCPP 2.1 Part 4 sections 4.1.3 and 4.2; OCPP-S 1.6 has
the first three kinds.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, auto
from typing import Any, NamedTuple

from ocpptui.jsontext.text import value_text
from ocpptui.ocpp.version import Transport

UNREADABLE_ID = "-1"
"""The message id of a CALLERROR for a call whose own id cannot be read (2.0.1 Part 4 section 4.2.3)."""


class MessageKind(IntEnum):
    """What a message does. The numbers mean nothing outside this program: each encoding has its own notation."""

    CALL = auto()
    CALLRESULT = auto()
    CALLERROR = auto()
    """An error in the place of a result; in SOAP a fault."""
    CALLRESULTERROR = auto()
    SEND = auto()

    @property
    def is_answer(self) -> bool:
        """True for the kinds that refer to an earlier message by its id."""
        return self in _ANSWERS

    @property
    def is_error(self) -> bool:
        return self in _ERRORS


_ERRORS = (MessageKind.CALLERROR, MessageKind.CALLRESULTERROR)
_ANSWERS = (MessageKind.CALLRESULT, *_ERRORS)


@dataclass(frozen=True, slots=True)
class Defect:
    """One thing that is wrong with a message as it is written."""

    name: str
    """A stable identifier in kebab case, `integer-id` for example."""
    text: str
    """One sentence for a person."""
    position: int | None = None
    """Where, as an offset into the raw text in characters (bytes where the text is not UTF-8)."""


class Message(NamedTuple):
    """A message that can be read, with what was tolerated in reading it."""

    raw: str
    """The text as it was on the wire."""
    kind: MessageKind
    id: str
    """The message id as text; of an answer that of its call. Empty where the message does not say it."""
    action: str | None
    """The action of a CALL or SEND; None for an answer."""
    payload: Any
    """The decoded payload; the details of an error; None where it is missing."""
    error_code: str = ""
    error_description: str = ""
    defects: tuple[Defect, ...] = ()
    """What is wrong but was tolerated."""

    @property
    def transport(self) -> Transport:
        """How it is written."""
        return Transport.JSON

    @property
    def payload_text(self) -> str:
        """The payload as JSON text: as it is in the raw text where that is JSON; `{}` where it is missing."""
        return "{}" if self.payload is None else value_text(self.payload)


@dataclass(frozen=True, slots=True)
class Malformed:
    """Something that arrived and is not a message, kept whole."""

    raw: str | bytes
    """The text; bytes where it is not UTF-8."""
    defect: Defect
    id: str | None = None
    """The message id where it could still be read."""
    may_be_call: bool = True
    """It is meant as a CALL, or nothing says that it is not: somebody may wait for an answer."""
    transport: Transport = Transport.JSON
    """How it would be written."""
