"""A bench for two behaviours on a simulated wire in simulated time, where every frame is written and parsed."""

from __future__ import annotations

import heapq
import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import pytest

from ocpptui.ocpp import actions as catalog
from ocpptui.ocpp.json_encoding import JSON, parse
from ocpptui.ocpp.message import Message, MessageKind
from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.validation import violations
from ocpptui.ocpp.version import Role, Transport, Version
from ocpptui.simulator.behaviour_settings import ChargePointSettings
from ocpptui.simulator.central_system_behaviour import CentralSystemBehaviour
from ocpptui.simulator.charge_point_behaviour import ChargePointBehaviour
from ocpptui.simulator.connection_plan import ConnectFailure, ConnectionFacts, ConnectionPlan, FailedPlan
from ocpptui.simulator.driver_side import Operation
from ocpptui.simulator.effects import (
    AddNote,
    AskResponder,
    Behaviour,
    CancelTransfer,
    CloseConnection,
    ConnectWith,
    Effect,
    LoseConnection,
    PingEvery,
    Reconnect,
    ResponderOutcome,
    SendAnswer,
    SendCall,
    SendError,
    SendResultError,
    TransferFile,
    TransferOutcome,
    TrustRoots,
)
from tests.kit.story import story_line

START = 1_795_341_723_120_000
"""2026-11-22T10:02:03.120Z"""
SECOND = 1_000_000
CALLS = (MessageKind.CALL, MessageKind.SEND)


@dataclass(slots=True)
class SentMessage:
    """One frame on the wire."""

    time: int
    by: Role
    frame: Message
    action: str

    @property
    def payload(self) -> Any:
        return self.frame.payload


@dataclass(slots=True)
class Side:
    """One end of the wire: the call in flight, and the effects that wait for its answer."""

    role: Role
    behaviour: Behaviour
    queue: deque[SendCall] = field(default_factory=deque)
    in_flight: tuple[str, SendCall, int] | None = None


