"""What becomes of a recording is said at once, also while nothing is sent or received."""

from __future__ import annotations

import asyncio
import re
import shutil
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from ocpptui.network.server_settings import ServerSettings
from ocpptui.ocpp.version import Role
from ocpptui.recording.recording_reader import Recording
from ocpptui.recording.writer import RecordingWriter
from ocpptui.session import recording_watch
from ocpptui.session.session import Session
from ocpptui.timeline.record import RecordKind


@asynccontextmanager
async def listening(writer: RecordingWriter) -> AsyncIterator[tuple[Session, list[str], list[str | None]]]:
    """A central system, and what it says about its recording: news, and failures."""
    session = Session(role=Role.CENTRAL_SYSTEM, writer=writer)
    news: list[str] = []
    failures: list[str | None] = []
    session.recording_watch.on_news.append(news.append)
    session.recording_watch.on_failure.append(failures.append)
    try:
        await session.listen(ServerSettings(host="127.0.0.1", port=0))
        yield session, news, failures
    finally:
        await session.close()


def session_notes(session: Session) -> list[str]:
    timeline = session.timeline
    found = (timeline.record(index) for index in range(len(timeline)) if timeline.kind(index) is RecordKind.NOTE)
    return [note.detail["text"] for note in found]


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.01)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not let an open file be deleted")
async def test_an_idle_session_notices_that_its_recording_is_deleted(tmp_path: Path) -> None:
    """The night's recording would be missed in the morning."""
    path = tmp_path / "session.jsonl"
    async with listening(RecordingWriter(path)) as (session, news, _):
        rows = len(session.timeline)
        path.unlink()
        await until(lambda: news)
        assert "was deleted" in news[0]
        assert session.recording_path == tmp_path / "session-2.jsonl"
        assert session.timeline.kind(rows) is RecordKind.NOTE
        assert session.timeline.record(rows).detail["text"] == news[0]
    assert (tmp_path / "session-2.jsonl").read_text().count("\n") == len(session.timeline)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not let an open file be deleted")
async def test_what_happened_right_before_the_end_is_said_too(tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    async with listening(RecordingWriter(path)) as (session, news, _):
        await asyncio.sleep(0)
        path.unlink()
    assert any("was deleted" in sentence for sentence in news)
    assert session.recording_path is not None
    text = session.recording_path.read_text()
    assert text.count("\n") == len(session.timeline)
    assert "was deleted" in text


async def test_a_second_writer_is_said_at_once_and_its_end_too(tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    first = RecordingWriter(path)
    async with listening(RecordingWriter(path)) as (session, _, failures):
        await until(lambda: failures)
        assert failures[0] is not None and "another program is recording into it" in failures[0]
        first.close()
        await until(lambda: len(failures) == 2)
        assert failures[1] is None
        notes = session_notes(session)
        assert [note.partition(":")[0] for note in notes] == [
            "Records do not reach the recording",
            "Records reach the recording again.",
        ]
    assert path.read_text().count('"listening"') == 1


async def test_a_disk_without_room_is_said_at_once_and_its_end_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Usage:
        free = 10

        def __iter__(self) -> object:
            return iter((10**12, 10**12 - self.free, self.free))

    usage = Usage()
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage)
    async with listening(RecordingWriter(tmp_path / "session.jsonl")) as (_, _, failures):
        await until(lambda: failures)
        assert failures[0] is not None and "only 10 bytes are free on this disk" in failures[0]
        usage.free = 10**11
        await until(lambda: len(failures) == 2)


async def test_a_flood_is_reported_with_the_charge_point_that_causes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few compressed bytes become megabytes of records: nobody would know why the disk is full in the morning."""
    monkeypatch.setattr(recording_watch, "FLOOD", 2_000_000)
    large = '[2,"%d","DataTransfer",{"vendorId":"v","data":"' + "x" * 500_000 + '"}]'
    async with listening(RecordingWriter(tmp_path / "session.jsonl")) as (session, news, _):
        url = session.listening_urls[0]
        async with (
            connect(f"{url}QUIET", subprotocols=[Subprotocol("ocpp1.6")]) as quiet,
            connect(f"{url}FLOOD", subprotocols=[Subprotocol("ocpp1.6")], compression="deflate") as flood,
        ):
            for number in range(6):
                await flood.send(large % number)
                await flood.recv()
                await quiet.send(f'[2,"{number}","Heartbeat",{{}}]')
                await quiet.recv()
            await until(lambda: news)
            expected = r"The recording grew by [23]\.\d MB within a minute\. FLOOD sent or got [23]\.\d MB of that\."
            assert re.match(expected, news[0]), news
            assert "are free on its disk; recording stops when" in news[0]
            await flood.send(large % 100)
            await flood.recv()
            session.recording_watch.look()
            assert len(news) == 1, "the log would be full of these notes"
    assert isinstance(session.recording_path, Path)
    recording = Recording(session.recording_path)
    assert recording.size > 3_500_000
    recording.close()
