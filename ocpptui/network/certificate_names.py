"""Whether the names in a certificate are those of a charge point. Pure: nothing here knows a socket."""

from __future__ import annotations

from collections.abc import Collection

from ocpptui.network.problems import NetworkProblem, ProblemCode
from ocpptui.timeline.connection_detail import PeerCertificate


def misnamed(
    certificate: PeerCertificate, charge_point: str, organisation: str | None, known_as: Collection[str] = ()
) -> NetworkProblem | None:
    """What is wrong with the names in the certificate of a charge point with this id; None if nothing is.

    The organisation, if one is demanded, is that of the operator (A00.FR.404). The charge point may also be `known_as`
    something else.

    OCPP asks for the unique serial number of the charge point as the common name (1.6 security whitepaper and 2.0.1
    Part 2, A00.FR.405). Before its first BootNotification a charge point is known by its id alone.
    """
    common, alternative = certificate.get("commonNames", []), certificate.get("names", [])
    organisations = certificate.get("organisations", [])
    if organisation is not None and organisation not in organisations:
        code = ProblemCode.CERTIFICATE_OF_ANOTHER_ORGANISATION
        return NetworkProblem(code, names=organisations, expected=organisation)
    if not set(common).isdisjoint(known_as or (charge_point,)):
        return None
    if charge_point in alternative:
        return NetworkProblem(ProblemCode.ID_ONLY_IN_ALTERNATIVE_NAME, expected=charge_point)
    if not common and not alternative:
        return NetworkProblem(ProblemCode.CERTIFICATE_WITHOUT_NAME, expected=charge_point)
    names = list(common or alternative)
    return NetworkProblem(ProblemCode.CERTIFICATE_OF_ANOTHER_CHARGE_POINT, names=names, expected=charge_point)
