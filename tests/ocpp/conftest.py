from __future__ import annotations

import pytest

from ocpptui.ocpp.version import Transport, Version


@pytest.fixture(params=list(Version.offered(Transport.JSON)), ids=str)
def version(request: pytest.FixtureRequest) -> Version:
    """Each version that has schemas."""
    found: Version = request.param
    return found
