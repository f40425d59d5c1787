"""Limits of the diagnosis that OCPP leaves open, or that nobody can read from the wire.

What the charge point's own configuration says on the wire always comes first.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any


def _limit(default: float, meaning: str) -> Any:
    return field(default=default, metadata={"meaning": meaning})


@dataclass(frozen=True, slots=True)
class CheckLimits:
    """Each is in seconds unless its name says otherwise. The table `[check]` of the configuration file sets them."""

    heartbeat_interval: float = _limit(0, "heartbeat interval, where no message shows it; 0: unknown")
    heartbeat_tolerance: float = _limit(10, "how late a heartbeat may be beyond its interval, and half the interval")
    boot_tolerance: float = _limit(1, "how much before its retry interval a BootNotification may come")


def limit_meanings() -> dict[str, str]:
    """What each limit means, by its name, for the documentation and for errors."""
    return {one.name: one.metadata["meaning"] for one in fields(CheckLimits)}
