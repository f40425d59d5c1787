"""The report of a replay, for people and for scripts."""

from __future__ import annotations

import json

from ocpptui.ocpp.answer_comparison import Difference
from ocpptui.ocpp.version import Role, Version
from ocpptui.replay.plan import Skipped, plan
from ocpptui.replay.replay_report import Deviation, DeviationKind, Outcome, Report
from ocpptui.replay.rewriting import Rewritten
from tests.replay.tape import Tape


def report_of(tape: Tape) -> Report:
    report = Report(plan(tape.timeline, Role.CHARGE_POINT), "ws://x/CP", "CP", Version.V201)
    report.found.append(
        Deviation(
            DeviationKind.DIFFERENT_ANSWER, 3, "StartTransaction", 4, 9, (Difference("$.idTagInfo", '{"a":1}', None),)
        )
    )
    report.not_made[5] = Deviation(DeviationKind.CALL_NOT_MADE, 1, "Reset", recorded=5)
    report.rewritten = (Rewritten("transaction id", "1001", "7", 2),)
    report.outcome, report.position, report.sent, report.seconds = Outcome.FINISHED, 12, 6, 1.25
    return report


def test_a_script_finds_everything_in_the_json(charge: Tape) -> None:
    """A check in a pipeline has nothing else to rely on."""
    content = json.loads(json.dumps(report_of(charge).to_dict()))
    assert content["outcome"] == "finished" and content["same"] is False
    assert (content["steps"], content["done"], content["toSend"], content["sent"]) == (12, 12, 6, 6)
    assert content["recorded"] == {"chargePoint": "CP-REC", "version": "1.6", "connections": [1]}
    assert (content["role"], content["peer"], content["version"]) == ("charge-point", "ws://x/CP", "2.0.1")
    assert content["findings"] == [
        {
            "kind": "call not made",
            "step": 2,
            "round": 1,
            "action": "Reset",
            "recorded": 5,
            "live": None,
            "differences": [],
        },
        {
            "kind": "different answer",
            "step": 4,
            "round": 1,
            "action": "StartTransaction",
            "recorded": 4,
            "live": 9,
            "differences": [{"path": "$.idTagInfo", "recorded": '{"a":1}', "live": None}],
        },
    ]
    assert content["rewritten"] == [{"kind": "transaction id", "recorded": "1001", "live": "7", "times": 2}]


def test_a_person_reads_how_it_ended_what_differs_and_what_was_rewritten(charge: Tape) -> None:
    """The user would not notice what the text leaves out."""
    text = report_of(charge).to_text()
    assert "finished, 12 of 12 steps in 1.2 s, 6 of 6 frames sent, 0 answers compared" in text
    assert "recorded in OCPP 1.6, replayed in OCPP 2.0.1" in text
    assert "  transaction id  1001  became 7  2 times" in text
    assert 'step 4: different answer, StartTransaction\n  $.idTagInfo: {"a":1} is missing' in text
    assert text.index("Reset") < text.index("StartTransaction")


def test_calls_that_were_not_sent_are_listed(tape: Tape) -> None:
    """A call that was left out would look replayed."""
    tape.down('[2,"a","ChangeConfiguration",{"key":"AuthorizationKey","value":"***"}]', masked=("$[3].value",))
    tape.down('[2,"b","Reset",{"type":"Soft"}]')
    report = Report(plan(tape.timeline, Role.CENTRAL_SYSTEM))
    assert "not sent: ChangeConfiguration, it holds a masked secret" in report.to_text()
    assert report.plan.skipped == (Skipped(0, "ChangeConfiguration", "it holds a masked secret"),)
    assert report.to_dict()["skipped"][0]["action"] == "ChangeConfiguration"


def test_only_a_finished_replay_is_reported_as_the_same(charge: Tape) -> None:
    """A replay that broke off without a difference proves nothing."""
    report = Report(plan(charge.timeline, Role.CHARGE_POINT))
    for outcome, same in ((Outcome.RUNNING, False), (Outcome.LOST, False), (Outcome.FINISHED, True)):
        report.outcome = outcome
        assert report.is_same is same
        assert ("did what the recorded one did" in report.to_text()) is same


def test_text_of_the_peer_cannot_control_the_terminal(charge: Tape) -> None:
    """An answer could clear or fill the screen that reports it."""
    report = Report(plan(charge.timeline, Role.CHARGE_POINT))
    wild = Difference("$.a", '"\x1b[2J"', '"' + "x" * 5000 + '"')
    report.found.append(Deviation(DeviationKind.DIFFERENT_ANSWER, 0, "A\x07", 1, 2, (wild,)))
    text = report.to_text()
    assert "\x1b" not in text and "\x07" not in text
    assert max(map(len, text.splitlines())) < 400
