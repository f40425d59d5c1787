"""Words many findings of a timeline, with the help of other processes that have a copy of its rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import count, islice
from typing import TypeAlias

from ocpptui.exporting.reported_finding import FindingWords, ReportedFinding
from ocpptui.recording.timeline_process import TimelineCopy, TimelineProcess
from ocpptui.runtime.work_in_order import in_order
from ocpptui.timeline.known_secrets import KnownSecrets
from ocpptui.timeline.noticed import Noticed
from ocpptui.timeline.timeline import Timeline

Wanted: TypeAlias = tuple[int, Collection[str]]
"""A record, and the rules of which its findings are wanted."""

TOGETHER = 64
"""How many records have their findings worded between two looks at the other processes."""

_runs = count()


def worded_findings(
    timeline: Timeline, wanted: Iterable[Wanted], words: FindingWords, processes: Sequence[TimelineProcess]
) -> Iterator[ReportedFinding]:
    """The findings in the order in which they are wanted."""

    def word(piece: list[Wanted]) -> list[ReportedFinding]:
        return [finding for index, rules in piece for finding in words.of(index, rules)]

    left = iter(wanted)
    pieces = iter(lambda: [*islice(left, TOGETHER)], [])
    for found in in_order(pieces, word, [_WordingHelper(process, timeline, words) for process in processes]):
        yield from found


class _WordingHelper:
    """One of the other processes; its copy lacks what the diagnosis found, and the secrets."""

    def __init__(self, process: TimelineProcess, timeline: Timeline, words: FindingWords) -> None:
        self._process = process
        self._timeline = timeline
        self._words = words
        self._run = next(_runs)  # the process may still answer what an earlier run does not want any more
        self.wait = process.wait
        process.call(_begin, timeline.known_secrets)

    @property
    def ended(self) -> bool:
        return self._process.ended

    def ask(self, piece: list[Wanted]) -> None:
        broken, noticed = self._timeline.broken_rules, self._timeline.noticed
        work = [(index, rules, broken(index), noticed.get(index, ())) for index, rules in piece]
        self._process.call(_word, self._run, work)

    def answer(self) -> list[ReportedFinding] | None:
        while (result := self._process.result()) is not None:
            run, found = result
            if run == self._run:
                for finding in found:
                    self._words.place(finding)
                return [*found]
        return None


# -- in the other process ---------------------------------------------------------------------------------------------


def _begin(copy: TimelineCopy, secrets: KnownSecrets | None) -> None:
    copy.timeline.known_secrets = secrets


def _word(
    copy: TimelineCopy, run: int, work: list[tuple[int, Collection[str], tuple[str, ...], tuple[Noticed, ...]]]
) -> tuple[int, list[ReportedFinding]]:
    """The findings of the wanted rules in each record, which breaks these rules, as was noticed."""
    timeline, words = copy.timeline, FindingWords(copy.timeline)
    found: list[ReportedFinding] = []
    for index, wanted, broken, noticed in work:
        timeline.findings[index] = timeline.rule_set_id(broken)
        timeline.noticed[index] = noticed
        found += words.of(index, wanted)
    return run, found
