"""What the name of a field or a column says of its content."""

from __future__ import annotations

import pytest

from ocpptui.importing.fields.field_vocabulary import FieldMeaning, is_of_answer, meanings, plain_name


@pytest.mark.parametrize(
    ("name", "plain"),
    [("Time_Stamp (UTC)", "timestamp"), ("Mensagem Única", "mensagemunica"), ("время", "время"), ("id[0]", "id")],
)
def test_names_are_the_same_in_any_spelling(name: str, plain: str) -> None:
    assert plain_name(name) == plain


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("@timestamp", FieldMeaning.TIME),
        ("labels.charge_point_id", FieldMeaning.CHARGE_POINT),
        ("payload_json", FieldMeaning.PAYLOAD),
        ("ocpp_message_id", FieldMeaning.MESSAGE_ID),
        ("Richtung", FieldMeaning.DIRECTION),
    ],
)
def test_the_surest_meaning_is_known(name: str, field: FieldMeaning) -> None:
    """A column would be left out, and its frames have no time, name or direction."""
    assert field in {meaning.field for meaning in meanings(name)}


@pytest.mark.parametrize("name", ["colour", "x" * 61, ""])
def test_other_names_mean_nothing(name: str) -> None:
    assert meanings(name) == ()


def test_names_of_the_answer_are_known() -> None:
    """The time of an answer would be that of its call."""
    assert is_of_answer("Response Time")
    assert is_of_answer("responded_at")
    assert not is_of_answer("Request Time")
