"""Between a connection of one version and a behaviour that knows another: the simulator speaks 1.2 and 1.5 as 1.6.

What the version of the connection cannot say is not sent; the behaviour is answered as if it had been.
"""

from __future__ import annotations

import json
from typing import Any

from ocpptui.ocpp.message import Malformed, Message, MessageKind
from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.version import Version
from ocpptui.runtime.bounded import put
from ocpptui.simulator.effects import Effect, SendAnswer, SendCall
from ocpptui.simulator.simulated_version import simulated_as
from ocpptui.translation.translated_message import translated_message

CALLS_KEPT = 256
"""How many calls are remembered as the behaviour has made them."""


class Interpreter:
    """Translates what goes between a connection and its behaviour."""

    def __init__(self, version: Version) -> None:
        """`version` is that of the connection."""
        self._outer = version
        self._inner = simulated_as(version)
        self._meant: dict[str, dict[str, Any]] = {}  # by what was sent

    def heard(self, frame: Message | Malformed) -> Message | Malformed:
        """What came from the peer, as the behaviour knows it."""
        if isinstance(frame, Malformed) or frame.kind is not MessageKind.CALL or not isinstance(frame.payload, dict):
            return frame
        return frame._replace(payload=self.inner(frame.action or "", Part.REQUEST, frame.payload))

    def answer(self, action: str, answer: Message | None) -> Message | None:
        """The answer of the peer to a call of ours, as the behaviour knows it."""
        if answer is None or answer.kind is not MessageKind.CALLRESULT or not isinstance(answer.payload, dict):
            return answer
        return answer._replace(payload=self.inner(action, Part.RESPONSE, answer.payload))

    def meant(self, action: str, sent: dict[str, Any]) -> dict[str, Any]:
        """What the behaviour wanted to send; of a call by hand, the translated payload."""
        known = self._meant.get(_key(action, sent))
        return self.inner(action, Part.REQUEST, sent) if known is None else known

    def inner(self, action: str, part: Part, payload: dict[str, Any]) -> dict[str, Any]:
        """A payload of the connection, as the behaviour knows it; as it is if it cannot be translated."""
        found = translated_message(self._outer, self._inner, action, part, payload)
        return payload if found is None else found.payload

    def spoken(self, effect: Effect) -> Effect | None:
        """What the behaviour wants to send, as the connection has it; None if it cannot be said."""
        match effect:
            case SendCall():
                found = translated_message(self._inner, self._outer, effect.action, Part.REQUEST, effect.payload)
                if found is None:
                    return None
                put(self._meant, _key(found.action, found.payload), effect.payload, CALLS_KEPT)
                return SendCall(found.action, found.payload)
            case SendAnswer():
                action = effect.call.action or ""
                found = translated_message(self._inner, self._outer, action, Part.RESPONSE, effect.payload)
                return effect if found is None else SendAnswer(effect.call, found.payload)
        return effect


def _key(action: str, payload: dict[str, Any]) -> str:
    return f"{action} {json.dumps(payload, sort_keys=True)}"
