"""What the reasons for a limit are found from."""

from __future__ import annotations

from dataclasses import dataclass

from ocpptui.ocpp.composite_schedule import LimitAtMoment
from ocpptui.stations.present_draw import PresentDraw
from ocpptui.stations.profile_history import ProfileHistory
from ocpptui.stations.state import ChargePointState


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
