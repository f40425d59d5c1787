"""The calls about certificates: which there are, a root to install or delete, a new one for the charge point.

Sources: OCPP 1.6 security whitepaper (edition 3) A02, M03 to M05; OCPP 2.x Part 2, use cases A02, M03 to M05.
"""

from __future__ import annotations

from ocpptui.remote_control.asker import Asker, RemoteCall
from ocpptui.remote_control.question import KnownValue, NotAnswered

PEM_MARK = "-----BEGIN CERTIFICATE-----"


def certificates_call(ask: Asker) -> RemoteCall:
    """GetInstalledCertificateIds."""
    if not ask.is_1x:
        return RemoteCall("GetInstalledCertificateIds", {})
    kinds = (KnownValue(kind) for kind in ask.members("GetInstalledCertificateIds", "certificateType"))
    kind = ask.chosen("kind", "Which certificates?", *kinds)
    return RemoteCall("GetInstalledCertificateIds", {"certificateType": kind}, kind)


def install_root_call(ask: Asker) -> RemoteCall:
    """InstallCertificate."""
    kinds = sorted(ask.members("InstallCertificate", "certificateType"), key=lambda kind: (not _is_ours(kind), kind))
    kind = ask.chosen("kind", "Install a certificate as what?", *map(KnownValue, kinds))
    name, pem = _pem(ask, "root", "Install which certificate? The path of a file in PEM", ())
    return RemoteCall("InstallCertificate", {"certificateType": kind, "certificate": pem}, f"{kind}: {name}")


def delete_certificate_call(ask: Asker) -> RemoteCall:
    """DeleteCertificate: by the hashes that the charge point has listed, or those of a certificate at hand."""
    listed = {one.serial: one for one in ask.known.certificates}
    offered = tuple(KnownValue(serial, one.use) for serial, one in listed.items())
    words = "Delete which certificate? Its serial number, or the path of a file in PEM"
    serial = ask.case.given.get("certificate", "").strip()
    if serial in listed:
        found = listed[serial]
        return RemoteCall("DeleteCertificate", {"certificateHashData": found.as_payload()}, f"{found.use} {serial}")
    name, pem = _pem(ask, "certificate", words, offered)
    from ocpptui.simulator.installed_certificates import root_id

    identity = root_id(pem)
    if identity is None:
        raise NotAnswered(ask.asked_last._replace(problem=f"{name} is not the certificate of a root"))
    return RemoteCall("DeleteCertificate", {"certificateHashData": identity.payload()}, name)


def renew_certificate_call(ask: Asker) -> RemoteCall:
    """ExtendedTriggerMessage or TriggerMessage: the charge point then asks for a certificate (SignCertificate)."""
    if ask.is_1x:
        return RemoteCall("ExtendedTriggerMessage", {"requestedMessage": "SignChargePointCertificate"})
    return RemoteCall("TriggerMessage", {"requestedMessage": "SignChargingStationCertificate"})


def _pem(ask: Asker, name: str, words: str, offered: tuple[KnownValue, ...]) -> tuple[str, str]:
    """What the user calls a certificate, and its text. Raises NotAnswered."""
    at_hand = ask.case.certificates
    text = ask.text(name, words, (*offered, *map(KnownValue, at_hand)), start=next(iter(at_hand), ""))
    if text in at_hand:
        return text, at_hand[text]
    if PEM_MARK in text:
        return "the one that was typed", f"{text}\n"
    raise NotAnswered(ask.asked_last._replace(problem=f"{text} is neither known nor a file with a certificate in PEM"))


def _is_ours(kind: str) -> bool:
    """Whether it verifies a central system: the kind that is installed most often."""
    return kind in ("CentralSystemRootCertificate", "CSMSRootCertificate")
