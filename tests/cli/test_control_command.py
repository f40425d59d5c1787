"""`ocpptui control` as a script uses it. If these fail, a test bench takes a failure for a success."""

from __future__ import annotations

import asyncio
import json
import shlex
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from ocpptui.cli import program
from ocpptui.cli.controlled import controlled
from ocpptui.describe.copy_formats import Copied, copied
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import Version
from ocpptui.session.session import Session
from tests.kit.station_bench import station_bench


@asynccontextmanager
async def running(short_path: Path) -> AsyncIterator[tuple[Session, Session]]:
    """A central system and a charge point that listen for scripts as `central` and `station`."""

    async def nothing() -> None:
        return None

    async with station_bench(Version.V16) as sessions:
        ends = []
        for name, session in zip(("central", "station"), sessions, strict=True):
            begin, end = controlled(session, nothing, nothing, str(short_path / name))
            await begin()
            ends.append(end)
        try:
            yield sessions
        finally:
            for end in ends:
                await end()


async def test_the_command_that_is_copied_sends_the_same_call_again(short_path: Path) -> None:
    async with running(short_path) as (central, station):
        (connection,) = central.connections
        payload = '{"connectorId":1,"type":"Inoperative"}'
        index = await central.send_call(connection, "ChangeAvailability", payload)
        await central.wait_for_answer(index)
        text = copied(central.timeline, index, Copied.COMMAND, central.control_name)
        assert isinstance(text, str)
        finished = await run(*shlex.split(text)[2:])
        assert (finished.exit_code, json.loads(finished.stdout)) == (0, {"status": "Accepted"})
        sent = [central.timeline.record(at).frame for at in range(len(central.timeline))]
        calls = [one for one in sent if isinstance(one, Message) and one.action == "ChangeAvailability"]
        assert [json.loads(one.payload_text) for one in calls] == [json.loads(payload)] * 2


class Finished(NamedTuple):
    exit_code: int
    stdout: str
    stderr: str


async def run(*words: str) -> Finished:
    """The command in another process, as a script runs it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "ocpptui",
        "control",
        *words,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode is not None
    return Finished(process.returncode, out.decode(), err.decode())


async def test_an_answer_is_printed_and_an_error_is_an_exit_code(short_path: Path) -> None:
    async with running(short_path) as (_, station):
        central = str(short_path / "central")
        good = await run(central, "send", "GetConfiguration", "key[0]=HeartbeatInterval")
        assert (good.exit_code, json.loads(good.stdout)["configurationKey"][0]["key"]) == (0, "HeartbeatInterval")
        unknown = await run(central, "send", "NoSuchAction", "--anyway")
        assert unknown.exit_code == 1
        assert json.loads(unknown.stdout)["errorCode"] == "NotImplemented"
        done = await run(central, "command", "limit", "10", "--connector", "1")
        assert (done.exit_code, json.loads(done.stdout)) == (0, {"status": "Accepted"})
        refused = await run(central, "command", "cancel", "7")
        words = "CancelReservation: Rejected: it has no such reservation\n"
        assert (refused.exit_code, json.loads(refused.stdout), refused.stderr) == (1, {"status": "Rejected"}, words)
        station.automatic = False
        silent = await run(central, "send", "ClearCache", "--timeout", "0.2")
        assert (silent.exit_code, silent.stderr) == (4, "no answer to ClearCache within 0.2 s\n")


async def test_operations_waits_and_switches(short_path: Path) -> None:
    async with running(short_path):
        central, station = str(short_path / "central"), str(short_path / "station")
        assert (await run(station, "operate", "plug-in", "--connector", "1")).exit_code == 0
        refused = await run(station, "operate", "plug-in", "--connector", "1")
        assert (refused.exit_code, refused.stderr) == (2, "A car is plugged in already.\n")
        seen = await run(central, "wait", "status=Preparing", "--since", "0")
        assert json.loads(seen.stdout)["action"] == "StatusNotification"
        assert (await run(central, "wait", "action:Nothing", "--timeout", "0.1")).exit_code == 4
        assert (await run(station, "automatic", "off")).exit_code == 0
        assert (await run(station, "note", "by a script")).exit_code == 0
        (short_path / "rules.toml").write_text("[[rule]]\ndo = 'hold'\n", encoding="utf-8")
        used = await run(station, "rules", str(short_path / "rules.toml"))
        assert json.loads(used.stdout)["rules"] == [{"name": "rule 1", "do": "hold", "fired": 0}]
        changed = json.loads((await run(central, "registration", "pending:2", "--to", "CP001")).stdout)
        assert changed["chargePoints"][0]["plan"] == "Pending for 2 boots"
        (short_path / "tokens.toml").write_text("[[token]]\nid = 'A'\n", encoding="utf-8")
        assert json.loads((await run(central, "tokens", str(short_path / "tokens.toml"))).stdout)["tokens"] == 1
        listed = json.loads((await run(station, "list")).stdout)
        assert (listed["automatic"], listed["stations"][0]["connectors"][0]["status"]) == (False, "Preparing")


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["nobody-1", "list"], 3, "no session listens at nobody-1; none is running"),
        (["nobody-1"], 2, "name a command after the address"),
        (["nobody-1", "fly"], 2, "fly is not one of list, send"),
        (["nobody-1", "list", "--all"], 2, "list has other arguments"),
        (["nobody-1", "answer", "1", "{"], 2, "the payload is not valid JSON"),
        (["nobody-1", "drop", "last"], 2, "drop has other arguments"),
        (["nobody-1", "rules", "missing.toml"], 2, "missing.toml cannot be read"),
        (["nobody-1", "tokens", "missing.toml"], 2, "missing.toml cannot be read"),
        (["nobody-1", "export"], 2, "name the file to write"),
        (["nobody-1", "export", "out.md"], 3, "no session listens at nobody-1"),
        ([], 3, "no session of yours listens in"),
    ],
)
def test_what_cannot_be_done_has_a_sentence(
    words: list[str], code: int, sentence: str, short_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OCPPTUI_HOME", str(short_path))
    result = CliRunner().invoke(program, ["control", *words])
    assert (result.exit_code, sentence in result.stderr) == (code, True), result.stderr


async def test_a_sequence_has_the_exit_code_of_its_end(short_path: Path) -> None:
    file = short_path / "evening.toml"
    async with running(short_path):
        for steps, code, says in (
            ('[[step]]\naction = "ClearCache"\n', 0, "1. ClearCache: done"),
            ('[[step]]\naction = "ClearCache"\nexpect = { status = "Rejected" }\n' * 2, 1, "expected was"),
            ("[[step]]\n", 2, ""),
        ):
            file.write_text(steps)
            finished = await run(str(short_path / "central"), "sequence", str(file))
            assert finished.exit_code == code, finished
            assert says in finished.stdout
        assert "has no action" in finished.stderr
