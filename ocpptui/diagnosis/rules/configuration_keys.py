"""Configuration: the keys of OCPP 1.x that are read and changed, and in all versions what waits for a reboot."""

from __future__ import annotations

from ocpptui.diagnosis.checker import Checker, on_call, on_connection, on_exchange
from ocpptui.diagnosis.rule import Rule, TimeSpan
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.payload import text_at
from ocpptui.ocpp.standard_settings import settings
from ocpptui.ocpp.version import Version
from ocpptui.runtime.bounded import put
from ocpptui.timeline.record import ConnectionEvent
from ocpptui.timeline.severity import Severity

MOST_KEYS = 500
"""Keys of one charge point that are remembered."""
_1X = frozenset(version for version in Version if version.generation == 1)
_WITH_KEYS = frozenset({Version.V15, Version.V16})
_TYPES = {one.key: one for one in settings() if one.key and one.data_type in ("integer", "boolean")}
"""The standard keys whose values are numbers or switches."""
_SECRET = "AuthorizationKey"


def _change(key: str, value: str, status: str = "Accepted", at: str = "10:00:00") -> str:
    return f'{at} < ChangeConfiguration {{"key":"{key}","value":"{value}"}}\n10:00:01 > ok {{"status":"{status}"}}\n'


def _ask(*keys: str) -> str:
    names = ",".join(f'"{key}"' for key in keys)
    return f'10:10:00 < GetConfiguration {{"key":[{names}]}}\n'


def _show(key: str, value: str, unknown: str = "", readonly: str = "false") -> str:
    more = f',"unknownKey":["{unknown}"]' if unknown else ""
    shown = f'"configurationKey":[{{"key":"{key}","readonly":{readonly},"value":"{value}"}}]'
    return f"10:10:01 > ok {{{shown}{more}}}\n"


_LATER = "12:00:00 > Heartbeat {}"
_BOOT = '10:20:00 > BootNotification {"chargePointVendor":"A","chargePointModel":"B"}\n'

CHANGE_REFUSED = Rule(
    "configuration.change-refused",
    Severity.INFO,
    "The charge point does not change the key.",
    "OCPP 1.6 section 5.3",
    versions=_1X,
    says="{key} was not changed: {status}.",
    remedy="NotSupported: the charge point does not know the key. Rejected: it is read-only, or the value is wrong.",
    positive=(_change("LightIntensity", "50", "NotSupported").replace("10:00:01", "* 10:00:01"),),
    negative=(_change("LightIntensity", "50"), _change("LightIntensity", "50", "RebootRequired")),
)

READ_ONLY = Rule(
    "configuration.change-of-read-only",
    Severity.INFO,
    "The central system changes a key that the charge point has reported as read-only.",
    "OCPP 1.6 sections 5.3 and 5.8",
    versions=_WITH_KEYS,
    says="The central system changes {key}, which the charge point has reported as read-only.",
    positive=(
        (
            f"{_ask('LightIntensity')}{_show('LightIntensity', '10', readonly='true')}"
            f"* {_change('LightIntensity', '50', 'Rejected', '10:11:00')}"
        ),
    ),
    negative=(
        f"{_ask('LightIntensity')}{_show('LightIntensity', '10')}{_change('LightIntensity', '50', at='10:11:00')}",
        _change("LightIntensity", "50"),
    ),
)

WITHOUT_EFFECT = Rule(
    "configuration.change-without-effect",
    Severity.WARNING,
    "The charge point accepted to change a key, but shows another value.",
    "OCPP 1.6 section 5.3",
    versions=_WITH_KEYS,
    says="{key} is {value}, but the charge point accepted to set it to {wanted}.",
    remedy="Either the change was not applied, or somebody else has changed it since.",
    positive=(f"{_change('ResetRetries', '5')}{_ask('ResetRetries')}* {_show('ResetRetries', '3')}",),
    negative=(
        f"{_change('ResetRetries', '5')}{_ask('ResetRetries')}{_show('ResetRetries', '5')}",
        f"{_change('ResetRetries', '5', 'Rejected')}{_ask('ResetRetries')}{_show('ResetRetries', '3')}",
        f"{_change('ResetRetries', '5', 'RebootRequired')}{_ask('ResetRetries')}{_show('ResetRetries', '3')}",
        f"{_change('LocalPreAuthorize', 'True')}{_ask('LocalPreAuthorize')}{_show('LocalPreAuthorize', 'true')}",
        f"{_change('StopTxnSampledData', 'SoC, Voltage')}{_ask('X')}{_show('StopTxnSampledData', 'Voltage,SoC')}",
    ),
)

