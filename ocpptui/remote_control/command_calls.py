"""The call that an everyday command makes, for each version.

Sources: OCPP 1.6 section 5 and the security whitepaper (edition 3) section 5; OCPP 2.0.1 and 2.1 Part 2, use cases B11
to B12, E12 to E14, F01 to F06, G03 to G04, H01 to H02, K01 to K10, L01, N01, O01, P01.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from ocpptui.ocpp.date_times import HOUR, date_time
from ocpptui.ocpp.examples import EXAMPLE_TOKEN
from ocpptui.ocpp.payload import Payload
from ocpptui.ocpp.schema import Part, field_tree
from ocpptui.ocpp.validation import breaches, violations
from ocpptui.remote_control.chosen_limit import limit_profile, limit_profile_id
from ocpptui.remote_control.circumstances import (
    MOST_NUMBER,
    Circumstances,
    ConnectorPlace,
    is_whole_number,
    next_number,
)
from ocpptui.remote_control.question import KnownValue, NotAnswered, Question

RESERVED_FOR = HOUR
"""How long a reservation lasts, in microseconds."""
LONGEST_SCHEDULE = 24 * 3600
"""Seconds of a composite schedule that are asked for."""
ANSWER_NAMES = frozenset(
    ["connector", "data", "firmware", "kind", "limit", "message", "reservation", "text", "token", "transaction",
     "upload", "what", "which"]
)  # fmt: skip
"""The names of all questions."""


class RemoteCall(NamedTuple):
    """A call that is ready to be sent."""

    action: str
    payload: Payload
    about: str = ""
    """What it is about, in a few words."""


def planned_call(command: str, case: Circumstances) -> RemoteCall | Question:
    """The call for the command of this name, or what has to be answered first.

    An answer with which the payload would break its schema, or what the version demands beyond it, is asked for again.
    """
    asked: list[Question] = []
    try:
        call = _CALLS[command](_Asker(case, asked))
    except NotAnswered as missing:
        return missing.question
    request = case.version, call.action, Part.REQUEST, call.payload
    found = [*violations(*request), *breaches(*request)]
    if found and asked:
        return asked[-1]._replace(problem=str(found[0]))
    return call


class _Asker:
    """The circumstances; it notes what was asked."""

    def __init__(self, case: Circumstances, asked: list[Question]) -> None:
        self.case = case
        self.version = case.version
        self.is_1x = case.version.generation == 1
        self.known = case.known
        self._asked = asked

    def text(self, name: str, words: str, offered: tuple[KnownValue, ...] = (), start: str = "") -> str:
        """A free text; known values are offered."""
        question = Question(name, words, offered, start=self.case.used.get(name, start))
        self._asked.append(question)
        return self.case.answer(question)

    def chosen(self, name: str, words: str, *offered: KnownValue) -> str:
        return self.case.chosen(name, words, offered)

    def number(self, name: str, words: str, offered: tuple[KnownValue, ...] = ()) -> int:
        text = self.text(name, words, offered)
        if not is_whole_number(text):
            raise NotAnswered(self._asked[-1]._replace(problem=f"{text} is not a number of OCPP {self.version}"))
        return int(text)

    def members(self, action: str, *path: str) -> tuple[str, ...]:
        """The values that the schema allows in a field."""
        tree = field_tree(self.version, action, Part.REQUEST)
        found = tree.at(path) if tree is not None else None
        return found.enum if found is not None else ()

    def new_number(self, name: str) -> int:
        """A value for an id of this name that was not seen yet."""
        return next_number(self.known.suggestions(name))

    def token(self, words: str) -> Payload:
        """An idTag or an idToken, under its name in the version."""
        offered = tuple(KnownValue(token) for token in self.known.suggestions("idTag"))
        text = self.text("token", words, offered, start=EXAMPLE_TOKEN)
        return {"idTag": text} if self.is_1x else {"idToken": token_of_2(text)}


def token_of_2(text: str) -> Payload:
    """An idToken of OCPP 2.x: `eMAID:DE8AA…` names its type, else its shape shows whether it is the UID of a card."""
    kind, _, rest = text.partition(":")
    if rest and kind in _TOKEN_TYPES:
        return {"idToken": rest, "type": kind}
    is_uid = len(text) in (8, 14, 20) and all(letter in "0123456789abcdefABCDEF" for letter in text)
    return {"idToken": text, "type": "ISO14443" if is_uid else "Central"}


_TOKEN_TYPES = frozenset(
    ["Central", "eMAID", "ISO14443", "ISO15693", "KeyCode", "Local", "MacAddress", "DirectPayment", "EVCCID", "VIN"]
)


# -- charges ----------------------------------------------------------------------------------------------------


def _start(ask: _Asker) -> RemoteCall:
    place = ask.case.wanted_place() or _waiting_place(ask.case)
    where = f" at {place}" if place else ""
    token = ask.token(f"Start a charge{where} with which token?")
    if ask.is_1x:
        at = {"connectorId": place.connector} if place else {}
        return RemoteCall("RemoteStartTransaction", {**at, **token}, _words(place))
    at = {"evseId": place.evse} if place else {}
    number = {"remoteStartId": ask.new_number("remoteStartId")}
    return RemoteCall("RequestStartTransaction", {**at, **token, **number}, _words(place))


def _waiting_place(case: Circumstances) -> ConnectorPlace | None:
    """The only connector, or the only one where a car waits for its charge; None leaves it to the charge point."""
    places = case.places
    if len(places) == 1:
        return places[0]
    waiting = [one for one in places if case.status_of(one) in ("Preparing", "Occupied") and not case.running(one)]
    return waiting[0] if len(waiting) == 1 else None


def _stop(ask: _Asker) -> RemoteCall:
    transaction = _transaction(ask, "Stop which transaction?")
    if not ask.is_1x:
        return RemoteCall("RequestStopTransaction", {"transactionId": transaction}, f"transaction {transaction}")
    return RemoteCall("RemoteStopTransaction", {"transactionId": int(transaction)}, f"transaction {transaction}")


def _transaction(ask: _Asker, words: str) -> str:
    """The open transaction that is meant; in 1.x a number."""
    case = ask.case
    if case.transaction and not case.given.get("transaction") and (not ask.is_1x or is_whole_number(case.transaction)):
        return case.transaction
    running = [one for one in case.running(case.wanted_place()) if not ask.is_1x or is_whole_number(one.id)]
    if len(running) == 1 and not case.given.get("transaction"):
        return running[0].id
    offered = tuple(
        KnownValue(
            one.id, "  ".join(part for part in (str(ConnectorPlace(one.evse, one.connector)), one.id_token) if part)
        )
        for one in running
    )
    words = words if offered else f"{words} None is known to be open."
    return str(ask.number("transaction", words, offered)) if ask.is_1x else ask.text("transaction", words, offered)


def _unlock(ask: _Asker) -> RemoteCall:
    place = ask.case.needed_place("Unlock which connector?")
    if ask.is_1x:
        return RemoteCall("UnlockConnector", {"connectorId": place.connector}, str(place))
    return RemoteCall("UnlockConnector", {"evseId": place.evse, "connectorId": place.connector or 1}, str(place))


def _transaction_state(ask: _Asker) -> RemoteCall:
    transaction = _transaction(ask, "Ask about which transaction?")
    return RemoteCall("GetTransactionStatus", {"transactionId": transaction}, f"transaction {transaction}")


# -- limits -----------------------------------------------------------------------------------------------------


def _limit(ask: _Asker) -> RemoteCall:
    place = _only_or_wanted(ask.case)
    text = ask.text("limit", f"Limit {_words(place)} to how many A? (or 7.4 kW, 4000 W)")
    profile = limit_profile(text, place, ask.version, ask.case.now)
    if profile is None:
        problem = f"{text} is not a limit such as 10, 10 A or 7.4 kW"
        raise NotAnswered(Question("limit", f"Limit {_words(place)} to how many A?", problem=problem))
    if ask.is_1x:
        at = place.connector if place else 0
        return RemoteCall("SetChargingProfile", {"connectorId": at, "csChargingProfiles": profile}, _words(place))
    at = place.evse if place else 0
    return RemoteCall("SetChargingProfile", {"evseId": at, "chargingProfile": profile}, _words(place))


def _unlimit(ask: _Asker) -> RemoteCall:
    place = _only_or_wanted(ask.case)
    number = limit_profile_id(place)
    whole = "ChargePointMaxProfile" if ask.is_1x else "ChargingStationMaxProfile"
    which = ask.chosen(
        "which",
        f"Remove which limits of {_words(place)}?",
        KnownValue("last", f"profile {number}", "Set with this command"),
        KnownValue("default", "TxDefaultProfile", "Default of all charges"),
        KnownValue("charge", "TxProfile", "Running charge"),
        KnownValue("maximum", whole, "Maximum of the charge point"),
    )
    if which == "last":
        key = "id" if ask.is_1x else "chargingProfileId"
        return RemoteCall("ClearChargingProfile", {key: number}, f"profile {number}")
    purpose = {"default": "TxDefaultProfile", "charge": "TxProfile", "maximum": whole}[which]
    criteria: Payload = {"chargingProfilePurpose": purpose}
    if place is not None and which != "maximum":
        criteria |= {"connectorId": place.connector} if ask.is_1x else {"evseId": place.evse}
    payload = criteria if ask.is_1x else {"chargingProfileCriteria": criteria}
    return RemoteCall("ClearChargingProfile", payload, purpose)


def _schedule(ask: _Asker) -> RemoteCall:
    place = _only_or_wanted(ask.case)
    at = {"connectorId" if ask.is_1x else "evseId": place.number if place else 0}
    return RemoteCall("GetCompositeSchedule", {**at, "duration": LONGEST_SCHEDULE}, _words(place))


def _profiles(ask: _Asker) -> RemoteCall:
    place = ask.case.wanted_place()
    at = {"evseId": place.evse} if place else {}
    number = ask.new_number("requestId")
    return RemoteCall("GetChargingProfiles", {"requestId": number, **at, "chargingProfile": {}}, _words(place))


def _only_or_wanted(case: Circumstances) -> ConnectorPlace | None:
    wanted, places = case.wanted_place(), case.places
    if wanted is None and not case.given.get("connector") and len(places) == 1:
        return places[0]
    return wanted


def _words(place: ConnectorPlace | None) -> str:
    return "the charge point" if place is None else str(place)


# -- the charge point as a whole --------------------------------------------------------------------------------


def _reset(ask: _Asker) -> RemoteCall:
    known = ask.members("Reset", "type")
    kinds = [KnownValue(kind, note, label) for kind, (label, note) in _RESETS.items() if kind in known]
    kind = ask.chosen("kind", "Reset the charge point how?", *kinds)
    return RemoteCall("Reset", {"type": kind}, kind)


_RESETS = {
    "Soft": ("Soft", "stops charges, then restarts"),
    "Hard": ("Hard", "at once, as by a loss of power"),
    "OnIdle": ("On idle", "waits until no charge is running"),
    "Immediate": ("Immediate", "stops charges, then restarts"),
    "ImmediateAndResume": ("Resume after", "at once; charges go on afterwards"),
}
"""The label and the meaning of each kind of reset, the gentlest first (OCPP 1.6 section 5.14; 2.x B11, B12)."""


def _availability(ask: _Asker) -> RemoteCall:
    place = ask.case.wanted_place()
    kind = ask.chosen(
        "kind",
        f"Put {_words(place)} in service?",
        KnownValue("Operative", "in service"),
        KnownValue("Inoperative", "out of service"),
    )
    if ask.is_1x:
        at = place.connector if place else 0
        return RemoteCall("ChangeAvailability", {"connectorId": at, "type": kind}, f"{_words(place)} {kind}")
    payload: Payload = {"operationalStatus": kind}
    if place is not None:
        payload["evse"] = _evse(place)
    return RemoteCall("ChangeAvailability", payload, f"{_words(place)} {kind}")


def _trigger(ask: _Asker) -> RemoteCall:
    found = dict.fromkeys(ask.members("TriggerMessage", "requestedMessage"), "TriggerMessage")
    if ask.is_1x:
        more = ask.members("ExtendedTriggerMessage", "requestedMessage")
        found |= {name: "ExtendedTriggerMessage" for name in more if name not in found}
    found.pop("CustomTrigger", None)  # only a vendor knows which there are
    names = sorted(found, key=lambda name: (name not in _OFTEN_TRIGGERED, name))
    message = ask.chosen("message", "Have it send which message?", *(KnownValue(name) for name in names))
    payload: Payload = {"requestedMessage": message}
    if message in _OF_A_PLACE:
        place = ask.case.wanted_place()
        if not ask.is_1x and message == "StatusNotification":  # F06.FR.13: it needs the connector
            place = ask.case.needed_place("The status of which connector?")
            payload["evse"] = {"id": place.evse, "connectorId": place.connector or 1}
        elif place is not None:
            payload |= {"connectorId": place.connector} if ask.is_1x else {"evse": {"id": place.evse}}
    return RemoteCall(found[message], payload, message)


_OFTEN_TRIGGERED = frozenset(["BootNotification", "Heartbeat", "MeterValues", "StatusNotification"])
_OF_A_PLACE = frozenset(["MeterValues", "StatusNotification", "TransactionEvent"])


def _evse(place: ConnectorPlace) -> Payload:
    return {"id": place.evse} | ({"connectorId": place.connector} if place.connector else {})


def _diagnostics(ask: _Asker) -> RemoteCall:
    diagnostics = KnownValue("diagnostics", "GetDiagnostics" if ask.is_1x else "DiagnosticsLog", "Diagnostics")
    security = KnownValue("security", "SecurityLog", "Security log")
    if ask.is_1x:
        newer = KnownValue("log", "GetLog of the security extension", "Log by GetLog")
        which = ask.chosen("which", "Upload what?", diagnostics, newer, security)
    else:
        which = ask.chosen("which", "Upload what?", diagnostics, security)
    url = ask.text("upload", "Upload it to which URL?")
    if ask.is_1x and which == "diagnostics":
        return RemoteCall("GetDiagnostics", {"location": url}, url)
    kind = "SecurityLog" if which == "security" else "DiagnosticsLog"
    payload = {"logType": kind, "requestId": ask.new_number("requestId"), "log": {"remoteLocation": url}}
    return RemoteCall("GetLog", payload, kind)


def _firmware(ask: _Asker) -> RemoteCall:
    url, at = ask.text("firmware", "Install the firmware from which URL?"), date_time(ask.case.now)
    if ask.is_1x:
        return RemoteCall("UpdateFirmware", {"location": url, "retrieveDate": at}, url)
    firmware = {"location": url, "retrieveDateTime": at}
    return RemoteCall("UpdateFirmware", {"requestId": ask.new_number("requestId"), "firmware": firmware}, url)


def _clear_cache(ask: _Asker) -> RemoteCall:
    return RemoteCall("ClearCache", {})


def _certificates(ask: _Asker) -> RemoteCall:
    if not ask.is_1x:
        return RemoteCall("GetInstalledCertificateIds", {})
    kinds = (KnownValue(kind) for kind in ask.members("GetInstalledCertificateIds", "certificateType"))
    kind = ask.chosen("kind", "Which certificates?", *kinds)
    return RemoteCall("GetInstalledCertificateIds", {"certificateType": kind}, kind)


def _data_transfer(ask: _Asker) -> RemoteCall:
    vendors = ask.known.suggestions("vendorId")
    words = "Send what? vendorId, then messageId and data if there are any"
    parts = ask.text("data", words, start=vendors[0] if vendors else "").split(None, 2)
    return RemoteCall("DataTransfer", dict(zip(("vendorId", "messageId", "data"), parts, strict=False)), parts[0])


def _display(ask: _Asker) -> RemoteCall:
    content = {"format": "UTF8", "content": ask.text("text", "Show which text?")}
    message = {"id": next_number([]), "priority": "NormalCycle", "message": content}
    return RemoteCall("SetDisplayMessage", {"message": message})


# -- tokens and reservations ------------------------------------------------------------------------------------


def _local_list(ask: _Asker) -> RemoteCall:
    tokens = [one for one in ask.known.suggestions("idTag") if len(one) <= (20 if ask.is_1x else 36)]
    number = f"1 token: {tokens[0]}" if len(tokens) == 1 else f"{len(tokens)} tokens"
    seen = [KnownValue("seen", f"{number}, Full", "Replace it by the tokens seen")] if tokens else []
    what = ask.chosen(
        "what",
        "The list of tokens in the charge point:",
        KnownValue("version", "GetLocalListVersion", "Version of the list"),
        *seen,
        KnownValue("empty", "no token, Full", "Empty it"),
    )
    if what == "version":
        return RemoteCall("GetLocalListVersion", {})
    # Seconds since 1970 are greater than the version of any list before, which is not always known.
    version = ask.case.now // 1_000_000 % MOST_NUMBER
    payload: Payload = {"listVersion" if ask.is_1x else "versionNumber": version, "updateType": "Full"}
    accepted = {"status": "Accepted"}
    if what == "seen" and ask.is_1x:
        payload["localAuthorizationList"] = [{"idTag": one, "idTagInfo": accepted} for one in tokens]
    elif what == "seen":
        entries = [{"idToken": token_of_2(one), "idTokenInfo": accepted} for one in tokens]
        payload["localAuthorizationList"] = entries
    return RemoteCall("SendLocalList", payload, number if what == "seen" else "empty")


def _reserve(ask: _Asker) -> RemoteCall:
    place = ask.case.needed_place("Reserve which connector?")
    token = ask.token(f"Reserve {place} for which token?")
    number, until = next_number(ask.known.suggestions("reservationId")), date_time(ask.case.now + RESERVED_FOR)
    if ask.is_1x:
        ids = {"connectorId": place.connector, "reservationId": number}
        return RemoteCall("ReserveNow", {**ids, **token, "expiryDate": until}, str(place))
    return RemoteCall("ReserveNow", {"id": number, "evseId": place.evse, **token, "expiryDateTime": until}, str(place))


def _cancel(ask: _Asker) -> RemoteCall:
    known = ask.known.suggestions("reservationId")
    if len(known) == 1 and not ask.case.given.get("reservation"):
        return RemoteCall("CancelReservation", {"reservationId": int(known[0])}, f"reservation {known[0]}")
    words = "Cancel which reservation?" if known else "Cancel which reservation? None is known."
    number = ask.number("reservation", words, tuple(KnownValue(one) for one in known))
    return RemoteCall("CancelReservation", {"reservationId": number}, f"reservation {number}")


_CALLS: Mapping[str, Callable[[_Asker], RemoteCall]] = {
    "start": _start,
    "stop": _stop,
    "unlock": _unlock,
    "limit": _limit,
    "unlimit": _unlimit,
    "schedule": _schedule,
    "profiles": _profiles,
    "reset": _reset,
    "availability": _availability,
    "trigger": _trigger,
    "diagnostics": _diagnostics,
    "firmware": _firmware,
    "clear-cache": _clear_cache,
    "local-list": _local_list,
    "reserve": _reserve,
    "cancel": _cancel,
    "data-transfer": _data_transfer,
    "certificates": _certificates,
    "transaction": _transaction_state,
    "display": _display,
}
