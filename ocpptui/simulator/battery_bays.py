"""The bays of a station that swaps batteries, and the swaps that a central system asks for (OCPP 2.1).

A driver comes at once, puts an empty battery into a free bay, and takes the fullest one.

Source: OCPP 2.1 Part 2 use case S02; BatteryDataType.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.payload import Payload, object_at
from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.validation import is_valid
from ocpptui.ocpp.version import Version

SWAP = "battery swap"
"""The topic of the agenda for what a driver does next."""
REQUEST = "RequestBatterySwap"
"""What a central system asks for."""
MOST_CHARACTERS = 50
"""The longest serial number (BatteryDataType)."""
LEAST_CHARGE = 80.0
"""Per cent that a battery needs to be handed out."""
_ARRIVES_WITH = 15.0
_FULL, _HEALTH = 95.0, 97.0
_PER_SECOND = 1 / 60
"""Per cent that a battery in a bay gains each second."""


@dataclass(slots=True)
class Battery:
    """A battery that can be swapped."""

    serial: str
    charge: float
    """Per cent, when it was last updated."""

    def payload(self, bay: int) -> Payload:
        """BatteryDataType; `bay` is the number of the slot."""
        return {"evseId": bay, "serialNumber": self.serial, "soC": round(self.charge, 1), "soH": _HEALTH}


class BatteryBays:
    """All bays of one station, one of them free at the beginning. Times are microseconds since 1970-01-01 UTC."""

    def __init__(self, number: int) -> None:
        self._serials = (f"BAT-{each:05}" for each in count(1))
        filled = [Battery(next(self._serials), _FULL) for _ in range(max(0, number - 1))]
        self.bays: dict[int, Battery | None] = dict(enumerate([*filled, *([None] if number else [])], 1))
        """By their number, from 1; None for a free one."""
        self.swap: Payload | None = None
        """The RequestBatterySwap of the driver who swaps a battery; None if nobody does."""
        self._time: int | None = None

    def clock_set(self, by: int) -> None:
        """The clock was set by so many microseconds."""
        self._time = None if self._time is None else self._time + by

    def kept(self, now: int) -> Payload:
        """The batteries, and the swap under way, for a file."""
        self._charge(now)
        batteries = [
            None if one is None else {"serial": one.serial, "charge": one.charge} for one in self.bays.values()
        ]
        return {"batteries": batteries, "swap": self.swap}

    def restore(self, kept: Payload) -> None:
        """What was `kept`; nothing where that does not fit these bays."""
        content = kept.get("batteries")
        if not isinstance(content, list) or len(content) != len(self.bays):
            return
        batteries = [_battery(one) for one in content]
        swap = object_at(kept, "swap") if is_valid(Version.V21, REQUEST, Part.REQUEST, kept.get("swap")) else None
        if swap and not any(one is not None and one.charge >= LEAST_CHARGE for one in batteries):
            return
        if batteries.count(None) != 1 and not (swap and batteries.count(None) == 0):
            return
        self.bays, self.swap = dict(enumerate(batteries, 1)), swap
        known = {one.serial for one in batteries if one is not None}
        self._serials = (serial for serial in self._serials if serial not in known)

    def can_swap(self, now: int) -> bool:
        """Whether there is a free bay and a battery to hand out, and no swap is under way."""
        self._charge(now)
        return self.swap is None and self.has_room() and self._fullest() is not None

    def has_room(self) -> bool:
        """Whether a bay is free."""
        return None in self.bays.values()

    def put_in(self, now: int) -> Payload:
        """A driver puts a battery into the first free bay."""
        self._charge(now)
        bay = next(number for number, battery in self.bays.items() if battery is None)
        battery = self.bays[bay] = Battery(next(self._serials), _ARRIVES_WITH)
        return battery.payload(bay)

    def take_out(self, now: int) -> Payload:
        """The driver takes the fullest battery."""
        self._charge(now)
        bay = self._fullest()
        assert bay is not None  # as `can_swap` has seen; they only gain charge
        battery, self.bays[bay] = self.bays[bay], None
        assert battery is not None
        return battery.payload(bay)

    def _fullest(self) -> int | None:
        charged = {bay: one.charge for bay, one in self.bays.items() if one is not None and one.charge >= LEAST_CHARGE}
        return max(charged, key=lambda bay: charged[bay], default=None)

    def _charge(self, now: int) -> None:
        seconds = 0 if self._time is None else max(0, now - self._time) / SECOND
        self._time = now
        for battery in self.bays.values():
            if battery is not None:
                battery.charge = min(100.0, battery.charge + seconds * _PER_SECOND)


def _battery(kept: object) -> Battery | None:
    match kept:
        case {"serial": str(serial), "charge": int() | float() as charge} if 0 <= charge <= 100:
            return Battery(serial[:MOST_CHARACTERS], float(charge))
        case _:
            return None
