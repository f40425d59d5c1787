"""The device model of OCPP 2.x: variables and monitors that are read, set and refused."""

from __future__ import annotations

from typing import NamedTuple

from ocpptui.diagnosis.checker import Checker, on_call, on_exchange
from ocpptui.diagnosis.rule import Phrase, Rule
from ocpptui.diagnosis.rules.configuration_keys import UNKNOWN
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.counted import counted
from ocpptui.ocpp.payload import Payload, integer_at, text_at
from ocpptui.ocpp.version import SECOND_GENERATION
from ocpptui.timeline.severity import Severity


class _Fields(NamedTuple):
    """Where the elements of a request and of its answer are."""

    asked: str
    answered: str
    status: str
    limit: str
    """The variable that limits the elements of the request."""


_CLEARED = _Fields("id", "clearMonitoringResult", "status", "")
_FIELDS = {
    "GetVariables": _Fields(
        "getVariableData",
        "getVariableResult",
        "attributeStatus",
        "DeviceDataCtrlr.ItemsPerMessage[GetVariables]",
    ),
    "SetVariables": _Fields(
        "setVariableData",
        "setVariableResult",
        "attributeStatus",
        "DeviceDataCtrlr.ItemsPerMessage[SetVariables]",
    ),
    "SetVariableMonitoring": _Fields(
        "setMonitoringData",
        "setMonitoringResult",
        "status",
        "MonitoringCtrlr.ItemsPerMessage[SetVariableMonitoring]",
    ),
}


def _get(*names: str, at: str = "10:00:00") -> str:
    asked = ",".join(f'{{"component":{{"name":"A"}},"variable":{{"name":"{name}"}}}}' for name in names)
    return f'{at} < GetVariables {{"getVariableData":[{asked}]}}\n'


def _got(*names: str, status: str = "Accepted", value: str = ',"attributeValue":"1"') -> str:
    results = ",".join(
        f'{{"attributeStatus":"{status}"{value},"component":{{"name":"A"}},"variable":{{"name":"{name}"}}}}'
        for name in names
    )
    return f'10:00:01 > ok {{"getVariableResult":[{results}]}}\n'


def _set(*names: str) -> str:
    data = ",".join(
        f'{{"attributeValue":"1","component":{{"name":"A"}},"variable":{{"name":"{name}"}}}}' for name in names
    )
    return f'10:00:00 < SetVariables {{"setVariableData":[{data}]}}\n'


def _monitor(*severities: int) -> str:
    data = ",".join(
        f'{{"value":1,"type":"Delta","severity":{severity},"component":{{"name":"A"}},"variable":{{"name":"V"}}}}'
        for severity in severities
    )
    return f'10:00:00 < SetVariableMonitoring {{"setMonitoringData":[{data}]}}\n'


def _monitored(*severities: int) -> str:
    results = ",".join(
        f'{{"id":{severity},"status":"Accepted","type":"Delta","severity":{severity},"component":{{"name":"A"}},'
        '"variable":{"name":"V"}}'
        for severity in severities
    )
    return f'10:00:01 > ok {{"setMonitoringResult":[{results}]}}\n'


_EMPTY = ',"attributeValue":""'
_LIMIT = """
2.0.1
09:00:00 < GetVariables {"getVariableData":[{"component":{"name":"DeviceDataCtrlr"},
    "variable":{"name":"ItemsPerMessage","instance":"GetVariables"}}]}
09:00:01 > ok {"getVariableResult":[{"attributeStatus":"Accepted","attributeValue":"2",
    "component":{"name":"DeviceDataCtrlr"},"variable":{"name":"ItemsPerMessage","instance":"GetVariables"}}]}
"""

