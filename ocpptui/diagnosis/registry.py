"""Every rule. Rules are in the file of their theme in `diagnosis.rules`; a new file must be listed here."""

from __future__ import annotations

from ocpptui.diagnosis.rule import Rule
from ocpptui.diagnosis.rules import action_rules, answers, captures, connections, envelopes, frames, schemas

RULES: tuple[Rule, ...] = (
    *frames.RULES,
    *envelopes.RULES,
    *action_rules.RULES,
    *schemas.RULES,
    *answers.RULES,
    *captures.RULES,
    *connections.RULES,
)
"""In the order in which the findings of one record are reported."""

RULE_BY_ID = {rule.id: rule for rule in RULES}
