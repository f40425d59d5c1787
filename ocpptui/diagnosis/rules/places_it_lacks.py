"""Connectors and EVSEs that a charge point does not have, by its own configuration or inventory."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ocpptui.diagnosis.checker import Checker, on_call, on_connection, on_exchange
from ocpptui.diagnosis.known import MOST_CONNECTORS
from ocpptui.diagnosis.place_words import lacks_connector
from ocpptui.diagnosis.rule import Phrase, Rule
from ocpptui.diagnosis.seen import Seen
from ocpptui.diagnosis.status_traces import status_2
from ocpptui.ocpp.counted import enumerated
from ocpptui.ocpp.payload import integer_at, text_at
from ocpptui.runtime.bounded import put
from ocpptui.timeline.record import ConnectionEvent
from ocpptui.timeline.severity import Severity


def _part(number: int, *evses: int, goes_on: bool = False, request: int = 5) -> str:
    data = ",".join(
        f'{{"component":{{"name":"EVSE","evse":{{"id":{evse}}}}},"variable":{{"name":"AvailabilityState"}},'
        '"variableAttribute":[{"value":"Available"}]}'
        for evse in evses
    )
    return (
        f'10:00:02 > NotifyReport {{"requestId":{request},"generatedAt":"2026-01-01T10:00:02Z","seqNo":{number},'
        f'"tbc":{str(goes_on).lower()},"reportData":[{data}]}}\n10:00:02 < ok\n'
    )


_ASKED = '10:00:00 < GetBaseReport {"requestId":5,"reportBase":"FullInventory"}\n10:00:01 > ok {"status":"Accepted"}\n'
_INVENTORY = f"2.0.1\n{_ASKED}{_part(0, 1, goes_on=True)}{_part(1, 2)}"
_TWO_CONNECTORS = """
10:00:00 < GetConfiguration {"key":["NumberOfConnectors"]}
10:00:00 > ok {"configurationKey":[{"key":"NumberOfConnectors","readonly":true,"value":"2"}]}
"""


def _start(connector: int) -> str:
    return (
        f'10:01:00 > StartTransaction {{"connectorId":{connector},"idTag":"A","meterStart":0,'
        '"timestamp":"2026-01-01T10:01:00Z"}\n'
    )


def _event(evse: int) -> str:
    return (
        '10:01:00 > TransactionEvent {"eventType":"Started","timestamp":"2026-01-01T10:01:00Z",'
        '"triggerReason":"CablePluggedIn","seqNo":0,"transactionInfo":{"transactionId":"t1"},'
        f'"evse":{{"id":{evse},"connectorId":1}}}}\n'
    )


def _closing(evse: int, status: str = "Accepted", star: str = "") -> str:
    return (
        f'10:02:00 < ChangeAvailability {{"operationalStatus":"Inoperative","evse":{{"id":{evse}}}}}\n'
        f'{star}10:02:00 > ok {{"status":"{status}"}}\n'
    )


UNKNOWN_PLACE = Rule(
    "status.unknown-place",
    Severity.WARNING,
    "A message is about a connector or an EVSE that the charge point does not have.",
    "OCPP 1.6 section 3.8 and its key NumberOfConnectors; OCPP 2.0.1 and 2.1 Part 1 sections 7.1 and 7.2, Part 2 "
    "B07.FR.08",
    says="{action} {what} {place}, but {why}.",
    remedy="One of the two is wrong: what the charge point says of its configuration, or the number.",
    positive=(
        f"{_TWO_CONNECTORS}* {_start(3)}",
        f'{_TWO_CONNECTORS}10:01:00 < UnlockConnector {{"connectorId":4}}\n* 10:01:01 > ok {{"status":"Unlocked"}}',
        f"{_INVENTORY}* {_event(4)}",
        f"{_INVENTORY}* {status_2('Available', '10:01:00', 3)}",
        f"{_INVENTORY}{_closing(7, star='* ')}",
    ),
    negative=(
        f"{_TWO_CONNECTORS}{_start(2)}",
        f'{_TWO_CONNECTORS}10:01:00 < UnlockConnector {{"connectorId":4}}\n10:01:01 > ok {{"status":"NotSupported"}}',
        _start(3),
        f"{_INVENTORY}{_event(2)}",
        f"{_INVENTORY}{_closing(7, 'Rejected')}",
        f"{_INVENTORY}{_closing(0)}",
        f"2.0.1\n{_ASKED.replace('FullInventory', 'SummaryInventory')}{_part(0, 1)}{_event(4)}",
        f"2.0.1\n{_ASKED}{_part(0, 1, goes_on=True)}{_event(4)}",  # the report goes on
        f"2.0.1\n{_ASKED}{_part(0, 1, goes_on=True)}{_part(2, 2)}{_event(4)}",  # a part is missing
        f"2.0.1\n{_ASKED}{_part(0, 1, request=6)}{_event(4)}",
        f"2.0.1\n{_ASKED}{_part(0, 0)}{_event(4)}",  # it lists no EVSE
        _INVENTORY.replace('"EVSE"', '"Connector"') + _event(4),  # not whole: each EVSE has a component EVSE
        f"{_INVENTORY}10:00:30 closed\n10:00:50 opened\n10:00:51 > BootNotification "
        '{"reason":"FirmwareUpdate","chargingStation":{"vendorName":"A","model":"B"}}\n' + _event(4),
    ),
)

RULES = (UNKNOWN_PLACE,)

_SAID = ("MeterValues", "NotifyEVChargingNeeds", "StartTransaction", "StatusNotification", "TransactionEvent")
_ASKED_FOR = (
    "ChangeAvailability",
    "RemoteStartTransaction",
    "RequestStartTransaction",
    "ReserveNow",
    "SetChargingProfile",
    "TriggerMessage",
    "UnlockConnector",
)
MOST_NAMED = 5
"""So many EVSEs are named in a finding; the others are counted."""
_AGREED = ("Accepted", "Scheduled", "Unlocked")


class PlaceChecker(Checker):
    """Compares the numbers in messages with those that the charge point has said it has."""

    def begin(self) -> None:
        self.evses: frozenset[int] = frozenset()
        """Those of the last whole inventory; none if nobody has read one."""
        self.inventory: int | None = None  # its last part
        self.request: int | None = None  # the id of an inventory that was asked for and goes on
        self.expected = 0  # the seqNo of its next part
        self.found_so_far: set[int] = set()
        self.lists_evses = False  # those parts have a component EVSE, which every EVSE must have
        self.told: dict[tuple[str, int], bool] = {}

    # -- the inventory ------------------------------------------------------------------------------------------

    @on_exchange("GetBaseReport")
    def asked(self, call: Seen, answer: Seen) -> None:
        if call.text("reportBase") == "FullInventory" and answer.text("status") == "Accepted":
            self.request, self.expected = call.integer("requestId"), 0
            self.found_so_far, self.lists_evses = set(), False

    @on_call("NotifyReport")
    def part(self, call: Seen) -> None:
        if self.request is None or call.integer("requestId") != self.request:
            return
        if call.integer("seqNo") != self.expected:
            self.request = None  # a part may be missing
            return
        self.expected += 1
        components = call.objects("reportData")
        self.found_so_far |= set(_evses(components))
        self.lists_evses |= any((text_at(one, "component", "name") or "").lower() == "evse" for one in components)
        if len(self.found_so_far) > MOST_CONNECTORS:
            self.request = None
        elif call.value("tbc") is not True:
            self.evses = frozenset(self.found_so_far) if self.lists_evses else frozenset()
            self.inventory, self.request = call.index, None

    @on_call("BootNotification")
    def booted(self, call: Seen) -> None:
        self.evses, self.request = frozenset(), None  # other firmware may know other EVSEs
        self.told.clear()

    @on_connection(ConnectionEvent.CLOSED)
    def closed(self, event: Seen) -> None:
        self.request = None

    # -- what is said of places ---------------------------------------------------------------------------------

    @on_call(*_SAID)
    def said(self, call: Seen) -> None:
        if call.action != "StatusNotification" or call.integer("evseId") is not None:  # others: status.numbering
            self.compare(call, call, "is about")

    @on_exchange(*_ASKED_FOR)
    def agreed(self, call: Seen, answer: Seen) -> None:
        if answer.text("status") in _AGREED:
            self.compare(call, answer, "was accepted for")

    def compare(self, call: Seen, record: Seen, what: str) -> None:
        evse = call.integer("evseId")
        evse = call.integer("evse", "id") if evse is None else evse
        number, name, why = evse, "EVSE", None
        related: tuple[int, ...] = ()
        if evse is not None:
            if self.evses and self.inventory is not None and evse not in self.evses:
                why = Phrase(f"the inventory of the charging station has only {self.listed()}")
                related = (self.inventory,)
        else:
            number, name = call.integer("connectorId"), "connector"
            why = lacks_connector(self.known, number)
        if why is not None and number is not None and number > 0 and (call.action, number) not in self.told:
            put(self.told, (call.action, number), True, MOST_CONNECTORS)
            place = Phrase(f"{name} {number}")
            self.found(UNKNOWN_PLACE, record, related, action=call.action, what=Phrase(what), place=place, why=why)

    def listed(self) -> str:
        """The EVSEs of the inventory in words: `EVSE 1`, `EVSEs 1 and 2`, `EVSEs 1, 2, 3, 4, 5 and 7 more`."""
        first = list(map(str, sorted(self.evses)[:MOST_NAMED]))
        if len(self.evses) > MOST_NAMED:
            first.append(f"{len(self.evses) - MOST_NAMED} more")
        return f"EVSE {first[0]}" if len(first) == 1 else f"EVSEs {enumerated(first)}"


def _evses(components: Iterable[Any]) -> Iterable[int]:
    """The EVSEs of the components in a part of a report."""
    for one in components:
        number = integer_at(one, "component", "evse", "id")
        if number is not None and number > 0:
            yield number
