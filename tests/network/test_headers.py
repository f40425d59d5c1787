from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.headers import first_bytes, request_lines
from ocpptui.network.problems import InvalidSetting

BASIC = "Basic " + base64.b64encode(b"CP001:hunter2").decode()


def test_request_is_shown_as_it_came() -> None:
    """The request of an odd charge point can be read with its own spelling and mistakes."""
    head = b"GET /CP001 HTTP/1.1\r\nhOST:h\r\nno colon\r\nAuthorization: " + BASIC.encode() + b"\r\n\r\nrest"
    line, headers = request_lines(head)
    assert line == "GET /CP001 HTTP/1.1"
    assert headers == ["hOST:h", "no colon", "Authorization: Basic CP001:***"]


def test_first_bytes_are_printable_and_hold_no_secret() -> None:
    head = b"\x16\x03\x01\x00\r\nAuthorization: " + BASIC.encode() + b"\r\n"
    shown = first_bytes(head)
    assert shown.startswith("\\x16\\x03\\x01\\x00\\r\\n")
    assert "CP001:***" in shown
    assert BASIC not in shown


def test_first_bytes_are_cut() -> None:
    assert first_bytes(b"x" * 5000, 10) == "x" * 10 + "…"


@given(st.binary(max_size=300))
def test_any_bytes_can_be_shown(head: bytes) -> None:
    assert first_bytes(head).isascii()
    request_lines(head)


@pytest.mark.parametrize("header", [("", "x"), ("A B", "x"), ("A:", "x"), ("Ü", "x"), ("A", "x\r\nB: y"), ("A", "日")])
def test_an_invalid_header_is_refused_at_once(header: tuple[str, str]) -> None:
    with pytest.raises(InvalidSetting):
        ClientSettings(url="ws://h/CP001", headers=(header,))
