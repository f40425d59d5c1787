"""How a problem of the network is remedied on screen: the fields of the start screen."""

from __future__ import annotations

from ocpptui.network.problems import NetworkProblem, ProblemCode


def remedy_on_screen(problem: NetworkProblem) -> str:
    """The field that helps, as a sentence; empty where none does."""
    return _REMEDIES.get(problem.code, "")


_TRUST = "The field 'CA file' of the start screen trusts it; `insecure` there verifies nothing."

_LENIENT = "Lenient, it is let in."

_REMEDIES = {
    ProblemCode.SUBPROTOCOL_NOT_SERVED: _LENIENT,
    ProblemCode.SUBPROTOCOL_MISSING: _LENIENT,
    ProblemCode.PATH_WITHOUT_ID: "Lenient, the user name is taken for the id.",
    ProblemCode.CREDENTIALS_NOT_OF_THE_ID: "Lenient, the password alone decides.",
    ProblemCode.CREDENTIALS_OF_ANOTHER_USER: "Lenient, the password alone decides.",
    ProblemCode.URL_WITHOUT_ID: "Type one below.",
    ProblemCode.PORT_IN_USE: "Choose another port.",
    ProblemCode.PORT_NEEDS_RIGHTS: "Choose another port.",
    ProblemCode.ADDRESS_OF_ANOTHER_MACHINE: "0.0.0.0 takes all it has.",
    ProblemCode.LOOPBACK_ONLY: "The address 0.0.0.0 on the start screen lets a charge point in.",
    ProblemCode.CERTIFICATE_SELF_SIGNED: _TRUST,
    ProblemCode.CERTIFICATE_OF_UNKNOWN_ISSUER: _TRUST,
    ProblemCode.CERTIFICATE_UNTRUSTED: "`insecure` in the field 'CA file' of the start screen verifies nothing.",
    ProblemCode.SERVER_WANTS_CREDENTIALS: "The start screen has a field for it.",
    ProblemCode.SERVER_REJECTS_SUBPROTOCOL: "The field 'version' of the start screen names it.",
    ProblemCode.SERVER_CHOSE_UNOFFERED_SUBPROTOCOL: "The field 'version' of the start screen names it.",
    ProblemCode.PEER_WITH_TLS: "The start screen has a field for it.",
}
