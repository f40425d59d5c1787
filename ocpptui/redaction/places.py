"""Where OCPP messages contain confidential data: by field names, which mean the same in all versions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from ocpptui.jsontext.tokens import Steps
from ocpptui.ocpp.schema import Field, Part, field_tree
from ocpptui.ocpp.secret_fields import VALUE_LABELS
from ocpptui.ocpp.secret_names import SECRET_FIELDS, is_secret_name, is_secret_setting
from ocpptui.ocpp.version import Version
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

_OF_AN_ADDRESS = frozenset({"name", "city"})
_ADDRESSES = frozenset({"company", "vatCompany"})
"""Fields that contain an AddressType (OCPP 2.1, NotifySettlement and VatNumberValidation)."""
_TELLING = re.compile(
    r"serial|iccid|imsi|imei|msisdn|id_?tag|id_?token|identity|charge_?point_?id|charge_?box_?id|station_?id|ssid"
    r"|token|apn|user|mac_?addr|\bpin\b|simpin|phone|certificate|private",
    re.IGNORECASE,
)
_SETTING = re.compile(r"|true|false|\*+|-?\d{1,3}(?:\.\d+)?|\d{4}-\d\d-\d\d[T ][\d:.]+Z?", re.IGNORECASE)
"""Values that are settings and identify nothing."""

_READING = re.compile(r"\s*|[+-]?[\d.,]{1,20}(?:[eE][+-]?\d{1,3})?")


@lru_cache(maxsize=4096)
def is_confidential_name(name: str) -> bool:
    """Whether the value of a field of this name is confidential; case and separators make no difference."""
    return _plain(name) in _PLAIN_NAMES


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


def is_confidential(steps: Steps, value: str, names: Mapping[Steps, str], action: str) -> bool:
    """Whether the value at `steps` within a frame is confidential. `names` contains the names of configuration keys and
    variables by the path of the object that holds their value (see `names_a_value`)."""
    named = [step for step in steps if isinstance(step, str)]
    key = named[-1] if named else ""
    if is_confidential_name(key) or is_secret_name(key):
        return True
    if key.lower() == "key" and "vpn" in map(str.lower, named):
        return True
    if key in _OF_AN_ADDRESS and not _ADDRESSES.isdisjoint(named[-2:-1]):
        return True
    if key == "data" and action == "NotifyCustomerInformation":
        return True
    if key.lower() in VALUE_LABELS:
        if "sampledValue" in named:  # in 1.6 it may be signed data, which contains the token and the meter's id
            return _READING.fullmatch(value) is None
        name = names.get(steps[:-1]) or names.get(steps[:-3]) or ""
        return (is_secret_setting(name) or _TELLING.search(name) is not None) and _SETTING.fullmatch(value) is None
    return False


def is_vendors(steps: Steps, action: str) -> bool:
    """Whether only a vendor knows the meaning of the data: that of DataTransfer and the content of customData."""
    if "customData" in steps:
        return steps[-1] not in ("customData", "vendorId")
    return action == "DataTransfer" and len(steps) > 1 and steps[1] == "data"


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
