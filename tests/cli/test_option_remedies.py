"""The options that the command line suggests when something goes wrong."""

from __future__ import annotations

import re

import click
import pytest

from ocpptui.cli import option_remedies
from ocpptui.cli.central_system_command import command as central_system
from ocpptui.cli.charge_point_command import command as charge_point
from ocpptui.cli.demo_command import command as demo_command
from ocpptui.cli.option_remedies import plan_words, proxy_remedy, remedy_for
from ocpptui.cli.proxy_command import command as proxy
from ocpptui.cli.replay_command import command as replay
from ocpptui.network.problems import NetworkProblem, ProblemCode
from ocpptui.ocpp.version import Version
from ocpptui.replay.plan import PlanError, PlanFault
from ocpptui.session.demo import Demo


def options(*commands: click.Command) -> set[str]:
    return {name for command in commands for parameter in command.params for name in parameter.opts}


@pytest.mark.parametrize("text", option_remedies._REMEDIES.values())
def test_every_suggested_option_exists(text: str) -> None:
    """The user would type an option that was renamed."""
    named = set(re.findall(r"--[\w-]+", text))
    assert named and named <= options(charge_point, central_system)
    assert text.endswith(".")


@pytest.mark.parametrize("code", ProblemCode)
def test_a_proxy_suggests_its_own_options_only(code: ProblemCode) -> None:
    """The user would trust a CA on the wrong side, or type an option that a proxy does not have."""
    text = proxy_remedy(NetworkProblem(code))
    assert set(re.findall(r"--[\w-]+", text)) <= options(proxy), text
    assert text.endswith(".") or not text


async def test_the_demo_suggests_no_option_that_it_does_not_have() -> None:
    """The first thing that a new user reads would be an option that `ocpptui demo` refuses."""
    demo = Demo(Version.V16)
    remedy = remedy_for(demo.session)
    named = {name for code in ProblemCode for name in re.findall(r"--[\w-]+", remedy(NetworkProblem(code)))}
    assert named <= options(demo_command)
    await demo.close()


@pytest.mark.parametrize("fault", PlanFault)
def test_the_reason_why_a_recording_cannot_be_replayed_names_the_option(fault: PlanFault) -> None:
    """The user would not know how to choose among the charge points of a recording."""
    words = plan_words(PlanError("it cannot", fault))
    named = set(re.findall(r"--[\w-]+", words))
    assert named and named <= options(replay)


def test_no_option_is_named_if_none_helps() -> None:
    assert plan_words(PlanError("it cannot")) == "it cannot"
