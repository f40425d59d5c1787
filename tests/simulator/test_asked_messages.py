"""What may be sent before acceptance. If these fail, a Pending charge point is refused what it was asked for."""

from __future__ import annotations

import pytest

from ocpptui.diagnosis.rules.boot import ASKING
from ocpptui.ocpp.actions import may_send
from ocpptui.ocpp.version import Role, Version
from ocpptui.simulator.asked_messages import asked_messages


@pytest.mark.parametrize("action", ASKING)
def test_every_call_that_asks_allows_a_call_of_a_charge_point(action: str) -> None:
    [allowed] = asked_messages(action, {"requestedMessage": "Heartbeat"})
    assert any(may_send(version, Role.CHARGE_POINT, allowed) for version in (Version.V16, Version.V201, Version.V21))


def test_a_trigger_allows_what_it_names() -> None:
    assert asked_messages("TriggerMessage", {"requestedMessage": "StatusNotification"}) == ("StatusNotification",)
    for wanted in ("SignChargePointCertificate", "SignV2GCertificate"):
        assert asked_messages("ExtendedTriggerMessage", {"requestedMessage": wanted}) == ("SignCertificate",)
    firmware = {"requestedMessage": "FirmwareStatusNotification"}
    assert asked_messages("ExtendedTriggerMessage", firmware) == ("SignedFirmwareStatusNotification",)
    assert asked_messages("TriggerMessage", firmware) == ("FirmwareStatusNotification",)
    assert asked_messages("ClearCache", {}) == ()
