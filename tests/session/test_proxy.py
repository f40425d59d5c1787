"""A session between charge points and their central system. What fails here changes a customer's traffic."""

from __future__ import annotations

import asyncio
import io
import json
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.http11 import Response

from ocpptui.describe.record_line import name_of
from ocpptui.diagnosis.diagnosis import Diagnosis
from ocpptui.diagnosis.findings import findings_at
from ocpptui.exporting import Format
from ocpptui.exporting.exported_records import Extract
from ocpptui.exporting.totals import totals_of
from ocpptui.filter.query import parse_filter
from ocpptui.filter.selection import Selection
from ocpptui.network.credentials import Credentials
from ocpptui.network.problems import NotConnected
from ocpptui.network.upstream import WhenDown
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.version import Direction, Role
from ocpptui.recording.writer import RecordingWriter
from ocpptui.replay.plan import plan
from ocpptui.session.held_calls import HeldCall
from ocpptui.session.rules_file import parse_rules
from ocpptui.session.session import Session
from ocpptui.timeline.record import Origin, Passage, RecordKind
from ocpptui.timeline.timeline import Timeline
from tests.kit.proxy_bench import KeepingBackend, backend, charge_point, heard, notes, proxy, records, until
from tests.recording.indexing import index_all

HEARTBEAT = '[2,"h1","Heartbeat",{}]'
AUTHORIZE = '[2,"a1","Authorize",{"idTag":"A"}]'
ANSWERED = [3, "a1", {"by": "backend"}]


async def call(peer: ClientConnection, text: str) -> Any:
    await peer.send(text)
    return json.loads(await heard(peer))


async def waiting(session: Session) -> HeldCall:
    found: list[HeldCall] = await until(session, session.held.list)
    return found[0]


def passages(session: Session) -> list[str]:
    return [str(one.detail["change"]) for one in records(session) if "change" in one.detail]


# -- breakpoints ------------------------------------------------------------------------------------------------


async def test_each_decision_about_a_held_message_does_what_it_says() -> None:
    """A user would drop what was meant to go on, or the charger would hear what the user has replaced."""
    async with (
        backend() as beyond,
        proxy(beyond.url, breaks=("action:Authorize dir:to-csms",)) as session,
        charge_point(session) as peer,
    ):
        assert await call(peer, HEARTBEAT) == [3, "h1", {"by": "backend"}]  # what does not match goes on

        await peer.send(AUTHORIZE)
        held = await waiting(session)
        assert (held.action, held.direction, held.kind) == ("Authorize", Direction.TO_CSMS, RecordKind.CALL)
        assert await call(peer, HEARTBEAT) == [3, "h1", {"by": "backend"}]  # and overtakes what waits
        await session.held.let_go(held.index)
        assert json.loads(await heard(peer)) == ANSWERED
        assert beyond.heard["/CP1"][-1] == AUTHORIZE

        await peer.send(AUTHORIZE)
        session.held.change_payload((await waiting(session)).index, '{"idTag": "B"}')
        assert json.loads(await heard(peer)) == ANSWERED
        assert beyond.heard["/CP1"][-1] == '[2,"a1","Authorize",{"idTag": "B"}]'

        await peer.send(AUTHORIZE)
        await session.held.answer((await waiting(session)).index, '{"idTagInfo":{"status":"Blocked"}}')
        assert json.loads(await heard(peer)) == [3, "a1", {"idTagInfo": {"status": "Blocked"}}]

        await peer.send(AUTHORIZE)
        await session.held.answer_error((await waiting(session)).index, "InternalError", "by hand")
        assert json.loads(await heard(peer)) == [4, "a1", "InternalError", "by hand", {}]

        await peer.send(AUTHORIZE)
        session.held.drop((await waiting(session)).index)

        await peer.send(AUTHORIZE)
        session.held.delay((await waiting(session)).index, 0.01)
        assert json.loads(await heard(peer)) == ANSWERED
        assert len(beyond.heard["/CP1"]) == 5  # two heartbeats, one as it was, one changed, one late

        decided = ["passed-later", "changed", "answered", "answered", "dropped", "passed-later"]
        assert passages(session) == decided
        assert [one.origin for one in records(session) if "change" in one.detail] == [Origin.PROXY] * 6
        assert session.waiting == [] and session.timeline.counts.orphans == 0
        with pytest.raises(NotConnected):
            session.held.drop(held.index)


