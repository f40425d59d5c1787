"""The state at a record is the one that a program would have shown that ended with this record."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocpptui.ocpp.version import Direction
from ocpptui.stations import checkpoints, past_state
from ocpptui.stations.past_state import PastState
from ocpptui.stations.state import ChargePointState
from ocpptui.stations.tracker import StationTracker
from ocpptui.timeline.record import ConnectionEvent, Record, RecordKind, message_record
from ocpptui.timeline.timeline import Timeline

UP, DOWN = Direction.TO_CSMS, Direction.TO_CHARGE_POINT
WHAT = st.sampled_from(["status", "start", "answer", "stop", "meter", "boot", "open", "close", "configured"])
NAMES = ("CP1", "CP2")


def record(number: int, name: str, what: str, calls: dict[str, list[str]]) -> Record:
    connection, time = NAMES.index(name) + 1, number * 1_000_000
    if what in ("open", "close"):
        event = ConnectionEvent.OPENED if what == "open" else ConnectionEvent.CLOSED
        return Record(time, connection, RecordKind.CONNECTION, None, name, None, detail={"event": event.value})
    raw, direction = _PAYLOADS.get(what, ""), UP
    if what == "answer" and calls[name]:
        raw, direction = f'[3,"{calls[name].pop()}",{{"transactionId":{number},"idTagInfo":{{}}}}]', DOWN
    elif what == "start":
        calls[name].append(str(number))
    raw = raw or _PAYLOADS["status"]
    raw = raw.replace("#", str(number)).replace("%", str(number % 3))
    return message_record(raw, time=time, connection=connection, direction=direction, charge_point=name, version=None)


_PAYLOADS = {
    "status": '[2,"#","StatusNotification",{"connectorId":%,"errorCode":"NoError","status":"S#"}]',
    "start": '[2,"#","StartTransaction",{"connectorId":%,"idTag":"T#","meterStart":#}]',
    "stop": '[2,"#","StopTransaction",{"transactionId":%,"meterStop":#,"reason":"Remote"}]',
    "meter": '[2,"#","MeterValues",{"connectorId":%,"meterValue":[{"sampledValue":[{"value":"#"}]}]}]',
    "boot": '[2,"#","BootNotification",{"chargePointVendor":"V#"}]',
    "configured": '[2,"#","NotifyReport",{"reportData":[{"component":{"name":"A"},"variable":{"name":"B%"},'
    '"variableAttribute":[{"value":"#"}]}]}]',
}


def timeline_of_steps(steps: list[tuple[str, str]]) -> Timeline:
    timeline, calls = Timeline(), {name: list[str]() for name in NAMES}
    for number, (name, what) in enumerate(steps):
        timeline.append(record(number, name, what, calls))
    return timeline


def shown(state: ChargePointState | None) -> Any:
    """Everything in a state, to compare it."""
    if state is None:
        return None
    lists = list(state.id_tokens), list(state.reservations), {k: list(v) for k, v in state.remembered.items()}
    fields = (state.connections, state.connectors, state.transactions, state.meters, state.last_seen, state.vendor)
    return repr((fields, state.configuration, state.record, lists))


@settings(max_examples=40)
@given(st.lists(st.tuples(st.sampled_from(NAMES), WHAT), min_size=1, max_size=60), st.data())
def test_it_is_what_was_known_when_the_record_came(steps: list[tuple[str, str]], data: st.DataObject) -> None:
    """The user would see a state that never was, or miss what was known before the fault."""
    timeline = timeline_of_steps(steps)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checkpoints, "MOST", 4)
        patch.setattr(past_state, "NEAR", 2)
        now = StationTracker()
        now.checkpoints = checkpoints.Checkpoints(3)
        for stop in range(7, len(timeline), 7):
            now.advance(timeline, 60, stop)
        now.advance(timeline, 60)
        name = data.draw(st.sampled_from(NAMES))
        past = PastState(timeline, now, name, 0)
        for index in data.draw(st.lists(st.integers(0, len(timeline) - 1), min_size=1, max_size=8)):
            past = past.go_to(name, index)
            while not past.advance(0):
                assert 0 <= past.progress <= 1
            then = StationTracker()
            then.advance(timeline, 60, index + 1)
            assert shown(past.state) == shown(then.get(name))


def test_wherever_the_record_is_few_messages_are_processed() -> None:
    """At the end of a large log, the state would come after seconds."""
    steps = [("CP1", "status")] * (3 * checkpoints.EVERY)
    timeline = timeline_of_steps(steps)
    now = StationTracker()
    now.advance(timeline, 600)
    for index in (len(timeline) - 1, 2 * checkpoints.EVERY + 5, checkpoints.EVERY):
        begin = now.checkpoints.before("CP1", index + 1)
        assert index + 1 - (0 if begin is None else begin.stop) <= checkpoints.EVERY
    past = PastState(timeline, now, "CP1", len(timeline) - 9)
    assert past.advance(600)
    back = past.go_to("CP1", len(timeline) - 10)
    assert any(back.advance(0) for _ in range(5)), "a step back is a few slices"


def test_checkpoints_of_an_endless_session_stay_few() -> None:
    """A session of months would fill the memory."""
    kept = checkpoints.Checkpoints()
    state = ChargePointState("CP1")
    for stop in range(1, 3 * checkpoints.MOST):
        for _ in range(checkpoints.EVERY):
            kept.applied(state)
        kept.keep(stop, set())
    found = {one.stop for stop in range(3 * checkpoints.MOST) if (one := kept.before("CP1", stop))}
    assert checkpoints.MOST // 4 <= len(found) <= checkpoints.MOST
    assert kept.before("CP1", 0) is None and kept.before("CP2", 9) is None


def test_a_checkpoint_is_a_copy() -> None:
    """What happens later would change the past."""
    kept, state = checkpoints.Checkpoints(), ChargePointState("CP1")
    for _ in range(checkpoints.EVERY):
        kept.applied(state)
    kept.keep(5, {"CP1"})
    state.set_status(0, 1, "Faulted", "", 0)
    found = kept.before("CP1", 5)
    assert found is not None and found.is_told and found.state.connectors == {}
