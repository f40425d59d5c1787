"""OCPP-S through us, between a bare HTTP client and bare HTTP servers. What fails here changes a customer's traffic."""

from __future__ import annotations

import gzip
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
from aiohttp import ClientSession, ServerDisconnectedError, web
from lxml import etree

from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.credentials import Credentials
from ocpptui.network.large_messages import LARGE
from ocpptui.network.upstream import WhenDown
from ocpptui.ocpp.version import Direction, Transport
from ocpptui.runtime.tasks import Tasks
from ocpptui.session.session import Session
from ocpptui.timeline.record import ConnectionEvent, Origin, Passage, RecordKind
from tests.kit.certificates import Authority
from tests.kit.proxy_bench import PATIENCE, SOON, backend, charge_point, notes, proxy, records, until
from tests.kit.soap_bench import Got, between, post, side
from tests.ocpp.envelopes import CP_16, fault, request, response

HEARTBEAT = request("Heartbeat")
AUTHORIZE = request("Authorize", "<o:idTag>A</o:idTag>", message_id="uuid:3")
BEAT = response("Heartbeat", "<o:currentTime>2026-11-26T10:00:00Z</o:currentTime>")
TASKS = Tasks("charge point")
ADDRESS = "http://192.0.2.7:8080/ChargePointService"


async def test_requests_and_answers_go_on_byte_for_byte_with_their_headers() -> None:
    """A charger that is diagnosed through the proxy would behave otherwise than without."""
    packed = gzip.compress(HEARTBEAT.encode(), mtime=0)
    answered = gzip.compress(BEAT.encode(), mtime=0)
    async with side() as beyond, between(beyond, path="/steve/services") as (session, url):
        beyond.answer = lambda got: web.Response(
            body=answered,
            headers={"Content-Type": "application/soap+xml;charset=UTF-8", "Content-Encoding": "gzip", "X-Own": "1"},
        )
        status, body, headers = await post(
            f"{url}CentralSystemService?a=b",
            packed,
            Content_Type='application/soap+xml; action="/Heartbeat"',
            Content_Encoding="gzip",
            SOAPAction="/Heartbeat",
            Authorization="Basic Q1AwMDE6c2VjcmV0",
            User_Agent="gSOAP/2.7",
        )
        assert (status, body, headers["Content-Encoding"], headers["X-Own"]) == (200, answered, "gzip", "1")
        assert headers["Content-Type"] == "application/soap+xml;charset=UTF-8"
        got = beyond.got[0]
        assert (got.path, got.body) == ("/steve/services/CentralSystemService?a=b", packed)
        sent = {
            "Content-Type": 'application/soap+xml; action="/Heartbeat"',
            "Content-Encoding": "gzip",
            "SOAPAction": "/Heartbeat",
            "Authorization": "Basic Q1AwMDE6c2VjcmV0",
            "User-Agent": "gSOAP/2.7",
        }
        assert {name: got.headers.get(name) for name in sent} == sent
        assert set(got.headers) - set(sent) <= {"Host", "Content-Length", "Accept", "Accept-Encoding"}
        call, answer = records(session, RecordKind.CALL, RecordKind.CALLRESULT)
        assert (call.raw, answer.raw, call.transport) == (HEARTBEAT, BEAT, Transport.SOAP)
        assert call.direction is Direction.TO_CSMS and answer.direction is Direction.TO_CHARGE_POINT
        assert call.detail["passedOnMs"] >= 0 and answer.detail["passedOnMs"] >= 0
        opened = [
            one for one in records(session, RecordKind.CONNECTION) if one.detail["event"] == ConnectionEvent.OPENED
        ]
        assert (opened[0].charge_point, opened[0].version) == ("CP001", "1.6")
        answers = [session.timeline.other_half(index) for index in range(len(session.timeline))]
        assert len([one for one in answers if one is not None]) == 2 and session.timeline.counts.orphans == 0


