"""Charging profiles and what becomes of them: their transactions, those that are there already, and their effect."""

from __future__ import annotations

from ocpptui.diagnosis.checker import Checker, on_call, on_exchange
from ocpptui.diagnosis.known import KnownTransaction
from ocpptui.diagnosis.profile_traces import profile_call, reads_setting
from ocpptui.diagnosis.rule import Phrase, Rule
from ocpptui.diagnosis.rules.charging_profiles import TX_MISPLACED
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.charging_profile import TX_DEFAULT, TX_PROFILE, ChargingProfile, charging_profile
from ocpptui.ocpp.connector_states import WITHOUT_TRANSACTION
from ocpptui.ocpp.profile_store import cleared_by, replaces
from ocpptui.ocpp.version import SECOND_GENERATION
from ocpptui.timeline.severity import Severity

_START = """
10:00:00 > StartTransaction {"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"2026-01-01T10:00:00Z"}
10:00:01 < ok {"idTagInfo":{"status":"Accepted"},"transactionId":7}
"""
_STOP = """
10:30:00 > StopTransaction {"transactionId":7,"meterStop":10,"timestamp":"2026-01-01T10:30:00Z"}
10:30:01 < ok
"""
_ACCEPTED = '11:00:01 > ok {"status":"Accepted"}\n'
_BOOT = """
09:00:00 > BootNotification {"chargePointVendor":"A","chargePointModel":"B"}
09:00:01 < ok {"currentTime":"2026-01-01T09:00:01Z","interval":60,"status":"Accepted"}
"""
_STATUS = '10:00:00 > StatusNotification {"connectorId":1,"errorCode":"NoError","status":"Available"}\n10:00:00 < ok\n'
_TX = profile_call(chargingProfilePurpose="TxProfile", transactionId=7)
_TX_2 = profile_call(chargingProfilePurpose="TxProfile", transactionId="t1", generation=2)


def _event(kind: str, number: int, transaction: str = "t1") -> str:
    return (
        f'10:00:0{number} > TransactionEvent {{"eventType":"{kind}","timestamp":"2026-01-01T10:00:0{number}Z",'
        f'"triggerReason":"CablePluggedIn","seqNo":{number},"transactionInfo":{{"transactionId":"{transaction}"}},'
        f'"evse":{{"id":1,"connectorId":1}}}}\n10:00:0{number} < ok\n'
    )


def _default(number: int, place: int, **more: object) -> str:
    return profile_call(generation=2, place=place, id=number, **more)


NO_TRANSACTION = Rule(
    "profile.tx-while-idle",
    Severity.WARNING,
    "The central system sends a TxProfile for a connector or EVSE where no transaction runs.",
    "OCPP 1.6 sections 3.13.1 and 5.16.4; OCPP 2.0.1 and 2.1 Part 2 K01.FR.09",
    says="A TxProfile is sent for {place}, where no transaction runs: {why}.",
    remedy="The charge point refuses it. A limit for later transactions is a TxDefaultProfile.",
    positive=(
        f"{_START}{_STOP}* 11:00:00 < {_TX}",
        f"{_STATUS}* 11:00:00 < {profile_call(chargingProfilePurpose='TxProfile')}",
        f"2.0.1\n{_event('Started', 0)}{_event('Ended', 1)}* 11:00:00 < {_TX_2}",
    ),
    negative=(
        f"{_START}11:00:00 < {_TX}",
        f"11:00:00 < {_TX}",
        f"{_STATUS}{_START}11:00:00 < {_TX}",
        f"{_STATUS}11:00:00 < {profile_call()}",
        f"2.0.1\n{_event('Started', 0)}11:00:00 < {_TX_2}",
    ),
)

