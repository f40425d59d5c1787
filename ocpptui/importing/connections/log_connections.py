"""The connections in a log: the number of each, its version, and whether two charge points seem to be in one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.versions import TRIED, VersionTrial
from ocpptui.ocpp import actions as catalog
from ocpptui.ocpp.boot_serials import serial_of
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.version import Transport, Version

BOOT = "BootNotification"


@dataclass(slots=True)
class Course:
    """How a connection went on, which lines of the log may say to have closed and opened again."""

    number: int = 0
    """That of its frames from now on; 0 before any."""
    frames: int = 0
    """How many it has had since it opened."""
    is_stated: bool = False
    """Whether a line says that it opened."""
    is_closed: bool = False
    older: list[int] = field(default_factory=list)
    """The numbers of those that this one has replaced, and that nothing says to be closed."""
    failed: int | None = None
    """When the last attempt to open it failed, if nothing followed."""
    has_had_event: bool = False

    def renew(self, number: int) -> None:
        """Go on with the next connection."""
        self.number, self.frames, self.is_stated, self.is_closed = number, 0, False, False


@dataclass(slots=True)
class LogConnection:
    """A connection of a charge point, as the lines of a log tell it apart."""

    number: int
    version: Version | None = None
    is_named: bool = False
    """Whether the file names the version."""
    trial: VersionTrial = field(default_factory=VersionTrial)
    serial: str = ""
    """The serial number of its last BootNotification that has one."""
    course: Course = field(default_factory=Course)


class LogConnections:
    """The connections that the frames of a log are of, numbered in the order in which they are asked for."""

    def __init__(self, tally: ImportTally, version: Version | None, taken: int) -> None:
        """`version` is that of all frames, as the user says; `taken` is how many numbers are already used."""
        self._tally = tally
        self._version = version
        self._numbers = self._taken = taken
        self._known: dict[tuple[str, str, Transport], LogConnection] = {}
        self._possible: Counter[Version] = Counter()  # for how many connections
        self._renewed: dict[tuple[str, str], str] = {}  # what distinguishes the frames since the version changed
        self._indistinct = False

    def __len__(self) -> int:
        """How many numbers it has given."""
        return self._numbers - self._taken

    def next_number(self) -> int:
        """A number that no connection has."""
        self._numbers += 1
        return self._numbers

    def of(self, charge_point: str, connection: str, transport: Transport) -> LogConnection:
        """The connection of a charge point that a log distinguishes by `connection`."""
        key = charge_point, connection, transport
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = LogConnection(self.next_number())
            known.course.number = known.number
        return known

    def now(self, charge_point: str, connection: str, frame: Message | None) -> str:
        """What distinguishes the connection of the next frame, a message of OCPP-J or none that can be read, of those
        that a log distinguishes by `connection`. A connection has one version: where a charge point starts in another,
        such as after an update, the next one begins."""
        now = self._renewed.get((charge_point, connection), connection)
        if frame is None or frame.action != BOOT or self._version is not None:
            return now
        before = self._known.get((charge_point, now, Transport.JSON))
        if before is None or not before.trial.contradicts(BOOT, frame.payload):
            return now
        now = self._renewed[charge_point, connection] = f"{connection} from {self._numbers + 1}"
        began = self.of(charge_point, now, Transport.JSON)
        began.serial = before.serial
        self._tally.tell(
            f"{charge_point or 'A charge point'} starts again in another version of OCPP: connection {began.number} "
            "begins with that BootNotification."
        )
        return now

    def note(self, connection: LogConnection, charge_point: str, frame: Message) -> None:
        """Note what a message of OCPP-J shows of the version, and of the charge point."""
        if frame.action is not None:
            self._try_versions(connection, frame.action, frame.payload)
        if frame.action == BOOT:
            self._watch_serials(connection, charge_point, frame.payload)

    def version_of(self, connection: LogConnection, stated: Version | None, guessed: list[str]) -> Version | None:
        """The version of a frame of a connection, of which the file may have stated one; what is guessed is added to
        `guessed`."""
        if self._version is not None:
            return self._version
        if stated is not None:
            connection.version, connection.is_named = stated, True
        elif connection.version is None:
            connection.version = connection.trial.best(self._possible)
            if connection.trial.tried:
                why = connection.trial.words_for(connection.version)
                self._tally.tell(f"Connection {connection.number} is read as OCPP {connection.version} ({why}).")
        if not connection.is_named:
            guessed.append("version")
        return connection.version

    def _try_versions(self, connection: LogConnection, action: str, payload: object) -> None:
        """Read a call as each version."""
        trial = connection.trial
        if trial.tried < TRIED:
            trial.try_call(action, payload)
            if trial.tried == 1:
                self._possible.update(trial.possible)
        if connection.version is not None and not connection.is_named:
            versions = catalog.versions_of(action)
            if versions and connection.version not in versions:
                connection.version = None  # another version was assumed too early

    def _watch_serials(self, connection: LogConnection, name: str, payload: object) -> None:
        """Notice by their BootNotifications that two charge points are in one connection."""
        serial, last = serial_of(payload), connection.serial
        if serial and last and serial != last and not self._indistinct:
            self._indistinct = True
            self._tally.warn(
                f"{name} started with two serial numbers, {last} and {serial}: two charge points may have this name."
                if name
                else f"At least two charge points cannot be told apart: {last} and {serial} both started, and "
                "the lines name neither. Which frame belongs to which is uncertain."
            )
        connection.serial = serial or last
