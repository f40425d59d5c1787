"""What the statuses of a connector and the charging states of a transaction have in common.

Sources: OCPP 1.6 section 7.7 (ChargePointStatus); OCPP 2.0.1 and 2.1 Part 2, ConnectorStatusEnumType and
ChargingStateEnumType.
"""

from __future__ import annotations

OUT_OF_USE = frozenset({"Faulted", "Unavailable"})
"""Statuses of a connector at which nobody can charge."""
WITHOUT_TRANSACTION = frozenset({"Available", "Reserved", "Unavailable"})
"""Statuses of a connector, of any version, that no transaction uses. A faulted one may still have its transaction."""
PLUGGED_IN = frozenset({"Charging", "EVConnected", "SuspendedEV", "SuspendedEVSE"})
"""Charging states (2.x) with a vehicle at the cable."""
