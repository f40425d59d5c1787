"""The page about saved calls: its examples work, and its tables have all that there is."""

from __future__ import annotations

import re

from ocpptui.compose import placeholders
from ocpptui.compose.call_sequence import SETTINGS, call_sequence
from ocpptui.compose.saved_calls import SavedCall, saved_call
from tests.kit.documentation_page import documentation_page

PAGE = documentation_page("CALLS.md")


def test_its_examples_are_files_that_work() -> None:
    call, sequence = PAGE.blocks("toml")
    assert saved_call(call).action == "RemoteStartTransaction"
    steps = call_sequence(sequence, "page", lambda _: SavedCall("Authorize")).steps
    assert [step.title for step in steps] == [
        "bench/authorize",
        "start at connector 1",
        "DataTransfer",
        "RemoteStopTransaction",
    ]


def test_every_placeholder_is_in_its_table() -> None:
    documented = set(re.findall(r"`\$\{(\w+)[^`]*`", PAGE.text))
    assert documented == set(placeholders.NAMES)


def test_every_setting_of_a_step_is_in_its_table() -> None:
    assert set(PAGE.first_cells("| setting | meaning |")) | {"action", "payload", "version"} == set(SETTINGS)
