"""Lets a central system of 1.6 do plug and charge: one of 2.0.1 within it answers what is wrapped in DataTransfer."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import count
from typing import Any, Protocol

from ocpptui.ocpp.json_encoding import JSON, parse
from ocpptui.ocpp.message import Message, MessageKind
from ocpptui.ocpp.payload import Payload
from ocpptui.ocpp.wrapped_messages import (
    OF_CHARGE_POINT,
    WrappedCall,
    call_within,
    result_within,
    wrapped_request,
    wrapped_result,
)
from ocpptui.runtime.bounded import put
from ocpptui.simulator.effects import Behaviour, Effect, ResponderOutcome, SendAnswer, SendCall, SendError

MOST_CALLS = 200
"""Calls that are remembered until they are answered: more than wait for responders at a time."""


class AsksResponders(Behaviour, Protocol):
    """A behaviour that asks responders about certificates."""

    def responded(self, outcome: ResponderOutcome, now: int) -> list[Effect]:
        """A question about a certificate was answered, or not."""
        ...


class WrappedCalls:
    """Between the messages of 1.6 of one charge point and what is wrapped in them."""

    def __init__(self, inner: AsksResponders) -> None:
        self._inner = inner
        self._outer: dict[str, Message] = {}  # the DataTransfers, by the message id of the call in each
        self._numbers = count(1)

    def received(self, call: Message, wrapped: WrappedCall, now: int) -> list[Effect]:
        """Answer what is in a DataTransfer."""
        if wrapped.action not in OF_CHARGE_POINT:
            return [SendAnswer(call, {"status": "UnknownMessageId"})]
        if wrapped.payload is None:
            return [SendAnswer(call, {"status": "Rejected"})]
        number = str(next(self._numbers))  # not the id of the DataTransfer: a faulty peer uses one twice
        frame = parse(JSON.call(number, wrapped.action, json.dumps(wrapped.payload)))
        put(self._outer, number, call, MOST_CALLS)
        return self._wrapped(self._inner.received(frame, wrapped.action, now))

    def answered(self, sent: Payload, answer: Message | None, now: int) -> list[Effect]:
        """The answer to a DataTransfer that the central system, or its user, has sent."""
        wrapped = call_within(sent)
        if wrapped is None or answer is None or answer.kind is not MessageKind.CALLRESULT:
            return []
        result = result_within(answer.payload)
        if wrapped.payload is None or result is None:
            return []
        inner = replace(answer, payload=result)
        return self._wrapped(self._inner.answered(wrapped.action, wrapped.payload, inner, now))

    def responded(self, outcome: ResponderOutcome, now: int) -> list[Effect]:
        """A question about a certificate was answered, or not."""
        return self._wrapped(self._inner.responded(outcome, now))

    def closed(self, now: int) -> None:
        """The connection is gone."""
        self._outer.clear()
        self._inner.closed(now)

    def set_strict(self, strict: bool) -> None:
        """Refuse invalid messages in a DataTransfer, or answer them as well as possible."""
        self._inner.set_strict(strict)

    def _wrapped(self, effects: list[Effect]) -> list[Effect]:
        return [self._outside(effect) for effect in effects]

    def _outside(self, effect: Effect) -> Effect:
        match effect:
            case SendCall():
                return SendCall("DataTransfer", wrapped_request(effect.action, effect.payload))
            case SendAnswer():
                return SendAnswer(self._call(effect.call), wrapped_result(effect.payload))
            case SendError(call=Message() as call):
                return SendAnswer(self._call(call), {"status": "Rejected", "data": effect.description or effect.code})
        return effect

    def _call(self, inner: Message) -> Message:
        return self._outer.pop(inner.id)


def is_wrapped(action: str, request: dict[str, Any]) -> bool:
    """Whether a message of 1.6 carries one for plug and charge."""
    return action == "DataTransfer" and call_within(request) is not None
