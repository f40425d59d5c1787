"""`ocpptui replay FILE`: repeat a recording against a live peer, in either role."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ocpptui.cli.central_system import server_settings
from ocpptui.cli.charge_point import client_options, client_settings
from ocpptui.cli.exit_codes import ExitCode
from ocpptui.cli.options import VersionType, headless_options, recording_options
from ocpptui.protocol.version import Role

if TYPE_CHECKING:
    from ocpptui.replay.plan import Plan
    from ocpptui.replay.player import Player
    from ocpptui.replay.report import Report
    from ocpptui.session.session import Session
    from ocpptui.timeline.timeline import Timeline

ROLES = {
    "charge-point": Role.CHARGE_POINT,
    "cp": Role.CHARGE_POINT,
    "station": Role.CHARGE_POINT,
    "central-system": Role.CENTRAL_SYSTEM,
    "cs": Role.CENTRAL_SYSTEM,
    "csms": Role.CENTRAL_SYSTEM,
}


class RoleType(click.ParamType[Role]):
    """One of the two roles, by any of its names."""

    name = "role"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Role:
        role = ROLES.get(str(value))
        if role is None:
            self.fail(f"{value!r} is no role; it is charge-point or central-system", param, ctx)
        return role


class SpeedType(click.ParamType[float | None]):
    """How many times as fast as recorded, or `max`."""

    name = "speed"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float | None:
        if str(value) == "max":
            return None
        try:
            speed = float(value)
        except ValueError:
            speed = 0.0
        if not 0 < speed < float("inf"):
            self.fail(f"{value!r} is no speed; write a number over 0 such as 1 or 0.5, or max", param, ctx)
        return speed


@click.command("replay")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--as", "role", type=RoleType(), required=True, help="Whose frames to send: charge-point, central-system."
)
@click.option("--to", "url", help="URL of the central system, with --as charge-point.")
@click.option(
    "--charge-point", "recorded", metavar="ID", help="Which charge point of the recording, if it has several."
)
@click.option("--connection", "connections", type=int, multiple=True, help="Only this connection of it; repeatable.")
@click.option("--speed", type=SpeedType(), default="max", show_default=True, help="Keep the pauses, N times as fast.")
@click.option(
    "--patience",
    type=click.FloatRange(min=0),
    default=10.0,
    show_default=True,
    help="Seconds to wait for a call that the recorded peer made.",
)
@click.option("--step", is_flag=True, help="Headless: send one frame for each line on standard input.")
@click.option("--send-masked", is_flag=True, help="Also send calls whose secret was masked, with the mask in it.")
@client_options
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on, with --as central-system.")
@click.option("--port", type=click.IntRange(0, 65535), default=9000, show_default=True, help="0 takes a free one.")
@click.option("--assume-version", type=VersionType(), help="Accept a charge point that offers no subprotocol.")
@click.option("--client-ca", type=click.Path(exists=True, dir_okay=False), help="Ask for a certificate of this CA.")
@recording_options
@headless_options
@click.option("--json", "as_json", is_flag=True, help="Headless: the report as JSON on standard output, no records.")
def command(
    file: Path,
    role: Role,
    url: str | None,
    recorded: str | None,
    connections: tuple[int, ...],
    speed: float | None,
    patience: float,
    step: bool,
    send_masked: bool,
    record: Path | None,
    keep_secrets: bool,
    call_timeout: float,
    headless: bool,
    duration: float | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Repeat a recording against a live peer and report what it does differently.

    The recorded frames of one side are sent in their order, each when the recording sent it: after the answers that
    it waited for. Message ids are fresh; transaction ids and the like are those of the live peer. Its calls are
    answered as recorded. As a charge point it connects under --id, by default the recorded one; as a central system
    it listens and waits for a charge point, with --id for that one.

    \b
    Exit codes: 0 the peer did the same, 1 it did not, 2 wrong usage, 3 no connection or lost, 4 --duration was over.

    \b
    Examples:
      ocpptui replay charge.jsonl --as charge-point --to ws://localhost:9000
      ocpptui replay charge.jsonl --as charge-point --to wss://csms.example/ocpp --id TEST1 --speed 1
      ocpptui replay charge.jsonl --as central-system --host 0.0.0.0 --headless
    """
    from ocpptui.cli.running import recording
    from ocpptui.replay.player import Player
    from ocpptui.session.session import Session, SessionSettings

    headless = headless or as_json
    if not headless and (step or duration is not None):
        raise click.UsageError(f"{'--step' if step else '--duration'} goes with --headless")
    made = _planned(file, role, recorded, connections, send_masked)
    target, connect = _link(made, url, options)
    settings = SessionSettings(automatic=False, call_timeout=call_timeout, keep_secrets=keep_secrets)
    session = Session(role=role, writer=recording(record, f"replay-{role}"), settings=settings)
    player = Player(
        made,
        session,
        charge_point=options["charge_point"] if role is Role.CENTRAL_SYSTEM else None,
        speed=speed,
        patience=patience,
        once=role is Role.CHARGE_POINT,
    )
    if headless:
        sys.exit(asyncio.run(_headless(player, lambda: connect(session), target, duration, step, as_json)))
    _on_screen(player, lambda: connect(session))


