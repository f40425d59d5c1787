"""A proxy hears the secrets of both sides. None is in its recording, its exports, its mirror's notes or its replay."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from ocpptui.exporting import Format
from ocpptui.exporting.exported_records import Extract
from ocpptui.filter.selection import Selection
from ocpptui.recording.writer import RecordingWriter
from ocpptui.session.file_session import FileSession
from ocpptui.session.session import Session
from ocpptui.timeline.record import Passage
from ocpptui.timeline.timeline import Timeline
from tests.kit.planted_secrets import headers, leaked, planted
from tests.kit.proxy_bench import backend, charge_point, heard, notes, proxy, records, until

SECRET = "S0001CRETq9"


def written(timeline: Timeline) -> list[str]:
    """The timeline in every format."""
    texts = []
    for chosen in Format:
        out = io.BytesIO()
        chosen.exporter(Extract(Selection(timeline)), out)
        texts.append(out.getvalue().decode())
    return texts


def shown(session: Session) -> str:
    return "\n".join(f"{record.raw!r} {record.detail!r}" for record in records(session))


async def held_one(session: Session) -> int:
    found = await until(session, session.held.list)
    return int(found[0].index)


async def test_what_passes_is_recorded_and_exported_without_its_secrets(tmp_path: Path) -> None:
    """The technician mails the recording of the customer's traffic."""
    path = tmp_path / "relayed.jsonl"
    messages = planted()[::3]
    given = [(name, value) for name, _, value in (header.partition(": ") for header in headers()) if value]
    async with (
        backend() as beyond,
        backend() as second,
        proxy(
            f"ws://u:{SECRET}@127.0.0.1:{beyond.port}/?token={SECRET}",
            mirror=f"ws://u:{SECRET}@127.0.0.1:{second.port}/?token={SECRET}",
            writer=RecordingWriter(path),
        ) as session,
    ):
        beyond.answer = None
        second.answer = lambda call: [3, call[1], {"said": call[3]}]  # the mirror repeats what it heard
        async with charge_point(session, f"CP1?token={SECRET}", additional_headers=given) as peer:
            down = next(iter(beyond.sockets.values()))
            for text in messages:
                await peer.send(text)
                await down.send(text)
            for _ in messages:
                await heard(peer)
        await until(session, lambda: not session.connections)
        assert leaked(shown(session)) == []
    assert len(path.read_text().splitlines()) > 2 * len(messages)
    assert leaked(path.read_text()) == []
    opening = FileSession([path])
    while not opening.advance(1.0):
        pass
    assert all(leaked(text) == [] for text in written(opening.session.timeline))
    await opening.close()


async def test_what_is_held_edited_answered_and_compared_shows_no_secret(tmp_path: Path) -> None:
    """A breakpoint is where people look at passwords, and edit them."""
    path = tmp_path / "held.jsonl"
    profile = {"basicAuthPassword": SECRET, "ocppCsmsUrl": f"ws://u:{SECRET}@h/"}
    calls: list[tuple[str, Any]] = [
        ("ChangeConfiguration", {"key": "AuthorizationKey", "value": SECRET}),
        ("SetNetworkProfile", {"configurationSlot": 1, "connectionData": profile}),
        ("UpdateFirmware", {"location": f"ftp://u:{SECRET}@h/x", "retrieveDate": "2026-01-01T00:00:00Z"}),
    ]
    async with (
        backend() as beyond,
        proxy(beyond.url, breaks=("dir:to-cp kind:call",), writer=RecordingWriter(path)) as session,
        charge_point(session) as peer,
    ):
        down = await beyond.socket("/CP1")
        for number, (action, payload) in enumerate(calls):
            await down.send(json.dumps([2, f"c{number}", action, payload]))
            index = await held_one(session)
            text = session.timeline.record(index).raw
            assert isinstance(text, str) and SECRET not in text
            session.held.change(index, text.replace("{", '{"more":1,', 1))
            assert json.loads(await heard(peer))[3] == {"more": 1, **payload}, "the secret itself goes on"
            await peer.send(json.dumps([4, f"c{number}", "GenericError", f"cannot use {SECRET}", {"got": SECRET}]))
        await until(session, lambda: sum("Error" in str(one.raw) for one in records(session)) == len(calls))
        assert [one.detail["change"] for one in records(session) if "change" in one.detail] == [Passage.CHANGED] * 3
        assert leaked(shown(session) + "\n".join(notes(session))) == []
    assert leaked(path.read_text()) == []