async def test_both_legs_can_be_encrypted_and_long_messages_pass(tmp_path: Path) -> None:
    authority = Authority(tmp_path, "ca")
    pair = authority.sign("server", ("127.0.0.1",))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pair.certificate, pair.key)
    trusting = ssl.create_default_context(cafile=authority.path)
    long = request("Authorize", f"<o:idTag>{'A' * 2 * LARGE}</o:idTag>")
    async with side(context) as beyond:
        soap = ClientSettings(url=beyond.url, charge_point="-", ca=authority.path)
        server = {"certificate": pair.certificate, "key": pair.key}
        async with proxy("wss://127.0.0.1:1", soap=soap, server=server, ca=authority.path) as session:
            url = session.listening_urls[0].replace("wss:", "https:", 1)
            async with ClientSession() as client, client.post(url, data=long, ssl=trusting) as answer:
                assert (answer.status, await answer.text()) == (200, BEAT)
            assert beyond.got[0].body == long.encode()
            call = records(session, RecordKind.CALL)[0]
            assert call.raw == long and call.detail["passedOnMs"] >= 0


def passages(session: Session) -> list[str]:
    return [str(one.detail["change"]) for one in records(session) if "change" in one.detail]


def id_of(text: bytes) -> str:
    """The MessageID of an envelope, read by another program."""
    found = etree.fromstring(text).find(".//{http://www.w3.org/2005/08/addressing}MessageID")
    assert found is not None and found.text is not None
    return found.text


def address_in(text: bytes, header: str) -> str:
    found = etree.fromstring(text).find(f".//{{http://www.w3.org/2005/08/addressing}}{header}")
    assert found is not None
    return "".join(map(str, found.itertext()))


def takes(action: str, payload: str) -> Callable[[Got], web.Response]:
    """A charge point that answers each request with the same response."""
    return lambda got: web.Response(text=response(action, payload, service=CP_16, relates_to=id_of(got.body)))


def refuses(status: int, text: bytes) -> Callable[[Got], web.Response]:
    """A web server that knows nothing of OCPP-S."""
    headers = {"WWW-Authenticate": "Basic realm=r", "Content-Type": "text/html"}
    return lambda got: web.Response(status=status, body=text, headers=headers)


async def test_requests_of_the_central_system_go_to_the_charge_point_and_it_learns_no_other_address() -> None:
    """Half of the traffic would go past the proxy, or a charger that compares To would refuse it."""
    async with (
        side() as beyond,
        side() as charger,
        between(beyond, callback="http://127.0.0.1:1/{id}") as (session, url),
    ):
        charger.answer = takes("Reset", "<o:status>Accepted</o:status>")
        own = f"{charger.url}/ChargePointService"
        sent = HEARTBEAT.replace(ADDRESS, own)
        assert (await post(url, sent))[0] == 200
        assert beyond.got[0].body == sent.replace(own, "http://127.0.0.1:1/CP001").encode()
        assert records(session, RecordKind.CALL)[0].detail["readdressed"] == {"From": "http://127.0.0.1:1/CP001"}
        assert any("From names http://127.0.0.1:1/{id} to" in note for note in notes(session))
        to = "<a:To>http://127.0.0.1:1/CP001</a:To></s:Header>"
        reset = request("Reset", "<o:type>Soft</o:type>", service=CP_16, message_id="uuid:9")
        reset = reset.replace("</s:Header>", to)
        status, body, _ = await post(f"{url}CP001", reset, Content_Type="application/soap+xml")
        assert status == 200 and address_in(body, "RelatesTo") == "uuid:9"
        assert charger.got[0].path == "/ChargePointService"
        assert charger.got[0].body == reset.replace("http://127.0.0.1:1/CP001", own).encode()
        calls = records(session, RecordKind.CALL)
        assert [one.direction for one in calls] == [Direction.TO_CSMS, Direction.TO_CHARGE_POINT]
        assert [one.connection for one in calls] == [calls[0].connection] * 2 and session.timeline.counts.orphans == 0


