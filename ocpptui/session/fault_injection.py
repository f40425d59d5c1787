"""Carries out, on one connection, what a `Misbehaviour` decides: the faults that a user wants a peer to meet."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from ocpptui.jsontext.text import value_text
from ocpptui.network.problems import NetworkProblem, NotConnected, ProblemCode
from ocpptui.ocpp.message import UNREADABLE_ID, Malformed, Message, MessageKind
from ocpptui.session.faulty_link import FaultyLink, Note, OutgoingFrame
from ocpptui.session.rule_filters import RuleFilters
from ocpptui.simulator.answer_template import filled
from ocpptui.simulator.fault_plan import Deed, RuleSubject
from ocpptui.simulator.misbehaviour import ChosenFault, Misbehaviour
from ocpptui.simulator.wrong_frames import broken, with_message_id
from ocpptui.timeline.record import Origin
from ocpptui.timeline.timeline import Timeline

if TYPE_CHECKING:
    from ocpptui.network.connection import Connection


class FaultyDriver(Protocol):
    """What the faults of a connection need of its driver."""

    @property
    def automatic(self) -> bool:
        """Whether the behaviour is on."""

    def behave(self, index: int, frame: Message | Malformed) -> None:
        """Let the behaviour handle what came from the peer."""

    def hold(self, index: int, call: Message) -> None:
        """Let a call of the peer wait for the user."""

    def unanswered(self, action: str, payload: dict[str, Any]) -> None:
        """A call of ours gets no answer."""

    def go_on(self) -> None:
        """Send what waits, if nothing is in flight."""


@dataclass(frozen=True, slots=True)
class _OwnCall:
    """A call of ours before it is known what becomes of it."""

    action: str
    is_send: bool
    out: OutgoingFrame


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
        filters: RuleFilters,
        driver: FaultyDriver,
        *,
        clock: Callable[[], int],
        new_id: Callable[[], str],
        note: Note,
    ) -> None:
        self._connection = connection
        self._timeline = timeline
        self._misbehaviour = misbehaviour
        self._filters = filters
        self._driver = driver
        self._clock = clock
        self._new_id = new_id
        self.link = FaultyLink(connection, timeline, misbehaviour, note, driver.go_on)
        """What everything is written to."""
        self._answers: dict[str, tuple[ChosenFault, str]] = {}  # to the messages of the peer with these ids
        self._twins: dict[int, int] = {}  # two equal calls, each by the other's index, until one is answered
        self._settled: set[int] = set()  # the others of those
        self._senders: set[asyncio.Future[int]] = set()

    def end(self) -> None:
        """The connection has ended."""
        self.link.end()
        problem = NetworkProblem(ProblemCode.NOT_OPEN, connection=self._connection.number)
        for sender in self._senders:
            if not sender.done():
                sender.set_exception(NotConnected(problem))

    # -- messages of the peer -----------------------------------------------------------------------------------

    def takes(self, index: int, frame: Message | Malformed, action: str) -> bool:
        """Whether a rule decides what becomes of what the peer sent, which is in the timeline at `index`.

        It is a CALL, a SEND or malformed.
        """
        fault = self._misbehaviour.fault(
            self._connection.sends.opposite,
            action,
            lambda place: self._filters.match_received(place, index),
            _form_of(frame),
        )
        if fault is None:
            return False
        self.link.after(fault.wait, partial(self._take, fault, index, frame, action))
        return True

    def _take(self, fault: ChosenFault, index: int, frame: Message | Malformed, action: str) -> None:
        rule, encoding = fault.rule, self._connection.encoding
        if not self._driver.automatic:  # it was switched off meanwhile
            self._driver.behave(index, frame)
            return
        what = action or ("a malformed message" if isinstance(frame, Malformed) else "the call")
        match rule.deed:
            case Deed.HOLD if isinstance(frame, Message):
                self._driver.hold(index, frame)
            case Deed.ANSWER:
                payload = value_text(filled(rule.payload, frame, fault.number, self._clock()))
                self.link.send(OutgoingFrame(encoding.result(_answered(frame), payload), fault=fault))
            case Deed.ERROR:
                details = value_text(rule.details)
                text = encoding.error(_answered(frame), rule.code, rule.description, details)
                self.link.send(OutgoingFrame(text, fault=fault))
            case Deed.IGNORE:
                self.link.say(fault, f"{what} is ignored")
            case Deed.CLOSE | Deed.CUT:
                self.link.end_connection(fault, f"{action or 'a message'} arrived")
            case Deed.BEHAVE if not fault.wait:
                self._driver.behave(index, frame)
            case _:  # its answer is wrong
                answered = frame.id if isinstance(frame, Message) else frame.id or UNREADABLE_ID
                self._answers[answered] = fault, action
                self._driver.behave(index, frame)
                if _form_of(frame) is not RuleSubject.CALL:  # it may have no answer
                    self._answers.pop(answered, None)

    def answer(self, call_id: str, text: str, message: Message | Malformed | None = None) -> None:
        """Send the answer of the behaviour to a message of the peer, or what a rule makes of it."""
        out = OutgoingFrame(text, message=message)
        if call_id not in self._answers:
            self.link.send(out)
            return
        fault, action = self._answers.pop(call_id)
        out.fault = fault
        match fault.rule.deed:
            case Deed.NO_ANSWER:
                self.link.say(fault, f"the answer to {action} is not sent: {text}")
            case Deed.TWICE:
                self.link.send(out)
                self.link.send(replace(out))
            case Deed.OTHER_ID:
                self.link.send(replace(out, text=with_message_id(text, self._new_id()), message=None))
            case Deed.BREAK:
                self.link.send(replace(out, text=broken(text, fault.rule.breakage, fault.place), message=None))
            case Deed.REORDER:
                self.link.swap(out)
            case _:
                self.link.send(out)

    # -- calls of ours ------------------------------------------------------------------------------------------

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
            self._connection.sends,
            action,
            lambda place: self._filters.match_own(place, text, self._connection, self._clock()),
            RuleSubject.SEND if is_send else RuleSubject.CALL,
        )
        out = OutgoingFrame(text, origin, fault=fault, is_awaited=True, written=written)
        own = _OwnCall(action, is_send, out)
        self.link.awaited += 1
        if fault is None:
            self.link.send(out)
        else:
            self.link.after(fault.wait, partial(self._do, fault, own))

    def _do(self, fault: ChosenFault, own: _OwnCall) -> None:
        out = own.out
        if not self._driver.automatic and out.origin is Origin.BEHAVIOUR:  # it was switched off meanwhile
            self.link.awaited -= 1
            return
        match fault.rule.deed:
            case Deed.DROP:
                out.written(self.link.say(fault, f"{own.action} is not sent: {out.text}"))
                self._lose(own)
            case Deed.DUPLICATE:
                self.link.send(replace(out, written=partial(self._send_copy, out)))
            case Deed.SAME_ID if self.link.last_id:
                self.link.send(replace(out, text=with_message_id(out.text, self.link.last_id)))
            case Deed.REORDER:
                self.link.swap(out)
            case Deed.BREAK:
                text = broken(out.text, fault.rule.breakage, fault.place)
                is_readable = isinstance(self._connection.encoding.read(text), Message)  # so it may be answered
                self.link.send(replace(out, text=text, is_awaited=is_readable))
                if not is_readable:
                    self._lose(own)
            case Deed.CLOSE | Deed.CUT:
                out.written(self.link.end_connection(fault, f"{own.action} is not sent"))
            case Deed.BEHAVE if not fault.wait:
                self.link.send(replace(out, fault=None))
            case Deed.SAME_ID:  # there is none yet
                self.link.send(replace(out, fault=None))
            case _:
                self.link.send(out)

    def _send_copy(self, out: OutgoingFrame, first: int | None) -> None:
        """Send a call again, after it was written."""

        def written(second: int | None) -> None:
            if first is None or second is None:
                return
            if self._timeline.other_half(first) is not None:
                self._settled.add(second)
            else:
                self._twins |= {first: second, second: first}

        self.link.send(replace(out, is_awaited=False, written=written))
        out.written(first)

    def _lose(self, own: _OwnCall) -> None:
        """What the peer does not get has no answer in time."""
        if own.is_send:
            self.link.awaited -= 1
            return

        def give_up() -> None:
            self.link.awaited -= 1
            sent = self._connection.encoding.read(own.out.text)
            payload = sent.payload if isinstance(sent, Message) and isinstance(sent.payload, dict) else {}
            self._driver.unanswered(own.action, payload)

        self.link.after(self._timeline.late_after / 1e6, give_up)

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


def _form_of(frame: Message | Malformed) -> RuleSubject:
    if isinstance(frame, Malformed):
        return RuleSubject.MALFORMED
    return RuleSubject.CALL if frame.kind is MessageKind.CALL else RuleSubject.SEND


def _answered(frame: Message | Malformed) -> Message | str:
    """What an answer is to: the message, or the id of one that cannot be read."""
    return frame if isinstance(frame, Message) else frame.id or UNREADABLE_ID
