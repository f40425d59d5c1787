"""What the searches for columns share: a column is used once, and is said as the table calls it."""

from __future__ import annotations

from ocpptui.importing.fields.field_vocabulary import FieldMeaning
from ocpptui.importing.tables.csv_columns import columns_of

CALL, ANSWER = '[2,"1","Heartbeat",{}]', '[3,"1",{"currentTime":"2026-03-14T09:30:00Z"}]'


def test_a_column_is_used_once() -> None:
    """One column would be the time of both the call and its answer, or the name and the id."""
    rows = [["time", "id", "frame"], *([f"2026-03-14T09:30:0{n}Z", "CP-77", CALL] for n in range(4))]
    columns = columns_of(rows)
    assert columns.places[FieldMeaning.TIME] == 0
    assert columns.places[FieldMeaning.RAW] == 2
    assert len(set(columns.places.values())) == len(columns.places)


def test_a_row_may_be_longer_than_the_header() -> None:
    """The import would end in a crash; a column without a name is shown by its number."""
    rows = [["frame"], *([CALL, f"2026-03-14T09:30:0{n}Z"] for n in range(4))]
    columns = columns_of(rows)
    assert columns.places == {FieldMeaning.RAW: 0, FieldMeaning.TIME: 1}
    assert columns.guesses == ("The column number 2 is taken for the time: its cells show it.",)


def test_a_column_is_said_by_its_name() -> None:
    rows = [["quando", "frame"], *([f"2026-03-14T09:30:0{n}Z", CALL] for n in range(4))]
    assert columns_of(rows).guesses == ("The column 'quando' is taken for the time: its cells show it.",)
