"""The calls that change how the simulated charge point connects, and how its settings do that.

Source: OCPP 1.6 security whitepaper A01, A05; OCPP 2.x use cases A01, A05, B09, B10.
"""

from __future__ import annotations

import re

from ocpptui.ocpp.payload import Payload, integer_at, object_at
from ocpptui.ocpp.standard_settings import Setting
from ocpptui.simulator.configuration_answers import status_info
from ocpptui.simulator.device import Device, Reply, status_reply
from ocpptui.simulator.effects import Effect
from ocpptui.simulator.own_connection import PRIORITY

_HEXADECIMAL = re.compile("(?:[0-9a-fA-F]{2}){16,20}")


def refused(device: Device, setting: Setting, value: str) -> tuple[str, str] | None:
    """Why a value cannot be used for how it connects, as reasonCode and details of 2.x; None if it can."""
    if setting.key == "AuthorizationKey":
        if device.version.generation == 1:
            is_usable = _HEXADECIMAL.fullmatch(value) is not None  # 16 to 20 bytes
        else:
            is_usable = 16 <= len(value) <= 40  # A00.FR.205
        return None if is_usable else ("InvalidValue", "its length is wrong")
    if setting.key == "SecurityProfile":
        return _refused_profile(device, value)
    if (setting.component, setting.variable) == PRIORITY[:2] and setting.accepts(value):
        slots = [name.strip() for name in value.split(",") if name.strip()]
        reason, details = device.connection.problem_of_priority(slots, roots=device.roots)
        return (reason, details) if reason else None
    return None


def _refused_profile(device: Device, value: str) -> tuple[str, str] | None:
    """A05.FR.01 to A05.FR.04: only a higher one, with everything that it needs."""
    connection = device.connection
    profile = int(value) if value in ("1", "2", "3") else 0
    if profile <= connection.security_profile:
        return "NoSecurityDowngrade", f"the security profile is {connection.security_profile}"
    if profile == 1 and connection.facts.is_encrypted:
        return "NoSecurityDowngrade", "it connects with TLS"
    lack = connection.lacks(profile, roots=device.roots)
    return ("InvalidValue", lack) if lack else None


def changed(device: Device, setting: Setting, value: str, now: int) -> list[Effect]:
    """What follows from a value that was accepted."""
    connection = device.connection
    if setting.key == "AuthorizationKey":
        return device.connect_again(connection.with_password(value), "the password was changed", now)
    if setting.key == "SecurityProfile":
        plans = connection.with_security_profile(int(value))
        return device.connect_again(plans, "the security profile was changed", now)
    return device.follow(setting)


def set_network_profile(device: Device, request: Payload, now: int) -> Reply:
    """SetNetworkProfile (2.x B09): kept for the reset after it is put into NetworkConfigurationPriority."""
    slot, profile = integer_at(request, "configurationSlot") or 0, object_at(request, "connectionData")
    reason, details = device.connection.problem_of(slot, profile)
    if reason:
        return Reply({"status": "Rejected", "statusInfo": status_info(reason, details)})
    device.connection.slots[slot] = profile
    return status_reply("Accepted")
