"""A session over files: what it loads to be quick."""

from __future__ import annotations

import gc
import io
import json
import os
import subprocess
import sys
import tarfile
import zipfile
from functools import partial
from itertools import product
from pathlib import Path

import pytest

from ocpptui.ocpp.version import Direction, Version
from ocpptui.recording.file_errors import RecordingError
from ocpptui.recording.line_format import to_line
from ocpptui.session.file_session import FileSession
from ocpptui.timeline.record import message_record

OPENED = """
import sys
from pathlib import Path
from ocpptui.session.file_session import FileSession
from ocpptui.tui.app import OcpptuiApp
opening = FileSession([Path(sys.argv[1])])
opening.advance(0)  # as before the first paint; what needs a state is checked after it
assert len(opening.session.timeline) == 1
OcpptuiApp(opening.session, opening=opening)
needless = ("ocpptui.simulator", "ocpptui.compose", "ocpptui.stations.", "ocpptui.importing.", "ocpptui.replay",
            "ocpptui.network.c", "ocpptui.session.interpreter", "ocpptui.tui.screens.start_screen", "websockets")
driver = "ocpptui.session.connection_driver"
print(*(name for name in sys.modules if name.startswith(needless) or name == driver))
"""
NOTE = (
    '{"schemaVersion":"1.1","timestamp":"2026-11-22T10:02:03Z","ocppVersion":"1.6","transport":"json",'
    '"chargePointId":"CP1","direction":"cp-to-csms","messageType":"NOTE","meta":{"ocpptui":{"text":"hello"}}}\n'
)


def test_an_opened_recording_needs_no_sockets_and_no_simulator(tmp_path: Path) -> None:
    """A user who opens a file waits for all that is loaded before the first screen."""
    recording = tmp_path / "note.jsonl"
    recording.write_text(NOTE)
    loaded = subprocess.run([sys.executable, "-c", OPENED, recording], check=True, capture_output=True, text=True)
    assert loaded.stdout.split() == []


def opened(tmp_path: Path, records: int) -> FileSession:
    """A session over a recording of heartbeats after a BootNotification that was rejected."""
    line = (
        '{"schemaVersion":"1.1","timestamp":"2026-11-22T10:02:03Z","ocppVersion":"1.6","transport":"json",'
        '"chargePointId":"CP1","direction":"%s","messageType":"%s","messageId":"%d","action":"%s","raw":%s}\n'
    )
    boot = '[2,"0","BootNotification",{"chargePointVendor":"A","chargePointModel":"B"}]'
    answer = '[3,"0",{"status":"Rejected","currentTime":"2026-11-22T10:02:03Z","interval":60}]'
    lines = [
        line % ("cp-to-csms", "CALL", 0, "BootNotification", json.dumps(boot)),
        line % ("csms-to-cp", "CALLRESULT", 0, "BootNotification", json.dumps(answer)),
    ]
    for number in range(1, records - 1):
        raw = json.dumps(f'[2,"{number}","Heartbeat",{{}}]')
        lines.append(line % ("cp-to-csms", "CALL", number, "Heartbeat", raw))
    path = tmp_path / "recording.jsonl"
    path.write_text("".join(lines))
    return FileSession([path])


def test_a_file_is_finished_when_it_is_diagnosed(tmp_path: Path) -> None:
    """A report would lack what is found last, and the screen would say that nothing more comes."""
    opening = opened(tmp_path, 1000)
    seen = []
    while not opening.advance(0):
        seen.append(opening.diagnosed)
    assert opening.progress == opening.diagnosed == 1
    assert seen == sorted(seen) and len(set(seen)) > 2
    assert "boot.call-while-rejected" in opening.session.timeline.broken_rules(2)


async def test_who_needs_no_findings_does_not_wait_for_them(tmp_path: Path) -> None:
    opening = opened(tmp_path, 10)
    unchecked = FileSession(opening.paths, diagnoses=False)
    unchecked.read_whole()
    assert unchecked.session.diagnosis.diagnosed == 0 and unchecked.diagnosed == 1
    await unchecked.close()
    await opening.close()


CODES = range(1000, 1020)
"""Codes that drivers have typed."""


def with_key_codes(path: Path, count: int, *, is_log: bool, shown: str = "%d") -> Path:
    """A log or a recording of OCPP 2.0.1 with this many key codes."""
    raws = [
        f'[2,"{code}-a","Authorize",{{"idToken":{{"idToken":"{shown.replace("%d", str(code))}","type":"KeyCode"}}}}]'
        for code in CODES[:count]
    ]
    if is_log:
        path.write_text("\n".join(f"2026-01-01 10:00:01 CP1 ocpp2.0.1 received {raw}" for raw in raws))
    else:
        of_charge_point = partial(message_record, time=1, connection=1, direction=Direction.TO_CSMS, charge_point="CP1")
        path.write_bytes(b"".join(to_line(of_charge_point(raw, version=Version.V201)) for raw in raws))
    return path


