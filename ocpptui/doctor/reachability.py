"""What the addresses of a central system, and proxies of this machine, mean for a charge point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ocpptui.doctor.examined_step import (
    ExaminedStep,
    Remark,
    StepName,
    StepState,
    examined,
    fine,
    network_remark,
    warning,
)
from ocpptui.network.problems import NetworkProblem
from ocpptui.network.tcp_connect import NetworkAddress
from ocpptui.ocpp.durations import duration_text

PROXY_VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "ws_proxy", "wss_proxy", "no_proxy")
"""The environment variables that name proxies for many programs, in lower or upper case."""

SLOW = 500_000
"""µs from which on a TCP connection is called slow; mobile networks take up to some 300 ms."""


def proxy_step(environment: Mapping[str, str]) -> ExaminedStep | None:
    """The proxies that this machine has set; None if there are none."""
    named = [f"{name}={value}" for name, value in sorted(environment.items()) if name.lower() in PROXY_VARIABLES]
    if not any(not line.lower().startswith("no_proxy=") for line in named):
        return None
    remark = warning(
        "proxy-not-used",
        "This machine has a proxy set. ocpptui connects without it, as a charge point does.",
        "If the network lets nothing out but through the proxy, try from the network of the charge point.",
    )
    return examined(StepName.PROXY, [remark], named)


def dns_step(host: str, addresses: Sequence[NetworkAddress], is_literal: bool, took: int) -> ExaminedStep:
    """A name that has addresses. `took` is in µs."""
    seen = [f"{_bare(one)} ({'IPv6' if one.is_ipv6 else 'IPv4'})" for one in addresses]
    if is_literal:
        return examined(StepName.DNS, [fine("address-given", "The URL has an address; no name is needed.")], seen, host)
    families = " and ".join(
        word for word, wanted in (("IPv6", True), ("IPv4", False)) if any(one.is_ipv6 is wanted for one in addresses)
    )
    sentence = f"The name has {families} addresses; the answer took {duration_text(took)}."
    remarks = [fine("name-resolved", sentence)]
    if all(one.is_ipv6 for one in addresses):
        remarks.append(
            warning(
                "ipv6-alone",
                "The name has no IPv4 address, and many charge points have no IPv6.",
                "Add an A record, or make sure that every charge point has IPv6.",
            )
        )
    return examined(StepName.DNS, remarks, seen, host)


def tcp_step(
    address: NetworkAddress, took: int | None, problem: NetworkProblem | None, is_reached: bool
) -> ExaminedStep:
    """One address; `is_reached` says whether any of them answers, in which case this one is only a warning."""
    subject = str(address)
    if problem is not None:
        state = StepState.WARNING if is_reached else StepState.FAILED
        remark = network_remark(problem, state)
        if is_reached:
            remark = Remark(
                state,
                remark.code,
                remark.sentence,
                "Another address answers; a charge point that tries this one first loses time, or gives up. "
                "Remove the address from the name, or listen on it.",
                problem,
            )
        return examined(StepName.TCP, [remark], (), subject)
    sentence = f"The address takes connections, within {duration_text(took or 0)}."
    if took is not None and took >= SLOW:
        return examined(StepName.TCP, [warning("tcp-slow", sentence, "Check the route and the load.")], (), subject)
    return examined(StepName.TCP, [fine("tcp-connected", sentence)], (), subject)


def _bare(address: NetworkAddress) -> str:
    return str(address.address[0])
