"""A charge point that only sends calls: it refuses those of the central system, since it is gone after its own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ocpptui.ocpp.message import Malformed, Message, MessageKind
from ocpptui.ocpp.refusal import RefusalSettings
from ocpptui.ocpp.version import Role, Version
from ocpptui.simulator.effects import Effect, SendError
from ocpptui.simulator.error_answers import refusal


class RefusingBehaviour:
    """A stateless `Behaviour` that does nothing that it is asked for, says so, and never calls."""

    def __init__(self, version: Version) -> None:
        self.version = version
        self.settings = RefusalSettings()

    def opened(self, now: int) -> list[Effect]:
        return []

    def received(self, frame: Message | Malformed, action: str, now: int) -> list[Effect]:
        wrong = refusal(self.version, Role.CHARGE_POINT, frame, self.settings)
        if wrong is not None or not isinstance(frame, Message):
            return wrong or []
        if frame.kind is not MessageKind.CALL:
            return []
        return [SendError(frame, "NotSupported", "this charge point only sends a call and leaves")]

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
