"""What the numbers in the columns mean: the tables that they point into, and each value of a record as what it is."""

from __future__ import annotations

from collections.abc import Sequence

from ocpptui.ocpp.correlation import AnswerStatus
from ocpptui.ocpp.judgement import Verdict
from ocpptui.ocpp.version import Direction, Transport, Version
from ocpptui.timeline.columns import (
    DIRECTIONS,
    DUPLICATE_ID,
    EVENT_SHIFT,
    EVENTS,
    MASKED,
    ORIGINS,
    SUBSTITUTE,
    ConnectionKey,
    RecordColumns,
)
from ocpptui.timeline.record import ConnectionEvent, Origin, Record, RecordKind
from ocpptui.timeline.severity import Severity

MAX_RULE_SETS = 60_000
"""How many sets of broken rules are distinguished; beyond that, a record has only the first of its rules."""


class NamedColumns(RecordColumns):
    """The columns with their tables. All code may read the tables; new values are added by the methods alone."""

    def __init__(self) -> None:
        super().__init__()
        self.party_table: list[ConnectionKey] = []
        self.action_table: list[str] = [""]
        self.remark_table: list[tuple[str, ...]] = [()]
        self.rule_sets: list[tuple[str, ...]] = [()]
        self._party_ids: dict[ConnectionKey, int] = {}
        self._action_ids: dict[str, int] = {"": 0}
        self._remark_ids: dict[tuple[str, ...], int] = {(): 0}
        self._rule_set_ids: dict[tuple[str, ...], int] = {(): 0}
        self._connections: dict[int, None] = {}
        self._last_connection = 0
        self._charge_points: dict[str, None] = {}
        self._last_parties: dict[int, tuple[int, str, Version | None, Transport]] = {}  # by connection

    # -- tables -------------------------------------------------------------------------------------------------

    def party_id(self, party: ConnectionKey) -> int:
        """The number of a party in the table, to which a new one is added."""
        number = self._party_ids.get(party)
        if number is None:
            number = self._party_ids[party] = len(self.party_table)
            self.party_table.append(party)
            if party.connection:
                self._connections[party.connection] = None
                self._last_connection = max(self._last_connection, party.connection)
            if party.charge_point:
                self._charge_points[party.charge_point] = None
        return number

    def party_of(self, record: Record) -> int:
        """The number of a record's party; mostly that of the preceding record on the same connection."""
        last = self._last_parties.get(record.connection)
        if (
            last is not None
            and last[1] == record.charge_point
            and last[2] is record.version
            and last[3] is record.transport
        ):
            return last[0]
        party = ConnectionKey(record.connection, record.charge_point, record.version, record.transport)
        number = self.party_id(party)
        self._last_parties[record.connection] = (number, *party[1:])
        return number

    def action_id(self, action: str) -> int:
        """The number of an action in the table, to which a new one is added."""
        number = self._action_ids.get(action)
        if number is None:
            number = self._action_ids[action] = len(self.action_table)
            self.action_table.append(action)
        return number

    def remark_id(self, remarks: tuple[str, ...]) -> int:
        """The number of a set of remarks in the table, to which a new one is added."""
        number = self._remark_ids.get(remarks)
        if number is None:
            number = self._remark_ids[remarks] = len(self.remark_table)
            self.remark_table.append(remarks)
        return number

    def rule_set_id(self, rules: tuple[str, ...]) -> int:
        """The number of a set of broken rules in the table, to which a new one is added."""
        number = self._rule_set_ids.get(rules)
        if number is None:
            if len(self.rule_sets) > MAX_RULE_SETS:
                return self.rule_set_id(rules[:1])
            number = self._rule_set_ids[rules] = len(self.rule_sets)
            self.rule_sets.append(rules)
        return number

    # -- values -------------------------------------------------------------------------------------------------

    def time(self, index: int) -> int:
        """Microseconds since 1970-01-01 UTC."""
        return self.times[index]

    def kind(self, index: int) -> RecordKind:
        return RecordKind(self.kinds[index])

    def direction(self, index: int) -> Direction | None:
        return DIRECTIONS[self.directions[index]]

    def origin(self, index: int) -> Origin:
        return ORIGINS[self.origins[index]]

    def connection(self, index: int) -> int:
        return self.party_table[self.parties[index]].connection

    def charge_point(self, index: int) -> str:
        return self.party_table[self.parties[index]].charge_point

    def version(self, index: int) -> Version | None:
        return self.party_table[self.parties[index]].version

    def transport(self, index: int) -> Transport:
        return self.party_table[self.parties[index]].transport

    def action(self, index: int) -> str:
        """The action; for an answer, that of its call; "" if it is unknown."""
        return self.action_table[self.actions[index]]

    def event(self, index: int) -> ConnectionEvent | None:
        """What happened to the connection; None if this is not a connection event."""
        return EVENTS[self.flags[index] >> EVENT_SHIFT]

    def is_masked(self, index: int) -> bool:
        """True if secrets were masked in the raw text."""
        return bool(self.flags[index] & MASKED)

    def is_substitute(self, index: int) -> bool:
        """True for what a proxy sent in place of a message: neither a call of its own nor an answer."""
        return bool(self.flags[index] & SUBSTITUTE)

    def is_unanswered(self, index: int) -> bool:
        """True for a call without an answer so far."""
        is_call = self.kinds[index] == RecordKind.CALL
        return is_call and self.others[index] < 0 and not self.is_substitute(index)

    def is_duplicate_id(self, index: int) -> bool:
        """True for a call whose message id was used before on its connection and in its direction."""
        return bool(self.flags[index] & DUPLICATE_ID)

    def answering(self, index: int) -> AnswerStatus:
        return AnswerStatus(self.answerings[index])

    def verdict(self, index: int) -> Verdict:
        return Verdict(self.verdicts[index])

    def remarks_on(self, index: int) -> tuple[str, ...]:
        """Names of the remarks on the message alone (see `ocpptui.ocpp.judgement`)."""
        return self.remark_table[self.remarks[index]]

    def severity(self, index: int) -> Severity:
        """The severity of the worst finding of the record."""
        return Severity(self.severities[index])

    def broken_rules(self, index: int) -> tuple[str, ...]:
        """Ids of the rules that the record breaks (see `ocpptui.diagnosis`)."""
        return self.rule_sets[self.findings[index]]

    def connections(self) -> Sequence[int]:
        """The numbers of the connections, in the order of their first record; without 0, which means none."""
        return tuple(self._connections)

    def charge_points(self) -> tuple[str, ...]:
        """The identities of the charge points, in the order of their first record."""
        return tuple(self._charge_points)

    def free_connection(self, wanted: int) -> int:
        """A number that no connection has yet: the wanted one, from 1, or the next after the largest."""
        return wanted if wanted > 0 and wanted not in self._connections else self._last_connection + 1
