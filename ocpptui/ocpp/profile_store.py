"""The profiles that a charge point has: which one a new one replaces, and which ones a request clears.

Sources: OCPP 1.6 sections 3.13.2, 5.5 and 5.16.4; OCPP 2.0.1 Part 2 K01.FR.05, K01.FR.06, K01.FR.39 and K10.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ocpptui.ocpp.charging_profile import EXTERNAL, TX_PROFILE, ChargingProfile
from ocpptui.ocpp.payload import integer_at, integers_at, object_at, text_at, value_at

MAX_PROFILES = 1000
"""The most profiles that are kept; beyond that, the oldest is dropped."""

Matches = Callable[[ChargingProfile], bool]


@dataclass(slots=True)
class ProfileStore:
    """The profiles of one charge point, in the order in which they were set."""

    profiles: list[ChargingProfile] = field(default_factory=list)

    def __iter__(self) -> Iterator[ChargingProfile]:
        return iter(self.profiles)

    def add(self, profile: ChargingProfile) -> list[ChargingProfile]:
        """Add a profile and return those that it replaces."""
        replaced = self.remove(lambda other: replaces(profile, other))
        self.profiles.append(profile)
        del self.profiles[:-MAX_PROFILES]
        return replaced

    def remove(self, matches: Matches) -> list[ChargingProfile]:
        """Remove the matching profiles and return them."""
        if not self.profiles:
            return []
        removed = [profile for profile in self.profiles if matches(profile)]
        self.profiles = [profile for profile in self.profiles if not matches(profile)]
        return removed

    def change(self, old: ChargingProfile, new: ChargingProfile) -> None:
        """Put what is now known of a profile in its place."""
        self.profiles = [new if profile is old else profile for profile in self.profiles]

    def end_transaction(self, place: int, transaction: str) -> list[ChargingProfile]:
        """Remove and return the TxProfiles of a transaction that has ended at a connector or EVSE."""
        ended = transaction.lower()
        return self.remove(
            lambda profile: (
                profile.purpose == TX_PROFILE
                and (profile.transaction.lower() == ended if profile.transaction and ended else profile.place == place)
            )
        )


def replaces(new: ChargingProfile, old: ChargingProfile) -> bool:
    """Whether a new profile takes the place of an old one.

    That is one with the same id; in 1.6 also one with the same purpose and stack level at the same connector. In 2.x
    those may exist side by side if they are never valid at the same time; otherwise the station has to refuse the new
    one, and if it accepts it, the new one counts.
    """
    if new.id is not None and new.id == old.id:
        return True
    if (new.place, new.purpose, new.level) != (old.place, old.purpose, old.level):
        return False
    if new.purpose == TX_PROFILE and new.transaction and old.transaction:
        return new.transaction.lower() == old.transaction.lower()
    return new.generation == 1 or _overlap(new, old)


def _overlap(one: ChargingProfile, other: ChargingProfile) -> bool:
    """Whether both may be valid at the same time."""
    starts = [profile.valid_from for profile in (one, other) if profile.valid_from is not None]
    ends = [profile.valid_to for profile in (one, other) if profile.valid_to is not None]
    return not starts or not ends or max(starts) < min(ends)


def cleared_by(request: Any) -> Matches:
    """Which profiles a ClearChargingProfile asks to clear: that with the id, or all that meet the criteria.

    Limits from outside are never among them (2.x K10.FR.06).
    """
    number = integer_at(request, "id")
    number = integer_at(request, "chargingProfileId") if number is None else number
    criteria = object_at(request, "chargingProfileCriteria")
    return matching(criteria or request, [] if number is None else [number])


def reported_by(request: Any) -> Matches:
    """Which profiles a GetChargingProfiles asks for (2.x K09), apart from who set them."""
    criteria = object_at(request, "chargingProfile")
    place = value_at(request, "evseId")
    wanted = criteria if place is None else {**criteria, "evseId": place}
    return matching(wanted, integers_at(criteria, "chargingProfileId"))


def matching(criteria: Any, ids: list[int]) -> Matches:
    """The profiles with one of these ids, or, if there are none, with the place, purpose and level in the criteria."""
    place = integer_at(criteria, "connectorId")
    place = integer_at(criteria, "evseId") if place is None else place
    purpose, level = text_at(criteria, "chargingProfilePurpose"), integer_at(criteria, "stackLevel")

    def matches(profile: ChargingProfile) -> bool:
        if ids:
            return profile.id in ids
        return (
            place in (None, profile.place)
            and purpose in (None, profile.purpose)
            and level in (None, profile.level)
            and profile.purpose != EXTERNAL
        )

    return matches
