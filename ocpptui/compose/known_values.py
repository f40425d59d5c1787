"""What is known of the peer for the fields of a message: values to start with, to choose from, and to compare with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import uuid4

from ocpptui.compose.continued_transaction import continued
from ocpptui.compose.draft import Draft, DraftNode
from ocpptui.compose.field_defaults import known_name
from ocpptui.compose.filled_payload import make_literal, placeholders_of
from ocpptui.compose.named_setting import (
    change_note,
    setting_around,
    setting_choices,
    settings_set_in,
    value_around,
    value_choices_of,
    value_to_edit,
)
from ocpptui.jsontext.tree import tree_of
from ocpptui.ocpp.file_protocols import FIRMWARE_LOCATIONS, UPLOAD_LOCATIONS
from ocpptui.ocpp.version import Role, Version
from ocpptui.remote_control.circumstances import next_number
from ocpptui.remote_control.offered_firmware import OfferedFirmware
from ocpptui.remote_control.question import KnownValue
from ocpptui.stations.known_settings import KnownSettings
from ocpptui.stations.state import CertificateHash, ChargePointState

NEW_NUMBERS = {
    "requestId": (),
    "remoteStartId": (),
    "reservationId": ("ReserveNow",),
    "id": ("ReserveNow",),
}
"""Numbers that a central system gives to something new, with the actions in which it does; () is all of them."""
UPLOADS = frozenset((action, path[-1]) for action, path in UPLOAD_LOCATIONS.items())
"""The fields that say where a charge point uploads a file."""
FIRMWARE = frozenset((action, path[-1]) for action, path in FIRMWARE_LOCATIONS.items())
"""The fields that say where it fetches firmware."""


@dataclass(frozen=True, slots=True)
class KnownValues:
    """What is known for one message.

    `state` returns what is known of the charge point now; None if nothing is.
    """

    version: Version | None
    role: Role | None
    action: str
    state: Callable[[], ChargePointState | None]
    upload_url: str = ""
    """Where the charge point can upload a file to us; empty if it cannot."""
    firmware: Sequence[OfferedFirmware] = ()
    """The files that it can fetch from us, the newest first."""

    # -- to start with ------------------------------------------------------------------------------------------

    def named(self, name: str) -> Sequence[str]:
        """The known values of a field by its name, the likeliest first; a new number where it names something new."""
        if self.upload_url and (self.action, name) in UPLOADS:
            return [self.upload_url]
        known = self.state()
        if self.firmware and (self.action, name) in FIRMWARE:
            before = known.suggestions(name) if known is not None else []
            return [*(one.url for one in self.firmware), *before]
        if known is None:
            return ()
        values = known.suggestions(self._meaning(name))
        actions = NEW_NUMBERS.get(name)
        is_new = self.role is Role.CENTRAL_SYSTEM and actions is not None and (not actions or self.action in actions)
        return [str(next_number(values)), *values] if is_new else values

    def _meaning(self, name: str) -> str:
        """The name under which values of `id` are known."""
        if name != "id":
            return name
        return {"ClearChargingProfile": "chargingProfileId", "ReserveNow": "reservationId"}.get(self.action, name)

    def start(self, draft: Draft, now: int) -> None:
        """Put what is known into a new draft: the transaction that goes on, values in force, a certificate."""
        before = placeholders_of(draft)
        self._start(draft, now)
        make_literal(draft, before)  # a peer can write placeholders, and would get what they become

    def _start(self, draft: Draft, now: int) -> None:
        known = self.state()
        if draft.field.type == "object":
            self._fill_firmware(draft, draft.root, now)
        if known is None or self.version is None or draft.field.type != "object":
            return
        self._continue(draft, known, now)
        for setting in settings_set_in(draft):
            value = value_to_edit(known.settings.get(setting.place))
            if value and setting.value is not None:
                draft.set_text(setting.value, value, now)
        if known.certificates:
            for child in draft.root.children:
                if child.name == "certificateHashData" and child.present:
                    draft.set_tree(child, tree_of(known.certificates[0].as_payload()), now)

    def _continue(self, draft: Draft, known: ChargePointState, now: int, transaction: str = "") -> None:
        assert self.version is not None
        payload = continued(self.version, self.action, known, now, str(uuid4()), transaction)
        for child in list(draft.root.children):
            if child.name in payload and not child.extra:
                draft.set_tree(child, tree_of(payload[child.name]), now)

    def _fill_firmware(self, draft: Draft, node: DraftNode, now: int) -> None:
        """Write what belongs to the firmware that a location names, beside it: its signature and its digest."""
        for child in list(node.children):
            if child.present and child.kind.is_branch:
                self._fill_firmware(draft, child, now)
        place = next((one for one in node.children if (self.action, one.name) in FIRMWARE and one.present), None)
        file = None if place is None else next((one for one in self.firmware if one.url == place.edit_text), None)
        if file is None:
            return
        texts = {"signature": file.signature, "signingCertificate": file.certificate, "checksum": file.md5}
        for child in list(node.children):
            if texts.get(child.name) and (child.present or child.required):
                draft.set_text(child, texts[child.name], now)

    # -- to choose from -----------------------------------------------------------------------------------------

    def offered(self, node: DraftNode) -> list[KnownValue]:
        """The known values for a field, each with what is known of it."""
        known = self.state()
        of = node.parent if node.is_item else node
        if of is None or node.kind.is_branch:
            return []
        settings = _settings(known)
        if choices := setting_choices(node, settings, self.version):
            return list(choices.values())
        if (setting := value_around(node)) is not None:
            return value_choices_of(setting, settings)
        if known is None:
            return []
        if _hash_data_around(node) is not None:
            return [KnownValue(one.serial, _certificate_note(one)) for one in known.certificates]
        name = known_name(of.field, of.parent.name if of.parent is not None else "")
        values = self.named(name)
        if values and (self.action, name) in FIRMWARE:
            names = {one.url: f"{one.name}, {one.size:,} bytes" for one in self.firmware}
            return [KnownValue(value, names.get(value, "")) for value in dict.fromkeys(values)]
        if self._meaning(name) == "connectorId":
            values = _connectors_of(node, known) or values
        return [KnownValue(value, _note(known, self._meaning(name), value)) for value in dict.fromkeys(values)]

    def choose(self, draft: Draft, node: DraftNode, text: str, now: int) -> None:
        """Set a field to a value that was chosen for it, and the fields that go with that value."""
        is_typed = all(one.value != text for one in self.offered(node))
        before = placeholders_of(draft)
        self._choose(draft, node, text, now)
        typed = {row.path: text for row in draft.all_rows() if row.node is node} if is_typed else {}
        make_literal(draft, before | typed)

    def _choose(self, draft: Draft, node: DraftNode, text: str, now: int) -> None:
        known = self.state()
        settings = _settings(known)
        setting = setting_around(node)
        if setting is not None:
            offered = setting_choices(node, settings, self.version)
            chosen = next((place for place, one in offered.items() if one.value == text), None)
            if chosen is not None:
                before = setting.place
                setting.take(draft, chosen, now)
                setting.follow(draft, before, settings, now)
                return
        hashes = _hash_data_around(node)
        found = next((one for one in known.certificates if one.serial == text), None) if known is not None else None
        if hashes is not None and found is not None:
            draft.set_tree(hashes, tree_of(found.as_payload()), now)
            return
        self.write(draft, node, text, now)
        if node.parent is not None and (self.action, node.name) in FIRMWARE:
            self._fill_firmware(draft, node.parent, now)
        if known is not None and node.name == "transactionId" and any(one.id == text for one in known.running):
            self._continue(draft, known, now, text)

    def write(self, draft: Draft, node: DraftNode, text: str, now: int) -> None:
        """Type a text into a field; the value of a setting follows its name."""
        setting = setting_around(node)
        before = setting.place if setting is not None and setting.is_name(node) else None
        draft.set_text(node, text, now)
        if setting is not None and before is not None:
            typed = placeholders_of(draft)
            setting.follow(draft, before, _settings(self.state()), now)
            make_literal(draft, typed)

    # -- to compare with ----------------------------------------------------------------------------------------

    def note(self, node: DraftNode) -> str:
        """What is in force where a message changes a setting, such as `300 → 60`; empty elsewhere."""
        value = value_around(node)
        return "" if value is None else change_note(value, _settings(self.state()))


def _settings(known: ChargePointState | None) -> KnownSettings:
    return KnownSettings() if known is None else known.settings


def _connectors_of(node: DraftNode, known: ChargePointState) -> list[str]:
    """The connectors of the EVSE that is named beside a connector of 2.x."""
    beside = {child.name: child.edit_text for child in node.parent.children} if node.parent is not None else {}
    evse = beside.get("evseId") or beside.get("id") or ""
    return [str(connector) for place, connector in sorted(known.connectors) if str(place) == evse and connector]


def _hash_data_around(node: DraftNode) -> DraftNode | None:
    """The CertificateHashData that a field is part of."""
    parent = node.parent
    return parent if parent is not None and parent.name == "certificateHashData" else None


def _certificate_note(one: CertificateHash) -> str:
    return " · ".join(part for part in (one.use, f"issuer {one.issuer_name[:12]}…" if one.issuer_name else "") if part)


def _note(known: ChargePointState, name: str, value: str) -> str:
    match name:
        case "transactionId":
            return _transaction_note(known, value)
        case "connectorId":
            found = {
                f"EVSE {evse} {one.status}".removeprefix("EVSE 0 ")
                for (evse, connector), one in known.connectors.items()
                if str(connector) == value
            }
            return ", ".join(sorted(found))
        case "evseId":
            return ", ".join(one.status for (evse, _), one in sorted(known.connectors.items()) if str(evse) == value)
        case "idTag" | "idToken" | "parentIdTag":
            running = next((one for one in known.running if one.id_token == value), None)
            return f"in transaction {running.id}" if running is not None else ""
    return ""


def _transaction_note(known: ChargePointState, value: str) -> str:
    one = known.transactions.get(value)
    if one is None:
        return ""
    place = f"EVSE {one.evse}" if one.evse else f"connector {one.connector}" if one.connector else ""
    state = (one.state or "running") if one.running else "stopped"
    return " · ".join(part for part in (state, place, one.id_token) if part)