class SimulatedWire:
    """Runs a charge point against a central system; `said` is everything sent over the wire, in order."""

    LATENCY = 20_000
    TIMEOUT = 30 * SECOND
    RECONNECT = 2 * SECOND

    def __init__(self, version: Version, charge_point: Behaviour, central_system: Behaviour, now: int = START) -> None:
        self.version = version
        self.now = now
        self.said: list[SentMessage] = []
        self.closures = 0
        self.changes: list[tuple[int, bool]] = []
        """When the connection was opened (True) or lost."""
        self.is_strict = True
        """Whether each message has to be valid; a charge point with quirks sends others."""
        self.sides = {
            Role.CHARGE_POINT: Side(Role.CHARGE_POINT, charge_point),
            Role.CENTRAL_SYSTEM: Side(Role.CENTRAL_SYSTEM, central_system),
        }
        self.drop: Callable[[SentMessage], bool] = lambda said: False
        """Selects the frames that get lost on the wire."""
        self.transfers: list[TransferFile] = []
        self.given_up: list[int] = []
        """The numbers of the transfers that were cancelled; they have no outcome."""
        self.pings: list[int] = []
        """The intervals that were wanted."""
        self.notes: list[str] = []
        self.plans: list[ConnectionPlan] = []
        """What the charge point tries at its next connection."""
        self.facts = ConnectionFacts()
        """How the charge point is connected, before it changes anything."""
        self.failure_of: Callable[[ConnectionPlan], ConnectFailure | None] = lambda plan: None
        """Why a plan does not work; None if it works."""
        self.outside: list[Effect] = []
        """What the charge point wanted besides messages and transfers."""
        self.outcome_of: Callable[[TransferFile], TransferOutcome] = lambda wanted: TransferOutcome(wanted.number)
        """How a file transfer ends, two seconds after it began."""
        self.responder: Callable[[AskResponder], ResponderOutcome] = lambda asked: ResponderOutcome(
            asked.number, failure="it cannot be reached"
        )
        """What comes of a question to an OCSP responder, a second after it."""
        self._events: list[tuple[int, int, Callable[[], None]]] = []
        self._order = count()
        self._ids = count(1)
        self._generation = 0
        self._later(0, self.open)

    def open(self) -> None:
        """Connect, unless it is connected."""
        if self.changes and self.changes[-1][1]:
            return
        self.changes.append((self.now, True))
        self._tell()
        for role in (Role.CENTRAL_SYSTEM, Role.CHARGE_POINT):
            self.perform(role, self.sides[role].behaviour.opened(self.now))

    def _tell(self) -> None:
        """Let the charge point know which of its plans worked."""
        charge_point = self.sides[Role.CHARGE_POINT].behaviour
        failed = []
        for plan in self.plans:
            if (failure := self.failure_of(plan)) is None:
                profile = self.facts.security_profile if plan.security_profile is None else plan.security_profile
                encrypted = self.facts.is_encrypted or profile > 1
                self.facts = replace(self.facts, plan=plan.number, security_profile=profile, is_encrypted=encrypted)
                break
            failed.append(FailedPlan(plan.number, failure))
        self.plans = []
        if isinstance(charge_point, ChargePointBehaviour):
            charge_point.connected(replace(self.facts, failed=tuple(failed)))

    def run(self, seconds: float) -> SimulatedWire:
        end = self.now + int(seconds * SECOND)
        while (due := self._next_due()) is not None and due <= end:
            self.now = max(self.now, due)
            if self._events and self._events[0][0] <= self.now:
                heapq.heappop(self._events)[2]()
                continue
            for role, side in self.sides.items():
                if side.in_flight is not None and side.in_flight[2] <= self.now:
                    _, call, _ = side.in_flight
                    side.in_flight = None
                    self.perform(role, side.behaviour.answered(call.action, call.payload, None, self.now))
                wakeup = side.behaviour.wakeup()
                if wakeup is not None and wakeup <= self.now:
                    self.perform(role, side.behaviour.tick(self.now))
                    assert side.behaviour.wakeup() != wakeup, "the behaviour keeps planning for the same moment"
        self.now = end
        return self

    def set_clock(self, by: int) -> None:
        """Set the clock of the machine on which both sides run; no time passes."""
        self.now += by
        self._events = [(due + by, order, action) for due, order, action in self._events]
        for side in self.sides.values():
            if side.in_flight is not None:
                message_id, call, deadline = side.in_flight
                side.in_flight = message_id, call, deadline + by
            side.behaviour.clock_set(by)

    def _next_due(self) -> int | None:
        times = [self._events[0][0]] if self._events else []
        for side in self.sides.values():
            wakeup = side.behaviour.wakeup()
            times += [wakeup] if wakeup is not None else []
            times += [side.in_flight[2]] if side.in_flight is not None else []
        return min(times, default=None)

    def _later(self, delay: int, action: Callable[[], None]) -> None:
        generation = self._generation

        def guarded() -> None:
            if generation == self._generation:
                action()

        heapq.heappush(self._events, (self.now + delay, next(self._order), guarded))

    def call(self, role: Role, action: str, payload: dict[str, Any]) -> None:
        """Let a person on one side make a call."""
        self.perform(role, [SendCall(action, payload)])

    def perform(self, role: Role, effects: list[Effect]) -> None:
        side = self.sides[role]
        for effect in effects:
            match effect:
                case SendCall():
                    assert catalog.may_send(self.version, role, effect.action), effect
                    found = violations(self.version, effect.action, Part.REQUEST, effect.payload)
                    assert not (found and self.is_strict), (effect, found)
                    if self.changes[-1][1]:  # without a connection nothing is sent
                        side.queue.append(effect)
                case SendAnswer():
                    action = effect.call.action or ""
                    assert not violations(self.version, action, Part.RESPONSE, effect.payload), effect
                    self._put(role, JSON.result(effect.call, json.dumps(effect.payload)), action)
                case SendError():
                    action = (effect.call.action or "") if effect.call is not None else ""
                    self._put(role, JSON.error(effect.call or effect.id, effect.code, effect.description), action)
                case SendResultError():
                    text = JSON.result_error(effect.result, effect.code, effect.description)
                    self._put(role, text, "")
                case CloseConnection():
                    self._close(self.RECONNECT)
                case LoseConnection():
                    self._close(None if effect.seconds is None else int(effect.seconds * SECOND))
                case Reconnect():
                    self._later(self.RECONNECT, self.open)
                case TransferFile():
                    self._transfer(role, effect)
                case AskResponder():
                    self._question(role, effect)
                case CancelTransfer():
                    self.given_up.append(effect.number)
                case PingEvery():
                    self.pings.append(effect.seconds)
                case AddNote():
                    self.notes.append(effect.text)
                case ConnectWith() | TrustRoots():
                    self.outside.append(effect)
                    if isinstance(effect, ConnectWith):
                        self.plans = list(effect.plans)
        self._release(side)

    def _transfer(self, role: Role, wanted: TransferFile) -> None:
        behaviour = self.sides[role].behaviour
        assert isinstance(behaviour, ChargePointBehaviour)
        self.transfers.append(wanted)

        def end() -> None:
            if wanted.number in self.given_up:
                return
            outcome = self.outcome_of(wanted)
            self.perform(role, behaviour.transferred(outcome, self.now))

        heapq.heappush(self._events, (self.now + 2 * SECOND, next(self._order), end))

    def _question(self, role: Role, asked: AskResponder) -> None:
        behaviour = self.sides[role].behaviour
        assert isinstance(behaviour, CentralSystemBehaviour)
        self._later(SECOND, lambda: self.perform(role, behaviour.responded(self.responder(asked), self.now)))

    def _close(self, away: int | None) -> None:
        """Cut the connection, and open it again after `away` microseconds; None: when the charge point wants to."""
        self.closures += 1
        self.changes.append((self.now, False))
        self._generation += 1
        for side in self.sides.values():
            side.behaviour.closed(self.now)
            side.queue.clear()
            side.in_flight = None
        if away is not None:
            self._later(away, self.open)

    def lose_connection(self, seconds: float = RECONNECT / SECOND) -> None:
        self._close(int(seconds * SECOND))

    def _release(self, side: Side) -> None:
        while side.queue and side.in_flight is None:
            call = side.queue.popleft()
            message_id = f"{side.role[:2]}-{next(self._ids)}"
            known = catalog.find_action(self.version, call.action)
            if known is not None and known.is_send:
                self._put(side.role, JSON.send(message_id, call.action, json.dumps(call.payload)), call.action)
                continue
            side.in_flight = (message_id, call, self.now + self.TIMEOUT)
            self._put(side.role, JSON.call(message_id, call.action, json.dumps(call.payload)), call.action)

    def _put(self, role: Role, text: str, action: str) -> None:
        frame = parse(text)
        assert isinstance(frame, Message) and not frame.defects, text
        said = SentMessage(self.now, role, frame, action)
        self.said.append(said)
        if not self.drop(said):
            self._later(self.LATENCY, lambda: self._deliver(said))

    def _deliver(self, said: SentMessage) -> None:
        side = self.sides[said.by.other]
        if said.frame.kind in CALLS:
            self.perform(side.role, side.behaviour.received(said.frame, said.action, self.now))
        elif side.in_flight is not None and side.in_flight[0] == said.frame.id:
            _, call, _ = side.in_flight
            side.in_flight = None
            self.perform(side.role, side.behaviour.answered(call.action, call.payload, said.frame, self.now))

    # -- what was said ------------------------------------------------------------------------------------------

    def calls(self, role: Role, *actions: str) -> list[SentMessage]:
        return [
            said
            for said in self.said
            if said.by is role and said.frame.kind in CALLS and (not actions or said.action in actions)
        ]

    def script(self) -> list[str]:
        """The calls of both sides, as short lines."""
        short = {Role.CHARGE_POINT: "cp", Role.CENTRAL_SYSTEM: "cs"}
        return [f"{short[s.by]} {s.action}" for s in self.said if s.frame.kind is MessageKind.CALL]

    def answer_of(self, said: SentMessage) -> Message:
        return next(
            other.frame
            for other in self.said
            if other.by is said.by.other and other.frame.id == said.frame.id and other.frame.kind.is_answer
        )


