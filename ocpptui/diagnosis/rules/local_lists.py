"""The local authorization list: its versions and entries."""

from __future__ import annotations

from typing import NamedTuple

from ocpptui.diagnosis.checker import Checker, on_call, on_exchange, on_stray
from ocpptui.diagnosis.known import LOCAL_LIST
from ocpptui.diagnosis.rule import Phrase, Rule
from ocpptui.diagnosis.seen import Seen
from ocpptui.diagnosis.status_traces import BOOT_2, BOOT_16, wrong_answer
from ocpptui.ocpp.payload import Payload, object_at, text_at
from ocpptui.ocpp.version import FIRST_GENERATION, Direction
from ocpptui.timeline.severity import Severity


def _read(version: int, at: str = "10:00:00") -> str:
    return f'{at} < GetLocalListVersion {{}}\n{at} > ok {{"listVersion":{version}}}\n'


def _read_2(version: int, at: str) -> str:
    return _read(version, at).replace("listVersion", "versionNumber")


def _list(version: int, kind: str, *entries: str) -> str:
    return (
        f'10:00:01 < SendLocalList {{"listVersion":{version},"updateType":"{kind}",'
        f'"localAuthorizationList":[{",".join(entries)}]}}\n'
    )


def _list_2(version: int, *tokens: str) -> str:
    entries = ",".join(
        f'{{"idToken":{{"idToken":"{token[0]}","type":"{token[1:]}"}},"idTokenInfo":{{"status":"Accepted"}}}}'
        for token in tokens
    )
    return (
        f'10:00:01 < SendLocalList {{"versionNumber":{version},"updateType":"Full",'
        f'"localAuthorizationList":[{entries}]}}\n'
    )


_ACCEPTED = '10:00:02 > ok {"status":"Accepted"}\n'
_AT_MOST_ONE = """
10:00:00 < GetConfiguration {"key":["SendLocalListMaxLength"]}
10:00:00 > ok {"configurationKey":[{"key":"SendLocalListMaxLength","readonly":true,"value":"1"}]}
"""
_DISABLED = """
10:00:00 < ChangeConfiguration {"key":"LocalAuthListEnabled","value":"false"}
10:00:00 > ok {"status":"Accepted"}
"""
_DISABLED_2 = """
10:00:03 < SetVariables {"setVariableData":[{"component":{"name":"LocalAuthListCtrlr"},
    "variable":{"name":"Enabled"},"attributeValue":"false"}]}
10:00:03 > ok {"setVariableResult":[{"component":{"name":"LocalAuthListCtrlr"},
    "variable":{"name":"Enabled"},"attributeStatus":"Accepted"}]}
"""
_RESTART = f"10:00:03 closed\n{BOOT_16.replace('10:00:0', '10:01:0')}"
_RESTART_2 = f"10:00:03 closed\n{BOOT_2.replace('2.0.1', '').replace('10:00:0', '10:01:0')}"
_ENTRY = '{"idTag":"A","idTagInfo":{"status":"Accepted"}}'
_OTHER = _ENTRY.replace('"A"', '"B"')
_BARE_ENTRY = '{"idTag":"A"}'
_FULL_LIST_2 = """
2.0.1
* 10:00:01 < SendLocalList {"versionNumber":5,"updateType":"Full",
    "localAuthorizationList":[{"idToken":{"idToken":"A","type":"Central"}}]}
"""

