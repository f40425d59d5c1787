"""What rules with a state are made of: a checker follows one charge point, and says what it finds.

A checker is a class with handlers. The decorators say which records a handler gets; `CheckerRun` hands them over in
their order. Handlers run before the record changes `self.known`, which all checkers of a charge point share.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol, TypeVar

from ocpptui.diagnosis.rule import Rule
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.version import Version
from ocpptui.timeline.record import ConnectionEvent, RecordKind

if TYPE_CHECKING:  # not needed before the first record: the registry is loaded before the first paint
    from ocpptui.diagnosis.known import KnownChargePoint
    from ocpptui.ocpp.check_limits import CheckLimits

Handler = Callable[..., None]
"""A method of a checker. It gets the checker and a `Seen`; of an exchange, two of them: the call and the answer."""
H = TypeVar("H", bound=Handler)


class TriggerKind(Enum):
    """What calls a handler."""

    CALL = auto()
    EXCHANGE = auto()
    REFUSAL = auto()
    CONNECTION = auto()
    RECORD = auto()
    TURN = auto()


class Turn(Enum):
    """How the messages of a connection followed each other, where not as they should."""

    OVERLAP = auto()
    SLOW = auto()
    STRAY = auto()
    EARLIER = auto()


class Trigger(NamedTuple):
    """What calls a handler: an action, an event or a kind of record."""

    kind: TriggerKind
    what: str | ConnectionEvent | RecordKind | Turn


def on_call(*actions: str) -> Callable[[H], H]:
    """Calls `handler(self, call)` for each CALL and SEND of these actions."""
    return _on(TriggerKind.CALL, *actions)


def on_exchange(*actions: str) -> Callable[[H], H]:
    """Calls `handler(self, call, answer)` for each CALLRESULT, even a late one, to a call of these actions."""
    return _on(TriggerKind.EXCHANGE, *actions)


def on_refusal(*actions: str) -> Callable[[H], H]:
    """Calls `handler(self, call, error)` for each CALLERROR to a call of these actions."""
    return _on(TriggerKind.REFUSAL, *actions)


def on_connection(*events: ConnectionEvent) -> Callable[[H], H]:
    """Calls `handler(self, event)` for each of these events of a connection."""
    return _on(TriggerKind.CONNECTION, *events)


def on_record(*kinds: RecordKind) -> Callable[[H], H]:
    """Calls `handler(self, record)` for each record of these kinds, whatever its action, before all other handlers."""
    return _on(TriggerKind.RECORD, *kinds)


def on_overlap(handler: H) -> H:
    """Calls `handler(self, before, call)` for each CALL whose predecessor in its direction has no answer yet."""
    return _on(TriggerKind.TURN, Turn.OVERLAP)(handler)


def on_slow_answer(handler: H) -> H:
    """Calls `handler(self, call, answer)` for each CALLRESULT that came in time, but after more than `slow_answer`."""
    return _on(TriggerKind.TURN, Turn.SLOW)(handler)


def on_stray(handler: H) -> H:
    """Calls `handler(self, answer)` for each CALLRESULT that has no call."""
    return _on(TriggerKind.TURN, Turn.STRAY)(handler)


def on_earlier(handler: H) -> H:
    """Calls `handler(self, record, by)` for each message that is earlier than the one before it in its connection, by
    so many µs."""
    return _on(TriggerKind.TURN, Turn.EARLIER)(handler)


def once_woken(handler: H) -> H:
    """Calls a handler of an action only after its checker has called `wake`. Until then it costs nothing."""
    _SLEEPING.add(handler)
    return handler


def _on(kind: TriggerKind, *names: Any) -> Callable[[H], H]:
    def mark(handler: H) -> H:
        _MARKED.setdefault(handler, []).extend(Trigger(kind, name) for name in names)
        return handler

    return mark


_ALL_VERSIONS = frozenset(Version)
_MARKED: dict[Handler, list[Trigger]] = {}
_SLEEPING: set[Handler] = set()


class CheckerOwner(Protocol):
    """What a checker reports to."""

    @property
    def limits(self) -> CheckLimits: ...
    @property
    def time_out(self) -> int: ...
    def found(self, rule: Rule, index: int, related: tuple[int, ...], values: dict[str, Any]) -> None: ...
    def listen(self) -> None: ...
    def bind_again(self) -> None: ...


class Checker:
    """Follows one charge point for the rules of one topic.

    A subclass keeps what it alone needs in attributes, set in `begin`; collections must be bounded, for which there is
    `put`. Keep indexes, clocks and values, never a `Seen`, which holds its payload.
    """

    listens = True
    """Whether the handlers of `on_record` get records."""
    is_awake = False
    """Whether the handlers of `once_woken` are called."""
    handlers: ClassVar[tuple[tuple[Trigger, Handler], ...]] = ()

    def __init_subclass__(cls) -> None:
        own = tuple(
            (trigger, function)
            for function in vars(cls).values()
            if callable(function)
            for trigger in _MARKED.pop(function, ())
        )
        cls.handlers = (*cls.handlers, *own)

    def __init__(self, known: KnownChargePoint, owner: CheckerOwner) -> None:
        self.known = known
        """What is known of the charge point from the records before this one."""
        self._owner = owner
        self.begin()

    @property
    def limits(self) -> CheckLimits:
        """The limits that the configuration file may set."""
        return self._owner.limits

    @property
    def time_out(self) -> int:
        """How long a call may wait for its answer, in µs."""
        return self._owner.time_out

    def begin(self) -> None:
        """Set the attributes of a subclass; nothing is known yet."""

    def found(self, rule: Rule, where: Seen | int, related: tuple[Seen | int, ...] = (), **values: Any) -> None:
        """Report that a record breaks a rule: the record that shows it, or its index.

        `values` fill the braces of the rule's sentence. Nothing happens in versions that do not have the rule; in an
        unknown version, as that of a handshake that failed, only the rules of all versions apply.
        """
        version = self.known.version
        if version not in rule.versions and (version is not None or rule.versions != _ALL_VERSIONS):
            return
        index = where if isinstance(where, int) else where.index
        others = tuple(one if isinstance(one, int) else one.index for one in related)
        self._owner.found(rule, index, others, values)

    def listen(self, on: bool) -> None:
        """Switch the handlers of `on_record` on or off. Off, they cost nothing. `listens` says how it is at first."""
        if on != self.listens:
            self.listens = on
            self._owner.listen()

    def wake(self) -> None:
        """Have the handlers of `once_woken` called from the next message on: there is something to look for."""
        if not self.is_awake:
            self.is_awake = True
            self._owner.bind_again()

    def hears(self, handler: Handler) -> bool:
        """Whether one of its handlers of an action is called."""
        return self.is_awake or handler not in _SLEEPING

    def wait(self, name: str, until: int, then: Callable[[], None]) -> None:
        """Call `then` when the charge point's clock passes `until` (see `Seen.clock`), before the record that shows it.

        A second wait of the same name replaces the first. What `then` finds must not depend on when it is called:
        offline, the next record of the charge point may come hours later.
        """
        self.known.waits.set((type(self).__name__, name), until, then)

    def stop_waiting(self, name: str) -> None:
        """Forget the wait of this name, if there is one."""
        if len(self.known.waits):
            self.known.waits.drop((type(self).__name__, name))

    def stop_all_waiting(self) -> None:
        """Forget all waits of this checker."""
        if len(self.known.waits):
            self.known.waits.drop_all(type(self).__name__)
