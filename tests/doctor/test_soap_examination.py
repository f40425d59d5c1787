"""The doctor against a zoo of central systems of OCPP-S: each is named rightly, and nothing is harmed."""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web
from lxml import etree

from ocpptui.doctor.examination import Examination, ExaminationOptions
from ocpptui.doctor.examination_report import ExaminationReport, step_lines
from ocpptui.doctor.examined_step import StepState
from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.credentials import Credentials
from ocpptui.network.server_settings import ServerSettings
from ocpptui.ocpp.soap_fault_probe import OPERATION
from ocpptui.ocpp.version import Role, Version
from ocpptui.session.session import Session
from tests.doctor.bare_server import BareServer
from tests.kit.certificates import Authority
from tests.kit.quick_time import in_quick_time
from tests.network.test_soap_charge_point import central_system
from tests.network.watching import PATIENCE, answering
from tests.ocpp.envelopes import CS_15, CS_16, fault, response

FAULT = fault("ProtocolError", "no such operation")
WSDL = f"""<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" targetNamespace="{CS_15}">
<soap12:address location="http://inner:8080/steve"/></wsdl:definitions>"""
PASSWORD = "c0ffee00c0ffee00"
READ = base64.b64encode(b"CP001:" + bytes.fromhex(PASSWORD)).decode()


def envelope(text: str = FAULT, status: int = 500) -> web.Response:
    return web.Response(status=status, text=text, content_type="application/soap+xml")


@dataclass
class ZooService:
    """A web server that answers as `answer` says, and what it got."""

    answer: Callable[[web.Request, str], web.Response] = lambda request, text: envelope()
    got: list[tuple[str, str, str]] = field(default_factory=list)
    """Method and path, credentials, body."""
    port: int = 0

    async def take(self, request: web.Request) -> web.Response:
        text = await request.text()
        line = f"{request.method} {request.path_qs}"
        self.got.append((line, request.headers.get("Authorization", ""), text))
        return self.answer(request, text) if request.method == "POST" else self.show(request)

    def show(self, request: web.Request) -> web.Response:
        """The answer to a GET."""
        if "wsdl" in request.query_string and request.path == "/wsdl":
            return web.Response(text=WSDL, content_type="text/xml")
        return web.Response(status=404, text="no")


@asynccontextmanager
async def running(context: ssl.SSLContext | None = None) -> AsyncIterator[ZooService]:
    made = ZooService()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", made.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    made.port = runner.addresses[0][1]
    try:
        yield made
    finally:
        await runner.cleanup()


async def examined(url: str, options: ExaminationOptions | None = None, **settings: Any) -> ExaminationReport:
    whole = {"charge_point": "CP001", "open_timeout": PATIENCE, "versions": (Version.V15,), **settings}
    examination = Examination(ClientSettings(url=url, **whole), options)
    async for step in examination.steps():
        assert step.remarks, step
        assert not any(" ?" in remark.sentence for remark in step.remarks), f"a fact is missing: {step}"
    return examination.report


def grave(report: ExaminationReport) -> set[str]:
    """The codes of what failed or has a warning."""
    return {one.code for step in report.steps for one in step.remarks if one.state >= StepState.WARNING}


def codes(report: ExaminationReport) -> set[str]:
    return {one.code for step in report.steps for one in step.remarks}


def at(path: str) -> Callable[[web.Request, str], web.Response]:
    return lambda request, text: envelope() if request.path == path else web.Response(status=404, text="no")


def only_15(request: web.Request, text: str) -> web.Response:
    return envelope() if CS_15 in text else web.Response(status=400, text="not this version")


def with_password(request: web.Request, text: str) -> web.Response:
    if request.headers.get("Authorization") == f"Basic {READ}":
        return envelope()
    return web.Response(status=401, headers={"WWW-Authenticate": 'Basic realm="ocpp"'})


