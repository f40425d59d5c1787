"""What a charging station of OCPP 2.x has accepted and does not know any more: display messages, monitors, tariffs,
controls of energy resources."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ocpptui.diagnosis.checker import Checker, on_call, on_exchange, on_stray
from ocpptui.diagnosis.rule import Phrase, Rule
from ocpptui.diagnosis.seen import Seen
from ocpptui.diagnosis.status_traces import BOOT_2
from ocpptui.ocpp.payload import Payload, integer_at, text_at
from ocpptui.ocpp.version import SECOND_GENERATION, Direction
from ocpptui.runtime.bounded import put
from ocpptui.timeline.severity import Severity

MOST_KEPT = 500
"""Things of one charging station that are remembered."""


def _display(number: int, status: str = "Accepted", more: str = "") -> str:
    return (
        f'10:00:10 < SetDisplayMessage {{"message":{{"id":{number},"priority":"NormalCycle",'
        f'"message":{{"format":"UTF8","content":"Hello"}}{more}}}}}\n10:00:10 > ok {{"status":"{status}"}}\n'
    )


def _asked(action: str, payload: str, answer: str, star: str = "", at: str = "10:05:00") -> str:
    return f"{at} < {action} {{{payload}}}\n{star}{at} > ok {{{answer}}}\n"


def _listed(*numbers: int, goes_on: bool = False) -> str:
    shown = ",".join(
        f'{{"id":{number},"priority":"NormalCycle","message":{{"format":"UTF8","content":"Hello"}}}}'
        for number in numbers
    )
    more = str(goes_on).lower()
    return f'10:05:01 > NotifyDisplayMessages {{"requestId":4,"tbc":{more},"messageInfo":[{shown}]}}\n10:05:01 < ok\n'


_ALL = _asked("GetDisplayMessages", '"requestId":4', '"status":"Accepted"')
_POWER = '"component":{"name":"EVSE"},"variable":{"name":"Power"}'
_MONITOR = _asked(
    "SetVariableMonitoring",
    f'"setMonitoringData":[{{"value":5,"type":"UpperThreshold","severity":5,{_POWER}}}]',
    f'"setMonitoringResult":[{{"id":11,"status":"Accepted","type":"UpperThreshold","severity":5,{_POWER}}}]',
    at="10:00:10",
)
_TARIFF = _asked(
    "SetDefaultTariff",
    '"evseId":0,"tariff":{"tariffId":"T1","currency":"EUR"}',
    '"status":"Accepted"',
    at="10:00:10",
)
_CONTROL = '"isDefault":false,"controlId":"d1"'
_DER = _asked(
    "SetDERControl",
    f'{_CONTROL},"controlType":"FixedPFInject","fixedPFInject":{{"priority":1,"displacement":0.9,"excitation":true}}',
    '"status":"Accepted"',
    at="10:00:10",
)


_ONE = _asked("GetDisplayMessages", '"requestId":4,"id":[2]', '"status":"Accepted"')
_NONE_SHOWN = _asked("GetDisplayMessages", '"requestId":4', '"status":"Unknown"', "* ")
_NO_SUCH_CONTROL = _asked("GetDERControl", '"requestId":3,"controlId":"d1"', '"status":"NotFound"', "* ")
_BASE = _asked("SetMonitoringBase", '"monitoringBase":"FactoryDefault"', '"status":"Accepted"')
_FOR_A_MINUTE = _DER.replace('"priority":1', '"priority":1,"duration":60')
_NO_SUCH_DEFAULT = _asked("GetDERControl", '"requestId":3,"isDefault":true,"controlId":"d1"', '"status":"NotFound"')
_OTHER_BEGINS = (
    '10:01:00 > NotifyDERStartStop {"controlId":"d2","started":true,"timestamp":"2026-01-01T10:01:00Z",'
    '"supersededIds":["d1"]}\n10:01:00 < ok\n'
)
_AT_1, _AT_2 = _TARIFF.replace('"evseId":0', '"evseId":1'), '"tariffIds":["T1"],"evseId":2'
_T1_MISSING = '"clearTariffsResult":[{"tariffId":"T1","status":"NoTariff"}]'
_IN_ITS_PLACE = _DER.replace("d1", "d2").replace('"Accepted"', '"Accepted","supersededIds":["d1"]')


def _tariffs(status: str, star: str = "") -> str:
    return _asked("GetTariffs", '"evseId":0', f'"status":"{status}"', star)


def _no_monitor(status: str, star: str = "") -> str:
    result = f'"clearMonitoringResult":[{{"id":11,"status":"{status}"}}]'
    return _asked("ClearVariableMonitoring", '"id":[11]', result, star)


def _no_message(status: str, star: str = "") -> str:
    return _asked("ClearDisplayMessage", '"id":1', f'"status":"{status}"', star)


def _no_control(status: str, star: str = "") -> str:
    return _asked("ClearDERControl", _CONTROL, f'"status":"{status}"', star)


def _no_tariff(status: str, star: str = "") -> str:
    result = f'"clearTariffsResult":[{{"tariffId":"T1","status":"{status}"}}]'
    return _asked("ClearTariffs", '"tariffIds":["T1"]', result, star)


_AGAIN = BOOT_2.replace("2.0.1", "").replace("10:00:0", "10:01:0").replace("10:01:00 opened", "")

FORGOTTEN = Rule(
    "cmd.forgotten",
    Severity.WARNING,
    "The charging station does not know what it has accepted.",
    "OCPP 2.0.1 and 2.1 Part 2 use cases O01, O03 to O05, N04 and N06; OCPP 2.1 Part 2, SetDefaultTariffRequest, "
    "ClearTariffsRequest, GetTariffsRequest, SetDERControlRequest, ClearDERControlRequest and GetDERControlRequest",
    versions=SECOND_GENERATION,
    says="{what} {id} was accepted and not cleared since, but {action} {how}.",
    remedy="It was lost, or never stored. Send it again, and look whether it survives a restart.",
    positive=(
        f"2.0.1\n{_display(1)}{_no_message('Unknown', '* ')}{_no_message('Unknown')}",
        f"{BOOT_2}{_display(1)}{_AGAIN}{_no_message('Unknown', '* ')}",  # messages survive a restart
        f"2.0.1\n{_display(1)}{_NONE_SHOWN}",
        f"2.0.1\n{_display(1)}{_display(2)}{_ALL}{_listed(7, goes_on=True)}* {_listed(2)}",
        f"2.0.1\n{_MONITOR}{_no_monitor('NotFound', '* ')}",
        f"2.1\n{_TARIFF}{_no_tariff('NoTariff', '* ')}",
        f"2.1\n{_TARIFF}{_tariffs('NoTariff', '* ')}",
        f"2.1\n{_DER}{_no_control('NotFound', '* ')}",
        f"2.1\n{_DER}{_NO_SUCH_CONTROL}",
    ),
    negative=(
        f"2.0.1\n{_display(1)}{_no_message('Accepted')}{_no_message('Unknown')}",
        f"2.0.1\n{_display(1, 'Rejected')}{_no_message('Unknown')}",
        f"2.0.1\n{_display(2)}{_no_message('Unknown')}",
        _display(1, more=',"endDateTime":"2026-01-01T10:02:00Z"').join(("2.0.1\n", _no_message("Unknown"))),
        _display(1, more=',"transactionId":"t1"').join(("2.0.1\n", _no_message("Unknown"))),
        _display(1).replace("NormalCycle", "AlwaysFront").join(("2.0.1\n", _no_message("Unknown"))),
        f"2.0.1\n{_display(1)}{_ALL}{_listed(1, 7)}",
        f"2.0.1\n{_display(1)}{_ALL}{_listed(7, goes_on=True)}{_listed(1)}",
        f"2.0.1\n{_display(1)}{_ONE}{_listed(2)}",
        f'2.0.1\n{_display(1)}10:00:20 > [3,"x",{{"status":"Accepted"}}]\n{_no_message("Unknown")}',
        f"2.0.1\n{_MONITOR}{_no_monitor('Accepted')}{_no_monitor('NotFound')}",
        f"{BOOT_2}{_MONITOR}{_AGAIN}{_no_monitor('NotFound')}",
        f"2.0.1\n{_MONITOR}{_BASE}{_no_monitor('NotFound')}",
        f"2.1\n{_TARIFF}{_no_tariff('Accepted')}{_no_tariff('NoTariff')}",
        f"2.1\n{_TARIFF}{_TARIFF.replace('T1', 'T2')}{_no_tariff('NoTariff')}",
        f"2.1\n{_TARIFF}{_tariffs('Accepted')}",
        f"2.1\n{_DER}{_no_control('Accepted')}{_no_control('NotFound')}",
        f"2.1\n{_FOR_A_MINUTE}{_no_control('NotFound')}",
        f"2.1\n{_DER}{_IN_ITS_PLACE}{_no_control('NotFound')}",
        f"2.1\n{_DER}{_OTHER_BEGINS}{_no_control('NotFound')}",
        f"2.1\n{_DER}{_no_control('NotFound').replace('false', 'true')}",  # it is not a default control
        f"2.1\n{_DER}{_NO_SUCH_DEFAULT}",
        f"2.1\n{_AT_1}{_asked('ClearTariffs', _AT_2, _T1_MISSING)}",
    ),
)

RULES = (FORGOTTEN,)

_MESSAGE, _MONITORED, _DEFAULT_TARIFF, _DER_CONTROL = (
    "Display message",
    "Monitor",
    "Default tariff",
    "DER control",
)
_FILTERS = ("id", "priority", "state")
_ENDS_BY_ITSELF = ("endDateTime", "transactionId")


class _Kept(NamedTuple):
    """What was accepted."""

    call: int
    answer: int
    place: int | None = None
    """The EVSE of a tariff; 0 for all."""
    is_default: bool | None = None
    """Whether a DER control is a default one."""


class _Listing(NamedTuple):
    """A list of all display messages that was asked for."""

    request: int | None
    call: int
    numbers: set[str]


class ForgottenChecker(Checker):
    """Remembers what was accepted, until it is cleared, replaced, or may have ended by itself."""

    def begin(self) -> None:
        self.kept: dict[tuple[str, str], _Kept] = {}  # by what it is, and its id
        self.listing: _Listing | None = None

    def keep(
        self,
        what: str,
        name: object,
        call: Seen,
        answer: Seen,
        *,
        place: int | None = None,
        is_default: bool | None = None,
    ) -> None:
        put(self.kept, (what, str(name)), _Kept(call.index, answer.index, place, is_default), MOST_KEPT)

    def drop(self, what: str, *names: object) -> None:
        for name in names:
            self.kept.pop((what, str(name)), None)

    def drop_all(self, *whats: str) -> None:
        self.kept = {key: one for key, one in self.kept.items() if key[0] not in whats}

    def names(self, what: str) -> list[str]:
        return [name for kind, name in self.kept if kind == what]

    def missed(self, what: str, name: object, record: Seen, call: Seen, how: str) -> None:
        """Report what was kept, if it was, and forget it."""
        one = self.kept.get((what, str(name)))
        if one is not None and one.answer < call.index:
            self.drop(what, name)
            values = {"what": Phrase(what), "id": str(name), "action": Phrase(record.action), "how": Phrase(how)}
            self.found(FORGOTTEN, record, (one.call,), **values)

    @on_stray
    def stray(self, answer: Seen) -> None:
        if answer.direction is Direction.TO_CHARGE_POINT:
            return
        self.kept.clear()  # the call that the recording lacks may have cleared anything
        self.listing = None

    @on_call("BootNotification")
    def booting(self, call: Seen) -> None:
        self.drop_all(_MONITORED, _DEFAULT_TARIFF, _DER_CONTROL)  # messages are kept (O01.FR.10)
        self.listing = None

    # -- display messages ---------------------------------------------------------------------------------------

    @on_exchange("SetDisplayMessage")
    def message_set(self, call: Seen, answer: Seen) -> None:
        message, number = call.object("message"), call.integer("message", "id")
        if number is None or answer.text("status") != "Accepted":
            return
        self.drop(_MESSAGE, number)
        if text_at(message, "priority") != "AlwaysFront" and not any(message.get(key) for key in _ENDS_BY_ITSELF):
            self.keep(_MESSAGE, number, call, answer)

    @on_exchange("ClearDisplayMessage")
    def message_cleared(self, call: Seen, answer: Seen) -> None:
        number, status = call.integer("id"), answer.text("status")
        if status == "Unknown":
            self.missed(_MESSAGE, number, answer, call, "says Unknown")
        elif status == "Accepted":
            self.drop(_MESSAGE, number)

    @on_exchange("GetDisplayMessages")
    def messages_asked(self, call: Seen, answer: Seen) -> None:
        is_for_all, status = not any(call.value(key) for key in _FILTERS), answer.text("status")
        self.listing = None
        if is_for_all and status == "Unknown":
            for number in self.names(_MESSAGE)[:1]:
                self.missed(_MESSAGE, number, answer, call, "says Unknown")
        elif is_for_all and status == "Accepted" and self.kept:
            self.listing = _Listing(call.integer("requestId"), call.index, set())

    @on_call("NotifyDisplayMessages")
    def messages_listed(self, call: Seen) -> None:
        listing = self.listing
        if listing is None or call.integer("requestId") != listing.request:
            return
        listing.numbers.update(str(integer_at(one, "id")) for one in call.objects("messageInfo"))
        if call.value("tbc") is True:
            return
        self.listing, asked = None, call.another(listing.call)
        for number in self.names(_MESSAGE):
            if number not in listing.numbers:
                self.missed(_MESSAGE, number, call, asked, "does not list it")

    # -- monitors -----------------------------------------------------------------------------------------------

    @on_exchange("SetVariableMonitoring")
    def monitors_set(self, call: Seen, answer: Seen) -> None:
        for number in _with_status(answer.objects("setMonitoringResult"), "Accepted"):
            self.keep(_MONITORED, number, call, answer)

    @on_exchange("ClearVariableMonitoring")
    def monitors_cleared(self, call: Seen, answer: Seen) -> None:
        results = answer.objects("clearMonitoringResult")
        self.drop(_MONITORED, *_with_status(results, "Accepted"))
        for number in _with_status(results, "NotFound"):
            self.missed(_MONITORED, number, answer, call, "does not find it")

    @on_exchange("SetMonitoringBase")
    def base_set(self, call: Seen, answer: Seen) -> None:
        self.drop_all(_MONITORED)

    # -- tariffs and controls -----------------------------------------------------------------------------------

    @on_exchange("SetDefaultTariff")
    def tariff_set(self, call: Seen, answer: Seen) -> None:
        name, place = call.text("tariff", "tariffId"), call.integer("evseId")
        if name is not None and answer.text("status") == "Accepted":
            replaced = [key for key, one in self.kept.items() if key[0] == _DEFAULT_TARIFF and place in (0, one.place)]
            for what, other in replaced:
                self.drop(what, other)
            self.keep(_DEFAULT_TARIFF, name, call, answer, place=place)

    @on_exchange("GetTariffs")
    def tariffs_asked(self, call: Seen, answer: Seen) -> None:
        if answer.text("status") == "NoTariff" and call.integer("evseId") == 0:
            for name in self.names(_DEFAULT_TARIFF)[:1]:
                self.missed(_DEFAULT_TARIFF, name, answer, call, "says NoTariff")

    @on_exchange("ClearTariffs")
    def tariffs_cleared(self, call: Seen, answer: Seen) -> None:
        results = answer.objects("clearTariffsResult")
        if call.value("tariffIds"):
            asked = call.integer("evseId")
            for result in results:
                if text_at(result, "status") == "NoTariff":
                    one = self.kept.get((_DEFAULT_TARIFF, text_at(result, "tariffId") or ""))
                    if one is not None and asked in (None, 0, one.place):
                        self.missed(_DEFAULT_TARIFF, text_at(result, "tariffId"), answer, call, "says NoTariff")
                else:
                    self.drop(_DEFAULT_TARIFF, text_at(result, "tariffId"))
        else:
            self.drop_all(_DEFAULT_TARIFF)

    @on_exchange("SetDERControl")
    def control_set(self, call: Seen, answer: Seen) -> None:
        name = call.text("controlId")
        self.drop(_DER_CONTROL, *answer.texts("supersededIds"))
        ends = any(isinstance(one, dict) and "duration" in one for one in call.payload.values())
        if name is not None and not ends and answer.text("status") == "Accepted":
            self.keep(_DER_CONTROL, name, call, answer, is_default=call.value("isDefault") is True)

    @on_call("NotifyDERStartStop")
    def control_begins(self, call: Seen) -> None:
        self.drop(_DER_CONTROL, *call.texts("supersededIds"))

    @on_exchange("ClearDERControl", "GetDERControl")
    def control_missed(self, call: Seen, answer: Seen) -> None:
        name, status, is_default = call.text("controlId"), answer.text("status"), call.value("isDefault")
        if name is not None and status == "NotFound":
            one = self.kept.get((_DER_CONTROL, name))
            if one is not None and is_default in (None, one.is_default) and call.value("controlType") is None:
                self.missed(_DER_CONTROL, name, answer, call, "does not find it")
        elif call.action == "ClearDERControl" and status == "Accepted":
            self.drop(_DER_CONTROL, name) if name is not None else self.drop_all(_DER_CONTROL)


def _with_status(results: Iterable[Payload], status: str) -> list[int]:
    """The ids of the results with a status."""
    numbers = (integer_at(one, "id") for one in results if text_at(one, "status") == status)
    return [number for number in numbers if number is not None]
