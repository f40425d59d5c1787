"""Envelopes: whether a message of OCPP-S is a SOAP envelope with one operation, and has the headers that it needs."""

from __future__ import annotations

from collections.abc import Callable

from ocpptui.diagnosis.rule import Facts, Rule, tells_defects
from ocpptui.ocpp.element_faults import NAMES
from ocpptui.ocpp.header_faults import HEADER_FAULTS
from ocpptui.ocpp.version import Transport
from ocpptui.timeline.record import RecordKind
from ocpptui.timeline.severity import Severity


def _of_envelope(*names: str) -> Callable[[Facts], bool]:
    return lambda facts: (
        facts.transport is Transport.SOAP
        and facts.kind is not RecordKind.MALFORMED
        and not facts.remarks.isdisjoint(names)
    )


_HEADERS = (
    "missing-relates-to",
    "missing-message-id",
    "missing-identity",
    "missing-action",
    "action-mismatch",
    *HEADER_FAULTS,
)

RULES = (
    Rule(
        "soap.not-an-envelope",
        Severity.ERROR,
        "The message is not a SOAP envelope with an operation of OCPP.",
        "OCPP-S 1.6 section 4; SOAP 1.2 Part 1 section 5",
        lambda facts: facts.transport is Transport.SOAP and facts.kind is RecordKind.MALFORMED,
        tells_defects(),
    ),
    Rule(
        "soap.body",
        Severity.ERROR,
        "The body of the envelope does not have one element.",
        "OCPP-S 1.6 section 4; SOAP 1.2 Part 1 section 5.3",
        _of_envelope("extra-elements", "missing-parts"),
        tells_defects("extra-elements", "missing-parts"),
    ),
    Rule(
        "soap.header",
        Severity.WARNING,
        "A header of the envelope is missing, repeated, in another namespace, or does not fit its operation.",
        "OCPP-S 1.6 section 4; WS-Addressing 1.0 section 3",
        _of_envelope(*_HEADERS),
        tells_defects(*_HEADERS),
    ),
    Rule(
        "soap.version",
        Severity.WARNING,
        "The envelope is of another version of SOAP, or in a namespace that OCPP does not have.",
        "OCPP-S 1.6 section 4; the WSDLs of OCPP 1.2, 1.5 and 1.6",
        _of_envelope("soap-1.1", "unknown-namespace"),
        tells_defects("soap-1.1", "unknown-namespace"),
    ),
    Rule(
        "soap.elements",
        Severity.ERROR,
        "The elements in the body are not as the WSDL of the version has them.",
        "The WSDLs of OCPP 1.2, 1.5 and 1.6",
        _of_envelope(*NAMES),
        tells_defects(*NAMES),
    ),
)
