"""The agenda. If these fail, planned actions run in the wrong order, twice, or never."""

from __future__ import annotations

from ocpptui.simulator.effects import Effect, SendCall
from ocpptui.simulator.schedule import Agenda


def say(word: str) -> list[Effect]:
    return [SendCall(word, {})]


def words(effects: list[Effect]) -> list[str]:
    return [effect.action for effect in effects if isinstance(effect, SendCall)]


def test_entries_run_by_time_and_in_the_order_of_planning() -> None:
    agenda = Agenda()
    agenda.at(30, "c", lambda now: say("later"))
    agenda.at(10, "a", lambda now: say("first"))
    agenda.at(10, "b", lambda now: say("second"))
    assert agenda.next() == 10
    assert words(agenda.run(9)) == []
    assert words(agenda.run(29)) == ["first", "second"]
    assert words(agenda.run(30)) == ["later"]
    assert agenda.next() is None
    assert words(agenda.run(100)) == []


def test_an_action_planned_for_now_while_running_runs_now() -> None:
    agenda = Agenda()

    def plan(now: int) -> list[Effect]:
        agenda.at(now, "b", lambda now: say("then"))
        return say("plan")

    agenda.at(1, "a", plan)
    assert words(agenda.run(5)) == ["plan", "then"]


def test_cancelling_a_topic_removes_all_its_entries_and_no_others() -> None:
    agenda = Agenda()
    for due in (1, 2, 3):
        agenda.at(due, "log", lambda now: say("log"))
    agenda.at(2, "other", lambda now: say("other"))
    assert agenda.has("log")
    assert agenda.cancel("log")
    assert not agenda.cancel("log")
    assert not agenda.has("log")
    assert words(agenda.run(9)) == ["other"]