SERVED = {"soap-answered", "soap-versions", "soap-versions-alike", "soap-version-of-others"}
"""One of these is said of each service that has answered with an envelope."""
Zoo = tuple[str, Callable[[web.Request, str], web.Response], str, dict[str, Any], set[str], set[str]]
SECRET: dict[str, Any] = {"credentials": Credentials.parse(None, PASSWORD)}
AS_BYTES = {"credentials": Credentials.parse(None, PASSWORD, hexadecimal=True)}
ZOO: tuple[Zoo, ...] = (
    ("right", lambda request, text: envelope(), "/", {}, set(), {"soap-answered", "soap-versions-alike"}),
    ("described", lambda request, text: envelope(), "/wsdl", {}, set(), {"wsdl", "soap-versions"}),
    (
        "described otherwise",
        lambda request, text: envelope(),
        "/wsdl",
        {"versions": (Version.V16,)},
        {"soap-version-of-others"},
        {"wsdl"},
    ),
    (
        "another version",
        only_15,
        "/",
        {"versions": (Version.V16,)},
        {"soap-without-envelope", "soap-version-of-others"},
        set(),
    ),  # fmt: skip
    (
        "another path",
        at("/ocpp/CentralSystemService"),
        "/ocpp",
        {},
        {"soap-without-envelope", "path-written-otherwise"},
        {"soap-versions-alike"},
    ),  # fmt: skip
    ("id in the path", at("/ocpp"), "/ocpp/CP001", {}, {"soap-without-envelope", "path-written-otherwise"}, set()),
    (
        "no path",
        lambda request, text: web.Response(status=404),
        "/x",
        {},
        {"soap-without-envelope", "path-unknown"},
        set(),
    ),  # fmt: skip
    (
        "SOAP 1.1",
        lambda request, text: envelope(
            FAULT.replace("http://www.w3.org/2003/05/soap-envelope", "http://schemas.xmlsoap.org/soap/envelope/")
        ),
        "/",
        {},
        {"soap-1.1"},
        {"soap-answered"},
    ),  # fmt: skip
    ("media type", lambda request, text: web.Response(status=415), "/", {}, {"soap-without-envelope"}, set()),
    (
        "redirection",
        lambda request, text: web.Response(status=302, headers={"Location": "/new"}),
        "/",
        {},
        {"soap-redirected"},
        set(),
    ),  # fmt: skip
    (
        "gateway",
        lambda request, text: web.Response(status=502, headers={"Server": "nginx"}),
        "/",
        {},
        {"soap-without-envelope", "gateway-without-central-system"},
        set(),
    ),  # fmt: skip
    ("too many", lambda request, text: web.Response(status=429), "/", {}, {"soap-without-envelope"}, set()),
    ("password wanted", with_password, "/", {}, {"soap-without-envelope", "credentials-wanted"}, set()),
    (
        "password read otherwise",
        with_password,
        "/",
        SECRET,
        {"soap-without-envelope", "password-read-otherwise"},
        {"soap-versions-alike"},
    ),  # fmt: skip
    ("password right", with_password, "/", AS_BYTES, set(), {"credentials-accepted"}),
    ("password unasked", lambda request, text: envelope(), "/", SECRET, {"credentials-not-checked"}, set()),
    (
        "another scheme",
        lambda request, text: web.Response(status=401, headers={"WWW-Authenticate": "Digest x"}),
        "/",
        {},
        {"soap-without-envelope", "authentication-of-another-scheme", "credentials-wanted"},
        set(),
    ),  # fmt: skip
    ("cut off", lambda request, text: envelope(FAULT[:-20]), "/", {}, {"soap-envelope-wrong"}, {"soap-answered"}),
)


async def test_each_service_is_named_rightly_and_asked_for_nothing() -> None:
    """A user would look for the fault in the wrong place, or the doctor would change what it examines."""
    async with running() as service:
        for name, answer, path, settings, wrong, also in ZOO:
            service.answer = answer
            service.got.clear()
            report = await examined(f"http://127.0.0.1:{service.port}{path}", **settings)
            assert grave(report) == wrong, (name, report.to_dict())
            assert codes(report) >= also | wrong, (name, codes(report))
            for line, _, text in service.got:
                if line.startswith("POST"):
                    body = etree.fromstring(text.encode()).find("{*}Body")
                    assert body is not None and etree.QName(body[0]).localname == OPERATION, name
                    assert "From" not in text, name
            assert sum(bool(sent) for _, sent, _ in service.got) == report.logins, name
            shown = json.dumps(report.to_dict()) + "".join(line for step in report.steps for line in step_lines(step))
            assert PASSWORD not in shown and READ not in shown, name
            assert report.is_connected is bool(codes(report) & SERVED), name
            assert name != "too many" or len(service.got) == 1