async def test_answers_and_broken_messages_can_be_held_too() -> None:
    """The call could be held, and what it leads to could not."""
    async with (
        backend() as beyond,
        proxy(beyond.url, breaks=("action:Authorize kind:result", "kind:malformed")) as session,
        charge_point(session) as peer,
    ):
        await peer.send(AUTHORIZE)
        held = await waiting(session)
        assert (held.kind, held.action) == (RecordKind.CALLRESULT, "Authorize")
        assert session.waiting == []  # nothing that could be answered
        session.held.change(held.index, '[3,"a1",{"idTagInfo":{"status":"Accepted"}}]')
        assert json.loads(await heard(peer)) == [3, "a1", {"idTagInfo": {"status": "Accepted"}}]
        await peer.send("[2,")
        await session.held.let_go((await waiting(session)).index)
        assert (await beyond.hears("/CP1", 2))[-1] == "[2,"


async def test_what_waits_when_the_connection_ends_is_said_to_be_lost() -> None:
    async with backend() as beyond, proxy(beyond.url, breaks=("Authorize",)) as session:
        async with charge_point(session) as peer:
            await peer.send(AUTHORIZE)
            await waiting(session)
        await until(session, lambda: not session.connections)
        assert passages(session) == [Passage.DROPPED] and not session.held.list()


async def test_a_secret_that_was_masked_goes_on_with_an_edited_message() -> None:
    """The charge point would get asterisks as its password."""
    sent = '[2,"c1","ChangeConfiguration",{"key":"AuthorizationKey","value":"4f43415f4f43415f"}]'
    async with (
        backend() as beyond,
        proxy(beyond.url, breaks=("ChangeConfiguration",)) as session,
        charge_point(session) as peer,
    ):
        await (await beyond.socket("/CP1")).send(sent)
        held = await waiting(session)
        shown = session.timeline.record(held.index).raw
        assert isinstance(shown, str) and "4f43415f4f43415f" not in shown
        session.held.change(held.index, shown.replace("{", '{"more":1,'))
        assert json.loads(await heard(peer))[3] == {"more": 1, "key": "AuthorizationKey", "value": "4f43415f4f43415f"}
        assert not any("4f43415f4f43415f" in str(one.raw) for one in records(session))


# -- calls of our own -------------------------------------------------------------------------------------------


async def test_the_answer_to_a_call_of_ours_is_kept_from_the_other_side() -> None:
    """The central system would get an answer to a call that it never made."""
    async with backend() as beyond, proxy(beyond.url) as session, charge_point(session) as peer:
        above = await beyond.socket("/CP1")
        index = await session.send_call(1, "Reset", '{"type":"Soft"}')
        asked = json.loads(await heard(peer))
        assert asked[2] == "Reset"
        await peer.send(json.dumps([3, asked[1], {"status": "Accepted"}]))
        answer = await session.wait_for_answer(index)
        assert answer is not None and session.timeline.record(answer).detail["change"] == Passage.OURS
        assert session.timeline.record(index).origin is Origin.MANUAL

        index = await session.send_call(1, "Heartbeat", "{}")
        assert json.loads(str((await beyond.hears("/CP1", 1))[0]))[2] == "Heartbeat"
        assert await session.wait_for_answer(index) is not None

        index = await session.send_call(1, "DataTransfer", '{"vendorId":"x"}', towards=Direction.TO_CSMS)
        assert await session.wait_for_answer(index) is not None
        await above.send(HEARTBEAT)
        assert await heard(peer) == HEARTBEAT  # nothing else has reached the charge point
        assert [json.loads(str(one))[2] for one in beyond.heard["/CP1"]] == ["Heartbeat", "DataTransfer"]


