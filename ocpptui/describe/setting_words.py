"""Words for the settings of a charge point: a table in its title, a setting in a few lines, changes one a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ocpptui.ocpp.counted import counted
from ocpptui.ocpp.secret_names import MASK, is_secret_setting
from ocpptui.ocpp.standard_settings import Access
from ocpptui.stations.known_settings import KnownSettings
from ocpptui.stations.setting_changes import SettingChange
from ocpptui.stations.setting_table import SettingRow, SettingTable, SortedBy
from ocpptui.stations.state import ChargePointState

_ACCESSES = {Access.READ_ONLY: "read-only", Access.WRITE_ONLY: "write-only", Access.READ_WRITE: "writable"}


def table_title(name: str, known: ChargePointState | None, table: SettingTable, reading: str) -> tuple[str, str]:
    """The line above the table, and the line below it."""
    version = known.version if known is not None else None
    settings = list(table.settings)
    counts = [
        (sum(one.is_known for one in settings), "settings"),
        (sum(one.before is not None for one in settings), "changed"),
        (sum(one.after_reboot is not None for one in settings), "after a reboot"),
        (sum(one.is_refused for one in settings), "refused"),
        (len(table.wanted), "not sent"),
    ]
    parts = [f"Configuration of {name}", *([f"OCPP {version}"] if version is not None else [])]
    parts.append(", ".join(f"{count:,} {word}" for count, word in counts if count or word == "settings"))
    rows = len(table.rows)
    below = []
    if table.comparison is not None:
        below.append(f"{counted(rows, 'difference')} from {table.comparison.name}")
    elif table.words:
        below.append(counted(rows, "row"))
    if table.only_wanted:
        below.append("only what is not sent")
    if table.order is not SortedBy.REPORTED:
        below.append(table.order.value)
    if reading:
        below.append(reading)
    return " · ".join(parts), " · ".join(below)


def setting_lines(row: SettingRow) -> list[str]:
    """What is known of a setting: its name and kind, its meaning, and its values."""
    fact, known, demand = row.fact, row.known, row.demand
    access = known.access if known is not None else None
    said = [str(row.place), demand.words(row.unit), *([_ACCESSES[access]] if access is not None else [])]
    if fact is not None and fact.default is not None:
        said.append(f"default {fact.default or 'empty'}")
    lines = [" · ".join(said)]
    lines.append(
        f"{fact.meaning}." if fact is not None else "Not a setting of the standard: its vendor says what it means."
    )
    if demand.members:
        lines.append(
            f"One or more of {', '.join(demand.members)}"
            if demand.takes_several
            else f"One of {', '.join(demand.members)}"
        )
    return lines


def change_words(change: SettingChange) -> str:
    """The value of a change, unless it is a secret."""
    return MASK if is_secret_setting(change.place.name) else change.value or "empty"


def changes_in_lines(settings: KnownSettings, changes: Sequence[SettingChange], most: int) -> Iterator[str]:
    """Each change in a line: the name, the value now and the new one."""
    for change in changes[:most]:
        now = settings.value(change.place)
        before = "unknown" if now is None else now or "empty"
        yield f"{change.place}: {MASK if is_secret_setting(change.place.name) else before} → {change_words(change)}"
    if len(changes) > most:
        yield f"and {len(changes) - most:,} more"
