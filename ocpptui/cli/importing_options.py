"""Options for the commands that read captures of other tools."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ocpptui.cli.number_types import WholeNumber
from ocpptui.cli.options import VersionType
from ocpptui.cli.output import say

if TYPE_CHECKING:
    from ocpptui.importing.reader import ImportOptions
    from ocpptui.session.file_session import FileSession

Command = TypeVar("Command", bound=Callable[..., Any])
_FURTHEST_BACK, _FURTHEST_AHEAD = -12 * 60, 14 * 60
"""Minutes from UTC of the zones in use."""
_SIDES = ("charge-point", "central-system")
_DATES = ("dmy", "mdy", "ymd")
PLACES_SHOWN = 20
"""How many unreadable lines are reported one by one; the rest are only counted."""


class ZoneType(click.ParamType[int]):
    """An offset from UTC, `+01:00`, `-0530`, `Z`; its value is in minutes."""

    name = "zone"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        text = str(value).strip().upper().removeprefix("UTC")
        match = _OFFSET.fullmatch(text)
        if match is None and text not in ("", "Z"):
            self.fail(f"{value!r} is not a time zone; write +01:00, -0530 or Z", param, ctx)
        if match is None:
            return 0
        minutes = int(match[1] + match[2]) * 60 + int(match[1] + (match[3] or "0"))
        if not _FURTHEST_BACK <= minutes <= _FURTHEST_AHEAD or int(match[3] or 0) >= 60:
            self.fail(f"{value!r} is not a time zone; they are from -12:00 to +14:00", param, ctx)
        return minutes


unmasked_option = click.option("--keep-secrets", is_flag=True, help="Show passwords and other secrets unmasked.")
"""Of a command that reads files and records nothing."""


def import_options(command: Command) -> Command:
    """The options that say how to read a file, for `import_options_of`."""
    for option in reversed(
        (
            click.option(
                "--from",
                "format",
                metavar="FORMAT",
                help="Format of the file: log, csv, excel, json, sql, har, http, pcap, pdml, mitmproxy, "
                "everest-html, frame-files, recording or ocpptui (our exports) [default: detected from its content].",
            ),
            click.option(
                "--version",
                type=VersionType(any_version=True),
                help="OCPP version of all frames [default: stated in the file, or inferred].",
            ),
            click.option(
                "--side", type=click.Choice(_SIDES), help="Which side wrote `sent` and `received` [default: inferred]."
            ),
            click.option("--zone", type=ZoneType(), metavar="±HH:MM", help="Time zone of times without one."),
            click.option(
                "--dates",
                type=click.Choice(_DATES),
                help="What comes first in 03/04/2026 or 26/04/03: day, month, year.",
            ),
            click.option("--year", type=WholeNumber(1970, 9999), help="Year in which times without one begin."),
            click.option("--keep-copies", is_flag=True, help="Show a frame once for each logger that wrote it."),
            click.option(
                "--map",
                "columns",
                multiple=True,
                metavar="COLUMN=FIELD",
                help="What a table column, by its name or number, contains: raw (a frame), time, charge_point, "
                "direction, payload, answer, action, message_id, message_type, version, connection, error_code, "
                "error_description or error_details. Repeatable.",
            ),
            click.option("--keylog", type=click.Path(path_type=Path), help="TLS keys of a packet capture."),
            unmasked_option,
            click.option("--show-skipped", is_flag=True, help="Show each line without a frame, and all inferences."),
        )
    ):
        command = option(command)
    return command


def merge_options(command: Command) -> Command:
    """The options for several files together."""
    for option in reversed(
        (
            click.option(
                "--shift",
                "shifts",
                multiple=True,
                metavar="FILE=±SECONDS",
                help="Shift the times of a file. Repeatable.",
            ),
            click.option("--merge", is_flag=True, help="Merge frames that both sides recorded into one record."),
        )
    ):
        command = option(command)
    return command


def import_options_of(given: dict[str, Any], files: Sequence[Path] = ()) -> ImportOptions | None:
    """The values of the options of `import_options` and `merge_options`; None if all are the defaults.

    Raises click.UsageError.
    """
    if given.get("zone") is None and not any(given.values()):
        return None  # a recording opens faster without the readers of other formats
    from ocpptui.importing.fields.field_vocabulary import FieldMeaning
    from ocpptui.importing.formats import NAMES
    from ocpptui.importing.reader import ImportOptions
    from ocpptui.importing.times.dates import DayOrder
    from ocpptui.ocpp.version import Role

    if given.get("format") not in (None, *NAMES):
        raise click.UsageError(f"--from {given['format']}: unknown format; choose one of {', '.join(NAMES)}")
    columns = dict(_pair(text, "--map", "COLUMN=FIELD") for text in given.get("columns", ()))
    for name, meant in columns.items():
        if meant not in set(FieldMeaning):
            fields = ", ".join(FieldMeaning)
            raise click.UsageError(f"--map {name}={meant}: there is no field {meant!r}; the fields are {fields}")
    shifts = {}
    for text in given.get("shifts", ()):
        name, seconds = _pair(text, "--shift", "FILE=±SECONDS")
        named = [path for path in files if name in (str(path), path.name)]
        if not named:
            raise click.UsageError(f"--shift {text}: {name} is not one of the files")
        try:
            shifts[named[0]] = round(float(seconds) * 1_000_000)
        except (ValueError, OverflowError):
            raise click.UsageError(f"--shift {text}: {seconds!r} is not a number of seconds") from None
    return ImportOptions(
        given.get("format"),
        given.get("version"),
        given.get("zone"),
        charge_point=given.get("charge_point") or "",
        side=Role(given["side"]) if given.get("side") else None,
        dates=DayOrder(given["dates"]) if given.get("dates") else None,
        year=given.get("year"),
        keep_copies=bool(given.get("keep_copies")),
        follow=bool(given.get("follow")),
        shifts=shifts,
        show_skipped=bool(given.get("show_skipped")),
        merge=bool(given.get("merge")),
        columns=columns,
        keylog=given.get("keylog"),
    )


def tell(opening: FileSession, *, everything: bool) -> None:
    """Report on standard error how much of the files was read and, with `everything`, each line that was not."""

    shown = opening.problems if everything else opening.problems[:PLACES_SHOWN]
    for problem in shown if len(opening.session.timeline) else ():
        say(str(problem))
    if len(opening.session.timeline) and opening.unreadable > len(shown):
        say(f"and {opening.unreadable - len(shown)} more lines that are not records")
    for failure in opening.failures:
        say(failure)
    if everything:
        for place in opening.skipped:
            say(str(place))
        for sentence in opening.evidence:
            say(sentence)
    for sentence in (*(() if everything else opening.warnings), *opening.tallies):
        say(sentence)


def _pair(text: str, option: str, shape: str) -> tuple[str, str]:
    name, sign, value = text.rpartition("=")
    if not sign or not name:
        raise click.UsageError(f"{option} {text}: write {shape}")
    return name, value


_OFFSET = re.compile(r"([+-])(\d\d?):?(\d\d)?")
