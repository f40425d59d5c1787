"""The steps that one side of a recording takes."""

from __future__ import annotations

import pytest

from ocpptui.ocpp.version import Direction, Role, Version
from ocpptui.replay.plan import Does, PlanError, Skipped, charge_points, plan
from ocpptui.timeline.record import ConnectionEvent
from tests.replay.tape import Tape


def test_the_charge_point_does_what_the_recorded_one_did_in_its_order(charge: Tape) -> None:
    """A replay in another order would be a different session."""
    made = plan(charge.timeline, Role.CHARGE_POINT)
    assert [(step.does, step.action) for step in made.steps] == [
        (Does.CALL, "BootNotification"),
        (Does.AWAIT_ANSWER, "BootNotification"),
        (Does.CALL, "StartTransaction"),
        (Does.AWAIT_ANSWER, "StartTransaction"),
        (Does.AWAIT_CALL, "ChangeAvailability"),
        (Does.ANSWER, "ChangeAvailability"),
        (Does.CALL, "Heartbeat"),
        (Does.AWAIT_ANSWER, "Heartbeat"),
        (Does.AWAIT_CALL, "RemoteStopTransaction"),
        (Does.ANSWER, "RemoteStopTransaction"),
        (Does.CALL, "StopTransaction"),
        (Does.AWAIT_ANSWER, "StopTransaction"),
    ]
    assert (made.charge_point, made.version, made.connections) == ("CP-REC", Version.V16, (1,))
    assert made.sends == 6
    assert [step.call for step in made.steps[:4]] == [None, made.steps[0].index, None, made.steps[2].index]


def test_the_central_system_does_the_other_half(charge: Tape) -> None:
    """If sending and waiting were mixed up, both sides would wait for each other."""
    mirror = {
        Does.CALL: Does.AWAIT_CALL,
        Does.AWAIT_CALL: Does.CALL,
        Does.ANSWER: Does.AWAIT_ANSWER,
        Does.AWAIT_ANSWER: Does.ANSWER,
    }
    ours = plan(charge.timeline, Role.CHARGE_POINT).steps
    theirs = plan(charge.timeline, Role.CENTRAL_SYSTEM).steps
    assert [(step.does, step.index, step.time, step.call) for step in theirs] == [
        (mirror[step.does], step.index, step.time, step.call) for step in ours
    ]


def test_our_malformed_texts_and_stray_answers_are_sent_as_recorded(tape: Tape) -> None:
    """They are the reason to replay a recording of a faulty device."""
    tape.down('[2,"s","Reset",{"type":"Soft"}]')
    tape.up('[3,"s",{"status":"Accepted"}]')
    tape.up('[3,"s",{"status":"Rejected"}]')
    tape.up('[3,"nothing",{}]')
    tape.up("{nonsense")
    tape.up(b"\xff\xfe")
    made = plan(tape.timeline, Role.CHARGE_POINT)
    assert [(step.does, step.call) for step in made.steps] == [
        (Does.AWAIT_CALL, None),
        (Does.ANSWER, 0),
        (Does.TEXT, 0),
        (Does.TEXT, None),
        (Does.TEXT, None),
        (Does.TEXT, None),
    ]
    assert made.frame(made.steps[-1].index).raw == b"\xff\xfe"


def test_stray_errors_are_awaited_and_malformed_text_is_counted(tape: Tape) -> None:
    """The replay would run ahead of the peer's error, or wait for text that is not OCPP."""
    tape.up('[2,"a","Heartbeat",{}')
    tape.down('[4,"-1","RpcFrameworkError","",{}]')
    tape.up('[2,"b","Heartbeat",{}]')
    tape.down('[3,"b",{"currentTime":"2026-09-21T00:00:09Z"}]')
    tape.down('[3,"b",{"currentTime":"2026-09-21T00:00:10Z"}]')
    tape.down("oops")
    made = plan(tape.timeline, Role.CHARGE_POINT)
    assert [(step.does, step.call) for step in made.steps] == [
        (Does.TEXT, None),
        (Does.AWAIT_ANSWER, None),
        (Does.CALL, None),
        (Does.AWAIT_ANSWER, 2),
        (Does.AWAIT_ANSWER, None),
    ]
    assert made.malformed == 1


