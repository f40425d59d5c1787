"""The options that choose a part of a recording: from, until, only, skip."""

from __future__ import annotations

import json

import pytest
from websockets.asyncio.server import ServerConnection

from ocpptui.filter.query import Query, parse_filter
from ocpptui.ocpp.version import Role
from ocpptui.replay.plan import PlanError, ReplayScope, plan
from tests.replay.bare import run
from tests.replay.tape import Tape


def actions(tape: Tape, role: Role = Role.CHARGE_POINT, **queries: str) -> list[str]:
    choice = ReplayScope(**{name: parse_filter(text) for name, text in queries.items()})
    return [step.action for step in plan(tape.timeline, role, choice=choice).steps]


def test_from_and_until_are_the_first_and_the_last_message(charge: Tape) -> None:
    """The user could not replay just the part that matters, with its answers."""
    assert actions(charge, first="action:StartTransaction", last="action:Heartbeat") == [
        "StartTransaction",
        "StartTransaction",
        "ChangeAvailability",
        "ChangeAvailability",
        "Heartbeat",
        "Heartbeat",
    ]
    assert actions(charge, first="action:StopTransaction") == ["StopTransaction"] * 2
    assert actions(charge, last="action:Boot*") == ["BootNotification"] * 2


def test_only_and_skip_choose_calls_and_their_answers_follow(charge: Tape) -> None:
    """A filter on a field of the call would separate it from its answer."""
    assert actions(charge, only="idTag=A") == ["StartTransaction"] * 2
    assert "Heartbeat" not in actions(charge, skip="action:Heartbeat")
    assert len(actions(charge, skip="action:Heartbeat")) == 10


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        (ReplayScope(first=parse_filter("action:Reset")), "no message to begin with matches action:Reset"),
        (ReplayScope(last=parse_filter("action:Reset")), "no message to end with matches"),
        (
            ReplayScope(first=parse_filter("action:Stop*"), last=parse_filter("action:Boot*")),
            "no message to end with matches",
        ),
        (ReplayScope(only=parse_filter("action:Reset")), "leaves nothing that the charge point sent"),
    ],
)
def test_a_choice_of_nothing_is_refused(charge: Tape, choice: ReplayScope, words: str) -> None:
    """A replay of nothing would look like a success."""
    with pytest.raises(PlanError, match=words):
        plan(charge.timeline, Role.CHARGE_POINT, choice=choice)


def test_what_was_not_chosen_is_counted(charge: Tape) -> None:
    """The user would look for the missing frames in the backend."""
    made = plan(charge.timeline, Role.CHARGE_POINT, choice=ReplayScope(skip=parse_filter("action:Heartbeat")))
    assert (made.left_out, made.spare) == (1, ())
    made = plan(charge.timeline, Role.CHARGE_POINT, choice=ReplayScope(skip=parse_filter("dir:to-cp")))
    assert made.left_out == 2 and len(made.spare) == 2


async def test_calls_outside_the_scope_are_answered_as_recorded_and_not_reported(charge: Tape) -> None:
    """The backend still makes them: without an answer it would hang, and the report would blame it for calling."""

    async def script(connection: ServerConnection) -> None:
        frame = json.loads(await connection.recv())
        await connection.send('[2,"x","ChangeAvailability",{"connectorId":1,"type":"Inoperative"}]')
        assert json.loads(await connection.recv()) == [3, "x", {"status": "Scheduled"}]
        await connection.send(json.dumps([3, frame[1], {"transactionId": 1, "idTagInfo": {"status": "Accepted"}}]))
        await connection.wait_closed()

    query: Query = parse_filter("action:StartTransaction")
    report, _ = await run(charge, script, choice=ReplayScope(only=query))
    assert report.is_same, report.to_text()
    assert (report.sent, report.by_default) == (2, 0)
