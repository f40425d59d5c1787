"""What one side of a recorded connection did, as steps that can be repeated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from ocpptui.filter.query import Query
from ocpptui.ocpp.counted import counted
from ocpptui.ocpp.identity import WITHOUT_ID
from ocpptui.ocpp.message import Malformed, Message
from ocpptui.ocpp.version import Direction, Role, Version
from ocpptui.timeline.columns import SUBSTITUTE
from ocpptui.timeline.record import Origin, RecordKind
from ocpptui.timeline.timeline import Timeline


class PlanFault(StrEnum):
    """Why a recording cannot be replayed as it was asked for, where asking otherwise would help."""

    SEVERAL_CHARGE_POINTS = "several charge points"
    NOTHING_SENT = "nothing sent"
    """By this role; the other one sent something."""
    NOTHING_CHOSEN = "nothing chosen"
    NO_BEGINNING = "no beginning"
    NO_END = "no end"


class PlanError(ValueError):
    """The recording cannot be replayed like this; the message says why."""

    def __init__(self, sentence: str, fault: PlanFault | None = None) -> None:
        super().__init__(sentence)
        self.fault = fault


class Does(StrEnum):
    """What a step does."""

    CALL = "call"
    """Send our CALL or SEND."""
    ANSWER = "answer"
    """Answer a call of the peer."""
    TEXT = "text"
    """Send our text as recorded: malformed, or an answer to no call."""
    AWAIT_ANSWER = "await answer"
    """Wait for the peer's answer to our call, or, without `PlanStep.call`, for one that answers no call."""
    AWAIT_CALL = "await call"
    """Wait for a CALL or SEND of the peer."""

    @property
    def sends(self) -> bool:
        return self in (Does.CALL, Does.ANSWER, Does.TEXT)


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One frame of the recording and what to do about it."""

    does: Does
    index: int
    """Index of the frame in the recording."""
    time: int
    """When it was on the wire, microseconds since 1970."""
    action: str
    """The action; of an answer, that of its call; empty if there is none."""
    call: int | None = None
    """Index in the recording of the call that an answer belongs to, or whose message id a text names."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A frame of the recording that will not be sent."""

    index: int
    action: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReplayScope:
    """Which exchanges of a recording are replayed; an answer goes with its call."""

    first: Query | None = None
    """Starts at the first message that matches."""
    last: Query | None = None
    """Ends at the first message from there on that matches, inclusive."""
    only: Query | None = None
    skip: Query | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a recording contains of one charge point."""

    charge_point: str
    version: Version | None
    """The version of most of its frames; None if no frame has one."""
    connections: tuple[int, ...]
    frames: Counter[Direction]
    """How many messages were sent in each direction."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps of one role, in the order of the recording."""

    timeline: Timeline = field(repr=False)
    """The recording; steps refer to it."""
    role: Role
    """The side whose frames are sent."""
    charge_point: str
    version: Version | None
    connections: tuple[int, ...]
    steps: tuple[PlanStep, ...]
    skipped: tuple[Skipped, ...] = ()
    malformed: int = 0
    """How many messages of the peer were not OCPP."""
    left_out: int = 0
    """How many frames are not sent because they are outside the scope."""
    spare: tuple[tuple[int, int], ...] = ()
    """Calls of the peer outside the scope, with their answers: the replay does not wait for them, but answers them as
    recorded."""

    @property
    def sends(self) -> int:
        """How many frames will be sent."""
        return sum(step.does.sends for step in self.steps)

    def frame(self, index: int) -> Message | Malformed:
        """The recorded message at an index of the recording, as it may be shown."""
        return self._message(index, self.timeline.frame(index))

    def frame_to_send(self, index: int) -> Message | Malformed:
        """The same with the secrets that the recording holds, which are shown nowhere."""
        return self._message(index, self.timeline.as_stored(index).frame)

    def _message(self, index: int, frame: Message | Malformed | None) -> Message | Malformed:
        if frame is None:
            raise IndexError(f"record {index} is not a message")
        return frame


