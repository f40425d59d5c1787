"""What is wrapped in a record, on the screen at both sizes."""

from __future__ import annotations

import json

import pytest

from ocpptui.tui.app import OcpptuiApp
from ocpptui.tui.screens.session_screen import SessionScreen
from ocpptui.workspace.config import Config
from tests.kit.driver import SIZES
from tests.kit.session_view import Screen
from tests.kit.talk import Talk
from tests.tui.widgets.test_inspector import shown
from tests.unwrapping.test_ocmf import der, ocmf


@pytest.mark.parametrize("size", SIZES)
async def test_the_keys_of_the_configuration_reach_the_inspector(size: tuple[int, int]) -> None:
    """A signed value of a station that sends no key would never be verified."""
    talk = Talk()
    sample = {"value": ocmf(), "format": "SignedData"}
    meter_value = {"timestamp": "2023-11-14T22:13:20Z", "sampledValue": [sample]}
    call = talk.call("MeterValues", json.dumps({"connectorId": 1, "meterValue": [meter_value]}))
    app = OcpptuiApp(talk.session, config=Config(meter_keys=(der().hex(),)))
    async with app.run_test(size=size) as pilot:
        screen = Screen(app, pilot)
        await screen.until(lambda: isinstance(app.screen, SessionScreen) and app.screen.is_mounted)
        await screen.caught_up()
        text = " ".join((await shown(screen, call)).split())
    assert "signed meter value, OCMF" in text
    assert "difference 12.3 kWh (1-b:1.8.0)" in text
    assert "Signature valid: verified with a public key of the configuration." in text
