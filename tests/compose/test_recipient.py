"""The peer of a composed message. If these fail, a message goes to a dead connection, or its form has wrong choices."""

from __future__ import annotations

import pytest

from ocpptui.compose.recipient import Recipient
from ocpptui.network.problems import NotConnected, ProblemCode
from ocpptui.network.server_settings import ServerSettings
from ocpptui.ocpp.version import Role, Version
from ocpptui.session.session import Session
from ocpptui.session.settings import SessionSettings
from tests.kit.soap_bench import post
from tests.session.test_session import central_system, number_of


async def test_a_message_goes_to_the_newest_connection_of_its_charge_point() -> None:
    async with central_system() as (session, charger):
        async with charger():
            first = await number_of(session)
            recipient = Recipient(session, first)
            assert (recipient.charge_point, recipient.version) == ("CP1", Version.V16)
            assert recipient.open_connection() == first
        await session.until(lambda: first not in session.connections, 60)
        with pytest.raises(NotConnected) as none:
            recipient.open_connection()
        assert none.value.problem.code is ProblemCode.NOT_CONNECTED
        assert none.value.problem.facts["name"] == "CP1"
        assert recipient.connection is None
        async with charger():
            second = await number_of(session)
            assert recipient.open_connection() == second != first


async def test_a_closed_connection_still_says_who_the_peer_was() -> None:
    """A call is prepared while a charge point is away."""
    async with central_system() as (session, charger):
        async with charger():
            number = await number_of(session)
        await session.until(lambda: number not in session.connections, 60)
        recipient = Recipient(session, number)
        assert (recipient.charge_point, recipient.version) == ("CP1", Version.V16)
        assert recipient.role is Role.CENTRAL_SYSTEM
        names = {action.name for action in recipient.actions()}
        assert "Reset" in names and "BootNotification" not in names
        assert "BootNotification" in {action.name for action in recipient.actions(everything=True)}
        assert "OccurenceConstraintViolation" in recipient.error_codes
        assert recipient.action("Reset") is not None
        assert recipient.action("SetVariables") is None


async def test_the_side_can_be_chosen_where_both_run_through_us() -> None:
    async with central_system() as (session, charger), charger():
        recipient = Recipient(session, await number_of(session), Role.CHARGE_POINT)
        assert "BootNotification" in {action.name for action in recipient.actions()}


async def test_over_soap_there_is_only_what_its_service_has() -> None:
    heartbeat = (
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:o="urn://Ocpp/Cs/2012/06/">'
        "<s:Header><o:chargeBoxIdentity>CP1</o:chargeBoxIdentity></s:Header>"
        "<s:Body><o:heartbeatRequest/></s:Body></s:Envelope>"
    )
    session = Session(role=Role.CENTRAL_SYSTEM, settings=SessionSettings())
    try:
        await session.listen(ServerSettings(host="127.0.0.1", port=0))
        url = session.listening_urls[0].replace("ws:", "http:", 1)
        await post(url, heartbeat, Content_Type="application/soap+xml")
        recipient = Recipient(session, await number_of(session))
        assert recipient.version is Version.V15
        assert "Reset" in {action.name for action in recipient.actions()}
        assert "SecurityError" in recipient.error_codes
        assert "FormationViolation" not in recipient.error_codes
    finally:
        await session.close()


async def test_without_a_connection_there_is_nobody() -> None:
    async with central_system() as (session, _):
        recipient = Recipient(session, None)
        assert recipient.actions() == ()
        with pytest.raises(NotConnected) as none:
            recipient.open_connection()
        assert none.value.problem.facts["name"] == "The peer"
