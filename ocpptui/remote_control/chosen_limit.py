"""The charging profile of a limit that a user types: `10`, `10 A`, `7.4 kW`.

Sources: OCPP 1.6 sections 3.13 and 7.8; OCPP 2.0.1 and 2.1 Part 2, K01.
"""

from __future__ import annotations

import re

from ocpptui.ocpp.date_times import HOUR, date_time
from ocpptui.ocpp.payload import Payload
from ocpptui.ocpp.version import Version
from ocpptui.remote_control.circumstances import ConnectorPlace

FIRST_PROFILE = 7000
"""Id of the profile for the whole charge point; those of its places follow."""
_LIMIT = re.compile(r"(\d{1,6}(?:[.,]\d)?) ?(A|W|kW)?", re.ASCII | re.IGNORECASE)


def limit_profile_id(place: ConnectorPlace | None) -> int:
    """The id of the profile for a place: the next limit there replaces the one before."""
    return FIRST_PROFILE + (0 if place is None else place.number)


def limit_profile(text: str, place: ConnectorPlace | None, version: Version, now: int) -> Payload | None:
    """A TxDefaultProfile, which the running charge and all later ones follow; None if the text is not a limit.

    It begins an hour ago (`now` is in µs since 1970), so that it acts at once where the charge point's clock is slow.
    """
    found = _LIMIT.fullmatch(text.strip())
    if found is None:
        return None
    amount = float(found[1].replace(",", "."))
    is_power = (found[2] or "A").upper() != "A"
    if (found[2] or "").lower() == "kw":
        amount = round(amount * 1000, 1)
    limit = int(amount) if amount.is_integer() else amount
    schedule: Payload = {
        "startSchedule": date_time(now - HOUR),
        "chargingRateUnit": "W" if is_power else "A",
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit}],
    }
    number = limit_profile_id(place)
    common = {
        "stackLevel": 0,
        "chargingProfilePurpose": "TxDefaultProfile",
        "chargingProfileKind": "Absolute",
    }
    if version.generation == 1:
        return {"chargingProfileId": number, **common, "chargingSchedule": schedule}
    return {"id": number, **common, "chargingSchedule": [{"id": 1, **schedule}]}
