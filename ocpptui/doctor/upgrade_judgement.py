"""What the answers of a central system to upgrade requests mean: status, credentials, path, subprotocols, compression.

Sources: RFC 6455 section 4, OCPP-J 1.6 section 3, OCPP 2.0.1 Part 4 section 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ocpptui.doctor.answered_by import answered_by, values_of
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
from ocpptui.doctor.path_variants import PathVariant
from ocpptui.network.problems import ConnectStep, NetworkProblem
from ocpptui.network.problems import ProblemCode as P
from ocpptui.timeline.connection_detail import ConnectionDetail

HEADER_LINES = 40
"""How many headers of an answer are shown."""
BODY_LINES = 6
"""How many lines of the body of a refusal are shown."""

_NOT_AS_OFFERED = (P.SERVER_CHOSE_UNOFFERED_SUBPROTOCOL, P.SERVER_CHOSE_SEVERAL_SUBPROTOCOLS)
IN_BETWEEN = {502, 503, 504}
"""The statuses of a gateway whose central system does not answer (RFC 9110 section 15.6)."""


@dataclass(frozen=True, slots=True)
class UpgradeAttempt:
    """One upgrade request and its outcome."""

    offered: tuple[str, ...]
    """Subprotocols."""
    problem: NetworkProblem | None
    """Why no WebSocket was opened; None: it was."""
    detail: ConnectionDetail
    subprotocol: str | None = None

    @property
    def status(self) -> int | None:
        """Of the HTTP answer; None if there was none."""
        return 101 if self.problem is None else self.detail.get("httpStatus")

    @property
    def headers(self) -> list[str]:
        """The lines of the answer."""
        return self.detail.get("responseHeaders", [])

    @property
    def outcome(self) -> str:
        """In a few words."""
        if self.problem is None:
            return f"taken as {self.subprotocol}" if self.subprotocol else "opened without a subprotocol"
        return self.detail.get("responseStatus") or str(self.problem.code)


def upgrade_step(
    attempt: UpgradeAttempt, path: str, *, hint: Remark | None = None, is_untrusted: bool = False
) -> ExaminedStep:
    """The request as a charge point makes it; `hint` is what was found out because it failed. A server that
    `is_untrusted` got nothing secret."""
    offered = ", ".join(attempt.offered) or "no subprotocol"
    seen = ["from here on, the certificate is not verified, and nothing secret is sent"] if is_untrusted else []
    seen.append(f"GET {path}, offering {offered}")
    if status := attempt.detail.get("responseStatus"):
        seen.append(f"answer: {status}")
    seen += [f"  {line}" for line in attempt.headers[:HEADER_LINES]]
    if len(attempt.headers) > HEADER_LINES:
        seen.append(f"  and {len(attempt.headers) - HEADER_LINES:,} more headers")
    body = attempt.detail.get("responseBody", "")
    seen += [f"  | {line}" for line in body.splitlines()[:BODY_LINES] if line.strip()]
    if first := attempt.detail.get("firstBytes"):
        seen.append(f"first bytes: {first}")
    servers = answered_by(attempt.headers)
    if servers:
        seen.append(f"answered by {', '.join(servers)}")
    if attempt.problem is None:
        who = f" {servers[0]} answered." if servers else ""
        return examined(StepName.UPGRADE, [fine("websocket-opened", f"A WebSocket was opened.{who}")], seen)
    more = [gateway_remark(attempt.status, servers), authentication_remark(attempt.headers), hint]
    return examined(StepName.UPGRADE, [network_remark(attempt.problem), *filter(None, more)], seen)


def gateway_remark(status: int | None, servers: Sequence[str]) -> Remark | None:
    """The answer is that of a gateway in between, not of the central system; None if it is not."""
    if status not in IN_BETWEEN or not servers:
        return None
    return failed(
        "gateway-without-central-system",
        f"The answer is that of {servers[0]}: it does not reach the central system behind it.",
        "Look whether the central system runs, and whether the gateway has its right address.",
    )


def authentication_remark(headers: list[str]) -> Remark | None:
    """The answer asks for credentials that no charge point has; None if it does not."""
    schemes = [value.split(" ", 1)[0] for value in values_of("www-authenticate", headers) if value]
    if not schemes or any(scheme.lower() == "basic" for scheme in schemes):
        return None
    return failed(
        "authentication-of-another-scheme",
        f"It asks for {' or '.join(schemes)}; charge points have only Basic.",
        "Let the central system take HTTP Basic authentication (security profile 1 and 2), or none.",
    )


def tls_hint(version: str, scheme: str = "ws") -> Remark:
    """A port that was asked in plain HTTP, by a URL of this scheme, speaks TLS."""
    return failed("tls-on-this-port", f"The port speaks TLS ({version}).", f"Use {scheme}s:// instead of {scheme}://.")


def plain_hint(attempt: UpgradeAttempt, scheme: str = "ws") -> Remark:
    """A port that was asked for TLS, by a URL of this scheme with an s, speaks plain HTTP."""
    text = f"The port speaks plain HTTP ({attempt.outcome})."
    advice = f"Use {scheme}:// instead of {scheme}s://, or the port of the TLS endpoint."
    return failed("plain-http-on-this-port", text, advice)


class HttpAttempt(Protocol):
    """What came of a request, of a WebSocket or of an envelope."""

    @property
    def problem(self) -> NetworkProblem | None:
        """Why it did not do; None: it did."""

    @property
    def status(self) -> int | None:
        """Of the HTTP answer; None if there was none."""

    @property
    def outcome(self) -> str:
        """In a few words."""


def credentials_step(
    first: HttpAttempt,
    *,
    given: str | None,
    other: tuple[str, HttpAttempt] | None,
    without: HttpAttempt | None,
    withheld: bool,
    is_encrypted: bool,
) -> ExaminedStep:
    """`given` is how the password was sent, None if there is none; `other` the other reading of it and what came of
    that; `without` the request without credentials; `withheld`: not sent, because the server is not verified."""
    name = StepName.CREDENTIALS
    if withheld:
        text = "The password was not sent, because the server's certificate is not trusted."
        return examined(name, [skipped(text)])
    seen = []
    if given is not None:
        seen.append(f"password as {given}: {first.outcome}")
    if other is not None:
        seen.append(f"password as {other[0]}: {other[1].outcome}")
    if without is not None:
        seen.append(f"no password sent: {without.outcome}")
    if given is None:
        if first.status == 401:
            return examined(name, [failed("credentials-wanted", "It asks for credentials, and none are given.")])
        if first.problem is None:
            text = "It lets a charge point in without credentials."
            return examined(name, [fine("credentials-unasked", text)])
        return examined(name, [skipped("No credentials are given, and it did not ask for them.")])
    if first.status == 401:
        if other is not None and other[1].problem is None:
            remark = failed(
                "password-read-otherwise",
                f"The password is right as {other[0]}, not as {given}.",
                "OCPP 1.6 sends the bytes of a hexadecimal AuthorizationKey, 2.x the text; set both sides alike.",
            )
            return examined(name, [remark], seen)
        tried = "in both readings" if other is not None else "as it was given"
        remark = failed(
            "credentials-refused",
            f"It refuses the password {tried}.",
            "Compare user name and password with those that the central system has for this id. "
            "Nothing more was tried, so that the account is not locked.",
        )
        return examined(name, [remark], seen)
    if first.problem is not None:
        return examined(name, [skipped("The request failed for another reason.")], seen)
    if without is not None and without.problem is None:
        remark = warning(
            "credentials-not-checked",
            "It lets the same charge point in without credentials.",
            "Let the central system demand them (security profile 1 and 2).",
        )
        return examined(name, [remark], seen)
    how = "" if is_encrypted else ", over a connection that is not encrypted (security profile 1)"
    return examined(name, [fine("credentials-accepted", f"It takes the password as {given}{how}.")], seen)


def path_step(requested: str, tried: Sequence[tuple[PathVariant, HttpAttempt]]) -> ExaminedStep:
    """Other ways of writing the URL, tried without credentials because the first one did not work."""
    seen = [f"{variant.url} ({variant.what}): {attempt.outcome}" for variant, attempt in tried]
    taken = [variant for variant, attempt in tried if attempt.problem is None]
    asked = [variant for variant, attempt in tried if attempt.status == 401]
    if taken:
        text = f"It works {taken[0].what}: {taken[0].url}"
        return examined(StepName.PATH, [failed("path-written-otherwise", text, "Use that URL.")], seen)
    if asked:
        text = f"{asked[0].what.capitalize()}, it asks for credentials, so that the path seems to exist: {asked[0].url}"
        return examined(
            StepName.PATH, [failed("path-may-be-written-otherwise", text, "Try that URL with the password.")], seen
        )
    if any(300 <= (attempt.status or 0) < 400 for _, attempt in tried[:1]):
        text = "The server points elsewhere; other ways of writing the path were tried and do not work."
        return examined(StepName.PATH, [skipped(text)], seen)
    text = f"No other spelling of {requested} works either."
    advice = "Ask for the URL, and whether the charge point is registered; an id differs in upper and lower case."
    return examined(StepName.PATH, [failed("path-unknown", text, advice)], seen)


def subprotocols_step(
    single: Sequence[UpgradeAttempt],
    several: UpgradeAttempt | None,
    none: UpgradeAttempt | None,
    wanted: Sequence[str],
) -> ExaminedStep:
    """Each subprotocol offered alone, all of them, and none; `wanted` are those that the charge point has."""
    name = StepName.SUBPROTOCOLS
    seen = [f"{attempt.offered[0]}: {attempt.outcome}" for attempt in single]
    if several is not None:
        seen.append(f"all of them: {several.outcome}")
    if none is not None:
        seen.append(f"none: {none.outcome}")
    taken = [attempt.offered[0] for attempt in single if attempt.problem is None and attempt.subprotocol]
    wrong = next((one for one in single if _is_unoffered(one)), None)
    if wrong is not None and wrong.problem is not None:
        return examined(name, [network_remark(wrong.problem)], seen)
    opened = [attempt for attempt in single if attempt.problem is None]
    if not taken and opened:
        remark = failed(
            "subprotocol-unnamed",
            "It opens a WebSocket and names no subprotocol, whichever is offered; a charge point has to close then.",
            "Let the central system, or the proxy in between, send Sec-WebSocket-Protocol (OCPP-J 1.6 section 3.1.2).",
        )
        return examined(name, [remark], seen)
    if not taken:
        text = "It takes none of the subprotocols of OCPP."
        return examined(name, [failed("subprotocol-none-taken", text, "Is this the path of a central system?")], seen)
    if not set(wanted) & set(taken):
        remark = failed(
            "subprotocol-of-other-versions",
            f"It takes {', '.join(taken)}, and none of {', '.join(wanted)}.",
            "Set another OCPP version in the charge point, or look for the path for its version.",
        )
        return examined(name, [remark], seen)
    remarks: list[Remark] = []
    if several is not None and several.problem is not None:
        remarks.append(
            warning(
                "subprotocols-refused-together",
                "It refuses a charge point that offers several versions, though it takes one of them alone.",
                "Let the central system choose from the list; until then, offer one version.",
            )
        )
    elif several is not None and several.subprotocol is None:
        remarks.append(
            warning(
                "subprotocols-unread-together",
                "It chooses none when several are offered, though it takes one of them alone.",
                "Let the central system read the whole list; until then, offer one version.",
            )
        )
    chosen = f" Of all, it chooses {several.subprotocol}." if several is not None and several.subprotocol else ""
    remarks.append(fine("subprotocols", f"It takes {', '.join(taken)}.{chosen}"))
    return examined(name, remarks, seen)


def compression_step(attempt: UpgradeAttempt) -> ExaminedStep:
    """A request that offers permessage-deflate (RFC 7692)."""
    name = StepName.COMPRESSION
    seen = [f"Sec-WebSocket-Extensions: {value}" for value in values_of("sec-websocket-extensions", attempt.headers)]
    if attempt.problem is not None:
        words = network_remark(attempt.problem)
        remark = failed(
            "compression-breaks-upgrade",
            f"It does not open a WebSocket if compression is offered: {words.sentence}",
            "Mend the server or the proxy in between; until then, turn compression off in the charge point.",
        )
        return examined(name, [remark], seen)
    if attempt.detail.get("compression"):
        return examined(name, [fine("compression-agreed", "It agrees to compression (permessage-deflate).")], seen)
    text = "It does not compress. Nothing depends on that, but OCPP 2.x asks central systems for it."
    return examined(name, [fine("compression-declined", text)], seen)


def leads_on(attempt: UpgradeAttempt) -> bool:
    """Whether other subprotocols could work though this request failed."""
    return is_about_subprotocol(attempt) or attempt.status in (400, 426, 500, 501, 505)


def is_about_subprotocol(attempt: UpgradeAttempt) -> bool:
    """Whether a WebSocket was opened, or refused because of the subprotocol: the path is right then."""
    return attempt.problem is None or attempt.problem.code.step is ConnectStep.SUBPROTOCOL


def asks_for_path(attempt: HttpAttempt) -> bool:
    """Whether another path could work."""
    return attempt.problem is not None and (
        attempt.status in (200, 204, 400, 404, 405, 410) or 300 <= (attempt.status or 0) < 400
    )


def _is_unoffered(attempt: UpgradeAttempt) -> bool:
    return attempt.problem is not None and attempt.problem.code in _NOT_AS_OFFERED


def is_refusal_for_now(attempt: UpgradeAttempt) -> bool:
    """Whether the server asks for no more attempts (RFC 6585 section 4)."""
    return attempt.status == 429
