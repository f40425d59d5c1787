"""Redacted recordings replayed against independent peers work like the originals, with other names."""

from __future__ import annotations

from pathlib import Path

from ocpptui.exporting import Format
from ocpptui.exporting.exported_records import Extract
from ocpptui.filter.selection import Selection
from ocpptui.ocpp.version import Role, Version
from ocpptui.redaction.redact import redaction_of
from ocpptui.timeline.timeline import Timeline
from tests.replay.live import Hand, read, record
from tests.replay.peers import NOW, Backend16, Backend201, Charger16, Charger201, Later16, serving
from tests.replay.test_as_central_system import act_16, act_201
from tests.replay.test_as_central_system import played as played_as_central_system
from tests.replay.test_as_central_system import recorded as recorded_as_central_system
from tests.replay.test_as_charge_point import played

TOKEN = "0487AB12CD34EF"
SERIAL = "CPSER-990017"


def redacted(original: Timeline, path: Path) -> Timeline:
    """The redacted recording, as read from the file that the user would pass on."""
    with path.open("wb") as out:
        Format.RECORDING.exporter(Extract(Selection(original), redaction_of(original)), out)
    text = path.read_text().lower()
    for name in (TOKEN, SERIAL, *original.charge_points()):
        assert name.lower() not in text
    return read(path)


async def charge_16(hand: Hand) -> None:
    boot = {"chargePointVendor": "V", "chargePointModel": "M", "chargePointSerialNumber": SERIAL}
    await hand.call("BootNotification", boot)
    await hand.call("Authorize", {"idTag": TOKEN})
    start = {"connectorId": 1, "idTag": TOKEN, "meterStart": 0, "timestamp": NOW}
    assert (await hand.call("StartTransaction", start))["transactionId"] == 1001
    await hand.call("StopTransaction", {"meterStop": 10, "timestamp": NOW, "transactionId": 1001, "idTag": TOKEN})


async def charge_201(hand: Hand) -> None:
    await hand.call(
        "BootNotification",
        {"reason": "PowerUp", "chargingStation": {"vendorName": "V", "model": "M", "serialNumber": SERIAL}},
    )
    for number, kind in enumerate(("Started", "Ended")):
        event = {"eventType": kind, "timestamp": NOW, "triggerReason": "Authorized", "seqNo": number}
        info = {"transactionInfo": {"transactionId": "tx-1"}, "idToken": {"idToken": TOKEN, "type": "ISO14443"}}
        await hand.call("TransactionEvent", {**event, **info})


async def test_a_redacted_charge_of_1_6_replays_as_the_charge_point(tmp_path: Path) -> None:
    """Support could not reproduce what the customer saw, or would learn whose card it was."""
    async with serving(Backend16, "ocpp1.6") as (url, _):
        original = await record(tmp_path / "a.jsonl", Role.CHARGE_POINT, Version.V16, url, charge_16)
    async with serving(Later16, "ocpp1.6") as (url, peers):
        report, _ = await played(redacted(original, tmp_path / "b.jsonl"), Version.V16, url)
    assert report.is_same, report.to_text()
    received = dict(peers[0].received)
    tag = received["Authorize"]["id_tag"]
    assert tag != TOKEN
    assert len(tag) == len(TOKEN)
    assert tag == received["StartTransaction"]["id_tag"] == received["StopTransaction"]["id_tag"]
    assert received["StopTransaction"]["transaction_id"] == 7
    assert received["BootNotification"]["charge_point_serial_number"] != SERIAL


async def test_a_redacted_charge_of_2_0_1_replays_as_the_charging_station(tmp_path: Path) -> None:
    async with serving(Backend201, "ocpp2.0.1") as (url, _):
        original = await record(tmp_path / "a.jsonl", Role.CHARGE_POINT, Version.V201, url, charge_201)
    async with serving(Backend201, "ocpp2.0.1") as (url, peers):
        report, _ = await played(redacted(original, tmp_path / "b.jsonl"), Version.V201, url)
    assert report.is_same, report.to_text()
    started, ended = (payload for action, payload in peers[0].received if action == "TransactionEvent")
    assert started["id_token"] == ended["id_token"]
    assert started["id_token"]["id_token"] != TOKEN
    assert started["id_token"]["type"] == "ISO14443"


async def test_a_redacted_charge_replays_as_the_central_system(tmp_path: Path) -> None:
    for version, charger, act in ((Version.V16, Charger16, act_16), (Version.V201, Charger201, act_201)):
        original = await recorded_as_central_system(tmp_path / f"{version}.jsonl", version, charger, act)
        after = redacted(original, tmp_path / f"{version}-redacted.jsonl")
        report, live, _ = await played_as_central_system(after, version, charger)
        assert len(live.asked) == (2 if version is Version.V16 else 1)
        assert report.by_default == 0
        assert report.position == len(report.plan.steps)
