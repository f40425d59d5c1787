"""What begins a session again as it was."""

from __future__ import annotations

import pytest

from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.credentials import Credentials
from ocpptui.network.server_settings import ServerSettings
from ocpptui.ocpp.version import Role, Version
from ocpptui.session.link_values import link_values
from ocpptui.session.proxy_values import proxy_settings, relay_settings
from ocpptui.session.session import Session
from ocpptui.session.settings import SessionSettings

SECRET = "hunter2hunter2hunter2"


def manual(role: Role) -> Session:
    return Session(role=role, settings=SessionSettings(automatic=False))


async def test_a_charge_point_connects_again_without_its_secrets() -> None:
    """A password in the user's folder is read by whatever reads that folder."""
    session = manual(Role.CHARGE_POINT)
    try:
        await session.connect(
            ClientSettings(
                url="ws://127.0.0.1:9/ocpp",
                charge_point="CP001",
                versions=(Version.V16,),
                credentials=Credentials("CP001", SECRET.encode()),
                headers=(("X-Api-Key", SECRET), ("X-Site", "north; 2")),
                security_profile=1,
                lenient=True,
                reconnect=False,
            )
        )
        found = link_values(session)
        assert found is not None and found.form == "connect"
        assert found.values == {
            "url": "ws://127.0.0.1:9/ocpp",
            "id": "CP001",
            "version": "1.6",
            "trust": "",
            "certificate": "",
            "key": "",
            "profile": "1",
            "headers": "X-Site: north; 2",
            "lenient": "yes",
        }
        assert found.missing == "password, header X-Api-Key"
        assert SECRET not in repr(found)
    finally:
        await session.close()


async def test_a_central_system_listens_again() -> None:
    """The charger on the bench would have to be pointed to another port."""
    session = manual(Role.CENTRAL_SYSTEM)
    try:
        await session.listen(ServerSettings(port=0))
        found = link_values(session)
        assert found is not None and (found.form, found.missing) == ("listen", "")
        assert (found.values["host"], found.values["port"]) == ("127.0.0.1", "0")
    finally:
        await session.close()


async def test_a_proxy_relays_again_without_its_secrets() -> None:
    """The charge points would have to be pointed elsewhere, or a password would be in the folder of the user."""
    values = {"upstream": f"ws://u:{SECRET}@127.0.0.1:9/ocpp", "upstream_password": SECRET, "when_down": "hold",
              "mirror": f"ws://127.0.0.1:8/?token={SECRET}", "listen": "127.0.0.1:0"}  # fmt: skip
    session = Session(proxy=proxy_settings(values))
    try:
        await session.relay(relay_settings(values))
        found = link_values(session)
        assert found is not None and found.form == "relay"
        assert (found.values["listen"], found.values["when_down"]) == ("127.0.0.1:0", "hold")
        assert "127.0.0.1:9/ocpp" in found.values["upstream"] and "127.0.0.1:8/" in found.values["mirror"]
        assert found.missing == "credentials upstream"
        assert SECRET not in repr(found)
    finally:
        await session.close()


@pytest.mark.parametrize(
    ("soap", "shown"), [("http://127.0.0.1:7/soap", "http://127.0.0.1:7/soap"), ("http://127.0.0.1:9/ocpp", "")]
)
async def test_a_proxy_for_soap_relays_again(soap: str, shown: str) -> None:
    """Charge points of OCPP-S would reach nothing, or the central system would no longer call through it."""
    values = {"upstream": "ws://127.0.0.1:9/ocpp", "upstream_soap": soap, "listen": "127.0.0.1:0",
              "upstream_callback": "http://127.0.0.1:9000/{id}"}  # fmt: skip
    session = Session(proxy=proxy_settings(values))
    try:
        await session.relay(relay_settings(values))
        found = link_values(session)
        assert found is not None and found.missing == ""
        assert (found.values["upstream_soap"], found.values["upstream_callback"]) == (
            shown,
            values["upstream_callback"],
        )
    finally:
        await session.close()


def test_an_opened_file_has_nothing_to_connect() -> None:
    """The user would be offered a connection that never was."""
    assert link_values(Session()) is None
