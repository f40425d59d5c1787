"""Where OCPP messages contain confidential data: by field names, which mean the same in all versions."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping
from enum import Enum, auto
from functools import lru_cache

from ocpptui.jsontext.tokens import Steps, Token, TokenKind, tokens
from ocpptui.ocpp.schema import Field, Part, field_tree
from ocpptui.ocpp.secret_fields import VALUE_LABELS
from ocpptui.ocpp.secret_names import SECRET_FIELDS, is_secret_name, is_secret_setting
from ocpptui.ocpp.version import Version
from ocpptui.ocpp.vocabulary import is_word_of_ocpp
from ocpptui.redaction.personal_names import is_of_a_person, is_personal_name, is_prose, names_a_person
from ocpptui.timeline.record import RecordKind

CONFIDENTIAL = frozenset(
    {
        # The user and the payer (idTag of 1.6; IdTokenType, AdditionalInfoType and payment of 2.x).
        "idTag", "parentIdTag", "idToken", "additionalIdToken", "idTokens", "prioritizedEMAIDs", "emaid", "eMAID",
        "customerIdentifier", "vatNumber", "address1", "address2", "postalCode", "pspRef", "receiptId",
        "evccId", "evccID", "vin",
        # The identity of the machine.
        "chargeBoxSerialNumber", "chargePointSerialNumber", "meterSerialNumber", "serialNumber",
        "evInverterSerialNumber", "iccid", "imsi", "imei", "macAddress", "identity", "chargePointId",
        "chargeBoxIdentity",
        # Its access to the network.
        "apn", "apnUserName", "user", "username", "server",
        # Keys, certificates and signatures.
        "certificate", "certificateChain", "csr", "signingCertificate", "exiRequest", "exiResponse", "ocspResult",
        "publicKey", "signedMeterData", "signature", "priceScheduleSignature", "digestValue", "issuerNameHash",
        "issuerKeyHash",
    }
) | SECRET_FIELDS  # fmt: skip
"""Names of fields whose value is confidential wherever it occurs."""

_PLAIN_NAMES = frozenset(name.lower() for name in CONFIDENTIAL)
_WORDS = frozenset(filter(str.islower, CONFIDENTIAL))
"""Those that are ordinary words, which label a value in running text only as they are written here."""

_OF_AN_ADDRESS = frozenset({"name", "city"})
_ADDRESSES = frozenset({"company", "vatCompany"})
"""Fields that contain an AddressType (OCPP 2.1, NotifySettlement and VatNumberValidation)."""
_TELLING = re.compile(
    r"serial|iccid|imsi|imei|msisdn|id_?tag|id_?token|identity|charge_?point_?id|charge_?box_?id|station_?id|ssid"
    r"|token|apn|user|mac_?addr|\bpin\b|simpin|phone|certificate|private",
    re.IGNORECASE,
)
_SETTING = re.compile(
    r"|true|false|yes|no|none|null|nil|unknown|invalid|missing|empty|n/a|required|on|off|\*+|-?\d{1,3}(?:\.\d+)?"
    r"|\d{4}-\d\d-\d\d[T ][\d:.]+Z?",
    re.IGNORECASE,
)
"""Values that are settings and identify nothing."""

_MESSAGES = frozenset({"personalMessage", "updatedPersonalMessage", "content"})
_BRACKETS = (TokenKind.OPEN, TokenKind.CLOSE)
_NAMES = frozenset({"name", "first", "last", "middle"})
_ADDRESS_NAMES = frozenset({"address", "addr", "location", "site", "anschrift", "adresse"})
_ADDRESS = re.compile(r"(?<![^\W\d_])[^\W\d_]{3,30}+\.? {1,3}\d|(?<!\d)\d{1,6} {1,3}[^\W\d_]{3}")
"""A street and the number of a house, in either order."""
_HOSTS = frozenset({"host", "hostname", "gateway", "ip", "ipaddress", "ipaddr", "ipv4", "ipv6", "server"})
_SETTINGS = frozenset({"component", "variable", "evse"})
"""Objects of OCPP whose `name` is that of a part or of a setting."""
PARTICLES = r"(?:(?:de|da|di|van|von|der|den|la|le|bin|al) ){0,2}"
CAPITALIZED = r"[A-ZÀ-ÖØ-Þ][^\W\d_]{0,40}+(?>(?:['’-][^\W\d_]{1,40}+){0,3})\.?"
"""A part of a person's name."""
_FULL_NAME = re.compile(rf"(?=[A-ZÀ-ÖØ-Þ][^\W\d_]{{0,40}}[a-zß-ÿ]){CAPITALIZED}(?: {PARTICLES}{CAPITALIZED}){{1,3}}")
_READING = re.compile(r"\s*|[+-]?[\d.,]{1,20}(?:[eE][+-]?\d{1,3})?")


