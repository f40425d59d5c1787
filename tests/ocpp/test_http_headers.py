from __future__ import annotations

import base64

import pytest

from ocpptui.ocpp.http_headers import header_line, header_lines

BASIC = "Basic " + base64.b64encode(b"CP001:hunter2").decode()


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("Authorization", BASIC, "Authorization: Basic CP001:***"),
        ("authorization", "Bearer hunter2", "authorization: Bearer ***"),
        ("Authorization", "Basic hunter2", "Authorization: Basic ***"),
        ("Authorization", "hunter2", "Authorization: ***"),
        (" Authorization ", BASIC, " Authorization : Basic CP001:***"),
        # as a recording has them
        ("Authorization", "Basic CP001:***", "Authorization: Basic CP001:***"),
        ("Authorization", "Basic CP 1:***", "Authorization: Basic CP 1:***"),
        ("Authorization", "Basic :***", "Authorization: Basic :***"),
        ("Authorization", "my long password:***", "Authorization: ***"),
        ("Proxy-Authorization", BASIC, "Proxy-Authorization: Basic CP001:***"),
        ("Cookie", "session=hunter2", "Cookie: ***"),
        ("X-Api-Key", "hunter2", "X-Api-Key: ***"),
        ("X-Auth-Token", "hunter2", "X-Auth-Token: ***"),
        ("X-Auth", "hunter2", "X-Auth: ***"),
        ("X-Access-Key", "hunter2", "X-Access-Key: ***"),
        ("X-Credential", "hunter2", "X-Credential: ***"),
        ("X-Passwd", "hunter2", "X-Passwd: ***"),
        ("Ocp-Apim-Subscription-Key", "hunter2", "Ocp-Apim-Subscription-Key: ***"),
        ("WWW-Authenticate", 'Basic realm="x"', 'WWW-Authenticate: Basic realm="x"'),
        ("Sec-WebSocket-Accept", "abc==", "Sec-WebSocket-Accept: abc=="),
        ("Sec-WebSocket-Key", "abc==", "Sec-WebSocket-Key: abc=="),
        ("User-Agent", "x", "User-Agent: x"),
    ],
)
def test_secrets_do_not_reach_a_recording(name: str, value: str, line: str) -> None:
    """Recordings are mailed around: no header in them holds a password."""
    assert header_line(name, value) == line


def test_order_and_repeated_headers_are_kept() -> None:
    pairs = [("B", "1"), ("a", "2"), ("B", "3")]
    assert header_lines(pairs) == ["B: 1", "a: 2", "B: 3"]


def test_a_password_without_a_scheme_is_masked_whole() -> None:
    """What is before the first space would be taken for the scheme, and be shown."""
    found: list[str] = []
    assert header_line("Authorization", "CP1:pass word", found.append) == "Authorization: ***"
    assert found == ["CP1:pass word"]
    assert header_line("Authorization", "Bearer abc def") == "Authorization: Bearer ***"
