"""The sentence for a key that does nothing here is true of the session that is open."""

from __future__ import annotations

import pytest
from textual.actions import parse

from ocpptui.ocpp.version import Role
from ocpptui.tui.commands.command import Command, Where
from ocpptui.tui.commands.command_registry import COMMANDS
from ocpptui.tui.unavailable import NEEDS, Need, pressed_in_vain, why_not

NEEDY = [command for command in COMMANDS if parse(command.action)[1] in NEEDS]
HELD_BY: dict[Need, set[Role | None]] = {
    Need.LIVE: {Role.CHARGE_POINT, Role.CENTRAL_SYSTEM},
    Need.OWN_SIDE: {Role.CHARGE_POINT, Role.CENTRAL_SYSTEM},
    Need.CENTRAL_SYSTEM: {Role.CENTRAL_SYSTEM},
    Need.LISTENING: {Role.CENTRAL_SYSTEM},
    Need.OPENED_FILE: {None},
}
"""The sessions that always have what is needed: nobody is told there that it is missing."""


def need_of(command: Command) -> Need:
    return NEEDS[parse(command.action)[1]]


def test_each_need_is_that_of_a_command() -> None:
    """An action that was renamed would be offered where it does nothing."""
    assert NEEDS.keys() == {parse(command.action)[1] for command in NEEDY}


@pytest.mark.parametrize("role", [None, *Role])
def test_each_sentence_fits_the_session(role: Role | None) -> None:
    """A user of an opened file would read that only an opened file has the command, and look for it there."""
    for command in NEEDY:
        need = need_of(command)
        if role in HELD_BY.get(need, ()):
            continue
        text = why_not(command, role is not None, {})
        assert text.endswith(".") and "not possible" not in text, command
        assert ("only an opened file" in text) == (need is Need.OPENED_FILE), text
        assert ("this is an opened file" in text) == (role is None and need is not Need.REPLAY), text
        assert "only a central system" not in text or role is Role.CHARGE_POINT, text


def test_a_key_is_explained_only_where_all_its_commands_are_off() -> None:
    """`x` operates a charge point or commands one: a sentence beside what it does would be wrong."""
    operate = pressed_in_vain("x", (), {}, lambda _: False)
    assert operate is not None and operate.id == "operate"
    assert pressed_in_vain("x", (), {}, lambda command: command.action.startswith("open_commands")) is None


def test_a_key_of_the_users_is_explained_as_well() -> None:
    """The key that was free before would seem to be broken."""
    found = pressed_in_vain("f9", (), {"addresses": "f9"}, lambda _: False)
    assert found is not None and found.id == "addresses"
    assert pressed_in_vain("u", (), {"addresses": "f9"}, lambda _: False) is None
    replay = why_not(found, False, {"replay_file": "f10"})
    assert "f10 replays it" in replay


def test_keys_of_other_panes_are_not_explained() -> None:
    """`e` edits a frame of the log; in the list of charge points it is a letter like others."""
    assert pressed_in_vain("e", (), {}, lambda _: False) is None
    assert pressed_in_vain("e", (Where.LOG,), {}, lambda _: False) is not None
