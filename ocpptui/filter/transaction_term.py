"""The term for all messages of one transaction."""

from __future__ import annotations

from ocpptui.filter.payload_terms import PayloadField
from ocpptui.filter.terms import PARSED, Term, everything, places_in
from ocpptui.timeline.timeline import Timeline


class OfTransaction(Term):
    """Messages that have the id of a transaction, and the other half of each: a StartTransaction of OCPP 1.x has no id
    itself, and an answer has none either."""

    cost = PARSED
    needs_text = True
    follows_answers = True

    def __init__(self, transaction: str) -> None:
        self._named = PayloadField("transactionId", "=", transaction, literal=True)
        self._id = transaction.casefold()

    @property
    def words(self) -> tuple[str, ...]:
        return () if self._id.isdigit() else (self._id,)  # a number of few digits is found everywhere

    def select(self, timeline: Timeline, start: int, stop: int, among: int) -> int:
        found = self._named.select(timeline, start, stop, everything(stop - start))
        has_id, others = found.to_bytes(stop - start, "little"), timeline.others[start:stop]
        also = bytearray(stop - start)
        for place in places_in(among & ~found, stop - start):
            other = others[place]
            if start <= other < stop:
                also[place] = has_id[other - start]
            elif other >= 0:
                also[place] = self._named.select(timeline, other, other + 1, 1)
        return (found | int.from_bytes(also, "little")) & among
