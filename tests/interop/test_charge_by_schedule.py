"""A whole charge that nobody operates: the driver's acts are in the station's profile, and the `ocpp` package's central
system is on the other side. If it fails, a bench that runs by a profile charges nothing, or not as it says.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from ocpptui.network.client_settings import ClientSettings
from ocpptui.ocpp.version import Role, Version
from ocpptui.recording.writer import RecordingWriter
from ocpptui.session.session import Session
from ocpptui.session.settings import SessionSettings
from ocpptui.simulator.station_profile import station_profile
from tests.interop.charge_stories import FINDINGS, steps_of
from tests.interop.test_complete_charge import PATIENCE, CallsOfCharge, assert_checked, package_backend
from tests.kit.station_bench import STATION, VERSIONS

STORY = "card"
"""What the profile below has the driver do."""
PROFILE = """
[[connectors]]
[meter]
interval = 1

[[schedule]]
at = 0.1
do = "plug-in"
argument = 40

[[schedule]]
when = "plugged-in"
after = 0.1
do = "card"

[[schedule]]
when = "charging"
after = 1.5
do = "card"

[[schedule]]
when = "no-transaction"
after = 0.1
do = "unplug"
"""


@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_a_whole_charge_is_in_the_schedule_of_a_profile(version: Version, tmp_path: Path) -> None:
    asyncio.run(_charge(version, tmp_path))
    assert_checked(tmp_path / "station.jsonl", FINDINGS.get(STORY, set()))


async def _charge(version: Version, folder: Path) -> None:
    settings = replace(station_profile(PROFILE, "mine").settings, speed=50.0)
    station = Session(
        role=Role.CHARGE_POINT,
        settings=SessionSettings(charge_point=settings),
        writer=RecordingWriter(folder / "station.jsonl"),
    )
    async with package_backend(version, folder / "central.jsonl") as (url, _):
        try:
            await station.connect(ClientSettings(url=url, charge_point=STATION, versions=(version,)))
            wire = CallsOfCharge(station)
            for step in [*steps_of("boot", version), *steps_of(STORY, version)]:
                if step == "reading":
                    await wire.reading()
                elif not step.startswith("driver: "):
                    assert await wire.call() == step
            assert await station.until(lambda: not station.timeline.in_flight_count or None, PATIENCE)
            wire.assert_valid()
        finally:
            await station.close()
