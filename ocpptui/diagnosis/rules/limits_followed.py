"""The limit of the charging profiles: whether the charge follows it, and what the charge point says of it."""

from __future__ import annotations

import json

from ocpptui.diagnosis.checker import Checker, on_call, on_exchange, on_refusal, on_stray, once_woken
from ocpptui.diagnosis.limit_case import SETTLED, composite_slack, draw_and_limit
from ocpptui.diagnosis.profile_traces import TRANSACTION_16, profile_call
from ocpptui.diagnosis.rule import Phrase, Rule, StatedTime, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.charging_profile import PRIORITY, STATION_PURPOSES, TX_DEFAULT, TX_PROFILE, charging_schedule
from ocpptui.ocpp.composite_schedule import LimitAtMoment, PrevailingProfile, Supply, limit_at
from ocpptui.ocpp.date_times import SECOND, time_of
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.payload import text_at
from ocpptui.ocpp.version import Direction
from ocpptui.runtime.bounded import put
from ocpptui.stations.present_draw import PresentDraw, present_draw
from ocpptui.stations.profile_events import PlacedTransaction, ReportedComposite
from ocpptui.stations.profile_history import PROFILE_ACTIONS, PROFILE_RESULTS, ProfileHistory
from ocpptui.stations.state import ChargePointState
from ocpptui.stations.updates import fold_call
from ocpptui.timeline.severity import Severity

MOST_PLACES = 200
"""Connectors or EVSEs of one charge point whose draw is compared."""
MOST_PERIODS = 50
"""Periods of a composite schedule that are compared."""

_START = TRANSACTION_16[: TRANSACTION_16.index("10:30:00")]
_STARTED_BEFORE = '10:00:30 < RemoteStopTransaction {"transactionId":99}\n'
_SET = f'10:01:00 < {profile_call((0, 6))}\n10:01:01 > ok {{"status":"Accepted"}}\n'
_AVAILABLE = (
    '10:00:00 > StatusNotification {"connectorId":1,"errorCode":"NoError","status":"Available"}\n10:00:00 < ok\n'
)
_SET_TX = _SET.replace("TxDefaultProfile", "TxProfile")


def _draws(amperes: float, *times: str, star: str = "", more: str = ',"phase":"L1"', power: float | None = None) -> str:
    samples = f'{{"value":"{amperes}","measurand":"Current.Import","unit":"A"{more}}}'
    if power is not None:
        samples += f',{{"value":"{power}","measurand":"Power.Active.Import","unit":"W"}}'
    return "".join(
        f'{"* " if time == star else ""}{time} > MeterValues {{"connectorId":1,"transactionId":7,"meterValue":'
        f'[{{"timestamp":"2026-01-01T{time}Z","sampledValue":[{samples}]}}]}}\n{time} < ok\n'
        for time in times
    )


_TIMES = ("10:01:30", "10:02:00", "10:02:30", "10:03:00", "10:03:30")
_SET_2 = (
    "2.0.1\n10:00:00 > TransactionEvent "
    + json.dumps(
        {
            "eventType": "Started",
            "timestamp": "2026-01-01T10:00:00Z",
            "triggerReason": "CablePluggedIn",
            "seqNo": 0,
            "transactionInfo": {"transactionId": "t1"},
            "evse": {"id": 1, "connectorId": 1},
        }
    )
    + f"\n10:00:00 < ok\n10:01:00 < {profile_call((0, 6), generation=2)}\n"
    '10:01:01 > ok {"status":"Accepted"}\n'
)


def _draws_2(amperes: float, *times: str, star: str = "") -> str:
    sample = {"value": amperes, "measurand": "Current.Import", "phase": "L1", "unitOfMeasure": {"unit": "A"}}
    return "".join(
        ("* " if time == star else "")
        + f"{time} > TransactionEvent "
        + json.dumps(
            {
                "eventType": "Updated",
                "timestamp": f"2026-01-01T{time}Z",
                "triggerReason": "MeterValuePeriodic",
                "seqNo": number,
                "transactionInfo": {"transactionId": "t1"},
                "meterValue": [{"timestamp": f"2026-01-01T{time}Z", "sampledValue": [sample]}],
            }
        )
        + f"\n{time} < ok\n"
        for number, time in enumerate(times, 1)
    )


