"""Conversations with the charge point. If these fail, a backend is tested by one that breaks the rules."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocpptui.ocpp import actions as catalog
from ocpptui.ocpp.examples import complete_example, smallest
from ocpptui.ocpp.json_encoding import JSON, parse
from ocpptui.ocpp.message import Message, MessageKind
from ocpptui.ocpp.refused_request import promises
from ocpptui.ocpp.schema import Part, field_tree
from ocpptui.ocpp.validation import violations
from ocpptui.ocpp.version import Role, Transport, Version
from ocpptui.simulator.behaviour_settings import CentralSystemSettings, ChargePointSettings
from ocpptui.simulator.central_system_behaviour import CentralSystemBehaviour
from ocpptui.simulator.charge_point_behaviour import ChargePointBehaviour
from ocpptui.simulator.effects import CloseConnection, Effect, SendAnswer, SendCall, SendError, SendResultError

if TYPE_CHECKING:
    from tests.simulator.conftest import SimulatedWire

CP, CS = Role.CHARGE_POINT, Role.CENTRAL_SYSTEM
SECOND = 1_000_000
NOW = 1_795_341_723_120_000
MakeCall = Callable[..., Message]


def result(payload: dict[str, Any]) -> Message:
    frame = parse(JSON.result("m1", json.dumps(payload)))
    assert isinstance(frame, Message)
    return frame


def registration(status: str, interval: int = 300) -> Message:
    return result({"status": status, "interval": interval, "currentTime": "2026-11-22T10:02:03.120Z"})


def actions(effects: list[Effect]) -> list[str]:
    return [effect.action for effect in effects if isinstance(effect, SendCall)]


def booted(version: Version, settings: ChargePointSettings | None = None) -> ChargePointBehaviour:
    """An accepted charge point that has sent its first reports."""
    behaviour = ChargePointBehaviour(version, settings)
    (boot,) = behaviour.opened(NOW)
    assert isinstance(boot, SendCall)
    behaviour.answered(boot.action, boot.payload, registration("Accepted"), NOW)
    return behaviour


def test_it_registers_then_reports_every_connector_then_sends_heartbeats(
    version: Version, bench: type[SimulatedWire]
) -> None:
    central = CentralSystemBehaviour(version, CentralSystemSettings(interval=60))
    run = bench(version, ChargePointBehaviour(version), central).run(200)
    reports = 3 if version is Version.V16 else 2
    heartbeats = ["cp Heartbeat"] * 3
    assert run.script() == ["cp BootNotification", *["cp StatusNotification"] * reports, *heartbeats]
    told = [said.payload for said in run.calls(CP, "StatusNotification")]
    if version is Version.V16:
        assert [status["connectorId"] for status in told] == [0, 1, 2]
        assert {status["status"] for status in told} == {"Available"}
    else:
        assert [(status["evseId"], status["connectorId"]) for status in told] == [(1, 1), (2, 1)]
    times = [said.time for said in run.calls(CP, "Heartbeat")]
    assert 60 * SECOND <= times[1] - times[0] < 61 * SECOND


def test_nothing_is_sent_before_the_registration_is_answered(version: Version) -> None:
    behaviour = ChargePointBehaviour(version)
    assert actions(behaviour.opened(NOW)) == ["BootNotification"]
    wakeup = behaviour.wakeup()
    assert wakeup is not None
    assert wakeup > NOW + 60 * SECOND


def test_when_pending_it_registers_again_later_and_answers_meanwhile(version: Version, call: MakeCall) -> None:
    behaviour = ChargePointBehaviour(version)
    (boot,) = behaviour.opened(NOW)
    assert isinstance(boot, SendCall)
    assert behaviour.answered("BootNotification", boot.payload, registration("Pending", 30), NOW) == []
    assert behaviour.wakeup() == NOW + 30 * SECOND
    answers = behaviour.received(call("ClearCache"), "ClearCache", NOW)
    assert [type(effect) for effect in answers] == [SendAnswer]
    asked = {"requestedMessage": "StatusNotification"}
    if version is not Version.V16:
        asked = {"requestedMessage": "StatusNotification", "evse": {"id": 1, "connectorId": 1}}  # type: ignore[dict-item]
    triggered = behaviour.received(call("TriggerMessage", asked), "TriggerMessage", NOW)
    assert "StatusNotification" in actions(triggered)
    assert actions(behaviour.tick(NOW + 30 * SECOND)) == ["BootNotification"]


def test_while_pending_no_charge_is_started(version: Version, call: MakeCall) -> None:
    """A pending charge point would break 1.6 section 4.2 and 2.x B02.FR.05."""
    behaviour = ChargePointBehaviour(version)
    (boot,) = behaviour.opened(NOW)
    assert isinstance(boot, SendCall)
    behaviour.answered("BootNotification", boot.payload, registration("Pending"), NOW)
    action, payload = remote_start(version)
    (answer,) = behaviour.received(call(action, payload), action, NOW)
    assert isinstance(answer, SendAnswer)
    assert answer.payload == {"status": "Rejected"}


def test_when_rejected_it_is_silent_until_the_interval_is_over(version: Version, call: MakeCall) -> None:
    behaviour = ChargePointBehaviour(version)
    (boot,) = behaviour.opened(NOW)
    assert isinstance(boot, SendCall)
    assert behaviour.answered("BootNotification", boot.payload, registration("Rejected", 90), NOW) == []
    effects = behaviour.received(call("ClearCache"), "ClearCache", NOW)
    if version is Version.V16:
        assert effects == []
    else:
        assert [e.code for e in effects if isinstance(e, SendError)] == ["SecurityError"]
    assert behaviour.wakeup() == NOW + 90 * SECOND
    assert actions(behaviour.tick(NOW + 90 * SECOND)) == ["BootNotification"]


@pytest.mark.parametrize("status", ["Pending", "Rejected"])
def test_an_interval_of_zero_does_not_cause_flooding(status: str) -> None:
    behaviour = ChargePointBehaviour(Version.V16, ChargePointSettings(retry_interval=45))
    (boot,) = behaviour.opened(NOW)
    assert isinstance(boot, SendCall)
    behaviour.answered("BootNotification", boot.payload, registration(status, 0), NOW)
    assert behaviour.wakeup() == NOW + 45 * SECOND


def test_without_an_answer_it_registers_again_at_growing_intervals(
    version: Version, bench: type[SimulatedWire]
) -> None:
    run = bench(version, ChargePointBehaviour(version), CentralSystemBehaviour(version))
    run.drop = lambda said: said.by is CS
    run.run(600)
    times = [said.time for said in run.calls(CP)]
    assert {said.action for said in run.said} == {"BootNotification"}
    gaps = [later - earlier for earlier, later in zip(times, times[1:], strict=False)]
    assert gaps == sorted(gaps)
    assert gaps[0] == 90 * SECOND  # 30 until the time-out, then 60
    assert gaps[1] > gaps[0]


def test_an_error_or_an_invalid_answer_does_not_register_it() -> None:
    for answer in ('[4,"m1","InternalError","",{}]', '[3,"m1",{"status":"Maybe"}]', '[3,"m1",[]]'):
        behaviour = ChargePointBehaviour(Version.V16)
        (boot,) = behaviour.opened(NOW)
        assert isinstance(boot, SendCall)
        frame = parse(answer)
        assert isinstance(frame, Message)
        assert behaviour.answered("BootNotification", boot.payload, frame, NOW) == []
        assert actions(behaviour.tick(NOW + 60 * SECOND)) == ["BootNotification"]


def test_any_other_call_postpones_the_heartbeat(version: Version) -> None:
    behaviour = booted(version)
    assert behaviour.wakeup() == NOW + 300 * SECOND
    behaviour.answered("DataTransfer", {}, result({"status": "Accepted"}), NOW + 200 * SECOND)
    assert behaviour.wakeup() == NOW + 500 * SECOND
    assert behaviour.tick(NOW + 300 * SECOND) == []
    assert actions(behaviour.tick(NOW + 500 * SECOND)) == ["Heartbeat"]


def test_the_heartbeat_follows_its_configuration_at_once(call: MakeCall) -> None:
    behaviour = booted(Version.V16)
    change = call("ChangeConfiguration", {"key": "HeartbeatInterval", "value": "10"})
    behaviour.received(change, "ChangeConfiguration", NOW)
    assert behaviour.wakeup() == NOW + 10 * SECOND


def test_a_registration_sent_by_hand_counts(version: Version) -> None:
    """The user may boot in manual mode and switch on the behaviour afterwards."""
    behaviour = ChargePointBehaviour(version)
    behaviour.opened(NOW)
    reports = behaviour.answered("BootNotification", {"anything": 1}, registration("Accepted"), NOW)
    assert set(actions(reports)) == {"StatusNotification"}


def test_after_a_lost_connection_it_reports_but_does_not_register_again(
    version: Version, bench: type[SimulatedWire]
) -> None:
    run = bench(version, ChargePointBehaviour(version), CentralSystemBehaviour(version)).run(10)
    run.lose_connection()
    run.said.clear()
    run.run(10)
    assert set(run.script()) == ({"cp StatusNotification"} if version.generation == 1 else set())
    run.lose_connection(90)
    run.run(100)
    assert set(run.script()) == {"cp StatusNotification"}

    eager = ChargePointBehaviour(version, ChargePointSettings(boot_on_reconnect=True))
    again = bench(version, eager, CentralSystemBehaviour(version)).run(10)
    again.lose_connection()
    again.run(10)
    assert again.script().count("cp BootNotification") == 2


def test_nothing_is_planned_while_there_is_no_connection(version: Version) -> None:
    behaviour = booted(version)
    assert behaviour.wakeup() is not None
    behaviour.closed(NOW)
    assert behaviour.wakeup() is None


def test_identity_is_cut_to_the_length_that_the_version_allows(version: Version) -> None:
    long = "x" * 80
    behaviour = ChargePointBehaviour(version, ChargePointSettings(vendor=long, model=long, serial=long, firmware=long))
    (boot,) = behaviour.opened(NOW)
    assert isinstance(boot, SendCall)
    assert violations(version, "BootNotification", Part.REQUEST, boot.payload) == ()


def test_an_invalid_result_gets_a_result_error_in_2_1_and_does_not_count(version: Version) -> None:
    behaviour = ChargePointBehaviour(version)
    (boot,) = behaviour.opened(NOW)
    assert isinstance(boot, SendCall)
    wrong = result({"status": "Accepted", "interval": "soon", "currentTime": "2026-11-22T10:02:03.120Z"})
    effects = behaviour.answered("BootNotification", boot.payload, wrong, NOW)
    refused = [effect for effect in effects if isinstance(effect, SendResultError)]
    assert bool(refused) is (version is Version.V21)
    assert behaviour.device.is_accepted is (version is not Version.V21)


def test_a_reset_that_closes_nothing_does_not_silence_it_forever(version: Version, call: MakeCall) -> None:
    """A user who switches the behaviour off and on at that moment keeps the connection, and would hear nothing more."""
    behaviour = booted(version)
    kind = "Soft" if version is Version.V16 else "Immediate"
    effects = behaviour.received(call("Reset", {"type": kind}), "Reset", NOW)
    assert [type(effect) for effect in effects] == [SendAnswer, CloseConnection]
    wakeup = behaviour.wakeup()
    assert wakeup is not None
    assert actions(behaviour.tick(wakeup)) == ["BootNotification"]


def test_an_invalid_call_answered_leniently_changes_nothing_and_says_so(call: MakeCall) -> None:
    behaviour = booted(Version.V16, ChargePointSettings(strict=False))
    frame = call("ChangeAvailability", {"connectorId": 1, "type": "inoperative"})
    effects = behaviour.received(frame, "ChangeAvailability", NOW)
    assert effects == [SendAnswer(frame, {"status": "Rejected"})]
    assert behaviour.device.connectors[1].is_operative


@pytest.mark.parametrize("version", list(Version.offered(Transport.JSON)), ids=str)
def test_no_invalid_call_is_accepted_leniently(version: Version) -> None:
    behaviour = booted(version, ChargePointSettings(strict=False))
    for action, payload in requests(version):
        wrong = {**payload, "no such field": 1}
        [effect] = behaviour.received(Message("", MessageKind.CALL, "m1", action, wrong), action, NOW)
        assert isinstance(effect, SendError) or (isinstance(effect, SendAnswer) and not promises(effect.payload))


def remote_start(version: Version, connector: int = 1) -> tuple[str, dict[str, Any]]:
    if version is Version.V16:
        return "RemoteStartTransaction", {"idTag": "ABC", "connectorId": connector}
    token = {"idToken": "ABC", "type": "ISO14443"}
    return "RequestStartTransaction", {"idToken": token, "remoteStartId": 7, "evseId": connector}


def requests(version: Version) -> list[tuple[str, Any]]:
    """Every call that a central system may make, both minimal and complete."""
    found = []
    for action in catalog.actions(version, CS):
        tree = field_tree(version, action.name, Part.REQUEST)
        assert tree is not None
        found += [(action.name, smallest(tree)), (action.name, complete_example(tree))]
    return found


def test_the_answer_to_every_call_and_what_follows_it_are_valid(version: Version) -> None:
    behaviour = booted(version)
    for number, (action, payload) in enumerate(requests(version)):
        if action == "Reset":
            continue
        frame = parse(JSON.call(f"m{number}", action, json.dumps(payload)))
        assert isinstance(frame, Message)
        effects = behaviour.received(frame, action, NOW + number * SECOND)
        assert isinstance(effects[0], SendAnswer), (action, effects)
        check(version, effects)
        for _ in range(20):
            wakeup = behaviour.wakeup()
            assert wakeup is not None
            check(version, behaviour.tick(max(wakeup, NOW)))


def check(version: Version, effects: list[Effect]) -> None:
    for effect in effects:
        match effect:
            case SendCall():
                assert violations(version, effect.action, Part.REQUEST, effect.payload) == (), effect
            case SendAnswer():
                found = violations(version, effect.call.action or "", Part.RESPONSE, effect.payload)
                assert found == (), effect


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_any_order_of_calls_answers_and_times_gives_valid_messages(data: st.DataObject) -> None:
    version = data.draw(st.sampled_from(list(Version.offered(Transport.JSON))))
    strict = data.draw(st.booleans())
    behaviour = ChargePointBehaviour(version, ChargePointSettings(strict=strict, step=1))
    now = NOW
    waiting: list[SendCall] = []

    def take(effects: list[Effect]) -> None:
        check(version, effects)
        waiting.extend(effect for effect in effects if isinstance(effect, SendCall))

    take(behaviour.opened(now))
    known = requests(version)
    for _ in range(data.draw(st.integers(1, 25))):
        now += data.draw(st.integers(0, 100)) * SECOND
        match data.draw(st.sampled_from(["call", "answer", "answer", "answer", "tick", "tick", "lost", "odd"])):
            case "call":
                action, payload = data.draw(st.sampled_from(known))
                take(behaviour.received(Message("", MessageKind.CALL, "m1", action, payload), action, now))
            case "odd":
                action, _ = data.draw(st.sampled_from(known))
                payload = data.draw(st.dictionaries(st.text(max_size=3), st.integers() | st.none(), max_size=2))
                take(behaviour.received(Message("", MessageKind.CALL, "m1", action, payload), action, now))
            case "answer" if waiting:
                sent = waiting.pop(0)
                tree = field_tree(version, sent.action, Part.RESPONSE)
                if tree is not None:
                    good = result(data.draw(st.sampled_from([smallest(tree), complete_example(tree), {}])))
                    answer = data.draw(st.sampled_from([good, good, None]))
                    take(behaviour.answered(sent.action, sent.payload, answer, now))
            case "tick":
                wakeup = behaviour.wakeup()
                if wakeup is not None:
                    now = max(now, wakeup)
                    take(behaviour.tick(now))
            case "lost":
                behaviour.closed(now)
                waiting.clear()
                take(behaviour.opened(now))
