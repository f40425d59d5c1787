"""The rules that the columns of one record decide. They are needed before the first paint; `registry` has all rules."""

from __future__ import annotations

from ocpptui.diagnosis.rule import Rule
from ocpptui.diagnosis.rules import action_rules, answers, captures, connections, demands, envelopes, frames, schemas

COLUMN_RULES: tuple[Rule, ...] = (
    *frames.RULES,
    *envelopes.RULES,
    *action_rules.RULES,
    *schemas.RULES,
    *demands.RULES,
    *answers.RULES,
    *captures.RULES,
    *connections.RULES,
)
"""In the order in which the findings of one record are reported, before all others."""
