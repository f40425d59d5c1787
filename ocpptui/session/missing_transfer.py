"""Why a file that was asked for has not come: what the servers saw, as sentences. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ocpptui.network.addresses import is_loopback
from ocpptui.network.transfer_desk import VainAttempt

MOST_ATTEMPTS = 3
"""How many kinds of attempts are listed."""


def why_missing(protocol: str, address: str, attempts: Sequence[VainAttempt], host: str) -> str:
    """What was seen since the request, and what that may mean; `address` is what the URL names, `host` without port."""
    if attempts:
        kinds = Counter((one.peer, one.protocol, one.problem) for one in attempts)
        seen = [
            f"{peer} connected by {name}, but {problem}{f' ({times} times)' if times > 1 else ''}."
            for (peer, name, problem), times in kinds.most_common(MOST_ATTEMPTS)
        ]
        more = len(kinds) - len(seen)
        return " ".join([*seen, *([f"So did {more} more."] if more > 0 else [])])
    reasons = [
        "a firewall or a NAT may be between the two",
        f"the charge point may not speak {protocol}",
        "it may have tried earlier and given up",
    ]
    if protocol in ("HTTPS", "FTPS"):
        reasons.insert(0, "the charge point may not trust the certificate, or the clock that it is checked by is wrong")
    if is_loopback(host):
        reasons.insert(0, "that address can only be reached from this machine")
    return f"No {protocol} request has reached {address}: {', '.join(reasons[:-1])}, or {reasons[-1]}."
