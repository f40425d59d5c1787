"""Carries out, on one connection, what a `Misbehaviour` decides: the faults that a user wants a peer to meet."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from ocpptui.filter.query import Query, parse_filter
from ocpptui.jsontext.text import value_text
from ocpptui.network.problems import NetworkProblem, NotConnected, ProblemCode
from ocpptui.ocpp.durations import duration_text
from ocpptui.ocpp.json_encoding import parse
from ocpptui.ocpp.message import Malformed, Message
from ocpptui.ocpp.secrets import mask_own_text
from ocpptui.ocpp.version import Role
from ocpptui.simulator.answer_template import filled
from ocpptui.simulator.fault_plan import Deed, FaultPlan, LinkDeed, LinkFault
from ocpptui.simulator.misbehaviour import ChosenFault, Misbehaviour
from ocpptui.simulator.wrong_frames import broken, with_message_id
from ocpptui.timeline.record import Origin, message_record
from ocpptui.timeline.timeline import Timeline

if TYPE_CHECKING:
    from ocpptui.network.connection import Connection

LONGEST_NOTE = 2000
"""Characters of a note; a message that is not sent may be long."""
Note = Callable[["Connection", str, Mapping[str, Any]], int]
"""Puts a note about a connection into the timeline and the recording, and returns its index."""


class FaultyDriver(Protocol):
    """What the faults of a connection need of its driver."""

    @property
    def automatic(self) -> bool:
        """Whether the behaviour is on."""

    def behave(self, index: int, call: Message) -> None:
        """Let the behaviour handle a call of the peer."""

    def hold(self, index: int, call: Message) -> None:
        """Let a call of the peer wait for the user."""

    def unanswered(self, action: str, payload: dict[str, Any]) -> None:
        """A call of ours gets no answer."""

    def go_on(self) -> None:
        """Send what waits, if nothing is in flight."""


@dataclass(slots=True)
class _Outgoing:
    """A message that is about to be written."""

    text: str
    origin: Origin = Origin.BEHAVIOUR
    message: Message | Malformed | None = None
    fault: ChosenFault | None = None
    is_awaited: bool = False
    """It is a call of ours, and the next one waits until it is written."""
    written: Callable[[int | None], None] = lambda index: None
    """Gets the index of its record, or None if the connection is closed."""


@dataclass(frozen=True, slots=True)
class _OwnCall:
    """A call of ours before it is known what becomes of it."""

    action: str
    is_send: bool
    out: _Outgoing


class FaultInjection:
    """The faults of one connection: between its driver, which sends and hears, and the network.

    Everything that the driver sends by itself passes through. What is sent is recorded when it is sent, as it is sent;
    the detail of its record, or a note where nothing is sent, names the rule.
    """

    def __init__(
        self,
        connection: Connection,
        timeline: Timeline,
        misbehaviour: Misbehaviour,
        plan: FaultPlan,
        driver: FaultyDriver,
        *,
        clock: Callable[[], int],
        new_id: Callable[[], str],
        note: Note,
    ) -> None:
        self._connection = connection
        self._timeline = timeline
        self._misbehaviour = misbehaviour
        self._driver = driver
        self._clock = clock
        self._new_id = new_id
        self._note = note
        self._own = _FilterOfCalls(plan, connection)
        self._received = [parse_filter(rule.filter) for rule in plan.rules]
        self._answers: dict[str, tuple[ChosenFault, str]] = {}  # to the calls of the peer with these ids
        self._awaited = 0  # calls of ours that are not written yet, or lost
        self._swapped: list[_Outgoing] = []  # what follows the next message
        self._late: deque[tuple[float, _Outgoing]] = deque()  # what the link delays, and until when
        self._latencies: list[int] = []
        self._is_frozen = False
        self._last_id = ""
        self._twins: dict[int, int] = {}  # two equal calls, each by the other's index, until one is answered
        self._settled: set[int] = set()  # the others of those
        self._timers: set[asyncio.TimerHandle] = set()
        self._senders: set[asyncio.Future[int]] = set()
        self._ended = False

    # -- life ---------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """The connection is open: its link has its faults from now on."""
        for place, link in self._misbehaviour.links:
            match link.deed:
                case LinkDeed.LATENCY:
                    self._latencies.append(place)
                    late = duration_text(link.seconds * 1e6)
                    more = f" and up to {duration_text(link.jitter * 1e6)} more" if link.jitter else ""
                    self._say(link, f"each message of ours is sent {late}{more} late")
                case LinkDeed.NO_PONG:
                    self._connection.leave_pings_unanswered()
                    self._say(link, "pings are not answered")
                case LinkDeed.DISCONNECT | LinkDeed.HALF_OPEN:
                    self._plan(place, link)

    def end(self) -> None:
        """The connection has ended."""
        self._ended = True
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        self._late.clear()
        self._swapped.clear()
        problem = NetworkProblem(ProblemCode.NOT_OPEN, connection=self._connection.number)
        for sender in self._senders:
            if not sender.done():
                sender.set_exception(NotConnected(problem))

    # -- calls of the peer --------------------------------------------------------------------------------------

    def takes(self, index: int, call: Message, action: str) -> bool:
        """Whether a rule decides what becomes of a call of the peer, which is in the timeline at `index`."""
        fault = self._misbehaviour.fault(
            self._connection.sends.opposite,
            action,
            lambda place: self._received[place].matches(self._timeline, index),
        )
        if fault is None:
            return False
        self._after(fault.wait, partial(self._take, fault, index, call, action))
        return True

    def _take(self, fault: ChosenFault, index: int, call: Message, action: str) -> None:
        rule, encoding = fault.rule, self._connection.encoding
        if not self._driver.automatic:  # it was switched off meanwhile
            self._driver.hold(index, call)
            return
        match rule.deed:
            case Deed.HOLD:
                self._driver.hold(index, call)
            case Deed.ANSWER:
                payload = filled(rule.payload, call, fault.number, self._clock())
                self._send(_Outgoing(encoding.result(call, value_text(payload)), fault=fault))
            case Deed.ERROR:
                details = value_text(rule.details)
                self._send(_Outgoing(encoding.error(call, rule.code, rule.description, details), fault=fault))
            case Deed.IGNORE:
                self._say(fault, f"{action or 'the call'} is ignored")
            case Deed.CLOSE | Deed.CUT:
                self._end_connection(fault, f"{action or 'a call'} arrived")
            case Deed.BEHAVE if not fault.wait:
                self._driver.behave(index, call)
            case _:  # its answer is wrong
                self._answers[call.id] = fault, action
                self._driver.behave(index, call)

    def answer(self, call_id: str, text: str, message: Message | Malformed | None = None) -> None:
        """Send the answer of the behaviour to a call of the peer, or what a rule makes of it."""
        out = _Outgoing(text, message=message)
        if call_id not in self._answers:
            self._send(out)
            return
        fault, action = self._answers.pop(call_id)
        out.fault = fault
        match fault.rule.deed:
            case Deed.NO_ANSWER:
                self._say(fault, f"the answer to {action} is not sent: {text}")
            case Deed.TWICE:
                self._send(out)
                self._send(replace(out))
            case Deed.OTHER_ID:
                self._send(replace(out, text=with_message_id(text, self._new_id()), message=None))
            case Deed.BREAK:
                self._send(replace(out, text=broken(text, fault.rule.breakage, fault.place), message=None))
            case Deed.REORDER:
                self._swap(out)
            case _:
                self._send(out)

    # -- calls of ours ------------------------------------------------------------------------------------------

    @property
    def is_busy(self) -> bool:
        """Whether the next call of ours must wait for something that is not in the timeline."""
        return self._awaited > 0 or bool(self._late)

    async def send(self, action: str, text: str, origin: Origin, *, is_send: bool) -> int:
        """As `call`; return the index of its record or, where it is not sent, of the note that says so.

        Raises NotConnected.
        """
        sent: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._senders.add(sent)

        def written(index: int | None) -> None:
            if not sent.done() and index is not None:
                sent.set_result(index)

        try:
            self.call(action, text, origin, is_send=is_send, written=written)
            if not sent.done() and not self._connection.open:
                raise NotConnected(NetworkProblem(ProblemCode.NOT_OPEN, connection=self._connection.number))
            return await sent
        finally:
            self._senders.discard(sent)

    def call(
        self,
        action: str,
        text: str,
        origin: Origin = Origin.BEHAVIOUR,
        *,
        is_send: bool,
        written: Callable[[int | None], None] = lambda index: None,
    ) -> None:
        """Send a CALL or SEND of ours, whose frame is `text`, or what a rule makes of it."""
        fault = self._misbehaviour.fault(
            self._connection.sends, action, lambda place: self._own.matches(place, text, self._clock())
        )
        out = _Outgoing(text, origin, fault=fault, is_awaited=True, written=written)
        own = _OwnCall(action, is_send, out)
        self._awaited += 1
        if fault is None:
            self._send(out)
        else:
            self._after(fault.wait, partial(self._do, fault, own))

    def _do(self, fault: ChosenFault, own: _OwnCall) -> None:
        out = own.out
        if not self._driver.automatic and out.origin is Origin.BEHAVIOUR:  # it was switched off meanwhile
            self._awaited -= 1
            return
        match fault.rule.deed:
            case Deed.DROP:
                out.written(self._say(fault, f"{own.action} is not sent: {out.text}"))
                self._lose(own)
            case Deed.DUPLICATE:
                self._send(replace(out, written=partial(self._send_copy, out)))
            case Deed.SAME_ID if self._last_id:
                self._send(replace(out, text=with_message_id(out.text, self._last_id)))
            case Deed.REORDER:
                self._swap(out)
            case Deed.BREAK:
                text = broken(out.text, fault.rule.breakage, fault.place)
                self._send(replace(out, text=text, is_awaited=False))
                self._lose(own)
            case Deed.CLOSE | Deed.CUT:
                out.written(self._end_connection(fault, f"{own.action} is not sent"))
            case Deed.BEHAVE if not fault.wait:
                self._send(replace(out, fault=None))
            case Deed.SAME_ID:  # there is none yet
                self._send(replace(out, fault=None))
            case _:
                self._send(out)

    def _send_copy(self, out: _Outgoing, first: int | None) -> None:
        """Send a call again, after it was written."""

        def written(second: int | None) -> None:
            if first is None or second is None:
                return
            if self._timeline.other_half(first) is not None:
                self._settled.add(second)
            else:
                self._twins |= {first: second, second: first}

        self._send(replace(out, is_awaited=False, written=written))
        out.written(first)

    def _lose(self, own: _OwnCall) -> None:
        """What the peer does not get has no answer in time."""
        if own.is_send:
            self._awaited -= 1
            return

        def give_up() -> None:
            self._awaited -= 1
            sent = parse(own.out.text)
            payload = sent.payload if isinstance(sent, Message) and isinstance(sent.payload, dict) else {}
            self._driver.unanswered(own.action, payload)

        self._after(self._timeline.late_after / 1e6, give_up)

    def settled_with(self, call: int) -> tuple[int, ...]:
        """The calls that have their answer, or are given up, with the one at this index: of two equal calls, both with
        the first of them, and none with the second."""
        if call in self._settled:
            self._settled.discard(call)
            return ()
        twin = self._twins.pop(call, None)
        if twin is None:
            return (call,)
        del self._twins[twin]
        self._settled.add(twin)
        return call, twin

    def is_settled(self, call: int) -> bool:
        """Whether an equal call has its answer."""
        return call in self._settled

    # -- what is written ----------------------------------------------------------------------------------------

    def flush(self) -> None:
        """Send what waits for the next message."""
        waiting, self._swapped = self._swapped, []
        for out in waiting:
            self._send(out)

    def _swap(self, out: _Outgoing) -> None:
        """Send a message after the next one; two do not wait for each other."""
        if self._swapped:
            self._send(replace(out, fault=None))
            return
        if out.is_awaited:
            self._awaited -= 1
            out = replace(out, is_awaited=False)
        self._swapped.append(out)
        assert out.fault is not None
        self._later(out.fault.rule.within, self.flush)

    def _send(self, out: _Outgoing) -> None:
        """Write a message as soon as the link lets it through, in order."""
        if not self._latencies and not self._is_frozen and not self._late:
            self._write(out)
            return
        loop = asyncio.get_running_loop()
        due = loop.time() + sum(map(self._misbehaviour.latency, self._latencies))
        if self._late:
            due = max(due, self._late[-1][0])
        self._late.append((due, out))
        self._later(due - loop.time(), self._pump)

    def _pump(self) -> None:
        now = asyncio.get_running_loop().time()
        while self._late and not self._is_frozen and self._late[0][0] <= now:
            self._write(self._late.popleft()[1])

    def _write(self, out: _Outgoing) -> None:
        if out.is_awaited:
            self._awaited -= 1
        try:
            index = self._connection.write(out.text, out.origin, out.message, detail=_detail(out.fault))
        except NotConnected:
            out.written(None)
            return
        if isinstance(frame := self._timeline.frame(index), Message) and not frame.kind.is_answer:
            self._last_id = frame.id
        out.written(index)
        waiting, self._swapped = self._swapped, []
        for one in waiting:
            self._write(one)

    # -- the link -----------------------------------------------------------------------------------------------

    def _end_connection(self, fault: ChosenFault, why: str) -> int:
        rule = fault.rule
        if rule.deed is Deed.CUT:
            index = self._say(fault, f"{why}, and the TCP connection is cut")
            self._connection.abort()
        else:
            index = self._say(fault, f"{why}, and the connection is closed with code {rule.close_code}")
            self._connection.begin_close(rule.close_code, rule.reason)
        return index

    def _plan(self, place: int, link: LinkFault) -> None:
        wait = self._misbehaviour.link_wait(place)
        if wait is not None:
            self._later(wait, partial(self._fail, place, link))

    def _fail(self, place: int, link: LinkFault) -> None:
        self._misbehaviour.link_done(place)
        if link.deed is LinkDeed.HALF_OPEN:
            if not self._is_frozen:
                self._say(link, f"nothing is read, sent or answered for {duration_text(link.seconds * 1e6)}")
                self._is_frozen = True
                self._connection.stop_reading()
            self._later(link.seconds, partial(self._thaw, place, link))
        elif link.close_code is None:
            self._say(link, "the TCP connection is cut")
            self._connection.abort()
        else:
            self._say(link, f"the connection is closed with code {link.close_code}")
            self._connection.begin_close(link.close_code, link.reason)

    def _thaw(self, place: int, link: LinkFault) -> None:
        self._is_frozen = False
        self._say(link, "the connection is read and written again")
        self._pump()
        self._connection.read_on()
        self._plan(place, link)

    # -- parts --------------------------------------------------------------------------------------------------

    def _after(self, seconds: float, do: Callable[[], None]) -> None:
        """Do something after a time; at once if that is 0."""
        if seconds:
            self._later(seconds, do)
        else:
            do()

    def _later(self, seconds: float, do: Callable[[], None]) -> None:
        def due() -> None:
            self._timers.discard(timer)
            do()
            if not self._ended:
                self._driver.go_on()

        timer = asyncio.get_running_loop().call_later(seconds, due)
        self._timers.add(timer)

    def _say(self, cause: ChosenFault | LinkFault, words: str) -> int:
        """Note a fault that is not in a message."""
        name = cause.name if isinstance(cause, LinkFault) else cause.rule.name
        text = mask_own_text(f"On purpose, by {name!r}: {words}")
        return self._note(self._connection, text[:LONGEST_NOTE], _detail(cause))


def _detail(cause: ChosenFault | LinkFault | None) -> dict[str, Any]:
    """What a record says of a fault."""
    if cause is None:
        return {}
    source = cause if isinstance(cause, LinkFault) else cause.rule
    return {"fault": {"rule": source.name, "do": source.deed.value}}


class FaultInjections:
    """Those of all connections of a session: a charge point that reconnects goes on where it was."""

    def __init__(
        self, plan: FaultPlan, timeline: Timeline, clock: Callable[[], int], new_id: Callable[[], str], note: Note
    ) -> None:
        self._plan = plan
        self._timeline = timeline
        self._clock = clock
        self._new_id = new_id
        self._note = note
        self._known: dict[tuple[str, Role], Misbehaviour] = {}

    def of(self, connection: Connection, driver: FaultyDriver) -> FaultInjection:
        """The faults of a new connection."""
        key = connection.charge_point, connection.role
        if key not in self._known:
            self._known[key] = Misbehaviour(self._plan, *key)
        return FaultInjection(
            connection,
            self._timeline,
            self._known[key],
            self._plan,
            driver,
            clock=self._clock,
            new_id=self._new_id,
            note=self._note,
        )


class _FilterOfCalls:
    """The filters of the rules, for calls of ours that are not in the timeline yet."""

    def __init__(self, plan: FaultPlan, connection: Connection) -> None:
        self._queries: list[Query] = [parse_filter(rule.filter) for rule in plan.rules]
        self._connection = connection

    def matches(self, place: int, text: str, now: int) -> bool:
        """Whether the frame of a call matches the filter of a rule."""
        query, connection = self._queries[place], self._connection
        if query.matches_all:
            return True
        page = Timeline()
        record = message_record(
            text,
            time=now,
            connection=connection.number,
            direction=connection.sends,
            charge_point=connection.charge_point,
            version=connection.version,
            origin=Origin.BEHAVIOUR,
        )
        return query.matches(page, page.append(record))
