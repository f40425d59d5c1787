"""What of the request of a charge point goes on to its central system."""

from __future__ import annotations

import pytest
from websockets.datastructures import Headers
from websockets.http11 import Request

from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.problems import InvalidUrl
from ocpptui.network.upgrade_policy import Admission
from ocpptui.network.upstream import joined_url, passed_on_settings
from ocpptui.ocpp.version import Version


def passed(*headers: tuple[str, str]) -> list[str]:
    """The names of the headers that go on."""
    request = Request("/CP1", Headers(headers))
    upstream = ClientSettings(url="ws://beyond", charge_point="-")
    settings = passed_on_settings(upstream, Admission("CP1", Version.V16, "ocpp1.6"), request)
    return [name for name, _ in settings.headers]


def test_what_is_about_the_leg_of_the_charge_point_stays_there() -> None:
    """A central system, or a proxy before it, would take it for ours (RFC 9110 section 7.6.1)."""
    own = ("Host", "Upgrade", "Sec-WebSocket-Key", "Content-Length", "Proxy-Authorization", "X-Hop", "X-Other-Hop")
    connection = ("Connection", "Upgrade, x-hop"), ("connection", "X-Other-Hop ")
    beyond = ("User-Agent", "Authorization", "X-Vendor")
    assert passed(*((name, "x") for name in (*own, *beyond)), *connection) == list(beyond)


@pytest.mark.parametrize(
    ("base", "target", "expected"),
    [
        ("ws://h", "/CP1", "ws://h/CP1"),
        ("ws://h/ocpp/", "/a%2Fb?x=1", "ws://h/ocpp/a%2Fb?x=1"),
        ("ws://h/ocpp?key=1", "/CP1?x=2", "ws://h/ocpp/CP1?key=1&x=2"),
        ("ws://h", "//elsewhere/CP1", "ws://h//elsewhere/CP1"),
    ],
)
def test_the_path_follows_that_of_the_central_system(base: str, target: str, expected: str) -> None:
    """No path of a charge point leads to another host."""
    assert joined_url(base, target) == expected


def test_an_unusable_base_is_a_problem() -> None:
    with pytest.raises(InvalidUrl):
        joined_url("http://[::1", "/CP1")
