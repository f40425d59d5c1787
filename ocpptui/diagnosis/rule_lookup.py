"""Finds a rule by its id, without loading all rules for one that the columns decide."""

from __future__ import annotations

from ocpptui.diagnosis.column_rules import COLUMN_RULES
from ocpptui.diagnosis.rule import Rule


def rule_named(rule_id: str) -> Rule:
    """The rule with this id. Raises KeyError."""
    rule = _OF_COLUMNS.get(rule_id)
    if rule is not None:
        return rule
    from ocpptui.diagnosis.registry import RULE_BY_ID

    return RULE_BY_ID[rule_id]


_OF_COLUMNS = {rule.id: rule for rule in COLUMN_RULES}
