"""The terms that need only the columns of a timeline, and the combination of terms.

A range of a timeline is tested at once. A set of records is an `int` with one byte per record, 1 if the record is in
the set (the first record lowest): `bytes.translate` and `map` read the columns, and `&`, `|` and `^` combine sets, all
without a Python step per record. Expensive terms are evaluated last and only for the records that are left.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from itertools import compress

from ocpptui.filter.values import QUARTER, TimeOfDay, local_offsets
from ocpptui.ocpp.date_times import DAY
from ocpptui.timeline.columns import SUBSTITUTE, TIMELESS, ConnectionKey
from ocpptui.timeline.record import RecordKind
from ocpptui.timeline.timeline import Timeline

CHEAP, LOOKED_UP, COUNTED, READ, PARSED = 1, 3, 10, 100, 200
"""Cost of a term per record, by the work it does."""


def everything(count: int) -> int:
    """The set of all of `count` records."""
    return int.from_bytes(b"\1" * count, "little")


def places_in(chosen: int, count: int) -> Iterable[int]:
    """The offsets, from 0, of the records in a set."""
    return compress(range(count), chosen.to_bytes(count, "little"))


class Term(ABC):
    """A filter or a part of one."""

    cost: int = CHEAP
    needs_text: bool = False
    """Whether it has to read records because the columns are not enough."""
    follows_answers: bool = False
    """Whether the arrival of an answer may change the result for its call."""
    follows_findings: bool = False
    """Whether a finding that is made or withdrawn later may change the result for a record."""

    @property
    def words(self) -> tuple[str, ...]:
        """The texts that it looks for in a record, case folded, for the views to highlight."""
        return ()

    @abstractmethod
    def select(self, timeline: Timeline, start: int, stop: int, among: int) -> int:
        """The matching records from `start` to `stop` that are in the set `among`."""


class Compound(Term):
    """Several terms of which all, or at least one, must match."""

    def __init__(self, parts: Sequence[Term]) -> None:
        self.parts = sorted(parts, key=lambda part: part.cost)
        self.cost = sum(part.cost for part in parts)
        self.needs_text = any(part.needs_text for part in parts)
        self.follows_answers = any(part.follows_answers for part in parts)
        self.follows_findings = any(part.follows_findings for part in parts)

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(word for part in self.parts for word in part.words)


class AllOf(Compound):
    """Records that match every part; all records if there are no parts."""

    def select(self, timeline: Timeline, start: int, stop: int, among: int) -> int:
        for part in self.parts:
            if not among:
                break
            among = part.select(timeline, start, stop, among)
        return among


class AnyOf(Compound):
    """Records that match at least one part."""

    def select(self, timeline: Timeline, start: int, stop: int, among: int) -> int:
        found = 0
        for part in self.parts:
            if found == among:
                break
            found |= part.select(timeline, start, stop, among ^ found)
        return found


class Not(Compound):
    """Records that do not match a part."""

    def __init__(self, part: Term) -> None:
        super().__init__((part,))

    @property
    def words(self) -> tuple[str, ...]:
        return ()  # the records do not have what it looks for

    def select(self, timeline: Timeline, start: int, stop: int, among: int) -> int:
        return among ^ self.parts[0].select(timeline, start, stop, among)


class InBytes(Term):
    """Records with one of certain values in a byte column."""

    def __init__(self, column: str, wanted: Callable[[int], bool]) -> None:
        self._column = column
        self._table = bytes(wanted(value) for value in range(256))

    def select(self, timeline: Timeline, start: int, stop: int, among: int) -> int:
        column: bytes = getattr(timeline, self._column)[start:stop].tobytes()
        return int.from_bytes(column.translate(self._table), "little") & among


class OfSeverity(InBytes):
    """Records by the severity of their worst finding."""

    follows_findings = True

    def __init__(self, wanted: Callable[[int], bool]) -> None:
        super().__init__("severities", wanted)


class _InTable(Term):
    """Records whose entry in a table of the timeline passes a test. Each entry is tested once."""

    cost = LOOKED_UP

    def __init__(self) -> None:
        self._timeline: Timeline | None = None
        self._passed: list[bool] = []

    @abstractmethod
    def _test(self, timeline: Timeline, known: int) -> Iterable[bool]:
        """The test results of the entries from `known` on."""

    @abstractmethod
    def _numbers(self, timeline: Timeline, start: int, stop: int) -> Iterable[int]:
        """The column of table indexes."""

    def select(self, timeline: Timeline, start: int, stop: int, among: int) -> int:
        if self._timeline is not timeline:
            self._timeline, self._passed = timeline, []
        self._passed.extend(self._test(timeline, len(self._passed)))
        chosen = bytes(map(self._passed.__getitem__, self._numbers(timeline, start, stop)))
        return int.from_bytes(chosen, "little") & among


class OfAction(_InTable):
    """Records of actions whose name passes a test."""

    def __init__(self, wanted: Callable[[str], bool]) -> None:
        super().__init__()
        self._wanted = wanted

    def _test(self, timeline: Timeline, known: int) -> Iterable[bool]:
        return map(self._wanted, timeline.action_table[known:])

    def _numbers(self, timeline: Timeline, start: int, stop: int) -> Iterable[int]:
        return timeline.actions[start:stop]


class OfRule(_InTable):
    """Records that break a rule whose id passes a test."""

    follows_findings = True

    def __init__(self, wanted: Callable[[str], bool]) -> None:
        super().__init__()
        self._wanted = wanted

    def _test(self, timeline: Timeline, known: int) -> Iterable[bool]:
        return (any(map(self._wanted, rules)) for rules in timeline.rule_sets[known:])

    def _numbers(self, timeline: Timeline, start: int, stop: int) -> Iterable[int]:
        return timeline.findings[start:stop]


class OfParty(_InTable):
    """Records whose charge point, connection and version pass a test."""

    def __init__(self, wanted: Callable[[ConnectionKey], bool]) -> None:
        super().__init__()
        self._wanted = wanted

    def _test(self, timeline: Timeline, known: int) -> Iterable[bool]:
        return map(self._wanted, timeline.party_table[known:])

    def _numbers(self, timeline: Timeline, start: int, stop: int) -> Iterable[int]:
        return timeline.parties[start:stop]


class Since(Term):
    """Records at or after a moment: µs since 1970, or a time of any day."""

    cost = LOOKED_UP

    def __init__(self, moment: int | TimeOfDay) -> None:
        self._moment = moment
        self.cost = COUNTED if isinstance(moment, TimeOfDay) else LOOKED_UP

    def select(self, timeline: Timeline, start: int, stop: int, among: int) -> int:
        times, moment = timeline.times[start:stop], self._moment
        if not isinstance(moment, TimeOfDay):
            chosen = bytes(map(moment.__le__, times))
        elif moment.utc:
            chosen = bytes([time % DAY >= moment.micros for time in times])
        else:
            micros, ahead = moment.micros, local_offsets
            chosen = bytes([(time + ahead[time // QUARTER]) % DAY >= micros for time in times])
        return int.from_bytes(chosen, "little") & among


class Unanswered(Term):
    """CALLs that have no answer yet."""

    cost = LOOKED_UP
    follows_answers = True

    def select(self, timeline: Timeline, start: int, stop: int, among: int) -> int:
        chosen = _CALLS.select(timeline, start, stop, among) & ~_paired(timeline, start, stop)
        return chosen & ~_SUBSTITUTES.select(timeline, start, stop, chosen) if chosen else chosen


class Latency(Term):
    """Answers and their calls, by the time from call to answer in µs."""

    cost = COUNTED
    follows_answers = True

    def __init__(self, wanted: Callable[[int], bool]) -> None:
        self._wanted = wanted

    def select(self, timeline: Timeline, start: int, stop: int, among: int) -> int:
        count, wanted, times = stop - start, self._wanted, timeline.times
        found = bytearray(count)
        chosen = among & _paired(timeline, start, stop) & ~_RESULT_ERRORS.select(timeline, start, stop, among)
        others = timeline.others[start:stop]
        flags = timeline.flags
        for place in places_in(chosen, count):  # the same as Timeline.latency, inlined for speed
            index, other = start + place, others[place]
            between = times[index] - times[other]
            timed = not (flags[index] | flags[other]) & TIMELESS
            found[place] = timed and wanted(between if other < index else -between)
        if timeline.clock_changes.any:
            for place in places_in(chosen, count):
                latency = timeline.latency(start + place)
                found[place] = latency is not None and wanted(latency)
        return int.from_bytes(found, "little")


class Marked(Term):
    """Records marked by the user."""

    def select(self, timeline: Timeline, start: int, stop: int, among: int) -> int:
        found = bytearray(stop - start)
        for index in timeline.marks:
            if start <= index < stop:
                found[index - start] = 1
        return int.from_bytes(found, "little") & among


def _paired(timeline: Timeline, start: int, stop: int) -> int:
    return int.from_bytes(bytes(map((0).__le__, timeline.others[start:stop])), "little")


_CALLS = InBytes("kinds", int(RecordKind.CALL).__eq__)
_SUBSTITUTES = InBytes("flags", lambda flags: bool(flags & SUBSTITUTE))
_RESULT_ERRORS = InBytes("kinds", int(RecordKind.CALLRESULTERROR).__eq__)
