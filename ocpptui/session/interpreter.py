"""Between a connection of one version and a behaviour that knows another: 1.2 and 1.5 as 1.6, 2.0 as 2.0.1.

What the version of the connection cannot say is not sent; the behaviour is answered as if it had been.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from ocpptui.ocpp.message import Malformed, Message, MessageKind
from ocpptui.ocpp.refusal import RefusalSettings
from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.validation import is_valid
from ocpptui.ocpp.version import Role, Version
from ocpptui.runtime.bounded import put
from ocpptui.simulator.effects import Effect, SendAnswer, SendCall, SendError
from ocpptui.simulator.error_answers import refusal
from ocpptui.simulator.simulated_version import simulated_as
from ocpptui.translation.translated_message import TranslatedMessage, translated_message

CALLS_KEPT = 256
"""How many calls are remembered as the behaviour has made them, and of the peer as they came."""


class Interpreter:
    """Translates what goes between a connection and its behaviour."""

    def __init__(self, version: Version, role: Role) -> None:
        """`version` is that of the connection, `role` that of the behaviour."""
        self._outer = version
        self._role = role
        self._inner = simulated_as(version)
        self._meant: dict[str, SendCall] = {}  # by what was sent
        self._came: dict[str, Message] = {}  # the calls of the peer by their id

    def heard(self, frame: Message | Malformed, settings: RefusalSettings) -> Message | Malformed | list[Effect]:
        """What came from the peer, as the behaviour knows it; or the answer to what the behaviour cannot know.

        Messages that are wrong in the version of the connection are refused as that version wants it.
        """
        wrong = refusal(self._outer, self._role, frame, settings)
        if wrong is not None:
            return wrong
        if isinstance(frame, Malformed) or frame.kind is not MessageKind.CALL or not isinstance(frame.payload, dict):
            return frame
        action = frame.action or ""
        found = self._inward(action, Part.REQUEST, frame.payload)
        if found is None:
            if is_valid(self._outer, action, Part.RESPONSE, {}):
                return [SendAnswer(frame, {})]
            return [self._not_simulated(frame, "it does not have this")]
        known = replace(frame, action=found.action, payload=found.payload)
        if found.missing and refusal(self._inner, self._role, known, settings):
            return [self._not_simulated(frame, found.missing[0])]
        put(self._came, frame.id, frame, CALLS_KEPT)
        return known

    def _not_simulated(self, call: Message, why: str) -> Effect:
        return SendError(call, "NotSupported", f"OCPP {self._outer} is simulated as {self._inner}: {why}")

    def answer(self, action: str, sent: dict[str, Any], answer: Message | None) -> Message | None:
        """The answer of the peer to a call of ours, as the behaviour knows it."""
        if answer is None or answer.kind is not MessageKind.CALLRESULT or not isinstance(answer.payload, dict):
            return answer
        found = self._inward(action, Part.RESPONSE, answer.payload, sent)
        return answer if found is None else replace(answer, payload=found.payload)

    def meant(self, action: str, sent: dict[str, Any]) -> SendCall:
        """The call that the behaviour wanted to send; of a call by hand, the translated one."""
        known = self._meant.get(_key(action, sent))
        if known is not None:
            return known
        found = self._inward(action, Part.REQUEST, sent)
        return SendCall(action, sent) if found is None else SendCall(found.action, found.payload)

    def spoken(self, effect: Effect) -> Effect | None:
        """What the behaviour wants to send, as the connection has it; None if it cannot be said."""
        match effect:
            case SendCall():
                found = translated_message(self._inner, self._outer, effect.action, Part.REQUEST, effect.payload)
                if found is None or (found.missing and self._is_right(effect)):
                    return None
                put(self._meant, _key(found.action, found.payload), effect, CALLS_KEPT)
                return SendCall(found.action, found.payload)
            case SendAnswer():
                return self._said_answer(effect)
        return effect

    def _said_answer(self, effect: SendAnswer) -> Effect:
        call, action = effect.call, effect.call.action or ""
        asked = call.payload if isinstance(call.payload, dict) else None
        found = translated_message(self._inner, self._outer, action, Part.RESPONSE, effect.payload, asked)
        came = self._came.pop(call.id, call)
        payload = effect.payload if found is None else found.payload
        right = is_valid(self._outer, came.action or "", Part.RESPONSE, payload)
        if not right and is_valid(self._inner, action, Part.RESPONSE, effect.payload):
            return SendError(came, "NotSupported", f"OCPP {self._outer} cannot say the answer of the simulation")
        return SendAnswer(came, payload)

    def _is_right(self, call: SendCall) -> bool:
        """Send what the behaviour makes wrong on purpose, as it is."""
        return bool(is_valid(self._inner, call.action, Part.REQUEST, call.payload))

    def _inward(
        self, action: str, part: Part, payload: dict[str, Any], request: dict[str, Any] | None = None
    ) -> TranslatedMessage | None:
        return translated_message(self._outer, self._inner, action, part, payload, request)


def _key(action: str, payload: dict[str, Any]) -> str:
    return f"{action} {json.dumps(payload, sort_keys=True)}"
