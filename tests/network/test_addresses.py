from __future__ import annotations

import pytest

from ocpptui.network.addresses import is_loopback, reachable_hosts, url_host


@pytest.mark.parametrize("host", ["0.0.0.0", "::", ""])
def test_every_address_of_this_machine(host: str) -> None:
    """Each URL that is shown for the charge point can be reached: no 0.0.0.0, loopback last."""
    found = reachable_hosts(host)
    assert found[-1] == "127.0.0.1"
    assert len(set(found)) == len(found)
    assert not {"0.0.0.0", "::", ""} & set(found)


def test_a_named_host_is_taken_as_it_is() -> None:
    assert reachable_hosts("csms.local") == ["csms.local"]


@pytest.mark.parametrize(("host", "loopback"), [("127.0.0.1", True), ("127.1.2.3", True), ("::1", True)])
def test_loopback(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "csms.local", "::"])
def test_not_loopback(host: str) -> None:
    assert not is_loopback(host)


def test_ipv6_is_in_brackets() -> None:
    assert url_host("::1") == "[::1]"
    assert url_host("127.0.0.1") == "127.0.0.1"