UNKNOWN_KEYS = Rule(
    "configuration.unknown-keys",
    Severity.INFO,
    "The charge point does not know some of the keys.",
    "OCPP 1.6 section 5.8",
    versions=_WITH_KEYS,
    says="The charge point does not know {keys}.",
    positive=(f"{_ask('ResetRetries', 'X')}* {_show('ResetRetries', '3', 'X')}",),
    negative=(f"{_ask('ResetRetries')}{_show('ResetRetries', '3')}",),
)

KEY_MISSING = Rule(
    "configuration.key-missing",
    Severity.WARNING,
    "The answer has a requested key neither among the known nor among the unknown keys.",
    "OCPP 1.6 section 5.8",
    versions=_WITH_KEYS,
    says="The answer has neither a value for {key}, nor is it among the unknown keys.",
    positive=(f"{_ask('ResetRetries', 'X')}* {_show('ResetRetries', '3')}",),
    negative=(
        f"{_ask('ResetRetries', 'X')}{_show('ResetRetries', '3', 'X')}",
        f"{_ask('resetretries')}{_show('ResetRetries', '3')}",
        "10:10:00 < GetConfiguration {}\n" + _show("ResetRetries", "3"),
    ),
)

TOO_MANY_KEYS = Rule(
    "configuration.too-many-keys",
    Severity.WARNING,
    "The central system asks for more keys than the charge point takes.",
    "OCPP 1.6 sections 5.8 and 9.1, GetConfigurationMaxKeys",
    versions=_WITH_KEYS,
    says="The request has {count} keys, but GetConfigurationMaxKeys is {limit}.",
    remedy="The charge point may refuse it. Ask in several requests.",
    positive=(f"{_ask('X')}{_show('GetConfigurationMaxKeys', '1', 'X')}* {_ask('A', 'B')}",),
    negative=(f"{_ask('X')}{_show('GetConfigurationMaxKeys', '2', 'X')}{_ask('A', 'B')}", _ask("A", "B")),
)

WRONG_VALUE = Rule(
    "configuration.wrong-value",
    Severity.WARNING,
    "The value of a standard key has the wrong type, or is negative.",
    "OCPP 1.6 section 9",
    versions=frozenset({Version.V16}),
    says="The value of {key} is {value}; it must be {wanted}.",
    remedy="The other side may refuse or misread it.",
    positive=(
        f"* {_change('HeartbeatInterval', '-5', 'Rejected')}",
        f"* {_change('LocalPreAuthorize', 'yes')}",
        f"{_ask('HeartbeatInterval')}* {_show('HeartbeatInterval', '5 min')}",
    ),
    negative=(
        _change("HeartbeatInterval", "60"),
        _change("LocalPreAuthorize", "FALSE"),
        _change("VendorKey", "-5"),
        f"{_ask('HeartbeatInterval')}{_show('HeartbeatInterval', '')}",
    ),
)

REBOOT_PENDING = Rule(
    "configuration.reboot-pending",
    Severity.INFO,
    "A setting needs a reboot, but there was none.",
    "OCPP 1.6 section 5.3; OCPP 2.0.1 and 2.1 Part 2 use case B05",
    says="This change needs a reboot, but in {waited} there was none.",
    remedy="Until then the charge point works with the old value.",
    positive=(_change("ResetRetries", "5", "RebootRequired").replace("10:00:01", "* 10:00:01") + _LATER,),
    negative=(
        _change("ResetRetries", "5", "RebootRequired") + _BOOT + _LATER,
        _change("ResetRetries", "5", "RebootRequired"),
        _change("ResetRetries", "5", "RebootRequired") + "10:20:00 closed\n" + _LATER,
        _change("ResetRetries", "5") + _LATER,
    ),
)

RULES = (
    CHANGE_REFUSED,
    READ_ONLY,
    WITHOUT_EFFECT,
    UNKNOWN_KEYS,
    KEY_MISSING,
    TOO_MANY_KEYS,
    WRONG_VALUE,
    REBOOT_PENDING,
)


