"""Infers what a log does not say: direction, time zone, time and version.

The writer of a log means its own side by "sent" and "received". The actions show which side that is: a writer that
received a BootNotification is a central system. The tally counts all that is inferred, with its evidence.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import Any

from ocpptui.importing.found_frame import Flow, FoundFrame, ImportStats
from ocpptui.importing.reader import ImportOptions
from ocpptui.jsontext.text import without_surrogates
from ocpptui.ocpp import actions as catalog
from ocpptui.ocpp.correlation import Correlation, Totals
from ocpptui.ocpp.date_times import DAY, in_calendar, rfc3339_text, time_of, utc_datetime
from ocpptui.ocpp.encoding import encoding_of
from ocpptui.ocpp.json_encoding import parse
from ocpptui.ocpp.message import Malformed, Message, MessageKind
from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.validation import is_valid
from ocpptui.ocpp.version import Direction, Role, Transport, Version
from ocpptui.timeline.record import Record, RecordKind, kind_of

LEARNING = 500
"""How many frames are examined before the first is passed on."""
OPEN_CALLS = 10_000
"""How many unanswered calls are remembered with their actions, over all connections."""
TRIED = 40
"""How many calls of a connection are validated against each version."""
_QUARTER = 900_000_000
_NEAR = 90_000_000
"""Microseconds by which a log's clock and the time in a payload may differ."""
_PARTIAL_ACTION = re.compile(r"\[\s*[26]\s*,\s*(?:\"[^\"]*\"|-?\d+)\s*,\s*\"(?P<action>\w+)")
_ACTION_NAME = re.compile(r"\baction=(?P<action>\w+)")
_TIMES = ("currentTime", "timestamp")


@dataclass(slots=True)
class _Heard:
    """A found frame or event, with what is known about it so far."""

    found: FoundFrame
    frame: Message | Malformed | None
    action: str


@dataclass(slots=True)
class _Party:
    """A connection of a charge point."""

    number: int
    version: Version | None = None
    named: bool = False
    """Whether the file names the version."""
    tried: int = 0
    valid: Counter[Version] = field(default_factory=Counter)


