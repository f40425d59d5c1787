"""Real logs of real charge points: a support engineer opens what the customer sent, and nothing is missing."""

from __future__ import annotations

import csv
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ocpptui.importing.words.action_names import only_sender
from ocpptui.ocpp.date_times import time_of
from ocpptui.ocpp.judgement import Verdict
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import Direction, Version
from ocpptui.timeline.record import RecordKind
from tests.importing.reading import Read, read

CAPTURES = Path(__file__).resolve().parents[3] / "shared" / "captures"
INDEX: list[dict[str, str]] = []
if CAPTURES.exists():
    INDEX += csv.DictReader((CAPTURES / "index.tsv").read_text().splitlines(), delimiter="\t")

FACTS = {
    row["file"]: row
    for row in csv.DictReader((Path(__file__).parent / "captures.tsv").read_text().splitlines(), delimiter="\t")
}
"""What a reader of each capture sees in it: its charge point, the times of the first frame and the last and by what
they are in UTC, and which answers belong to which calls, by their numbers from 0."""
PRINTED = {"lbbrhzn-ocpp-1144-huawei-metervalue-object.txt": {"frames": 1, "calls": 1, "calls_cp_to_csms": 1}}
"""Frames that a program prints as its own objects; the index counts those in JSON only."""
ZONES = {
    "stated": "",
    "here": "the local time of this machine is assumed",
    "of payloads": "No line has a time",
    "of the file": "the time of the file is assumed",
}
"""What is said of the zone, unless it is the one in the table."""

pytestmark = pytest.mark.skipif(not INDEX, reason="the real captures are not part of the project")


