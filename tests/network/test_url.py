from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.describe.network_problems import problem_text
from ocpptui.network.client_settings import ClientSettings, identity, requested_url
from ocpptui.network.problems import InvalidUrl
from ocpptui.network.url import split_url, with_identity
from ocpptui.ocpp.identity import identity_in_path


@pytest.mark.parametrize(
    ("url", "charge_point", "requested"),
    [
        ("ws://h:9000", "CP001", "ws://h:9000/CP001"),
        ("ws://h:9000/", "CP001", "ws://h:9000/CP001"),
        ("ws://h/ocpp", "CP001", "ws://h/ocpp/CP001"),
        ("ws://h/ocpp/CP001", "CP001", "ws://h/ocpp/CP001"),
        ("ws://h/ocpp/CP001/", "CP001", "ws://h/ocpp/CP001/"),
        ("ws://h/ocpp/CP002", "CP001", "ws://h/ocpp/CP002/CP001"),
        ("ws://h/CP001?key=1", "CP001", "ws://h/CP001?key=1"),
        ("ws://h/ocpp?key=1", "CP001", "ws://h/ocpp/CP001?key=1"),
        ("wss://h/ocpp", "RDAM 123", "wss://h/ocpp/RDAM%20123"),
        ("wss://h/ocpp", "RDAM|123", "wss://h/ocpp/RDAM%7C123"),
        ("wss://h/ocpp/RDAM%20123", "RDAM 123", "wss://h/ocpp/RDAM%20123"),
        ("ws://h", "a/b", "ws://h/a%2Fb"),
        ("ws://h/x/a%2Fb", "a/b", "ws://h/x/a%2Fb"),
        ("ws://h", "Säule", "ws://h/S%C3%A4ule"),
        ("  ws://user:secret@h:1/x ", "CP001", "ws://h:1/x/CP001"),
        ("ws://[::1]:9000", "CP001", "ws://[::1]:9000/CP001"),
    ],
)
def test_the_identity_occurs_once_at_the_end(url: str, charge_point: str, requested: str) -> None:
    """A user who types the URL with or without the id reaches the same charge point, never `/CP001/CP001`."""
    assert with_identity(url, charge_point) == requested


def test_exact_url_is_left_alone() -> None:
    """A backend with an odd path can be reached."""
    settings = ClientSettings(url="ws://h/odd//path/?id=CP001", charge_point="CP001", url_exact=True)
    assert requested_url(settings) == "ws://h/odd//path/?id=CP001"


def test_identity_is_taken_from_the_url() -> None:
    """`ocpptui charge-point ws://h/ocpp/RDAM%20123` needs no option for it."""
    settings = ClientSettings(url="ws://h/ocpp/RDAM%20123")
    assert identity(settings) == "RDAM 123"
    assert requested_url(settings) == "ws://h/ocpp/RDAM%20123"


def test_a_missing_identity_is_reported() -> None:
    with pytest.raises(InvalidUrl) as caught:
        requested_url(ClientSettings(url="ws://h:9000/"))
    assert "does not end with the id" in problem_text(caught.value.problem)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("localhost:9000/CP001", "has no scheme; write ws:// or wss:// before the host"),
        ("ws:9000/CP001", "has no scheme"),
        ("wsserver/CP001", "has no scheme"),
        ("//localhost/CP001", "has no scheme"),
        ("wss:/h/CP001", "begins with wss:/; write wss:// instead"),
        ("ws//h/CP001", "begins with ws//; write ws:// instead"),
        ("WS;//h/CP001", "begins with WS;//; write ws:// instead"),
        ("wss:h/CP001", "begins with wss:; write wss:// instead"),
        ("", "The URL is empty."),
        ("http://h/CP001", "an OCPP-J URL begins with ws://."),
        ("https://h/CP001", "an OCPP-J URL begins with wss://."),
        ("ftp://h", "needs ws or wss."),
        ("ws:///CP001", "names no host"),
        ("ws://h:abc/CP001", "a port is a number from 1 to 65535"),
        ("ws://h:99999/CP001", "a port is a number from 1 to 65535"),
        ("ws://h:0/CP001", "a port is a number from 1 to 65535"),
        ("ws://[::1/CP001", "is not a URL"),
        ("ws://h/CP 001", "%20"),
        ("ws://h/CP001#1", "%23"),
    ],
)
def test_wrong_url_says_what_would_be_right(url: str, sentence: str) -> None:
    """A typo in the URL is explained before anything is connected."""
    with pytest.raises(InvalidUrl) as caught:
        requested_url(ClientSettings(url=url, charge_point="" if url.startswith("http") else "CP001"))
    assert sentence in problem_text(caught.value.problem)


@given(st.text(min_size=1).filter(lambda name: not any(0xD800 <= ord(c) <= 0xDFFF for c in name)))
def test_every_identity_survives_the_url(charge_point: str) -> None:
    """The id that the central system reads is the one that the charge point has, whatever characters it holds."""
    url = with_identity("ws://h:1/ocpp", charge_point)
    assert identity_in_path(split_url(url).path) == charge_point
    assert with_identity(url, charge_point) == url


@given(st.text())
def test_no_url_crashes(text: str) -> None:
    """Anything typed on the start screen is a URL or explained."""
    try:
        split_url(text)
    except InvalidUrl as error:
        assert problem_text(error.problem)


@pytest.mark.parametrize(
    "url",
    [
        "ws://CP1:hunter2@h:99999/CP1",
        "ftp://CP1:hunter2@h/CP1",
        "CP1:hunter2@h/CP1",
        "ws://CP1:hunter2@/CP1",
        "ws://CP1:hunter2@h/CP 1",
        "ws://CP1:hunter2@h\u2100/CP1",
        "ws://CP1:hunter2@h/",
    ],
)
def test_the_sentence_about_a_wrong_url_does_not_repeat_its_password(url: str) -> None:
    """A sentence on standard error ends up in a terminal's history, a log or a ticket."""
    with pytest.raises(InvalidUrl) as caught:
        identity(ClientSettings(url=url))
    assert "hunter2" not in problem_text(caught.value.problem)
    assert "hunter2" not in str(caught.value)