class Inference:
    """Turns found frames and events into records, in their order.

    The first are held back until enough is known or `settle` is called.
    """

    def __init__(self, tally: ImportStats, options: ImportOptions, modified: int = 0, connections: int = 0) -> None:
        """`modified` is when the file was last written, in microseconds since 1970: the time of records without one.
        `connections` is how many connection numbers are already used."""
        self._tally = tally
        self._options = options
        self._modified = in_calendar(modified)
        self._taken = connections
        self._held: deque[_Heard] = deque()
        self._settled = False
        self._writer: Role | None = None
        self._writer_votes: Counter[Role] = Counter()
        self._offsets: Counter[int] = Counter()
        self._offset: int | None = None
        self._identities: Counter[str] = Counter()
        self._time: int | None = None
        self._parties: dict[tuple[str, str], _Party] = {}
        self._calls: dict[int, Correlation] = {}  # by connection
        self._totals = Totals()
        self._actions: dict[int | None, str] = {}  # of the calls without an answer, by the number of the call
        self._noted = 0
        self._versions: Counter[Version] = Counter()

    def take(self, found: FoundFrame) -> Iterator[Record]:
        """Add a frame or event; return the records that are now certain."""
        heard = self._hear(found)
        self._learn(heard)
        if self._settled:
            yield self._record(heard)
            return
        self._held.append(heard)
        if len(self._held) >= LEARNING:
            yield from self.settle()

    def settle(self) -> Iterator[Record]:
        """The records that were held back, by what is known now."""
        if not self._settled and self._held:
            self._settled = True
            self._decide()
        while self._held:
            yield self._record(self._held.popleft())

    @property
    def connections(self) -> int:
        """How many connections it found."""
        return len(self._parties)

    # -- learning ------------------------------------------------------------------------------------------------

    def _hear(self, found: FoundFrame) -> _Heard:
        if found.event is not None:
            return _Heard(found, None, "")
        raw = _as_on_the_wire(found.raw)
        frame: Message | Malformed = parse(raw) if found.transport is Transport.JSON else _soap(raw, found.message_id)
        if isinstance(frame, Message):
            return _Heard(found, frame, frame.action or "")
        text = raw if isinstance(raw, str) else raw.decode("utf-8", "replace")
        match = _PARTIAL_ACTION.match(text) or _ACTION_NAME.search(text[:200])
        return _Heard(found, frame, _full_name(match["action"]) if match else "")

    def _learn(self, heard: _Heard) -> None:
        found = heard.found
        if found.charge_point:
            self._identities[found.charge_point] += 1
        sender = _only_sender(heard.action)
        if sender is not None and found.flow is not None:
            self._writer_votes[sender if found.flow is Flow.SENT else sender.other] += 1
        if not found.zoned and found.dated and found.time is not None and isinstance(heard.frame, Message):
            self._learn_offset(found.time, heard.frame)
        if isinstance(heard.frame, Message) and heard.frame.action is not None and found.transport is Transport.JSON:
            self._try_versions(self._party(found), heard.frame)

    def _learn_offset(self, time: int, frame: Message) -> None:
        """How far the clock of the log is ahead of the UTC time in a payload."""
        payload = frame.payload if type(frame.payload) is dict else {}
        for name in _TIMES:
            told = time_of(payload[name]) if type(payload.get(name)) is str else None
            if told is not None:
                offset = round((time - told) / _QUARTER) * _QUARTER
                if abs(time - told - offset) <= _NEAR and abs(offset) <= 14 * 4 * _QUARTER:
                    self._offsets[offset] += 3 if name == "currentTime" else 1

    def _try_versions(self, party: _Party, frame: Message) -> None:
        """Count the versions in which a call is valid."""
        action = frame.action or ""
        versions = catalog.versions_of(action)
        if party.tried < TRIED:
            party.tried += 1
            for version in versions:
                if is_valid(version, action, Part.REQUEST, frame.payload):
                    party.valid[version] += 1
                    self._versions[version] += 1
        if party.version is not None and not party.named and versions and party.version not in versions:
            party.version = None  # another version was assumed too early

    # -- deciding ------------------------------------------------------------------------------------------------

    def _decide(self) -> None:
        """Decide what applies to the whole file."""
        told = self._tally.evidence
        votes = self._writer_votes
        if votes:
            self._writer = votes.most_common(1)[0][0]
            told.append(f"The {_NAMES[self._writer]} wrote this: {_which_calls(votes[self._writer], votes.total())}.")
        elif any(heard.found.flow is not None for heard in self._held):
            self._writer = Role.CENTRAL_SYSTEM
            told.append("The central system is assumed to have written this: no call in it shows which side did.")
        self._offset = self._utc_offset()
        payload_time = next(filter(None, map(_told_time, self._held)), self._modified)
        timed = next((heard.found for heard in self._held if heard.found.time is not None), None)
        if timed is not None and timed.dated:
            self._time = self._in_utc(timed)
        else:
            self._time = payload_time
            told.append(f"Nothing in this shows the day; the day of {rfc3339_text(self._time)} is assumed.")
            if timed is not None:
                self._time = self._in_utc(timed)

    def _utc_offset(self) -> int | None:
        """Microseconds by which times without a zone are ahead of UTC; None for the zone of this machine."""
        if all(heard.found.zoned or heard.found.time is None for heard in self._held):
            return 0
        told = self._tally.evidence
        if self._options.utc_offset is not None:
            return self._options.utc_offset * 60_000_000
        if self._offsets:
            (offset, count), *others = self._offsets.most_common(2)
            if count >= 2 and count > 2 * sum(number for _, number in others):
                minutes = offset // 60_000_000
                sign = "-" if minutes < 0 else "+"
                zone = f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
                told.append(f"Its times have no zone; compared with the times in payloads, they are in UTC{zone}.")
                self._tally.guess("zone")
                return offset
        told.append("Its times have no zone; the local time of this machine is assumed.")
        self._tally.guess("zone")
        return None

    def _in_utc(self, found: FoundFrame) -> int:
        """The time in UTC; a time without a date is put on the day that makes it nearest to the one before."""
        return in_calendar(self._shifted_to_utc(found))

    def _shifted_to_utc(self, found: FoundFrame) -> int:
        assert found.time is not None
        if found.zoned:
            return found.time
        time = found.time
        if not found.dated and self._time is not None:
            time += round((self._time - time) / DAY) * DAY
        if self._offset is not None:
            return time - self._offset
        wall = utc_datetime(time)
        try:
            offset = wall.replace(tzinfo=None).astimezone().utcoffset() or timedelta()
            return time - offset // timedelta(microseconds=1)
        except (OverflowError, ValueError, OSError):
            return time

    # -- records -------------------------------------------------------------------------------------------------

    def _record(self, heard: _Heard) -> Record:
        found, guessed = heard.found, list[str]()
        party = self._party(found)
        if found.time is not None:
            time = self._time = self._in_utc(found)
        else:
            time = self._time if self._time is not None else self._modified
            guessed.append("time")
        version = self._version_of(party, found, guessed)
        name = found.charge_point or self._only_identity()
        if heard.frame is None:
            detail = {"event": str(found.event), **found.detail}
            return Record(
                time,
                party.number,
                RecordKind.CONNECTION,
                None,
                name,
                version,
                detail=detail,
                transport=found.transport,
            )
        direction = self._direction_of(heard, party.number, version, guessed)
        for what in guessed:
            self._tally.guess(what)
        detail = {"guessed": guessed} if guessed else {}
        if found.notation:
            detail["notation"] = found.notation
        frame = heard.frame
        return Record(
            time,
            party.number,
            kind_of(frame),
            direction,
            name,
            version,
            frame.raw,
            detail=detail,
            parsed=frame,
            transport=found.transport,
        )

    def _party(self, found: FoundFrame) -> _Party:
        key = (found.charge_point or self._only_identity(), found.connection)
        party = self._parties.get(key)
        if party is None:
            party = self._parties[key] = _Party(self._taken + len(self._parties) + 1)
        return party

    def _only_identity(self) -> str:
        """The identity for a frame without one, if the file has only one."""
        return next(iter(self._identities)) if len(self._identities) == 1 else ""

    def _version_of(self, party: _Party, found: FoundFrame, guessed: list[str]) -> Version | None:
        if self._options.version is not None:
            return self._options.version
        if found.version is not None:
            party.version, party.named = found.version, True
        elif party.version is None:
            party.version = self._likeliest(party)
        if not party.named:
            guessed.append("version")
        return party.version

    def _likeliest(self, party: _Party) -> Version:
        """The version in which most calls are valid; among equals, the version of the rest of the file."""
        order = Version.offered(Transport.JSON)
        counts = party.valid or self._versions
        best = max(order, key=lambda version: (counts[version], self._versions[version], -order.index(version)))
        if party.valid:
            tried = _valid_calls({version: party.valid[version] for version in order}, party.tried)
            self._tally.evidence.append(f"Connection {party.number} is read as OCPP {best} ({tried}).")
        return best

    def _direction_of(self, heard: _Heard, connection: int, version: Version | None, guessed: list[str]) -> Direction:
        found, frame = heard.found, heard.frame
        by_flow = _by_flow(self._writer, found.flow)
        is_call = isinstance(frame, Message) and frame.action is not None
        if found.direction is not None:
            direction = found.direction
        elif (sender := _only_sender(heard.action)) is not None:
            direction = sender.sends
            if found.flow is None:
                guessed.append("direction")
        elif isinstance(frame, Message) and not is_call and by_flow is None:
            of_call = self._direction_of_call(connection, frame, version)
            direction = of_call.opposite if of_call is not None else Direction.TO_CHARGE_POINT
            if frame.kind is MessageKind.CALLRESULTERROR and of_call is not None:
                direction = of_call  # it follows the CALLRESULT, and the sender of the call sends it
            guessed.append("direction")
        elif by_flow is not None:
            direction = by_flow
            if not self._writer_votes:
                guessed.append("direction")
        else:
            direction = Direction.TO_CSMS
            guessed.append("direction")
        if isinstance(frame, Message) and frame.id:
            self._note(connection, direction, frame)
        return direction

    def _note(self, connection: int, direction: Direction, frame: Message) -> None:
        """Remember a call until its answer comes."""
        calls = self._calls.setdefault(connection, Correlation(totals=self._totals))
        if frame.action is None:
            answered, _ = calls.answered(direction, frame.id, frame.kind is MessageKind.CALLERROR, 0)
            self._actions.pop(answered, None)
            return
        self._noted += 1
        calls.called(direction, frame.id, self._noted, 0)
        self._actions[self._noted] = frame.action
        if len(self._actions) > OPEN_CALLS:
            del self._actions[next(iter(self._actions))]

    def _direction_of_call(self, connection: int, answer: Message, version: Version | None) -> Direction | None:
        """The direction of the call that an answer belongs to; of several with its id, the one whose answer it can be,
        else the latest. None if there is none."""
        calls = self._calls.get(connection)
        if calls is None:
            return None
        found = {one: token for one in Direction if (token := calls.waiting(one, answer.id)) is not None}
        if not found:  # a further answer
            found = {one: token for one in Direction if (token := calls.user_of(one, answer.id)) is not None}
        if len(found) > 1 and version is not None and answer.kind is MessageKind.CALLRESULT:
            actions = {one: self._actions.get(token, "") for one, token in found.items()}
            fitting = [one for one in found if is_valid(version, actions[one], Part.RESPONSE, answer.payload)]
            if len(fitting) == 1:
                return fitting[0]
        return max(found, key=found.__getitem__, default=None)


