"""The fields of the start screen that remedy a network problem."""

from __future__ import annotations

from ocpptui.network.problems import NetworkProblem, ProblemCode


def remedy_on_screen(problem: NetworkProblem) -> str:
    """The field that helps, as a sentence; empty if none does."""
    return _REMEDIES.get(problem.code, "")


_TRUST = "Name the CA in the field 'CA file' of the start screen, or enter `insecure` there to skip all verification."

_LENIENT = "Lenient mode accepts it."

_REMEDIES = {
    ProblemCode.SUBPROTOCOL_NOT_SERVED: _LENIENT,
    ProblemCode.SUBPROTOCOL_MISWRITTEN: _LENIENT,
    ProblemCode.SUBPROTOCOL_MISSING: _LENIENT,
    ProblemCode.PATH_WITHOUT_ID: "Lenient mode takes the user name for the id.",
    ProblemCode.CREDENTIALS_NOT_OF_THE_ID: "Lenient mode lets the password alone decide.",
    ProblemCode.CREDENTIALS_OF_ANOTHER_USER: "Lenient mode lets the password alone decide.",
    ProblemCode.CERTIFICATE_OF_ANOTHER_CHARGE_POINT: "Lenient mode lets it in and marks it.",
    ProblemCode.CERTIFICATE_WITHOUT_NAME: "Lenient mode lets it in and marks it.",
    ProblemCode.CLIENT_CA_WITHOUT_CERTIFICATE: "The form has a field for each.",
    ProblemCode.URL_WITHOUT_ID: "Enter one below.",
    ProblemCode.SOAP_URL_WITHOUT_ID: "Enter one below.",
    ProblemCode.PORT_IN_USE: "Choose another port.",
    ProblemCode.PORT_NEEDS_RIGHTS: "Choose another port.",
    ProblemCode.ADDRESS_OF_ANOTHER_MACHINE: "0.0.0.0 listens on all addresses.",
    ProblemCode.LOOPBACK_ONLY: "The address 0.0.0.0 on the start screen accepts other machines.",
    ProblemCode.CERTIFICATE_SELF_SIGNED: _TRUST,
    ProblemCode.CERTIFICATE_OF_UNKNOWN_ISSUER: _TRUST,
    ProblemCode.CERTIFICATE_UNTRUSTED: "`insecure` in the field 'CA file' of the start screen skips all verification.",
    ProblemCode.SERVER_WANTS_CREDENTIALS: "The start screen has a field for it.",
    ProblemCode.SERVER_REJECTS_SUBPROTOCOL: "Enter it in the field 'version' of the start screen.",
    ProblemCode.SERVER_CHOSE_UNOFFERED_SUBPROTOCOL: "Enter it in the field 'version' of the start screen.",
    **dict.fromkeys(
        (
            ProblemCode.PROFILE_NEEDS_PASSWORD,
            ProblemCode.PROFILE_NEEDS_CERTIFICATE,
            ProblemCode.PROFILE_NEEDS_SERVER_CERTIFICATE,
            ProblemCode.PROFILE_NEEDS_CLIENT_CA,
        ),
        "The form has a field for it.",
    ),
    ProblemCode.PEER_WITH_TLS: "The start screen has a field for it.",
}
