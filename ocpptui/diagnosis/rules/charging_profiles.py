"""Charging profiles as the central system writes them: what one contradicts in itself, or in the configuration."""

from __future__ import annotations

import json
from typing import Any

from ocpptui.diagnosis.checker import Checker, on_call
from ocpptui.diagnosis.profile_traces import profile_call, profile_content, reads_setting, sent, wrong
from ocpptui.diagnosis.rule import Rule, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.charging_profile import EXTERNAL, STATION_MAXIMA, TX_PROFILE, ChargingProfile, charging_profile
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.payload import text_at
from ocpptui.ocpp.version import Version
from ocpptui.timeline.severity import Severity

_2 = frozenset(version for version in Version if version.generation == 2)


def _remote_start(**more: Any) -> str:
    content = profile_content(**{"chargingProfilePurpose": "TxProfile", **more})
    return f"10:00:00 < RemoteStartTransaction {json.dumps({'idTag': 'A', 'chargingProfile': content})}"


def _request_start() -> str:
    content = profile_content(generation=2, chargingProfilePurpose="TxProfile")
    token = {"idToken": "A", "type": "Central"}
    request = {"remoteStartId": 1, "idToken": token, "chargingProfile": content}
    return f"2.0.1\n10:00:00 < RequestStartTransaction {json.dumps(request)}"


def _clear(**criteria: Any) -> str:
    return f"ClearChargingProfile {json.dumps({'chargingProfileCriteria': criteria})}"


MAXIMUM_ON_CONNECTOR = Rule(
    "profile.maximum-on-connector",
    Severity.ERROR,
    "A maximum for the whole charge point is set on one connector or EVSE.",
    "OCPP 1.6 section 3.13.1; OCPP 2.0.1 and 2.1 Part 2 section K 3.2",
    says="{purpose} is set on {place}, but it can only be set on 0.",
    remedy="The charge point must refuse it.",
    positive=(
        wrong(chargingProfilePurpose="ChargePointMaxProfile"),
        wrong(chargingProfilePurpose="ChargingStationMaxProfile", generation=2),
    ),
    negative=(sent(chargingProfilePurpose="ChargePointMaxProfile", place=0), sent()),
)

TX_ON_ZERO = Rule(
    "profile.tx-on-zero",
    Severity.ERROR,
    "A TxProfile is set on 0, the whole charge point.",
    "OCPP 1.6 section 3.13.1; OCPP 2.0.1 and 2.1 Part 2 K01.FR.16",
    remedy="The charge point must refuse it: a TxProfile is for the transaction of one connector or EVSE.",
    positive=(
        wrong(chargingProfilePurpose="TxProfile", place=0),
        wrong(chargingProfilePurpose="TxProfile", transactionId="t1", place=0, generation=2),
    ),
    negative=(sent(chargingProfilePurpose="TxProfile"), sent(place=0)),
)

EXTERNAL_PURPOSE = Rule(
    "profile.external-purpose",
    Severity.ERROR,
    "The CSMS uses ChargingStationExternalConstraints, which only an external system sets.",
    "OCPP 2.0.1 and 2.1 Part 2 K01.FR.22 and K10.FR.06",
    versions=_2,
    positive=(
        wrong(chargingProfilePurpose=EXTERNAL, generation=2),
        f"2.0.1\n* 10:00:00 < {_clear(chargingProfilePurpose=EXTERNAL)}",
    ),
    negative=(
        sent(generation=2),
        f"2.0.1\n10:00:00 < {_clear(stackLevel=1)}",
    ),
)

RELATIVE_MAXIMUM = Rule(
    "profile.relative-maximum",
    Severity.ERROR,
    "The kind of a ChargingStationMaxProfile is Relative.",
    "OCPP 2.0.1 and 2.1 Part 2 K01.FR.38",
    versions=_2,
    remedy="It has no moment to which it could be relative.",
    positive=(
        wrong(
            chargingProfilePurpose="ChargingStationMaxProfile",
            chargingProfileKind="Relative",
            schedule={"startSchedule": None},
            place=0,
            generation=2,
        ),
    ),
    negative=(sent(chargingProfilePurpose="ChargingStationMaxProfile", place=0, generation=2),),
)