# -- faults on purpose ------------------------------------------------------------------------------------------

DEEDS: dict[str, tuple[list[Any], list[Any]]] = {
    "behave": ([AUTHORIZE], [ANSWERED]),
    "answer": ([], [[3, "a1", {"mine": 1}]]),
    "error": ([], [[4, "a1", "GenericError", "", {}]]),
    "no-answer": ([AUTHORIZE], []),
    "ignore": ([], []),
    "drop": ([], []),
    "twice": ([AUTHORIZE], [ANSWERED, ANSWERED]),
    "other-id": ([AUTHORIZE], [[3, "?", {"by": "backend"}]]),
    "duplicate": ([AUTHORIZE, AUTHORIZE], [ANSWERED, ANSWERED]),
    "delay": ([AUTHORIZE], [ANSWERED]),
    "break": (['{"message":[2,"a1","Authorize",{"idTag":"A"}]}'], []),
}
"""For each deed what the central system gets, and what the charge point gets."""
SETTINGS = {
    "answer": "payload = { mine = 1 }",
    "error": 'code = "GenericError"',
    "delay": "seconds = 0.01",
    "break": 'how = "not-array"',
}


async def test_each_fault_is_done_to_a_message_that_passes() -> None:
    """A rules file that works for a central system would do something else, or nothing, here."""
    async with backend() as beyond:
        for deed, (above, below) in DEEDS.items():
            beyond.heard.clear()
            rule = f'[[rule]]\naction = "Authorize"\ndo = "{deed}"\n{SETTINGS.get(deed, "")}\n'
            async with proxy(beyond.url, rules=rule) as session, charge_point(session) as peer:
                await peer.send(AUTHORIZE)
                got = [json.loads(await heard(peer)) for _ in below]
                assert await call(peer, HEARTBEAT) == [3, "h1", {"by": "backend"}], deed
                if deed == "other-id":
                    got[0][1] = "?"
                assert got == below, deed
                assert beyond.heard["/CP1"][: len(above)] == above, deed
                assert session.faults.times_fired(0) == 1, deed


async def test_a_rule_holds_a_message_after_a_time() -> None:
    """The list of what waits would name another message, or none."""
    rule = '[[rule]]\naction = "Authorize"\ndo = "hold"\nseconds = 0.01\n'
    async with backend() as beyond, proxy(beyond.url, rules=rule) as session, charge_point(session) as peer:
        await peer.send(AUTHORIZE)
        assert await call(peer, HEARTBEAT) == [3, "h1", {"by": "backend"}]
        held = await waiting(session)
        assert session.timeline.record(held.index).raw == AUTHORIZE
        await session.held.let_go(held.index)
        assert json.loads(await heard(peer)) == ANSWERED


@pytest.mark.parametrize("deed", ["close", "cut"])
async def test_a_rule_ends_both_legs(deed: str) -> None:
    rule = f'[[rule]]\naction = "Authorize"\ndo = "{deed}"\n'
    async with backend() as beyond, proxy(beyond.url, rules=rule) as session, charge_point(session) as peer:
        await peer.send(AUTHORIZE)
        with pytest.raises(ConnectionClosed):
            await heard(peer)
        assert peer.close_code == (1001 if deed == "close" else 1006)
        await until(session, lambda: not session.connections)
        assert any("On purpose" in text for text in notes(session))
        assert "/CP1" not in beyond.heard


async def test_a_rule_about_the_answers_of_an_action() -> None:
    rule = '[[rule]]\naction = "Authorize"\nmessage = "answer"\ndo = "drop"\ndirection = "to-cp"\n'
    async with backend() as beyond, proxy(beyond.url, rules=rule) as session, charge_point(session) as peer:
        await peer.send(AUTHORIZE)
        assert await call(peer, HEARTBEAT) == [3, "h1", {"by": "backend"}]
        assert passages(session) == [Passage.DROPPED]


