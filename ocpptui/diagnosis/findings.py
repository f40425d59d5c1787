"""The findings of one record, worded on demand."""

from __future__ import annotations

from collections.abc import Container

from ocpptui.diagnosis.rule import Case, Finding, findings_of
from ocpptui.diagnosis.rule_lookup import rule_named
from ocpptui.timeline.record import Record
from ocpptui.timeline.timeline import Timeline


def findings_at(
    timeline: Timeline,
    index: int,
    record: Record | None = None,
    action: str | None = None,
    only: Container[str] | None = None,
    *,
    is_redacted: bool = False,
) -> list[Finding]:
    """The findings of the record at `index`, in the order of the rules: all of them, or those of some rules.

    `record` and `action` replace the timeline's own. If they are redacted, the words name nothing that was removed.
    """
    rules = [rule for rule in timeline.broken_rules(index) if only is None or rule in only]
    if not rules:
        return []
    case = Case(timeline, index, record, action, is_redacted=is_redacted)
    return [finding for rule in rules for finding in findings_of(rule_named(rule), case)]
