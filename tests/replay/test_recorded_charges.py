"""The recorded charges of the repository, replayed in both roles against the `ocpp` package on real sockets."""

from __future__ import annotations

from typing import Any

import pytest

from ocpptui.ocpp.version import Role, Version
from ocpptui.replay.plan import plan
from ocpptui.replay.player import Player
from ocpptui.replay.replay_report import DeviationKind, Outcome, Report
from ocpptui.replay.substitutions import Substitutions
from ocpptui.runtime.tasks import Tasks
from ocpptui.timeline.timeline import Timeline
from tests.replay.live import by_hand
from tests.replay.peers import plugged_in, serving
from tests.replay.twins import Faults, Script, recorded, twin

RULES = Substitutions(shift_times=True)
LIVE = {Version.V16: 7, Version.V201: "a-live-one"}
VERSIONS = pytest.mark.parametrize("version", [Version.V16, Version.V201])
SUBPROTOCOL = {Version.V16: "ocpp1.6", Version.V201: "ocpp2.0.1"}


async def as_charge_point(
    timeline: Timeline, version: Version, faults: Faults | None = None, patience: float = 10.0
) -> tuple[Report, Any]:
    """Replay as the charge point against a twin of the recorded central system."""
    script = Script(timeline, Role.CENTRAL_SYSTEM, LIVE[version])
    make = twin(version, script, faults or Faults())
    tasks = Tasks("twin")

    def acting(identity: str, connection: Any) -> Any:
        peer = make(identity, connection)
        tasks.start(peer.act(), "acting")
        return peer

    async with (
        serving(acting, SUBPROTOCOL[version]) as (url, peers),
        by_hand(Role.CHARGE_POINT, version, url) as session,
    ):
        player = Player(plan(timeline, Role.CHARGE_POINT), session, rules=RULES, patience=patience, once=True)
        player.play()
        report = await player.run()
        await tasks.cancel()
        return report, peers[0]


async def as_central_system(
    timeline: Timeline, version: Version, faults: Faults | None = None, patience: float = 10.0
) -> tuple[Report, Any]:
    """Replay as the central system against a twin of the recorded charge point."""
    script = Script(timeline, Role.CHARGE_POINT, LIVE[version])
    make = twin(version, script, faults or Faults())
    tasks = Tasks("twin")
    async with (
        by_hand(Role.CENTRAL_SYSTEM, version) as session,
        plugged_in(make, session.listening_urls[0] + "CP-1", SUBPROTOCOL[version]) as peer,
    ):
        player = Player(plan(timeline, Role.CENTRAL_SYSTEM), session, rules=RULES, patience=patience)
        player.play()
        tasks.start(peer.act(), "acting")
        report = await player.run()
        await tasks.cancel()
        return report, peer


def found(report: Report) -> list[tuple[DeviationKind, str, list[tuple[str, str | None, str | None]]]]:
    return [
        (deviation.kind, deviation.action, [(d.path, d.recorded, d.live) for d in deviation.differences])
        for deviation in report.deviations
    ]


def transactions(value: Any) -> set[Any]:
    """Every transaction id in what a peer received."""
    if isinstance(value, dict):
        own = {value["transaction_id"]} if "transaction_id" in value else set()
        return own.union(*map(transactions, value.values()))
    return set().union(*map(transactions, value)) if isinstance(value, list | tuple) else set()


@VERSIONS
async def test_as_the_charge_point_nothing_is_invented(version: Version) -> None:
    """Nobody trusts a report of false differences a second time."""
    timeline = recorded(version)
    report, peer = await as_charge_point(timeline, version)
    assert report.is_same, report.to_text()
    assert report.outcome is Outcome.FINISHED and report.sent == report.plan.sends and report.compared > 5
    carried = transactions(peer.received)
    if version is Version.V16:
        assert carried == {7}
        assert ("transaction id", "7") in {(row.kind, row.live) for row in report.rewritten}
    else:
        assert len(carried) == 1, "a charging station of 2.0.1 chooses the id itself"
    years = {row.live[1:5] for row in report.rewritten if row.kind == "time"}
    assert len(years) == 1


@VERSIONS
async def test_as_the_central_system_nothing_is_invented(version: Version) -> None:
    """The same in the other role: the charge point's own ids come back to it."""
    timeline = recorded(version)
    report, peer = await as_central_system(timeline, version)
    assert report.is_same, report.to_text()
    heartbeats = sum(step.action == "Heartbeat" and step.does.sends for step in report.plan.steps)
    assert report.sent >= report.plan.sends - heartbeats and report.by_default == 0
    if version is Version.V16:
        assert transactions(peer.received) == {_recorded_transaction(timeline)}, "the central system chooses it"
    else:
        assert transactions(peer.received) == {"a-live-one"}
        assert ("transaction id", '"a-live-one"') in {(row.kind, row.live) for row in report.rewritten}


def _recorded_transaction(timeline: Timeline) -> Any:
    index = next(i for i in range(len(timeline)) if timeline.action(i) == "StartTransaction" and timeline.other_half(i))
    answer = timeline.other_half(index)
    assert answer is not None
    frame: Any = timeline.frame(answer)
    return frame.payload["transactionId"]


