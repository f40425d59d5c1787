"""Infers what a log does not say: charge point, direction, date and time zone, version.

What holds for a whole file is learned from its first frames; what changes in the course of it (the side that wrote a
stretch of lines, a new day) is followed. The tally counts all that is inferred, with its evidence.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Protocol

from ocpptui.importing.connections.charge_point_names import Identities
from ocpptui.importing.connections.collisions import Collisions
from ocpptui.importing.connections.log_connections import LogConnection, LogConnections
from ocpptui.importing.connections.names_in_any_language import beside_foreign_words
from ocpptui.importing.connections.stated_connections import StatedConnections
from ocpptui.importing.copied_frames import CopiedFrames
from ocpptui.importing.cut_frames import LongestFrames, cut_detail
from ocpptui.importing.directions.directions import Directions, LoggedFrame
from ocpptui.importing.directions.kept_back_frames import KeptBackFrames, words_beside
from ocpptui.importing.event_records import EventRecords
from ocpptui.importing.found_frame import FoundFrame, as_on_the_wire
from ocpptui.importing.heard_frame import HeardFrame
from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.log_times import LogTimes, Witnessed
from ocpptui.importing.reader import ImportOptions
from ocpptui.importing.soap_exchanges import SoapExchanges
from ocpptui.importing.times.payload_times import witness_in
from ocpptui.importing.words.action_names import full_name, named_action
from ocpptui.importing.words.western_letters import legible
from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.ocpp.json_encoding import parse
from ocpptui.ocpp.message import Malformed, Message, MessageKind
from ocpptui.ocpp.version import Transport
from ocpptui.timeline.record import Cut, Origin, Record, RecordKind, kind_of

LEARNING = 500
"""How many frames are examined before the first is passed on."""
AHEAD = 64
"""How many frames are known ahead of the one that is passed on, while there are more."""
_PARTIAL_ACTION = lazily(r"\[\s*[26]\s*,\s*(?:\"[^\"]*\"|-?\d+)\s*,\s*\"(?P<action>\w+)")
_ACTION_NAME = lazily(r"\baction=(?P<action>\w+)")


class Further(Protocol):
    """Finds some frames behind a line of a file, in their order; with `dates`, also those with a day over 12."""

    def __call__(self, line: int, *, dates: bool) -> list[FoundFrame]: ...


class Inference:
    """Turns found frames and events into records, in their order.

    The first are held back until enough is known or `settle` is called.
    """

    def __init__(
        self,
        tally: ImportTally,
        options: ImportOptions,
        modified: int = 0,
        connections: int = 0,
        further: Further | None = None,
    ) -> None:
        """`modified` is when the file was last written, in microseconds since 1970: the time of records without one.
        `connections` is how many connection numbers are already used. `further` finds some frames from the rest of the
        file, for what its first frames leave open."""
        self._tally = tally
        self._options = options
        self._further = further
        self._held: deque[HeardFrame] = deque()
        self._learning = True
        self._count = 0
        self._identities = Identities(options.charge_point)
        self._times = LogTimes(tally, options, modified)
        self._directions = Directions(options.side)
        self._kept_back = KeptBackFrames()
        self._connections = LogConnections(tally, options.version, connections)
        self._copies = None if options.keep_copies else CopiedFrames(self._connections, self._kept_back)
        self._collisions = Collisions()
        self._exchanges = SoapExchanges()
        self._longest = LongestFrames()
        self._stated = StatedConnections(self._connections)
        self._events = EventRecords(self._stated, self._connections, self._times, tally)
        self._last_line = 0  # the last one with a frame
        self._whole: list[str] = []  # the evidence that may change up to the end of the file

    def take(self, found: FoundFrame) -> list[Record]:
        """Add a frame or event; return the records that are now certain."""
        return self.take_all((found,))

    def take_all(self, found: Iterable[FoundFrame]) -> list[Record]:
        """Add frames and events; return the records that are now certain."""
        records = list[Record]()
        for one in found:
            heard = self._hear(one)
            if self._learning:
                self._held.append(heard)
                if not one.stated:
                    self._identities.learn(one, heard.frame)
                if len(self._held) >= LEARNING:
                    self._decide()
            else:
                if self._count < LEARNING:
                    self._go_on_learning(heard)
                if self._enter(heard):
                    self._held.append(heard)
            while not self._learning and len(self._held) > AHEAD:
                if self._events.follow_frames and not self._held[0].found.stated:  # as almost always
                    records.append(self._record(self._held.popleft()))
                else:
                    records += self._next_records()
        return records

    def settle(self) -> Iterator[Record]:
        """The records that were held back, by what is known now."""
        if self._learning and self._held:
            self._decide()
        if self._held:
            while self._held:
                yield from self._next_records()
            self._tell_the_whole()

    def finish(self) -> Iterator[Record]:
        """The remaining records, and the evidence that is complete only now."""
        self._look_at_the_end()
        yield from self.settle()
        self._tell_the_whole()
        if self._count:
            self._times.tell_unused()

    @property
    def connections(self) -> int:
        """How many connections it found."""
        return len(self._connections)

    def _look_at_the_end(self) -> None:
        """Notice that the log ends within its last frame."""
        if self._learning and self._held:
            self._decide()
        if self._held:
            last = self._held[-1].found
            if last.cut is Cut.LINE and last.line >= max(self._last_line, self._tally.last_skipped):
                last.cut = Cut.LOG_ENDS

    # -- learning ------------------------------------------------------------------------------------------------

    def _hear(self, found: FoundFrame) -> HeardFrame:
        frame, witness = found.frame, None
        if frame is None:  # it is not read yet
            if found.event is not None:
                return HeardFrame(found, None, "", None)
            if found.transport is Transport.SOAP:
                self._complete_envelope(found)
            frame = found.read()
        if self._learning or not found.zoned:
            witness = witness_in(frame, only_now=not self._learning and found.time is not None)
        if isinstance(frame, Message):
            return HeardFrame(found, frame, frame.action or "", witness)
        text = frame.raw if isinstance(frame.raw, str) else frame.raw.decode("utf-8", "replace")
        match = _PARTIAL_ACTION.match(text) or _ACTION_NAME.search(text[:200])
        return HeardFrame(found, frame, full_name(match["action"]) if match else "", witness)

    def _complete_envelope(self, found: FoundFrame) -> None:
        from ocpptui.importing.found_envelope import FoundEnvelope  # which few files need

        if isinstance(found, FoundEnvelope):
            self._exchanges.complete(found)

    def _decide(self) -> None:
        """Decide what applies to the whole file."""
        self._learning = False
        self._identities.settle()
        everything, self._held = self._held, deque[HeardFrame]()
        held = [heard for heard in everything if not heard.found.stated]
        heard_frames = [(heard.found, heard.frame) for heard in held]
        self._identities = beside_foreign_words(self._identities, heard_frames, self._options.charge_point)
        if len(everything) >= LEARNING and held and self._further is not None and self._identities.knows_nobody:
            for found in self._further(held[-1].found.line, dates=False):
                self._identities.learn(found, parse(as_on_the_wire(found.raw)))
            self._identities.settle()
        for heard in held:
            self._identities.look_at(heard.found)
        if self._identities.knows_nobody:
            self._count_connections(held)
        for heard in everything:
            if self._enter(heard):
                self._held.append(heard)
        first: list[Witnessed] = [(one.found, one.witness) for one in self._held if not one.found.stated]
        frames = first + self._from_the_rest(first) if len(everything) >= LEARNING and first else first
        told = self._tally.evidence
        told.extend(self._times.decide_dates(frames))
        if self._options.version is not None:
            told.append(f"Its frames are read as OCPP {self._options.version}, as the user says.")
        told.extend(self._times.decide_clock(first, frames))

    def _from_the_rest(self, frames: list[Witnessed]) -> list[Witnessed]:
        """Some frames further on, if the first ones leave open how their times are to be read."""
        if self._further is None or not self._times.leave_open(frames):
            return []
        further = self._further(frames[-1][0].line, dates=self._times.leave_order_open(frames))
        return [(found, witness_in(parse(as_on_the_wire(found.raw)))) for found in further]

    def _go_on_learning(self, heard: HeardFrame) -> None:
        """Learn from the first frames of a pipe or a growing file also after some of them were passed on."""
        if heard.found.stated:
            return
        self._identities.learn(heard.found, heard.frame)
        if self._count & (self._count - 1) == 0:  # after 1, 2, 4, 8 … frames
            self._identities.settle()

    def _enter(self, heard: HeardFrame) -> bool:
        """Find the charge point of a frame and what it shows of others; False if it is a copy of another."""
        if heard.found.stated:
            return True  # what follows may show whose it is
        self._count += 1
        heard.number = self._count
        found, frame = heard.found, heard.frame
        message = frame if isinstance(frame, Message) else None
        if found.line > self._last_line:
            self._last_line = found.line
        if message is not None:
            self._longest.note(found)
        name, heard.connection, guessed = self._identities.of(found, frame)
        heard.charge_point = name
        if guessed:
            heard.guessed.append("charge point")
        if name or heard.connection:
            self._follow_versions(heard, message)
        if frame is None:
            return True
        if self._copies is not None and self._copies.are_likely and self._copies.take(heard, self._held):
            return False
        if not name and not heard.connection:
            if message is not None:
                self._tell_apart(heard, message)
            self._follow_versions(heard, message)
        connection = heard.log_connection = self._connection_of(heard)
        if not connection.course.frames and found.transport is Transport.JSON:
            self._stated.know(name, heard.connection)
        heard.logged = self._logged(heard, frame, connection.number)
        self._directions.note(heard.logged)
        heard.kept_back = words_beside(found)
        self._kept_back.note(heard.kept_back, connection.number, frame)
        if message is not None and found.transport is Transport.JSON:
            self._connections.note(connection, heard.charge_point, message)
        return True

    def _follow_versions(self, heard: HeardFrame, message: Message | None) -> None:
        """Find the connection of a frame whose charge point may have gone on in another version."""
        if heard.found.transport is Transport.JSON:
            heard.connection = self._connections.now(heard.charge_point, heard.connection, message)

    def _count_connections(self, held: Iterable[HeardFrame]) -> None:
        """Find out ahead of time in how many connections ids are in flight twice."""
        ahead = Collisions()
        for heard in held:
            if isinstance(heard.frame, Message):
                ahead.of(heard.frame)
        self._collisions = Collisions(ahead.known)
        if ahead.known == 1:
            self._identities.take_lone_number()

    def _tell_apart(self, heard: HeardFrame, frame: Message) -> None:
        """Find the connection of a frame whose line names none."""
        known = self._collisions.any
        number, is_guess = self._collisions.of(frame)
        if number:
            heard.connection = f"apart {number}"
        if is_guess:
            heard.guessed.append("charge point")
        if self._collisions.any and not known:
            self._tally.warn(
                f"At least two charge points cannot be told apart by their lines: id {frame.id} is in flight twice. "
                "Where an answer fits only one of the calls, it belongs to that one, else to the first."
            )

    # -- records -------------------------------------------------------------------------------------------------

    def _next_records(self) -> list[Record]:
        """The records of what comes next; none of a line that states nothing certain."""
        heard = self._held.popleft()
        if heard.found.stated:
            return self._events.take(heard, self._held)
        return self._events.begin_with(self._record(heard))

    def _record(self, heard: HeardFrame) -> Record:
        found, guessed = heard.found, heard.guessed
        connection = heard.log_connection or self._connection_of(heard)
        number = connection.number
        time = self._times.time_of(heard, self._held, guessed)
        version = self._connections.version_of(connection, found.version, guessed)
        if heard.frame is None:
            return Record(
                time,
                number,
                RecordKind.CONNECTION,
                None,
                heard.charge_point,
                version,
                detail={"event": str(found.event), **found.detail},
                transport=found.transport,
                line=found.line,
            )
        frame = heard.frame
        direction, is_guess = self._directions.of(heard.logged or self._logged(heard, frame, number), version)
        if is_guess:
            guessed.append("direction")
        counts = self._tally.guessed
        for what in guessed:
            counts[what] = counts.get(what, 0) + 1
        detail: dict[str, object] = {"guessed": guessed} if guessed else {}
        if "time" in guessed and not self._times.is_counted(found):
            detail["timeless"] = True
        if found.notation:
            detail["notation"] = found.notation
        if heard.written is not None and heard.written.lines:
            detail["alsoInLines"] = heard.written.lines
        if heard.kept_back and (word := self._kept_back.word_among(heard.kept_back)):
            detail["keptBack"] = word
        if isinstance(frame, Malformed):
            if found.cut is Cut.LINE and frame.may_be_call and self._is_answered(heard, frame):
                found.cut = Cut.ANSWERED
            detail.update(cut_detail(found, frame, self._longest))
        if found.transport is Transport.JSON:
            number = self._stated.number_of(heard, connection.course)
        return Record(  # without keywords, which take several times as long
            time, number, kind_of(frame), direction, legible(heard.charge_point), version, frame.raw, Origin.WIRE,
            detail, (), frame, found.transport, None, found.line,
        )  # fmt: skip

    def _is_answered(self, heard: HeardFrame, call: Malformed) -> bool:
        """Whether one of the next frames is the result of a call that cannot be read."""
        return any(
            isinstance(one.frame, Message)
            and one.frame.kind is MessageKind.CALLRESULT
            and one.frame.id == call.id
            and one.charge_point == heard.charge_point
            for one in self._held
        )

    def _connection_of(self, heard: HeardFrame) -> LogConnection:
        return self._connections.of(heard.charge_point, heard.connection, heard.found.transport)

    def _logged(self, heard: HeardFrame, frame: Message | Malformed, connection: int) -> LoggedFrame:
        found, words, action, answers = heard.found, "", heard.action, ""
        if not action and found.prefix:
            named = named_action(found.shape)
            is_answer = frame.kind.is_answer if isinstance(frame, Message) else not frame.may_be_call
            action, answers = ("", named) if is_answer else (named, "")
        says_nothing = found.direction is None and found.leaning is None and found.flow is None
        if says_nothing or self._directions.may_be_constant:
            words = f"{found.above} {found.prefix}".strip()
        return LoggedFrame(
            heard.number, connection, frame, action,
            found.direction, found.leaning, found.flow, words, found.fields, answers,
        )  # fmt: skip

    def _tell_the_whole(self) -> None:
        """Put what is known of the whole file so far before the other evidence."""
        told = self._tally.evidence
        for sentence in self._whole:
            told.remove(sentence)
        copies = "" if self._copies is None else self._copies.evidence
        self._whole = list(
            filter(None, (*self._identities.evidence, self._directions.evidence, copies, *self._stated.evidence))
        )
        told[0:0] = self._whole
