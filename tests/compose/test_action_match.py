"""Finding an action with few letters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.compose.action_match import ranked
from ocpptui.ocpp import actions as catalog
from ocpptui.ocpp.version import Transport, Version


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("reset", "Reset"),
        ("RESET", "Reset"),
        ("rst", "RemoteStartTransaction"),
        ("rstop", "RemoteStopTransaction"),
        ("getconf", "GetConfiguration"),
        ("scp", "SetChargingProfile"),
        ("boot", "BootNotification"),
        ("availability", "ChangeAvailability"),
        ("chgavail", "ChangeAvailability"),
        ("clear cache", "ClearCache"),
        ("mv", "MeterValues"),
    ],
)
def test_the_likeliest_comes_first(typed: str, first: str) -> None:
    assert ranked(catalog.actions(Version.V16), typed)[0].name == first


def test_nothing_typed_lists_everything_in_order() -> None:
    actions = catalog.actions(Version.V21)
    assert ranked(actions, " ") == list(actions)


def test_a_text_that_matches_no_action_finds_nothing() -> None:
    assert ranked(catalog.actions(Version.V21), "zzz") == []


@pytest.mark.parametrize("version", Version.offered(Transport.JSON))
def test_every_action_is_found_by_its_name_and_comes_first(version: Version) -> None:
    actions = catalog.actions(version)
    for action in actions:
        assert ranked(actions, action.name)[0] is action
        assert action in ranked(actions, action.name[:4])


@given(st.text(max_size=30))
def test_any_text_can_be_typed(typed: str) -> None:
    ranked(catalog.actions(Version.V21), typed)
