"""The state file of a charge point, over real connections. If these fail, a restart of the program forgets a charge."""

from __future__ import annotations

import errno
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from ocpptui.network.client_settings import ClientSettings
from ocpptui.ocpp.version import Role, Version
from ocpptui.session.kept_state_file import PAUSE, KeptStateFile, read_state
from ocpptui.session.session import Session
from ocpptui.session.settings import SessionSettings
from ocpptui.simulator.behaviour_settings import ChargePointSettings
from ocpptui.simulator.driver_side import Operation
from tests.kit.station_bench import STATION, said_by_station, station_bench


@asynccontextmanager
async def station(central: Session, path: Path) -> AsyncIterator[Session]:
    """Another process of the charge point, with its state in a file."""
    own = ChargePointSettings(connectors=1, meter_interval=1)
    session = Session(role=Role.CHARGE_POINT, settings=SessionSettings(charge_point=own, state_file=path))
    settings = ClientSettings(url=central.listening_urls[0], charge_point=STATION, versions=(Version.V16,))
    try:
        await session.connect(settings)
        assert await session.until(lambda: session.connection_of(STATION), 60)
        assert await session.until(lambda: session.knowledge[STATION].registration or None, 60)
        yield session
    finally:
        await session.close()


async def test_a_transaction_that_ran_is_ended_by_the_next_process(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    async with station_bench(Version.V16) as (central, other):
        await other.close()
        async with station(central, path) as first:
            for what in ("plug-in", "card"):
                assert first.operate(STATION, Operation(what)) == ""
            assert await said_by_station(central, "StatusNotification", status="Charging") is not None
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        async with station(central, path):
            ended = await said_by_station(central, "StopTransaction", reason="PowerLoss")
    assert ended is not None
    assert ended["transactionId"] == 1


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format": 99}', '{"format": 1, "ocppVersion": "2.1"}'])
async def test_a_file_that_is_none_is_said_and_left_alone(tmp_path: Path, content: str) -> None:
    path = tmp_path / "state.json"
    path.write_text(content)
    async with station_bench(Version.V16) as (central, other):
        await other.close()
        async with station(central, path) as session:
            details = [session.timeline.record(index).detail or {} for index in range(len(session.timeline))]
            assert any(str(path) in str(detail.get("text")) for detail in details)
    assert path.read_text() == content


class Counting:
    """A state that is another one each time."""

    def __init__(self) -> None:
        self.count = 0

    def kept_state(self, now: int) -> dict[str, int]:
        self.count += 1
        return {"count": self.count}

    def restore(self, state: object, now: int) -> None:
        """It begins anew."""


def test_a_full_disk_is_said_once_and_so_is_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A note every five seconds would bury the log; without one, the next process silently goes on from old values."""
    path = tmp_path / "state.json"
    file = KeptStateFile(path)
    assert file.restore(Counting(), 0) == ""
    assert file.keep(PAUSE) == ""
    full = True

    def written(beside: Path, text: str) -> None:
        beside.write_text(text[:3] if full else text)
        if full:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("ocpptui.session.kept_state_file.write_private", written)
    said = [file.keep(PAUSE * number) for number in range(2, 5)]
    assert said == [f"{path}: the state is not kept: No space left on device", "", ""]
    assert file.failure == said[0]
    assert read_state(path) == {"count": 1}, "what was kept before is whole"
    assert list(tmp_path.iterdir()) == [path], "half a state is left beside it"
    full = False
    assert file.keep(PAUSE * 6) == f"{path}: the state is kept again"
    assert file.failure == ""
    assert read_state(path) == {"count": 5}


def test_a_state_that_is_again_as_in_its_file_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Quitting would warn of a loss although the file has everything."""
    path, keeper = tmp_path / "state.json", Counting()
    file = KeptStateFile(path)
    file.restore(keeper, 0)
    file.keep(PAUSE)

    def fails(beside: Path, text: str) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("ocpptui.session.kept_state_file.write_private", fails)
    assert file.keep(PAUSE * 2)
    keeper.count -= 2
    assert file.keep(PAUSE * 3) == f"{path}: the state is kept again"
    assert file.failure == ""
