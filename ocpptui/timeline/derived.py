"""What a timeline derived of a record, in the words of the headless output."""

from __future__ import annotations

from typing import Any

from ocpptui.timeline.timeline import Timeline, Verdict


def derived(timeline: Timeline, index: int) -> dict[str, Any]:
    """The entries that a line of headless output has in `meta.ocpptui`.

    `index` and `answers` are places in the timeline, `answering` says how an answer found its call: first, second,
    late or orphan. `latencyMs` is milliseconds, `valid` is None where there is no schema, `violations` is a list of
    path, rule, what was expected and what came. What does not apply is left out.
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
    found = timeline.violations(index) if verdict is Verdict.INVALID else ()
    entries["violations"] = [
        {"path": one.path, "rule": one.rule, "expected": one.expected, "got": one.got} for one in found
    ]
    if code := timeline.error_code(index):
        entries["errorCode"] = code
    return entries