VERSION = Rule(
    "cmd.list-version",
    Severity.WARNING,
    "The version of the local list is not positive, not newer, not the one that was sent, or lower than before.",
    "OCPP 1.6 sections 3.5.2, 5.10 and 5.15 and errata section 3.52; OCPP 2.0.1 and 2.1 Part 2 D01.FR.10, D01.FR.18, "
    "D01.FR.19 and D02.FR.01",
    says="The local list {what} version {version}, but {why}.",
    remedy="The two sides do not have the same list. Send a full list with a higher version.",
    positive=(
        "* " + _list(0, "Full", _ENTRY),
        "2.0.1\n* " + _list_2(0, "ACentral"),
        _read(5) + "* " + _list(5, "Differential", _ENTRY),
        _list(7, "Full", _ENTRY) + _ACCEPTED + wrong_answer(_read(6, "10:00:05")),
        f"{_list(7, 'Full', _ENTRY)}{_ACCEPTED}{_RESTART}{wrong_answer(_read(0, '10:10:00'))}",
        _list(7, "Full", _ENTRY) + _ACCEPTED + _read(7, "10:00:05") + wrong_answer(_read(3, "10:30:00")),
        _read(5) + wrong_answer(_read(0, "10:30:00")) + _read(0, "10:40:00"),
        f"2.0.1\n{_list_2(7, 'ACentral')}{_ACCEPTED}{_RESTART_2}{wrong_answer(_read_2(0, '10:10:00'))}",
    ),
    negative=(
        _read(5) + _list(6, "Differential", _ENTRY),
        _read(5) + _list(5, "Full", _ENTRY),
        _list(5, "Differential", _ENTRY),
        _list(7, "Full", _ENTRY) + _ACCEPTED + _read(7, "10:00:05"),
        _list(7, "Full", _ENTRY) + '10:00:02 > ok {"status":"Failed"}\n' + _read(6, "10:00:05"),
        _list(7, "Full", _ENTRY) + _read(6, "10:00:05"),
        _list(7, "Full", _ENTRY) + _ACCEPTED + '10:00:03 > [3,"x",{"status":"Accepted"}]\n' + _read(6, "10:00:05"),
        _read(5) + '10:00:01 > [3,"x",{"status":"Accepted"}]\n' + _list(5, "Differential", _ENTRY),
        _read(0),
        f"2.0.1\n{_list_2(7, 'ACentral')}{_ACCEPTED}{_read_2(7, '10:00:05')}",
        f"{_list(7, 'Full', _ENTRY)}{_ACCEPTED}{_RESTART}{_read(7, '10:10:00')}",
        _read(5) + _read(6, "10:30:00"),  # not from here, but newer
        _list(7, "Full") + _ACCEPTED + _read(0, "10:00:05"),  # it is empty
        f"{_list(5, 'Full', _ENTRY)}{_ACCEPTED}{_list(6, 'Differential', _BARE_ENTRY)}{_ACCEPTED}{_read(0)}",
        _DISABLED + _list(7, "Full", _ENTRY) + _ACCEPTED + _read(0, "10:00:05"),
        f"2.0.1\n{_list_2(7, 'ACentral')}{_ACCEPTED}{_DISABLED_2}{_read_2(0, '10:10:00')}",
        _read(5) + _list(4, "Full", _ENTRY) + '10:00:02 > ok {"status":"Failed"}\n' + _read(4, "10:00:05"),
        _read(5) + _list(3, "Full", _ENTRY) + _ACCEPTED + _read(3, "10:00:05"),
    ),
)

DUPLICATE = Rule(
    "cmd.list-duplicate",
    Severity.WARNING,
    "The local list has an id token twice.",
    "OCPP 1.6 section 3.5.2; OCPP 2.0.1 and 2.1 Part 2 D01.FR.06",
    says="The id token of entry {second} is that of entry {first}.",
    remedy="Nobody can tell which of the two entries counts.",
    positive=(
        "* " + _list(5, "Full", _ENTRY, _ENTRY),
        "* " + _list(5, "Full", _ENTRY, _OTHER, _ENTRY.replace('"A"', '"a"')),
        "2.0.1\n* " + _list_2(5, "ACentral", "ACentral"),
    ),
    negative=(
        _list(5, "Full", _ENTRY, _OTHER),
        "2.0.1\n" + _list_2(5, "ACentral", "AISO14443"),
        _list(5, "Full", _ENTRY) + _ACCEPTED + _list(6, "Differential", _ENTRY),
    ),
)

TOO_LONG = Rule(
    "cmd.list-too-long",
    Severity.WARNING,
    "The local list has more entries than the charge point takes at once.",
    "OCPP 1.6, key SendLocalListMaxLength; OCPP 2.0.1 and 2.1 Part 2 use case D01",
    says="This update has {count} entries, but {setting} is {limit}.",
    remedy="Send a full list with the first entries, then the others as differential updates.",
    positive=(_AT_MOST_ONE + "* " + _list(5, "Full", _ENTRY, _OTHER),),
    negative=(_list(5, "Full", _ENTRY, _OTHER),),
)

FULL_WITHOUT_INFO = Rule(
    "cmd.list-without-status",
    Severity.ERROR,
    "An entry of a full local list does not say whether its id token is accepted.",
    "OCPP 1.6 section 7.1, AuthorizationData; OCPP 2.0.1 and 2.1 Part 2, AuthorizationData",
    says="{count} of the {total} entries of this full local list have no {field}.",
    remedy="An entry without it removes an id token, which only a differential update may do.",
    positive=("* " + _list(5, "Full", _ENTRY, _BARE_ENTRY), _FULL_LIST_2),
    negative=(_list(5, "Full", _ENTRY), _list(6, "Differential", _BARE_ENTRY)),
)

