"""What placeholders become in a session: its clock, the last transaction of the charge point, the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING
from uuid import uuid4

from ocpptui.compose.placeholders import PlaceholderValues

if TYPE_CHECKING:
    from ocpptui.session.session import Session


def session_values(
    session: Session, charge_point: str, now: int, counters: dict[str, int], answers: Mapping[str, str]
) -> PlaceholderValues:
    """The values for a message to, or of, a charge point at a time (µs since 1970)."""
    known = session.knowledge.get(charge_point)
    transactions = known.suggestions("transactionId") if known is not None else []
    return PlaceholderValues(
        now,
        lambda: str(uuid4()),
        transaction=transactions[0] if transactions else "",
        environment=os.environ,
        answers=answers,
        counters=counters,
    )
