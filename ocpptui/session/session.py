"""One debugging session. The screen, the headless commands and replay use nothing else."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from ocpptui.diagnosis.diagnosis import Diagnosis
from ocpptui.ocpp.version import Direction, Role, Version
from ocpptui.recording.writer import RecordingWriter
from ocpptui.runtime.clock import Clock, SessionClock
from ocpptui.runtime.tasks import Tasks
from ocpptui.session.behaviours import BehaviourFactory, Behaviours, DefaultBehaviours
from ocpptui.session.clock_words import clock_words
from ocpptui.session.connection_drivers import ConnectionDrivers
from ocpptui.session.connection_observer import ConnectionObserver
from ocpptui.session.file_exchange import FileExchange
from ocpptui.session.finding_alarm import FindingAlarm
from ocpptui.session.held_calls import HeldCalls
from ocpptui.session.live_diagnosis import LiveDiagnosis
from ocpptui.session.open_connections import OpenConnections
from ocpptui.session.outside_effects import OutsideEffects
from ocpptui.session.record_intake import RecordIntake
from ocpptui.session.record_listeners import RecordListeners
from ocpptui.session.recording_watch import RecordingWatch
from ocpptui.session.session_links import SessionLinks
from ocpptui.session.session_notes import SessionNotes
from ocpptui.session.settings import SessionSettings
from ocpptui.timeline.counts import Counts
from ocpptui.timeline.masking import Masking
from ocpptui.timeline.record import Origin
from ocpptui.timeline.timeline import Timeline

if TYPE_CHECKING:  # imported where they are first used: opened files need no sockets and no simulator
    from ocpptui.network.central_system_server import CentralSystemServer
    from ocpptui.network.charge_point_link import ChargePointLink
    from ocpptui.network.client_settings import ClientSettings
    from ocpptui.network.connection import Connection
    from ocpptui.network.relayed_connection import Intercept
    from ocpptui.network.server_settings import ServerSettings
    from ocpptui.network.upgrade_policy import Gate
    from ocpptui.network.upstream import SoapUpstream
    from ocpptui.session.central_system_control import CentralSystemControl
    from ocpptui.session.faults_in_force import FaultsInForce
    from ocpptui.session.proxy import Proxy, ProxySettings
    from ocpptui.session.relayed_traffic import RelayedTraffic
    from ocpptui.simulator.driver_side import Operation
    from ocpptui.simulator.effects import Behaviour, Effect
    from ocpptui.stations.tracker import StationTracker

T = TypeVar("T")
WATCHED = 0.5
"""Seconds between two looks at the recording."""
IN_HASTE = 0.2
"""Seconds for what is left to diagnose at an end that cannot wait."""
KNOWLEDGE_BUDGET = 0.02
"""Seconds that one update of the stations' state may take."""


