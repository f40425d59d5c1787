"""A charge point and a central system of OCPP-S, both ours, with the proxy between them, in both directions.

If it fails, a bench that works without the proxy does not work with it. Bare peers are in
`tests/network/test_soap_relay.py`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from ocpptui.diagnosis.diagnosis import Diagnosis
from ocpptui.diagnosis.findings import findings_at
from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.server_settings import ServerSettings
from ocpptui.ocpp.version import Direction, Role, Version
from ocpptui.recording.writer import RecordingWriter
from ocpptui.session.session import Session
from ocpptui.session.settings import SessionSettings
from ocpptui.timeline.record import ConnectionEvent, Record, RecordKind
from ocpptui.timeline.timeline import Timeline
from tests.kit.held_ports import held_ports
from tests.kit.proxy_bench import SOON, proxy, records, until
from tests.recording.indexing import index_all

PATIENCE = 60.0


@pytest.fixture
def port() -> Iterator[int]:
    """Where the proxy listens: its settings name it before it does."""
    with held_ports() as first:
        yield first


def messages(session: Session) -> list[Record]:
    return [one for one in records(session) if one.kind.is_message]


async def test_boot_and_calls_of_the_central_system_come_through_as_without_it(tmp_path: Path, port: int) -> None:
    path = tmp_path / "recording.jsonl"
    here = f"http://127.0.0.1:{port}"
    central = Session(role=Role.CENTRAL_SYSTEM)
    station = Session(role=Role.CHARGE_POINT, settings=SessionSettings())
    link = await central.listen(ServerSettings(port=0))
    soap = ClientSettings(
        url=link.soap_urls[0].rstrip("/"), charge_point="-", backoff=SOON, callback=f"{here}/to/{{id}}"
    )
    server = {"port": port}
    async with asyncio.timeout(PATIENCE):
        async with proxy("ws://127.0.0.1:1", soap=soap, server=server, writer=RecordingWriter(path)) as between:
            await station.connect(ClientSettings(url=f"{here}/ocpp", charge_point="CP 1", versions=(Version.V16,)))
            await central.until(lambda: central.connection_of("CP 1"))
            connection = central.connection_of("CP 1")
            assert connection is not None
            call = await central.send_call(connection.number, "GetConfiguration", "{}")
            answer = await central.wait_for_answer(call)
            assert answer is not None and central.timeline.kind(answer) is RecordKind.CALLRESULT
            await until(station, lambda: not station.timeline.in_flight_count)
            opened = [one for one in records(central) if one.detail.get("event") == ConnectionEvent.OPENED]
            assert opened[0].detail["callback"] == f"{here}/to/CP%201"
            await station.close()
            passed, theirs = messages(between), messages(station)
            assert sorted(str(one.raw) for one in passed if one.direction is Direction.TO_CSMS) == sorted(
                str(one.raw) for one in theirs if one.direction is Direction.TO_CSMS
            )
            boot = next(one for one in passed if "bootNotificationRequest" in str(one.raw))
            assert boot.detail["readdressed"] == {"From": f"{here}/to/CP%201"}
            asked = next(one for one in passed if "getConfigurationRequest" in str(one.raw))
            own = next(one for one in records(station) if one.detail.get("event") == ConnectionEvent.OPENED)
            assert asked.detail["readdressed"] == {"To": own.detail["callback"]}
            assert all(one.detail["passedOnMs"] >= 0 for one in passed)
            await central.close()
    read = Timeline()
    index_all(path, read)
    diagnosis = Diagnosis(read)
    while not diagnosis.advance(1.0):
        pass
    assert [one for index in range(len(read)) for one in findings_at(read, index)] == []
    assert (read.counts.invalid, read.counts.orphans, read.counts.malformed) == (0, 0, 0)
    assert read.counts.calls == sum(one.kind is RecordKind.CALL for one in passed) > 1
