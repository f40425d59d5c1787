"""What versions and cipher suites a central system offers, and whether it asks for a client certificate.

Sources: OCPP 1.6 security whitepaper and OCPP 2.0.1 Part 2, section A00.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ocpptui.doctor.examined_step import (
    ExaminedStep,
    Remark,
    StepName,
    examined,
    failed,
    fine,
    network_remark,
    skipped,
    warning,
)
from ocpptui.network.problems import NetworkProblem
from ocpptui.network.problems import ProblemCode as P
from ocpptui.network.tls_probe import TlsTrial
from ocpptui.network.tls_terms import OLD_VERSIONS
from ocpptui.unwrapping.der import distinguished_name


def takes(trial: TlsTrial | None) -> bool:
    """Whether a server takes what was offered: it went on to its certificate, even if it refused later for another
    reason."""
    return trial is not None and (trial.problem is None or bool(trial.chain))


def versions_step(trials: Mapping[str, TlsTrial | None], problem: NetworkProblem | None) -> ExaminedStep:
    """The outcome for each version; None: this machine cannot try it. `problem` is that of the versions of OCPP."""
    seen = [f"TLS {name}: {_outcome(trial)}" for name, trial in trials.items()]
    taken = [name for name, trial in trials.items() if takes(trial)]
    old = [name for name in taken if name in OLD_VERSIONS]
    if not taken:
        remark = failed("tls-no-version", "It takes no version of TLS.") if problem is None else network_remark(problem)
        return examined(StepName.TLS_VERSIONS, [remark], seen)
    if taken == old:
        remark = failed(
            "tls-too-old",
            f"It accepts only {_and(old)}, which OCPP does not allow.",
            "Let the central system offer TLS 1.2 and 1.3.",
        )
        return examined(StepName.TLS_VERSIONS, [remark], seen)
    remarks: list[Remark] = []
    if old:
        remarks.append(
            warning(
                "tls-old-versions",
                f"It also takes {_and(old)}, which are broken (RFC 8996).",
                "Turn them off, unless old charge points of OCPP 1.6 have nothing else.",
            )
        )
    if "1.2" not in taken:
        remarks.append(
            warning(
                "tls-1.3-alone",
                "It accepts only TLS 1.3; many charge points have TLS 1.2 at most.",
                "Offer TLS 1.2 as well.",
            )
        )
    return examined(StepName.TLS_VERSIONS, remarks or [fine("tls-versions", f"It takes {_and(taken)}.")], seen)


def suites_step(agreed: str | None, trials: Mapping[str, TlsTrial], has_tls12: bool) -> ExaminedStep:
    """`trials` are of TLS 1.2 with one pair of OCPP's suites each, by the key that they are for: ECDSA and RSA."""
    seen = [f"agreed by default: {agreed}"] if agreed else []
    seen += [f"OCPP's suites for {name} keys: {_outcome(trial, cipher=True)}" for name, trial in trials.items()]
    if not has_tls12:
        return examined(StepName.TLS_SUITES, [skipped("TLS 1.3 has suites of its own, which are all fine.")], seen)
    taken = [name for name, trial in trials.items() if takes(trial)]
    if not taken:
        remark = warning(
            "tls-suites-of-ocpp-missing",
            "With TLS 1.2, it takes none of the four cipher suites that a charge point has to know.",
            "Offer ECDHE-ECDSA-AES128-GCM-SHA256 and AES128-GCM-SHA256, which needs a certificate for each.",
        )
        return examined(StepName.TLS_SUITES, [remark], seen)
    if len(taken) == 1:
        missing = next(name for name in trials if name not in taken)
        remark = fine(
            "tls-suites-of-one-key",
            f"It takes OCPP's suites for {taken[0]} keys. A charge point that has only those for {missing} keys does "
            f"not get in; for it, the central system needs a second certificate with such a key.",
        )
        return examined(StepName.TLS_SUITES, [remark], seen)
    return examined(StepName.TLS_SUITES, [fine("tls-suites", "It takes OCPP's cipher suites.")], seen)


def client_certificate_step(trial: TlsTrial, issuers: Sequence[bytes] | None) -> ExaminedStep:
    """`issuers` are the names, in DER, of the CAs above our certificate; None: we have none."""
    name = StepName.CLIENT_CERTIFICATE
    if not trial.asks_certificate:
        remark = fine(
            "client-certificate-unasked", "It does not ask for a client certificate (security profile 1 or 2)."
        )
        if issuers is not None:
            remark = warning(
                "client-certificate-unused",
                "It does not ask for a client certificate, so the given one has no effect.",
                "For security profile 3, let the central system ask for one; is this its port?",
            )
        return examined(name, [remark])
    seen = [f"accepted CA: {distinguished_name(one)}" for one in trial.authorities] or [
        "It does not name the CAs that it accepts."
    ]
    if issuers is None:
        sentence = "It asks for a client certificate (security profile 3); none is given. The next step shows whether "
        return examined(name, [warning("client-certificate-asked", f"{sentence}it insists.")], seen)
    if trial.authorities and not set(issuers) & set(trial.authorities):
        remark = warning(
            "client-certificate-of-unlisted-ca",
            "It asks for a client certificate, and none of the CAs that it accepts signed ours.",
            "Have it signed by one of them, or install its CA in the central system.",
        )
        return examined(name, [remark], seen)
    return examined(name, [fine("client-certificate-sent", "It asks for a client certificate, and gets ours.")], seen)


def missing_certificate() -> Remark:
    """A server that asked for a client certificate ended the connection without one."""
    return failed(
        "client-certificate-missing",
        "It asked for a client certificate, and went no further without one (security profile 3).",
        "Give the charge point a certificate of a CA that the central system trusts, with the id as common name.",
    )


def _outcome(trial: TlsTrial | None, *, cipher: bool = False) -> str:
    if trial is None:
        return "not tried, since OpenSSL on this machine lacks it"
    if trial.problem is None:
        return trial.cipher or "taken" if cipher else f"taken, {trial.cipher}"
    if takes(trial):
        return "taken, and then refused for another reason"
    if alert := trial.problem.facts.get("alert"):
        return f"refused (alert {alert})"
    return _REFUSALS.get(trial.problem.code, f"refused ({trial.problem.code})")


_REFUSALS = {
    P.TLS_CUT: "refused (it ended the connection)",
    P.TLS_TIMED_OUT: "no answer in time",
    P.SERVER_TLS_TOO_OLD: "refused (it answered with another version)",
}


def _and(names: Sequence[str]) -> str:
    shown = [f"TLS {name}" for name in names]
    return " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1])))
