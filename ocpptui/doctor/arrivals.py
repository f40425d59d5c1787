"""Who tried to get into a central system, how often, with what, and what to do about it."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ocpptui.describe.network_problems import Remedy, recorded_problem, words_of
from ocpptui.diagnosis.findings import findings_at
from ocpptui.doctor.examination_report import INDENT, MARKS
from ocpptui.doctor.examined_step import Remark, StepState, fine, network_remark, warning
from ocpptui.ocpp.counted import counted, enumerated
from ocpptui.ocpp.secrets import mask_own_text
from ocpptui.timeline.record import IN_VAIN, ConnectionEvent
from ocpptui.timeline.timeline import Timeline

MOST_ROWS = 1000
"""Beyond that, the row that was quiet for the longest time is given up: a port scan may come from everywhere."""
MOST_NAMES = 20
"""How many addresses and causes of a row are kept by name."""
MOST_REMARKS = 6
RECENT = 12
"""In how many of its last events a row looks for findings."""
OFTEN = 2
"""So many replaced connections show that two charge points have one id, or that one leaves its old connection open."""

_RULES = (
    "conn.idle-close",
    "conn.closed-after-frame",
    "conn.url",
    "conn.identity-encoding",
    "conn.identity-characters",
)
"""The rules whose findings say why a charge point does not get in, or does not stay."""
_ATTEMPTS = (ConnectionEvent.OPENED, *IN_VAIN)


@dataclass(slots=True)
class Arrival:
    """One charge point, or an address whose charge point is unknown."""

    who: str
    """The id, or the address without its port."""
    is_address: bool
    admitted: int = 0
    refused: int = 0
    """It asked for a WebSocket, and was answered that it gets none."""
    failed: int = 0
    """It did not get that far."""
    replaced: int = 0
    """How often a connection of it ended an older one."""
    last: int = 0
    """The time of its last event, in µs since 1970."""
    is_in: bool = False
    """Its last attempt got in."""
    addresses: dict[str, None] = field(default_factory=dict)
    causes: Counter[str] = field(default_factory=Counter)
    """How often each problem, by its code."""
    record: int = 0
    """The index of its last event."""
    problem: int | None = None
    """The index of the last attempt that did not get in."""
    recent: deque[int] = field(default_factory=lambda: deque(maxlen=RECENT))

    @property
    def attempts(self) -> int:
        return self.admitted + self.refused + self.failed


class Arrivals:
    """The rows of a timeline, as far as `advance` has read it."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._read = 0
        self._rows: dict[tuple[bool, str], Arrival] = {}

    @property
    def rows(self) -> list[Arrival]:
        """Those that do not get in first, then those with the latest event."""
        return sorted(self._rows.values(), key=lambda row: (row.is_in, -row.last))

    def advance(self) -> None:
        """Read the records that are new."""
        timeline = self._timeline
        for index in range(self._read, len(timeline)):
            event = timeline.event(index)
            if event in _ATTEMPTS or event is ConnectionEvent.CLOSED:
                self._note(index, event)
        self._read = len(timeline)

    def _note(self, index: int, event: ConnectionEvent) -> None:
        timeline = self._timeline
        detail, charge_point = timeline.record(index).detail, timeline.charge_point(index)
        address = str(detail.get("remoteAddress", "")).rpartition(":")[0]
        row = self._row(bool(not charge_point), charge_point or address or "unknown")
        row.last, row.record = timeline.time(index), index
        row.recent.append(index)
        if address and len(row.addresses) < MOST_NAMES:
            row.addresses[address] = None
        for code in _causes(detail):
            if code in row.causes or len(row.causes) < MOST_NAMES:
                row.causes[code] += 1
        if event is ConnectionEvent.CLOSED:
            return
        row.is_in = event is ConnectionEvent.OPENED
        row.admitted += row.is_in
        row.refused += event is ConnectionEvent.REFUSED
        row.failed += event is ConnectionEvent.FAILED
        row.replaced += "replaces" in detail
        row.problem = None if row.is_in else index

    def _row(self, is_address: bool, who: str) -> Arrival:
        key = is_address, who
        row = self._rows.pop(key, None) or Arrival(who, is_address)
        self._rows[key] = row  # the one that was quiet for the longest time is the first
        if len(self._rows) > MOST_ROWS:
            del self._rows[next(iter(self._rows))]
        return row

    def remarks(self, row: Arrival) -> list[Remark]:
        """What is known of a row, the most severe first; at least one."""
        timeline, found, rules = self._timeline, list[Remark](), set[str]()
        if row.problem is not None:
            found.append(_of_attempt(timeline.record(row.problem).detail))
        if row.replaced >= OFTEN:
            found.append(_two_connections(row))
        for index in reversed(row.recent):
            for finding in findings_at(timeline, index):
                if finding.rule in _RULES and finding.rule not in rules:
                    rules.add(finding.rule)
                    found.append(warning(finding.rule, finding.text, finding.remedy))
            found += _tolerated(timeline.record(index).detail)
            if timeline.event(index) in IN_VAIN:
                before = _of_attempt(timeline.record(index).detail)
                found.append(replace(before, state=before.state if not row.is_in else StepState.WARNING))
        distinct: dict[str, Remark] = {}
        for one in found:
            distinct.setdefault(one.sentence, one)
        ordered = sorted(distinct.values(), key=lambda one: -one.state)
        return [_masked(one) for one in ordered[:MOST_REMARKS]] or [fine("got-in", "It got in.")]