def _which_calls(count: int, total: int) -> str:
    """How many of the calls that one side alone may send show who wrote the file."""
    if total == 1:
        return "the one call that only one side may send shows it"
    calls = f"all {total} calls" if count == total else f"{count} of the {total} calls"
    return f"{calls} that only one side may send show it"


def _valid_calls(counts: dict[Version, int], tried: int) -> str:
    """In which versions the first calls of a connection are valid."""
    if tried == 1:
        return f"its first call is valid as {' and '.join(version for version, count in counts.items() if count)}"
    valid = ", ".join(f"{count} as {version}" for version, count in counts.items())
    return f"valid among its first {tried} calls: {valid}"


def _soap(raw: str | bytes, message_id: str) -> Message | Malformed:
    """The message of an envelope, with the given id if it has none."""
    frame = encoding_of(Transport.SOAP).read(raw)
    return frame._replace(id=message_id) if isinstance(frame, Message) and not frame.id else frame


def _by_flow(writer: Role | None, flow: Flow | None) -> Direction | None:
    if writer is None or flow is None:
        return None
    return writer.sends if flow is Flow.SENT else writer.other.sends


@lru_cache(maxsize=1024)
def _as_on_the_wire(raw: str | bytes) -> str | bytes:
    """The frame as UTF-8 can carry it: bytes where the file has some that are not UTF-8 (PEP 383), and the escape of
    JSON for a lone surrogate, which can only come from such an escape around the frame."""
    if isinstance(raw, bytes) or raw.isascii():
        return raw
    try:
        raw.encode()
    except UnicodeEncodeError:
        try:
            return raw.encode("utf-8", "surrogateescape")
        except UnicodeEncodeError:
            return without_surrogates(raw)
    return raw


