"""The meter values of OCPP 2.0.1 as 1.6 has them: texts, with the unit beside the value."""

from __future__ import annotations

from typing import Any

from ocpptui.ocpp.measurands import ENERGY, LARGEST_WHOLE
from ocpptui.ocpp.payload import Payload, object_at, objects_at
from ocpptui.ocpp.schema import Part, field_tree
from ocpptui.ocpp.version import Version
from ocpptui.translation.fitting import measurands_of
from ocpptui.translation.notes import TranslationNotes


def older_readings(payload: Payload, notes: TranslationNotes) -> list[Payload]:
    """The meterValue of 2.0.1 as that of 1.6. What has a measurand or unit that 1.6 does not have is left out."""
    known, units, found = measurands_of(Version.V16), _units(), []
    for place, reading in enumerate(objects_at(payload, "meterValue")):
        values = []
        for number, sample in enumerate(objects_at(reading, "sampledValue")):
            path = f"$.meterValue[{place}].sampledValue[{number}]"
            unit = object_at(sample, "unitOfMeasure").get("unit")
            value = _scaled(sample)
            if sample.get("measurand", ENERGY) not in known:
                notes.lose(path, f"1.6 has no measurand {sample['measurand']}")
                continue
            if unit is not None and unit not in units:
                notes.lose(path, f"1.6 has no unit {unit}")
                continue
            if value is None:
                notes.lose(path, f"{sample.get('value')} is not a number")
                continue
            if "signedMeterValue" in sample:
                notes.lose(f"{path}.signedMeterValue", "1.6 and 2.0.1 sign meter values differently")
            kept = {name: sample[name] for name in _SHARED if name in sample}
            values.append({"value": f"{value:.15g}"} | kept | ({} if unit is None else {"unit": unit}))
        if values:
            found.append({name: one for name, one in reading.items() if name == "timestamp"} | {"sampledValue": values})
    return found


def register_of(payload: Payload, context: str) -> int | None:
    """The energy register of this context, or the only one, in whole Wh; None if there is none."""
    registers = [
        (sample.get("context"), value)
        for reading in objects_at(payload, "meterValue")
        for sample in objects_at(reading, "sampledValue")
        if (value := _watt_hours(sample)) is not None
    ]
    fitting = [value for named, value in registers if named == context]
    found = fitting or ([registers[-1][1]] if registers else [])
    return found[-1] if found else None


def lose_readings(payload: Payload, context: str, notes: TranslationNotes) -> None:
    """All readings but the register: 1.6 sends no others with the start of a transaction."""
    register = register_of(payload, context)
    for place, reading in enumerate(objects_at(payload, "meterValue")):
        for number, sample in enumerate(objects_at(reading, "sampledValue")):
            if register is None or _watt_hours(sample) != register:
                notes.lose(
                    f"$.meterValue[{place}].sampledValue[{number}]", "1.6 starts with the register of energy only"
                )


def _watt_hours(sample: Payload) -> int | None:
    if sample.get("measurand", ENERGY) != ENERGY or "phase" in sample:
        return None
    factor = {"Wh": 1, "kWh": 1000}.get(str(object_at(sample, "unitOfMeasure").get("unit", "Wh")))
    value = _scaled(sample)
    return None if factor is None or value is None else round(value * factor)


def _scaled(sample: Payload) -> float | None:
    """The value times ten to the power of its multiplier."""
    value: Any = sample.get("value")
    power: Any = object_at(sample, "unitOfMeasure").get("multiplier", 0)
    if type(value) not in (int, float) or type(power) is not int:
        return None
    if abs(power) > _MOST_POWER or not abs(value) <= LARGEST_WHOLE:
        return None
    return float(value * 10**power if power >= 0 else value / 10**-power)


def _units() -> tuple[str, ...]:
    tree = field_tree(Version.V16, "MeterValues", Part.REQUEST)
    field = None if tree is None else tree.at(("meterValue", 0, "sampledValue", 0, "unit"))
    return () if field is None else field.enum


_SHARED = ("context", "measurand", "phase", "location")
_MOST_POWER = 12
