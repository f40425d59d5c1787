"""The line that shows the progress of a replay and controls it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.widgets import Static
from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol

from ocpptui.network.client_settings import ClientSettings
from ocpptui.ocpp.version import Direction, Role, Version
from ocpptui.replay.plan import plan
from ocpptui.replay.player import Player
from ocpptui.replay.step_words import replay_step_line
from ocpptui.runtime.tasks import Tasks
from ocpptui.session.session import Session
from ocpptui.session.settings import SessionSettings
from ocpptui.timeline.record import message_record
from ocpptui.timeline.timeline import Timeline
from ocpptui.tui.commands.command import Where
from ocpptui.tui.commands.command_registry import bindings
from ocpptui.tui.screens.replay_report_screen import ReplayReport
from ocpptui.tui.widgets import replay_bar
from ocpptui.tui.widgets.replay_bar import SPEEDS, ReplayBar

KEYS = "f5 play  f6 step  f7 f8 speed"


class BarApp(App[None]):
    CSS_PATH = [Path(replay_bar.__file__).with_suffix(".tcss")]
    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.REPLAY)

    def __init__(self, player: Player) -> None:
        super().__init__()
        self.player = player
        self.ended = 0

    def compose(self) -> ComposeResult:
        yield ReplayBar(self.player)

    def action_replay(self, command: str) -> None:
        getattr(self.query_one(ReplayBar), command)()

    @on(ReplayBar.Ended)
    def count(self) -> None:
        self.ended += 1

    @property
    def text(self) -> str:
        """The line as shown on the screen."""
        return self.query_one(ReplayBar).render_line(0).text.rstrip()


def recorded(calls: int) -> Timeline:
    """A charge point that authorizes this many tokens, each accepted with an empty result."""
    timeline = Timeline()
    for time in range(calls):
        for direction, raw in (
            (Direction.TO_CSMS, f'[2,"{time}","Authorize",{{"idTag":"{time}"}}]'),
            (Direction.TO_CHARGE_POINT, f'[3,"{time}",{{}}]'),
        ):
            record = message_record(
                raw, time=time, connection=1, direction=direction, charge_point="CP", version=Version.V16
            )
            timeline.append(record)
    return timeline


def player_of(calls: int) -> Player:
    session = Session(role=Role.CHARGE_POINT, settings=SessionSettings(automatic=False))
    return Player(plan(recorded(calls), Role.CHARGE_POINT), session, once=True)


@asynccontextmanager
async def connected(player: Player) -> AsyncIterator[str]:
    """A player that runs against a backend whose second answer differs, and the URL."""

    async def answer(connection: ServerConnection) -> None:
        async for message in connection:
            frame = json.loads(message)
            await connection.send(json.dumps([3, frame[1], {"new": 1} if frame[3]["idTag"] == "1" else {}]))

    tasks = Tasks("test")
    async with serve(answer, "127.0.0.1", 0, subprotocols=[Subprotocol("ocpp1.6")], ping_interval=None) as server:
        url = f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"
        settings = ClientSettings(
            url=url, charge_point="CP", versions=(Version.V16,), reconnect=False, ping_interval=None
        )
        await player.session.connect(settings)
        tasks.start(player.run(), "player")
        await until(player, lambda: player.connection is not None)
        try:
            yield f"{url}/CP"
        finally:
            await tasks.cancel()
            await player.session.close()


async def test_the_target_is_shown_before_anything_is_sent() -> None:
    """A user would replay a customer's charge against the production backend."""
    player = player_of(3)
    app = BarApp(player)
    async with app.run_test(size=(90, 24)) as pilot:
        assert app.text == f" … not connected  0/6 max  next: send Authorize  {KEYS}"
        async with connected(player) as url:
            await pilot.pause()
            assert app.text == f" ⏸ paused  3 frames to {url}  {KEYS}"
            assert player.report.sent == 0


