"""The simulated central system of a session, over real sockets.

If these fail, a charge point meets another backend than the user has set up, or another one after each connection.
"""

from __future__ import annotations

import asyncio
import json
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from ocpptui.network.backoff import BackOff
from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.server_settings import ServerSettings
from ocpptui.ocpp.version import Direction, Role, Version
from ocpptui.runtime.clock import now
from ocpptui.runtime.tasks import Tasks
from ocpptui.session.authority_files import own_authority
from ocpptui.session.demo import CHARGE_POINT_ID, Demo
from ocpptui.session.session import Session
from ocpptui.session.settings import SessionSettings, session_settings
from ocpptui.simulator.behaviour_settings import CentralSystemSettings, ChargePointSettings
from ocpptui.simulator.registrations import RegistrationPlan
from ocpptui.simulator.token_table import WrongTokens
from ocpptui.timeline.record import Origin, RecordKind
from tests.interop.package_peers import PackageSide
from tests.kit.certificates import Authority
from tests.simulator.test_certificate_authority import request as csr_for

BOOT = {"chargePointVendor": "ACME", "chargePointModel": "One"}
START = {"connectorId": 1, "idTag": "CARD", "meterStart": 0, "timestamp": "2026-11-22T10:02:03Z"}


@asynccontextmanager
async def listening(**values: Any) -> AsyncIterator[Session]:
    """A central system with these options."""
    session = Session(role=Role.CENTRAL_SYSTEM, settings=session_settings(values, Role.CENTRAL_SYSTEM))
    try:
        await session.listen(ServerSettings(host="127.0.0.1", port=0))
        yield session
    finally:
        await session.close()


