"""Rules named by an id, a topic or a pattern."""

from __future__ import annotations

import pytest

from ocpptui.diagnosis.registry import RULE_BY_ID
from ocpptui.diagnosis.rule_patterns import rules_matching


@pytest.mark.parametrize("pattern", ["boot", "boot.*"])
def test_a_topic_is_all_of_its_rules(pattern: str) -> None:
    """A long wait for any fault of a boot would end with the first one."""
    assert rules_matching(pattern) == [rule for rule in RULE_BY_ID if rule.startswith("boot.")]


def test_an_id_is_one_rule() -> None:
    assert rules_matching("rpc.unanswered") == ["rpc.unanswered"]


def test_a_wrong_name_is_an_error_that_suggests_the_right_one() -> None:
    """A session would wait for days for a rule that does not exist."""
    with pytest.raises(ValueError, match=r"there is no such rule.*rpc\.unanswered"):
        rules_matching("rpc.unanswred")
