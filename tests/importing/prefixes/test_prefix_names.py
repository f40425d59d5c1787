"""The places of a text where names may be."""

from __future__ import annotations

import pytest

from ocpptui.importing.prefixes.prefix_names import name_in, spots_in, sure_name
from ocpptui.importing.words.line_shapes import without_digits
from tests.ocpp.test_labelled_secrets import STATING, stating


def test_what_a_parser_rejected_is_not_a_name() -> None:
    """A charge point with a clock that is wrong would have the format of a date as its name."""
    for value in ("2023-10-19T15:28:07", "abc12", "T15-28"):
        text = f'parsing time "{value}" as "2006-01-02T15:04:05Z07:00": cannot parse "{value}" as "Z07:00" ('
        assert [name_in(text, spot) for spot in spots_in(without_digits(text)) if spot.likely] == []


@pytest.mark.parametrize("name", ["CP 77.a", "Box 5 Nord", "EVSE 12", "2 OG Box 7", "Wallbox Süd 1", "Garage Süd"])
@pytest.mark.parametrize("key", ['station_id="{}"', "charger='{}'", 'chargePointId="{}"', 'identity: "{}"'])
def test_a_quoted_value_is_the_whole_name(key: str, name: str) -> None:
    """Two charge points, "CP 77.a" and "Box 77.a", would be one, called by the last word."""
    assert sure_name(f"INFO session{{{key.format(name)}}}: frame received raw=") == name


@pytest.mark.parametrize("name", ["worker 3", "connection 7", "thread pool 2"])
def test_what_loggers_number_is_no_name_in_quotes(name: str) -> None:
    """Each thread would be a charge point."""
    assert sure_name(f'INFO device="{name}" received ') == ""


@pytest.mark.parametrize("notation", STATING)
def test_a_secret_names_nobody(notation: str) -> None:
    """A password would be the name of a charge point, and then readable in every record."""
    prefix = f"2026-03-05T10:00:24Z CP1 ({stating('geheimer-24-Zugang-24')[notation]}) received "
    named = [prefix[spot.start : spot.end] for spot in spots_in(without_digits(prefix))]
    assert "CP1" in named
    assert [name for name in named if "Zugang" in name] == []


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        ("0 received from CP-77: ", "CP-77", "after from, to or for"),
        ("0 sent /ocpp/CP-77 ", "CP-77", "in a path"),
        ("0 charger wallbox7 ", "wallbox7", "after the noun charger"),
        ("0 kulku=CP-77 x ", "CP-77", "after the key kulku"),
        ("debug, CP-77-a, frame text", "CP-77-a", "the only name in the line"),
        ("debug, CP-77-a, CP-77-b, frame text", "CP-77-b", "among the names"),
    ],
)
def test_where_a_name_is_can_be_said(text: str, name: str, words: str) -> None:
    """The user reads why a word was taken for the charge point; the signs around it would only confuse."""
    masked = without_digits(text)
    assert (name, words) in [(name_in(text, spot), spot.words) for spot in spots_in(masked)]