@pytest.fixture(autouse=True)
def universal(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Treat times without a zone as UTC, wherever the tests run."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def opened(start: str) -> Read:
    return read(next(CAPTURES.glob(f"{start}*")))


@pytest.mark.parametrize("row", INDEX, ids=[row["file"] for row in INDEX])
def test_every_frame_of_every_capture_is_found(row: dict[str, str]) -> None:
    """Frames, calls, results, errors and the directions of the calls match a count by hand."""
    records = read(CAPTURES / row["file"]).records
    kinds = [record.kind for record in records]
    counts = {
        "frames": sum(kind.is_message and kind is not RecordKind.MALFORMED for kind in kinds),
        "calls": kinds.count(RecordKind.CALL),
        "results": kinds.count(RecordKind.CALLRESULT),
        "errors": kinds.count(RecordKind.CALLERROR),
    }
    for direction, column in ((Direction.TO_CSMS, "calls_cp_to_csms"), (Direction.TO_CHARGE_POINT, "calls_csms_to_cp")):
        counts[column] = sum(
            record.kind is RecordKind.CALL
            and record.direction is direction
            and only_sender(_action(record.raw)) is not None
            for record in records
        )
    if row["frames"].startswith("~"):
        assert all(count >= int(row[name].lstrip("~")) for name, count in counts.items())
    else:
        printed = PRINTED.get(row["file"], {})
        assert counts == {name: int(row[name]) + printed.get(name, 0) for name in counts}


def _action(raw: str | bytes | None) -> str:
    match = re.match(r"\[\s*2\s*,\s*(?:\"[^\"]*\"|\d+)\s*,\s*\"(\w+)", str(raw))
    return match[1] if match else ""


@pytest.mark.parametrize(
    ("start", "broken"),
    [
        ("evcc-10109", 3), ("evcc-14040", 2), ("evcc-17979", 2), ("evcc-29190", 1), ("lbbrhzn-docs", 7),
        ("lbbrhzn-ocpp-1426", 1), ("lbbrhzn-ocpp-176", 1),
        ("lbbrhzn-ocpp-1827", 2), ("steve-1916", 2), ("tool-microocpp201-vs-ocppgo.cp", 1),
    ],
)  # fmt: skip
def test_truncated_and_malformed_frames_are_kept_with_their_text(start: str, broken: int) -> None:
    """A truncated frame is often the one that matters; what may be a secret in it is masked."""
    found = opened(start)
    malformed = [record.raw for record in found.records if record.kind is RecordKind.MALFORMED]
    assert len(malformed) == broken
    text = next(CAPTURES.glob(f"{start}*")).read_text()
    assert all(isinstance(raw, str) and len(raw) > 20 for raw in malformed)
    assert all(part in text for raw in malformed for part in str(raw).split("***"))


def test_a_call_that_a_backend_prints_with_its_error_shows_what_is_wrong_with_it() -> None:
    """The user would see a broken frame where the charge point sent an object in place of an array."""
    found = opened("lbbrhzn-ocpp-1144")
    assert [rule.path for rule in found.timeline.violations(0)] == ["$.meterValue"]


@pytest.mark.parametrize(
    ("start", "identities"),
    [
        ("evcc-10109", {"EVB-P21124929"}), ("evcc-14040", {"224855"}), ("evcc-14579", {"Ladestation"}),
        ("evcc-14733", {"EVB-P21302000"}), ("evcc-15874", {"SN10052307203612"}), ("evcc-30943", {"240"}),
        ("evcc-6817", {"TACW****"}), ("ha-sn", {"sn123456789"}), ("lbbrhzn-docs", {"pulsar"}),
        ("lbbrhzn-ocpp-1148", {"0311304103123230841"}), ("lbbrhzn-ocpp-1426", {"GRS-1700003D6FF"}),
        ("lbbrhzn-ocpp-176", {""}), ("lbbrhzn-ocpp-1827", {"AL0010A1GR3V007100"}),
        ("lbbrhzn-ocpp-2-", {"WallboxPulsar"}), ("lbbrhzn-ocpp-677", {"charger"}), ("libocpp-495", {"lesbos_left"}),
        ("microocpp-363", {"ABCD"}), ("mobilityhouse-697", {"xZLQKgJQ"}), ("sensorsiot-actec-decimal", {"Actec"}),
        ("steve-1916", {"100"}), ("tool-microocpp201-vs-ocppgo.cp", {"MO201"}), ("tool-vcp21", {"VCP21"}),
    ],
)  # fmt: skip
def test_the_charge_point_is_the_one_named_in_the_lines(start: str, identities: set[str]) -> None:
    """In a log of a hundred charge points, nobody would find the one that fails."""
    assert {record.charge_point for record in opened(start).records} == identities


@pytest.mark.parametrize(
    ("start", "first", "last"),
    [
        ("evcc-10109", "2023-10-11T11:40:20Z", "2023-10-11T11:40:21Z"),
        ("evcc-14579", "2024-06-23T10:12:20Z", "2024-06-23T10:12:37Z"),
        ("evcc-30943", "2026-06-17T02:03:28Z", "2026-06-17T02:03:28Z"),
        ("ha-sn", "2025-11-03T11:53:39.370Z", "2025-11-03T11:53:39.376Z"),
        ("lbbrhzn-docs", "2022-03-16T16:35:40Z", "2022-03-16T16:35:40Z"),
        ("lbbrhzn-ocpp-1148", "2024-05-06T09:45:54.742Z", "2024-05-06T09:45:54.888Z"),
        ("lbbrhzn-ocpp-1827", "2025-12-13T23:54:09.506Z", "2025-12-13T23:54:12.059Z"),
        ("lbbrhzn-ocpp-677", "2022-11-06T11:46:23.582Z", "2022-11-06T11:46:23.583Z"),
        ("libocpp-495", "2024-02-26T09:10:45.446Z", "2024-02-26T09:10:45.990Z"),
        ("spsrathore-quench-ts0064", "2026-03-13T05:01:20.643Z", None),
        ("pypi-ocpp-lens", "2024-03-15T08:00:01Z", None),
        ("steve-1916", "2025-12-13T16:30:16.627Z", None),
        ("tool-shiv3", "2026-11-22T23:18:30.416Z", None),
    ],
)
def test_a_frame_has_the_time_of_its_line(start: str, first: str, last: str | None) -> None:
    """A support case depends on the times; without a zone and a time in a payload, they are UTC here."""
    records = [record for record in opened(start).records if record.kind.is_message]
    assert records[0].time == time_of(first)
    if last is not None:
        assert records[-1].time == time_of(last)


@pytest.mark.parametrize("name", [row["file"] for row in INDEX])
def test_each_capture_says_what_a_reader_sees_in_it(name: str) -> None:
    """Whose frames they are, when they were sent, by which zone, and which answer belongs to which call."""
    found, facts = read(CAPTURES / name), FACTS[name]
    records, timeline, evidence = found.records, found.timeline, found.importer.evidence
    assert {record.charge_point for record in records} <= {facts["charge_point"]}
    numbers = {index: number for number, index in enumerate(n for n, one in enumerate(records) if one.kind.is_message)}
    if facts["first"]:
        times = [records[index].time for index in numbers]
        assert (times[0], times[-1]) == (time_of(facts["first"]), time_of(facts["last"]))
    said = ZONES.get(facts["zone"], facts["zone"])
    of_zones = [one for one in evidence if any(word in one for word in (" zone", *filter(None, ZONES.values())))]
    assert len(of_zones) == bool(said)
    assert all(said in one for one in of_zones)
    halves = [(timeline.other_half(answer), answer) for answer in numbers]
    assert [
        f"{numbers[call]}-{numbers[answer]}" for call, answer in halves if call is not None and call < answer
    ] == facts["pairs"].split()


STATED = {
    "evcc-15022-eprowallbox.log": {5: "opened"},
    "evcc-6817-abb-terra-old-evcc.log": {6: "opened"},
    "lbbrhzn-docs-debugging.md": {32: "opened"},
    "microocpp-363-esp32-interleaved.log": {1: "opened"},
    "mobilityhouse-697-simplecharge.log": {1: "opened"},
    "sensorsiot-actec-errors.md": {52: "opened", 97: "closed", 121: "closed"},
    "tool-microocpp201-vs-ocppgo.cp.log": {18: "opened"},
    "tool-shiv3-201.cp.log": {1: "opened", 47: "closed"},
    "tool-vcp21-vs-mobilityhouse.csms.log": {1: "opened"},
}
"""The lines that state an event, found by hand; of two that state the same one, the first."""


@pytest.mark.parametrize("name", [row["file"] for row in INDEX])
def test_each_line_that_states_an_event_is_one_and_no_other(name: str) -> None:
    """Prose about connections, and what else connects, is in these files too."""
    found = read(CAPTURES / name)
    assert {
        found.importer.place_of(index)[1]: record.detail["event"]
        for index, record in enumerate(found.records)
        if record.kind is RecordKind.CONNECTION
    } == STATED.get(name, {})


def test_a_missing_zone_is_inferred_from_the_times_in_payloads() -> None:
    """A log in the customer's local time would be hours off the times in its payloads."""
    found = opened("lbbrhzn-ocpp-2-")
    answer = next(record for record in found.records if '"currentTime"' in str(record.raw))
    assert abs(answer.time - (time_of("2021-03-17T19:24:56.096082") or 0)) < 2_000_000
    assert any("UTC+01:00" in sentence for sentence in found.importer.evidence)


def test_the_version_is_inferred_from_the_frames() -> None:
    """All 2.0.1 payloads would be invalid if they were read as 1.6."""
    for start, version in (("tool-microocpp201-vs-ocppgo.cp", "2.0.1"), ("tool-shiv3", "2.0.1"), ("evcc-8116", "1.6")):
        assert {str(record.version) for record in opened(start).records} == {version}


def test_both_sides_of_the_conversation_are_distinguished() -> None:
    """`send` means the side that writes the log: sometimes a central system, sometimes a charge point."""
    for start in ("libocpp-495", "microocpp-136", "tool-microocpp201-vs-ocppgo.cp", "spsrathore-quench-client"):
        found = opened(start)
        boots = [record for record in found.records if record.kind is RecordKind.CALL]
        assert boots
        for index in range(len(found.timeline)):
            other = found.timeline.other_half(index)
            if other is not None:
                assert found.timeline.direction(index) is not found.timeline.direction(other)


def test_every_soap_capture_opens() -> None:
    """OCPP 1.2, 1.5 and 1.6 over SOAP: each file is one request of a charge point."""
    paths = sorted((CAPTURES / "soap").glob("*.http"))
    assert paths
    for path in paths:
        found = read(path)
        (record,) = found.records
        _, spoken, _, action = path.stem.split("-")
        version = Version(spoken.removeprefix("ocpp").removesuffix("S"))
        assert (record.kind, record.direction, record.version) == (RecordKind.CALL, Direction.TO_CSMS, version)
        assert isinstance(record.frame, Message)
        assert (record.frame.action, record.frame.defects) == (action, ())
        assert record.charge_point == f"SOAP{spoken.removeprefix('ocpp')}"
        assert found.timeline.verdict(0) is (Verdict.VALID)