FAULTS_OF_CENTRAL_SYSTEM = {
    Version.V16: (
        Faults(
            answers={
                ("BootNotification", 0): {"interval": 77},
                ("StatusNotification", 2): None,
                ("StartTransaction", 0): {"idTagInfo": {"status": "Blocked"}},
                ("MeterValues", 3): None,
                ("StopTransaction", 0): {"idTagInfo": None},
            },
            left_out={("SetChargingProfile", 0)},
            extra={("RemoteStartTransaction", 0): ("ClearCache", {})},
        ),
        {
            (DeviationKind.DIFFERENT_ANSWER, "BootNotification", "$.interval"),
            (DeviationKind.DIFFERENT_ANSWER, "StatusNotification", "$"),
            (DeviationKind.NEW_CALL, "ClearCache", ""),
            (DeviationKind.DIFFERENT_ANSWER, "StartTransaction", "$.idTagInfo.status"),
            (DeviationKind.CALL_NOT_MADE, "SetChargingProfile", ""),
            (DeviationKind.DIFFERENT_ANSWER, "MeterValues", "$"),
            (DeviationKind.DIFFERENT_ANSWER, "StopTransaction", "$.idTagInfo"),
        },
    ),
    Version.V201: (
        Faults(
            answers={
                ("BootNotification", 0): {"interval": 77},
                ("TransactionEvent", 0): {"idTokenInfo": {"status": "Invalid"}},
                ("TransactionEvent", 3): {"totalCost": 1.5},
                ("StatusNotification", 1): None,
            },
            left_out={("RequestStopTransaction", 0)},
            extra={("GetVariables", 0): ("ClearCache", {})},
        ),
        {
            (DeviationKind.DIFFERENT_ANSWER, "BootNotification", "$.interval"),
            (DeviationKind.NEW_CALL, "ClearCache", ""),
            (DeviationKind.DIFFERENT_ANSWER, "StatusNotification", "$"),
            (DeviationKind.DIFFERENT_ANSWER, "TransactionEvent", "$.idTokenInfo.status"),
            (DeviationKind.DIFFERENT_ANSWER, "TransactionEvent", "$.totalCost"),
            (DeviationKind.CALL_NOT_MADE, "RequestStopTransaction", ""),
        },
    ),
}


@VERSIONS
async def test_as_the_charge_point_every_planted_difference_is_reported(version: Version) -> None:
    """The difference that matters would be missing."""
    faults, expected = FAULTS_OF_CENTRAL_SYSTEM[version]
    report, _ = await as_charge_point(recorded(version), version, faults, patience=0.5)
    assert report.outcome is Outcome.FINISHED
    assert places(report) == sorted(expected), report.to_text()


FAULTS_OF_CHARGE_POINT = {
    Version.V16: (
        Faults(
            answers={
                ("RemoteStartTransaction", 0): {"status": "Rejected"},
                ("SetChargingProfile", 0): {"status": "NotSupported"},
                ("GetConfiguration", 0): {"unknownKey": None},
                ("RemoteStopTransaction", 0): None,
            },
            left_out={("MeterValues", 5)},
            extra={("StatusNotification", 1): ("Authorize", {"idTag": "OTHER"})},
        ),
        {
            (DeviationKind.NEW_CALL, "Authorize", ""),
            (DeviationKind.DIFFERENT_ANSWER, "GetConfiguration", "$.unknownKey"),
            (DeviationKind.DIFFERENT_ANSWER, "RemoteStartTransaction", "$.status"),
            (DeviationKind.DIFFERENT_ANSWER, "SetChargingProfile", "$.status"),
            (DeviationKind.CALL_NOT_MADE, "MeterValues", ""),
            (DeviationKind.DIFFERENT_ANSWER, "RemoteStopTransaction", "$"),
        },
    ),
    Version.V201: (
        Faults(
            answers={
                ("RequestStartTransaction", 0): {"status": "Rejected"},
                ("RequestStopTransaction", 0): {"statusInfo": {"reasonCode": "Busy"}},
            },
            left_out={("StatusNotification", 1)},
            extra={("BootNotification", 0): ("ClearedChargingLimit", {"chargingLimitSource": "EMS"})},
        ),
        {
            (DeviationKind.NEW_CALL, "ClearedChargingLimit", ""),
            (DeviationKind.DIFFERENT_ANSWER, "RequestStartTransaction", "$.status"),
            (DeviationKind.CALL_NOT_MADE, "StatusNotification", ""),
            (DeviationKind.DIFFERENT_ANSWER, "RequestStopTransaction", "$.statusInfo"),
        },
    ),
}


@VERSIONS
async def test_as_the_central_system_every_planted_difference_is_reported(version: Version) -> None:
    """A charge point whose new firmware refuses what the old one accepted would pass."""
    faults, expected = FAULTS_OF_CHARGE_POINT[version]
    report, _ = await as_central_system(recorded(version), version, faults, patience=0.5)
    assert report.outcome is Outcome.FINISHED
    assert places(report) == sorted(expected), report.to_text()


def places(report: Report) -> list[tuple[DeviationKind, str, str]]:
    """Each difference with its deviation and path."""
    return sorted(
        (kind, action, path) for kind, action, paths in found(report) for path in ([d[0] for d in paths] or [""])
    )