def _composite(limit: float, unit: str = "A", connector: int = 1) -> str:
    schedule = (
        f'{{"chargingRateUnit":"{unit}","chargingSchedulePeriod":[{{"startPeriod":0,"limit":{limit}}}],"duration":600}}'
    )
    return (
        f'10:05:00 < GetCompositeSchedule {{"connectorId":{connector},"duration":600}}\n10:05:01 > ok '
        f'{{"status":"Accepted","connectorId":{connector},"scheduleStart":"2026-01-01T10:05:00Z",'
        f'"chargingSchedule":{schedule}}}\n'
    )


_BOOT = (
    '10:02:00 > BootNotification {"chargePointVendor":"A","chargePointModel":"B"}\n'
    '10:02:01 < ok {"currentTime":"2026-01-01T10:02:01Z","interval":300,"status":"Accepted"}\n'
)

NOT_FOLLOWED = Rule(
    "profile.not-followed",
    Severity.WARNING,
    "The charge stays above the limit of its charging profiles.",
    "OCPP 1.6 section 3.13; OCPP 2.0.1 and 2.1 Part 2 section K",
    says="For {span} the car has drawn up to {drawn} {unit}, but {purpose} {number} allows {allowed} {unit}.",
    remedy="The charge point does not follow the profile, or has another one that this recording lacks. "
    "`ocpptui limits` explains the limit.",
    positive=(
        _START + _SET + _draws(16, *_TIMES, star="10:02:30"),
        _START + _SET_TX + _draws(16, *_TIMES, star="10:02:30"),
        _START + _SET + _draws(16, *_TIMES, star="10:02:30", more=""),
        _SET_2 + _draws_2(16, *_TIMES, star="10:02:30"),
    ),
    negative=(
        _START + _SET + _draws(6, *_TIMES),
        _START + _SET + _draws(6.9, *_TIMES),
        _START + _SET.replace("Accepted", "Rejected") + _draws(16, *_TIMES),
        _START + _draws(16, *_TIMES),
        # A car has some time to follow.
        _START + _SET + _draws(16, "10:01:30", "10:02:00") + _draws(6, "10:02:30", "10:03:00"),
        _START + _SET + _draws(16, "10:01:30"),
        # The transaction may have a TxProfile that the recording lacks.
        _STARTED_BEFORE + _SET + _draws(16, *_TIMES),
        # It may have lost its profiles.
        _START + _SET + _BOOT + _draws(16, "10:02:30", "10:03:00", "10:03:30", "10:04:00"),
        # The sum of three phases, as the power shows.
        _START + _SET + _draws(18, *_TIMES, more="", power=4140),
        # Another connector, another charge point, a transaction that has ended.
        _START + _SET.replace('"connectorId": 1', '"connectorId": 2') + _draws(16, *_TIMES),
        _START + _SET.replace("<", "CP2 <").replace(">", "CP2 >") + _draws(16, *_TIMES),
        # They come from the queue: they were measured before the profile was set.
        _START + _SET + _draws(16, *_TIMES).replace("T10:0", "T09:0"),
        _SET_2 + _draws_2(6, *_TIMES),
        _START
        + _SET
        + '10:01:20 < ClearChargingProfile {"id":1}\n10:01:21 > ok {"status":"Accepted"}\n'
        + _draws(16, *_TIMES),
        _draws(16, *_TIMES),
    ),
)

COMPOSITE = Rule(
    "profile.composite",
    Severity.INFO,
    "A composite schedule is above the limit of the charging profiles.",
    "OCPP 1.6 section 5.7; OCPP 2.0.1 and 2.1 Part 2 use case K08",
    says="The schedule allows {said} {unit} from {start} on, but {purpose} {number} allows only {allowed} {unit}.",
    remedy="The charge point does not apply the profile, or has another one that this recording lacks.",
    positive=(
        _START + _SET + _composite(16).replace("10:05:01", "* 10:05:01"),
        _AVAILABLE + _SET + _composite(16).replace("10:05:01", "* 10:05:01"),
        _SET.replace("TxDefaultProfile", "ChargePointMaxProfile").replace('"connectorId": 1', '"connectorId": 0')
        + _composite(16).replace("10:05:01", "* 10:05:01"),
    ),
    negative=(
        _START + _SET + _composite(6),
        _START + _SET + _composite(4),
        _START + _composite(16),
        _START + _SET + _composite(16, connector=2),
        _START + _SET + _composite(1380, unit="W"),
        _START + _SET.replace("Accepted", "Rejected") + _composite(16),
        _START + _SET + _BOOT + _composite(16),
        _START + _SET + _composite(16).replace('"Accepted"', '"Rejected"'),
        _STARTED_BEFORE + _SET + _composite(16),
    ),
)

RULES = (NOT_FOLLOWED, COMPOSITE)

