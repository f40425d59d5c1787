from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from ocpptui.importing.connections.charge_point_names import Identities
from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.reader import ImportOptions
from ocpptui.ocpp.json_encoding import JSON
from ocpptui.ocpp.version import Direction, Version
from tests.importing.conversation import conversation, exchanges
from tests.importing.logger_lines import utc, way
from tests.importing.placed_names import PLACED_NAMES, SAID_BY_WORDS
from tests.importing.reading import check
from tests.importing.reading import read as read_file


def log(pattern: str, names: tuple[str, ...] = ("CP-77", "CP-78")) -> list[tuple[str, FoundFrame]]:
    """A boot and three exchanges of each charge point, its name in the pattern, with the name that is right."""
    lines = list[tuple[str, FoundFrame]]()
    for number in range(4):
        for name in names:
            for answer in (False, True):
                call = "BootNotification" if not number else "Heartbeat"
                frame = [3, f"{number}", {}] if answer else [2, f"{number}", call, {}]
                prefix = pattern.format(name=name, number=number, word="Sent" if answer else "Received")
                lines.append((name, FoundFrame(json.dumps(frame), line=len(lines) + 1, prefix=prefix)))
    return lines


def read(lines: list[tuple[str, FoundFrame]], chosen: str = "") -> list[str]:
    identities = Identities(chosen)
    for _, found in lines:
        identities.learn(found, JSON.read(found.raw))
    identities.settle()
    return [identities.of(found, JSON.read(found.raw))[0] for _, found in lines]


@pytest.mark.parametrize(
    "pattern",
    [
        "2026-03-01T10:00:0{number}Z [{name}] {word}: ",
        "2026-03-01T10:00:0{number}Z {name} - {word}: ",
        "10:00:0{number} {word} from {name} ",
        "10:00:0{number} INFO identity={name} {word} ",
        "10:00:0{number} ws://csms.example/ocpp/{name} {word} ",
        "10:00:0{number} Charger {name}: {word} ",
        "10:00:0{number} | {name} | {word} | ",
    ],
)
@pytest.mark.parametrize(
    "names",
    [("CP-77", "CP-78"), ("CP-A", "CP-B"), ("Charger-L", "Charger-R"), ("00:1A:2B:3C:4D:5E", "00:1A:2B:3C:4D:5F")],
)
def test_the_name_is_found_wherever_lines_have_it(pattern: str, names: tuple[str, ...]) -> None:
    """The frames of two chargers would be those of one, with their answers crossed."""
    lines = log(pattern, names)
    assert read(lines) == [name for name, _ in lines]


def test_the_user_overrules_the_lines() -> None:
    assert set(read(log("10:00:0{number} [{name}] {word}: "), "MINE")) == {"MINE"}


def test_a_placeholder_is_no_name() -> None:
    assert set(read(log("10:00:0{number} /ocpp/{{chargeBoxId}} {word} "))) == {""}


def test_the_method_that_writes_a_log_is_no_name() -> None:
    """`SendOcppMessage` would be the charge point of every answer."""
    lines = [("", FoundFrame('[3,"1",{}]', line=number, prefix="App.Ocpp => SendOcppMessage: ")) for number in range(4)]
    assert set(read(lines)) == {""}


def test_a_name_beside_a_version_needs_no_other_sign() -> None:
    lines = [("", FoundFrame('[2,"1","Heartbeat",{}]', line=1, prefix="info: Station_A:OCPP_2.0.1 Sending message "))]
    assert read(lines) == ["Station_A"]


@pytest.mark.parametrize("version", [Version.V16, Version.V201])
@pytest.mark.parametrize("place", PLACED_NAMES)
def test_a_conversation_comes_back_with_its_names_from_any_place(tmp_path: Path, place: str, version: Version) -> None:
    """The frames of two charge points would be those of one, or of a file, a thread or a tenant."""
    for frames in (conversation(("CP-77", "CP-78"), version), exchanges(("CP-77", "CP-78"), version)):
        path = tmp_path / "customer.log"
        path.write_text("".join(f"{PLACED_NAMES[place](frame)}\n" for frame in frames))
        check(read_file(path), frames, timedelta(seconds=1))


