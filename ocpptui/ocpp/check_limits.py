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
    """The table `[check]` of the configuration file sets them; docs/CHECK.md lists them."""

    heartbeat_interval: float = _limit(0, "heartbeat interval in seconds, where no message shows it; 0: unknown")
    heartbeat_tolerance: float = _limit(10, "seconds that a charge point may be silent beyond two heartbeat intervals")
    unstable_period: float = _limit(600, "seconds within which five connections of one charge point are too many")
    repeated_boot: float = _limit(300, "seconds within which a second boot without a reason is too early")
    slow_answer: float = _limit(10, "seconds after which an answer is slow")
    status_settles: float = _limit(60, "seconds until a status and the transaction of its connector must agree")
    restless_status: float = _limit(
        300, "seconds within which eight changes of a connector are too many, if nothing leads to them"
    )
    clock_tolerance: float = _limit(60, "seconds that the clocks of the two sides may differ")
    command_patience: float = _limit(60, "seconds until what a charge point agreed to do must have happened")
    connection_time_out: float = _limit(
        120, "seconds from a remote start to its transaction, where no message shows it"
    )
    reset_patience: float = _limit(300, "seconds until a charge point that accepted a reset must have restarted")
    firmware_patience: float = _limit(
        3600, "seconds from the time for a download, or a status of an update that is under way, to the next status"
    )
    registration_patience: float = _limit(
        300, "seconds after which a charge point that is not accepted, although it asks again, is reported"
    )
    upload_patience: float = _limit(3600, "seconds until the upload of diagnostics or a log must have ended")
    certificate_patience: float = _limit(
        600, "seconds until an accepted request for a certificate must have its answer"
    )
    short_interval: float = _limit(10, "seconds below which a heartbeat interval is very short")
    boot_tolerance: float = _limit(1, "seconds that a BootNotification may come before its retry interval is over")
    queue_patience: float = _limit(600, "seconds until queued messages must have come after a boot or a transaction")
    short_session: float = _limit(60, "seconds that a transaction must last, or it is a short session")
    long_session: float = _limit(86400, "seconds that a transaction may last, or it is a long session")
    swap_patience: float = _limit(600, "seconds until a battery swap that was accepted must have been reported")
    settlement_patience: float = _limit(
        600, "seconds from the end of a transaction that was paid at the charge point to its settlement"
    )
    report_patience: float = _limit(60, "seconds until the next part of a report must have come")
    reboot_patience: float = _limit(3600, "seconds until a setting that needs a reboot must have got one")
    meter_value_tolerance: float = _limit(10, "seconds that meter values may be late beyond twice their interval")
    unmetered: float = _limit(
        900, "seconds that a transaction without any meter values may last, where no message shows their interval"
    )
    limit_patience: float = _limit(60, "seconds that a charge may exceed the limit of its charging profiles")
    highest_power: float = _limit(1000, "kilowatts that no connector delivers: a register that rises faster is wrong")
    nominal_voltage: float = _limit(0, "volts between a phase and neutral; 0: any of those in use")


def limit_meanings() -> dict[str, str]:
    """What each limit means, by its name."""
    return {one.name: one.metadata["meaning"] for one in fields(CheckLimits)}
