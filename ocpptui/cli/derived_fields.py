"""What was derived of a record, in the words of the headless output."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ocpptui.describe.contents import contents_fields, contents_of
from ocpptui.diagnosis.findings import findings_at
from ocpptui.diagnosis.prescribed_code import error_code_at
from ocpptui.ocpp.judgement import Verdict, defects_of
from ocpptui.ocpp.message import Message
from ocpptui.timeline.timeline import Timeline


def derived_fields(timeline: Timeline, index: int, meter_keys: Sequence[str] = ()) -> dict[str, Any]:
    """The entries that a line of headless output has in `meta.ocpptui`.

    `index`, `answers` and `related` are places in the timeline, `answering` says how an answer found its call: first,
    second, late or orphan. `latencyMs` is milliseconds, `valid` is None where there is nothing to judge by. What does
    not apply is left out, except `violations`, `defects` and `findings`, which are empty lists where nothing is wrong.
    `unwrapped` says what is within the values of the payload; `meter_keys` verify signed meter values in it.
    """
    entries: dict[str, Any] = {
        "index": index,
        "connection": timeline.connection(index),
        "origin": timeline.origin(index).value,
    }
    if action := timeline.action(index):
        entries["action"] = action
    if timeline.kind(index).is_answer:
        entries["answering"] = timeline.answering(index).name.lower()
        if (call := timeline.other_half(index)) is not None:
            entries["answers"] = call
        if (latency := timeline.latency(index)) is not None:
            entries["latencyMs"] = latency / 1000
    verdict = timeline.verdict(index)
    entries["valid"] = None if verdict is Verdict.UNKNOWN else verdict is Verdict.VALID
    entries["violations"] = _violations(timeline, index)
    entries["defects"] = _defects(timeline, index)
    entries["findings"] = findings_fields(timeline, index)
    frame = timeline.frame(index)
    if isinstance(frame, Message) and (contents := contents_of(timeline, index, frame, meter_keys)):
        entries["unwrapped"] = contents_fields(contents)
    if code := error_code_at(timeline, index):
        entries["errorCode"] = code
    return entries


def _violations(timeline: Timeline, index: int) -> list[dict[str, Any]]:
    if not timeline.remarks_on(index):
        return []
    return [
        {
            "path": one.path,
            "rule": one.rule,
            "expected": one.expected,
            "got": one.got,
            "advisory": bool(one.advisory),
            **({"hint": one.hint} if one.hint else {}),
        }
        for one in timeline.violations(index)
    ]


def _defects(timeline: Timeline, index: int) -> list[dict[str, Any]]:
    if not timeline.remarks_on(index) or (frame := timeline.frame(index)) is None:
        return []
    return [
        {"name": one.name, "text": one.text, "position": one.position}
        for one in defects_of(timeline.version(index), frame)
    ]


def findings_fields(timeline: Timeline, index: int) -> list[dict[str, Any]]:
    """The entries of `findings`, as far as they are known now."""
    return [
        {"rule": one.rule, "severity": one.severity.word, "text": one.text, "related": list(one.related)}
        for one in findings_at(timeline, index)
    ]
