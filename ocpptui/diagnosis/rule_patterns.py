"""The rules that a user means by an id or a pattern."""

from __future__ import annotations

from fnmatch import fnmatchcase

from ocpptui.ocpp.did_you_mean import suggestion


def rules_matching(pattern: str) -> list[str]:
    """The ids of the rules that `pattern` names: an id, a topic such as `rpc`, or a pattern such as `rpc.*`.

    Raises ValueError with a sentence if there is none.
    """
    from ocpptui.diagnosis.registry import RULE_BY_ID  # not needed before the first paint

    found = [rule for rule in RULE_BY_ID if fnmatchcase(rule, pattern) or rule.startswith(f"{pattern}.")]
    if not found:
        raise ValueError(f"{pattern}: there is no such rule{suggestion(pattern, RULE_BY_ID)}")
    return found
