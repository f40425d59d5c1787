"""`ocpptui limits FILE`: why a connector or EVSE has the limit that it has."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ocpptui.cli.importing_options import import_options, import_options_of, tell
from ocpptui.cli.output import Heading, say_secrets_are_kept, show_json, show_lines

if TYPE_CHECKING:
    from ocpptui.diagnosis.limit_account import LimitAccount
    from ocpptui.timeline.timeline import Timeline

AT_ONCE = 0.5
"""Seconds of reading between two checks for the end."""


@click.command("limits")
@click.argument("source", metavar="FILE", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--at", metavar="RECORD|TIME", help="At this record, from 1, or time [default: the last record].")
@click.option("--charge-point", metavar="ID", help="Only the charge point with this id.")
@click.option("--connector", "place", type=click.IntRange(min=0), help="Connector, or EVSE in 2.x; 0 for all together.")
@click.option("--hours", type=click.IntRange(1, 168), default=3, show_default=True, help="Hours of the schedule.")
@click.option("--format", "shape", type=click.Choice(("text", "json")), default="text", help="[default: text]")
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

    \b
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
    try:
        opening.read_whole()
        timeline = opening.session.timeline
        if opening.failures and not len(timeline):
            raise click.UsageError("; ".join(opening.failures))
        tell(opening, everything=given["show_skipped"])
        show_limits(timeline, at, charge_point, place, hours, as_json=shape == "json")
    finally:
        asyncio.run(opening.close())


def show_limits(
    timeline: Timeline, at: str | None, charge_point: str | None, place: int | None, hours: int, *, as_json: bool
) -> None:
    """Write an account for each charge point and connector. Raises click.UsageError if `at` names no record."""
    from ocpptui.describe.limit_texts import limit_json, limit_lines, limit_title

    names = timeline.charge_points() or ("",)
    if charge_point is not None and charge_point not in names:
        raise click.UsageError(f"--charge-point {charge_point}: the file has {', '.join(names) or 'none'}")
    chosen = names if charge_point is None else (charge_point,)
    indexes = [index for name in chosen if (index := _last_record(timeline, at, name)) is not None]
    if not indexes:
        raise click.UsageError("the file has no record" if at is None else f"--at {at}: there is no record until then")
    accounts = [account for index in indexes for account in _accounts(timeline, index, place, hours)]
    if as_json:
        show_json([limit_json(account) for account in accounts])
        return
    for number, account in enumerate(accounts):
        show_lines([*([""] if number else []), Heading(limit_title(account)), *limit_lines(account)])


def _accounts(timeline: Timeline, index: int, place: int | None, hours: int) -> list[LimitAccount]:
    from ocpptui.diagnosis.limit_account import account_of, places_of
    from ocpptui.stations.limit_reader import LimitReader

    reader = LimitReader(timeline, index)
    while not reader.advance(AT_ONCE):
        pass
    return [account_of(reader, each, hours=hours) for each in (places_of(reader) if place is None else [place])]


def _last_record(timeline: Timeline, at: str | None, charge_point: str) -> int | None:
    """The last record of a charge point, up to a record or before a time. Raises click.UsageError."""
    from ocpptui.filter.query import QueryError, parse_filter
    from ocpptui.filter.selection import Selection

    stop = len(timeline)
    if at is not None and at.isascii() and at.isdigit():
        stop, at = min(int(at), stop), None
    try:
        query = parse_filter("" if at is None else f"before:{at}")
    except QueryError as error:
        raise click.UsageError(f"--at {at}: {error}") from None
    selection = Selection(timeline, query, charge_point or None)
    while not selection.advance(AT_ONCE):
        pass
    last = len(selection) - 1 if stop == len(timeline) else selection.row_of(stop - 1)
    index = selection.index_of_row(last) if last >= 0 and len(selection) else stop
    return index if index < stop else None
