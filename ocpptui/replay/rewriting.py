"""How a recorded payload is changed before it is sent to a live peer.

The ids that the live peer chooses are learnt; `Substitutions` hold what the user wants changed.

Only the values concerned change; every other character of the payload stays as it was recorded.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple

from ocpptui.jsontext.path import json_path, nearest_key
from ocpptui.jsontext.text import quote, value_text
from ocpptui.jsontext.tokens import Token, TokenKind, replaced, scalars
from ocpptui.ocpp.date_times import shifted, time_of
from ocpptui.ocpp.encoding import SpokenEncoding
from ocpptui.ocpp.json_encoding import JSON
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import Version
from ocpptui.replay.linked_ids import TRANSACTION, announced_kinds, id_kind
from ocpptui.replay.substitutions import TIME, Substitutions

MOST_ROWS = 1_000
"""How many rows of the table are kept; without a limit, an endless replay would fill the memory."""


class Rewritten(NamedTuple):
    """One value of the recording and what replaced it."""

    kind: str
    """`transaction id`, `token` and so on; all times share one row, `time`, which shows the first."""
    recorded: str
    """JSON text."""
    live: str
    """JSON text."""
    times: int
    """How many sent values it replaced."""


@dataclass(frozen=True, slots=True)
class _Id:
    kind: str
    text: str
    """JSON text in a canonical spelling, so that equal values are equal keys."""


class Rewriting:
    """The ids of a recording and their live counterparts, learnt while it is replayed."""

    def __init__(self, version: Version, rules: Substitutions | None = None, encoding: SpokenEncoding = JSON) -> None:
        """`encoding` is that of the live connection."""
        self._encoding = encoding
        self.rules = rules or Substitutions()
        self.shift = 0
        """Microseconds by which times in payloads are shifted."""
        self._version = version
        self._live: dict[_Id, str] = {}
        self._used: Counter[tuple[_Id, str]] = Counter()
        self._times: tuple[str, str] | None = None  # the first one, recorded and live

    def learn(self, action: str, recorded: str, live: str, *, in_answer: bool) -> None:
        """Learn the ids that the live peer announced in place of the recorded ones.

        `recorded` and `live` are the payloads (JSON text) of the peer's two calls of `action`, or of its two answers.
        """
        kinds = announced_kinds(self._version, action, in_answer)
        if not kinds:
            return
        there = self._ids(action, live)
        for path, recorded_id in self._ids(action, recorded).items():
            live_id = there.get(path)
            if recorded_id.kind not in kinds or live_id is None or live_id.kind != recorded_id.kind:
                continue
            if self._is_new(action, recorded_id, live_id.text, live):
                self._live[recorded_id] = live_id.text
                self._used.setdefault((recorded_id, live_id.text), 0)

    def apply(self, action: str, payload: str, *, counted: bool = True, present: int | None = None) -> str:
        """A recorded payload of ours, rewritten and ready to be sent; `counted` if it will be.

        With `present` (microseconds since 1970), every currentTime in it becomes that time: one recorded answer may
        serve many live calls, and a charge point sets its clock by each.
        """
        return self._applied(action, payload, counted, self.shift, present)

    def frame(
        self, recorded: Message, action: str, id_text: str, *, counted: bool = True, present: int | None = None
    ) -> str:
        """The text of a recorded frame of ours with a new message id (as JSON) and a rewritten payload."""

        def rewritten(payload: str) -> str:
            return self.apply(action, payload, counted=counted, present=present)

        return self._encoding.rewritten(recorded, id_text, rewritten, action)

    def expected(self, action: str, payload: str) -> str:
        """A recorded payload of the peer as it would be if the peer now did the same."""
        return self._applied(action, payload, counted=False, shift=0)

    def free_paths(self, action: str, payload: str, *, in_answer: bool) -> frozenset[str]:
        """Paths at which a recorded payload of the peer announces an id that is still unknown: any value may follow."""
        kinds = announced_kinds(self._version, action, in_answer)
        if not kinds:
            return frozenset()
        ids = self._ids(action, payload)
        return frozenset(path for path, known in ids.items() if known.kind in kinds and known not in self._live)

    @property
    def table(self) -> tuple[Rewritten, ...]:
        """What was learnt or rewritten, in order, and how often it was used."""
        return tuple(Rewritten(one.kind, one.text, live, times) for (one, live), times in self._used.items())

    def _applied(self, action: str, payload: str, counted: bool, shift: int, present: int | None = None) -> str:
        if not (self._live or shift or present is not None or self.rules.substitutes):
            return payload
        edits = []
        for scalar in scalars(payload):
            text = payload[scalar.start : scalar.end]
            new = self._new(action, scalar, text, counted, _move(scalar, shift, present))
            if new is not None:
                edits.append((scalar.start, scalar.end, new))
        return replaced(payload, edits)

    def _new(self, action: str, scalar: Token, text: str, counted: bool, shift: int) -> str | None:
        """What replaces a value, as JSON; None if it stays as it is."""
        kind = id_kind(self._version, action, scalar)
        if kind is not None:
            recorded = _Id(kind, _spelled(text))
            live = self._live.get(recorded)
            if live is None:
                return None
            if counted:
                self._used[recorded, live] += 1
            return live if live != recorded.text else None
        if scalar.kind is not TokenKind.STRING:
            return None
        if (found := self.rules.substitute(scalar)) is not None:
            kind, new = found
        elif shift and (moved := shifted(scalar.value, shift)) is not None:
            kind, new = TIME, moved
        else:
            return None
        if counted:
            self._count(kind, quote(scalar.value), quote(new))
        return quote(new)

    def _count(self, kind: str, recorded: str, live: str) -> None:
        if kind == TIME:
            self._times = self._times or (recorded, live)
            recorded, live = self._times
        self._used[_Id(kind, recorded), live] += 1

    def _ids(self, action: str, payload: str) -> dict[str, _Id]:
        found = {}
        for scalar in scalars(payload):
            kind = id_kind(self._version, action, scalar)
            if kind is not None:
                found[json_path(scalar.path)] = _Id(kind, _spelled(payload[scalar.start : scalar.end]))
        return found

    def _is_new(self, action: str, recorded: _Id, live: str, live_payload: str) -> bool:
        """Whether this is an announcement; a TransactionEvent only repeats an id that was announced before."""
        if action != "TransactionEvent" or recorded.kind != TRANSACTION:
            return True
        if live in (text for known, text in self._live.items() if known.kind == TRANSACTION):
            return False
        return recorded not in self._live or _value(live_payload).get("eventType") == "Started"


def merged(*tables: Iterable[Rewritten]) -> tuple[Rewritten, ...]:
    """Several tables as one, of at most MOST_ROWS: equal rows are added up, and all times share one row."""
    rows: dict[tuple[str, str, str], Rewritten] = {}
    for row in chain.from_iterable(tables):
        key = (TIME, "", "") if row.kind == TIME else (row.kind, row.recorded, row.live)
        known = rows.get(key)
        if known is not None:
            rows[key] = known._replace(times=known.times + row.times)
        elif len(rows) < MOST_ROWS:
            rows[key] = row
    return tuple(rows.values())


def _move(scalar: Token, shift: int, present: int | None) -> int:
    """By how many microseconds a value is moved if it is a time."""
    if present is None or nearest_key(scalar.path) != "currentTime" or (time := time_of(scalar.value)) is None:
        return shift
    return present - time


def _spelled(text: str) -> str:
    try:
        return value_text(json.loads(text))
    except ValueError:
        return text


def _value(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