def charge_points(timeline: Timeline) -> tuple[Recorded, ...]:
    """The charge points of a recording that sent or received something, in the order of their first message."""
    frames: dict[str, Counter[Direction]] = {}
    versions: dict[str, Counter[Version]] = {}
    connections: dict[str, dict[int, None]] = {}
    for index in range(len(timeline)):
        direction = timeline.direction(index)
        if direction is None or not timeline.kind(index).is_message:
            continue
        name = timeline.charge_point(index)
        frames.setdefault(name, Counter())[direction] += 1
        connections.setdefault(name, {})[timeline.connection(index)] = None
        version = timeline.version(index)
        if version is not None:
            versions.setdefault(name, Counter())[version] += 1
    return tuple(
        Recorded(name, _most_common(versions.get(name)), tuple(connections[name]), count)
        for name, count in frames.items()
    )


def plan(
    timeline: Timeline,
    role: Role,
    *,
    charge_point: str | None = None,
    connections: Collection[int] | None = None,
    secrets: bool = False,
    choice: ReplayScope | None = None,
) -> Plan:
    """The steps of `role` on the connections of one charge point in a recording.

    `charge_point` may be left out if the recording has only one; `connections` limits the plan to some of its
    connections. Calls that hold a masked secret are left out unless `secrets` is set, because the mask would be sent
    in its place. `choice` limits what is sent and waited for. Raises PlanError.
    """
    found = _chosen(charge_points(timeline), charge_point)
    wanted = tuple(number for number in found.connections if connections is None or number in connections)
    if not wanted:
        names = ", ".join(map(str, found.connections))
        raise PlanError(f"{_name(found)} does not have that connection in this recording; it has {names}")
    messages = list(_messages(timeline, found.charge_point, frozenset(wanted)))
    if any(timeline.origin(index) is Origin.TRANSLATED for index in messages):
        raise PlanError(f"the messages of {_name(found)} are translated from another version; they are never sent")
    gathered = _Steps(timeline, role, secrets, _kept(timeline, messages, choice) if choice is not None else None)
    for index in messages:
        gathered.add(index)
    if not any(step.does.sends for step in gathered.steps):
        if gathered.skipped:
            raise PlanError(f"every frame that the {role.words} sent holds a masked secret")
        if gathered.left_out:
            raise PlanError(f"the scope leaves nothing that the {role.words} sent", PlanFault.NOTHING_CHOSEN)
        raise PlanError(
            f"the recording contains no frames sent by the {role.words} ({_name(found)}), so there is nothing to "
            f"replay as {role}; replay it as {role.other}",
            PlanFault.NOTHING_SENT,
        )
    return Plan(
        timeline,
        role,
        found.charge_point,
        found.version,
        wanted,
        tuple(gathered.steps),
        tuple(gathered.skipped.values()),
        gathered.malformed,
        gathered.left_out,
        tuple(gathered.spare),
    )


def _kept(timeline: Timeline, messages: list[int], choice: ReplayScope) -> frozenset[int]:
    """The chosen messages, each considered by itself. Raises PlanError."""
    if not messages:
        return frozenset()
    start, stop = messages[0], messages[-1] + 1
    own = frozenset(messages)
    if choice.first is not None:
        start = next((index for index in choice.first.select(timeline, start, stop) if index in own), -1)
        if start < 0:
            raise PlanError(f"no message to begin with matches {choice.first.text}", PlanFault.NO_BEGINNING)
    if choice.last is not None:
        last = next((index for index in choice.last.select(timeline, start, stop) if index in own), -1)
        if last < 0:
            raise PlanError(f"no message to end with matches {choice.last.text}", PlanFault.NO_END)
        stop = last + 1
    kept = own & frozenset(range(start, stop))
    if choice.only is not None:
        kept &= frozenset(choice.only.select(timeline, start, stop))
    if choice.skip is not None:
        kept -= frozenset(choice.skip.select(timeline, start, stop))
    return kept