_STARTS = ("RemoteStartTransaction", "RequestStartTransaction")
_BRING_PROFILES = ("SetChargingProfile", "NotifyChargingLimit", "ReportChargingProfiles", *_STARTS)
_CHANGE_PROFILES = ("SetChargingProfile", "ClearChargingProfile", "UpdateDynamicSchedule")
_METERED = ("MeterValues", "TransactionEvent")


class LimitChecker(Checker):
    """Compares what is drawn with the limit, at charge points that have charging profiles.

    Until the first profile comes, nothing is read.
    """

    def begin(self) -> None:
        self.history: ProfileHistory | None = None
        self.state = ChargePointState("", None)  # of which only the meter values are used
        self.above: dict[int, tuple[PrevailingProfile, int, float]] = {}
        """By place: the profile that is exceeded, since when by the clock, and the most that was drawn."""
        self.changing: int | None = None  # a call that may have changed the profiles, without an answer so far
        self.compared: dict[int, int] = {}  # by place: the clock of the last comparison
        self.told: dict[int, int | None] = {}  # by place: the record of the profile that was reported last

    # -- what is known of profiles ------------------------------------------------------------------------------

    @on_call(*_BRING_PROFILES)
    def brought(self, call: Seen) -> None:
        if self.history is None and (call.action not in _STARTS or call.object("chargingProfile")):
            self.history = self.new_history()
            self.wake()
        self.called(call)

    @on_call(*PROFILE_ACTIONS.difference(_BRING_PROFILES))
    @once_woken
    def called(self, call: Seen) -> None:
        if (history := self.history) is None:
            return
        action = call.action
        history.called(action, call.payload, call.time, call.index)
        if action in _CHANGE_PROFILES:
            self.changing = call.index
        if action in _METERED and (place := self.place_of(call, history)) is not None and self.is_due(call, place):
            if action == "TransactionEvent":  # which names its EVSE only once
                self.state.transaction(call.text("transactionInfo", "transactionId") or "").evse = place
            fold_call(self.state, action, call.payload, call.time)
            self.compare(call, place, history)

    @on_exchange(*PROFILE_RESULTS)
    @once_woken
    def answered(self, call: Seen, answer: Seen) -> None:
        if (history := self.history) is None:
            return
        action = call.action
        if call.index == self.changing:
            self.changing = None
        history.answered(action, call.index, call.payload, answer.payload, answer.time, answer.index)
        if action == "GetCompositeSchedule":
            reported = next((one for one in history.composites.items() if one[1].record == answer.index), None)
            if reported is not None:
                self.compare_composite(call, answer, *reported, history)

    @on_stray
    def stray(self, answer: Seen) -> None:
        if answer.direction is Direction.TO_CSMS:
            self.history = None  # the call that the recording lacks may have changed the profiles

    @on_refusal(*_CHANGE_PROFILES, *_STARTS)
    def refused(self, call: Seen, error: Seen) -> None:
        frame = error.frame
        if call.index == self.changing:
            self.changing = None
        if self.history is not None and isinstance(frame, Message):
            self.history.refused(call.index, frame.error_code, frame.error_description, error.time, error.index)

    def new_history(self) -> ProfileHistory:
        """A history with the transactions that are known to run."""
        history, known = ProfileHistory(), self.known
        self.state = ChargePointState(known.identity, known.version)
        for one in known.open.values():
            place = one.connector if one.evse is None else one.evse
            if place is not None:
                began = None if one.start is None else one.started_at
                put(history.running, place, PlacedTransaction(one.id, place, began, one.start or 0), MOST_PLACES)
        return history

    def limit(self, place: int, time: int, history: ProfileHistory, supply: Supply | None = None) -> LimitAtMoment:
        return limit_at(history.profiles(), place, time, situations=history.situations(), supply=supply)

    def is_certain(self, one: PrevailingProfile, place: int, history: ProfileHistory) -> bool:
        """Whether no profile from before the recording can take the place of this one."""
        running, profile = history.running.get(place), one.profile
        if history.may_have_lost(profile) or self.changing is not None:
            return False
        if profile.purpose == TX_PROFILE or profile.is_for_station or history.is_complete:
            return True
        if running is not None:
            return running.started is not None
        statuses = [
            one.status for (evse, connector), one in self.known.connectors.items() if place == (evse or connector)
        ]
        return bool(self.known.booted) or (bool(statuses) and all(status == "Available" for status in statuses))

    # -- what is drawn ------------------------------------------------------------------------------------------

    def place_of(self, call: Seen, history: ProfileHistory) -> int | None:
        """The connector or EVSE that meter values are of, if a transaction runs there and they are of now."""
        if call.action == "TransactionEvent":
            number = (call.text("transactionInfo", "transactionId") or "").lower()
            running = (place for place, one in history.running.items() if one.id.lower() == number)
            place = next(running, None) if call.value("meterValue") else None
        else:
            place = call.integer("connectorId")
            place = call.integer("evseId") if place is None else place
        return place if place in history.running and history.installed.profiles and call.is_timed else None

    def is_due(self, call: Seen, place: int) -> bool:
        """Whether the draw is to be compared again: a third of the patience is often enough, until it is too high."""
        last = self.compared.get(place)
        return place in self.above or last is None or 3 * (call.clock - last) >= self.limits.limit_patience * SECOND

    def compare(self, call: Seen, place: int, history: ProfileHistory) -> None:
        """Look whether the draw has been above the limit for too long."""
        draw = present_draw(self.state, place)
        if draw.time != call.time:
            return  # it measures something else
        put(self.compared, place, call.clock, MOST_PLACES)
        limit = self.limit(place, call.time, history, Supply(draw.voltage or 230.0, draw.phases or 3))
        one = limit.deciding
        before = self.above.pop(place, None)
        if one is None or not self.is_above(call, limit, one, draw) or not self.is_certain(one, place, history):
            return
        compared = draw_and_limit(limit, one, draw)
        since, most = call.clock, compared.drawn
        if before is not None and before[0] == one:
            since, most = before[1], max(before[2], most)
        put(self.above, place, (one, since, most), MOST_PLACES)
        record = one.profile.record
        if call.clock - since < self.limits.limit_patience * SECOND or self.told.get(place, -1) == record:
            return
        put(self.told, place, record, MOST_PLACES)
        words = {"drawn": f"{most:g}", "allowed": f"{compared.allowed:g}", "unit": compared.unit}
        self.found(
            NOT_FOLLOWED,
            call,
            () if record is None else (record,),
            span=TimeSpan(call.clock - since),
            number=one.profile.id,
            purpose=_purpose(one),
            **{name: Phrase(text) for name, text in words.items()},
        )

    def is_above(self, call: Seen, limit: LimitAtMoment, one: PrevailingProfile, draw: PresentDraw) -> bool:
        if not draw_and_limit(limit, one, draw).is_above or call.time - one.since < SETTLED:
            return False
        said = [value for value in _times(call) if value is not None]
        if said and max(said) < one.since:
            return False  # measured before the limit held
        is_sum = "" in draw.amperes and not draw.is_direct and draw.watts is not None
        if is_sum and one.unit == "A":  # the phases are not told apart: this may be their sum
            return (draw.watts or 0.0) > ((limit.amperes or 0.0) + 1) * 3 * limit.supply.voltage
        return True

    # -- what the charge point says -----------------------------------------------------------------------------

    def compare_composite(
        self, call: Seen, answer: Seen, place: int, reported: ReportedComposite, history: ProfileHistory
    ) -> None:
        """Look whether a composite schedule is above the limit in the unit of the profile that decides."""
        schedule = charging_schedule(reported.payload)
        for period in schedule.periods[:MOST_PERIODS]:
            limit = self.limit(place, reported.start + period.start * SECOND, history)
            one, said = limit.deciding, period.limit
            if one is None or said is None or one.unit != schedule.unit or not self.is_certain(one, place, history):
                continue
            allowed = limit.in_unit(schedule.unit)
            if allowed is not None and said > allowed + composite_slack(allowed):
                related = (call.index,) if one.profile.record is None else (call.index, one.profile.record)
                words = {"said": f"{said:g}", "unit": schedule.unit, "allowed": f"{allowed:g}"}
                self.found(
                    COMPOSITE,
                    answer,
                    related,
                    start=StatedTime(period.start),
                    number=one.profile.id,
                    purpose=_purpose(one),
                    **{name: Phrase(text) for name, text in words.items()},
                )
                return


def _purpose(one: PrevailingProfile) -> str:
    """The purpose of a profile, as a word of OCPP if it is one."""
    purpose = one.profile.purpose
    return Phrase(purpose) if purpose in (TX_PROFILE, TX_DEFAULT, PRIORITY, *STATION_PURPOSES) else purpose


def _times(call: Seen) -> list[int | None]:
    """When the values were measured, as the message says."""
    return [time_of(text_at(value, "timestamp") or "") for value in call.objects("meterValue")]
