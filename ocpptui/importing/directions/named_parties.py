"""Which side sent a frame where its line names a party and the action of the call says otherwise:
`CP-7 -> CSMS [2,"1","Reset",…]`.

Either a charge point sent what it may not send, or the line names who asked for something, or whose connection it is.
This is decided once for each connection, so that a call and its answer are read alike.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from ocpptui.importing.directions.learned_directions import MOST_OPEN
from ocpptui.ocpp.version import Direction

ENOUGH = 2
"""How many calls show that lines mean the opposite of what they suggest."""
MOST_TOLD = 3
"""Of how many connections the evidence speaks."""


@dataclass(slots=True)
class _Votes:
    """What the frames of a connection, or of a file, show of the parties that their lines name."""

    right: int = 0
    """Calls that only the named side may send."""
    wrong: int = 0
    """Calls that only the other side may send."""
    turned: int = 0
    """Answers whose lines name the other side than the lines of their calls do."""
    alike: int = 0
    """Answers whose lines name the same side."""
    named: set[Direction] = field(default_factory=set)

    @property
    def are_believed(self) -> bool:
        """Whether the lines tell the sides apart, as most calls show."""
        return 0 < self.right >= self.wrong and self.turned >= self.alike and len(self.named) > 1

    @property
    def mean_the_opposite(self) -> bool:
        """For a proxy, the charge points are `downstream`."""
        return self.wrong >= ENOUGH and self.wrong > 4 * self.right


class NamedParties:
    """Whether the parties that the lines of each connection name are believed against the actions."""

    def __init__(self) -> None:
        self._file = _Votes()
        self._of_connections: dict[int, _Votes] = {}
        self._calls: dict[tuple[int, str], Direction] = {}  # which way the lines of open calls say
        self._decided: dict[int, bool] = {}
        self._doubtful: dict[int, Counter[str]] = {}  # the actions that the decision is about

    def note_call(self, connection: int, message_id: str, named: Direction, shown: Direction | None) -> None:
        """Note ahead of time which way a line says, and which way the action of its call shows, if it does."""
        for votes in self._both(connection):
            votes.named.add(named)
            if shown is not None:
                votes.right += named is shown
                votes.wrong += named is not shown
        if message_id and len(self._calls) < MOST_OPEN:
            self._calls[connection, message_id] = named

    def note_answer(self, connection: int, message_id: str, named: Direction) -> None:
        """Note ahead of time which way the line of an answer says."""
        of_call = self._calls.pop((connection, message_id), None)
        for votes in self._both(connection):
            votes.named.add(named)
            if of_call is not None:
                votes.turned += of_call is not named
                votes.alike += of_call is named

    def outweigh(self, action: str, connection: int) -> bool:
        """Whether the line of a call is believed though only the other side may send this action."""
        decided = self._decided.get(connection)
        if decided is None:
            decided = self._decided[connection] = self._decisive(connection).are_believed
        self._doubtful.setdefault(connection, Counter())[action] += 1
        return decided

    def mean_the_opposite(self, connection: int) -> bool:
        """Whether the actions show that the lines of a connection mean the opposite of what they suggest."""
        own = self._of_connections.get(connection)
        return (own if own is not None and own.right + own.wrong >= ENOUGH else self._file).mean_the_opposite

    @property
    def evidence(self) -> str:
        """What was decided for which connections; empty if no line contradicts an action."""
        told = [self._told(connection) for connection in list(self._doubtful)[:MOST_TOLD]]
        more = len(self._doubtful) - MOST_TOLD
        if more > 0:
            told.append(f"{more} more connection{' has' if more == 1 else 's have'} such lines, too.")
        return " ".join(told)

    def _told(self, connection: int) -> str:
        doubtful = self._doubtful[connection]
        names = ", ".join(sorted(doubtful))
        if self._decided[connection]:
            right = self._decisive(connection).right
            others = "another call goes" if right == 1 else f"{right} other calls go"
            return (
                f"In connection {connection}, the lines say that {names} came from the side that may not send it. They "
                f"are believed, since {others} as the lines say."
            )
        return (
            f"In connection {connection}, the lines say that {names} came from the side that may not send it. The "
            "actions are believed instead: the other calls do not show that the lines are right."
        )

    def _decisive(self, connection: int) -> _Votes:
        """What shows whether the lines of a connection are right: its own calls, else those of the file."""
        own = self._of_connections.get(connection)
        return own if own is not None and (own.right or own.wrong >= ENOUGH) else self._file

    def _both(self, connection: int) -> tuple[_Votes, _Votes]:
        own = self._of_connections.get(connection)
        if own is None:
            own = self._of_connections[connection] = _Votes()
        return self._file, own
