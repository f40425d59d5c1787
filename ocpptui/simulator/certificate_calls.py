"""How the simulated charge point handles certificates.

Source: OCPP 1.6 security whitepaper, use cases A02, M03 to M05; OCPP 2.x the same.
"""

from __future__ import annotations

import base64

from ocpptui.ocpp.date_times import DAY, utc_datetime
from ocpptui.ocpp.payload import Payload, object_at, text_at, texts_at
from ocpptui.ocpp.wrapped_messages import call_within, result_within
from ocpptui.simulator.configuration_answers import status_info
from ocpptui.simulator.device import Device, Reply, status_reply
from ocpptui.simulator.effects import AddNote, Effect, TrustRoots
from ocpptui.simulator.installed_certificates import CertificateId
from ocpptui.simulator.ocsp_answers import ocsp_finding, ocsp_request, status_questions
from ocpptui.simulator.outgoing_calls import certificate_status
from ocpptui.simulator.own_certificates import all_certificates, certificates_in, is_for_cars
from ocpptui.simulator.own_connection import CENTRAL_SYSTEM_ROOTS

V2G_CHAIN = "V2GCertificateChain"
ROOTS_OF_CARS = ("V2GRootCertificate", "MORootCertificate")
STATUS = "certificate status"
WEEK = 7 * DAY


def install_certificate(device: Device, request: Payload, now: int) -> Reply:
    """InstallCertificate: Rejected if it is not a certificate, or not valid now (1.6 M05.FR.06, 2.x M05.FR.07)."""
    kind, pem = text_at(request, "certificateType") or "", text_at(request, "certificate") or ""
    time = utc_datetime(now)
    if not all(one.not_valid_before_utc <= time <= one.not_valid_after_utc for one in certificates_in(pem)):
        return status_reply("Rejected")
    if not device.certificates.install(kind, pem):
        return status_reply("Rejected")
    return status_reply("Accepted", TrustRoots(tuple(device.roots)))


def installed_certificates(device: Device, request: Payload, now: int) -> Reply:
    """GetInstalledCertificateIds: for one kind in 1.6, for several or all in 2.x."""
    if device.version.generation == 1:
        found = device.certificates.installed([text_at(request, "certificateType") or ""])
        hashes = {"certificateHashData": [identity.payload() for _, identity in found]}
        return Reply({"status": "Accepted", **hashes}) if found else status_reply("NotFound")
    return listed_certificates(device, request, now)


def listed_certificates(device: Device, request: Payload, now: int) -> Reply:
    """GetInstalledCertificateIds of 2.x."""
    kinds = texts_at(request, "certificateType")
    found = device.certificates.installed(kinds)
    chain = [{"certificateType": kind, "certificateHashData": identity.payload()} for kind, identity in found]
    if not kinds or V2G_CHAIN in kinds:
        chain += _chains_for_cars(device)
    return Reply({"status": "Accepted", "certificateHashDataChain": chain}) if chain else status_reply("NotFound")


def _chains_for_cars(device: Device) -> list[Payload]:
    """The V2G certificates of the charge point, each with those between it and its root (2.x M03.FR.05)."""
    return [
        {
            "certificateType": V2G_CHAIN,
            "certificateHashData": own.payload(),
            **({"childCertificateHashData": [one.payload() for one in above[:4]]} if above else {}),
        }
        for kind, (own, *above) in _own_ids(device).items()
        if is_for_cars(kind) or not kind  # one without a kind is for both (2.x A02)
    ]


def _own_ids(device: Device) -> dict[str, list[CertificateId]]:
    return device.own_certificates.ids([*device.roots, *device.certificates.pems("V2GRootCertificate")])