OTHER_TRANSACTION = Rule(
    "profile.other-transaction",
    Severity.WARNING,
    "A TxProfile names another transaction than the one that runs there.",
    "OCPP 1.6 section 7.8; OCPP 2.0.1 and 2.1 Part 2 K01.FR.04 and K01.FR.33",
    says="The TxProfile is for transaction {named}, but at {place} transaction {running} runs.",
    remedy="The charge point refuses it, or never uses it.",
    positive=(
        f"{_START}* 10:10:00 < {_TX.replace('7', '8')}",
        f"2.0.1\n{_event('Started', 0)}* 11:00:00 < {_TX_2.replace('t1', 't2')}",
    ),
    negative=(
        f"{_START}10:10:00 < {_TX}",
        f"2.0.1\n{_event('Started', 0)}11:00:00 < {_TX_2.replace('t1', 'T1')}",
        f"11:00:00 < {_TX}",
    ),
)

TAKEN_FOR_OTHER = Rule(
    "profile.other-transaction-accepted",
    Severity.ERROR,
    "The charging station accepts a TxProfile for a transaction that it does not have there.",
    "OCPP 2.0.1 and 2.1 Part 2 K01.FR.33",
    versions=SECOND_GENERATION,
    says="The charging station accepts a TxProfile for transaction {named}, but at {place} transaction {running} runs.",
    remedy="It must refuse it. The CSMS believes that a limit is set.",
    positive=(f"2.0.1\n{_event('Started', 0)}11:00:00 < {_TX_2.replace('t1', 't2')}\n* {_ACCEPTED}",),
    negative=(f"2.0.1\n{_event('Started', 0)}11:00:00 < {_TX_2}\n{_ACCEPTED}",),
)

TOO_MANY = Rule(
    "profile.too-many-installed",
    Severity.WARNING,
    "The charge point gets more profiles than it can install.",
    "OCPP 1.6 section 9.4.5; OCPP 2.0.1 and 2.1 Part 2, SmartChargingCtrlr.Entries[ChargingProfiles]",
    says="With this profile the charge point would have {count}, but it can install at most {most}.",
    remedy="It refuses the profile, or drops another.",
    positive=(
        (
            f"{_BOOT}{reads_setting('MaxChargingProfilesInstalled', '1')}10:00:00 < {profile_call()}\n10:00:01 > ok "
            f'{{"status":"Accepted"}}\n* 10:00:02 < {profile_call(chargingProfileId=2, stackLevel=1)}'
        ),
    ),
    negative=(
        (
            f"{_BOOT}{reads_setting('MaxChargingProfilesInstalled', '1')}10:00:00 < {profile_call()}\n10:00:01 > ok "
            f'{{"status":"Accepted"}}\n10:00:02 < {profile_call(chargingProfileId=2)}'
        ),
        f"{reads_setting('MaxChargingProfilesInstalled', '1')}10:00:00 < {profile_call()}",
    ),
)

SAME_LEVEL = Rule(
    "profile.duplicate-stack",
    Severity.ERROR,
    "The CSMS sends a profile with the purpose and stack level of another one, and both would be valid at a time.",
    "OCPP 2.0.1 and 2.1 Part 2 K01.FR.06 and K01.FR.39",
    versions=SECOND_GENERATION,
    says="Profile {number} has the purpose and stack level {level} of profile {other}, which is installed.",
    remedy="The charging station refuses it. Clear the other profile, or use its id to replace it.",
    positive=(f"2.0.1\n10:00:00 < {_default(1, 1)}\n{_ACCEPTED}* 11:00:02 < {_default(2, 1)}",),
    negative=(
        f"2.0.1\n10:00:00 < {_default(1, 1)}\n{_ACCEPTED}11:00:02 < {_default(1, 1)}",
        # The answer to a call that the recording lacks, which may have cleared it.
        (
            f"2.0.1\n10:00:00 < {_default(1, 1)}\n{_ACCEPTED}"
            f'11:00:01 > [3,"x",{{"status":"Accepted"}}]\n11:00:02 < {_default(2, 1)}'
        ),
        f"2.0.1\n10:00:00 < {_default(1, 1)}\n{_ACCEPTED}11:00:02 < {_default(2, 1, stackLevel=1)}",
        (
            f"2.0.1\n10:00:00 < {_default(1, 1, validTo='2026-02-01T00:00:00Z')}\n{_ACCEPTED}"
            f"11:00:02 < {_default(2, 1, validFrom='2026-02-01T00:00:00Z')}"
        ),
        f"2.0.1\n10:00:00 < {_default(1, 1)}\n11:00:02 < {_default(2, 1)}",
        f"10:00:00 < {profile_call()}\n{_ACCEPTED}11:00:02 < {profile_call(chargingProfileId=2)}",
    ),
)

