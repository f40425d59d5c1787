"""What the standard says of one setting."""

from __future__ import annotations

from typing import NamedTuple


class SettingFact(NamedTuple):
    """The meaning of a configuration key or variable, and its values as far as the standard names them."""

    meaning: str
    """One sentence without a full stop."""
    data_type: str = ""
    """As in the 2.x VariableCharacteristics; empty if `standard_settings` has it."""
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    members: tuple[str, ...] = ()
    """What a list may contain."""
    default: str | None = None
    """What the standard assumes where a charge point does not have the setting."""


WHOLE, FLAG, TEXT, DECIMAL = "integer", "boolean", "string", "decimal"
CHOICE, MEMBERS, SEQUENCE, DATE_TIME = "OptionList", "MemberList", "SequenceList", "dateTime"

MEASURED = (
    "Energy.Active.Import.Register",
    "Energy.Active.Export.Register",
    "Energy.Reactive.Import.Register",
    "Energy.Reactive.Export.Register",
    "Energy.Active.Import.Interval",
    "Energy.Active.Export.Interval",
    "Energy.Reactive.Import.Interval",
    "Energy.Reactive.Export.Interval",
    "Power.Active.Import",
    "Power.Active.Export",
    "Power.Reactive.Import",
    "Power.Reactive.Export",
    "Power.Factor",
    "Power.Offered",
    "Current.Import",
    "Current.Export",
    "Current.Offered",
    "Voltage",
    "Frequency",
    "Temperature",
    "SoC",
    "RPM",
)
"""The measurands of 1.6 (section 7.31 Measurand)."""