async def test_what_the_replay_waits_for_is_said_as_in_the_list_of_its_steps() -> None:
    """A user would look in the list for a step of the name that the bar shows."""
    timeline = Timeline()
    for raw, direction in (
        ('[2,"1","GetConfiguration",{}]', Direction.TO_CHARGE_POINT),
        ('[3,"1",{"configurationKey":[]}]', Direction.TO_CSMS),
    ):
        timeline.append(
            message_record(raw, time=0, connection=1, direction=direction, charge_point="CP", version=Version.V16)
        )
    session = Session(role=Role.CHARGE_POINT, settings=SessionSettings(automatic=False))
    player = Player(plan(timeline, Role.CHARGE_POINT), session, once=True)
    app = BarApp(player)
    async with app.run_test(size=(90, 24)):
        assert "next: wait for GetConfiguration" in app.text
        assert replay_step_line(player, 0, frozenset()).words == "wait for GetConfiguration"


async def test_position_deviations_and_next_step_follow_the_replay() -> None:
    """The user would not see the position, or that the peer answers differently."""
    player = player_of(3)
    app = BarApp(player)
    async with app.run_test(size=(100, 24)) as pilot, connected(player):
        bar = app.query_one(ReplayBar)
        bar.step()
        await until(player, lambda: player.position == 2)
        await pilot.pause()
        assert app.text == f" ⏸ paused  2/6 max  ✓ same  next: send Authorize  {KEYS}"
        bar.step()
        await until(player, lambda: player.position == 4)
        await pilot.pause()
        assert app.text == f" ⏸ paused  4/6 max  ✗ 1 different  next: send Authorize  {KEYS}"
        assert app.ended == 0
        bar.toggle()
        assert player.is_playing
        await until(player, lambda: player.is_over)
        await pilot.pause()
        assert app.text == " ■ finished  6/6 max  ✗ 1 different  f5 report"
        assert app.ended == 1
        await pilot.press("f5")
        report = app.screen.query_one(Static).render()
        assert "answer, Authorize\n  $.new: 1 is new" in str(report)
        await pilot.press("escape")
        assert not isinstance(app.screen, ReplayReport)


async def test_a_lost_connection_says_why() -> None:
    """The bar would stop at its last step for no visible reason."""
    player = player_of(3)
    app = BarApp(player)
    async with app.run_test(size=(160, 24)) as pilot, connected(player):
        assert player.connection is not None
        await player.session.disconnect(player.connection.number)
        await until(player, lambda: player.is_over)
        await pilot.pause()
        assert "connection lost" in app.text
        assert "same" not in app.text
        assert "this side closed the connection" in app.text


async def test_the_keys_of_the_registry_reach_the_controls() -> None:
    """A key listed in the help would do nothing."""
    player = player_of(1)
    async with BarApp(player).run_test() as pilot:
        await pilot.press("f5")
        assert player.is_playing
        await pilot.press("f6")
        assert not player.is_playing and player.may_send
        await pilot.press("f7")
        assert player.speed == 100.0
        await pilot.press("f8")
        assert player.speed is None


async def test_a_click_plays_and_pauses() -> None:
    """Users with a mouse could not play or pause."""
    player = player_of(1)
    async with BarApp(player).run_test() as pilot:
        await pilot.click(ReplayBar)
        assert player.is_playing
        await pilot.click(ReplayBar)
        assert not player.is_playing


async def test_the_speed_goes_through_its_steps_and_stays_at_the_ends() -> None:
    """The user could only leave some speed by a new replay."""
    player = player_of(1)
    async with BarApp(player).run_test():
        bar = ReplayBar(player)
        seen = []
        for _ in range(len(SPEEDS) + 1):
            seen.append(player.speed)
            bar.slower()
        assert seen == [*reversed(SPEEDS), SPEEDS[0]]
        for _ in range(len(SPEEDS) + 1):
            bar.faster()
        assert player.speed is None
        for odd, lower, higher in ((3.0, 2.0, 5.0), (0.05, 0.1, 0.1), (1000.0, 100.0, None)):
            player.set_speed(odd)
            bar.slower()
            assert player.speed == lower
            player.set_speed(odd)
            bar.faster()
            assert player.speed == higher


async def test_the_bar_is_one_line_that_does_not_wrap() -> None:
    """At 80x24 the log would lose a line."""
    player = player_of(500)
    app = BarApp(player)
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        bar = app.query_one(ReplayBar)
        assert bar.size.height == 1
        assert app.text.endswith("…")


async def until(player: Player, condition: Callable[[], bool]) -> None:
    changed = asyncio.Event()
    leave = player.subscribe(changed.set)
    async with asyncio.timeout(60):
        while not condition():
            changed.clear()
            await changed.wait()
    leave()