def delete_certificate(device: Device, request: Payload, now: int) -> Reply:
    """DeleteCertificate: the certificate is found by its hashes."""
    data = object_at(request, "certificateHashData")
    identity = CertificateId(
        (text_at(data, "issuerNameHash") or "").lower(),
        (text_at(data, "issuerKeyHash") or "").lower(),
        (text_at(data, "serialNumber") or "").lower(),
    )
    if any(identity in ids for ids in _own_ids(device).values()):
        return status_reply("Failed")  # M04.FR.05: the charge point's own
    roots = [one for _, one in device.certificates.installed(list(CENTRAL_SYSTEM_ROOTS))]
    if roots == [identity] and device.connection.facts.trusts_installed:
        return status_reply("Failed")  # M04.FR.06: it verifies the connection
    if not device.certificates.delete(identity):
        return status_reply("NotFound")
    return status_reply("Accepted", TrustRoots(tuple(device.roots)))


def certificate_signed(device: Device, request: Payload, now: int) -> Reply:
    """CertificateSigned: used for the next connection (A02.FR.08), or refused with a security event (A02.FR.07).

    A V2G certificate is kept for the cars, and listed by GetInstalledCertificateIds.
    """
    kind = text_at(request, "certificateType") or ""
    roots = device.certificates.pems("V2GRootCertificate")
    taken = device.own_certificates.take(kind, text_at(request, "certificateChain") or "", now, roots=roots)
    if isinstance(taken, str):
        station = "ChargePoint" if device.version.generation == 1 else "ChargingStation"
        event = device.security_event(f"Invalid{station}Certificate", now, taken)
        if device.version.generation == 1:
            return status_reply("Rejected", *event)
        info = {"statusInfo": status_info("InvalidCertificate", taken)}
        return Reply({"status": "Rejected", **info}, event)
    plans = None if is_for_cars(kind) else device.connection.with_certificate(taken)
    if plans is None:
        return status_reply("Accepted", *ask_status(device, now))
    return status_reply("Accepted", *device.connect_again(plans, "it has a new certificate", now))


# -- the status of the certificates for cars -----------------------------------------------------------------


def ask_status(device: Device, now: int) -> list[Effect]:
    """GetCertificateStatus for each certificate that cars verify (2.x M06), now and every week (M06.FR.10)."""
    device.agenda.cancel(STATUS)
    questions = _status_questions(device)
    if questions:
        device.agenda.at(now + WEEK, STATUS, lambda now: ask_status(device, now))
    if not device.is_online:
        return []
    return [certificate_status(device.version, one) for one in questions]


def _status_questions(device: Device) -> list[Payload]:
    roots = all_certificates([pem for kind in ROOTS_OF_CARS for pem in device.certificates.pems(kind)])
    found: list[Payload] = []
    for kind, chain in device.own_certificates.chains.items():
        if is_for_cars(kind):
            found += status_questions(certificates_in(chain), roots)
    return found


def status_answered(device: Device, action: str, sent: Payload, answer: Payload, now: int) -> list[Effect]:
    """The answer about such a certificate: the log says whether it is good."""
    if device.version.generation == 1:
        wrapped, result = call_within(sent), result_within(answer)
        if action != "DataTransfer" or wrapped is None or wrapped.payload is None or result is None:
            return []
        action, sent, answer = wrapped.action, wrapped.payload, result
    if action != "GetCertificateStatus":
        return []
    asked, serial = object_at(sent, "ocspRequestData"), text_at(sent, "ocspRequestData", "serialNumber") or ""
    if text_at(answer, "status") != "Accepted":
        return [AddNote(f"The status of certificate {serial} for cars is not known: the central system has none.")]
    chains = [certificates_in(one) for one in device.own_certificates.chains.values()]
    known = [one for chain in chains for one in chain]
    known += all_certificates([pem for kind in ROOTS_OF_CARS for pem in device.certificates.pems(kind)])
    try:
        data = base64.b64decode(text_at(answer, "ocspResult") or "", validate=True)
        finding = ocsp_finding(data, ocsp_request(asked), known, now)
    except ValueError:
        return [AddNote(f"The status of certificate {serial} for cars is not known: ocspResult is not base64.")]
    reason = f", because {finding.reason}" if finding.reason else ""
    return [AddNote(f"Certificate {serial} for cars: {finding.status}{reason}.")]
