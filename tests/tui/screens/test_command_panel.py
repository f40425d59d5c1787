"""The commands of a central system on the screen. If these fail, a technician types JSON to unlock a connector."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from textual.command import CommandPalette
from textual.widgets import Input, OptionList

from ocpptui.ocpp.version import Role, Version
from ocpptui.recording.writer import RecordingWriter
from ocpptui.session.demo import Demo
from ocpptui.session.session import Session
from ocpptui.simulator.driver_side import Operation
from ocpptui.tui.screens.answers_screen import AnswersScreen
from ocpptui.tui.screens.command_panel import CommandPanel
from ocpptui.tui.screens.dialogs import ChoiceQuestion, TextQuestion
from ocpptui.tui.screens.session_screen import SessionScreen
from ocpptui.tui.widgets.charge_point_list import ChargePointList
from ocpptui.tui.widgets.message_log import MessageLog
from tests.kit.driver import NARROW, SIZES, Driver, boot, central_system, status
from tests.kit.peer import Peer
from tests.kit.session_view import screen_over
from tests.kit.station_bench import STATION, VERSIONS, said_by_station, station_bench

START = (
    '[2,"start-%d","StartTransaction",'
    '{"connectorId":%d,"idTag":"%s","meterStart":0,"timestamp":"2026-01-01T00:00:00Z"}]'
)


def calls(peer: Peer) -> list[tuple[str, Any]]:
    """The calls that a charge point got, each with its payload."""
    frames = [json.loads(message) for message in peer.received]
    return [(frame[2], frame[3]) for frame in frames if frame[0] == 2]


async def sent_by(driver: Driver, peer: Peer, *keys: str) -> tuple[str, Any]:
    """The call that keys typed in one burst send, and nothing else."""
    before = len(calls(peer))
    await driver.type_ahead(*keys)
    await driver.until(lambda: len(calls(peer)) > before, f"the call of {keys}")
    await driver.until(lambda: isinstance(driver.app.screen, SessionScreen), "the log")
    assert len(calls(peer)) == before + 1
    return calls(peer)[-1]


def said(driver: Driver) -> str:
    """The line below the log."""
    return str(driver.app.screen_stack[0].query_one("#status").render()).strip()


async def charging(driver: Driver, session: Session, peer: Peer) -> None:
    """A charge point with one connector, where a charge is running."""
    await peer.send(boot())
    await peer.send(status(1, "Charging"))
    await peer.send(START % (1, 1, "04A2B3C4"))
    await driver.until(lambda: session.knowledge["CP001"].running, "the transaction")


async def test_everyday_commands_take_few_keys_also_in_one_burst() -> None:
    async with central_system("CP001", automatic=True) as (driver, session, peers):
        peer = peers["CP001"]
        await charging(driver, session, peer)
        number = int(session.knowledge["CP001"].running[0].id)
        for most, keys, action, payload in (
            (3, ["x", "s", "enter"], "RemoteStartTransaction", {"connectorId": 1, "idTag": "04A2B3C4"}),
            (3, ["x", "t"], "RemoteStopTransaction", {"transactionId": number}),
            (3, ["x", "u"], "UnlockConnector", {"connectorId": 1}),
            (3, ["x", "r", "s"], "Reset", {"type": "Soft"}),
            (3, ["x", "a", "i"], "ChangeAvailability", {"connectorId": 0, "type": "Inoperative"}),
            (4, ["x", "m", "s", "enter"], "TriggerMessage", {"requestedMessage": "StatusNotification"}),
        ):
            assert await sent_by(driver, peer, *keys) == (action, payload)
            assert len(keys) <= most
        keys = ["x", "l", *"10", "enter"]
        action, payload = await sent_by(driver, peer, *keys)
        assert (action, payload["connectorId"], len(keys) <= 5) == ("SetChargingProfile", 1, True)
        assert payload["csChargingProfiles"]["chargingSchedule"]["chargingSchedulePeriod"][0]["limit"] == 10


async def test_the_next_problem_is_one_key_away() -> None:
    async with central_system("CP001", automatic=True) as (driver, session, peers):
        for message in ("[2,", status(1, "Available"), status(2, "Available")):
            await peers["CP001"].send(message)
        log = driver.app.screen.query_one(MessageLog)
        await driver.until(lambda: session.timeline.counts.problems and len(session.timeline) > 6, "the problem")
        await driver.press("g")
        await driver.press("exclamation_mark")
        await driver.until(lambda: log.cursor is not None and session.timeline.record(log.cursor).raw == "[2,", "it")


async def test_the_answer_is_said_as_it_came_and_is_one_key_away() -> None:
    async with central_system("CP001", automatic=True) as (driver, session, peers):
        peer = peers["CP001"]
        await peer.send(status(1, "Available"))
        await driver.shows("Available")
        peer.answers = {
            "UnlockConnector": '[3,%s,{"status":"UnlockFailed"}]',
            "ClearCache": '[4,%s,"GenericError","no",{}]',
        }
        await driver.type_ahead("x", "u")
        await driver.until(lambda: "lock did not open" in said(driver), "the answer")
        assert said(driver).startswith("⊘ UnlockConnector → CP001: UnlockFailed: the lock did not open")
        await driver.press("s")
        log = driver.app.screen.query_one(MessageLog)
        await driver.until(lambda: log.cursor is not None and not log.following, "the answer in the log")
        assert log.cursor is not None
        assert "UnlockFailed" in str(session.timeline.record(log.cursor).raw)
        await driver.type_ahead("x", "k")
        await driver.until(lambda: "CALLERROR GenericError no" in said(driver), "the error")
        peer.answers["ClearCache"] = None
        await driver.type_ahead("x", "k")
        await driver.until(lambda: "waiting for the answer" in said(driver), "the wait")
        assert peer.socket is not None
        await peer.socket.close()
        await driver.until(lambda: "the connection closed before an answer came" in said(driver), "the end")
        await driver.press("x")
        await driver.until(lambda: "CP001 is not connected." in driver.notices(), "the reason")


async def test_the_record_under_the_cursor_says_what_a_command_is_for() -> None:
    """With two connectors, the wrong one would be unlocked, and the wrong charge stopped."""
    async with central_system("CP001", automatic=True) as (driver, session, peers):
        peer = peers["CP001"]
        for number in (1, 2):
            await peer.send(status(number, "Charging"))
            await peer.send(START % (number, number, f"CARD-{number}"))
        await driver.until(lambda: len(session.knowledge["CP001"].running) == 2, "the transactions")
        await driver.type_ahead("x", "u", "2")
        await driver.until(lambda: calls(peer), "the call")
        assert calls(peer)[-1] == ("UnlockConnector", {"connectorId": 2})
        by_connector = {one.connector: int(one.id) for one in session.knowledge["CP001"].running}
        assert await sent_by(driver, peer, "x", "1", "t") == (
            "RemoteStopTransaction",
            {"transactionId": by_connector[1]},
        )
        log = driver.app.screen.query_one(MessageLog)
        index = next(i for i in range(len(session.timeline)) if session.timeline.action(i) == "StartTransaction")
        await driver.press("k")
        log.select(index)
        await driver.press("x")
        await driver.shows("▸connector 1 Charging")
        await driver.press("escape")
        assert await sent_by(driver, peer, "x", "u") == ("UnlockConnector", {"connectorId": 1})
        await driver.type_ahead("x", "tab", "tab")
        await driver.hides("▸")
        await driver.press("x")
        await driver.until(lambda: isinstance(driver.app.screen, SessionScreen), "the log")


@pytest.mark.parametrize("size", SIZES)
async def test_a_command_goes_to_many_and_the_answers_are_a_table(size: tuple[int, int]) -> None:
    async with central_system("CP001", "CP002", "CP003", size=size) as (driver, session, peers):
        for name, answer in zip(
            peers, ('[3,%s,{"status":"Accepted"}]', '[3,%s,{"status":"Rejected"}]', None), strict=True
        ):
            peers[name].answers["Reset"] = answer
        await driver.press("x")
        await driver.shows("A command to which charge point?", "* all 3 of them")
        await driver.type_ahead("*", "r", "h")
        await driver.until(lambda: isinstance(driver.app.screen, AnswersScreen), "the table")
        await driver.shows("2 of 3 done, 1 refused or failed", "✓ Accepted", "⊘ Rejected: it does not restart")
        await driver.shows("… waiting for the answer", "⏎ Go there", "esc Close")
        assert [calls(peer) for peer in peers.values()] == [[("Reset", {"type": "Hard"})]] * 3
        await driver.type_ahead("j", "enter")
        await driver.until(lambda: isinstance(driver.app.screen, SessionScreen), "the log")
        log = driver.app.screen.query_one(MessageLog)
        await driver.until(lambda: log.cursor is not None and not log.following, "the answer")
        assert log.cursor is not None and "Rejected" in str(session.timeline.record(log.cursor).raw)


async def test_only_the_marked_charge_points_get_a_command() -> None:
    async with central_system("CP001", "CP002", "CP003", size=(200, 60)) as (driver, _, peers):
        await driver.shows("● CP003")
        driver.app.screen.query_one(ChargePointList).focus()
        await driver.type_ahead("j", "m", "j", "j", "m")
        await driver.shows("●✓CP001", "● CP002", "●✓CP003")
        await driver.type_ahead("x", "k")
        await driver.shows("Clear the cache: 2 of 2 done")
        assert [len(calls(peer)) for peer in peers.values()] == [1, 0, 1]


async def test_a_wrong_answer_to_a_question_is_asked_for_again() -> None:
    async with central_system("CP001") as (driver, _, peers):
        await driver.type_ahead("x", "l", *"ten", "enter")
        await driver.shows("to how many A?", "ten is not a limit")
        assert isinstance(driver.app.screen, TextQuestion) and not calls(peers["CP001"])
        assert driver.app.screen.query_one(Input).value == "ten", "it can be corrected"
        assert not driver.notices()
        await driver.type_ahead("escape", "escape")
        await driver.until(lambda: isinstance(driver.app.screen, SessionScreen), "the log")


async def test_the_palette_knows_the_commands_by_their_everyday_names() -> None:
    async with central_system("CP001") as (driver, _, peers):
        await driver.press("ctrl+p")
        await driver.until(lambda: isinstance(driver.app.screen, CommandPalette), "the palette")
        await driver.type("clear the cache")
        found = driver.app.screen.query_one(OptionList)
        await driver.until(lambda: found.option_count and "Clear the cache" in str(found.get_option_at_index(0).prompt))
        await driver.press("enter")
        await driver.until(lambda: calls(peers["CP001"]), "the call")
        assert calls(peers["CP001"]) == [("ClearCache", {})]
        assert "(x k)" in str([str(one.help) for one in driver.app.get_system_commands(driver.app.screen_stack[0])])


@pytest.mark.parametrize("version", VERSIONS, ids=str)
async def test_a_charge_is_started_and_stopped_at_a_simulated_station(version: Version) -> None:
    ended = {} if version is Version.V16 else {"eventType": "Ended"}
    async with station_bench(version) as (central, station), screen_over(central) as screen:
        assert station.operate(STATION, Operation("plug-in", 1)) == ""
        await screen.type_ahead("x", "s", "enter")
        await screen.until(lambda: "Accepted" in screen.said(), "the answer")
        await screen.until(lambda: central.knowledge[STATION].running, "the transaction")
        await screen.type_ahead("x", "l", "8", "enter")
        [view] = station.behaviours.connector_views(STATION)
        await screen.until(lambda: 0 < station.behaviours.connector_views(STATION)[0].current <= 8, "the limit")
        assert view.transaction
        await screen.type_ahead("x", "t")
        action = "StopTransaction" if version is Version.V16 else "TransactionEvent"
        assert await said_by_station(central, action, **ended) is not None


async def test_diagnostics_are_uploaded_to_us_with_one_enter(tmp_path: Path) -> None:
    writer = RecordingWriter(tmp_path / "run.jsonl")
    async with central_system("CP001", writer=writer) as (driver, _, peers):
        await driver.type_ahead("x", "d", "d")
        await driver.until(lambda: isinstance(driver.app.screen, TextQuestion), "the URL")
        assert driver.app.screen.query_one(Input).value.startswith("http://127.0.0.1:")
        await driver.press("enter")
        await driver.until(lambda: calls(peers["CP001"]), "the call")
        [(action, payload)] = calls(peers["CP001"])
        assert (action, payload["location"].endswith("/CP001")) == ("GetDiagnostics", True)
        await driver.type_ahead("x", "d", "d", "ctrl+u", *"ftp://10.0.0.1/logs", "enter")
        await driver.until(lambda: len(calls(peers["CP001"])) == 2, "the call")
        await driver.type_ahead("x", "d", "d")
        await driver.until(lambda: isinstance(driver.app.screen, TextQuestion), "the URL")
        assert driver.app.screen.query_one(Input).value == "ftp://10.0.0.1/logs"


async def test_the_demo_has_both_panels() -> None:
    """A person who tries the program first has no other charge point."""
    demo = Demo(Version.V16)
    await demo.start()
    try:
        async with screen_over(demo.session, NARROW) as screen:
            assert "x Operate" in screen.footer() and "x Commands" not in screen.footer()
            await screen.press("X")
            await screen.until(lambda: isinstance(screen.app.screen, CommandPanel), "the commands")
    finally:
        await demo.close()


async def test_nothing_is_commanded_where_nothing_is_connected() -> None:
    async with screen_over(Session(role=Role.CENTRAL_SYSTEM)) as screen:
        await screen.type_ahead("x", "u", "s")
        assert screen.notices() == ["Nothing has connected yet.", "No command was sent yet."]
        assert not isinstance(screen.app.screen, ChoiceQuestion)