DEFAULT_TWICE = Rule(
    "profile.default-for-all-and-one",
    Severity.WARNING,
    "A TxDefaultProfile for all EVSEs and one for a single EVSE have the same stack level.",
    "OCPP 2.0.1 and 2.1 Part 2 K01.FR.52 and K01.FR.53",
    versions=SECOND_GENERATION,
    says="TxDefaultProfile {number} for EVSE {place} has the stack level {level} of profile {other} for EVSE {there}.",
    remedy="The charging station must refuse it.",
    positive=(f"2.0.1\n10:00:00 < {_default(1, 1)}\n{_ACCEPTED}* 11:00:02 < {_default(2, 0)}",),
    negative=(
        f"2.0.1\n10:00:00 < {_default(1, 1)}\n{_ACCEPTED}11:00:02 < {_default(2, 2)}",
        f"2.0.1\n10:00:00 < {_default(1, 1)}\n{_ACCEPTED}11:00:02 < {_default(2, 0, stackLevel=1)}",
    ),
)

NOTHING_CLEARED = Rule(
    "profile.nothing-to-clear",
    Severity.INFO,
    "The charge point has no profile that the central system wants cleared.",
    "OCPP 1.6 section 7.21; OCPP 2.0.1 and 2.1 Part 2 K10.FR.01",
    remedy="Connector, purpose, stack level and id must all match; a profile may also have ended with its transaction.",
    positive=('10:00:00 < ClearChargingProfile {"id":5}\n* 10:00:01 > ok {"status":"Unknown"}',),
    negative=('10:00:00 < ClearChargingProfile {"id":5}\n10:00:01 > ok {"status":"Accepted"}',),
)

NOT_FOUND = Rule(
    "profile.lost",
    Severity.WARNING,
    "The charge point does not know a profile that it accepted.",
    "OCPP 1.6 sections 5.5 and 7.21; OCPP 2.0.1 and 2.1 Part 2 K01.FR.27 and K10.FR.03",
    says="The charge point knows no such profile, but it accepted {purpose} {number} for {place}.",
    remedy="It lost the profile, or never stored it: its limit does not apply.",
    positive=(
        (
            f"10:00:00 < {profile_call()}\n{_ACCEPTED}"
            '11:00:02 < ClearChargingProfile {"id":1}\n* 11:00:03 > ok {"status":"Unknown"}'
        ),
    ),
    negative=(
        (
            f"10:00:00 < {profile_call()}\n{_ACCEPTED}"
            '11:00:02 < ClearChargingProfile {"id":2}\n11:00:03 > ok {"status":"Unknown"}'
        ),
        (
            f'{_START}10:10:00 < {_TX}\n10:10:01 > ok {{"status":"Accepted"}}\n{_STOP}'
            '11:00:02 < ClearChargingProfile {"id":1}\n11:00:03 > ok {"status":"Unknown"}'
        ),
        (
            f"10:00:00 < {profile_call(validTo='2026-01-01T11:30:00Z')}\n{_ACCEPTED}"
            '12:00:02 < ClearChargingProfile {"id":1}\n12:00:03 > ok {"status":"Unknown"}'
        ),
        (
            f'08:00:00 < {profile_call()}\n08:00:01 > ok {{"status":"Accepted"}}\n{_BOOT}'
            '11:00:02 < ClearChargingProfile {"id":1}\n11:00:03 > ok {"status":"Unknown"}'
        ),
    ),
)