async def test_a_boot_notification_is_sent_only_if_asked_for_and_names_no_address() -> None:
    accepted = response(
        "BootNotification",
        "<o:status>Accepted</o:status><o:currentTime>2026-11-26T10:00:00Z</o:currentTime>"
        "<o:heartbeatInterval>300</o:heartbeatInterval>",
        service=CS_15,
    )
    async with running() as service:
        service.answer = lambda request, text: envelope(accepted, 200) if "bootNotification" in text else envelope()
        report = await examined(f"http://127.0.0.1:{service.port}/", ExaminationOptions(boot=True))
        assert "boot-accepted" in codes(report)
        boots = [text for _, _, text in service.got if "bootNotificationRequest" in text]
        assert len(boots) == 1 and "From" not in boots[0] and "CP001" in boots[0]


async def test_a_websocket_behind_the_url_is_named() -> None:
    server = BareServer()
    async with server.running() as port:
        report = await examined(f"http://127.0.0.1:{port}/ocpp")
        assert "websocket-behind-this-url" in grave(report)
        assert f"ws://127.0.0.1:{port}/ocpp" in json.dumps(report.to_dict())


async def test_a_central_system_of_ours_is_as_it_should_be() -> None:
    session = Session(role=Role.CENTRAL_SYSTEM)
    link = await session.listen(ServerSettings(port=0, soap_versions=(Version.V15,)))
    url = link.urls[0].replace("ws:", "http:", 1)
    report = await examined(url, ExaminationOptions(boot=True))
    assert grave(report) == set() and {"wsdl", "soap-versions", "boot-accepted"} <= codes(report)
    assert "soap-version-of-others" in grave(await examined(url, versions=(Version.V16,)))
    await session.close()


async def test_each_version_of_a_central_system_of_ours_is_served_though_its_wsdl_is_that_of_the_newest() -> None:
    session = Session(role=Role.CENTRAL_SYSTEM)
    link = await session.listen(ServerSettings(port=0))
    url = link.urls[0].replace("ws:", "http:", 1)
    for version in (Version.V12, Version.V15, Version.V16):
        assert grave(await examined(url, versions=(version,))) == set(), version
    await session.close()


async def test_tls_and_its_absence_are_named_as_for_websockets(tmp_path: Path) -> None:
    authority = Authority(tmp_path, "ca")
    pair = authority.sign("server", ("127.0.0.1",))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pair.certificate, pair.key)
    async with running(context) as service:
        there = f"127.0.0.1:{service.port}/"
        report = await examined(f"https://{there}", ca=authority.path, **SECRET)
        assert "soap-answered" in codes(report) and report.logins == len(service.got) - 2
        assert "tls-on-this-port" in grave(await examined(f"http://{there}"))
        service.got.clear()
        untrusted = await examined(f"https://{there}", **SECRET)
        assert "soap-answered" in codes(untrusted) and not any(sent for _, sent, _ in service.got)
    async with central_system(lambda posted, text: asyncio.sleep(0, envelope())) as port:
        report = await examined(f"https://127.0.0.1:{port}/")
        assert "plain-http-on-this-port" in grave(report) and "Use http:// instead of https://" in str(report.to_dict())


def test_a_server_that_says_nothing_is_named() -> None:
    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)

    async def story() -> None:
        async with answering(cut) as port:
            report = await examined(f"http://127.0.0.1:{port}/")
            assert "soap-unanswered" in grave(report) and not report.is_connected
            assert CS_16 not in json.dumps(report.to_dict())

    in_quick_time(story)
