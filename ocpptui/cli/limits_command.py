"""`ocpptui limits FILE`: why a connector or EVSE has the limit that it has."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ocpptui.cli.importing_options import import_options, import_options_of, tell
from ocpptui.cli.load_files import AT_ONCE
from ocpptui.cli.number_types import WholeNumber
from ocpptui.cli.output import Heading, say_secrets_are_kept, show_json, show_lines

if TYPE_CHECKING:
    from ocpptui.diagnosis.limit_account import LimitAccount
    from ocpptui.session.file_session import FileSession
    from ocpptui.stations.limit_reader import RecordsOfOne
    from ocpptui.timeline.timeline import Timeline

HOURS = 3
"""How far the composite schedule looks ahead unless asked otherwise."""


@click.command("limits")
@click.argument("source", metavar="FILE", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--at", metavar="RECORD|TIME", help="At this record, from 1, or time [default: the last record].")
@click.option("--charge-point", metavar="ID", help="Only the charge point with this id.")
@click.option("--connector", "place", type=WholeNumber(min=0), help="Connector, or EVSE in 2.x; 0 for all together.")
@click.option("--hours", type=WholeNumber(1, 168), default=HOURS, show_default=True, help="Hours of the schedule.")
@click.option(
    "--format", "shape", type=click.Choice(("text", "json")), default="text", show_default=True, help="Of the result."
)
@import_options
def command(
    source: Path,
    at: str | None,
    charge_point: str | None,
    place: int | None,
    hours: int,
    shape: str,
    **given: Any,
) -> None:
    """Say which charging profiles count at a moment, the limit that results from them, and why a profile that was
    accepted has no effect. FILE is a recording or a capture of another tool.

    Exit codes: 0 done, 2 wrong usage or unreadable input.

    \b
    Examples:
      ocpptui limits charge.jsonl --connector 1
      ocpptui limits central-system.log --at 2026-11-22T10:30Z --charge-point CP001
    """
    from ocpptui.recording.file_errors import RecordingError
    from ocpptui.session.file_session import FileSession

    if given["keep_secrets"]:
        say_secrets_are_kept()
    try:
        opening = FileSession([source], import_options_of(given), keep_secrets=given["keep_secrets"])
    except RecordingError as error:
        raise click.UsageError(str(error)) from None
    names = () if charge_point is None else (charge_point,)
    explain_limits(
        opening, names, at=at, place=place, hours=hours, as_json=shape == "json", everything=given["show_skipped"]
    )


def explain_limits(
    opening: FileSession,
    charge_points: Collection[str] = (),
    *,
    at: str | None = None,
    place: int | None = None,
    hours: int = HOURS,
    as_json: bool = False,
    everything: bool = False,
) -> None:
    """Read the files and write an account for each charge point, or each of those named, and each connector.

    `everything` also reports each line that is not a record. Raises click.UsageError if `at` names no record, or if
    there is no such charge point.
    """
    try:
        opening.read_whole()
        timeline = opening.session.timeline
        if opening.failures and not len(timeline):
            raise click.UsageError("; ".join(opening.failures))
        tell(opening, everything=everything)
        _show(timeline, charge_points, at, place, hours, as_json=as_json)
    finally:
        asyncio.run(opening.close())


def _show(
    timeline: Timeline, charge_points: Collection[str], at: str | None, place: int | None, hours: int, *, as_json: bool
) -> None:
    from ocpptui.describe.limit_texts import limit_json, limit_lines, limit_title
    from ocpptui.stations.limit_reader import limit_records

    names = timeline.charge_points() or ("",)
    if unknown := [name for name in charge_points if name not in names]:
        raise click.UsageError(f"--charge-point {unknown[0]}: the file has {', '.join(filter(None, names)) or 'none'}")
    stop = _stop(timeline, at)
    records = limit_records(timeline, stop)
    chosen = [name for name in names if name in records and (not charge_points or name in charge_points)]
    if not chosen:
        raise click.UsageError("the file has no record" if at is None else f"--at {at}: there is no record until then")
    accounts = (account for name in chosen for account in _accounts(timeline, records[name], place, hours))
    if as_json:
        show_json([limit_json(account) for account in accounts])
        return
    for number, account in enumerate(accounts):
        show_lines([*([""] if number else []), Heading(limit_title(account)), *limit_lines(account)])


def _accounts(timeline: Timeline, records: RecordsOfOne, place: int | None, hours: int) -> list[LimitAccount]:
    from ocpptui.diagnosis.limit_account import account_of, places_of
    from ocpptui.stations.limit_reader import LimitReader

    reader = LimitReader(timeline, records.last, records.relevant)
    while not reader.advance(AT_ONCE):
        pass
    return [account_of(reader, each, hours=hours) for each in (places_of(reader) if place is None else [place])]


def _stop(timeline: Timeline, at: str | None) -> int:
    """The index after the record, or after the last one before a time. Raises click.UsageError."""
    from ocpptui.filter.query import QueryError, parse_filter
    from ocpptui.filter.selection import Selection

    if at is None:
        return len(timeline)
    if at.isascii() and at.isdigit():
        if int(at) > len(timeline):
            raise click.UsageError(f"--at {at}: the last record is {len(timeline)}")
        return int(at)
    try:
        selection = Selection(timeline, parse_filter(f"before:{at}"))
    except QueryError as error:
        words = error.message.replace("before expects", "expects a record or", 1)
        raise click.UsageError(f"--at {at}: {words}") from None
    while not selection.advance(AT_ONCE):
        pass
    return selection.index_of_row(len(selection) - 1) + 1 if len(selection) else 0
