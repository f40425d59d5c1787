"""Charging profiles as the central system writes them: what one contradicts in itself, or in the configuration."""

from __future__ import annotations

import json
from typing import Any

from ocpptui.diagnosis.checker import Checker, on_call
from ocpptui.diagnosis.profile_traces import TRANSACTION_16, profile_call, profile_content, reads_setting, sent, wrong
from ocpptui.diagnosis.rule import Phrase, Rule, StatedTime, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.charging_profile import EXTERNAL, STATION_MAXIMA, TX_PROFILE, ChargingProfile, charging_profile
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.payload import text_at
from ocpptui.ocpp.version import SECOND_GENERATION, Version
from ocpptui.timeline.severity import Severity


def _remote_start(**more: Any) -> str:
    content = profile_content(**{"chargingProfilePurpose": "TxProfile", **more})
    return f"10:00:00 < RemoteStartTransaction {json.dumps({'idTag': 'A', 'chargingProfile': content})}"


def _request_start() -> str:
    content = profile_content(generation=2, chargingProfilePurpose="TxProfile")
    token = {"idToken": "A", "type": "Central"}
    request = {"remoteStartId": 1, "idToken": token, "chargingProfile": content}
    return f"2.0.1\n10:00:00 < RequestStartTransaction {json.dumps(request)}"


def _dynamic(*limits: tuple[int, float], count: int = 1) -> str:
    content = profile_content(*limits, generation=2, chargingProfileKind="Dynamic")
    content["chargingSchedule"] = [{**content["chargingSchedule"][0], "id": number} for number in range(count)]
    return f"2.1\n10:00:00 < SetChargingProfile {json.dumps({'evseId': 1, 'chargingProfile': content})}"


_TX = profile_call(chargingProfilePurpose="TxProfile", transactionId=7)
_ACCEPTED = '11:00:01 > ok {"status":"Accepted"}\n'
_LATER_START = """
11:00:00 > StartTransaction {"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"2026-01-01T11:00:00Z"}
11:00:01 < ok {"idTagInfo":{"status":"Accepted"},"transactionId":8}
"""


def _clear(**criteria: Any) -> str:
    return f"ClearChargingProfile {json.dumps({'chargingProfileCriteria': criteria})}"


MAXIMUM = Rule(
    "profile.max-evse",
    Severity.ERROR,
    "A maximum for the whole charge point is set on one connector or EVSE, or is Relative.",
    "OCPP 1.6 sections 3.13.1 and 7.10; OCPP 2.0.1 and 2.1 Part 2 K04.FR.03 and K01.FR.38",
    says="The {purpose} is {what}.",
    remedy="The charge point must refuse it.",
    positive=(
        wrong(chargingProfilePurpose="ChargePointMaxProfile"),
        wrong(chargingProfilePurpose="ChargingStationMaxProfile", generation=2),
        wrong(
            chargingProfilePurpose="ChargingStationMaxProfile",
            chargingProfileKind="Relative",
            schedule={"startSchedule": None},
            place=0,
            generation=2,
        ),
    ),
    negative=(
        sent(chargingProfilePurpose="ChargePointMaxProfile", place=0),
        sent(chargingProfilePurpose="ChargingStationMaxProfile", place=0, generation=2),
        sent(),
    ),
)

TX_MISPLACED = Rule(
    "profile.tx-without-transaction",
    Severity.ERROR,
    "A TxProfile has no transaction: it names none, is set on 0, or is accepted while none runs.",
    "OCPP 1.6 sections 5.16.3 and 7.10; OCPP 2.0.1 and 2.1 Part 2 K01.FR.03, K01.FR.09, K01.FR.16 and K01.FR.33",
    says="A TxProfile {what}{why}.",
    remedy="The charge point must refuse it, or cannot know what it is for. A limit for later transactions is a "
    "TxDefaultProfile.",
    positive=(
        wrong(chargingProfilePurpose="TxProfile"),
        wrong(chargingProfilePurpose="TxProfile", generation=2),
        wrong(chargingProfilePurpose="TxProfile", transactionId=7, place=0),
        wrong(chargingProfilePurpose="TxProfile", transactionId="t1", place=0, generation=2),
        f"{TRANSACTION_16}11:00:00 < {_TX}\n* {_ACCEPTED}",
    ),
    negative=(
        sent(chargingProfilePurpose="TxProfile", transactionId=7),
        sent(chargingProfilePurpose="TxProfile", transactionId="t1", generation=2),
        sent(place=0),
        sent(generation=2),
        _request_start(),
        f'{TRANSACTION_16}11:00:00 < {_TX}\n11:00:01 > ok {{"status":"Rejected"}}',
        f"{TRANSACTION_16[: TRANSACTION_16.index('10:30:00')]}11:00:00 < {_TX}\n{_ACCEPTED}",
        f"11:00:00 < {_TX}\n{_ACCEPTED}",
        # It begins before the answer.
        (
            f"{TRANSACTION_16}11:00:00 < {_TX.replace('7', '8')}\n{_LATER_START}"
            '11:00:02 > [3,"CP1-1-265200000000-0",{"status":"Accepted"}]'
        ),
    ),
)

