"""Finds what is wrong with the records of a timeline, as it grows."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from functools import cached_property
from itertools import compress, count
from math import inf
from time import perf_counter
from typing import TYPE_CHECKING, Any

from ocpptui.diagnosis.answer_facts import accepts_wrong, id_use_of, refused_by
from ocpptui.diagnosis.column_rules import COLUMN_RULES
from ocpptui.diagnosis.excused_calls import end_before_due, is_excused
from ocpptui.diagnosis.fact_kinds import IdUse, Refused, Stray
from ocpptui.diagnosis.recorded_answers import RecordedAnswers
from ocpptui.diagnosis.recorded_calls import RecordedCalls
from ocpptui.diagnosis.rule import Facts, Rule
from ocpptui.diagnosis.rule_loading import steps_of_loading
from ocpptui.diagnosis.rule_lookup import rule_named
from ocpptui.diagnosis.suspect_rows import is_suspect, suspects, unanswered_calls
from ocpptui.ocpp.check_limits import CheckLimits
from ocpptui.ocpp.correlation import AnswerStatus
from ocpptui.ocpp.judgement import Verdict
from ocpptui.runtime.bounded import put
from ocpptui.timeline.columns import EVENT_SHIFT, EVENTS, TELLS_ERROR, TIMELESS, NewestRow
from ocpptui.timeline.noticed import Noticed, unworded
from ocpptui.timeline.record import RecordKind
from ocpptui.timeline.severity import Severity
from ocpptui.timeline.timeline import Timeline

if TYPE_CHECKING:  # imported with the first records to check, after the first paint of an opened file
    from ocpptui.diagnosis.checker_run import CheckerRun
    from ocpptui.diagnosis.shared_run import SharedRun
    from ocpptui.recording.recording_reader import Recording
    from ocpptui.recording.timeline_process import TimelineProcess

MAX_FACTS_KEPT = 10_000
"""How many combinations of facts have their rules cached; beyond that, all are found again."""

STEP = 256
"""How many records have their times compared at once."""

AT_ONCE = 64
"""As many new records at most are handed to the checkers when they are appended."""

MAX_NOTICED = 20
"""How many findings of checkers one record may have."""

MAX_WORDED = 200_000
"""How many findings of checkers keep their values; beyond that, the general sentence of the rule is used."""

MOST_WRONG_CALLS = 1000
"""How many invalid calls without an answer are remembered, to look at their answer."""

MOST_BEYOND = 10_000
"""How many unanswered calls at the ends of files are remembered until more of those files is read."""


class Diagnosis:
    """Follows a timeline, and writes its columns `findings` and `severities`.

    Most rules are decided by the other columns, when the records are appended; a text is read only if two unanswered
    calls share a message id, or if what may be the answer to an overdue call is malformed: each record has few relevant
    facts, and records with the same facts break the same rules.

    Rules that need a state are checked by checkers (see `CheckerRun`). A few records are handed to them at once; if
    many are appended together, `advance` goes on with them. `ocpptui.diagnosis.findings` words the findings of a
    record on demand.
    """

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._limits = CheckLimits()
        self.defers = False
        """Whether all records wait for `advance`, as those of opened files, of which the first rows come first."""
        self.whole: Recording | None = None
        """The recording that all records are from, if none will be added when the checkers begin: if it is large,
        other processes help."""
        self.is_complete = False
        """Whether no record will be added: what is overdue by the last ones is then found with the others."""
        self._loading = steps_of_loading()
        self._running: CheckerRun | SharedRun | None = None  # the same as `_run`, as soon as there is one
        self._shared: SharedRun | None = None  # the same if other processes help
        self._has_reached_end = True  # the checkers have had all records
        self._concluded = 0  # so many records there were when a complete timeline was concluded
        self._worded = 0  # findings of checkers whose values are kept
        self._done = 0  # records before this one are decided
        self._due = 0  # calls before this one have waited longer than the time-out
        self._timed, self._due_time = -1, 0  # the record for which `_due_time` was read, from a compressed chunk
        self._answers = RecordedAnswers(timeline)
        self._overdue = 0  # how many of them had no answer then
        self._left_behind = 0  # so many of the calls that ends of connections left without an answer are decided
        self._beyond: list[int] = []  # of those, the ones whose file has not gone on for long enough
        self._wrong_calls: dict[int, bool] = {}  # invalid calls without an answer so far
        self._calls = RecordedCalls(timeline)
        self._known: dict[tuple[object, ...], tuple[tuple[str, ...], Severity]] = {}
        timeline.watch(self._follow)
        self._follow()

    @property
    def settled(self) -> int:
        """Records before this one are older than the time-out: it is settled whether their calls are unanswered."""
        return self._due

    @cached_property
    def _run(self) -> CheckerRun | SharedRun:
        from ocpptui.diagnosis.registry import RULES

        self._order = {rule.id: place for place, rule in enumerate(RULES)}
        self._running = self._shared_run() or self._single_run()
        return self._running

    def _single_run(self) -> CheckerRun:
        from ocpptui.diagnosis.checker_run import CheckerRun
        from ocpptui.diagnosis.registry import CHECKERS

        run = CheckerRun(self._timeline, CHECKERS, self._found)
        run.limits = self._limits
        return run

    def _shared_run(self) -> SharedRun | None:
        if self.whole is None:
            return None
        from ocpptui.diagnosis.shared_run import shared_run

        self._shared = shared_run(self._timeline, self.whole, self._found, self._limits)
        return self._shared

    @property
    def helpers(self) -> list[TimelineProcess]:
        """The other processes that helped, with a copy of the rows, once all records are diagnosed, until `close`."""
        return self._shared.processes if self._shared is not None and self._has_reached_end else []

    @property
    def diagnosed(self) -> int:
        """Records before this one have been seen by all rules."""
        return 0 if self._running is None else self._running.done

    @property
    def limits(self) -> CheckLimits:
        """The limits that the user may set; a change applies from the next record on."""
        return self._limits

    @limits.setter
    def limits(self, limits: CheckLimits) -> None:
        self._limits = limits
        if self._running is not None:
            self._running.limits = limits

    def load(self, budget_s: float) -> bool:
        """Load the rules that need a state for about `budget_s` seconds; True when all are loaded."""
        end = perf_counter() + budget_s
        return all(perf_counter() < end for _ in self._loading)

    def advance(self, budget_s: float) -> bool:
        """Go on with the rules that need a state for about `budget_s` seconds; True when all records are diagnosed.

        The rules are loaded first, in the same time.
        """
        if self._running is None and not self.load(budget_s):
            return False
        self._has_reached_end = self._run.advance(budget_s)
        if self._has_reached_end and self.is_complete and self._concluded < self._done:
            self._concluded = self._done
            self._run.conclude()
        return self._has_reached_end

    def close(self) -> None:
        """End the other processes that help."""
        if self._shared is not None:
            self._shared.close()

    def _found(self, rule: Rule, index: int, related: tuple[int, ...], values: dict[str, Any]) -> None:
        """Note what a checker found."""
        before = self._timeline.noticed.get(index, ())
        if len(before) >= MAX_NOTICED:
            return
        if self._worded < MAX_WORDED:
            self._worded += 1
            new = (Noticed.worded(rule.id, related, values),)
        else:
            new = unworded(rule.id)
        self._timeline.noticed[index] = before + new if before else new
        self._decide(index)

    def tell_time(self, now: int) -> None:
        """Set the time, in µs since 1970, if no record shows it: something may now be overdue."""
        self._check_overdue(now)
        if self._has_reached_end and self._done:
            self._run.tell_time(now)
        elif last := self.diagnosed:  # what is not diagnosed yet may end a wait, but nothing before it does
            timeline, changes = self._timeline, self._timeline.clock_changes
            self._run.tell_time(timeline.times[last - 1] - changes.before(last - 1) + changes.total)

    def _check_overdue(self, now: int) -> None:
        timeline, first, stop = self._timeline, self._due, self._done
        changes, times, place = timeline.clock_changes, timeline.times, first
        while place < stop:
            total, end = changes.stretch(place, stop)
            before = now - timeline.late_after - changes.total + total  # by the clock of this stretch
            if times[place] >= before:
                break
            part = times[place : min(place + STEP, end)]
            if max(part) < before:
                place += len(part)
            else:
                place = next(compress(count(place), map(before.__le__, part)))
        self._due = place
        if place > first or self._beyond:
            self._judge_overdue([*self._beyond, *unanswered_calls(timeline, first, place)])

    def _judge_overdue(self, calls: Iterable[int]) -> None:
        """Decide on calls that have waited longer than the time-out, as far as their files show that."""
        timeline, beyond = self._timeline, list[int]()
        for index in calls:
            if not timeline.is_unanswered(index):
                continue
            if not timeline.goes_on(index):
                beyond.append(index)
                continue
            self._overdue += 1
            if end_before_due(timeline, index) is None:
                self._calls.is_overdue(index)
            for earlier in self._answers.is_overdue(index):
                self._decide(earlier)
            self._decide(index)
        self._beyond = beyond[-MOST_BEYOND:]

    def _follow(self) -> None:
        """Decide on the records that have arrived."""
        start = self._done
        stop = self._done = len(self._timeline.times)
        for call in self._answers.changed():
            self._decide(call)
        if stop - start == 1 and (newest := self._timeline.newest) is not None:
            self._follow_one(start, newest)
        elif start < stop:
            self._follow_columns(start, stop)
        for call in self._timeline.left_behind[self._left_behind :]:
            self._calls.is_overdue(call)
            self._decide(call)
        self._left_behind = len(self._timeline.left_behind)
        for call in self._calls.changed():
            self._decide(call)
        if self._has_reached_end and self._done:
            if not self.defers and self._done - self.diagnosed <= AT_ONCE:
                self._run.advance(inf)
            else:
                self._has_reached_end = False

    def _follow_columns(self, start: int, stop: int) -> None:
        timeline, due = self._timeline, self._due
        if self._overdue:
            # An overdue call may have got its answer in the meantime. Read as unsigned, -1 is the largest number.
            others = array("I", timeline.others[start:stop].tobytes())
            if min(others) < due:
                for call in [other for other in others if other < due]:
                    self._answered(call)
        for call in [call for call in self._wrong_calls if timeline.others[call] >= 0]:
            del self._wrong_calls[call]
            self._decide(timeline.others[call])
        for index in suspects(timeline, start, stop):
            self._decide(index)
            if timeline.verdicts[index] == Verdict.INVALID and timeline.kinds[index] == RecordKind.CALL:
                self._await_answer(index)
        self._check_overdue(self._latest(start, stop))

    def _latest(self, start: int, stop: int) -> int:
        """The latest time of some records, by the present clock."""
        timeline, latest = self._timeline, []
        while start < stop:
            total, end = timeline.clock_changes.stretch(start, stop)
            latest.append(max(timeline.times[start:end]) - total)
            start = end
        return max(latest) + timeline.clock_changes.total

    def _follow_one(self, index: int, row: NewestRow) -> None:
        """The same for one record, as it arrives during a session."""
        timeline = self._timeline
        now, kind, flags, remarks, answering, other = row
        if self._overdue and 0 <= other < self._due:
            self._answered(other)
        if is_suspect(kind, flags, answering, remarks) or (other >= 0 and timeline.verdicts[other] == Verdict.INVALID):
            self._decide(index)
            if timeline.verdicts[index] == Verdict.INVALID and kind == RecordKind.CALL:
                self._await_answer(index)
        if self._timed != self._due:
            self._timed, self._due_time = self._due, timeline.times[self._due]
        if timeline.clock_changes.any or self._due_time < now - timeline.late_after:
            self._check_overdue(now)

    def _await_answer(self, call: int) -> None:
        """Decide on the answer to an invalid call, which may be there already: it may accept what is wrong."""
        answer = self._timeline.others[call]
        if answer < 0:
            put(self._wrong_calls, call, True, MOST_WRONG_CALLS)
        elif answer < self._done:
            self._decide(answer)

    def _answered(self, call: int) -> None:
        if self._timeline.severities[call]:
            self._decide(call)

    def _decide(self, index: int) -> None:
        timeline = self._timeline
        kind, is_timed = timeline.kinds[index], not timeline.flags[index] & TIMELESS
        is_lacking, end = timeline.is_unanswered(index), None
        if is_lacking:
            end = end_before_due(timeline, index)
            is_due = index < self._due and is_timed and timeline.goes_on(index)
            is_lacking = is_due or (end is not None and self._answers.are_recorded(index, end))
        lacks_answers, lacks_lines = self._answers.lack(index), self._calls.lack_some(index)
        is_lacking = is_lacking and (lacks_answers or not is_excused(timeline, index))  # which reads the record
        is_shown = is_lacking and not lacks_answers and not lacks_lines  # that it has no answer
        key = (
            kind,
            timeline.flags[index],
            timeline.answerings[index],
            timeline.remarks[index],
            timeline.version(index),
            timeline.transport(index),
            id_use_of(timeline, index),
            is_shown and end is None,
            is_shown and end is not None,
            is_lacking and self._answers.is_first(index),
            is_lacking and not lacks_answers and lacks_lines,
            self._calls.stray(index) if timeline.answerings[index] == AnswerStatus.ORPHAN else Stray.NONE,
            refused_by(timeline, index) if kind in _ERRORS else Refused.NOTHING,
            kind == RecordKind.CALLRESULT and accepts_wrong(timeline, index),
        )
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= MAX_FACTS_KEPT:
                self._known.clear()
            known = self._known[key] = self._rules_broken(index, *key[-8:])
        rules, severity = known
        if (noticed := timeline.noticed.get(index)) is not None:
            rules, severity = self._with_noticed(index, rules, severity, noticed)
        if timeline.broken_rules(index) != rules:
            timeline.set_findings(index, rules, severity)

    def _with_noticed(
        self, index: int, rules: tuple[str, ...], severity: Severity, noticed: tuple[Noticed, ...]
    ) -> tuple[tuple[str, ...], Severity]:
        """The rules that a record breaks, and the worst severity, with those that checkers found."""
        version = self._timeline.version(index)
        found = [rule_named(one.rule) for one in noticed]
        if replaced := {rule for one in found for rule in one.replaces}:
            found = [one for one in found if one.id not in replaced]
            rules = tuple(rule for rule in rules if rule not in replaced)
            severity = max((rule_named(rule).severity_in(version) for rule in rules), default=Severity.NONE)
        worst = max(severity, *(rule.severity_in(version) for rule in found))
        return tuple(sorted({*rules, *(rule.id for rule in found)}, key=self._order.__getitem__)), worst

    def _rules_broken(
        self,
        index: int,
        id_use: IdUse,
        is_overdue: bool,
        is_left_behind: bool,
        lacks_answers: bool,
        lacks_lines: bool,
        stray: Stray,
        refused: Refused,
        accepts_wrong: bool,
    ) -> tuple[tuple[str, ...], Severity]:
        timeline, flags = self._timeline, self._timeline.flags[index]
        version = timeline.version(index)
        facts = Facts(
            timeline.kind(index),
            version,
            timeline.transport(index),
            EVENTS[flags >> EVENT_SHIFT],
            timeline.answering(index),
            frozenset(timeline.remarks_on(index)),
            id_use,
            timeline.kinds[index] == RecordKind.CONNECTION and bool(flags & TELLS_ERROR),
            is_overdue,
            is_left_behind,
            lacks_answers,
            lacks_lines,
            stray,
            refused,
            accepts_wrong,
        )
        broken = [rule for rule in COLUMN_RULES if rule.applies(facts)]
        worst = max((rule.severity_in(version) for rule in broken), default=Severity.NONE)
        return tuple(rule.id for rule in broken), worst


_ERRORS = tuple(kind for kind in RecordKind if kind.is_error)
