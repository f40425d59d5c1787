"""The local authorization list: its versions and entries."""

from __future__ import annotations

from ocpptui.diagnosis.checker import Checker, on_call, on_exchange, on_stray
from ocpptui.diagnosis.rule import Phrase, Rule
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.payload import Payload, object_at, text_at
from ocpptui.ocpp.version import FIRST_GENERATION, Direction
from ocpptui.timeline.severity import Severity


def _read(version: int, at: str = "10:00:00") -> str:
    return f'{at} < GetLocalListVersion {{}}\n{at} > ok {{"listVersion":{version}}}\n'


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
    "The version of the local list is not positive, not newer, or not the one that was sent.",
    "OCPP 1.6 sections 5.10 and 5.15 and errata section 3.52; OCPP 2.0.1 and 2.1 Part 2 D01.FR.18, D01.FR.19 and "
    "D02.FR.01",
    says="The local list {what} version {version}, but {why}.",
    remedy="The two sides do not have the same list. Send a full list with a higher version.",
    positive=(
        "* " + _list(0, "Full", _ENTRY),
        "2.0.1\n* " + _list_2(0, "ACentral"),
        _read(5) + "* " + _list(5, "Differential", _ENTRY),
        _list(7, "Full", _ENTRY) + _ACCEPTED + _read(6, "10:00:05").replace("10:00:05 >", "* 10:00:05 >"),
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
        "2.0.1\n" + _list_2(7, "ACentral") + _ACCEPTED + "10:00:05 < GetLocalListVersion {}\n10:00:05 > ok "
        '{"versionNumber":7}',
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


class LocalListChecker(Checker):
    """Looks at the updates of the local list, and at its version."""

    def begin(self) -> None:
        self.accepted: tuple[int, int] | None = None
        """The version of the last update that was accepted, and its call."""

    @on_call("SendLocalList")
    def sent(self, call: Seen) -> None:
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
        bare = sum(not object_at(one, "idTagInfo") and not object_at(one, "idTokenInfo") for one in entries)
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
            self.accepted = version, call.index

    @on_stray
    def stray(self, answer: Seen) -> None:
        if answer.direction is Direction.TO_CSMS:  # the call that the recording lacks may have been another list
            self.accepted = None

    @on_exchange("GetLocalListVersion")
    def read(self, call: Seen, answer: Seen) -> None:
        version, sent = _version(answer), self.accepted
        if sent is not None and version is not None and version != sent[0] and call.index > sent[1]:
            why = Phrase(f"version {sent[0]} was sent and accepted")
            self.found(VERSION, answer, (sent[1],), what=Phrase("has"), version=version, why=why)
        self.accepted = None


def _version(seen: Seen) -> int | None:
    version = seen.integer("listVersion")
    return seen.integer("versionNumber") if version is None else version