class Session:
    """Connections, timeline, recording and behaviour behind one set of commands.

    Everything on its connections arrives at its `observer`, is masked, written to the recording, appended to the
    timeline and only then acted upon.
    """

    def __init__(
        self,
        *,
        role: Role | None = None,
        writer: RecordingWriter | None = None,
        settings: SessionSettings | None = None,
        behaviour: BehaviourFactory | None = None,
        clock: Clock | None = None,
        new_id: Callable[[], str] = lambda: str(uuid.uuid4()),
        proxy: ProxySettings | None = None,
    ) -> None:
        """With `proxy`, it has no side of its own: it listens for charge points, and `proxy` is what is beyond."""
        self.role = role
        """Our side; None if there is none, as for opened files, or if we are both, as a proxy."""
        self.operated: Session = self
        """The session whose simulated charge points a person operates here: in the demo, that of the other side."""
        self.control_name = ""
        """What scripts call this session, to give it commands; empty if they cannot."""
        self.settings = settings or SessionSettings()
        self.timeline = Timeline(writer, late_after=int(self.settings.call_timeout * 1e6))
        self.diagnosis = Diagnosis(self.timeline)
        self.client_links: list[ChargePointLink] = []
        self._clock: Clock = clock or SessionClock()
        self._masking = Masking(keeps_secrets=self.settings.keep_secrets)
        self._listeners = RecordListeners(lambda: self.alarm.look(), lambda: self._intake.flush())
        self._intake = RecordIntake(self.timeline, self._masking, writer, self._listeners)
        self._notes = SessionNotes(self._intake.append, self._clock)
        self._writer = writer
        self.recording_watch = RecordingWatch(writer, self.timeline, lambda: self.recording_failure)
        """Tells what happens to the recording."""
        self.recording_watch.on_news.append(self._notes.tell)
        self.recording_watch.on_failure.append(self._notes.tell_failure)
        self.alarm = FindingAlarm(self.timeline, self.settings.stop_on, self._stopped)
        """Rings for what is found, and stops the session."""
        self.live_diagnosis = LiveDiagnosis(self.timeline, self.diagnosis, self.alarm)
        """Hands the records to the checkers while the session runs."""
        self.on_end_wanted: list[Callable[[], None]] = []
        """Called when a script wants the session to end; the front end then closes it."""
        self._watches = False
        if writer is not None:
            writer.holds_back = True
        self._automatic = self.settings.automatic
        self._lenient = self.settings.lenient
        self._default_behaviours = DefaultBehaviours(self.settings, self._clock, self.add_note)
        make = behaviour or self._default_behaviours
        self.behaviours = Behaviours(make, self._clock, is_strict=not self._lenient, act=self._act)
        """What plays our side of each connection."""
        self._effects = OutsideEffects(self.client_links, self._masking, self._clock, self._act, self._notes.tell)
        self.files = FileExchange(self, self._notes.tell_of)
        """Receives what charge points upload, and offers them firmware."""
        self._open = OpenConnections()
        self._new_id = new_id
        self._drivers = ConnectionDrivers(
            self.timeline,
            self.behaviours,
            self._effects,
            self._open,
            self._faults_so_far,
            clock=self._clock,
            new_id=new_id,
            automatic=self._automatic,
        )
        self.observer = ConnectionObserver(self.timeline, self._intake, self._drivers, self._open)
        """What its connections report to."""
        self.proxy = self.observer.proxy = None if proxy is None else self._begin_proxy(proxy)
        """What becomes of the messages that pass; None for a session with a side of its own, or with none."""
        relayed = {} if self.proxy is None else self.proxy.held
        self.held = HeldCalls(self._drivers.waiting, relayed, self.timeline, self._clock, self._notes.tell_on)
        """The calls, and with a proxy other messages, that wait for the user."""
        self._tasks = Tasks("session")
        self._links = SessionLinks(
            self.observer,
            self.client_links,
            clock=self._clock,
            masking=self._masking,
            notes=self._notes,
            tasks=self._tasks,
        )
        self._in_haste = False

    def _begin_proxy(self, settings: ProxySettings) -> Proxy:
        from ocpptui.session.proxy import Proxy

        for beyond in filter(None, (settings.upstream, settings.soap_upstream)):
            self._masking.know(beyond.secrets)
        if settings.mirror is not None:
            self._masking.know(settings.mirror.secrets)
        if settings.breakpoints:
            from ocpptui.simulator.fault_plan import FaultPlan

            plan = self.settings.faults or FaultPlan()
            self.settings = replace(self.settings, faults=replace(plan, rules=(*settings.breakpoints, *plan.rules)))

        return Proxy(
            settings,
            self.observer,
            self._faults_so_far,
            clock=self._clock,
            new_id=self._new_id,
            note=self._notes.tell_on,
        )

    def _faults_so_far(self) -> FaultsInForce | None:
        """What goes wrong on purpose; None as long as nothing does, so that nothing need be loaded for it."""
        return self.faults if self.settings.faults is not None or "faults" in vars(self) else None

    # -- what it is ---------------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """What it is, in a word: its role, `proxy`, or `file`."""
        if self.role is not None:
            return self.role.value
        return "file" if self.proxy is None else "proxy"

    @property
    def is_live(self) -> bool:
        """Whether it has, or had, connections of its own, and was not read from files."""
        return self.role is not None or self.proxy is not None

    @property
    def server_links(self) -> list[CentralSystemServer]:
        """What charge points connect to."""
        return self._links.servers

    @property
    def connections(self) -> Mapping[int, Connection]:
        """The open connections by their number, oldest first; a live view."""
        return self._open.by_number

    @property
    def versions(self) -> list[Version]:
        """The OCPP versions of the open connections, oldest first."""
        return self._open.versions

    def connection_of(self, charge_point: str) -> Connection | None:
        """The newest open connection of a charge point."""
        return self._open.newest_of(charge_point)

    @cached_property
    def faults(self) -> FaultsInForce:
        """What our side does wrong on purpose; made when it is first asked for."""
        from ocpptui.session.faults_in_force import FaultsInForce
        from ocpptui.simulator.fault_plan import FaultPlan

        return FaultsInForce(
            self.settings.faults or FaultPlan(),
            self.timeline,
            self._drivers.by_number,
            clock=self._clock,
            new_id=self._new_id,
            note=self._notes.tell_on,
            links_changed=self.proxy.links_changed if self.proxy is not None else lambda: None,
        )

    @cached_property
    def central_system(self) -> CentralSystemControl:
        """What the user changes of our simulated central system; made when it is first asked for."""
        from ocpptui.session.central_system_control import CentralSystemControl

        memory = self._default_behaviours.memory
        return CentralSystemControl(memory, self.settings, self.behaviours, self._act, self._notes.tell)

    @cached_property
    def _knowledge(self) -> StationTracker:
        from ocpptui.stations.tracker import StationTracker

        return StationTracker()

    @property
    def knowledge(self) -> StationTracker:
        """What the records so far say about each charge point.

        Each access updates it; a large file needs several accesses, since none may take more than 20 ms.
        """
        self._knowledge.advance(self.timeline, KNOWLEDGE_BUDGET)
        return self._knowledge

    @property
    def counts(self) -> Counts:
        """How many records of each kind there are now, including the calls whose time-out has expired."""
        if self.is_live:
            self.diagnosis.tell_time(self._clock())
        return self.timeline.counts

    def learn(self, budget: float) -> bool:
        """Update the stations' state for about `budget` seconds; True when it is up to date."""
        return self._knowledge.advance(self.timeline, budget)

    @property
    def listening_urls(self) -> list[str]:
        """Every URL that a charge point could use to reach us; empty if we do not listen."""
        return self._links.urls

    @property
    def soap_urls(self) -> list[str]:
        """The same for charge points of OCPP-S, where those have no port of their own."""
        return self._links.soap_urls

    @property
    def recording_path(self) -> Path | None:
        return self._writer.path if self._writer is not None else None

    @property
    def recording_failure(self) -> str | None:
        """Why records do not reach the recording at present; None while they do."""
        return self._writer.failure if self._writer is not None else None

    @property
    def lost_records(self) -> int:
        """How many records are lost, so that neither the recording nor the timeline has their texts."""
        return self._writer.lost if self._writer is not None else 0

    @property
    def state_failure(self) -> str:
        """Why the state of the simulated side is not in the file that was asked for; empty if it is."""
        return self._default_behaviours.state_failure

    @property
    def running_transfers(self) -> int:
        """How many files are being moved, by simulated charge points and by the servers of a central system."""
        return self._effects.running_transfers + self.files.running

    @property
    def automatic(self) -> bool:
        """Whether the behaviour acts; switching it on also answers the calls that wait."""
        return self._automatic

    @automatic.setter
    def automatic(self, on: bool) -> None:
        if on and not self._automatic:
            self.held.tell_all_released()
        self._automatic = on
        self._drivers.set_automatic(on)

    @property
    def lenient(self) -> bool:
        """Whether messages and charge points that are slightly wrong are accepted; a change applies from now on."""
        return self._lenient

    @lenient.setter
    def lenient(self, on: bool) -> None:
        self._lenient = on
        self._links.set_lenient(on)
        self.behaviours.set_strict(not on)

    @property
    def waiting(self) -> list[int]:
        """Timeline indexes of the calls that wait for the user's answer, oldest first."""
        return list(self.held.calls)

    def subscribe(self, listener: Callable[[int], None]) -> Callable[[], None]:
        """Have `listener` called with the index of each record appended; returns a function that ends this."""
        return self._listeners.subscribe(listener)

    async def until(self, condition: Callable[[], T | None], timeout: float | None = None) -> T | None:
        """Wait until `condition` returns a value, checked after each record; None after `timeout` seconds."""
        return await self._listeners.until(condition, timeout)

    # -- connections --------------------------------------------------------------------------------------------

    async def connect(self, settings: ClientSettings) -> ChargePointLink:
        """Connect as a charge point, in the background; the results are records. Raises InvalidUrl."""

        def prepare(link: ChargePointLink) -> None:
            self._effects.of_link(link, self._default_behaviours.before_connecting(settings.versions))
            self._begin_watch()

        return await self._links.connect(settings, prepare)

    async def listen(
        self,
        settings: ServerSettings,
        *,
        gate: Gate | None = None,
        intercept: Intercept | None = None,
        soap_upstream: SoapUpstream | None = None,
    ) -> CentralSystemServer:
        """Listen as a central system. Raises CannotListen.

        `gate` is asked about each charge point first; `intercept` sees each message of a connection that runs through
        us before it goes on, requests of OCPP-S to `soap_upstream`.
        """
        link = await self._links.listen(
            settings,
            gate=gate,
            intercept=intercept,
            soap_upstream=soap_upstream,
            names_of=lambda identity: self.central_system.memory.names_of(identity),
        )
        if self.settings.central_system is not None:
            self.central_system.tell_authority()
        await self.files.open()
        self._begin_watch()
        return link

    async def relay(self, settings: ServerSettings) -> CentralSystemServer:
        """Listen for charge points whose messages pass through. Raises CannotListen."""
        assert self.proxy is not None
        proxy = self.proxy
        return await self.listen(settings, gate=proxy, intercept=proxy.intercept, soap_upstream=proxy.soap_upstream)

    def ask_for_end(self) -> None:
        """Have the front end close the session."""
        for end in self.on_end_wanted:
            end()

    async def close(self) -> None:
        """Close every connection cleanly, end every task, finish the recording."""
        await self._links.close(in_haste=self._in_haste)
        if self.proxy is not None:
            await self.proxy.close()
        await self.files.close()
        await self._tasks.cancel()
        for connection in list(self.connections.values()):
            self.observer.closed(connection)
        self._listeners.catch_up()
        self._default_behaviours.keep(at_once=True)
        self.behaviours.close()
        await self._effects.close()
        while self.recording_watch.look():  # what happened since the watch looked last is still noted in the recording
            pass
        self._notes.is_closed = True
        if self._writer is not None:
            self._writer.close()
            self.recording_watch.tell()
        await self.live_diagnosis.finish(IN_HASTE if self._in_haste else inf)

    def hurry(self, seconds: float) -> None:
        """Give the peers this many seconds from now to answer our Close frames, with code 1001, once `close` is called.

        For an end that cannot wait, after a signal.
        """
        self._in_haste = True

        def cut() -> None:
            for connection in list(self.connections.values()):
                connection.give_up()

        asyncio.get_running_loop().call_later(seconds, cut)

    async def disconnect(self, connection: int) -> None:
        """Close one connection, or both legs of a proxied one. Raises NotConnected."""
        await self._open.leg(connection).close()

    # -- what the user or a script does -------------------------------------------------------------------------

    # Each returns the timeline index of what it sent, after that is written. All raise NotConnected.

    async def send_call(
        self,
        connection: int,
        action: str,
        payload: str,
        *,
        towards: Direction | None = None,
    ) -> int:
        """Send a CALL, or the SEND of that name, at once; `payload` is JSON text, sent as it is.

        `towards` chooses the leg of a proxied connection; without it, the action does. The answer does not go on.
        """
        if (traffic := self._traffic(connection)) is not None:
            return await traffic.send_call(action, payload, towards)
        return await self._drivers.of(connection).send_call(action, payload)

    def _traffic(self, connection: int) -> RelayedTraffic | None:
        """That of a proxied connection, unless we answer in the place of a central system that is gone."""
        if self.proxy is None or self._drivers.get(connection) is not None:
            return None
        return self.proxy.traffic(connection)

    async def send_raw(
        self,
        connection: int,
        text: str | bytes,
        *,
        origin: Origin = Origin.MANUAL,
        towards: Direction | None = None,
    ) -> int:
        """Send any text at all, OCPP or not; `towards` chooses the leg of a proxied connection."""
        if (traffic := self._traffic(connection)) is not None:
            return await traffic.send(text, origin, towards or Direction.TO_CHARGE_POINT)
        return await self._open.leg(connection, towards).send(text, origin)

    async def answer(self, index: int, payload: str) -> int:
        """Answer the waiting call at `index` with a CALLRESULT; `payload` is JSON text."""
        return await self.held.answer(index, payload)

    async def wait_for_answer(self, call: int, timeout: float | None = None) -> int | None:
        """Timeline index of the answer to our call at an index.

        None for a message without an answer, or if the answer does not come within `timeout` seconds, the
        session's call time-out or before the connection closes.
        """
        number = self.timeline.connection(call)
        driver = self._drivers.get(number)
        if driver is None:
            return await self._answer_in_passing(call, number, timeout)
        try:
            return await asyncio.wait_for(driver.answer_to(call), timeout)
        except TimeoutError:
            return None

    async def _answer_in_passing(self, call: int, number: int, timeout: float | None) -> int | None:
        """As `wait_for_answer`, on a connection without a driver."""

        def settled() -> int | None:
            found = self.timeline.other_half(call)
            is_over = number not in self.connections or call not in self.timeline.in_flight(number)
            return -1 if found is None and is_over else found

        seconds = min(filter(None, (timeout, self.settings.call_timeout)))
        found = await self.until(settled, seconds)
        return None if found in (None, -1) else found

    def operate(self, charge_point: str, operation: Operation) -> str:
        """Let somebody do something at a simulated charge point; return why that is not possible, or ""."""
        behaviour = self.behaviours.charge_point(charge_point)
        if behaviour is None:
            return f"No charge point {charge_point} is simulated here."
        if not self._automatic:
            return "The simulated charge point is switched off."
        outcome = behaviour.operate(operation, self._clock())
        self._act(behaviour, outcome.effects)
        return outcome.problem

    def _act(self, behaviour: Behaviour, effects: list[Effect]) -> None:
        """Carry out what a behaviour wants: with its connection or, without one, as far as that is possible."""
        driver = self._drivers.of_behaviour(behaviour)
        if driver is not None:
            driver.perform(effects)
            return
        self._effects.without_connection(behaviour, self.behaviours.name_of(behaviour), effects)
        self.behaviours.released(behaviour)

    def add_note(self, text: str) -> int:
        """Put the user's comment into the timeline and the recording; return its index."""
        return self._notes.by_user(text)

    def _stopped(self, why: str) -> None:
        """Send nothing by ourselves any more, and say why, after the record that is being appended."""
        self.automatic = False
        try:
            asyncio.get_running_loop().call_soon(self._notes.tell, why)
        except RuntimeError:  # there is no event loop
            self._notes.tell(why)

    def _begin_watch(self) -> None:
        if not self._watches:
            self._watches = True
            self._tasks.start(self._watch(), "watch")

    async def _watch(self) -> None:
        """Notice, also while nothing is sent or received, what happens to the recording and to the clock."""
        while True:
            self.follow_clock()
            has_more = self.recording_watch.look()
            self.diagnosis.tell_time(self._clock())
            self.alarm.look()
            self._default_behaviours.keep()
            await asyncio.sleep(0 if has_more else WATCHED)

    def follow_clock(self) -> None:
        """If the clock of the machine was set, say so in the log, and keep all deadlines where they are."""
        change = self._clock.follow() if isinstance(self._clock, SessionClock) else None
        if change is None:
            return
        self.behaviours.clock_set(change.by)
        for connection in self.connections.values():
            for leg in connection.legs:
                leg.clock_set(change.by)
        self._drivers.clock_set(change.by)
        self._notes.tell(clock_words(change), {"clockSetMs": round(change.by / 1000, 3)})

    def time(self) -> int:
        """The present time by the session's clock, in µs since 1970."""
        return self._clock()

    def seconds_since(self, index: int) -> float:
        """How long ago a record was, in seconds."""
        return self.timeline.age(index, self._clock()) / 1e6
