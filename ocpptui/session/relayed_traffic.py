"""What becomes of the messages of one connection that runs through us: rules, held messages, calls of our own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from ocpptui.jsontext.text import value_text
from ocpptui.network.intervention import Intervention
from ocpptui.network.problems import NetworkProblem, NotConnected, ProblemCode
from ocpptui.network.relayed_connection import RelayLeg
from ocpptui.ocpp import actions as catalog
from ocpptui.ocpp.encoding import SpokenEncoding
from ocpptui.ocpp.message import UNREADABLE_ID, Malformed, Message, MessageKind
from ocpptui.ocpp.version import Direction, Role
from ocpptui.runtime.bounded import put
from ocpptui.session.faulty_link import Note
from ocpptui.session.relayed_link import RelayedLink
from ocpptui.simulator.answer_template import filled
from ocpptui.simulator.fault_plan import Deed, RuleSubject
from ocpptui.simulator.misbehaviour import ChosenFault
from ocpptui.simulator.wrong_frames import broken, with_message_id
from ocpptui.timeline.record import Origin, Passage, Record
from ocpptui.timeline.timeline import Timeline

if TYPE_CHECKING:
    from ocpptui.session.faults_in_force import FaultsInForce

MOST_REMEMBERED = 1000
"""How many calls are remembered whose answers end here, or go wrong."""


@dataclass(slots=True, eq=False)
class HeldMessage:
    """A message that was read and not passed on yet."""

    leg: RelayLeg
    record: Record
    fault: ChosenFault | None = None
    """The rule that holds it."""

    @property
    def frame(self) -> int:
        """Its number on the connection."""
        return int(self.record.detail["frame"])

    @property
    def content(self) -> str | bytes:
        """It as it came."""
        return self.record.raw or ""


class RelayedTraffic:
    """Decides about each message of one relayed connection, and owns those that wait."""

    def __init__(
        self,
        connection: RelayLeg,
        faults: Callable[[], FaultsInForce | None],
        all_waiting: dict[int, RelayedTraffic],
        *,
        clock: Callable[[], int],
        new_id: Callable[[], str],
        note: Note,
    ) -> None:
        """`faults` are the rules in force, None without any; `all_waiting` has the held messages of all connections."""
        self.connection = connection
        self.waiting: dict[int, HeldMessage] = {}
        """Those that wait for the user, by timeline index."""
        self._all_waiting = all_waiting
        self._faults = faults
        self._clock = clock
        self._new_id = new_id
        self._note = note
        self._own: dict[tuple[Direction, str], None] = {}  # calls of our own, by the direction of their answers
        self._calls: dict[tuple[Direction, str], Record] = {}  # the same for calls that passed
        self._wrong: dict[tuple[Direction, str], ChosenFault] = {}  # the answers with which something goes wrong
        self._link = RelayedLink(connection, note)
        self._timers: set[asyncio.TimerHandle] = set()
        self._delayed: list[HeldMessage] = []

    def start_link(self) -> None:
        """Have the faults of the link that are in force, from now on."""
        faults = self._faults()
        if faults is not None:
            self._link.start(faults.misbehaviour(self.connection.charge_point, None))

    def end(self) -> None:
        """The connection has ended: drop what waits."""
        self._link.end()
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        lost = [*self._delayed, *self.waiting.values()]
        self._delayed.clear()
        for index in list(self.waiting):
            self._waits_no_more(index)
        for held in lost:
            held.leg.intervene(Intervention(Passage.DROPPED), held.frame)

    # -- what passes --------------------------------------------------------------------------------------------

    def intercept(self, leg: RelayLeg, record: Record) -> Intervention | None:
        """Decide about a message that was read from a leg; None passes it on."""
        frame, direction = record.frame, record.direction
        assert frame is not None and direction is not None
        if isinstance(frame, Message) and frame.kind.is_answer:
            key = direction, frame.id
            if self._own and key in self._own:
                del self._own[key]
                return Intervention(Passage.OURS)
            if (wrong := self._wrong.pop(key, None)) is not None:
                return self._answer_wrongly(wrong, HeldMessage(leg, record, wrong))
        faults = self._faults()
        if faults is None or not faults.plan.rules:
            self._calls.clear()
            return self._slowed(leg, record, direction)
        fault = self._fault(faults, record, frame, direction)
        if isinstance(frame, Message) and frame.kind is MessageKind.CALL:
            put(self._calls, (direction.opposite, frame.id), record, MOST_REMEMBERED)
        if fault is None:
            return self._slowed(leg, record, direction)
        held = HeldMessage(leg, record, fault)
        if not fault.wait:
            return self._decide(held)
        return Intervention(Passage.HELD, noted=partial(self._later, fault.wait, held))

    def _slowed(self, leg: RelayLeg, record: Record, direction: Direction) -> Intervention | None:
        late = self._link.lateness(direction)
        if not late:
            return None
        held = HeldMessage(leg, record)
        return Intervention(Passage.HELD, noted=partial(self._later, late, held))

    def _fault(
        self, faults: FaultsInForce, record: Record, frame: Message | Malformed, direction: Direction
    ) -> ChosenFault | None:
        call = None
        if isinstance(frame, Message) and frame.kind.is_answer:
            call = self._calls.pop((direction, frame.id), None)
        made: list[tuple[Timeline, int]] = []

        def page() -> tuple[Timeline, int]:
            if not made:
                page = Timeline()
                if call is not None:
                    page.append(call)
                made.append((page, page.append(record)))
            return made[0]

        named = call.frame if call is not None else frame
        action = named.action or "" if isinstance(named, Message) else ""
        return faults.misbehaviour(self.connection.charge_point, None).fault(
            direction, action, lambda place: faults.filters.match_page(place, page), form_of(frame)
        )

    def _decide(self, held: HeldMessage) -> Intervention | None:
        """What a rule does with a message, once its time has come."""
        fault, record = held.fault, held.record
        assert fault is not None
        rule, frame, encoding = fault.rule, record.frame, held.leg.encoding
        assert frame is not None
        detail = (("fault", {"rule": rule.name, "do": rule.deed.value}),)
        of = frame if isinstance(frame, Message) else frame.id or UNREADABLE_ID
        match rule.deed:
            case Deed.HOLD:
                return Intervention(Passage.HELD, noted=partial(self._hold, held))
            case Deed.ANSWER:
                payload = value_text(filled(rule.payload, frame, fault.number, self._clock()))
                return Intervention(Passage.ANSWERED, encoding.result(of, payload), detail)
            case Deed.ERROR:
                text = encoding.error(of, rule.code, rule.description, value_text(rule.details))
                return Intervention(Passage.ANSWERED, text, detail)
            case Deed.IGNORE | Deed.DROP:
                return Intervention(Passage.DROPPED, detail=detail)
            case Deed.BREAK:
                return Intervention(Passage.CHANGED, broken(_text(held), rule.breakage, fault.place), detail)
            case Deed.CLOSE | Deed.CUT:
                self._end_connection(fault)
                return Intervention(Passage.DROPPED, detail=detail)
            case Deed.OTHER_ID if not isinstance(frame, Message) or frame.kind.is_answer:
                return Intervention(Passage.CHANGED, with_message_id(_text(held), self._new_id()), detail)
            case Deed.NO_ANSWER | Deed.TWICE | Deed.OTHER_ID if isinstance(frame, Message):
                assert record.direction is not None
                put(self._wrong, (record.direction.opposite, frame.id), fault, MOST_REMEMBERED)
            case Deed.DUPLICATE:
                self._soon(
                    partial(held.leg.intervene, Intervention(Passage.REPEATED, held.content, detail), held.frame)
                )
        return self._passed(held) if fault.wait else None

    def _answer_wrongly(self, fault: ChosenFault, held: HeldMessage) -> Intervention | None:
        detail = (("fault", {"rule": fault.rule.name, "do": fault.rule.deed.value}),)
        match fault.rule.deed:
            case Deed.NO_ANSWER:
                return Intervention(Passage.DROPPED, detail=detail)
            case Deed.OTHER_ID:
                return Intervention(Passage.CHANGED, with_message_id(_text(held), self._new_id()), detail)
            case _:
                again = Intervention(Passage.REPEATED, held.content, detail)
                self._soon(partial(held.leg.intervene, again, held.frame))
                return None

    def _end_connection(self, fault: ChosenFault) -> None:
        rule = fault.rule
        if rule.deed is Deed.CUT:
            how, end = "the TCP connections are cut", RelayLeg.abort
        else:
            how = f"the connections are closed with code {rule.close_code}"
            end = partial(RelayLeg.begin_close, code=rule.close_code, reason=rule.reason)
        text = f"On purpose, by {rule.name!r}: {how}"
        detail = {"fault": {"rule": rule.name, "do": rule.deed.value}}

        def do() -> None:
            self._note(self.connection, text, detail)
            for leg in self.connection.relay.legs:
                end(leg)

        self._soon(do)

    def _passed(self, held: HeldMessage) -> Intervention:
        waited = round((self._clock() - held.record.time) / 1000, 3)
        return Intervention(Passage.PASSED_LATER, held.content, (("waitedMs", waited),))

    # -- time ---------------------------------------------------------------------------------------------------

    def _later(self, seconds: float, held: HeldMessage, index: int | None) -> None:
        """Do what its rule wants with a message after a time; `index` is that of its record, if there is one."""
        self._delayed.append(held)

        def due() -> None:
            self._timers.discard(timer)
            self._delayed.remove(held)
            intervention = self._passed(held) if held.fault is None else self._decide(held)
            if intervention is None:
                return
            if intervention.passage is Passage.HELD:
                intervention.noted(index)
            else:
                self._do(held, intervention)

        timer = asyncio.get_running_loop().call_later(seconds, due)
        self._timers.add(timer)

    def _soon(self, do: Callable[[], object]) -> None:
        asyncio.get_running_loop().call_soon(do)

    # -- what waits for the user --------------------------------------------------------------------------------

    def _hold(self, held: HeldMessage, index: int | None) -> None:
        if index is None:  # it could not be recorded, so that nobody could decide about it
            self._do(held, self._passed(held))
            return
        self.waiting[index] = held
        self._all_waiting[index] = self

    def _waits_no_more(self, index: int) -> HeldMessage:
        """Raises NotConnected."""
        held = self.waiting.pop(index, None)
        if held is None:
            raise NotConnected(NetworkProblem(ProblemCode.NOT_WAITING, record=index))
        del self._all_waiting[index]
        return held

    def _do(self, held: HeldMessage, intervention: Intervention) -> int | None:
        is_text = not held.record.detail.get("binary")
        return held.leg.intervene(intervention, held.frame, is_text=is_text)

    def _done(self, index: int, make: Callable[[HeldMessage], Intervention]) -> int:
        held = self._waits_no_more(index)
        done = self._do(held, make(held))
        if done is None:
            raise NotConnected(NetworkProblem(ProblemCode.NOT_OPEN, connection=self.connection.number))
        return done

    def side_of(self, index: int) -> Role:
        """The side that a held message is for."""
        return self.waiting[index].leg.role

    def encoding_at(self, index: int) -> SpokenEncoding:
        """That of the answer to a held call, and of what goes on in place of a held message."""
        return self.waiting[index].leg.encoding

    def answer_held(self, index: int, text: str) -> int:
        """Answer a held call in the place of the other side, which never learns of it. Raises NotConnected."""
        return self._done(index, lambda _: Intervention(Passage.ANSWERED, text))

    def change_held(self, index: int, text: str | bytes) -> int:
        """Pass on another text in place of a held message. Raises NotConnected."""

        def changed(held: HeldMessage) -> Intervention:
            return self._passed(held) if text == held.content else Intervention(Passage.CHANGED, text)

        return self._done(index, changed)

    def release_held(self, index: int) -> None:
        """Pass on a held message as it came. Raises NotConnected."""
        self._done(index, self._passed)

    def delay_held(self, index: int, seconds: float) -> None:
        """Pass on a held message as it came, after so many seconds. Raises NotConnected."""
        held = self._waits_no_more(index)
        held.fault = None
        self._later(seconds, held, index)

    def drop_held(self, index: int) -> int:
        """Do not pass on a held message. Raises NotConnected."""
        return self._done(index, lambda _: Intervention(Passage.DROPPED))

    # -- calls of our own ---------------------------------------------------------------------------------------

    async def send_call(self, action: str, payload: str, towards: Direction | None) -> int:
        """Send a CALL, or the SEND of that name, to one side: by default to the one that the action is for.

        Its answer does not go on. Returns the timeline index. Raises NotConnected.
        """
        version = self.connection.version
        known = catalog.find_action(version, action) if version is not None else None
        if towards is None:
            is_up = known is not None and Direction.TO_CHARGE_POINT not in known.directions
            towards = Direction.TO_CSMS if is_up else Direction.TO_CHARGE_POINT
        encoding = self._leg(towards).encoding
        write = encoding.send if known is not None and known.is_send else encoding.call
        return await self.send(write(self._new_id(), action, payload), Origin.MANUAL, towards)

    async def send(self, text: str | bytes, origin: Origin, towards: Direction) -> int:
        """Send any text to one side; if it is a call, its answer does not go on. Raises NotConnected."""
        leg = self._leg(towards)
        frame = leg.encoding.read(text)
        if isinstance(frame, Message) and frame.kind is MessageKind.CALL:
            put(self._own, (towards.opposite, frame.id), None, MOST_REMEMBERED)
        return await leg.send(text, origin)

    def _leg(self, towards: Direction) -> RelayLeg:
        """The leg over which messages go in this direction. Raises NotConnected."""
        leg = next((leg for leg in self.connection.relay.legs if leg.sends is towards), None)
        if leg is None:
            raise NotConnected(NetworkProblem(ProblemCode.NOT_OPEN, connection=self.connection.number))
        return leg


def form_of(frame: Message | Malformed) -> RuleSubject:
    """The form of a message that passes."""
    if isinstance(frame, Malformed):
        return RuleSubject.MALFORMED
    if frame.kind.is_answer:
        return RuleSubject.ANSWER
    return RuleSubject.CALL if frame.kind is MessageKind.CALL else RuleSubject.SEND


def _text(held: HeldMessage) -> str:
    content: Any = held.content
    return content if isinstance(content, str) else content.decode("utf-8", "replace")