def _chosen(recorded: tuple[Recorded, ...], charge_point: str | None) -> Recorded:
    if not recorded:
        raise PlanError("the recording contains no OCPP messages, so there is nothing to replay")
    if charge_point is not None:
        for found in recorded:
            if found.charge_point == charge_point:
                return found
        raise PlanError(f"the recording has no charge point {charge_point!r}; it has {_list(recorded)}")
    if len(recorded) > 1:
        raise PlanError(
            f"the recording has {len(recorded)} charge points; choose one: {_list(recorded)}",
            PlanFault.SEVERAL_CHARGE_POINTS,
        )
    return recorded[0]


class _Steps:
    """The steps of one role, gathered message by message."""

    def __init__(self, timeline: Timeline, role: Role, secrets: bool, kept: frozenset[int] | None) -> None:
        self._timeline = timeline
        self._role = role
        self._secrets = secrets
        self._kept = kept  # None: everything
        self.left_out = 0
        self.spare: list[tuple[int, int]] = []
        self.steps: list[PlanStep] = []
        self.skipped: dict[int, Skipped] = {}
        self.malformed = 0
        self._answered: set[int] = set()

    def add(self, index: int) -> None:
        timeline = self._timeline
        kind = timeline.kind(index)
        ours = timeline.direction(index) is self._role.sends
        call = timeline.call_of(index)
        if call is not None and not timeline.kind(call).is_call:
            call = None  # what nobody could read is not waited for as a call
        if call in self.skipped:
            return
        if self._kept is not None and (index if call is None else call) not in self._kept:
            self._leave_out(index, ours, call)
            return
        if ours and kind.is_call and timeline.is_masked(index) and not self._secrets:
            self.skipped[index] = Skipped(index, self._timeline.action(index), "it holds a masked secret")
        elif ours:
            self._add(self._ours(kind, call), index, call)
        elif kind.is_call:
            self._add(Does.AWAIT_CALL, index)
        elif kind is RecordKind.CALLRESULT or kind is RecordKind.CALLERROR:
            self._add(Does.AWAIT_ANSWER, index, call if self._is_first(call) else None)
        else:
            self.malformed += kind is RecordKind.MALFORMED

    def _leave_out(self, index: int, ours: bool, call: int | None) -> None:
        self.left_out += ours
        if ours and call is not None and self._is_first(call):
            self.spare.append((call, index))

    def _ours(self, kind: RecordKind, call: int | None) -> Does:
        if kind.is_call:
            return Does.CALL
        is_answer = kind is RecordKind.CALLRESULT or kind is RecordKind.CALLERROR
        return Does.ANSWER if is_answer and self._is_first(call) else Does.TEXT

    def _is_first(self, call: int | None) -> bool:
        """Whether an answer is the first to its call."""
        if call is None or call in self._answered:
            return False
        self._answered.add(call)
        return True

    def _add(self, does: Does, index: int, call: int | None = None) -> None:
        self.steps.append(PlanStep(does, index, self._timeline.time(index), self._timeline.action(index), call))


def _messages(timeline: Timeline, charge_point: str, connections: frozenset[int]) -> Iterator[int]:
    for index in range(len(timeline)):
        if (
            timeline.kind(index).is_message
            and not timeline.flags[index] & SUBSTITUTE  # a proxy sent it, in place of what the side itself sent
            and timeline.connection(index) in connections
            and timeline.charge_point(index) == charge_point
        ):
            yield index


def _most_common(versions: Counter[Version] | None) -> Version | None:
    return versions.most_common(1)[0][0] if versions else None


def _list(recorded: tuple[Recorded, ...]) -> str:
    shown = [f"{_name(found)} ({counted(found.frames.total(), 'message')})" for found in recorded[:_LISTED]]
    more = len(recorded) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _name(found: Recorded) -> str:
    return found.charge_point or WITHOUT_ID


_LISTED = 20
