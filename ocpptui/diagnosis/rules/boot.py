"""Boot: what each side may send until the BootNotification is accepted."""

from __future__ import annotations

from ocpptui.diagnosis.checker import Checker, on_call, on_exchange, on_record
from ocpptui.diagnosis.rule import Rule, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.version import Direction, Version
from ocpptui.timeline.record import RecordKind
from ocpptui.timeline.severity import Severity

_BOOT = 'BootNotification {"chargePointVendor":"A","chargePointModel":"B"}'
_BOOT_2 = 'BootNotification {"reason":"PowerUp","chargingStation":{"vendorName":"A","model":"B"}}'


def _answer(status: str, interval: int) -> str:
    return f'ok {{"currentTime":"2026-01-01T10:00:01Z","interval":{interval},"status":"{status}"}}'


REQUEST_BEFORE_ACCEPTED = Rule(
    "boot.request-before-accepted",
    Severity.ERROR,
    "The charge point sends a request although its BootNotification is not accepted.",
    "OCPP 1.6 section 4.2; OCPP 2.0.1 and 2.1 Part 2 use cases B02 and B03",
    says="The charge point sends {action} although its BootNotification {state}.",
    remedy="The central system may refuse or ignore it. The charge point must wait for Accepted.",
    positive=(
        f"10:00:00 > {_BOOT}\n10:00:01 < {_answer('Rejected', 60)}\n* 10:00:02 > Heartbeat {{}}",
        f"10:00:00 > {_BOOT}\n* 10:00:01 > Heartbeat {{}}",
        f"2.0.1\n10:00:00 > {_BOOT_2}\n10:00:01 < {_answer('Pending', 60)}\n* 10:00:02 > Heartbeat {{}}",
    ),
    negative=(
        f"10:00:00 > {_BOOT}\n10:00:01 < {_answer('Accepted', 60)}\n10:00:02 > Heartbeat {{}}",
        "10:00:02 > Heartbeat {}",
        f"""
        10:00:00 > {_BOOT}
        10:00:01 < {_answer("Pending", 60)}
        10:00:02 < TriggerMessage {{"requestedMessage":"Heartbeat"}}
        10:00:02 > ok {{"status":"Accepted"}}
        10:00:03 > Heartbeat {{}}
        """,
    ),
)

RETRY_TOO_EARLY = Rule(
    "boot.retry-too-early",
    Severity.WARNING,
    "The charge point repeats its BootNotification before the interval is over.",
    "OCPP 1.6 sections 4.2.1 and 6.6; OCPP 2.0.1 and 2.1 Part 2 use cases B02 and B03",
    says="The BootNotification is repeated after {waited}, but the central system asked to wait {interval}.",
    remedy="The charge point must wait at least the interval in the answer.",
    positive=(f"10:00:00 > {_BOOT}\n10:00:01 < {_answer('Rejected', 300)}\n* 10:00:11 > {_BOOT}",),
    negative=(
        f"10:00:00 > {_BOOT}\n10:00:01 < {_answer('Rejected', 300)}\n10:05:01 > {_BOOT}",
        f"10:00:00 > {_BOOT}\n10:00:01 < {_answer('Pending', 0)}\n10:00:11 > {_BOOT}",
        f"""
        10:00:00 > {_BOOT}
        10:00:01 < {_answer("Pending", 300)}
        10:00:02 < TriggerMessage {{"requestedMessage":"BootNotification"}}
        10:00:02 > ok {{"status":"Accepted"}}
        10:00:03 > {_BOOT}
        """,
    ),
)

CALL_WHILE_REJECTED = Rule(
    "boot.call-while-rejected",
    Severity.ERROR,
    "The central system sends a request to a charge point that it has rejected.",
    "OCPP 1.6 section 4.2.1",
    versions=frozenset({Version.V16}),
    says="The central system sends {action} although it has rejected the BootNotification.",
    remedy="A rejected charge point does not respond. To work with it before it is accepted, answer Pending.",
    positive=(f"10:00:00 > {_BOOT}\n10:00:01 < {_answer('Rejected', 60)}\n* 10:00:02 < GetConfiguration {{}}",),
    negative=(f"10:00:00 > {_BOOT}\n10:00:01 < {_answer('Pending', 60)}\n10:00:02 < GetConfiguration {{}}",),
)


def _booted(time: str, serial: str = "") -> str:
    boot = _BOOT.replace("}", f',"chargePointSerialNumber":"{serial}"}}') if serial else _BOOT
    return f"{time} > {boot}\n{time} < {_answer('Accepted', 300)}\n"


BOOTS_AGAIN_AND_AGAIN = Rule(
    "boot.loop",
    Severity.WARNING,
    "The charge point boots again and again.",
    "OCPP 1.6 section 4.2; OCPP 2.0.1 and 2.1 Part 2 use case B01; Open OCPP Trace, fixture boot loop",
    says="This is the {count}rd boot within {waited}, although each was accepted.",
    remedy="It may crash, lose its power, or boot for each connection, which it should not.",
    positive=(_booted("10:00:00") + _booted("10:02:00") + "* " + _booted("10:04:00"),),
    negative=(
        _booted("10:00:00") + _booted("10:02:00") + _booted("10:30:00"),
        _booted("10:00:00")
        + _booted("10:02:00")
        + '10:03:00 < Reset {"type":"Hard"}\n10:03:00 > ok {"status":"Accepted"}\n'
        + _booted("10:04:00"),
    ),
)