@pytest.mark.parametrize("place", ["tenant slash id", "tenant colon id", "tenant comma id"])
def test_a_name_without_its_tenant_is_said_to_be_a_guess(tmp_path: Path, place: str) -> None:
    """A charge point whose name has a slash would be called otherwise without a word."""
    path = tmp_path / "customer.log"
    path.write_text("".join(f"{PLACED_NAMES[place](one)}\n" for one in exchanges(("CP-77", "CP-78"), Version.V16)))
    found = read_file(path)
    assert all("charge point" in record.detail["guessed"] for record in found.records)
    assert any("without its tenant" in sentence for sentence in found.importer.evidence)
    told = read_file(path, ImportOptions(charge_point="acme/CP-77"))
    assert {record.charge_point for record in told.records} == {"acme/CP-77"}


def test_charge_points_of_two_tenants_with_one_name_are_two(tmp_path: Path) -> None:
    """The frames of two customers would be in one list."""
    frames = conversation(("CP-77", "CP-78"), Version.V16)
    path = tmp_path / "customer.log"
    path.write_text("".join(
        f"{utc(one)} {'acme' if one.name == 'CP-77' else 'other'}/CP-77 {way(one, 'recv', 'send')} {one.raw}\n"
        for one in frames
    ))  # fmt: skip
    names = {(one.name, record.charge_point) for one, record in zip(frames, read_file(path).records, strict=True)}
    assert names == {("CP-77", "CP-77"), ("CP-78", "other/CP-77")}


@pytest.mark.parametrize("word", ["empfangen", "reçu", "ricevuto", "odebrano", "received"])
@pytest.mark.parametrize("noun", ["Ladestation", "Ladesäule", "borne", "colonnina", "stacja", "Charger"])
def test_what_a_charge_point_did_is_not_its_name(tmp_path: Path, noun: str, word: str) -> None:
    path = tmp_path / "customer.log"
    path.write_text(f'2026-03-14T09:30:00Z {noun}: {word} [2,"1","Heartbeat",{{}}]\n')
    (record,) = read_file(path).records
    assert record.charge_point in ("", noun)
    assert record.direction is Direction.TO_CSMS


@pytest.mark.parametrize("version", [Version.V16, Version.V201])
@pytest.mark.parametrize(
    "names", [("Hof Süd 1", "Hof Süd 2"), ("Parkhaus Mitte 12", "Hof Nord 3"), ("CP-7", "CP-8"), ("berlin", "hamburg")]
)
@pytest.mark.parametrize("place", SAID_BY_WORDS)
def test_a_name_of_one_or_several_words_is_found_whole(
    tmp_path: Path, place: str, names: tuple[str, str], version: Version
) -> None:
    """Two charge points called Hof would be one, with their answers crossed."""
    frames = conversation(names, version)
    path = tmp_path / "customer.log"
    path.write_text("".join(f"{SAID_BY_WORDS[place](one)}\n" for one in frames), encoding="utf-8")
    check(read_file(path), frames, timedelta(seconds=1))


@pytest.mark.parametrize(
    "prefix",
    ["I (600000) MO: {}: ", "D (10:00:00.250) wallbox: {} ", "[600000][I][ocpp.cpp:12] MO: {} "],
)
def test_the_tag_of_an_embedded_logger_is_no_charge_point(tmp_path: Path, prefix: str) -> None:
    """The screen would list a charge point called MO, after a module of its firmware."""
    frames = conversation(("CP-7", "CP-7"), Version.V16)
    path = tmp_path / "customer.log"
    path.write_text("".join(f"{prefix.format(way(one, 'recv', 'send'))}{one.raw}\n" for one in frames))
    assert {record.charge_point for record in read_file(path).records} == {""}


