"""Configuration: the keys of OCPP 1.x that are read and changed, and in all versions what waits for a reboot."""

from __future__ import annotations

from ocpptui.diagnosis.checker import Checker, on_call, on_connection, on_exchange
from ocpptui.diagnosis.rule import Phrase, Rule, TimeSpan
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
_WITH_KEYS = frozenset({Version.V15, Version.V16})
_TYPES = {one.key: one for one in settings() if one.key and one.data_type in ("integer", "boolean")}
"""The standard keys whose values are numbers or switches."""
_SECRETS = ("authorizationkey", "basicauthpassword")
"""The password of the security profile, as a key and as a variable."""


def _change(key: str, value: str, status: str = "Accepted", at: str = "10:00:00") -> str:
    return f'{at} < ChangeConfiguration {{"key":"{key}","value":"{value}"}}\n10:00:01 > ok {{"status":"{status}"}}\n'


def _ask(*keys: str) -> str:
    names = ",".join(f'"{key}"' for key in keys)
    return f'10:10:00 < GetConfiguration {{"key":[{names}]}}\n'


def _show(key: str, value: str, unknown: str = "", readonly: str = "false") -> str:
    more = f',"unknownKey":["{unknown}"]' if unknown else ""
    shown = f'"configurationKey":[{{"key":"{key}","readonly":{readonly},"value":"{value}"}}]'
    return f"10:10:01 > ok {{{shown}{more}}}\n"


def _ask_2(component: str, variable: str) -> str:
    named = f'"component":{{"name":"{component}"}},"variable":{{"name":"{variable}"}}'
    return f'10:10:00 < GetVariables {{"getVariableData":[{{{named}}}]}}\n'


def _show_2(component: str, variable: str, value: str | None) -> str:
    named = f'"component":{{"name":"{component}"}},"variable":{{"name":"{variable}"}}'
    status = (
        '"attributeStatus":"Rejected"' if value is None else f'"attributeStatus":"Accepted","attributeValue":"{value}"'
    )
    return f'10:10:01 > ok {{"getVariableResult":[{{{status},{named}}}]}}\n'


_LATER = "12:00:00 > Heartbeat {}"
_BOOT = '10:20:00 > BootNotification {"chargePointVendor":"A","chargePointModel":"B"}\n'

UNKNOWN = Rule(
    "cmd.config-unknown",
    Severity.INFO,
    "The charge point does not know, or refuses, some of the settings or monitors.",
    "OCPP 1.6 sections 5.3 and 5.8; OCPP 2.0.1 and 2.1 Part 2 B05.FR.04 to B05.FR.09, use cases B06 and N04",
    says="{status}: {name}{more}.",
    remedy="Rejected means that it is read-only, or that the value is wrong; anything else, that the charge point "
    "does not support it.",
    positive=(
        _change("LightIntensity", "50", "NotSupported").replace("10:00:01", "* 10:00:01"),
        _change("LightIntensity", "50", "Rejected").replace("10:00:01", "* 10:00:01"),
        f"{_ask('ResetRetries', 'X')}* {_show('ResetRetries', '3', 'X')}",
        (
            '2.0.1\n10:00:00 < GetVariables {"getVariableData":[{"component":{"name":"A"},"variable":{"name":"V"}}]}\n'
            '* 10:00:01 > ok {"getVariableResult":[{"attributeStatus":"UnknownVariable",'
            '"component":{"name":"A"},"variable":{"name":"V"}}]}'
        ),
        (
            '2.0.1\n10:00:00 < SetVariables {"setVariableData":[{"component":{"name":"A"},"variable":{"name":"V"},'
            '"attributeValue":"1"}]}\n* 10:00:01 > ok {"setVariableResult":[{"attributeStatus":"Rejected",'
            '"component":{"name":"A"},"variable":{"name":"V"}}]}'
        ),
    ),
    negative=(
        _change("LightIntensity", "50"),
        _change("LightIntensity", "50", "RebootRequired"),
        f"{_ask('ResetRetries')}{_show('ResetRetries', '3')}",
        (
            '2.0.1\n10:00:00 < GetVariables {"getVariableData":[{"component":{"name":"A"},"variable":{"name":"V"}}]}\n'
            '10:00:01 > ok {"getVariableResult":[{"attributeStatus":"Accepted","attributeValue":"1",'
            '"component":{"name":"A"},"variable":{"name":"V"}}]}'
        ),
    ),
)