def _only_sender(action: str) -> Role | None:
    """The only role that may send an action, in any version."""
    if not action:
        return None
    directions = {
        direction
        for version in catalog.versions_of(action)
        for found in [catalog.find_action(version, action)]
        if found is not None
        for direction in found.directions
    }
    if len(directions) != 1:
        return None
    return Role.CHARGE_POINT if directions.pop() is Direction.TO_CSMS else Role.CENTRAL_SYSTEM


def _full_name(start: str) -> str:
    """The action that a truncated name stands for; the name itself if it is complete or unknown."""
    if catalog.versions_of(start):
        return start
    names = {
        action.name
        for version in Version.offered(Transport.JSON)
        for action in catalog.actions(version)
        if action.name.startswith(start)
    }
    senders = {_only_sender(name) for name in names}
    return min(names) if len(start) >= 3 and names and len(senders) == 1 else start


def _told_time(heard: _Heard) -> int | None:
    """The time in a payload."""
    payload: Any = heard.frame.payload if isinstance(heard.frame, Message) else None
    if type(payload) is not dict:
        return None
    told = (time_of(payload[name]) for name in _TIMES if type(payload.get(name)) is str)
    return next((time for time in told if time is not None), None)


_NAMES = {Role.CHARGE_POINT: "charge point", Role.CENTRAL_SYSTEM: "central system"}
