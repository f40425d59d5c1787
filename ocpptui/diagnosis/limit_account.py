"""Why a connector or EVSE has the limit that it has at a record: profiles, composite schedule, readings, reasons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ocpptui.diagnosis.limit_case import LimitCase, LimitReason
from ocpptui.diagnosis.limit_reasons import reasons_for
from ocpptui.diagnosis.profile_accounts import ProfileAccount, profile_accounts
from ocpptui.ocpp.composite_schedule import CompositeSchedule, LimitAtMoment, Supply, composite_schedule, limit_at
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.payload import integer_at, shown_text
from ocpptui.ocpp.profile_moment import ChargingSituation
from ocpptui.stations.limit_reader import LimitReader
from ocpptui.stations.present_draw import PresentDraw, present_draw
from ocpptui.stations.profile_events import PlacedTransaction
from ocpptui.stations.profile_history import ProfileHistory
from ocpptui.stations.state import ChargePointState

AHEAD = 3
"""Hours that the composite schedule looks ahead unless asked otherwise."""


@dataclass(frozen=True, slots=True)
class LimitAccount:
    """Everything that is known of the limit of one connector or EVSE at a moment."""

    charge_point: str
    generation: int
    """1 for a connector, 2 for an EVSE."""
    place: int
    time: int
    """Microseconds since 1970-01-01 UTC."""
    record: int
    """The index of the record at which it holds."""
    transaction: PlacedTransaction | None
    limit: LimitAtMoment
    draw: PresentDraw
    status: str
    """The last reported status of the connector, or charging state of the transaction; empty if unknown."""
    profiles: tuple[ProfileAccount, ...]
    """Those in force first, then those that do not count now, then those that are gone or were never taken."""
    schedule: CompositeSchedule
    reasons: tuple[LimitReason, ...]
    """Why, the most important first; never empty."""

    @property
    def place_name(self) -> str:
        """`connector 1`, `EVSE 1`, or `the whole charge point`."""
        return place_name(self.generation, self.place)


def place_name(generation: int, place: int) -> str:
    """What to call a connector (1.x) or an EVSE (2.x)."""
    if place == 0:
        return "the whole charge point"
    return f"{'connector' if generation == 1 else 'EVSE'} {place}"


def account_of(reader: LimitReader, place: int, *, hours: int = AHEAD) -> LimitAccount:
    """The account at the record that a finished reader has read up to."""
    time = reader.timeline.time(reader.index)
    return limit_account(reader.history, reader.known, place, time, reader.index, hours=hours)


def limit_account(
    history: ProfileHistory, known: ChargePointState, place: int, time: int, record: int, *, hours: int = AHEAD
) -> LimitAccount:
    """What holds at a connector or EVSE (0: the whole charge point) after the record with index `record`.

    `time` is that of the record, in microseconds since 1970-01-01 UTC.
    """
    draw = present_draw(known, place)
    generation = known.version.generation if known.version is not None else _generation_of(history)
    supply = Supply(draw.voltage or 230.0, draw.phases or 3)
    profiles, situations = history.profiles(), history.situations()
    if place:
        situations.setdefault(place, ChargingSituation())
    limit = limit_at(profiles, place, time, situations=situations, supply=supply)
    schedule = composite_schedule(profiles, place, time, hours * 3600, situations=situations, supply=supply)
    status = _status(known, place, history.running.get(place))
    return LimitAccount(
        known.identity,
        generation,
        place,
        time,
        record,
        history.running.get(place),
        limit,
        draw,
        status,
        profile_accounts(history, place, limit, time),
        schedule,
        reasons_for(LimitCase(history, known, place, place_name(generation, place), limit, draw, status, time, record)),
    )


def places_of(reader: LimitReader) -> list[int]:
    """The connectors or EVSEs that the records name, in order; 1 if they name none."""
    named = {evse or connector for evse, connector in reader.known.connectors}
    named |= {key.evse or key.connector for key in reader.known.meters} | set(reader.history.places())
    return sorted(place for place in named if place > 0) or [1]


def place_in(reader: LimitReader) -> int:
    """The connector or EVSE that the reader's record is about.

    For a record about none or about all of them, the one with the latest transaction, or the first.
    """
    timeline, index = reader.timeline, reader.index
    call = timeline.call_of(index)
    frame = timeline.frame(index if call is None else call)
    named = _place_named(frame.payload, reader.history) if isinstance(frame, Message) else None
    if named:
        return named
    running = sorted(reader.history.running.values(), key=lambda one: one.record)
    return running[-1].place if running else places_of(reader)[0]


def _place_named(payload: Any, history: ProfileHistory) -> int | None:
    for path in (("evseId",), ("evse", "id"), ("connectorId",)):
        if (place := integer_at(payload, *path)) is not None:
            return place
    number = shown_text(payload, "transactionId") or shown_text(payload, "transactionInfo", "transactionId")
    known = (*history.running.values(), *history.ended.values())
    return next((one.place for one in known if number and one.id == number), None)


def _generation_of(history: ProfileHistory) -> int:
    return next((profile.generation for profile in history.installed), 1)


def _status(known: ChargePointState, place: int, running: PlacedTransaction | None) -> str:
    state = known.transactions.get(running.id) if running is not None else None
    if state is not None and state.state:
        return state.state
    found = known.connectors.get((0, place))
    if found is None:
        found = next((one for (evse, _), one in known.connectors.items() if evse == place), None)
    return "" if found is None else found.status