class ConfigurationChecker(Checker):
    """Compares what is asked, changed and shown."""

    def begin(self) -> None:
        self.read_only: dict[str, int] = {}  # the record that reported a key as read-only
        self.changed: dict[str, tuple[str, int]] = {}  # the value that was accepted for a key, and the call

    # -- change -------------------------------------------------------------------------------------------------

    @on_call("ChangeConfiguration")
    def changes(self, call: Seen) -> None:
        key, value = call.text("key"), call.text("value")
        if key is None or value is None:
            return
        if (reported := self.read_only.get(key)) is not None:
            self.found(READ_ONLY, call, (reported,), key=key[:80])
        self.look_at(call, key, value)

    @on_exchange("ChangeConfiguration")
    def change_answered(self, call: Seen, answer: Seen) -> None:
        key, value, status = call.text("key"), call.text("value"), answer.text("status")
        if key is None or value is None:
            return
        self.changed.pop(key, None)
        if status in ("Rejected", "NotSupported"):
            self.found(CHANGE_REFUSED, answer, (call,), key=key[:80], status=status)
        elif status == "Accepted" and key != _SECRET and max(len(key), len(value)) <= 500:
            put(self.changed, key, (value, call.index), MOST_KEYS)
        elif status == "RebootRequired":
            self.expect_reboot(answer)

    # -- show ---------------------------------------------------------------------------------------------------

    @on_call("GetConfiguration")
    def asks(self, call: Seen) -> None:
        count, limit = len(call.texts("key")), self.known.whole_setting("GetConfigurationMaxKeys")
        if limit and count > limit:
            self.found(TOO_MANY_KEYS, call, count=count, limit=limit)

    @on_exchange("GetConfiguration")
    def shown(self, call: Seen, answer: Seen) -> None:
        unknown, known = answer.texts("unknownKey"), answer.objects("configurationKey")
        for one in known:
            key, value = text_at(one, "key"), text_at(one, "value")
            if key is not None:
                self.one_shown(answer, key, value, is_read_only=one.get("readonly") is True)
        if unknown:
            more = f" and {len(unknown) - 3} more" if len(unknown) > 3 else ""
            self.found(UNKNOWN_KEYS, answer, (call,), keys=", ".join(key[:50] for key in unknown[:3]) + more)
        asked, limit = call.texts("key"), self.known.whole_setting("GetConfigurationMaxKeys")
        if limit and len(asked) > limit:
            return
        answered = {key.casefold() for key in (*unknown, *(text_at(one, "key") or "" for one in known))}
        missing = next((key for key in asked if key.casefold() not in answered), None)
        if missing is not None:
            self.found(KEY_MISSING, answer, (call,), key=missing[:80])

    def one_shown(self, answer: Seen, key: str, value: str | None, *, is_read_only: bool) -> None:
        if is_read_only:
            put(self.read_only, key[:80], answer.index, MOST_KEYS)
        else:
            self.read_only.pop(key, None)
        if value is None:
            return
        if value:
            self.look_at(answer, key, value)
        changed = self.changed.pop(key, None)
        if changed is not None and _plain(changed[0]) != _plain(value):
            self.found(WITHOUT_EFFECT, answer, (changed[1],), key=key[:80], value=value[:80], wanted=changed[0][:80])

    def look_at(self, record: Seen, key: str, value: str) -> None:
        setting = _TYPES.get(key)
        if setting is not None and not setting.accepts(value.strip()):
            wanted = "true or false" if setting.data_type == "boolean" else "a whole number, not negative"
            self.found(WRONG_VALUE, record, key=key, value=value[:80] or "empty", wanted=wanted)

    # -- reboots ------------------------------------------------------------------------------------------------

    @on_exchange("SetVariables")
    def variables_set(self, call: Seen, answer: Seen) -> None:
        results = answer.objects("setVariableResult")
        if any(text_at(one, "attributeStatus") == "RebootRequired" for one in results):
            self.expect_reboot(answer)

    def expect_reboot(self, answer: Seen) -> None:
        wait, index = round(self.limits.reboot_patience * SECOND), answer.index
        if answer.is_timed:
            waited = TimeSpan(wait)
            self.wait("reboot", answer.clock + wait, lambda: self.found(REBOOT_PENDING, index, waited=waited))

    @on_call("BootNotification", "Reset")
    def reboots(self, call: Seen) -> None:
        self.stop_waiting("reboot")

    @on_connection(ConnectionEvent.CLOSED, ConnectionEvent.OPENED)
    def reconnected(self, event: Seen) -> None:
        self.stop_waiting("reboot")


def _plain(value: str) -> list[str]:
    """A value as it compares: a list in any order, in any case."""
    return sorted(part.strip().casefold() for part in value.split(","))
