"""A side that only answers: for a single call from a script, or for a user who does the rest."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ocpptui.ocpp.message import Malformed, Message, MessageKind
from ocpptui.ocpp.refusal import RefusalSettings
from ocpptui.ocpp.version import Role, Version
from ocpptui.simulator.default_answers import answer_to
from ocpptui.simulator.effects import Effect, SendAnswer
from ocpptui.simulator.error_answers import refusal


class AnsweringBehaviour:
    """A stateless `Behaviour` that gives every call its default answer and never calls."""

    def __init__(self, version: Version, role: Role) -> None:
        self.version = version
        self.role = role
        self.settings = RefusalSettings()

    def opened(self, now: int) -> list[Effect]:
        return []

    def received(self, frame: Message | Malformed, action: str, now: int) -> list[Effect]:
        wrong = refusal(self.version, self.role, frame, self.settings)
        if wrong is not None or not isinstance(frame, Message):
            return wrong or []
        if frame.kind is not MessageKind.CALL:
            return []
        return [SendAnswer(frame, answer_to(self.version, self.role, frame, now))]

    def answered(self, action: str, sent: dict[str, Any], answer: Message | None, now: int) -> list[Effect]:
        return []

    def tick(self, now: int) -> list[Effect]:
        return []

    def wakeup(self) -> int | None:
        return None

    def closed(self, now: int) -> None:
        return None

    def clock_set(self, by: int) -> None:
        """Do nothing: nothing is ever planned."""

    def set_strict(self, strict: bool) -> None:
        self.settings = replace(self.settings, strict=strict)
