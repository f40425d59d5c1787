"""Replays on the session screen: the question before the first connection, and all commands for them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol

from ocpptui.network.client_settings import ClientSettings
from ocpptui.ocpp.version import Direction, Role, Version
from ocpptui.replay.plan import plan
from ocpptui.replay.player import Player
from ocpptui.runtime.tasks import Tasks
from ocpptui.session.session import Session
from ocpptui.session.settings import SessionSettings
from ocpptui.timeline.record import message_record
from ocpptui.timeline.timeline import Timeline
from ocpptui.tui.app import OcpptuiApp
from tests.kit.driver import NARROW, WIDE, Driver
from tests.kit.every_screen import noted

NAMES = ("CP-A", "CP-B")


def recorded(names: tuple[str, ...]) -> Timeline:
    """Four tokens of each charge point, all accepted."""
    timeline = Timeline()
    for connection, name in enumerate(names, 1):
        for number in range(4):
            for direction, raw in (
                (Direction.TO_CSMS, f'[2,"{number}","Authorize",{{"idTag":"T{number}"}}]'),
                (Direction.TO_CHARGE_POINT, f'[3,"{number}",{{"idTagInfo":{{"status":"Accepted"}}}}]'),
            ):
                record = message_record(
                    raw,
                    time=number * 10**6,
                    connection=connection,
                    direction=direction,
                    charge_point=name,
                    version=Version.V16,
                )
                timeline.append(record)
    return timeline


async def answer(connection: ServerConnection) -> None:
    """A backend that blocks the token T1."""
    async for message in connection:
        frame = json.loads(message)
        status = "Blocked" if frame[3].get("idTag") == "T1" else "Accepted"
        await connection.send(json.dumps([3, frame[1], {"idTagInfo": {"status": status}}]))


@asynccontextmanager
async def replaying(
    names: tuple[str, ...] = NAMES[:1], size: tuple[int, int] = NARROW
) -> AsyncIterator[tuple[Driver, tuple[Player, ...]]]:
    """The program as `ocpptui replay` opens it, against its own backend."""
    session = Session(role=Role.CHARGE_POINT, settings=SessionSettings(automatic=False))
    timeline = recorded(names)
    tasks = Tasks("test")
    async with serve(answer, "127.0.0.1", 0, subprotocols=[Subprotocol("ocpp1.6")], ping_interval=None) as server:
        url = f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"
        players = tuple(
            Player(
                plan(timeline, Role.CHARGE_POINT, charge_point=name),
                session,
                charge_point=name,
                lingers=True,
                once=True,
                target=f"{url}/{name}",
            )
            for name in names
        )

        async def play() -> None:
            for player in players:
                await player.agreed()
            for name in names:
                settings = ClientSettings(
                    url=url, charge_point=name, versions=(Version.V16,), reconnect=False, ping_interval=None
                )
                await session.connect(settings)
            for player in players:
                tasks.start(player.run(), "player")

        async def start() -> None:
            tasks.start(play(), "play")

        async def close() -> None:
            await tasks.cancel()
            await session.close()

        app = OcpptuiApp(session, start=start, close=close, replay=players)
        async with app.run_test(size=size) as pilot:
            yield Driver(app, pilot), players


@asynccontextmanager
async def connected(
    names: tuple[str, ...] = NAMES[:1], size: tuple[int, int] = NARROW
) -> AsyncIterator[tuple[Driver, tuple[Player, ...]]]:
    async with replaying(names, size) as (driver, players):
        await driver.shows("connect", "quit")
        await driver.press("enter")
        await driver.until(lambda: all(player.pending is not None for player in players), "the first frame's turn")
        yield driver, players


async def test_the_url_must_be_confirmed_before_connecting() -> None:
    """A recording would reach the production backend before the user saw its name."""
    async with replaying(NAMES) as (driver, players):
        await driver.shows("Connect to replay 8 frames?", players[0].target, players[1].target, "not confirmed")
        assert not driver.app.session or len(driver.app.session.timeline) == 0
        await driver.press("c")
        await driver.until(lambda: all(player.connection is not None for player in players))
        assert all(player.report.sent == 0 for player in players), "connected, and paused"


async def test_without_a_yes_nothing_connects() -> None:
    """Escape would count as consent."""
    async with replaying() as (driver, players):
        await driver.shows("Connect to replay 4 frames?")
        await driver.press("escape")
        await driver.until(lambda: driver.app.return_code is not None or not driver.app.is_running)
        assert players[0].connection is None and not players[0].is_agreed


async def test_its_screens_follow_each_other_in_a_burst_and_survive_a_tiny_window() -> None:
    """Over a slow line, a key that is meant for the next screen would send a frame."""
    ways = {"w": "ReplaySteps", "R": "ReplayReport", "E": "ReplayEdit", "B": "TextQuestion",
            "f4": "TextQuestion"}  # fmt: skip
    async with connected() as (driver, (player,)):
        names = noted(driver.app)
        await driver.type_ahead(*(key for way in ways for key in (way, "escape")))
        assert names == list(ways.values())
        for way, name in ways.items():
            await driver.press(way)
            await driver.until(lambda name=name: type(driver.app.screen).__name__ == name, name)  # type: ignore[misc]
            await driver.survives_a_tiny_window()
            await driver.press("escape")
        await driver.survives_a_tiny_window()
        assert player.report.sent == 0


async def test_keys_apply_to_all_replays_and_each_has_its_line() -> None:
    """With a site of charge points the user could not tell the lines apart."""
    async with connected(NAMES, WIDE) as (driver, players):
        await driver.shows("CP-A ⏸ paused", "CP-B ⏸ paused")
        await driver.press("f6")
        await driver.until(lambda: all(player.position == 2 for player in players), "a step of both")
        await driver.press("f5")
        await driver.shows("Replay report", "CP-A: replay as charge point: finished", "CP-B: replay as")
        await driver.press("escape")
        await driver.shows("CP-A ■ finished", "CP-B ■ finished")


async def test_a_breakpoint_is_set_as_a_filter_and_removed() -> None:
    """The user would step through a thousand frames to the one that matters."""
    async with connected() as (driver, (player,)):
        await driver.press("B")
        await driver.shows("Pause at which messages?")
        await driver.type("idTag=T2")
        await driver.press("enter")
        assert [query.text for query in player.breakpoints] == ["idTag=T2"]
        await driver.press("f5")
        await driver.shows("⏸ at idTag=T2")
        assert player.report.sent == 2
        await driver.press("B")
        await driver.press(*["backspace"] * 8)
        await driver.type("after:x")
        await driver.press("enter")
        assert [query.text for query in player.breakpoints] == ["idTag=T2"], "an invalid filter changes nothing"
        await driver.shows("Pause at which messages?", "after:x")
        await driver.press(*["backspace"] * 8)
        await driver.type("-")
        await driver.press("enter")
        assert player.breakpoints == ()


async def test_the_next_frame_is_edited_and_sent_as_typed() -> None:
    """The user could not try out a variant of a recorded message."""
    async with connected() as (driver, (player,)):
        await driver.press("E")
        await driver.shows("Step 1 of 8, CP-A", '"idTag": "T0"')
        await driver.press(*["down"] * 5, "end", *["backspace"] * 2)
        await driver.type('9"')
        await driver.press("f5")
        await driver.until(lambda: player.pending is not None and player.pending.edited is not None)
        await driver.press("f6")
        await driver.until(lambda: player.report.sent == 1)
        timeline = player.session.timeline
        sent = [timeline.record(i).raw for i in range(len(timeline)) if timeline.kind(i).is_call]
        assert json.loads(str(sent[0]))[2:] == ["Authorize", {"idTag": "T9"}]
        assert player.report.edited == 1


async def test_a_cancelled_edit_changes_nothing() -> None:
    """Escape would send what the user rejected."""
    async with connected() as (driver, (player,)):
        await driver.press("E")
        await driver.shows("Step 1 of 8")
        await driver.type("x")
        await driver.press("escape")
        assert player.pending is not None and player.pending.edited is None


async def test_back_to_a_step_by_its_number() -> None:
    """To repeat the failed step the user would have to replay everything."""
    async with connected() as (driver, (player,)):
        for done in (2, 4):
            await driver.press("f6")
            await driver.until(lambda done=done: player.position == done and player.pending is not None)  # type: ignore[misc]
        await driver.shows("✗ 1 different")
        await driver.press("f4")
        await driver.shows("Go back to which step, 1 to 8? The replay is at 5.")
        await driver.press("enter")  # the last sent frame
        await driver.until(lambda: player.position == 2)
        await driver.shows("✓ same")
        await driver.press("f4")
        await driver.press(*["backspace"] * 3)
        await driver.type("99")
        await driver.press("enter")
        await driver.shows("Go back to which step", "'99' is not a step; the steps are 1 to 8.")
        assert player.position == 2


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "200x60"])
async def test_the_report_shows_deviations_side_by_side(size: tuple[int, int]) -> None:
    """The user would have to compare two frames letter by letter."""
    async with connected(size=size) as (driver, (player,)):
        await driver.press("f5")
        await driver.shows("Replay report", "different answer, Authorize")
        await driver.press("end")
        await driver.shows("recorded", "live")
        rows = [line for line in driver.text().splitlines() if "≠" in line]
        assert len(rows) == 1
        left, right = rows[0].split("≠")
        assert '"status": "Accepted"' in left and '"status": "Blocked"' in right
        await driver.press("escape", "R")
        await driver.shows("Replay report")
        assert player.is_over


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "200x60"])
async def test_the_list_of_steps_says_what_is_done_and_goes_to_one(size: tuple[int, int]) -> None:
    """The user would not see what the replay waits for, how long still, and what follows."""
    async with connected(size=size) as (driver, (player,)):
        await driver.press("w")
        await driver.shows(
            "CP-A: 0 of 8 steps, paused", "1 ▶ send Authorize", "ready, paused", "8 · wait for the answer"
        )
        await driver.press("f6")
        await driver.until(lambda: player.position == 2)
        await driver.shows("1 ✓ send Authorize", "2 ✓ wait for the answer to Authorize", "3 ▶ send Authorize")
        await driver.press("f6")
        await driver.shows("4 ✗ wait for the answer", "1 different")
        await driver.press("g", "enter")
        await driver.until(lambda: player.position == 0, "the first step")
        await driver.shows("1 ▶ send Authorize", "0 different")
        await driver.press("w")
        await driver.shows("paused  0/8") if size == WIDE else await driver.hides("▶ send")
