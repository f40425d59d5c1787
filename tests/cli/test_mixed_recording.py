"""One recording of a central system with charge points of JSON and of SOAP at once, through all commands that read it.

If it fails, whoever has both kinds in the field loses one of them in a view, or shares what is confidential.
"""

from __future__ import annotations

import asyncio
import csv
import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.credentials import Credentials
from ocpptui.network.server_settings import ServerSettings
from ocpptui.ocpp.version import Role, Transport, Version
from ocpptui.recording.writer import RecordingWriter
from ocpptui.session.session import Session
from ocpptui.session.settings import SessionSettings
from ocpptui.simulator.behaviour_settings import ChargePointSettings
from ocpptui.simulator.driver_side import Operation
from tests.cli.conftest import Run

PATIENCE = 60.0
SCHEMA = Path(__file__).parents[1] / "recording" / "open-ocpp-trace.schema.json"
STATIONS = {"DE-J-77123": Version.V16, "DE-S-77124": Version.V15}
SECRETS = ("hunter2hunter2hunter2", "TopSecretKey0123456789", "pw471188")
IDENTITIES = (*STATIONS, "04A2B3C4D5", "mueller")
ASKED = {
    "ChangeConfiguration": {"key": "AuthorizationKey", "value": SECRETS[1]},
    "GetDiagnostics": {"location": f"ftp://mueller:{SECRETS[2]}@127.0.0.1:1/DE-J-77123"},
    "GetConfiguration": {},
    "ClearCache": {},
}


async def record(path: Path) -> None:
    """A short charge at each, and calls of the central system."""
    password = Credentials.parse(None, SECRETS[0])
    central = Session(role=Role.CENTRAL_SYSTEM, writer=RecordingWriter(path))
    stations: list[tuple[str, Session]] = []

    async def said(action: str, name: str) -> None:
        timeline = central.timeline
        assert await central.until(
            lambda: (
                any(
                    timeline.action(row) == action
                    and timeline.charge_point(row) == name
                    and timeline.other_half(row) is not None
                    for row in range(len(timeline))
                )
                or None
            ),
            PATIENCE,
        )

    try:
        await central.listen(ServerSettings(host="127.0.0.1", port=0, soap_port=0, credentials=password))
        for (name, version), url in zip(STATIONS.items(), central.listening_urls, strict=True):
            built = ChargePointSettings(connectors=1, meter_interval=1, speed=50.0, step=0.1)
            station = Session(role=Role.CHARGE_POINT, settings=SessionSettings(charge_point=built))
            stations.append((name, station))
            settings = ClientSettings(url=url, charge_point=name, versions=(version,), credentials=password)
            await station.connect(settings)
        for deed, action in (("", "StatusNotification"), ("plug-in", ""), ("card", "MeterValues")):
            for name, station in stations:
                assert not deed or station.operate(name, Operation(deed, 0, "")) == ""
            for name, _ in stations:
                if action:
                    await said(action, name)
        for name, _ in stations:
            connection = central.connection_of(name)
            assert connection is not None
            for action, payload in ASKED.items():
                call = await central.send_call(connection.number, action, json.dumps(payload))
                assert await central.wait_for_answer(call, PATIENCE) is not None, action
        for name, station in stations:
            assert station.operate(name, Operation("unplug", 0, "")) == ""
            await said("StopTransaction", name)
    finally:
        for _, station in stations:
            await station.close()
        await central.close()


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_it_goes_through_every_command(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "both.jsonl"
    asyncio.run(record(path))
    recorded = lines_of(path)
    messages = [line for line in recorded if "messageId" in line]
    by_transport = {one: [line for line in messages if line["transport"] == one] for one in Transport}
    assert all(len(found) >= 20 for found in by_transport.values())
    assert not any(secret in path.read_text(encoding="utf-8") for secret in SECRETS)

    for transport, found in by_transport.items():
        chosen = run(
            "convert", "both.jsonl", "-", "--to", "csv", "--filter", f"transport:{transport} not kind:connection"
        )
        rows = list(csv.DictReader(chosen.stdout.splitlines()))
        assert [row["messageId"] for row in rows] == [line["messageId"] for line in found]

    checked = run("check", "both.jsonl", "--format", "json")
    rules = {one["rule"]: set(one["chargePoints"]) for one in json.loads(checked.stdout)["rules"]}
    assert rules.pop("tx.duration") == set(STATIONS)  # each lasts a second
    rules.pop("log.failed", None)  # nobody listens there, which the charge point may still be about to find
    # The setting is read-only, and its new value is sent without TLS.
    assert rules == {"cmd.config-unknown": set(STATIONS), "sec.password": {"DE-J-77123"}}

    result = run("convert", "both.jsonl", "trace.jsonl", "--to", "open-ocpp-trace")
    assert result.returncode == 0, result.stderr
    validator = Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    trace = lines_of(tmp_path / "trace.jsonl")
    assert [error.message for line in trace for error in validator.iter_errors(line)] == []
    named = ("transport", "ocppVersion", "chargePointId", "direction", "messageType", "messageId", "action")
    assert [[line.get(name) for name in named] for line in trace] == [
        [line.get(name) for name in named] for line in messages
    ]
    assert run("convert", "trace.jsonl", "again.jsonl").returncode == 0
    assert [line["raw"] for line in lines_of(tmp_path / "again.jsonl")] == [line["raw"] for line in messages]
    assert "no differences" in run("diff", "both.jsonl", "again.jsonl").stdout

    report = json.loads(run("report", "both.jsonl", "--format", "json").stdout)
    assert {name for name in STATIONS if name in json.dumps(report)} == set(STATIONS)
    sessions = "select charge_point, reason, energy_wh > 0 as charged from transactions order by 1"
    table = run("sql", "--format", "csv", "both.jsonl", sessions)
    assert table.stdout.splitlines()[1:] == ["DE-J-77123,EVDisconnected,true", "DE-S-77124,,true"], table.stderr

    newer = run("convert", "both.jsonl", "newer.jsonl", "--as", "2.0.1")
    assert newer.returncode == 0
    assert {line["transport"] for line in lines_of(tmp_path / "newer.jsonl")} == {"json"}
    assert {line["chargePointId"] for line in lines_of(tmp_path / "newer.jsonl")} == set(STATIONS)

    for target in ("shared.jsonl", "shared.html", "shared.har"):
        result = run("convert", "both.jsonl", target, "--redact")
        assert result.returncode == 0, result.stderr
        text = (tmp_path / target).read_text(encoding="utf-8")
        assert not [one for one in (*SECRETS, *IDENTITIES) if one.lower() in text.lower()], target
        assert "startTransactionRequest" in text, target
    assert "/ChargePointService" in (tmp_path / "shared.jsonl").read_text(encoding="utf-8")
