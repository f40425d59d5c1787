"""The known state of one charge point, built up from the messages of both sides."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

from ocpptui.ocpp.version import Version
from ocpptui.runtime.bounded import put
from ocpptui.stations.known_settings import KnownSettings
from ocpptui.stations.meter_values import MeterKey, MeterReading, MeterSeries

T = TypeVar("T", bound=Hashable)

MOST_CONNECTORS = 1000
MOST_TRANSACTIONS = 500
MOST_METERS = 200
MOST_REMEMBERED = 100


@dataclass(slots=True)
class ConnectorState:
    """The last reported state of a connector (connector 0: of the EVSE, or of the whole charge point)."""

    status: str
    error: str
    """The error code of OCPP 1.6; empty for NoError."""
    since: int
    """When this state was first reported, in microseconds since 1970-01-01 UTC."""


@dataclass(slots=True)
class TransactionState:
    """One transaction. Meter values are in Wh, times in microseconds since 1970-01-01 UTC; None means unknown."""

    id: str
    evse: int = 0
    connector: int = 0
    id_token: str = ""
    state: str = ""
    """The charging state of OCPP 2.x, for example Charging."""
    token_type: str = ""
    """The type of the idToken of OCPP 2.x."""
    sequence: int | None = None
    """The highest seqNo of its events (OCPP 2.x)."""
    started: int | None = None
    stopped: int | None = None
    meter_start: float | None = None
    meter_last: float | None = None
    reason: str = ""
    """Why it stopped."""
    start_record: int | None = None
    """The index of the record that started it: in 1.x the answer, which has its id."""
    stop_record: int | None = None

    @property
    def running(self) -> bool:
        return self.stopped is None


class CertificateHash(NamedTuple):
    """What names an installed certificate: the CertificateHashData of the messages."""

    algorithm: str
    issuer_name: str
    issuer_key: str
    serial: str
    use: str = ""
    """Its certificateType, for example CSMSRootCertificate; empty for one of a chain."""

    def as_payload(self) -> dict[str, str]:
        """The CertificateHashData."""
        return {
            "hashAlgorithm": self.algorithm,
            "issuerNameHash": self.issuer_name,
            "issuerKeyHash": self.issuer_key,
            "serialNumber": self.serial,
        }


class RecentValues(Generic[T]):
    """The MOST_REMEMBERED most recent values, each once, newest first."""

    def __init__(self) -> None:
        self._values: dict[T, None] = {}

    def add(self, value: T) -> None:
        """Make a value the newest."""
        self._values.pop(value, None)
        put(self._values, value, None, MOST_REMEMBERED)

    def discard(self, value: T) -> None:
        """Forget a value."""
        self._values.pop(value, None)

    def __iter__(self) -> Iterator[T]:
        return reversed(self._values)

    def __len__(self) -> int:
        return len(self._values)


@dataclass(slots=True)
class ChargePointState:
    """The known state of one charge point. Every collection is bounded; the oldest entries are dropped first."""

    identity: str
    version: Version | None = None
    vendor: str = ""
    model: str = ""
    serial: str = ""
    firmware: str = ""
    registration: str = ""
    """Accepted, Pending or Rejected: the answer to its last BootNotification."""
    heartbeat_interval: int | None = None
    """Seconds."""
    connections: set[int] = field(default_factory=set)
    """The open connections; if no record reports an opening or closing, those with messages."""
    record: int | None = None
    """The index of the record that was applied last."""
    last_seen: int | None = None
    """When it last sent something, in microseconds since 1970-01-01 UTC."""
    connectors: dict[tuple[int, int], ConnectorState] = field(default_factory=dict)
    """By EVSE (0 in OCPP 1.6) and connector."""
    transactions: dict[str, TransactionState] = field(default_factory=dict)
    """By transaction id, in order of first appearance."""
    settings: KnownSettings = field(default_factory=KnownSettings)
    """Configuration keys (1.x), or variables (2.x)."""
    boot_is_triggered: bool = False
    """Somebody asked for a BootNotification, so that the next one says nothing of a reboot."""
    meters: dict[MeterKey, MeterSeries] = field(default_factory=dict)
    id_tokens: RecentValues[str] = field(default_factory=RecentValues)
    reservations: RecentValues[int] = field(default_factory=RecentValues)
    """Ids of the reservations that were accepted and, as far as is known, are still active."""
    certificates: list[CertificateHash] = field(default_factory=list)
    """Those that it listed last, of each use."""
    remembered: dict[str, RecentValues[str]] = field(default_factory=dict)
    """Values of other fields that later messages refer to, for example `requestId`, by field name."""

    @property
    def configuration(self) -> dict[str, str]:
        """By key (OCPP 1.6) or `Component.Variable` (2.x): the values read, and those set and accepted."""
        return self.settings.as_texts()

    @property
    def connected(self) -> bool:
        """Whether it is connected, as far as the records show."""
        return bool(self.connections)

    @property
    def running(self) -> list[TransactionState]:
        """The transactions that have not ended, newest first."""
        return [transaction for transaction in reversed(self.transactions.values()) if transaction.running]

    @property
    def evses(self) -> list[int]:
        """The ids of the known EVSEs, in order; none in OCPP 1.6."""
        ids = {evse for evse, _ in self.connectors} | {key.evse for key in self.meters}
        return sorted(evse for evse in ids if evse > 0)

    def suggestions(self, field_name: str) -> list[str]:
        """Known values of a message field, by name (`evseId` for the `id` of an `evse`), likeliest first; numbers as
        text."""
        match field_name:
            case "idTag" | "idToken" | "parentIdTag":
                return list(self.id_tokens)
            case "transactionId":
                stopped = [one.id for one in reversed(self.transactions.values()) if not one.running]
                return [one.id for one in self.running] + stopped
            case "connectorId":
                ids = {connector for _, connector in self.connectors}
                return [str(connector) for connector in sorted(ids, key=lambda connector: (connector <= 0, connector))]
            case "evseId":
                return [str(evse) for evse in self.evses]
            case "reservationId":
                return [str(reservation) for reservation in self.reservations]
            case "key":
                return sorted(self.configuration)
            case "remoteLocation":
                return self.suggestions("location")
            case _:
                return list(self.remembered.get(field_name, ()))

    def remember(self, field_name: str, value: str) -> None:
        """Keep a value for `suggestions`."""
        if value:
            self.remembered.setdefault(field_name, RecentValues()).add(value)

    def list_certificates(self, listed: Iterable[CertificateHash]) -> None:
        """Note the installed certificates that it lists; they replace those of the same uses."""
        listed = list(dict.fromkeys(listed))[:MOST_REMEMBERED]
        uses = {one.use for one in listed}
        kept = [one for one in self.certificates if one.use not in uses]
        self.certificates = [*listed, *kept][:MOST_REMEMBERED]

    def set_status(self, evse: int, connector: int, status: str, error: str, time: int) -> None:
        """Note the state of a connector, reported at `time`."""
        before = self.connectors.get((evse, connector))
        if before is None:
            put(self.connectors, (evse, connector), ConnectorState(status, error, time), MOST_CONNECTORS)
        elif (before.status, before.error) != (status, error):
            before.status, before.error, before.since = status, error, time

    def transaction(self, transaction_id: str) -> TransactionState:
        """The transaction with this id, added if it is new."""
        found = self.transactions.get(transaction_id)
        if found is None:
            found = TransactionState(transaction_id)
            put(self.transactions, transaction_id, found, MOST_TRANSACTIONS)
        return found

    def add_reading(self, evse: int, connector: int, reading: MeterReading, time: int) -> None:
        """Add a sample that came at `time` to the history of its meter."""
        key = MeterKey(evse, connector, reading.measurand, reading.phase, reading.location)
        meter = self.meters.get(key)
        if meter is None or meter.unit != reading.unit:
            meter = MeterSeries(reading.unit, time)
            put(self.meters, key, meter, MOST_METERS)
        meter.time = time
        meter.values.append(reading.value)
