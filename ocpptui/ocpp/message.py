"""A message in any encoding, or something that arrived and is not a message.

Sources: OCPP-J 1.6 section 4.2, OCPP 2.0.1 Part 4 section 4.2, OCPP 2.1 Part 4 sections 4.1.3 and 4.2; OCPP-S 1.6 has
the first three kinds.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, auto
from functools import cached_property
from typing import Any

from ocpptui.jsontext.text import value_text
from ocpptui.ocpp.version import Transport

UNREADABLE_ID = "-1"
"""The message id of a CALLERROR for a call whose own id cannot be read (2.0.1 Part 4 section 4.2.3)."""


class MessageKind(IntEnum):
    """What a message does. The numbers have no meaning outside this program: each encoding has its own notation."""

    CALL = auto()
    CALLRESULT = auto()
    CALLERROR = auto()
    """An error instead of a result; in SOAP a fault."""
    CALLRESULTERROR = auto()
    SEND = auto()

    @cached_property
    def is_answer(self) -> bool:
        """True for the kinds that refer to an earlier message by its id."""
        return self in _ANSWERS

    @cached_property
    def is_error(self) -> bool:
        return self in _ERRORS


_ERRORS = (MessageKind.CALLERROR, MessageKind.CALLRESULTERROR)
_ANSWERS = (MessageKind.CALLRESULT, *_ERRORS)


@dataclass(frozen=True, slots=True)
class Defect:
    """One defect in the notation of a message."""

    name: str
    """A stable identifier in kebab case, `integer-id` for example."""
    text: str
    """One sentence for the user."""
    position: int | None = None
    """Its position in the raw text in characters (in bytes if the text is not UTF-8)."""


@dataclass(slots=True)
class Message:
    """A message that can be read, with the defects that were tolerated. Treat it as immutable.

    It is not frozen, because that would treble the time to make one; and no tuple, whose parts take long to read.
    """

    raw: str
    """The text as it was on the wire."""
    kind: MessageKind
    id: str
    """The message id as text; of an answer, that of its call. Empty if the message does not have one."""
    action: str | None
    """The action of a CALL or SEND; None for an answer."""
    payload: Any
    """The decoded payload; the details of an error; None if it is missing."""
    error_code: str = ""
    error_description: str = ""
    defects: tuple[Defect, ...] = ()
    """The defects that were tolerated."""

    @property
    def transport(self) -> Transport:
        """Its encoding."""
        return Transport.JSON

    @property
    def payload_text(self) -> str:
        """The payload as JSON text: as it is in the raw text if that is JSON; `{}` if it is missing."""
        return "{}" if self.payload is None else value_text(self.payload)


@dataclass(frozen=True, slots=True)
class Malformed:
    """Something that arrived and is not a message, kept whole."""

    raw: str | bytes
    """The text; bytes if it is not UTF-8."""
    defect: Defect
    id: str | None = None
    """The message id if it could still be read."""
    may_be_call: bool = True
    """It is meant as a CALL, or may be: the peer may wait for an answer."""
    transport: Transport = Transport.JSON
    """The encoding that was expected."""
    action: str = ""
    """The action of what may be a CALL, if it could still be read."""
