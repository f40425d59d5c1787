"""A record as a checker sees it. Its payload is read when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from ocpptui.diagnosis.excused_calls import is_excused
from ocpptui.ocpp.correlation import AnswerStatus
from ocpptui.ocpp.date_times import time_of
from ocpptui.ocpp.judgement import Verdict
from ocpptui.ocpp.key_codes import is_key_code
from ocpptui.ocpp.message import Malformed, Message
from ocpptui.ocpp.payload import (
    Payload,
    integer_at,
    measured_at,
    number_at,
    objects_at,
    texts_at,
)
from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.secret_names import MASK
from ocpptui.ocpp.version import Direction, Version
from ocpptui.timeline.columns import DIRECTIONS, SUBSTITUTE, TIMELESS
from ocpptui.timeline.record import ConnectionEvent, Origin, RecordKind
from ocpptui.timeline.timeline import Timeline
from ocpptui.translation.common_reading import commonly_read

if TYPE_CHECKING:
    from ocpptui.diagnosis.payload_reader import PayloadReader

LONGEST_TIME = 40
"""Characters of a date-time that is remembered."""
R = TypeVar("R")


class Seen:
    """One record. The payload may be anything: what is missing or of the wrong type is None, or empty.

    Each reader takes the keys that lead to a value: `seen.text("chargingStation", "model")`.
    """

    __slots__ = ("_detail", "_payload", "_read", "_reader", "_timeline", "action", "clock", "index", "is_timed", "time")

    def __init__(
        self,
        timeline: Timeline,
        index: int,
        reader: PayloadReader,
        action: str,
        time: int,
        clock: int,
        is_timed: bool,
        payload: Payload | None = None,
    ) -> None:
        """`payload` is given if it is at hand."""
        self.index = index
        """Its index in the timeline."""
        self.action = action
        """The action; for an answer, that of its call."""
        self.time = time
        """When it was sent, in µs since 1970-01-01 UTC, by the clock of the one who recorded it."""
        self.clock = clock
        """The same by a clock that nobody set: compare these, and never `time`."""
        self.is_timed = is_timed
        """Whether its time was recorded; if not, the time only keeps its order."""
        self._timeline = timeline
        self._reader = reader
        self._payload: Payload | None = payload

    @classmethod
    def at(cls, timeline: Timeline, index: int, reader: PayloadReader) -> Seen:
        """The record at an index, if no more than that is at hand."""
        time, changes = timeline.times[index], timeline.clock_changes
        clock = time - changes.before(index) if changes.any else time
        is_timed = timeline.kinds[index] > RecordKind.SEND or not timeline.flags[index] & TIMELESS
        return cls(timeline, index, reader, timeline.action(index), time, clock, is_timed)

    # -- what the columns say -----------------------------------------------------------------------------------

    @property
    def kind(self) -> RecordKind:
        return self._timeline.kind(self.index)

    @property
    def connection(self) -> int:
        """The number of its connection; 0 if there is none."""
        return self._timeline.connection(self.index)

    @property
    def version(self) -> Version | None:
        return self._timeline.version(self.index)

    @property
    def direction(self) -> Direction | None:
        return DIRECTIONS[self._timeline.directions[self.index]]

    @property
    def event(self) -> ConnectionEvent | None:
        """What happened to the connection; None if this is not a connection event."""
        return self._timeline.event(self.index)

    @property
    def waited(self) -> int | None:
        """µs from call to answer, for either of them; None if there is no pair, or if one of the times is unknown."""
        return self._timeline.latency(self.index)

    @property
    def other(self) -> int | None:
        """The index of the other half of the exchange; None if there is none, as for a second answer."""
        other = self._timeline.others[self.index]
        return other if other >= 0 else None

    @property
    def origin(self) -> Origin:
        return self._timeline.origin(self.index)

    @property
    def is_ours(self) -> bool:
        """Whether ocpptui made it, for the side that it plays or, of a proxy, beside what that side sends itself."""
        return self.origin is not Origin.WIRE

    @property
    def repeats_id(self) -> bool:
        """Whether a call has the message id of an earlier one."""
        return self._timeline.is_duplicate_id(self.index)

    @property
    def is_in_time(self) -> bool:
        """Whether it is the first answer to its call, before the time-out."""
        return self._timeline.answerings[self.index] == AnswerStatus.FIRST

    def answers(self, call: int) -> bool:
        """Whether it is the answer to a call."""
        return self._timeline.others[self.index] == call

    def follows_answer_to(self, call: int) -> bool:
        """Whether the answer to a call came before this record."""
        return 0 <= self._timeline.others[call] < self.index

    @property
    def is_read(self) -> bool:
        """Whether its payload was read."""
        return self._payload is not None

    @property
    def is_valid(self) -> bool:
        """Whether its payload follows the schema."""
        return self._timeline.verdicts[self.index] == Verdict.VALID

    def is_excused(self, before: Seen) -> bool:
        """Whether nobody is to blame that this call had no answer when another record came."""
        return is_excused(self._timeline, self.index, before.index)

    def another(self, index: int) -> Seen:
        """Another record of the timeline."""
        return Seen.at(self._timeline, index, self._reader)

    def beside_since(self, earlier: Seen) -> Iterator[Seen]:
        """What is between another record and this one on its connection, and is no exchange of its own: notes, and what
        a proxy sent in place of other messages."""
        timeline, first = self._timeline, earlier.index + 1
        kinds, flags = timeline.kinds[first : self.index], timeline.flags[first : self.index]
        for place, (kind, flag) in enumerate(zip(kinds, flags, strict=True), first):
            is_beside = kind == RecordKind.NOTE or (kind <= RecordKind.SEND and flag & SUBSTITUTE)
            if is_beside and timeline.connection(place) == self.connection:
                yield self.another(place)

    def since(self, earlier: Seen | int | None) -> int | None:
        """µs since another record, or since a clock; None if one of the times is unknown."""
        if earlier is None or not self.is_timed:
            return None
        if isinstance(earlier, int):
            return self.clock - earlier
        return self.clock - earlier.clock if earlier.is_timed else None

    # -- what the text says -------------------------------------------------------------------------------------

    @property
    def payload(self) -> Payload:
        """The payload, or the details of an error, without secrets; empty if it is not an object."""
        if self._payload is None:
            found = self._reader.payload(self.index)
            version = self._timeline.version(self.index)
            if version is Version.V20:
                part = Part.RESPONSE if self.kind.is_answer else Part.REQUEST
                found = commonly_read(version, self.action, part, found)
            self._payload = found if isinstance(found, dict) else {}
        return self._payload

    @property
    def message_id(self) -> str | None:
        """The message id; None of a message that cannot be read and has none."""
        return self._reader.message_id(self.index)

    @property
    def frame(self) -> Message | Malformed | None:
        """The whole message; read it only for what the payload does not have, the error code for example."""
        return self._timeline.frame(self.index)

    @property
    def detail(self) -> Mapping[str, Any]:
        """The detail of a connection event, and of a record that was imported."""
        try:
            return self._detail
        except AttributeError:  # not read yet: so it costs the many records nothing that have none
            self._detail: Mapping[str, Any] = self._timeline.record(self.index).detail
            return self._detail

    def read_once(self, read: Callable[[Seen], R]) -> R:
        """What a function makes of this record; it is called once, however many checkers ask."""
        try:
            return self._read[read]  # type: ignore[no-any-return]
        except AttributeError:
            self._read: dict[Any, Any] = {}
        except KeyError:
            pass
        result = self._read[read] = read(self)
        return result

    def value(self, key: str, *inner: str) -> Any:
        payload = self._payload  # here and below without a call: this is most of what checkers do
        found = (self.payload if payload is None else payload).get(key)
        for key in inner:
            if not isinstance(found, dict):
                return None
            found = found.get(key)
        return found

    def text(self, key: str, *inner: str) -> str | None:
        """The string there; a key code, which no finding may show, is masked."""
        payload = self._payload
        holder = self.payload if payload is None else payload
        found: Any = holder.get(key)
        for key in inner:
            if not isinstance(found, dict):
                return None
            holder, found = found, found.get(key)
        if not isinstance(found, str):
            return None
        return MASK if key == "idToken" and is_key_code(holder.get("type")) else found

    def texts(self, *path: str) -> list[str]:
        return texts_at(self.payload, *path)

    def integer(self, key: str, *inner: str) -> int | None:
        payload = self._payload
        found: Any = (self.payload if payload is None else payload).get(key)
        for key in inner:
            if not isinstance(found, dict):
                return None
            found = found.get(key)
        if type(found) is int and -(1 << 63) <= found < 1 << 63:
            return found
        return None if found is None else integer_at(found)

    def number(self, key: str, *inner: str) -> float | None:
        return number_at(self.value(key, *inner))

    def measured(self, key: str, *inner: str) -> float | None:
        """A number, also one in a string, as OCPP 1.6 writes measured values."""
        return measured_at(self.value(key, *inner))

    def object(self, key: str, *inner: str) -> Payload:
        found = self.value(key, *inner)
        return found if isinstance(found, dict) else {}

    def objects(self, key: str, *inner: str) -> list[Payload]:
        found = self.value(key, *inner)
        return [] if found is None else objects_at(found)

    def date_time(self, key: str, *inner: str) -> int | None:
        """A date-time, in µs since 1970-01-01 UTC."""
        text = self.text(key, *inner)
        return None if text is None else known_time_of(text)


def known_time_of(text: str) -> int | None:
    """`time_of`, with a memory: several topics read the same times."""
    return _time_of(text) if len(text) <= LONGEST_TIME else time_of(text)


_time_of = lru_cache(256)(time_of)
