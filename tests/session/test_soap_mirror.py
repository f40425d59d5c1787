"""Copies of what charge points of OCPP-S post, for a second central system. It must not reach the charge point."""

from __future__ import annotations

import asyncio
import gzip
from pathlib import Path
from ssl import TLSVersion

from aiohttp import web

from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.credentials import Credentials
from tests.kit.certificates import Authority
from tests.kit.proxy_bench import notes, until
from tests.kit.soap_bench import Got, between, post, side
from tests.kit.tls_peers import context_of_server
from tests.ocpp.envelopes import request, response

HEARTBEAT = request("Heartbeat")
AUTHORIZE = request("Authorize", "<o:idTag>A</o:idTag>", message_id="uuid:3")
ADDRESS = "http://192.0.2.7:8080/ChargePointService"


def answering(status: str, call: str = "uuid:3") -> web.Response:
    body = f"<o:idTagInfo><o:status>{status}</o:status></o:idTagInfo>"
    return web.Response(text=response("Authorize", body, relates_to=call), content_type="application/soap+xml")


def mirrored(url: str, **options: str) -> ClientSettings:
    return ClientSettings(url=url, charge_point="-", **options)  # type: ignore[arg-type]


async def test_a_mirror_gets_a_copy_and_its_answers_are_compared() -> None:
    """A new backend could not be tried with real chargers of OCPP-S."""
    own = Credentials.parse("proxy", "secret-of-upstream")
    async with side() as beyond, side() as other:
        beyond.answer = lambda got: answering("Accepted")
        other.answer = lambda got: answering("Blocked")
        async with between(beyond, soap_mirror=mirrored(f"{other.url}/new"), credentials=own) as (
            session,
            url,
        ):
            status, body, _ = await post(f"{url}cs?a=1", AUTHORIZE, X_Site="north", Authorization="Basic Q1A6cHc=")
            assert status == 200 and b"Accepted" in body and b"Blocked" not in body
            told = await until(session, lambda: [text for text in notes(session) if "differently" in text])
            assert told == [
                'The mirror answers Authorize differently: $.idTagInfo.status: "Blocked" instead of "Accepted"'
            ]
            assert session.proxy is not None and session.proxy.differences() == 1
        (copy,), (original,) = other.got, beyond.got
        assert original.headers["Authorization"] == own.header("CP001")
        assert copy.path == "/new/cs?a=1"
        assert (copy.headers["X-Site"], copy.headers["Authorization"]) == ("north", "Basic Q1A6cHc=")
        assert ADDRESS.encode() in AUTHORIZE.encode() and ADDRESS.encode() not in copy.body
        assert copy.body.replace(b"http://www.w3.org/2005/08/addressing/anonymous", ADDRESS.encode()) == (
            AUTHORIZE.encode().replace(b"http://www.w3.org/2005/08/addressing/anonymous", ADDRESS.encode())
        )


async def test_the_same_answer_is_no_difference_and_what_is_compressed_is_read() -> None:
    async with side() as beyond, side() as other:
        other.answer = lambda got: answering("Accepted")
        beyond.answer = lambda got: answering("Accepted", "uuid:4" if b"uuid:4" in got.body else "uuid:3")
        async with between(beyond, soap_mirror=mirrored(other.url)) as (session, url):
            packed = gzip.compress(AUTHORIZE.encode())
            assert (await post(url, packed, Content_Encoding="gzip"))[0] == 200
            await until(session, lambda: other.got)
            assert b"<o:idTag>A</o:idTag>" in other.got[0].body and "Content-Encoding" not in other.got[0].headers
            other.answer = lambda got: answering("Invalid", "uuid:4")
            assert (await post(url, AUTHORIZE.replace("uuid:3", "uuid:4")))[0] == 200
            await until(session, lambda: any("differently" in text for text in notes(session)))
            assert session.proxy is not None and session.proxy.differences() == 1


async def test_a_mirror_that_is_not_there_or_late_disturbs_nobody_and_is_said_once() -> None:
    """The charge point would wait for a central system that is only compared."""
    never = asyncio.Event()
    async with side() as beyond:
        async with between(beyond, soap_mirror=mirrored("http://127.0.0.1:1/x")) as (session, url):
            for _ in range(3):
                assert (await post(url, HEARTBEAT))[0] == 200
            await until(session, lambda: any("mirror gave no answer" in text for text in notes(session)))
            assert (await post(url, HEARTBEAT))[0] == 200
        assert sum("mirror gave no answer" in text for text in notes(session)) == 1

        async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await never.wait()
            writer.close()

        server = await asyncio.start_server(silent, "127.0.0.1", 0)
        late = mirrored(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        async with between(beyond, soap_mirror=late) as (_, url):
            assert (await post(url, HEARTBEAT))[0] == 200
        never.set()
        server.close()


async def test_what_cannot_be_read_is_not_copied() -> None:
    """Its address could not be taken out."""
    async with side() as beyond, side() as other:
        async with between(beyond, soap_mirror=mirrored(other.url)) as (session, url):
            await post(url, HEARTBEAT)  # it is known from here on
            await post(url, HEARTBEAT.encode("utf-16"))
            await post(url, HEARTBEAT[:-20])
            await post(url, HEARTBEAT)
            await until(session, lambda: len(other.got) == 2)
        assert len(beyond.got) == 4 and len(other.got) == 2


async def test_a_mirror_with_tls_is_verified(tmp_path: Path) -> None:
    """A copy has the password of the charge point."""
    authority = Authority(tmp_path, "ca")
    pair = authority.sign("other", ["localhost", "127.0.0.1"])

    def refused(got: Got) -> web.Response:
        raise AssertionError("it was not to get anything")

    async with side() as beyond, side(context_of_server(TLSVersion.TLSv1_3, pair)) as other:
        other.answer = refused
        async with between(beyond, soap_mirror=mirrored(other.url)) as (session, url):
            await post(url, HEARTBEAT)
            await until(session, lambda: any("mirror gave no answer" in text for text in notes(session)))
        assert other.got == []
        other.answer = lambda got: web.Response(text=response("Heartbeat", ""), content_type="application/soap+xml")
        async with between(beyond, soap_mirror=mirrored(other.url, ca=authority.path)) as (session, url):
            await post(url, HEARTBEAT)
            await until(session, lambda: other.got)
