"""Conversations with people, cars, cards and machines in them, in fields that name them and in places that do not."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from ocpptui.ocpp.version import Direction, Transport, Version
from ocpptui.ocpp.vocabulary import is_word_of_ocpp
from ocpptui.timeline.record import ConnectionEvent, Origin, Record, RecordKind, message_record
from tests.ocpp.envelopes import request

START = 1_795_341_723_000_000


@dataclass(frozen=True)
class Planted:
    """A value that must not come out of a redaction."""

    value: str
    names: tuple[str, ...]
    """What vendors call a field with it."""
    is_known_by_shape: bool = False
    """It is found where nothing names it."""

    @property
    def parts(self) -> tuple[str, ...]:
        """What must not come out: of the name of a person, each of its parts."""
        return tuple(self.value.split()) if self.names == PEOPLE else (self.value,)


PEOPLE = ("user", "userName", "driver", "customerName", "card_holder", "OWNER", "fullName")
_DIGITS, _UPPER = "0123456789", "ABCDEFGHJKLMNPRSTUVWXYZ"


def _text(alphabet: str, size: int, end: int | None = None) -> st.SearchStrategy[str]:
    return st.text(alphabet, min_size=size, max_size=end or size)


def _iban(account: str) -> str:
    rest = f"50010517{account}"
    check = 98 - int(f"{rest}131400") % 97  # DE is 13 14
    return f"DE{check:02}{rest}"


def _card(number: str) -> str:
    digits = f"4{number}"
    doubled = (int(digit) * (1 + (place + 1) % 2) for place, digit in enumerate(reversed(digits)))
    return digits + str(-sum(one - 9 if one > 9 else one for one in doubled) % 10)


def _spread(*parts: str | st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*(st.just(part) if isinstance(part, str) else part for part in parts)).map("".join)


_NAME = st.builds("{}{}".format, st.sampled_from("BDFGKLMRTVZ"), _text("aeioubdlmnrstz", 3, 8)).filter(
    lambda name: not is_word_of_ocpp(name) and not name.lower().startswith(("mac", "tele"))
)

PLANTED: st.SearchStrategy[Planted] = st.one_of(
    st.builds(Planted, _spread("04", _text("0123456789ABCDEF", 12)), st.just(("rfid", "uid", "idTag", "card"))),
    st.builds(Planted, _spread("SN-", _text(_DIGITS + _UPPER, 8)), st.just(("serialNumber", "serial_no", "sn"))),
    st.builds(Planted, _spread("M-", _text(_UPPER, 2), " ", _text(_DIGITS, 4)), st.just(("licensePlate", "plate"))),
    st.builds(Planted, _spread("CONTR", _text(_DIGITS, 6)), st.just(("contractId", "contract", "customerNumber"))),
    st.builds(Planted, st.builds("{} {}".format, _NAME, _NAME), st.just(PEOPLE)),
    st.builds(Planted, _spread("001B", _text("0123456789ABCDEF", 8)), st.just(("evccid", "EVCCID", "evMac"))),
    st.builds(
        Planted, _spread("WVW", _text(_UPPER, 3), _text(_DIGITS + _UPPER, 7), _text(_DIGITS, 4)).filter(
            lambda vin: sum(map(str.isdigit, vin)) > 4
        ), st.just(("vin", "VIN", "vehicleId")), st.just(True),
    ),
    st.builds(Planted, _spread("+49 151 ", _text(_DIGITS, 7, 8)), st.just(("phone", "mobileNumber")), st.just(True)),
    st.builds(Planted, _spread(_text("abcdefgh", 5), "@acme-energy.de"), st.just(("email", "mail")), st.just(True)),
    st.builds(Planted, _spread("DE*ACM*C", _text(_DIGITS, 8), "*X"), st.just(("emaid", "eMAID")), st.just(True)),
    st.builds(Planted, _text(_DIGITS, 10).map(_iban), st.just(("iban",)), st.just(True)),
    st.builds(Planted, _text(_DIGITS, 14).map(_card), st.just(("cardNumber", "pan")), st.just(True)),
    st.builds(
        Planted, st.lists(_text("0123456789abcdef", 2), min_size=6, max_size=6).map(":".join), st.just(("mac",)),
        st.just(True),
    ),
    st.builds(Planted, _spread("10.20.", st.integers(10, 99).map(str), ".", st.integers(10, 99).map(str)),
              st.just(("ip", "ipAddress")), st.just(True)),
)  # fmt: skip
"""One of each kind of identity."""


def plain_record(raw: str | bytes, transport: Transport = Transport.JSON) -> Record:
    """A message of the charge point of all conversations."""
    return message_record(
        raw, time=START, connection=1, direction=Direction.TO_CSMS, charge_point="CP-SITE-77", version=Version.V16,
        transport=transport,
    )  # fmt: skip


def plain_call(action: str, payload: Any, number: str = "n1") -> Record:
    """A CALL from it."""
    return plain_record(json.dumps([2, number, action, payload], ensure_ascii=False))


def _xml(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


NAMED: dict[str, Callable[[str, str], Record]] = {
    "JSON": lambda name, value: plain_call("DataTransfer", {"vendorId": "V", "data": json.dumps({name: value})}),
    "an object": lambda name, value: plain_call("DataTransfer", {"vendorId": "V", "data": {"x": [{name: value}]}}),
    "pairs": lambda name, value: plain_call(
        "DataTransfer", {"vendorId": "V", "data": f"A=1;{name}={value};STATE=Charging"}
    ),
    "custom data": lambda name, value: plain_call("Heartbeat", {"customData": {"vendorId": "V", name: value}}),
    "an unknown field": lambda name, value: plain_call("Heartbeat", {name: value}),
    "a setting": lambda name, value: (
        plain_call("ChangeConfiguration", {"key": f"Acme{name.title()}", "value": value})
        if name.islower() and "_" not in name
        else plain_call("DataTransfer", {"vendorId": "V", "data": {name: value}})
    ),
    "an error": lambda name, value: plain_record(json.dumps([4, "n2", "GenericError", "no", {name: value}])),
    "a truncated message": lambda name, value: plain_record(json.dumps([2, "n3", "Authorize", {name: value}])[:-2]),
    "an envelope": lambda name, value: plain_record(
        request("DataTransfer", f"<c:vendorId>V</c:vendorId><c:data>{_xml(json.dumps({name: value}))}</c:data>"),
        Transport.SOAP,
    ),
}
"""A value in a field that says what it is."""
UNNAMED: dict[str, Callable[[str], Record]] = {
    "info": lambda value: plain_call("StatusNotification", {"connectorId": 1, "info": f"seen {value}, left"}),
    "data": lambda value: plain_call("DataTransfer", {"vendorId": "V", "data": f"it was ({value})"}),
    "a list": lambda value: plain_call("DataTransfer", {"vendorId": "V", "data": {"x": ["a", value]}}),
    "a key": lambda value: plain_call("DataTransfer", {"vendorId": "V", "data": {value: 1}}),
    "a file": lambda value: plain_call("GetDiagnostics", {"fileName": f"diag_{value}_1.zip"}),
    "an error": lambda value: plain_record(json.dumps([4, "n4", "InternalError", f"no {value} here!", {"x": value}])),
    "an id": lambda value: plain_call("Heartbeat", {}, f"id/{value}/7"),
    "a malformed message": lambda value: plain_record(f'[2,"n5","StatusNotification",{{"info":"see {value}"'),
    "no message": lambda value: plain_record(f"it was {value} again"),
    "bytes": lambda value: plain_record(f"it was {value} again".encode() + b"\xff"),
    "a note": lambda value: Record(
        START, 0, RecordKind.NOTE, origin=Origin.MANUAL, detail={"text": f"{value} called"}
    ),
    "an event": lambda value: Record(
        START, 1, RecordKind.CONNECTION, charge_point="CP-SITE-77",
        detail={"event": ConnectionEvent.FAILED, "url": "ws://csms.acme-energy.org/CP-SITE-77", "error": f"no {value}"},
    ),
    "a header": lambda value: Record(
        START, 1, RecordKind.CONNECTION, charge_point="CP-SITE-77",
        detail={"event": ConnectionEvent.OPENED, "requestHeaders": ["Host: csms.acme-energy.org", f"X-Note: {value}"]},
    ),
    "an envelope": lambda value: plain_record(
        request("StatusNotification", f"<c:connectorId>1</c:connectorId><c:info>{_xml(value)}</c:info>"), Transport.SOAP
    ),
    "a broken envelope": lambda value: plain_record(
        request("StatusNotification", f"<c:info>seen {_xml(value)} there</c:info>")[:-9], Transport.SOAP
    ),
}  # fmt: skip
"""A value in a place that says nothing about it."""


@st.composite
def conversations(draw: st.DrawFn) -> tuple[list[Planted], list[Record]]:
    """Records in any order, and what is planted in them; what has no shape of its own is named somewhere."""
    planted = draw(st.lists(PLANTED, min_size=1, max_size=4, unique_by=lambda one: one.value))
    records: list[Record] = []
    for one in planted:
        if not one.is_known_by_shape or draw(st.booleans()):
            records.append(NAMED[draw(st.sampled_from(sorted(NAMED)))](draw(st.sampled_from(one.names)), one.value))
        places = draw(st.lists(st.sampled_from(sorted(UNNAMED)), min_size=1, max_size=3))
        records += (UNNAMED[place](one.value) for place in places)
    return planted, draw(st.permutations(records))