@lru_cache(maxsize=4096)
def is_confidential_name(name: str) -> bool:
    """Whether the value of a field of this name is confidential; case and separators make no difference."""
    return _plain(name) in _PLAIN_NAMES


def is_sure_label(name: str) -> bool:
    """Whether a word of running text is such a name and nothing else."""
    return name in _WORDS or (is_confidential_name(name) and name.lower() not in _WORDS)


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


class Sensitivity(Enum):
    """What makes the value of a field confidential."""

    NOTHING = auto()
    FIELD = auto()
    """The name of the field: every value is."""
    PERSONAL = auto()
    """The name of the field, unless the value is a setting or a word of OCPP."""
    NAME = auto()
    """Its value, if that is the full name of a person."""
    ADDRESS = auto()
    """Its value, if that is a postal address."""
    READING = auto()
    """Its value, if that is not what a meter shows: in 1.6 it may be signed data, which has the token in it."""
    SETTING = auto()
    """The name of the setting that it is the value of."""


@lru_cache(maxsize=16_384)
def sensitivity_of(names: tuple[str, ...], action: str) -> Sensitivity:
    """The sensitivity of the values at a path without its indexes."""
    key = names[-1] if names else ""
    if is_secret_name(key):
        return Sensitivity.FIELD
    if is_confidential_name(key):
        return Sensitivity.PERSONAL if key in _WORDS else Sensitivity.FIELD
    if key.lower() == "key" and "vpn" in map(str.lower, names):
        return Sensitivity.FIELD
    if key in _OF_AN_ADDRESS and not _ADDRESSES.isdisjoint(names[-2:-1]):
        return Sensitivity.FIELD
    if key.lower() == "name" and [name.lower() for name in names[-2:-1]] == ["apn"]:
        return Sensitivity.FIELD
    if key == "data" and action == "NotifyCustomerInformation":
        return Sensitivity.FIELD
    if is_personal_name(key) or is_of_a_person(key, names[-2] if len(names) > 1 else ""):
        return Sensitivity.PERSONAL
    if key.lower() == "name" and _SETTINGS.isdisjoint(names[-2:-1]):
        return Sensitivity.NAME
    if key.lower() in _ADDRESS_NAMES:
        return Sensitivity.ADDRESS
    if key.lower() in VALUE_LABELS:
        return Sensitivity.READING if "sampledValue" in names else Sensitivity.SETTING
    return Sensitivity.NOTHING


def is_confidential(steps: Steps, value: str, settings: Mapping[Steps, str], action: str) -> bool:
    """Whether the value at `steps` within a frame is confidential. `settings` contains the names of configuration keys
    and variables by the path of the object that holds their value (see `names_a_value`)."""
    sensitivity = sensitivity_of(tuple(step for step in steps if type(step) is str), action)
    if sensitivity is Sensitivity.SETTING:
        name = settings.get(steps[:-1]) or settings.get(steps[:-3]) or ""
        return _is_telling_setting(name) and _SETTING.fullmatch(value) is None
    return is_confidential_by(sensitivity, value)


def is_confidential_by(sensitivity: Sensitivity, value: str) -> bool:
    """Whether a value is confidential, unless it is that of a setting."""
    if sensitivity is Sensitivity.NOTHING:  # nearly always
        return False
    match sensitivity:
        case Sensitivity.FIELD:
            return True
        case Sensitivity.PERSONAL:
            return is_personal_value(value)
        case Sensitivity.NAME:
            return is_full_name(value)
        case Sensitivity.ADDRESS:
            return _ADDRESS.search(value) is not None
        case Sensitivity.READING:
            return _READING.fullmatch(value) is None
    return False