SEVERAL_SCHEDULES = Rule(
    "profile.schedules",
    Severity.WARNING,
    "A profile has several schedules although the car does not use ISO 15118.",
    "OCPP 2.0.1 and 2.1 Part 2 K01.FR.34",
    versions=SECOND_GENERATION,
    says="The profile has {count} schedules, but no NotifyEVChargingNeeds came for transaction {transaction}.",
    remedy="Only a car that uses ISO 15118 can choose between them.",
    positive=(
        f"2.0.1\n{_event('Started', 0)}* 11:00:00 < "
        + _TX_2.replace(
            '"chargingSchedule": [',
            '"chargingSchedule": [{"id":2,"startSchedule":"2026-01-01T00:00:00Z",'
            '"chargingRateUnit":"A","chargingSchedulePeriod":[{"startPeriod":0,"limit":10}]}, ',
        ),
    ),
    negative=(f"2.0.1\n{_event('Started', 0)}11:00:00 < {_TX_2}",),
)

LIMIT_OF_CSO = Rule(
    "profile.limit-of-cso-notified",
    Severity.ERROR,
    "The charging station reports a limit of the CSO, which the CSMS itself has set.",
    "OCPP 2.0.1 and 2.1 Part 2 K11.FR.05",
    versions=SECOND_GENERATION,
    remedy="NotifyChargingLimit is for limits of other sources, EMS, SO or Other.",
    positive=('2.0.1\n* 10:00:00 > NotifyChargingLimit {"chargingLimit":{"chargingLimitSource":"CSO"}}',),
    negative=('2.0.1\n10:00:00 > NotifyChargingLimit {"chargingLimit":{"chargingLimitSource":"EMS"}}',),
)

RULES = (
    NO_TRANSACTION,
    OTHER_TRANSACTION,
    TAKEN_FOR_OTHER,
    TOO_MANY,
    SAME_LEVEL,
    DEFAULT_TWICE,
    NOTHING_CLEARED,
    NOT_FOUND,
    SEVERAL_SCHEDULES,
    LIMIT_OF_CSO,
)

_MOST_INSTALLED = ("MaxChargingProfilesInstalled", "SmartChargingCtrlr.Entries[ChargingProfiles]")


