"""Saved calls, placeholders, sequences and the editor, as they are used on the compose screen."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from ocpptui.compose.call_folders import call_folders
from ocpptui.compose.history import Compositions
from ocpptui.compose.kept_history import KeptHistory
from ocpptui.compose.saved_calls import SavedCall
from ocpptui.tui.screens.dialogs import TextQuestion
from ocpptui.tui.screens.sequence_screen import SequenceScreen
from tests.kit.driver import central_system, status
from tests.tui.compose.bench import bench

SEQUENCE = """
[[step]]
call = "bench/start"

[[step]]
title = "then unlock"
action = "UnlockConnector"
payload = { connectorId = 1 }

[[step]]
action = "ClearCache"

[[step]]
expect = "StatusNotification"
filter = "status=Available"
"""


async def test_a_call_with_placeholders_is_saved_opened_asked_for_and_sent(home: Path) -> None:
    """A technician types a call once; the next one is two keys, its name, and the card."""
    async with bench() as here:
        await here.open(action="RemoteStartTransaction", payload='{"idTag": "x", "connectorId": 1}')
        await here.press("f6")
        here.json.text = '{"idTag": "${prompt:Which card?}", "connectorId": "${counter}"}'
        await here.until(lambda: "valid" in here.line("state"))
        await here.press("ctrl+s")
        await here.until(lambda: isinstance(here.app.screen, TextQuestion))
        await here.press("ctrl+u")
        await here.type("bench/start")
        await here.press("enter")
        await here.until((home / "calls" / "bench" / "start.toml").exists)

        await here.press("f8", "ctrl+o")
        await here.until(lambda: "bench/start" in here.text())
        await here.press("enter")
        await here.until(lambda: "${counter}" in here.screen.composer.text)
        assert here.peer.received == []
        for card in ("ABC", "DEF"):
            await here.press("f5")
            await here.until(lambda: "Which card?" in here.text())
            await here.press("ctrl+u")
            await here.type(card)
            await here.press("enter")
            await here.until(lambda card=card: any(card in one for one in here.peer.received))  # type: ignore[misc]
        assert here.peer.payloads() == [{"idTag": "ABC", "connectorId": 1}, {"idTag": "DEF", "connectorId": 2}]

        await here.press("f5")
        await here.until(lambda: "Which card?" in here.text())
        await here.press("escape")
        await here.until(lambda: here.app.screen is here.screen)
        assert len(here.peer.received) == 2, "who leaves the question sends nothing"


async def test_a_wrong_placeholder_or_value_is_not_sent() -> None:
    async with bench() as here:
        await here.open(action="UnlockConnector", payload='{"connectorId": 1}')
        await here.press("f6")
        here.json.text = '{"connectorId": "${countr}"}'
        await here.press("f5")
        await here.until(lambda: "did you mean counter?" in here.outcome)
        here.json.text = '{"connectorId": "${now}"}'
        await here.pilot.pause()
        await here.press("f5")
        await here.until(lambda: "F5 again sends it anyway" in here.line("state"))
        assert here.peer.received == []
        await here.press("f5")
        await here.until(lambda: len(here.peer.received) == 1)
        assert here.peer.payloads()[0]["connectorId"].startswith("2023-11-14")


async def test_a_frame_with_dollars_in_it_is_sent_again_as_it_came() -> None:
    """`${env:…}` from a peer must not be filled in for it."""
    async with bench() as here:
        await here.open(action="DataTransfer", payload='{"vendorId": "${env:HOME}"}')
        await here.press("f5")
        await here.until(lambda: len(here.peer.received) == 1)
        assert here.peer.payloads() == [{"vendorId": "${env:HOME}"}]
        await here.press("escape")

        await here.peer.send('[2,"1","Authorize",{"idTag":"${env:HOME}"}]')
        await here.until(lambda: here.session.knowledge["CP001"].suggestions("idTag"))
        await here.open(action="RemoteStartTransaction")
        assert here.screen.composer.draft.value()["idTag"] == "$${env:HOME}", "a form starts with what is known"
        await here.press("f5")
        await here.until(lambda: len(here.peer.payloads()) == 2)
        assert here.peer.payloads()[1]["idTag"] == "${env:HOME}"


async def test_f7_lists_this_session_first_and_then_earlier_ones() -> None:
    async with bench() as here:
        earlier = Compositions((), KeptHistory().add)
        await here.open(action="Reset")
        here.screen.composer.memory = earlier
        await here.press("f5")
        await here.until(lambda: len(here.peer.received) == 1)
        await here.press("escape")

        here.memory = Compositions(KeptHistory().load(), KeptHistory().add)
        await here.open(action="ClearCache")
        await here.press("f5")
        await here.until(lambda: len(here.peer.received) == 2)
        await here.press("f7")
        await here.until(lambda: "Sent, newest first" in here.text())
        lines = [line for line in here.text().splitlines() if "ClearCache  " in line or "Reset  " in line]
        assert "ClearCache" in lines[-2]
        assert "-" in lines[-1].split("Reset")[0], "an earlier one has its day"
        await here.press("down", "enter")
        assert here.screen.composer.action == "Reset"


async def test_a_sequence_is_chosen_run_and_stops_at_the_surprise(home: Path) -> None:
    async with bench(size=(80, 24)) as here:
        call_folders(None).save("bench/start", SavedCall("ClearCache"))
        (home / "calls" / "evening.toml").write_text(SEQUENCE)
        here.peer.answers = {"ClearCache": '[3,%s,{"status":"Accepted"}]',
                             "UnlockConnector": '[3,%s,{"status":"UnlockFailed"}]'}  # fmt: skip
        await here.open()
        await here.press("ctrl+o")
        await here.until(lambda: "sequence of 4 steps" in here.text())
        await here.type("evening")
        await here.press("enter")
        await here.until(lambda: isinstance(here.app.screen, SequenceScreen))
        screen = here.app.screen
        assert isinstance(screen, SequenceScreen)
        await here.shows("evening → CP001: 0 of 4 done, F5 runs it", "then unlock")
        assert here.peer.received == [], "an enter in a list sends nothing"
        await here.press("f5")
        await here.shows("1 of 4 done, stopped at step 2", "UnlockFailed: the lock did not open")
        assert len(here.peer.received) == 2
        await here.press("enter")
        await here.shows('"status": "UnlockFailed"')
        await here.press("escape")
        here.peer.answers["UnlockConnector"] = '[3,%s,{"status":"Unlocked"}]'
        await here.press("f5")
        await here.shows("3 of 4 done", "waiting for status=Available,")
        await here.peer.send(status(1, "Available"))
        await here.shows("4 of 4 done, all as expected", "connector 1  Available")
        await here.press("enter")
        await here.shows('"status": "Available"')
        await here.press("escape")
        here.peer.answers["ClearCache"] = None
        await here.press("f5")
        await here.shows("waiting for the answer")
        await here.press("s")
        await here.shows("stopped at step 1", "stopped by you")
        await here.press("f5")
        await here.shows("waiting for the answer")
        run = screen.run_of_it
        await here.press("escape")
        await here.until(lambda: here.app.screen is here.screen)
        await here.until(lambda: run.is_over, "who leaves it stops it")


async def test_a_sequence_is_run_by_keys_in_one_burst(home: Path) -> None:
    async with central_system("CP001") as (driver, _, peers):
        (home / "calls").mkdir(parents=True)
        step = '[[step]]\naction = "UnlockConnector"\nfields = ["connectorId=${prompt:Which}"]\n'
        (home / "calls" / "evening.toml").write_text(step)
        await driver.type_ahead("c", "ctrl+o", *"even", "enter", "f5", "7", "enter")
        await driver.until(lambda: peers["CP001"].received, "the call")
        assert peers["CP001"].payloads() == [{"connectorId": 7}]


async def test_without_an_editor_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    async with bench() as here:
        await here.open(action="Reset")
        monkeypatch.delenv("VISUAL", raising=False)
        for editor, says in (("", "set the environment variable EDITOR"), ("no-such-editor-here", "is not installed"),
                             (sys.executable, "cannot be handed to an editor")):  # fmt: skip
            monkeypatch.setenv("EDITOR", editor)
            await here.press("f12")
            await here.until(lambda says=says: says in here.outcome)  # type: ignore[misc]
        assert json.loads(here.screen.composer.text) == {"type": "Hard"}
