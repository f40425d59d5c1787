"""The words for what goes wrong over OCPP-S. A code without words would be a row of the log that says nothing."""

from __future__ import annotations

import pytest

from ocpptui.describe.network_problems import problem_text, words_of
from ocpptui.describe.soap_problems import SOAP_WORDS
from ocpptui.network.problems import NetworkProblem, ProblemCode


def test_every_problem_of_soap_has_its_words_here() -> None:
    """And no other: one looks for them in one place."""
    assert {code for code in ProblemCode if "SOAP" in code.name} == set(SOAP_WORDS)


@pytest.mark.parametrize("code", SOAP_WORDS)
def test_the_words_are_whole_sentences(code: ProblemCode) -> None:
    for words in SOAP_WORDS[code]:
        assert not words or (words[0].isupper() or words[0] == "{") and words.endswith("."), words


def test_who_dials_the_wrong_protocol_reads_what_to_change() -> None:
    """The most common mistake: a charge point of OCPP-S at a port for WebSockets, or the other way round."""
    text = problem_text(NetworkProblem(ProblemCode.SOAP_ON_WEBSOCKET_PORT))
    assert "OCPP-S (SOAP)" in text
    assert "OCPP-J" in text


def test_the_facts_are_in_the_sentence() -> None:
    problem = NetworkProblem(ProblemCode.SOAP_FOR_ANOTHER, name="CP9", expected="CP1")
    assert words_of(problem) == (
        "The request is for the charge point 'CP9'; this one is 'CP1'.",
        "Compare chargeBoxIdentity with the id of the charge point at this address.",
    )


def test_a_reason_that_is_unknown_leaves_no_gap() -> None:
    assert words_of(NetworkProblem(ProblemCode.SOAP_BODY_BROKEN))[0] == "The body of the request could not be read."
    broken = NetworkProblem(ProblemCode.SOAP_BODY_BROKEN, reason="it ended early")
    assert words_of(broken)[0] == "The body of the request could not be read: it ended early."