EXTERNAL_PURPOSE = Rule(
    "profile.external",
    Severity.ERROR,
    "The CSMS uses ChargingStationExternalConstraints, which only an external system sets.",
    "OCPP 2.0.1 and 2.1 Part 2 K01.FR.22, K02.FR.07 and K10.FR.06",
    versions=SECOND_GENERATION,
    positive=(
        wrong(chargingProfilePurpose=EXTERNAL, generation=2),
        f"2.0.1\n* 10:00:00 < {_clear(chargingProfilePurpose=EXTERNAL)}",
    ),
    negative=(
        sent(generation=2),
        f"2.0.1\n10:00:00 < {_clear(stackLevel=1)}",
    ),
)

ID_OF_OTHER_PURPOSE = Rule(
    "profile.transaction-id-of-other-purpose",
    Severity.WARNING,
    "A profile that is not a TxProfile names a transaction.",
    "OCPP 1.6 section 7.8; OCPP 2.0.1 and 2.1 Part 2, ChargingProfileType",
    says="A {purpose} names transaction {transaction}, which only a TxProfile may.",
    remedy="It applies to all transactions, or is refused.",
    positive=(wrong(transactionId=7), wrong(transactionId="t1", generation=2)),
    negative=(sent(transactionId=7, chargingProfilePurpose="TxProfile"), sent()),
)

REMOTE_START = Rule(
    "cmd.start-profile",
    Severity.ERROR,
    "The profile of a remote start is not a TxProfile, or names a transaction, which does not exist yet.",
    "OCPP 1.6 sections 5.11 and 5.16.2 and errata section 3.41; OCPP 2.0.1 and 2.1 Part 2 F01.FR.09, F01.FR.11 and "
    "K05.FR.02",
    says="The profile of a remote start {what}{value}, but {more}.",
    positive=(
        f"* {_remote_start(chargingProfilePurpose='TxDefaultProfile')}",
        f"* {_remote_start(transactionId=5)}",
    ),
    negative=(
        _remote_start(),
        _request_start(),
        '10:00:00 < RemoteStartTransaction {"idTag":"A"}',
        sent(transactionId=5, chargingProfilePurpose="TxProfile"),
    ),
)

BEYOND_LIMITS = Rule(
    "profile.stack-level",
    Severity.WARNING,
    "The charge point does not support the stack level, the number of periods or the unit.",
    "OCPP 1.6 sections 9.4.1 to 9.4.3; OCPP 2.0.1 and 2.1 Part 2 K01.FR.26, SmartChargingCtrlr.ProfileStackLevel and "
    "SmartChargingCtrlr.PeriodsPerSchedule",
    says="The {what}, but the charge point {limit}{allowed}.",
    remedy="The charge point will refuse it, or ignore it.",
    positive=(
        reads_setting("ChargeProfileMaxStackLevel", "3") + wrong(stackLevel=4),
        reads_setting("ChargingScheduleAllowedChargingRateUnit", "Current") + wrong(schedule={"chargingRateUnit": "W"}),
        reads_setting("ChargingScheduleMaxPeriods", "1") + wrong((0, 16), (60, 10)),
    ),
    negative=(
        reads_setting("ChargeProfileMaxStackLevel", "3") + sent(stackLevel=3),
        sent(stackLevel=99),
        reads_setting("ChargingScheduleAllowedChargingRateUnit", "Current,Power")
        + sent(schedule={"chargingRateUnit": "W"}),
        reads_setting("ChargingScheduleAllowedChargingRateUnit", "A") + sent(),
        sent(schedule={"chargingRateUnit": "W"}),
        reads_setting("ChargingScheduleMaxPeriods", "2") + sent((0, 16), (60, 10)),
        sent((0, 16), (60, 10)),
    ),
)

