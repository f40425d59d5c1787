"""The lines of the state panel: what is known of a charge point, and where each line leads."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len
from textual.content import Content

from ocpptui.describe.chart_scale import unit_text
from ocpptui.describe.safe_text import printable
from ocpptui.ocpp.counted import counted
from ocpptui.ocpp.date_times import local_datetime
from ocpptui.ocpp.durations import span_text
from ocpptui.tui.widgets.log_row import clock_text, fitted

if TYPE_CHECKING:
    from ocpptui.stations.meter_values import MeterKey, MeterSeries
    from ocpptui.stations.state import ChargePointState, ConnectorState, TransactionState

BARS = "▁▂▃▄▅▆▇█"
MOST_TRANSACTIONS = 5
MOST_METERS = 16
MOST_RESERVATIONS = 5
MOST_PROFILES = 8
LARGEST_WRITTEN = 1e12
NAME_WIDTH = 14
"""Cells for the measurand."""
GOOD = frozenset({"Available", "Charging", "Occupied", "Preparing", "Finishing", "Accepted"})
BAD = frozenset({"Faulted", "Unavailable", "Rejected"})
ALL_TRANSACTIONS, ALL_METERS, ALL_RESERVATIONS = "transactions", "meters", "reservations"
"""The lists that the user can unfold."""


class Narrow(NamedTuple):
    """Leads to the records that a filter lets through."""

    query: str
    """Text of the filter, for the records of this charge point."""


class GoTo(NamedTuple):
    """Leads to a record."""

    record: int


class OpenView(NamedTuple):
    """Leads to another screen."""

    action: str
    """The name of the action of the session screen."""


class Unfold(NamedTuple):
    """Leads to the rest of a list."""

    name: str


Door = Narrow | GoTo | OpenView | Unfold


class StateLine(NamedTuple):
    """One line of the panel."""

    content: Content
    door: Door | None = None
    """Where it leads; None for a heading or an empty line."""


def state_lines(
    known: ChargePointState, width: int, unfolded: Collection[str] = (), as_of: int | None = None
) -> Iterator[StateLine]:
    """The state as lines of at most `width` cells.

    `unfolded` are the lists that are shown as a whole; `as_of` is the time of the record that it is the state of, in
    microseconds since 1970-01-01 UTC; None means now.
    """
    for line in _lines(known, width, unfolded, as_of):
        yield line._replace(content=line.content.truncate(width, ellipsis=True))


def _lines(known: ChargePointState, width: int, unfolded: Collection[str], as_of: int | None) -> Iterator[StateLine]:
    yield from map(StateLine, _identity(known))
    if as_of is not None:
        yield StateLine(Content.styled(f"as of {clock_text(as_of)}", "$text-accent"))
    if known.connectors:
        yield from _heading("Connectors")
        for (evse, connector), state in sorted(known.connectors.items()):
            yield StateLine(_connector(evse, connector, state), Narrow(_of_connector(evse, connector)))
    yield from _transactions(known, width, ALL_TRANSACTIONS in unfolded)
    if reservations := list(known.reservations):
        yield from _heading("Reservations")
        shown = reservations if ALL_RESERVATIONS in unfolded else reservations[:MOST_RESERVATIONS]
        for number in shown:
            query = f"reservationId={number} or (action:ReserveNow id={number})"
            yield StateLine(Content(f"  reservation {number}"), Narrow(query))
        yield from _rest(len(reservations) - len(shown), "earlier", ALL_RESERVATIONS)
    yield from _meters(known, width, ALL_METERS in unfolded)
    if profiles := known.suggestions("chargingProfileId"):
        ids = f"profile{'s' * (len(profiles) > 1)} {', '.join(map(printable, profiles[:MOST_PROFILES]))}"
        yield StateLine(Content(""))
        words = Content.assemble(("▸ ", "bold $accent"), (f"why this limit: {ids}", "$text-muted"))
        yield StateLine(words, OpenView("show_limits"))
    if count := known.settings.known:
        yield StateLine(Content(""))
        text = f"{counted(count, 'configuration value')} known"
        words = Content.assemble(("▸ ", "bold $accent"), (text, "$text-muted"))
        yield StateLine(words, OpenView("show_configuration"))


def _transactions(known: ChargePointState, width: int, all_of_them: bool) -> Iterator[StateLine]:
    """The running transactions and the newest ones that ended, newest first."""
    transactions = list(reversed(known.transactions.values()))
    if not transactions:
        return
    shown = transactions if all_of_them else transactions[:MOST_TRANSACTIONS]
    yield from _heading("Transactions")
    for transaction in shown:
        query = Narrow(f"transaction:{_quoted(transaction.id)}")
        for content in _transaction(transaction, width):
            yield StateLine(content, query)
        yield from _times(transaction, known.last_seen)
    yield from _rest(len(transactions) - len(shown), "earlier", ALL_TRANSACTIONS)


def _times(transaction: TransactionState, now: int | None) -> Iterator[StateLine]:
    """When a transaction began and ended; each line leads to that record."""
    started, stopped = transaction.started, transaction.stopped
    end = now if stopped is None else stopped
    took = f" after {span_text(end - started)}" if started is not None and end is not None and end >= started else ""
    if started is not None:
        running = took.replace(" after", ", for") if stopped is None else ""  # short: the pane has 33 columns
        words = Content.styled(f"  {'since' if running else 'started'} {_moment(started, now)}{running}", "$text-muted")
        yield StateLine(words, None if transaction.start_record is None else GoTo(transaction.start_record))
    if stopped is not None:
        words = Content.styled(f"  stopped {_moment(stopped, now)}{took}", "$text-muted")
        yield StateLine(words, None if transaction.stop_record is None else GoTo(transaction.stop_record))


def _moment(time: int, now: int | None) -> str:
    """A time of day, with the day where it is another one than that of `now`."""
    moment, today = local_datetime(time), local_datetime(now or time)
    if moment is None or today is None or moment.date() == today.date():
        return clock_text(time)[:8]
    return f"{moment.day} {moment:%b %H:%M:%S}"


def _meters(known: ChargePointState, width: int, all_of_them: bool) -> Iterator[StateLine]:
    meters = [(key, meter) for key, meter in known.meters.items() if meter.values]
    if not meters:
        return
    yield from _heading("Meter values")
    several = len({(key.evse, key.connector) for key, _ in meters}) > 1
    shown = meters if all_of_them else meters[:MOST_METERS]
    for key, meter in shown:
        yield StateLine(_meter(key, meter, width, several), OpenView("show_chart"))
    yield from _rest(len(meters) - len(shown), "more", ALL_METERS)


def _rest(left_out: int, which: str, name: str) -> Iterator[StateLine]:
    """The line in place of what is not shown."""
    if left_out > 0:
        yield StateLine(Content.styled(f"and {left_out:,} {which}", "$text-muted"), Unfold(name))


def _of_connector(evse: int, connector: int) -> str:
    """The filter for the messages about a connector of 1.x, or an EVSE of 2.x."""
    return f"evseId={evse} or evse.id={evse}" if evse else f"connectorId={connector}"


def _quoted(text: str) -> str:
    """A text in the quotation marks of the filter language."""
    escaped = text.replace("\\", r"\\").replace('"', r"\"")
    return f'"{escaped}"'


def _heading(text: str) -> Iterator[StateLine]:
    yield StateLine(Content(""))
    yield StateLine(Content.styled(text, "bold $primary"))


def _identity(known: ChargePointState) -> Iterator[Content]:
    mark = ("● ", "$text-success") if known.connected else ("○ ", "$text-muted")
    version = f"  OCPP {known.version.as_choice}" if known.version is not None else ""
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
    last = f"{_number(meter.last)} {printable(unit_text(meter.unit))}".strip()
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
