"""The words for a charge point that does not get into a central system."""

from __future__ import annotations

import pytest

from ocpptui.describe.connect_problems import CONNECT_WORDS, advice_on_status
from ocpptui.describe.network_problems import words_of
from ocpptui.network.problems import ConnectStep, NetworkProblem, ProblemCode


def test_each_problem_of_connecting_is_at_a_step() -> None:
    """The doctor could not say how far a connection came, or one would look for the words in another file."""
    assert {code for code in CONNECT_WORDS if code.step is None} == set()
    assert {code.step for code in CONNECT_WORDS} == set(ConnectStep) - {ConnectStep.TLS}


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (103, "not a final answer"),
        (200, "no WebSocket at this path"),
        (301, "connect there"),
        (404, "unknown there"),
        (426, "try wss://"),
        (500, "its log should say why"),
        (503, "try again later"),
        (511, "wants a login"),
        (599, "its log should say why"),
    ],
)
def test_a_status_has_its_advice(status: int, words: str) -> None:
    """Who gets a 404 looks for another mistake than who gets a 503."""
    assert words in advice_on_status(NetworkProblem(ProblemCode.HTTP_STATUS, status=status, location="ws://other"))


def test_a_redirection_to_nowhere_has_no_advice() -> None:
    """`It points to ?` would send the user nowhere."""
    problem = NetworkProblem(ProblemCode.HTTP_STATUS, address="h:1", status=301, path="/CP1")
    assert words_of(problem) == ("h:1 answered 301 to the request for /CP1.", "")
