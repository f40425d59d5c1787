"""Settings that were changed: whether the charge point keeps the new value, and acts by it."""

from __future__ import annotations

from typing import NamedTuple

from ocpptui.diagnosis.checker import Checker, on_call, on_exchange, on_stray, once_woken
from ocpptui.diagnosis.meter_run import INTERVALS
from ocpptui.diagnosis.rule import Phrase, Rule, StatedTime, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.date_times import SECOND, time_of
from ocpptui.ocpp.payload import objects_at, text_at
from ocpptui.ocpp.secret_names import is_secret_setting
from ocpptui.ocpp.version import Direction
from ocpptui.runtime.bounded import put
from ocpptui.stations.setting_messages import settings_in
from ocpptui.timeline.severity import Severity

MOST_KEYS = 500
"""Settings of one charge point whose change is remembered."""
MOST_SAMPLED = 50
"""Transactions of one charge point whose meter values are timed."""
SPACES = 4
"""So many spaces between meter values in a row, all of them too short, show that an interval is not followed."""


def _change(key: str, value: str, status: str = "Accepted") -> str:
    return (
        f'10:00:00 < ChangeConfiguration {{"key":"{key}","value":"{value}"}}\n10:00:01 > ok {{"status":"{status}"}}\n'
    )


def _ask(*keys: str) -> str:
    names = ",".join(f'"{key}"' for key in keys)
    return f'10:10:00 < GetConfiguration {{"key":[{names}]}}\n'


def _show(key: str, value: str) -> str:
    return f'10:10:01 > ok {{"configurationKey":[{{"key":"{key}","readonly":false,"value":"{value}"}}]}}\n'


_NAMED = '"component":{"name":"A"},"variable":{"name":"V"}'
_SET_2 = (
    f'2.0.1\n10:00:00 < SetVariables {{"setVariableData":[{{"attributeValue":"5",{_NAMED}}}]}}\n'
    f'10:00:01 > ok {{"setVariableResult":[{{"attributeStatus":"Accepted",{_NAMED}}}]}}\n'
    f'10:10:00 < GetVariables {{"getVariableData":[{{{_NAMED}}}]}}\n'
)


def _got_2(value: str) -> str:
    result = f'{{"attributeStatus":"Accepted","attributeValue":"{value}",{_NAMED}}}'
    return f'10:10:01 > ok {{"getVariableResult":[{result}]}}\n'


def _values(every: int, star: bool = False, count: int = 5, context: str = "", at: int = 600) -> str:
    """Meter values of transaction 7 in 1.6; the fifth breaks the rule."""
    lines = []
    for number in range(count):
        second = at + number * every
        time = f"10:{second // 60:02}:{second % 60:02}"
        value = f'{{"value":"1"{context}}}'
        lines.append(
            f'{"* " if star and number == count - 1 else ""}{time} > MeterValues {{"connectorId":1,'
            f'"transactionId":7,"meterValue":[{{"timestamp":"2026-01-01T{time}Z","sampledValue":[{value}]}}]}}\n'
            f"{time} < ok"
        )
    return "\n".join(lines)


_INTERVAL = "MeterValueSampleInterval"

WITHOUT_EFFECT = Rule(
    "cmd.config-no-effect",
    Severity.WARNING,
    "The charge point agreed to change a setting, but does not follow it.",
    "OCPP 1.6 section 5.3; OCPP 2.0.1 and 2.1 Part 2 B05.FR.10",
    says="The charge point agreed to set {key} to {wanted}, but {what}{value}.",
    remedy="Either the change was not applied, or somebody else has changed it since.",
    positive=(
        f"{_change('ResetRetries', '5')}{_ask('ResetRetries')}* {_show('ResetRetries', '3')}",
        f"{_SET_2}* {_got_2('3')}",
        f"{_change(_INTERVAL, '60')}{_values(10, star=True)}",
    ),
    negative=(
        f"{_change('ResetRetries', '5')}{_ask('ResetRetries')}{_show('ResetRetries', '5')}",
        f"{_change('ResetRetries', '5', 'Rejected')}{_ask('ResetRetries')}{_show('ResetRetries', '3')}",
        f"{_change('ResetRetries', '5', 'RebootRequired')}{_ask('ResetRetries')}{_show('ResetRetries', '3')}",
        f"{_change('LocalPreAuthorize', 'True')}{_ask('LocalPreAuthorize')}{_show('LocalPreAuthorize', 'true')}",
        f"{_change('StopTxnSampledData', 'SoC, Voltage')}{_ask('X')}{_show('StopTxnSampledData', 'Voltage,SoC')}",
        f"{_change('AuthorizationKey', '0123456789abcdef')}{_ask('X')}{_show('AuthorizationKey', '')}",
        f"{_ask('ResetRetries')}{_show('ResetRetries', '3')}",
        f"{_SET_2}{_got_2('5')}",
        # The answer to a change that the recording lacks.
        (
            f'{_change("ResetRetries", "5")}10:05:00 > [3,"x",{{"status":"Accepted"}}]\n'
            f"{_ask('ResetRetries')}{_show('ResetRetries', '3')}"
        ),
        f"{_change(_INTERVAL, '60')}{_values(60)}",
        f"{_change(_INTERVAL, '60', 'Rejected')}{_values(10)}",
        _values(10),
        # They were asked for, or follow the clock.
        _change(_INTERVAL, "60") + _values(10, context=',"context":"Trigger"'),
        _change(_INTERVAL, "60") + _values(10, context=',"context":"Sample.Clock"'),
        # The last of them are from the queue, from before the change.
        _change(_INTERVAL, "60") + _values(10).replace("T10:", "T09:"),
        _change(_INTERVAL, "60") + _values(10).replace(">", "CP2 >").replace("<", "CP2 <"),
        f"{_change(_INTERVAL, '60')}{_values(10, count=2)}",
    ),
)

