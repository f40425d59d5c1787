"""Charging schedules as the central system writes them: their periods, limits, start and recurrence."""

from __future__ import annotations

from ocpptui.diagnosis.checker import Checker, on_call
from ocpptui.diagnosis.profile_traces import sent, wrong
from ocpptui.diagnosis.rule import Phrase, Rule, StatedTime, TimeSpan
from ocpptui.diagnosis.rules.charging_profiles import BEYOND_LIMITS
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.charging_profile import LEAST_CURRENT, ChargingProfile, charging_profile
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.payload import Payload, integer_at, number_at, object_at, objects_at, text_at
from ocpptui.ocpp.version import SECOND_GENERATION, Version
from ocpptui.timeline.severity import Severity

FIRST_PERIOD = Rule(
    "profile.first-period",
    Severity.ERROR,
    "The first period of the schedule does not start at 0.",
    "OCPP 1.6 sections 5.16.4 and 7.13 and errata sections 3.45 and 3.70; OCPP 2.0.1 and 2.1 Part 2 K01.FR.31",
    says="The first period starts at {start}, not at 0.",
    remedy="Many charge points refuse it; others apply no limit until then.",
    positive=(wrong((60, 16)), wrong((60, 16), generation=2)),
    negative=(sent((0, 16)),),
)

PERIOD_ORDER = Rule(
    "profile.period-order",
    Severity.ERROR,
    "The periods of the schedule are not in the order of their starts.",
    "OCPP 1.6 section 7.14; OCPP 2.0.1 and 2.1 Part 2 K01.FR.35",
    says="A period that starts at {start} comes after one that starts at {before}.",
    remedy="Charge points interpret this differently.",
    positive=(wrong((0, 16), (60, 10), (60, 8)), wrong((0, 16), (90, 10), (60, 8), generation=2)),
    negative=(sent((0, 16), (60, 10), (90, 8)),),
)

PERIOD_TOO_LATE = Rule(
    "profile.period-after-end",
    Severity.WARNING,
    "A period starts only when the schedule has ended.",
    "OCPP 1.6 section 5.16.4; OCPP 2.0.1 and 2.1 Part 2 K01.FR.11",
    says="A period starts at {start}, but the schedule lasts only {duration}.",
    remedy="The period never counts.",
    positive=(wrong((0, 16), (3600, 10), schedule={"duration": 3600}),),
    negative=(
        sent((0, 16), (3600, 10), schedule={"duration": 7200}),
        sent((0, 16), (3600, 10)),
        sent((0, 16), (3600, 10), schedule={"duration": 0}),  # many mean that it has no end
    ),
)

START = Rule(
    "profile.start-schedule",
    Severity.ERROR,
    "An Absolute or Recurring profile has no startSchedule, or a Relative one has one.",
    "OCPP 1.6 sections 7.9 and 7.13; OCPP 2.0.1 and 2.1 Part 2 K01.FR.40 and K01.FR.41",
    severities={version: Severity.WARNING for version in Version if version.generation == 1},
    says="The kind of the profile is {kind}, but it has {what} startSchedule.",
    remedy="The charge point refuses it, or lets it start with the transaction.",
    positive=(
        wrong(schedule={"startSchedule": None}),
        wrong(schedule={"startSchedule": None}, generation=2),
        wrong(chargingProfileKind="Relative"),
        wrong(chargingProfileKind="Relative", generation=2),
        wrong(chargingProfileKind="Recurring", recurrencyKind="Daily", schedule={"startSchedule": None}),
    ),
    negative=(
        sent(),
        sent(generation=2),
        sent(chargingProfileKind="Relative", schedule={"startSchedule": None}),
        sent(chargingProfileKind="Recurring", recurrencyKind="Daily"),
    ),
)

