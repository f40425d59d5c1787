"""The words for a peer that does not get into our central system."""

from __future__ import annotations

import pytest

from ocpptui.describe.incoming_problems import INCOMING_WORDS
from ocpptui.describe.network_problems import words_of
from ocpptui.network.problems import NetworkProblem
from ocpptui.network.problems import ProblemCode as P


def test_a_removed_header_and_a_plain_request_are_told_apart() -> None:
    """A proxy that removes headers is mended in the proxy, a wrong path in the charge point."""
    removed, plain = (
        NetworkProblem(code, path="/CP1") for code in (P.UPGRADE_HEADER_REMOVED, P.REQUEST_WITHOUT_UPGRADE)
    )
    assert "proxy in between removed it" in words_of(removed).advice
    assert words_of(plain).sentence == "A plain HTTP request for /CP1, not for a WebSocket."


@pytest.mark.parametrize("code", [code for code in INCOMING_WORDS if "PASSWORD" in code.name])
def test_no_word_about_a_password_contains_it(code: P) -> None:
    """Log and recording would have what the charge point sent as its password."""
    said = words_of(NetworkProblem(code, length=7, other="begins", name="a space"))
    assert "password" in f"{said}"
    assert "{" not in f"{said}"


def test_what_is_tolerated_says_what_is_assumed_in_its_place() -> None:
    """Nobody would know which version the connection then has."""
    said = words_of(NetworkProblem(P.SUBPROTOCOL_MISSPELT, name="ocpp16", version="1.6"))
    assert said.sentence == "The subprotocol 'ocpp16' is misspelt; OCPP 1.6 is assumed."
