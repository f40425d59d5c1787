"""Which columns of a table say which way its frames went."""

from __future__ import annotations

from ocpptui.importing.fields.field_vocabulary import FieldMeaning
from ocpptui.importing.tables.csv_columns import columns_of
from ocpptui.ocpp.version import Direction

FRAMES = [
    ('[2,"1","Heartbeat",{}]', True), ('[3,"1",{"currentTime":"2026-03-14T09:30:00Z"}]', False),
    ('[2,"r1","Reset",{"type":"Hard"}]', False), ('[3,"r1",{"status":"Accepted"}]', True),
]  # fmt: skip


def _rows(head: list[str], up: list[str], down: list[str]) -> list[list[str]]:
    times = (f"2026-03-14T09:30:0{n}Z" for n in range(9))
    return [head, *([time, *(up if is_up else down), raw] for time, (raw, is_up) in zip(times, FRAMES, strict=False))]


def test_sender_and_receiver_are_found_whatever_they_are_called() -> None:
    """All frames would go one way, and be of two charge points."""
    columns = columns_of(_rows(["time", "a", "b", "frame"], ["CP-77", "csms"], ["csms", "CP-77"]))
    assert columns.ends == (1, 2)
    turned = columns_of(_rows(["time", "to", "b", "frame"], ["csms", "CP-77"], ["CP-77", "csms"]))
    assert turned.ends == (2, 1)


def test_the_addresses_of_both_ends_are_found_with_their_ports() -> None:
    up, down = ["10.0.0.5", "51034", "10.0.0.1", "9000"], ["10.0.0.1", "9000", "10.0.0.5", "51034"]
    columns = columns_of(_rows(["time", "x", "x port", "y", "y port", "frame"], up, down))
    assert columns.addresses == ((1, 2), (3, 4))


def test_the_frames_show_what_a_value_means() -> None:
    """A table in an unknown language would have its directions guessed."""
    columns = columns_of(_rows(["time", "suunta", "frame"], ["ylos"], ["alas"]))
    assert columns.places[FieldMeaning.DIRECTION] == 1
    assert columns.directions == {"ylos": Direction.TO_CSMS, "alas": Direction.TO_CHARGE_POINT}


def test_a_constant_direction_that_frames_contradict_is_left_with_its_sentence() -> None:
    """The user would be told that a column is the direction, which it is not; what is said of others stays."""
    columns = columns_of(_rows(["quando", "x", "frame"], ["received"], ["received"]))
    assert FieldMeaning.DIRECTION not in columns.places
    assert columns.guesses == ("The column 'quando' is taken for the time: its cells show it.",)


def test_a_constant_direction_that_nothing_contradicts_is_believed() -> None:
    rows = _rows(["time", "x", "frame"], ["received"], ["received"])
    columns = columns_of([rows[0], *[rows[1]] * 4])
    assert columns.guesses == ("The column 'x' is taken for the direction: its cells show it.",)
