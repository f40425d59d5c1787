"""The remedies that the screen suggests for a problem."""

from __future__ import annotations

import pytest

from ocpptui.tui import screen_remedies
from ocpptui.tui.screens.start_forms import FORMS

LABELS = {entry.label for form in FORMS for entry in form.entries}


@pytest.mark.parametrize("text", screen_remedies._REMEDIES.values())
def test_every_suggested_field_is_on_the_start_screen(text: str) -> None:
    """The user would look for a field that was renamed."""
    assert set(text.split("'")[1::2]) <= LABELS
    assert text.endswith(".")
