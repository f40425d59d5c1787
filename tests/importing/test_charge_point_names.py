from __future__ import annotations

import json

import pytest

from ocpptui.importing.charge_point_names import Identities
from ocpptui.importing.found_frame import FoundFrame
from ocpptui.ocpp.json_encoding import JSON


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
