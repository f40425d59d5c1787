"""Every action of OCPP-S with peers that share no code with ocpptui, over real HTTP: zeep, which calls what our WSDLs
describe, and a bare server on aiohttp, which validates with `xmlschema` and answers what zeep writes.

If it fails, a user cannot test a charge point or a central system that is made with such a library.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest
import xmlschema
import zeep
from aiohttp import web
from lxml import etree
from zeep.plugins import HistoryPlugin

from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.server_settings import ServerSettings
from ocpptui.ocpp.judgement import Verdict
from ocpptui.ocpp.message import Message, MessageKind
from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.soap_payload import xml_text
from ocpptui.ocpp.version import Direction, Role, Transport, Version
from ocpptui.session.session import Session
from ocpptui.session.settings import SessionSettings
from ocpptui.simulator.effects import Behaviour
from ocpptui.timeline.record import RecordKind
from tests.interop.form_examples import examples

PATIENCE = 60.0
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"
ADDRESSING = "http://www.w3.org/2005/08/addressing"
SCHEMA = "{http://www.w3.org/2001/XMLSchema}schema"


class Described:
    """A service as its WSDL describes it, to those who have nothing else."""

    def __init__(self, url: str) -> None:
        """It blocks."""
        self._seen = HistoryPlugin(maxlen=1)
        self.client = zeep.Client(url, plugins=[self._seen])
        (service,) = self.client.wsdl.services.values()
        (port,) = service.ports.values()
        self.actions: list[str] = sorted(port.binding._operations)
        wsdl = etree.fromstring(self.client.transport.load(url))
        self.namespace = str(wsdl.get("targetNamespace"))
        self.schema = xmlschema.XMLSchema(etree.tostring(next(wsdl.iter(SCHEMA)), encoding="unicode"))

    def problems(self, envelope: etree._Element) -> list[str]:
        """What the schema finds wrong with the body."""
        return [str(error) for error in self.schema.iter_errors(part_of(envelope, "Body")[0])]

    def call(self, action: str, payload: dict[str, Any], charge_point: str) -> etree._Element:
        """Post a request; the envelope of the response. It blocks, and raises where zeep does not understand it."""
        own = etree.Element(f"{{{self.namespace}}}chargeBoxIdentity")
        own.text = charge_point
        sender = etree.Element(f"{{{ADDRESSING}}}From")
        etree.SubElement(sender, f"{{{ADDRESSING}}}Address").text = "http://127.0.0.1:1/"
        getattr(self.client.service, action)(**as_zeep_has_it(payload), _soapheaders=[own, sender])
        received = (self._seen.last_received or {}).get("envelope")
        assert isinstance(received, etree._Element)
        return received

    def written(self, name: str, payload: dict[str, Any]) -> etree._Element:
        """An element for a body, by zeep."""
        parent = etree.Element("parent")
        element = self.client.get_element(f"{{{self.namespace}}}{name}")
        element.render(parent, element(**as_zeep_has_it(payload)))
        return parent[0]


def part_of(envelope: etree._Element, name: str) -> etree._Element:
    """The header or the body."""
    found = envelope.find(f"{{{SOAP_12}}}{name}")
    assert found is not None
    return found


def as_zeep_has_it(value: Any, name: str = "") -> Any:
    """The value of a field for zeep, which calls the text of an element with attributes, as the `value` of a reading in
    1.5 is, `_value_1`."""
    if isinstance(value, list):
        return [as_zeep_has_it(one, name) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        "_value_1" if inner == name == "value" else inner: as_zeep_has_it(one, inner) for inner, one in value.items()
    }


@asynccontextmanager
async def central_system(callback: str = "") -> AsyncIterator[Session]:
    session = Session(role=Role.CENTRAL_SYSTEM)
    await session.listen(ServerSettings(host="127.0.0.1", port=0, soap_port=0, callback=callback))
    try:
        yield session
    finally:
        await session.close()


@asynccontextmanager
async def charge_point(version: Version, url: str, **settings: Any) -> AsyncIterator[Session]:
    session = Session(role=Role.CHARGE_POINT, **settings)
    try:
        await session.connect(ClientSettings(url=url, charge_point="CP1", versions=(version,), reconnect=False))
        assert await session.until(lambda: len(session.connections) or None, PATIENCE)
        yield session
    finally:
        await session.close()


def verdicts(session: Session, direction: Direction) -> dict[str, set[Verdict]]:
    """What was made of the calls of a direction, by action."""
    found: dict[str, set[Verdict]] = {}
    timeline = session.timeline
    for row in range(len(timeline)):
        if timeline.kind(row).is_message and timeline.direction(row) is direction:
            assert timeline.kind(row) in (RecordKind.CALL, RecordKind.CALLRESULT), timeline.record(row).raw
            if timeline.kind(row) is RecordKind.CALL:
                found.setdefault(timeline.action(row) or "", set()).add(timeline.verdict(row))
    return found


def endpoint_of(station: Session) -> str:
    """The address that a charge point names."""
    records = map(station.timeline.record, range(len(station.timeline)))
    return next(str(record.detail["callback"]) for record in records if "callback" in record.detail)


@pytest.mark.parametrize("version", Version.spoken(Transport.SOAP), ids=str)
async def test_a_client_made_from_our_wsdl_calls_both_roles(version: Version) -> None:
    async with central_system() as central, charge_point(version, central.listening_urls[-1]) as station:
        assert await station.until(lambda: station.knowledge["CP1"].registration is not None or None, PATIENCE)
        for session, url, name, direction in (
            (central, central.listening_urls[-1], "OTHER", Direction.TO_CSMS),
            (station, endpoint_of(station), "CP1", Direction.TO_CHARGE_POINT),
        ):
            service = await asyncio.to_thread(Described, f"{url}?wsdl={version}")
            for action in sorted(service.actions, key=lambda action: action == "Reset"):
                for payload in examples(version, action, Part.REQUEST):
                    answer = await asyncio.to_thread(service.call, action, payload, name)
                    assert service.problems(answer) == [], (action, etree.tostring(answer))
                    if action == "Reset":
                        break  # it restarts, and answers nothing more
            found = verdicts(session, direction)
            assert set(found) == set(service.actions) and set.union(*found.values()) == {Verdict.VALID}, found


class BareService:
    """An HTTP server for the service of a peer, which keeps what it finds wrong."""

    def __init__(self, version: Version) -> None:
        self.version = version
        self.service: Described | None = None
        self.problems: list[str] = []
        self.answered: dict[str, Any] = {}
        self._runner = web.AppRunner(web.Application())
        self._runner.app.router.add_post("/{path:.*}", self._take)

    async def listen(self) -> str:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}/service"

    async def close(self) -> None:
        await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        service = self.service
        assert service is not None
        envelope = etree.fromstring(await request.read())
        self.problems += service.problems(envelope)
        name = etree.QName(part_of(envelope, "Body")[0]).localname.removesuffix("Request")
        action = name[0].upper() + name[1:]
        said = {etree.QName(block).localname: xml_text(block) for block in part_of(envelope, "Header")}
        if (said["chargeBoxIdentity"], said["Action"]) != ("CP1", f"/{action}"):
            self.problems.append(f"{action}: {said}")
        payload = examples(self.version, action, Part.RESPONSE)[0]
        self.answered[action] = payload
        answer = etree.Element(f"{{{SOAP_12}}}Envelope")
        headers = etree.SubElement(answer, f"{{{SOAP_12}}}Header")
        for block, text in (
            ("Action", f"/{action}Response"),
            ("MessageID", f"urn:uuid:{uuid4()}"),
            ("RelatesTo", said["MessageID"]),
        ):
            etree.SubElement(headers, f"{{{ADDRESSING}}}{block}").text = text
        etree.SubElement(answer, f"{{{SOAP_12}}}Body").append(service.written(f"{name}Response", payload))
        return web.Response(body=etree.tostring(answer), content_type="application/soap+xml")


def nobody(connection: Any) -> Behaviour | None:
    """No behaviour: the calls under test are the only traffic."""
    return None


@pytest.mark.parametrize("version", Version.spoken(Transport.SOAP), ids=str)
async def test_a_bare_server_is_sent_what_its_schema_allows_and_its_answers_are_read(version: Version) -> None:
    peer = BareService(version)
    url = await peer.listen()
    by_hand = SessionSettings(automatic=False)
    try:
        async with (
            central_system(callback=url) as central,
            charge_point(version, url, settings=by_hand, behaviour=nobody) as station,
        ):
            of_central = await asyncio.to_thread(Described, f"{central.listening_urls[-1]}?wsdl={version}")
            of_station = await asyncio.to_thread(Described, f"{endpoint_of(station)}?wsdl")
            await asyncio.to_thread(of_central.call, "Heartbeat", {}, "CP1")
            for session, service in ((station, of_central), (central, of_station)):
                peer.service = service
                (number,) = session.connections
                for action in service.actions:
                    for payload in examples(version, action, Part.REQUEST):
                        sent = await session.send_call(number, action, json.dumps(payload))
                        index = await session.wait_for_answer(sent, PATIENCE)
                        assert index is not None, (action, peer.problems)
                        given = session.timeline.frame(index)
                        assert isinstance(given, Message) and given.kind is MessageKind.CALLRESULT, action
                        assert given.payload == peer.answered[action]
                        for row in (sent, index):
                            assert session.timeline.verdict(row) is Verdict.VALID, session.timeline.record(row).raw
            assert peer.problems == []
    finally:
        await peer.close()