class Operated:
    """A bench with an accepted charge point and an operator at the central system."""

    def __init__(
        self, version: Version, settings: ChargePointSettings | None = None, *, state: Any = None, now: int = START
    ) -> None:
        """With a `state`, the charge point goes on where another one ended, and what it says at once is kept."""
        self.version = version
        self.charge_point = ChargePointBehaviour(version, settings)
        self.bench = SimulatedWire(version, self.charge_point, CentralSystemBehaviour(version), now)
        if state is not None:
            self.charge_point.restore(state, now)
        self.bench.run(5)
        if state is None:
            self.boot = list(self.bench.said)
            """What was said before anything was done."""
            self.bench.said.clear()

    def order(self, action: str, payload: dict[str, Any] | None = None, seconds: float = 5) -> dict[str, Any]:
        """Make a call, let this many seconds pass, and return the answer."""
        self.bench.call(Role.CENTRAL_SYSTEM, action, payload or {})
        self.bench.run(seconds)
        answer: dict[str, Any] = self.bench.answer_of(self.bench.calls(Role.CENTRAL_SYSTEM, action)[-1]).payload
        return answer

    def told(self, *actions: str) -> list[SentMessage]:
        return self.bench.calls(Role.CHARGE_POINT, *actions)

    def operate(self, name: str, connector: int = 0, argument: str = "", seconds: float = 5, *, part: int = 0) -> str:
        """Let somebody do something at the charge point; let this many seconds pass; return why it is not possible."""
        outcome = self.charge_point.operate(Operation(name, connector, argument, part), self.bench.now)
        self.bench.perform(Role.CHARGE_POINT, outcome.effects)
        self.bench.run(seconds)
        return outcome.problem

    def configure(self, key: str, value: str) -> None:
        """Set a configuration key of 1.6, or the variable of 2.x that is the same."""
        setting = self.charge_point.device.configuration.by_key(key)
        assert setting is not None
        self.charge_point.device.configuration.set(setting, value)

    def story(self) -> list[str]:
        """The calls of the charge point, each with its relevant fields."""
        return [story_line(said.action, said.payload) for said in self.bench.calls(Role.CHARGE_POINT)]

    def statuses(self) -> list[tuple[int, str]]:
        if self.version is Version.V16:
            return [(s.payload["connectorId"], s.payload["status"]) for s in self.told("StatusNotification")]
        return [(s.payload["evseId"], s.payload["connectorStatus"]) for s in self.told("StatusNotification")]

    def start(self, connector: int | None = 1, token: str = "ABC", **more: Any) -> dict[str, Any]:
        if self.version is Version.V16:
            where = {} if connector is None else {"connectorId": connector}
            return self.order("RemoteStartTransaction", {"idTag": token, **where, **more})
        where = {} if connector is None else {"evseId": connector}
        id_token = {"idToken": token, "type": "Central"}
        return self.order("RequestStartTransaction", {"idToken": id_token, "remoteStartId": 7, **where, **more})

    def stop(self, transaction: str) -> dict[str, Any]:
        if self.version is Version.V16:
            return self.order("RemoteStopTransaction", {"transactionId": int(transaction)})
        return self.order("RequestStopTransaction", {"transactionId": transaction})

    @property
    def transaction(self) -> str:
        (charge,) = self.charge_point.device.running()
        return charge.transaction


Operate = Callable[..., Operated]


@pytest.fixture
def operate() -> Operate:
    return Operated


@pytest.fixture
def operated(version: Version) -> Operated:
    return Operated(version)


@pytest.fixture
def bench() -> type[SimulatedWire]:
    return SimulatedWire


@pytest.fixture(params=list(Version.offered(Transport.JSON)), ids=str)
def version(request: pytest.FixtureRequest) -> Version:
    found: Version = request.param
    return found


@pytest.fixture
def call() -> Callable[..., Message]:
    """Makes the CALL frame of an action, as it would arrive."""

    def make(action: str, payload: Any = None, message_id: str = "m1") -> Message:
        frame = parse(JSON.call(message_id, action, json.dumps({} if payload is None else payload)))
        assert isinstance(frame, Message)
        return frame

    return make
