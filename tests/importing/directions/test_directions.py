from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from ocpptui.importing.directions.directions import Directions, LoggedFrame
from ocpptui.importing.found_frame import Flow
from ocpptui.ocpp.json_encoding import JSON
from ocpptui.ocpp.message import Malformed, Message
from ocpptui.ocpp.version import Direction, Role, Version
from tests.importing.conversation import conversation
from tests.importing.logger_lines import Line, utc, way
from tests.importing.reading import check, read

UP, DOWN = Direction.TO_CSMS, Direction.TO_CHARGE_POINT
SENT, RECEIVED = Flow.SENT, Flow.RECEIVED


def frame(raw: str) -> Message | Malformed:
    return JSON.read(raw)


def directions(
    lines: list[tuple[str, str, Flow | None]], side: Role | None = None
) -> tuple[Directions, list[Direction]]:
    """What is found of these frames, each with its action, on one connection."""
    found = Directions(side)
    for number, (raw, action, flow) in enumerate(lines, 1):
        found.note(LoggedFrame(number, 1, frame(raw), action, flow=flow))
    told = [
        found.of(LoggedFrame(number, 1, frame(raw), action, flow=flow), Version.V16)[0]
        for number, (raw, action, flow) in enumerate(lines, 1)
    ]
    return found, told


def test_words_are_those_of_the_side_that_its_actions_show() -> None:
    """In the log of a charger, what was received would go up."""
    found, told = directions(
        [
            ('[2,"1","BootNotification",{}]', "BootNotification", SENT),
            ('[3,"1",{}]', "", RECEIVED),
            ('[2,"7","DataTransfer",{"vendorId":"x"}]', "DataTransfer", RECEIVED),
        ]
    )
    assert told == [UP, DOWN, DOWN]
    assert "charge point wrote this" in found.evidence


def test_the_logs_of_both_sides_in_one_file_are_read_each_by_its_own() -> None:
    _, told = directions(
        [
            ('[2,"1","BootNotification",{}]', "BootNotification", SENT),
            ('[2,"2","DataTransfer",{"vendorId":"x"}]', "DataTransfer", SENT),
            ('[2,"1","BootNotification",{}]', "BootNotification", RECEIVED),
            ('[2,"9","DataTransfer",{"vendorId":"x"}]', "DataTransfer", SENT),
        ]
    )
    assert told == [UP, UP, UP, DOWN]


def test_an_answer_goes_against_its_own_call() -> None:
    """Both sides have a call of one id open; each answer goes to the one whose schema it fits."""
    _, told = directions(
        [
            ('[2,"1","Heartbeat",{}]', "Heartbeat", None),
            ('[2,"1","Reset",{"type":"Soft"}]', "Reset", None),
            ('[3,"1",{"currentTime":"2026-01-01T00:00:00Z"}]', "", None),
        ]
    )
    assert told == [UP, DOWN, DOWN]


def test_the_user_overrules_what_the_words_suggest() -> None:
    found, told = directions([('[2,"1","DataTransfer",{"vendorId":"x"}]', "DataTransfer", SENT)], Role.CHARGE_POINT)
    assert told == [UP]
    assert found.evidence == "The charge point wrote this, as the user says."


def test_nothing_known_is_a_guess() -> None:
    found = Directions()
    direction, is_guess = found.of(LoggedFrame(1, 1, frame('[2,"1","DataTransfer",{}]'), "DataTransfer", flow=SENT))
    assert (direction, is_guess) == (DOWN, True)
    assert "assumed" in found.evidence


def test_words_that_are_beside_the_frames_of_one_side_alone_mean_that_side() -> None:
    """A DataTransfer of the central system would seem to come from the charge point, because no list has its word."""
    found = Directions()
    lines = [
        ('[2,"1","BootNotification",{}]', "BootNotification", "CP-1 C2S"), ('[3,"1",{}]', "", "CP-1 S2C"),
        ('[2,"2","Heartbeat",{}]', "Heartbeat", "CP-1 C2S"), ('[3,"2",{}]', "", "CP-1 S2C"),
        ('[2,"7","DataTransfer",{"vendorId":"x"}]', "DataTransfer", "CP-1 S2C"),
        ('[2,"8","DataTransfer",{"vendorId":"x"}]', "DataTransfer", "CP-1 C2S"),
    ]  # fmt: skip
    logged = [
        LoggedFrame(number, 1, frame(raw), action, words=words) for number, (raw, action, words) in enumerate(lines, 1)
    ]
    for one in logged:
        found.note(one)
    assert [found.of(one) for one in logged[-2:]] == [(DOWN, True), (UP, True)]
    assert "S0C" in found.evidence


def test_words_that_are_beside_the_frames_of_both_sides_mean_neither() -> None:
    found = Directions()
    lines = [('[2,"1","BootNotification",{}]', "BootNotification"), ('[2,"2","Reset",{}]', "Reset")] * 2
    for number, (raw, action) in enumerate(lines, 1):
        found.note(LoggedFrame(number, 1, frame(raw), action, words="request"))
    one = LoggedFrame(9, 1, frame('[2,"7","DataTransfer",{}]'), "DataTransfer", words="request")
    assert found.of(one) == (UP, True)
    assert found.evidence == ""


