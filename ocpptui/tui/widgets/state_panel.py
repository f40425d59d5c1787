"""The state of a charge point: connectors, transactions, and the last meter values as sparklines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from ocpptui.describe.safe_text import printable
from ocpptui.session.session import Session
from ocpptui.tui.commands import Where, bindings
from ocpptui.tui.widgets.log_row import clock_text, fitted

if TYPE_CHECKING:
    from ocpptui.stations.meter_values import MeterKey, MeterSeries
    from ocpptui.stations.state import ChargePointState, ConnectorState, TransactionState

BARS = "▁▂▃▄▅▆▇█"
MOST_TRANSACTIONS = 8
MOST_METERS = 16
LARGEST_WRITTEN = 1e12
NAME_WIDTH = 14
"""Cells for the measurand."""
GOOD = frozenset({"Available", "Charging", "Occupied", "Preparing", "Finishing", "Accepted"})
BAD = frozenset({"Faulted", "Unavailable", "Rejected"})


class StatePanel(VerticalScroll, can_focus=True):
    """The state of the chosen charge point, or of the only one."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.STATE)

    def __init__(self, session: Session, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.session = session
        self.charge_point: str | None = None
        self._text = Static(id="state_text", markup=False)

    def compose(self) -> ComposeResult:
        yield self._text

    def update(self) -> None:
        """Show the current state."""
        knowledge = self.session.knowledge
        name = self.charge_point or (next(iter(knowledge), None) if len(knowledge) == 1 else None)
        if name is None or name not in knowledge:
            words = "Choose a charge point to see its state." if len(knowledge) else "No charge point yet."
            self._text.update(Content.styled(words, "dim"))
            return
        width = max(20, self.scrollable_content_region.width)
        self._text.update(Content("\n").join(list(state_lines(knowledge[name], width))))


def state_lines(known: ChargePointState, width: int) -> Iterator[Content]:
    """The state as lines of at most `width` cells."""
    for line in _lines(known, width):
        yield line.truncate(width, ellipsis=True)


def _lines(known: ChargePointState, width: int) -> Iterator[Content]:
    yield from _identity(known)
    if known.connectors:
        yield from _heading("Connectors")
        for (evse, connector), state in sorted(known.connectors.items()):
            yield _connector(evse, connector, state)
    transactions = list(known.transactions.values())
    if transactions:
        left_out = len(transactions) - MOST_TRANSACTIONS
        yield from _heading("Transactions")
        for transaction in reversed(transactions[-MOST_TRANSACTIONS:]):
            yield from _transaction(transaction, width)
        if left_out > 0:
            yield Content.styled(f"and {left_out:,} earlier", "$text-muted")
    meters = [(key, meter) for key, meter in known.meters.items() if meter.values]
    if meters:
        yield from _heading("Meter values")
        several = len({(key.evse, key.connector) for key, _ in meters}) > 1
        for key, meter in meters[:MOST_METERS]:
            yield _meter(key, meter, width, several)
        if len(meters) > MOST_METERS:
            yield Content.styled(f"and {len(meters) - MOST_METERS:,} more", "$text-muted")
    if count := known.settings.known:
        yield Content("")
        words = f"{count:,} configuration value{'s' * (count > 1)} known"
        door = "@click=screen.show_configuration"
        yield Content.assemble(("▸ ", f"bold $accent {door}"), (words, f"$text-muted {door}"))


def _heading(text: str) -> Iterator[Content]:
    yield Content("")
    yield Content.styled(text, "bold $primary")


def _identity(known: ChargePointState) -> Iterator[Content]:
    mark = ("● ", "$text-success") if known.connected else ("○ ", "$text-muted")
    version = f"  OCPP {known.version}" if known.version is not None else ""
    yield Content.assemble(mark, (printable(known.identity), "bold"), (version, "$text-muted"))
    made = " ".join(part for part in (known.vendor, known.model, known.firmware, known.serial) if part)
    if made:
        yield Content.styled(printable(made), "$text-muted")
    if known.registration:
        interval = f", heartbeat {known.heartbeat_interval} s" if known.heartbeat_interval else ""
        yield Content.assemble("boot ", _coloured(known.registration), (interval, "$text-muted"))
    if not known.connected and known.last_seen:
        yield Content.styled(f"last seen {clock_text(known.last_seen)[:8]}", "$text-muted")


def _connector(evse: int, connector: int, state: ConnectorState) -> Content:
    place = f"{evse}/{connector}" if evse else str(connector)
    error = f"  {printable(state.error)}" if state.error else ""
    since = f"  since {clock_text(state.since)[:8]}"
    return Content.assemble(f"{place:>3} ", _coloured(state.status), (error, "$text-error"), (since, "$text-muted"))


def _transaction(transaction: TransactionState, width: int) -> Iterator[Content]:
    """The id of a transaction, then its energy, connector, state and token."""
    running = transaction.running
    mark = ("▶ ", "$text-success") if running else ("■ ", "$text-muted")
    place = (
        f"{transaction.evse}/{transaction.connector}".removesuffix("/0")
        if transaction.evse
        else f"connector {transaction.connector}"
        if transaction.connector
        else ""
    )
    energy = ""
    if transaction.meter_start is not None and transaction.meter_last is not None:
        energy = f"{(transaction.meter_last - transaction.meter_start) / 1000:.2f} kWh"
    ended = transaction.state if running else transaction.reason or "ended"
    words = [printable(word) for word in (energy, place, ended, transaction.id_token) if word]
    head = Content.assemble(mark, (printable(transaction.id), "bold" if running else ""))
    line = "  ".join(words)
    if head.cell_length + 2 + cell_len(line) <= width:
        yield Content.assemble(head, "  ", line)
    else:
        yield head
        yield Content(f"  {line}")


def _meter(key: MeterKey, meter: MeterSeries, width: int, several: bool) -> Content:
    """The measurand, its last value and a sparkline; `several` if more than one connector or EVSE measures."""
    number = key.evse or key.connector  # 0: the whole charge point
    place = f"{number} " if several and number else ""
    name = _SHORT.get(key.measurand, key.measurand) + (f" {key.phase}" if key.phase else "")
    name = printable(f"{place}{name}")
    last = f"{_number(meter.last)} {printable(meter.unit)}".strip()
    line = sparkline(list(meter.values), max(4, width - NAME_WIDTH - 13))
    return Content.assemble(fitted(name, NAME_WIDTH), (f"{last:>11} ", "bold"), (line, "$primary"))


def _number(value: float) -> str:
    """A reading with at most three decimals; powers of ten only for very large values."""
    return f"{value:.3f}".rstrip("0").rstrip(".") if abs(value) < LARGEST_WRITTEN else f"{value:.4g}"


def sparkline(values: Sequence[float], width: int) -> str:
    """The last values as bars of eight heights; a flat line if all are equal."""
    values = values[-width:]
    low, high = min(values), max(values)
    span = high - low
    if not span:
        return BARS[0] * len(values)
    return "".join(BARS[min(7, int((value - low) / span * 7.999))] for value in values)


def _coloured(status: str) -> tuple[str, str]:
    style = "$text-success" if status in GOOD else "$text-error" if status in BAD else "$text-warning"
    return printable(status), style


_SHORT = {
    "Energy.Active.Import.Register": "Energy",
    "Energy.Active.Export.Register": "Energy out",
    "Power.Active.Import": "Power",
    "Power.Offered": "Offered",
    "Current.Import": "Current",
    "Current.Offered": "Offered",
    "Temperature": "Temp.",
}