RECURRENCE = Rule(
    "profile.recurrency",
    Severity.WARNING,
    "The kind and the recurrencyKind of the profile do not go together.",
    "OCPP 1.6 sections 7.8 and 7.37 and errata section 3.56; OCPP 2.0.1 and 2.1 Part 2, ChargingProfileType",
    says="The kind of the profile is {kind}, but its recurrencyKind is {recurrence}.",
    remedy="Only a Recurring profile recurs, and it must say whether daily or weekly.",
    positive=(wrong(chargingProfileKind="Recurring"), wrong(recurrencyKind="Daily")),
    negative=(sent(chargingProfileKind="Recurring", recurrencyKind="Daily"), sent()),
)

DYNAMIC = Rule(
    "profile.dynamic",
    Severity.ERROR,
    "A Dynamic profile has more than one schedule or period, or its period does not start at 0.",
    "OCPP 2.1 Part 2 K28.FR.01, K28.FR.02 and K28.FR.03",
    versions=frozenset({Version.V21}),
    says="The kind of the profile is Dynamic, but it has {what}.",
    remedy="The charging station must refuse it.",
    positive=(
        _dynamic((0, 16), (60, 10)).replace("10:00:00 <", "* 10:00:00 <"),
        _dynamic((60, 16)).replace("10:00:00 <", "* 10:00:00 <"),
        _dynamic((0, 16), count=2).replace("10:00:00 <", "* 10:00:00 <"),
    ),
    negative=(
        _dynamic((0, 16)),
        sent((0, 16), (60, 10), generation=2).replace("2.0.1", "2.1"),
    ),
)

NEVER_VALID = Rule(
    "profile.never-valid",
    Severity.WARNING,
    "The validity of the profile ends before it begins.",
    "OCPP 1.6 section 7.8; OCPP 2.0.1 and 2.1 Part 2 K01.FR.36 and K01.FR.37",
    says="validTo is {span} before validFrom: the profile is never valid.",
    positive=(wrong(validFrom="2026-02-02T00:00:00Z", validTo="2026-02-01T00:00:00Z"),),
    negative=(sent(validFrom="2026-02-01T00:00:00Z", validTo="2026-02-02T00:00:00Z"), sent()),
)

OVER = Rule(
    "profile.over",
    Severity.WARNING,
    "The profile had already ended when it was set.",
    "OCPP 1.6 sections 7.8 and 7.13; OCPP 2.0.1 and 2.1 Part 2 K01.FR.37 and K01.FR.12",
    says="The profile had already ended when it was set: {what} {ago} ago.",
    remedy="It has no effect. A frequent cause is local time that was written as UTC.",
    positive=(
        wrong(validTo="2026-01-01T09:00:00Z"),
        wrong(schedule={"duration": 3600}),
    ),
    negative=(
        sent(validTo="2026-01-01T11:00:00Z"),
        sent(schedule={"duration": 86400}),
        sent(schedule={"duration": 3600}, chargingProfileKind="Recurring", recurrencyKind="Daily"),
        f"- < {profile_call(validTo='2026-01-01T09:00:00Z')}",
    ),
)

CLEARS_WITHOUT_CRITERIA = Rule(
    "profile.clear-without-criteria",
    Severity.WARNING,
    "A ClearChargingProfile names neither a profile nor criteria.",
    "OCPP 2.0.1 and 2.1 Part 2 K10.FR.02",
    versions=SECOND_GENERATION,
    remedy="Charging stations clear all profiles, or refuse it.",
    positive=("2.0.1\n* 10:00:00 < ClearChargingProfile {}",),
    negative=('2.0.1\n10:00:00 < ClearChargingProfile {"chargingProfileId":1}', "10:00:00 < ClearChargingProfile {}"),
)

RULES = (
    MAXIMUM,
    TX_MISPLACED,
    EXTERNAL_PURPOSE,
    ID_OF_OTHER_PURPOSE,
    REMOTE_START,
    BEYOND_LIMITS,
    RECURRENCE,
    DYNAMIC,
    NEVER_VALID,
    OVER,
    CLEARS_WITHOUT_CRITERIA,
)


