"""Whether the contract certificate in an Authorize is that of the token beside it (OCPP 2.x Part 2 C07)."""

from __future__ import annotations

import warnings
from typing import Any

from ocpptui.ocpp.counted import enumerated
from ocpptui.ocpp.payload import text_at
from ocpptui.unwrapping.unwrapped import InsideLine, problem_line


def contract_problems(token: Any, pem: str) -> list[InsideLine]:
    """A line if the first certificate in a text names another contract than an idToken of the type eMAID."""
    if text_at(token, "type") != "eMAID":
        return []
    from cryptography import x509  # with the first contract
    from cryptography.x509.oid import NameOID

    from ocpptui.ocpp.emaid import same_emaid
    from ocpptui.unwrapping.key_words import UNREADABLE

    emaid = text_at(token, "idToken") or ""
    try:
        with warnings.catch_warnings(action="ignore"):  # about what a peer may write
            found = x509.load_pem_x509_certificate(pem.encode("utf-8", "replace"))
        names = [str(one.value) for one in found.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    except UNREADABLE:
        return []
    if any(same_emaid(name, emaid) for name in names):
        return []
    named = f"is for {enumerated(names)}" if names else "has no common name"
    return [problem_line(f"The certificate {named}, the token is {emaid}.")]
