"""The words for settings that cannot be used: what to write instead."""

from __future__ import annotations

import pytest

from ocpptui.describe.network_problems import words_of
from ocpptui.describe.setting_problems import SETTING_WORDS
from ocpptui.network.problems import NetworkProblem
from ocpptui.network.problems import ProblemCode as P


@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        (NetworkProblem(P.URL_SCHEME_MISWRITTEN, url="wss:/x", name="wss:/", suggestion="wss://"),
         "'wss:/x' begins with wss:/; write wss:// instead."),
        (NetworkProblem(P.URL_OF_ANOTHER_SCHEME, url="http://x", scheme="http", suggestion="ws://x"),
         "The scheme of 'http://x' is http; OCPP-J needs ws or wss, here ws://x."),
        (NetworkProblem(P.PORT_IN_USE, address="[::1]:80"),
         "Cannot listen on [::1]:80: the port is in use by another program."),
    ],
)  # fmt: skip
def test_it_says_what_to_write_instead(problem: NetworkProblem, sentence: str) -> None:
    """A user who typed a wrong URL would have to guess what is wrong with it."""
    assert words_of(problem).sentence == sentence


def test_each_code_of_a_url_has_its_words_here() -> None:
    """One looks for them in one place; those of OCPP-S have their own."""
    assert {code for code in P if code.name.startswith("URL_")} <= set(SETTING_WORDS)
