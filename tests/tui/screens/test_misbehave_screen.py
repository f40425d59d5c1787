"""Faults on purpose, set on screen. If these fail, a user has to write a file and start again for each fault."""

from __future__ import annotations

from pathlib import Path

from textual.widgets import Input

from ocpptui.ocpp.version import Role, Version
from ocpptui.session.demo import Demo
from ocpptui.session.rules_file import read_rules
from ocpptui.tui.screens.dialogs import ChoiceQuestion
from ocpptui.tui.screens.fault_form import FaultForm
from ocpptui.tui.screens.file_questions import FileQuestion
from ocpptui.tui.screens.misbehave_screen import MisbehaveScreen
from tests.kit.session_view import screen_over
from tests.kit.station_bench import STATION, station_bench


async def test_a_fault_is_added_changed_switched_and_saved(tmp_path: Path) -> None:
    """And saved faults are the ones that --rules reads."""
    async with station_bench(Version.V16) as (central, station), screen_over(station) as screen:

        async def fill(name: str, text: str) -> None:
            """Type into a field; a key for each letter would take seconds."""
            await screen.until(lambda: screen.app.screen.query(name), "the field")
            screen.app.screen.query_one(name, Input).value = text
            await screen.press("enter")

        async def call() -> str:
            sent = await central.send_call(central.connections[1].number, "ClearCache", "{}")
            answer = await central.wait_for_answer(sent, 60)
            assert answer is not None
            return str(central.timeline.record(answer).raw)

        await screen.press("M")
        await screen.shows("Faults on purpose of the charge point", "Nothing goes wrong on purpose yet", "a Add")
        await screen.press("a", "e")
        await screen.shows("error: a CALLERROR", "InternalError", "1: always")
        await fill("#action", "ClearCach")
        await screen.reads("no version of OCPP has an action 'ClearCach'; did you mean ClearCache?")
        await screen.type("e")
        await screen.press("enter")
        await screen.shows("on      0× error ClearCache  code InternalError")
        assert '"InternalError"' in await call()
        await screen.shows("1× error ClearCache")
        await screen.press("space")
        await screen.shows("off     1× error ClearCache")
        assert "Accepted" in await call()
        await screen.press("space", "e")
        await fill("#code", "GenericError")
        await screen.shows("on      0× error ClearCache  code GenericError")
        assert '"GenericError"' in await call()
        await screen.press("a", "d", "d", "enter")  # the second fault that begins with d
        await screen.until(lambda: isinstance(screen.app.screen, FaultForm), "the form")
        await screen.press("enter")
        await screen.shows("on      0× drop", "Faults on purpose of the charge point: 2")
        await screen.press("K")
        assert [rule.deed.value for rule in station.faults.plan.rules] == ["drop", "error"]
        path = tmp_path / "mine.toml"
        await screen.press("s")
        await fill("Input", str(path))
        await screen.until(path.exists, "the file")
        assert read_rules(path, Role.CHARGE_POINT) == station.faults.plan
        await screen.press("s", "enter")
        await screen.until(lambda: isinstance(screen.app.screen, ChoiceQuestion), "the question")
        await screen.press("k")  # Keep it
        await screen.press("d", "d")
        await screen.shows("Nothing goes wrong on purpose yet")
        await screen.press("o", "enter")
        await screen.shows("on      0× drop")
        await screen.press("escape")
        assert central.connection_of(STATION) is not None and len(station.faults.all) == 2


async def test_the_name_of_a_file_that_cannot_be_used_stays_with_the_reason(tmp_path: Path) -> None:
    """A slip in a long path would have to be typed again as a whole."""
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('[[rule]]\ndo = "fly"\n', encoding="utf-8")
    folder = tmp_path / "folder"
    folder.mkdir()
    async with station_bench(Version.V16) as (_, station), screen_over(station) as screen:
        await screen.press("M", "o")
        await screen.until(lambda: isinstance(screen.app.screen, FileQuestion), "the question")
        screen.app.screen.query_one(Input).value = str(wrong)
        await screen.press("enter")
        await screen.shows("Use the faults of which file?", "wrong.toml", "fly")
        await screen.press("escape", "a", "d", "d", "enter")
        await screen.until(lambda: isinstance(screen.app.screen, FaultForm), "the form")
        await screen.press("enter")
        await screen.shows("on      0× drop")
        await screen.press("s")
        await screen.until(lambda: isinstance(screen.app.screen, FileQuestion), "the question")
        screen.app.screen.query_one(Input).value = str(tmp_path / "wrong.toml" / "mine.toml")
        await screen.press("enter")
        await screen.reads("Save the faults in which file?", "mine.toml", "cannot be written")


async def test_a_fault_begins_with_the_message_under_the_cursor() -> None:
    async with station_bench(Version.V16) as (central, _), screen_over(central) as screen:
        await screen.until(lambda: "StatusNotification" in screen.text(), "a message")
        index = next(number for number in range(len(central.timeline)) if central.timeline.action(number))
        screen.log.action_toggle_follow()
        screen.log.select(index)
        await screen.press("M", "a", "a")
        await screen.shows("action        BootNotification", 'payload       {"currentTime":"20')
        await screen.press("escape", "escape")


async def test_in_the_demo_each_side_has_faults() -> None:
    demo = Demo(Version.V201, pace=0.05)
    await demo.start()
    async with screen_over(demo.session) as screen:
        try:
            await screen.press("M", "tab", "a", "l", "enter")
            await screen.shows("Faults on purpose of the charge point: 1", "on  always latency  seconds 1")
            assert [len(one.faults.all) for one in (demo.session, demo.session.operated)] == [0, 1]
            await screen.press("tab")
            await screen.shows("Faults on purpose of the central system", "Nothing goes wrong")
            assert isinstance(screen.app.screen, MisbehaveScreen)
            assert screen.footer()[-2:] == ["esc Close", "? Help"], "there is room for all that leads on"
        finally:
            await demo.close()
