"""What the messages of a timeline say of certificates: installed roots, issuers, serial numbers, revocations."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from typing import Any
from weakref import WeakKeyDictionary

from cryptography import x509
from cryptography.x509 import ocsp

from ocpptui.ocpp.boot_serials import serials_in
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.payload import text_at
from ocpptui.ocpp.wrapped_messages import call_within, result_within
from ocpptui.timeline.record import RecordKind
from ocpptui.timeline.timeline import Timeline
from ocpptui.unwrapping.certificate_judgement import CertificateUse, is_authority
from ocpptui.unwrapping.certificate_places import CertificateKnowledge, RevokedCertificate, use_of
from ocpptui.unwrapping.certificate_texts import certificates_of_text
from ocpptui.unwrapping.der import bytes_of_base64
from ocpptui.unwrapping.key_words import UNREADABLE
from ocpptui.unwrapping.moments import moment_text

MOST = 1_000
"""Facts that are kept; the later ones of a log with more are not known."""
_ROOTS: Mapping[str, tuple[CertificateUse, ...]] = {
    "CentralSystemRootCertificate": (CertificateUse.CHARGE_POINT,),
    "CSMSRootCertificate": (CertificateUse.CHARGE_POINT,),
    "ManufacturerRootCertificate": (CertificateUse.FIRMWARE,),
    "V2GRootCertificate": (CertificateUse.VEHICLE_SIDE, CertificateUse.CONTRACT),
    "MORootCertificate": (CertificateUse.CONTRACT,),
}
"""What an installed root is for: that of the central system issues the certificates of charge points, too (1.6 security
whitepaper, CertificateUseEnumType)."""
_CALLS = frozenset({"BootNotification", "InstallCertificate", "CertificateSigned", "DataTransfer"})
_RESULTS = frozenset({"GetCertificateStatus", "DataTransfer"})


class KnownCertificates:
    """Follows one timeline, in the order of its records."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._looked = 0
        self._authorities: list[tuple[int, str, CertificateUse, x509.Certificate]] = []
        self._serials: list[tuple[int, str, str]] = []
        self._revoked: list[tuple[int, RevokedCertificate]] = []

    def before(self, index: int) -> CertificateKnowledge:
        """What the records before one say, as far as it concerns the charge point of that one."""
        self._look(index)
        name = self._timeline.charge_point(index)
        authorities: dict[CertificateUse, list[x509.Certificate]] = {}
        for place, whose, use, certificate in self._authorities:
            if place < index and whose == name:
                authorities.setdefault(use, []).append(certificate)
        serials = {serial for place, whose, serial in self._serials if place < index and whose == name}
        revoked = [one for place, one in self._revoked if place < index]
        return CertificateKnowledge(name, frozenset({name, *serials}), authorities, revoked)

    def _look(self, stop: int) -> None:
        timeline, start = self._timeline, self._looked
        if stop <= start:
            return
        self._looked = stop
        wanted = {number: name for number, name in enumerate(timeline.action_table) if name in _CALLS | _RESULTS}
        for index, action in enumerate(timeline.actions[start:stop], start):
            if action in wanted and len(self._authorities) + len(self._serials) + len(self._revoked) < MOST:
                kind, name = timeline.kind(index), wanted[action]
                if (kind is RecordKind.CALL and name in _CALLS) or (kind is RecordKind.CALLRESULT and name in _RESULTS):
                    self._read(index, name)

    def _read(self, index: int, action: str) -> None:
        frame = self._timeline.frame(index)
        payload: Any = frame.payload if isinstance(frame, Message) else None
        if not isinstance(payload, dict):
            return
        is_answer = self._timeline.kind(index) is RecordKind.CALLRESULT
        if action == "DataTransfer":
            inner = result_within(payload) if is_answer else call_within(payload)
            payload = inner if inner is None or isinstance(inner, dict) else inner.payload
            if payload is None:
                return
        if is_answer:
            self._revoked += [(index, one) for one in _revoked_in(text_at(payload, "ocspResult") or "")]
            return
        name = self._timeline.charge_point(index)
        if action == "BootNotification":
            self._serials += [(index, name, serial) for serial in serials_in(payload)]
        kind = text_at(payload, "certificateType") or ""
        if (pem := text_at(payload, "certificate")) and kind in _ROOTS:
            self._authorities += [(index, name, use, one) for use in _ROOTS[kind] for one in certificates_of_text(pem)]
        if pem := text_at(payload, "certificateChain"):
            use = use_of("certificateChain", payload)
            assert use is not None
            above = certificates_of_text(pem)[1:]
            self._authorities += [(index, name, use, one) for one in above if is_authority(one)]


def _revoked_in(text: str) -> Iterator[RevokedCertificate]:
    try:
        with warnings.catch_warnings(action="ignore"):
            response = ocsp.load_der_ocsp_response(bytes_of_base64(text, 4) or b"")
            for one in response.responses:
                if one.certificate_status is ocsp.OCSPCertStatus.REVOKED:
                    when = f" on {moment_text(one.revocation_time_utc)}" if one.revocation_time_utc else ""
                    yield RevokedCertificate(one.serial_number, one.issuer_name_hash, one.hash_algorithm.name, when)
    except UNREADABLE:
        return


_KNOWN: WeakKeyDictionary[Timeline, KnownCertificates] = WeakKeyDictionary()


def knowledge_before(timeline: Timeline, index: int) -> CertificateKnowledge:
    """What the records before one say of the certificates of its charge point."""
    if (known := _KNOWN.get(timeline)) is None:
        known = _KNOWN[timeline] = KnownCertificates(timeline)
    return known.before(index)