class BareChargePoint:
    """A charge point of bare frames."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._ids = 0

    async def ask(self, action: str, payload: dict[str, Any]) -> list[Any]:
        """Make a call; the frame that answers it."""
        self._ids += 1
        await self._socket.send(json.dumps([2, f"m{self._ids}", action, payload]))
        frame = await self.heard()
        assert frame[1] == f"m{self._ids}", frame
        return frame

    async def heard(self) -> list[Any]:
        async with asyncio.timeout(10):
            frame: list[Any] = json.loads(await self._socket.recv())
        return frame


@asynccontextmanager
async def peer(session: Session, name: str = "CP1") -> AsyncIterator[BareChargePoint]:
    url = f"{session.listening_urls[0].rstrip('/')}/{name}"
    async with connect(url, subprotocols=[Subprotocol("ocpp1.6")]) as socket:
        yield BareChargePoint(socket)


def notes(session: Session) -> list[str]:
    timeline = session.timeline
    found = [timeline.record(index).detail or {} for index in range(len(timeline))]
    return [str(detail["text"]) for detail in found if "text" in detail]


async def test_a_pending_charge_point_is_accepted_by_the_user() -> None:
    async with listening(registration=["CP1=pending", "rejected:1"], boot_interval=9) as session:
        async with peer(session) as cp:
            answer = await cp.ask("BootNotification", BOOT)
            assert (answer[2]["status"], answer[2]["interval"]) == ("Pending", 9)
            assert (await cp.ask("Heartbeat", {}))[2] == "SecurityError"
            assert session.central_system.register(RegistrationPlan(), "CP1") == "Next boot of CP1: Accepted."
            _, number, action, payload = await cp.heard()
            assert (action, payload) == ("TriggerMessage", {"requestedMessage": "BootNotification"})
            await cp._socket.send(json.dumps([3, number, {"status": "Accepted"}]))
            assert (await cp.ask("BootNotification", BOOT))[2]["status"] == "Accepted"
        async with peer(session) as cp:
            assert (await cp.ask("Heartbeat", {}))[0] == 3, "it is registered over a reconnect"
        async with peer(session, "CP2") as cp:
            boots = [(await cp.ask("BootNotification", BOOT))[2]["status"] for _ in range(2)]
            assert boots == ["Rejected", "Accepted"]
            session.central_system.register(RegistrationPlan("Rejected"))
            assert (await cp.ask("BootNotification", BOOT))[2]["status"] == "Rejected"
        assert session.central_system.status_of("CP2") == "Rejected"
        assert any("every charge point" in note for note in notes(session))


async def test_transactions_and_registrations_go_on_in_the_next_run(tmp_path: Path) -> None:
    """Two charges with one id, or a charge point locked out since it does not boot again."""
    options = {"state": str(tmp_path / "state.json"), "require_boot": True}
    async with listening(**options) as session, peer(session) as cp:
        assert (await cp.ask("StartTransaction", START))[2] == "SecurityError"
        await cp.ask("BootNotification", BOOT)
        assert (await cp.ask("StartTransaction", START))[2]["transactionId"] == 1
    assert stat.S_IMODE((tmp_path / "state.json").stat().st_mode) == 0o600
    async with listening(**options) as session, peer(session) as cp, peer(session, "CP2") as other:
        assert (await cp.ask("StartTransaction", START))[2]["transactionId"] == 1, "its answer was lost"
        await other.ask("BootNotification", BOOT)
        assert (await other.ask("StartTransaction", START))[2]["transactionId"] == 2


async def test_a_file_of_something_else_is_said_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_text('{"format": 1, "ocppVersion": "1.6"}')
    async with listening(state=str(path)) as session, peer(session) as cp:
        await cp.ask("BootNotification", BOOT)
        assert any("not the state of a central system" in note for note in notes(session))
    assert path.read_text() == '{"format": 1, "ocppVersion": "1.6"}'


async def test_tokens_are_read_again_while_it_runs(tmp_path: Path) -> None:
    path = tmp_path / "tokens.toml"
    path.write_text('[[token]]\nid = "CARD"\nstatus = "Blocked"')
    async with listening(tokens=str(path), rejected=["LOST"]) as session, peer(session) as cp:

        async def status(tag: str) -> object:
            return (await cp.ask("Authorize", {"idTag": tag}))[2]["idTagInfo"]["status"]

        assert [await status(tag) for tag in ("card", "LOST", "other")] == ["Blocked", "Blocked", "Accepted"]
        path.write_text('unknown = "Invalid"\n[[token]]\nid = "CARD"')
        assert "tokens: 2" in session.central_system.read_tokens_again()
        assert [await status(tag) for tag in ("card", "LOST", "other")] == ["Accepted", "Blocked", "Invalid"]
        path.write_text("[[token]]\nid = 7")
        with pytest.raises(WrongTokens, match=r"tokens\.toml: id in"):
            session.central_system.read_tokens_again()
        assert await status("card") == "Accepted", "what was known stays"


async def test_the_demo_is_changed_as_well() -> None:
    """The screen would say that the next boot is Pending, and it would be Accepted."""
    demo = Demo(Version.V16)
    control = demo.session.central_system
    control.register(RegistrationPlan("Pending"))
    try:
        await demo.start()
        assert await demo.session.until(lambda: control.status_of(CHARGE_POINT_ID) or None, 60) == "Pending"
    finally:
        await demo.close()


@pytest.mark.parametrize("version", [Version.V16, Version.V201], ids=str)
async def test_the_ocpp_package_is_probed(version: Version) -> None:
    asked: list[tuple[str, dict[str, Any]]] = []

    def accepts(action: str, answer: dict[str, Any]) -> Callable[[dict[str, Any]], dict[str, Any]]:
        def heard(request: dict[str, Any]) -> dict[str, Any]:
            asked.append((action, request))
            return answer

        return heard

    answers = {
        "GetConfiguration": accepts("GetConfiguration", {"configurationKey": []}),
        "GetBaseReport": accepts("GetBaseReport", {"status": "NotSupported"}),
        "TriggerMessage": accepts("TriggerMessage", {"status": "Accepted"}),
    }
    boot = BOOT if version is Version.V16 else {
        "reason": "PowerUp", "chargingStation": {"vendorName": "ACME", "model": "One"},
    }  # fmt: skip
    async with listening(probe=True) as session:
        url = f"{session.listening_urls[0].rstrip('/')}/CP1"
        async with connect(url, subprotocols=[Subprotocol(version.subprotocol)]) as socket:
            side = PackageSide(version, socket, {name: answers[name] for name in _known(version, answers)})
            tasks = Tasks("charge point of the ocpp package")
            tasks.start(side.start(), "receiver")
            assert (await side.ask("BootNotification", boot))["status"] == "Accepted"
            timeline = session.timeline
            assert await session.until(lambda: len(asked) == 2 or None, 60)
            await tasks.cancel()
        first = "GetConfiguration" if version is Version.V16 else "GetBaseReport"
        assert [action for action, _ in asked] == [first, "TriggerMessage"]
        assert asked[1][1]["requested_message"] == "StatusNotification"
        ours = [
            timeline.record(index)
            for index in range(len(timeline))
            if timeline.kind(index) is RecordKind.CALL and timeline.direction(index) is Direction.TO_CHARGE_POINT
        ]
        assert {record.origin for record in ours} == {Origin.BEHAVIOUR}


def _known(version: Version, answers: dict[str, Any]) -> list[str]:
    return [name for name in answers if name != ("GetBaseReport" if version is Version.V16 else "GetConfiguration")]


@pytest.mark.parametrize("version", [Version.V16, Version.V201, Version.V21], ids=str)
async def test_a_certificate_that_is_signed_opens_the_next_connection(version: Version, tmp_path: Path) -> None:
    """Security profile 3: the server asks for a certificate of the test CA, whose common name is the identity."""
    authority = own_authority(tmp_path / "test-ca")
    key = ec.generate_private_key(ec.SECP256R1())
    first, first_key = tmp_path / "first.pem", tmp_path / "first.key"
    first.write_text(authority.sign(csr_for("CP1", key=key), {"CP1"}, "", now()))
    first_key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    servers = Authority(tmp_path, "servers")
    pair = servers.sign("central", ["127.0.0.1"])
    central = Session(
        role=Role.CENTRAL_SYSTEM,
        settings=SessionSettings(central_system=CentralSystemSettings(authority=authority)),
    )
    own = ChargePointSettings(connectors=1, step=0.05)
    station = Session(role=Role.CHARGE_POINT, settings=SessionSettings(charge_point=own))
    root = str(tmp_path / "test-ca" / "root.pem")
    try:
        plain = ServerSettings(host="127.0.0.1", port=0)
        await central.listen(replace(plain, certificate=pair.certificate, key=pair.key, client_ca=root))
        await station.connect(
            ClientSettings(
                url=central.listening_urls[0],
                charge_point="CP1",
                versions=(version,),
                backoff=BackOff(wait_minimum=0.05, random_range=0.0, repeat_times=0),
                ca=servers.path,
                certificate=str(first),
                key=str(first_key),
            )
        )
        assert await central.until(lambda: central.central_system.status_of("CP1") or None, 60)
        assert any(root in note for note in notes(central)), "where the root is"
        before = central.connection_of("CP1")
        assert before is not None
        if version is Version.V16:
            action, wanted = "ExtendedTriggerMessage", "SignChargePointCertificate"
        else:
            action, wanted = "TriggerMessage", "SignChargingStationCertificate"
        await central.send_call(before.number, action, json.dumps({"requestedMessage": wanted}))

        def another() -> bool | None:
            found = central.connection_of("CP1")
            return True if found is not None and found.number != before.number else None

        assert await central.until(another, 60)
        details = [central.timeline.record(index).detail or {} for index in range(len(central.timeline))]
        sessions = [detail["tls"] for detail in details if isinstance(detail.get("tls"), dict)]
        shown = [one["certificate"] for one in sessions if "certificate" in one]
        assert {one["commonNames"][0] for one in shown} == {"CP1"}
        assert len({one["sha256"] for one in shown}) == 2, "the second connection has the new certificate"
    finally:
        await station.close()
        await central.close()