async def test_the_faults_of_the_link_are_those_of_both_legs() -> None:
    """A slow, stalled or lost link could be tried with our own simulation only, not with a real charger."""
    late = '[[link]]\ndo = "latency"\nseconds = 0.05\n[[link]]\ndo = "no-pong"\n'
    async with backend() as beyond, proxy(beyond.url, rules=late) as session, charge_point(session) as peer:
        await peer.send(AUTHORIZE)
        await peer.send(HEARTBEAT)
        assert json.loads(await heard(peer)) == ANSWERED  # the order stays
        assert json.loads(await heard(peer))[1] == "h1"
        assert beyond.heard["/CP1"] == [AUTHORIZE, HEARTBEAT] and passages(session) == [Passage.PASSED_LATER] * 4
        await peer.ping()
        ping = (await until(session, lambda: records(session, RecordKind.PING)))[0]
        assert "passedOnMs" not in ping.detail
        session.faults.use(parse_rules('[[link]]\ndo = "half-open"\nevery = 0.01\nseconds = 0.2\ntimes = 1\n', None))
        await until(session, lambda: any("nothing is read" in text for text in notes(session)))
        await peer.send(HEARTBEAT)
        assert json.loads(await heard(peer))[1] == "h1"
        told = records(session)
        read_again = [at for at, one in enumerate(told) if "passed on again" in str(one.detail.get("text", ""))]
        assert read_again and told[-2].kind is RecordKind.CALL and read_again[0] < len(told) - 2
        session.faults.use(parse_rules('[[link]]\ndo = "disconnect"\nevery = 0.01\ncode = 1012\n', None))
        with pytest.raises(ConnectionClosed):
            await heard(peer)
        assert peer.close_code == 1012


# -- who gets in ------------------------------------------------------------------------------------------------


async def test_the_request_of_the_charge_point_goes_on_as_it_is() -> None:
    """A backend would not know the charge point by its path, its query or its header."""
    async with backend() as beyond, proxy(f"{beyond.url}/ocpp/v1/") as session:
        more = {"Authorization": "Basic Q1AxOnNlY3JldA==", "X-Vendor": "yes", "User-Agent": "charger/1"}
        async with charge_point(session, "site%20A/CP%2F1?key=7", additional_headers=more, user_agent_header=None):
            request = beyond.requests[0]
            assert request.path == "/ocpp/v1/site%20A/CP%2F1?key=7"
            assert request.headers["Authorization"] == more["Authorization"]
            assert (request.headers["X-Vendor"], request.headers["User-Agent"]) == ("yes", "charger/1")
            assert session.connection_of("CP/1") is not None


async def test_credentials_of_our_own_replace_those_of_the_charge_point() -> None:
    """A charger without a password could not be brought to a backend that wants one; nor one with an old password."""
    own = Credentials.parse("bench", "sesame")
    demanded = {"credentials": Credentials.parse(None, "old")}
    async with backend() as beyond, proxy(beyond.url, credentials=own, server=demanded) as session:
        with pytest.raises(InvalidStatus):
            await charge_point(session)
        assert not beyond.requests  # it is refused here
        async with charge_point(session, additional_headers={"Authorization": "Basic Q1AxOm9sZA=="}):
            assert beyond.requests[0].headers["Authorization"] == "Basic YmVuY2g6c2VzYW1l"
        assert "sesame" not in str(records(session))


async def test_subprotocols_that_we_do_not_know_are_left_to_the_central_system() -> None:
    """A charge point that its backend takes would be refused by us."""
    async with (
        backend(subprotocols=["foo", "ocpp1.5"]) as beyond,
        proxy(beyond.url) as session,
        charge_point(session, subprotocols=["foo", "bar"]) as peer,
    ):
        assert peer.subprotocol == "foo"
        assert beyond.requests[0].headers["Sec-WebSocket-Protocol"] == "foo, bar"
    async with (
        backend(subprotocols=None) as beyond,
        proxy(beyond.url) as session,
        charge_point(session, subprotocols=None) as peer,
    ):
        assert peer.subprotocol is None
        assert "Sec-WebSocket-Protocol" not in beyond.requests[0].headers


