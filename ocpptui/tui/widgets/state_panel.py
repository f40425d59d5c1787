"""What is known of a charge point: connectors, transactions, the last meter values as lines."""

from __future__ import annotations

from collections.abc import Iterator

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from ocpptui.session.session import Session
from ocpptui.timeline.known import ChargePointKnowledge, ConnectorState
from ocpptui.tui.printable import printable
from ocpptui.tui.widgets.log_row import clock_text

BARS = "▁▂▃▄▅▆▇█"
MOST_TRANSACTIONS = 8
GOOD = frozenset({"Available", "Charging", "Occupied", "Preparing", "Finishing", "Accepted"})
BAD = frozenset({"Faulted", "Unavailable", "Rejected"})


class StatePanel(VerticalScroll, can_focus=False):
    """The state of one charge point, or of the only one."""

    def __init__(self, session: Session, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.session = session
        self.charge_point: str | None = None

    def compose(self) -> ComposeResult:
        yield Static(id="state_text", markup=False)

    def update(self) -> None:
        """Show what is known now."""
        knowledge = self.session.knowledge
        name = self.charge_point or (next(iter(knowledge), None) if len(knowledge) == 1 else None)
        text = self.query_one("#state_text", Static)
        if name is None or name not in knowledge:
            text.update(Content.styled("Choose a charge point to see its state." if len(knowledge) else "", "dim"))
            return
        width = max(20, self.size.width - 3)
        text.update(Content("\n").join(list(state_lines(knowledge[name], width))))


def state_lines(known: ChargePointKnowledge, width: int) -> Iterator[Content]:
    """The state as lines of at most `width` cells."""
    made = " ".join(part for part in (known.vendor, known.model, known.firmware) if part)
    yield Content.styled(printable(known.identity), "bold")
    if made:
        yield Content.styled(printable(made)[:width], "$text-muted")
    if known.registration:
        interval = f", heartbeat {known.heartbeat_interval} s" if known.heartbeat_interval else ""
        yield Content.assemble("boot ", _coloured(known.registration), (interval, "$text-muted"))
    if known.connectors:
        yield Content("")
        yield Content.styled("Connectors", "bold $primary")
        for (evse, connector), state in sorted(known.connectors.items()):
            yield _connector(evse, connector, state)
    transactions = list(known.transactions.values())[-MOST_TRANSACTIONS:]
    if transactions:
        yield Content("")
        yield Content.styled("Transactions", "bold $primary")
        for transaction in reversed(transactions):
            energy = ""
            if transaction.meter_start is not None and transaction.meter_last is not None:
                energy = f"  {(transaction.meter_last - transaction.meter_start) / 1000:.2f} kWh"
            mark = ("▶ ", "$text-success") if transaction.running else ("■ ", "$text-muted")
            token = f"  {transaction.id_token}" if transaction.id_token else ""
            ended = f"  {transaction.reason}" if not transaction.running and transaction.reason else ""
            text = printable(f"{transaction.id}{token}{energy}{ended}")
            yield Content.assemble(mark, text[: width - 2])
    meters = [(key, meter) for key, meter in known.meters.items() if len(meter.values) > 1]
    if meters:
        yield Content("")
        yield Content.styled("Meter values", "bold $primary")
        for key, meter in meters[:8]:
            name = printable(_short(key.measurand)) + (f" {key.phase}" if key.phase else "")
            last = f"{meter.last:g} {printable(meter.unit)}".strip()
            line = sparkline(list(meter.values), max(4, width - 26))
            yield Content.assemble((f"{name[:13]:<13}", ""), (f"{last:>11} ", "bold"), (line, "$primary"))
    if known.configuration:
        yield Content("")
        yield Content.styled(f"{len(known.configuration)} configuration values known", "$text-muted")


def sparkline(values: list[float], width: int) -> str:
    """The last values as bars of eight heights."""
    values = values[-width:]
    low, high = min(values), max(values)
    span = high - low or 1
    return "".join(BARS[min(7, int((value - low) / span * 7.999))] for value in values)


def _connector(evse: int, connector: int, state: ConnectorState) -> Content:
    place = f"{evse}/{connector}" if evse else str(connector)
    error = f"  {printable(state.error)}" if state.error else ""
    since = f"  since {clock_text(state.since)[:8]}"
    return Content.assemble(f"{place:>3} ", _coloured(state.status), (error, "$text-error"), (since, "$text-muted"))


def _coloured(status: str) -> tuple[str, str]:
    style = "$text-success" if status in GOOD else "$text-error" if status in BAD else "$text-warning"
    return printable(status), style


def _short(measurand: str) -> str:
    return {"Energy.Active.Import.Register": "Energy", "Power.Active.Import": "Power", "Current.Import": "Current"}.get(
        measurand, measurand
    )
