"""What is remembered of the meter values of one transaction."""

from __future__ import annotations

from typing import Any

from ocpptui.diagnosis.seen import known_time_of
from ocpptui.ocpp.measurands import ENERGY

INTERVALS = ("MeterValueSampleInterval", "SampledDataCtrlr.TxUpdatedInterval")
"""The settings of how often meter values come, in seconds."""
Register = tuple[str, str, str]
"""A register of the meter: measurand, phase ("" for all) and location."""
TOTAL: Register = (ENERGY, "", "Outlet")
"""The register that the meter at the start and at the end of a transaction of 1.x reads."""
ROUNDING = 1.0
"""Wh by which rounded values of one register may differ."""
UNTIED = ("Sample.Clock", "Trigger", "Other")
"""Contexts of values that need not belong to the transaction."""
_SURELY_KWH = 5.0
"""A meter below this is rather a new one."""


class MeterRun:
    """The meter values of one transaction, or of one connector or EVSE without one."""

    __slots__ = ("count", "end", "even", "frozen", "heard", "heard_index", "idle", "is_off", "kinds",
                 "measurands", "pace", "registers", "said", "start", "taken", "time", "until", "watched")  # fmt: skip

    def __init__(self) -> None:
        self.registers: dict[Register, tuple[str, float, int]] = {}
        """The latest value of each register: its timestamp, the value in Wh or varh, and the record."""
        self.time = ""
        """The latest timestamp of a periodic value."""
        self.count = 0
        """How many periodic values of different times there were."""
        self.start = -1
        """The StartTransaction."""
        self.kinds: set[str] = set()
        """The measurands of the first messages."""
        self.measurands: str | None = None
        """The setting of the measurands at the first message."""
        self.is_off = False
        """The interval was 0 at the first message."""
        self.heard = self.heard_index = self.until = 0
        self.watched = False
        self.taken = ""
        """The timestamp of the values of the last message; empty if there is none."""
        self.pace = 0
        """The time between the last two messages, in µs."""
        self.even = 0
        """How many times in a row it was the same before."""
        self.idle = 0
        """The messages in a row in which power flows without Charging."""
        self.frozen: tuple[float, str, float] | None = None
        """A value of the register, since when, and the lowest power since."""
        self.end: tuple[str, int] | None = None
        """The time and the record of a value with the context Transaction.End."""
        self.said: set[Any] = set()


def is_thousandth(meter: float, measured: float) -> bool:
    """Whether a meter in whole kWh fits what was measured soon after it, or before, in Wh."""
    return meter >= _SURELY_KWH and abs(measured / 1000 - meter) < 1.5


def timestamp_of(meter_value: Any) -> str:
    """The timestamp of a meter value as it is written; empty if there is none."""
    found = meter_value.get("timestamp") if type(meter_value) is dict else None
    return found if type(found) is str else ""


def is_later(time: str, before: str) -> bool:
    """Whether a timestamp is not before another one. The usual notation is compared as text, which is cheap.

    Values that have none are in the order of their messages.
    """
    if len(time) == len(before) and time[-1:] == before[-1:] and time[-1:] in ("Z", ""):
        return time >= before
    now, then = known_time_of(time), known_time_of(before)
    return now is not None and then is not None and now >= then