async def test_a_refusal_passes_with_what_the_charge_point_needs_of_it() -> None:
    async with backend() as beyond, proxy(beyond.url, when_down=WhenDown.ANSWER) as session:
        beyond.refusal = lambda socket: socket.respond(403, "not this one\n")
        with pytest.raises(InvalidStatus) as caught:
            await charge_point(session)
        assert caught.value.response.status_code == 403
        assert bytes(caught.value.response.body) == b"not this one\n"


async def test_a_long_refusal_passes_whole_and_with_its_type() -> None:
    """The charge point would get a document cut in its middle, and take it for plain text."""
    page = b'{"reason":"' + "\u00fc".encode() * 1_000 + b'\xff"}'
    headers = Headers([("Content-Type", "application/json"), ("Content-Length", str(len(page)))])
    async with backend() as beyond, proxy(beyond.url) as session:
        beyond.refusal = lambda socket: Response(403, "Forbidden", headers, page)
        with pytest.raises(InvalidStatus) as caught:
            await charge_point(session)
        response = caught.value.response
        assert bytes(response.body) == page
        assert response.headers.get_all("Content-Type") == ["application/json"]
        assert response.headers.get_all("Content-Length") == [str(len(page))]
        [record] = [one for one in records(session) if one.detail.get("event") == "refused"]
        assert len(record.detail["upstream"]["responseBody"]) == 500


# -- without a central system -----------------------------------------------------------------------------------


async def test_messages_wait_until_the_central_system_is_there() -> None:
    """A restart of the backend would throw every charger out."""
    beyond = KeepingBackend()
    async with backend() as first:
        beyond.port = first.port
    async with proxy(beyond.url, when_down=WhenDown.HOLD) as session, charge_point(session) as peer:
        assert peer.subprotocol == "ocpp1.6"
        await peer.send(AUTHORIZE)
        await asyncio.wait_for(await peer.ping(), 10)
        await until(session, lambda: records(session, RecordKind.CALL))
        await beyond.start()
        assert json.loads(await heard(peer)) == ANSWERED
        await beyond.stop()
        await until(session, lambda: len(notes(session)) > 2)
        await peer.send(HEARTBEAT)
        await until(session, lambda: len(records(session, RecordKind.CALL)) == 2)
        await beyond.start()
        assert json.loads(await heard(peer)) == [3, "h1", {"by": "backend"}]
        assert beyond.heard["/CP1"] == [AUTHORIZE, HEARTBEAT]
        assert passages(session) == [Passage.PASSED_LATER] * 2
        assert len(session.connections) == 1 and session.timeline.counts.unanswered == 0
        await beyond.stop()


async def test_we_answer_until_the_central_system_is_there() -> None:
    """A bench could not go on while the backend is down."""
    async with (
        backend() as beyond,
        proxy(beyond.url, when_down=WhenDown.ANSWER) as session,
        charge_point(session) as peer,
    ):
        assert await call(peer, AUTHORIZE) == ANSWERED
        beyond.answer = None
        await peer.send('[2,"a2","Authorize",{"idTag":"B"}]')  # it dies before it answers
        await beyond.hears("/CP1", 2)
        await beyond.stop()
        assert json.loads(await heard(peer)) == [3, "a2", {"idTagInfo": {"status": "Accepted"}}]
        answer = await call(peer, HEARTBEAT)
        assert list(answer[2]) == ["currentTime"]
        beyond.answer = lambda call: [3, call[1], {"by": "backend"}]
        await beyond.start()
        await until(session, lambda: notes(session)[-1].startswith("The central system is back"))
        assert await call(peer, AUTHORIZE) == ANSWERED
        assert [one.origin for one in records(session, RecordKind.CALLRESULT)].count(Origin.BEHAVIOUR) == 2
        assert len(session.connections) == 1


