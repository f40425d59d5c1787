"""Charge points of OCPP-S that take requests at one port, and over HTTPS. If these fail, calls reach another one."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.shared_endpoints import SharedEndpoints
from ocpptui.network.soap_charge_point import SoapChargePoint
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.soap_encoding import SOAP
from ocpptui.ocpp.version import Version
from ocpptui.runtime.tasks import Tasks
from ocpptui.timeline.record import ConnectionEvent, Origin, RecordKind
from tests.kit.certificates import FOR_CLIENTS, Authority, Pair
from tests.kit.held_ports import held_ports
from tests.network.test_soap_charge_point import beat, central_system, charge_point
from tests.network.watching import PATIENCE, Watcher, listening
from tests.ocpp.envelopes import CP_15, request


def accepts(record: Any, connection: Any) -> None:
    """A charge point that accepts each request, and says who it is."""
    if record.kind is RecordKind.CALL and record.origin is Origin.WIRE:
        text = connection.encoding.result(record.frame, f'{{"status":"{connection.charge_point}"}}')
        connection.write(text, Origin.BEHAVIOUR)


async def test_charge_points_share_a_port_by_path_and_envelope_and_leave_it_one_by_one() -> None:
    watcher, endpoints = Watcher(), SharedEndpoints()
    watcher.on_record = accepts
    async with central_system(beat) as beyond, AsyncExitStack() as stack, ClientSession() as session:
        port = stack.enter_context(held_ports())
        links = []
        for name in ("A", "B C"):
            settings = ClientSettings(
                url=f"http://127.0.0.1:{beyond}/",
                charge_point=name,
                versions=(Version.V15,),
                soap_port=port,
                reconnect=False,
            )
            links.append(SoapChargePoint(settings, watcher, endpoints=endpoints))
            tasks = Tasks(name)
            stack.push_async_callback(asyncio.wait_for, tasks.start(links[-1].run(), name), PATIENCE)
            stack.push_async_callback(links[-1].close)
        await watcher.event(ConnectionEvent.OPENED, 2)
        named = {one.charge_point: one.detail["callback"] for one in watcher.events(ConnectionEvent.OPENED)}
        base = f"http://127.0.0.1:{port}/ChargePointService"
        assert named == {"A": f"{base}/A", "B C": f"{base}/B%20C"}

        async def who(url: str, identity: str) -> tuple[int, str]:
            text = request("Reset", "<o:type>Soft</o:type>", service=CP_15, identity=identity)
            async with session.post(url, data=text) as given:
                said = SOAP.read(await given.text())
                return given.status, said.payload["status"] if isinstance(said, Message) and said.payload else ""

        assert await who(named["A"], "A") == (200, "A") and await who(named["B C"], "B C") == (200, "B C")
        assert await who(f"http://127.0.0.1:{port}/", "B C") == (200, "B C")
        assert await who(named["A"], "B C") == (400, "")  # the path decides, and the envelope is for another
        assert (await who(f"http://127.0.0.1:{port}/", "D"))[0] == 404
        await links[0].close()
        assert await who(f"http://127.0.0.1:{port}/", "B C") == (200, "B C")
        await links[1].close()
        with pytest.raises(ConnectionRefusedError):  # nobody listens there any more
            await asyncio.open_connection("127.0.0.1", port)


async def test_requests_are_taken_over_https_by_whom_the_central_system_trusts(
    tmp_path: Path, local_pair: Pair, authority: Authority
) -> None:
    theirs, ours = Watcher(), Watcher()
    theirs.on_record = ours.on_record = accepts
    client = authority.sign("CP001", usage=FOR_CLIENTS)
    server = {"certificate": local_pair.certificate, "key": local_pair.key, "client_ca": authority.path}
    given = {
        "ca": authority.path,
        "certificate": client.certificate,
        "key": client.key,
        "soap_certificate": local_pair.certificate,
        "soap_key": local_pair.key,
    }
    async with listening(theirs, soap_port=0, **server) as link, charge_point(ours, link.urls[-1], **given):
        connection = await ours.connection()
        connection.write(connection.encoding.call("1", "Heartbeat", "{}"), Origin.BEHAVIOUR)
        central = await theirs.connection()
        opened = await theirs.event(ConnectionEvent.OPENED)
        assert opened.detail["callback"].startswith("https://127.0.0.1:")
        central.write(central.encoding.call("2", "Reset", '{"type":"Soft"}'), Origin.MANUAL)
        answer = await theirs.until(lambda: next(iter(theirs.of_kind(RecordKind.CALLRESULT)[1:]), None))
        assert isinstance(answer.frame, Message) and answer.frame.payload == {"status": "CP001"}
