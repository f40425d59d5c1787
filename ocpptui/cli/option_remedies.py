"""The command-line options that remedy a problem."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocpptui.network.problems import NetworkProblem, ProblemCode

if TYPE_CHECKING:
    from ocpptui.describe.network_problems import Remedy
    from ocpptui.replay.plan import PlanError
    from ocpptui.session.session import Session


def option_remedy(problem: NetworkProblem) -> str:
    """The option that helps, as a sentence; empty if none does."""
    return _REMEDIES.get(problem.code, "")


def proxy_remedy(problem: NetworkProblem) -> str:
    """The same with the options of a proxy."""
    return _OF_PROXY.get(problem.code, _REMEDIES.get(problem.code, ""))


def demo_remedy(problem: NetworkProblem) -> str:
    """Always empty: both sides of the demo run on this machine, and no option of the demo concerns their sockets."""
    return ""


def remedy_for(session: Session) -> Remedy:
    """What the command of a session can remedy."""
    if session.proxy is not None:
        return proxy_remedy
    return option_remedy if session.operated is session else demo_remedy


def plan_words(error: PlanError) -> str:
    """Why a recording cannot be replayed, and the option that helps."""
    option = _PLAN_REMEDIES.get(error.fault or "")
    return f"{error} ({option})" if option else str(error)


_PLAN_REMEDIES = {
    "several charge points": "--charge-point, or --all",
    "nothing sent": "--as",
    "nothing chosen": "--from, --until, --only, --skip",
    "no beginning": "--from",
    "no end": "--until",
}

_REMEDIES = {
    ProblemCode.URL_WITHOUT_ID: "Name one with --id.",
    ProblemCode.SOAP_URL_WITHOUT_ID: "Name one with --id.",
    ProblemCode.PASSWORD_NOT_HEXADECIMAL: "Without --password-hex, it is sent unchanged.",
    ProblemCode.PORT_IN_USE: "Choose another with --port.",
    ProblemCode.PORT_NEEDS_RIGHTS: "Choose another with --port.",
    ProblemCode.ADDRESS_OF_ANOTHER_MACHINE: "--host 0.0.0.0 listens on all addresses.",
    ProblemCode.LOOPBACK_ONLY: "--host 0.0.0.0 lets a charge point in.",
    ProblemCode.CERTIFICATE_SELF_SIGNED: "--ca FILE trusts that CA; --insecure skips all verification.",
    ProblemCode.CERTIFICATE_OF_UNKNOWN_ISSUER: "--ca FILE trusts that CA; --insecure skips all verification.",
    ProblemCode.CERTIFICATE_UNTRUSTED: "--insecure skips all verification.",
    ProblemCode.CERTIFICATE_WITHOUT_ROOT: "--ca FILE names that file.",
    ProblemCode.SERVER_WANTS_CERTIFICATE: "--cert and --key set a client certificate.",
    ProblemCode.SERVER_MAY_WANT_CERTIFICATE: "--cert and --key set a client certificate.",
    ProblemCode.CERTIFICATE_WITHOUT_KEY: "--key names that file.",
    ProblemCode.KEY_WITHOUT_CERTIFICATE: "--cert names the certificate.",
    ProblemCode.CLIENT_CA_WITHOUT_CERTIFICATE: "--client-ca needs --cert and --key.",
    ProblemCode.USER_WITHOUT_PASSWORD: "--ask-password asks for one.",
    ProblemCode.OWN_PASSWORD_EMPTY: "--ask-password asks for one.",
    ProblemCode.SERVER_WANTS_CREDENTIALS: "--ask-password asks for it.",
    ProblemCode.SERVER_REJECTS_CREDENTIALS: "--password-hex sends the bytes of a hexadecimal password.",
    ProblemCode.SERVER_REJECTS_SUBPROTOCOL: "--version sets another.",
    ProblemCode.SERVER_CHOSE_UNOFFERED_SUBPROTOCOL: "--version sets another, --lenient takes it.",
    ProblemCode.TOO_MANY_HANDSHAKES: "--max-connections allows more.",
    ProblemCode.TOO_MANY_CONNECTIONS: "--max-connections allows more.",
    ProblemCode.PEER_WITH_TLS: "--cert and --key set a certificate.",
    ProblemCode.PEER_WITHOUT_CERTIFICATE: "Without --client-ca, none is required.",
    ProblemCode.PEER_CERTIFICATE_SELF_SIGNED: "--client-ca names what is trusted.",
    ProblemCode.PEER_CERTIFICATE_OF_UNKNOWN_ISSUER: "--client-ca names what is trusted.",
    ProblemCode.PEER_CERTIFICATE_WITHOUT_ROOT: "--client-ca names that file.",
    ProblemCode.CERTIFICATE_OF_ANOTHER_CHARGE_POINT: "--lenient lets it in and marks it.",
    ProblemCode.CERTIFICATE_WITHOUT_NAME: "--lenient lets it in and marks it.",
    ProblemCode.SUBPROTOCOL_NOT_SERVED: "--assume-version accepts it, and so does --lenient.",
    ProblemCode.SUBPROTOCOL_MISWRITTEN: "--lenient lets it in and marks it.",
    ProblemCode.SUBPROTOCOL_MISSING: "--assume-version 1.6 accepts it, and so does --lenient.",
    ProblemCode.PATH_WITHOUT_ID: "--lenient takes the user name for the id.",
    ProblemCode.CREDENTIALS_NOT_OF_THE_ID: "--lenient lets the password alone decide.",
    ProblemCode.CREDENTIALS_OF_ANOTHER_USER: "--lenient lets the password alone decide.",
    ProblemCode.SERVER_TLS_TOO_OLD: "--tls-min 1.0 accepts old versions.",
    ProblemCode.PEER_TLS_TOO_OLD: "--tls-min 1.0 accepts old versions.",
    ProblemCode.PEER_TLS_CUT_AT_CERTIFICATE: "Without --client-ca, none is required.",
    ProblemCode.PEER_SHARES_NO_SUITE: "--second-cert and --second-key add one, --ciphers sets the suites.",
    ProblemCode.CERTIFICATE_WITHOUT_CRL: "--crl FILE names that file.",
    ProblemCode.PEER_CERTIFICATE_WITHOUT_CRL: "--crl FILE names that file.",
    ProblemCode.CRL_WITHOUT_CLIENT_CA: "--client-ca requires one.",
    ProblemCode.ORGANISATION_WITHOUT_CLIENT_CA: "--client-ca requires one.",
    ProblemCode.CERTIFICATE_OF_ANOTHER_ORGANISATION: "--lenient lets it in and marks it.",
    ProblemCode.SECOND_CERTIFICATE_ALONE: "--cert names the first.",
    ProblemCode.PROFILE_NEEDS_PASSWORD: "--ask-password asks for one.",
    ProblemCode.PROFILE_NEEDS_CERTIFICATE: "--cert and --key name them.",
    ProblemCode.PROFILE_NEEDS_SERVER_CERTIFICATE: "--cert and --key name them; `ocpptui certs` makes them.",
    ProblemCode.PROFILE_NEEDS_CLIENT_CA: "--client-ca names it.",
    ProblemCode.PROFILE_NEEDS_VERIFICATION: "--ca FILE trusts it; leave --insecure out.",
    ProblemCode.SOAP_ADDRESS_UNKNOWN: "--callback URL names it.",
    ProblemCode.SOAP_CHARGE_POINT_UNKNOWN: "--callback URL names it.",
    ProblemCode.MESSAGE_TOO_LARGE: "--max-size sets the limit.",
}

_UPSTREAM_CA = "--upstream-ca FILE trusts that CA; --upstream-insecure skips all verification."
_WITHOUT_REMEDY = (
    ProblemCode.URL_WITHOUT_ID,
    ProblemCode.SOAP_URL_WITHOUT_ID,
    ProblemCode.SUBPROTOCOL_NOT_SERVED,
    ProblemCode.SUBPROTOCOL_MISWRITTEN,
    ProblemCode.SUBPROTOCOL_MISSING,
    ProblemCode.SERVER_REJECTS_SUBPROTOCOL,
    ProblemCode.SERVER_CHOSE_UNOFFERED_SUBPROTOCOL,
    ProblemCode.CERTIFICATE_OF_ANOTHER_CHARGE_POINT,
    ProblemCode.CERTIFICATE_WITHOUT_NAME,
    ProblemCode.CERTIFICATE_OF_ANOTHER_ORGANISATION,
    ProblemCode.PATH_WITHOUT_ID,
    ProblemCode.CREDENTIALS_NOT_OF_THE_ID,
    ProblemCode.CREDENTIALS_OF_ANOTHER_USER,
)
"""What a proxy leaves to the two sides, and what only a central system of ours can let in."""
_OF_PROXY = {
    **dict.fromkeys(_WITHOUT_REMEDY, ""),
    ProblemCode.PORT_IN_USE: "Choose another with --listen.",
    ProblemCode.PORT_NEEDS_RIGHTS: "Choose another with --listen.",
    ProblemCode.ADDRESS_OF_ANOTHER_MACHINE: "--listen 0.0.0.0:PORT listens on all addresses.",
    ProblemCode.LOOPBACK_ONLY: "--listen 0.0.0.0:PORT lets a charge point in.",
    ProblemCode.CERTIFICATE_SELF_SIGNED: _UPSTREAM_CA,
    ProblemCode.CERTIFICATE_OF_UNKNOWN_ISSUER: _UPSTREAM_CA,
    ProblemCode.CERTIFICATE_UNTRUSTED: "--upstream-insecure skips all verification.",
    ProblemCode.CERTIFICATE_WITHOUT_ROOT: "--upstream-ca FILE names that file.",
    ProblemCode.SERVER_WANTS_CERTIFICATE: "--upstream-cert and --upstream-key set a client certificate.",
    ProblemCode.SERVER_MAY_WANT_CERTIFICATE: "--upstream-cert and --upstream-key set a client certificate.",
    ProblemCode.SERVER_WANTS_CREDENTIALS: "--upstream-password-file sends one in place of the charge point's.",
    ProblemCode.SERVER_REJECTS_CREDENTIALS: "--upstream-password-file sends one in place of the charge point's.",
    ProblemCode.PROFILE_NEEDS_VERIFICATION: "Leave --upstream-insecure out.",
}
