"""Conversations in the notations of loggers and platforms come back as they were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ocpptui.importing.reader import ImportOptions
from ocpptui.ocpp.version import Direction, Version
from ocpptui.timeline.record import RecordKind
from tests.importing.conversation import Exchanged, conversation, of_one
from tests.importing.logger_lines import utc, way
from tests.importing.platform_notations import FILES, LINES
from tests.importing.reading import check, read

NAMES = ("WN-0001", "WN-0002")
VERSIONS = (Version.V16, Version.V201)
WITHIN = timedelta(seconds=1.1)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("notation", LINES)
def test_a_conversation_comes_back_from_the_lines_of_a_logger(tmp_path: Path, notation: str, version: Version) -> None:
    """Frames would be missing, or be of the wrong charge point, direction or time."""
    frames = conversation(NAMES, version)
    path = tmp_path / "a.log"
    path.write_text("".join(f"{LINES[notation](frame)}\n" for frame in frames), encoding="utf-8")
    check(read(path), frames, WITHIN)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("notation", FILES)
def test_a_conversation_comes_back_from_the_file_of_a_platform(tmp_path: Path, notation: str, version: Version) -> None:
    """The same of an export."""
    frames = [replace(frame, raw=frame.raw.replace("x [2] y", "x | y")) for frame in conversation(NAMES, version)]
    path = tmp_path / "a.dat"
    path.write_text(FILES[notation](frames), encoding="utf-8")
    found = read(path)
    if found.records[0].kind is not RecordKind.CONNECTION:
        check(found, frames, WITHIN)
    else:  # a HAR tells of the connections too
        raws = {(one.charge_point, one.direction, one.raw) for one in found.records if one.raw is not None}
        assert raws == {(f.name, Direction.TO_CSMS if f.up else Direction.TO_CHARGE_POINT, f.raw) for f in frames}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("names", [("7", "12"), ("12345", "3"), ("Garage", "Courtyard"), NAMES])
@pytest.mark.parametrize("separator", ",;\t")
def test_the_charge_points_of_a_table_without_a_header_are_found(
    tmp_path: Path, names: Sequence[str], separator: str, version: Version
) -> None:
    """All frames would be of one nameless connection, and their answers crossed."""
    frames = conversation(names, version)
    for places in ((0, 1, 2, 3), (2, 3, 1, 0), (1, 0, 2, 3)):
        rows = [_quoted((utc(f), f.name, way(f, "in", "out"), f.raw), places, separator) for f in frames]
        path = tmp_path / f"{places}.csv"
        path.write_text("\n".join(rows) + "\n")
        check(read(path), frames, WITHIN)


def _quoted(cells: Sequence[str], places: Sequence[int], separator: str) -> str:
    doubled = [cell.replace('"', '""') for cell in cells]
    return separator.join(f'"{doubled[place]}"' for place in places)


@pytest.mark.parametrize("prefix", ["[7] {time} {way}", "{time} [7] {way}", "{time} #7 {way}:", "7 {time} {way}"])
def test_a_lone_number_in_front_of_each_line_is_the_connection(tmp_path: Path, prefix: str) -> None:
    """The connection that the file numbers would be nameless, though nothing else names it."""
    frames = [replace(frame, name="7") for frame in of_one(conversation(NAMES, Version.V16))]
    found = read(_written(tmp_path, frames, prefix))
    check(found, frames, WITHIN)
    assert all("charge point" in record.detail["guessed"] for record in found.records)
    assert any("number 7" in sentence for sentence in found.importer.evidence)


@pytest.mark.parametrize("prefix", ["{time} [7] INFO {way}", "<14>1 {time} gw csms {way}", "{time} {way} (1)"])
def test_a_number_of_a_thread_is_no_charge_point(tmp_path: Path, prefix: str) -> None:
    """A charge point would have the name of a thread, a priority of syslog or an opcode."""
    frames = of_one(conversation(NAMES, Version.V16))
    assert {record.charge_point for record in read(_written(tmp_path, frames, prefix)).records} == {""}


def test_the_number_of_a_program_is_not_that_of_two_charge_points(tmp_path: Path) -> None:
    """Two charge points that count their messages alike would be one."""
    found = read(_written(tmp_path, conversation(NAMES, Version.V16), "[7] {time} {way}"))
    assert {record.charge_point for record in found.records} == {""}
    assert len({record.connection for record in found.records}) == 2


def _written(folder: Path, frames: Sequence[Exchanged], prefix: str) -> Path:
    path = folder / "a.log"
    lines = [f"{prefix.format(time=utc(f), way=way(f, 'recv', 'send'))} {f.raw}" for f in frames]
    path.write_text("\n".join(lines) + "\n")
    return path


def test_a_path_with_one_charge_point_and_a_tenant_names_the_charge_point(tmp_path: Path) -> None:
    """All charge points of the tenant would be one."""
    frames = of_one(conversation(NAMES, Version.V16))
    check(read(_written(tmp_path, frames, "{time} /WN-0001/ocpp/acme {way}")), frames, WITHIN)
    check(read(_written(tmp_path, frames, "{time} /acme/ocpp/WN-0001 {way}")), frames, WITHIN)
    frames = [replace(frame, name="GARAGE") for frame in frames]
    check(read(_written(tmp_path, frames, "{time} /acme1/ocpp/GARAGE {way}")), frames, WITHIN)


@pytest.mark.parametrize("name", ["garage", "GARAGE", "Left-Door"])
@pytest.mark.parametrize(
    "path", ["/ocpp/acme/{}", "/ocpp1.6/acme/{}", "/ocpp/v16/acme/{}", "wss://a.example/ocpp/acme/{}"]
)
def test_a_charge_point_without_a_digit_is_named_behind_its_tenant(tmp_path: Path, path: str, name: str) -> None:
    """The frames of the only charge point of a tenant would be of nobody."""
    frames = [replace(frame, name=name) for frame in of_one(conversation(NAMES, Version.V16))]
    check(read(_written(tmp_path, frames, f"{{time}} {path.format(name)} {{way}}")), frames, WITHIN)


@pytest.mark.parametrize(
    ("lines", "ways"),
    [
        (['Heartbeat.conf sent [3,"9",{}]', 'Reset.conf received [3,"4",{}]'], "du"),
        (['Heartbeat.conf received [3,"9",{}]', 'Reset.conf sent [3,"4",{}]'], "du"),
        (['sent HeartbeatResponse: [3,"9",{}]', 'received ResetResponse: [3,"4",{}]'], "du"),
        (['Reset.conf sent [3,"9",{}]', 'DataTransfer.req received [2,"4","DataTransfer",{}]'], "ud"),
        (['Heartbeat.conf [3,"9",{}]', 'Reset.conf [3,"4",{}]'], "du"),
        (['Reset.conf sent [4,"9","E","",{}]', 'Heartbeat.conf received [4,"8","E","",{}]'], "ud"),
        (['Reset.req received [2,"9', 'DataTransfer.req received [2,"10","DataTransfer",{"vendorId":"x"}]'], "dd"),
        (['.conf received [3,"9",{"currentTime":"2026-03-01T10:00:00Z","interval":4,"status":"Accepted"}]'], "d"),
        (['.conf sent [3,"4",{"configurationKey":[],"unknownKey":[]}]'], "u"),
        (['.conf received [3,"4",{"configurationKey":[],"unknownKey":[]}]'], "u"),
    ],
)  # fmt: skip
def test_an_answer_without_its_call_has_the_direction_that_its_line_shows(
    tmp_path: Path, lines: list[str], ways: str
) -> None:
    """What the central system answered would seem to come from the charge point."""
    path = tmp_path / "a.log"
    path.write_text("".join(f"2026-03-01T10:00:0{number}Z CP-77 {line}\n" for number, line in enumerate(lines)))
    found = [record.direction for record in read(path, ImportOptions(version=Version.V16)).records]
    assert found == [Direction.TO_CSMS if one == "u" else Direction.TO_CHARGE_POINT for one in ways]
