"""Hashes of passwords: one is the RFC's, each is different, and a broken one is refused without quoting it."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocpptui.network.password_hash import PasswordHash, WrongHash

RFC = (
    "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
    "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"
)
"""Of `pleaseletmein` with SodiumChloride, N=16384, r=8, p=1 (RFC 7914 section 12)."""


def written(digest: bytes, *, salt: bytes = b"SodiumChloride", numbers: str = "16384$8$1") -> str:
    return f"scrypt${numbers}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


def test_the_example_of_the_standard() -> None:
    """A hash that another program has made lets the charge point in."""
    found = PasswordHash.parse(written(bytes.fromhex(RFC)))
    assert found.matches(b"pleaseletmein") and not found.matches(b"pleaseletmeout")


def test_each_hash_has_its_own_salt() -> None:
    """The same password for two charge points does not show."""
    first, second = PasswordHash.of(b"secret"), PasswordHash.of(b"secret")
    assert first != second and first.matches(b"secret") and second.matches(b"secret")
    assert PasswordHash.parse(str(first)) == first
    assert "secret" not in str(first) + repr(first)
    assert base64.b64encode(first.digest).decode() not in repr(first)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("scrypt$", "not written as"),
        ("scrypt$16384$8$1$AAAA", "not written as"),
        ("scrypt$x$8$1$AAAA$AAAA", "not written as"),
        ("scrypt$-1$8$1$AAAA$AAAA", "not written as"),
        (written(bytes(32)) + "!", "not base64"),
        (written(bytes(32), numbers="16383$8$1"), "power of 2"),
        (written(bytes(32), numbers="1$8$1"), "power of 2"),
        (written(bytes(32), numbers="16384$0$1"), "at least 1"),
        (written(bytes(32), numbers="16384$8$0"), "at least 1"),
        (written(bytes(32), numbers="4194304$8$1"), "more than 64 MiB"),
        (written(bytes(8)), "shorter than 16"),
    ],
)
def test_what_is_no_hash_is_refused(text: str, why: str) -> None:
    with pytest.raises(WrongHash, match=why) as caught:
        PasswordHash.parse(text)
    assert text.rpartition("$")[2] not in str(caught.value) or text.endswith("$")


@given(st.text("scrypt$0123456789abcdefAB=+/", max_size=60))
@settings(max_examples=200)
def test_no_text_crashes(text: str) -> None:
    try:
        PasswordHash.parse(f"scrypt${text}")
    except WrongHash:
        return
