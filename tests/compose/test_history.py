"""Sent messages can be recalled, and unsent ones are not lost."""

from __future__ import annotations

from ocpptui.compose.history import (
    HISTORY_LENGTH,
    KEPT_DRAFTS,
    Composition,
    Compositions,
    MessageForm,
)


def sent(number: int) -> Composition:
    return Composition("CP1", "Reset", f'{{"n":{number}}}', index=number)


def test_the_history_keeps_the_newest() -> None:
    memory = Compositions()
    for number in range(HISTORY_LENGTH + 5):
        memory.remember(sent(number))
    assert len(memory.sent) == HISTORY_LENGTH
    assert memory.sent[-1] == sent(HISTORY_LENGTH + 4)


def test_sending_the_same_again_adds_no_second_entry() -> None:
    memory = Compositions()
    memory.remember(Composition("CP1", "Reset", "{}", index=1))
    memory.remember(Composition("CP1", "Reset", "{}", index=9))
    assert [one.index for one in memory.sent] == [9]
    memory.remember(Composition("CP1", "", "{}", MessageForm.RAW))
    assert len(memory.sent) == 2


def test_a_draft_is_kept_for_its_charge_point_and_action_until_sent() -> None:
    memory = Compositions()
    draft = Composition("CP1", "Reset", '{"type":"Ha"}')
    memory.keep(draft)
    assert memory.kept("CP1", "Reset") == draft
    assert memory.kept("CP2", "Reset") is None
    memory.remember(sent(1))
    assert memory.kept("CP1", "Reset") is None


def test_kept_drafts_are_bounded() -> None:
    memory = Compositions()
    for number in range(KEPT_DRAFTS + 1):
        memory.keep(Composition("CP1", f"Action{number}", "{}"))
    assert memory.kept("CP1", "Action0") is None
    assert memory.kept("CP1", f"Action{KEPT_DRAFTS}") is not None


def test_the_recent_actions_are_those_of_calls_each_once_the_newest_first() -> None:
    memory = Compositions()
    for action in ("Reset", "ReserveNow", "", "Reset"):
        memory.remember(Composition("CP1", action, f"{{}}{action}", MessageForm.PAYLOAD if action else MessageForm.RAW))
    assert memory.recent_actions == ["Reset", "ReserveNow"]
    memory = Compositions([sent(1), Composition("CP1", "ClearCache", "{}")])
    memory.remember(sent(2))
    assert memory.recent_actions == ["Reset", "ClearCache"]
