"""The tariffs of a charging station: the default one of each EVSE, and that of each running transaction (OCPP 2.1).

Source: OCPP 2.1 Part 2 use cases I07 and I11: a transaction keeps the tariff that was the default when it
started, until it is changed.
"""

from __future__ import annotations

from collections.abc import Collection

from ocpptui.ocpp.payload import Payload


class KnownTariffs:
    """The tariffs (TariffType) that a central system has set."""

    def __init__(self) -> None:
        self.defaults: dict[int, Payload] = {}
        """By EVSE."""
        self._of_transactions: dict[str, Payload] = {}  # by id; empty for none

    def of(self, transaction: str, evse: int, running: Collection[str]) -> Payload:
        """The tariff of a transaction at an EVSE; empty for none. Those of transactions not `running` are forgotten."""
        kept = {one: tariff for one, tariff in self._of_transactions.items() if one == transaction or one in running}
        kept.setdefault(transaction, self.defaults.get(evse, {}))
        self._of_transactions = kept
        return kept[transaction]

    def change(self, transaction: str, tariff: Payload) -> None:
        """Let a transaction go on with another tariff."""
        self._of_transactions[transaction] = tariff
