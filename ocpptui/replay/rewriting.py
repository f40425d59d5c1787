"""What a recorded payload has to become before it can be sent to a live peer: ids that the peer chose anew.

Only the values concerned change; every other character of the payload stays as it was recorded.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from ocpptui.protocol.frame import Frame, MessageType, element_spans
from ocpptui.protocol.version import Version
from ocpptui.replay.ids import TRANSACTION, announced_kinds, id_kind
from ocpptui.replay.spans import replaced, scalars


class Rewritten(NamedTuple):
    """One id of the recording and what stood in its place."""

    kind: str
    """`transaction id`, `reservation id` and so on."""
    recorded: str
    """JSON text."""
    live: str
    """JSON text."""
    times: int
    """In how many values that were sent."""


@dataclass(frozen=True, slots=True)
class _Id:
    kind: str
    text: str
    """JSON text in one spelling, so that equal values are equal keys."""


class Rewriting:
    """The ids of a recording and their live counterparts, learnt while it is replayed."""

    def __init__(self, version: Version) -> None:
        self._version = version
        self._live: dict[_Id, str] = {}
        self._used: Counter[tuple[_Id, str]] = Counter()

    def learn(self, action: str, recorded: str, live: str, *, in_answer: bool) -> None:
        """Take over the ids that the live peer announced in the place of the recorded ones.

        `recorded` and `live` are the payloads (JSON text) of two calls of `action` by the peer, or of its two answers.
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

    def apply(self, action: str, payload: str) -> str:
        """A recorded payload of ours with the live ids in it, ready to be sent."""
        return self._applied(action, payload, counted=True)

    def frame(self, recorded: Frame, action: str, id_text: str) -> str:
        """The text of a recorded frame of ours with another message id (as JSON) and the live ids in its payload."""
        raw = recorded.raw
        spans = list(islice(element_spans(raw), 5))
        start, end = spans[1]
        head = raw[:start] + id_text
        place = _PAYLOAD[recorded.type]
        if place >= len(spans):
            return head + raw[end:]
        payload_start, payload_end = spans[place]
        return head + raw[end:payload_start] + self.apply(action, raw[payload_start:payload_end]) + raw[payload_end:]

    def expected(self, action: str, payload: str) -> str:
        """A recorded payload of the peer as it would be if the peer did the same again."""
        return self._applied(action, payload, counted=False)

    def free_paths(self, action: str, payload: str, *, in_answer: bool) -> frozenset[str]:
        """Where a recorded payload of the peer announces an id that is not known yet: any value may stand there."""
        kinds = announced_kinds(self._version, action, in_answer)
        if not kinds:
            return frozenset()
        ids = self._ids(action, payload)
        return frozenset(path for path, known in ids.items() if known.kind in kinds and known not in self._live)

    @property
    def table(self) -> tuple[Rewritten, ...]:
        """What was learnt, in that order, and how often it was used."""
        return tuple(Rewritten(one.kind, one.text, live, times) for (one, live), times in self._used.items())

    def _applied(self, action: str, payload: str, counted: bool) -> str:
        if not self._live:
            return payload
        edits = []
        for scalar in scalars(payload):
            kind = id_kind(self._version, action, scalar)
            if kind is None:
                continue
            recorded_id = _Id(kind, _spelled(payload[scalar.start : scalar.end]))
            live = self._live.get(recorded_id)
            if live is None:
                continue
            if counted:
                self._used[recorded_id, live] += 1
            if live != recorded_id.text:
                edits.append((scalar, live))
        return replaced(payload, edits)

    def _ids(self, action: str, payload: str) -> dict[str, _Id]:
        found = {}
        for scalar in scalars(payload):
            kind = id_kind(self._version, action, scalar)
            if kind is not None:
                found[scalar.path] = _Id(kind, _spelled(payload[scalar.start : scalar.end]))
        return found

    def _is_new(self, action: str, recorded: _Id, live: str, live_payload: str) -> bool:
        """Whether this is an announcement; a TransactionEvent only repeats an id that was announced before."""
        if action != "TransactionEvent" or recorded.kind != TRANSACTION:
            return True
        if live in (text for known, text in self._live.items() if known.kind == TRANSACTION):
            return False
        return recorded not in self._live or _value(live_payload).get("eventType") == "Started"


def _spelled(text: str) -> str:
    try:
        return json.dumps(json.loads(text), ensure_ascii=False)
    except ValueError:
        return text


def _value(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


_PAYLOAD = {
    MessageType.CALL: 3,
    MessageType.SEND: 3,
    MessageType.CALLRESULT: 2,
    MessageType.CALLERROR: 4,
    MessageType.CALLRESULTERROR: 4,
}
"""Which element of a frame its payload is; of an error its details."""
