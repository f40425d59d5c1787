"""Answers to GetCompositeSchedule: whether they are about what was asked."""

from __future__ import annotations

from ocpptui.diagnosis.checker import Checker, on_exchange
from ocpptui.diagnosis.rule import Phrase, Rule
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.version import SINCE_1_6
from ocpptui.timeline.severity import Severity


def _asked(more: str = "") -> str:
    return f'10:00:00 < GetCompositeSchedule {{"connectorId":1,"duration":600{more}}}\n'


def _answered(connector: int = 1, unit: str = "A") -> str:
    return (
        f'10:00:01 > ok {{"status":"Accepted","connectorId":{connector},"scheduleStart":"2026-01-01T10:00:00Z",'
        f'"chargingSchedule":{{"duration":600,"chargingRateUnit":"{unit}",'
        '"chargingSchedulePeriod":[{"startPeriod":0,"limit":16}]}}\n'
    )


def _asked_2(more: str = "") -> str:
    return f'2.0.1\n10:00:00 < GetCompositeSchedule {{"evseId":1,"duration":600{more}}}\n'


def _answered_2(evse: int = 1, unit: str = "A") -> str:
    return (
        f'10:00:01 > ok {{"status":"Accepted","schedule":{{"evseId":{evse},"duration":600,'
        f'"scheduleStart":"2026-01-01T10:00:00Z","chargingRateUnit":"{unit}",'
        '"chargingSchedulePeriod":[{"startPeriod":0,"limit":16}]}}\n'
    )


_IN_AMPERE, _IN_WATT = ',"chargingRateUnit":"A"', ',"chargingRateUnit":"W"'

NOT_ASKED = Rule(
    "profile.composite-other",
    Severity.WARNING,
    "The composite schedule is of another connector or EVSE, or in another unit, than was asked for.",
    "OCPP 1.6 sections 5.7, 6.23 and 6.24; OCPP 2.0.1 and 2.1 Part 2 use case K08, GetCompositeScheduleRequest",
    versions=SINCE_1_6,
    says="The composite schedule was asked for {asked}, but is for {given}.",
    remedy="The central system shows a wrong limit, or computes with it.",
    positive=(
        f"{_asked()}* {_answered(2)}",
        f"{_asked(_IN_WATT)}* {_answered()}",
        f"{_asked_2()}* {_answered_2(2)}",
        f"{_asked_2(_IN_AMPERE)}* {_answered_2(unit='W')}",
    ),
    negative=(
        f"{_asked()}{_answered()}",
        f"{_asked()}{_answered(unit='W')}",
        f"{_asked(_IN_WATT)}{_answered(unit='W')}",
        f"{_asked_2(_IN_AMPERE)}{_answered_2()}",
        f'{_asked(_IN_WATT)}10:00:01 > ok {{"status":"Rejected"}}',
        f'{_asked(_IN_WATT)}10:00:01 > ok {{"status":"Accepted"}}',
    ),
)

RULES = (NOT_ASKED,)


class CompositeScheduleChecker(Checker):
    """Compares each composite schedule with its request."""

    def begin(self) -> None:
        pass

    @on_exchange("GetCompositeSchedule")
    def answered(self, call: Seen, answer: Seen) -> None:
        schedule = answer.object("schedule") or answer.object("chargingSchedule")
        if answer.text("status") != "Accepted" or not schedule:
            return
        is_1x = call.integer("evseId") is None
        place, given = call.integer("connectorId"), answer.integer("connectorId")
        if not is_1x:
            place, given = call.integer("evseId"), answer.integer("schedule", "evseId")
        unit, given_unit = call.text("chargingRateUnit"), schedule.get("chargingRateUnit")
        if place is not None and given is not None and place != given:
            name = "connector" if is_1x else "EVSE"
            self.tell(call, answer, f"{name} {place}", f"{name} {given}")
        elif unit in _UNITS and given_unit in _UNITS and unit != given_unit:
            self.tell(call, answer, unit, given_unit)

    def tell(self, call: Seen, answer: Seen, asked: str, given: str) -> None:
        self.found(NOT_ASKED, answer, (call,), asked=Phrase(asked), given=Phrase(given))


_UNITS = ("A", "W")
