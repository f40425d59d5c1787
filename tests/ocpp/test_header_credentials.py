from __future__ import annotations

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.ocpp.header_credentials import basic_fault, parse_basic, secrets_within


@given(st.text(st.characters(exclude_characters=":", exclude_categories=["Cs"])), st.binary())
def test_user_and_password_of_basic_come_back(user: str, password: bytes) -> None:
    """A password may hold colons and any bytes (RFC 7617 section 2)."""
    encoded = b64encode(user.encode() + b":" + password).decode()
    assert parse_basic(f"Basic {encoded}") == (user, password)
    assert password.decode("utf-8", "replace") in secrets_within("Authorization", f"basic {encoded}")


@pytest.mark.parametrize("header, fault", [("Basic ***", "base64"), (f"Basic {b64encode(b'CP1').decode()}", "colon")])
def test_what_is_wrong_with_credentials_is_known(header: str, fault: str) -> None:
    assert parse_basic(header) is None
    assert basic_fault(header) == fault


@pytest.mark.parametrize(
    ("name", "value", "secrets"),
    [
        ("Authorization", "Bearer abc.def", {"abc.def"}),
        ("authorization", "geheim", set()),
        ("X-Api-Key", "geheim 1", set()),
        ("Cookie", 'lang=en; sid="abc"; JSESSIONID=f00', {"abc", "f00"}),
        ("Set-Cookie", "opaque=0123456789abcdef; Path=/ocpp", {"0123456789abcdef"}),
    ],
)
def test_the_secrets_within_a_value_are_known(name: str, value: str, secrets: set[str]) -> None:
    """A copy of the token without its scheme, or of a cookie without its name, would stay in the file."""
    assert set(secrets_within(name, value)) == {value, *secrets}
