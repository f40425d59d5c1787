from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.ocpp.identity import identity_in_path, path_segment


@pytest.mark.parametrize("path", ["/CP001", "//CP001", "/a/b/CP001", "/CP001/", "/CP001//", "/CP001?a=/x", "CP001"])
def test_server_finds_the_identity(path: str) -> None:
    """Charge points with a double or a trailing slash are recognised (some have no other setting)."""
    assert identity_in_path(path) == "CP001"


def test_encoded_slash_stays_inside_the_identity() -> None:
    assert identity_in_path("/ocpp/" + quote("a/b", safe="")) == "a/b"


@pytest.mark.parametrize("path", ["", "/", "//", "/?x=CP001"])
def test_path_without_identity(path: str) -> None:
    assert identity_in_path(path) == ""


@given(st.text(min_size=1).filter(lambda name: not any(0xD800 <= ord(c) <= 0xDFFF for c in name)))
def test_every_identity_fits_into_a_path(identity: str) -> None:
    """A command or a script that names a charge point reaches that one, whatever characters its id holds."""
    assert identity_in_path(f"/ocpp/{path_segment(identity)}?a=b") == identity


def test_an_identity_that_utf_8_cannot_hold_does_not_stop_an_export() -> None:
    assert path_segment("CP\ud800") == "CP%3F"
