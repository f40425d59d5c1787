"""Every field of a message can be found by its name."""

from __future__ import annotations

import pytest

from ocpptui.compose.draft import CUSTOM_DATA, Draft
from ocpptui.compose.field_finder import fields_to_find
from ocpptui.ocpp import actions as catalog
from ocpptui.ocpp.schema import Field, Part, field_tree
from ocpptui.ocpp.version import Transport, Version

NOW = 1_700_000_000_000_000


def names_in(field: Field, is_present: bool = True) -> set[str]:
    """The names of all fields but those in the items of a list that the smallest message lacks."""
    names = set()
    for part in field.fields:
        if part.name == CUSTOM_DATA:
            continue
        in_message = is_present and part.required
        inner = part.item if in_message else None
        names |= {part.name} | names_in(part, in_message) | (names_in(inner) if inner is not None else set())
    return names


@pytest.mark.parametrize("version", Version.offered(Transport.JSON))
def test_each_field_is_found_also_in_what_the_message_lacks(version: Version) -> None:
    for action in catalog.actions(version):
        field = field_tree(version, action.name, Part.REQUEST)
        draft = Draft.started(field, NOW)
        before = draft.to_json(), len(draft.rows())
        found = fields_to_find(draft)
        assert (draft.to_json(), len(draft.rows())) == before, "looking changes nothing"
        assert len({row.path for row in found}) == len(found)
        assert sum(row.node.name == CUSTOM_DATA for row in found) <= 1
        if field is not None:
            assert {row.label for row in found} >= names_in(field)


def test_what_is_in_the_message_comes_first() -> None:
    draft = Draft.started(field_tree(Version.V16, "SetChargingProfile", Part.REQUEST), NOW)
    found = fields_to_find(draft)
    limit = next(row for row in found if row.label == "limit")
    assert limit.path == "$.csChargingProfiles.chargingSchedule.chargingSchedulePeriod[0].limit"
    present = [row.node.present for row in found]
    assert present == sorted(present, reverse=True)
