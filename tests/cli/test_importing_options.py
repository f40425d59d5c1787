"""The options of the commands that read captures: what they come to."""

from __future__ import annotations

import re
from typing import Any

import click
import pytest

from ocpptui.cli.importing_options import ZoneType, import_options_of
from ocpptui.cli.open_command import command as open_command
from ocpptui.importing.fields.field_vocabulary import FieldMeaning
from ocpptui.importing.formats import NAMES


@pytest.mark.parametrize(
    ("given", "field", "value"),
    [
        ({"zone": 0}, "utc_offset", 0),
        ({"format": "log"}, "format", "log"),
        ({"follow": True}, "follow", True),
        ({"merge": True}, "merge", True),
        ({"show_skipped": True}, "show_skipped", True),
        ({"columns": ("a=time",)}, "columns", {"a": "time"}),
    ],
)
def test_an_option_that_is_given_counts(given: dict[str, Any], field: str, value: object) -> None:
    """`--zone Z` says that the times are in UTC; ignored, they would be shifted by what is inferred."""
    defaults: dict[str, Any] = {"format": None, "zone": None, "columns": (), "shifts": (), "merge": False}
    choices = import_options_of({**defaults, **given})
    assert getattr(choices, field) == value
    assert import_options_of(defaults) is None


@pytest.mark.parametrize("zone", ["+25:00", "-12:30", "+14:15", "+01:75", "CEST", "1", "Europe/Berlin"])
def test_what_is_not_a_zone_is_refused_in_words(zone: str) -> None:
    """A slip of the finger would move all times by a day, and nothing would say so."""
    with pytest.raises(click.BadParameter, match="is not a time zone"):
        ZoneType().convert(zone, None, None)


@pytest.mark.parametrize(
    ("zone", "minutes"), [("+14:00", 840), ("-12", -720), ("-03:30", -210), ("UTC+0545", 345), ("Z", 0)]
)
def test_the_zones_in_use_are_taken(zone: str, minutes: int) -> None:
    assert ZoneType().convert(zone, None, None) == minutes


@pytest.mark.parametrize(("option", "names"), [("--from", NAMES), ("--map", tuple(FieldMeaning))])
def test_the_help_names_everything_that_can_be_chosen(option: str, names: tuple[str, ...]) -> None:
    """The user could only guess a name, and read the list in the refusal."""
    (chosen,) = (parameter for parameter in open_command.params if option in parameter.opts)
    assert isinstance(chosen, click.Option) and chosen.help
    listed = re.sub(r"\([^)]*\)|\[.*", "", chosen.help.partition(": ")[2].partition(". ")[0]).rstrip(".")
    assert {name.strip() for name in re.split(r", | or ", listed)} == set(names)
