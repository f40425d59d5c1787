"""Station profiles: what a simulated charge point is, as a file in TOML says it.

    [identity]           vendor, model, serial, firmware
    [[connectors]]       each connector (1.6) or EVSE (2.x)
    [supply]             what the building gives to all of them
    [grid]               its frequency, and the DER controls of 2.1
    [battery-swap]       its bays for batteries (2.1)
    [meter]              what is measured, how often, and the noise
    [[cars]]             the cars that come
    [configuration]      values of configuration keys and variables
    [quirks]             what it does wrong
    [[schedule]]         what people do to it by themselves

docs/PROFILES.md describes every setting.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from ocpptui.ocpp.did_you_mean import suggestion
from ocpptui.ocpp.standard_settings import MEASURANDS, Setting
from ocpptui.ocpp.version import Transport, Version
from ocpptui.simulator.behaviour_settings import ChargePointSettings
from ocpptui.simulator.built_settings import built_settings, names_of
from ocpptui.simulator.car import USUAL_CURVE, Car, Curve
from ocpptui.simulator.der_controls import DER_TYPES
from ocpptui.simulator.equipment import Equipment, Outlet
from ocpptui.simulator.profile_schedule import scheduled_act
from ocpptui.simulator.profile_table import ProfileTable, WrongProfile
from ocpptui.simulator.quirks import QUIRKS

MOST_CONNECTORS = 100
MOST_OF_EVSE = 10
"""Connectors of one EVSE."""
MOST_BAYS = 100
MOST_CARS = 100
MOST_ACTS = 1000
ROTATIONS = ("RST", "RTS", "SRT", "STR", "TRS", "TSR")
"""1.6 ConnectorPhaseRotation."""


@dataclass(frozen=True, slots=True)
class StationProfile:
    """A kind of charge point."""

    name: str
    description: str
    versions: tuple[Version, ...]
    """The versions that it speaks, the preferred one first; empty for all."""
    settings: ChargePointSettings


def station_profile(text: str, name: str) -> StationProfile:
    """Read a profile from the text of its file. Raises WrongProfile."""
    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # ValueError: also dates and numbers that Python cannot hold
        raise WrongProfile(f"not valid TOML: {error}") from None
    top = ProfileTable(content, "")
    description = top.text("description", most=200)
    spoken = Version.offered(Transport.JSON)
    versions = tuple(Version(one) for one in top.choices("versions", (), [str(one) for one in spoken]))
    identity, meter, supply = top.table("identity"), top.table("meter"), top.table("supply")
    grid, swap = top.table("grid"), top.table("battery-swap")
    outlets = tuple(_outlet(table) for table in top.tables("connectors", MOST_CONNECTORS)) or (Outlet(),)
    equipment = Equipment(
        outlets,
        supply_amperes=_optional(supply, "current", 1, 10_000),
        supply_watts=_kilo(_optional(supply, "power", 0.1, 10_000)),
        cars=tuple(_car(table) for table in top.tables("cars", MOST_CARS)) or (Car(),),
        draws_cars=top.choice("arrival", "in-turn", ("in-turn", "drawn")) == "drawn",
        frequency=grid.number("frequency", 50.0, 10.0, 100.0),
        der_types=grid.choices("der", (), DER_TYPES),
        bays=swap.whole("bays", 0, 0, MOST_BAYS),
        seed=top.whole("seed", 0, 0, 2**31),
        voltage_noise=meter.number("voltage-noise", 0.0, 0.0, 20.0),
        measurands=meter.choices("measurands", MEASURANDS, MEASURANDS),
        quirks=_quirks(top.table("quirks")),
    )
    if equipment.shares_power and equipment.supply_amperes is not None:
        raise WrongProfile("[supply] with a connector of kind DC has a power, not a current")
    settings = ChargePointSettings(
        vendor=identity.text("vendor", "ocpptui", 20),
        model=identity.text("model", "Simulator", 20),
        serial=identity.text("serial", "", 25),
        firmware=identity.text("firmware", "", 50),
        connectors=len(outlets),
        meter_interval=meter.whole("interval", 60, 0, 86_400),
        equipment=equipment,
        schedule=tuple(scheduled_act(table, outlets) for table in top.tables("schedule", MOST_ACTS)),
        repeats_schedule=top.flag("repeat-schedule", default=False),
    )
    settings = _configured(settings, equipment, top.table("configuration"))
    for table in (identity, meter, supply, grid, swap, top):
        table.end()
    return StationProfile(name, description, versions, settings)


def _outlet(table: ProfileTable) -> Outlet:
    is_dc = table.choice("kind", "AC", ("AC", "DC")) == "DC"
    if is_dc:
        for name in ("phases", "rotation", "phase-switching"):
            if table.has(name):
                raise WrongProfile(f"a connector of kind DC has no {name}")
    phases = 0 if is_dc else table.whole("phases", 3, 1, 3)
    first, *more = table.texts("type", "cCCS2" if is_dc else "cType2", 20, at_most=MOST_OF_EVSE)
    outlet = Outlet(
        type=first,
        more_types=tuple(more),
        phases=phases,
        amperes=table.number("current", 200.0 if is_dc else 16.0, 1.0, 3000.0),
        watts=_kilo(_optional(table, "power", 0.1, 10_000)),
        switches_phases=False if is_dc else table.flag("phase-switching", default=phases == 3),
        rotation="RST" if is_dc else table.choice("rotation", "RST", ROTATIONS),
        register=_kilo(_optional(table, "register", 0, 1e9)),
    )
    table.end()
    return outlet


def _car(table: ProfileTable) -> Car:
    table.text("name", most=100)
    car = Car(
        battery=1000 * table.number("battery", 58.0, 0.1, 5000.0),
        soc=table.number("soc", 35.0, 0.0, 100.0),
        most_current=table.number("current", 16.0, 0.0, 100.0),
        least_current=table.number("least-current", 6.0, 0.0, 100.0),
        phases=table.whole("phases", 3, 1, 3),
        most_power=1000 * table.number("power", 120.0, 0.0, 5000.0),
        nominal_voltage=table.number("voltage", 400.0, 50.0, 2000.0),
        curve=_curve(table),
        contract=table.text("contract", most=100_000),
    )
    table.end()
    return car


def _curve(table: ProfileTable) -> Curve:
    points = table.take("curve")
    if points is None:
        return USUAL_CURVE
    expected = "a list of [per cent, share] with rising per cent and shares from 0 to 1"
    if not isinstance(points, list) or not points or not all(_is_point(point) for point in points):
        raise table.wrong("curve", expected)
    if any(low[0] >= high[0] for low, high in pairwise(points)):
        raise table.wrong("curve", expected)
    return tuple((float(soc), float(share)) for soc, share in points)


def _is_point(point: Any) -> bool:
    if not isinstance(point, list) or len(point) != 2:
        return False
    numbers = all(isinstance(each, int | float) and not isinstance(each, bool) for each in point)
    return numbers and 0 <= point[0] <= 100 and 0 <= point[1] <= 1


def _quirks(table: ProfileTable) -> dict[str, float]:
    found = {}
    for name, value in table.items():
        quirk = QUIRKS.get(name)
        if quirk is None:
            raise WrongProfile(f"there is no quirk {name!r}{suggestion(name, QUIRKS)}")
        if quirk.unit and (isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e5):
            raise table.wrong(name, f"a number of {quirk.unit}")
        if not quirk.unit and not isinstance(value, bool):
            raise table.wrong(name, "true or false")
        if value:
            found[name] = float(value)
    return found


def _configured(settings: ChargePointSettings, equipment: Equipment, table: ProfileTable) -> ChargePointSettings:
    """The settings with the values of [configuration], each of which the charge point has to accept."""
    rows: dict[str, Setting] = {}
    for row in built_settings(settings, equipment):
        rows |= dict.fromkeys(names_of(row), row)
    values: dict[str, str] = {}
    for name, value in table.items():
        if name not in rows:
            raise WrongProfile(f"there is no configuration key or variable {name!r}{suggestion(name, rows)}")
        if not isinstance(value, str) or not rows[name].accepts(value):
            raise table.wrong(name, f"a text in quotes that {name} can have ({rows[name].data_type})")
        values[name] = value
    return replace(settings, equipment=replace(equipment, configuration=values))


def _optional(table: ProfileTable, name: str, least: float, most: float) -> float | None:
    return table.number(name, 0.0, least, most) if table.has(name) else None


def _kilo(value: float | None) -> float | None:
    return None if value is None else 1000 * value
