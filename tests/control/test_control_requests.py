"""Controlling a session from a script, over its socket. If these fail, a test bench needs a person at the screen."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from ocpptui.cli.controlled import controlled
from ocpptui.control.control_address import hang_up
from ocpptui.control.control_client import ask
from ocpptui.ocpp.version import Version
from ocpptui.runtime.tasks import Tasks
from ocpptui.session.session import Session
from tests.kit.driver import PATIENCE
from tests.kit.station_bench import STATION, station_bench

Ask = Any


@asynccontextmanager
async def controlled_bench(short_path: Path, **options: Any) -> AsyncIterator[tuple[Session, Session, Ask, Ask]]:
    """Both sides, and how to ask the central system and the charge point."""

    async def nothing() -> None:
        return None

    async with station_bench(Version.V16, **options) as (central, station):
        ends = []
        for name, session in (("central", central), ("station", station)):
            begin, end = controlled(session, nothing, nothing, str(short_path / name))
            await begin()
            ends.append(end)

        def asking(name: str) -> Ask:
            async def request(**content: Any) -> dict[str, Any]:
                async with asyncio.timeout(PATIENCE):
                    return await ask(short_path / name, content)

            return request

        try:
            yield central, station, asking("central"), asking("station")
        finally:
            for end in ends:
                await end()


async def test_the_central_system_is_driven_without_a_screen(short_path: Path) -> None:
    async with controlled_bench(short_path) as (_, _, central, _):
        listed = await central(do="list")
        assert listed["connections"] == [{"connection": 1, "chargePoint": STATION, "ocppVersion": "1.6"}]
        answered = await central(do="send", action="ChangeConfiguration", fields=["key=HeartbeatInterval", "value=77"])
        assert answered["ok"]
        assert answered["answer"]["payload"] == {"status": "Accepted"}
        asked = await central(do="send", to=STATION, action="GetConfiguration", payload={"key": ["HeartbeatInterval"]})
        assert asked["answer"]["payload"]["configurationKey"][0]["value"] == "77"


async def test_a_whole_charge_is_driven_by_a_script(short_path: Path) -> None:
    async with controlled_bench(short_path) as (_, _, central, station):
        waiting = Tasks("test").start(central(do="wait", filter="action:StopTransaction", timeout=PATIENCE), "wait")
        assert (await station(do="operate", operation="plug-in")) == {"ok": True}
        assert (await station(do="operate", operation="card", argument="CARD-9")) == {"ok": True}
        charging = await central(
            do="wait", filter="action:StatusNotification status=Charging", since=0, timeout=PATIENCE
        )
        assert charging["record"]["chargePointId"] == STATION
        [connector] = (await station(do="list"))["stations"][0]["connectors"]
        assert (connector["status"], connector["token"]) == ("Charging", "CARD-9")
        assert (await station(do="operate", operation="stop")) == {"ok": True}
        assert json.loads((await waiting)["record"]["raw"])[3]["idTag"] == "CARD-9"


async def test_a_call_that_a_rule_holds_is_released_or_dropped_by_a_script(short_path: Path) -> None:
    async with controlled_bench(short_path) as (_, session, central, station):
        rules = "[[rule]]\nname = 'slow'\naction = 'ClearCache'\ndo = 'hold'"
        assert (await station(do="rules", text=rules))["rules"] == [
            {"name": "slow", "do": "hold", "action": ["ClearCache"], "fired": 0}
        ]
        for do, patience in (("release", PATIENCE), ("drop", 0.3)):
            call = Tasks("test").start(central(do="send", action="ClearCache", timeout=patience), "send")
            assert await session.until(lambda: session.waiting or None, 60)
            [waiting] = (await station(do="list"))["waiting"]
            assert 0 <= waiting["ageSeconds"] < 30 and waiting["timeLeftSeconds"] <= 30
            assert (await station(do=do, record=waiting["record"]))["ok"]
            answer = (await call)["answer"]
            assert answer is None if do == "drop" else answer["payload"] == {"status": "Accepted"}
            assert not session.waiting
        assert [rule["fired"] for rule in (await station(do="rules"))["rules"]] == [2]
        dropped = session.timeline.record(len(session.timeline) - 1)
        assert dropped.detail["fault"] == {"rule": "by hand", "do": "ignore"}


async def test_a_call_is_answered_by_a_script(short_path: Path) -> None:
    async with controlled_bench(short_path) as (_, session, central, station):
        assert (await station(do="automatic", on=False)) == {"ok": True}
        call = Tasks("test").start(central(do="send", action="Reset", payload={"type": "Soft"}), "call")
        assert await session.until(lambda: session.waiting or None, 60)
        [waiting] = (await station(do="list"))["waiting"]
        assert waiting["action"] == "Reset"
        assert (await station(do="answer", record=waiting["record"], payload={"status": "Rejected"}))["ok"]
        assert (await call)["answer"]["payload"] == {"status": "Rejected"}
        refused = Tasks("test").start(central(do="send", action="ClearCache"), "call")
        assert await session.until(lambda: session.waiting or None, 60)
        [waiting] = (await station(do="list"))["waiting"]
        assert (await station(do="answer", record=waiting["record"], error="NotSupported", description="no"))["ok"]
        assert (await refused)["answer"]["errorCode"] == "NotSupported"


async def test_raw_text_and_notes_reach_the_other_side_and_the_log(short_path: Path) -> None:
    async with controlled_bench(short_path) as (central, station, _, ask_station):
        assert (await ask_station(do="raw", text="[2,"))["ok"]
        assert (await ask_station(do="note", text="moved"))["ok"]
        assert await central.until(lambda: central.timeline.counts.malformed or None, 60)
        assert station.timeline.record(len(station.timeline) - 1).detail == {"text": "moved"} or any(
            (station.timeline.record(index).detail or {}).get("text") == "moved"
            for index in range(len(station.timeline))
        )


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"do": "fly"}, "`do` is one of list"),
        ({}, "`do` is one of"),
        ({"do": "send"}, "`action` is missing"),
        ({"do": "send", "action": "Resett"}, "did you mean Reset"),
        ({"do": "send", "action": "Reset", "payload": {"type": "Odd"}}, "$.type"),
        ({"do": "send", "action": "Reset", "to": "NOBODY"}, f"`to` is one of {STATION}"),
        ({"do": "send", "action": "Reset", "fields": "type=Soft"}, "`fields` is a list"),
        ({"do": "answer", "record": "1"}, "`record` is the number"),
        ({"do": "answer", "record": 0}, "waits"),
        ({"do": "release", "record": 0}, "waits"),
        ({"do": "drop", "record": True}, "`record` is the number"),
        ({"do": "rules", "text": "[[rule]]\ndo = 'drp'"}, "did you mean drop?"),
        ({"do": "operate", "operation": "plug-in"}, "no charge point is simulated here"),
        ({"do": "wait", "filter": "((", "timeout": 1}, ""),
        ({"do": "wait", "filter": "x", "timeout": -1}, "`timeout` is a number of seconds"),
        ({"do": "wait", "filter": "x", "since": "now"}, "`since` is the number of a record"),
        ({"do": "automatic", "on": "yes"}, "`on` is true or false"),
        ({"do": "note"}, "`text` is missing"),
    ],
)
async def test_what_cannot_be_done_is_said_and_the_session_goes_on(
    short_path: Path, request_: dict[str, Any], words: str
) -> None:
    async with controlled_bench(short_path) as (_, _, central, _):
        reply = await central(**request_)
        assert reply["ok"] is False
        assert words in reply["error"]
        assert (await central(do="list"))["ok"]


async def test_a_wait_in_vain_ends_in_time(short_path: Path) -> None:
    async with controlled_bench(short_path) as (_, _, central, _):
        assert await central(do="wait", filter="action:Nothing", timeout=0.1) == {"ok": True, "record": None}


async def test_quit_asks_who_runs_the_session(short_path: Path) -> None:
    async with controlled_bench(short_path) as (session, _, central, _):
        asked: list[bool] = []
        session.on_end_wanted.append(lambda: asked.append(True))
        assert await central(do="quit") == {"ok": True}
        assert asked == [True]


async def test_lines_that_are_no_requests_get_a_reply(short_path: Path) -> None:
    async with controlled_bench(short_path):
        reader, writer = await asyncio.open_unix_connection(short_path / "central")
        for line in (b"hello", b"[1]", b"\xff\xfe", b'{"do": "list"}'):
            writer.write(line + b"\n\n")
        replies = [json.loads(await asyncio.wait_for(reader.readline(), PATIENCE)) for _ in range(4)]
        await hang_up(writer)
    assert [reply["ok"] for reply in replies] == [False, False, False, True]


async def test_everyday_commands_ask_for_what_is_missing_and_say_what_is_refused(short_path: Path) -> None:
    """The words are those of the screen, and a refusal is no success."""
    async with controlled_bench(short_path, connectors=2) as (session, _, central, station):
        assert await session.until(lambda: len(session.knowledge[STATION].connectors) == 3 or None, 60)
        missing = await central(do="command", command="unlock")
        assert missing["error"] == "Unlock which connector? Give connector=…, one of 1, 2"
        unlocked = await central(do="command", command="unlock", values=["connector=2"])
        assert (unlocked["payload"], unlocked["words"], unlocked["refused"]) == ({"connectorId": 2}, "Unlocked", False)
        limited = await central(do="command", command="limit", values=["connector=1", "16"])
        assert limited["answer"]["payload"] == {"status": "Accepted"}
        refused = await central(do="command", command="cancel", values=["7"])
        assert (refused["refused"], refused["words"]) == (True, "Rejected: it has no such reservation")
        for request, reason in (
            ({"command": "explode"}, "the commands of OCPP 1.6 are start, stop"),
            ({"command": "limit", "values": ["ten"]}, "ten is not a limit"),
            ({"command": "clear-cache", "values": ["now"]}, "clear-cache does not ask for 'now'"),
            ({"command": "limit", "values": "10"}, "`values` is a list of texts"),
            ({}, "`command` is missing"),
        ):
            assert reason in (await central(do="command", **request))["error"], request
        assert "only a central system" in (await station(do="command", command="unlock"))["error"]


async def test_registrations_and_tokens_are_changed_by_a_script(short_path: Path) -> None:
    async with controlled_bench(short_path) as (_, _, central, station):
        listed = await central(do="registration")
        assert listed["plan"] == "Accepted"
        assert listed["chargePoints"] == [{"chargePoint": STATION, "plan": "Accepted", "status": "Accepted"}]
        changed = await central(do="registration", to=STATION, plan="rejected:2")
        assert changed["words"] == f"Next boot of {STATION}: Rejected for 2 boots."
        assert changed["chargePoints"][0]["plan"] == "Rejected for 2 boots"
        assert (await central(do="registration", plan="maybe"))["error"].startswith("'maybe' is not a registration")
        assert not (await central(do="registration", to=7))["ok"]
        reply = await central(do="tokens", text='[[token]]\nid = "CARD"\nstatus = "Blocked"')
        assert reply["tokens"] == 1
        assert "file of tokens" in (await central(do="tokens"))["error"]
        assert "listed twice" in (await central(do="tokens", text='[[token]]\nid="A"\n[[token]]\nid="A"'))["error"]
        assert (await station(do="tokens"))["error"] == "the session is not a central system"
        asked = await station(do="send", action="Authorize", payload={"idTag": "CARD"})
        assert asked["answer"]["payload"] == {"idTagInfo": {"status": "Blocked"}}


async def test_a_sequence_is_sent_by_a_script_up_to_the_first_surprise(short_path: Path) -> None:
    text = """
        [[step]]
        action = "ChangeConfiguration"
        payload = { key = "HeartbeatInterval", value = "8${counter}" }
        expect = { status = "Accepted" }
        [[step]]
        action = "UnlockConnector"
        payload = { connectorId = 99 }
        [[step]]
        action = "ClearCache"
    """
    async with controlled_bench(short_path) as (_, _, central, _):
        done = await central(do="sequence", text=text)
        assert done["ok"]
        assert done["state"] == "surprise"
        assert [step["state"] for step in done["steps"]] == ["done", "surprise", "waiting"]
        listed = await central(do="send", action="GetConfiguration", payload={"key": ["HeartbeatInterval"]})
        assert listed["answer"]["payload"]["configurationKey"][0]["value"] == "81"
        for wrong, says in ({"text": "[[step]]"}, "has no action"), ({"name": "nothing"}, "Nothing is saved"):
            refused = await central(do="sequence", **wrong)
            assert not refused["ok"]
            assert says in refused["error"]
