"""The filter language for a timeline.

    action:MeterValues cp:CP001 kind:error dir:to-csms id:a81f version:1.6 transport:soap origin:manual event:closed
    conn:2 transaction:8 after:10:00 before:2026-11-22T10:00Z latency>2s
    problem refused severity:error rule:rpc.late-answer rule:conn.*
    invalid valid unanswered orphan late second duplicate marked masked
    connectorId=1 idTag!=ABC sampledValue.measurand=Voltage value>230 key=*
    word "two words" not or and -term ( )

Names and words are case-insensitive; outside quotation marks, `*` matches anything. Times are local unless they end
with Z.
"""

from __future__ import annotations

from ocpptui.filter.completion import completions, word_at
from ocpptui.filter.parser import QueryError, parse_terms
from ocpptui.filter.terms import AllOf, OfParty, Term, everything, places_in
from ocpptui.timeline.timeline import Timeline

__all__ = ["Query", "QueryError", "completions", "parse_filter", "word_at"]


class Query:
    """A parsed filter."""

    def __init__(self, text: str, node: Term) -> None:
        self.text = text
        self._node = node

    @property
    def matches_all(self) -> bool:
        """Whether it filters nothing out."""
        return isinstance(self._node, AllOf) and not self._node.parts

    @property
    def needs_text(self) -> bool:
        """False if the columns of the timeline decide, so that no record text is read."""
        return self._node.needs_text

    @property
    def follows_answers(self) -> bool:
        """Whether the arrival of an answer may change the result for its call."""
        return self._node.follows_answers

    @property
    def follows_findings(self) -> bool:
        """Whether a finding that comes later may change the result for its record."""
        return self._node.follows_findings

    @property
    def words(self) -> tuple[str, ...]:
        """The texts that it looks for in records, each once and case folded, for the views to highlight."""
        return tuple(dict.fromkeys(self._node.words))

    def matches(self, timeline: Timeline, index: int) -> bool:
        """Whether one record matches."""
        return bool(self._node.select(timeline, index, index + 1, 1))

    def select(self, timeline: Timeline, start: int, stop: int) -> list[int]:
        """The indexes, from `start` to before `stop`, of the matching records; large ranges cost less per record."""
        if stop <= start:
            return []
        chosen = self._node.select(timeline, start, stop, everything(stop - start))
        return [start + place for place in places_in(chosen, stop - start)] if chosen else []

    def of_charge_point(self, identity: str) -> Query:
        """This filter, limited to the charge point with exactly this identity."""
        return Query(self.text, AllOf((OfParty(lambda party: party.charge_point == identity), self._node)))


def parse_filter(text: str) -> Query:
    """Parse a filter; an empty text matches everything. Raises QueryError."""
    return Query(text, parse_terms(text))


def filter_problem(text: str) -> str:
    """Why a text cannot be used as a filter, in a sentence; empty if it can."""
    try:
        parse_filter(text)
    except QueryError as error:
        return f"{error}."
    return ""