def _on_screen(player: Player, connect: Callable[[], Awaitable[object]]) -> None:
    """Show the session with the replay's controls, paused at first; the report stays in the terminal."""
    from ocpptui.cli.running import show
    from ocpptui.link.tasks import Tasks

    tasks = Tasks("replay")

    async def start() -> None:
        await connect()
        tasks.start(player.run(), "player")

    async def close() -> None:
        await tasks.cancel()
        await player.session.close()

    try:
        show(player.session, start, close, replay=player)
    finally:
        if player.report.sent:
            click.echo(player.report.to_text(), err=True)


def _planned(file: Path, role: Role, recorded: str | None, connections: tuple[int, ...], secrets: bool) -> Plan:
    """The plan of what is sent. Raises click.UsageError."""
    from ocpptui.capture.errors import RecordingError
    from ocpptui.replay.plan import PlanError, plan

    try:
        timeline = _read(file)
        return plan(timeline, role, charge_point=recorded, connections=connections or None, secrets=secrets)
    except (RecordingError, PlanError) as error:
        raise click.UsageError(str(error)) from None


def _read(file: Path) -> Timeline:
    from ocpptui.capture.indexing import Indexer
    from ocpptui.timeline.timeline import Timeline

    timeline = Timeline()
    indexer = Indexer(file, timeline)
    while not indexer.advance(1.0):
        pass
    if indexer.unreadable:
        click.echo(f"{file}: {indexer.unreadable} lines are no records and are left out", err=True)
    return timeline


def _link(made: Plan, url: str | None, options: dict[str, Any]) -> tuple[str, Callable[[Session], Awaitable[object]]]:
    """Where the replay goes, for people, and what connects or listens. Raises click.UsageError."""
    if not options["versions"]:
        if made.version is None:
            raise click.UsageError("the recording does not say which OCPP version it is; say it with --version")
        options["versions"] = (made.version,)
    if made.role is Role.CENTRAL_SYSTEM:
        if url is not None:
            raise click.UsageError("--to goes with --as charge-point; a central system listens on --host and --port")
        server = server_settings({**options, "max_connections": _MAX_CONNECTIONS})
        return options["charge_point"] or "the first charge point that connects", lambda session: session.listen(server)
    if url is None:
        raise click.UsageError("--as charge-point needs --to URL, the central system to connect to")
    from ocpptui.link.client import requested_url

    options["charge_point"] = options["charge_point"] or made.charge_point
    client = client_settings(url, options, reconnect=False)
    return requested_url(client), lambda session: session.connect(client)


async def _headless(
    player: Player,
    connect: Callable[[], Awaitable[object]],
    target: str,
    duration: float | None,
    step: bool,
    as_json: bool,
) -> ExitCode:
    from ocpptui.cli.headless import run_headless, say

    made, report = player.plan, player.report

    async def start() -> None:
        versions = f"OCPP {made.version}" if made.version is not None else "OCPP"
        whose = made.charge_point or "a charge point without an id"
        say(f"replaying {whose} as {made.role.value.replace('-', ' ')}, {versions}, {made.sends} frames, to {target}")
        await connect()

    def connected() -> None:
        if player.connection is not None:
            leave()
            say(f"connected: {player.connection.charge_point}, {player.connection.url}")

    async def work() -> ExitCode:
        if step:
            _step_by_lines(player)
        else:
            player.play()
        return _exit_code(await player.run())

    leave = player.subscribe(connected)
    code = await run_headless(player.session, start, duration, work=work, records=not as_json)
    if as_json:
        click.echo(json.dumps(report.to_dict(), ensure_ascii=False, indent=2))
    else:
        say(report.to_text())
    return code


def _step_by_lines(player: Player) -> None:
    """Send a frame for each line that comes in; at the end of the input play to the end."""
    loop = asyncio.get_running_loop()
    file = sys.stdin.fileno()

    def readable() -> None:
        data = os.read(file, 4096)
        for _ in range(data.count(b"\n")):
            player.step()
        if not data:
            loop.remove_reader(file)
            player.play()

    try:
        loop.add_reader(file, readable)
    except PermissionError:  # a file or /dev/null, which can always be read
        for _ in sys.stdin:
            player.step()
        player.play()


def _exit_code(report: Report) -> ExitCode:
    from ocpptui.replay.report import Outcome

    if report.outcome is Outcome.LOST:
        return ExitCode.NO_CONNECTION
    return ExitCode.DONE if report.is_same else ExitCode.FOUND


_MAX_CONNECTIONS = 10
"""A replay is for one charge point; a few more may connect meanwhile, and are left alone."""
