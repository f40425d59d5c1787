"""What happened to the charging profiles of a charge point: their ends, refusals, transactions and reports."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ocpptui.ocpp.charging_profile import (
    ChargingProfile,
)
from ocpptui.ocpp.payload import Payload


class ProfileEnd(StrEnum):
    """Why a profile is not at the charge point any more."""

    REPLACED = "replaced"
    CLEARED = "cleared"
    TRANSACTION_ENDED = "transaction-ended"
    NOT_THERE = "not-there"
    """The charge point said that it does not have it."""


@dataclass(frozen=True, slots=True)
class FormerProfile:
    """A profile that was accepted and is not at the charge point any more."""

    profile: ChargingProfile
    why: ProfileEnd
    time: int
    """When it went, in microseconds since 1970-01-01 UTC."""
    record: int
    """The record that says so."""
    by: ChargingProfile | None = None
    """What replaced it."""


@dataclass(frozen=True, slots=True)
class RefusedProfile:
    """A profile that the charge point did not take."""

    profile: ChargingProfile
    status: str
    """Its status, Rejected for example, or the code of its error."""
    details: str
    """What it says besides the status; may be empty."""
    time: int
    record: int


@dataclass(frozen=True, slots=True)
class PlacedTransaction:
    """A transaction at a connector or EVSE."""

    id: str
    """Empty until the central system has answered StartTransaction."""
    place: int
    started: int | None
    """Microseconds since 1970-01-01 UTC; None if it began before the records."""
    record: int
    ended: int | None = None


@dataclass(frozen=True, slots=True)
class ReportedComposite:
    """What the charge point answered to GetCompositeSchedule."""

    payload: Payload
    """Its schedule, in the notation of OCPP."""
    start: int
    """Microseconds since 1970-01-01 UTC."""
    record: int