def arrival_heading(row: Arrival) -> str:
    """Who it is, and how often it tried."""
    if row.attempts == 0:
        return row.who
    got_in = {0: "none got in", row.attempts: "got in" if row.attempts == 1 else "all got in"}.get(
        row.admitted, f"{row.admitted:,} got in"
    )
    return f"{row.who}: {counted(row.attempts, 'attempt')}, {got_in}"


def arrival_lines(row: Arrival, remarks: list[Remark], remedy: Remedy | None = None) -> Iterator[str]:
    """A row in full: each remark and what to do about it, then how often each problem came, and from where."""
    yield f"{MARKS[remarks[0].state]:<8} {arrival_heading(row)}"
    for remark in remarks:
        yield f"{INDENT}{remark.sentence}"
        advice = remark.advice
        if remedy is not None and remark.problem is not None:
            advice = f"{advice} {remedy(remark.problem)}".strip()
        if advice:
            yield f"{INDENT}> {advice}"
    if row.causes:
        counted = ", ".join(f"{code} {count:,}" for code, count in row.causes.most_common())
        yield f"{INDENT}  problems: {counted}"
    if row.addresses and not row.is_address:
        yield f"{INDENT}  from {', '.join(row.addresses)}"


def _causes(detail: Mapping[str, Any]) -> Iterator[str]:
    if detail.get("problem"):
        yield str(detail["problem"])
    tolerated = detail.get("tolerated")
    for one in tolerated if isinstance(tolerated, list | tuple) else ():
        if isinstance(one, Mapping) and one.get("problem"):
            yield str(one["problem"])
    if "replaces" in detail:
        yield "second-connection"


def _of_attempt(detail: Mapping[str, Any]) -> Remark:
    """Why an attempt did not get in."""
    problem = recorded_problem(detail)
    if problem is not None:
        return network_remark(problem)
    sentence = str(detail.get("error") or "It did not get in; the recording does not say why.")
    return Remark(StepState.FAILED, "unknown-problem", sentence, str(detail.get("advice", "")))


def _tolerated(detail: Mapping[str, Any]) -> Iterator[Remark]:
    tolerated = detail.get("tolerated")
    for one in tolerated if isinstance(tolerated, list | tuple) else ():
        problem = recorded_problem(one) if isinstance(one, Mapping) else None
        if problem is not None:
            sentence, advice = words_of(problem)
            yield Remark(
                StepState.WARNING, problem.code, f"{sentence} It was accepted anyway.".strip(), advice, problem
            )


def _two_connections(row: Arrival) -> Remark:
    places = f" They come from {enumerated(list(row.addresses))}." if len(row.addresses) > 1 else ""
    return warning(
        "second-connection",
        f"{row.replaced:,} times, a new connection with this id ended an open one.{places}",
        "Two charge points may have the same id; or one reconnects without closing its old connection.",
    )


def _masked(remark: Remark) -> Remark:
    return Remark(
        remark.state, remark.code, mask_own_text(remark.sentence), mask_own_text(remark.advice), remark.problem
    )
