from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.describe.network_problems import problem_text
from ocpptui.network.credentials import Accepted, Credentials
from ocpptui.network.problems import NetworkProblem
from ocpptui.ocpp.header_credentials import parse_basic

KEY = "0001020304050607FFFFFFFFFFFFFFFFFFFFFFFF"


def basic(pair: bytes) -> str:
    return "Basic " + base64.b64encode(pair).decode()


def test_header_of_the_specification() -> None:
    """A hex key goes out as its bytes: the example of OCPP-J 1.6 section 6.2.2 comes out to the letter."""
    credentials = Credentials.parse(None, KEY, hexadecimal=True)
    assert credentials.header("AL1000") == "Basic QUwxMDAwOgABAgMEBQYH////////////////"


def test_text_goes_out_as_text() -> None:
    assert Credentials.parse("ü", "pässword").header("CP001") == basic("ü:pässword".encode())


def test_user_defaults_to_the_identity() -> None:
    assert Credentials.parse(None, "x").header("CP001") == basic(b"CP001:x")


@pytest.mark.parametrize("password", ["abc", "xy", "", "00 11", "0x00"])
def test_wrong_hex_is_refused(password: str) -> None:
    with pytest.raises(ValueError, match="hexadecimal"):
        Credentials.parse(None, password, hexadecimal=True)


def test_colon_in_the_user_name_is_refused() -> None:
    """It would be read as the end of the user name on the other side."""
    with pytest.raises(ValueError, match="colon"):
        Credentials.parse("a:b", "x")


@pytest.mark.parametrize("hexadecimal", [False, True])
@pytest.mark.parametrize(("sent", "matched"), [(KEY.encode(), "text"), (bytes.fromhex(KEY), "decoded hex")])
def test_both_readings_of_a_hex_password_are_accepted(hexadecimal: bool, sent: bytes, matched: str) -> None:
    """Products differ; the technician learns which reading the charge point uses."""
    credentials = Credentials.parse(None, KEY, hexadecimal=hexadecimal)
    assert credentials.check(basic(b"CP001:" + sent), "CP001") == Accepted("CP001", matched)


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        (None, "no credentials"),
        ("", "empty"),
        ("Bearer abc", "Bearer"),
        ("Basic !!!", "Basic"),
        ("Basic", "Basic"),
        (basic(b"no colon"), "no colon between"),
        (basic(b"CP002:secret"), "'CP002'"),
        (basic(b"CP001:wrong"), "password is wrong (5 bytes"),
        (basic(b"CP001:secret\n"), "it ends with a line feed"),
        (basic(b'CP001:"secret"'), "it ends with a quotation mark"),
        (basic(b"CP001: secret"), "it begins with a space"),
        ("secret", "without a scheme"),
        (basic(b"CP001:"), "password is empty"),
    ],
)
def test_refusal_says_what_is_wrong(header: str | None, sentence: str) -> None:
    """The three reasons for a 401 (missing, wrong user, wrong password) are distinguished, without the password."""
    refusal = Credentials.parse(None, "secret").check(header, "CP001")
    assert isinstance(refusal, NetworkProblem)
    assert sentence in problem_text(refusal)
    assert "secret" not in problem_text(refusal) + repr(refusal)


def test_named_user_need_not_be_the_identity() -> None:
    assert Credentials.parse("shared", "pw").check(basic(b"shared:pw"), "CP001") == Accepted("shared", "text")


def test_a_password_may_hold_a_colon() -> None:
    assert Credentials.parse(None, "a:b").check(basic(b"CP001:a:b"), "CP001") == Accepted("CP001", "text")


def test_password_does_not_show_in_a_traceback() -> None:
    assert "secret" not in repr(Credentials.parse(None, "secret"))


@given(st.text())
def test_no_header_crashes(header: str) -> None:
    parse_basic(header)
    assert isinstance(Credentials.parse(None, "secret").check(header, "CP001"), NetworkProblem)