async def test_without_a_callback_no_byte_is_changed_and_the_log_says_what_is_missing() -> None:
    async with side() as beyond, between(beyond) as (session, url):
        await post(url, HEARTBEAT)
        assert beyond.got[0].body == HEARTBEAT.encode()
        assert any("From goes on as it is" in note for note in notes(session))
        reset = request("Reset", "<o:type>Soft</o:type>", service=CP_16, identity="CP404")
        status, body, _ = await post(url, reset)
        assert status == 503 and b"has posted nothing so far" in body


async def test_what_is_no_envelope_passes_with_its_status_and_is_named() -> None:
    """A wrong path or password of the central system would look like a fault of the proxy."""
    async with side() as beyond, between(beyond) as (session, url):
        for number, (status, text) in enumerate(((404, b"<html>no</html>"), (401, b""), (500, b"\xff\xfe"))):
            beyond.answer = refuses(status, text)
            got = await post(url, request("Heartbeat", message_id=f"uuid:{number}"))
            assert got[:2] == (status, text) and got[2]["WWW-Authenticate"] == "Basic realm=r"
            assert f"answered with status {status}" in notes(session)[-1]
        beyond.answer = lambda got: web.Response(status=500, text=fault("InternalError", "no"))
        assert (await post(url, HEARTBEAT))[:2] == (500, fault("InternalError", "no").encode())
        assert records(session, RecordKind.CALLERROR)[0].detail["passedOnMs"] >= 0


async def test_each_decision_about_a_held_request_or_answer_does_what_it_says() -> None:
    async with side() as beyond, between(beyond, breaks=("action:Authorize",)) as (session, url):
        info = "<o:idTagInfo><o:status>Accepted</o:status></o:idTagInfo>"
        accepted = response("Authorize", info, relates_to="uuid:3")
        beyond.answer = lambda got: web.Response(text=BEAT if b"heartbeat" in got.body else accepted)

        async def held() -> int:
            return int((await until(session, session.held.list))[0].index)

        posted = TASKS.start(post(url, AUTHORIZE), "a request")
        first = await held()
        assert (await post(url, HEARTBEAT))[1] == BEAT.encode()  # what does not match passes what waits
        session.held.change_payload(first, '{"idTag": "B"}')
        await until(session, lambda: len(beyond.got) == 2)
        tag = etree.fromstring(beyond.got[1].body).find(".//{*}idTag")
        assert tag is not None and tag.text == "B" and id_of(beyond.got[1].body) == "uuid:3"
        await session.held.let_go(await held())
        assert (await posted)[:2] == (200, accepted.encode())

        posted = TASKS.start(post(url, AUTHORIZE), "a request")
        session.held.delay(await held(), 0.01)
        await until(session, lambda: len(beyond.got) == 3)
        session.held.change_payload(await held(), '{"idTagInfo": {"status": "Blocked"}}')
        status, body, _ = await posted
        assert status == 200 and b"Blocked" in body and b"Accepted" not in body

        posted = TASKS.start(post(url, AUTHORIZE), "a request")
        await session.held.answer(await held(), '{"idTagInfo":{"status":"Expired"}}')
        status, body, _ = await posted
        assert status == 200 and b"Expired" in body and address_in(body, "RelatesTo") == "uuid:3"

        posted = TASKS.start(post(url, AUTHORIZE), "a request")
        await session.held.answer_error(await held(), "InternalError", "by hand")
        status, body, _ = await posted
        assert status == 500 and b"by hand" in body

        posted = TASKS.start(post(url, AUTHORIZE), "a request")
        session.held.drop(await held())
        await TASKS.cancel()
        assert [one.body for one in beyond.got[2:]] == [AUTHORIZE.encode()]  # held, delayed; nothing else went on
        decided = ["changed", "passed-later", "passed-later", "changed", "answered", "answered", "dropped"]
        assert passages(session) == decided and session.timeline.counts.orphans == 0


