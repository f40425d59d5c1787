"""What a person standing before a simulated charge point sees of each connector."""

from __future__ import annotations

from dataclasses import dataclass

from ocpptui.simulator.device import Device


@dataclass(frozen=True, slots=True)
class ConnectorView:
    """One connector (1.6) or EVSE (2.x) at a moment."""

    number: int
    status: str
    """In the terms of 1.6."""
    soc: float | None
    """State of charge of the car in per cent; None without a car."""
    wants_energy: bool
    """Whether the car takes energy as far as it has a say."""
    power: float
    """Watts that flow."""
    current: float
    """Amperes on each phase."""
    token: str
    """The token that was presented; empty for none."""
    transaction: str
    """The id of the running transaction; empty for none."""
    faults: tuple[str, ...]
    types: tuple[str, ...] = ()
    """The types of the connectors of an EVSE that has several; empty for one."""
    plugged_in: int = 0
    """Where its car is among them; 0 without a car."""
    has_priority: bool = False
    """Whether priority charging is activated (2.1)."""


def connector_views(device: Device, now: int) -> list[ConnectorView]:
    """All connectors at `now`, in microseconds since 1970-01-01 UTC."""
    views = []
    for connector in device.connectors.values():
        car, charge = connector.meter.car, connector.charge
        reading = connector.meter.read(now)
        views.append(
            ConnectorView(
                connector.number,
                device.status(connector),
                None if car is None else reading.soc,
                car is not None and car.is_ready,
                reading.power,
                reading.current,
                "" if charge is None or charge.has_ended else charge.token.text,
                charge.transaction if charge is not None and charge.is_running else "",
                (*connector.faults, *device.station_faults),
                tuple(one.type for one in connector.evse_connectors) if len(connector.evse_connectors) > 1 else (),
                0 if connector.plugged_in is None else connector.plugged_in.number,
                device.power.is_prioritised(connector.number),
            )
        )
    return views