READ_ONLY = Rule(
    "cmd.config-read-only",
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

KEY_MISSING = Rule(
    "cmd.config-key-missing",
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
    "cmd.config-too-many",
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
    "cmd.config-wrong-value",
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
    "cmd.reboot-required",
    Severity.INFO,
    "A setting needs a reboot, but there was none.",
    "OCPP 1.6 sections 5.3 and 7.22; OCPP 2.0.1 and 2.1 Part 2 use case B05, SetVariableStatusEnumType",
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

SECRET_READABLE = Rule(
    "cmd.secret-readable",
    Severity.ERROR,
    "The charge point shows the password of its security profile.",
    "OCPP 1.6 security whitepaper edition 3 section 7.2; OCPP 2.0.1 and 2.1 Part 2 A01.FR.12 and B06.FR.09",
    says="The charge point shows the value of {key}, which nobody may read.",
    remedy="Anybody who sees the traffic can sign in as this charge point. Change the password, and update the "
    "firmware.",
    positive=(
        f"{_ask('AuthorizationKey')}* {_show('AuthorizationKey', '0123456789abcdef')}",
        f"2.0.1\n{_ask_2('SecurityCtrlr', 'BasicAuthPassword')}* "
        + _show_2("SecurityCtrlr", "BasicAuthPassword", "0123456789abcdef"),
    ),
    negative=(
        (
            f'{_ask("AuthorizationKey")}10:10:01 > ok {{"configurationKey":'
            '[{"key":"AuthorizationKey","readonly":false}]}'
        ),
        f"{_ask('AuthorizationKey')}{_show('AuthorizationKey', '')}",
        f'{_ask("AuthorizationKey")}10:10:01 > ok {{"unknownKey":["AuthorizationKey"]}}',
        f"2.0.1\n{_ask_2('SecurityCtrlr', 'BasicAuthPassword')}" + _show_2("SecurityCtrlr", "BasicAuthPassword", None),
        f"{_ask('SecurityProfile')}{_show('SecurityProfile', '1')}",
    ),
)

RULES = (
    UNKNOWN,
    READ_ONLY,
    SECRET_READABLE,
    KEY_MISSING,
    TOO_MANY_KEYS,
    WRONG_VALUE,
    REBOOT_PENDING,
)


class ConfigurationChecker(Checker):
    """Compares what is asked, changed and shown."""

    def begin(self) -> None:
        self.read_only: dict[str, int] = {}  # the record that reported a key as read-only

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
        if status in ("Rejected", "NotSupported"):
            self.found(UNKNOWN, answer, (call,), name=key, more=Phrase(), status=status)
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
            more = f" and {len(unknown) - 1} more" if len(unknown) > 1 else ""
            self.found(UNKNOWN, answer, (call,), name=unknown[0], more=Phrase(more), status=Phrase("Unknown"))
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
        if value:
            self.look_at(answer, key, value)
            self.look_for_secret(answer, key)

    def look_for_secret(self, answer: Seen, key: str) -> None:
        if key.lower() in _SECRETS:
            self.found(SECRET_READABLE, answer, key=key)

    def look_at(self, record: Seen, key: str, value: str) -> None:
        setting = _TYPES.get(key)
        if setting is not None and not setting.accepts(value.strip()):
            wanted = Phrase("true or false" if setting.data_type == "boolean" else "a whole number, not negative")
            self.found(WRONG_VALUE, record, key=key, value=value[:80] or "empty", wanted=wanted)

    # -- reboots ------------------------------------------------------------------------------------------------

    @on_exchange("GetVariables")
    def variables_shown(self, call: Seen, answer: Seen) -> None:
        for one in answer.objects("getVariableResult"):
            if text_at(one, "attributeValue"):
                self.look_for_secret(answer, text_at(one, "variable", "name") or "")

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
