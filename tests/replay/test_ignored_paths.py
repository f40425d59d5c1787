"""Paths whose differences are ignored."""

from __future__ import annotations

import pytest

from ocpptui.replay.ignored_paths import IgnoredPathError, Ignoring


@pytest.mark.parametrize(
    ("rule", "action", "path", "counts"),
    [
        ("interval", "BootNotification", "$.interval", False),
        ("idTagInfo.expiryDate", "Authorize", "$.idTagInfo.expiryDate", False),
        ("idTagInfo", "Authorize", "$.idTagInfo.expiryDate", False),
        ("expiryDate", "Authorize", "$.idTagInfo.expiryDate", False),
        ("$.expiryDate", "Authorize", "$.idTagInfo.expiryDate", True),
        ("$.idTagInfo.expiryDate", "Authorize", "$.idTagInfo", True),
        ("$.idTagInfo", "Authorize", "$.idTagInfo.status", False),
        ("status", "Authorize", "$.statusInfo", True),
        ("*.status", "Authorize", "$.idTagInfo.status", False),
        ("$.*.status", "Authorize", "$.status", True),
        ("configurationKey.value", "GetConfiguration", '$.configurationKey["Heart.beat]"].value', False),
        ("configurationKey[0].value", "GetConfiguration", "$.configurationKey[3].value", False),
        ("$['odd.key'].b", "DataTransfer", "$['odd.key'].b", False),
        ("['a[0]']", "DataTransfer", "$['a[0]'][2]", False),
        ("['a[0]']", "DataTransfer", "$.a[0]", True),
        ("key", "DataTransfer", "$['odd.key']", True),
        ('"odd:key"', "DataTransfer", "$['odd:key']", False),
        ("DataTransfer:['odd:key']", "DataTransfer", "$['odd:key']", False),
        ("BootNotification:interval", "bootnotification", "$.interval", False),
        ("BootNotification:interval", "Heartbeat", "$.interval", True),
        ("interval", "BootNotification", "$", True),
    ],
)
def test_a_rule_covers_its_path_and_what_is_below(rule: str, action: str, path: str, counts: bool) -> None:
    """A difference to ignore would fail the check, or one that matters would pass it."""
    assert Ignoring([rule])(action, path) is not counts


def test_without_rules_everything_counts() -> None:
    """A comparison that ignores differences unasked finds nothing."""
    assert not Ignoring()("Authorize", "$.a")


@pytest.mark.parametrize("rule", ["", "$", "a..b", "Authorize:", "[0]"])
def test_a_malformed_path_is_refused(rule: str) -> None:
    """A typing error would ignore nothing, or everything."""
    with pytest.raises(IgnoredPathError, match="is not a path"):
        Ignoring([rule])