async def test_a_proxy_that_begins_without_a_central_system_answers() -> None:
    async with proxy("ws://127.0.0.1:1", when_down=WhenDown.ANSWER) as session, charge_point(session) as peer:
        assert (await call(peer, HEARTBEAT))[0] == 3
    async with proxy("ws://127.0.0.1:1") as session:
        with pytest.raises(InvalidStatus) as caught:
            await charge_point(session)
        assert caught.value.response.status_code == 502


@pytest.mark.parametrize("killed", ["charge point", "central system"])
async def test_a_side_that_is_killed_takes_the_other_leg_with_it(killed: str) -> None:
    """The other side would talk to nobody."""
    async with backend() as beyond, proxy(beyond.url) as session, charge_point(session) as peer:
        above = await beyond.socket("/CP1")
        one, other = (peer, above) if killed == "charge point" else (above, peer)
        one.transport.abort()
        await asyncio.wait_for(other.wait_closed(), 10)
        assert other.close_code == 1006
        await until(session, lambda: not session.connections)
        assert records(session)[-1].detail["endedBy"] == killed.replace(" ", "-")


async def test_the_end_of_the_session_records_the_end_of_both_legs(tmp_path: Path) -> None:
    """The recording would look as if the program had been killed, and a message that was held would have no end."""
    path = tmp_path / "a.jsonl"
    async with backend() as beyond:
        async with (
            proxy(beyond.url, breaks=("Authorize",), writer=RecordingWriter(path)) as session,
            charge_point(session) as peer,
        ):
            await peer.send(AUTHORIZE)
            await waiting(session)
            above = (await beyond.socket("/CP1")).transport
            above.pause_reading()  # the central system takes its time for the closing handshake

            async def go_on_late() -> None:
                await peer.wait_closed()
                await asyncio.sleep(0.1)
                above.resume_reading()

            await asyncio.gather(session.close(), go_on_late())
        closed = [one.detail for one in records(session, RecordKind.CONNECTION) if one.detail["event"] == "closed"]
        assert [one["upstream"]["closeCode"] for one in closed] == [1001]
        assert passages(session) == [Passage.DROPPED]
    assert '"event":"closed"' in path.read_text()


# -- a second central system ------------------------------------------------------------------------------------


async def test_a_mirror_gets_a_copy_and_its_answers_are_compared() -> None:
    """A new backend could not be tried with real chargers, or would answer them."""
    async with backend() as beyond, backend() as other, proxy(beyond.url, mirror=f"{other.url}/new") as session:
        beyond.answer = lambda call: [3, call[1], {"idTagInfo": {"status": "Accepted"}, "at": "2026-01-01T00:00:00Z"}]
        other.answer = lambda call: [
            3, call[1], {"idTagInfo": {"status": call[3].get("idTag", "Blocked")}, "at": "2026-02-02T00:00:00Z"}
        ]  # fmt: skip
        async with charge_point(session) as peer:
            assert (await call(peer, AUTHORIZE))[2]["idTagInfo"]["status"] == "Accepted"
            assert await other.hears("/new/CP1", 1) == [AUTHORIZE]
            told = await until(session, lambda: [text for text in notes(session) if "differently" in text])
            assert told == ['The mirror answers Authorize differently: $.idTagInfo.status: "A" instead of "Accepted"']
            assert (await call(peer, '[2,"a2","Authorize",{"idTag":"Accepted"}]'))[0] == 3
            await other.hears("/new/CP1", 2)
            await (await other.socket("/new/CP1")).send('[2,"m1","Reset",{"type":"Soft"}]')
            await until(session, lambda: "The mirror sent Reset; it was not passed on." in notes(session))
            assert (await call(peer, '[2,"a3","Authorize",{"idTag":"A"}]'))[1] == "a3"  # and nothing of the mirror
            await until(session, lambda: sum("differently" in text for text in notes(session)) == 2)
            assert session.proxy is not None and session.proxy.differences() == 2
        assert len(beyond.heard["/CP1"]) == 3


