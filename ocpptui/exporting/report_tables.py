"""The figures of charge points as tables, for every format of `report` and for the screen.

None as a value is unknown; a recording that lacks the evidence has no number.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

from ocpptui.diagnosis.registry import RULE_BY_ID
from ocpptui.ocpp.date_times import SECOND, rfc3339_text
from ocpptui.ocpp.durations import duration_text
from ocpptui.reporting.attempts import PATIENCE
from ocpptui.reporting.distribution import ERROR, EXACT
from ocpptui.reporting.exchanges import StationRecords
from ocpptui.reporting.follower import StationFigures
from ocpptui.reporting.operating_report import OperatingReport
from ocpptui.reporting.uptime import TimeAccount
from ocpptui.timeline.columns import DIRECTIONS
from ocpptui.timeline.record import RecordKind

Value = str | int | float | None
YEAR = 365 * 24 * 3600 * SECOND
"""The 525,600 minutes of 23 CFR 680.116(b), in µs."""
REQUIRED = 0.97
"""The uptime that 23 CFR 680.116(b) requires more than."""


_RULES = (
    """Uptime of a port: the time in which it is online and its last status says that it is available or in use,
    divided by the time of which the recording shows whether it is. Faulted and Unavailable are down.""",
    """23 CFR 680.116(b) (NEVI) requires an uptime of more than 97 % in a year, for each charging port, in minutes:
    ((525,600 - (downtime - excluded)) / 525,600) x 100. A recording counts only its own period, from the first record
    of the charge point on. It does not show which downtime is excluded (utility, vehicle, scheduled maintenance,
    vandalism, natural disasters, outside of the opening hours), so none is; nor whether the port can give the power
    that is required.""",
    f"""An attempt begins with an id token or a transaction. It succeeded if the transaction took energy; it failed if
    it was refused, took none, or did not begin within {duration_text(PATIENCE)}. Attempts with one token that follow
    within that time are one visit, of which the first attempt counts.""",
    """A retry repeats the content of the previous call of its action, after no answer or an error, or with the same
    message id.""",
    f"Percentiles are by nearest rank: exact up to {EXACT:,} values, then within {ERROR:.1%}.",
)


class Unit(StrEnum):
    """What the values of a column are."""

    TEXT = ""
    COUNT = "count"
    SECONDS = "s"
    MILLISECONDS = "ms"
    ENERGY = "Wh"
    PERCENT = "percent"

    @property
    def is_number(self) -> bool:
        return self is not Unit.TEXT


class FigureColumn(NamedTuple):
    key: str
    """In JSON and CSV."""
    title: str
    """For people."""
    unit: Unit = Unit.COUNT


class ReportTable(NamedTuple):
    """Rows about one subject. A table of one row whose columns are different things `is_list`."""

    key: str
    title: str
    columns: tuple[FigureColumn, ...]
    rows: list[tuple[Value, ...]]
    is_list: bool = False
    note: str = ""


class StationTables(NamedTuple):
    """The tables of one charge point."""

    name: str
    """"" if the records do not name it."""
    tables: list[ReportTable]


def counting_rules(report: OperatingReport) -> list[str]:
    """How the figures are counted, in sentences."""
    said = [
        *(" ".join(sentence.split()) for sentence in _RULES),
        "A call is unanswered if its connection closed before its answer, or if it waited longer than "
        + duration_text(report.timeline.late_after)
        + ".",
    ]
    if report.left_out:
        said.append(f"{report.left_out:,} further charge points are not counted.")
    return said


def report_tables(
    report: OperatingReport, *, one_period: bool = True, only: Collection[str] = ()
) -> Iterator[StationTables]:
    """The tables of each charge point, or of `only` some.

    With `one_period`, what a charge point does not say until the last record of all others is known as well, because
    one program recorded them.
    """
    waiting, broken = report.waiting(), report.broken_rules()
    for name, of in report.stations.items():
        if only and name not in only:
            continue
        records = of.records
        end = max(report.latest or records.last, records.last) if one_period else records.last
        tables = [
            _period(report, records, of, end),
            _connection(name, of, end),
            _closes(name, of),
            _named("failed", "Connections that failed", ("problem", "problem"), of.failed),
            _ports(name, of, end),
            _faults(of, end),
            _sessions(of, end),
            _named("stopReasons", "Stop reasons", ("reason", "reason"), of.reasons),
            _named("boots", "Answers to BootNotification", ("status", "status"), of.boot_answers),
            _actions(report, name, records, waiting),
            _problems(name, broken),
        ]
        yield StationTables(name, [table for table in tables if table.rows])


def _period(report: OperatingReport, records: StationRecords, of: StationFigures, end: int) -> ReportTable:
    times = report.timeline.times
    is_timed = records.timeless < records.records
    begins_late = records.first_kind <= RecordKind.SEND and not _boots_first(report, records)
    row: tuple[Value, ...] = (
        rfc3339_text(times[records.first_index]) if is_timed else None,
        rfc3339_text(times[records.last_index]) if is_timed else None,
        (end - records.first) / SECOND if not records.timeless else None,
        records.records,
        "yes" if begins_late else "no",
        of.boots,
    )
    columns = (
        FigureColumn("from", "first record", Unit.TEXT),
        FigureColumn("to", "last record", Unit.TEXT),
        FigureColumn("seconds", "period", Unit.SECONDS),
        FigureColumn("records", "records"),
        FigureColumn("midSession", "begins in mid-session", Unit.TEXT),
        FigureColumn("boots", "BootNotifications"),
    )
    return ReportTable("period", "Period", columns, [row], True)


def _boots_first(report: OperatingReport, records: StationRecords) -> bool:
    return report.timeline.action(records.first_index) == "BootNotification"


_SPANS = (
    FigureColumn("upSeconds", "up", Unit.SECONDS),
    FigureColumn("downSeconds", "down", Unit.SECONDS),
    FigureColumn("unknownSeconds", "unknown", Unit.SECONDS),
    FigureColumn("percent", "uptime", Unit.PERCENT),
)


def _spans(account: TimeAccount) -> tuple[Value, ...]:
    share = account.share
    parts = (account.up, account.down, account.unknown)
    return (*(part / SECOND for part in parts), None if share is None else 100 * share)


def _connection(name: str, of: StationFigures, end: int) -> ReportTable:
    is_known = bool(name) and of.has_connection_events and not of.records.timeless
    spans = _spans(of.connection.until(of.records.last, end)) if is_known else (None,) * len(_SPANS)
    columns = (*_SPANS[:3], FigureColumn("percent", "connected", Unit.PERCENT), FigureColumn("opened", "opened"))
    opened = of.opened if of.has_connection_events else None
    return ReportTable("connection", "Connected", columns, [(*spans, opened)], True)


def _closes(name: str, of: StationFigures) -> ReportTable:
    """Without a name, nobody knows whether the next connection is of the same charge point."""
    table = _named("closes", "Closed connections", ("reason", "reason"), of.closes, ("reconnects", of.reconnects))
    return table if name else table._replace(rows=[(*row[:-1], None) for row in table.rows])


def _ports(name: str, of: StationFigures, end: int) -> ReportTable:
    rows: list[tuple[Value, ...]] = []
    for place, port in sorted(of.ports.items()):
        if place[1] == 0:
            continue  # the charge point or EVSE as a whole
        account = port.account.until(of.records.last, end)
        is_known = bool(name) and not of.records.timeless
        spans = _spans(account) if is_known else (None,) * len(_SPANS)
        rows.append((_place_words(*place), *spans, port.status, _beside_nevi(account) if is_known else None))
    columns = (
        FigureColumn("port", "port", Unit.TEXT),
        *_SPANS,
        FigureColumn("status", "last status", Unit.TEXT),
        FigureColumn("nevi", "97 % of NEVI", Unit.TEXT),
    )
    note = "" if of.has_connection_events else "Nothing says when it was connected: counted by the status alone."
    if not name:
        note = "Without a name, nothing says whether these are the connectors of one charge point: not counted."
    return ReportTable("uptime", "Uptime of the ports", columns, rows, note=note)


def _beside_nevi(account: TimeAccount) -> str | None:
    """How it compares with the required uptime; a recording of less than a year says nothing of a year."""
    whole = account.up + account.down + account.unknown
    if whole < YEAR:
        return "less than a year: no claim"
    if account.up / whole > REQUIRED:
        return "above"
    return "not above, with no downtime excluded" if (account.up + account.unknown) / whole <= REQUIRED else None


def _place_words(evse: int, connector: int) -> str:
    return f"EVSE {evse}, connector {connector}" if evse else f"connector {connector}"


def _faults(of: StationFigures, end: int) -> ReportTable:
    rows: list[tuple[Value, ...]] = []
    for (evse, connector, error), fault in sorted(of.faults.items()):
        port = of.ports.get((evse, connector))
        is_open = port is not None and port.fault == error
        lasted = fault.lasted + (max(end - port.fault_since, 0) if port is not None and is_open else 0)
        seconds = lasted / SECOND if not of.records.timeless else None
        rows.append((_place_words(evse, connector), error, fault.count, seconds, "yes" if is_open else "no"))
    columns = (
        FigureColumn("port", "port", Unit.TEXT),
        FigureColumn("error", "error", Unit.TEXT),
        FigureColumn("count", "times"),
        FigureColumn("seconds", "lasted", Unit.SECONDS),
        FigureColumn("goesOn", "goes on", Unit.TEXT),
    )
    return ReportTable("faults", "Faults", columns, rows)


def _sessions(of: StationFigures, end: int) -> ReportTable:
    attempts = of.attempts.counts_at(end)
    tried = attempts.succeeded + attempts.failed + attempts.unsettled
    not_ended = len(of.known.open_transactions) if of.known is not None else 0
    if not (of.started or of.ended or not_ended or tried):
        return ReportTable("sessions", "Sessions", (), [])
    energy, duration = of.energy, of.duration
    durations = [duration.percentile(percent) for percent in (50, 95)]
    row: tuple[Value, ...] = (
        of.started,
        of.ended,
        of.begun_before,
        not_ended,
        tried,
        attempts.succeeded,
        attempts.failed,
        attempts.unsettled,
        100 * attempts.first_succeeded / attempts.first if attempts.first else None,
        energy.total if energy.count else None,
        of.ended - energy.count,
        energy.percentile(50),
        *(None if one is None else one / SECOND for one in durations),
    )
    columns = (
        FigureColumn("started", "started"),
        FigureColumn("ended", "ended"),
        FigureColumn("begunBefore", "of them begun before the recording"),
        FigureColumn("notEnded", "without end in the recording"),
        FigureColumn("attempts", "attempts"),
        FigureColumn("succeeded", "attempts that succeeded"),
        FigureColumn("failed", "attempts that failed"),
        FigureColumn("unsettled", "attempts of unknown outcome"),
        FigureColumn("firstAttemptPercent", "first attempts that succeeded", Unit.PERCENT),
        FigureColumn("energyWh", "energy", Unit.ENERGY),
        FigureColumn("energyUnknown", "ended sessions of unknown energy"),
        FigureColumn("energyP50Wh", "energy of a session, p50", Unit.ENERGY),
        FigureColumn("durationP50Seconds", "duration, p50", Unit.SECONDS),
        FigureColumn("durationP95Seconds", "duration, p95", Unit.SECONDS),
    )
    return ReportTable("sessions", "Sessions", columns, [row], True)


def _named(
    key: str,
    title: str,
    name: tuple[str, str],
    counts: Mapping[str, int],
    also: tuple[str, Mapping[str, int]] | None = None,
) -> ReportTable:
    """Counts by name, the most frequent first; `also` is a second count of the same names."""
    names = dict.fromkeys((*counts, *(also[1] if also is not None else ())))
    order = sorted(names, key=lambda one: (-counts.get(one, 0), one))
    rows: list[tuple[Value, ...]] = [
        (one, counts.get(one, 0), *((also[1].get(one, 0),) if also is not None else ())) for one in order
    ]
    columns = (FigureColumn(*name, Unit.TEXT), FigureColumn("count", "times"))
    return ReportTable(key, title, (*columns, *((FigureColumn(also[0], also[0]),) if also is not None else ())), rows)


def _actions(
    report: OperatingReport, name: str, records: StationRecords, waiting: Mapping[tuple[str, int, int], int]
) -> ReportTable:
    table, rows = report.timeline.action_table, list[tuple[Value, ...]]()
    for (action, number), of in records.exchanges.items():
        waits = waiting.get((name, action, number), 0)
        percentiles = (of.latency.percentile(percent) for percent in (50, 95, 99))
        direction = DIRECTIONS[number]
        rows.append(
            (
                table[action] or "other",
                "" if direction is None else direction,
                of.calls,
                max(of.calls - of.answered - waits, 0),
                waits,
                of.errors,
                of.retries,
                *(None if one is None else one / 1000 for one in percentiles),
            )
        )
    columns = (
        FigureColumn("action", "action", Unit.TEXT),
        FigureColumn("direction", "direction", Unit.TEXT),
        FigureColumn("calls", "calls"),
        FigureColumn("unanswered", "unanswered"),
        FigureColumn("waiting", "waiting"),
        FigureColumn("errors", "errors"),
        FigureColumn("retries", "retries"),
        FigureColumn("p50Ms", "p50", Unit.MILLISECONDS),
        FigureColumn("p95Ms", "p95", Unit.MILLISECONDS),
        FigureColumn("p99Ms", "p99", Unit.MILLISECONDS),
    )
    return ReportTable("actions", "Calls", columns, sorted(rows, key=lambda row: (str(row[0]), str(row[1]))))


def _problems(name: str, broken: Mapping[tuple[str, str], int]) -> ReportTable:
    rated = [(RULE_BY_ID[rule], count) for (of, rule), count in broken.items() if of == name]
    rated.sort(key=lambda one: (-one[0].severity, -one[1], one[0].id))
    columns = (
        FigureColumn("rule", "rule", Unit.TEXT),
        FigureColumn("records", "records"),
        FigureColumn("severity", "severity", Unit.TEXT),
    )
    return ReportTable("problems", "Problems", columns, [(rule.id, count, rule.severity.word) for rule, count in rated])
