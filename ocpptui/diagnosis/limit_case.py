"""What the reasons for a limit are found from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from ocpptui.ocpp.composite_schedule import LimitAtMoment, PrevailingProfile
from ocpptui.ocpp.date_times import SECOND
from ocpptui.stations.present_draw import PresentDraw
from ocpptui.stations.profile_history import ProfileHistory
from ocpptui.stations.state import ChargePointState

SETTLED = 10 * SECOND
"""How long after a change of the limit a reading may still show what was before; a car has 5 s to follow."""
SLACK_AMPERES = 1.0
"""How far a reading may be above a limit: meters, and the control pilot itself, are not exact."""


@dataclass(frozen=True, slots=True)
class LimitReason:
    """One reason why a limit is what it is, or why a profile has no effect."""

    code: str
    """A stable name in kebab case, `rejected` for example."""
    text: str
    """One sentence, or a few."""
    record: int | None = None
    """The index of the record that it is about."""


@dataclass(frozen=True, slots=True)
class LimitCase:
    """What the reasons are found from."""

    history: ProfileHistory
    known: ChargePointState
    place: int
    where: str
    limit: LimitAtMoment
    draw: PresentDraw
    status: str
    time: int
    record: int


def allowed_units(known: ChargePointState) -> list[str]:
    """The units in which the charge point takes limits, if it said so (1.6 section 9.4.2; 2.x RateUnit)."""
    said = known.configuration.get("ChargingScheduleAllowedChargingRateUnit")
    said = known.configuration.get("SmartChargingCtrlr.RateUnit", "") if said is None else said
    names = {"Current": "A", "A": "A", "Power": "W", "W": "W"}
    return sorted({names[name.strip()] for name in said.split(",") if name.strip() in names})


def setting_of(known: ChargePointState, key_1x: str, variable: str) -> int | None:
    """A whole number that the charge point said: a key of 1.6, or a variable of SmartChargingCtrlr of 2.x."""
    said = known.configuration.get(key_1x) or known.configuration.get(f"SmartChargingCtrlr.{variable}") or ""
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else None


class DrawAndLimit(NamedTuple):
    """What is drawn beside what is allowed."""

    unit: str
    """`A` per phase, or `W`."""
    drawn: float
    allowed: float
    slack: float
    """How far `drawn` may be from `allowed`."""

    @property
    def is_above(self) -> bool:
        return self.drawn > self.allowed + self.slack


def draw_and_limit(limit: LimitAtMoment, one: PrevailingProfile, draw: PresentDraw) -> DrawAndLimit:
    """What is drawn beside the limit that a profile sets: in W if its limit is, and if the power was measured."""
    if one.unit == "W" and draw.watts is not None:
        return DrawAndLimit("W", draw.watts, limit.watts or 0.0, SLACK_AMPERES * limit.supply.voltage * limit.phases)
    return DrawAndLimit("A", draw.highest or 0.0, limit.amperes or 0.0, SLACK_AMPERES)


def composite_slack(limit: float) -> float:
    """How far a reported composite schedule may be from the limit that was computed."""
    return max(0.2, 0.02 * abs(limit))
