"""A wrong number is refused in words that say which would do."""

from __future__ import annotations

import click
import pytest

from ocpptui.cli.number_types import AnyNumber, WholeNumber


@pytest.mark.parametrize(
    ("type_", "value", "said"),
    [
        (WholeNumber(1970, 9999), "x", "'x' is not a whole number from 1970 to 9999"),
        (WholeNumber(1970, 9999), "26", "'26' is not a whole number from 1970 to 9999"),
        (WholeNumber(min=0), "-1", "'-1' is not a whole number of 0 or more"),
        (WholeNumber(max=9), "1.5", "'1.5' is not a whole number up to 9"),
        (AnyNumber(min=0, min_open=True), "0", "'0' is not a number above 0"),
        (AnyNumber(0, 60), "soon", "'soon' is not a number from 0 to 60"),
    ],
)
def test_what_would_do_is_said(type_: click.ParamType[float], value: str, said: str) -> None:
    """ "Not a valid integer range" would send the user to the manual."""
    with pytest.raises(click.BadParameter) as refused:
        type_.convert(value, None, None)
    assert refused.value.message == said


@pytest.mark.parametrize(("type_", "value", "number"), [(WholeNumber(0), "7", 7), (AnyNumber(0), "0.5", 0.5)])
def test_what_does_is_taken(type_: click.ParamType[float], value: str, number: float) -> None:
    assert type_.convert(value, None, None) == number
