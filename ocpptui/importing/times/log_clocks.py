"""The clocks that wrote the times of a log: one for the whole of it, or one for each kind of line.

A log may have the lines of two programs, one after the other or mixed as `docker compose logs` has them, of which one
writes local time and the other UTC. Their lines begin differently, up to the time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.times.named_zones import zone_named_in
from ocpptui.importing.times.payload_times import Witness
from ocpptui.importing.times.zones import Zone
from ocpptui.importing.words.line_shapes import end_of_clock, logger_before

MOST_KINDS = 50
"""How many kinds of lines are told apart."""


@dataclass(slots=True)
class _Kind:
    """The lines that begin alike, up to their time."""

    example: str
    zone: Zone = field(default_factory=Zone)


class LogClocks:
    """Knows the zone of each line whose time has none."""

    def __init__(self, chosen: int | None = None) -> None:
        """`chosen`: minutes ahead of UTC, as the user says."""
        self._one = Zone(chosen)
        self._kinds: dict[str, _Kind] = {}
        self._apart: dict[str, Zone] = {}  # where the clocks differ
        self._names: list[str] = []  # of zones in the lines
        self._has_others = False

    def learn(self, found: FoundFrame, time: int, witness: Witness | None, *, dated: bool) -> None:
        """Compare the time of a line, as if it were UTC, with the one in the payload of its frame, if any."""
        self._names.append(zone_named_in(found.prefix))
        if witness is not None:
            self._one.learn(time, witness, dated=dated)
        begin = logger_before(found.shape)
        kind = self._kinds.get(begin)
        if kind is None:
            if len(self._kinds) >= MOST_KINDS:
                self._has_others = True
                return
            kind = self._kinds[begin] = _Kind(found.prefix[: end_of_clock(found.shape)])
        if witness is not None:
            kind.zone.learn(time, witness, dated=dated)

    def decide(self) -> Iterator[str]:
        """Decide by the lines so far; returns the evidence."""
        shown = {begin: kind for begin, kind in self._kinds.items() if kind.zone.shown is not None}
        if self._one.is_chosen or len({kind.zone.shown for kind in shown.values()}) < 2:
            yield self._one.decide(self._names)
            return
        self._apart = {begin: kind.zone for begin, kind in shown.items()}
        for kind in shown.values():
            yield kind.zone.decide((), f"Its times like `{kind.example}`")
        self._one = Zone()  # that of the others, of which no payload was compared
        if self._has_others or len(shown) < len(self._kinds):
            yield self._one.decide(self._names, "Its other times")

    def of(self, found: FoundFrame) -> Zone:
        """The zone of the time of a line that has none."""
        return self._apart.get(logger_before(found.shape), self._one) if self._apart else self._one