TOO_LONG = Rule(
    "profile.longer-than-recurrence",
    Severity.WARNING,
    "The schedule is longer than the time after which it recurs.",
    "OCPP 1.6 section 5.16.4; OCPP 2.0.1 and 2.1 Part 2, ChargingProfileType",
    says="The schedule recurs after {cycle}, but {what} {length}.",
    remedy="What comes after that never counts.",
    positive=(
        wrong(chargingProfileKind="Recurring", recurrencyKind="Daily", schedule={"duration": 90000}),
        wrong((0, 16), (90000, 6), chargingProfileKind="Recurring", recurrencyKind="Daily"),
    ),
    negative=(
        sent(chargingProfileKind="Recurring", recurrencyKind="Daily", schedule={"duration": 86400}),
        sent(chargingProfileKind="Recurring", recurrencyKind="Weekly", schedule={"duration": 90000}),
        sent(schedule={"duration": 90000}),
    ),
)

LOW_CURRENT = Rule(
    "profile.below-least-current",
    Severity.INFO,
    "A limit is below 6 A, at which a car pauses.",
    "IEC 61851-1: 6 A is the lowest current that a charge point can offer",
    says="A limit is {limit} A, and below {least} A a car cannot charge with alternating current: it pauses.",
    positive=(wrong((0, 16), (60, 4)),),
    negative=(sent((0, 6)), sent((0, 0)), sent((0, 4), schedule={"chargingRateUnit": "W"})),
)

NO_POWER = Rule(
    "profile.stops-charging",
    Severity.INFO,
    "A limit is 0: charging pauses.",
    "OCPP 1.6 section 7.14; OCPP 2.0.1 and 2.1 Part 2, ChargingSchedulePeriodType",
    says="A limit is 0 {unit}: from {start} on charging pauses.",
    positive=(wrong((0, 16), (60, 0)), wrong((0, 16), (7200, 0))),
    negative=(sent((0, 16)),),
)

BELOW_MINIMUM = Rule(
    "profile.below-min-charging-rate",
    Severity.INFO,
    "A limit is below the minChargingRate of its own schedule.",
    "OCPP 1.6 section 7.13; OCPP 2.0.1 and 2.1 Part 2 K01.FR.21",
    says="A limit is {limit} {unit}, but the minChargingRate of the schedule is {least} {unit}.",
    remedy="Below minChargingRate charging is inefficient, or stops.",
    positive=(wrong((0, 16), (60, 7), schedule={"minChargingRate": 8}),),
    negative=(sent((0, 16), schedule={"minChargingRate": 8}), sent((0, 0), schedule={"minChargingRate": 8})),
)

