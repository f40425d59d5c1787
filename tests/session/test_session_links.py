"""The links of a session: connecting, listening, and what holds for all of them."""

from __future__ import annotations

import pytest

from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.problems import CannotListen, InvalidUrl
from ocpptui.network.server_settings import ServerSettings
from ocpptui.ocpp.version import Role, Version
from ocpptui.session.session import Session

LISTENING = ServerSettings(port=0, ping_interval=None)


def station(url: str, name: str = "CP001") -> ClientSettings:
    return ClientSettings(url=url, charge_point=name, versions=(Version.V16,), ping_interval=None)


async def test_each_port_is_among_the_urls_and_a_charge_point_gets_in_by_each() -> None:
    """A charge point would be given a URL at which nobody listens."""
    central, charge_point = Session(role=Role.CENTRAL_SYSTEM), Session(role=Role.CHARGE_POINT)
    for _ in range(2):
        await central.listen(LISTENING)
    assert len(set(central.listening_urls)) == len(central.server_links) == 2
    for number, url in enumerate(central.listening_urls):
        await charge_point.connect(station(url, f"CP{number}"))
    assert await central.until(lambda: len(central.connections) == 2 or None, 60)
    assert [link.charge_point for link in charge_point.client_links] == ["CP0", "CP1"]
    await charge_point.close()
    await central.close()
    assert not central.connections and not charge_point.connections


async def test_a_port_that_is_in_use_leaves_no_link() -> None:
    """The screen would show a URL at which another program listens."""
    central = Session(role=Role.CENTRAL_SYSTEM)
    first = await central.listen(LISTENING)
    port = int(first.urls[0].rsplit(":", 1)[1].rstrip("/"))
    with pytest.raises(CannotListen):
        await central.listen(ServerSettings(port=port, ping_interval=None))
    assert central.server_links == [first]
    await central.close()


async def test_a_url_that_cannot_be_used_leaves_no_link() -> None:
    """The session would go on trying a URL that it has refused."""
    session = Session(role=Role.CHARGE_POINT)
    with pytest.raises(InvalidUrl):
        await session.connect(station("ws:///ocpp"))
    assert session.client_links == []
    await session.close()


async def test_leniency_holds_for_every_link() -> None:
    """A charge point at the second port would be refused for what the first one tolerates."""
    session = Session(role=Role.CHARGE_POINT)
    for number in range(2):
        await session.connect(station("ws://127.0.0.1:1", f"CP{number}"))
    for lenient in (True, False):
        session.lenient = lenient
        assert [link.lenient for link in session.client_links] == [lenient, lenient]
    await session.close()