def test_a_plan_contains_sends_and_refused_results_of_2_1(tape: Tape) -> None:
    """The two message types that only OCPP 2.1 has would be lost."""
    tape.version = Version.V21
    tape.up('[6,"a","NotifyPeriodicEventStream",{"id":1,"pending":0,"basetime":"2026-09-21T00:00:00Z","data":[]}]')
    tape.up('[2,"b","Heartbeat",{}]')
    tape.down('[3,"b",{}]')
    tape.up('[5,"b","OccurrenceConstraintViolation","",{}]')
    up = plan(tape.timeline, Role.CHARGE_POINT).steps
    assert [(step.does, step.call) for step in up] == [
        (Does.CALL, None),
        (Does.CALL, None),
        (Does.AWAIT_ANSWER, 1),
        (Does.TEXT, 1),
    ]
    down = plan(tape.timeline, Role.CENTRAL_SYSTEM).steps
    assert [step.does for step in down] == [Does.AWAIT_CALL, Does.AWAIT_CALL, Does.ANSWER]


def test_a_masked_secret_is_not_sent(tape: Tape) -> None:
    """The mask would become the charge point's password."""
    tape.down('[2,"a","ChangeConfiguration",{"key":"AuthorizationKey","value":"***"}]', masked=("$[3].value",))
    tape.up('[3,"a",{"status":"Accepted"}]')
    with pytest.raises(PlanError, match="masked secret"):
        plan(tape.timeline, Role.CENTRAL_SYSTEM)
    tape.down('[2,"b","Reset",{"type":"Soft"}]')
    made = plan(tape.timeline, Role.CENTRAL_SYSTEM)
    assert [step.action for step in made.steps] == ["Reset"]
    assert made.skipped == (Skipped(0, "ChangeConfiguration", "it holds a masked secret"),)
    assert len(plan(tape.timeline, Role.CENTRAL_SYSTEM, secrets=True).steps) == 3
    assert [step.does for step in plan(tape.timeline, Role.CHARGE_POINT).steps][:2] == [Does.AWAIT_CALL, Does.ANSWER]


def test_several_charge_points_are_listed_and_one_has_to_be_chosen(charge: Tape) -> None:
    """The frames of two charge points on one connection would form a session that never existed."""
    charge.charge_point, charge.connection, charge.version = "CP-2", 2, Version.V201
    charge.up('[2,"x","Heartbeat",{}]')
    listed = charge_points(charge.timeline)
    assert [(one.charge_point, one.version, one.connections) for one in listed] == [
        ("CP-REC", Version.V16, (1,)),
        ("CP-2", Version.V201, (2,)),
    ]
    assert listed[1].frames == {Direction.TO_CSMS: 1}
    with pytest.raises(PlanError, match=r"2 charge points; choose one.*CP-REC.*CP-2"):
        plan(charge.timeline, Role.CHARGE_POINT)
    assert [step.action for step in plan(charge.timeline, Role.CHARGE_POINT, charge_point="CP-2").steps] == [
        "Heartbeat"
    ]
    with pytest.raises(PlanError, match=r"no charge point 'CP-3'.*CP-REC"):
        plan(charge.timeline, Role.CHARGE_POINT, charge_point="CP-3")


def test_the_connections_of_one_charge_point_follow_each_other(charge: Tape) -> None:
    """Answers belong to calls of their own connection, and one connection can be chosen."""
    charge.event(ConnectionEvent.CLOSED)
    charge.connection = 2
    charge.up('[2,"1","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]')
    both = plan(charge.timeline, Role.CHARGE_POINT)
    assert (both.connections, len(both.steps)) == ((1, 2), 13)
    second = plan(charge.timeline, Role.CHARGE_POINT, connections=[2])
    assert [step.action for step in second.steps] == ["BootNotification"]
    with pytest.raises(PlanError, match="does not have that connection"):
        plan(charge.timeline, Role.CHARGE_POINT, connections=[3])


def test_a_recording_with_nothing_to_send_is_refused(tape: Tape) -> None:
    """A replay of nothing would look like a success."""
    with pytest.raises(PlanError, match="no OCPP messages"):
        plan(tape.timeline, Role.CHARGE_POINT)
    tape.up('[2,"1","Heartbeat",{}]')
    with pytest.raises(PlanError, match="no frames sent by the central system.*as charge-point"):
        plan(tape.timeline, Role.CENTRAL_SYSTEM)
