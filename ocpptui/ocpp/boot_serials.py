"""The serial numbers in a BootNotification, by which one charge point is known from another."""

from __future__ import annotations

from collections.abc import Iterator

_NAMES = ("chargePointSerialNumber", "chargeBoxSerialNumber", "serialNumber")


def serials_in(payload: object) -> Iterator[str]:
    """The serial numbers in the payload of a BootNotification of any version."""
    if isinstance(payload, dict):
        for holder in (payload, payload.get("chargingStation")):
            if isinstance(holder, dict):
                yield from (str(holder[name]) for name in _NAMES if holder.get(name))


def serial_of(payload: object) -> str:
    """The first of them; empty if there is none."""
    return next(serials_in(payload), "")
