from __future__ import annotations

import pytest

from ocpptui.ocpp.secret_names import SECRET_SETTINGS, is_secret_setting


@pytest.mark.parametrize(
    "name",
    [
        *sorted(SECRET_SETTINGS),
        " AuthorizationKey",
        "WiFiPassword",
        "wifi_passwd",
        "WifiPSK",
        "ClientSecret",
        "VPN.PrivateKey",
        "Authorization_Key",
    ],
)
def test_a_setting_that_holds_a_secret_is_known_by_its_name(name: str) -> None:
    """The recipient of a recording must not see the Wi-Fi password of a charge point, nor its own."""
    assert is_secret_setting(name)


@pytest.mark.parametrize(
    "name",
    ["", "HeartbeatInterval", "AuthorizeRemoteTxRequests", "LocalAuthListEnabled", "SupportedFeatureProfiles",
     "AuthorizationCacheEnabled", "SecurityProfile", "MeterPublicKey", "OrganizationName"],
)  # fmt: skip
def test_any_other_setting_is_left_alone(name: str) -> None:
    """A configuration can be read."""
    assert not is_secret_setting(name)