@lru_cache(maxsize=4096)
def _is_telling_setting(name: str) -> bool:
    return is_secret_setting(name) or _TELLING.search(name) is not None or is_personal_name(name)


def is_a_reading(steps: Steps, value: str) -> bool:
    """Whether a value is what a meter shows, which looks like a telephone number at worst."""
    return steps[-1:] == ("value",) and "sampledValue" in steps and _READING.fullmatch(value) is not None


def is_a_name(steps: Steps) -> bool:
    """Whether a confidential value at this path is the name of a person, by the name of its field."""
    named = [step for step in steps if isinstance(step, str)]
    key = named[-1] if named else ""
    return names_a_person(key) or key.lower() in _NAMES


def is_host(steps: Steps, value: str) -> bool:
    """Whether the value at this path is an address of the network, whose pseudonym reaches nobody."""
    key = steps[-1] if steps else ""
    if isinstance(key, str) and key.lower() in _HOSTS:
        return True
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return True


def values_in(text: str) -> list[Token]:
    """The keys and values of a message."""
    return [token for token in tokens(text) if token.kind not in _BRACKETS]


def setting_names(found: Iterable[Token]) -> dict[Steps, str]:
    """The names of configuration keys and variables, by the path of the object that holds their value."""
    return {
        at: token.value
        for token in found
        if token.kind is TokenKind.STRING and (at := names_a_value(token.path)) is not None
    }


def is_personal_value(value: str) -> bool:
    """Whether the value of a field with a telling name can identify anyone: it is not a setting or a word of OCPP."""
    return _SETTING.fullmatch(value) is None and not is_word_of_ocpp(value)


def is_full_name(text: str) -> bool:
    """Whether a text looks like the whole name of a person, in two to four words."""
    return _FULL_NAME.fullmatch(text) is not None and not any(map(is_word_of_ocpp, text.split()))


def is_vendors(steps: Steps, action: str) -> bool:
    """Whether only a vendor knows the meaning of the value at a path within a frame."""
    return is_vendors_name(tuple(step for step in steps if type(step) is str), action)


def is_vendors_name(names: tuple[str, ...], action: str) -> bool:
    """Whether only a vendor knows the meaning of the data: that of DataTransfer and the content of customData."""
    if "customData" in names:
        return names[-1] not in ("customData", "vendorId")
    return action == "DataTransfer" and names[:1] == ("data",)


def is_text_for_people(names: tuple[str, ...], value: str) -> bool:
    """Whether a value is a message to a person or about one, and not a word of OCPP."""
    key = names[-1] if names else ""
    return is_prose(key) and (" " in value.strip() or key in _MESSAGES)


def names_a_value(steps: Steps) -> Steps | None:
    """The path of the object whose value is named at `steps` as a configuration key or a variable; None otherwise."""
    last = [step.lower() if isinstance(step, str) else step for step in steps[-2:]]
    if last[-1:] == ["key"] or last[-1:] == ["variable"]:
        return steps[:-1]
    return steps[:-2] if last == ["variable", "name"] else None


@lru_cache(maxsize=512)
def choices(version: Version | None, action: str, kind: RecordKind) -> Mapping[str, frozenset[str]]:
    """The field names of a payload with the values of their enumeration; an empty set if the field has none."""
    part = Part.RESPONSE if kind is RecordKind.CALLRESULT else Part.REQUEST
    root = field_tree(version, action, part) if version is not None else None
    found: dict[str, frozenset[str]] = {}
    if root is not None:
        _gather(root, found)
    return found


def _gather(field: Field, found: dict[str, frozenset[str]]) -> None:
    for child in field.fields:
        values = child.enum or (child.item.enum if child.item is not None else ())
        found[child.name] = found.get(child.name, frozenset()) | frozenset(values)
        _gather(child, found)
        if child.item is not None:
            _gather(child.item, found)
