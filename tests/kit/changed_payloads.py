"""Payloads of every action, right but for up to three changes."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any, NamedTuple

from hypothesis import strategies as st

from ocpptui.ocpp import actions as catalog
from ocpptui.ocpp.examples import complete_example, smallest
from ocpptui.ocpp.schema import Part, field_tree
from ocpptui.ocpp.version import Transport, Version

PAYLOADS = [
    (v, a.name, p)
    for v in Version.offered(Transport.JSON)
    for a in catalog.actions(v)
    for p in Part
    if not (a.is_send and p is Part.RESPONSE)
]
"""Version, action and part of every payload that has a schema."""
ODD = [
    None,
    "",
    "x" * 11000,
    0,
    -1,
    1.0,
    1.5,
    10,
    10**12,
    True,
    [],
    {},
    [None],
    "2026-01-31T12:00:00Z",
    "2026-01-31T12:00:00",
    "2026-01-31T12:00:00.123456Z",
    "Accepted",
    {"vendorId": 1},
]


class ChangedPayload(NamedTuple):
    """A payload, and whose it is."""

    version: Version
    action: str
    part: Part
    payload: dict[str, Any]


@st.composite
def changed_payloads(draw: st.DrawFn) -> ChangedPayload:
    """A payload of any action with some of its values changed, removed or added."""
    version, action, part = draw(st.sampled_from(PAYLOADS))
    tree = field_tree(version, action, part)
    assert tree is not None
    payload = copy.deepcopy((complete_example if draw(st.booleans()) else smallest)(tree))
    for _ in range(draw(st.integers(0, 3))):
        found = list(places(payload))
        if not found:
            break
        container, key = draw(st.sampled_from(found))
        match draw(st.sampled_from(["change", "remove", "add"])):
            case "change":
                container[key] = copy.deepcopy(draw(st.sampled_from(ODD)))
            case "remove":
                del container[key]
            case "add" if isinstance(container, dict):
                new = draw(st.sampled_from(["x", "status", "customData", "id"]))
                container[new] = copy.deepcopy(draw(st.sampled_from(ODD)))
    return ChangedPayload(version, action, part, payload)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container with each of its keys or indexes."""
    if isinstance(value, dict):
        for key in value:
            yield value, key
            yield from places(value[key])
    if isinstance(value, list):
        for index in range(len(value)):
            yield value, index
            yield from places(value[index])