RESULTS_MISSING = Rule(
    "cmd.variables-count",
    Severity.ERROR,
    "The results in the answer are not those of the variables in the request.",
    "OCPP 2.0.1 and 2.1 Part 2 B05.FR.01 to B05.FR.03, B05.FR.12, B06.FR.01 to B06.FR.03 and B06.FR.11",
    versions=SECOND_GENERATION,
    says="The request has {asked}, but the answer has {answered}.",
    remedy="There must be one result for each variable. The CSMS does not know what became of the others.",
    positive=(
        f"2.0.1\n{_get('V', 'W')}* {_got('V')}",
        f"2.0.1\n{_get('V')}* {_got('V', 'W')}",
        f"2.0.1\n{_get('U', 'V', 'W')}* {_got('U', 'V')}",
        f"2.0.1\n{_get('V', 'W')}* {_got('V', 'X')}",
        "2.0.1\n" + _get("V").replace('{"component"', '{"attributeType":"Target","component"') + f"* {_got('V')}",
    ),
    negative=(
        f"2.0.1\n{_get('V', 'W')}{_got('W', 'V')}",
        f"2.0.1\n{_get('V')}{_got('v')}",
        "2.0.1\n" + _get("V").replace('{"component"', '{"attributeType":"Actual","component"') + _got("V"),
        "2.0.1\n"
        + _get("V").replace('{"component"', '{"attributeType":"Target","component"')
        + _got("V").replace('"component"', '"attributeType":"Target","component"'),
        f"2.0.1\n{_get('V')}",
    ),
)

MONITORS_MISSING = Rule(
    "cmd.monitor-count",
    Severity.ERROR,
    "The answer has more or fewer results than the request has monitors.",
    "OCPP 2.0.1 and 2.1 Part 2 N04.FR.01 and N06.FR.05",
    versions=SECOND_GENERATION,
    says="The request has {asked}, but the answer has {answered}.",
    remedy="There must be one result for each monitor. The CSMS does not know what became of the others.",
    positive=(
        f"2.0.1\n{_monitor(1, 2)}* {_monitored(1)}",
        (
            '2.0.1\n10:00:00 < ClearVariableMonitoring {"id":[1,2]}\n'
            '* 10:00:01 > ok {"clearMonitoringResult":[{"id":1,"status":"Accepted"}]}'
        ),
    ),
    negative=(
        f"2.0.1\n{_monitor(1, 2)}{_monitored(1, 2)}",
        (
            '2.0.1\n10:00:00 < ClearVariableMonitoring {"id":[1,2]}\n10:00:01 > ok {"clearMonitoringResult":'
            '[{"id":1,"status":"Accepted"},{"id":2,"status":"NotFound"}]}'
        ),
        f"2.0.1\n{_monitor(1, 2)}",
    ),
)

SET_TWICE = Rule(
    "cmd.variables-duplicate",
    Severity.WARNING,
    "A SetVariables sets a variable twice.",
    "OCPP 2.0.1 and 2.1 Part 2 B05.FR.13",
    versions=SECOND_GENERATION,
    says="{variable} is in this SetVariables twice.",
    remedy="Nobody can tell which of the two values counts.",
    positive=(f"2.0.1\n* {_set('V', 'V')}", f"2.0.1\n* {_set('V', 'W', 'v')}"),
    negative=(
        f"2.0.1\n{_set('V', 'W')}",
        f"2.0.1\n{_set('V')}{_set('V')}",
        "2.0.1\n" + _set("V", "V").replace('{"attributeValue"', '{"attributeType":"Target","attributeValue"', 1),
        f"2.0.1\n{_get('V', 'V')}",
    ),
)

TOO_MANY = Rule(
    "cmd.variables-too-many",
    Severity.WARNING,
    "The request has more elements than the charging station takes.",
    "OCPP 2.0.1 and 2.1 Part 2 B05.FR.11, use cases B06 and N04",
    versions=SECOND_GENERATION,
    says="The request has {asked}, but the charging station takes {limit} at most.",
    remedy="The charging station may refuse all of them. Send them in several requests.",
    positive=(f"{_LIMIT}* {_get('V', 'W', 'X')}",),
    negative=(f"{_LIMIT}{_get('V', 'W')}", f"2.0.1\n{_get('V', 'W', 'X')}"),
)

WRONG_VALUE = Rule(
    "cmd.variables-value",
    Severity.WARNING,
    "A variable has no value although it is Accepted, or has one although it is not.",
    "OCPP 2.0.1 and 2.1 Part 2 B06.FR.04, B06.FR.06 to B06.FR.08, B06.FR.10 and B06.FR.13",
    versions=SECOND_GENERATION,
    says="{variable} is {status}, but has {what}.",
    positive=(
        f"2.0.1\n{_get('V')}* {_got('V', value='')}",
        f"2.0.1\n{_get('V')}* {_got('V', status='UnknownVariable')}",
    ),
    negative=(
        f"2.0.1\n{_get('V')}{_got('V')}",
        f"2.0.1\n{_get('V')}{_got('V', value=_EMPTY)}",
        f"2.0.1\n{_get('V')}{_got('V', status='Rejected', value='')}",
        f"2.0.1\n{_get('V')}{_got('V', status='UnknownVariable', value=_EMPTY)}",
    ),
)

