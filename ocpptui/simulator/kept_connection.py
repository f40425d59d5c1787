"""How a charge point connects, as it outlives the process: passwords, own certificate and key, installed roots.

The file of the state is readable by its user alone; what is secret in it is needed to connect again, since the central
system accepts nothing else after a change (security whitepaper A01, A02, A05; 2.x the same).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from ocpptui.ocpp.payload import Payload, integer_at, object_at, objects_at, text_at
from ocpptui.ocpp.version import Version
from ocpptui.simulator.connection_plan import ConnectionPlan, OwnPair
from ocpptui.simulator.installed_certificates import CertificateStore
from ocpptui.simulator.own_certificates import OwnCertificates
from ocpptui.simulator.own_connection import CENTRAL_SYSTEM_ROOTS, OwnConnection

MOST_PLANS = 10
"""How many plans are read at most; there are three network connection profiles, and what worked last."""


def kept_connection(connection: OwnConnection, own: OwnCertificates, roots: CertificateStore) -> Payload:
    """The plans for the next connection, and the certificates, as JSON can hold them."""
    return {
        "securityProfile": connection.base_profile,
        "plans": [_plan(plan) for plan in connection.plans()],
        "chains": own.chains,
        "roots": [{"kind": kind, "certificate": pem} for kind, pem in roots.all()],
    }


def restore_connection(
    content: Payload, connection: OwnConnection, own: OwnCertificates, roots: CertificateStore
) -> None:
    """Go on from such values; what cannot be read is left out."""
    connection.restore(integer_at(content, "securityProfile") or 0, kept_plans(content))
    own.chains = {kind: pem for kind, pem in object_at(content, "chains").items() if isinstance(pem, str)}
    for kept in objects_at(content, "roots"):
        roots.install(text_at(kept, "kind") or "", text_at(kept, "certificate") or "")


def kept_plans(content: Payload) -> list[ConnectionPlan]:
    """What the next connection is to be made with, in turn; numbered from 1."""
    plans = objects_at(content, "plans")[:MOST_PLANS]
    return [_restored(plan, number) for number, plan in enumerate(plans, 1)]


def connection_in(state: Any, versions: Collection[Version]) -> Payload:
    """The part of the state that is needed before a charge point of these versions connects; empty if it has none."""
    is_right = text_at(state, "ocppVersion") in [str(version) for version in versions]
    return object_at(state, "connection") if is_right else {}


def kept_roots(content: Payload) -> list[str]:
    """The root certificates that verify a central system, in PEM."""
    roots = [one for one in objects_at(content, "roots") if text_at(one, "kind") in CENTRAL_SYSTEM_ROOTS]
    return [text_at(one, "certificate") or "" for one in roots]


def _plan(plan: ConnectionPlan) -> Payload:
    pair = {} if plan.pair is None else {"chain": plan.pair.chain, "key": plan.pair.key}
    return {
        "url": plan.url,
        "securityProfile": plan.security_profile,
        "password": plan.password,
        "isHexadecimal": plan.is_hexadecimal,
        "slot": plan.slot,
        "attempts": plan.attempts,
        "certificate": pair,
    }


def _restored(plan: Payload, number: int) -> ConnectionPlan:
    chain, key = (text_at(plan, "certificate", name) for name in ("chain", "key"))
    return ConnectionPlan(
        number,
        text_at(plan, "url"),
        integer_at(plan, "securityProfile"),
        text_at(plan, "password"),
        plan.get("isHexadecimal") is True,
        OwnPair(chain, key) if chain and key else None,
        integer_at(plan, "slot") or 1,
        max(1, integer_at(plan, "attempts") or 1),
    )
