"""A peer writes the URLs of files, responders and its own address: none may end a task or the program."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.ocpp.url_parts import url_parts

UNREADABLE = ("http://[abc/x", "http://[::1", "http://h:99999/x", "http://h:1x/", "ftp://[v1]/x", "http://a]b/")


@pytest.mark.parametrize("url", UNREADABLE)
def test_an_unreadable_url_has_no_parts(url: str) -> None:
    """A scheme or a host that is half right would be connected to."""
    parts = url_parts(url)
    assert not any(parts)
    assert (parts.hostname, parts.port, parts.username) == (None, None, None)


def test_the_parts_are_those_of_the_url() -> None:
    parts = url_parts(" https://cp:pw@[::1]:9001/a/b?c=d ")
    assert (parts.scheme, parts.username, parts.hostname, parts.port) == ("https", "cp", "::1", 9001)
    assert (parts.path, parts.query) == ("/a/b", "c=d")


@given(st.text() | st.text("ahtps:/[]@#?%.0123456789 ", max_size=30))
def test_no_text_raises(text: str) -> None:
    parts = url_parts(text)
    assert (parts.hostname, parts.port, parts.username, parts.password) is not None