RULES = (RESULTS_MISSING, MONITORS_MISSING, SET_TWICE, TOO_MANY, WRONG_VALUE)

_TAKEN = ("Accepted", "RebootRequired")


class DeviceModelChecker(Checker):
    """Compares requests for variables and monitors with their answers."""

    @on_call(*_FIELDS)
    def asked(self, call: Seen) -> None:
        fields = _FIELDS[call.action]
        count, limit = len(call.objects(fields.asked)), self.known.whole_setting(fields.limit)
        if limit and count > limit:
            self.found(TOO_MANY, call, asked=_elements(count), limit=limit)

    @on_call("SetVariables")
    def set(self, call: Seen) -> None:
        seen: set[tuple[str, ...]] = set()
        for one in call.objects("setVariableData"):
            key = _key(one)
            if key in seen:
                self.found(SET_TWICE, call, variable=_variable(one))
                return
            seen.add(key)

    @on_exchange(*_FIELDS, "ClearVariableMonitoring")
    def answered(self, call: Seen, answer: Seen) -> None:
        fields = _FIELDS.get(call.action, _CLEARED)
        asked, results = call.objects(fields.asked), answer.objects(fields.answered)
        ids = call.value("id")
        count = len(ids) if fields is _CLEARED and isinstance(ids, list) else len(asked)
        is_of_variables = call.action in ("GetVariables", "SetVariables")
        if count != len(results) and count:
            rule = RESULTS_MISSING if is_of_variables else MONITORS_MISSING
            self.found(rule, answer, (call,), asked=_elements(count), answered=_results(len(results)))
        elif is_of_variables and (missing := _missing(asked, results)) is not None:
            values = {"asked": missing, "answered": Phrase("none for it")}
            self.found(RESULTS_MISSING, answer, (call,), **values)
        refused = [one for one in results if (text_at(one, fields.status) or "Accepted") not in _TAKEN]
        if refused and fields is not _CLEARED:
            more = Phrase(f" and {len(refused) - 1} more" if len(refused) > 1 else "")
            status = text_at(refused[0], fields.status)
            self.found(UNKNOWN, answer, (call,), name=_variable(refused[0]), more=more, status=status)
        if call.action == "GetVariables":
            self.look_at_values(call, answer, results)

    def look_at_values(self, call: Seen, answer: Seen, results: list[Payload]) -> None:
        for one in results:
            status = text_at(one, "attributeStatus")
            if status == "Accepted" and "attributeValue" not in one:
                what = Phrase("no value")
            elif status not in ("Accepted", None) and one.get("attributeValue"):
                what = Phrase("a value")
            else:
                continue
            self.found(WRONG_VALUE, answer, (call,), variable=_variable(one), status=status, what=what)
            return


def _key(one: object) -> tuple[str, ...]:
    """What an element or a result is about; names compare in any case."""
    paths = (("component", "name"), ("component", "instance"), ("variable", "name"), ("variable", "instance"))
    place = (integer_at(one, "component", "evse", name) for name in ("id", "connectorId"))
    names = (text_at(one, *path) or "" for path in paths)
    return (*map(str.casefold, names), text_at(one, "attributeType") or "Actual", *map(str, place))


def _missing(asked: list[Payload], results: list[Payload]) -> str | None:
    """A variable that has no result."""
    answered = {_key(one)[:5] for one in results}
    one = next((one for one in asked if _key(one)[:5] not in answered), None)
    if one is None:
        return None
    kind = text_at(one, "attributeType") or "Actual"
    return _variable(one) if kind == "Actual" else f"{_variable(one)} ({kind})"


def _elements(count: int) -> Phrase:
    return Phrase(counted(count, "element"))


def _results(count: int) -> Phrase:
    return Phrase(counted(count, "result"))


def _variable(result: object) -> str:
    component, variable = text_at(result, "component", "name"), text_at(result, "variable", "name")
    return f"{component or 'A component'}.{variable or 'variable'}"[:120]
