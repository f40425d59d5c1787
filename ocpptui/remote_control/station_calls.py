"""The calls that are about the charge point as a whole.

Sources: OCPP 1.6 section 5 and the security whitepaper (edition 3) section 5; OCPP 2.0.1 and 2.1 Part 2, use cases B11,
B12, D01, F06, G03, G04, H01, H02, L01, N01, O01, P01.
"""

from __future__ import annotations

from ocpptui.ocpp.counted import counted
from ocpptui.ocpp.date_times import HOUR, date_time
from ocpptui.ocpp.payload import Payload
from ocpptui.remote_control.asker import Asker, RemoteCall, place_words, token_of_2
from ocpptui.remote_control.circumstances import MOST_NUMBER, ConnectorPlace, next_number
from ocpptui.remote_control.offered_firmware import OfferedFirmware
from ocpptui.remote_control.question import KnownValue

RESERVED_FOR = HOUR
"""How long a reservation lasts, in microseconds."""


def reset_call(ask: Asker) -> RemoteCall:
    """Reset."""
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


def availability_call(ask: Asker) -> RemoteCall:
    """ChangeAvailability."""
    place = ask.case.wanted_place()
    kind = ask.chosen(
        "kind",
        f"Put {place_words(place)} in service?",
        KnownValue("Operative", "in service"),
        KnownValue("Inoperative", "out of service"),
    )
    if ask.is_1x:
        at = place.connector if place else 0
        return RemoteCall("ChangeAvailability", {"connectorId": at, "type": kind}, f"{place_words(place)} {kind}")
    payload: Payload = {"operationalStatus": kind}
    if place is not None:
        payload["evse"] = _evse(place)
    return RemoteCall("ChangeAvailability", payload, f"{place_words(place)} {kind}")


def trigger_call(ask: Asker) -> RemoteCall:
    """TriggerMessage, or ExtendedTriggerMessage for what only that can trigger."""
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


def diagnostics_call(ask: Asker) -> RemoteCall:
    """GetDiagnostics, GetLog."""
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


def firmware_call(ask: Asker) -> RemoteCall:
    """UpdateFirmware or SignedUpdateFirmware, at once, from a file of ours or any URL."""
    files = {one.name: one for one in ask.case.firmware}
    offered = tuple(KnownValue(one.name, _firmware_note(one)) for one in files.values())
    text, at = ask.text("firmware", "Install which firmware? Give a URL.", offered), date_time(ask.case.now)
    file = files.get(text)
    url = text if file is None else file.url
    if not ask.is_1x:
        firmware: Payload = {"location": url, "retrieveDateTime": at}
        if file is not None and file.is_signed and _is_signed_wanted(ask):
            firmware |= {"signingCertificate": file.certificate, "signature": file.signature}
        return RemoteCall("UpdateFirmware", {"requestId": ask.new_number("requestId"), "firmware": firmware}, text)
    if file is None or not file.is_signed or not _is_signed_wanted(ask):
        return RemoteCall("UpdateFirmware", {"location": url, "retrieveDate": at}, text)
    signed: Payload = {"location": url, "retrieveDateTime": at}
    signed |= {"signingCertificate": file.certificate, "signature": file.signature}
    return RemoteCall("SignedUpdateFirmware", {"requestId": ask.new_number("requestId"), "firmware": signed}, text)


def _is_signed_wanted(ask: Asker) -> bool:
    plain = KnownValue("plain", "UpdateFirmware", "Without a signature")
    action = "SignedUpdateFirmware" if ask.is_1x else "UpdateFirmware with signature and certificate"
    return ask.chosen("kind", "Install it how?", plain, KnownValue("signed", action, "Signed")) == "signed"


def _firmware_note(file: OfferedFirmware) -> str:
    return f"{file.size:,} bytes, signed" if file.is_signed else f"{file.size:,} bytes"


def clear_cache_call(ask: Asker) -> RemoteCall:
    """ClearCache."""
    return RemoteCall("ClearCache", {})


def data_transfer_call(ask: Asker) -> RemoteCall:
    """DataTransfer."""
    vendors = ask.known.suggestions("vendorId")
    words = "Send what? vendorId, then messageId and data if there are any"
    parts = ask.text("data", words, start=vendors[0] if vendors else "").split(None, 2)
    return RemoteCall("DataTransfer", dict(zip(("vendorId", "messageId", "data"), parts, strict=False)), parts[0])


def display_call(ask: Asker) -> RemoteCall:
    """SetDisplayMessage."""
    content = {"format": "UTF8", "content": ask.text("text", "Show which text?")}
    message = {"id": next_number([]), "priority": "NormalCycle", "message": content}
    return RemoteCall("SetDisplayMessage", {"message": message})


# -- tokens and reservations ------------------------------------------------------------------------------------


def local_list_call(ask: Asker) -> RemoteCall:
    """GetLocalListVersion, SendLocalList of all tokens that were seen, or of none."""
    tokens = [one for one in ask.known.suggestions("idTag") if len(one) <= (20 if ask.is_1x else 36)]
    number = counted(len(tokens), "token") + (f": {tokens[0]}" if len(tokens) == 1 else "")
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


def reserve_call(ask: Asker) -> RemoteCall:
    """ReserveNow."""
    place = ask.case.needed_place("Reserve which connector?")
    token = ask.token(f"Reserve {place} for which token?")
    number, until = next_number(ask.known.suggestions("reservationId")), date_time(ask.case.now + RESERVED_FOR)
    if ask.is_1x:
        ids = {"connectorId": place.connector, "reservationId": number}
        return RemoteCall("ReserveNow", {**ids, **token, "expiryDate": until}, str(place))
    return RemoteCall("ReserveNow", {"id": number, "evseId": place.evse, **token, "expiryDateTime": until}, str(place))


def cancel_call(ask: Asker) -> RemoteCall:
    """CancelReservation."""
    known = ask.known.suggestions("reservationId")
    if len(known) == 1 and not ask.case.given.get("reservation"):
        return RemoteCall("CancelReservation", {"reservationId": int(known[0])}, f"reservation {known[0]}")
    words = "Cancel which reservation?" if known else "Cancel which reservation? None is known."
    number = ask.number("reservation", words, tuple(KnownValue(one) for one in known))
    return RemoteCall("CancelReservation", {"reservationId": number}, f"reservation {number}")
