"""The automatic central system: registers charge points, accepts tokens, numbers transactions, answers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ocpptui.ocpp.message import Malformed, Message, MessageKind
from ocpptui.ocpp.payload import Payload, object_at, text_at
from ocpptui.ocpp.refusal import content
from ocpptui.ocpp.version import Role, Version
from ocpptui.simulator.behaviour_settings import CentralSystemSettings
from ocpptui.simulator.default_answers import answer_to
from ocpptui.simulator.effects import Effect, SendAnswer, SendError
from ocpptui.simulator.error_answers import refusal, result_refusal

MAX_REMEMBERED = 10_000
"""How many transactions are remembered to recognise their repetition."""


class TransactionNumbers:
    """Numbers for transactions in 1.6, unique among all charge points that share this object.

    A StartTransaction that is repeated because its answer was lost gets the same number again.
    """

    def __init__(self, first: int = 1) -> None:
        self._next = first
        self._given: dict[tuple[str, str], int] = {}

    def of(self, charge_point: str, request: Payload) -> int:
        """The number for this StartTransaction."""
        key = (charge_point, repr([request.get(name) for name in ("connectorId", "idTag", "timestamp", "meterStart")]))
        number = self._given.get(key)
        if number is None:
            number = self._given[key] = self._next
            self._next += 1
            if len(self._given) > MAX_REMEMBERED:
                del self._given[next(iter(self._given))]
        return number


class CentralSystemBehaviour:
    """A `Behaviour` that plays the central system for one charge point. It sends nothing unasked.

    It answers every call; in 1.6 this includes a StartTransaction, StopTransaction or MeterValues that makes no sense
    (sections 4.7, 4.8, 4.10). The charge points of a session share `numbers`.
    """

    def __init__(
        self,
        version: Version,
        settings: CentralSystemSettings | None = None,
        *,
        numbers: TransactionNumbers | None = None,
        charge_point: str = "",
    ) -> None:
        self.version = version
        self.settings = settings or CentralSystemSettings()
        self._numbers = numbers or TransactionNumbers()
        self._charge_point = charge_point
        self._is_registered = False
        self._tokens = {token.lower(): status for token, status in self.settings.tokens.items()}

    def opened(self, now: int) -> list[Effect]:
        """Wait for the calls of the charge point that has connected."""
        return []

    def received(self, frame: Message | Malformed, action: str, now: int) -> list[Effect]:
        """Answer a call."""
        wrong = refusal(self.version, Role.CENTRAL_SYSTEM, frame, self.settings)
        if wrong is not None or not isinstance(frame, Message):
            return wrong or []
        if frame.kind is not MessageKind.CALL:
            return []
        if frame.action == "BootNotification":
            return [SendAnswer(frame, self._register(frame, now))]
        if self.settings.require_boot and not self._is_registered:
            return [SendError(frame, "SecurityError", "the registration is not accepted")]
        return [SendAnswer(frame, self._answer(frame, now))]

    def answered(self, action: str, sent: dict[str, Any], answer: Message | None, now: int) -> list[Effect]:
        """Refuse an invalid answer in 2.1."""
        return [] if answer is None else result_refusal(self.version, action, answer, self.settings)

    def tick(self, now: int) -> list[Effect]:
        """Do nothing: nothing is ever planned."""
        return []

    def wakeup(self) -> int | None:
        """Never."""
        return None

    def closed(self, now: int) -> None:
        """Keep the registration: a charge point that only reconnects does not send BootNotification again."""

    def clock_set(self, by: int) -> None:
        """Do nothing: nothing is ever planned."""

    def set_strict(self, strict: bool) -> None:
        self.settings = replace(self.settings, strict=strict)

    def _register(self, call: Message, now: int) -> Payload:
        status = self.settings.registration
        self._is_registered = status == "Accepted"
        answer = answer_to(self.version, Role.CENTRAL_SYSTEM, call, now, interval=self.settings.interval)
        return {**answer, "status": status}

    def _answer(self, call: Message, now: int) -> Payload:
        request = content(call)
        request = request if isinstance(request, dict) else {}
        is_start = self.version.generation == 1 and call.action == "StartTransaction"
        return answer_to(
            self.version,
            Role.CENTRAL_SYSTEM,
            call,
            now,
            interval=self.settings.interval,
            transaction_id=self._numbers.of(self._charge_point, request) if is_start else 0,
            token_status=self._token_status(request),
        )

    def _token_status(self, request: Payload) -> str:
        if not self._tokens:
            return "Accepted"
        token = text_at(request, "idTag") or text_at(object_at(request, "idToken"), "idToken") or ""
        return self._tokens.get(token.lower(), "Accepted")
