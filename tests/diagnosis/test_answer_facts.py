"""What an answer is about: which fault of a call an error names."""

from __future__ import annotations

from ocpptui.diagnosis.diagnosis import Diagnosis
from ocpptui.diagnosis.findings import findings_at
from ocpptui.ocpp.version import Direction
from ocpptui.timeline.timeline import Timeline
from tests.ocpp.envelopes import CS_15, fault, request
from tests.timeline.example_session import soap


def _rules(code: str) -> set[str]:
    """The rules that break when an envelope with an unknown action is refused with this code."""
    timeline = Timeline()
    Diagnosis(timeline)
    timeline.append(soap(request("MakeCoffee", service=CS_15)))
    timeline.append(soap(fault(code, "no such action", service=CS_15), Direction.TO_CHARGE_POINT))
    return {finding.rule for finding in findings_at(timeline, 1)}


def test_an_unknown_action_is_rightly_refused_by_the_code_that_soap_has_for_it() -> None:
    """OCPP-S has no NotImplemented: a central system that answers as specified would be blamed for it."""
    assert "rpc.error-code-unfit" not in _rules("NotSupported")
    assert "rpc.error-code-unfit" in _rules("SecurityError")
