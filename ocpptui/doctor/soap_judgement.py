"""What the answers of a central system of OCPP-S mean: the service, its WSDL, its versions.

Sources: OCPP-S 1.6 sections 2 and 3, SOAP 1.2 Part 2 section 7.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ocpptui.doctor.answered_by import answered_by, values_of
from ocpptui.doctor.examined_step import ExaminedStep, Remark, StepName, examined, failed, fine, skipped, warning
from ocpptui.doctor.soap_attempts import PostAttempt
from ocpptui.doctor.upgrade_judgement import BODY_LINES, authentication_remark, gateway_remark
from ocpptui.ocpp.message import Malformed
from ocpptui.ocpp.soap_encoding import service_of
from ocpptui.ocpp.version import Version


def soap_step(
    attempt: PostAttempt, path: str, *, hint: Remark | None = None, is_untrusted: bool = False
) -> ExaminedStep:
    """The envelope that asks for nothing; `hint` is what was found out because no envelope came back. A server that
    `is_untrusted` got nothing secret."""
    seen = ["from here on, the certificate is not verified, and nothing secret is sent"] if is_untrusted else []
    seen.append(f"POST {path}, an envelope with an operation that OCPP does not have")
    if attempt.status is not None:
        seen.append(f"answer: {attempt.outcome}")
    seen += [f"  {line}" for line in attempt.headers]
    seen += [f"  | {line[:200]}" for line in attempt.body.splitlines()[:BODY_LINES] if line.strip()]
    servers = answered_by(list(attempt.headers))
    if servers:
        seen.append(f"answered by {', '.join(servers)}")
    who = f" {servers[0]} answered." if servers else ""
    if attempt.problem is None:
        return examined(
            StepName.SOAP, [*_of_envelope(attempt), fine("soap-answered", f"A SOAP service answers.{who}")], seen
        )
    remarks = [_without_envelope(attempt)]
    remarks += filter(
        None, [gateway_remark(attempt.status, servers), authentication_remark(list(attempt.headers)), hint]
    )
    return examined(StepName.SOAP, remarks, seen)


def _of_envelope(attempt: PostAttempt) -> list[Remark]:
    message = attempt.message
    if isinstance(message, Malformed):
        text = f"Its envelope is wrong: {message.defect.text}."
        return [warning("soap-envelope-wrong", text, "Charge points may not understand it.")]
    if message is not None and any(defect.name == "soap-1.1" for defect in message.defects):
        text = "It answers in SOAP 1.1; OCPP uses SOAP 1.2."
        return [warning("soap-1.1", text, "Use the endpoint for SOAP 1.2 of the central system.")]
    return []


def _without_envelope(attempt: PostAttempt) -> Remark:
    status = attempt.status
    if status is None:
        return failed(
            "soap-unanswered",
            "It takes the connection and gives no HTTP answer to a POST.",
            "Is this the port of a web service?",
        )
    if 300 <= status < 400:
        where = next(iter(values_of("location", list(attempt.headers))), "")
        place = f": {where}" if where else ""
        text = f"It sends the charge point elsewhere ({status}{place}); charge points do not follow."
        return failed("soap-redirected", text, "Set that URL in the charge point.")
    advice = {
        401: "Give the user name and the password.",
        403: "Its firewall or its list of charge points may keep this address or id out.",
        404: "Compare the path with that of the service.",
        405: "The path exists and takes no POST: it is not the service.",
        415: "It does not take application/soap+xml: its service is one of SOAP 1.1, or another program.",
        426: "It wants a WebSocket: use ws:// or wss://.",
        429: "It asks for no more requests for now; try later.",
    }.get(status, "Is this the URL of the service? Its log should say more.")
    return failed("soap-without-envelope", f"It answers {status}, and no SOAP envelope.", advice)


def websocket_hint(url: str) -> Remark:
    """WebSockets are taken where SOAP is not."""
    text = f"A central system of OCPP-J (WebSocket) answers at {url}."
    return failed("websocket-behind-this-url", text, "Set the charge point to OCPP-J and to that URL.")


def wsdl_step(attempt: PostAttempt, url: str) -> tuple[ExaminedStep, tuple[Version, ...]]:
    """The description of the service, and the versions of its central system that it names."""
    seen = [f"GET {url}: {attempt.status or attempt.outcome}"]
    if attempt.status != 200 or "definitions" not in attempt.body:
        text = "It shows no WSDL. OCPP does not ask for one."
        return examined(StepName.WSDL, [skipped(text)], seen), ()
    found = {known for match in _NAMESPACE.findall(attempt.body) if (known := service_of(match)) is not None}
    versions = tuple(sorted({version for side, version in found if side == "CentralSystemService"}))
    seen += [f"address: {place[:200]}" for place in dict.fromkeys(_LOCATION.findall(attempt.body))]
    if not versions:
        text = "Its WSDL describes no central system of OCPP."
        return examined(StepName.WSDL, [failed("wsdl-of-another-service", text, "Look for the URL of OCPP.")], seen), ()
    words = f"Its WSDL describes OCPP {', '.join(versions)}."
    return examined(StepName.WSDL, [fine("wsdl", words)], seen), versions


def soap_versions_step(
    tried: Mapping[Version, PostAttempt], described: Sequence[Version], wanted: Version
) -> ExaminedStep:
    """The envelope in the namespace of each version; `described` are the versions that the WSDL names.

    A WSDL may be that of one version of several: what is answered each in its own namespace is served, too.
    """
    name = StepName.SOAP_VERSIONS
    seen = [f"{version}: {attempt.outcome}" for version, attempt in tried.items()]
    taken = [version for version, attempt in tried.items() if attempt.problem is None]
    own = [version for version in taken if tried[version].version is version]
    shown = {*described, *own} if len(own) > 1 else set(described)  # one alone may be a fixed namespace
    served = [version for version in taken if version in shown] if described else taken
    if not taken:
        return examined(name, [skipped("No version was answered with an envelope.")], seen)
    if wanted not in served:
        remark = failed(
            "soap-version-of-others",
            f"It serves OCPP {', '.join(served)}, and not {wanted}.",
            "Set another version in the charge point, or look for the path for its version.",
        )
        return examined(name, [remark], seen)
    outcomes = {attempt.outcome for attempt in tried.values()}
    if not described and len(outcomes) == 1:
        text = "It answers each version alike, which does not show what it serves; a BootNotification does."
        return examined(name, [fine("soap-versions-alike", text)], seen)
    return examined(name, [fine("soap-versions", f"It answers OCPP {', '.join(served)}.")], seen)


_NAMESPACE = re.compile(r"urn://[Oo]cpp/[Cc][SsPp]/\d{4}/\d\d/?")
_LOCATION = re.compile(r"<[\w:]{1,40}address\s[^<>]{0,200}?location=[\"']([^\"'<>]{1,300})[\"']")
