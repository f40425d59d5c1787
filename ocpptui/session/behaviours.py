"""The behaviours of a session: what plays our side of each connection, and lives on while there is none."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from functools import cached_property
from typing import TYPE_CHECKING

from ocpptui.ocpp.version import Role, Version
from ocpptui.runtime.clock import Clock
from ocpptui.session.kept_state_file import KeptStateFile, read_state

if TYPE_CHECKING:  # imported where they are first used: opened files need no sockets and no simulator
    from ocpptui.network.connection import Connection
    from ocpptui.session.interpreter import Interpreter
    from ocpptui.session.settings import SessionSettings
    from ocpptui.simulator.central_system_behaviour import CentralSystemBehaviour
    from ocpptui.simulator.central_system_memory import CentralSystemMemory
    from ocpptui.simulator.charge_point_behaviour import ChargePointBehaviour
    from ocpptui.simulator.connector_view import ConnectorView
    from ocpptui.simulator.effects import Behaviour, Effect


def interpreter_for(version: Version | None, role: Role) -> Interpreter | None:
    """What translates between a connection of this version and our side of it, which has this role; None if the
    behaviour has the same version."""
    from ocpptui.simulator.simulated_version import simulated_as

    if version is None or simulated_as(version) is version:
        return None
    from ocpptui.session.interpreter import Interpreter

    return Interpreter(version, role)


BehaviourFactory = Callable[["Connection"], "Behaviour | None"]


class DefaultBehaviours:
    """Makes the simulated charge points and central systems of a session, as its settings want them."""

    def __init__(self, settings: SessionSettings, clock: Clock, note: Callable[[str], object]) -> None:
        """`note` says in the log what is wrong with the file of the state."""
        self._settings = settings
        self._clock = clock
        self._note = note
        self._file = None if settings.state_file is None else KeptStateFile(settings.state_file)

    @cached_property
    def memory(self) -> CentralSystemMemory:
        """What the simulated central system knows of all charge points; made when it is first asked for."""
        from ocpptui.simulator.central_system_memory import CentralSystemMemory

        made = CentralSystemMemory(self._settings.central_system)
        if self._file is not None and (problem := self._file.restore(made, self._clock())):
            self._note(problem)
        return made

    def __call__(self, connection: Connection) -> Behaviour | None:
        from ocpptui.simulator.simulated_version import simulated_as

        if connection.version is None:
            return None
        if connection.role is Role.CHARGE_POINT:
            from ocpptui.simulator.charge_point_behaviour import ChargePointBehaviour

            made = ChargePointBehaviour(simulated_as(connection.version), self._settings.charge_point)
            if self._file is not None and (problem := self._file.restore(made, self._clock())):
                self._note(problem)
            return made
        from ocpptui.simulator.central_system_behaviour import CentralSystemBehaviour

        return CentralSystemBehaviour(
            simulated_as(connection.version),
            self._settings.central_system,
            memory=self.memory,
            charge_point=connection.charge_point,
        )

    def before_connecting(self, versions: Collection[Version]) -> list[Effect]:
        """How a charge point of one of these versions has to connect by its kept state."""
        from ocpptui.simulator.effects import ConnectWith, TrustRoots
        from ocpptui.simulator.kept_connection import connection_in, kept_plans, kept_roots

        if self._file is None:
            return []
        try:
            kept = connection_in(read_state(self._file.path), versions)
        except (OSError, ValueError):
            return []  # the behaviour says so when it is made
        plans = kept_plans(kept)
        return [TrustRoots(tuple(kept_roots(kept))), *([ConnectWith(tuple(plans))] if plans else [])]

    def keep(self, *, at_once: bool = False) -> None:
        """Write the state of the charge point or central system, if there is a file for it."""
        if self._file is not None and (news := self._file.keep(self._clock(), at_once=at_once)):
            self._note(news)

    @property
    def state_failure(self) -> str:
        """Why the state is not in its file; empty if it is, or need not be."""
        return "" if self._file is None else self._file.failure


class Behaviours:
    """One behaviour for each charge point, version and side: they reconnect.

    While a behaviour has no connection, its time goes on here: a car charges on, and its meter is read.
    """

    def __init__(
        self,
        make: BehaviourFactory,
        clock: Clock,
        *,
        is_strict: bool,
        act: Callable[[Behaviour, list[Effect]], None],
    ) -> None:
        """`act` carries out the effects of a behaviour, as far as that is possible without a connection."""
        self._act = act
        self._make = make
        self._clock = clock
        self._is_strict = is_strict
        self._known: dict[tuple[str, str, Role], Behaviour | None] = {}
        self._timers: dict[int, asyncio.TimerHandle] = {}  # of those without a connection, by identity

    def of(self, connection: Connection) -> Behaviour | None:
        """The behaviour for a new connection, which takes over its time."""
        key = (connection.charge_point, str(connection.version), connection.role)
        if key not in self._known:
            made = self._known[key] = self._make(connection)
            if made is not None:
                made.set_strict(self._is_strict)
        behaviour = self._known[key]
        self._stop(behaviour)
        return behaviour

    def charge_point(self, name: str) -> ChargePointBehaviour | None:
        """The simulated charge point with this identity that was connected last, if any."""
        from ocpptui.simulator.charge_point_behaviour import ChargePointBehaviour

        found = [one for (known_as, _, _), one in self._known.items() if known_as == name]
        return next((one for one in reversed(found) if isinstance(one, ChargePointBehaviour)), None)

    def central_systems(self, name: str = "") -> list[CentralSystemBehaviour]:
        """What plays the central system for a charge point, or without a name for each."""
        from ocpptui.simulator.central_system_behaviour import CentralSystemBehaviour

        found = [one for (known_as, _, _), one in self._known.items() if name in ("", known_as)]
        return [one for one in found if isinstance(one, CentralSystemBehaviour)]

    def charge_points(self) -> list[str]:
        """The identities of the simulated charge points."""
        return list(dict.fromkeys(name for name, _, role in self._known if role is Role.CHARGE_POINT))

    def connector_views(self, name: str) -> list[ConnectorView]:
        """What one sees at each connector of a simulated charge point now; nothing of an unknown charge point."""
        from ocpptui.simulator.connector_view import connector_views

        behaviour = self.charge_point(name)
        return [] if behaviour is None else connector_views(behaviour.device, behaviour.own_time(self._clock()))

    def name_of(self, behaviour: Behaviour) -> str:
        """The identity of the charge point that a behaviour belongs to."""
        return next((name for (name, _, _), one in self._known.items() if one is behaviour), "")

    def released(self, behaviour: Behaviour | None) -> None:
        """A behaviour has no connection (any more)."""
        self._stop(behaviour)
        wakeup = behaviour.wakeup() if behaviour is not None else None
        if behaviour is None or wakeup is None:
            return
        delay = max(0.0, (wakeup - self._clock()) / 1e6)
        self._timers[id(behaviour)] = asyncio.get_running_loop().call_later(delay, self._tick, behaviour)

    def _tick(self, behaviour: Behaviour) -> None:
        self._act(behaviour, behaviour.tick(self._clock()))
        self.released(behaviour)

    def _stop(self, behaviour: Behaviour | None) -> None:
        timer = self._timers.pop(id(behaviour), None)
        if timer is not None:
            timer.cancel()

    def close(self) -> None:
        """No behaviour does anything any more."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def set_strict(self, strict: bool) -> None:
        """From now on, refuse invalid messages of the peer, or answer them as well as possible."""
        self._is_strict = strict
        for behaviour in self._known.values():
            if behaviour is not None:
                behaviour.set_strict(strict)

    def clock_set(self, by: int) -> None:
        """The clock was set by so many microseconds."""
        for behaviour in self._known.values():
            if behaviour is not None:
                behaviour.clock_set(by)
