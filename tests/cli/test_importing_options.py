"""The options of the commands that read captures: what they come to."""

from __future__ import annotations

from typing import Any

import pytest

from ocpptui.cli.importing_options import import_options_of


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
