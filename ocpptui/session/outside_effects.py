"""What a behaviour does outside its connection: leave and come back, connect otherwise, move a file, add a note."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ocpptui.runtime.clock import Clock
from ocpptui.session.file_transfers import FileTransfers
from ocpptui.session.responder_questions import ResponderQuestions
from ocpptui.timeline.masking import Masking

if TYPE_CHECKING:  # opened files need neither sockets nor the simulator
    from ocpptui.network.charge_point_link import ChargePointLink
    from ocpptui.network.connection import Connection
    from ocpptui.simulator.effects import Behaviour, Effect, ResponderOutcome, TransferOutcome


class OutsideEffects:
    """Carries out such effects for the client links of one session; it owns the transfers of files.

    `act` carries out what a behaviour makes of the outcome of a transfer, `note` says something in the log.
    """

    def __init__(
        self,
        links: Sequence[ChargePointLink],
        masking: Masking,
        clock: Clock,
        act: Callable[[Behaviour, list[Effect]], None],
        note: Callable[[str], None],
    ) -> None:
        self._note = note
        self._links = links
        self._masking = masking
        self._clock = clock
        self._act = act
        self._transfers = FileTransfers()
        self._questions = ResponderQuestions()

    def of_connection(self, connection: Connection, behaviour: Behaviour, effect: Effect) -> None:
        """Carry out an effect of the behaviour of an open connection."""
        link = next((link for link in self._links if link.connection is connection), None)
        self._carry_out(behaviour, link, effect)

    def without_connection(self, behaviour: Behaviour, charge_point: str | None, effects: Sequence[Effect]) -> None:
        """Carry out those effects that need no connection; the behaviour reports the others when it has one."""
        link = next((link for link in self._links if link.charge_point == charge_point), None)
        for effect in effects:
            self._carry_out(behaviour, link, effect)

    def of_link(self, link: ChargePointLink, effects: Sequence[Effect]) -> None:
        """Carry out what has to be in place before a link first connects."""
        for effect in effects:
            self._carry_out(None, link, effect)

    def tell(self, connection: Connection, behaviour: Behaviour | None) -> None:
        """Let a simulated side know how it is connected, before it learns that it is."""
        from ocpptui.simulator.central_system_behaviour import CentralSystemBehaviour
        from ocpptui.simulator.charge_point_behaviour import ChargePointBehaviour

        if isinstance(behaviour, CentralSystemBehaviour):
            behaviour.certificate_names = connection.peer_names

        link = next((link for link in self._links if link.connection is connection), None)
        if link is not None and isinstance(behaviour, ChargePointBehaviour):
            from ocpptui.session.connection_plans import facts_of

            behaviour.connected(facts_of(link))

    @property
    def running_transfers(self) -> int:
        """How many files simulated charge points are moving."""
        return self._transfers.running

    async def close(self) -> None:
        """End the transfers and the questions."""
        await self._transfers.close()
        await self._questions.close()

    def _carry_out(self, behaviour: Behaviour | None, link: ChargePointLink | None, effect: Effect) -> None:
        from ocpptui.session.connection_plans import trials_of
        from ocpptui.simulator.central_system_behaviour import CentralSystemBehaviour
        from ocpptui.simulator.charge_point_behaviour import ChargePointBehaviour
        from ocpptui.simulator.effects import (
            AddNote,
            AskResponder,
            CancelTransfer,
            ConnectWith,
            LoseConnection,
            PingEvery,
            Reconnect,
            TransferFile,
            TrustRoots,
        )

        def moved(outcome: TransferOutcome) -> None:
            if isinstance(behaviour, ChargePointBehaviour):
                self._act(behaviour, behaviour.transferred(outcome, self._clock()))

        def responded(outcome: ResponderOutcome) -> None:
            if isinstance(behaviour, CentralSystemBehaviour):
                self._act(behaviour, behaviour.responded(outcome, self._clock()))

        match effect:
            case LoseConnection() if link is not None:
                link.stay_away(effect.seconds)
            case Reconnect() if link is not None:
                link.come_back()
            case ConnectWith() if link is not None:
                trials = trials_of(effect.plans, link.base)
                for trial in trials:
                    self._masking.know(trial.settings.secrets)
                if trials:
                    link.try_first(trials)
            case TrustRoots() if link is not None:
                link.roots = effect.pems
            case PingEvery() if link is not None:
                link.ping_every(effect.seconds)
            case AddNote():
                self._note(effect.text if link is None else f"{link.charge_point}: {effect.text}")
            case AskResponder():
                self._questions.start(effect, responded)
            case TransferFile() if behaviour is not None:
                self._transfers.start(behaviour, effect, link, moved)
            case CancelTransfer() if behaviour is not None:
                self._transfers.cancel(behaviour, effect.number)