async def test_who_waits_too_long_gets_504_and_the_log_says_so() -> None:
    """A request that is held would be in flight for ever, and its answer would go nowhere without a word."""
    server: dict[str, object] = {"answer_timeout": 0.05}
    async with side() as beyond, between(beyond, breaks=("Authorize",), server=server) as (session, url):
        assert (await post(url, AUTHORIZE))[0] == 504
        assert "Authorize: No answer passed within 0.05 s" in notes(session)[-1]
        assert session.timeline.in_flight_count == 0
        await session.held.let_go(session.held.list()[0].index)
        assert passages(session) == [Passage.DROPPED] and not beyond.got


async def test_calls_of_our_own_go_to_either_side_and_their_answers_end_here() -> None:
    async with side() as beyond, side() as charger, between(beyond) as (session, url):
        charger.answer = takes("Reset", "<o:status>Accepted</o:status>")
        await post(url, HEARTBEAT.replace(ADDRESS, charger.url))
        number = next(iter(session.connections))
        for action, payload, towards in (
            ("Reset", '{"type":"Soft"}', None),
            ("Heartbeat", "{}", Direction.TO_CSMS),
        ):
            beyond.answer = lambda got: web.Response(
                text=response("Heartbeat", "<o:currentTime>x</o:currentTime>", relates_to=id_of(got.body))
            )
            call = await session.send_call(number, action, payload, towards=towards)
            answer = await session.wait_for_answer(call, PATIENCE)
            assert answer is not None and session.timeline.record(answer).detail["change"] == Passage.OURS
            assert session.timeline.record(call).origin is Origin.MANUAL
        assert b"resetRequest" in charger.got[0].body and len(beyond.got) == 2


async def test_a_masked_secret_goes_on_with_an_edited_envelope() -> None:
    change = "<o:key>AuthorizationKey</o:key><o:value>4f43415f4f43415f</o:value>"
    sent = request("ChangeConfiguration", change, service=CP_16)
    async with side() as beyond, side() as charger, between(beyond, breaks=("ChangeConfiguration",)) as (session, url):
        charger.answer = takes("ChangeConfiguration", "<o:status>Accepted</o:status>")
        await post(url, HEARTBEAT.replace(ADDRESS, charger.url))
        posted = TASKS.start(post(url, sent), "a request")
        held = (await until(session, session.held.list))[0].index
        shown = session.timeline.record(held).raw
        assert isinstance(shown, str) and "4f43415f" not in shown
        session.held.change(held, shown.replace("uuid:1", "uuid:2"))
        await until(session, lambda: charger.got)
        assert charger.got[0].body == sent.replace("uuid:1", "uuid:2").encode()
        await session.held.let_go((await until(session, session.held.list))[0].index)
        assert (await posted)[0] == 200


RULES = """
[[rule]]
do = "answer"
action = "Authorize"
payload = {{idTagInfo = {{status = "Invalid"}}}}

[[rule]]
do = "{deed}"
action = "Heartbeat"
{more}
"""


Check = Callable[[int, bytes, list[Got]], bool]
FAULTS: tuple[tuple[str, str, Check], ...] = (
    ("error", 'code = "InternalError"', lambda status, body, got: status == 500 and not got),
    ("delay", "seconds = 0.01", lambda status, body, got: body == BEAT.encode() and len(got) == 1),
    ("duplicate", "", lambda status, body, got: body == BEAT.encode()),
    ("other-id", "", lambda status, body, got: status == 200 and body != BEAT.encode()),
    ("break", 'how = "truncated"', lambda status, body, got: HEARTBEAT.encode().startswith(got[0].body)),
)


async def test_faults_on_purpose_do_in_envelopes_what_they_do_in_json() -> None:
    async with side() as beyond:
        for deed, more, check in FAULTS:
            beyond.got.clear()
            async with between(beyond, rules=RULES.format(deed=deed, more=more)) as (session, url):
                assert b"Invalid" in (await post(url, AUTHORIZE))[1], deed
                assert not beyond.got, deed
                status, body, _ = await post(url, HEARTBEAT)
                assert check(status, body, beyond.got), deed
                if deed == "duplicate":
                    await until(session, lambda: len(beyond.got) == 2)
                assert any("fault" in one.detail for one in records(session)), deed


