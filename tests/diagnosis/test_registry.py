"""The registry: what every rule has, and that no defect is without one."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

from ocpptui.diagnosis import rules
from ocpptui.diagnosis.column_rules import COLUMN_RULES
from ocpptui.diagnosis.registry import RULE_BY_ID, RULES
from ocpptui.diagnosis.rule import Facts, Rule
from ocpptui.ocpp import json_defects, json_encoding, soap_encoding
from ocpptui.ocpp.action_use import Misuse
from ocpptui.ocpp.advisories import HINTS
from ocpptui.ocpp.error_codes import CODE_OF_OTHER_VERSION, UNKNOWN_CODE
from ocpptui.ocpp.judgement import RIGHT_ELSEWHERE, SCHEMA_VIOLATION
from ocpptui.ocpp.text_demands import DEMANDS
from ocpptui.ocpp.version import Transport, Version
from ocpptui.timeline.record import RecordKind

_DEFECT = re.compile(r'Defect\(\s*"([a-z0-9.-]+)"')


def test_each_id_is_there_once_and_names_theme_and_rule() -> None:
    """The user filters by it, and scripts wait for it."""
    assert len(RULE_BY_ID) == len(RULES)
    for rule in RULES:
        assert re.fullmatch(r"[a-z]+2?\.[a-z0-9]+(-[a-z0-9]+)*", rule.id)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_says_what_is_wrong_and_where_that_is_written(rule: Rule) -> None:
    assert re.fullmatch(r"[A-Z].+\.", rule.sentence)
    assert rule.source and rule.severity and rule.versions
    assert set(rule.severities) <= set(Version)


def test_every_theme_is_in_the_registry() -> None:
    """A rule that is written and not named in the registry would never hold."""
    for theme in iter_modules(rules.__path__):
        for rule in import_module(f"{rules.__name__}.{theme.name}").RULES:
            assert RULE_BY_ID[rule.id] is rule


def names_of_defects(*modules: object) -> set[str]:
    found: set[str] = set()
    for module in modules:
        path = getattr(module, "__file__", None)
        assert isinstance(path, str)
        found |= set(_DEFECT.findall(Path(path).read_text("utf-8")))
    return found


def is_noticed(name: str, transport: Transport) -> bool:
    kinds = [kind for kind in RecordKind if kind.is_message]
    return any(
        rule.applies(Facts(kind, version, transport, remarks=frozenset({name})))
        for kind in kinds
        for version in Version
        for rule in RULES
    )


def test_every_remark_on_a_message_breaks_a_rule() -> None:
    """A defect that no rule reports would be invisible."""
    assert len(names_of_defects(json_encoding, json_defects)) > 20
    assert len(names_of_defects(soap_encoding)) > 10
    of_payloads = {*HINTS, *DEMANDS, SCHEMA_VIOLATION, RIGHT_ELSEWHERE}
    names = names_of_defects(json_encoding, json_defects) | of_payloads | {*Misuse, UNKNOWN_CODE, CODE_OF_OTHER_VERSION}
    assert {name for name in names if not is_noticed(name, Transport.JSON)} == set()
    assert {name for name in names_of_defects(soap_encoding) if not is_noticed(name, Transport.SOAP)} == set()


def test_what_the_columns_decide_is_known_before_the_first_paint() -> None:
    """A rule about facts that is only in the registry would never hold."""
    decided = {rule.id for rule in RULES if rule.holds is not Rule("x", rule.severity, "", "").holds}
    assert decided == {rule.id for rule in COLUMN_RULES}
