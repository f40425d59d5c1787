"""Captures: what a recording does not show, because it does not contain all that happened."""

from __future__ import annotations

from ocpptui.diagnosis.fact_kinds import Stray
from ocpptui.diagnosis.rule import Rule
from ocpptui.timeline.severity import Severity

RULES = (
    Rule(
        "capture.starts-late",
        Severity.INFO,
        "The call that this answers may have been made before the recording begins, in the middle of the connection.",
        "Open OCPP Trace 1.1, fixture orphan-response",
        lambda facts: facts.stray is Stray.BEFORE,
        positive=('* 10:00:00 < [3,"1",{"currentTime":"2026-01-01T10:00:00Z"}]',),
        negative=('10:00:00 opened\n10:00:01 < [3,"1",{"currentTime":"2026-01-01T10:00:00Z"}]',),
    ),
)
