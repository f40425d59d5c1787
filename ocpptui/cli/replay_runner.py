"""Runs replays: their targets, the confirmation, on screen or headless, one or several together."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ocpptui.cli.exit_codes import ExitCode
from ocpptui.cli.options import settings_from
from ocpptui.cli.output import agrees, say, show
from ocpptui.ocpp.counted import counted
from ocpptui.ocpp.identity import WITHOUT_ID
from ocpptui.ocpp.version import Role
from ocpptui.runtime.portable_files import write_private
from ocpptui.runtime.standard_input import StandardInput

if TYPE_CHECKING:
    from ocpptui.network.client_settings import ClientSettings
    from ocpptui.network.server_settings import ServerSettings
    from ocpptui.replay.ignored_paths import Ignoring
    from ocpptui.replay.plan import Plan
    from ocpptui.replay.player import Player
    from ocpptui.replay.substitutions import Substitutions
    from ocpptui.session.session import Session

SPARE_CONNECTIONS = 10
"""How many other charge points may connect in addition to those of the replay; they are ignored."""


class Replay:
    """One or several plans against one peer, or one for each charge point that connects."""

    def __init__(
        self,
        plans: Sequence[Plan],
        role: Role,
        url: str | None,
        options: Mapping[str, object],
        rules: Substitutions,
    ) -> None:
        """`options` are those of the connections. Raises click.UsageError."""
        from ocpptui.session.settings import client_settings, server_settings

        self.players: list[Player] = []
        self._plans = plans
        self._role = role
        self._server: ServerSettings | None = None
        self._clients: list[ClientSettings] = []
        ids = rules.charge_points
        chosen = str(options["charge_point"] or "")
        if chosen and len(plans) > 1:
            raise click.UsageError("--id names one charge point; for several, rename each with --map-id RECORDED=LIVE")
        self._names: list[str] = [chosen or ids.get(plan.charge_point, plan.charge_point) for plan in plans]
        if any(plan.version is None for plan in plans) and not options["versions"]:
            raise click.UsageError("the recording does not name its OCPP version; give it with --version")
        if role is Role.CENTRAL_SYSTEM:
            if url is not None:
                raise click.UsageError("--to needs --as charge-point; a central system listens on --host and --port")
            versions = options["versions"] or tuple(dict.fromkeys(plan.version for plan in plans))
            limit = len(plans) + SPARE_CONNECTIONS
            values = {**options, "versions": versions, "max_connections": limit}
            self._server = settings_from(server_settings, values)
            if len(plans) == 1 and not chosen and plans[0].charge_point not in ids:
                self._names = [""]  # any charge point
        elif url is None:
            raise click.UsageError("--as charge-point needs --to with the URL of the central system")
        else:
            values = {**options, "url": url, "charge_point": self._names[0], "no_reconnect": True}
            common = settings_from(client_settings, values)
            for name, plan in zip(self._names, plans, strict=True):
                named = common.versions if options["versions"] or plan.version is None else (plan.version,)
                self._clients.append(replace(common, charge_point=name, versions=named))

    @property
    def targets(self) -> list[str]:
        """The target of each replay, for people: the URL that is actually requested, without secrets."""
        from ocpptui.network.client_settings import requested_url
        from ocpptui.ocpp.secrets import mask_own_text

        if self._role is Role.CENTRAL_SYSTEM:
            return [name or "the first charge point that connects" for name in self._names]
        return [mask_own_text(requested_url(settings)) for settings in self._clients]

    def confirm(self, yes: bool) -> bool:
        """Show the replays and their targets; on a terminal ask for confirmation, unless `yes`. False if refused."""

        for plan, target in zip(self._plans, self.targets, strict=True):
            whose = plan.charge_point or WITHOUT_ID
            role, version = plan.role.words, f"OCPP {plan.version}" if plan.version else "OCPP"
            say(f"replaying {whose} as {role}, {version}, {counted(plan.sends, 'frame')}, to {target}")
        if yes or self._role is Role.CENTRAL_SYSTEM or not sys.stdin.isatty():
            return True
        return agrees("Connect to this URL?" if len(self._plans) == 1 else "Connect to these?")

    def begin(
        self,
        session: Session,
        *,
        ask: bool,
        speed: float | None,
        delay: float,
        rounds: int | None,
        patience: float,
        rules: Substitutions,
        ignoring: Ignoring,
        lingers: bool,
    ) -> None:
        """Create the players; with `ask`, the screen asks for confirmation before a connection is made."""
        from ocpptui.replay.player import Player

        is_client = self._role is Role.CHARGE_POINT
        names = [name if len(self._plans) > 1 or not is_client else None for name in self._names]
        for plan, name, target in zip(self._plans, names, self.targets, strict=True):
            asked = target if ask and is_client else ""
            player = Player(
                plan,
                session,
                charge_point=name or None,
                once=is_client,
                target=asked,
                speed=speed,
                delay=delay,
                rounds=rounds,
                patience=patience,
                rules=rules,
                ignoring=ignoring,
                lingers=lingers,
            )
            self.players.append(player)

    @property
    def session(self) -> Session:
        return self.players[0].session

    async def _connect(self) -> None:
        """Raises CannotListen."""
        if self._server is not None:
            await self.session.listen(self._server)
        for settings in self._clients:
            await self.session.connect(settings)

    # -- on screen ----------------------------------------------------------------------------------------------

    def run_on_screen(self) -> int:
        """Show the session with the controls of the replay, paused at first; print the report at the end."""
        from ocpptui.cli.run_session import show_screen
        from ocpptui.replay.running_replays import RunningReplays

        replays = RunningReplays(self.session, self.players, self._connect)
        try:
            return show_screen(self.session, start=replays.start, close=replays.close, replay=replays.players)
        finally:
            for player in self.players:
                if player.report.sent:
                    say(player.report.to_text())

    # -- without a screen ---------------------------------------------------------------------------------------

    def run_headless(self, duration: float | None, step: bool, as_json: bool) -> ExitCode:
        """Play to the end and print records or reports; return the exit code."""
        return asyncio.run(self._headless(duration, step, as_json))

    async def _headless(self, duration: float | None, step: bool, as_json: bool) -> ExitCode:
        from ocpptui.cli.headless import run_headless

        async def work() -> ExitCode:
            if step:
                _step_by_lines(self.players)
            else:
                for player in self.players:
                    player.play()
            await asyncio.gather(*(player.run() for player in self.players))
            return self._exit_code()

        for player in self.players:
            _tell_connection(player)
        code = await run_headless(self.session, self._connect, duration, work=work, records=not as_json)
        if as_json:
            show(self._json())
        else:
            for player in self.players:
                if len(self.players) > 1:
                    say(f"{player.plan.charge_point}:")
                say(player.report.to_text())
        return code

    def _exit_code(self) -> ExitCode:
        from ocpptui.replay.replay_report import Outcome

        reports = [player.report for player in self.players]
        if any(report.outcome is Outcome.LOST for report in reports):
            return ExitCode.NO_CONNECTION
        return ExitCode.DONE if all(report.is_same for report in reports) else ExitCode.FOUND

    def write_report(self, path: Path) -> bool:
        """Write the report as JSON; on failure say so and return False."""

        try:
            write_private(path, self._json() + "\n")
        except OSError as error:
            say(f"{path}: {error.strerror or error}")
            return False
        return True

    def _json(self) -> str:
        """The report, or an object with the reports of several replays."""
        reports = [player.report.to_dict() for player in self.players]
        whole = reports[0]
        if len(reports) > 1:
            whole = {"same": all(report["same"] for report in reports), "replays": reports}
        return json.dumps(whole, ensure_ascii=False, indent=2)


def _tell_connection(player: Player) -> None:
    """Report the connection once on standard error."""

    def connected() -> None:
        if player.connection is not None:
            leave()
            say(f"connected: {player.connection.charge_point}, {player.connection.url}")

    leave = player.subscribe(connected)


def _step_by_lines(players: Sequence[Player]) -> None:
    """Send one frame per replay for each input line; at the end of the input, play to the end."""
    loop = asyncio.get_running_loop()

    def step(lines: int) -> None:
        for _ in range(lines):
            for player in players:
                player.step()

    def readable() -> None:
        while data := source.read():
            step(data.count(b"\n"))
        if data == b"":
            for player in players:
                player.play()

    def tell() -> None:
        with suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(readable)

    source = StandardInput(tell)
