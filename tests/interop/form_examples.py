"""Payloads as a form makes them."""

from __future__ import annotations

from typing import Any

from ocpptui.ocpp.examples import complete_example, smallest
from ocpptui.ocpp.schema import Part, field_tree
from ocpptui.ocpp.version import Version


def examples(version: Version, action: str, part: Part) -> list[dict[str, Any]]:
    """With every field, and with what is required alone."""
    field = field_tree(version, action, part)
    assert field is not None
    found = [complete_example(field), smallest(field)]
    assert all(isinstance(one, dict) for one in found)
    return found