OTHER_SERIAL = Rule(
    "boot.other-serial",
    Severity.WARNING,
    "The charge point reports another serial number than before.",
    "OCPP-J 1.6 section 3.1.1; OCPP 2.0.1 and 2.1 Part 4 section 3.1.1",
    says="The serial number is {serial}; at the boot before it was {before}.",
    remedy="Two charge points may use one identity, or the charge point was exchanged.",
    positive=(_booted("10:00:00", "S1") + "* " + _booted("10:30:00", "S2"),),
    negative=(
        _booted("10:00:00", "S1") + _booted("10:30:00", "S1"),
        _booted("10:00:00", "S1") + _booted("10:30:00"),
    ),
)

SHORT_INTERVAL = Rule(
    "boot.short-interval",
    Severity.INFO,
    "The central system asks for very frequent heartbeats.",
    "OCPP 1.6 sections 4.2 and 6.4; OCPP 2.0.1 and 2.1 Part 2 B01.FR.04",
    says="The central system asks for a heartbeat each {interval}.",
    remedy="This costs traffic on mobile networks. WebSocket pings keep a connection open for less.",
    positive=(f"10:00:00 > {_BOOT}\n* 10:00:01 < {_answer('Accepted', 5)}",),
    negative=(
        f"10:00:00 > {_BOOT}\n10:00:01 < {_answer('Accepted', 60)}",
        f"10:00:00 > {_BOOT}\n10:00:01 < {_answer('Accepted', 0)}",
        f"10:00:00 > {_BOOT}\n10:00:01 < {_answer('Rejected', 5)}",
    ),
)

RULES = (
    REQUEST_BEFORE_ACCEPTED,
    RETRY_TOO_EARLY,
    CALL_WHILE_REJECTED,
    BOOTS_AGAIN_AND_AGAIN,
    OTHER_SERIAL,
    SHORT_INTERVAL,
)

_MANY_BOOTS = 3


class BootChecker(Checker):
    """Follows a charge point from its BootNotification until that is accepted."""

    listens = False

    def begin(self) -> None:
        self.connection = 0  # that of the last BootNotification
        self.asked = False  # the central system has asked for messages since the BootNotification
        self.reported: set[Rule] = set()  # once for each BootNotification
        self.boots: list[Seen] = []  # the last accepted ones, without those that a reset explains
        self.serial: tuple[str, int] | None = None

    @on_call("BootNotification")
    def boot(self, call: Seen) -> None:
        known, waited = self.known, call.since(self.known.registered)
        if known.retry_interval and waited is not None and not self.asked:
            interval = known.retry_interval * SECOND
            if waited < interval - self.limits.boot_tolerance * SECOND:
                related = () if known.boot is None else (known.boot,)
                self.found(RETRY_TOO_EARLY, call, related, waited=TimeSpan(waited), interval=TimeSpan(interval))
        self.asked = False
        self.reported.clear()
        self.connection = call.connection
        self.listen(True)

    @on_exchange("BootNotification")
    def booted(self, call: Seen, answer: Seen) -> None:
        if answer.text("status") != "Accepted" or call.index != self.known.boot:
            return
        self.listen(False)
        self.count_boots(call)
        interval = answer.integer("interval")
        if interval is not None and 0 < interval < self.limits.short_interval:
            self.found(SHORT_INTERVAL, answer, (call,), interval=TimeSpan(interval * SECOND))

    def count_boots(self, call: Seen) -> None:
        """Note an accepted boot, and compare it with the ones before."""
        self.boots.append(call)
        waited = call.since(self.boots[0])
        if len(self.boots) == _MANY_BOOTS:
            if waited is not None and waited <= self.limits.unstable_period * SECOND:
                self.found(
                    BOOTS_AGAIN_AND_AGAIN, call, tuple(self.boots[:-1]), count=_MANY_BOOTS, waited=TimeSpan(waited)
                )
                self.boots.clear()
            else:
                del self.boots[0]
        serial = call.text("chargePointSerialNumber") or call.text("chargingStation", "serialNumber")
        if serial:
            before, self.serial = self.serial, (serial, call.index)
            if before is not None and before[0] != serial:
                self.found(OTHER_SERIAL, call, (before[1],), serial=serial, before=before[0])

    @on_exchange("Reset", "UpdateFirmware")
    def will_boot(self, call: Seen, answer: Seen) -> None:
        self.boots.clear()

    @on_exchange("TriggerMessage", "ExtendedTriggerMessage", "GetBaseReport", "GetReport")
    def triggered(self, call: Seen, answer: Seen) -> None:
        self.asked = True
        self.boots.clear()

    @on_record(RecordKind.CALL, RecordKind.SEND)
    def other(self, call: Seen) -> None:
        known = self.known
        if known.boot is None or call.action == "BootNotification":
            return
        rule = REQUEST_BEFORE_ACCEPTED if call.direction is Direction.TO_CSMS else CALL_WHILE_REJECTED
        if rule in self.reported:
            return
        match known.registration, call.direction:
            case "Pending" | "Rejected", Direction.TO_CSMS if not self.asked:
                self.found(rule, call, (known.boot,), action=call.action, state=f"was answered {known.registration}")
            case None, Direction.TO_CSMS if call.connection == self.connection and not self.asked:
                self.found(rule, call, (known.boot,), action=call.action, state="has no answer yet")
            case "Rejected", Direction.TO_CHARGE_POINT:
                self.found(rule, call, (known.boot,), action=call.action)
            case _:
                return
        self.reported.add(rule)