async def test_a_connection_that_is_cut_on_purpose_has_no_answer_on_either_side() -> None:
    """A status would show how the other side takes an answer, not how it takes a loss."""
    async with side() as beyond:
        rules = RULES.format(deed="cut", more="")
        async with between(beyond, rules=rules) as (_, url):
            with pytest.raises(ServerDisconnectedError):
                await post(url, HEARTBEAT)
            assert not beyond.got
            assert (await post(url, AUTHORIZE))[0] == 200
            with pytest.raises(ServerDisconnectedError):
                await post(url, HEARTBEAT)
        rules = '[[rule]]\ndo = "cut"\nmessage = "answer"\n'
        async with between(beyond, rules=rules) as (session, url):
            with pytest.raises(ServerDisconnectedError):
                await post(url, HEARTBEAT)
            assert len(beyond.got) == 1
            assert any("the TCP connections are cut" in note for note in notes(session))


async def test_without_the_central_system_charge_points_are_refused_kept_waiting_or_answered() -> None:
    async with side() as beyond:
        await beyond.stop()
        async with between(beyond) as (session, url):
            status, body, _ = await post(url, HEARTBEAT.replace(ADDRESS, "http://127.0.0.1:1/"))
            assert status == 502 and beyond.url.encode() in body
            assert any("could not be posted" in note for note in notes(session))
            assert session.timeline.in_flight_count == 0  # nobody waits for what was not delivered
            sent = await session.send_call(next(iter(session.connections)), "Reset", '{"type":"Soft"}')
            assert await session.wait_for_answer(sent, 60) is None and session.timeline.in_flight_count == 0
        async with between(beyond, when_down=WhenDown.ANSWER) as (session, url):
            status, body, _ = await post(url, HEARTBEAT)
            assert status == 200 and b"currentTime" in body and address_in(body, "RelatesTo") == "uuid:1"
            await beyond.start()
            await until(session, lambda: session.proxy is not None and not session.proxy.missing())
            assert (await post(url, HEARTBEAT))[1] == BEAT.encode()
            await beyond.stop()
        beyond.got.clear()
        async with between(beyond, when_down=WhenDown.HOLD) as (session, url):
            posted = TASKS.start(post(url, HEARTBEAT), "a request")
            await until(session, lambda: session.proxy is not None and session.proxy.missing())
            await beyond.start()
            assert (await posted)[:2] == (200, BEAT.encode()) and len(beyond.got) == 1
            assert passages(session) == [Passage.PASSED_LATER]


async def test_a_gateway_without_its_server_counts_as_a_central_system_that_is_away() -> None:
    async with side() as beyond, between(beyond, when_down=WhenDown.ANSWER) as (session, url):
        beyond.answer = lambda got: web.Response(status=503, text="down")
        status, body, _ = await post(url, HEARTBEAT)
        assert status == 200 and b"currentTime" in body


async def test_both_transports_pass_on_one_port_and_credentials_are_replaced_on_request() -> None:
    async with backend() as json_beyond, side() as beyond:
        soap = ClientSettings(
            url=beyond.url,
            charge_point="-",
            backoff=SOON,
            credentials=Credentials.parse("proxy", "other"),
            headers=(("X-Extra", "1"),),
        )
        async with proxy(json_beyond.url, soap=soap) as session, charge_point(session, "J1") as peer:
            await peer.send('[2,"1","Heartbeat",{}]')
            assert await peer.recv() == '[3, "1", {"by": "backend"}]'
            url = session.listening_urls[0].replace("ws:", "http:", 1)
            await post(url, HEARTBEAT, Authorization="Basic Q1AwMDE6c2VjcmV0")
            assert beyond.got[0].headers["Authorization"] == "Basic cHJveHk6b3RoZXI="
            assert beyond.got[0].headers["X-Extra"] == "1"
            assert {one.charge_point for one in session.connections.values()} == {"J1", "CP001"}