PHASE_TO_USE = Rule(
    "profile.phase-to-use",
    Severity.ERROR,
    "A period names the phase to use, but is not for one phase.",
    "OCPP 2.0.1 and 2.1 Part 2 K01.FR.19",
    versions=SECOND_GENERATION,
    says="A period has phaseToUse {phase}, but numberPhases is {count}.",
    positive=(
        wrong(
            generation=2,
            schedule={"chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16, "phaseToUse": 2, "numberPhases": 3}]},
        ),
    ),
    negative=(
        sent(
            generation=2,
            schedule={"chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16, "phaseToUse": 2, "numberPhases": 1}]},
        ),
    ),
)

RULES = (
    FIRST_PERIOD,
    PERIOD_ORDER,
    PERIOD_TOO_LATE,
    START,
    TOO_LONG,
    LOW_CURRENT,
    NO_POWER,
    BELOW_MINIMUM,
    PHASE_TO_USE,
)

_UNIT_WORDS = {"A": {"current", "a"}, "W": {"power", "w"}}
_STARTS = ("Absolute", "Recurring")
_UNITS = ("ChargingScheduleAllowedChargingRateUnit", "SmartChargingCtrlr.RateUnit")


class ChargingScheduleChecker(Checker):
    """Reads each charging schedule when the central system sends it."""

    @on_call("SetChargingProfile", "RemoteStartTransaction", "RequestStartTransaction")
    def sent(self, call: Seen) -> None:
        content = call.object("csChargingProfiles") or call.object("chargingProfile")
        if not content:
            return
        profile, one = charging_profile(content, -1, call.time), object_at(content, "chargingSchedule")
        for schedule in [one] if one else objects_at(content, "chargingSchedule"):
            self.read_schedule(call, schedule, profile)

    def read_schedule(self, call: Seen, schedule: Payload, profile: ChargingProfile) -> None:
        start, kind, unit = schedule.get("startSchedule"), profile.kind, text_at(schedule, "chargingRateUnit") or ""
        if kind == "Relative" and start is not None:
            self.found(START, call, kind=kind, what=Phrase("a"))
        elif kind in _STARTS and start is None:
            self.found(START, call, kind=kind, what=Phrase("no"))
        duration = integer_at(schedule, "duration")
        allowed = self.known.setting(*_UNITS)
        words = {word.strip().lower() for word in (allowed or "").split(",")}
        if unit in _UNIT_WORDS and words & {"current", "power", "a", "w"} and not words & _UNIT_WORDS[unit]:
            what, limit = Phrase(f"limits are in {unit}"), Phrase("only takes ")
            self.found(BEYOND_LIMITS, call, what=what, limit=limit, allowed=allowed)
        periods = objects_at(schedule, "chargingSchedulePeriod")
        most = self.known.whole_setting("ChargingScheduleMaxPeriods", "SmartChargingCtrlr.PeriodsPerSchedule")
        if most is not None and len(periods) > most:
            what, limit = Phrase(f"schedule has {len(periods)} periods"), Phrase(f"takes at most {most}")
            self.found(BEYOND_LIMITS, call, what=what, limit=limit, allowed=Phrase())
        begins = [number for one in periods if (number := integer_at(one, "startPeriod")) is not None]
        if begins and begins[0] != 0:
            self.found(FIRST_PERIOD, call, start=StatedTime(begins[0]))
        for before, after in zip(begins, begins[1:], strict=False):
            if after <= before:
                self.found(PERIOD_ORDER, call, start=StatedTime(after), before=StatedTime(before))
                break
        last = max(begins, default=0)
        if duration is not None and duration > 0 and last and last >= duration:
            self.found(PERIOD_TOO_LATE, call, start=StatedTime(last), duration=StatedTime(duration))
        if profile.cycle:
            length = TimeSpan(max(duration or 0, last) * SECOND)
            what = Phrase("it lasts" if (duration or 0) >= last else "a period begins after")
            if length > profile.cycle or (length == profile.cycle and (duration or 0) < last):
                self.found(TOO_LONG, call, cycle=TimeSpan(profile.cycle), what=what, length=length)
        self.read_limits(call, unit, periods, number_at(schedule, "minChargingRate"))

    def read_limits(self, call: Seen, unit: str, periods: list[Payload], least: float | None) -> None:
        found: set[Rule] = set()  # each once for each schedule
        for period in periods:
            limit, count = number_at(period, "limit"), integer_at(period, "numberPhases")
            if (phase := integer_at(period, "phaseToUse")) is not None and count not in (1, None):
                self.found(PHASE_TO_USE, call, phase=phase, count=count)
            if limit is None:
                continue
            if limit == 0 and NO_POWER not in found:
                found.add(NO_POWER)
                self.found(NO_POWER, call, unit=unit, start=StatedTime(integer_at(period, "startPeriod") or 0))
            if unit == "A" and 0 < limit < LEAST_CURRENT and LOW_CURRENT not in found:
                found.add(LOW_CURRENT)
                self.found(LOW_CURRENT, call, limit=f"{limit:g}", least=f"{LEAST_CURRENT:g}")
            if least is not None and 0 < limit < least and BELOW_MINIMUM not in found:
                found.add(BELOW_MINIMUM)
                self.found(BELOW_MINIMUM, call, limit=f"{limit:g}", unit=unit, least=f"{least:g}")
