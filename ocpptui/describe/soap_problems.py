"""The problems of OCPP-S in words."""

from __future__ import annotations

from collections.abc import Mapping

from ocpptui.network.problems import ProblemCode as P

SOAP_WORDS: Mapping[P, tuple[str, str]] = {
    P.SOAP_ADDRESS_UNKNOWN: (
        "No address is known at which the charge point takes requests.",
        "Its requests name none in their header From; give one.",
    ),
    P.SOAP_POST_FAILED: (
        "The request could not be posted to {url}: {reason}.",
        "Check whether this address can be reached from here: behind NAT it cannot.",
    ),
    P.SOAP_POST_TIMED_OUT: ("{url} has not answered the request within {timeout} s.", ""),
    P.SOAP_ANSWER_EMPTY: (
        "{address} answered with status {status} and without an envelope.",
        "Something other than OCPP-S may listen there.",
    ),
    P.SOAP_VERSION_REFUSED: ("The request is of OCPP {version}, which is not accepted here.", ""),
    P.SOAP_SILENT: ("The charge point has posted nothing for {timeout} s.", ""),
}
"""What happened and why, and what to try, by the code of the problem."""
