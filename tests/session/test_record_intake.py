"""How a message that is passed on gets into a session. If this fails, a kill takes what a peer has received from the
recording, or the peers of a proxy wait for what is only to be shown."""

from __future__ import annotations

import asyncio
from pathlib import Path

from ocpptui.ocpp.version import Direction, Version
from ocpptui.recording.writer import RecordingWriter
from ocpptui.session.record_intake import RecordIntake
from ocpptui.session.record_listeners import RecordListeners
from ocpptui.timeline.masking import Masking
from ocpptui.timeline.record import message_record
from ocpptui.timeline.timeline import Timeline

TEXT = '[2,"1","Heartbeat",{}]'


async def test_a_message_goes_on_once_it_is_recorded_and_before_it_is_shown(tmp_path: Path) -> None:
    file = tmp_path / "recording.jsonl"
    writer = RecordingWriter(file)
    writer.holds_back = True
    timeline = Timeline(writer)
    listeners = RecordListeners(lambda: None, lambda: None)
    intake = RecordIntake(timeline, Masking(), writer, listeners)
    seen: list[str] = []
    timeline.watch(lambda: seen.append("in the log"))
    listeners.subscribe(lambda index: seen.append("shown"))

    def go_on() -> None:
        intake.flush()  # as each connection does before it sends
        seen.append("recorded" if b"Heartbeat" in file.read_bytes() else "lost")

    record = message_record(TEXT, time=1, connection=1, direction=Direction.TO_CSMS, version=Version.V16)
    assert intake.append(record, stored=go_on) == 0
    assert seen == ["recorded", "in the log"]
    async with asyncio.timeout(60):
        while "shown" not in seen:
            await asyncio.sleep(0.001)
    assert seen == ["recorded", "in the log", "shown"]
    writer.close()
