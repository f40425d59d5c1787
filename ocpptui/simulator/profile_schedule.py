"""The `[[schedule]]` of a station profile: each act is checked as far as the profile alone shows what is possible."""

from __future__ import annotations

from collections.abc import Sequence

from ocpptui.ocpp.did_you_mean import suggestion
from ocpptui.simulator.driver_schedule import CONDITIONS
from ocpptui.simulator.driver_side import KINDS, OperationKind
from ocpptui.simulator.equipment import Outlet
from ocpptui.simulator.profile_table import ProfileTable, WrongProfile
from ocpptui.simulator.scheduled_act import ScheduledAct
from ocpptui.simulator.station_faults import ERROR_CODES

LONGEST = 7 * 86_400.0
"""Seconds that an act may wait."""
_KINDS = {kind.name: kind for kind in KINDS}


def scheduled_act(table: ProfileTable, outlets: Sequence[Outlet]) -> ScheduledAct:
    """One act of a charge point with such connectors. Raises WrongProfile."""
    name = table.choice("do", "", tuple(_KINDS))
    if not name:
        raise table.wrong("do", f"one of {', '.join(_KINDS)}")
    kind, turn = _KINDS[name], table.whole("connector", 0, 0, len(outlets))
    act = ScheduledAct(
        name,
        turn if kind.has_connector else 0,
        _argument(table, kind),
        turn,
        at=table.number("at", 0.0, 0.0, LONGEST) if table.has("at") else None,
        when=table.choice("when", "", tuple(CONDITIONS)),
        soc=table.number("soc", 0.0, 0.0, 100.0) if table.has("soc") else None,
        after=table.number("after", 0.0, 0.0, LONGEST),
        evse_connector=_evse_connector(table, kind, outlets[turn - 1 : turn] if turn else outlets),
    )
    table.end()
    return act


def _evse_connector(table: ProfileTable, kind: OperationKind, outlets: Sequence[Outlet]) -> int:
    if not table.has("evse-connector"):
        return 0
    if not kind.chooses_evse_connector:
        raise table.wrong("evse-connector", f"left out, since {kind.name} takes none")
    return table.whole("evse-connector", 0, 1, max(len(outlet.types) for outlet in outlets))


def _argument(table: ProfileTable, kind: OperationKind) -> str:
    value = table.take("argument")
    if value is None:
        if kind.argument and not kind.argument.startswith("["):
            raise table.wrong("argument", f"the {kind.argument}")
        return ""
    if not kind.argument:
        raise table.wrong("argument", f"left out, since {kind.name} takes none")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise table.wrong("argument", f"a text or a number: {kind.argument}")
    text = str(value)
    if "error code" in kind.argument and text.lower() not in {code.lower() for code in ERROR_CODES}:
        raise WrongProfile(f"there is no error code {text!r}{suggestion(text, ERROR_CODES)}")
    if any(unit in kind.argument for unit in ("seconds", "per cent", "hertz")):
        most = LONGEST if "seconds" in kind.argument else 100.0
        try:
            is_right = 0 <= float(text) <= most
        except ValueError:
            is_right = False
        if not is_right:
            raise table.wrong("argument", f"a number from 0 to {most:g}: {kind.argument}")
    return text
