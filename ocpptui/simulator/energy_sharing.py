"""How the connectors share what the whole charge point may draw.

Source: OCPP 1.6 section 3.13.1 (ChargePointMaxProfile limits the charge point as a whole), OCPP 2.x K01.
"""

from __future__ import annotations

from collections.abc import Mapping


def shares(total: float | None, wanted: Mapping[int, float], least: Mapping[int, float]) -> dict[int, float]:
    """Amperes per phase, or watts, for each connector: as much as it wants, or an equal part of the `total` (None: no
    limit).

    A car that would get less than its `least` gets nothing, so that those who came before it can charge; `wanted` is in
    the order of their coming.
    """
    served = {number: amperes for number, amperes in wanted.items() if amperes > 0}
    if total is not None:
        while len(served) > 1 and sum(served.values()) > total:
            too_little = [number for number in served if total / len(served) < least[number]]
            if not too_little:
                break
            served.pop(too_little[-1])
    left = float("inf") if total is None else max(total, 0.0)
    granted = dict.fromkeys(wanted, 0.0)
    for place, number in enumerate(sorted(served, key=lambda each: served[each])):
        granted[number] = min(served[number], left / (len(served) - place))
        left -= granted[number]
    return granted