async def test_a_mirror_that_is_not_there_disturbs_nobody() -> None:
    async with (
        backend() as beyond,
        proxy(beyond.url, mirror="ws://127.0.0.1:1/x") as session,
        charge_point(session) as peer,
    ):
        assert await call(peer, AUTHORIZE) == ANSWERED
        await until(session, lambda: any("The mirror is not connected" in text for text in notes(session)))
        assert await call(peer, HEARTBEAT) == [3, "h1", {"by": "backend"}]


async def test_what_waits_for_a_central_system_that_does_not_come_is_said_to_be_lost() -> None:
    async with backend() as beyond, proxy(beyond.url, when_down=WhenDown.HOLD) as session:
        async with charge_point(session) as peer:
            above = await beyond.socket("/CP1")
            await above.send('[2,"r1","Reset",{"type":"Soft"}]')
            assert json.loads(await heard(peer))[1] == "r1"
            await beyond.stop()
            await until(session, lambda: len(session.connections[1].legs) == 1)
            await peer.send('[3,"r1",{"status":"Accepted"}]')  # to a call of the connection that is gone
            await peer.send(HEARTBEAT)
            await until(session, lambda: len(records(session, RecordKind.CALL)) == 2)
            assert session.proxy is not None and session.proxy.missing() == 1
            beyond.heard.clear()
            await beyond.start()
            assert json.loads(await heard(peer)) == [3, "h1", {"by": "backend"}]
            assert beyond.heard["/CP1"] == [HEARTBEAT]
            assert passages(session) == [Passage.DROPPED, Passage.PASSED_LATER]
            await beyond.stop()
            await until(session, lambda: len(session.connections[1].legs) == 1)
            await peer.send(AUTHORIZE)
            await until(session, lambda: len(records(session, RecordKind.CALL)) == 3)
        await until(session, lambda: not session.connections)
        assert passages(session)[2:] == [Passage.DROPPED]


# -- the recording ----------------------------------------------------------------------------------------------

EVERYTHING = """
[[rule]]
action = "Authorize"
nth = 1
do = "twice"
[[rule]]
action = "Authorize"
nth = 2
do = "drop"
[[rule]]
action = "Authorize"
do = "answer"
payload = { idTagInfo = { status = "Blocked" } }
[[rule]]
action = "Heartbeat"
seconds = 0.01
do = "delay"
[[rule]]
action = "StatusNotification"
do = "other-id"
"""


async def test_recordings_of_interventions_are_read_exported_and_replayed(tmp_path: Path) -> None:
    """What was found out at a charger could not be handed on."""
    path = tmp_path / "recording.jsonl"
    status = '[2,"s1","StatusNotification",{"connectorId":1,"errorCode":"NoError","status":"Available"}]'
    async with backend() as beyond, proxy(beyond.url, rules=EVERYTHING, writer=RecordingWriter(path)) as session:
        secret = {"Authorization": "Basic Q1AxOnNlY3JldA=="}
        async with charge_point(session, additional_headers=secret) as peer:
            for text, answers in ((AUTHORIZE, 2), (AUTHORIZE, 0), (AUTHORIZE, 1), (HEARTBEAT, 1), (status, 1)):
                await peer.send(text)
                for _ in range(answers):
                    await heard(peer)
            index = await session.send_call(1, "Reset", '{"type":"Soft"}')
            asked = json.loads(await heard(peer))
            await peer.send(json.dumps([3, asked[1], {"status": "Accepted"}]))
            await session.wait_for_answer(index)
        await until(session, lambda: not session.connections)
        done = passages(session)
        assert set(done) == set(Passage) - {Passage.HELD}
        live = session.timeline
    assert "Q1AxOnNlY3JldA==" not in path.read_text(encoding="utf-8")
    read = Timeline()
    index_all(path, read)
    assert [str(read.record(at).detail.get("change", "")) for at in range(len(read))] == [
        str(live.record(at).detail.get("change", "")) for at in range(len(live))
    ]
    for name in ("records", "calls", "answers", "unanswered", "orphans", "malformed", "invalid"):
        assert getattr(read.counts, name) == getattr(live.counts, name), name
    for form in Format:
        out = io.BytesIO()
        form.exporter(Extract(Selection(read)), out)
        assert b"Authorize" in out.getvalue(), form
    made = plan(read, Role.CENTRAL_SYSTEM)
    assert not any(read.record(step.index).detail.get("change") == Passage.CHANGED for step in made.steps)