async def test_a_key_code_that_a_file_shows_is_found_however_it_is_read(tmp_path: Path) -> None:
    """The user would send a log with the secrets of drivers to somebody, since the screen shows them masked."""
    for is_log, count, is_looked_at in product((False, True), (2, len(CODES)), (False, True)):
        opening = FileSession([with_key_codes(tmp_path / "shows", count, is_log=is_log)])
        timeline = opening.session.timeline
        while is_looked_at and len(timeline) < count:
            opening.advance(0)
        assert all("***" in str(timeline.record(index).raw) for index in range(len(timeline)))
        opening.read_whole()
        broken = [index for index in range(count) if "sec.keycode" in timeline.broken_rules(index)]
        assert broken == [0], (is_log, count, is_looked_at)
        await opening.close()


async def test_a_key_code_that_its_file_does_not_show_is_not_found(tmp_path: Path) -> None:
    """What a session has recorded would be called a danger."""
    for is_log in (False, True):
        opening = FileSession([with_key_codes(tmp_path / "masked", 2, is_log=is_log, shown="***")])
        opening.read_whole()
        timeline = opening.session.timeline
        assert len(timeline) == 2 and not any("sec.keycode" in timeline.broken_rules(index) for index in range(2))
        await opening.close()


def broken_archives() -> dict[str, bytes]:
    """Archives with a log that cannot be read, or not to their end."""
    log = b"".join(b'2026-01-01 10:00:01 CP1 received [2,"%d","Heartbeat",{}]\n' % number for number in range(2000))
    zipped, nested, packed = io.BytesIO(), io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.log", log)
    cut = zipped.getvalue()[:-30]
    with zipfile.ZipFile(nested, "w") as archive:
        archive.writestr("a.log", log)
        archive.writestr("b.zip", cut)
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        member = tarfile.TarInfo("a.log")
        member.size = len(log)
        tar.addfile(member, io.BytesIO(log))
    tarred = packed.getvalue()
    return {"cut.zip": cut, "nested.zip": nested.getvalue(), "cut.tgz": tarred[: len(tarred) // 2]}


async def test_what_a_closed_file_leaves_is_garbage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What collections have left out would stay in memory while the next file is open."""
    released: list[bool] = []
    monkeypatch.setattr("ocpptui.session.file_session.release_survivors", lambda: released.append(True))
    path = tmp_path / "a.log"
    path.write_text('[2,"1","Heartbeat",{}]\n', encoding="utf-8")
    opening = FileSession([path])
    assert not released
    await opening.close()
    assert released


@pytest.mark.skipif(not os.path.isdir("/dev/fd"), reason="open files are counted in /dev/fd")
async def test_nothing_stays_open_of_files_that_cannot_be_read(tmp_path: Path) -> None:
    """After some broken archives, the program could open no file any more, and the disk would stay full."""
    paths = []
    for name, content in broken_archives().items():
        paths.append(tmp_path / name)
        paths[-1].write_bytes(content)
    gc.collect()
    before, kept = len(os.listdir("/dev/fd")), []
    for chosen in [*([path] for path in paths), paths]:
        opening = FileSession(chosen)
        opening.read_whole()
        assert opening.failures
        await opening.close()
        kept.append(opening)
    with pytest.raises(RecordingError):
        FileSession([*paths, tmp_path / "missing.log"])
    assert len(os.listdir("/dev/fd")) == before


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
async def test_a_file_that_has_ended_does_not_show_that_a_call_had_no_answer(
    tmp_path: Path, order: tuple[str, str]
) -> None:
    """Each log that support checks together with a later one would get an error that it does not have alone."""
    line = "2026-11-22 {} INFO [ocpp] {}: receive message {}\n"
    call = '[2,"{}","Heartbeat",{{}}]'
    early = line.format("10:00:00", "CP1", call.format(1)) + line.format("10:10:00", "CP1", call.format(2))
    (tmp_path / "a").write_text(early)
    (tmp_path / "b").write_text("".join(line.format(f"{11 + n}:00:00", "CP2", call.format(n)) for n in range(3)))
    session = FileSession([tmp_path / name for name in order])
    session.read_whole()
    timeline = session.session.timeline
    unanswered = ["rpc.unanswered" in timeline.broken_rules(index) for index in range(5)]
    assert unanswered == [True, False, True, True, False], "the last call of each file may have its answer in the next"
    await session.close()


async def test_a_file_that_goes_on_shows_that_a_call_of_it_had_no_answer(tmp_path: Path) -> None:
    """A call from before a long silence would never be called unanswered if another log goes on meanwhile."""
    line = "2026-11-22 {} INFO [ocpp] {}: receive message {}\n"
    call = '[2,"{}","Heartbeat",{{}}]'
    times = ("10:00:00", "18:00:00")
    (tmp_path / "a").write_text("".join(line.format(time, "CP1", call.format(time)) for time in times))
    (tmp_path / "b").write_text("".join(line.format(f"{11 + n}:00:00", "CP2", call.format(n)) for n in range(4)))
    session = FileSession([tmp_path / "a", tmp_path / "b"])
    session.read_whole()
    assert "rpc.unanswered" in session.session.timeline.broken_rules(0)
    await session.close()