def test_a_word_that_all_lines_have_is_a_guess(tmp_path: Path) -> None:
    """It may be the name of a charge point as well as that of a logger; unmarked, it would pass for a fact."""
    frames = exchanges(("garage", "garage"), Version.V16)
    path = tmp_path / "customer.log"
    path.write_text("".join(f"{utc(one)} {one.name}: {way(one, 'recv', 'send')} {one.raw}\n" for one in frames))
    records = read_file(path).records
    assert {record.charge_point for record in records} == {"garage"}
    assert all("charge point" in record.detail["guessed"] for record in records)


def stating(*lines: str, version: Version = Version.V16) -> str:
    """A log of which only these lines, which have no frame, may say whose it is."""
    frames = [one for one in exchanges(("CP-77", "CP-77"), version) if one.name == "CP-77"]
    said = [f"{utc(one)} info: {way(one, 'received', 'sent')} message {one.raw}\n" for one in frames]
    far_above = [
        "info: Ready",
        "info: Opening",
        "info: Waiting",
        "info: Going on",
    ]  # what is near may belong to a frame
    return "".join([*(f"{line}\n" for line in (*lines, *far_above)), *said])


@pytest.mark.parametrize("version", [Version.V16, Version.V201])
@pytest.mark.parametrize("quote", ["'", '"', ""])
@pytest.mark.parametrize(
    "line",
    [
        "  chargePointId: {},",
        "  charge_point_id: {}",
        "Connection request with chargepoint identifier = {}",
        "  ocppVersion: '1.6', chargingStationId: {}, port: 9999",
        '  "stationId": {},',
        "Config(url='ws://localhost:9000', cp_id={})",
        "[INFO] Charge Box Identity: {}",
    ],
)
@pytest.mark.parametrize("name", ["vcp_16_test", "my_station_ID1", "DE*ABC*E1"])
def test_an_id_that_only_a_line_without_a_frame_states_is_taken(
    tmp_path: Path, name: str, line: str, quote: str, version: Version
) -> None:
    """A log that prints its settings once would be of a charge point without an id."""
    path = tmp_path / "customer.log"
    path.write_text(stating("info: Connecting... | {", line.format(f"{quote}{name}{quote}"), "}", version=version))
    found = read_file(path)
    assert {record.charge_point for record in found.records} == {name}
    assert all("charge point" in record.detail["guessed"] for record in found.records)
    assert f"The charge point is the only id that the lines without a frame state: {name}." in found.importer.evidence


@pytest.mark.parametrize(
    "value",
    [
        "'<your id>'",
        "'{chargeBoxId}'",
        "'my_charge_point'",
        "undefined",
        "null",
        "''",
        "string;",
        "process.env.CP1",
        "1",
    ],
)
def test_a_placeholder_behind_the_key_for_an_id_is_no_id(tmp_path: Path, value: str) -> None:
    path = tmp_path / "customer.log"
    path.write_text(stating(f"  chargePointId: {value},"))
    assert {record.charge_point for record in read_file(path).records} == {""}


def test_of_several_ids_in_lines_without_a_frame_none_is_taken(tmp_path: Path) -> None:
    """The frames of one charge point would be those of another."""
    path = tmp_path / "customer.log"
    path.write_text(stating("  chargePointId: 'CP-77',", "  chargePointId: 'CP-78',", "  chargePointId: 'CP-79',"))
    found = read_file(path)
    assert {record.charge_point for record in found.records} == {""}
    assert "The lines without a frame state several ids, and no frame says to which it belongs." in (
        found.importer.evidence
    )


def test_the_name_in_the_line_of_a_frame_counts_more_than_a_key_elsewhere(tmp_path: Path) -> None:
    frames = exchanges(("CP-77", "CP-78"), Version.V16)
    path = tmp_path / "customer.log"
    path.write_text(
        "  chargePointId: 'OTHER-1'\n"
        + "".join(f"{utc(one)} [{one.name}] {way(one, 'received', 'sent')} {one.raw}\n" for one in frames)
    )
    check(read_file(path), frames, timedelta(seconds=1))
