"""Exports that go on in turns with the screen."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocpptui.exporting import Format
from ocpptui.exporting.exported_records import Extract
from ocpptui.exporting.running_export import ExportRequest, RedactionLevel, RunningExport, WrittenFile
from ocpptui.filter.query import parse_filter
from ocpptui.filter.selection import Selection
from ocpptui.runtime.work_in_turns import WorkCancelledError
from tests.kit.talk import Talk

PATIENCE = 60.0


def talk_of(exchanges: int) -> Talk:
    talk = Talk()
    for number in range(exchanges):
        talk.exchange("Authorize", f'{{"idTag":"DRIVER-{number}"}}', '{"idTagInfo":{"status":"Accepted"}}')
        talk.exchange()
    return talk


def finished(export: RunningExport) -> WrittenFile:
    while not export.advance(0.001):
        phase, share = export.progress
        assert phase and 0 <= share <= 1
    return export.result()


@pytest.mark.parametrize("chosen", Format)
def test_every_format_is_as_if_nobody_else_had_worked(chosen: Format, tmp_path: Path) -> None:
    """An export from the screen would differ from one by `ocpptui convert`."""
    timeline = talk_of(30).session.timeline
    found = finished(RunningExport(timeline, ExportRequest(tmp_path / "one", chosen)))
    with (tmp_path / "other").open("wb") as out:
        exported = chosen.exporter(Extract(Selection(timeline)), out)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()
    assert (found.records, found.size) == (exported.written, (tmp_path / "one").stat().st_size)


def test_only_what_the_filter_shows_and_what_was_there_at_the_beginning(tmp_path: Path) -> None:
    """Records that come meanwhile would be half in the file."""
    talk = talk_of(10)
    query = parse_filter("action:Authorize")
    export = RunningExport(talk.session.timeline, ExportRequest(tmp_path / "a.jsonl", Format.RECORDING, query))
    while export.progress[0] != "writing":
        export.advance(0.0)
    talk.exchange("Authorize", '{"idTag":"late"}', '{"idTagInfo":{"status":"Accepted"}}')
    found = finished(export)
    lines = (tmp_path / "a.jsonl").read_text().splitlines()
    assert found.records == len(lines) == 20
    assert all("Authorize" in line or "Accepted" in line for line in lines)
    assert found.lines[0].startswith("20 of 20 records written, chosen from 4")


@pytest.mark.parametrize("level", [level for level in RedactionLevel if level is not RedactionLevel.NOTHING])
def test_a_redaction_lists_what_it_replaced(level: RedactionLevel, tmp_path: Path) -> None:
    """The user would hand on what nobody has checked."""
    found = finished(
        RunningExport(talk_of(3).session.timeline, ExportRequest(tmp_path / "a", Format.RECORDING, redaction=level))
    )
    assert "DRIVER" not in (tmp_path / "a").read_text()
    assert any("idTag" in line for line in found.lines[found.lines.index("replaced:") + 1 :])
    assert found.lines[-1].startswith("not checked: ")


def test_nothing_is_left_of_a_cancelled_export_and_what_was_there_stays(tmp_path: Path) -> None:
    """Half a recording would be in the place of a whole one."""
    path = tmp_path / "a.jsonl"
    path.write_text("whole")
    export = RunningExport(talk_of(50).session.timeline, ExportRequest(path, Format.RECORDING))
    while export.progress[0] != "writing":
        export.advance(0.0)
    export.cancel()
    assert export.wait(PATIENCE)
    with pytest.raises(WorkCancelledError):
        export.result()
    assert [one.name for one in tmp_path.iterdir()] == ["a.jsonl"]
    assert path.read_text() == "whole"


def test_a_disk_that_takes_nothing_is_an_error(tmp_path: Path) -> None:
    """The user would delete the original of a file that was never written."""
    timeline = talk_of(3).session.timeline
    with pytest.raises(FileNotFoundError):
        finished(RunningExport(timeline, ExportRequest(tmp_path / "no" / "a.jsonl", Format.RECORDING)))
    if Path("/dev/full").exists():
        with pytest.raises(OSError, match="No space left"):
            finished(RunningExport(timeline, ExportRequest(Path("/dev/full"), Format.RECORDING)))
