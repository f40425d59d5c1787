"""The security events of a charge point: its log of them, and those that the central system has not confirmed yet.

An event is kept until SecurityEventNotification is answered, over lost connections and restarts.

Source: OCPP 1.6 security whitepaper, use case A04; OCPP 2.x use case A04.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from ocpptui.ocpp.message import Message, MessageKind
from ocpptui.ocpp.payload import Payload
from ocpptui.simulator import outgoing_calls as messages
from ocpptui.simulator.effects import Effect, SendCall

MOST_KEPT = 1_000
"""How many events are in the log, and how many wait at most; of more, the oldest are dropped."""
ACTION = "SecurityEventNotification"


class SecurityReports:
    """What one charge point reports of its security. Times are microseconds since 1970-01-01 UTC."""

    def __init__(self) -> None:
        self.log: deque[tuple[int, str]] = deque(maxlen=MOST_KEPT)
        """When each event happened, and its kind."""
        self._unconfirmed: deque[SendCall] = deque(maxlen=MOST_KEPT)

    def happened(self, kind: str, now: int, details: str = "", *, is_online: bool) -> list[Effect]:
        """An event of a kind in the whitepaper or in 2.x appendix 1; it is reported now, or by `open`."""
        self.log.append((now, kind))
        call = messages.security_event(kind, now, details)
        self._unconfirmed.append(call)
        return [call] if is_online else []

    def open(self) -> list[Effect]:
        """The central system listens (again): what it has not confirmed."""
        return list(self._unconfirmed)

    def answered(self, sent: dict[str, Any], answer: Message | None) -> None:
        """The answer to a SecurityEventNotification; None if none came."""
        if answer is None or answer.kind is not MessageKind.CALLRESULT:
            return
        for call in self._unconfirmed:
            if call.payload == sent:
                self._unconfirmed.remove(call)
                return

    def waiting(self) -> list[Payload]:
        """The payloads that are not confirmed yet, the oldest first."""
        return [call.payload for call in self._unconfirmed]

    def restore(self, payloads: list[Payload]) -> None:
        """Go on with what an earlier process could not report."""
        self._unconfirmed.extend(SendCall(ACTION, payload) for payload in payloads)
