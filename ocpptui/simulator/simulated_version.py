"""As which version the simulator plays a version whose messages it does not make itself."""

from __future__ import annotations

from ocpptui.ocpp.version import Version

_SIMULATED_AS = {Version.V12: Version.V16, Version.V15: Version.V16, Version.V20: Version.V201}


def simulated_as(version: Version) -> Version:
    """The version of the behaviour for a connection of this version; between the two, messages are translated."""
    return _SIMULATED_AS.get(version, version)
