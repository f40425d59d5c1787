"""The page about saved calls: its examples work, and its tables have all that there is."""

from __future__ import annotations

import re
from pathlib import Path

from ocpptui.compose import placeholders
from ocpptui.compose.call_sequence import SETTINGS, call_sequence
from ocpptui.compose.saved_calls import SavedCall, saved_call

PAGE = (Path(__file__).parent.parent / "docs" / "CALLS.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


def test_its_examples_are_files_that_work() -> None:
    call, sequence = EXAMPLES
    assert saved_call(call).action == "RemoteStartTransaction"
    steps = call_sequence(sequence, "page", lambda _: SavedCall("Authorize")).steps
    assert [step.title for step in steps] == [
        "bench/authorize",
        "start at connector 1",
        "DataTransfer",
        "RemoteStopTransaction",
    ]


def test_every_placeholder_is_in_its_table() -> None:
    documented = set(re.findall(r"`\$\{(\w+)[^`]*`", PAGE))
    assert documented == set(placeholders.NAMES)


def test_every_setting_of_a_step_is_in_its_table() -> None:
    table = PAGE[PAGE.index("| setting | meaning |") :]
    rows = re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)
    assert set(rows) | {"action", "payload", "version"} == set(SETTINGS)
