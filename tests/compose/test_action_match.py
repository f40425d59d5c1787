"""Finding an action with few letters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.compose.action_match import COMMON, ranked
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


FEW_LETTERS = {
    Version.V16: {
        "res": "Reset",
        "unl": "UnlockConnector",
        "getc": "GetConfiguration",
        "changec": "ChangeConfiguration",
        "rst": "RemoteStartTransaction",
        "trig": "TriggerMessage",
        "st": "StatusNotification",
        "stop": "StopTransaction",
    },
    Version.V201: {
        "res": "Reset",
        "setvar": "SetVariables",
        "getvar": "GetVariables",
        "getb": "GetBaseReport",
        "rst": "RequestStartTransaction",
        "tr": "TriggerMessage",
        "te": "TransactionEvent",
    },
}


@pytest.mark.parametrize(
    ("version", "typed"), [(version, typed) for version in FEW_LETTERS for typed in FEW_LETTERS[version]]
)
def test_a_few_letters_find_the_common_action_before_rarer_ones(version: Version, typed: str) -> None:
    """Otherwise `res` reserves a connector where the user wants to reset the charge point."""
    assert ranked(catalog.actions(version), typed)[0].name == FEW_LETTERS[version][typed]


@pytest.mark.parametrize("version", Version.offered(Transport.JSON))
@pytest.mark.parametrize("common", COMMON)
def test_no_rare_action_precedes_a_common_one_that_begins_with_the_same_letters(version: Version, common: str) -> None:
    actions = catalog.actions(version)
    if not any(action.name == common for action in actions):
        return
    for length in range(1, len(common)):
        found = [action.name for action in ranked(actions, common[:length])]
        exact = [name for name in found if name.lower() == common[:length].lower()]
        assert all(name in COMMON for name in found[len(exact) : found.index(common)])


def test_what_was_sent_last_comes_first_but_only_where_the_letters_suit_it_as_well() -> None:
    actions = catalog.actions(Version.V16)
    assert ranked(actions, "res", ["ReserveNow"])[0].name == "ReserveNow"
    assert ranked(actions, "res", ["RemoteStartTransaction", "ReserveNow"])[0].name == "ReserveNow"
    assert ranked(actions, "reset", ["ReserveNow"])[0].name == "Reset"
    assert ranked(actions, "getc", ["Reset"])[0].name == "GetConfiguration"


def test_nothing_typed_lists_recent_and_common_actions_before_the_others_in_order() -> None:
    actions = catalog.actions(Version.V21)
    names = [action.name for action in ranked(actions, " ", ["SetDERControl", "Reset"])]
    assert names[:3] == ["SetDERControl", "Reset", "UnlockConnector"]
    first = (*COMMON, "SetDERControl")
    in_order = [action.name for action in actions if action.name not in first]
    assert [name for name in names if name not in first] == in_order
    assert len(names) == len(actions)


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
