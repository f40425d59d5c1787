"""One half of an exchange, as a step from one version to the next takes it and returns it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from ocpptui.ocpp.payload import Payload
from ocpptui.ocpp.schema import Part
from ocpptui.translation.notes import TranslationNotes


class ExchangeHalf(NamedTuple):
    """A payload, with its action and its part of the exchange."""

    action: str
    part: Part
    payload: Payload
    request: Payload | None = None
    """For an answer, the payload of its call if that is known."""

    def says(self, payload: Payload, action: str = "") -> ExchangeHalf:
        """The same half with another payload and, if one is given, another action."""
        return self._replace(action=action or self.action, payload=payload)


Step: TypeAlias = Callable[[ExchangeHalf, TranslationNotes], ExchangeHalf | None]
"""A half in the next version; None if that version cannot say it. It may change the payload that it gets."""
