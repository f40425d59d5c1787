"""`--rules FILE` as users give it. If these fail, they watch a peer for a fault that never comes."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection, serve

from tests.cli.conftest import Run
from tests.kit.faulty_peers import PATIENCE, SUBPROTOCOL, HearingPeer, usual
from tests.kit.program import environment_of

ROLES = {"charge-point": ["ws://127.0.0.1:1/CP001"], "central-system": ["--port", "0"]}


@pytest.mark.parametrize("command", ROLES)
@pytest.mark.parametrize(
    ("text", "sentence"),
    [("[[rule]]\ndo = 'dropp'", "rule 1: do cannot be 'dropp'; did you mean drop?"), ("[[", "not valid TOML")],
)
def test_a_wrong_file_is_refused(run: Run, tmp_path: Path, command: str, text: str, sentence: str) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(text)
    result = run(command, *ROLES[command], "--headless", "--duration", "1", "--rules", str(path))
    assert result.returncode == 2
    assert sentence in result.stderr and "--rules" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("command", ROLES)
def test_a_rule_that_the_role_cannot_follow_is_refused(run: Run, tmp_path: Path, command: str) -> None:
    path = tmp_path / "rules.toml"
    theirs = {"charge-point": "to-cp", "central-system": "to-csms"}[command]
    path.write_text(f"[[rule]]\ndo = 'drop'\ndirection = '{theirs}'")
    result = run(command, *ROLES[command], "--headless", "--duration", "1", "--rules", str(path))
    assert result.returncode == 2
    assert "calls of the other side" in result.stderr


def test_the_file_must_exist(run: Run) -> None:
    result = run("central-system", "--port", "0", "--headless", "--duration", "1", "--rules", "missing.toml")
    assert result.returncode == 2
    assert "missing.toml" in result.stderr


async def test_a_central_system_meets_the_faults_of_the_program(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(
        '[[rule]]\naction = "StatusNotification"\ndo = "duplicate"\n[[link]]\ndo = "disconnect"\nevery = 1\n'
    )
    wires: list[HearingPeer] = []

    async def handle(socket: ServerConnection) -> None:
        wires.append(HearingPeer(socket))
        await wires[-1].listen(usual)

    async with serve(handle, "127.0.0.1", 0, subprotocols=[SUBPROTOCOL]) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "ocpptui", "charge-point", f"ws://127.0.0.1:{port}/CP001", "--version", "1.6"),
            *("--headless", "--no-reconnect", "--rules", str(path)),
            env=environment_of(tmp_path),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        async with asyncio.timeout(PATIENCE * 3):
            out, _ = await process.communicate()
    [wire] = wires
    statuses = [text for text in wire.heard if "StatusNotification" in text]
    assert statuses and statuses[::2] == statuses[1::2]
    assert wire.socket.close_code == 1006
    details = [json.loads(line).get("detail", {}).get("fault") for line in out.splitlines()]
    assert {one["do"] for one in details if one} == {"duplicate", "disconnect"}
