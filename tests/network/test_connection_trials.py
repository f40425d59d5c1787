"""Which settings the next attempt uses. If these fail, a charge point is stranded after a change that did not work."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.connection_trials import ConnectionTrials, Trial
from ocpptui.network.problems import NetworkProblem, ProblemCode

BASE = ClientSettings(url="ws://old.example/CP001")
UNREACHABLE = NetworkProblem(ProblemCode.TCP_REFUSED)
REFUSED = NetworkProblem(ProblemCode.SERVER_REJECTS_CREDENTIALS)


def trial(number: int, url: str = "ws://new.example/CP001", attempts: int = 1) -> Trial:
    return Trial(number, ClientSettings(url=url), attempts)


def test_each_is_tried_as_often_as_it_says_then_what_worked_last() -> None:
    trials = ConnectionTrials(BASE)
    trials.try_first((trial(1, attempts=2), trial(2)))
    used = []
    for _ in range(6):
        used.append(trials.current.number)
        trials.failed(UNREACHABLE)
    assert used == [1, 1, 2, 0, 0, 0]
    trials.succeeded()
    assert [one.number for one in trials.take_failed()] == [1, 2, 0]
    assert trials.take_failed() == ()


def test_a_server_that_cannot_be_reached_says_nothing_about_a_password() -> None:
    """A backend that restarts would get the old password, which it has dropped."""
    trials = ConnectionTrials(BASE)
    trials.try_first((trial(1, BASE.url),))
    for _ in range(9):
        assert not trials.failed(UNREACHABLE)
    assert trials.failed(REFUSED)
    assert trials.current.number == 0


def test_after_a_connection_is_lost_the_others_are_tried_in_turn() -> None:
    """B10.FR.03, B10.FR.08."""
    trials = ConnectionTrials(BASE)
    trials.try_first((trial(1), trial(2)))
    trials.failed(UNREACHABLE)
    trials.succeeded()
    used = []
    for _ in range(4):
        used.append(trials.current.number)
        trials.failed(UNREACHABLE)
    assert used == [2, 1, 2, 1]


@given(st.lists(st.sampled_from(["try", "fail", "work"]), max_size=40))
def test_what_worked_last_is_never_lost(steps: list[str]) -> None:
    """Whatever happens, so many failures in a row lead back to it, or to what was accepted along with it."""
    trials, count = ConnectionTrials(BASE), 0
    accepted = {0}
    for step in steps:
        if step == "try":
            trials.try_first((trial(count + 1), trial(count + 2)))
            count += 2
        elif step == "fail":
            trials.failed(REFUSED)
        else:
            number = trials.current.number
            trials.succeeded()
            accepted = {number, number - 1 + 2 * (number % 2)} if number else {0}
    seen = set()
    for _ in range(6):
        seen.add(trials.current.number)
        trials.failed(REFUSED)
    assert seen & accepted
