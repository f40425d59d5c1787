"""Live peers, built on the `ocpp` package, that act like the recorded peer with their own ids, times and faults."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ocpp import routing
from ocpp.charge_point import camel_to_snake_case
from ocpp.exceptions import InternalError
from ocpp.v16 import ChargePoint as Peer16
from ocpp.v16 import call as call16
from ocpp.v16 import call_result as result16
from ocpp.v201 import ChargePoint as Peer201
from ocpp.v201 import call as call201
from ocpp.v201 import call_result as result201

from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import Role, Version
from ocpptui.timeline.timeline import Timeline
from tests.replay.live import read

RECORDINGS = Path(__file__).parents[2] / "recordings"
NOW = "2031-01-02T03:04:05Z"
_CLASSES = {Version.V16: (Peer16, call16, result16), Version.V201: (Peer201, call201, result201)}
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*")


def recorded(version: Version) -> Timeline:
    """The recorded charge in the repository."""
    return read(RECORDINGS / f"charge-{version}.jsonl")


@dataclass
class Faults:
    """What a twin does differently, by action and the number of earlier calls of that action."""

    answers: dict[tuple[str, int], dict[str, Any] | None] = field(default_factory=dict)
    """Fields of an answer (None removes one); None for a CALLERROR."""
    left_out: set[tuple[str, int]] = field(default_factory=set)
    """Calls that it does not make."""
    extra: dict[tuple[str, int], tuple[str, dict[str, Any]]] = field(default_factory=dict)
    """A call that it makes after another of its calls."""


@dataclass
class _Message:
    mine: bool
    is_call: bool
    action: str
    number: int
    payload: dict[str, Any]


class Script:
    """A recording as one side sees it, with a transaction id of the live side."""

    def __init__(self, timeline: Timeline, role: Role, live_transaction: Any) -> None:
        self.messages: list[_Message] = []
        self.live_transaction = live_transaction
        numbers: Counter[tuple[bool, str]] = Counter()
        for index in range(len(timeline)):
            frame = timeline.frame(index)
            if not isinstance(frame, Message):
                continue
            is_call, action = timeline.kind(index).is_call, timeline.action(index)
            number = numbers[is_call, action]
            numbers[is_call, action] += 1
            mine = timeline.direction(index) is role.sends
            self.messages.append(_Message(mine, is_call, action, number, frame.payload))
        self.answers = {(one.action, one.number): one.payload for one in self.messages if one.mine and not one.is_call}

    def lived(self, value: Any, key: str = "") -> Any:
        """A recorded payload as this side would now send it."""
        if isinstance(value, dict):
            return {name: self.lived(one, name) for name, one in value.items()}
        if isinstance(value, list):
            return [self.lived(one, key) for one in value]
        if key == "transactionId":
            return self.live_transaction
        return NOW if isinstance(value, str) and _TIME.fullmatch(value) else value


def twin(version: Version, script: Script, faults: Faults) -> type[Any]:
    """A class of the `ocpp` package that answers every action of the script."""
    base, calls, results = _CLASSES[version]
    received: Counter[str] = Counter()

    def __init__(self: Any, identity: str, connection: Any) -> None:
        base.__init__(self, identity, connection)
        self.received, self.came = [], asyncio.Condition()

    async def make(self: Any, action: str, payload: dict[str, Any]) -> Any:
        """Call; return the answer, or None for an error."""
        return await self.call(getattr(calls, action)(**camel_to_snake_case(payload)), suppress=True)

    async def act(self: Any) -> None:
        """Make the calls of the script, each after what came before it."""
        due: Counter[str] = Counter()
        for one in script.messages:
            if one.is_call and not one.mine:
                due[one.action] += 1
            if not one.is_call or not one.mine or (one.action, one.number) in faults.left_out:
                continue
            wanted = dict(due)
            async with self.came:
                await self.came.wait_for(lambda wanted=wanted: all(received[a] >= n for a, n in wanted.items()))
            answer = await make(self, one.action, script.lived(one.payload))
            if one.action == "StartTransaction":
                script.live_transaction = answer.transaction_id
            if (one.action, one.number) in faults.extra:
                await make(self, *faults.extra[one.action, one.number])

    def handler(action: str) -> Any:
        async def told(self: Any, **payload: Any) -> None:
            async with self.came:
                self.came.notify_all()

        async def answer(self: Any, **payload: Any) -> Any:
            number = received[action]
            received[action] += 1
            self.received.append((action, payload))
            change = faults.answers.get((action, number), {})
            if change is None:
                await told(self)  # the package runs no such handler after an error
                raise InternalError("planted")
            lived = script.lived(script.answers.get((action, number), {}))
            said = {key: value for key, value in {**lived, **change}.items() if value is not None}
            return getattr(results, action)(**camel_to_snake_case(said))

        answer.__name__, told.__name__ = f"on_{action}", f"after_{action}"  # the package finds them by name
        return {
            answer.__name__: routing.on(action)(answer),
            told.__name__: routing.after(action)(told),
        }

    members: dict[str, Any] = {"__init__": __init__, "act": act}
    for name in {one.action for one in script.messages if not one.mine and one.is_call}:
        members.update(handler(name))
    return type("Twin", (base,), members)
