"""Conversations in what collectors of events, brokers and tracers write come back as they were."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from ocpptui.ocpp.version import Version
from tests.importing.collector_notations import FILES, LINES, NAMELESS, NAMELESS_FILES
from tests.importing.conversation import conversation, of_one
from tests.importing.logger_lines import utc, way
from tests.importing.reading import check, read

NAMES = ("WN-0001", "WN-0002")
VERSIONS = (Version.V16, Version.V201)
WITHIN = timedelta(seconds=1.1)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("notation", LINES)
def test_a_conversation_comes_back_from_the_lines_of_a_collector(
    tmp_path: Path, notation: str, version: Version
) -> None:
    """Frames would be missing, or be of the wrong charge point, direction or time."""
    frames = conversation(NAMES, version)
    path = tmp_path / "a.log"
    path.write_text("".join(f"{LINES[notation](frame)}\n" for frame in frames), encoding="utf-8")
    check(read(path), frames, WITHIN)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("notation", FILES)
def test_a_conversation_comes_back_from_the_file_of_a_collector(
    tmp_path: Path, notation: str, version: Version
) -> None:
    """The fields of an entry are in lines of their own: its time and its charge point would be lost."""
    frames = conversation(NAMES, version)
    path = tmp_path / "a.txt"
    path.write_text(FILES[notation](frames), encoding="utf-8")
    check(read(path), frames, WITHIN)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("notation", NAMELESS)
def test_the_number_of_a_connection_tells_two_apart_and_names_nobody(
    tmp_path: Path, notation: str, version: Version
) -> None:
    """The screen would list a charge point called 11, or cross the answers of two that nobody names."""
    frames = conversation(NAMES, version)
    path = tmp_path / "a.log"
    path.write_text("".join(f"{NAMELESS[notation](frame)}\n" for frame in frames), encoding="utf-8")
    found = read(path)
    check(found, [replace(frame, name="") for frame in frames], WITHIN)
    assert len({record.connection for record in found.records}) == 2


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("notation", NAMELESS_FILES)
def test_the_columns_of_a_connection_tell_two_apart_and_name_nobody(
    tmp_path: Path, notation: str, version: Version
) -> None:
    """The number of a stream or an address would be a charge point, or the answers would be crossed."""
    frames = conversation(NAMES, version)
    path = tmp_path / "a.csv"
    path.write_text(NAMELESS_FILES[notation](frames), encoding="utf-8")
    check(read(path), [replace(frame, name="") for frame in frames], WITHIN)


def test_two_tenants_may_have_a_charge_point_of_one_name(tmp_path: Path) -> None:
    """The charge points of two customers would be one, with their answers crossed."""
    frames = [replace(f, name=f"{f.name[-1]}:CP") for f in conversation(NAMES, Version.V16)]
    path = tmp_path / "a.log"
    path.write_text("".join(f"{utc(f)} {way(f, 'recv', 'send')} {f.name}: {f.raw}\n" for f in frames))
    check(read(path), [replace(f, name=f.name.removeprefix("1:")) for f in frames], WITHIN)


@pytest.mark.parametrize("names", [("garage", "yard"), ("GARAGE", "Yard"), NAMES])
def test_the_segment_of_a_path_that_varies_is_the_charge_point(tmp_path: Path, names: tuple[str, str]) -> None:
    """`garage/ocpp/acme` is not what the customer calls it."""
    frames = conversation(names, Version.V16)
    path = tmp_path / "a.log"
    path.write_text("".join(f"{utc(f)} /{f.name}/ocpp/acme {way(f, 'recv', 'send')} {f.raw}\n" for f in frames))
    check(read(path), frames, WITHIN)


NUMBERED = {
    "before": "{time} {name} {way} {raw}",
    "behind": "{time} {way} from {name} {raw}",
    "dash": "{time} INFO {name} - {way}: {raw}",
}
"""Lines in which nothing shows where a name ends but the words around it."""


@pytest.mark.parametrize("names", [("Garage 2", "Garage 3"), ("Garage 1", "Yard 2"), ("Hof Nord 1", "Hof Ost 2")])
@pytest.mark.parametrize("notation", NUMBERED)
def test_the_number_behind_a_name_is_part_of_it(tmp_path: Path, notation: str, names: tuple[str, str]) -> None:
    """Two garages of a customer would be one, or have the name of another one."""
    frames = conversation(names, Version.V16)
    path = tmp_path / "a.log"
    lines = [NUMBERED[notation].format(time=utc(f), name=f.name, way=way(f, "recv", "send"), raw=f.raw) for f in frames]
    path.write_text("\n".join(lines))
    check(read(path), frames, WITHIN)


def test_a_name_with_a_number_is_found_by_itself(tmp_path: Path) -> None:
    """The frames of the only charge point would be of nobody."""
    frames = of_one(conversation(("Garage 2", ""), Version.V16))
    path = tmp_path / "a.log"
    path.write_text("".join(f"{utc(f)} {f.name} {way(f, 'recv', 'send')} {f.raw}\n" for f in frames))
    check(read(path), frames, WITHIN)


def test_the_number_of_a_connector_behind_a_name_is_not_part_of_it(tmp_path: Path) -> None:
    """A charge point with two connectors would be two."""
    frames = conversation(("Garage", "Yard"), Version.V16)
    lines = [
        f"{utc(f)} {f.name} {1 + int(f.raw.split(chr(34))[1]) % 2} {way(f, 'recv', 'send')} {f.raw}" for f in frames
    ]
    path = tmp_path / "a.log"
    path.write_text("\n".join(lines))
    check(read(path), frames, WITHIN)


def test_a_malformed_frame_over_two_lines_is_one(tmp_path: Path) -> None:
    """There would be two malformed frames where one was sent, and the second would be of nobody."""
    path = tmp_path / "a.log"
    lines = ['2026-03-01T10:00:00Z CP-77 recv [2,"8","Authorize",', '{"idToken":{"idToken":"T9","type":"Central"}]']
    path.write_text("\n".join([*lines, '2026-03-01T10:00:01Z CP-77 send [4,"8","FormatViolation","",{}]\n']))
    found = read(path)
    assert found.raws == ["\n".join(lines).partition("recv ")[2], '[4,"8","FormatViolation","",{}]']
    assert found.timeline.other_half(0) == 1


def test_the_level_and_the_logger_are_no_charge_point(tmp_path: Path) -> None:
    """The screen would list a charge point called `INFO:COM`."""
    frames = [replace(f, name="") for f in of_one(conversation(NAMES, Version.V16))]
    path = tmp_path / "a.log"
    path.write_text("".join(f"1234_{utc(f)}:INFO:COM:{way(f, 'Send', 'Received')}: {f.raw}\n" for f in frames))
    check(read(path), frames, WITHIN)


def test_a_name_in_a_path_is_decoded(tmp_path: Path) -> None:
    """The customer calls it `Garage Left`, and the client has to encode that."""
    frames = conversation(("Garage Left", "Garage Right"), Version.V16)
    path = tmp_path / "a.log"
    path.write_text("".join(f"{utc(f)} /ocpp/{quote(f.name)} {way(f, 'recv', 'send')} {f.raw}\n" for f in frames))
    check(read(path), frames, WITHIN)


def test_nothing_in_a_frame_is_taken_for_markdown(tmp_path: Path) -> None:
    """A frame that is no JSON would be shown as one: only escapes outside of it say that a line is in Markdown."""
    raw = r'[2,"a1","DataTransfer",{"vendorId":"a\_b"}]'
    path = tmp_path / "a.log"
    path.write_text(f"2026-03-01T10:00:00Z CP-77 recv {raw}\n")
    assert read(path).raws == [raw]
