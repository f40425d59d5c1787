"""The traces of the rules as envelopes: a fault is the same fault over SOAP, and nothing else is found beside it."""

from __future__ import annotations

import pytest

from ocpptui.diagnosis.findings import findings_at
from ocpptui.diagnosis.registry import RULES
from ocpptui.diagnosis.rule import Rule
from ocpptui.diagnosis.trace import Trace, read_trace
from tests.diagnosis.soap_traces import over_soap
from tests.diagnosis.test_rule_traces import diagnosed

OF_JSON = {
    "rpc.element-count",
    "rpc.id-not-string",
    "rpc.id-too-long",
    "rpc.payload-null",
    "rpc.duplicate-key",
    "rpc.lenient-json",
    "rpc.error-shape",
    "rpc.error-unknown-code",
    "rpc.error-code-spelling",
    "text.nul",  # XML cannot have it
    "schema.integer-as-decimal",  # the namespace says what is an integer
    "rpc.other-version",  # so does the namespace which version it is
}
"""Rules on what only a frame of OCPP-J can have."""
OTHERWISE = {
    "rpc.id-empty": "soap.header",  # an empty MessageID is a missing one
    "text.cardinality-16": "schema.",  # XML has no empty list: the element is missing
    "rpc.error-code-unfit": "",  # OCPP-S has one code for both
    "rpc.closed-before-answer": "rpc.unanswered",  # each call has an HTTP connection of its own
}
"""What is found instead of a rule whose fault is another one in an envelope; "": nothing."""


def found(trace: Trace) -> set[tuple[int, str]]:
    timeline = diagnosed(trace)
    return {(index, one.rule) for index in range(len(timeline)) for one in findings_at(timeline, index)}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_fault_is_the_same_over_soap(rule: Rule) -> None:
    """A rule that reads payloads reads those of envelopes; a text for a number would accuse both sides of everything.

    In the security extension, which no WSDL has, `requestId` once was such a text.
    """
    for text in (*rule.positive, *rule.negative):
        trace = read_trace(text)
        if (enveloped := over_soap(trace)) is None:
            continue
        json, soap = found(trace), found(enveloped)
        if any(one == "rpc.payload-not-object" for _, one in json):
            continue  # as an element, a text or an empty list is an object without fields
        lost = {one for _, one in json - soap} - OF_JSON
        assert lost <= OTHERWISE.keys(), text
        instead = tuple(filter(None, map(OTHERWISE.get, lost)))
        assert {one for _, one in soap - json if not one.startswith(instead)} == set(), text
