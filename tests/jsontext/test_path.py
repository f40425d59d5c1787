from __future__ import annotations

import pytest

from ocpptui.jsontext.path import json_path


@pytest.mark.parametrize(
    ("steps", "path"),
    [
        ([], "$"),
        (["meterValue", 0, "sampledValue", 1, "unit"], "$.meterValue[0].sampledValue[1].unit"),
        (["limit_L2"], "$.limit_L2"),
        (["größe"], "$.größe"),
        (["a b"], "$['a b']"),
        (["it's"], "$['it\\'s']"),
        (["a\\b"], "$['a\\\\b']"),
        (["1"], "$['1']"),
        ([""], "$['']"),
        (['"'], "$['\"']"),
        (["\ud800"], "$['\\ud800']"),
        (["\n\x1b"], "$['\\n\\u001b']"),
        (["x" * 100], "$." + "x" * 100),
        (["x" * 101], "$['" + "x" * 99 + "…']"),
    ],
)
def test_a_place_is_named_without_ambiguity(steps: list[str | int], path: str) -> None:
    assert json_path(steps) == path
