"""`ocpptui diff A B`: the differences between two recordings of the same scenario."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import click

from ocpptui.cli.exit_codes import ExitCode
from ocpptui.cli.importing_options import unmasked_option
from ocpptui.cli.output import say_secrets_are_kept, show, show_json
from ocpptui.cli.replay_options import PairType, ignore_option, ignoring


@click.command("diff")
@click.argument("first", metavar="A", type=click.Path(exists=True, path_type=Path, allow_dash=True))
@click.argument("second", metavar="B", type=click.Path(exists=True, path_type=Path, allow_dash=True))
@click.option("--charge-point", "names", metavar="ID", multiple=True, help="Only this charge point of A; repeatable.")
@click.option(
    "--map-id",
    "ids",
    type=PairType(),
    multiple=True,
    metavar="A=B",
    help="Charge point A in the first is B in the second.",
)
@click.option(
    "--map-token",
    "tokens",
    type=PairType(),
    multiple=True,
    metavar="A=B",
    help="Token A in the first is B in the second.",
)
@click.option(
    "--map-serial", "serials", type=PairType(), multiple=True, metavar="A=B", help="The same for serial numbers."
)
@ignore_option
@unmasked_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    first: Path,
    second: Path,
    names: tuple[str, ...],
    ids: tuple[tuple[str, str], ...],
    tokens: tuple[tuple[str, str], ...],
    serials: tuple[tuple[str, str], ...],
    ignored: tuple[str, ...],
    keep_secrets: bool,
    as_json: bool,
) -> None:
    """Compare two recordings: how B differs from A.

    Calls and answers are paired by content and order. Differences that must occur are ignored: times, message ids, and
    the ids that either side chooses (transactions, reservations, requests), as long as they are used consistently.
    Heartbeats are ignored too.

    Exit codes: 0 no differences, 1 differences, 2 wrong usage or unreadable input.

    \b
    Examples:
      ocpptui diff before.jsonl after.jsonl
      ocpptui diff before.jsonl after.jsonl --ignore BootNotification:interval --json
    """
    from ocpptui.cli.load_files import read_whole
    from ocpptui.replay.plan import PlanError
    from ocpptui.replay.recording_diff import diff
    from ocpptui.replay.substitutions import Substitutions

    paths = ignoring(ignored)
    if keep_secrets:
        say_secrets_are_kept()
    rules = Substitutions(tokens=dict(tokens), charge_points=dict(ids), serials=dict(serials))
    openings = [read_whole([path], keep_secrets=keep_secrets) for path in (first, second)]
    try:
        here, there = (opening.session.timeline for opening in openings)
        result = diff(here, there, only=names, rules=rules, ignoring=paths)
        if as_json:
            show_json(result.to_dict())
        else:
            show(result.to_text())
    except PlanError as error:
        raise click.UsageError(str(error)) from None
    finally:
        for opening in openings:
            asyncio.run(opening.close())
    sys.exit(ExitCode.DONE if result.is_same else ExitCode.FOUND)
