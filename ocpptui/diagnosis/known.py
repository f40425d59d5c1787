"""What is known of one charge point from the records so far, shared by the rules of all topics.

None always means unknown: a recording may begin in the middle of a session. `bookkeeping` writes it. Clocks are those
of `Seen.clock`, in µs; records are named by their index in the timeline. Every collection is bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from ocpptui.ocpp.profile_store import ProfileStore
from ocpptui.ocpp.version import Version
from ocpptui.timeline.columns import DIRECTIONS

MOST_CONNECTIONS = 50
MOST_CONNECTORS = 200
MOST_TRANSACTIONS = 200
MOST_SETTINGS = 2000
MOST_RESERVATIONS = 200
MOST_WAITS = 200
MOST_AT_ONCE = 10 * MOST_WAITS
NEVER = 1 << 63
LOCAL_LIST = ("LocalAuthListEnabled", "LocalAuthListCtrlr.Enabled")
"""The switch of the local authorization list, by its names in 1.x and 2.x."""
TOKEN_STORES = (("AuthorizationCacheEnabled", "AuthCacheCtrlr.Enabled"), LOCAL_LIST)
"""The switches of what a charge point can look a token up in, by their names in 1.x and 2.x."""
LONGEST_SETTING = 500
"""Characters of a setting that are kept; a longer one counts as unknown."""


@dataclass(slots=True)
class KnownConnection:
    """One connection of the charge point."""

    number: int
    version: Version | None = None
    """None if it is unknown."""
    opened: int | None = None
    """The clock when it opened; None if the recording begins in the middle of it."""
    closed: int | None = None
    """The clock when it closed."""
    heard: int | None = None
    """The clock of the last message from the charge point whose time is known."""
    heard_index: int = -1
    """The index of that message."""
    latest: int = -NEVER
    """The latest clock of a message whose time is known."""
    controlled: int | None = None
    """The clock of the last ping or pong from the charge point."""
    told: int | None = None
    """The clock of the last message to the charge point whose time is known."""
    told_index: int = -1
    """The index of that message."""
    begins_with_boot: bool = False
    """Its first message is a BootNotification: the charge point has restarted, and nothing is missing since."""
    called: list[int] = field(default_factory=lambda: [-1] * len(DIRECTIONS))
    """The index of the last call, by the number of its direction (see `DIRECTIONS`); -1: none."""
    answered: list[bool] = field(default_factory=lambda: [False] * len(DIRECTIONS))
    """Whether there was a result, by the number of its direction: without one, the recording may lack them all."""


@dataclass(slots=True)
class KnownConnector:
    """A connector; connector 0 is the whole charge point in 1.x, or the whole EVSE."""

    status: str
    since: int
    """The clock when this status was first reported."""
    index: int
    """The record that first reported it."""
    error: str = ""
    """The error code of OCPP 1.x."""


@dataclass(slots=True)
class KnownTransaction:
    """A transaction, from its start or from the first record that names it."""

    id: str
    evse: int | None = None
    connector: int | None = None
    id_token: str | None = None
    token_status: str | None = None
    """What the answer to its start, or a later one, said of the id token: Accepted, Blocked and so on."""
    remote_start_id: int | None = None
    reservation: int | None = None
    start: int | None = None
    """The call that started it; None if the recording does not have it."""
    started: int | None = None
    """The clock of that call."""
    started_at: int | None = None
    """When it started by its own timestamp, in µs since 1970 UTC."""
    meter_start: float | None = None
    """In Wh; OCPP 1.x."""
    charging_state: str | None = None
    """OCPP 2.x."""
    last_seq_no: int | None = None
    """OCPP 2.x."""
    end: int | None = None
    """The call that ended it; None while it is open."""
    ended: int | None = None
    """The clock of that call."""
    reason: str | None = None
    """Why it ended, as the call says."""

    @property
    def is_open(self) -> bool:
        return self.end is None


@dataclass(slots=True)
class KnownReservation:
    """A reservation that was accepted, and not yet used, cancelled or reported as ended."""

    id: int
    index: int
    """The accepted call."""
    connector: int | None
    """The connector of 1.x, the EVSE of 2.x; 0 or None for any."""
    id_token: str | None
    expires_at: int | None
    """In µs since 1970 UTC."""
    made: int | None = None
    """When it was accepted, in µs since 1970 UTC by the clock of the recording."""
    is_of_group: bool = False
    """All id tokens of a parent or group may use it."""
    is_lost: bool = False
    """A boot, or a connector out of use, may have ended it."""

    def is_past(self, time: int) -> bool:
        """Whether it has expired at a time in µs since 1970 UTC."""
        return self.expires_at is not None and time >= self.expires_at

    def is_for_other(self, id_token: str | None) -> bool:
        """Whether it is for another id token; case makes no difference."""
        return self.id_token is not None and id_token is not None and self.id_token.lower() != id_token.lower()


class Waits:
    """What is to be done when time has passed, by name."""

    __slots__ = ("_waits", "next")

    def __init__(self) -> None:
        self._waits: dict[tuple[str, str], tuple[int, Callable[[], None]]] = {}
        self.next = NEVER
        """No wait is over before this clock; it is the clock of the earliest, or of one before it that was dropped."""

    def __len__(self) -> int:
        return len(self._waits)

    def set(self, name: tuple[str, str], until: int, then: Callable[[], None]) -> None:
        """Wait until a clock is passed; beyond MOST_WAITS, nothing is waited for."""
        waits = self._waits
        waits.pop(name, None)
        if len(waits) < MOST_WAITS:
            waits[name] = (until, then)
            if until < self.next:
                self.next = until

    def drop(self, name: tuple[str, str]) -> None:
        """Forget a wait."""
        self._waits.pop(name, None)

    def drop_all(self, owner: str) -> None:
        """Forget all waits whose name begins with this."""
        self._waits = {name: wait for name, wait in self._waits.items() if name[0] != owner}

    def take_passed(self, clock: int) -> Iterable[Callable[[], None]]:
        """What is to be done now, the earliest first; each once.

        Not without end, even if each waits again for a time that has passed.
        """
        for _ in range(MOST_AT_ONCE):
            name = min(self._waits, key=lambda one: self._waits[one][0], default=None)
            self.next = NEVER if name is None else self._waits[name][0]
            if name is None or self.next >= clock:
                break
            yield self._waits.pop(name)[1]


@dataclass(slots=True)
class KnownChargePoint:
    """What is known of one charge point. It survives reconnects."""

    identity: str
    version: Version | None = None
    connections: dict[int, KnownConnection] = field(default_factory=dict)
    """By number, the latest last: open ones, and some that have closed."""
    boot: int | None = None
    """The last BootNotification."""
    boot_clock: int | None = None
    registration: str | None = None
    """The status in the answer to it; None also while it has no answer."""
    registered: int | None = None
    """The clock of that answer."""
    retry_interval: int | None = None
    """The interval in an answer that is not Accepted: seconds to wait before the next BootNotification; 0: any."""
    heartbeat_interval: int | None = None
    """Seconds, from the answer to an accepted BootNotification or from the configuration; 0: none."""
    clock_offset: int | None = None
    """By how much the clock of the central system is ahead of that of the recording, in µs, by its last currentTime."""
    lacks_own: int = -1
    """The last answer to a message of the charge point that the recording lacks; -1: none."""
    lacks_command: int = -1
    """The last answer to a message of the central system that the recording lacks; -1: none."""
    connectors: dict[tuple[int, int], KnownConnector] = field(default_factory=dict)
    """By EVSE (0 in 1.x) and connector."""
    transactions: dict[str, KnownTransaction] = field(default_factory=dict)
    """By transaction id, in the order of their first record, ended ones too."""
    open: dict[str, KnownTransaction] = field(default_factory=dict)
    """Those of them that have not ended, in the same order."""
    settings: dict[str, str] = field(default_factory=dict)
    """The configuration seen on the wire, by key (1.x) or `Component.Variable` (2.x)."""
    has_all_settings: bool = False
    """A GetConfiguration without keys was answered: what is not in `settings`, the charge point does not have."""
    local_list_version: int | None = None
    reservations: dict[int, KnownReservation] = field(default_factory=dict)
    profiles: ProfileStore = field(default_factory=ProfileStore)
    """The charging profiles that were accepted, and not yet cleared or replaced, as far as is known."""
    waits: Waits = field(default_factory=Waits)
    now: int = 0
    """While a wait is over: the clock of the record that shows it, or, live, the present. Only for the next wait."""

    @property
    def booted(self) -> bool | None:
        """Whether its last BootNotification was accepted."""
        return None if self.registration is None else self.registration == "Accepted"

    @property
    def open_transactions(self) -> list[KnownTransaction]:
        """The transactions that have not ended, as far as is known, oldest first."""
        return list(self.open.values())

    def open_transaction_at(self, evse: int | None, connector: int | None) -> KnownTransaction | None:
        """The newest open transaction of an EVSE (None in 1.x) and connector; None as connector: any."""
        for one in reversed(self.open.values()):
            if one.evse == evse and (connector is None or one.connector == connector):
                return one
        return None

    def certain_reservation(self, number: int) -> KnownReservation | None:
        """A reservation that nothing in the recording may have ended."""
        one = self.reservations.get(number)
        return None if one is None or one.is_lost else one

    def was_connected_before(self, number: int) -> bool:
        """Whether the recording shows another connection than this one, or its end, but not mere attempts."""
        return any(
            one.number != number and (one.heard, one.told, one.closed) != (None, None, None)
            for one in self.connections.values()
        )

    def setting(self, *names: str) -> str | None:
        """The value of a setting by the first of these names that is known.

        Give the key of 1.x and the variable of 2.x: `setting("HeartbeatInterval", "OCPPCommCtrlr.HeartbeatInterval")`.
        """
        settings = self.settings
        if settings:
            for name in names:
                if (value := settings.get(name)) is not None:
                    return value
        return None

    def whole_setting(self, *names: str) -> int | None:
        """The same as a whole number, seconds for example; None if it is not one."""
        value = self.setting(*names)
        return int(value) if value is not None and len(value) < 10 and value.isascii() and value.isdigit() else None

    def switch(self, *names: str) -> bool | None:
        """The same as a boolean; None if it is not one."""
        value = self.setting(*names)
        return None if value is None else {"true": True, "false": False}.get(value.strip().lower())
