"""`ocpptui replay FILE`: repeat a recording against a live peer, in either role."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ocpptui.cli.charge_point_command import client_options
from ocpptui.cli.number_types import AnyNumber, WholeNumber
from ocpptui.cli.options import VersionType, headless_options, lenient_option, recording_options
from ocpptui.cli.output import say
from ocpptui.cli.replay_options import (
    FilterType,
    RoleType,
    SpeedType,
    choice_options,
    ignore_option,
    ignoring,
    rewriting_options,
)
from ocpptui.ocpp.version import Role

if TYPE_CHECKING:
    from ocpptui.filter.query import Query
    from ocpptui.replay.plan import Plan, ReplayScope


@click.command("replay")
@click.argument("file", type=click.Path(exists=True, allow_dash=True, path_type=Path))
@click.option(
    "--as",
    "role",
    type=RoleType(),
    required=True,
    help="The side whose frames to send: charge-point or central-system.",
)
@click.option("--to", "url", help="URL of the central system, with --as charge-point.")
@click.option("--yes", is_flag=True, help="Do not ask whether the URL is the right one.")
@click.option(
    "--charge-point", "recorded", metavar="ID", multiple=True, help="Charge point of the recording; repeatable."
)
@click.option(
    "--all", "everybody", is_flag=True, help="Replay all its charge points together, each on its own connection."
)
@click.option(
    "--connection", "connections", type=int, multiple=True, help="Only this connection of the recording; repeatable."
)
@choice_options
@click.option(
    "--speed",
    type=SpeedType(),
    default="max",
    show_default=True,
    help="Keep the recorded pauses, at 0.1 to 100 times the speed.",
)
@click.option("--delay", type=AnyNumber(min=0), default=0.0, help="Seconds to wait before each frame.")
@click.option(
    "--loop",
    "rounds",
    type=WholeNumber(min=0),
    is_flag=False,
    flag_value=0,
    default=1,
    metavar="[N]",
    help="Repeat endlessly, or play N times.",
)
@click.option(
    "--patience",
    type=AnyNumber(min=0),
    default=10.0,
    show_default=True,
    help="Seconds to wait for each call that the recorded peer made.",
)
@click.option("--step", is_flag=True, help="Headless: send one frame for each line on standard input.")
@click.option(
    "--break",
    "breakpoints",
    type=FilterType(),
    metavar="EXPR",
    multiple=True,
    help="On screen: pause at matching frames.",
)
@click.option("--send-masked", is_flag=True, help="Also send calls whose secret was masked, with the mask.")
@rewriting_options
@ignore_option
@click.option(
    "--report", "report_file", metavar="FILE", help="Write the report as JSON to this file, or - for standard output."
)
@client_options
@lenient_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on, with --as central-system.")
@click.option(
    "--port",
    type=WholeNumber(0, 65535),
    default=9000,
    show_default=True,
    help="Port to listen on; 0 picks a free one.",
)
@click.option("--assume-version", type=VersionType(), help="Accept a charge point that offers no subprotocol.")
@click.option(
    "--client-ca", type=click.Path(exists=True, dir_okay=False), help="Require a client certificate from this CA."
)
@recording_options
@headless_options
@click.option("--json", "as_json", is_flag=True, help="Headless: print the report as JSON instead of the records.")
def command(
    file: Path,
    role: Role,
    url: str | None,
    yes: bool,
    recorded: tuple[str, ...],
    everybody: bool,
    connections: tuple[int, ...],
    first: Query | None,
    last: Query | None,
    only: Query | None,
    skip: Query | None,
    speed: float | None,
    delay: float,
    rounds: int,
    patience: float,
    step: bool,
    breakpoints: tuple[Query, ...],
    send_masked: bool,
    keep_message_ids: bool,
    keep_timestamps: bool,
    tokens: tuple[tuple[str, str], ...],
    ids: tuple[tuple[str, str], ...],
    serials: tuple[tuple[str, str], ...],
    ignored: tuple[str, ...],
    report_file: str | None,
    record: Path | None,
    keep_free: int | None,
    keep_secrets: bool,
    call_timeout: float,
    headless: bool,
    duration: float | None,
    as_json: bool,
    **options: object,
) -> None:
    """Repeat a recording against a live peer and report what it does differently.

    The recorded frames of one side are sent in order, each after the answers that preceded it in the recording. Message
    ids are new; transaction ids, reservation ids and so on are those of the live peer; times are shifted so that the
    recording starts now. Calls of the peer are answered as recorded. As a charge point, it connects with --id, by
    default the recorded id; as a central system, it listens and waits for a charge point, or for the one with --id. On
    a terminal it asks before it connects.

    Exit codes: 0 the peer did the same, 1 it did not, 2 wrong usage, 3 no connection or connection lost, 4 end of
    --duration, 130 interrupted or not confirmed.

    \b
    Examples:
      ocpptui replay charge.jsonl --as charge-point --to ws://localhost:9000
      ocpptui replay charge.jsonl --as charge-point --to wss://csms.example/ocpp --id TEST1 --speed 1
      ocpptui replay site.jsonl --as cp --all --to ws://localhost:9000 --only action:StartTransaction --json
      ocpptui replay charge.jsonl --as central-system --host 0.0.0.0 --headless
    """
    from ocpptui.cli.replay_runner import Replay
    from ocpptui.cli.run_session import recording
    from ocpptui.replay.plan import ReplayScope
    from ocpptui.replay.substitutions import Substitutions
    from ocpptui.session.session import Session
    from ocpptui.session.settings import SessionSettings

    as_json = as_json or report_file == "-"
    headless = headless or as_json
    if not headless and (step or duration is not None):
        raise click.UsageError(f"{'--step' if step else '--duration'} needs --headless")
    if headless and breakpoints:
        raise click.UsageError("--break needs the screen: with --headless, nobody can continue")
    rules = Substitutions(keep_message_ids, not keep_timestamps, dict(tokens), dict(ids), dict(serials))
    paths = ignoring(ignored)
    choice = ReplayScope(first, last, only, skip)
    plans = _plans(file, role, recorded, everybody, connections, send_masked, keep_secrets, choice)
    replay = Replay(plans, role, url, options, rules)
    if headless and not replay.confirm(yes):
        sys.exit(130)
    settings = SessionSettings(automatic=False, call_timeout=call_timeout, keep_secrets=keep_secrets)
    session = Session(role=role, writer=recording(record, f"replay-{role}", keep_free), settings=settings)
    replay.begin(
        session,
        ask=not (headless or yes),
        speed=speed,
        delay=delay,
        rounds=rounds or None,
        patience=patience,
        rules=rules,
        ignoring=paths,
        lingers=not headless,
    )
    for player in replay.players:
        player.breakpoints = breakpoints
    code: int = replay.run_headless(duration, step, as_json) if headless else replay.run_on_screen()
    if report_file is not None and report_file != "-" and not replay.write_report(Path(report_file)):
        code = code or 2
    sys.exit(code)


def _plans(
    file: Path,
    role: Role,
    recorded: tuple[str, ...],
    everybody: bool,
    connections: tuple[int, ...],
    secrets: bool,
    keep_secrets: bool,
    choice: ReplayScope,
) -> list[Plan]:
    """The plan for each charge point. Raises click.UsageError."""
    from ocpptui.cli.load_files import read_whole
    from ocpptui.cli.option_remedies import plan_words
    from ocpptui.replay.plan import PlanError, charge_points, plan

    if recorded and everybody:
        raise click.UsageError("--all includes every charge point; remove --charge-point")
    timeline = read_whole([file], keep_secrets=keep_secrets).session.timeline
    names: list[str | None] = list(dict.fromkeys(recorded)) or [None]
    if everybody:
        names = [found.charge_point for found in charge_points(timeline)] or [None]
    plans, reasons = [], []
    for name in names:
        try:
            chosen = connections or None
            plans.append(plan(timeline, role, charge_point=name, connections=chosen, secrets=secrets, choice=choice))
        except PlanError as error:
            reasons.append(plan_words(error))
    if reasons and not (everybody and plans):
        raise click.UsageError("; ".join(reasons))
    for reason in reasons:
        say(f"left out: {reason}")
    return plans
