"""Which column of a table names the charge point, where its name does not say so."""

from __future__ import annotations

from ocpptui.importing.fields.field_vocabulary import FieldMeaning
from ocpptui.importing.tables.csv_columns import columns_of

NAMES = ("CP-77", "CP-78")


def _rows(head: list[str], cells: list[list[str]]) -> list[list[str]]:
    """A table with a call and its answer of each charge point in turn, and these cells in the rows of each."""
    frames = [
        (f"2026-03-14T09:30:{n:02}Z", raw, n % 2)
        for n in range(8)
        for raw in (f'[2,"{n}","Heartbeat",{{}}]', f'[3,"{n}",{{"currentTime":"2026-03-14T09:30:00Z"}}]')
    ]
    return [head, *([time, *cells[which], raw] for time, raw, which in frames)]


def test_few_different_names_are_those_of_charge_points() -> None:
    """All frames of the table would be of one charge point without a name."""
    columns = columns_of(_rows(["time", "mitta", "frame"], [[name] for name in NAMES]))
    assert columns.places[FieldMeaning.CHARGE_POINT] == 1
    assert "The column 'mitta' is taken for the charge point by its cells." in columns.guesses


def test_an_id_that_repeats_is_that_of_the_charge_point() -> None:
    """It would be the id of the message, which no two calls share."""
    columns = columns_of(_rows(["time", "id", "frame"], [[name] for name in NAMES]))
    assert columns.places[FieldMeaning.CHARGE_POINT] == 1
    assert FieldMeaning.MESSAGE_ID not in columns.places


def test_a_version_of_firmware_is_no_name() -> None:
    columns = columns_of(_rows(["time", "x", "frame"], [["1.2.3"], ["1.2.4"]]))
    assert FieldMeaning.CHARGE_POINT not in columns.places


def test_a_url_may_name_it() -> None:
    columns = columns_of(_rows(["time", "x", "frame"], [[f"ws://host/ocpp/{name}"] for name in NAMES]))
    assert FieldMeaning.CHARGE_POINT not in columns.places
    assert columns.texts == (1,)