PARTIES = ("CSMS", "Backend", "EaseeCloud", "acme-csms", "ocpp-server-01", "csms.example.com", "CSMS02")
LINES: dict[str, Line] = {
    "a digit": lambda f: f"{utc(f)} {f.name} dir={way(f, '0', '1')} {f.raw}",
    "signs": lambda f: f"{utc(f)} {f.name} {way(f, '+', '-')} {f.raw}",
    "letters": lambda f: f"{utc(f)} {f.name} {way(f, 'R', 'S')} {f.raw}",
    "who": lambda f: f"{utc(f)} {f.name} {way(f, 'from charger', 'from server')}: {f.raw}",
    "an arrow between nouns": lambda f: f"{utc(f)} {f.name} {way(f, 'CS <- CP', 'CS -> CP')} {f.raw}",
}


@pytest.mark.parametrize("version", [Version.V16, Version.V201])
@pytest.mark.parametrize("line", LINES)
def test_a_conversation_comes_back_whatever_means_the_direction(tmp_path: Path, line: str, version: Version) -> None:
    """A DataTransfer, which either side may send, would go the wrong way."""
    frames = conversation(("CP-77", "CP-78"), version)
    path = tmp_path / "a.log"
    path.write_text("".join(f"{LINES[line](one)}\n" for one in frames))
    check(read(path), frames, timedelta(milliseconds=1))


@pytest.mark.parametrize("party", PARTIES)
def test_an_arrow_shows_the_way_with_any_name_of_the_central_system(tmp_path: Path, party: str) -> None:
    """What the vendor's cloud sent would go up, and nobody would be the charge point."""
    frames = conversation(("CP-77", "CP-78"), Version.V16)
    path = tmp_path / "a.log"
    path.write_text("".join(
        f"{utc(one)} {one.name if one.up else party} → {party if one.up else one.name}: {one.raw}\n" for one in frames
    ))  # fmt: skip
    check(read(path), frames, timedelta(milliseconds=1))


ARROWS = ("CP-7 -> CSMS", "CSMS -> CP-7"), ("A7 → csms", "A7 ← csms")
RESET = '[2,"2","Reset",{"type":"Soft"}]', '[3,"2",{"status":"Accepted"}]'
BOOT = (
    '[2,"1","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]',
    '[3,"1",{"status":"Accepted","currentTime":"2026-03-14T09:30:00Z","interval":300}]',
)


@pytest.mark.parametrize("arrows", ARROWS)
@pytest.mark.parametrize(
    ("written", "directions", "because"),
    [
        ((*BOOT, *RESET), (UP, DOWN, UP, DOWN), "believed, since another call goes as the lines say"),
        (RESET, (DOWN, UP), "The actions are believed instead"),
        (RESET * 3, (DOWN, UP) * 3, "The actions are believed instead"),
    ],
)
def test_a_call_against_its_arrow_is_read_as_its_answer_and_said(
    tmp_path: Path, arrows: tuple[str, str], written: tuple[str, ...], directions: tuple[Direction, ...], because: str
) -> None:
    """A call that its side may not send would lose its answer, and nobody would know why."""
    path = tmp_path / "a.log"
    lines = (f"2026-03-14T09:30:{n:02}Z {arrows[n % 2]} {raw}\n" for n, raw in enumerate(written))
    path.write_text("".join(lines), encoding="utf-8")
    found = read(path)
    assert tuple(record.direction for record in found.records) == directions
    assert [found.timeline.other_half(n) for n in range(len(written))] == [n ^ 1 for n in range(len(written))]
    assert because in " ".join(found.importer.evidence)
    for raw, record in zip(written, found.records, strict=True):
        assert raw != RESET[0] or "direction" in record.detail["guessed"]


def test_each_connection_has_its_own_reading_of_arrows(tmp_path: Path) -> None:
    """One charge point that sends what it may not would turn the arrows of another, which is called the other way."""
    path = tmp_path / "a.log"
    frames = [("A-1", UP, raw) if n % 2 == 0 else ("A-1", DOWN, raw) for n, raw in enumerate((*BOOT, *RESET))]
    frames += [("B-2", way, raw) for raw, way in zip(RESET * 3, (UP, DOWN) * 3, strict=True)]
    arrows = {UP: "{} -> CSMS", DOWN: "CSMS -> {}"}
    path.write_text(
        "".join(f"2026-03-14T09:30:{n:02}Z {arrows[way].format(of)} {raw}\n" for n, (of, way, raw) in enumerate(frames))
    )
    found = read(path)
    assert [record.charge_point for record in found.records] == ["A-1"] * 4 + ["B-2"] * 6
    assert [record.direction for record in found.records] == [UP, DOWN, UP, DOWN] + [DOWN, UP] * 3


@pytest.mark.parametrize("label", ["CP-7 -> CSMS", "CSMS <- A7"])
def test_an_arrow_that_only_names_the_connection_is_no_direction(tmp_path: Path, label: str) -> None:
    path = tmp_path / "a.log"
    lines = (f"2026-03-14T09:30:{n:02}Z {label} {raw}\n" for n, raw in enumerate((*BOOT, *RESET)))
    path.write_text("".join(lines))
    found = read(path)
    assert [record.direction for record in found.records] == [UP, DOWN, DOWN, UP]
    assert [found.timeline.other_half(n) for n in range(4)] == [1, 0, 3, 2]


def test_the_word_alone_is_named_rather_than_with_its_neighbour(tmp_path: Path) -> None:
    """The user would read another reason at each import: of a set of words, another is the last each time."""
    frames = conversation(("CP-77", "CP-78"), Version.V16)
    lines = [f"{utc(frame)} {way(frame, 'de', 'vers')} {frame.name} : {frame.raw}" for frame in frames]
    (tmp_path / "a.log").write_text("\n".join(lines))
    evidence = " ".join(read(tmp_path / "a.log").importer.evidence)
    assert "“vers” is only beside frames of the central system" in evidence
    assert "“de” is only beside frames of the charge point" in evidence