RULES = (WITHOUT_EFFECT,)


class _Interval(NamedTuple):
    """An interval of meter values that was set."""

    name: str
    seconds: int
    call: int
    since: int
    """When the answer came, in µs since 1970 UTC."""


class ChangedSettingChecker(Checker):
    """Compares what was set with what is shown and done afterwards."""

    def begin(self) -> None:
        self.changed: dict[str, tuple[str, int]] = {}  # the value that was accepted for a setting, and the call
        self.interval: _Interval | None = None  # until it is clear whether the meter values follow it
        self.samples: dict[str, tuple[int, int]] = {}  # by transaction: the time of the last sample, and short spaces

    @on_exchange("ChangeConfiguration", "SetVariables")
    def set(self, call: Seen, answer: Seen) -> None:
        for name, value, is_in_force in settings_in(call.payload, answer.payload):
            self.changed.pop(name, None)
            if name in INTERVALS:
                self.interval = None
            if value is None or not is_in_force or max(len(name), len(value)) > 500 or is_secret_setting(name):
                continue
            put(self.changed, name, (value, call.index), MOST_KEYS)
            is_number = len(value) < 10 and value.isascii() and value.isdigit()
            if name in INTERVALS and is_number and int(value) > 0 and answer.is_timed:
                self.interval = _Interval(name, int(value), call.index, answer.time)
                self.samples.clear()
                self.wake()

    @on_exchange("GetConfiguration", "GetVariables")
    def shown(self, call: Seen, answer: Seen) -> None:
        if not self.changed:
            return
        for name, value, _ in settings_in(call.payload, answer.payload):
            changed = self.changed.pop(name, None)
            if changed is not None and value is not None and _plain(changed[0]) != _plain(value):
                values = {
                    "key": name,
                    "wanted": changed[0],
                    "what": Phrase("shows "),
                    "value": value or Phrase("nothing"),
                }
                self.found(WITHOUT_EFFECT, answer, (changed[1],), **values)

    @on_stray
    def stray(self, answer: Seen) -> None:
        if answer.direction is Direction.TO_CSMS:  # the call that the recording lacks may have changed a setting
            self.changed.clear()
            self.interval = None

    # -- meter values -------------------------------------------------------------------------------------------

    @on_call("MeterValues")
    @once_woken
    def sampled(self, call: Seen) -> None:
        if self.interval is None or (number := call.integer("transactionId")) is None:
            return
        for value in call.objects("meterValue"):
            samples = objects_at(value, "sampledValue")
            contexts = {text_at(one, "context") or "Sample.Periodic" for one in samples}
            if contexts == {"Sample.Periodic"}:
                self.time_sample(call, str(number), time_of(text_at(value, "timestamp") or ""))

    @on_call("TransactionEvent")
    @once_woken
    def event(self, call: Seen) -> None:
        if self.interval is not None and call.text("triggerReason") == "MeterValuePeriodic":
            self.time_sample(call, call.text("transactionInfo", "transactionId") or "", call.date_time("timestamp"))

    def time_sample(self, call: Seen, transaction: str, time: int | None) -> None:
        """Compare the time since the sample before with the interval."""
        interval = self.interval
        if interval is None or time is None or time < interval.since:
            return
        before, short = self.samples.get(transaction, (None, 0))
        space = interval.seconds * SECOND if before is None else time - before
        if before is not None and 2 * space > interval.seconds * SECOND:
            self.interval = None  # it follows, as far as one can tell
            return
        short += before is not None and space > 0
        put(self.samples, transaction, (time, short), MOST_SAMPLED)
        if short >= SPACES:
            self.interval = None
            values = {"key": Phrase(interval.name), "wanted": Phrase(f"{StatedTime(interval.seconds)}")}
            values |= {"what": Phrase("meter values come every "), "value": Phrase(f"{TimeSpan(space)}")}
            self.found(WITHOUT_EFFECT, call, (interval.call,), **values)


def _plain(value: str) -> list[str]:
    """A value as it compares: a list in any order, in any case."""
    return sorted(part.strip().casefold() for part in value.split(","))
