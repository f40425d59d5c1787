"""Any payload can be put into words, whatever its fields hold."""

from __future__ import annotations

import json
from random import Random

import pytest

from ocpptui.describe.payload_summary import of_answer, of_call
from ocpptui.describe.payload_words import payload_words
from ocpptui.ocpp.actions import actions
from ocpptui.ocpp.examples import complete_example
from ocpptui.ocpp.schema import Part, field_tree
from ocpptui.ocpp.version import Version
from tests.fuzz.hostile_frames import VERSIONS, changed, written


def test_a_variable_is_named_with_its_component() -> None:
    payload = {"component": {"name": "A", "instance": "1"}, "variable": {"name": "B"}, "attributeValue": "3"}
    assert payload_words(payload) == "A[1].B  attributeValue 3"


@pytest.mark.parametrize("component", [{}, {"x": 1}, [], None, 3, {"name": {}, "evse": {}}, {"evse": {"id": []}}])
def test_a_component_without_its_name_is_a_value_like_any_other(component: object) -> None:
    """One NotifyReport of a faulty charge point would end the program in an endless recursion."""
    for payload in ({"component": component}, {"component": component, "variable": component}):
        assert payload_words(payload)


@pytest.mark.parametrize(
    ("version", "reason"), [(Version.V12, ""), (Version.V15, ""), (Version.V16, "Local  "), (None, "")]
)
def test_the_end_of_a_transaction_has_no_reason_that_its_version_does_not_have(
    version: Version | None, reason: str
) -> None:
    payload = {"transactionId": 5, "meterStop": 1200, "timestamp": "2026-01-01T10:00:00Z"}
    assert of_call("StopTransaction", payload, version) == f"tx 5  {reason}at 1200 Wh"
    assert of_call("StopTransaction", payload | {"reason": "Other"}, version) == "tx 5  Other  at 1200 Wh"


def test_the_message_of_a_vendor_comes_before_the_vendor() -> None:
    """At 80 columns, ten rows of Plug & Charge showed the name of the vendor ten times, and nothing else."""
    payload = {"vendorId": "org.openchargealliance.iso15118pnc", "messageId": "SignCertificate", "data": "{}"}
    assert of_call("DataTransfer", payload) == "SignCertificate  org.openchargealliance.iso15118pnc  {}"


@pytest.mark.parametrize("version", VERSIONS)
def test_no_change_to_a_payload_keeps_it_from_being_summed_up(version: Version) -> None:
    """The row of one wrong message would take the whole screen with it."""
    rng = Random(version)
    for action in actions(version):
        for part, summary in ((Part.REQUEST, of_call), (Part.RESPONSE, of_answer)):
            tree = field_tree(action.version, action.name, part)
            for _ in range(20 if tree is not None else 0):
                assert tree is not None
                content = complete_example(tree)
                for _ in range(rng.randrange(1, 4)):
                    content = changed(rng, content)
                try:
                    payload = json.loads(written(rng, content))
                except (ValueError, RecursionError):
                    continue
                assert isinstance(summary(action.name, payload), str)