ID_MISSING = Rule(
    "profile.transaction-id-missing",
    Severity.ERROR,
    "A TxProfile has no transactionId.",
    "OCPP 2.0.1 and 2.1 Part 2 K01.FR.03",
    versions=_2,
    remedy="The charging station cannot know for which transaction it is.",
    positive=(wrong(chargingProfilePurpose="TxProfile", generation=2),),
    negative=(
        sent(chargingProfilePurpose="TxProfile", transactionId="t1", generation=2),
        sent(generation=2),
        _request_start(),
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

REMOTE_START_PURPOSE = Rule(
    "profile.remote-start-purpose",
    Severity.ERROR,
    "The profile of a remote start is not a TxProfile.",
    "OCPP 1.6 sections 5.11 and 5.16.2; OCPP 2.0.1 and 2.1 Part 2 K05.FR.02",
    says="The profile of a remote start is a {purpose}, but it must be a TxProfile.",
    positive=(f"* {_remote_start(chargingProfilePurpose='TxDefaultProfile')}",),
    negative=(_remote_start(), '10:00:00 < RemoteStartTransaction {"idTag":"A"}'),
)

REMOTE_START_ID = Rule(
    "profile.remote-start-transaction-id",
    Severity.ERROR,
    "The profile of a remote start names a transaction, which does not exist yet.",
    "OCPP 1.6 section 5.16.2; OCPP 2.0.1 and 2.1 Part 2 use case K05",
    says="The profile of a remote start names transaction {transaction}, but its transaction does not exist yet.",
    positive=(f"* {_remote_start(transactionId=5)}",),
    negative=(sent(transactionId=5, chargingProfilePurpose="TxProfile"),),
)

STACK_LEVEL = Rule(
    "profile.stack-level-too-high",
    Severity.WARNING,
    "The stack level is above the highest that the charge point has.",
    "OCPP 1.6 section 9.4.1; OCPP 2.0.1 and 2.1 Part 2, SmartChargingCtrlr.ProfileStackLevel",
    says="The stack level is {level}, but the charge point has levels up to {most}.",
    remedy="The charge point will refuse it, or ignore it.",
    positive=(reads_setting("ChargeProfileMaxStackLevel", "3") + wrong(stackLevel=4),),
    negative=(reads_setting("ChargeProfileMaxStackLevel", "3") + sent(stackLevel=3), sent(stackLevel=99)),
)

NO_RECURRENCE = Rule(
    "profile.recurring-without-kind",
    Severity.WARNING,
    "A Recurring profile does not say whether it recurs daily or weekly.",
    "OCPP 1.6 sections 7.8 and 7.37; OCPP 2.0.1 and 2.1 Part 2, ChargingProfileType",
    remedy="The charge point refuses it, or runs it once.",
    positive=(wrong(chargingProfileKind="Recurring"),),
    negative=(sent(chargingProfileKind="Recurring", recurrencyKind="Daily"), sent()),
)

STRAY_RECURRENCE = Rule(
    "profile.recurrence-without-effect",
    Severity.INFO,
    "The profile has a recurrencyKind, but its kind is not Recurring.",
    "OCPP 1.6 sections 7.8 and 7.37; OCPP 2.0.1 and 2.1 Part 2, ChargingProfileType",
    says="recurrencyKind is {recurrence}, but the kind of the profile is {kind}: it does not recur.",
    positive=(wrong(recurrencyKind="Daily"),),
    negative=(sent(chargingProfileKind="Recurring", recurrencyKind="Daily"),),
)

NEVER_VALID = Rule(
    "profile.never-valid",
    Severity.WARNING,
    "The profile ends being valid before it begins.",
    "OCPP 1.6 section 7.8; OCPP 2.0.1 and 2.1 Part 2 K01.FR.36 and K01.FR.37",
    says="validTo is {span} before validFrom: the profile is never valid.",
    positive=(wrong(validFrom="2026-02-02T00:00:00Z", validTo="2026-02-01T00:00:00Z"),),
    negative=(sent(validFrom="2026-02-01T00:00:00Z", validTo="2026-02-02T00:00:00Z"), sent()),
)

OVER = Rule(
    "profile.over",
    Severity.WARNING,
    "The profile is over when it is set.",
    "OCPP 1.6 sections 7.8 and 7.13; OCPP 2.0.1 and 2.1 Part 2 K01.FR.37 and K01.FR.12",
    says="The profile is over when it is set: {what} {ago} ago.",
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
    versions=_2,
    remedy="Charging stations clear all profiles, or refuse it.",
    positive=("2.0.1\n* 10:00:00 < ClearChargingProfile {}",),
    negative=('2.0.1\n10:00:00 < ClearChargingProfile {"chargingProfileId":1}', "10:00:00 < ClearChargingProfile {}"),
)

RULES = (
    MAXIMUM_ON_CONNECTOR,
    TX_ON_ZERO,
    EXTERNAL_PURPOSE,
    RELATIVE_MAXIMUM,
    ID_MISSING,
    ID_OF_OTHER_PURPOSE,
    REMOTE_START_PURPOSE,
    REMOTE_START_ID,
    STACK_LEVEL,
    NO_RECURRENCE,
    STRAY_RECURRENCE,
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
            self.found(MAXIMUM_ON_CONNECTOR, call, purpose=profile.purpose, place=profile.place)
        if profile.purpose == TX_PROFILE and place == 0:
            self.found(TX_ON_ZERO, call)
        if profile.purpose == EXTERNAL:
            self.found(EXTERNAL_PURPOSE, call)
        if profile.purpose == TX_PROFILE and not profile.transaction:
            self.found(ID_MISSING, call)
        if profile.transaction and profile.purpose not in ("", TX_PROFILE):
            self.found(ID_OF_OTHER_PURPOSE, call, purpose=profile.purpose, transaction=profile.transaction)
        self.read(call, profile)

    @on_call("RemoteStartTransaction", "RequestStartTransaction")
    def start(self, call: Seen) -> None:
        if not (content := call.object("chargingProfile")):
            return
        profile = charging_profile(content, -1, call.time)
        if profile.purpose not in ("", TX_PROFILE):
            self.found(REMOTE_START_PURPOSE, call, purpose=profile.purpose)
        if profile.transaction:
            self.found(REMOTE_START_ID, call, transaction=profile.transaction)
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
        kind = profile.kind
        most = self.known.whole_setting("ChargeProfileMaxStackLevel", "SmartChargingCtrlr.ProfileStackLevel")
        if most is not None and profile.level > most:
            self.found(STACK_LEVEL, call, level=profile.level, most=most)
        if profile.purpose in STATION_MAXIMA and kind == "Relative":
            self.found(RELATIVE_MAXIMUM, call)
        if kind == "Recurring" and not profile.recurrency:
            self.found(NO_RECURRENCE, call)
        elif profile.recurrency and kind in ("Absolute", "Relative"):
            self.found(STRAY_RECURRENCE, call, recurrence=profile.recurrency, kind=kind)
        starts, ends = profile.valid_from, profile.valid_to
        if starts is not None and ends is not None and ends <= starts:
            self.found(NEVER_VALID, call, span=TimeSpan(starts - ends))
        elif ends is not None:
            self.ended(call, "it was valid until", ends)
        schedule = profile.schedule
        if kind == "Absolute" and schedule.start is not None and schedule.duration is not None:
            self.ended(call, "its schedule ended", schedule.start + schedule.duration * SECOND)

    def ended(self, call: Seen, what: str, time: int) -> None:
        """Report a profile whose time has passed, by the clock of the recording."""
        ago = call.time - time
        if call.is_timed and ago > self.limits.clock_tolerance * SECOND:
            self.found(OVER, call, what=what, ago=TimeSpan(ago))
