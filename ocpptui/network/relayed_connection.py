"""A connection that is relayed through us: two legs, one number, and one record for each frame."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from ocpptui.network.explain_close import SERVER_AWAY
from ocpptui.network.intervention import Intercept
from ocpptui.network.relay_leg import RelayLeg
from ocpptui.timeline.connection_detail import ConnectionDetail


class Relay:
    """Two joined legs: what arrives on one is passed on over the other.

    It may outlive the leg to the central system, and get another one.
    """

    def __init__(
        self,
        charge_point: RelayLeg,
        central_system: RelayLeg | None,
        intercept: Intercept,
        *,
        missed: Callable[[Relay], None] | None = None,
        answers_alone: bool = False,
    ) -> None:
        """`missed` is called when the leg to the central system has ended and another one is wanted; without it, the
        connection ends. Meanwhile messages of the charge point wait, or with `answers_alone` we answer them.
        """
        self.charge_point = charge_point
        self.central_system = central_system
        self.intercept = intercept
        self.answers_alone = answers_alone
        self.passes_pings = True
        """Whether pings go on; otherwise, nobody answers them."""
        self.made_again: Callable[[], RelayLeg] | None = None
        """Makes another leg to the central system, where that needs no handshake."""
        self.waiting: deque[tuple[int, bytes, bool]] = deque()
        """Frames of the charge point that wait for a central system: number, content, and whether it is text."""
        self._missed = missed
        self._frames = 0
        self._ended_by: RelayLeg | None = None
        for leg in filter(None, (charge_point, central_system)):
            leg.join(self)

    @property
    def legs(self) -> tuple[RelayLeg, ...]:
        """To the charge point, and while there is one, to the central system."""
        return (self.charge_point,) if self.central_system is None else (self.charge_point, self.central_system)

    def start(self, detail: ConnectionDetail) -> None:
        """Record that the connection is open, and release both legs."""
        first, second = self.charge_point, self.central_system
        first.attach(second)
        if second is not None:
            second.attach(first)
        first.start(detail)
        first.release()
        if second is not None:
            second.release()
        elif self._missed is not None:
            self._missed(self)

    def beyond(self, leg: RelayLeg) -> RelayLeg | None:
        """The other leg; None while there is no central system."""
        return self.central_system if leg is self.charge_point else self.charge_point

    def next_frame(self) -> int:
        """The number of the next message on this connection, from 1."""
        self._frames += 1
        return self._frames

    # -- without a central system -------------------------------------------------------------------------------

    @property
    def is_over(self) -> bool:
        """Whether the charge point is leaving, or gone."""
        return self._ended_by is not None or not self.charge_point.open

    @property
    def outlives_central_system(self) -> bool:
        """Whether the charge point stays connected without its central system."""
        return self._missed is not None and not self.is_over

    def is_missing(self, leg: RelayLeg | None) -> bool:
        """Whether this, the other leg of the charge point, is gone or about to be, and another one is wanted."""
        is_gone = leg is None or (leg is self.central_system and not leg.open)
        return is_gone and self.outlives_central_system

    def survives(self, code: int) -> bool:
        """Whether the charge point stays connected although the central system ends with this close code."""
        return self.outlives_central_system and code in SERVER_AWAY

    def goes_on_alone(self, how: ConnectionDetail) -> None:
        """The leg to the central system has ended."""
        assert self.central_system is not None and self._missed is not None
        gone, self.central_system = self.central_system, None
        if self.answers_alone:
            self.waiting.clear()  # we answer what waits
        self.charge_point.tell_legs({"upstream": {"url": gone.url, **how}})
        self._missed(self)

    def resume(self, central_system: RelayLeg, detail: ConnectionDetail) -> None:
        """The central system is there again: pass on what has waited, then everything else."""
        self.central_system = central_system
        central_system.join(self)
        central_system.attach(self.charge_point)
        self.charge_point.couple(central_system)
        self.charge_point.tell_legs({"upstream": {"url": central_system.url, **detail}})
        self.charge_point.catch_up()
        central_system.release()

    # -- the end ------------------------------------------------------------------------------------------------

    def ends(self, leg: RelayLeg) -> None:
        """A leg has begun to end."""
        if self._ended_by is None:
            self._ended_by = leg

    def ended(self) -> None:
        """All legs have ended."""
        first, second = self.charge_point, self.central_system
        detail: ConnectionDetail = {**(first.end or {})}
        if second is not None and second.end is not None:
            detail["upstream"] = {"url": second.url, **second.end}
        if self._ended_by is not None:
            detail["endedBy"] = self._ended_by.role.other
        first.closed(detail)
