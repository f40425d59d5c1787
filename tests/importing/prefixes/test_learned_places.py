"""A field or column that says who wrote a line names the charge point only where each wrote its own lines."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ocpptui.ocpp.date_times import micros_of
from ocpptui.ocpp.version import Version
from tests.importing.conversation import Exchanged, conversation
from tests.importing.logger_lines import utc, way
from tests.importing.reading import check, read

VERSIONS = pytest.mark.parametrize("version", [Version.V16, Version.V201])
NAMES = pytest.mark.parametrize("names", [("CP-7", "CP-8"), ("berlin", "hamburg")])
WITHIN = timedelta(milliseconds=2)


def _table(column: str, frames: Sequence[Exchanged], writer: Callable[[Exchanged], str]) -> str:
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(["time", column, "direction", "message"])
    rows.writerows([utc(one), writer(one), way(one, "in", "out"), one.raw] for one in frames)
    return text.getvalue()


def _name(frame: Exchanged) -> str:
    return frame.name


@VERSIONS
@NAMES
@pytest.mark.parametrize("column", ["source", "host", "device", "station", "logger", "@logStream", "kulku"])
def test_a_column_has_the_name_whatever_it_is_called(
    tmp_path: Path, column: str, names: tuple[str, str], version: Version
) -> None:
    """Two charge points would be one without a name."""
    frames = conversation(names, version)
    path = tmp_path / "export.csv"
    path.write_text(_table(column, frames, _name))
    check(read(path), frames, WITHIN)


@VERSIONS
@NAMES
@pytest.mark.parametrize("field", ["logStream", "logStreamName", "host", "source", "logger", "name"])
def test_a_field_has_the_name_whatever_it_is_called(
    tmp_path: Path, field: str, names: tuple[str, str], version: Version
) -> None:
    frames = conversation(names, version)
    path = tmp_path / "export.json"
    path.write_text("\n".join(
        json.dumps({field: one.name, "timestamp": micros_of(one.time) // 1000, "message": _line(one)})
        for one in frames
    ))  # fmt: skip
    found = read(path)
    check(found, frames, WITHIN)
    assert all("charge point" in record.detail["guessed"] for record in found.records)
    assert any(f"the name in the field {field}: {names[0]}, {names[1]}" in one for one in found.importer.evidence)


def _line(frame: Exchanged) -> str:
    return f"{way(frame, 'recv', 'send')} {frame.raw}"


@VERSIONS
@pytest.mark.parametrize("pattern", ["ocpp/{}/2026-03-14", "2026/03/14/{}", "ocpp/{}"])
def test_a_stream_of_a_day_has_the_name_in_its_path(tmp_path: Path, pattern: str, version: Version) -> None:
    """The name of the charge point would be the day."""
    frames = conversation(("CP-7", "CP-8"), version)
    path = tmp_path / "export.json"
    stream = [
        {"logStreamName": pattern.format(one.name), "timestamp": micros_of(one.time) // 1000, "message": _line(one)}
        for one in frames
    ]
    path.write_text(json.dumps({"events": stream}))
    check(read(path), frames, WITHIN)


def _of_process(frame: Exchanged) -> str:
    return f"gw-{int(frame.raw.encode().hex(), 16) % 2}"


@pytest.mark.parametrize(
    "writer",
    [lambda f: "gw-01", lambda f: f"ip-10-0-0-{f.name[-1]}", lambda f: f"i-0abcdef{f.name[-1]}", _of_process],
    ids=["one for all", "by its address", "a machine of a cloud", "one of two by chance"],
)
def test_the_host_of_a_central_system_is_no_charge_point(tmp_path: Path, writer: Callable[[Exchanged], str]) -> None:
    """Its charge points would be listed under the name of a machine."""
    frames = conversation(("CP-7", "CP-8"), Version.V16)
    path = tmp_path / "export.csv"
    path.write_text(_table("host", frames, writer))
    assert {record.charge_point for record in read(path).records} == {""}


def test_a_host_with_several_charge_points_names_none(tmp_path: Path) -> None:
    """Two hosts of a central system, each with two charge points, look like two charge points until these boot."""
    frames = [
        replace(
            one, name=f"gw-{group}", time=one.time + timedelta(hours=group), raw=one.raw.replace("SN", f"S{group}N")
        )
        for group in (1, 2)
        for one in conversation(("CP-7", "CP-8"), Version.V16)
    ]
    path = tmp_path / "export.csv"
    path.write_text(_table("host", frames, _name))
    assert {record.charge_point for record in read(path).records} == {""}


def test_a_log_for_each_day_has_one_charge_point(tmp_path: Path) -> None:
    """It would be two, called by the days."""
    day = [one for one in conversation(("CP-7", "CP-8"), Version.V16) if one.name == "CP-7"]
    frames = [replace(one, name=f"KW{10 + n}", time=one.time + timedelta(days=7 * n)) for n in (0, 1) for one in day]
    path = tmp_path / "export.csv"
    path.write_text(_table("source", frames, _name))
    assert {record.charge_point for record in read(path).records} == {""}


def test_the_serial_number_of_a_boot_confirms_the_only_host(tmp_path: Path) -> None:
    """The log of one charge point would be of nobody."""
    frames = [one for one in conversation(("SN0", "CP-8"), Version.V16) if one.name == "SN0"]
    path = tmp_path / "export.csv"
    path.write_text(_table("host", frames, _name))
    assert {record.charge_point for record in read(path).records} == {"SN0"}
