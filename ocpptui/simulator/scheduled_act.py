"""One act of somebody at a charge point, as the schedule of a station profile says it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScheduledAct:
    """What is done, where and when. Times are in seconds."""

    do: str
    """The name of the operation (`driver_side.KINDS`)."""
    connector: int = 0
    """Where; 0: the first connector where it is possible, or the whole charge point."""
    argument: str = ""
    turn: int = 0
    """The connector in whose turn it is, and that its conditions are about; 0: any."""
    at: float | None = None
    """From the start, which is the first registration; None: as soon as the act before it is done."""
    when: str = ""
    """The condition that must hold first (`driver_schedule.CONDITIONS`)."""
    soc: float | None = None
    """The state of charge in per cent that the car must have reached first."""
    after: float = 0.0
    """How long it waits then."""
    evse_connector: int = 0
    """The connector of the EVSE (2.x); 0: the first that can be used."""
