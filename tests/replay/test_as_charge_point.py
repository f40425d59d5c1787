"""Recorded charges played as the charge point against the `ocpp` package's central system classes."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from ocpp.exceptions import InternalError
from ocpp.v16 import call_result as result16

from ocpptui.ocpp.version import Role, Version
from ocpptui.replay.plan import plan
from ocpptui.replay.player import Player
from ocpptui.replay.replay_report import DeviationKind, Outcome, Report
from ocpptui.replay.rewriting import Rewritten
from ocpptui.timeline.record import Origin
from ocpptui.timeline.timeline import Timeline
from tests.replay.live import Hand, by_hand, record, sent
from tests.replay.peers import NOW, Backend16, Backend201, Later16, clock, on, serving

STATUS = {"connectorId": 0, "errorCode": "NoError", "status": "Available"}
METER = (
    '{"connectorId": 1, "transactionId": 1001, "meterValue":[{"timestamp":"%s","sampledValue":[{"value":"21.40"}]}]}'
)


async def charge_16(hand: Hand) -> None:
    await hand.call("BootNotification", {"chargePointVendor": "V", "chargePointModel": "M"})
    await hand.call("StatusNotification", STATUS)
    await hand.answer({"configurationKey": [{"key": "HeartbeatInterval", "readonly": False, "value": "300"}]})
    await hand.call("Authorize", {"idTag": "TAG"})
    start = {"connectorId": 1, "idTag": "TAG", "meterStart": 0, "timestamp": NOW}
    assert (await hand.call("StartTransaction", start))["transactionId"] == 1001
    await hand.call("MeterValues", METER % NOW)
    assert await hand.answer({"status": "Accepted"}) == {"transactionId": 1001}
    stop = {"meterStop": 30, "timestamp": NOW, "transactionId": 1001}
    await hand.call("StopTransaction", stop)


async def recorded_16(path: Path) -> Timeline:
    async with serving(Backend16, "ocpp1.6") as (url, _):
        return await record(path, Role.CHARGE_POINT, Version.V16, url, charge_16)


async def played(
    timeline: Timeline, version: Version, url: str, patience: float = 10.0, **more: Any
) -> tuple[Report, list[str]]:
    """Play as charge point against `url`; return the report and the texts sent."""
    async with by_hand(Role.CHARGE_POINT, version, url, **more) as session:
        player = Player(plan(timeline, Role.CHARGE_POINT), session, patience=patience, once=True)
        player.play()
        report = await player.run()
        origins = {session.timeline.origin(i) for i in range(len(session.timeline)) if session.timeline.kind(i) <= 6}
        assert origins == {Origin.WIRE, Origin.REPLAY}
        return report, sent(session)


async def test_a_charge_of_1_6_comes_through_with_the_live_transaction_id(tmp_path: Path) -> None:
    """The backend would refuse the meter values and the stop of a transaction that it does not know."""
    timeline = await recorded_16(tmp_path / "a.jsonl")
    async with serving(Later16, "ocpp1.6") as (url, peers):
        report, texts = await played(timeline, Version.V16, url)
        (backend,) = peers
        async with asyncio.timeout(10):  # it may still read the last answer
            while len(backend.answers) < 2:
                await asyncio.sleep(0.01)
    assert [action for action, _ in backend.received] == [
        "BootNotification",
        "StatusNotification",
        "Authorize",
        "StartTransaction",
        "MeterValues",
        "StopTransaction",
    ]
    received = dict(backend.received)
    assert received["MeterValues"]["transaction_id"] == received["StopTransaction"]["transaction_id"] == 7
    assert [vars(answer)["status"] for answer in backend.answers[1:]] == ["Accepted"]
    assert backend.answers[0].configuration_key == [{"key": "HeartbeatInterval", "readonly": False, "value": "300"}]
    assert any((METER % NOW).replace("1001", "7") in text for text in texts)
    assert report.is_same, report.to_text()
    assert report.rewritten == (Rewritten("transaction id", "1001", "7", 2),)
    assert (report.position, report.sent, report.compared, report.by_default) == (len(report.plan.steps), 8, 6, 0)
    assert (report.charge_point, report.version, report.peer) == ("CP-LIVE", Version.V16, f"{url}/CP-LIVE")


async def test_message_ids_are_fresh(tmp_path: Path) -> None:
    """The backend might take ids that it has seen before for repetitions."""
    timeline = await recorded_16(tmp_path / "a.jsonl")
    recorded = {json.loads(str(timeline.record(i).raw))[1] for i in range(len(timeline)) if timeline.kind(i) <= 6}
    async with serving(Backend16, "ocpp1.6") as (url, _):
        _, texts = await played(timeline, Version.V16, url)
    assert not recorded & {json.loads(text)[1] for text in texts}


async def test_a_replay_can_be_replayed(tmp_path: Path) -> None:
    """The recording of a replay could not be used like any other."""
    timeline = await recorded_16(tmp_path / "a.jsonl")
    async with serving(Later16, "ocpp1.6") as (url, _), by_hand(Role.CHARGE_POINT, Version.V16, url) as session:
        player = Player(plan(timeline, Role.CHARGE_POINT), session)
        player.play()
        await player.run()
        again = session.timeline
    async with serving(Backend16, "ocpp1.6") as (url, _):
        report, _ = await played(again, Version.V16, url)
    assert report.is_same, report.to_text()
    assert report.rewritten == (Rewritten("transaction id", "7", "1001", 2),)


class Changed16(Later16):
    """A changed central system: other answers, an error, one call fewer and one more."""

    @on("BootNotification")
    def boot(self, **payload: Any) -> Any:
        return result16.BootNotification(current_time=clock(), interval=60, status="Accepted")

    @on("Authorize")
    def authorize(self, **payload: Any) -> Any:
        raise InternalError("no database")

    async def remote_stop(self, **payload: Any) -> None:
        """No longer make this call."""

    @on("StopTransaction")
    def end(self, **payload: Any) -> Any:
        return result16.StopTransaction()


async def test_exactly_the_backends_different_answers_are_reported(tmp_path: Path) -> None:
    """A report with gaps or false differences is worth nothing."""
    timeline = await recorded_16(tmp_path / "a.jsonl")
    async with serving(Changed16, "ocpp1.6") as (url, peers):
        report, _ = await played(timeline, Version.V16, url, patience=0.3)
    assert report.outcome is Outcome.FINISHED
    assert not report.is_same
    found = [
        (deviation.kind, deviation.action, [(d.path, d.recorded, d.live) for d in deviation.differences])
        for deviation in report.deviations
    ]
    assert found == [
        (DeviationKind.DIFFERENT_ANSWER, "BootNotification", [("$.interval", "300", "60")]),
        (
            DeviationKind.DIFFERENT_ANSWER,
            "Authorize",
            [("$", 'CALLRESULT {"idTagInfo":{"status":"Accepted"}}', "CALLERROR InternalError: no database")],
        ),
        (DeviationKind.CALL_NOT_MADE, "RemoteStopTransaction", []),
        (DeviationKind.DIFFERENT_ANSWER, "StopTransaction", [("$.idTagInfo", '{"status":"Accepted"}', None)]),
    ]
    assert dict(peers[0].received)["MeterValues"]["transaction_id"] == 7
    assert report.sent == report.plan.sends - 1


REPORT = {
    "requestId": 11,
    "generatedAt": NOW,
    "seqNo": 0,
    "tbc": False,
    "reportData": [
        {
            "component": {"name": "OCPPCommCtrlr"},
            "variable": {"name": "HeartbeatInterval"},
            "variableAttribute": [{"value": "300"}],
        }
    ],
}


def event(kind: str, number: int) -> dict[str, Any]:
    return {
        "eventType": kind,
        "timestamp": NOW,
        "triggerReason": "Authorized",
        "seqNo": number,
        "transactionInfo": {"transactionId": "REC-TX"},
    }


async def charge_201(hand: Hand) -> None:
    station = {"chargingStation": {"model": "M", "vendorName": "V"}, "reason": "PowerUp"}
    await hand.call("BootNotification", station)
    status = {"timestamp": NOW, "connectorStatus": "Available", "evseId": 1, "connectorId": 1}
    await hand.call("StatusNotification", status)
    assert (await hand.answer({"status": "Accepted"}))["requestId"] == 11
    await hand.call("NotifyReport", REPORT)
    for number, kind in enumerate(["Started", "Updated", "Ended"]):
        await hand.call("TransactionEvent", event(kind, number))


class Later201(Backend201):
    request = 99


async def test_a_charge_of_2_0_1_comes_through_with_the_live_request_id(tmp_path: Path) -> None:
    """The backend would not recognise the report that it asked for."""
    async with serving(Backend201, "ocpp2.0.1") as (url, _):
        timeline = await record(tmp_path / "a.jsonl", Role.CHARGE_POINT, Version.V201, url, charge_201)
    async with serving(Later201, "ocpp2.0.1") as (url, peers):
        report, _ = await played(timeline, Version.V201, url)
    assert report.is_same, report.to_text()
    assert report.rewritten == (Rewritten("request id (report)", "11", "99", 1),)
    received = peers[0].received
    assert [payload["request_id"] for action, payload in received if action == "NotifyReport"] == [99]
    events = [payload for action, payload in received if action == "TransactionEvent"]
    assert [one["event_type"] for one in events] == ["Started", "Updated", "Ended"]
    assert {one["transaction_info"]["transaction_id"] for one in events} == {"REC-TX"}