async def test_what_goes_on_in_place_of_a_message_is_not_an_exchange_of_its_own(tmp_path: Path) -> None:
    """A call that the user changed counted as never answered, and an answer that the user changed as an orphan."""
    path = tmp_path / "recording.jsonl"
    wrong = '{"idTagInfo": {"status": "Bloked"}}'
    async with (
        backend() as beyond,
        proxy(beyond.url, breaks=("action:Authorize",), writer=RecordingWriter(path)) as session,
        charge_point(session) as peer,
    ):
        beyond.answer = lambda call: [3, call[1], {"idTagInfo": {"status": "Accepted"}}]
        await peer.send(AUTHORIZE)
        session.held.change_payload((await waiting(session)).index, '{"idTag": "B"}')
        session.held.change_payload((await waiting(session)).index, wrong)
        assert json.loads(await heard(peer))[2] == json.loads(wrong)
        live = session.timeline
    read = Timeline()
    index_all(path, read)
    for timeline in (live, read):
        call, other_call, answer, other_answer = [
            at for at in range(len(timeline)) if timeline.kind(at).is_call or timeline.kind(at).is_answer
        ]
        assert timeline.other_half(call) == answer
        assert [timeline.other_half(at) for at in (other_call, other_answer)] == [None, None]
        assert [name_of(timeline, at) for at in (other_call, other_answer)] == ["Authorize", "Authorize"]
        assert [one.path for one in timeline.violations(other_answer)] == ["$.idTagInfo.status"]
        diagnosis = Diagnosis(timeline)
        diagnosis.tell_time(timeline.time(call) + 3600 * SECOND)
        assert not {"rpc.unanswered", "rpc.orphan-answer"} & {
            one.rule for at in range(len(timeline)) for one in findings_at(timeline, at)
        }
        assert len(Selection(timeline, parse_filter("unanswered"))) == 0
        totals = totals_of(Extract(Selection(timeline)))
        assert (totals.calls, totals.answers, totals.unanswered, totals.orphans) == (1, 1, 0, 0)
        assert totals.calls == timeline.counts.calls


async def test_a_call_of_our_own_is_not_blamed_on_the_side_that_it_goes_beside() -> None:
    """A charge point whose call the user holds would be said to send two at once."""
    async with (
        backend() as beyond,
        proxy(beyond.url, breaks=("action:Authorize",)) as session,
        charge_point(session) as peer,
    ):
        assert await call(peer, HEARTBEAT)
        await peer.send(AUTHORIZE)
        held = await waiting(session)
        index = await session.send_call(1, "Heartbeat", "{}", towards=Direction.TO_CSMS)
        await session.wait_for_answer(index)
        session.held.drop(held.index)
        session.live_diagnosis.catch_up()
        timeline = session.timeline
        blamed = [at for at in range(len(timeline)) if "rpc.parallel-calls" in timeline.broken_rules(at)]
        assert blamed == []


async def test_what_is_wrong_in_a_message_is_found_while_it_passes() -> None:
    """A user would have to record first, and check later."""
    wrong = '[2,"1","StatusNotification",{"connectorId":"one","errorCode":"NoError","status":"Available"}]'
    async with backend() as beyond, proxy(beyond.url) as session, charge_point(session) as peer:
        await call(peer, wrong)
        assert beyond.heard["/CP1"] == [wrong]
        session.live_diagnosis.catch_up()
        index = next(at for at in range(len(session.timeline)) if session.timeline.record(at).raw == wrong)
        assert [one.path for one in session.timeline.violations(index)] == ["$.connectorId"]
        assert any(one.severity.is_problem for one in findings_at(session.timeline, index))