RULES = (VERSION, DUPLICATE, TOO_LONG, FULL_WITHOUT_INFO)

_LIMITS = ("SendLocalListMaxLength", "LocalAuthListCtrlr.ItemsPerMessage")


class _Held(NamedTuple):
    """The list that the charge point has, as far as is known."""

    version: int
    since: int
    """The answer that shows it."""
    record: int
    """The update, or the same answer."""
    connection: int
    was_sent: bool
    may_be_empty: bool = False
    """Its version may then be 0."""


class LocalListChecker(Checker):
    """Looks at the updates of the local list, and at its version."""

    def begin(self) -> None:
        self.held: _Held | None = None

    @on_call("SendLocalList")
    def sent(self, call: Seen) -> None:
        self.held = None  # until it is accepted
        version, known = _version(call), self.known.local_list_version
        is_full, entries = call.text("updateType") == "Full", call.objects("localAuthorizationList")
        if version is not None and version <= 0:
            self.found(
                VERSION, call, what=Phrase("is sent as"), version=version, why=Phrase("a version must be above 0")
            )
        elif not is_full and version is not None and known is not None and version <= known:
            self.found(
                VERSION,
                call,
                what=Phrase("is updated to"),
                version=version,
                why=Phrase(f"the charge point has {known}"),
            )
        self.find_duplicate(call, entries)
        limit = self.known.whole_setting(*_LIMITS)
        if limit and len(entries) > limit:
            setting = Phrase(_LIMITS[self.known.version not in FIRST_GENERATION].rpartition(".")[2])
            self.found(TOO_LONG, call, count=len(entries), setting=setting, limit=limit)
        bare = sum(not _status_of(one) for one in entries)
        if is_full and bare:
            field = Phrase("idTagInfo" if self.known.version in FIRST_GENERATION else "idTokenInfo")
            self.found(FULL_WITHOUT_INFO, call, count=bare, total=len(entries), field=field)

    def find_duplicate(self, call: Seen, entries: list[Payload]) -> None:
        places: dict[tuple[str, str], int] = {}
        for place, one in enumerate(entries, 1):
            token = text_at(one, "idTag") or text_at(one, "idToken", "idToken")
            key = ((token or "").lower(), text_at(one, "idToken", "type") or "")
            if token and (first := places.setdefault(key, place)) != place:
                self.found(DUPLICATE, call, first=first, second=place)
                return

    @on_exchange("SendLocalList")
    def answered(self, call: Seen, answer: Seen) -> None:
        version = _version(call)
        if answer.text("status") == "Accepted" and version is not None:
            is_bare = not any(map(_status_of, call.objects("localAuthorizationList")))
            self.held = _Held(version, answer.index, call.index, answer.connection, True, is_bare)

    @on_stray
    def stray(self, answer: Seen) -> None:
        if answer.direction is Direction.TO_CSMS:  # the call that the recording lacks may have been another list
            self.held = None

    @on_exchange("GetLocalListVersion")
    def read(self, call: Seen, answer: Seen) -> None:
        version, held = _version(answer), self.held
        if version is None:
            return
        if held is not None and call.index > held.since and self.is_wrong(version, held, answer.connection):
            how = "was sent and accepted" if held.was_sent else "was read before"
            why = Phrase(f"version {held.version} {how}")
            self.found(VERSION, answer, (held.record,), what=Phrase("has"), version=version, why=why)
        self.held = _Held(version, answer.index, answer.index, answer.connection, False)

    def is_wrong(self, version: int, held: _Held, connection: int) -> bool:
        """Whether the charge point cannot have this version, after what it had."""
        if connection != held.connection:
            later = self.known.connections.get(connection)
            if later is None or (later.opened is None and not later.begins_with_boot):
                return False  # the recording lacks the beginning of this connection, and perhaps another list
        if version == 0 and (held.may_be_empty or self.known.switch(*LOCAL_LIST) is False):
            return False
        return version != held.version if held.was_sent else version < held.version


def _status_of(entry: Payload) -> Payload:
    """What an entry says of the status of its id token; empty if it removes it."""
    return object_at(entry, "idTagInfo") or object_at(entry, "idTokenInfo")


def _version(seen: Seen) -> int | None:
    version = seen.integer("listVersion")
    return seen.integer("versionNumber") if version is None else version
