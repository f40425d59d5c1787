"""The rules of the diagnosis for people: each with its text, its source and a trace that breaks it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from textwrap import dedent
from typing import Any

from ocpptui.diagnosis.rule import Rule
from ocpptui.ocpp.version import Version


def rule_listing(rules: Iterable[Rule]) -> Iterator[str]:
    """One line for each rule."""
    rows = [(rule.id, rule.severity.word, rule.sentence) for rule in rules]
    width = max((len(row[0]) for row in rows), default=0)
    for name, severity, sentence in rows:
        yield f"{name:{width}}  {severity:7}  {sentence}"


def rule_in_full(rule: Rule) -> Iterator[str]:
    """All about one rule."""
    yield f"{rule.id}  ({rule.severity.word}, {_versions(rule)})"
    yield f"  {rule.sentence}"
    for version, severity in rule.severities.items():
        yield f"  In OCPP {version}: {severity.word}."
    if rule.remedy:
        yield f"  {rule.remedy}"
    yield f"  Source: {rule.source}"
    for title, traces in (("Broken by (at the stars):", rule.positive[:1]), ("Not broken by:", rule.negative[:1])):
        for trace in traces:
            yield f"  {title}"
            yield from (f"    {line}" for line in trace_lines(trace))


def rule_fields(rule: Rule) -> dict[str, Any]:
    """All about one rule as JSON values."""
    return {
        "rule": rule.id,
        "severity": rule.severity.word,
        "severities": {version.value: severity.word for version, severity in rule.severities.items()},
        "versions": [version.value for version in Version if version in rule.versions],
        "text": rule.sentence,
        "remedy": rule.remedy,
        "source": rule.source,
        "broken": ["\n".join(trace_lines(trace)) for trace in rule.positive],
        "notBroken": ["\n".join(trace_lines(trace)) for trace in rule.negative],
    }


def trace_lines(trace: str) -> list[str]:
    """The lines of a trace, without the indentation of the source."""
    return [line.strip() for line in dedent(trace).strip().splitlines() if line.strip()]


def _versions(rule: Rule) -> str:
    if rule.versions == frozenset(Version):
        return "every version"
    return "OCPP " + ", ".join(version.value for version in Version if version in rule.versions)
