"""Recorded charges played as the central system against the `ocpp` package's charge point classes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from ocpp.v16 import call as call16

from ocpptui.ocpp.version import Role, Version
from ocpptui.replay.plan import plan
from ocpptui.replay.player import Player
from ocpptui.replay.replay_report import DeviationKind, Report
from ocpptui.replay.rewriting import Rewritten
from ocpptui.runtime.tasks import Tasks
from ocpptui.timeline.timeline import Timeline
from tests.replay.live import Hand, by_hand, first_connection, read
from tests.replay.peers import NOW, Charger16, Charger201, clock, plugged_in


def accepted() -> dict[str, object]:
    return {"status": "Accepted", "currentTime": clock(), "interval": 300}


async def act_16(hand: Hand) -> None:
    await hand.answer(accepted())
    await hand.answer({"transactionId": 4711, "idTagInfo": {"status": "Accepted"}})
    await hand.call("ChangeAvailability", {"connectorId": 1, "type": "Inoperative"})
    await hand.call("RemoteStopTransaction", '{ "transactionId": 4711 }')
    assert (await hand.answer({"idTagInfo": {"status": "Accepted", "expiryDate": "2099-01-01T00:00:00Z"}}))[
        "transactionId"
    ] == 4711


async def act_201(hand: Hand) -> None:
    await hand.answer(accepted())
    await hand.answer({"totalCost": 0})
    await hand.call("RequestStopTransaction", '{"transactionId":"REC-TX"}')
    await hand.answer({"totalCost": 12.5})


@asynccontextmanager
async def session_with(
    version: Version, make: Callable[[str, Any], Any], **more: Any
) -> AsyncIterator[tuple[Any, Any]]:
    async with (
        by_hand(Role.CENTRAL_SYSTEM, version, **more) as session,
        plugged_in(make, session.listening_urls[0] + "CP-1", version.subprotocol) as charger,
    ):
        yield session, charger


async def recorded(path: Path, version: Version, make: Callable[[str, Any], Any], act: Any) -> Timeline:
    tasks = Tasks("test")
    async with session_with(version, make, path=path) as (session, charger):
        charging = tasks.start(charger.charge(), "charge")
        await act(Hand(session, await first_connection(session)))
        await charging
    return read(path)


async def played(
    timeline: Timeline, version: Version, make: Callable[[str, Any], Any], patience: float = 10.0
) -> tuple[Report, Any, Any]:
    """Play as central system to a charge point; return the report, the charge point and the result of its charge."""
    tasks = Tasks("test")
    async with session_with(version, make) as (session, charger):
        player = Player(plan(timeline, Role.CENTRAL_SYSTEM), session, patience=patience)
        player.play()
        charging = tasks.start(charger.charge(), "charge")
        report = await player.run()
        return report, charger, await charging


async def test_a_charge_of_1_6_is_answered_as_recorded(tmp_path: Path) -> None:
    """The charge point would hear of other transactions, or get no answer."""
    timeline = await recorded(tmp_path / "a.jsonl", Version.V16, Charger16, act_16)
    report, charger, start = await played(timeline, Version.V16, Charger16)
    assert report.is_same, report.to_text()
    assert start == {"transaction_id": 4711, "id_tag_info": {"status": "Accepted"}}
    assert charger.asked == [
        ("ChangeAvailability", {"connector_id": 1, "type": "Inoperative"}),
        ("RemoteStopTransaction", {"transaction_id": 4711}),
    ]
    assert (report.sent, report.by_default, report.rewritten) == (5, 0, ())


class Live201(Charger201):
    transaction = "a-live-one"


async def test_a_charge_of_2_0_1_is_stopped_by_its_live_transaction_id(tmp_path: Path) -> None:
    """The charge point would refuse to stop a transaction that it does not have."""
    timeline = await recorded(tmp_path / "a.jsonl", Version.V201, Charger201, act_201)
    report, charger, _ = await played(timeline, Version.V201, Live201)
    assert report.is_same, report.to_text()
    assert charger.asked == [("RequestStopTransaction", {"transaction_id": "a-live-one"})]
    assert report.rewritten == (Rewritten("transaction id", '"REC-TX"', '"a-live-one"', 1),)


class Other16(Charger16):
    """A charge point that refuses to become unavailable, authorizes first, and sends a Heartbeat."""

    availability = "Rejected"

    async def charge(self, meter: int = 0) -> dict[str, Any]:
        self.authorized = vars(await self.call(call16.Authorize(id_tag="TAG")))
        await self.call(call16.Heartbeat())
        return await super().charge(meter=500)


async def test_a_charge_point_that_behaves_differently_is_answered_and_reported(tmp_path: Path) -> None:
    """Without an answer the charge point would hang, and its difference would go unnoticed."""
    timeline = await recorded(tmp_path / "a.jsonl", Version.V16, Charger16, act_16)
    report, charger, start = await played(timeline, Version.V16, Other16)
    assert start["transaction_id"] == 4711
    assert charger.authorized["id_tag_info"]["status"] == "Accepted"
    assert [(deviation.kind, deviation.action) for deviation in report.deviations] == [
        (DeviationKind.NEW_CALL, "Authorize"),
        (DeviationKind.DIFFERENT_ANSWER, "ChangeAvailability"),
    ]
    assert report.by_default == 2  # Authorize and the Heartbeat, which is not a deviation


class Silent16(Charger16):
    """A charge point that boots and then does nothing."""

    async def charge(self, meter: int = 0) -> dict[str, Any]:
        await self.call(call16.BootNotification(charge_point_model="M", charge_point_vendor="V"))
        return {}


async def test_missing_calls_are_reported_and_the_replay_continues(tmp_path: Path) -> None:
    """One missing call would stop the whole replay."""
    timeline = await recorded(tmp_path / "a.jsonl", Version.V16, Charger16, act_16)
    report, charger, _ = await played(timeline, Version.V16, Silent16, patience=0.2)
    assert [(deviation.kind, deviation.action) for deviation in report.deviations] == [
        (DeviationKind.CALL_NOT_MADE, "StartTransaction"),
        (DeviationKind.CALL_NOT_MADE, "StopTransaction"),
    ]
    assert [action for action, _ in charger.asked] == ["ChangeAvailability", "RemoteStopTransaction"]
    assert (report.position, report.sent) == (len(report.plan.steps), 3)


class Hasty16(Charger16):
    """A charge point that starts its transaction before it boots, and stops it by itself."""

    async def charge(self, meter: int = 0) -> dict[str, Any]:
        start = await self.call(call16.StartTransaction(connector_id=1, id_tag="TAG", meter_start=meter, timestamp=NOW))
        await self.call(
            call16.StopTransaction(meter_stop=meter + 10, timestamp=NOW, transaction_id=start.transaction_id)
        )
        await self.call(call16.BootNotification(charge_point_model="M", charge_point_vendor="V"))
        await self.told.wait()
        return dict(vars(start))


async def test_calls_in_another_order_get_their_recorded_answers_at_once(tmp_path: Path) -> None:
    """Both sides would wait for each other until they gave up."""
    timeline = await recorded(tmp_path / "a.jsonl", Version.V16, Charger16, act_16)
    report, charger, start = await played(timeline, Version.V16, Hasty16)
    assert start["transaction_id"] == 4711
    assert report.is_same, report.to_text()
    assert [action for action, _ in charger.asked] == ["ChangeAvailability", "RemoteStopTransaction"]