class ChargingProfileChecker(Checker):
    """Reads each charging profile when the central system sends it."""

    @on_call("SetChargingProfile")
    def set(self, call: Seen) -> None:
        content = call.object("csChargingProfiles") or call.object("chargingProfile")
        place = call.integer("connectorId")
        place = call.integer("evseId") if place is None else place
        profile = charging_profile(content, -1 if place is None else place, call.time)
        if profile.purpose in STATION_MAXIMA and profile.place > 0:
            self.found(MAXIMUM, call, purpose=profile.purpose, what=Phrase(f"set on {profile.place}, but belongs to 0"))
        if profile.purpose == TX_PROFILE and place == 0:
            self.found(TX_MISPLACED, call, what=Phrase("is set on 0, the whole charge point"), why=Phrase())
        elif profile.purpose == TX_PROFILE and not profile.transaction:
            self.found(TX_MISPLACED, call, what=Phrase("has no transactionId"), why=Phrase())
        if profile.purpose == EXTERNAL:
            self.found(EXTERNAL_PURPOSE, call)
        if profile.transaction and profile.purpose not in ("", TX_PROFILE):
            self.found(ID_OF_OTHER_PURPOSE, call, purpose=profile.purpose, transaction=profile.transaction)
        self.read(call, profile)

    @on_call("RemoteStartTransaction", "RequestStartTransaction")
    def start(self, call: Seen) -> None:
        if not (content := call.object("chargingProfile")):
            return
        profile = charging_profile(content, -1, call.time)
        if profile.purpose not in ("", TX_PROFILE):
            more = Phrase("it must be a TxProfile")
            self.found(REMOTE_START, call, what=Phrase("is a "), value=profile.purpose, more=more)
        elif profile.transaction:
            what, more = Phrase("names transaction "), Phrase("its own does not exist yet")
            self.found(REMOTE_START, call, what=what, value=profile.transaction, more=more)
        self.read(call, profile)

    @on_call("ClearChargingProfile")
    def clear(self, call: Seen) -> None:
        criteria = call.object("chargingProfileCriteria")
        if text_at(criteria, "chargingProfilePurpose") == EXTERNAL:
            self.found(EXTERNAL_PURPOSE, call)
        if call.value("chargingProfileId") is None and not criteria:
            self.found(CLEARS_WITHOUT_CRITERIA, call)

    def read(self, call: Seen, profile: ChargingProfile) -> None:
        """What a profile contradicts in itself, or in the configuration."""
        kind, recurrence = profile.kind, profile.recurrency
        most = self.known.whole_setting("ChargeProfileMaxStackLevel", "SmartChargingCtrlr.ProfileStackLevel")
        if most is not None and profile.level > most:
            what, limit = Phrase(f"stack level is {profile.level}"), Phrase(f"has levels up to {most}")
            self.found(BEYOND_LIMITS, call, what=what, limit=limit, allowed=Phrase())
        if profile.purpose in STATION_MAXIMA and kind == "Relative" and profile.generation == 2:
            what = Phrase("Relative, but there is nothing that it could be relative to")
            self.found(MAXIMUM, call, purpose=profile.purpose, what=what)
        if (kind == "Recurring" and not recurrence) or (recurrence and kind in ("Absolute", "Relative")):
            self.found(RECURRENCE, call, kind=kind, recurrence=recurrence or Phrase("missing"))
        if kind == "Dynamic":
            self.read_dynamic(call, profile)
        starts, ends = profile.valid_from, profile.valid_to
        if starts is not None and ends is not None and ends <= starts:
            self.found(NEVER_VALID, call, span=TimeSpan(starts - ends))
        elif ends is not None:
            self.ended(call, "it was valid until", ends)
        schedule = profile.schedule
        if kind == "Absolute" and schedule.start is not None and schedule.duration is not None:
            self.ended(call, "its schedule ended", schedule.start + schedule.duration * SECOND)

    def read_dynamic(self, call: Seen, profile: ChargingProfile) -> None:
        periods = profile.schedule.periods
        if len(profile.schedules) > 1:
            self.found(DYNAMIC, call, what=Phrase(f"{len(profile.schedules)} schedules"))
        elif len(periods) > 1:
            self.found(DYNAMIC, call, what=Phrase(f"{len(periods)} periods"))
        elif periods and periods[0].start:
            self.found(DYNAMIC, call, what=Phrase(f"a period that starts at {StatedTime(periods[0].start)}"))

    def ended(self, call: Seen, what: str, time: int) -> None:
        """Report a profile whose time has passed, by the clock of the recording."""
        ago = call.time - time
        if call.is_timed and ago > self.limits.clock_tolerance * SECOND:
            self.found(OVER, call, what=Phrase(what), ago=TimeSpan(ago))
