"""A proxy on the screen. If this fails, a user cannot hold, change or answer what passes."""

from __future__ import annotations

import json

from aiohttp import web

from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.server_settings import ServerSettings
from ocpptui.runtime.tasks import Tasks
from ocpptui.session.proxy import ProxySettings, breakpoint_for
from ocpptui.session.session import Session
from ocpptui.tui.app import OcpptuiApp
from ocpptui.tui.screens.compose_screen import ComposeScreen
from ocpptui.tui.screens.held_calls_screen import HeldCallsScreen
from tests.kit.driver import driven
from tests.kit.proxy_bench import backend, charge_point, heard
from tests.kit.soap_bench import post, side
from tests.ocpp.envelopes import request, response

AUTHORIZE = '[2,"a1","Authorize",{"idTag":"A"}]'


async def test_a_message_is_held_changed_and_answered_on_screen() -> None:
    async with backend() as beyond:
        session = Session(
            proxy=ProxySettings(upstream=ClientSettings(url=beyond.url, charge_point="-", ping_interval=None))
        )
        app = OcpptuiApp(session, start=lambda: session.relay(ServerSettings(port=0, ping_interval=None)))
        async with driven(app) as screen:
            await screen.until(lambda: session.listening_urls, "the listening socket")
            port = session.listening_urls[0].rpartition(":")[2].rstrip("/")
            await screen.shows("proxy", f":{port} ⇄ 127.0.0.1:{beyond.port}", "Enter this URL in the charge point")
            async with charge_point(session) as peer:
                await screen.shows("CP1 connected")
                await peer.send(AUTHORIZE)
                await heard(peer)
                await screen.until(lambda: "⇢" in screen.text(), "the time in transit")

                await screen.press("H")
                await screen.type("action:Authorize dir:to-csm")
                await screen.press("enter")
                await screen.shows("Hold messages that match which filter?", "not `to-csm`.")
                assert not session.faults.all
                await screen.press("s", "enter")
                await screen.until(lambda: session.faults.all, "the breakpoint")
                await peer.send(AUTHORIZE)
                await screen.shows("? 1")
                await screen.press("A")
                await screen.shows("Messages that wait for you: 1", "→ Authorize", "CP1", "e Edit", "w Later")
                await screen.press("e")
                await screen.until(lambda: isinstance(app.screen, ComposeScreen), "the message")
                await screen.shows("in place of Authorize → the central system")
                await screen.press("end", "backspace", "B", "f5")
                await screen.until(lambda: isinstance(app.screen, HeldCallsScreen), "the queue")
                await screen.shows("Messages that wait for you: 0")
                assert json.loads(await heard(peer)) == [3, "a1", {"by": "backend"}]
                assert json.loads(str(beyond.heard["/CP1"][-1])) == [2, "a1", "Authorize", {"idTag": "B"}]

                await peer.send(AUTHORIZE)
                await screen.shows("Messages that wait for you: 1")
                await screen.press("a")
                await screen.shows("answer to Authorize → CP1")
                await screen.press("f5")
                assert json.loads(await heard(peer))[2] == {"idTagInfo": {"status": "Accepted"}}
                await screen.press("escape")
                await screen.until(lambda: isinstance(app.screen, HeldCallsScreen), "the queue")
                await screen.press("escape")
                await screen.shows("changed ·", "answered here ·")

                await screen.press("c")
                await screen.shows("to CP1, as its central system", "to the central system, as CP1")
                await screen.press("escape", "x")
                await screen.shows("Unlock")
                await screen.press("escape", "M")
                await screen.shows("Faults on purpose of the proxy, and its breakpoints: 1", "hold", "dir:to-csms")
                await screen.press("escape", "ctrl+b")
                await screen.until(lambda: any("proxy sends nothing" in one for one in screen.notices()), "why not")
        await session.close()


async def test_a_held_envelope_is_changed_in_the_form_and_goes_on_as_one() -> None:
    """The central system of OCPP-S would get an array of JSON."""
    tasks = Tasks("charge point")
    sent = request("Authorize", "<o:idTag>A</o:idTag>", message_id="uuid:3")
    async with side() as beyond:
        beyond.answer = lambda got: web.Response(text=response("Authorize", "", relates_to="uuid:3"))
        upstream = ClientSettings(url=beyond.url.replace("http", "ws"), charge_point="-")
        soap = ClientSettings(url=beyond.url, charge_point="-", ping_interval=None)
        held = (breakpoint_for("action:Authorize dir:to-csms"),)
        session = Session(proxy=ProxySettings(upstream=upstream, soap_upstream=soap, breakpoints=held))
        app = OcpptuiApp(session, start=lambda: session.relay(ServerSettings(port=0, ping_interval=None)))
        async with driven(app) as screen:
            await screen.until(lambda: session.listening_urls, "the listening socket")
            posted = tasks.start(post(session.listening_urls[0].replace("ws:", "http:", 1), sent), "a request")
            await screen.shows("? 1")
            await screen.press("A")
            await screen.shows("Messages that wait for you: 1")
            await screen.press("e")
            await screen.until(lambda: isinstance(app.screen, ComposeScreen), "the message")
            await screen.press("end", "backspace", "B", "f5")
            assert (await posted)[0] == 200
            head, _, body = beyond.got[0].body.decode().partition("<s:Body>")
            assert head == sent.partition("<s:Body>")[0] and ">B</idTag>" in body
        await session.close()
