"""A charge that is cut off at every moment of it: each message lost on its way there, or its answer on the way back.

If this fails, a backend that is tried with the simulator bills too little, twice, or the wrong driver after a cut.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ocpptui.ocpp.version import Role, Version
from ocpptui.simulator.behaviour_settings import ChargePointSettings

if TYPE_CHECKING:
    from tests.simulator.conftest import Operate, Operated

Way = tuple[tuple[float, str], ...]
WAYS: dict[str, Way] = {
    "cable first": ((0.0, "plug-in"), (2.0, "card"), (20.0, "card"), (25.0, "unplug")),
    "card first": ((0.0, "card"), (2.0, "plug-in"), (20.0, "card"), (25.0, "unplug")),
    "pulled out": ((0.0, "plug-in"), (2.0, "card"), (20.0, "unplug")),
    "stopped while it starts": ((0.0, "plug-in"), (2.0, "card"), (2.05, "stop"), (4.0, "unplug")),
    "pulled out while it starts": ((0.0, "plug-in"), (2.0, "card"), (2.05, "unplug")),
}
"""What the driver does, and when, in seconds."""
ONE = ChargePointSettings(meter_interval=10, connectors=1)
CUTS = ("offline 30", "offline 1", "power-loss 3", "restart")


def charge(operated: Operated, way: Way, cut_at: float | None, cut: str) -> None:
    """Play the charge; at `cut_at` seconds the cut, and in the end time to tell everything."""
    plan = [*way, *([(cut_at, cut)] if cut_at is not None else [])]
    passed = 0.0
    for at, what in sorted(plan):
        operated.bench.run(at - passed)
        passed = at
        name, _, argument = what.partition(" ")
        operated.operate(name, 0, argument, 0)  # that the driver cannot do it now is part of the story
    operated.bench.run(200)


def moments(operate: Operate, version: Version, way: Way) -> list[float]:
    """After each frame of the charge, in seconds from its beginning: on its way, and just delivered."""
    operated = operate(version, ONE)
    begin = operated.bench.now
    charge(operated, way, None, "")
    latency = operated.bench.LATENCY
    sent = {said.time - begin for said in operated.bench.said}
    return sorted({(time + part) / 1e6 for time in sent for part in (0, latency // 2, latency * 3 // 2)})


def received(operated: Operated) -> list[dict[str, Any]]:
    """What the central system got about transactions, each message once, with the answer that came of it."""
    answers = {said.frame.id: said.payload for said in operated.bench.said if said.by is Role.CENTRAL_SYSTEM}
    found: dict[str, dict[str, Any]] = {}
    for said in operated.told("StartTransaction", "MeterValues", "StopTransaction", "TransactionEvent"):
        if said.frame.id in answers:
            content = {"action": said.action, **said.payload, "answer": answers[said.frame.id]}
            found.setdefault(json.dumps([said.action, said.payload]), content)
    return list(found.values())


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_every_transaction_is_told_from_its_begin_to_its_end(
    operate: Operate, version: Version, cut: str, way: Way
) -> None:
    for at in moments(operate, version, way):
        operated = operate(version, ONE)
        charge(operated, way, at, cut)
        assert not operated.charge_point.device.running(), at
        assert not operated.charge_point.device.queue.holds(), at
        told = received(operated)
        assert_whole_v16(told, at) if version is Version.V16 else assert_whole_2x(told, at)
        if cut.startswith("offline"):
            count = len([one for one in told if begins(one)])
            assert count == 1 or (count == 0 and at < 2.5), (at, "one driver, one transaction")
        assert [(1, "Available"), *operated.statuses()][-1] == (1, "Available"), at


def begins(message: dict[str, Any]) -> bool:
    return message["action"] == "StartTransaction" or message.get("eventType") == "Started"


def assert_whole_v16(told: list[dict[str, Any]], at: float) -> None:
    open_id = None
    for message in told:
        match message["action"]:
            case "StartTransaction":
                assert open_id is None, (at, "two at once")
                open_id = message["answer"]["transactionId"]
            case "MeterValues":
                assert message.get("transactionId") == open_id, (at, message)
            case "StopTransaction":
                assert message["transactionId"] == open_id, (at, message)
                open_id = None
    assert open_id is None, (at, "never stopped")


def assert_whole_2x(told: list[dict[str, Any]], at: float) -> None:
    by_id: dict[str, list[dict[str, Any]]] = {}
    for message in told:
        if message["action"] == "TransactionEvent":
            by_id.setdefault(message["transactionInfo"]["transactionId"], []).append(message)
    for events in by_id.values():
        kinds = [event["eventType"] for event in events]
        assert kinds == ["Started", *["Updated"] * (len(kinds) - 2), "Ended"], (at, kinds)
        assert [event["seqNo"] for event in events] == list(range(len(events))), at
        times = [event["timestamp"] for event in events]
        assert times == sorted(times), at
