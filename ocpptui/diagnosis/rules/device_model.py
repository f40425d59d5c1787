"""The device model of OCPP 2.x: variables and monitors that are read, set and refused."""

from __future__ import annotations

from typing import NamedTuple

from ocpptui.diagnosis.checker import Checker, on_call, on_exchange
from ocpptui.diagnosis.rule import Rule
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.payload import text_at
from ocpptui.ocpp.version import Version
from ocpptui.timeline.severity import Severity

_2X = frozenset(version for version in Version if version.generation == 2)


class _Fields(NamedTuple):
    """Where the elements of a request and of its answer are."""

    asked: str
    answered: str
    status: str
    limit: str
    """The variable that limits the elements of the request."""


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


_EMPTY = ',"attributeValue":""'
_LIMIT = """
2.0.1
09:00:00 < GetVariables {"getVariableData":[{"component":{"name":"DeviceDataCtrlr"},
    "variable":{"name":"ItemsPerMessage","instance":"GetVariables"}}]}
09:00:01 > ok {"getVariableResult":[{"attributeStatus":"Accepted","attributeValue":"2",
    "component":{"name":"DeviceDataCtrlr"},"variable":{"name":"ItemsPerMessage","instance":"GetVariables"}}]}
"""

REFUSED = Rule(
    "variables.refused",
    Severity.INFO,
    "The charging station refuses some of the variables or monitors.",
    "OCPP 2.0.1 and 2.1 Part 2 use cases B05, B06 and N04",
    versions=_2X,
    says="{variable}: {status}{more}.",
    positive=(
        f"2.0.1\n{_get('V')}* {_got('V', status='UnknownVariable', value='')}",
        (
            '2.0.1\n10:00:00 < SetVariables {"setVariableData":[{"component":{"name":"A"},"variable":{"name":"V"},'
            '"attributeValue":"1"}]}\n* 10:00:01 > ok {"setVariableResult":[{"attributeStatus":"Rejected",'
            '"component":{"name":"A"},"variable":{"name":"V"}}]}'
        ),
    ),
    negative=(f"2.0.1\n{_get('V')}{_got('V')}",),
)

RESULTS_MISSING = Rule(
    "variables.results-missing",
    Severity.ERROR,
    "The answer has more or fewer results than the request has elements.",
    "OCPP 2.0.1 and 2.1 Part 2 B05.FR.01, B06.FR.01 and N04.FR.01",
    versions=_2X,
    says="The request has {asked}, but the answer has {answered}.",
    remedy="There must be one result for each element. The CSMS does not know what became of the others.",
    positive=(f"2.0.1\n{_get('V', 'W')}* {_got('V')}", f"2.0.1\n{_get('V')}* {_got('V', 'W')}"),
    negative=(f"2.0.1\n{_get('V', 'W')}{_got('W', 'V')}",),
)

TOO_MANY = Rule(
    "variables.too-many",
    Severity.WARNING,
    "The request has more elements than the charging station takes.",
    "OCPP 2.0.1 and 2.1 Part 2 B05.FR.11, use cases B06 and N04",
    versions=_2X,
    says="The request has {asked}, but the charging station takes {limit} at most.",
    remedy="The charging station may refuse all of them. Send them in several requests.",
    positive=(f"{_LIMIT}* {_get('V', 'W', 'X')}",),
    negative=(f"{_LIMIT}{_get('V', 'W')}", f"2.0.1\n{_get('V', 'W', 'X')}"),
)

VALUE_MISSING = Rule(
    "variables.value-missing",
    Severity.WARNING,
    "The charging station accepts to show a variable, but does not.",
    "OCPP 2.0.1 and 2.1 Part 2, GetVariableResultType, field attributeValue",
    versions=_2X,
    says="{variable} was Accepted, but has no value.",
    positive=(f"2.0.1\n{_get('V')}* {_got('V', value='')}",),
    negative=(
        f"2.0.1\n{_get('V')}{_got('V')}",
        f"2.0.1\n{_get('V')}{_got('V', value=_EMPTY)}",
        f"2.0.1\n{_get('V')}{_got('V', status='Rejected', value='')}",
    ),
)

RULES = (REFUSED, RESULTS_MISSING, TOO_MANY, VALUE_MISSING)

_TAKEN = ("Accepted", "RebootRequired")


class DeviceModelChecker(Checker):
    """Compares requests for variables and monitors with their answers."""

    @on_call(*_FIELDS)
    def asked(self, call: Seen) -> None:
        fields = _FIELDS[call.action]
        count, limit = len(call.objects(fields.asked)), self.known.whole_setting(fields.limit)
        if limit and count > limit:
            self.found(TOO_MANY, call, asked=_elements(count), limit=limit)

    @on_exchange(*_FIELDS)
    def answered(self, call: Seen, answer: Seen) -> None:
        fields = _FIELDS[call.action]
        asked, results = call.objects(fields.asked), answer.objects(fields.answered)
        if len(asked) != len(results) and asked:
            self.found(RESULTS_MISSING, answer, (call,), asked=_elements(len(asked)), answered=_results(len(results)))
        refused = [one for one in results if (text_at(one, fields.status) or "Accepted") not in _TAKEN]
        if refused:
            more = f", and {len(refused) - 1} more" if len(refused) > 1 else ""
            status = text_at(refused[0], fields.status)
            self.found(REFUSED, answer, (call,), variable=_variable(refused[0]), status=status, more=more)
        if call.action != "GetVariables":
            return
        for one in results:
            if text_at(one, fields.status) == "Accepted" and "attributeValue" not in one:
                self.found(VALUE_MISSING, answer, (call,), variable=_variable(one))
                return


def _elements(count: int) -> str:
    return f"{count} element{'' if count == 1 else 's'}"


def _results(count: int) -> str:
    return f"{count} result{'' if count == 1 else 's'}"


def _variable(result: object) -> str:
    component, variable = text_at(result, "component", "name"), text_at(result, "variable", "name")
    return f"{component or 'A component'}.{variable or 'variable'}"[:120]