class InstalledProfileChecker(Checker):
    """Compares each profile with the transactions and profiles that are known."""

    def begin(self) -> None:
        self.idle_at_call = -1  # the last TxProfile that was sent where no transaction ran
        self.needs_known = False  # a car has told its charging needs

    @on_call("SetChargingProfile")
    def sent(self, call: Seen) -> None:
        profile = self.profile(call)
        if profile is None:
            return
        if profile.purpose == TX_PROFILE and profile.place > 0:
            self.compare_transaction(call, profile)
        after = [one for one in self.installed() if not replaces(profile, one)]
        most = self.known.whole_setting(*_MOST_INSTALLED)
        if most is not None and len(after) >= most:
            self.found(TOO_MANY, call, count=len(after) + 1, most=most)
        for other in self.known.profiles:
            if other.id == profile.id or other.level != profile.level or other.purpose != profile.purpose:
                continue
            related = () if other.record is None else (other.record,)
            values = {"number": profile.id, "other": other.id, "level": profile.level}
            if replaces(profile, other):
                self.found(SAME_LEVEL, call, related, **values)
            elif profile.purpose == TX_DEFAULT and profile.place != other.place and 0 in (profile.place, other.place):
                self.found(DEFAULT_TWICE, call, related, place=profile.place, there=other.place, **values)

    def compare_transaction(self, call: Seen, profile: ChargingProfile) -> None:
        place, running = self.place_name(profile.place), self.running(profile.place)
        if running is None:
            if why := self.why_idle(profile.place):
                self.idle_at_call = call.index
                self.found(NO_TRANSACTION, call, place=place, why=why)
        elif profile.transaction and profile.transaction.lower() not in self.ids_at(profile.place):
            values = {"named": profile.transaction, "place": place, "running": running.id}
            related = () if running.start is None else (running.start,)
            self.found(OTHER_TRANSACTION, call, related, **values)
        elif len(profile.schedules) > 1 and not self.needs_known and running.start is not None:
            self.found(SEVERAL_SCHEDULES, call, count=len(profile.schedules), transaction=running.id)

    @on_exchange("SetChargingProfile")
    def answered(self, call: Seen, answer: Seen) -> None:
        profile = self.profile(call)
        if profile is None or answer.text("status") != "Accepted" or profile.purpose != TX_PROFILE:
            return
        place, running = self.place_name(profile.place), self.running(profile.place)
        if running is None and call.index == self.idle_at_call and (why := self.why_idle(profile.place)):
            what = Phrase(f"is accepted for {place}, where no transaction runs: ")
            self.found(TX_MISPLACED, answer, (call,), what=what, why=why)
        elif running is not None and profile.transaction.lower() not in ("", *self.ids_at(profile.place)):
            self.found(TAKEN_FOR_OTHER, answer, (call,), named=profile.transaction, place=place, running=running.id)

    @on_exchange("ClearChargingProfile")
    def cleared(self, call: Seen, answer: Seen) -> None:
        if answer.text("status") != "Unknown":
            return
        matches = cleared_by(call.payload)
        for profile in self.installed():
            is_over = profile.valid_to is not None and profile.valid_to <= answer.time
            is_over = is_over or (profile.schedule.duration is not None and not profile.cycle)
            if matches(profile) and profile.purpose != TX_PROFILE and not is_over and profile.record is not None:
                values = {"purpose": profile.purpose, "number": profile.id, "place": self.place_name(profile.place)}
                self.found(NOT_FOUND, answer, (call, profile.record), **values)
                return
        self.found(NOTHING_CLEARED, answer, (call,))

    @on_call("NotifyEVChargingNeeds")
    def needs(self, call: Seen) -> None:
        self.needs_known = True

    @on_call("NotifyChargingLimit")
    def limit(self, call: Seen) -> None:
        if call.text("chargingLimit", "chargingLimitSource") == "CSO":
            self.found(LIMIT_OF_CSO, call)

    # -- what is known ------------------------------------------------------------------------------------------

    def profile(self, call: Seen) -> ChargingProfile | None:
        content = call.object("csChargingProfiles") or call.object("chargingProfile")
        place = call.integer("connectorId")
        place = call.integer("evseId") if place is None else place
        return charging_profile(content, place, call.time) if content and place is not None else None

    def installed(self) -> list[ChargingProfile]:
        """The profiles that were set since the last boot, at which a charge point may lose those before it."""
        boot = -1 if self.known.boot is None else self.known.boot
        return [one for one in self.known.profiles if one.record is not None and one.record > boot]

    def transactions_at(self, place: int) -> list[KnownTransaction]:
        return [one for one in self.known.transactions.values() if self.place_of(one) == place]

    def running(self, place: int) -> KnownTransaction | None:
        return next((one for one in reversed(self.transactions_at(place)) if one.is_open), None)

    def ids_at(self, place: int) -> set[str]:
        """The ids of the transactions that may run there, those of unknown places too."""
        return {one.id.lower() for one in self.known.open_transactions if self.place_of(one) in (place, None)}

    @staticmethod
    def place_of(one: KnownTransaction) -> int | None:
        return one.connector if one.evse is None else one.evse

    def why_idle(self, place: int) -> str:
        """Why no transaction can run at a connector or EVSE; empty if one may."""
        if any(self.place_of(one) is None for one in self.known.open_transactions):
            return ""
        here = self.transactions_at(place)
        if here and here[-1].end is not None:
            return f"transaction {here[-1].id} has ended"
        states = [
            one.status for (evse, connector), one in self.known.connectors.items() if place == (evse or connector)
        ]
        if states and all(status in WITHOUT_TRANSACTION for status in states):
            return f"its status is {states[0]}"
        return ""

    def place_name(self, place: int) -> Phrase:
        version = self.known.version
        return Phrase(f"{'connector' if version is None or version.generation == 1 else 'EVSE'} {place}")
