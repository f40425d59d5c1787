"""The replays of a session, from the consent of the user to the end, and one begun from an opened file."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ocpptui.ocpp.version import Role
from ocpptui.replay.plan import Plan, plan
from ocpptui.replay.player import Player
from ocpptui.replay.substitutions import Substitutions
from ocpptui.runtime.tasks import Tasks
from ocpptui.session.session import Session
from ocpptui.session.settings import SessionSettings, client_settings, server_settings
from ocpptui.timeline.timeline import Timeline

if TYPE_CHECKING:
    from ocpptui.recording.writer import RecordingWriter


class RunningReplays:
    """Players of one session, which connect and play as soon as the user has agreed to their targets."""

    def __init__(self, session: Session, players: Sequence[Player], connect: Callable[[], Awaitable[object]]) -> None:
        """`connect` connects the session, or lets it listen."""
        self.session = session
        self.players = tuple(players)
        self._connect = connect
        self._tasks = Tasks("replay")

    async def start(self) -> None:
        """Begin; a central system listens before this returns. Raises CannotListen."""
        if self.session.role is Role.CENTRAL_SYSTEM:
            await self._connect()
        self._tasks.start(self._play(), "replay")

    async def _play(self) -> None:
        for player in self.players:
            await player.agreed()
        if self.session.role is Role.CHARGE_POINT:
            await self._connect()
        for player in self.players:
            self._tasks.start(player.run(), "player")

    async def close(self) -> None:
        """Stop playing and close the session."""
        await self._tasks.cancel()
        await self.session.close()


def replay_of(
    timeline: Timeline,
    role: Role,
    charge_point: str | None,
    target: str,
    begin_recording: Callable[[], RecordingWriter],
    *,
    keep_secrets: bool = False,
) -> RunningReplays:
    """A replay of one charge point of a timeline, paused, with the times of now.

    `target` is the URL of a central system, or for a replay as one, `HOST:PORT` to listen on. Raises PlanError and
    WrongSetting.
    """
    chosen = plan(timeline, role, charge_point=charge_point)
    begin = (_to_connect if role is Role.CHARGE_POINT else _to_listen)(chosen, target)
    settings = SessionSettings(automatic=False, keep_secrets=keep_secrets)
    session = Session(role=role, writer=begin_recording(), settings=settings)
    rules = Substitutions(shift_times=True)
    player = Player(chosen, session, once=role is Role.CHARGE_POINT, rules=rules, lingers=True)

    return RunningReplays(session, [player], lambda: begin(session))


Begin = Callable[[Session], Awaitable[object]]


def _to_connect(chosen: Plan, url: str) -> Begin:
    """Raises WrongSetting."""
    values = {"url": url, "charge_point": chosen.charge_point, "no_reconnect": True}
    settings = client_settings(values)
    if chosen.version is not None:
        settings = replace(settings, versions=(chosen.version,))
    return lambda session: session.connect(settings)


def _to_listen(chosen: Plan, address: str) -> Begin:
    """Raises WrongSetting."""
    host, _, port = address.rpartition(":")
    settings = server_settings({"host": host.strip("[]"), "port": port})
    if chosen.version is not None:
        settings = replace(settings, versions=(chosen.version,))
    return lambda session: session.listen(settings)
