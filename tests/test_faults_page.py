"""The page about faults on purpose: its example is a rules file, and it has every fault and setting."""

from __future__ import annotations

import json
import re

import pytest

from ocpptui.cli.charge_point_command import command
from ocpptui.ocpp.version import Role
from ocpptui.session.rules_file import COMMON, OF_DEEDS, OF_LINKS, parse_rules
from ocpptui.simulator.answer_template import NAMES
from ocpptui.simulator.fault_plan import OF_ANSWERS, OF_OWN_CALLS, Breakage, Deed, LinkDeed
from ocpptui.simulator.quirks import QUIRKS
from tests.kit.documentation_page import documentation_page, options_of
from tests.kit.faulty_peers import central_system_with, told_faults

PAGE = documentation_page("FAULTS.md")
EXAMPLES = PAGE.blocks("toml")
IN_README = [text for text in documentation_page("README.md").blocks("toml") if "[[rule]]" in text]


@pytest.mark.parametrize("role", [Role.CHARGE_POINT, Role.CENTRAL_SYSTEM], ids=str)
@pytest.mark.parametrize("text", EXAMPLES + IN_README)
def test_an_example_is_a_rules_file(text: str, role: Role) -> None:
    """A reader would copy a file that is refused."""
    plan = parse_rules(text, role)
    assert plan.seed == 7 and plan.rules and plan.links


def test_both_pages_have_an_example() -> None:
    assert len(EXAMPLES) == len(IN_README) == 1


def rows(before: str) -> dict[str, str]:
    """The last cell of each row of the table that follows some words, by the first cell."""
    return {cells[0].strip("`"): cells[-1] for cells in PAGE.table(before)}


def test_every_fault_is_in_its_table() -> None:
    answers, calls, both = rows("in place of it:"), rows("With a call of ours:"), rows("With both:")
    assert set(answers) == set(OF_ANSWERS) | {Deed.BEHAVE}
    assert set(calls) == set(OF_OWN_CALLS) | {Deed.BEHAVE}
    assert set(both) == set(Deed) - set(answers) - set(calls)
    assert set(rows("## Faults of the link")) == set(LinkDeed)
    assert PAGE.first_cells("| `how` a frame") == list(Breakage)


def test_every_setting_is_described() -> None:
    common = " ".join(rows("## Which messages"))
    assert all(name in common for name in COMMON)
    faults = {**rows("in place of it:"), **rows("With a call of ours:"), **rows("With both:")}
    for name, deeds in OF_DEEDS.items():
        assert {do for do, settings in faults.items() if f"`{name}`" in settings} == {str(deed) for deed in deeds}
    links = rows("## Faults of the link")
    for name, deeds in OF_LINKS.items():
        assert {do for do, settings in links.items() if f"`{name}`" in settings} == {str(deed) for deed in deeds}
    assert all("${" + name.removesuffix("FIELD") in PAGE.text for name in NAMES)


FIELD = PAGE.text.partition("## Faults of the field")[2]


def test_each_fault_of_the_field_is_played_by_something_that_exists() -> None:
    """A reader would write a name that is refused."""
    played = [line.split(" | ")[1] for line in FIELD.splitlines() if line.startswith("| ")][1:]
    options = options_of(command)
    quirks: set[str] = set()
    for text in played:
        named = re.findall(r"`([^`]+)`", text)
        if text.startswith("quirk"):
            quirks |= set(named)
            continue
        assert named, text
        for name in named:
            if name.startswith("--"):
                assert set(re.findall(r"--[a-z-]+", name)) <= options, name
        for kind, value in re.findall(r'`(do|how) = "([a-z-]+)"`', text):
            assert value in (set(Breakage) if kind == "how" else {*Deed, *LinkDeed}), value
    assert quirks == set(QUIRKS)
    assert {how for how in Breakage if f'`how = "{how}"`' in FIELD} == set(Breakage) - {"wrong-type", "not-array"}


async def test_the_example_does_what_it_says() -> None:
    async with central_system_with(EXAMPLES[0]) as (session, wire):
        for number, tag in enumerate(("A", "TEST1", "B", "C", "D"), 1):
            await wire.call(str(number), "Authorize", f'{{"idTag":"{tag}"}}')
        for number in range(6, 10):
            await wire.call(str(number), "MeterValues", '{"connectorId":1,"meterValue":[]}')
        heard = {json.loads(text)[1]: json.loads(text)[-1] for text in await wire.hears(8)}
        wrong = [number for number, payload in heard.items() if payload.get("idTagInfo", {}).get("status") == "Invalid"]
        assert wrong == ["4"] and heard["4"]["idTagInfo"]["parentIdTag"] == "C"
        assert "8" not in heard and {"6", "7", "9"} <= set(heard)
        assert told_faults(session) == [("CALLRESULT", "answer"), ("NOTE", "no-answer")]
