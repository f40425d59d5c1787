"""`ocpptui charge-point`: the options of its own. If these fail, a fleet is one charge point that replaces itself."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import click
import pytest

from ocpptui.cli.charge_point_command import _names
from ocpptui.network.server_settings import ServerSettings
from ocpptui.ocpp.version import Role
from ocpptui.session.session import Session
from tests.kit.program import environment_of


@pytest.mark.parametrize(
    ("pattern", "names"),
    [("CP{}", ["CP1", "CP2"]), ("CP{:03}", ["CP001", "CP002"]), ("CP", ["CP1", "CP2"]), ("{}-a", ["1-a", "2-a"])],
)
def test_ids_have_their_number(pattern: str, names: list[str]) -> None:
    assert _names(pattern, 2) == names


@pytest.mark.parametrize("pattern", ["", "CP{", "CP{x}", "CP{:z}", "CP{{}}"])
def test_a_pattern_without_a_place_is_refused(pattern: str) -> None:
    with pytest.raises(click.UsageError):
        _names(pattern, 2)


async def test_several_charge_points_boot_in_one_session(tmp_path: Path) -> None:
    central = Session(role=Role.CENTRAL_SYSTEM)
    await central.listen(ServerSettings(host="127.0.0.1", port=0))
    command = (sys.executable, "-m", "ocpptui", "charge-point", central.listening_urls[0], "--id", "CP{:02}")
    process = await asyncio.create_subprocess_exec(
        *command, "--count", "12", "--headless", env=environment_of(tmp_path), stdout=PIPE, stderr=PIPE
    )

    def booted() -> bool | None:
        timeline = central.timeline
        boots = [i for i in range(len(timeline)) if timeline.action(i) == "BootNotification"]
        return len({timeline.charge_point(index) for index in boots}) == 12 or None

    try:
        assert await central.until(booted, 60)
        process.terminate()
        out, _ = await asyncio.wait_for(process.communicate(), 60)
    finally:
        await central.close()
    assert {json.loads(line)["chargePointId"] for line in out.splitlines()} == {f"CP{n:02}" for n in range(1, 13)}
