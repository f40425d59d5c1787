"""The configuration of a charge point as it leaves the factory: the standard's settings, with what its equipment says.

Source: OCPP 1.6 section 9, OCPP 2.x Part 2 appendix 3 (EVSE, Connector and ChargingStation, ACPhaseSwitchingSupported).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from ocpptui.ocpp.standard_settings import MEASURANDS, Access, Setting, settings
from ocpptui.simulator.behaviour_settings import ChargePointSettings
from ocpptui.simulator.equipment import Equipment, Outlet


def built_settings(own: ChargePointSettings, equipment: Equipment) -> tuple[Setting, ...]:
    """All settings of a new charge point."""
    rows = settings(
        len(equipment.outlets),
        vendor=own.vendor,
        model=own.model,
        serial=own.serial,
        firmware=own.firmware,
        heartbeat_interval=own.heartbeat_interval,
        meter_interval=own.meter_interval,
        evse_connectors=tuple(len(outlet.types) for outlet in equipment.outlets),
    )
    found = [_measuring(_equipped(row, equipment), equipment.measurands) for row in rows]
    found += [
        Setting(
            "",
            "EVSE",
            "ACPhaseSwitchingSupported",
            "",
            "true" if outlet.switches_phases else "false",
            "boolean",
            Access.READ_ONLY,
            evse=number,
        )
        for number, outlet in enumerate(equipment.outlets, 1)
        if outlet.phases > 1
    ]
    return tuple(_configured(row, equipment.configuration) for row in found)


def names_of(row: Setting) -> tuple[str, ...]:
    """The names by which a station profile may set a row: its key of 1.6, and `Component.Variable` of 2.x."""
    if row.evse or row.instance:
        return (row.key,) if row.key else ()
    return tuple(name for name in (row.key, f"{row.component}.{row.variable}" if row.component else "") if name)


def _configured(row: Setting, values: Mapping[str, str]) -> Setting:
    return next((replace(row, default=values[name]) for name in names_of(row) if name in values), row)


def _measuring(row: Setting, measurands: tuple[str, ...]) -> Setting:
    """A list of measurands can have no others than the meter measures."""
    if row.values != MEASURANDS:
        return row
    default = [name for name in row.default.split(",") if name in measurands]
    if row.key == "MeterValuesSampledData" and measurands != MEASURANDS:
        default = list(measurands)
    return replace(row, values=measurands, default=",".join(default))


def _equipped(row: Setting, equipment: Equipment) -> Setting:
    if row.key == "ConnectorPhaseRotation":
        rotations = [outlet.rotation if outlet.phases > 1 else "NotApplicable" for outlet in equipment.outlets]
        return replace(row, default=",".join(f"{n}.{each}" for n, each in enumerate(["RST", *rotations])))
    if not row.evse:
        return row
    outlet = equipment.outlets[row.evse - 1]
    if row.variable == "ConnectorType":
        return replace(row, default=outlet.types[row.connector - 1])
    told = _OF_OUTLET.get((row.component, row.variable))
    return row if told is None else replace(row, default=told(outlet))


_OF_OUTLET: dict[tuple[str, str], Callable[[Outlet], str]] = {
    ("EVSE", "Power"): lambda outlet: f"{outlet.most_watts:.0f}",
    ("EVSE", "SupplyPhases"): lambda outlet: str(outlet.phases),
    ("Connector", "SupplyPhases"): lambda outlet: str(outlet.phases),
}
